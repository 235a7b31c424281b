//! The validation layer's set against outputs of the reference (kind `validator-set`).

use crate::vectors::{address, bytes, cases, int, list, number, only_fields, text_of};
use alloy_primitives::{FixedBytes, hex};
use bttc_core::{
    amino::{self, JsonForm},
    hash::Keccak256,
    id::{Epoch, Nonce, ValidatorId},
    validator::VotingPower,
};
use bttc_staking::{
    proposer::{self, RotationError},
    registry::ValidatorRecord,
    validator_set::{ChangeError, ValidatorSet},
};
use serde_json::{Value, json};

type Set = ValidatorSet<ValidatorRecord>;

fn record(v: &Value) -> ValidatorRecord {
    let key = match &v["pubKey"] {
        Value::Null => FixedBytes::ZERO,
        key => FixedBytes::from_slice(&bytes(key)),
    };
    ValidatorRecord {
        id: ValidatorId::new(int(&v["id"])),
        start_epoch: Epoch::new(int(&v["startEpoch"])),
        end_epoch: Epoch::new(int(&v["endEpoch"])),
        nonce: Nonce::new(int(&v["nonce"])),
        power: VotingPower::new(int(&v["power"])),
        pub_key: key,
        signer: address(&v["signer"]),
        last_updated: text_of(&v["lastUpdated"]).to_owned(),
        jailed: v["jailed"].as_bool().unwrap_or(false),
        priority: int(&v["priority"]),
    }
}

fn records(value: &Value) -> Vec<ValidatorRecord> {
    list(value).iter().map(record).collect()
}

fn rotation_class(error: RotationError) -> &'static str {
    match error {
        RotationError::Empty => "panic-empty-set",
        RotationError::NoTurns => "panic-times",
        RotationError::TotalTooHigh { .. } => "panic-total",
        RotationError::Identical { .. } => "panic-identical",
        RotationError::Distance { .. } => "panic-divide-by-zero",
    }
}

fn class(error: ChangeError) -> &'static str {
    match error {
        ChangeError::Duplicate { .. } => "duplicate",
        ChangeError::NegativePower { .. } => "negative-power",
        ChangeError::PowerTooHigh { .. } => "power-too-high",
        ChangeError::RemovalNotAllowed { .. } => "removal-not-allowed",
        ChangeError::RemovalUnknown { .. } => "removal-unknown",
        ChangeError::TotalTooHigh { .. } => "total-too-high",
        ChangeError::EmptyResult => "empty-result",
        ChangeError::Rotation(error) => rotation_class(error),
    }
}

/// Written and read back, as between transactions.
fn stored(set: &Set) -> Set {
    let back: Set = amino::from_bytes(&amino::to_bytes(set)).unwrap();
    assert_eq!((back.members(), back.elected()), (set.members(), set.elected()));
    back
}

fn digest(set: &Set) -> String {
    let mut hasher = Keccak256::new();
    for member in set.members().iter().chain(set.elected()) {
        hasher.update(member.signer);
        hasher.update(member.power.get().to_be_bytes());
        hasher.update(member.priority.to_be_bytes());
    }
    hex::encode_prefixed(&hasher.finalize()[..8])
}

fn proposer(of: Option<&ValidatorRecord>) -> Value {
    of.map_or(Value::Null, |p| json!([p.signer, number(p.power.get()), number(p.priority)]))
}

fn check_state(set: &Set, expect: &Value, at: &str) {
    let known = [
        "size",
        "priorities",
        "members",
        "records",
        "total",
        "proposer",
        "digest",
        "json",
        "average",
        "difference",
        "getProposer",
        "hash",
        "amino",
        "aminoJson",
    ];
    only_fields(expect, &known, at);
    let members = set.members();
    let check = |field: &str, got: Value| {
        if let Some(expected) = expect.get(field) {
            assert_eq!(&got, expected, "{at}: {field}");
        }
    };
    check("size", members.len().into());
    check("priorities", members.iter().map(|m| number(m.priority)).collect());
    check("members", members.iter().map(|m| json!([m.signer, number(m.power.get())])).collect());
    check("proposer", proposer(set.elected()));
    check("digest", digest(set).into());
    check("average", number(proposer::average(members)));
    check("difference", number(proposer::difference(members)));
    if let Some(total) = expect.get("total") {
        assert_eq!(set.total_power(), Ok(int(total)), "{at}: total");
    }
    if let Some(expected) = expect.get("records") {
        assert_eq!(members, records(expected), "{at}: records");
    }
    if expect.get("total").is_some() {
        // Without members there is no hash.
        assert_eq!(set.hash().map_or(Value::Null, |hash| json!(hash)), expect["hash"], "{at}: hash");
    }
    if let Some(expected) = expect.get("amino") {
        assert_eq!(hex::encode_prefixed(amino::to_bytes(set)), text_of(expected), "{at}: amino");
        for (field, form) in [("json", JsonForm::Plain), ("aminoJson", JsonForm::Amino)] {
            let json = amino::to_json(set, form);
            assert_eq!(json.to_string(), text_of(&expect[field]), "{at}: {field}");
            assert_eq!(amino::from_json::<Set>(&json, form).as_ref(), Ok(set), "{at}: {field}");
        }
        let text = serde_json::to_string(set).unwrap();
        assert_eq!(&serde_json::from_str::<Set>(&text).unwrap(), set, "{at}: serde");
    }
}

