//! The validation layer's encodings: go-amino v0.16.0 in binary, and its JSON.
//!
//! A struct is its fields in the order of declaration, numbered from 1. One description serves every form:
//!
//! ```text
//!                                   ┌──▶ Writer ──▶ bytes ──▶ Reader ──┐
//!  struct ──fields in their order───┤                                  ├──▶ struct
//!                                   └──▶ Json  ◀──────▶ text  ─────────┘
//!
//! field      key ‖ value                  key = varint( number << 3 | wire )
//! wire       0 varint    1 eight bytes    2 length ‖ content    5 four bytes
//! integer    varint of the 64-bit two's complement      300 = ac 02      −6 = fa ff ff ff ff ff ff ff ff 01
//! struct     length ‖ fields              list    a field for each entry, all with the list's number
//! interface  length ‖ prefix ‖ value      prefix(name) = of SHA-256(name): drop zeros, skip 3, drop zeros, take 4
//! top level  value without key and length, a registered type behind its prefix
//! ```
//!
//! A value that would be the single byte 00 is left out together with its key: zero, false, empty texts, bytes, lists
//! and structs. Byte arrays of fixed size are never that, and so always written; nor is a pointer left out that points
//! somewhere.
//!
//! Reading is more lenient than writing, so what is written back may differ from what was read: varints may be longer
//! than need be, zeros may be spelt out, and fields behind the known ones are skipped if their numbers go up. Fields
//! out of order or of another wire, bytes left over and unknown prefixes are refused.
//!
//! | type | binary | amino JSON | standard JSON |
//! |---|---|---|---|
//! | `u64`, `i64`, ids, powers | varint | decimal text | number |
//! | `i32`, `u8`, `bool` | varint | number, `true` | the same |
//! | [`Fixed64`] | eight bytes, little-endian | decimal text | number |
//! | [`OmittedZero`] | varint | decimal text, without key when zero | number, without key when zero |
//! | `Address`, `FixedBytes<65>`, `Bytes` | length ‖ bytes | `0x` and hex | the same |
//! | `B256` | length ‖ bytes | `0x` and hex, `""` for zero | the same |
//! | [`Base64`] | length ‖ bytes | base64, `null` for none | the same |
//! | `String`, [`Text`] | length ‖ bytes | text | text |
//! | `Vec` of [`Text`] | a field for each | list (`null` when empty) | the same |
//! | [`Time`] | struct of seconds and nanoseconds | RFC 3339 in UTC | the same |
//! | a struct, `Option` of one (a pointer), `Vec` of them | as above | object, `null`, list (`null` when empty) | the same |
//! | [`AnyOf`] | interface | `{"type":name,"value":…}`, `null` | the value alone |
//!
//! Sources: `validation-layer §1.1, §1.8; go-amino v0.16.0 binary-encode.go, binary-decode.go, json-encode.go,
//! json-decode.go`.
//!
//! ```
//! use alloy_primitives::{Address, hex};
//! use bttc_core::{amino::{self, JsonForm}, amino_fields};
//!
//! #[derive(Debug, Default, PartialEq)]
//! struct NoAck {
//!     from: Address,
//! }
//! amino_fields!(NoAck as "checkpoint/MsgCheckpointNoACK" { from: "from" });
//!
//! let message = NoAck { from: Address::repeat_byte(0x11) };
//! let bytes = amino::to_bytes(&message);
//! assert_eq!(bytes, hex!("17cac1ff 0a14 1111111111111111111111111111111111111111"));
//! assert_eq!(amino::from_bytes(&bytes), Ok(message));
//!
//! let json = amino::to_json(&NoAck::default(), JsonForm::Amino).to_string();
//! assert!(json.starts_with(r#"{"type":"checkpoint/MsgCheckpointNoACK","value":{"from":"0x00"#));
//! ```

mod any_of;
mod bytes;
mod field;
mod fields;
mod json;
mod json_text;
mod reader;
mod text;
mod time;
mod value;
mod writer;

