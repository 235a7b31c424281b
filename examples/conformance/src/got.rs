//! What came out, and its comparison with what was recorded.
//!
//! | out | recorded |
//! |---|---|
//! | integer | number or decimal string |
//! | bytes, hash, address | hex with `0x` |
//! | nothing | `null` |
//! | list | array of the same length |
//! | object | object; a field not recorded is passed over, a field that did not come out is not |
//! | map | object with the same keys |

use crate::{failure::Failure, field::Field};
use alloc::collections::{BTreeMap, BTreeSet};
use alloy_primitives::{Address, Bytes, FixedBytes, I256, U256, hex};
use core::fmt;

/// A value that came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Got {
    /// `null`.
    Nothing,
    /// True or false.
    Flag(bool),
    /// An integer's decimal digits.
    Integer(String),
    /// Text.
    Text(String),
    /// Bytes, shown in hex.
    Bytes(Bytes),
    /// A JSON number, in this form and no other.
    Number(serde_json::Number),
    /// Values in order.
    List(Vec<Self>),
    /// Values by name.
    Object(Vec<(String, Self)>),
    /// Values by key, where a key that is not recorded has no value.
    Map(BTreeMap<String, Self>),
}

impl Got {
    /// Values in order.
    pub fn list(items: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// Values by name.
    pub fn object<'n>(fields: impl IntoIterator<Item = (&'n str, Self)>) -> Self {
        let fields = fields.into_iter();
        Self::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Values by key, where a key that is not recorded has no value.
    pub fn map(entries: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self::Map(entries.into_iter().collect())
    }

    pub(crate) fn compare(&self, recorded: &Field<'_>) -> Result<(), Failure> {
        let same = match self {
            Self::Nothing => recorded.is_null(),
            Self::Flag(flag) => recorded.value().as_bool() == Some(*flag),
            Self::Integer(digits) => recorded.decimal().is_some_and(|text| text == *digits),
            // Read like the recorded one, which the reader rounds.
            Self::Number(number) => {
                let read: Option<serde_json::Number> = serde_json::from_str(&number.to_string()).ok();
                recorded.value().as_number() == read.as_ref()
            }
            Self::Text(text) => recorded.value().as_str() == Some(text),
            Self::Bytes(bytes) => recorded.hex().is_some_and(|recorded| recorded == *bytes),
            Self::List(items) => match recorded.items() {
                Ok(recorded) if recorded.len() == items.len() => {
                    let mut pairs = items.iter().zip(&recorded);
                    return pairs.try_for_each(|(item, recorded)| item.compare(recorded));
                }
                _ => false,
            },
            Self::Object(fields) => match recorded.entries() {
                Ok(recorded) => {
                    return recorded.into_iter().try_for_each(|(name, recorded)| {
                        match fields.iter().find(|(field, _)| field == name) {
                            Some((_, value)) => value.compare(&recorded),
                            None => Err(Failure::new(recorded.location(), "no such field", recorded.value())),
                        }
                    });
                }
                Err(_) => false,
            },
            Self::Map(entries) => match recorded.entries() {
                Ok(fields) => {
                    for (name, field) in &fields {
                        match entries.get(*name) {
                            Some(value) => value.compare(field)?,
                            None => return Err(Failure::new(field.location(), "nothing", field.value())),
                        }
                    }
                    let recorded_names: BTreeSet<&str> = fields.iter().map(|(name, _)| *name).collect();
                    let missing = entries.iter().find(|(name, _)| !recorded_names.contains(name.as_str()));
                    return missing.map_or(Ok(()), |(name, value)| {
                        Err(Failure::new(format_args!("{}[{name:?}]", recorded.location()), value, "nothing"))
                    });
                }
                Err(_) => false,
            },
        };
        if same { Ok(()) } else { Err(Failure::new(recorded.location(), self, recorded.value())) }
    }
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Integer(digits) => f.write_str(digits),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) => write!(f, "\"0x{}\"", hex::encode(bytes)),
            Self::List(items) => {
                f.write_str("[")?;
                for (place, item) in items.iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(fields) => {
                f.write_str("{")?;
                for (place, (name, value)) in fields.iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    write!(f, "{comma}{name:?}:{value}")?;
                }
                f.write_str("}")
            }
            Self::Map(entries) => {
                f.debug_map().entries(entries.iter().map(|(name, value)| (name, Shown(value)))).finish()
            }
        }
    }
}

