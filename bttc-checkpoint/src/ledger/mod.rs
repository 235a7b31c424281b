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
//! Source: `validation-layer §3.3-3.6; delivery:checkpoint/handler.go:41-294,
//! delivery:checkpoint/side_handler.go:282-483`.
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

mod error;

pub use error::{AckError, NoAckError, ProposeError};

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
    /// The turn passes on: rotate the set once.
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

/// One root chain's part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Track {
    count: u64,
    buffered: Option<KeptCheckpoint>,
    recorded: BTreeMap<CheckpointNumber, KeptCheckpoint>,
}

/// Checkpoints of all root chains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    buffer_seconds: u64,
    last_no_ack: u64,
    tracks: BTreeMap<RootChainId, Track>,
}

impl Ledger {
    /// Without checkpoints; a buffered one blocks others for so many seconds.
    #[must_use]
    pub const fn new(buffer_seconds: u64) -> Self {
        Self { buffer_seconds, last_no_ack: 0, tracks: BTreeMap::new() }
    }

    /// The same with this count of acknowledged checkpoints, as a genesis file gives it.
    #[must_use]
    pub fn with_count(mut self, root_chain: RootChainId, count: u64) -> Self {
        self.track_mut(root_chain).count = count;
        self
    }

    /// Acknowledged checkpoints.
    #[must_use]
    pub fn count(&self, root_chain: RootChainId) -> u64 {
        self.track(root_chain).map_or(0, |track| track.count)
    }

