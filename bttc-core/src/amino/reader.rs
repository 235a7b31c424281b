//! Reading the binary form.

use super::{Field, FieldSource, Shape, disambiguated, writer::digits};
use alloc::string::String;

/// Why bytes are not the value they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AminoError {
    /// The bytes end too early.
    #[error("got {got} bytes, expected {expected}")]
    End {
        /// Bytes there are.
        got: usize,
        /// Bytes that are needed.
        expected: u64,
    },
    /// A varint of more than 64 bits.
    #[error("got a varint beyond 64 bits")]
    Overflow,
    /// A key whose number is beyond 29 bits.
    #[error("invalid field num {got}")]
    FieldNumber {
        /// The number.
        got: u64,
    },
    /// A field whose turn is over.
    #[error("got field {got}, expected {expected} or a higher one")]
    Order {
        /// Its number.
        got: u32,
        /// The lowest number that may follow.
        expected: u32,
    },
    /// A field of another wire.
    #[error("got wire {got} for field {field}, expected {expected}")]
    Wire {
        /// The field's number.
        field: u32,
        /// Its wire.
        got: u8,
        /// The wire of its type.
        expected: u8,
    },
    /// An unknown field of a wire that is unknown too.
    #[error("got wire {got}, expected 0, 1, 2 or 5")]
    UnknownWire {
        /// The wire.
        got: u8,
    },
    /// A byte array of another length.
    #[error("got an array of {got} bytes, expected {expected}")]
    Length {
        /// Its length.
        got: usize,
        /// Length of its type.
        expected: usize,
    },
    /// A byte that is neither true nor false.
    #[error("got {got:#04x}, expected 00 or 01")]
    Bool {
        /// The byte.
        got: u8,
    },
    /// A number beyond the bits of its type.
    #[error("got {got}, expected a number of {bits} bits")]
    Range {
        /// The number's two's complement.
        got: u64,
        /// Bits of the type.
        bits: u32,
    },
    /// A time beyond the years 1 to 9999, or with a second's worth of nanoseconds.
    #[error("got {seconds} seconds and {nanos} nanoseconds, expected a time of the years 1 to 9999")]
    Time {
        /// Seconds since 1970.
        seconds: i64,
        /// Nanoseconds.
        nanos: u64,
    },
    /// Text that is no UTF-8. [`Text`](super::Text) takes it as it is, as the reference does.
    #[error("got text that is not UTF-8")]
    Utf8,
    /// Text that is no whole number, or too large a one.
    #[error("got {got:?}, expected a whole number of 255 bits")]
    Number {
        /// The text.
        got: String,
    },
    /// The prefix of another type, or of none that is known.
    #[error("got prefix {got}, expected that of a registered type")]
    Prefix {
        /// The prefix in hex.
        got: String,
    },
    /// Bytes behind the value.
    #[error("expected the end, got {got} more bytes")]
    Surplus {
        /// How many.
        got: usize,
    },
}

/// Bytes that are read field by field.
///
/// ```
/// use bttc_core::amino::{FieldSource as _, Reader};
///
/// let mut reader = Reader::new(&[0x08, 0x96, 0x01]);
/// assert_eq!(reader.field::<u64>("id"), Ok(150));
/// assert_eq!(reader.field::<u64>("nonce"), Ok(0)); // not there
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// Number of the last field that was asked for.
    number: u32,
    /// Number of the last field that was there.
    last: u32,
}