fn trace(input: &Value, expect: &Value, name: &str) {
    only_fields(expect, &["init", "steps"], name);
    let made = match &input["state"] {
        Value::Null => Set::new(records(&input["new"])).map_err(class),
        state => {
            let proposer = Some(&state["proposer"]).filter(|p| !p.is_null()).map(record);
            Ok(Set::from_parts(records(&state["validators"]), proposer))
        }
    };
    let mut set = match made {
        Ok(set) => stored(&set),
        Err(class) => {
            assert_eq!(expect["init"]["error"], class, "{name}: construction");
            return;
        }
    };
    check_state(&set, &expect["init"], &format!("{name}: init"));
    let (steps, expected) = (list(&input["steps"]), list(&expect["steps"]));
    assert_eq!(steps.len(), expected.len(), "{name}");
    for (index, (step, expected)) in steps.iter().zip(expected).enumerate() {
        let at = format!("{name}: step {index} {step:.60}");
        let before = set.clone();
        let times = || u64::try_from(int::<i64>(&step["times"])).unwrap_or(0);
        let mut shown = None;
        let result = match text_of(&step["op"]) {
            "increment" => set.increment(times()).map(|_| ()).map_err(rotation_class),
            "copyIncrement" => set.incremented(times()).map(|copy| shown = Some(copy)).map_err(rotation_class),
            "update" => set.apply(&records(&step["changes"])).map_err(class),
            "rescale" => set.rescale(int(&step["diffMax"])).map_err(rotation_class),
            "centre" => set.centre().map_err(rotation_class),
            "getProposer" => {
                let found = set.proposer().map(Option::<&_>::cloned).map_err(rotation_class);
                found.map(|found| {
                    assert_eq!(proposer(found.as_ref()), expected["getProposer"], "{at}");
                    let kept = set.elected().cloned().or(found);
                    set = Set::from_parts(set.members().to_vec(), kept);
                })
            }
            "measure" => Ok(()),
            other => panic!("{at}: unknown operation {other}"),
        };
        match (result, expected.get("error")) {
            (Ok(()), None) => check_state(&stored(shown.as_ref().unwrap_or(&set)), expected, &at),
            (Err(class), Some(expected)) => {
                assert_eq!(expected, class, "{at}");
                assert_eq!(set, before, "{at}: a refusal changed the set");
            }
            (result, expected) => panic!("{at}: got {result:?}, expected {expected:?}"),
        }
    }
}

fn current(input: &Value, expect: &Value, name: &str) {
    only_fields(expect, &["current", "basicValid", "hashBytes", "amino"], name);
    let record = record(&input["validator"]);
    let answers = list(&input["ackCounts"]).iter().map(|count| record.is_current(int(count)));
    assert_eq!(answers.map(Value::from).collect::<Value>(), expect["current"], "{name}");
    assert_eq!(record.has_key(), expect["basicValid"], "{name}");
    assert_eq!(hex::encode_prefixed(record.to_hash_bytes()), expect["hashBytes"], "{name}");
    let encoded = amino::to_bytes(&record);
    assert_eq!(hex::encode_prefixed(&encoded), expect["amino"], "{name}");
    assert_eq!(amino::from_bytes(&encoded), Ok(record), "{name}");
}

/// Sums and differences saturate; through the one operation that adds, and the one that subtracts.
fn clip(input: &Value, expect: &Value, name: &str) {
    only_fields(expect, &["add", "sub"], name);
    for (index, pair) in list(&input["pairs"]).iter().enumerate() {
        let (a, b): (i64, i64) = (int(&pair[0]), int(&pair[1]));
        assert_eq!(a.saturating_add(b), int::<i64>(&expect["add"][index]), "{name}: {a} + {b}");
        assert_eq!(a.saturating_sub(b), int::<i64>(&expect["sub"][index]), "{name}: {a} - {b}");
    }
}

#[test]
fn sets_change_and_turn_as_in_the_reference() {
    for case in cases("validator-set") {
        match text_of(&case.input["mode"]) {
            "trace" => trace(&case.input, &case.expect, &case.name),
            "current" => current(&case.input, &case.expect, &case.name),
            "clip" => clip(&case.input, &case.expect, &case.name),
            other => panic!("{}: unknown mode {other}", case.name),
        }
    }
}
