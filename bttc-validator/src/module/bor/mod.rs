//! Spans: which blocks the next one has, and who produces them.
//!
//! ```text
//!   MsgProposeSpan ─▶ admit: follows the last one, has its length
//!                  ─▶ attest: the seed is the hash of the next Ethereum block, the side chain is in the last span
//!                  ─▶ settle: producers are selected, the seed block moves on by one
//! ```
//!
//! Source: `validation-layer §4.2, §4.3; delivery:bor/handler.go:27-90, bor/side_handler.go:49-146,
//! bor/keeper.go:195-258`.
//!
//! ```
//! use bttc_core::id::SpanId;
//! use bttc_staking::registry::SpanRecord;
//! use bttc_validator::{module::bor, store::Stores};
//!
//! let mut stores = Stores::default();
//! bor::save_span(&mut stores, &SpanRecord { id: SpanId::new(3), end: 13_055, ..Default::default() });
//! assert_eq!(bor::last_span(&stores)?.map(|span| span.end), Some(13_055));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod kept;
mod propose;

pub use kept::{has_span, last_span, save_span, seed_block, set_seed_block, span, spans};
pub use propose::producers;
