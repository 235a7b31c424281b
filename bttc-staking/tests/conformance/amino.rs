//! Records against outputs of the reference (kind `amino`, mode `record`).

use crate::vectors::{cases, text_of};
use alloy_primitives::hex;
use bttc_core::amino::{self, Field, Json, JsonForm};
use bttc_staking::{
    registry::{SpanRecord, SyncRecord, ValidatorRecord},
    validator_set::ValidatorSet,
};
use core::fmt::Debug;
use serde_json::Value;

fn check<F: Field + PartialEq + Debug>(value: &Value, expect: &Value, name: &str) {
    let tree: Json = serde_json::from_value(value.clone()).unwrap();
    let value: F = amino::from_json(&tree, JsonForm::Amino).unwrap();
    let encoded = amino::to_bytes(&value);
    assert_eq!(hex::encode_prefixed(&encoded), expect["amino"], "{name}");
    assert_eq!(amino::to_json(&value, JsonForm::Amino).to_string(), expect["aminoJson"], "{name}");
    assert_eq!(amino::to_json(&value, JsonForm::Plain).to_string(), expect["json"], "{name}");
    assert_eq!(amino::from_bytes(&encoded), Ok(value), "{name}");
}

#[test]
fn records_are_encoded_as_in_the_reference() {
    let mut checked = 0;
    for case in cases("amino") {
        let (value, expect, name) = (&case.input["value"], &case.expect, case.name.as_str());
        match text_of(&case.input["record"]) {
            "Validator" => check::<ValidatorRecord>(value, expect, name),
            "ValidatorSet" => check::<ValidatorSet<ValidatorRecord>>(value, expect, name),
            "Span" => check::<SpanRecord>(value, expect, name),
            "StakingRecord" => check::<SyncRecord>(value, expect, name),
            "StakingQueue" => check::<Vec<SyncRecord>>(value, expect, name),
            _ => continue,
        }
        checked += 1;
    }
    assert_eq!(checked, 70);
}
