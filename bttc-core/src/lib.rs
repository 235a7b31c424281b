//! The words every part of BTTC shares, and the seams where the parts meet.
//!
//! ```text
//!   TRON · Ethereum · BSC ──events──▶ validators ──▶ producers ──▶ blocks ──▶ checkpoint ──▶ signatures
//!       ▲    root_chain                validator       span,         leaf       quorum        signature
//!       │                                              schedule                                   │
//!       └──────────────────────────────── signed checkpoint ◀─────────────────────────────────────┘
//! ```
//!
//! What only one crate uses lives in that crate; what crosses between them lives here. Nothing here owns a clock, a
//! thread, a socket or a key, but for what these features add:
//!
//! | feature | what it adds |
//! |---|---|
//! | `std` (default) | the standard library in the dependencies |
//! | `secp256k1` | libsecp256k1 in C recovers keys; results are the same |
//! | `rpc` | `endpoint`: nodes asked over HTTP, on Tokio |
//! | `ethereum` | `root_chain::ethereum`: Ethereum and BNB Smart Chain by JSON-RPC, read only |
//! | `tron` | `root_chain::tron`: TRON from its solidified state, read only |
//! | `ethers` | `ethers`: conversions from and to ethers-core |
//!
//! ```
//! use bttc_core::{chain::ChainSpec, hash::keccak256, signature::SecretKey};
//!
//! let spec = ChainSpec::mainnet();
//! assert_eq!((spec.chain_id, spec.timing.sprint), (199, 64));
//!
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let digest = keccak256(b"a message");
//! assert_eq!(key.sign(&digest).recover(&digest)?.address(), key.address());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::as_conversions))]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]

extern crate alloc;

pub mod amino;
pub mod amount;
pub mod chain;
pub mod hash;
pub mod id;
pub mod leaf;
pub mod quorum;
pub mod rlp;
pub mod root_chain;
pub mod schedule;
pub mod signature;
pub mod snapshot;
pub mod span;
pub mod state_proof;
pub mod tron;
pub mod validator;

#[cfg(feature = "rpc")]
pub mod endpoint;

#[cfg(feature = "ethers")]
pub mod ethers;

// A floor for a dependency of `alloy-primitives`, not used by name.
use ruint as _;

/// The README's example is compiled and run like those of the modules.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
