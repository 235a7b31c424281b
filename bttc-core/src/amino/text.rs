//! Texts.

use super::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Writer};
use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use alloy_primitives::Bytes;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A text as the reference has it: bytes that are mostly UTF-8. Its serde form is hex, which loses nothing.
// texts that are no UTF-8 are accepted and written back as they came; in JSON each byte that is none becomes
// \ufffd.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Bytes);

impl Text {
    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, if it is UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.0).ok()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned().into_bytes().into())
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(bytes))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

impl Field for Text {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Ok(from.rest().into())
    }

    fn to_json(&self, _: JsonForm) -> Json {
        Json::Text(self.clone())
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        if let Json::Text(text) = json { Ok(text.clone()) } else { Err(JsonError::unexpected("a text", json)) }
    }
}

impl Field for String {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Self::from_utf8(from.rest().to_vec()).map_err(|_| AminoError::Utf8)
    }

    fn to_json(&self, _: JsonForm) -> Json {
        Json::Text(self.as_str().into())
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let text = if let Json::Text(text) = json { text.as_str() } else { None };
        text.map(Self::from).ok_or_else(|| JsonError::unexpected("a text", json))
    }
}

/// A list of texts: a field for each, empty ones too.
impl Field for Vec<Text> {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        self.write_field(1, to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Self::read_field(1, from)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        if self.is_empty() {
            return Json::Null;
        }
        Json::List(self.iter().map(|text| text.to_json(form)).collect())
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        let Json::List(texts) = json else { return Err(JsonError::unexpected("a list of texts", json)) };
        texts.iter().map(|text| Field::read_json(text, form)).collect()
    }

    fn write_field(&self, number: u32, to: &mut Writer) {
        for text in self {
            to.always(number, text);
        }
    }

    fn read_field(number: u32, from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let mut texts = Self::new();
        while from.begins(number, Shape::Bytes)? {
            texts.push(from.value()?);
        }
        Ok(texts)
    }
}
