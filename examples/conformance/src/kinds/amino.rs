//! `amino`: messages, transactions and stored records in binary and JSON.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
};
use bttc_core::{
    amino::{self, Json, JsonForm},
    hash::keccak256,
    signature::SecretKey,
};
use bttc_staking::{
    registry::{SpanRecord, SyncRecord, ValidatorRecord},
    validator_set::ValidatorSet,
};
use bttc_validator::{
    message::{Invalid, Message, Msg as _},
    record::{Account, ChainInfo, CheckpointRecord, DividendAccount, EventRecord, SigningInfo, SlashingInfo},
    tx::{SignDoc, StdTx, hash},
};

/// The kind `amino`.
#[derive(Debug)]
pub(crate) struct Amino;

impl Kind for Amino {
    fn name(&self) -> &'static str {
        "amino"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mode = input.field("mode")?;
        match mode.text()? {
            "msg" => message(&input, &expect),
            "record" => any_record(&input, &expect),
            "decode" => decode(&input, &expect),
            _ => Err(mode.refused("msg, record or decode")),
        }
    }
}

/// A JSON value as the codec has them.
pub(crate) fn tree(field: &Field<'_>) -> Result<Json, Failure> {
    serde_json::from_value(field.value().clone()).map_err(|error| field.failed(error))
}

/// A message from amino's JSON.
pub(crate) fn read_message(field: &Field<'_>) -> Result<Message, Failure> {
    Message::from_json(&tree(field)?).map_err(|error| field.failed(error))
}

/// The key in this field.
pub(crate) fn read_key(field: &Field<'_>) -> Result<SecretKey, Failure> {
    SecretKey::from_bytes(&field.b256()?).map_err(|error| field.failed(error))
}

fn message(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let at = input.field("msg")?;
    let message = read_message(&at)?;
    let bytes = message.to_bytes();
    if Message::from_bytes(&bytes).map_err(|error| at.failed(error))?.to_bytes() != bytes {
        return Err(at.refused("a message that is read as it was written"));
    }
    expect.check("amino", bytes)?;
    expect.check("aminoJson", message.to_json().to_string())?;
    expect.check("json", message.to_plain_json().to_string())?;
    expect.check("route", message.route())?;
    expect.check("type", message.kind())?;
    expect.check("signers", Got::list([message.signer()]))?;
    let basic = match message.basic() {
        Ok(()) => "ok".to_owned(),
        Err(Invalid::Panic(_)) => "panic".to_owned(),
        Err(Invalid::Fault(fault)) => format!("{}/{}", fault.refusal.codespace, fault.refusal.code),
    };
    expect.check("basic", basic)?;

    let doc = SignDoc {
        chain_id: input.field("chainId")?.text()?.into(),
        account_number: input.field("accountNumber")?.u64()?,
        sequence: input.field("sequence")?.u64()?,
    };
    let memo = input.field("memo")?.text()?.into();
    let key = read_key(&input.field("privateKey")?)?;
    let text = doc.text(&message, &memo);
    expect.check("signDigest", keccak256(&text))?;
    expect.check("signDoc", text)?;
    let tx = StdTx::signed(message, memo, &doc, &key);
    let sender = tx.sender(&doc).map_err(|fault| at.failed(fault))?;
    if sender.address() != key.address() {
        return Err(at.refused("a transaction whose sender is who signed it"));
    }
    let wire = tx.to_bytes();
    expect.check("signature", tx.signature.0.to_vec())?;
    expect.check("txHash", hash(&wire))?;
    expect.check("tx", wire)?;
    expect.check("txJson", tx.to_json().to_string())
}

fn any_record(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let (name, value) = (input.field("record")?, input.field("value")?);
    match name.text()? {
        "Validator" => record::<ValidatorRecord>(&value, expect),
        "ValidatorSet" => record::<ValidatorSet<ValidatorRecord>>(&value, expect),
        "Checkpoint" => record::<CheckpointRecord>(&value, expect),
        "Span" => record::<SpanRecord>(&value, expect),
        "EventRecord" => record::<EventRecord>(&value, expect),
        "StakingRecord" => record::<SyncRecord>(&value, expect),
        "StakingQueue" => record::<Vec<SyncRecord>>(&value, expect),
        "DividendAccount" => record::<DividendAccount>(&value, expect),
        "ChainInfo" => record::<ChainInfo>(&value, expect),
        "ValidatorSigningInfo" => record::<SigningInfo>(&value, expect),
        "ValidatorSlashingInfo" => record::<SlashingInfo>(&value, expect),
        "Account" => record::<Account>(&value, expect),
        "U64" => record::<u64>(&value, expect),
        _ => Err(name.refused("a record of §1.6")),
    }
}

fn record<F: amino::Field>(value: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let read: F = amino::from_json(&tree(value)?, JsonForm::Amino).map_err(|error| value.failed(error))?;
    let bytes = amino::to_bytes(&read);
    let again: F = amino::from_bytes(&bytes).map_err(|error| value.failed(error))?;
    if amino::to_bytes(&again) != bytes {
        return Err(value.refused("a record that is read as it was written"));
    }
    expect.check("amino", bytes)?;
    for (form, name) in [(JsonForm::Amino, "aminoJson"), (JsonForm::Plain, "json")] {
        expect.check(name, amino::to_json(&read, form).to_string())?;
    }
    Ok(())
}

fn decode(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    match StdTx::<Message>::from_bytes(&input.field("bytes")?.bytes()?) {
        Ok(tx) => {
            expect.absent("error", "a transaction")?;
            expect.check("reencoded", tx.to_bytes())?;
            expect.check("txJson", tx.to_json().to_string())
        }
        Err(fault) => {
            expect.absent("reencoded", &fault)?;
            expect.absent("txJson", &fault)?;
            expect.check("error", true)
        }
    }
}
