//! What the validation layer knows of checkpoints, for each root chain by itself.
//!
//! ```text
//!            propose (check)        buffer (vote passed)         acknowledge
//!   nothing ────────────────▶ ok ────────────────────▶ buffered ─────────────▶ recorded, count + 1
//!                                                          │ buffer time over                └─ TRON: proposer rotates
//!                                                          ▼
//!                                       the next proposal puts it aside          no_ack ──▶ proposer rotates
//!
//! start of the next one = end of the last + 1, or the activation height        epoch = TRON's count + 1, everywhere
//! ```
//!
//! "Last" is the checkpoint recorded under the number that equals the count. Heights and times are 64-bit, times Unix
//! seconds. Facts that other modules own come in as values; what the caller has to do goes out as one ([`Proposer`]).
//!
//! | of each [`Destination`] | of all together |
//! |---|---|
//! | count, buffer, records, checkpoint sync | epoch (TRON's count + 1), time of the last no-ack |
//!
//! A checkpoint sync tells TRON of a checkpoint that another root chain took; it has a buffer of its own:
//!
//! ```text
//! open_sync (buffer free, or a fifth of the buffer time old) ──▶ buffer_sync ──▶ TRON ──▶ open_sync_ack, settle_sync_ack
//! ```
//!
//! What a validator answers when a message comes to the vote is a function of what it sees outside:
//! [`attest_checkpoint`] and its like.
//!
//! Features of the network: `NoAckValidatorCheck` comes in as [`NoAckSender`]; `DynamicCheckpoint` decides what a
//! proposer proposes, not what is accepted.
//!
//! Source: `validation-layer §3.3-3.7; delivery:checkpoint/handler.go:41-370,
//! delivery:checkpoint/side_handler.go:41-597`.
//!
//! ```
//! use bttc_checkpoint::{checkpoint::{BlockRange, Checkpoint}, ledger::{Ledger, Proposer, ProposalFacts}, vote::VoteResult};
//! use alloy_primitives::{Address, B256};
//! use bttc_core::{id::CheckpointNumber, root_chain::RootChainId::Tron};
//!
//! let mut ledger = Ledger::new(1_000);
//! let (alice, account_root) = (Address::repeat_byte(1), B256::repeat_byte(2));
//! let checkpoint = Checkpoint {
//!     proposer: alice, range: BlockRange::proposed(0, 255)?, root: B256::repeat_byte(3),
//!     account_root, chain_id: 199, epoch: ledger.epoch(),
//! };
//! let facts = ProposalFacts { activation_height: 0, account_root: Some(account_root), proposer: Some(alice) };
//!
//! ledger.propose(Tron, &checkpoint, &facts, 100)?;
//! ledger.buffer(Tron, &checkpoint, VoteResult::Yes, 0, 110)?;
//! let ack = ledger.buffered(Tron).unwrap().to_ack(CheckpointNumber::new(1));
//! let done = ledger.acknowledge(Tron, &ack, VoteResult::Yes)?;
//! assert_eq!((done.proposer, ledger.epoch().get()), (Proposer::Rotates, 2));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod destination;
mod error;
mod sync;
mod witness;

pub use destination::Destination;
pub use error::{AckError, NoAckError, ProposeError, SyncError};
pub use sync::{KeptSync, SyncClaim};
pub use witness::{Contracts, Doubt, attest_ack, attest_checkpoint, attest_sync, attest_sync_ack};

use crate::{checkpoint::Checkpoint, vote::VoteResult};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256};
use bttc_core::{
    id::{CheckpointNumber, Epoch},
    root_chain::RootChainId,
};
use serde::{Deserialize, Serialize};

/// A checkpoint as the layer keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeptCheckpoint {
    /// Who proposed it.
    pub proposer: Address,
    /// First block.
    pub start: u64,
    /// Last block; an acknowledgement may have set it.
    pub end: u64,
    /// Root over the blocks.
    pub root: B256,
    /// Id of the side chain.
    pub chain_id: u64,
    /// When it was buffered, Unix seconds.
    pub time: u64,
}

impl KeptCheckpoint {
    /// The acknowledgement that says the root chain recorded exactly this.
    #[must_use]
    pub const fn to_ack(&self, number: CheckpointNumber) -> Ack {
        Ack { number, proposer: self.proposer, start: self.start, end: self.end, root: self.root }
    }
}

