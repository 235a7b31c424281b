//! Keys.

use bttc_core::amino::Time;
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

/// A time with all its nine decimals, `YYYY-MM-DDThh:mm:ss.nnnnnnnnn` in UTC, so that texts sort as times do.
///
/// Source: `validation-layer §6.2; cosmos-sdk fork types/utils.go`.
#[must_use]
pub fn sortable(time: Time) -> String {
    // The seconds alone are a time too.
    let seconds = Time::new(time.seconds(), 0).unwrap_or_default().to_string();
    format!("{}.{:09}", seconds.trim_end_matches('Z'), time.nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_nine_decimals() {
        let time = Time::new(1_639_011_723, 120_000_000).unwrap();
        assert_eq!(sortable(time), "2021-12-09T01:02:03.120000000");
    }
}
