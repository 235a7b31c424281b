//! Keys.

use std::io::Write as _;

/// A prefix byte and what it is of.
#[must_use]
pub fn prefixed(prefix: u8, suffix: impl AsRef<[u8]>) -> Vec<u8> {
    [&[prefix], suffix.as_ref()].concat()
}

/// A prefix byte and a number in ASCII decimals.
#[must_use]
pub fn numbered(prefix: u8, number: u64) -> Vec<u8> {
    let mut key = vec![prefix];
    // Writing to a vector does not fail.
    let _ = write!(key, "{number}");
    key
}
