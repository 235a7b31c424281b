//! Positional parameters, read one after the other, with the reference's words for what is wrong with them.
//!
//! Source: `bttc:rpc/json.go:253-316, bttc:rpc/types.go:58-209`.

use super::{
    RpcError,
    hex::{self, HexError},
};
use alloy_primitives::{Address, B256, Bytes, U256};
use core::fmt;
use serde_json::{Map, Value};

/// Parameters not yet read.
#[derive(Debug)]
pub(super) struct Params<'a> {
    /// `None` where they are no list.
    items: Option<&'a [Value]>,
    read: usize,
}

/// Why a parameter cannot be read.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) String);

impl From<HexError> for Unreadable {
    fn from(error: HexError) -> Self {
        Self(error.to_string())
    }
}

impl<'a> Params<'a> {
    /// The parameters of a request; none count as an empty list.
    pub(super) fn new(params: &'a Value) -> Self {
        let items: Option<&[Value]> = match params {
            Value::Null => Some(&[]),
            Value::Array(items) => Some(items),
            _ => None,
        };
        Self { items, read: 0 }
    }

    fn items(&self) -> Result<&'a [Value], RpcError> {
        self.items.ok_or_else(|| RpcError::params("non-array args"))
    }

    /// The next one; it may be absent.
    pub(super) fn optional<T>(
        &mut self,
        read: impl FnOnce(&'a Value) -> Result<T, Unreadable>,
    ) -> Result<Option<T>, RpcError> {
        let Some(value) = self.items()?.get(self.read) else {
            return Ok(None);
        };
        let place = self.read;
        self.read = place.saturating_add(1);
        let value = read(value);
        value.map(Some).map_err(|Unreadable(error)| RpcError::params(format_args!("invalid argument {place}: {error}")))
    }

    /// The next one, where null stands for none.
    pub(super) fn nullable<T>(
        &mut self,
        read: impl FnOnce(&'a Value) -> Result<T, Unreadable>,
    ) -> Result<Option<T>, RpcError> {
        let value = self.optional(|value| if value.is_null() { Ok(None) } else { read(value).map(Some) })?;
        Ok(value.flatten())
    }

    /// The next one, which must be there.
    pub(super) fn required<T>(&mut self, read: impl FnOnce(&'a Value) -> Result<T, Unreadable>) -> Result<T, RpcError> {
        let place = self.read;
        let value = self.optional(read)?;
        value.ok_or_else(|| RpcError::params(format_args!("missing value for required argument {place}")))
    }

    /// There are no more.
    pub(super) fn end(self) -> Result<(), RpcError> {
        if self.items()?.len() > self.read {
            return Err(RpcError::params(format_args!("too many arguments, want at most {}", self.read)));
        }
        Ok(())
    }
}

/// What the Go decoder says of a value of the wrong form.
pub(super) fn mistyped(value: &Value, wanted: &str) -> Unreadable {
    let got = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(number) => format!("number {number}"),
        Value::String(_) => "string".to_owned(),
        Value::Array(_) => "array".to_owned(),
        Value::Object(_) => "object".to_owned(),
    };
    wrong(got, wanted)
}

fn wrong(got: impl fmt::Display, wanted: &str) -> Unreadable {
    Unreadable(format!("json: cannot unmarshal {got} into Go value of type {wanted}"))
}

fn text<'a>(value: &'a Value, wanted: &str) -> Result<&'a str, Unreadable> {
    value.as_str().ok_or_else(|| wrong("non-string", wanted))
}

/// Bytes of a fixed length; what is wrong with the digits is told in `mistyped`'s words.
fn fixed<const N: usize>(
    text: &str,
    wanted: &str,
    mistyped: impl Fn(HexError) -> Unreadable,
) -> Result<[u8; N], Unreadable> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let digits = if text.is_empty() { text } else { digits.ok_or_else(|| mistyped(HexError::Prefix))? };
    if !digits.len().is_multiple_of(2) {
        return Err(mistyped(HexError::Odd));
    }
    let (got, length) = (digits.len(), N.saturating_mul(2));
    let bytes = if got == length { hex::read_bytes(text).map_err(mistyped)? } else { Bytes::new() };
    let mislong = |_| Unreadable(format!("hex string has length {got}, want {length} for {wanted}"));
    <[u8; N]>::try_from(&bytes[..]).map_err(mislong)
}

/// A key of an object: bytes of this length.
pub(super) fn key<const N: usize>(text: &str, wanted: &str) -> Result<[u8; N], Unreadable> {
    fixed(text, wanted, Unreadable::from)
}

fn fixed_value<const N: usize>(value: &Value, wanted: &str) -> Result<[u8; N], Unreadable> {
    fixed(text(value, wanted)?, wanted, |error| wrong(error, wanted))
}

/// A hash.
pub(super) fn hash(value: &Value) -> Result<B256, Unreadable> {
    fixed_value(value, "common.Hash").map(B256::from)
}

/// An address.
pub(super) fn address(value: &Value) -> Result<Address, Unreadable> {
    fixed_value(value, "common.Address").map(Address::from)
}

/// What hex stands for; no text at all stands for zero, or no bytes.
fn hex_or_nothing<T: Default>(
    value: &Value,
    wanted: &str,
    read: impl FnOnce(&str) -> Result<T, HexError>,
) -> Result<T, Unreadable> {
    match text(value, wanted)? {
        "" => Ok(T::default()),
        text => read(text).map_err(|error| wrong(error, wanted)),
    }
}

