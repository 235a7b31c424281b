//! Checkpoints: proposals, acknowledgements, no-acks, and syncs, for each root chain by itself.
//!
//! ```text
//!             admit: buffer free, start, account root, proposer, epoch        attest: root over the blocks
//!   Checkpoint ──────────────────────────────────────────────────────▶ settle: start, buffer ──▶ buffered
//!   CheckpointAck ─▶ attest: the root contract has it ──▶ settle ──▶ recorded, count + 1, on TRON the proposer turns
//!   CheckpointNoAck ─▶ admit ──▶ the proposer turns
//!   CheckpointSync ─▶ attest: the root contract has it ──▶ settle ──▶ buffered
//!   CheckpointSyncAck ─▶ attest: TRON knows of it ──▶ settle ──▶ buffer free
//! ```
//!
//! The rules themselves are those of [`bttc_checkpoint::ledger`].
//!
//! Source: `validation-layer §3.3-3.7; delivery:checkpoint/handler.go:41-370, checkpoint/side_handler.go:41-597`.
//!
//! ```
//! use bttc_core::root_chain::RootChainId::Tron;
//! use bttc_validator::{module::checkpoint, store::Stores};
//!
//! let mut stores = Stores::default();
//! checkpoint::set_count(&mut stores, Tron.into(), 7);
//! assert_eq!(checkpoint::count(&stores, Tron.into())?, 7);
//! assert_eq!(checkpoint::last_checkpoint(&stores, Tron.into())?, None);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod ack;
mod contract;
mod kept;
mod no_ack;
mod propose;
mod sync;

pub use kept::{
    Buffer, checkpoint, checkpoints, count, last_checkpoint, last_no_ack, save_checkpoint, set_count, set_last_no_ack,
};

use crate::{
    module::{Refusal, chainmanager},
    param::CHECKPOINT_BUFFER_TIME,
    store::{CorruptEntry, Stores},
};
use bttc_checkpoint::{ledger::Destination, vote::VoteResult};
use bttc_core::{amino::Text, root_chain::RootChainId};

/// The root chain that a message names.
#[must_use]
pub fn destination(name: &Text) -> Destination {
    Destination::named(name.as_str().unwrap_or_default())
}

/// One more than TRON's count of checkpoints.
///
/// # Errors
/// [`CorruptEntry`].
pub fn epoch(stores: &Stores) -> Result<u64, CorruptEntry> {
    Ok(count(stores, RootChainId::Tron.into())?.wrapping_add(1))
}

/// The block that a root chain's next checkpoint starts with.
///
/// Source: `validation-layer §3.4; delivery:checkpoint/handler.go`.
///
/// # Errors
/// [`CorruptEntry`].
pub fn next_start(stores: &Stores, root_chain: RootChainId) -> Result<u64, CorruptEntry> {
    Ok(match last_checkpoint(stores, root_chain.into())? {
        Some(last) => last.end.wrapping_add(1),
        None => chainmanager::activation_height(stores, &root_chain.name().into())?,
    })
}

/// For how many seconds what is buffered blocks others: the parameter, or a part of it.
fn buffer_seconds(stores: &Stores, part: i64) -> Result<u64, Refusal> {
    const NANOS: i64 = 1_000_000_000;
    Ok((CHECKPOINT_BUFFER_TIME.get(stores)? / NANOS / part).cast_unsigned())
}

fn expect_yes(verdict: VoteResult) -> Result<(), Refusal> {
    if verdict == VoteResult::Yes { Ok(()) } else { Err(Refusal::BAD_BLOCK_INPUT) }
}
