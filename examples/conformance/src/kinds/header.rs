//! `header`: encoding, seal, extra-data and turn of a block's header.

use super::Kind;
use crate::{case::Case, case::Expect, failure::Failure, field::Field, got::Got};
use alloy_primitives::{Address, Bloom};
use bttc_core::{
    id::ValidatorId,
    schedule::{FixedProducers, ProducerSchedule, Timing},
    validator::{Validator, VotingPower},
};
use bttc_evm::header::{ExtraData, ExtraError, Header};

/// The kind `header`.
#[derive(Debug)]
pub(crate) struct Headers;

impl Kind for Headers {
    fn name(&self) -> &'static str {
        "header"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let field = input.field("header")?;
        let header = read_header(&field)?;
        let context = input.optional("context")?;
        let timing = timing(&input.field("sprint")?, context.as_ref())?;

        let decoded = Header::from_rlp(&header.to_rlp()).map_err(|error| field.failed(error))?;
        if decoded != header {
            return Err(field.failed("its encoding decodes to another header"));
        }
        expect.check("blockHash", header.hash())?;
        expect.check("sealHash", header.seal_hash())?;
        let signer = header.signer().ok();
        expect.check("signer", signer)?;
        extra(&header, &timing, &expect)?;
        match context {
            Some(context) => turn(&header, signer, timing, &context, &expect),
            None => ["succession", "difficulty", "earliestTime"]
                .into_iter()
                .try_for_each(|name| expect.absent(name, "no context to judge by")),
        }
    }
}

fn extra(header: &Header, timing: &Timing, expect: &Expect<'_>) -> Result<(), Failure> {
    match ExtraData::read(&header.extra, header.height(), timing) {
        Ok(extra) => {
            expect.check("extraCheck", "ok")?;
            if timing.is_sprint_end(header.height()) {
                expect.check("validators", Got::list(extra.validators().iter().map(validator)))
            } else {
                expect.absent("validators", "not the end of a sprint")
            }
        }
        Err(error) => {
            let code = match error {
                ExtraError::MissingVanity => "missing-vanity",
                ExtraError::MissingSignature => "missing-signature",
                ExtraError::ExtraValidators => "extra-validators",
                ExtraError::InvalidSpanValidators => "invalid-span-validators",
            };
            expect.check("extraCheck", code)?;
            expect.absent("validators", error)
        }
    }
}

fn turn(
    header: &Header,
    signer: Option<Address>,
    timing: Timing,
    context: &Field<'_>,
    expect: &Expect<'_>,
) -> Result<(), Failure> {
    let producers = context.field("validators")?.list(|item| {
        let power = VotingPower::new(item.field("power")?.i64()?);
        Ok(Validator::new(ValidatorId::new(0), item.field("signer")?.address()?, power))
    })?;
    let proposer = context.field("proposer")?.address()?;
    let schedule = FixedProducers::new(producers, proposer, timing);
    let turn = signer.and_then(|signer| schedule.turn(header.height(), signer).ok());
    expect.check("succession", turn.map(|turn| turn.succession))?;
    expect.check("difficulty", turn.map(|turn| turn.difficulty))?;
    match context.optional("parentTime")? {
        Some(time) => {
            let time = time.u64()?;
            expect.check("earliestTime", turn.and_then(|turn| turn.earliest(time)))
        }
        None => expect.absent("earliestTime", "no time of the parent"),
    }
}

/// The times are part of a context that has the parent's time; without it none of them is asked.
fn timing(sprint: &Field<'_>, context: Option<&Field<'_>>) -> Result<Timing, Failure> {
    let timed = match context {
        Some(context) => context.optional("parentTime")?.and(Some(context)),
        None => None,
    };
    let seconds = |name: &str| timed.map_or(Ok(0), |context| context.field(name)?.u64());
    Ok(Timing {
        period: seconds("period")?,
        producer_delay: seconds("producerDelay")?,
        sprint: sprint.u64()?,
        backup_multiplier: seconds("backupMultiplier")?,
    })
}

fn validator(validator: &Validator) -> Got {
    Got::object([("signer", validator.signer.into()), ("power", validator.power.get().into())])
}

/// A header in the JSON of the vectors.
///
/// # Errors
/// [`Failure`] at the first field that is missing or of another type.
pub fn read_header(field: &Field<'_>) -> Result<Header, Failure> {
    let hash = |name: &str| field.field(name)?.b256();
    let number = |name: &str| field.field(name)?.u64();
    let base_fee = field.optional("baseFeePerGas")?;
    Ok(Header {
        parent_hash: hash("parentHash")?,
        uncles_hash: hash("sha3Uncles")?,
        coinbase: field.field("miner")?.address()?,
        state_root: hash("stateRoot")?,
        transactions_root: hash("transactionsRoot")?,
        receipts_root: hash("receiptsRoot")?,
        logs_bloom: Bloom(field.field("logsBloom")?.fixed()?),
        difficulty: field.field("difficulty")?.u256()?,
        number: field.field("number")?.u256()?,
        gas_limit: number("gasLimit")?,
        gas_used: number("gasUsed")?,
        time: number("timestamp")?,
        extra: field.field("extraData")?.bytes()?,
        mix_digest: hash("mixHash")?,
        nonce: field.field("nonce")?.fixed()?,
        base_fee: base_fee.map(|fee| fee.u256()).transpose()?,
    })
}
