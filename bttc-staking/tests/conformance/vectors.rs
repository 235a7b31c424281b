//! Reading golden vectors.

use alloy_primitives::{Address, B256, Bytes};
use serde_json::{Map, Value};
use std::{fs, io::Read as _, path::Path};

/// One case of a file.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) input: Value,
    pub(crate) expect: Value,
}

/// All cases of a kind, from the repository's `vectors/`.
pub(crate) fn cases(kind: &str) -> Vec<Case> {
    read(&Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors")).join(kind))
}

fn read(folder: &Path) -> Vec<Case> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&file).unwrap();
        let text = if name.ends_with(".json.gz") {
            let mut text = String::new();
            flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
            text
        } else if name.ends_with(".json") {
            String::from_utf8(bytes).unwrap()
        } else {
            continue;
        };
        let Value::Object(mut whole) = serde_json::from_str(&text).unwrap() else { panic!("{name} is no object") };
        let Some(Value::Array(list)) = whole.remove("cases") else { panic!("{name} has no cases") };
        for mut case in list {
            cases.push(Case {
                name: format!("{name} {}", text_of(&case["name"])),
                input: case["input"].take(),
                expect: case["expect"].take(),
            });
        }
    }
    assert!(!cases.is_empty());
    cases
}

/// A field that must be known: fails on others.
pub(crate) fn only_fields(value: &Value, known: &[&str], at: &str) {
    for key in object(value).keys() {
        assert!(known.contains(&key.as_str()), "{at}: field {key} is not checked");
    }
}

pub(crate) fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("{value} is no object"))
}

/// A list; none where it is absent.
pub(crate) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(list) => list,
        other => panic!("{other} is no list"),
    }
}

pub(crate) fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A number or its decimal text; 0 where it is absent.
pub(crate) fn int<T: TryFrom<i128>>(value: &Value) -> T {
    let number: i128 = match value {
        Value::Null => 0,
        Value::Number(number) => number.to_string().parse().unwrap(),
        Value::String(text) => text.parse().unwrap_or_else(|_| panic!("{text:?} is no number")),
        other => panic!("{other} is no number"),
    };
    T::try_from(number).unwrap_or_else(|_| panic!("{number} is out of range"))
}

/// A number as vectors write it.
pub(crate) fn number(n: impl Into<i128>) -> Value {
    let n: i128 = n.into();
    match i64::try_from(n) {
        Ok(small) if small.unsigned_abs() < 1 << 53 => Value::from(small),
        _ => Value::from(n.to_string()),
    }
}

pub(crate) fn address(value: &Value) -> Address {
    text_of(value).parse().unwrap_or_else(|_| panic!("{value} is no address"))
}

pub(crate) fn hash(value: &Value) -> B256 {
    text_of(value).parse().unwrap_or_else(|_| panic!("{value} is no hash"))
}

pub(crate) fn bytes(value: &Value) -> Bytes {
    text_of(value).parse().unwrap_or_else(|_| panic!("{value} is no bytes"))
}
