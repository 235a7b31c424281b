//! Values of the crates that cases of several kinds write in one way.

use crate::{case::Expect, failure::Failure, field::Field, got::Got};
use bttc_core::{
    amino::{self, JsonForm},
    id::{Epoch, Nonce, ValidatorId},
    snapshot::Producer,
    validator::{Validator, VotingPower},
};
use bttc_staking::registry::ValidatorRecord;

/// A validator of the validation layer. What is absent is zero, empty or false.
pub(crate) fn record(field: &Field<'_>) -> Result<ValidatorRecord, Failure> {
    let number = |name: &str| field.or_default(name, Field::u64);
    let signed = |name: &str| field.or_default(name, Field::i64);
    Ok(ValidatorRecord {
        id: ValidatorId::new(number("id")?),
        start_epoch: Epoch::new(number("startEpoch")?),
        end_epoch: Epoch::new(number("endEpoch")?),
        nonce: Nonce::new(number("nonce")?),
        power: VotingPower::new(signed("power")?),
        pub_key: field.or_default("pubKey", Field::fixed)?,
        signer: field.field("signer")?.address()?,
        last_updated: field.or_default("lastUpdated", Field::text)?.to_owned(),
        jailed: field.or_default("jailed", Field::flag)?,
        priority: signed("priority")?,
    })
}

/// All fields of a validator.
pub(crate) fn record_fields(record: &ValidatorRecord) -> Got {
    Got::object([
        ("id", record.id.get().into()),
        ("startEpoch", record.start_epoch.get().into()),
        ("endEpoch", record.end_epoch.get().into()),
        ("nonce", record.nonce.get().into()),
        ("power", record.power.get().into()),
        ("pubKey", record.pub_key.into()),
        ("signer", record.signer.into()),
        ("lastUpdated", record.last_updated.as_str().into()),
        ("jailed", record.jailed.into()),
        ("priority", record.priority.into()),
    ])
}

/// The three forms in which the validation layer writes a value: `amino`, `json` and `aminoJson`. Where the bytes are
/// recorded, they have to be read back as the value.
pub(crate) fn encodings<F: amino::Field + PartialEq>(value: &F, expect: &Expect<'_>) -> Result<(), Failure> {
    if let Some(recorded) = expect.field("amino")? {
        let bytes = amino::to_bytes(value);
        if amino::from_bytes::<F>(&bytes).as_ref() != Ok(value) {
            return Err(recorded.differs("bytes that are read back as another value"));
        }
        recorded.is(bytes)?;
    }
    for (name, form) in [("json", JsonForm::Plain), ("aminoJson", JsonForm::Amino)] {
        if let Some(recorded) = expect.field(name)? {
            recorded.is(amino::to_json(value, form).to_string())?;
        }
    }
    Ok(())
}

/// A member of a snapshot's set, with priority 0 where none is written.
pub(crate) fn producer(field: &Field<'_>) -> Result<Producer, Failure> {
    let power = VotingPower::new(field.field("power")?.i64()?);
    let priority = field.or_default("priority", Field::i64)?;
    Ok(Producer { priority, ..Producer::new(field.field("signer")?.address()?, power) })
}

/// A validator as a header carries it: no id, its power.
pub(crate) fn validator(field: &Field<'_>) -> Result<Validator, Failure> {
    producer(field).map(|producer| producer.to_validator())
}
