//! What the bridge contract does with any bytes, to the letter.
//!
//! ```text
//! exit(payload)
//!   1 list of fields            RLPReader, permissive         "RLPReader: …", too few fields: invalid opcode
//!   2 exit hash                 #2, nibbles of #8, #9
//!   3 not yet made              "RootChainManager: EXIT_ALREADY_PROCESSED"
//!   4 receipt #6 is a list      a typed one is not
//!   5 log #9 of it, emitter     past the end: invalid opcode
//!   6 emitter mapped            "RootChainManager: TOKEN_NOT_MAPPED"
//!   7 predicate of the type
//!   8 mask < 2³²                "RootChainManager: INVALID_BRANCH_MASK"
//!   9 receipt under #5          "RootChainManager: INVALID_PROOF"
//!  10 block under header #0     "RootChainManager: INVALID_HEADER"
//!  11 predicate reads the log   "ERC20Predicate: …"
//! ```
//!
//! [`RootChainManager::check`] goes through 1 to 10, [`ExitCall::payout`] through 11, [`RootChainManager::settle`]
//! marks the exit as made; [`RootChainManager::exit`] does all three. [`Payout::pay`] has the predicate move the tokens,
//! which are the host's ([`RootTokens`]): a host whose token refuses does not settle.
//!
//! ```
//! use bttc_checkpoint::{exit::contract::RootChainManager, header_blocks::HeaderBlock};
//! use alloy_primitives::Address;
//! use bttc_core::root_chain::RootChainId;
//!
//! let mut bridge = RootChainManager::new(RootChainId::Tron, Address::ZERO);
//! let refused = bridge.exit(&[0x80], |_| HeaderBlock::default()).unwrap_err();
//! assert_eq!(refused.to_string(), "RLPReader: ITEM_NOT_LIST");
//! ```
//!
//! Unlike the strict verifier, nothing here is meant to be sensible; it is meant to be the same. What the contract reads in
//! a payload of any form, [`ExitProof::decode_permissive`](super::ExitProof::decode_permissive) gives as a proof.
//!
//! Source: `withdrawal-proofs §3.4-§5.1; pos-portal:contracts/root/RootChainManager/RootChainManager.sol`.

mod call;
pub(super) mod coder;
mod deposit;
mod manager;
mod message;
mod patricia;
mod payment;
mod permissive;
mod predicate;
mod question;
mod reader;
mod revert;

pub use call::BridgeCall;
pub use deposit::{Deposit, DepositFee, DepositRevert, Locked};
pub use manager::{ExitCall, MapRevert, RootChainManager, TokenType};
pub use message::{MessageError, StateMessage};
pub use payment::{RootTokens, TokenCall, TokenRevert};
pub use permissive::PermissiveError;
pub use predicate::{Assets, Payout, Predicate};
pub use question::Question;
pub use revert::{ExitRevert, ReaderError};
