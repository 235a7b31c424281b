//! Addresses of accounts and contracts.

use alloc::string::String;
use alloy_primitives::Address;
use core::{fmt, str::FromStr};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An address on TRON; one body has exactly one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TronAddress(Address);

/// Why a text or bytes are no TRON address, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TronAddressError {
    /// A character that base58 does not have.
    #[error("character {character:?} at {index} is not base58")]
    Character {
        /// The first such character.
        character: char,
        /// Its byte position in the text.
        index: usize,
    },
    /// Too many or too few bytes.
    #[error("got {got} bytes, expected {expected}")]
    Length {
        /// Bytes there are.
        got: usize,
        /// 25 for text (prefix, body, checksum), 21 for bytes.
        expected: usize,
    },
    /// The last four bytes are not the checksum of the others.
    #[error("got a checksum of {got:02x?}, expected {expected:02x?}")]
    Checksum {
        /// Checksum in the text.
        got: [u8; 4],
        /// Checksum of its other bytes.
        expected: [u8; 4],
    },
    /// The first byte is not TRON's.
    #[error("got prefix {got:#04x}, expected 0x41")]
    Prefix {
        /// The first byte.
        got: u8,
    },
}

impl TronAddress {
    /// First byte of every address.
    pub const PREFIX: u8 = 0x41;

    /// Bytes of the text form: prefix, body, checksum.
    const TEXT_BYTES: usize = 25;

    /// More text than any address has: base58 work grows with the square of the length.
    const MAX_TEXT: usize = 128;

    /// The address with this body.
    #[must_use]
    pub const fn new(body: Address) -> Self {
        Self(body)
    }

    /// The 20 bytes that contracts see.
    #[must_use]
    pub const fn body(self) -> Address {
        self.0
    }

    /// The 21-byte form.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 21] {
        let mut bytes = [Self::PREFIX; 21];
        bytes[1..].copy_from_slice(self.0.as_slice());
        bytes
    }

    /// From the 21-byte form.
    ///
    /// # Errors
    /// [`TronAddressError::Length`], then [`TronAddressError::Prefix`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TronAddressError> {
        let whole: [u8; 21] =
            bytes.try_into().map_err(|_| TronAddressError::Length { got: bytes.len(), expected: 21 })?;
        let [prefix, body @ ..] = whole;
        if prefix == Self::PREFIX {
            Ok(Self(Address::from(body)))
        } else {
            Err(TronAddressError::Prefix { got: prefix })
        }
    }
}

impl FromStr for TronAddress {
    type Err = TronAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let foreign = |c: &(usize, char)| !c.1.is_ascii_alphanumeric() || matches!(c.1, '0' | 'O' | 'I' | 'l');
        if let Some((index, character)) = text.char_indices().find(foreign) {
            return Err(TronAddressError::Character { character, index });
        }
        if text.len() > Self::MAX_TEXT {
            return Err(TronAddressError::Length { got: text.len(), expected: Self::TEXT_BYTES });
        }
        let decoded = bs58::decode(text).into_vec().unwrap_or_default();
        let whole: [u8; Self::TEXT_BYTES] = decoded
            .as_slice()
            .try_into()
            .map_err(|_| TronAddressError::Length { got: decoded.len(), expected: Self::TEXT_BYTES })?;
        let (address, checksum) = whole.split_at(Self::TEXT_BYTES - 4);
        match bs58::decode(text).with_check(None).into_vec() {
            Ok(_) => Self::from_bytes(address),
            Err(bs58::decode::Error::InvalidChecksum { expected_checksum: expected, .. }) => {
                let got = checksum.try_into().unwrap_or_default();
                Err(TronAddressError::Checksum { got, expected })
            }
            Err(_) => Err(TronAddressError::Length { got: decoded.len(), expected: Self::TEXT_BYTES }),
        }
    }
}

impl fmt::Display for TronAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.to_bytes()).with_check().into_string())
    }
}

impl fmt::Debug for TronAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<TronAddress> for Address {
    fn from(address: TronAddress) -> Self {
        address.0
    }
}

impl Serialize for TronAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TronAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