/// A quantity of 64 bits.
// a quantity of no text at all is 0.
pub(super) fn quantity(value: &Value) -> Result<u64, Unreadable> {
    hex_or_nothing(value, "hexutil.Uint64", hex::read_u64)
}

/// A quantity of 256 bits.
pub(super) fn word(value: &Value) -> Result<U256, Unreadable> {
    hex_or_nothing(value, "*hexutil.Big", hex::read_word)
}

/// Bytes.
pub(super) fn bytes(value: &Value) -> Result<Bytes, Unreadable> {
    hex_or_nothing(value, "hexutil.Bytes", hex::read_bytes)
}

/// A JSON number of 64 bits.
// heights of root-hash requests are JSON numbers, and null counts as 0.
pub(super) fn json_number(value: &Value) -> Result<u64, Unreadable> {
    match value {
        Value::Null => Ok(0),
        Value::Number(number) if number.is_u64() => number.as_u64().ok_or_else(|| mistyped(value, "uint64")),
        _ => Err(mistyped(value, "uint64")),
    }
}

/// True or false; null counts as false.
pub(super) fn flag(value: &Value) -> Result<bool, Unreadable> {
    match value {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(*flag),
        _ => Err(mistyped(value, "bool")),
    }
}

/// Text; null counts as none.
pub(super) fn string(value: &Value) -> Result<&str, Unreadable> {
    match value {
        Value::Null => Ok(""),
        Value::String(text) => Ok(text),
        _ => Err(mistyped(value, "string")),
    }
}

/// A part of an object; null counts as none.
// names of parts are matched in whatever case they are written; the exact one goes before.
pub(super) fn part<'v>(fields: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let alike = || fields.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    fields.get(name).or_else(alike).filter(|value| !value.is_null())
}

/// A list; null counts as an empty one.
pub(super) fn list<'a, T>(
    value: &'a Value,
    wanted: &str,
    read: impl FnMut(&'a Value) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Unreadable> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => items.iter().map(read).collect(),
        _ => Err(mistyped(value, wanted)),
    }
}

/// A height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Height {
    /// The newest block.
    Latest,
    /// The one that would follow; where a block of the chain is asked for, the newest.
    Pending,
    /// This one.
    At(u64),
}

fn height_of(text: &str, too_high: &str) -> Result<Height, Unreadable> {
    match text {
        "earliest" => Ok(Height::At(0)),
        "latest" => Ok(Height::Latest),
        "pending" => Ok(Height::Pending),
        text => match hex::read_height(text)? {
            number if i64::try_from(number).is_err() => Err(Unreadable(too_high.to_owned())),
            number => Ok(Height::At(number)),
        },
    }
}

/// A height as text. What is no text is read by its JSON.
pub(super) fn height(value: &Value) -> Result<Height, Unreadable> {
    let too_high = "block number larger than int64";
    match value {
        Value::String(text) => height_of(text, too_high),
        other => height_of(&other.to_string(), too_high),
    }
}

/// A block by height or hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockRef {
    Height(Height),
    Hash(B256),
    /// One of the chain, not beside it.
    Canonical(B256),
    /// Neither was given, which is told when the block is needed.
    None,
}

/// A block: text, or an object with one of `blockNumber` and `blockHash`, beside which `requireCanonical` may stand.
// null and an object with neither are read, and refused only where the block is needed.
pub(super) fn block_ref(value: &Value) -> Result<BlockRef, Unreadable> {
    match value {
        Value::Object(fields) => {
            // A part that cannot be read makes the whole be tried as a text, which it is not.
            let untyped = |_| mistyped(value, "string");
            let number = part(fields, "blockNumber").map(height).transpose().map_err(untyped)?;
            let block = part(fields, "blockHash").map(hash).transpose().map_err(untyped)?;
            let canonical = part(fields, "requireCanonical").map_or(Ok(false), flag).map_err(untyped)?;
            match (number, block) {
                (Some(_), Some(_)) => {
                    Err(Unreadable("cannot specify both BlockHash and BlockNumber, choose one or the other".to_owned()))
                }
                (Some(number), None) => Ok(BlockRef::Height(number)),
                (None, Some(block)) if canonical => Ok(BlockRef::Canonical(block)),
                (None, Some(block)) => Ok(BlockRef::Hash(block)),
                (None, None) => Ok(BlockRef::None),
            }
        }
        Value::Null => Ok(BlockRef::None),
        Value::String(text) if text.len() == 66 => key(text, "Hash").map(B256::from).map(BlockRef::Hash),
        Value::String(text) => height_of(text, "blocknumber too high").map(BlockRef::Height),
        other => Err(mistyped(other, "string")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn q260_heights_of_root_hashes_are_numbers_and_null_is_zero() {
        assert_eq!(json_number(&json!(7)).unwrap(), 7);
        assert_eq!(json_number(&Value::Null).unwrap(), 0);
        for wrong in [json!("0x1"), json!(-1), json!(1.5)] {
            assert!(json_number(&wrong).unwrap_err().0.ends_with("into Go value of type uint64"));
        }
    }

    #[test]
    fn parameters_are_missing_too_many_or_no_list() {
        let read = |params: &Value| {
            let mut params = Params::new(params);
            params.required(height)?;
            params.end()
        };
        let text = |params: Value| read(&params).unwrap_err().message;
        assert_eq!(read(&json!(["0x7"])), Ok(()));
        assert_eq!(text(json!([])), "missing value for required argument 0");
        assert_eq!(text(json!(["latest", 1])), "too many arguments, want at most 1");
        assert_eq!(text(json!({})), "non-array args");
        assert_eq!(text(json!([5])), "invalid argument 0: hex string without 0x prefix");
    }
}