impl<'a> Reader<'a> {
    /// Nothing read.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, number: 0, last: 0 }
    }

    /// Reads a varint, be it longer than need be.
    ///
    /// # Errors
    /// [`AminoError::End`], [`AminoError::Overflow`].
    pub fn uvarint(&mut self) -> Result<u64, AminoError> {
        let mut value = 0;
        for (place, &byte) in self.bytes.iter().enumerate().take(10) {
            if place == 9 && byte > 1 {
                return Err(AminoError::Overflow);
            }
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                self.bytes = self.bytes.get(place + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        let got = self.bytes.len();
        Err(AminoError::End { got, expected: u64::try_from(got).unwrap_or(u64::MAX).saturating_add(1) })
    }

    /// Reads so many bytes.
    ///
    /// # Errors
    /// [`AminoError::End`].
    pub fn take(&mut self, length: u64) -> Result<&'a [u8], AminoError> {
        let split = usize::try_from(length).ok().and_then(|length| self.bytes.split_at_checked(length));
        let (taken, rest) = split.ok_or(AminoError::End { got: self.bytes.len(), expected: length })?;
        self.bytes = rest;
        Ok(taken)
    }

    /// Reads all bytes that are left.
    pub fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.bytes)
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// That nothing is left.
    pub(super) const fn end(&self) -> Result<(), AminoError> {
        match self.bytes {
            [] => Ok(()),
            left => Err(AminoError::Surplus { got: left.len() }),
        }
    }

    /// Number and wire of the next key, without reading it, and what stands behind it.
    pub(super) fn key(&self) -> Result<(u32, u8, Self), AminoError> {
        let mut behind = self.clone();
        let key = behind.uvarint()?;
        let [low, ..] = (key & 7).to_le_bytes();
        match u32::try_from(key >> 3) {
            Ok(number) if number < 1 << 29 => Ok((number, low, behind)),
            _ => Err(AminoError::FieldNumber { got: key >> 3 }),
        }
    }

    /// Reads the key of this field if it comes next; `false` if a later field or the end does.
    pub(super) fn begins(&mut self, number: u32, shape: Shape) -> Result<bool, AminoError> {
        if self.bytes.is_empty() {
            return Ok(false);
        }
        let (got, wire, behind) = self.key()?;
        if got > number {
            return Ok(false);
        }
        if got < number {
            return Err(AminoError::Order { got, expected: number });
        }
        if wire != shape.wire() {
            return Err(AminoError::Wire { field: number, got: wire, expected: shape.wire() });
        }
        *self = Self { last: number, ..behind };
        Ok(true)
    }

    /// Reads a value behind its key.
    pub(super) fn value<F: Field>(&mut self) -> Result<F, AminoError> {
        match F::SHAPE {
            Shape::Varint | Shape::Fixed64 => F::read(self),
            Shape::Bytes => {
                let length = self.uvarint()?;
                F::read(&mut Reader::new(self.take(length)?))
            }
            Shape::Nested => {
                let before = self.bytes;
                let length = self.uvarint()?;
                let content = self.take(length)?;
                let mut inner = Reader::new(content);
                let value = F::read(&mut inner)?;
                // Q-06: the reader goes on by the shortest form of the length and by what the value made use of, so
                // the last bytes of a value with a longer length are read again, as the next field.
                let used = digits(length).1.saturating_add(content.len().saturating_sub(inner.bytes.len()));
                self.bytes = before.get(used..).unwrap_or_default();
                Ok(value)
            }
        }
    }

    /// Reads a value that has no key: bytes behind their length, fields without it.
    ///
    /// # Errors
    /// [`AminoError`].
    pub fn bare<F: Field>(&mut self) -> Result<F, AminoError> {
        match F::SHAPE {
            Shape::Bytes => self.value(),
            Shape::Varint | Shape::Fixed64 | Shape::Nested => F::read(self),
        }
    }

    /// Reads the prefix of this name.
    pub(super) fn prefix(&mut self, name: &str) -> Result<(), AminoError> {
        let got = self.take(4)?;
        if got == super::prefix(name) { Ok(()) } else { Err(unknown(got)) }
    }

    /// Reads the prefix of one of these names.
    pub(super) fn any_prefix(&mut self, names: &[&'static str]) -> Result<&'static str, AminoError> {
        let head = self.take(4)?;
        let found = if let [0, disambiguation @ ..] = head {
            // Q-07: eight bytes are taken too: 00, the three of the hash that are skipped, the prefix.
            let prefix = self.take(4)?;
            names.iter().find(|name| {
                let (three, four) = disambiguated(name);
                three == disambiguation && four == prefix
            })
        } else {
            names.iter().find(|name| super::prefix(name) == head)
        };
        found.copied().ok_or_else(|| unknown(head))
    }

    /// Reads the fields that nobody asked for.
    pub(super) fn skip_fields(&mut self) -> Result<(), AminoError> {
        while !self.bytes.is_empty() {
            let (got, wire, behind) = self.key()?;
            if got <= self.last {
                return Err(AminoError::Order { got, expected: self.last.saturating_add(1) });
            }
            *self = Self { last: got, ..behind };
            match wire {
                0 => self.uvarint().map(|_| ())?,
                1 => self.take(8).map(|_| ())?,
                2 => {
                    let length = self.uvarint()?;
                    self.take(length)?;
                }
                5 => self.take(4).map(|_| ())?,
                got => return Err(AminoError::UnknownWire { got }),
            }
        }
        Ok(())
    }
}

impl FieldSource for Reader<'_> {
    type Error = AminoError;

    fn field<F: Field>(&mut self, _: &'static str) -> Result<F, AminoError> {
        self.number = self.number.saturating_add(1);
        F::read_field(self.number, self)
    }
}

fn unknown(prefix: &[u8]) -> AminoError {
    AminoError::Prefix { got: alloy_primitives::hex::encode(prefix) }
}
