//! The codec against the reference (kind `amino`): its messages and records, described here by their fields.

use crate::vectors::{bytes, cases, text};
use alloy_primitives::{Address, B256, Bytes, FixedBytes, hex};
use bttc_core::{
    amino::{self, AminoError, AnyOf, Field, Json, JsonError, JsonForm, Reader, Shape, Text, Time, Writer},
    amino_fields, amino_interface,
};
use core::fmt::Debug;
use serde_json::Value;
use std::collections::BTreeSet;

/// A whole number of any size: decimal text everywhere.
#[derive(Clone, Debug, PartialEq)]
struct Int(String);

impl Default for Int {
    fn default() -> Self {
        Self("0".into())
    }
}

impl Field for Int {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let text = String::read(from)?;
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let decimal = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if decimal { Ok(Self(text)) } else { Err(AminoError::Utf8) }
    }

    fn to_json(&self, form: JsonForm) -> Json {
        self.0.to_json(form)
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        Field::from_json(json, form).map(Self)
    }
}

/// A signature: hex, and the empty text for none.
#[derive(Clone, Debug, Default, PartialEq)]
struct Signature(Bytes);

impl Field for Signature {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        if self.0.is_empty() { Json::Text("".into()) } else { self.0.to_json(form) }
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        Field::from_json(json, form).map(Self)
    }
}

/// Structs, each field with its JSON key.
macro_rules! structs {
    ($($name:ident $(as $registered:literal)? { $($field:ident $key:literal: $type:ty),* })*) => {$(
        #[derive(Clone, Debug, Default, PartialEq)]
        struct $name {
            $($field: $type,)*
        }
        amino_fields!($name $(as $registered)? { $($field: $key),* });
    )*};
}

