//! BTTC's checkpoints and withdrawal proofs, as plain values.
//!
//! ```text
//!  blocks ──leaf──▶ merkle ──root──▶ checkpoint ──bytes──▶ vote ──▶ signatures ──quorum──▶ submission ──▶ header_blocks
//!                                        │  ▲                                                                 │
//!                                     ledger fees                                                             │
//!                                                                                                             ▼
//!  burn ──receipt──▶ exit: both Merkle branches, payload, strict verifier ──────▶ the bridge contract, to the letter
//!    └──hash──▶ prover: asks side_chain and root chain, believes neither, and builds the same
//! ```
//!
//! A block enters as a four-word [`Leaf`](bttc_core::leaf::Leaf), a receipt as its consensus bytes. Nothing here owns
//! a clock, a thread, a socket or a key: times are arguments, facts of other crates come as values. The exception is
//! [`side_chain`] with the feature `rpc`, which reaches a side chain over HTTP, on Tokio. The feature `simd` hashes faster.
//!
//! ```
//! use bttc_checkpoint::{checkpoint::CheckpointBuilder, signatures::Signatures};
//! use bttc_core::{id::Epoch, leaf::Leaf, quorum::HeadQuorum, signature::SecretKey};
//! use alloy_primitives::{Address, B256};
//!
//! let mut blocks = CheckpointBuilder::new(0);
//! for number in 0..5 {
//!     blocks.append(&Leaf { number, time: 2 * number, transactions_root: B256::ZERO, receipts_root: B256::ZERO })?;
//! }
//! let checkpoint = blocks.checkpoint(Address::ZERO, B256::ZERO, 199, Epoch::new(1))?;
//!
//! let key = SecretKey::from_bytes(&B256::repeat_byte(1))?;
//! let mut signatures = Signatures::over(checkpoint);
//! signatures.admit(key.address(), key.sign(&signatures.digest()))?;
//! let signed = signatures.into_signed(&HeadQuorum::over([key.address()]))?; // exists only with its quorum
//! assert_eq!(signed.to_submission().data.len(), 224);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::as_conversions))]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]

extern crate alloc;

pub mod merkle;

pub mod checkpoint;
pub mod vote;

pub mod signatures;
pub mod submission;

pub mod fees;
pub mod ledger;

pub mod header_blocks;

pub mod side_chain;

pub mod exit;

pub mod prover;

/// The README's example is compiled and run like those of the modules.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
