//! Stake on TRON decides validators; validators take turns; producers are drawn from them.
//!
//! ```text
//!  token ──▶ stake ──events──▶ registry ──▶ validator_set ──▶ proposer       whose turn it is to propose a checkpoint
//!              ▲ ◀▶ delegation     │
//!           reward                 └──▶ selection ──▶ span ──▶ snapshot      whose turn it is to produce a block
//!              ▲                                                  │
//!              └────────────────── signed checkpoint ◀────────────┘
//! ```
//!
//! All of it is plain values changed by transitions: one that is refused leaves the value as it was. No clock, no
//! thread, no socket, no key.
//!
//! Sources: `root-contracts §3-6; contracts:staking/stakeManager/StakeManager.sol` · `validation-layer §2, §4, §5;
//! delivery:types/validator-set.go, delivery:bor/, delivery:staking/` · `block-layer §3; bttc:consensus/bor/`.
//!
//! ```
//! use alloy_primitives::Address;
//! use bttc_core::{amount::Amount, hash::keccak256, signature::SecretKey};
//! use bttc_staking::{stake::{StakeFor, StakeManager, StakeParams}, token::Token};
//!
//! let (manager, governance, alice) = (Address::repeat_byte(1), Address::repeat_byte(2), Address::repeat_byte(3));
//! let mut token = Token::default();
//! token.mint(alice, Amount::from_btt(2_000))?;
//! token.approve(alice, manager, Amount::from_btt(2_000))?;
//!
//! let params = StakeParams { min_deposit: Amount::from_btt(1), min_fee: Amount::from_btt(1), ..Default::default() };
//! let mut contract = StakeManager::new(manager, governance, token, params);
//! let key = SecretKey::from_bytes(&keccak256(b"alice's signer"))?.public_key();
//! let events = contract.stake_for(alice, &StakeFor {
//!     user: alice,
//!     amount: Amount::from_btt(1_000),
//!     fee: Amount::from_btt(1),
//!     signer_key: key.coordinates().to_vec().into(),
//!     share_contract: None,
//! })?;
//! let seen = events.iter().filter_map(|event| event.to_root_event()); // what the validation layer reacts to
//! assert_eq!(seen.count(), 2); // the fee of the signer, and the stake
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::as_conversions))]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]

extern crate alloc;

pub mod delegation;
pub mod mirror;
pub mod proposer;
pub mod registry;
pub mod reward;
pub mod selection;
pub mod snapshot;
pub mod stake;
pub mod state_sender;
mod table;
pub mod token;
pub mod validator_set;

/// The README's example is compiled and run like those of the modules.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