structs! {
    // validation-layer §1.6
    Checkpoint {
        proposer "proposer": Address, start "start_block": u64, end "end_block": u64, root "root_hash": B256,
        chain_id "bor_chain_id": Text, timestamp "timestamp": u64
    }
    EventRecord {
        id "id": u64, contract "contract": Address, data "data": Bytes, tx_hash "tx_hash": B256,
        log_index "log_index": u64, chain_id "bor_chain_id": Text, time "record_time": Time,
        root_chain "root_chain_type": Text
    }
    StakingRecord {
        kind "type": Text, id "id": u64, nonce "nonce": u64, height "height": i64, tx_hash "tx_hash": B256,
        timestamp "timestamp": u64
    }
    DividendAccount { user "user": Address, fee "feeAmount": Text }
    ChainInfo {
        root_chain "root_chain_type": Text, activation "activation_height": u64, confirmations "tx_confirmations": u64,
        root_chain_address "root_chain_address": Address, state_sender "state_sender_address": Address,
        staking_manager "staking_manager_address": Address, staking_info "staking_info_address": Address,
        timestamp "timestamp": u64
    }
    SigningInfo {
        id "valID": u64, start "startHeight": i64, offset "indexOffset": i64, missed "missed_blocks_counter": i64
    }
    SlashingInfo { id "ID": u64, amount "SlashedAmount": u64, jailed "IsJailed": bool }

    // validation-layer §1.7
    MsgCheckpoint as "checkpoint/MsgCheckpoint" {
        proposer "proposer": Address, start "start_block": u64, end "end_block": u64, root "root_hash": B256,
        account_root "account_root_hash": B256, chain_id "bor_chain_id": Text, epoch "epoch": u64,
        root_chain "root_chain_type": Text
    }
    MsgCheckpointAck as "checkpoint/MsgCheckpointACK" {
        from "from": Address, number "number": u64, proposer "proposer": Address, start "start_block": u64,
        end "end_block": u64, root "root_hash": B256, tx_hash "tx_hash": B256, log_index "log_index": u64,
        root_chain "root_chain_type": Text
    }
    MsgCheckpointNoAck as "checkpoint/MsgCheckpointNoACK" { from "from": Address }
    MsgCheckpointSync as "checkpoint/MsgCheckpointSync" {
        from "from": Address, number "Number": u64, proposer "proposer": Address, start "start_block": u64,
        end "end_block": u64, root_chain "root_chain_type": Text
    }
    MsgCheckpointSyncAck as "checkpoint/MsgCheckpointSyncAck" {
        from "from": Address, number "Number": u64, proposer "proposer": Address, start "start_block": u64,
        end "end_block": u64, root_chain "root_chain_type": Text
    }
    MsgProposeSpan as "bor/MsgProposeSpan" {
        id "span_id": u64, proposer "proposer": Address, start "start_block": u64, end "end_block": u64,
        chain_id "bor_chain_id": Text, seed "seed": B256
    }
    MsgEventRecord as "cosmos-sdk/MsgEventRecord" {
        from "from": Address, tx_hash "tx_hash": B256, log_index "log_index": u64, block "block_number": u64,
        contract "contract_address": Address, data "data": Bytes, id "id": u64, chain_id "bor_chain_id": Text,
        root_chain "root_chain_type": Text
    }
    MsgValidatorJoin as "staking/MsgValidatorJoin" {
        from "from": Address, id "id": u64, activation "activationEpoch": u64, amount "amount": Int,
        key "pub_key": FixedBytes<65>, tx_hash "tx_hash": B256, log_index "log_index": u64, block "block_number": u64,
        nonce "nonce": u64
    }
    MsgStakeUpdate as "staking/MsgStakeUpdate" {
        from "from": Address, id "id": u64, amount "amount": Int, tx_hash "tx_hash": B256, log_index "log_index": u64,
        block "block_number": u64, nonce "nonce": u64
    }
    MsgSignerUpdate as "staking/MsgSignerUpdate" {
        from "from": Address, id "id": u64, key "pubKey": FixedBytes<65>, tx_hash "tx_hash": B256,
        log_index "log_index": u64, block "block_number": u64, nonce "nonce": u64
    }
    MsgValidatorExit as "staking/MsgValidatorExit" {
        from "from": Address, id "id": u64, deactivation "deactivationEpoch": u64, tx_hash "tx_hash": B256,
        log_index "log_index": u64, block "block_number": u64, nonce "nonce": u64
    }
    MsgStakingSync as "staking/MsgStakingSync" { from "from": Address, id "id": u64, nonce "nonce": u64, root "root": Text }
    MsgStakingSyncAck as "staking/MsgStakingSyncAck" {
        from "from": Address, id "id": u64, nonce "nonce": u64, root "root": Text
    }
    MsgTopup as "topup/MsgTopup" {
        from "from_address": Address, user "user": Address, fee "fee": Int, tx_hash "tx_hash": B256,
        log_index "log_index": u64, block "block_number": u64
    }
    MsgWithdrawFee as "topup/MsgWithdrawFee" { from "from_address": Address, amount "amount": Int }
    MsgNewChain as "chainmanager/MsgNewChain" {
        from "from": Address, root_chain "root_chain_type": Text, activation "activation_height": u64,
        confirmations "tx_confirmations": u64, root_chain_address "root_chain_address": Address,
        state_sender "state_sender_address": Address, staking_manager "staking_manager_address": Address,
        staking_info "staking_info_address": Address, tx_hash "tx_hash": B256, log_index "log_index": u64,
        block "block_number": u64
    }
    MsgTick as "slashing/MsgTick" { id "id": u64, proposer "proposer": Address, infos "slashinginfobytes": Bytes }
    MsgTickAck as "slashing/MsgTickAck" {
        from "from": Address, id "tick_id": u64, amount "slashed_amount": u64, tx_hash "tx_hash": B256,
        log_index "log_index": u64, block "block_number": u64
    }
    MsgUnjail as "slashing/MsgUnjail" {
        from "from": Address, id "id": u64, tx_hash "tx_hash": B256, log_index "log_index": u64, block "block_number": u64
    }
    ParameterChange { subspace "subspace": Text, key "key": Text, value "value": Text }
    ParameterChangeProposal as "heimdall/ParameterChangeProposal" {
        title "title": Text, description "description": Text, changes "changes": Vec<ParameterChange>
    }
    FeatureChange { value "value": Text }
    FeatureChangeProposal as "featuremanager/FeatureChangeProposal" {
        title "title": Text, description "description": Text, changes "changes": Vec<FeatureChange>
    }
    Coin { denom "denom": Text, amount "amount": Int }
    MsgSubmitProposal as "gov/MsgSubmitProposal" {
        content "content": AnyOf<Content>, deposit "initial_deposit": Vec<Coin>, proposer "proposer": Address,
        validator "validator": u64
    }
    MsgSubmitFeatureProposal as "featuremanager/MsgSubmitProposal" { inner "MsgSubmitProposal": MsgSubmitProposal }
    MsgDeposit as "gov/MsgDeposit" {
        id "proposal_id": u64, depositor "depositor": Address, amount "amount": Vec<Coin>, validator "validator": u64
    }
    MsgVote as "gov/MsgVote" { id "proposal_id": u64, voter "voter": Address, option "option": u8, validator "validator": u64 }
    MsgSend as "bank/MsgSend" { from "from_address": Address, to "to_address": Address, amount "amount": Vec<Coin> }

    // validation-layer §1.9
    StdTx as "auth/StdTx" { message "msg": AnyOf<Message>, signature "signature": Signature, memo "memo": Text }
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    Parameter(ParameterChangeProposal),
    Feature(FeatureChangeProposal),
}
amino_interface!(Content { Parameter(ParameterChangeProposal), Feature(FeatureChangeProposal) });

