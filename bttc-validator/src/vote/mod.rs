//! Votes of the layer's validators: what they sign, and the signatures that contracts are handed.
//!
//! ```text
//! side result   { transaction, yes | no, signature }         signature = sign( H( result ‖ data ) ), none without data
//! vote          sign( H( length ‖ CanonicalVote ) )          with all side results of the block before
//!
//! commit of H+1 ──▶ results of one transaction that say yes ──▶ by validator ──▶ [r, s, v + 27] … of the contract
//! ```
//!
//! Source: `validation-layer §1.10, §1.11, §3.9; peppermint:types/vote.go:64-196, types/canonical.go:36-98,
//! delivery:helper/util.go:183-244`.
//!
//! ```
//! use alloy_primitives::B256;
//! use bttc_checkpoint::vote::VoteResult;
//! use bttc_core::{hash::keccak256, signature::SecretKey};
//! use bttc_validator::vote::{CommitVote, SideResult, collect};
//!
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let (tx, data) = (B256::repeat_byte(1), b"what is signed");
//! let result = SideResult::signed(tx, VoteResult::Yes, data, |digest| key.sign(digest));
//! let vote = CommitVote { validator: key.address(), side_results: vec![result] };
//!
//! let signatures = collect(&tx, data, [&vote]);
//! assert_eq!(signatures[0].recover(&VoteResult::Yes.digest(data))?, key.address());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod canonical;
mod collect;
mod side_result;

pub use canonical::{BlockRef, CanonicalVote, PartsRef};
pub use collect::{CommitVote, collect};
pub use side_result::SideResult;
