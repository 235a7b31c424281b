//! Checkpoint syncs: TRON is told what another root chain took.

use super::{Destination, Ledger, SyncError, has_expired};
use crate::vote::VoteResult;
use alloy_primitives::Address;
use bttc_core::id::CheckpointNumber;
use serde::{Deserialize, Serialize};

/// What a root chain is said to have taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SyncClaim {
    /// The checkpoint's number there.
    pub number: CheckpointNumber,
    /// Who proposed it; in an acknowledgement, who sends it.
    pub proposer: Address,
    /// First block.
    pub start: u64,
    /// Last block; nothing checks it against the first.
    pub end: u64,
}

/// A checkpoint sync as the layer keeps it, without the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeptSync {
    /// Who proposed the checkpoint.
    pub proposer: Address,
    /// First block.
    pub start: u64,
    /// Last block.
    pub end: u64,
    /// When it was buffered, Unix seconds.
    pub time: u64,
}

// a waiting sync makes way for another after a fifth of the buffer time, for an acknowledgement only after all of
// it; and the refusal of a second one tells the full time.
impl Ledger {
    /// The checkpoint sync that waits for its acknowledgement, expired or not.
    #[must_use]
    pub fn sync(&self, destination: impl Into<Destination>) -> Option<&KeptSync> {
        self.track(destination.into())?.sync.as_ref()
    }

    /// Checks a checkpoint sync at this block time, before it is voted on; an expired one makes way and is handed out.
    ///
    /// Source: `validation-layer §3.7; delivery:checkpoint/handler.go:297-334`.
    ///
    /// # Errors
    /// [`SyncError::Incomplete`], [`SyncError::Buffered`].
    pub fn open_sync(
        &mut self,
        destination: impl Into<Destination>,
        claim: &SyncClaim,
        now: u64,
    ) -> Result<Option<KeptSync>, SyncError> {
        let (destination, lifetime) = (destination.into(), self.buffer_seconds / 5);
        check_proposer(claim)?;
        match self.sync(destination) {
            Some(kept) if !has_expired(kept.time, lifetime, now) => {
                Err(SyncError::Buffered { until: kept.time.wrapping_add(lifetime) })
            }
            _ => Ok(self.take_sync(destination)),
        }
    }

    /// Buffers a checkpoint sync that was voted on, at this block time.
    ///
    /// Source: `validation-layer §3.7; delivery:checkpoint/side_handler.go:486-558`.
    ///
    /// # Errors
    /// [`SyncError::Verdict`], [`SyncError::Buffered`]; an occupied buffer refuses, even an expired one.
    pub fn buffer_sync(
        &mut self,
        destination: impl Into<Destination>,
        claim: &SyncClaim,
        verdict: VoteResult,
        now: u64,
    ) -> Result<KeptSync, SyncError> {
        let destination = destination.into();
        check_verdict(verdict)?;
        if let Some(kept) = self.sync(destination) {
            return Err(SyncError::Buffered { until: kept.time.wrapping_add(self.buffer_seconds) });
        }
        let kept = KeptSync { proposer: claim.proposer, start: claim.start, end: claim.end, time: now };
        self.track_mut(destination).sync = Some(kept);
        Ok(kept)
    }

    /// Checks a sync's acknowledgement at this block time, before it is voted on: whatever it says. An expired sync is
    /// handed out.
    ///
    /// Source: `validation-layer §3.7; delivery:checkpoint/handler.go:337-370`.
    ///
    /// # Errors
    /// [`SyncError::Incomplete`].
    pub fn open_sync_ack(
        &mut self,
        destination: impl Into<Destination>,
        claim: &SyncClaim,
        now: u64,
    ) -> Result<Option<KeptSync>, SyncError> {
        let destination = destination.into();
        check_proposer(claim)?;
        match self.sync(destination) {
            Some(kept) if has_expired(kept.time, self.buffer_seconds, now) => Ok(self.take_sync(destination)),
            _ => Ok(None),
        }
    }

    /// Lets a sync's acknowledgement take effect: the buffer is free, whatever was in it.
    ///
    /// Source: `validation-layer §3.7; delivery:checkpoint/side_handler.go:561-597`.
    ///
    /// # Errors
    /// [`SyncError::Verdict`].
    pub fn settle_sync_ack(
        &mut self,
        destination: impl Into<Destination>,
        verdict: VoteResult,
    ) -> Result<Option<KeptSync>, SyncError> {
        check_verdict(verdict)?;
        Ok(self.take_sync(destination.into()))
    }

    fn take_sync(&mut self, destination: Destination) -> Option<KeptSync> {
        self.tracks.get_mut(&destination)?.sync.take()
    }
}

fn check_proposer(claim: &SyncClaim) -> Result<(), SyncError> {
    if claim.proposer.is_zero() { Err(SyncError::Incomplete) } else { Ok(()) }
}

fn check_verdict(verdict: VoteResult) -> Result<(), SyncError> {
    if verdict == VoteResult::Yes { Ok(()) } else { Err(SyncError::Verdict { got: verdict }) }
}
