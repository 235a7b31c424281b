//! `span-commit`: a span as the validation layer answers it, and the call that hands it to the validator-set contract.

use super::Kind;
use crate::{case::Case, failure::Failure, field::Field, got::Got};
use bttc_core::{
    id::{SpanId, ValidatorId},
    span::Span,
    validator::{Validator, VotingPower},
};
use bttc_evm::{header::record_bytes, system::commit_span};

/// The kind `span-commit`.
#[derive(Debug)]
pub(crate) struct SpanCommit;

impl Kind for SpanCommit {
    fn name(&self) -> &'static str {
        "span-commit"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let span = span(&input.field("span")?)?;
        expect.check("spanId", span.id.get())?;
        expect.check("startBlock", span.start)?;
        expect.check("endBlock", span.end)?;
        expect.check("chainId", span.chain_id.to_string())?;
        expect.check("validatorBytes", commit_span::list_bytes(&span.validators))?;
        expect.check("producerBytes", commit_span::list_bytes(&span.producers))?;
        expect.check("calldata", commit_span::calldata(&span))?;
        let mut producers = span.producers;
        producers.sort_by_key(|producer| producer.signer);
        let shown = producers
            .iter()
            .map(|producer| Got::object([("signer", producer.signer.into()), ("power", producer.power.get().into())]));
        expect.check("producers", Got::list(shown))?;
        expect.check("headerBytes", record_bytes(&producers))
    }
}

/// A span as the validation layer's REST answers with it.
pub(crate) fn span(field: &Field<'_>) -> Result<Span, Failure> {
    Ok(Span {
        id: SpanId::new(field.field("span_id")?.u64()?),
        start: field.field("start_block")?.u64()?,
        end: field.field("end_block")?.u64()?,
        validators: validators(&field.field("validator_set")?.field("validators")?)?,
        producers: validators(&field.field("selected_producers")?)?,
        chain_id: field.field("bor_chain_id")?.u64()?,
    })
}

/// A list, in which `null` stands for none.
fn validators(field: &Field<'_>) -> Result<Vec<Validator>, Failure> {
    if field.is_null() {
        return Ok(Vec::new());
    }
    field.list(|item| {
        let (id, power) = (item.field("ID")?.u64()?, item.field("power")?.i64()?);
        Ok(Validator::new(ValidatorId::new(id), item.field("signer")?.address()?, VotingPower::new(power)))
    })
}
