//! Objects of JSON, key by key.

use super::error::Wrong;
use crate::{
    param::{AnyParam, Group},
    store::Stores,
};
use bttc_core::amino::{self, Field, Json, JsonError, JsonForm, Text};

/// The value under a key; zero where it is missing or `null`.
pub(super) fn get<F: Field>(object: &Json, key: &str) -> Result<F, Wrong> {
    let json = object.get(key).unwrap_or(&Json::Null);
    amino::from_json(json, JsonForm::Amino).map_err(|error| Wrong::Value { key: key.into(), error })
}

/// The list under a key; without entries where it is missing or `null`.
pub(super) fn list<'a>(object: &'a Json, key: &str) -> Result<&'a [Json], Wrong> {
    match object.get(key) {
        None | Some(Json::Null) => Ok(&[]),
        Some(Json::List(entries)) => Ok(entries),
        Some(json) => Err(wrong(key, "a list", json)),
    }
}

/// The entries of the object under a key; none where it is missing or `null`.
pub(super) fn entries<'a>(object: &'a Json, key: &str) -> Result<Vec<(&'a str, &'a Json)>, Wrong> {
    match object.get(key) {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(Json::Object(entries)) => Ok(entries.iter().map(|(key, json)| (key.as_ref(), json)).collect()),
        Some(json) => Err(wrong(key, "an object", json)),
    }
}

/// That a module's state is an object.
pub(super) fn expect_object(json: &Json) -> Result<(), Wrong> {
    if matches!(json, Json::Object(_) | Json::Null) { Ok(()) } else { Err(wrong("", "an object", json)) }
}

pub(super) fn wrong(key: &str, expected: &'static str, json: &Json) -> Wrong {
    Wrong::Value { key: key.into(), error: JsonError::unexpected(expected, json) }
}

/// Each sequence a text that is not empty.
pub(super) fn sequences(object: &Json, key: &str) -> Result<Vec<Text>, Wrong> {
    let sequences: Vec<Text> = get(object, key)?;
    if sequences.iter().any(|sequence| sequence.as_bytes().is_empty()) {
        return Err(Wrong::text("Invalid Sequence"));
    }
    Ok(sequences)
}

/// An object of these entries.
pub(super) fn object<const N: usize>(entries: [(&'static str, Json); N]) -> Json {
    Json::Object(entries.into_iter().map(|(key, json)| (key.into(), json)).collect())
}

pub(super) fn json<F: Field>(value: &F) -> Json {
    amino::to_json(value, JsonForm::Amino)
}

/// Sets a module's parameters to the object under `params`.
pub(super) fn read_params(state: &Json, group: Group, stores: &mut Stores) -> Result<(), Wrong> {
    let params = state.get("params").unwrap_or(&Json::Null);
    expect_object(params)?;
    for (key, param) in group {
        let json = params.get(key).unwrap_or(&Json::Null);
        param.set_json(stores, json).map_err(|error| Wrong::Value { key: (*key).to_owned(), error })?;
    }
    Ok(())
}

/// A module's parameters as an object.
pub(super) fn params(group: Group, stores: &Stores) -> Result<Json, Wrong> {
    let value =
        |(key, param): &(&'static str, &dyn AnyParam)| Ok(((*key).into(), param.get_json(stores, JsonForm::Amino)?));
    Ok(Json::Object(group.iter().map(value).collect::<Result<_, Wrong>>()?))
}
