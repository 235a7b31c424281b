//! `rlp`: canonical items, encoded and decoded.

use super::Kind;
use crate::{case::Case, failure::Failure, field::Field, got::Got};
use bttc_core::rlp::Item;
use serde_json::Value;

/// The kind `rlp`.
#[derive(Debug)]
pub(crate) struct Rlp;

impl Kind for Rlp {
    fn name(&self) -> &'static str {
        "rlp"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        match (input.optional("value")?, input.optional("encoded")?) {
            (Some(value), None) => expect.check("encoded", item(&value)?.to_bytes()),
            (None, Some(encoded)) => {
                let bytes = encoded.bytes()?;
                match Item::decode(&bytes) {
                    Ok(item) => {
                        expect.absent("error", "an item")?;
                        expect.check("value", got(&item))?;
                        Got::from(item.to_bytes()).compare(&encoded)
                    }
                    Err(error) => {
                        expect.absent("value", error)?;
                        expect.check("error", "invalid")
                    }
                }
            }
            _ => Err(input.refused("either a value or its encoding")),
        }
    }
}

fn item(field: &Field<'_>) -> Result<Item, Failure> {
    match field.value() {
        Value::Array(_) => field.list(|item_field| item(&item_field)).map(Item::List),
        _ => field.bytes().map(Item::String),
    }
}

fn got(item: &Item) -> Got {
    match item {
        Item::String(bytes) => bytes.clone().into(),
        Item::List(items) => Got::List(items.iter().map(got).collect()),
    }
}