macro_rules! messages {
    ($($name:ident)*) => {
        #[derive(Clone, Debug, PartialEq)]
        #[expect(clippy::enum_variant_names, reason = "these are the names of the reference")]
        enum Message {
            $($name($name),)*
        }
        amino_interface!(Message { $($name($name)),* });
    };
}

messages! {
    MsgCheckpoint MsgCheckpointAck MsgCheckpointNoAck MsgCheckpointSync MsgCheckpointSyncAck MsgProposeSpan
    MsgEventRecord MsgValidatorJoin MsgStakeUpdate MsgSignerUpdate MsgValidatorExit MsgStakingSync MsgStakingSyncAck
    MsgTopup MsgWithdrawFee MsgNewChain MsgTick MsgTickAck MsgUnjail MsgSubmitProposal MsgSubmitFeatureProposal
    MsgDeposit MsgVote MsgSend
}

/// Types with JSON that is theirs alone: coins, vote options, the seed.
const OWN_JSON: [&str; 6] = [
    "bor/MsgProposeSpan",
    "gov/MsgSubmitProposal",
    "featuremanager/MsgSubmitProposal",
    "gov/MsgDeposit",
    "gov/MsgVote",
    "bank/MsgSend",
];

fn tree(value: &Value) -> Json {
    serde_json::from_value(value.clone()).unwrap()
}

fn record<F: Field + PartialEq + Debug>(input: &Value, expect: &Value, name: &str) {
    let value: F = amino::from_json(&tree(&input["value"]), JsonForm::Amino).unwrap();
    check(&value, expect, name);
}

fn check<F: Field + PartialEq + Debug>(value: &F, expect: &Value, name: &str) {
    let encoded = amino::to_bytes(value);
    assert_eq!(hex::encode_prefixed(&encoded), expect["amino"], "{name}");
    for (form, field) in [(JsonForm::Amino, "aminoJson"), (JsonForm::Plain, "json")] {
        let json = amino::to_json(value, form);
        assert_eq!(json.to_string(), expect[field], "{name}: {field}");
        let read: Json = serde_json::from_str(text(&expect[field])).unwrap();
        assert_eq!(read, json, "{name}: {field}");
    }
    assert_eq!(amino::from_bytes::<F>(&encoded).as_ref(), Ok(value), "{name}");
}