pub use any_of::{AnyOf, Interface, registered_name};
pub use bytes::Base64;
pub use field::{Field, Shape};
pub use fields::{Amino, FieldSink, FieldSource};
pub use json::{Json, JsonError, JsonForm};
pub use reader::{AminoError, Reader};
pub use text::Text;
pub use time::{Time, TimeError};
pub use value::{Fixed64, OmittedZero};
pub use writer::Writer;

use crate::hash::sha256;
use alloc::vec::Vec;

/// A value's bytes: without key and length, a registered type behind its prefix.
///
/// Source: `validation-layer §1.8; go-amino v0.16.0 amino.go:188-219`.
#[must_use]
pub fn to_bytes<F: Field>(value: &F) -> Vec<u8> {
    let mut writer = Writer::new();
    if let Some(name) = F::NAME {
        writer.raw(&prefix(name));
    }
    writer.bare(value);
    writer.into_bytes()
}

/// The value of exactly these bytes.
///
/// Source: `validation-layer §1.8; go-amino v0.16.0 amino.go:321-352`.
///
/// # Errors
/// [`AminoError`], the first fault from the left.
pub fn from_bytes<F: Field>(bytes: &[u8]) -> Result<F, AminoError> {
    let mut reader = Reader::new(bytes);
    if let Some(name) = F::NAME {
        reader.prefix(name)?;
    }
    let value = reader.bare()?;
    reader.end()?;
    Ok(value)
}

/// A value's bytes behind their length, the form in which transactions travel.
///
/// Source: `validation-layer §1.9; go-amino v0.16.0 amino.go:137-159`.
#[must_use]
pub fn to_prefixed_bytes<F: Field>(value: &F) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.delimited(|writer| writer.raw(&to_bytes(value)));
    writer.into_bytes()
}

/// The value of exactly these bytes, which begin with their length.
///
/// Source: `validation-layer §1.9; go-amino v0.16.0 amino.go:233-254`.
///
/// # Errors
/// [`AminoError`].
pub fn from_prefixed_bytes<F: Field>(bytes: &[u8]) -> Result<F, AminoError> {
    let mut reader = Reader::new(bytes);
    let length = reader.uvarint()?;
    let content = reader.take(length)?;
    reader.end()?;
    from_bytes(content)
}

/// A value as JSON: a tree that prints as the reference writes it. In [`JsonForm::Amino`] a registered type stands in
/// `{"type":name,"value":…}`.
#[must_use]
pub fn to_json<F: Field>(value: &F, form: JsonForm) -> Json {
    let json = value.to_json(form);
    match (F::NAME, form) {
        (Some(name), JsonForm::Amino) => json::wrapped(name, json),
        _ => json,
    }
}

/// The value of a JSON tree. Keys are matched exactly, but for those of a name's wrapper; missing ones and `null` stand
/// for zero, unknown ones are passed over.
///
/// # Errors
/// [`JsonError`].
pub fn from_json<F: Field>(json: &Json, form: JsonForm) -> Result<F, JsonError> {
    let json = match (F::NAME, form) {
        (Some(expected), JsonForm::Amino) => {
            let (got, json) = json::unwrapped(json)?;
            if got != expected {
                return Err(JsonError::Name { got: got.into() });
            }
            json
        }
        _ => json,
    };
    F::read_json(json, form)
}

/// The four bytes that stand for a registered name.
///
/// Source: `validation-layer §1.8; go-amino v0.16.0 codec.go:759-785`.
#[must_use]
pub fn prefix(name: &str) -> [u8; 4] {
    disambiguated(name).1
}

/// The three bytes that may stand in front of a prefix, and the prefix.
fn disambiguated(name: &str) -> ([u8; 3], [u8; 4]) {
    let hash = sha256(name.as_bytes());
    let mut rest = hash.iter().copied().skip_while(|byte| *byte == 0);
    // Should the hash run out, which no name's does, zeros fill up.
    let disambiguation = [(); 3].map(|()| rest.next().unwrap_or_default());
    let mut rest = rest.skip_while(|byte| *byte == 0);
    (disambiguation, [(); 4].map(|()| rest.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests;
