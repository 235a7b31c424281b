//! Who may produce blocks, as of a block.
//!
//! Snapshot n judges block n + 1. It is made from the genesis set and moves from header to header; at the end of a
//! sprint the header's own list of producers becomes the set, and the set turns once:
//!
//! ```text
//! block    … 62    63      64 … 126   127     128 …
//!                  │ list ▲           │ list ▲
//!          set of sprint 0│    of sprint 1   │   of sprint 2          (sprints of 64 blocks)
//! ```
//!
//! The arithmetic is that of [`validator_set`](crate::validator_set); how a header changes the set is this module's.
//!
//! Source: `block-layer §3; bttc:consensus/bor/snapshot.go, bttc:consensus/bor/bor.go:1406-1429`.
//!
//! ```
//! use alloy_primitives::{Address, B256};
//! use bttc_core::{
//!     chain::ChainSpec, schedule::{ProducerSchedule, SprintHeader}, snapshot::Producer, validator::VotingPower,
//! };
//! use bttc_staking::snapshot::Snapshot;
//!
//! let [a, b] = [0xa1, 0xb2].map(|byte| Producer::new(Address::repeat_byte(byte), VotingPower::new(1)));
//! let mut snapshot = Snapshot::genesis(B256::ZERO, [b, a], ChainSpec::mainnet().timing)?;
//! assert_eq!(snapshot.turn(1, b.signer)?.succession, 1); // a is in turn
//!
//! let header = SprintHeader { number: 1, hash: B256::repeat_byte(1), signer: Ok(b.signer), producers: None };
//! snapshot.apply(&header)?; // a backup signed it
//! assert_eq!(snapshot.number(), 1);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use crate::{
    proposer::{Member, RotationError},
    validator_set::{ChangeError, Removals, ValidatorSet},
};
use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use alloy_primitives::{Address, B256};
use bttc_core::{
    schedule::{
        self, ApplyError, FixedProducers, ProducerSchedule, ScheduleError, SignerError, SprintHeader, SprintSchedule,
        Timing, Turn,
    },
    snapshot::{Producer, Producers, SnapshotView},
    span::Span,
    validator::{Validator, VotingPower},
};
use serde::{Deserialize, Serialize};

impl Member for Producer {
    fn signer(&self) -> Address {
        self.signer
    }

    fn power(&self) -> VotingPower {
        self.power
    }

    fn set_power(&mut self, power: VotingPower) {
        self.power = power;
    }

    fn priority(&self) -> i64 {
        self.priority
    }

    fn set_priority(&mut self, priority: i64) {
        self.priority = priority;
    }
}

/// Who may produce the block after this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    number: u64,
    hash: B256,
    set: ValidatorSet<Producer>,
    recents: BTreeMap<u64, Address>,
    timing: Timing,
}

/// Why nobody can say who may seal a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForesightError {
    /// It is not ahead.
    #[error("got block {got}, expected one after {after}")]
    Past {
        /// The block.
        got: u64,
        /// The snapshot's.
        after: u64,
    },
    /// No span is known that holds the start of a sprint on the way.
    #[error("no span is known for the sprint from block {block}")]
    NoSpan {
        /// First block of the sprint.
        block: u64,
    },
    /// The set cannot turn.
    #[error(transparent)]
    Rotation(#[from] RotationError),
}

impl Snapshot {
    /// The snapshot of block 0.
    ///
    /// # Errors
    /// [`ChangeError`] for a list that makes no set; the reference stops with a panic.
    pub fn genesis(
        hash: B256,
        producers: impl IntoIterator<Item = Producer>,
        timing: Timing,
    ) -> Result<Self, ChangeError> {
        Ok(Self { number: 0, hash, set: ValidatorSet::new(producers)?, recents: BTreeMap::new(), timing })
    }

    /// Height of its block.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Hash of its block.
    #[must_use]
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// The producers and their priorities.
    #[must_use]
    pub const fn set(&self) -> &ValidatorSet<Producer> {
        &self.set
    }

    /// Who signed the last blocks, at most a sprint of them.
    #[must_use]
    pub const fn recents(&self) -> &BTreeMap<u64, Address> {
        &self.recents
    }

    /// The chain's timing.
    #[must_use]
    pub const fn timing(&self) -> &Timing {
        &self.timing
    }