fn records(input: &Value, expect: &Value, name: &str) -> bool {
    match text(&input["record"]) {
        "Checkpoint" => record::<Checkpoint>(input, expect, name),
        "EventRecord" => record::<EventRecord>(input, expect, name),
        "StakingRecord" => record::<StakingRecord>(input, expect, name),
        "StakingQueue" => record::<Vec<StakingRecord>>(input, expect, name),
        "DividendAccount" => record::<DividendAccount>(input, expect, name),
        "ChainInfo" => record::<ChainInfo>(input, expect, name),
        // A missed count of zero has no key in JSON, by a rule of that field alone.
        "ValidatorSigningInfo" if !text(&expect["json"]).contains("missed") => {
            let read: SigningInfo = amino::from_json(&tree(&input["value"]), JsonForm::Amino).unwrap();
            assert_eq!(hex::encode_prefixed(amino::to_bytes(&read)), expect["amino"], "{name}");
        }
        "ValidatorSigningInfo" => record::<SigningInfo>(input, expect, name),
        "ValidatorSlashingInfo" => record::<SlashingInfo>(input, expect, name),
        "U64" => record::<u64>(input, expect, name),
        _ => return false,
    }
    true
}

fn message(input: &Value, expect: &Value, name: &str) {
    let encoded = bytes(&expect["amino"]);
    let message: AnyOf<Message> = amino::from_bytes(&encoded).unwrap();
    assert_eq!(amino::to_bytes(&message), encoded, "{name}");
    let tx = StdTx {
        message: message.clone(),
        signature: Signature(bytes(&expect["signature"]).into()),
        memo: text(&input["memo"]).into(),
    };
    let wire = amino::to_prefixed_bytes(&tx);
    assert_eq!(hex::encode_prefixed(&wire), expect["tx"], "{name}");
    assert_eq!(bttc_core::hash::sha256(&wire).to_string(), expect["txHash"], "{name}");
    if OWN_JSON.contains(&text(&input["msg"]["type"])) {
        return;
    }
    assert_eq!(amino::to_json(&tx, JsonForm::Amino).to_string(), expect["txJson"], "{name}");
    assert_eq!(amino::to_json(&message, JsonForm::Amino).to_string(), expect["aminoJson"], "{name}");
    assert_eq!(amino::to_json(&message, JsonForm::Plain).to_string(), expect["json"], "{name}");
    assert_eq!(amino::from_json(&tree(&input["msg"]), JsonForm::Amino), Ok(message), "{name}");
}

fn decode(input: &Value, expect: &Value, name: &str) {
    let tx = amino::from_prefixed_bytes::<StdTx>(&bytes(&input["bytes"]));
    if expect["error"] == true {
        assert!(tx.is_err(), "{name}: got {tx:?}");
        return;
    }
    let tx = tx.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(hex::encode_prefixed(amino::to_prefixed_bytes(&tx)), expect["reencoded"], "{name}");
    let json = text(&expect["txJson"]);
    if !OWN_JSON.iter().any(|name| json.contains(name)) {
        assert_eq!(amino::to_json(&tx, JsonForm::Amino).to_string(), json, "{name}");
    }
}

#[test]
fn values_are_encoded_as_in_the_reference() {
    let mut elsewhere = BTreeSet::new();
    for case in cases("amino") {
        let (input, expect, name) = (&case.input, &case.expect, &case.name);
        match text(&input["mode"]) {
            "record" => {
                if !records(input, expect, name) {
                    elsewhere.insert(text(&input["record"]).to_owned());
                }
            }
            "msg" => message(input, expect, name),
            "decode" => decode(input, expect, name),
            other => panic!("{name}: unknown mode {other}"),
        }
    }
    // Accounts belong to the layer, the others to the crate that has validators.
    assert_eq!(elsewhere.into_iter().collect::<Vec<_>>(), ["Account", "Span", "Validator", "ValidatorSet"]);
}
