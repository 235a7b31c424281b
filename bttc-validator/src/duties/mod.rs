//! What a validator does by itself: relay root events, propose spans and checkpoints, submit what is signed.
//!
//! Duties give messages and calls; they decide nothing that the layer does not check again. When several validators
//! could do the same, the one whose place in the set is the layer's height, modulo the size of the set, does it: one
//! that is silent costs a height. (The reference lets them wait for place × 24 s each.)
//!
//! Source: `validation-layer §7; delivery:bridge/setu/`.
//!
//! ```
//! use bttc_core::chain::ChainSpec;
//! use bttc_validator::duties::next_range;
//!
//! let rules = ChainSpec::devnet().checkpoints; // 64 blocks
//! assert_eq!(next_range(64, 127, Some(64), &rules), Some((64, 127)));
//! ```

mod policy;
mod range;
mod relay;
mod span;

pub use policy::{Honest, Policy, Sending, WrongRoots};
pub use range::{checkpoint_rules, next_range};
pub use relay::{LogPlace, is_known, relay};
pub(crate) use relay::{confirmations, emitter, is_same_fact};
pub use span::next_span;