    /// Moves on to the next block.
    ///
    /// Source: `block-layer §3.3.3; bttc:consensus/bor/snapshot.go:107-169`.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn apply(&mut self, header: &SprintHeader) -> Result<(), ApplyError> {
        if self.number.checked_add(1) != Some(header.number) {
            return Err(ApplyError::OutOfRangeChain { got: header.number, after: self.number });
        }
        let signer = header.signer?;
        if self.set.get(signer).is_none() {
            return Err(ScheduleError::UnauthorizedSigner { block: header.number, signer }.into());
        }
        self.turn(header.number, signer)?;
        if self.timing.is_sprint_end(header.number) {
            let list = header.producers.as_deref().ok_or(SignerError::MissingSignature)?;
            let mut set = self.set.clone();
            let turned = header_update(&mut set, list).and_then(|()| set.increment(1).map(|_| ()));
            turned.map_err(|error| ApplyError::Rotation { reason: error.to_string() })?;
            self.set = set;
        }
        // Q-38: this is kept for show; nobody is refused for having signed lately.
        if let Some(old) = header.number.checked_sub(self.timing.sprint) {
            self.recents.remove(&old);
        }
        self.recents.insert(header.number, signer);
        self.number = header.number;
        self.hash = header.hash;
        Ok(())
    }

    /// Who may seal a later block, if the lists at the ends of the sprints before it are those of these spans.
    ///
    /// One that is certain needs the headers in between: a snapshot of the block before, moved there by
    /// [`Snapshot::apply`].
    ///
    /// # Errors
    /// [`ForesightError`].
    pub fn foresee(&self, block: u64, spans: &[Span]) -> Result<FixedProducers, ForesightError> {
        if block <= self.number {
            return Err(ForesightError::Past { got: block, after: self.number });
        }
        let mut set = self.set.clone();
        // The list that decides the next block is in already.
        let mut number = self.number.saturating_add(1);
        while let Some(start) = self.timing.next_sprint(number).filter(|start| *start <= block) {
            let span = spans.iter().find(|span| span.contains(start));
            let span = span.ok_or(ForesightError::NoSpan { block: start })?;
            header_update(&mut set, &span.producers)?;
            set.increment(1)?;
            number = start;
        }
        let proposer = set.proposer()?.map(|proposer| proposer.signer).unwrap_or_default();
        Ok(FixedProducers::new(set.members().iter().map(Producer::to_validator), proposer, self.timing))
    }

    /// The difficulty the reference computes for any address, without asking whether it is a producer.
    ///
    /// Source: `block-layer §2.4.2; bttc:consensus/bor/snapshot.go:203-223`.
    // Q-11: a stranger stands at place −1, and so does a proposer who is none; address zero has difficulty 1.
    #[must_use]
    pub fn difficulty(&self, signer: Address) -> u64 {
        if signer.is_zero() {
            return 1;
        }
        let place = |who: Option<Address>| {
            let members = self.set.members().iter();
            let found = (0_i64..).zip(members).find(|(_, member)| Some(member.signer) == who);
            found.map_or(-1, |(place, _)| place)
        };
        let count = i64::try_from(self.set.members().len()).unwrap_or(i64::MAX);
        let (own, first) = (place(Some(signer)), place(self.in_turn()));
        let behind = if own < first { own.saturating_add(count) } else { own };
        count.saturating_sub(behind.saturating_sub(first)).cast_unsigned()
    }

    fn in_turn(&self) -> Option<Address> {
        let proposer = self.set.proposer().ok().flatten();
        proposer.map(|proposer| proposer.signer)
    }

    /// As another crate is told it.
    ///
    /// Source: `block-layer §7.1.2; bttc:consensus/bor/api.go:28-60`.
    #[must_use]
    pub fn to_view(&self) -> SnapshotView {
        SnapshotView {
            number: self.number,
            hash: self.hash,
            members: Producers {
                validators: self.set.members().to_vec(),
                proposer: self.set.proposer().ok().flatten().copied(),
            },
            recents: self.recents.clone(),
        }
    }

    /// As the reference writes it to its database.
    #[must_use]
    pub fn to_stored(&self) -> StoredSnapshot {
        let recents = self.recents.iter();
        StoredSnapshot {
            number: self.number,
            hash: self.hash,
            set: ValidatorSet::from_parts(self.set.members().to_vec(), self.set.elected().copied()),
            recents: recents.map(|(number, signer)| (alloc::format!("{number}"), *signer)).collect(),
        }
    }

    /// From what the reference wrote to its database. The total power is added up anew, and a proposer that is missing
    /// is looked for and kept.
    ///
    /// # Errors
    /// [`StoredError`].
    pub fn from_stored(stored: StoredSnapshot, timing: Timing) -> Result<Self, StoredError> {
        stored.set.total_power()?;
        let proposer = stored.set.proposer()?.or(stored.set.elected()).copied();
        let mut recents = BTreeMap::new();
        for (number, signer) in stored.recents {
            let Ok(height) = number.parse() else {
                return Err(StoredError::Height { got: number });
            };
            recents.insert(height, signer);
        }
        Ok(Self {
            number: stored.number,
            hash: stored.hash,
            set: ValidatorSet::from_parts(stored.set.members().to_vec(), proposer),
            recents,
            timing,
        })
    }
}