/// What a root chain is said to have recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ack {
    /// The checkpoint's number there.
    pub number: CheckpointNumber,
    /// Who proposed it.
    pub proposer: Address,
    /// First block.
    pub start: u64,
    /// Last block; nothing checks it against the first.
    pub end: u64,
    /// Root over the blocks.
    pub root: B256,
}

impl Ack {
    /// Whether it can be meant for a buffered checkpoint of these blocks and this root: it starts there, and has the same
    /// root where it ends there too.
    ///
    /// Source: `validation-layer §3.5; delivery:checkpoint/handler.go:173-216`.
    ///
    /// # Errors
    /// [`AckError::Start`], [`AckError::Root`].
    pub fn check(&self, start: u64, end: u64, root: B256) -> Result<(), AckError> {
        if start != self.start {
            return Err(AckError::Start { got: self.start, expected: start });
        }
        if end == self.end && root != self.root {
            return Err(AckError::Root { got: self.root, expected: root });
        }
        Ok(())
    }
}

/// Facts a proposal is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalFacts {
    /// Block at which the root chain's first checkpoint starts.
    pub activation_height: u64,
    /// Root over the fee accounts; `None` when there are none.
    pub account_root: Option<B256>,
    /// Signing address of the validator whose turn it is; `None` without a set.
    pub proposer: Option<Address>,
}

/// What becomes of the validator set's proposer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proposer {
    /// The turn passes on: rotate the set once, after a no-ack too, however long nobody proposed.
    Rotates,
    /// It stays.
    Stays,
}

/// A checkpoint was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The number it was recorded under.
    pub number: CheckpointNumber,
    /// The record.
    pub checkpoint: KeptCheckpoint,
    /// What becomes of the proposer.
    pub proposer: Proposer,
}

/// May the sender of a no-ack send one?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoAckSender {
    /// It is in the current set, or the feature `NoAckValidatorCheck` is closed.
    Admitted,
    /// It is not in the set.
    Stranger,
}

/// One destination's part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Track {
    count: u64,
    buffered: Option<KeptCheckpoint>,
    recorded: BTreeMap<CheckpointNumber, KeptCheckpoint>,
    sync: Option<KeptSync>,
}

/// Checkpoints of all root chains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    buffer_seconds: u64,
    last_no_ack: u64,
    tracks: BTreeMap<Destination, Track>,
}

impl Ledger {
    /// Without checkpoints; a buffered one blocks others for so many seconds.
    #[must_use]
    pub const fn new(buffer_seconds: u64) -> Self {
        Self { buffer_seconds, last_no_ack: 0, tracks: BTreeMap::new() }
    }

    /// The same with this count of acknowledged checkpoints, as a genesis file gives it.
    #[must_use]
    pub fn with_count(mut self, destination: impl Into<Destination>, count: u64) -> Self {
        self.track_mut(destination.into()).count = count;
        self
    }

    /// Acknowledged checkpoints.
    #[must_use]
    pub fn count(&self, destination: impl Into<Destination>) -> u64 {
        self.track(destination.into()).map_or(0, |track| track.count)
    }