    /// TRON's count plus one.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        Epoch::new(self.count(RootChainId::Tron).wrapping_add(1))
    }

    /// The checkpoint that waits for its acknowledgement, expired or not.
    #[must_use]
    pub fn buffered(&self, root_chain: RootChainId) -> Option<&KeptCheckpoint> {
        self.track(root_chain)?.buffered.as_ref()
    }

    /// The checkpoint recorded under this number.
    #[must_use]
    pub fn recorded(&self, root_chain: RootChainId, number: CheckpointNumber) -> Option<&KeptCheckpoint> {
        self.track(root_chain)?.recorded.get(&number)
    }

    /// The last checkpoint: the one recorded under the count.
    #[must_use]
    pub fn last(&self, root_chain: RootChainId) -> Option<&KeptCheckpoint> {
        self.recorded(root_chain, CheckpointNumber::new(self.count(root_chain)))
    }

    /// Time of the last no-ack, Unix seconds; 0 for none.
    #[must_use]
    pub const fn last_no_ack(&self) -> u64 {
        self.last_no_ack
    }

    /// First block of the next checkpoint.
    #[must_use]
    pub fn next_start(&self, root_chain: RootChainId, activation_height: u64) -> u64 {
        self.last(root_chain).map_or(activation_height, |last| last.end.wrapping_add(1))
    }

    fn track(&self, root_chain: RootChainId) -> Option<&Track> {
        self.tracks.get(&root_chain)
    }

    fn track_mut(&mut self, root_chain: RootChainId) -> &mut Track {
        self.tracks.entry(root_chain).or_default()
    }

    fn check_start(&self, root_chain: RootChainId, got: u64, activation_height: u64) -> Result<(), ProposeError> {
        let expected = self.next_start(root_chain, activation_height);
        match self.last(root_chain) {
            Some(last) if last.end > got => Err(ProposeError::Old { got, last_end: last.end }),
            Some(_) if expected != got => Err(ProposeError::Gap { got, expected }),
            None if expected != got => Err(ProposeError::Activation { got, expected }),
            _ => Ok(()),
        }
    }

    /// Checks a proposal at this block time; an expired one in the buffer makes way and is handed out.
    ///
    /// Source: `validation-layer §3.4; delivery:checkpoint/handler.go:41-170`.
    ///
    /// # Errors
    /// [`ProposeError`], the first check that fails; then nothing changed.
    pub fn propose(
        &mut self,
        root_chain: RootChainId,
        checkpoint: &Checkpoint,
        facts: &ProposalFacts,
        now: u64,
    ) -> Result<Option<KeptCheckpoint>, ProposeError> {
        let range = checkpoint.range;
        if checkpoint.root.is_zero() || checkpoint.proposer.is_zero() || range.start() == range.end() {
            return Err(ProposeError::Incomplete);
        }
        if let Some(buffered) = self.buffered(root_chain) {
            let age = now.checked_sub(buffered.time).filter(|age| *age > 0);
            if buffered.time != 0 && age.is_none_or(|age| age < self.buffer_seconds) {
                return Err(ProposeError::Buffered { until: buffered.time.wrapping_add(self.buffer_seconds) });
            }
        }
        self.check_start(root_chain, range.start(), facts.activation_height)?;
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
        Ok(self.tracks.get_mut(&root_chain).and_then(|track| track.buffered.take()))
    }

    /// Buffers a proposal that was voted on, at this block time.
    ///
    /// Source: `validation-layer §3.4; delivery:checkpoint/side_handler.go:282-382`.
    ///
    /// # Errors
    /// [`ProposeError`]; an occupied buffer refuses, even an expired one.
    pub fn buffer(
        &mut self,
        root_chain: RootChainId,
        checkpoint: &Checkpoint,
        verdict: VoteResult,
        activation_height: u64,
        now: u64,
    ) -> Result<KeptCheckpoint, ProposeError> {
        if verdict != VoteResult::Yes {
            return Err(ProposeError::Verdict { got: verdict });
        }
        self.check_start(root_chain, checkpoint.range.start(), activation_height)?;
        if let Some(buffered) = self.buffered(root_chain) {
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
        self.track_mut(root_chain).buffered = Some(kept);
        Ok(kept)
    }

    /// Checks an acknowledgement before it is voted on. Without a buffered checkpoint it passes.
    ///
    /// Source: `validation-layer §3.5; delivery:checkpoint/handler.go:173-216`.
    ///
    /// # Errors
    /// [`AckError`].
    pub fn check_ack(&self, root_chain: RootChainId, ack: &Ack) -> Result<(), AckError> {
        if ack.proposer.is_zero() || ack.root.is_zero() {
            return Err(AckError::Incomplete);
        }
        match self.buffered(root_chain) {
            Some(buffered) => check_against(buffered, ack),
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
        root_chain: RootChainId,
        ack: &Ack,
        verdict: VoteResult,
    ) -> Result<Acknowledged, AckError> {
        if verdict != VoteResult::Yes {
            return Err(AckError::Verdict { got: verdict });
        }
        let mut checkpoint = *self.buffered(root_chain).ok_or(AckError::NotBuffered)?;
        check_against(&checkpoint, ack)?;
        // Q-52: only an end before the buffered one is taken over; of a later one nothing is.
        if checkpoint.end > ack.end {
            checkpoint = KeptCheckpoint { end: ack.end, root: ack.root, proposer: ack.proposer, ..checkpoint };
        }
        let track = self.track_mut(root_chain);
        track.recorded.insert(ack.number, checkpoint);
        track.count = track.count.wrapping_add(1);
        track.buffered = None;
        Ok(Acknowledged {
            number: ack.number,
            checkpoint,
            proposer: match root_chain {
                RootChainId::Tron => Proposer::Rotates,
                RootChainId::Ethereum | RootChainId::Bsc => Proposer::Stays,
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

fn check_against(buffered: &KeptCheckpoint, ack: &Ack) -> Result<(), AckError> {
    if buffered.start != ack.start {
        return Err(AckError::Start { got: ack.start, expected: buffered.start });
    }
    if buffered.end == ack.end && buffered.root != ack.root {
        return Err(AckError::Root { got: ack.root, expected: buffered.root });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::BlockRange;
    use RootChainId::{Ethereum, Tron};

    const FACTS: ProposalFacts = ProposalFacts {
        activation_height: 0,
        account_root: Some(B256::repeat_byte(2)),
        proposer: Some(Address::repeat_byte(1)),
    };

    fn checkpoint(ledger: &Ledger, start: u64, end: u64) -> Checkpoint {
        Checkpoint {
            proposer: Address::repeat_byte(1),
            range: BlockRange::proposed(start, end).unwrap(),
            root: B256::repeat_byte(3),
            account_root: B256::repeat_byte(2),
            chain_id: 199,
            epoch: ledger.epoch(),
        }
    }

    fn buffered(start: u64, end: u64) -> Ledger {
        let mut ledger = Ledger::new(1_000);
        let checkpoint = checkpoint(&ledger, start, end);
        ledger.propose(Tron, &checkpoint, &FACTS, 100).unwrap();
        ledger.buffer(Tron, &checkpoint, VoteResult::Yes, 0, 110).unwrap();
        ledger
    }

    #[test]
    fn a_buffered_checkpoint_blocks_until_it_expires() {
        let mut ledger = buffered(0, 9);
        let again = checkpoint(&ledger, 0, 9);
        let early = ledger.propose(Tron, &again, &FACTS, 1_109).unwrap_err();
        assert_eq!((early, early.code()), (ProposeError::Buffered { until: 1_110 }, 1503));
        let aside = ledger.propose(Tron, &again, &FACTS, 1_110).unwrap();
        assert_eq!(aside.map(|kept| kept.end), Some(9));
        assert_eq!(ledger.buffered(Tron), None);
    }

    #[test]
    fn a_proposal_by_itself_leaves_no_trace() {
        let (mut ledger, before) = (Ledger::new(1_000), Ledger::new(1_000));
        let checkpoint = checkpoint(&ledger, 0, 9);
        ledger.propose(Tron, &checkpoint, &FACTS, 100).unwrap();
        assert_eq!(ledger, before);
    }

    #[test]
    fn a_refused_proposal_leaves_even_an_expired_buffer_in_place() {
        let mut ledger = buffered(0, 9);
        let before = ledger.clone();
        let elsewhere = checkpoint(&ledger, 5, 9);
        assert!(ledger.propose(Tron, &elsewhere, &FACTS, 9_999).is_err());
        assert_eq!(ledger, before);
    }

    #[test]
    fn only_tron_moves_the_epoch_and_the_proposer() {
        let mut ledger = Ledger::new(1_000);
        let checkpoint = checkpoint(&ledger, 0, 9);
        ledger.buffer(Ethereum, &checkpoint, VoteResult::Yes, 0, 1).unwrap();
        let ack = ledger.buffered(Ethereum).unwrap().to_ack(CheckpointNumber::new(1));
        let done = ledger.acknowledge(Ethereum, &ack, VoteResult::Yes).unwrap();
        assert_eq!((done.proposer, ledger.epoch(), ledger.count(Ethereum)), (Proposer::Stays, Epoch::new(1), 1));
    }

    #[test]
    fn q52_an_end_beyond_the_buffered_one_is_not_taken_over() {
        let mut ledger = buffered(0, 9);
        let mut ack = ledger.buffered(Tron).unwrap().to_ack(CheckpointNumber::new(1));
        (ack.end, ack.root) = (12, B256::repeat_byte(7));
        let done = ledger.clone().acknowledge(Tron, &ack, VoteResult::Yes).unwrap();
        assert_eq!((done.checkpoint.end, done.checkpoint.root), (9, B256::repeat_byte(3)));
        ack.end = 7;
        let done = ledger.acknowledge(Tron, &ack, VoteResult::Yes).unwrap();
        assert_eq!((done.checkpoint.end, done.checkpoint.root), (7, B256::repeat_byte(7)));
    }

    #[test]
    fn q53_a_number_off_the_count_sends_the_next_one_back_to_the_activation_height() {
        let mut ledger = buffered(0, 9);
        let ack = ledger.buffered(Tron).unwrap().to_ack(CheckpointNumber::new(5));
        ledger.acknowledge(Tron, &ack, VoteResult::Yes).unwrap();
        assert_eq!((ledger.count(Tron), ledger.last(Tron)), (1, None));
        assert_eq!(ledger.next_start(Tron, 0), 0);
    }

    #[test]
    fn q54_a_record_keeps_the_time_of_its_buffering() {
        let mut ledger = buffered(0, 9);
        let ack = ledger.buffered(Tron).unwrap().to_ack(CheckpointNumber::new(1));
        let done = ledger.acknowledge(Tron, &ack, VoteResult::Yes).unwrap();
        assert_eq!(done.checkpoint.time, 110);
    }

    #[test]
    fn no_acks_need_age_and_standing() {
        let mut ledger = Ledger::new(1_000);
        assert_eq!(ledger.no_ack(NoAckSender::Stranger, 5_000), Err(NoAckError::Stranger));
        assert_eq!(ledger.no_ack(NoAckSender::Admitted, 5_000), Ok(Proposer::Rotates));
        let early = ledger.no_ack(NoAckSender::Admitted, 5_999).unwrap_err();
        assert_eq!(early.code(), 1506);
        assert_eq!(ledger.no_ack(NoAckSender::Admitted, 6_000), Ok(Proposer::Rotates));
    }
}
