//! Writing the binary form.

use super::{Field, FieldSink, Shape};
use alloc::vec::Vec;

/// Bytes that grow field by field.
///
/// ```
/// use bttc_core::amino::Writer;
///
/// let mut writer = Writer::new();
/// writer.uvarint_field(1, 150).bytes_field(2, b"tron").uvarint_field(3, 0);
/// assert_eq!(writer.into_bytes(), [0x08, 0x96, 0x01, 0x12, 0x04, b't', b'r', b'o', b'n']);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    /// Number of the last field of the struct that is being written.
    number: u32,
}

impl Writer {
    /// Nothing written.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), number: 0 }
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Writes a varint: seven bits a byte, the lowest first, the top bit set on all but the last.
    pub fn uvarint(&mut self, value: u64) {
        let (digits, length) = digits(value);
        self.bytes.extend(digits.into_iter().take(length));
    }

    /// Writes these bytes.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes the content and its length in front.
    pub fn delimited(&mut self, content: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        let number = core::mem::take(&mut self.number);
        content(self);
        self.number = number;
        let length = u64::try_from(self.bytes.len().saturating_sub(start)).unwrap_or(u64::MAX);
        let (digits, size) = digits(length);
        self.bytes.splice(start..start, digits.into_iter().take(size));
    }

    /// Writes a varint with its key, nothing for zero.
    pub fn uvarint_field(&mut self, number: u32, value: u64) -> &mut Self {
        if value != 0 {
            self.key(number, Shape::Varint);
            self.uvarint(value);
        }
        self
    }

    /// Writes bytes with their key and length, nothing for none.
    pub fn bytes_field(&mut self, number: u32, bytes: &[u8]) -> &mut Self {
        if !bytes.is_empty() {
            self.key(number, Shape::Bytes);
            self.delimited(|writer| writer.raw(bytes));
        }
        self
    }

    /// Writes fields as one field, be it of no bytes.
    pub fn nested_field(&mut self, number: u32, content: impl FnOnce(&mut Self)) -> &mut Self {
        self.key(number, Shape::Nested);
        self.delimited(content);
        self
    }

    /// Writes a value without key: bytes behind their length, fields without it.
    pub fn bare<F: Field>(&mut self, value: &F) {
        match F::SHAPE {
            Shape::Bytes => self.delimited(|writer| value.write(writer)),
            Shape::Varint | Shape::Fixed64 | Shape::Nested => value.write(self),
        }
    }

    /// Writes a value with its key.
    pub(super) fn always<F: Field>(&mut self, number: u32, value: &F) {
        self.key(number, F::SHAPE);
        match F::SHAPE {
            Shape::Varint | Shape::Fixed64 => value.write(self),
            Shape::Bytes | Shape::Nested => self.delimited(|writer| value.write(writer)),
        }
    }

    /// Writes a value with its key, and takes both back if the value is the single byte 00.
    pub(super) fn unless_zero<F: Field>(&mut self, number: u32, value: &F) {
        let before = self.bytes.len();
        self.always(number, value);
        let key = digits(key(number, F::SHAPE)).1;
        if self.bytes.get(before.saturating_add(key)..) == Some(&[0]) {
            self.bytes.truncate(before);
        }
    }

    fn key(&mut self, number: u32, shape: Shape) {
        self.uvarint(key(number, shape));
    }
}

impl FieldSink for Writer {
    fn field<F: Field>(&mut self, _: &'static str, value: &F) -> &mut Self {
        self.number = self.number.saturating_add(1);
        value.write_field(self.number, self);
        self
    }
}

fn key(number: u32, shape: Shape) -> u64 {
    u64::from(number) << 3 | u64::from(shape.wire())
}

/// The bytes of a varint, and how many of them count.
pub(super) fn digits(mut value: u64) -> ([u8; 10], usize) {
    let mut digits = [0; 10];
    let mut length = 0;
    for digit in &mut digits {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        length += 1;
        if value == 0 {
            *digit = low;
            break;
        }
        *digit = low | 0x80;
    }
    (digits, length)
}
