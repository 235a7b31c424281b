//! Canonical RLP as a tree of items.
//!
//! What has one encoding is accepted in that encoding only: minimal lengths, no prefix before a single byte below
//! 0x80, no truncation, nothing behind the item. The contracts' permissive reader is another thing; it lives with the
//! exits.
//!
//! ```text
//! item = byte string | list of items
//! ```
//!
//! ```
//! use bttc_core::rlp::Item;
//! use alloy_primitives::hex;
//!
//! let item = Item::decode(&hex!("c88363617483646f67"))?;
//! assert_eq!(item, Item::list([Item::string(b"cat"), Item::string(b"dog")]));
//! assert_eq!(item.to_bytes(), hex!("c88363617483646f67"));
//! assert!(Item::decode(&hex!("8100")).is_err()); // zero is its own encoding
//! # Ok::<(), bttc_core::rlp::RlpError>(())
//! ```

use alloc::{borrow::ToOwned, vec::Vec};
use alloy_primitives::Bytes;
use alloy_rlp::{BufMut, Encodable, Header};

/// A byte string or a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// Bytes.
    String(Bytes),
    /// Items in order.
    List(Vec<Self>),
}

/// Why bytes are not exactly one canonical item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RlpError {
    /// Nothing there.
    #[error("expected an item at byte {at}, got the end")]
    Empty {
        /// Position in the input.
        at: usize,
    },
    /// An item runs past the end of what holds it.
    #[error("item at byte {at} needs {expected} bytes, got {got}")]
    Truncated {
        /// Position of the item.
        at: usize,
        /// Bytes it needs.
        expected: usize,
        /// Bytes there are.
        got: usize,
    },
    /// A shorter encoding of the same exists.
    #[error("item at byte {at} is not in its shortest form")]
    NotMinimal {
        /// Position of the item.
        at: usize,
    },
    /// Bytes behind the item.
    #[error("expected the end at byte {at}, got {got} more bytes")]
    Trailing {
        /// Where the item ends.
        at: usize,
        /// Bytes behind it.
        got: usize,
    },
    /// Lists in lists in lists: deeper than anything the protocol knows.
    #[error("lists nest deeper than the expected {} levels", Item::MAX_DEPTH)]
    TooDeep,
}

impl Item {
    /// Deepest nesting that is read.
    pub const MAX_DEPTH: usize = 1_024;

    /// A byte string.
    #[must_use]
    pub fn string(bytes: &[u8]) -> Self {
        Self::String(Bytes::copy_from_slice(bytes))
    }

    /// A list.
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// Reads exactly one item.
    ///
    /// # Errors
    /// [`RlpError`], the first fault from the left.
    pub fn decode(bytes: &[u8]) -> Result<Self, RlpError> {
        // Lists that are open: where each ends, and what it holds so far. No recursion, whatever the input nests.
        let mut open: Vec<(usize, Vec<Self>)> = Vec::new();
        let mut at = 0;
        loop {
            let end = open.last().map_or(bytes.len(), |(end, _)| *end);
            let head = Head::read(bytes, at, end)?;
            let mut item = match head.kind {
                Kind::List if head.payload < head.end => {
                    if open.len() >= Self::MAX_DEPTH {
                        return Err(RlpError::TooDeep);
                    }
                    open.push((head.end, Vec::new()));
                    at = head.payload;
                    continue;
                }
                Kind::List => Self::List(Vec::new()),
                Kind::String => Self::string(bytes.get(head.payload..head.end).unwrap_or_default()),
            };
            at = head.end;
            loop {
                let Some((end, items)) = open.last_mut() else {
                    let got = bytes.len() - at;
                    return if got == 0 { Ok(item) } else { Err(RlpError::Trailing { at, got }) };
                };
                items.push(item);
                if at < *end {
                    break;
                }
                item = Self::List(core::mem::take(items));
                open.pop();
            }
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        alloy_rlp::encode(self)
    }

    /// The bytes of a string; `None` for a list.
    #[must_use]
    pub fn as_string(&self) -> Option<&[u8]> {
        match self {
            Self::String(bytes) => Some(bytes),
            Self::List(_) => None,
        }
    }

    /// The items of a list; `None` for a string.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::String(_) => None,
            Self::List(items) => Some(items),
        }
    }

    fn payload_length(items: &[Self]) -> usize {
        items.iter().map(Encodable::length).sum()
    }
}

