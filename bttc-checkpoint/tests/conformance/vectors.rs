//! Reading vectors.

use alloy_primitives::{Address, B256, Bytes, U256};
use serde_json::Value;
use std::{fs, io::Read as _, path::Path};

/// One case.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) input: Value,
    pub(crate) expect: Value,
}

/// All cases of a kind in the repository.
pub(crate) fn cases(kind: &str) -> Vec<Case> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors")).join(kind);
    let cases = read(&folder);
    assert!(!cases.is_empty(), "no vectors in {}", folder.display());
    cases
}

fn read(folder: &Path) -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let text = match file.extension().and_then(|extension| extension.to_str()) {
            Some("json") => bytes,
            Some("gz") => {
                let mut text = Vec::new();
                flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).unwrap();
                text
            }
            _ => continue,
        };
        let mut read: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(read["schema"], "bttc-vectors/1");
        let Value::Array(list) = read["cases"].take() else { panic!("{}: no cases", file.display()) };
        cases.extend(list.into_iter().map(|mut case| Case {
            name: case["name"].as_str().unwrap().to_owned(),
            input: case["input"].take(),
            expect: case["expect"].take(),
        }));
    }
    cases
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("expected text, got {value}"))
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("expected a list, got {value}"))
}

/// A number, or decimal text.
pub(crate) fn word(value: &Value) -> U256 {
    match value {
        Value::Number(number) => U256::from(number.as_u64().unwrap()),
        other => U256::from_str_radix(text(other), 10).unwrap(),
    }
}

pub(crate) fn int(value: &Value) -> u64 {
    word(value).to()
}

pub(crate) fn bytes(value: &Value) -> Bytes {
    text(value).parse().unwrap()
}

/// Empty text stands for zero, as the reference prints it.
pub(crate) fn hash(value: &Value) -> B256 {
    match text(value) {
        "" => B256::ZERO,
        text => text.parse().unwrap(),
    }
}

pub(crate) fn address(value: &Value) -> Address {
    match text(value) {
        "" => Address::ZERO,
        text => text.parse().unwrap(),
    }
}
