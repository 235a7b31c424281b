//! JSON as a tree that prints byte for byte as the reference writes it.

use super::{
    Field, FieldSink, FieldSource, Text,
    json_text::{Markup, Style, WithMarkup, write_json},
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt::{self, Write as _};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap as _, SerializeSeq as _},
};

/// Which of the reference's two writers of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonForm {
    /// Amino's: 64-bit integers are texts, registered types are wrapped. Signed and posted transactions, accounts.
    Amino,
    /// Go's own: integers are numbers. What most REST paths answer.
    Plain,
}

/// A JSON value: objects keep their order, numbers are whole.
///
/// Any serde format reads and writes it; its `Display` is the exact text of Go's writer: no spaces, and `<`, `>`, `&`,
/// U+2028 and U+2029 escaped. In its alternate form each entry has a line of its own, two spaces a depth.
///
/// ```
/// use bttc_core::amino::Json;
///
/// let json: Json = serde_json::from_str(r#"{ "b": [1, null], "a": "<tron>" }"#)?;
/// assert_eq!(json.to_string(), r#"{"b":[1,null],"a":"\u003ctron\u003e"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(i128),
    /// A text.
    Text(Text),
    /// `[…]`.
    List(Vec<Self>),
    /// `{…}`, in order.
    Object(Vec<(Cow<'static, str>, Self)>),
}

/// Why JSON is not the value it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Something else than the field's type writes.
    #[error("{field}: got {got}, expected {expected}")]
    Value {
        /// Key of the innermost field; empty on top level.
        field: &'static str,
        /// The JSON, cut short.
        got: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A name that no type is registered by, or another type.
    #[error("got type {got:?}, expected that of a registered type")]
    Name {
        /// The name.
        got: String,
    },
}

impl JsonError {
    /// This JSON where something else is expected.
    #[must_use]
    pub fn unexpected(expected: &'static str, json: &Json) -> Self {
        let mut got = String::new();
        let mut cut = Cut { to: &mut got, left: 40 };
        if write!(cut, "{json}").is_err() {
            got.push('…');
        }
        Self::Value { field: "", got, expected }
    }

    fn within(self, name: &'static str) -> Self {
        match self {
            Self::Value { field: "", got, expected } => Self::Value { field: name, got, expected },
            other => other,
        }
    }
}

/// Stops writing after so many characters.
struct Cut<'a> {
    to: &'a mut String,
    left: usize,
}

impl fmt::Write for Cut<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.to.push(character);
        }
        Ok(())
    }
}

impl Json {
    /// Its text with `<`, `>` and `&` as they are: Go's writer can be told so.
    #[must_use]
    pub const fn with_markup(&self) -> impl fmt::Display + '_ {
        WithMarkup(self)
    }

    /// The value under a key; the last one if there are several.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.last(|name| name == key)
    }

    /// The value under the last key that is one of these.
    fn last(&self, is_one: impl Fn(&str) -> bool) -> Option<&Self> {
        let Self::Object(entries) = self else { return None };
        entries.iter().rev().find(|(name, _)| is_one(name)).map(|(_, json)| json)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = if f.alternate() { Some(0) } else { None };
        write_json(self, Style { indent, markup: Markup::Escaped }, f)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => match (u64::try_from(*number), i64::try_from(*number)) {
                (Ok(number), _) => serializer.serialize_u64(number),
                (_, Ok(number)) => serializer.serialize_i64(number),
                _ => serializer.serialize_i128(*number),
            },
            Self::Text(text) => serializer.collect_str(text),
            Self::List(entries) => {
                let mut list = serializer.serialize_seq(Some(entries.len()))?;
                for entry in entries {
                    list.serialize_element(entry)?;
                }
                list.end()
            }
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON whose numbers are whole")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_u128<E: serde::de::Error>(self, number: u128) -> Result<Json, E> {
        i128::try_from(number).map(Json::Number).map_err(|_| E::custom("got a number beyond 127 bits"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            entries.push(entry);
        }
        Ok(Json::List(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Json>()? {
            entries.push((Cow::Owned(key), value));
        }
        Ok(Json::Object(entries))
    }
}

/// A registered type with its name.
pub(super) fn wrapped(name: &'static str, json: Json) -> Json {
    Json::Object([("type".into(), Json::Text(name.into())), ("value".into(), json)].into())
}

/// The name and the value of a registered type.
// Q-231: these two keys, and no others, are read in whatever case they are written.
pub(super) fn unwrapped(json: &Json) -> Result<(&str, &Json), JsonError> {
    let get = |key| json.last(|name| name.eq_ignore_ascii_case(key));
    match (get("type"), get("value")) {
        (Some(Json::Text(name)), Some(value)) => name.as_str().map(|name| (name, value)),
        _ => None,
    }
    .ok_or_else(|| JsonError::unexpected("a type and a value", json))
}

/// An object that grows field by field.
pub(super) struct JsonWriter {
    form: JsonForm,
    entries: Vec<(Cow<'static, str>, Json)>,
}

impl JsonWriter {
    pub(super) const fn new(form: JsonForm) -> Self {
        Self { form, entries: Vec::new() }
    }

    pub(super) fn into_json(self) -> Json {
        Json::Object(self.entries)
    }
}

impl FieldSink for JsonWriter {
    fn field<F: Field>(&mut self, name: &'static str, value: &F) -> &mut Self {
        if value.is_in_json() {
            self.entries.push((name.into(), value.to_json(self.form)));
        }
        self
    }
}

/// An object that is read field by field.
pub(super) struct JsonReader<'a> {
    form: JsonForm,
    object: &'a Json,
}

impl<'a> JsonReader<'a> {
    pub(super) fn new(json: &'a Json, form: JsonForm) -> Result<Self, JsonError> {
        if let Json::Object(_) = json {
            Ok(Self { form, object: json })
        } else {
            Err(JsonError::unexpected("an object", json))
        }
    }

    pub(super) fn empty(form: JsonForm) -> Self {
        Self { form, object: &Json::Null }
    }
}

impl FieldSource for JsonReader<'_> {
    type Error = JsonError;

    fn field<F: Field>(&mut self, name: &'static str) -> Result<F, JsonError> {
        let json = self.object.get(name).unwrap_or(&Json::Null);
        F::read_json(json, self.form).map_err(|error| error.within(name))
    }
}
