//! The contract's RLP reader: permissive, and model of itself.
//!
//! | first byte b | item | payload at |
//! |---|---|---|
//! | 00 … 7f | 1 | 0 |
//! | 80 … b7 | 1 + (b − 80) | 1 |
//! | b8 … bf | 1 + (b − b7) + n | 1 + (b − b7) |
//! | c0 … f7 | 1 + (b − c0) | 1 |
//! | f8 … ff | 1 + (b − f7) + n | 1 + (b − f7) |
//!
//! n is big-endian in the (b − b7) or (b − f7) bytes behind b. Nothing has to be minimal.
//!
//! Source: `withdrawal-proofs §3.5; pos-portal:contracts/lib/RLPReader.sol:23-261`.

use super::ReaderError;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};

/// A stretch of memory taken for an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    memory: &'a [u8],
    start: usize,
    length: usize,
}

/// How long an item that starts here is, by its first bytes, and how far in its payload begins.
// length bytes past the end of the memory are read as zero.
fn head(memory: &[u8], start: usize) -> (usize, usize) {
    let byte = |at: usize| memory.get(start.saturating_add(at)).copied().unwrap_or(0);
    let long = |digits: u8| {
        let digits = usize::from(digits);
        // What does not fit a machine word is longer than any memory.
        let length =
            (1..=digits).fold(0_usize, |length, at| length.saturating_mul(256).saturating_add(usize::from(byte(at))));
        ((1 + digits).saturating_add(length), 1 + digits)
    };
    match byte(0) {
        0..0x80 => (1, 0),
        b @ 0x80..=0xb7 => (1 + usize::from(b - 0x80), 1),
        b @ 0xb8..=0xbf => long(b - 0xb7),
        b @ 0xc0..=0xf7 => (1 + usize::from(b - 0xc0), 1),
        b @ 0xf8..=0xff => long(b - 0xf7),
    }
}

impl<'a> Item<'a> {
    /// All of these bytes as one item.
    pub(super) const fn new(bytes: &'a [u8]) -> Result<Self, ReaderError> {
        if bytes.is_empty() {
            return Err(ReaderError::NoBytes);
        }
        Ok(Self { memory: bytes, start: 0, length: bytes.len() })
    }

    fn is_list(&self) -> bool {
        self.memory.get(self.start).is_some_and(|byte| *byte >= 0xc0)
    }

    fn encoded_length(&self) -> usize {
        head(self.memory, self.start).0
    }

    /// Its raw encoding.
    pub(super) fn raw(&self) -> &'a [u8] {
        self.slice(0)
    }

    fn slice(&self, offset: usize) -> &'a [u8] {
        let end = self.start.saturating_add(self.length);
        self.memory.get(self.start.saturating_add(offset)..end).unwrap_or_default()
    }

    fn payload(&self) -> &'a [u8] {
        self.slice(head(self.memory, self.start).1)
    }

    pub(super) fn to_list(self) -> Result<Vec<Self>, ReaderError> {
        if !self.is_list() {
            return Err(ReaderError::NotList);
        }
        let end = self.start.saturating_add(self.length);
        let mut cursor = self.start.saturating_add(head(self.memory, self.start).1);
        let mut items = Vec::new();
        while cursor < end {
            let (length, _) = head(self.memory, cursor);
            let next = cursor.saturating_add(length);
            if next > end {
                return Err(ReaderError::Items);
            }
            items.push(Self { memory: self.memory, start: cursor, length });
            cursor = next;
        }
        if self.encoded_length() != self.length {
            return Err(ReaderError::ListLength);
        }
        Ok(items)
    }

    // leading zeros and needless prefixes are accepted, and count for nothing in what is made of the value.
    pub(super) fn to_uint(self) -> Result<U256, ReaderError> {
        if self.is_list() {
            return Err(ReaderError::ListAsUint);
        }
        if self.length > 33 {
            return Err(ReaderError::UintLength);
        }
        if self.encoded_length() != self.length {
            return Err(ReaderError::UintItem);
        }
        // At most 33 bytes of which at least one is no payload, unless it is the only one.
        Ok(U256::try_from_be_slice(self.payload()).unwrap_or_default())
    }

    /// The 32 bytes behind the first, whatever the first says.
    pub(super) fn to_word(self) -> Result<B256, ReaderError> {
        if self.encoded_length() != self.length {
            return Err(ReaderError::WordItem);
        }
        if self.length != 33 {
            return Err(ReaderError::WordLength);
        }
        B256::try_from(self.slice(1)).map_err(|_| ReaderError::WordLength)
    }

    pub(super) fn to_address(self) -> Result<Address, ReaderError> {
        if self.is_list() {
            return Err(ReaderError::ListAsAddress);
        }
        if self.length != 21 {
            return Err(ReaderError::AddressLength);
        }
        self.to_uint().map(low_address)
    }

    // a list passes as bytes; its payload is what is had.
    pub(super) fn to_bytes(self) -> Result<&'a [u8], ReaderError> {
        if self.encoded_length() != self.length {
            return Err(ReaderError::BytesItem);
        }
        Ok(self.payload())
    }
}

/// The lowest 160 bits.
pub(super) fn low_address(word: U256) -> Address {
    Address::from_word(B256::from(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uint(bytes: &[u8]) -> Result<U256, ReaderError> {
        Item::new(bytes)?.to_uint()
    }

    #[test]
    fn q56_length_bytes_behind_the_memory_are_zero() {
        // A string that announces two length bytes and has none is three bytes long, not one.
        assert_eq!(uint(&[0xb9]), Err(ReaderError::UintItem));
        assert_eq!(head(&[0xb9], 0), (3, 3));
        assert_eq!(head(&[0xb9, 1], 0), (3 + 256, 3));
    }

    #[test]
    fn q57_an_integer_has_many_encodings() {
        for bytes in [&[5][..], &[0x81, 5], &[0x82, 0, 5], &[0xb8, 1, 5]] {
            assert_eq!(uint(bytes), Ok(U256::from(5)), "{bytes:02x?}");
        }
        assert_eq!((uint(&[0x80]), uint(&[0])), (Ok(U256::ZERO), Ok(U256::ZERO)));
        assert_eq!(uint(&[0xa1; 34]), Err(ReaderError::UintLength));
    }

    #[test]
    fn q58_a_list_passes_as_bytes() {
        assert_eq!(Item::new(&[0xc2, 1, 2]).unwrap().to_bytes(), Ok(&[1, 2][..]));
        assert_eq!(Item::new(&[0xc2, 1]).unwrap().to_bytes(), Err(ReaderError::BytesItem));
    }

    #[test]
    fn a_spare_zero_is_first_an_item_and_then_one_too_many() {
        assert_eq!(Item::new(&[0xc1, 1, 0]).unwrap().to_list().unwrap_err(), ReaderError::ListLength);
        assert_eq!(Item::new(&[0xc1, 1, 0x82]).unwrap().to_list().unwrap_err(), ReaderError::Items);
    }
}