impl SprintSchedule for Snapshot {
    fn apply(&mut self, header: &SprintHeader) -> Result<(), ApplyError> {
        Self::apply(self, header)
    }
}

impl ProducerSchedule for Snapshot {
    fn turn(&self, number: u64, signer: Address) -> Result<Turn, ScheduleError> {
        let proposer = self.in_turn().unwrap_or_default();
        schedule::turn(&self.producers(), proposer, &self.timing, number, signer)
    }

    fn producers(&self) -> Vec<Validator> {
        self.set.members().iter().map(Producer::to_validator).collect()
    }
}

/// A header's list becomes the set.
///
/// Source: `block-layer §3.2.10; bttc:consensus/bor/bor.go:1406-1429`.
fn header_update(set: &mut ValidatorSet<Producer>, list: &[Validator]) -> Result<(), RotationError> {
    let mut changes: Vec<Producer> = Vec::with_capacity(list.len());
    for member in set.members_mut() {
        // Q-36: a member's power is overwritten before the change-set looks at it, so powers that change and members
        // that leave do not move the total a newcomer's first priority is made from.
        let named = list.iter().find(|named| named.signer == member.signer);
        member.power = named.map_or(VotingPower::ZERO, |named| named.power);
        changes.push(*member);
    }
    for named in list {
        if !changes.iter().any(|change| change.signer == named.signer) {
            changes.push(Producer::new(named.signer, named.power));
        }
    }
    match set.merge(&changes, Removals::Allowed) {
        Ok(Some(merged)) => set.install(merged),
        // Q-37: a refused list is let pass: the powers are overwritten, members and total stay.
        Ok(None) | Err(_) => Ok(()),
    }
}

/// A snapshot as the reference writes it to its database.
///
/// Source: `block-layer §3.4.2, §3.5; bttc:consensus/bor/snapshot.go:59-87`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSnapshot {
    /// Height.
    pub number: u64,
    /// Hash.
    pub hash: B256,
    /// The producers.
    #[serde(rename = "validatorSet")]
    pub set: ValidatorSet<Producer>,
    /// Who signed which block, heights ordered as text.
    pub recents: BTreeMap<String, Address>,
}

