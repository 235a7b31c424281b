//! Reading golden vectors.

use alloy_primitives::hex;
use serde_json::Value;
use std::{fs, io::Read as _, path::Path};

/// One case of a file.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) input: Value,
    pub(crate) expect: Value,
}

/// All cases of a kind.
pub(crate) fn cases(kind: &str) -> Vec<Case> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors")).join(kind);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let whole: Value = match file.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => {
                let mut text = String::new();
                flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
                serde_json::from_str(&text).unwrap()
            }
            Some("json") => serde_json::from_slice(&bytes).unwrap(),
            _ => continue,
        };
        for case in whole["cases"].as_array().unwrap() {
            cases.push(Case {
                name: text(&case["name"]).to_owned(),
                input: case["input"].clone(),
                expect: case["expect"].clone(),
            });
        }
    }
    assert!(!cases.is_empty(), "{kind}");
    cases
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}