/// Prints a value as itself where a debug form is asked.
struct Shown<'a>(&'a Got);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0, f)
    }
}

macro_rules! integer {
    ($($type:ty)*) => {
        $(impl From<$type> for Got {
            fn from(number: $type) -> Self {
                Self::Integer(number.to_string())
            }
        })*
    };
}

integer!(u8 u32 u64 u128 usize i32 i64 i128 U256 I256);

impl From<bool> for Got {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&str> for Got {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Got {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Bytes> for Got {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Got {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Bytes::copy_from_slice(bytes))
    }
}

impl<const N: usize> From<FixedBytes<N>> for Got {
    fn from(bytes: FixedBytes<N>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<const N: usize> From<[u8; N]> for Got {
    fn from(bytes: [u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl From<Address> for Got {
    fn from(address: Address) -> Self {
        Self::from(address.as_slice())
    }
}

impl From<Vec<u8>> for Got {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Got {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::Location;
    use serde_json::{Value, json};

    fn compare(got: impl Into<Got>, recorded: &Value) -> Result<(), String> {
        let recorded = Field::new(recorded, Location::root("expect"));
        got.into().compare(&recorded).map_err(|failure| failure.to_string())
    }

    #[test]
    fn values_compare_by_meaning() {
        assert_eq!(compare(7_u64, &json!(7)), Ok(()));
        assert_eq!(compare(7_u64, &json!("7")), Ok(()));
        assert_eq!(compare(-7_i64, &json!(-7)), Ok(()));
        assert_eq!(compare(None::<u64>, &json!(null)), Ok(()));
        assert_eq!(compare([1, 0xab], &json!("0x01AB")), Ok(()));
        assert_eq!(compare(true, &json!(1)), Err("expect: got true, expected 1".to_owned()));
        assert_eq!(compare("7", &json!(7)), Err("expect: got \"7\", expected 7".to_owned()));
        assert!(compare(0_u64, &json!(null)).is_err());
        assert!(compare(0_u64, &json!(0.0)).is_err());
    }

    #[test]
    fn a_map_has_the_recorded_keys_and_no_others() {
        let got = Got::map([("a".to_owned(), 1_u64.into()), ("b".to_owned(), 2_u64.into())]);
        assert_eq!(compare(got.clone(), &json!({"a": 1, "b": 2})), Ok(()));
        let error = compare(got.clone(), &json!({"b": 2}));
        assert_eq!(error, Err("expect[\"a\"]: got 1, expected nothing".to_owned()));
        let error = compare(got.clone(), &json!({"a": 1, "b": 2, "c": 3}));
        assert_eq!(error, Err("expect.c: got nothing, expected 3".to_owned()));
        assert_eq!(compare(got, &json!(7)), Err("expect: got {\"a\": 1, \"b\": 2}, expected 7".to_owned()));
    }

    #[test]
    fn a_difference_is_found_deep_inside() {
        let got = Got::list([Got::object([("power", 1_u64.into()), ("signer", [1].into())])]);
        assert_eq!(compare(got.clone(), &json!([{"power": 1}])), Ok(()));
        let error = compare(got.clone(), &json!([{"power": 2}]));
        assert_eq!(error, Err("expect[0].power: got 1, expected 2".to_owned()));
        let error = compare(got.clone(), &json!([{"other": 2}]));
        assert_eq!(error, Err("expect[0].other: got no such field, expected 2".to_owned()));
        assert!(compare(got, &json!([])).is_err());
    }
}
