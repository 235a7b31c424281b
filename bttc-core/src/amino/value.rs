//! Numbers and truth values.

use super::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Writer};
use crate::{
    id::{CheckpointNumber, Epoch, Nonce, SpanId, StateId, ValidatorId},
    validator::VotingPower,
};
use alloc::string::ToString;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// A 64-bit number as JSON: a text in amino's, because JavaScript has no such numbers.
fn number(value: impl Into<i128>, form: JsonForm) -> Json {
    let value: i128 = value.into();
    match form {
        JsonForm::Amino => Json::Text(value.to_string().as_str().into()),
        JsonForm::Plain => Json::Number(value),
    }
}

fn from_number<T: TryFrom<i128> + FromStr + ToString>(json: &Json, form: JsonForm) -> Result<T, JsonError> {
    let found = match (json, form) {
        (Json::Text(text), JsonForm::Amino) => text.as_str().and_then(from_digits),
        (Json::Number(number), JsonForm::Plain) => T::try_from(*number).ok(),
        _ => None,
    };
    let expected = match form {
        JsonForm::Amino => "a decimal text of 64 bits",
        JsonForm::Plain => "a number of 64 bits",
    };
    found.ok_or_else(|| JsonError::unexpected(expected, json))
}

/// Reads what stands in the quotes.
// the quotes are taken off and the rest is read as JSON once more, so blanks may be around it, and it may be `null`.
fn from_digits<T: TryFrom<i128> + FromStr + ToString>(text: &str) -> Option<T> {
    let digits = text.trim_matches(' ');
    match digits {
        "null" => T::try_from(0).ok(),
        // For a number without sign this is none.
        "-0" => digits.parse().ok(),
        _ => digits.parse().ok().filter(|value: &T| value.to_string() == digits),
    }
}

impl Field for u64 {
    const SHAPE: Shape = Shape::Varint;

    fn write(&self, to: &mut Writer) {
        to.uvarint(*self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        from.uvarint()
    }

    fn to_json(&self, form: JsonForm) -> Json {
        number(*self, form)
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        from_number(json, form)
    }
}

impl Field for i64 {
    const SHAPE: Shape = Shape::Varint;

    fn write(&self, to: &mut Writer) {
        to.uvarint(self.cast_unsigned());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        from.uvarint().map(u64::cast_signed)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        number(*self, form)
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        from_number(json, form)
    }
}

/// A number whose key is left out of JSON while it is zero.
///
/// Source: `validation-layer §1.6; delivery:types/val-signing-info.go:12-24`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OmittedZero(
    /// The number.
    pub i64,
);

impl Field for OmittedZero {
    const SHAPE: Shape = Shape::Varint;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        Field::to_json(&self.0, form)
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        Field::from_json(json, form).map(Self)
    }

    fn is_in_json(&self) -> bool {
        self.0 != 0
    }
}

/// A signed number of eight bytes, whatever its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fixed64(
    /// The number.
    pub i64,
);

impl Field for Fixed64 {
    const SHAPE: Shape = Shape::Fixed64;

    fn write(&self, to: &mut Writer) {
        to.raw(&self.0.to_le_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let bytes = from.take(8)?;
        Ok(Self(i64::from_le_bytes(bytes.try_into().unwrap_or_default())))
    }

    fn to_json(&self, form: JsonForm) -> Json {
        number(self.0, form)
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        from_number(json, form).map(Self)
    }

    fn write_field(&self, number: u32, to: &mut Writer) {
        if self.0 != 0 {
            to.always(number, self);
        }
    }
}

/// Numbers that are as JSON what they are in 64 bits, but numbers there.
macro_rules! small {
    ($($type:ty, $wide:ty, $bits:literal, $expected:literal;)*) => {$(
        impl Field for $type {
            const SHAPE: Shape = Shape::Varint;

            fn write(&self, to: &mut Writer) {
                <$wide>::from(*self).write(to);
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
                let got = from.uvarint()?;
                let wide = <$wide>::from_ne_bytes(got.to_ne_bytes());
                Self::try_from(wide).map_err(|_| AminoError::Range { got, bits: $bits })
            }

            fn to_json(&self, _: JsonForm) -> Json {
                Json::Number((*self).into())
            }

            fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
                let found = if let Json::Number(number) = json { Self::try_from(*number).ok() } else { None };
                found.ok_or_else(|| JsonError::unexpected($expected, json))
            }
        }
    )*};
}

small! {
    i32, i64, 32, "a number of 32 bits";
    u8, u64, 8, "a number of 8 bits";
}

impl Field for bool {
    const SHAPE: Shape = Shape::Varint;

    fn write(&self, to: &mut Writer) {
        to.uvarint((*self).into());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        match from.take(1)? {
            [1] => Ok(true),
            [0] | [] => Ok(false),
            [got, ..] => Err(AminoError::Bool { got: *got }),
        }
    }

    fn to_json(&self, _: JsonForm) -> Json {
        Json::Bool(*self)
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        if let Json::Bool(value) = json { Ok(*value) } else { Err(JsonError::unexpected("true or false", json)) }
    }
}

/// What is a 64-bit number under a name of its own.
macro_rules! named {
    ($($type:ident)*) => {$(
        impl Field for $type {
            const SHAPE: Shape = Shape::Varint;

            fn write(&self, to: &mut Writer) {
                self.get().write(to);
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
                Field::read(from).map(Self::new)
            }

            fn to_json(&self, form: JsonForm) -> Json {
                self.get().to_json(form)
            }

            fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
                Field::from_json(json, form).map(Self::new)
            }
        }
    )*};
}

named! { ValidatorId SpanId StateId CheckpointNumber Epoch Nonce VotingPower }