impl Encodable for Item {
    fn encode(&self, out: &mut dyn BufMut) {
        match self {
            Self::String(bytes) => bytes.encode(out),
            Self::List(items) => {
                Header { list: true, payload_length: Self::payload_length(items) }.encode(out);
                for item in items {
                    item.encode(out);
                }
            }
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::String(bytes) => bytes.length(),
            Self::List(items) => {
                let payload_length = Self::payload_length(items);
                Header { list: true, payload_length }.length() + payload_length
            }
        }
    }
}

impl From<Vec<u8>> for Item {
    fn from(bytes: Vec<u8>) -> Self {
        Self::String(bytes.into())
    }
}

impl From<&str> for Item {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned().into_bytes().into())
    }
}

enum Kind {
    String,
    List,
}

/// Where an item's payload begins and ends.
struct Head {
    kind: Kind,
    payload: usize,
    end: usize,
}

impl Head {
    fn read(bytes: &[u8], at: usize, limit: usize) -> Result<Self, RlpError> {
        let rest = bytes.get(at..limit).unwrap_or_default();
        let &first = rest.first().ok_or(RlpError::Empty { at })?;
        let (kind, length, long) = match first {
            0..0x80 => {
                return Ok(Self { kind: Kind::String, payload: at, end: at + 1 });
            }
            0x80..=0xb7 => (Kind::String, first - 0x80, false),
            0xb8..=0xbf => (Kind::String, first - 0xb7, true),
            0xc0..=0xf7 => (Kind::List, first - 0xc0, false),
            0xf8..=0xff => (Kind::List, first - 0xf7, true),
        };
        let (start, length) = if long {
            let digits = usize::from(length);
            let number = rest.get(1..=digits);
            let number = number.ok_or(RlpError::Truncated { at, expected: digits + 1, got: rest.len() })?;
            let value = number.iter().fold(0_usize, |value, &digit| {
                // What does not fit a machine word is longer than any input.
                value.checked_mul(256).and_then(|v| v.checked_add(usize::from(digit))).unwrap_or(usize::MAX)
            });
            if number.first() == Some(&0) || value < 56 {
                return Err(RlpError::NotMinimal { at });
            }
            (1 + digits, value)
        } else {
            (1, usize::from(length))
        };
        let size = start.saturating_add(length);
        if size > rest.len() {
            return Err(RlpError::Truncated { at, expected: size, got: rest.len() });
        }
        if matches!(kind, Kind::String) && !long && length == 1 && rest.get(1).is_some_and(|&byte| byte < 0x80) {
            return Err(RlpError::NotMinimal { at });
        }
        Ok(Self { kind, payload: at + start, end: at + size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn whatever_is_accepted_encodes_to_the_same_bytes(bytes in prop::collection::vec(any::<u8>(), 0..96)) {
            if let Ok(item) = Item::decode(&bytes) {
                prop_assert_eq!(item.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn endless_nesting_is_refused_and_does_not_exhaust_the_stack() {
        let mut bytes = Vec::new();
        for _ in 0..100_000 {
            let length = bytes.len();
            let mut next = Vec::with_capacity(length + 4);
            Header { list: true, payload_length: length }.encode(&mut next);
            bytes.splice(0..0, next);
            if bytes.len() > 4_000 {
                break;
            }
        }
        assert_eq!(Item::decode(&bytes), Err(RlpError::TooDeep));
    }
}