/// Why a stored snapshot cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// A height that is none.
    #[error("{got:?} is no height")]
    Height {
        /// The text.
        got: String,
    },
    /// Powers too large together, or two entries of one signer that have most priority.
    #[error(transparent)]
    Set(#[from] RotationError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const TIMING: Timing = Timing { period: 2, producer_delay: 6, sprint: 4, backup_multiplier: 2 };

    fn producer(byte: u8, power: i64) -> Producer {
        Producer::new(Address::repeat_byte(byte), VotingPower::new(power))
    }

    fn header(number: u64, signer: u8, list: Option<&[(u8, i64)]>) -> SprintHeader {
        let list = list.map(|list| list.iter().map(|(b, p)| producer(*b, *p).to_validator()).collect());
        SprintHeader {
            number,
            hash: B256::with_last_byte(u8::try_from(number).unwrap()),
            signer: Ok(Address::repeat_byte(signer)),
            producers: list,
        }
    }

    fn priorities(set: &ValidatorSet<Producer>) -> Vec<i64> {
        set.members().iter().map(|m| m.priority).collect()
    }

    /// block-layer §10.2 D11.
    #[test]
    fn q36_changed_powers_do_not_move_a_newcomers_first_priority() {
        let mut set =
            ValidatorSet::new([(0x16, 400), (0x64, 300), (0x96, 100), (0x98, 200)].map(|(b, p)| producer(b, p)))
                .unwrap();
        assert_eq!(priorities(&set), [-600, 300, 100, 200]);
        let list = [(0x96, 100), (0x98, 200), (0x64, 150), (0x16, 800), (0xac, 250)];
        header_update(&mut set, &list.map(|(b, p)| producer(b, p).to_validator())).unwrap();
        assert_eq!(priorities(&set), [-318, 582, 382, 482, -1_124]);
        assert_eq!(set.total_power(), Ok(1_500));
        set.increment(1).unwrap();
        assert_eq!(priorities(&set), [482, -768, 482, 682, -874]);
        assert_eq!(set.elected().map(|p| p.signer), Some(Address::repeat_byte(0x64)));
    }

    #[test]
    fn q37_a_refused_list_overwrites_powers_and_nothing_else() {
        let mut snapshot = Snapshot::genesis(B256::ZERO, [producer(1, 10), producer(2, 20)], TIMING).unwrap();
        for number in 1..3 {
            snapshot.apply(&header(number, 1, None)).unwrap();
        }
        snapshot.apply(&header(3, 1, Some(&[]))).unwrap(); // the end of a sprint without a list
        let powers: Vec<_> = snapshot.set.members().iter().map(|m| m.power.get()).collect();
        assert_eq!((powers, snapshot.set.total_power()), (vec![0, 0], Ok(30)));
    }

    #[test]
    fn q38_one_producer_may_sign_every_block() {
        let mut snapshot = Snapshot::genesis(B256::ZERO, [producer(1, 1), producer(2, 1)], TIMING).unwrap();
        for number in 1..=12 {
            snapshot.apply(&header(number, 2, Some(&[(1, 1), (2, 1)]))).unwrap();
        }
        assert_eq!(snapshot.recents.keys().copied().collect::<Vec<_>>(), [9, 10, 11, 12]);
    }

    #[test]
    fn q11_difficulty_asks_for_no_membership() {
        let snapshot = Snapshot::genesis(B256::ZERO, [producer(1, 1), producer(2, 1), producer(3, 1)], TIMING).unwrap();
        assert_eq!([1, 2, 3].map(|b| snapshot.difficulty(Address::repeat_byte(b))), [3, 2, 1]);
        assert_eq!(snapshot.difficulty(Address::ZERO), 1);
        assert_eq!(snapshot.difficulty(Address::repeat_byte(9)), 1); // −1 is moved behind the last
    }

    #[test]
    fn strangers_and_gaps_are_refused_and_change_nothing() {
        let mut snapshot = Snapshot::genesis(B256::ZERO, [producer(1, 1)], TIMING).unwrap();
        let before = snapshot.clone();
        assert_eq!(snapshot.apply(&header(2, 1, None)), Err(ApplyError::OutOfRangeChain { got: 2, after: 0 }));
        let error = snapshot.apply(&header(1, 9, None)).unwrap_err();
        assert_eq!(
            alloc::format!("{error}"),
            "Signer 0x0909090909090909090909090909090909090909 is not a part of the producer set at block 1"
        );
        assert_eq!(snapshot, before);
        let unsealed = SprintHeader { signer: Err(SignerError::MissingSignature), ..header(1, 1, None) };
        assert_eq!(snapshot.apply(&unsealed), Err(SignerError::MissingSignature.into()));
    }

    #[test]
    fn room_for_a_list_is_asked_for_at_the_end_of_a_sprint_after_the_signer() {
        let mut snapshot = Snapshot::genesis(B256::ZERO, [producer(1, 1)], TIMING).unwrap();
        snapshot.apply(&header(1, 1, None)).unwrap();
        snapshot.apply(&header(2, 1, None)).unwrap();
        assert!(matches!(snapshot.apply(&header(3, 9, None)), Err(ApplyError::Schedule(_))));
        assert_eq!(snapshot.apply(&header(3, 1, None)), Err(SignerError::MissingSignature.into()));
        assert_eq!(snapshot.number(), 2);
    }
}
