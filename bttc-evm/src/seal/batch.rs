//! Headers in a row, each judged with those before it.
//!
//! A header that is rejected still is the parent of the next one, and who may produce is found out through it:
//!
//! ```text
//! wrong time       the next header is judged on its own merits
//! foreign signer   nobody can say who may produce after it, so no later header passes
//! broken link      an unknown ancestor, for the later headers too
//! ```
//!
//! Source: `block-layer §2.7.8, §3.4.1; bttc:consensus/bor/bor.go:299-315,461-555`.

use super::{
    SealError,
    rules::{Parent, judge},
};
use crate::{
    executor::QueryError,
    header::{RecoveredHeader, SealedHeader},
};
use alloy_primitives::B256;
use bttc_core::{
    schedule::{ProducerSchedule, SprintSchedule, Timing},
    validator::Validator,
};
use core::fmt;
use std::collections::BTreeMap;

/// What a batch of headers is judged by.
#[derive(Clone, Copy)]
pub struct BatchContext<'a, S> {
    /// Sprint and block times.
    pub timing: &'a Timing,
    /// The clock, Unix seconds.
    pub now: u64,
    /// The block that the first header names as its parent, if it is known.
    pub parent: Option<Parent<'a>>,
    /// Who may produce, as of that block; `None` when that cannot be found out.
    pub schedule: Option<&'a S>,
    /// Asked at the end of a sprint: what the validator-set contract answers for the block of this number, in any order.
    /// `None` leaves the rule out.
    ///
    /// The reference asks its head state for every header of the batch. A host that has executed the blocks before that
    /// end of a sprint answers from the parent's state, whose answer is the same on a valid chain
    /// (`block-layer §2.7.3`).
    pub contract: &'a dyn Fn(u64) -> Option<Result<Vec<Validator>, QueryError>>,
}

impl<S: fmt::Debug> fmt::Debug for BatchContext<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timing, now, parent, schedule, contract: _ } = self;
        let mut fields = f.debug_struct("BatchContext");
        fields.field("timing", timing).field("now", now).field("parent", parent).field("schedule", schedule);
        fields.finish_non_exhaustive()
    }
}

/// Judges headers in their order; each names the one before it as its parent.
///
/// The verdicts are those of [`verify`](super::verify) on each header by itself, with the one before it as its parent and
/// the producers that all before it lead to.
pub fn verify_batch<S: SprintSchedule + Clone>(
    headers: &[RecoveredHeader],
    context: &BatchContext<'_, S>,
) -> Vec<Result<SealedHeader, SealError>> {
    let &BatchContext { timing, now, parent, schedule, contract } = context;
    let mut schedules = Schedules::new(parent, schedule, timing);
    let mut before: Vec<&RecoveredHeader> = Vec::with_capacity(headers.len());
    let verdicts = headers.iter().map(|header| {
        let parent = before.last().map_or(parent, |&last| Some(Parent::from(last)));
        let author =
            judge(header, timing, now, parent, || schedules.before(header, &before), contract, || header.signer());
        before.push(header);
        author.map(|author| SealedHeader::known(header.header().clone(), header.hash(), author))
    });
    verdicts.collect()
}

/// The producers as of the blocks that have been asked for.
struct Schedules<'a, S> {
    /// Those of a header numbered 0, wherever it stands.
    genesis: Option<&'a S>,
    known: BTreeMap<B256, S>,
    timing: &'a Timing,
}

impl<'a, S: SprintSchedule + Clone> Schedules<'a, S> {
    fn new(parent: Option<Parent<'a>>, schedule: Option<&'a S>, timing: &'a Timing) -> Self {
        let start = parent.zip(schedule);
        Self {
            genesis: start.filter(|(parent, _)| parent.header.height() == 0).map(|(_, schedule)| schedule),
            known: start.map(|(parent, schedule)| (parent.hash, schedule.clone())).into_iter().collect(),
            timing,
        }
    }

    /// Those who may produce `header`: walks back through the headers before it to a block whose producers are known, and
    /// on from there.
    fn before(
        &mut self,
        header: &RecoveredHeader,
        before: &[&RecoveredHeader],
    ) -> Result<&dyn ProducerSchedule, SealError> {
        let parent = header.parent_hash;
        if !self.known.contains_key(&parent) {
            let made = self.make(header, before)?;
            self.known.insert(parent, made);
        }
        let known = self.known.get(&parent);
        known.map(|schedule| -> &dyn ProducerSchedule { schedule }).ok_or(SealError::UnknownAncestor { parent })
    }

