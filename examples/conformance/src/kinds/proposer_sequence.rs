//! `proposer-sequence`: who was in turn, and who stood behind, on public chains.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
    read::{producer, validator},
};
use alloy_primitives::{Address, B256};
use bttc_core::{
    chain::ChainSpec,
    id::ValidatorId,
    schedule::{FixedProducers, ProducerSchedule, SprintHeader, Timing},
    snapshot::Producer,
    validator::{Validator, VotingPower},
};
use bttc_staking::{
    snapshot::{Snapshot, StoredSnapshot},
    validator_set::ValidatorSet,
};

/// The kind `proposer-sequence`.
#[derive(Debug)]
pub(crate) struct ProposerSequence;

impl ProposerSequence {
    /// Most sprints that a case may go through.
    const MAX_SPRINTS: u64 = 1 << 20;
}

impl Kind for ProposerSequence {
    fn name(&self) -> &'static str {
        "proposer-sequence"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mode = input.field("mode")?;
        match mode.text()? {
            "rotation" => rotation(&input, &expect),
            "state" => state(&input, &expect),
            "turn-order" => turn_order(&input, &expect),
            _ => Err(mode.refused("rotation, state or turn-order")),
        }
    }
}

/// Only the end of a sprint moves the set, so a chain whose sprints are one block long walks from end to end.
fn ends_only() -> Timing {
    Timing { sprint: 1, ..ChainSpec::mainnet().timing }
}

fn rotation(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let (sprint, block) = (input.field("sprint")?, input.field("block")?);
    let wrong = || sprint.refused("the length of a sprint");
    let field = input.field("initial")?;
    let initial = field.list(|item| producer(&item))?;
    let mut spans = input.field("spans")?.list(|span| {
        // The last end before the span's first block carries its list.
        let end = span.field("startBlock")?.u64()?.checked_div(sprint.u64()?).ok_or_else(wrong)?;
        Ok((end, span.field("producers")?.list(|item| validator(&item))?))
    })?;
    spans.sort_by_key(|(end, _)| *end);
    let ends = block.u64()?.checked_div(sprint.u64()?).ok_or_else(wrong)?;
    if ends > ProposerSequence::MAX_SPRINTS {
        return Err(block.refused(format_args!("at most {} sprints", ProposerSequence::MAX_SPRINTS)));
    }
    let first: Vec<Validator> = initial.iter().map(Producer::to_validator).collect();
    let mut snapshot = Snapshot::genesis(B256::ZERO, initial, ends_only()).map_err(|error| field.failed(error))?;
    let mut list = &first;
    let mut spans = spans.iter().peekable();
    for end in 1..=ends {
        while let Some((_, producers)) = spans.next_if(|(from, _)| *from <= end) {
            list = producers;
        }
        end_sprint(&mut snapshot, list).ok_or_else(|| field.failed("the set cannot turn"))?;
    }
    sequence(&snapshot, snapshot.number().saturating_add(1), expect)
}

fn state(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let (field, first) = (input.field("validators")?, input.field("proposer")?);
    let (members, signer) = (field.list(|item| producer(&item))?, first.address()?);
    let proposer = members.iter().find(|member| member.signer == signer).copied();
    let proposer = proposer.ok_or_else(|| first.refused("one of the validators"))?;
    let list: Vec<Validator> = members.iter().map(Producer::to_validator).collect();
    let stored = StoredSnapshot {
        number: 0,
        hash: B256::ZERO,
        set: ValidatorSet::from_parts(members, Some(proposer)),
        recents: Default::default(),
    };
    let mut snapshot = Snapshot::from_stored(stored, ends_only()).map_err(|error| field.failed(error))?;
    let sprints = input.field("sprints")?.index()?;
    for recorded in expect.items_of("proposers", sprints)? {
        end_sprint(&mut snapshot, &list).ok_or_else(|| field.failed("the set cannot turn"))?;
        recorded.is(snapshot.set().elected().map(|proposer| proposer.signer))?;
    }
    Ok(())
}

fn turn_order(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let producers = input.field("validators")?.list(|item| {
        let signer = item.field("signer")?.address()?;
        Ok(Validator::new(ValidatorId::new(0), signer, VotingPower::new(1)))
    })?;
    let proposer = input.field("proposer")?.address()?;
    sequence(&FixedProducers::new(producers, proposer, ChainSpec::mainnet().timing), 1, expect)
}

/// One block, the whole of a sprint; `None` where it does not follow.
fn end_sprint(snapshot: &mut Snapshot, list: &[Validator]) -> Option<()> {
    let header = SprintHeader {
        number: snapshot.number().checked_add(1)?,
        hash: B256::ZERO,
        signer: Ok(snapshot.set().members().first()?.signer),
        producers: Some(list.to_vec()),
    };
    snapshot.apply(&header).ok()
}

/// The producers in the order of their turns.
fn sequence(schedule: &dyn ProducerSchedule, block: u64, expect: &Expect<'_>) -> Result<(), Failure> {
    let turns = schedule.producers().into_iter().map(|producer| {
        let turn = schedule.turn(block, producer.signer);
        turn.map(|turn| (turn.succession, turn.difficulty, producer.signer))
    });
    let turns = turns.collect::<Result<Vec<(u64, u64, Address)>, _>>();
    let mut turns = turns.map_err(|error| expect.differs(error))?;
    turns.sort_by_key(|(succession, ..)| *succession);
    let shown = turns
        .into_iter()
        .map(|(_, difficulty, signer)| Got::object([("signer", signer.into()), ("difficulty", difficulty.into())]));
    expect.check("sequence", Got::list(shown))
}
