//! What can stand in a field.

use super::{
    Amino, AminoError, Json, JsonError, JsonForm, Reader, Writer,
    json::{JsonReader, JsonWriter},
};
use alloc::vec::Vec;

/// How a value is told from what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It is one varint.
    Varint,
    /// It is eight bytes.
    Fixed64,
    /// Its length stands in front of its bytes.
    Bytes,
    /// Its length stands in front of its fields.
    Nested,
}

impl Shape {
    /// The lowest three bits of the key.
    pub(super) const fn wire(self) -> u8 {
        match self {
            Self::Varint => 0,
            Self::Fixed64 => 1,
            Self::Bytes | Self::Nested => 2,
        }
    }
}

/// What can stand in a field. Structs have it by [`Amino`].
///
/// `Default` has to be the zero value, which stands for an absent field.
pub trait Field: Default {
    /// How it is told from what follows.
    const SHAPE: Shape;

    /// The name it is registered by, if it is.
    const NAME: Option<&'static str> = None;

    /// Writes it, without the length in front.
    fn write(&self, to: &mut Writer);

    /// Reads it; of the shapes with a length, `from` holds the content and no more.
    ///
    /// # Errors
    /// [`AminoError`].
    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError>;

    /// It as JSON.
    fn to_json(&self, form: JsonForm) -> Json;

    /// It from JSON that is not `null`.
    ///
    /// # Errors
    /// [`JsonError`].
    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError>;

    /// It from JSON's `null`, or where an object has no such key: the zero value of the reference's memory.
    ///
    /// # Errors
    /// [`JsonError`].
    fn from_null(_: JsonForm) -> Result<Self, JsonError> {
        Ok(Self::default())
    }

    /// It from JSON.
    ///
    /// # Errors
    /// [`JsonError`].
    fn read_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        if *json == Json::Null { Self::from_null(form) } else { Self::from_json(json, form) }
    }

    /// Whether JSON objects have its key; all but [`OmittedZero`](super::OmittedZero) say so.
    fn is_in_json(&self) -> bool {
        true
    }

    /// Writes it with its key, or nothing where it is zero.
    fn write_field(&self, number: u32, to: &mut Writer) {
        to.unless_zero(number, self);
    }

    /// Reads it with its key; zero where the next field has a higher number.
    ///
    /// # Errors
    /// [`AminoError`].
    fn read_field(number: u32, from: &mut Reader<'_>) -> Result<Self, AminoError> {
        if from.begins(number, Self::SHAPE)? { from.value() } else { Ok(Self::default()) }
    }
}

impl<T: Amino> Field for T {
    const SHAPE: Shape = Shape::Nested;
    const NAME: Option<&'static str> = T::NAME;

    fn write(&self, to: &mut Writer) {
        self.encode(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let value = T::decode(from)?;
        from.skip_fields()?;
        Ok(value)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        let mut object = JsonWriter::new(form);
        self.encode(&mut object);
        object.into_json()
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        T::decode(&mut JsonReader::new(json, form)?)
    }

    fn from_null(form: JsonForm) -> Result<Self, JsonError> {
        T::decode(&mut JsonReader::empty(form))
    }
}

/// A pointer: written whenever there is something, be it of no bytes.
impl<T: Amino> Field for Option<T> {
    const SHAPE: Shape = Shape::Nested;

    fn write(&self, to: &mut Writer) {
        if let Some(value) = self {
            value.encode(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Some)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        self.as_ref().map_or(Json::Null, |value| Field::to_json(value, form))
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        Field::from_json(json, form).map(Some)
    }

    fn write_field(&self, number: u32, to: &mut Writer) {
        if let Some(value) = self {
            to.always(number, value);
        }
    }
}

/// A list: a field for each entry. On top level their number is 1.
impl<T: Amino> Field for Vec<T> {
    const SHAPE: Shape = Shape::Nested;

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
        Json::List(self.iter().map(|entry| Field::to_json(entry, form)).collect())
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        let Json::List(entries) = json else { return Err(JsonError::unexpected("a list", json)) };
        entries.iter().map(|entry| T::read_json(entry, form)).collect()
    }

    fn write_field(&self, number: u32, to: &mut Writer) {
        for entry in self {
            to.always(number, entry);
        }
    }

    fn read_field(number: u32, from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let mut entries = Self::new();
        while from.begins(number, Shape::Nested)? {
            entries.push(from.value()?);
        }
        Ok(entries)
    }
}