    fn make(&self, header: &RecoveredHeader, before: &[&RecoveredHeader]) -> Result<S, SealError> {
        let (mut hash, mut number) = (header.parent_hash, header.height().wrapping_sub(1));
        let mut passed = before.iter().rev();
        let start = loop {
            if let Some(known) = self.known.get(&hash) {
                break known;
            }
            // Q-300: whoever follows a header numbered 0 is judged by the producers of genesis, whichever header it is.
            if let Some(genesis) = self.genesis.filter(|_| number == 0) {
                break genesis;
            }
            let linked = passed.next().filter(|last| last.hash() == hash && last.height() == number);
            let last = linked.ok_or(SealError::UnknownAncestor { parent: header.parent_hash })?;
            (hash, number) = (last.parent_hash, number.wrapping_sub(1));
        };
        let walked = before.get(passed.len()..).unwrap_or_default();
        walked.iter().try_fold(start.clone(), |mut schedule, header| {
            schedule.apply(&header.to_sprint_header(self.timing))?;
            Ok(schedule)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Header;
    use alloy_primitives::U256;
    use bttc_core::{
        hash::keccak256,
        id::ValidatorId,
        schedule::{ApplyError, FixedProducers, ScheduleError},
        signature::SecretKey,
        validator::VotingPower,
    };

    const TIMING: Timing = Timing { period: 2, producer_delay: 6, sprint: 64, backup_multiplier: 2 };

    fn key(name: &str) -> SecretKey {
        SecretKey::from_bytes(&keccak256(name)).unwrap()
    }

    fn seal(header: Header, key: &SecretKey) -> RecoveredHeader {
        let unsealed = Header { extra: vec![0; 97].into(), ..header };
        let seal = key.sign(&unsealed.seal_hash().unwrap()).to_bytes();
        RecoveredHeader::recover(Header { extra: [&[0; 32][..], &seal].concat().into(), ..unsealed })
    }

    fn genesis() -> RecoveredHeader {
        seal(Header { time: 1_000, ..Header::default() }, &key("nobody"))
    }

    /// The next block after `parent`, two seconds later, by `key`.
    fn after(parent: &RecoveredHeader, key: &SecretKey) -> RecoveredHeader {
        seal(next(parent), key)
    }

    fn next(parent: &RecoveredHeader) -> Header {
        Header {
            parent_hash: parent.hash(),
            number: parent.number + U256::from(1),
            time: parent.time + 2,
            difficulty: U256::from(1),
            ..Header::default()
        }
    }

    fn verdicts(parent: &RecoveredHeader, headers: &[RecoveredHeader]) -> Vec<Result<(), SealError>> {
        let alice = key("alice").address();
        let only = Validator::new(ValidatorId::new(0), alice, VotingPower::new(1));
        let schedule = FixedProducers::new([only], alice, TIMING);
        let parent = Some(Parent::from(parent));
        let context =
            BatchContext { timing: &TIMING, now: 2_000, parent, schedule: Some(&schedule), contract: &|_| None };
        verify_batch(headers, &context).into_iter().map(|verdict| verdict.map(|_| ())).collect()
    }

    #[test]
    fn after_a_wrong_time_the_next_header_is_judged_on_its_own_merits() {
        let (genesis, alice) = (genesis(), key("alice"));
        let first = after(&genesis, &alice);
        let hasty = seal(Header { time: first.time, ..next(&first) }, &alice);
        let third = after(&hasty, &alice);
        let hastily = Err(SealError::Timestamp { time: 1_002, earliest: 1_004 });
        assert_eq!(verdicts(&genesis, &[first, hasty, third]), [Ok(()), hastily, Ok(())]);
    }

    #[test]
    fn a_foreign_signer_ends_the_batch_and_is_named_at_its_own_block() {
        let (genesis, alice, mallory) = (genesis(), key("alice"), key("mallory"));
        let first = after(&genesis, &mallory);
        let second = after(&first, &alice);
        let third = after(&second, &alice);
        let stranger = |block| ScheduleError::UnauthorizedSigner { block, signer: mallory.address() };
        let lasting = || Err(SealError::Apply(ApplyError::Schedule(stranger(1))));
        let expected = [Err(SealError::Schedule(stranger(0))), lasting(), lasting()];
        assert_eq!(verdicts(&genesis, &[first, second, third]), expected);
    }

    #[test]
    fn behind_a_broken_link_the_walk_back_reaches_only_what_is_known() {
        let (genesis, alice) = (genesis(), key("alice"));
        let first = after(&genesis, &alice);
        let unknown = |parent| Err(SealError::UnknownAncestor { parent });
        let lost = seal(Header { parent_hash: B256::repeat_byte(7), ..next(&first) }, &alice);
        let follower = after(&lost, &alice);
        let expected = [Ok(()), unknown(lost.parent_hash), unknown(lost.hash())];
        assert_eq!(verdicts(&genesis, &[first.clone(), lost, follower]), expected);

        let uncle = seal(Header { time: 1_003, ..next(&genesis) }, &alice);
        let cousin = after(&uncle, &alice);
        let expected = [Ok(()), unknown(genesis.hash()), Ok(())];
        assert_eq!(verdicts(&genesis, &[first, uncle, cousin]), expected);
    }

    #[test]
    fn q300_a_header_numbered_zero_is_followed_by_the_producers_of_genesis() {
        let (genesis, alice) = (genesis(), key("alice"));
        let zero = seal(Header { number: U256::from(1) << 64, ..next(&genesis) }, &key("mallory"));
        let follower = after(&zero, &alice);
        assert_eq!(verdicts(&genesis, &[zero.clone(), follower.clone()]), [Ok(()), Ok(())]);
        let elsewhere = after(&genesis, &alice);
        let unknown = Err(SealError::UnknownAncestor { parent: zero.hash() });
        assert_eq!(verdicts(&elsewhere, &[zero, follower]), [Ok(()), unknown]);
    }
}