    /// TRON's count plus one.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        Epoch::new(self.count(RootChainId::Tron).wrapping_add(1))
    }

    /// The checkpoint that waits for its acknowledgement, expired or not.
    #[must_use]
    pub fn buffered(&self, destination: impl Into<Destination>) -> Option<&KeptCheckpoint> {
        self.track(destination.into())?.buffered.as_ref()
    }

    /// The checkpoint recorded under this number.
    #[must_use]
    pub fn recorded(&self, destination: impl Into<Destination>, number: CheckpointNumber) -> Option<&KeptCheckpoint> {
        self.track(destination.into())?.recorded.get(&number)
    }

    /// The last checkpoint: the one recorded under the count.
    #[must_use]
    pub fn last(&self, destination: impl Into<Destination>) -> Option<&KeptCheckpoint> {
        let destination = destination.into();
        self.recorded(destination, CheckpointNumber::new(self.count(destination)))
    }

    /// Time of the last no-ack, Unix seconds; 0 for none.
    #[must_use]
    pub const fn last_no_ack(&self) -> u64 {
        self.last_no_ack
    }

    /// First block of the next checkpoint.
    #[must_use]
    pub fn next_start(&self, destination: impl Into<Destination>, activation_height: u64) -> u64 {
        self.last(destination).map_or(activation_height, |last| last.end.wrapping_add(1))
    }

    /// All recorded checkpoints of a destination, by number.
    pub fn records(
        &self,
        destination: impl Into<Destination>,
    ) -> impl Iterator<Item = (CheckpointNumber, &KeptCheckpoint)> {
        let track = self.track(destination.into());
        track.into_iter().flat_map(|track| &track.recorded).map(|(number, kept)| (*number, kept))
    }

    fn track(&self, destination: Destination) -> Option<&Track> {
        self.tracks.get(&destination)
    }

    fn track_mut(&mut self, destination: Destination) -> &mut Track {
        self.tracks.entry(destination).or_default()
    }

    fn check_start(&self, destination: Destination, got: u64, activation_height: u64) -> Result<(), ProposeError> {
        check_start(got, self.last(destination).map(|last| last.end), activation_height)
    }

    /// Checks a proposal at this block time; an expired one in the buffer makes way and is handed out.
    ///
    /// Source: `validation-layer §3.4; delivery:checkpoint/handler.go:41-170`.
    ///
    /// # Errors
    /// [`ProposeError`], the first check that fails; then nothing changed.
    pub fn propose(
        &mut self,
        destination: impl Into<Destination>,
        checkpoint: &Checkpoint,
        facts: &ProposalFacts,
        now: u64,
    ) -> Result<Option<KeptCheckpoint>, ProposeError> {
        let destination = destination.into();
        let range = checkpoint.range;
        if checkpoint.root.is_zero() || checkpoint.proposer.is_zero() || range.start() == range.end() {
            return Err(ProposeError::Incomplete);
        }
        if let Some(buffered) = self.buffered(destination)
            && !has_expired(buffered.time, self.buffer_seconds, now)
        {
            return Err(ProposeError::Buffered { until: buffered.time.wrapping_add(self.buffer_seconds) });
        }
        self.check_start(destination, range.start(), facts.activation_height)?;
        if facts.account_root != Some(checkpoint.account_root) {
            return Err(ProposeError::AccountRoot { got: checkpoint.account_root, expected: facts.account_root });
        }
        if facts.proposer != Some(checkpoint.proposer) {
            return Err(ProposeError::NotProposer { got: checkpoint.proposer, expected: facts.proposer });
        }
        if checkpoint.epoch != self.epoch() {
            return Err(ProposeError::Epoch { got: checkpoint.epoch, expected: self.epoch() });
        }
        // Nothing is opened for a root chain that has nothing: what is then outvoted leaves no trace.
        Ok(self.tracks.get_mut(&destination).and_then(|track| track.buffered.take()))
    }

    /// Buffers a proposal that was voted on, at this block time.
    ///
    /// Source: `validation-layer §3.4; delivery:checkpoint/side_handler.go:282-382`.
    ///
    /// # Errors
    /// [`ProposeError`]; an occupied buffer refuses, even an expired one.
    pub fn buffer(
        &mut self,
        destination: impl Into<Destination>,
        checkpoint: &Checkpoint,
        verdict: VoteResult,
        activation_height: u64,
        now: u64,
    ) -> Result<KeptCheckpoint, ProposeError> {
        let destination = destination.into();
        if verdict != VoteResult::Yes {
            return Err(ProposeError::Verdict { got: verdict });
        }
        self.check_start(destination, checkpoint.range.start(), activation_height)?;
        if let Some(buffered) = self.buffered(destination) {
            return Err(ProposeError::Buffered { until: buffered.time.wrapping_add(self.buffer_seconds) });
        }
        let kept = KeptCheckpoint {
            proposer: checkpoint.proposer,
            start: checkpoint.range.start(),
            end: checkpoint.range.end(),
            root: checkpoint.root,
            chain_id: checkpoint.chain_id,
            time: now,
        };
        self.track_mut(destination).buffered = Some(kept);
        Ok(kept)
    }

    /// Checks an acknowledgement before it is voted on. Without a buffered checkpoint it passes.
    ///
    /// Source: `validation-layer §3.5; delivery:checkpoint/handler.go:173-216`.
    ///
    /// # Errors
    /// [`AckError`].
    pub fn check_ack(&self, destination: impl Into<Destination>, ack: &Ack) -> Result<(), AckError> {
        if ack.proposer.is_zero() || ack.root.is_zero() {
            return Err(AckError::Incomplete);
        }
        match self.buffered(destination) {
            Some(buffered) => ack.check(buffered.start, buffered.end, buffered.root),
            None => Ok(()),
        }
    }

    /// Records the buffered checkpoint as the root chain took it.
    ///
    /// Source: `validation-layer §3.5; delivery:checkpoint/side_handler.go:385-483`.
    ///
    /// # Errors
    /// [`AckError`]; then nothing changed.
    // Q-53: the number is not compared with the count. Where they differ the last checkpoint is looked for in vain, and
    // the next one has to start at the activation height.
    // Q-54: the record keeps the time at which it was buffered.
    pub fn acknowledge(
        &mut self,
        destination: impl Into<Destination>,
        ack: &Ack,
        verdict: VoteResult,
    ) -> Result<Acknowledged, AckError> {
        let destination = destination.into();
        if verdict != VoteResult::Yes {
            return Err(AckError::Verdict { got: verdict });
        }
        let mut checkpoint = *self.buffered(destination).ok_or(AckError::NotBuffered)?;
        ack.check(checkpoint.start, checkpoint.end, checkpoint.root)?;
        // Q-52: only an end before the buffered one is taken over; of a later one nothing is.
        if checkpoint.end > ack.end {
            checkpoint = KeptCheckpoint { end: ack.end, root: ack.root, proposer: ack.proposer, ..checkpoint };
        }
        let track = self.track_mut(destination);
        track.recorded.insert(ack.number, checkpoint);
        track.count = track.count.wrapping_add(1);
        track.buffered = None;
        Ok(Acknowledged {
            number: ack.number,
            checkpoint,
            proposer: match destination.root_chain() {
                Some(RootChainId::Tron) => Proposer::Rotates,
                Some(RootChainId::Ethereum | RootChainId::Bsc) | None => Proposer::Stays,
            },
        })
    }

    /// Passes the turn on because TRON has seen no checkpoint for too long, at this block time. Buffers stay.
    ///
    /// The reference compares with nanoseconds; as the stored times and the buffer time are whole seconds, whole seconds
    /// of the block time give the same answer.
    ///
    /// Source: `validation-layer §3.6; delivery:checkpoint/handler.go:219-294`.
    ///
    /// # Errors
    /// [`NoAckError`].
    pub fn no_ack(&mut self, sender: NoAckSender, now: u64) -> Result<Proposer, NoAckError> {
        // Nothing after this is old enough.
        let before = now.checked_sub(self.buffer_seconds);
        let is_old = |time: u64| before.is_some_and(|before| time <= before);
        let last = self.last(RootChainId::Tron).map_or(0, |last| last.time);
        if !is_old(last) {
            return Err(NoAckError::CheckpointTooYoung { last, before });
        }
        if sender == NoAckSender::Stranger {
            return Err(NoAckError::Stranger);
        }
        if !is_old(self.last_no_ack) {
            return Err(NoAckError::NoAckTooYoung { last: self.last_no_ack, before });
        }
        self.last_no_ack = now;
        Ok(Proposer::Rotates)
    }
}

/// Whether what was buffered then no longer blocks others. All in seconds, two of them since 1970.
///
/// Source: `validation-layer §3.4; delivery:checkpoint/handler.go:41-75`.
#[must_use]
pub const fn has_expired(then: u64, lifetime: u64, now: u64) -> bool {
    then == 0 || (now > then && now - then >= lifetime)
}

/// Whether a checkpoint may start here: behind the last one, or without one at the activation height.
///
/// Source: `validation-layer §3.4; delivery:checkpoint/handler.go:41-170`.
///
/// # Errors
/// [`ProposeError::Old`], [`ProposeError::Gap`], [`ProposeError::Activation`].
pub const fn check_start(got: u64, last_end: Option<u64>, activation_height: u64) -> Result<(), ProposeError> {
    match last_end {
        Some(last_end) if last_end > got => Err(ProposeError::Old { got, last_end }),
        Some(last_end) if last_end.wrapping_add(1) != got => {
            Err(ProposeError::Gap { got, expected: last_end.wrapping_add(1) })
        }
        None if activation_height != got => Err(ProposeError::Activation { got, expected: activation_height }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
