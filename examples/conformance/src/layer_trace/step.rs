//! One step: a message in one of its phases, or the end of a block.

use super::outside;
use crate::{case::Expect, failure::Failure, field::Field, got::Got};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::amino::{Json, Time};
use bttc_staking::registry::SetUpdate;
use bttc_validator::{
    message::{Message, Msg as _},
    module::{self, Context, Event, Facts, Outcome, Refusal},
    store::Stores,
};
use serde::Deserialize as _;

/// Runs a step and compares what comes out of it, but for the stores.
pub(super) fn run(step: &Field<'_>, stores: &mut Stores, expect: &Expect<'_>) -> Result<(), Failure> {
    let time = step.field("time")?;
    let nanos = step.optional("nanos")?.map_or(Ok(0), |nanos| nanos.u64())?;
    let nanos = u32::try_from(nanos).map_err(|error| step.failed(error))?;
    let time = Time::new(time.i64()?, nanos).map_err(|error| time.failed(error))?;
    let tx = step.or_default("txBytes", Field::bytes)?;
    let context = Context { height: step.field("height")?.u64()?, time, tx: &tx };
    let op = step.field("op")?;
    match op.text()? {
        "deliver" => deliver(step, stores, &context, expect),
        "side" => side(step, stores, expect),
        "post" => {
            let message = message(step)?;
            let verdict = verdict(&step.field("verdict")?)?;
            ended(module::settle(module::phases(&message), stores, &context, verdict), expect)
        }
        "endBlock" => end_block(step, stores, expect),
        _ => Err(op.refused("deliver, side, post or endBlock")),
    }
}

fn message(step: &Field<'_>) -> Result<Message, Failure> {
    let field = step.field("msg")?;
    let json = Json::deserialize(field.value()).map_err(|error| field.failed(error))?;
    Message::from_json(&json).map_err(|error| field.failed(error))
}

fn verdict(field: &Field<'_>) -> Result<VoteResult, Failure> {
    match field.text()? {
        "yes" => Ok(VoteResult::Yes),
        "no" => Ok(VoteResult::No),
        "skip" => Ok(VoteResult::Skip),
        _ => Err(field.refused("yes, no or skip")),
    }
}

fn deliver(step: &Field<'_>, stores: &mut Stores, context: &Context<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let message = message(step)?;
    match message.basic() {
        Err(invalid) => {
            refused(invalid.into_fault().refusal, expect)?;
            expect.check("stage", "basic")
        }
        Ok(()) => {
            expect.absent("stage", "valid by itself")?;
            ended(module::admit(module::phases(&message), stores, context), expect)
        }
    }
}

fn side(step: &Field<'_>, stores: &Stores, expect: &Expect<'_>) -> Result<(), Failure> {
    let message = message(step)?;
    let kind = step.field("msg")?.field("type")?;
    let mut facts = Facts::default();
    let (vote, code) = loop {
        let question = match module::attest(module::phases(&message), stores, &facts) {
            Ok(answer) => break answer,
            Err(question) => question,
        };
        let answer = match step.optional("external")? {
            Some(external) => outside::answer(question, kind.text()?, &external)?,
            None => None,
        };
        facts.insert(question, answer).map_err(|error| step.failed(error))?;
    };
    expect.check("code", code)?;
    expect.check(
        "result",
        match vote {
            VoteResult::Yes => "yes",
            VoteResult::No => "no",
            VoteResult::Skip => "skip",
        },
    )
}

fn end_block(step: &Field<'_>, stores: &mut Stores, expect: &Expect<'_>) -> Result<(), Failure> {
    let updates = module::staking::end_block(stores).map_err(|error| step.failed(error))?;
    let update = |update: SetUpdate| Got::List(vec![update.pub_key.into(), update.power.get().into()]);
    expect.check("updates", Got::list(updates.unwrap_or_default().into_iter().map(update)))
}

fn ended(outcome: Outcome, expect: &Expect<'_>) -> Result<(), Failure> {
    match outcome {
        Ok(events) => {
            expect.check("code", 0_u32)?;
            expect.absent("codespace", "no refusal")?;
            let got = Got::list(events.iter().map(event));
            match expect.field("events")? {
                Some(recorded) => recorded.is(got),
                None if events.is_empty() => Ok(()),
                None => Err(expect.differs(got)),
            }
        }
        Err(refusal) => refused(refusal, expect),
    }
}

fn refused(refusal: Refusal, expect: &Expect<'_>) -> Result<(), Failure> {
    expect.check("code", refusal.code)?;
    expect.check("codespace", refusal.codespace.name())?;
    expect.absent("events", refusal)
}

fn event(event: &Event) -> Got {
    let attributes = event.attributes.iter().map(|(key, value)| Got::list([key.as_str(), value.as_str()]));
    Got::List(vec![event.kind.as_str().into(), Got::list(attributes)])
}
