//! Pieces of JSON.

use super::stop::Stop;
use crate::{
    module::Refusal,
    param::{AnyParam, Group},
    store::Stores,
};
use bttc_core::amino::{self, Field, Json, JsonForm};
use serde::{Deserialize as _, Serialize};

/// A value in Go's own form.
pub(super) fn plain<F: Field>(value: &F) -> Json {
    amino::to_json(value, JsonForm::Plain)
}

/// A module's parameters.
pub(super) fn group(stores: &Stores, group: Group) -> Result<Json, Stop> {
    let entry =
        |&(key, param): &(&'static str, &dyn AnyParam)| Ok((key.into(), param.get_json(stores, JsonForm::Plain)?));
    group.iter().map(entry).collect::<Result<_, Refusal>>().map(Json::Object).map_err(Stop::from)
}

/// Values in Go's own form; `null` if there are none.
pub(super) fn list<F: Field>(values: &[F]) -> Json {
    if values.is_empty() { Json::Null } else { Json::List(values.iter().map(plain).collect()) }
}

pub(super) fn text(words: &str) -> Json {
    Json::Text(words.into())
}

pub(super) fn number(value: impl Into<i128>) -> Json {
    Json::Number(value.into())
}

pub(super) fn object<const N: usize>(entries: [(&'static str, Json); N]) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

/// A value as serde has it, its keys in the order in which they come.
pub(super) fn of_serde(value: &impl Serialize) -> Json {
    let json = serde_json::to_string(value).unwrap_or_default();
    // What was written without a fraction reads without one.
    Json::deserialize(&mut serde_json::Deserializer::from_str(&json)).unwrap_or(Json::Null)
}
