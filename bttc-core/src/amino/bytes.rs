//! Byte strings: addresses, hashes, keys, data.

use super::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Writer};
use alloc::{string::String, vec::Vec};
use alloy_primitives::{Address, B256, Bytes, FixedBytes, hex};
use serde::{Deserialize, Serialize};

/// An array of exactly so many bytes.
fn array<const N: usize>(from: &mut Reader<'_>) -> Result<[u8; N], AminoError> {
    let bytes = from.rest();
    bytes.try_into().map_err(|_| AminoError::Length { got: bytes.len(), expected: N })
}

/// The bytes of a hex text.
// `0x` may be missing, an odd number of digits is led by a zero, and at the first character that is no digit the
// text ends; nothing is refused.
fn lenient(json: &Json) -> Result<Vec<u8>, JsonError> {
    let Json::Text(text) = json else { return Err(JsonError::unexpected("a hex text", json)) };
    let text = text.as_bytes();
    let digits = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X")).unwrap_or(text);
    let lead = if digits.len() % 2 == 1 { &b"0"[..] } else { &[] };
    let mut digits = lead.iter().chain(digits).map_while(|&digit| char::from(digit).to_digit(16));
    let mut bytes = Vec::new();
    while let (Some(high), Some(low)) = (digits.next(), digits.next()) {
        bytes.push(u8::try_from(high << 4 | low).unwrap_or_default());
    }
    Ok(bytes)
}

/// The last N bytes, with zeros in front if there are fewer.
fn last<const N: usize>(bytes: &[u8]) -> FixedBytes<N> {
    FixedBytes::left_padding_from(bytes.get(bytes.len().saturating_sub(N)..).unwrap_or_default())
}

fn prefixed(bytes: &[u8]) -> Json {
    Json::Text(hex::encode_prefixed(bytes).as_str().into())
}

impl Field for Address {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(self.as_slice());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        array(from).map(Self::new)
    }

    fn to_json(&self, _: JsonForm) -> Json {
        prefixed(self.as_slice())
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        lenient(json).map(|bytes| Self(last(&bytes)))
    }
}

impl Field for B256 {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(self.as_slice());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        array(from).map(Self::new)
    }

    fn to_json(&self, _: JsonForm) -> Json {
        // a hash of zeros is the empty text.
        if self.is_zero() { Json::Text("".into()) } else { prefixed(self.as_slice()) }
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        lenient(json).map(|bytes| last(&bytes))
    }
}

/// A public key, 65 bytes, whatever they are.
impl Field for FixedBytes<65> {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(self.as_slice());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        array(from).map(Self::new)
    }

    fn to_json(&self, _: JsonForm) -> Json {
        prefixed(self.as_slice())
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let bytes = lenient(json)?;
        // of a key the first bytes are kept, where an address or a hash keeps the last.
        Ok(Self::right_padding_from(bytes.get(..bytes.len().min(65)).unwrap_or_default()))
    }
}

impl Field for Bytes {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Ok(Self::copy_from_slice(from.rest()))
    }

    fn to_json(&self, _: JsonForm) -> Json {
        prefixed(self)
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        lenient(json).map(Self::from)
    }
}

/// Bytes that are base64 in JSON, because their type brings no form of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Base64(
    /// The bytes.
    pub Bytes,
);

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Base64 {
    /// The text: four characters for three bytes, filled up with `=`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for chunk in self.0.chunks(3) {
            let group =
                chunk.iter().chain(&[0; 2]).take(3).fold(0_usize, |group, &byte| group << 8 | usize::from(byte));
            for place in 0..4_usize {
                let digit = ALPHABET.get(group >> (18 - 6 * place) & 63).copied();
                text.push(if place <= chunk.len() { digit.map_or('=', char::from) } else { '=' });
            }
        }
        text
    }

    /// The bytes of such a text; `None` if it is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bytes = Vec::new();
        let text = text.as_bytes();
        let groups = text.len() / 4;
        if !text.len().is_multiple_of(4) {
            return None;
        }
        for (place, group) in text.chunks(4).enumerate() {
            let filling = group.iter().rev().take_while(|&&digit| digit == b'=').count();
            if filling > 2 || filling > 0 && place + 1 < groups {
                return None;
            }
            let mut value = 0_u32;
            for digit in group.iter().take(4 - filling) {
                let digit = ALPHABET.iter().position(|known| known == digit)?;
                value = value << 6 | u32::try_from(digit).ok()?;
            }
            let [_, three @ ..] = (value << (6 * filling)).to_be_bytes();
            bytes.extend(three.into_iter().take(3 - filling));
        }
        Some(Self(bytes.into()))
    }
}

impl Field for Base64 {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    fn to_json(&self, _: JsonForm) -> Json {
        if self.0.is_empty() { Json::Null } else { Json::Text(self.to_text().as_str().into()) }
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let text = if let Json::Text(text) = json { text.as_str() } else { None };
        text.and_then(Self::from_text).ok_or_else(|| JsonError::unexpected("base64", json))
    }
}
