//! Reading the recorded vectors.

use alloy_primitives::{Address, B256, Bytes, U256, hex};
use bttc_core::{
    id::{SpanId, StateId, ValidatorId},
    span::Span,
    validator::{Validator, VotingPower},
};
use bttc_evm::state_sync::{Record, RecordTime};
use serde_json::Value;
use std::{collections::BTreeSet, io::Read, path::PathBuf};

/// A file of cases.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) cases: Vec<Value>,
}

/// The files of a kind in the repository, none in a package without them.
pub(crate) fn repository(kind: &str) -> Vec<File> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    if !folder.exists() {
        println!("{kind}: did not run, the repository's vectors are not here");
        return Vec::new();
    }
    files(folder.join(kind))
}

/// The files of a kind of public-chain data, none where they are not named.
pub(crate) fn chain_data(kind: &str) -> Vec<File> {
    match std::env::var_os("BTTC_CHAIN_DATA") {
        Some(folder) => files(PathBuf::from(folder).join(kind)),
        None => {
            println!("{kind}: public-chain data did not run, BTTC_CHAIN_DATA is not set");
            Vec::new()
        }
    }
}

fn files(folder: PathBuf) -> Vec<File> {
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "gz" || end == "json"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let mut text = std::fs::read(&path).unwrap();
            if name.ends_with(".gz") {
                let mut unpacked = Vec::new();
                flate2::read::GzDecoder::new(&text[..]).read_to_end(&mut unpacked).unwrap();
                text = unpacked;
            }
            let mut file: Value = serde_json::from_slice(&text).unwrap();
            let Value::Array(cases) = file["cases"].take() else { panic!("{name} has no cases") };
            File { name, cases }
        })
        .collect()
}

/// Fails on a field of an object that nobody checks.
pub(crate) fn only(object: &Value, known: &[&str]) {
    let known: BTreeSet<_> = known.iter().copied().collect();
    for key in object.as_object().unwrap().keys() {
        assert!(known.contains(key.as_str()), "field {key} is not checked");
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

pub(crate) fn bytes(value: &Value) -> Bytes {
    hex::decode(text(value)).unwrap().into()
}

pub(crate) fn hash(value: &Value) -> B256 {
    text(value).parse().unwrap()
}

pub(crate) fn address(value: &Value) -> Address {
    text(value).parse().unwrap()
}

pub(crate) fn u256(value: &Value) -> U256 {
    match value {
        Value::Number(number) => U256::from(number.as_u64().unwrap()),
        other => text(other).parse().unwrap(),
    }
}

pub(crate) fn u64(value: &Value) -> u64 {
    u256(value).to()
}

pub(crate) fn i64(value: &Value) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().unwrap(),
        other => text(other).parse().unwrap(),
    }
}

pub(crate) fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A span as the validation layer writes it.
pub(crate) fn span(result: &Value) -> Span {
    let validators = |list: &Value| {
        let list = list.as_array().unwrap().iter();
        list.map(|validator| {
            let power = u64(&validator["power"]).cast_signed();
            Validator::new(
                ValidatorId::new(u64(&validator["ID"])),
                address(&validator["signer"]),
                VotingPower::new(power),
            )
        })
        .collect()
    };
    Span {
        id: SpanId::new(u64(&result["span_id"])),
        start: u64(&result["start_block"]),
        end: u64(&result["end_block"]),
        validators: validators(&result["validator_set"]["validators"]),
        producers: validators(&result["selected_producers"]),
        chain_id: text(&result["bor_chain_id"]).parse().unwrap(),
    }
}

/// A state-sync record as the validation layer writes it.
pub(crate) fn record(value: &Value) -> Record {
    Record {
        id: StateId::new(u64(&value["id"])),
        receiver: address(&value["contract"]),
        data: bytes(&value["data"]),
        tx_hash: hash(&value["tx_hash"]),
        log_index: u64(&value["log_index"]),
        chain_id: text(&value["bor_chain_id"]).to_owned(),
        time: time(text(&value["record_time"])),
    }
}

/// `2023-07-22T04:30:34.051878617Z`.
fn time(text: &str) -> RecordTime {
    let (whole, fraction) = text.trim_end_matches('Z').split_at(19);
    let number = |range: core::ops::Range<usize>| whole[range].parse::<i64>().unwrap();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    // Days since 1970-03-01, the year beginning in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    let seconds = days * 86_400 + number(11..13) * 3_600 + number(14..16) * 60 + number(17..19);
    RecordTime {
        seconds: seconds.try_into().unwrap(),
        nanoseconds: format!("{:0<9}", fraction.trim_start_matches('.')).parse().unwrap(),
    }
}
