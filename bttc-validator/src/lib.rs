//! BTTC's validation layer assembled: the replicated state machine, a validator's duties and the BFT engine.
//!
//! ```text
//!   root_chain ──logs──▶ duties ──messages──▶ engine ──blocks──▶ layer ──spans, records──▶ side chain
//!       ▲                  ▲ │                                     │
//!       │                  │ └────────────── answers ◀── questions ┘
//!       └── submissions ───┴───────────── signed checkpoints ◀─────┘                    node = one validator
//! ```
//!
//! The layer is pure; the engine calls it; a [`Node`](node::Node) is both together with its own copy of the side chain
//! and a [`Policy`](duties::Policy), and reaches root chains over the seam of bttc-core.
//!
//! ```
//! use bttc_core::root_chain::{RootChain, RootChainId};
//! use bttc_validator::root_chain::{ModelRootChain, RootContracts};
//!
//! let contracts = RootContracts::deploy(RootChainId::Tron, 199, Default::default(), [])?;
//! let tron: Box<dyn RootChain> = Box::new(ModelRootChain::new(RootChainId::Tron, 7, 0, contracts));
//! assert_eq!(tron.id(), RootChainId::Tron);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

extern crate alloc;

pub mod duties;
pub mod engine;
pub mod genesis;
pub mod layer;
pub mod message;
pub mod module;
pub mod node;
pub mod param;
pub mod record;
mod refusal;
pub mod rest;
pub mod root_chain;
pub mod store;
pub mod table;
pub mod tx;
pub mod vote;

/// The README's example is compiled and run like those of the modules.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
