//! `header-verify`: headers in a row, each judged by all rules in the reference's order.

use super::{Kind, snapshot::UNRECOVERED};
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    read::producer,
};
use alloy_primitives::Address;
use bttc_core::{
    id::ValidatorId,
    schedule::{ApplyError, SignerError, Timing},
    snapshot::Producer,
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    executor::QueryError,
    header::{Header, RecoveredHeader},
    seal::{BatchContext, Parent, SealError, SignerCache, verify_batch},
    system::commit_span,
    threads::Threads,
};
use bttc_staking::{
    snapshot::{Snapshot, StoredError, StoredSnapshot},
    validator_set::ValidatorSet,
};

/// The kind `header-verify`.
#[derive(Debug)]
pub(crate) struct HeaderVerify;

impl Kind for HeaderVerify {
    fn name(&self) -> &'static str {
        "header-verify"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let timing = timing(&input.field("config")?)?;
        let parent = input.optional("parent")?.map(|field| header(&field)).transpose()?;
        let parent = parent.map(RecoveredHeader::recover);
        let contract = contract(&input.field("contract")?)?;
        let schedule = match &parent {
            Some(parent) => schedule(&input, parent, timing, &contract)?,
            None => None,
        };
        let headers = input.field("headers")?.list(|field| header(&field))?;
        let headers = SignerCache::default().recover(headers, Threads::ONE);
        let context = BatchContext {
            timing: &timing,
            now: input.field("now")?.u64()?,
            parent: parent.as_ref().map(Parent::from),
            schedule: schedule.as_ref(),
            contract: &|_| Some(contract.clone()),
        };
        let verdicts = verify_batch(&headers, &context);
        let results = expect.items_of("results", headers.len())?;
        for ((header, verdict), expect) in headers.iter().zip(verdicts).zip(results) {
            expect.check("hash", header.hash())?;
            expect.check("sealHash", header.seal_hash())?;
            expect.check("signer", header.signer().ok())?;
            expect.check("ok", verdict.is_ok())?;
            match verdict {
                Ok(_) => expect.absent("error", "a header that is accepted")?,
                Err(error) => refused(&error, &expect)?,
            }
        }
        Ok(())
    }
}

fn timing(config: &Field<'_>) -> Result<Timing, Failure> {
    let number = |name: &str| config.field(name)?.u64();
    Ok(Timing {
        period: number("period")?,
        producer_delay: number("producerDelay")?,
        sprint: number("sprint")?,
        backup_multiplier: number("backupMultiplier")?,
    })
}

fn header(field: &Field<'_>) -> Result<Header, Failure> {
    Header::from_rlp(&field.bytes()?).map_err(|error| field.failed(error))
}

fn contract(field: &Field<'_>) -> Result<Result<Vec<Validator>, QueryError>, Failure> {
    if let Some(answer) = field.optional("return")? {
        return Ok(commit_span::read_validators(&answer.bytes()?));
    }
    if let Some(data) = field.optional("revert")? {
        return Ok(Err(QueryError::Reverted { data: data.bytes()? }));
    }
    let validators = field.field("validators")?.list(|item| {
        let power = item.field("power")?.u256()?;
        let [low, ..] = *power.as_limbs();
        let power = VotingPower::new(low.cast_signed());
        Ok(Validator::new(ValidatorId::new(0), item.field("signer")?.address()?, power))
    })?;
    Ok(Ok(validators))
}

/// The snapshot of the parent: as recorded, or that of genesis.
fn schedule(
    input: &Field<'_>,
    parent: &RecoveredHeader,
    timing: Timing,
    contract: &Result<Vec<Validator>, QueryError>,
) -> Result<Option<Snapshot>, Failure> {
    if let Some(field) = input.optional("snapshot")? {
        let members = field.field("validators")?.list(|item| producer(&item))?;
        let proposer = field.field("proposer")?.address()?;
        return stored(parent, members, proposer, timing).map(Some).map_err(|error| field.failed(error));
    }
    if parent.height() != 0 {
        return Ok(None);
    }
    let producers = contract.clone().map_err(|error| input.failed(error))?;
    let snapshot = Snapshot::genesis(parent.hash(), producers.into_iter().map(Producer::from), timing);
    snapshot.map(Some).map_err(|error| input.failed(error))
}

fn stored(
    parent: &RecoveredHeader,
    members: Vec<Producer>,
    proposer: Address,
    timing: Timing,
) -> Result<Snapshot, StoredError> {
    let member = members.iter().find(|member| member.signer == proposer).copied();
    let proposer = member.unwrap_or_else(|| Producer::new(proposer, VotingPower::ZERO));
    let (number, hash) = (parent.height(), parent.hash());
    let set = ValidatorSet::from_parts(members, Some(proposer));
    Snapshot::from_stored(StoredSnapshot { number, hash, set, recents: Default::default() }, timing)
}

/// The text of the reference, or its class where only that is recorded.
fn refused(error: &SealError, expect: &Expect<'_>) -> Result<(), Failure> {
    let Some(recorded) = expect.field("error")? else {
        return Err(expect.differs(error));
    };
    let text = recorded.read().text()?;
    let same_class = match error {
        SealError::Signer(SignerError::Recover(_)) | SealError::Apply(ApplyError::Signer(SignerError::Recover(_))) => {
            UNRECOVERED.contains(&text)
        }
        SealError::Contract(QueryError::Empty | QueryError::Malformed { .. }) => text.starts_with("abi: "),
        _ => return recorded.is(error.to_string()),
    };
    if same_class { Ok(()) } else { Err(recorded.differs(error)) }
}
