//! `producer-selection`: draws, shuffles, and the span they make.

use super::{Kind, validator_set::turns};
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
    read::{encodings, record},
};
use alloy_primitives::Address;
use bttc_core::{
    amino,
    chain::ChainSpec,
    hash::keccak256,
    id::{SpanId, ValidatorId},
    validator::{Validator, VotingPower},
};
use bttc_staking::{
    registry::{Registry, SpanProposal},
    selection::{GoRand, ProducerSelection, SlotShuffle, WeightedDraw, draw, shuffled_index},
};
use serde::Serialize;
use serde_json::Value;

/// The kind `producer-selection`.
#[derive(Debug)]
pub(crate) struct Selection;

impl Kind for Selection {
    fn name(&self) -> &'static str {
        "producer-selection"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mode = input.field("mode")?;
        match mode.text()? {
            "draw-new" => drawn(&WeightedDraw, &input, &expect),
            "draw-old" => drawn(&SlotShuffle, &input, &expect),
            "range" => {
                let mut stream = GoRand::new(input.field("goSeed")?.i64()?);
                let draws = input.field("max")?.list(|max| Ok(draw(&mut stream, max.u64()?)))?;
                expect.check("draws", Got::list(draws))
            }
            "shuffle" => {
                let (seed, slots) = (input.field("seed")?.b256()?, input.field("slots")?.index()?);
                let places = expect.items_of("list", slots)?;
                let slots = u64::try_from(slots).unwrap_or(u64::MAX);
                (0..).zip(places).try_for_each(|(place, slot)| slot.is(shuffled_index(seed, slots, place)))
            }
            "span" => span(&input, &expect),
            _ => Err(mode.refused("draw-new, draw-old, range, shuffle or span")),
        }
    }
}

fn drawn(rule: &dyn ProducerSelection, input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let eligible = input.or_default("eligible", |list| {
        list.list(|pair| match &pair.items()?[..] {
            [id, power] => {
                let power = VotingPower::new(power.u64()?.cast_signed());
                Ok(Validator::new(ValidatorId::new(id.u64()?), Address::ZERO, power))
            }
            _ => Err(pair.refused("an id and a power")),
        })
    })?;
    let (seed, count) = (input.field("seed")?.b256()?, input.field("producerCount")?.u64()?);
    match rule.select(&eligible, seed, count) {
        Ok(ids) => {
            expect.absent("error", "no panic")?;
            expect.check("ids", Got::list(ids.into_iter().map(ValidatorId::get)))
        }
        Err(error) => {
            expect.absent("ids", error)?;
            expect.check("error", "panic")
        }
    }
}

fn span(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let mut spec = ChainSpec::mainnet();
    spec.spans.producers = input.field("producerCount")?.u64()?;
    let (ack_count, stored) = (input.field("tronAckCount")?.u64()?, input.field("stored")?);
    let records = stored.list(|item| record(&item))?;
    let registry = Registry::genesis(&spec, records, ack_count).map_err(|error| stored.failed(error))?;
    let mut registry = prepared(&registry, input)?;

    expect.check("eligible", Got::list(registry.eligible(ack_count).map(|record| record.id.get())))?;
    let field = input.field("span")?;
    let number = |name: &str| field.field(name)?.u64();
    let proposal = SpanProposal {
        id: SpanId::new(number("id")?),
        start: number("startBlock")?,
        end: number("endBlock")?,
        chain_id: number("borChainId")?,
    };
    let (seed, height) = (input.field("seed")?.b256()?, input.field("height")?.u64()?);
    let rule = registry.selection_at(height);
    let settled = registry.settle_span(&proposal, seed, ack_count, rule).map_err(|error| field.failed(error))?.clone();
    if registry.last_span() != Some(&settled) {
        return Err(field.failed("the span is not the last one"));
    }
    let producers = settled.producers.iter().map(|producer| {
        let signer = producer.signer;
        Got::List(vec![producer.id.get().into(), signer.into(), producer.power.get().into(), producer.priority.into()])
    });
    expect.check("producers", Got::list(producers))?;
    expect.check("spanId", settled.id.get())?;
    expect.check("seedBlock", registry.next_seed_block().saturating_sub(1))?;
    expect.check("setSize", settled.set.members().len())?;
    expect.check("aminoKeccak", keccak256(amino::to_bytes(&settled)))?;
    encodings(&settled, expect)
}

/// The registry with the set turned and the seed's block as the case has them: both happened before it begins.
fn prepared(registry: &Registry, input: &Field<'_>) -> Result<Registry, Failure> {
    let times = input.or_default("setIncrements", Field::u64)?;
    let mut set = registry.set().clone();
    if times > 0 {
        let times = turns(times, &set, &input.field("setIncrements")?)?;
        set.increment(times).map_err(|error| input.failed(error))?;
    }
    let broken = |error: serde_json::Error| input.failed(error);
    // A registry is a plain value: what it was before is written into it.
    let mut value = serde_json::to_value(registry).map_err(broken)?;
    let changes = [("set", json(&set, input)?), ("seed_block", json(&input.field("seedBlock")?.u64()?, input)?)];
    for (name, new) in changes {
        let old = value.get_mut(name).ok_or_else(|| input.failed(format_args!("a registry has no {name}")))?;
        *old = new;
    }
    serde_json::from_value(value).map_err(broken)
}

fn json(value: &impl Serialize, at: &Field<'_>) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| at.failed(error))
}
