//! Slashing: what validators lose for absence and for signing twice. It is off on the networks.
//!
//! ```text
//!  begin of a block ──absent too often, signed twice──▶ buffer ──tick──▶ tick ──tick-ack──▶ power, barred
//!                                                         │
//!                                                         └── sum ≥ limit ──▶ event `slash-limit`
//! ```
//!
//! A ring of the last w blocks tells of each validator which ones it missed; it may miss w − ⌊w·share⌉. What it loses
//! is ⌊power·share⌋, and power is 1: nothing.
//!
//! Source: `validation-layer §5.8; delivery:slashing/`.
//!
//! ```
//! use bttc_validator::{module::{Context, slashing}, param, store::Stores};
//!
//! let mut stores = Stores::default();
//! param::set_defaults(&mut stores); // slashing is off
//! let context = Context { height: 7, time: Default::default(), tx: b"" };
//! assert_eq!(slashing::begin_block(&mut stores, &context, &[], &[]), Ok(vec![]));
//! ```

mod begin_block;
mod kept;
mod tick;
mod tick_ack;
mod unjail;

pub use begin_block::{BlockVote, DoubleSign, begin_block};
pub use kept::{
    Slashes, is_seen, missed_blocks, save_missed_block, save_signing_info, set_tick_count, signing_info, signing_infos,
    tick_count, total_slashed,
};
pub use tick::encode;
