//! BTTC's side chain: headers and seals, execution, what the protocol does by itself, building and importing blocks.
//!
//! ```text
//!  genesis ─▶ state ◀───────────── executor ◀── transactions
//!                ▲                   ▲   ▲          │
//!  header ─▶ seal ┘        system ───┘   └── block ─┴─▶ receipts ─▶ roots
//!     ▲                      ▲                 │
//!  producers (schedule)   span, state-sync records      chain = all of it
//!
//!  pool: transactions that wait for a block              rpc: requests answered from a chain
//! ```
//!
//! Everything from outside — the clock, who may produce, spans, records — comes in as a value.
//!
//! ```
//! use bttc_core::chain::ChainSpec;
//! use bttc_evm::{genesis::{DevnetAllocation, devnet_genesis}, chain::Chain};
//! use bttc_core::{id::ValidatorId, validator::{Validator, VotingPower}};
//! use alloy_primitives::Address;
//!
//! let spec = ChainSpec::devnet();
//! let alice = Validator::new(ValidatorId::new(1), Address::repeat_byte(0xa1), VotingPower::new(1));
//! let genesis = devnet_genesis(&spec, &DevnetAllocation {
//!     time: 1_700_000_000, validators: vec![alice], balances: Default::default(), root_chain: 1, root_token: Address::ZERO,
//! })?;
//! let chain = Chain::open(spec, &genesis)?;
//! assert_eq!(chain.producers(1)?[0].signer, alice.signer);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![cfg_attr(not(test), deny(clippy::as_conversions))]

pub mod block;
pub mod chain;
pub mod executor;
pub mod genesis;
pub mod header;
#[cfg(feature = "network")]
pub mod network;
pub mod pool;
pub mod receipt;
pub mod rpc;
pub mod seal;
pub mod state;
pub mod state_sync;
pub mod store;
pub mod system;
pub mod threads;
pub mod transaction;

/// The README's example is compiled and run like those of the modules.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
