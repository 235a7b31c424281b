//! A JSON value with the path to it. Every reader ends in the value or in a failure that names the path.
//!
//! Integers are JSON numbers or decimal strings, bytes are hex with `0x`.

use crate::{failure::Failure, location::Location};
use alloy_primitives::{Address, B256, Bytes, FixedBytes, I256, U256, hex};
use core::fmt;
use serde_json::Value;

/// A value of a case.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    value: &'a Value,
    location: Location,
}

impl<'a> Field<'a> {
    pub(crate) fn new(value: &'a Value, location: Location) -> Self {
        Self { value, location }
    }

    /// The value itself.
    #[must_use]
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// Its path.
    pub fn location(&self) -> impl fmt::Display + '_ {
        &self.location
    }

    /// The failure that this value stands here and something else should.
    #[must_use]
    pub fn refused(&self, expected: impl fmt::Display) -> Failure {
        Failure::new(&self.location, self.value, expected)
    }

    /// The failure that the crates made this of the value, where it should have been taken.
    #[must_use]
    pub fn failed(&self, error: impl fmt::Display) -> Failure {
        Failure::new(&self.location, error, "it to be accepted")
    }

    /// A field of this object.
    ///
    /// # Errors
    /// A [`Failure`] when this is no object or has no such field.
    pub fn field(&self, name: &str) -> Result<Self, Failure> {
        let field = self.optional(name)?;
        field.ok_or_else(|| Failure::new(self.location.field(name), "nothing", "a value"))
    }

    /// A field of this object that may be absent.
    ///
    /// # Errors
    /// A [`Failure`] when this is no object.
    pub fn optional(&self, name: &str) -> Result<Option<Self>, Failure> {
        let map = self.value.as_object().ok_or_else(|| self.refused("an object"))?;
        let field = map.get(name);
        Ok(field.map(|value| Self::new(value, self.location.field(name))))
    }

    /// A field of this object, read by `read`; the type's default where there is none.
    ///
    /// # Errors
    /// A [`Failure`] when this is no object, or that of `read`.
    pub fn or_default<T: Default>(
        &self,
        name: &str,
        read: impl FnOnce(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.optional(name)?.map_or_else(|| Ok(T::default()), |field| read(&field))
    }

    /// The fields of this object.
    ///
    /// # Errors
    /// A [`Failure`] when this is no object.
    pub fn entries(&self) -> Result<Vec<(&'a str, Self)>, Failure> {
        let map = self.value.as_object().ok_or_else(|| self.refused("an object"))?;
        let entries = map.iter();
        Ok(entries.map(|(name, value)| (name.as_str(), Self::new(value, self.location.field(name)))).collect())
    }

    /// The items of this array.
    ///
    /// # Errors
    /// A [`Failure`] when this is no array.
    pub fn items(&self) -> Result<Vec<Self>, Failure> {
        let items = self.value.as_array().ok_or_else(|| self.refused("an array"))?;
        let items = items.iter().enumerate();
        Ok(items.map(|(place, value)| Self::new(value, self.location.index(place))).collect())
    }

    /// Each item of this array, read by `read`.
    ///
    /// # Errors
    /// A [`Failure`] when this is no array, or the first of `read`.
    pub fn list<T>(&self, read: impl FnMut(Self) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
        self.items()?.into_iter().map(read).collect()
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// Text.
    ///
    /// # Errors
    /// A [`Failure`] when it is none.
    pub fn text(&self) -> Result<&'a str, Failure> {
        self.value.as_str().ok_or_else(|| self.refused("text"))
    }

    /// True or false.
    ///
    /// # Errors
    /// A [`Failure`] when it is neither.
    pub fn flag(&self) -> Result<bool, Failure> {
        self.value.as_bool().ok_or_else(|| self.refused("true or false"))
    }

    /// An integer of 0 … 2⁶⁴ − 1.
    ///
    /// # Errors
    /// A [`Failure`] when it is none.
    pub fn u64(&self) -> Result<u64, Failure> {
        let number = self.decimal().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.refused("an integer of 64 bits"))
    }

    /// An integer of −2⁶³ … 2⁶³ − 1.
    ///
    /// # Errors
    /// A [`Failure`] when it is none.
    pub fn i64(&self) -> Result<i64, Failure> {
        let number = self.decimal().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.refused("a signed integer of 64 bits"))
    }

    /// An integer of 0 … 255.
    ///
    /// # Errors
    /// A [`Failure`] when it is none.
    pub fn u8(&self) -> Result<u8, Failure> {
        let number = self.decimal().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.refused("an integer of 8 bits"))
    }

    /// A place in memory.
    ///
    /// # Errors
    /// A [`Failure`] when it is none.
    pub fn index(&self) -> Result<usize, Failure> {
        let number = self.decimal().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.refused("an index"))
    }

    /// An integer of 0 … 2²⁵⁶ − 1.
    ///
    /// # Errors
    /// A [`Failure`] when it is none.
    pub fn u256(&self) -> Result<U256, Failure> {
        let number = self.decimal().and_then(|text| U256::from_str_radix(&text, 10).ok());
        number.ok_or_else(|| self.refused("an integer of 256 bits"))
    }

    /// An integer of −2²⁵⁵ … 2²⁵⁵ − 1.
    ///
    /// # Errors
    /// A [`Failure`] when it is none.
    pub fn i256(&self) -> Result<I256, Failure> {
        let number = self.decimal().and_then(|text| I256::from_dec_str(&text).ok());
        number.ok_or_else(|| self.refused("a signed integer of 256 bits"))
    }

    /// Bytes of any number.
    ///
    /// # Errors
    /// A [`Failure`] when it is no hex.
    pub fn bytes(&self) -> Result<Bytes, Failure> {
        self.hex().ok_or_else(|| self.refused("bytes in hex"))
    }

    /// Bytes of this number.
    ///
    /// # Errors
    /// A [`Failure`] when it is no hex of that many.
    pub fn fixed<const N: usize>(&self) -> Result<FixedBytes<N>, Failure> {
        let bytes = self.hex().and_then(|bytes| FixedBytes::try_from(bytes.as_ref()).ok());
        bytes.ok_or_else(|| self.refused(format_args!("{N} bytes in hex")))
    }

    /// 32 bytes.
    ///
    /// # Errors
    /// A [`Failure`] when it is no hex of that many.
    pub fn b256(&self) -> Result<B256, Failure> {
        self.fixed()
    }

    /// 20 bytes.
    ///
    /// # Errors
    /// A [`Failure`] when it is no hex of that many.
    pub fn address(&self) -> Result<Address, Failure> {
        self.fixed().map(Address)
    }

    /// Its bytes, where it is hex.
    pub(crate) fn hex(&self) -> Option<Bytes> {
        let digits = self.value.as_str()?.strip_prefix("0x")?;
        // The decoder would strip a second prefix.
        let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        plain.then(|| hex::decode(digits).ok().map(Bytes::from)).flatten()
    }

    /// Its decimal digits, where it is an integer: no sign but a minus, no leading zero.
    pub(crate) fn decimal(&self) -> Option<String> {
        let text = match self.value {
            Value::Number(number) if number.is_u64() || number.is_i64() => number.to_string(),
            Value::String(text) => text.clone(),
            _ => return None,
        };
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let whole = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let shortest = text == "0" || !digits.starts_with('0');
        (whole && shortest).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(value: &Value) -> Field<'_> {
        Field::new(value, Location::root("input"))
    }

    #[test]
    fn integers_are_numbers_or_decimal_strings() {
        for value in [json!(7), json!("7")] {
            assert_eq!(field(&value).u64(), Ok(7));
            assert_eq!(field(&value).i256(), Ok(I256::unchecked_from(7)));
        }
        for value in
            [json!("07"), json!("+7"), json!(" 7"), json!("7_0"), json!(""), json!("-"), json!("-0"), json!(7.0)]
        {
            assert!(field(&value).u64().is_err(), "{value}");
            assert!(field(&value).u256().is_err(), "{value}");
            assert!(field(&value).i256().is_err(), "{value}");
        }
        assert_eq!(field(&json!("-9")).i64(), Ok(-9));
        assert!(field(&json!(-9)).u256().is_err());
        assert!(field(&json!("9".repeat(100_000))).u256().is_err());
        assert!(field(&json!("9".repeat(100_000))).i256().is_err());
    }

    #[test]
    fn bytes_are_hex_with_one_prefix() {
        assert_eq!(field(&json!("0x")).bytes(), Ok(Bytes::new()));
        for value in [json!("0x0"), json!("00"), json!("0X00"), json!("0x0x00"), json!("0xgg"), json!("0xé0"), json!(0)]
        {
            assert!(field(&value).bytes().is_err(), "{value}");
        }
        let failure = field(&json!({"root": "0x00"})).field("root").and_then(|f| f.b256()).unwrap_err();
        assert_eq!(failure.to_string(), "input.root: got \"0x00\", expected 32 bytes in hex");
    }
}
