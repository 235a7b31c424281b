//! Whole numbers as texts: amounts and fees of messages.

use alloy_primitives::{I256, U256};
use bttc_core::{
    amino::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Writer},
    amount::Amount,
};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A whole number between −(2²⁵⁵ − 1) and 2²⁵⁵ − 1, or none. It counts base units, 10⁻¹⁸ BTT; every form of it is a
/// decimal text.
///
/// None is not zero: it is what a field holds that was not in the message. It is written as 0, and checks that look at
/// its sign break off.
///
/// Source: `validation-layer §1.1; cosmos-sdk fork types/int.go:30-60, 323-345`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignedAmount(Option<I256>);

impl SignedAmount {
    /// The number; `None` if there is none, or it is −2²⁵⁵.
    #[must_use]
    pub fn new(number: I256) -> Option<Self> {
        (number != I256::MIN).then_some(Self(Some(number)))
    }

    /// The number; 0 where there is none.
    #[must_use]
    pub fn number(self) -> I256 {
        self.0.unwrap_or_default()
    }

    /// Whether the message had it.
    #[must_use]
    pub const fn is_present(self) -> bool {
        self.0.is_some()
    }

    /// The amount, if it is not negative.
    #[must_use]
    pub fn to_amount(self) -> Option<Amount> {
        U256::try_from(self.number()).ok().map(Amount::from_word)
    }

    /// The amount without its sign.
    #[must_use]
    pub fn magnitude(self) -> Amount {
        Amount::from_word(self.number().unsigned_abs())
    }

    /// Reads a text.
    // Q-400: a number is read like a literal of Go: `0x`, `0o`, `0b` or a leading zero name another base, `+` is a sign,
    // and underscores part digits. It is written back in decimal digits.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (negative, digits) = match text {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        let magnitude = I256::try_from(magnitude(digits)?).ok()?;
        Some(Self(Some(if negative { magnitude.checked_neg()? } else { magnitude })))
    }
}

/// The number of a literal without sign.
fn magnitude(literal: &[u8]) -> Option<U256> {
    let (base, digits, before) = match literal {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits, b'0'),
        [b'0', b'o' | b'O', digits @ ..] => (8, digits, b'0'),
        [b'0', b'b' | b'B', digits @ ..] => (2, digits, b'0'),
        [b'0'] => return Some(U256::ZERO),
        [b'0', digits @ ..] => (8, digits, b'0'),
        digits => (10, digits, b'_'),
    };
    let (mut number, mut before) = (U256::ZERO, before);
    for &digit in digits {
        // An underscore stands between digits, or between prefix and digit.
        if digit == b'_' && before == b'_' {
            return None;
        }
        if digit != b'_' {
            let value = char::from(digit).to_digit(base)?;
            number = number.checked_mul(U256::from(base))?.checked_add(U256::from(value))?;
        }
        before = digit;
    }
    let read = digits.iter().any(|&digit| digit != b'_');
    (read && before != b'_').then_some(number)
}

impl From<Amount> for SignedAmount {
    /// The amount, at most 2²⁵⁵ − 1.
    fn from(amount: Amount) -> Self {
        Self(Some(I256::try_from(amount.to_word()).unwrap_or(I256::MAX)))
    }
}

impl fmt::Display for SignedAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => fmt::Display::fmt(&number, f),
            None => f.write_str("<nil>"),
        }
    }
}

impl fmt::Debug for SignedAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Field for SignedAmount {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(self.number().to_string().as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let text = from.rest();
        Self::parse(text).ok_or_else(|| AminoError::Number { got: String::from_utf8_lossy(text).into_owned() })
    }

    fn to_json(&self, _: JsonForm) -> Json {
        Json::Text(self.number().to_string().as_str().into())
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let number = if let Json::Text(text) = json { Self::parse(text.as_bytes()) } else { None };
        number.ok_or_else(|| JsonError::unexpected("a text of a whole number of 255 bits", json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        SignedAmount::parse(text.as_bytes()).map(|number| number.to_string())
    }

    #[test]
    fn q400_a_number_is_read_like_a_literal() {
        // Answers of Go's big.Int.SetString with base 0.
        let read_as = [
            ("0", "0"),
            ("-0", "0"),
            ("+5", "5"),
            ("-12", "-12"),
            ("0x1F", "31"),
            ("-0Xff", "-255"),
            ("0o17", "15"),
            ("017", "15"),
            ("0b101", "5"),
            ("1_000", "1000"),
            ("0x_1", "1"),
            ("0_7", "7"),
            ("00", "0"),
        ];
        for (text, number) in read_as {
            assert_eq!(read(text).as_deref(), Some(number), "{text:?}");
        }
        for text in [
            "", "-", "+", "--1", "1 ", " 1", "1.0", "1e3", "08", "0x", "0x_", "0_", "-0_", "0__", "_1", "1_", "1__0",
            "0b2", "ab",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_number_has_255_bits() {
        let most: U256 = (U256::from(1) << 255) - U256::from(1);
        assert_eq!(read(&most.to_string()), Some(most.to_string()));
        assert_eq!(read(&format!("-{most}")), Some(format!("-{most}")));
        assert_eq!(read(&(most + U256::from(1)).to_string()), None);
        assert_eq!(read(&format!("-{}", most + U256::from(1))), None);
        assert_eq!(SignedAmount::new(I256::MIN), None);
        assert_eq!(read(&format!("{}5", "0".repeat(500))), Some("5".to_owned()));
    }

    #[test]
    fn what_is_not_there_is_written_as_zero() {
        let none = SignedAmount::default();
        assert!(!none.is_present());
        assert_eq!(
            (none.to_string().as_str(), none.to_json(JsonForm::Amino).to_string().as_str()),
            ("<nil>", r#""0""#)
        );
        assert_eq!(none.to_amount(), Some(Amount::ZERO));
        let debt = SignedAmount::parse(b"-7").unwrap();
        assert_eq!((debt.to_amount(), debt.magnitude()), (None, Amount::from_units(7)));
        assert_eq!(SignedAmount::from(Amount::from_btt(1)).to_string(), "1000000000000000000");
    }
}
