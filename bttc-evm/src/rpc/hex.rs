//! How values are written: quantities without leading zeros, bytes in pairs of digits.

use alloy_primitives::{Address, B256, Bytes, U256, hex};
use serde_json::Value;

/// A quantity of 64 bits.
pub(super) fn quantity(number: u64) -> Value {
    format!("{number:#x}").into()
}

/// A count of things in memory.
pub(super) fn count(number: usize) -> Value {
    format!("{number:#x}").into()
}

/// A quantity of 256 bits.
pub(super) fn word(number: U256) -> Value {
    format!("{number:#x}").into()
}

/// Bytes.
pub(super) fn bytes(bytes: &[u8]) -> Value {
    hex::encode_prefixed(bytes).into()
}

/// An address, in lower case.
pub(super) fn address(address: Address) -> Value {
    bytes(address.as_slice())
}

/// A hash.
pub(super) fn hash(hash: B256) -> Value {
    bytes(hash.as_slice())
}

/// Why hex cannot be read, in the reference's words.
///
/// Source: `bttc:common/hexutil/hexutil.go:46-56`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HexError {
    #[error("empty hex string")]
    Empty,
    #[error("hex string without 0x prefix")]
    Prefix,
    #[error("hex string \"0x\"")]
    NoDigits,
    #[error("hex string of odd length")]
    Odd,
    #[error("invalid hex string")]
    Syntax,
    #[error("hex number with leading zero digits")]
    LeadingZero,
    #[error("hex number > {0} bits")]
    Range(u16),
}

/// Digits behind the prefix.
fn digits(text: &str) -> Result<&str, HexError> {
    if text.is_empty() {
        return Err(HexError::Empty);
    }
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).ok_or(HexError::Prefix)
}

/// Reads a quantity of at most so many bits.
fn number(text: &str, bits: u16) -> Result<U256, HexError> {
    let digits = digits(text)?;
    if digits.is_empty() {
        return Err(HexError::NoDigits);
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return Err(HexError::LeadingZero);
    }
    if digits.len() > usize::from(bits / 4) {
        return Err(HexError::Range(bits));
    }
    if !is_plain(digits) {
        return Err(HexError::Syntax);
    }
    U256::from_str_radix(digits, 16).map_err(|_| HexError::Syntax)
}

fn is_plain(digits: &str) -> bool {
    digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Reads a quantity of 64 bits.
pub(super) fn read_u64(text: &str) -> Result<u64, HexError> {
    u64::try_from(number(text, 64)?).map_err(|_| HexError::Range(64))
}

/// Reads a height: digit by digit, so that a wrong one is told before the first too many.
pub(super) fn read_height(text: &str) -> Result<u64, HexError> {
    let height = read_u64(text);
    if height == Err(HexError::Range(64)) && !digits(text)?.get(..17).is_some_and(is_plain) {
        return Err(HexError::Syntax);
    }
    height
}

/// Reads a quantity of 256 bits.
pub(super) fn read_word(text: &str) -> Result<U256, HexError> {
    number(text, 256)
}

/// Reads bytes.
pub(super) fn read_bytes(text: &str) -> Result<Bytes, HexError> {
    let digits = digits(text)?;
    if !digits.len().is_multiple_of(2) {
        return Err(HexError::Odd);
    }
    let bytes = is_plain(digits).then(|| hex::decode(digits).ok()).flatten();
    bytes.map(Bytes::from).ok_or(HexError::Syntax)
}

/// Reads bytes in whose digits a wrong one is told before an odd number of them.
pub(super) fn read_pairs(text: &str) -> Result<Bytes, HexError> {
    let digits = digits(text)?;
    if is_plain(digits) { read_bytes(text) } else { Err(HexError::Syntax) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_in_their_one_form() {
        assert_eq!(read_u64("0x10"), Ok(16));
        assert_eq!(read_u64("0x"), Err(HexError::NoDigits));
        assert_eq!(read_u64("0x01"), Err(HexError::LeadingZero));
        assert_eq!(read_u64("5"), Err(HexError::Prefix));
        assert_eq!(read_u64("0x10000000000000000"), Err(HexError::Range(64)));
        assert_eq!(read_word("0xg"), Err(HexError::Syntax));
        assert_eq!(read_u64("0x1_0"), Err(HexError::Syntax));
        assert_eq!(read_u64("0xg0000000000000000"), Err(HexError::Range(64)));
        assert_eq!(read_height("0xg0000000000000000"), Err(HexError::Syntax));
        assert_eq!(read_height("0x10000000000000000g"), Err(HexError::Range(64)));
        assert_eq!((read_bytes("0xg"), read_pairs("0xg")), (Err(HexError::Odd), Err(HexError::Syntax)));
        assert_eq!(read_pairs("0x0"), Err(HexError::Odd));
        assert_eq!(read_bytes("0x0"), Err(HexError::Odd));
    }
}
