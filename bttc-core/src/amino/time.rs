//! Points in time.
//!
//! Days are counted in years that begin in March, so that the leap day is their last: day d of the 400-year era (146 097
//! days) lies in year y of it, and its month m follows from 153 days to five months.

use super::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Writer};
use core::{fmt, str::FromStr};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time of the years 1 to 9999, to the nanosecond; the default is 1970.
///
/// Source: `validation-layer §1.8; go-amino v0.16.0 encoder.go:137-176`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    nanos: u32,
}

/// What is no point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Before year 1 or after year 9999.
    #[error("got {got} seconds since 1970, expected {min} to {max}", min = Time::MIN, max = Time::MAX)]
    Seconds {
        /// Seconds since 1970.
        got: i64,
    },
    /// A second or more.
    #[error("got {got} nanoseconds, expected less than a second's")]
    Nanos {
        /// Nanoseconds.
        got: u64,
    },
    /// Not `YYYY-MM-DDThh:mm:ss`, decimals or none, and `Z`.
    #[error("got no RFC 3339 time in UTC")]
    Format,
}

const SECOND: u32 = 1_000_000_000;
const DAY: i64 = 86_400;
/// Days from 1 March of year 0 to 1970.
const EPOCH: i64 = 719_468;

impl Time {
    /// Start of year 1, in seconds since 1970.
    pub const MIN: i64 = -62_135_596_800;

    /// Last second of year 9999, in seconds since 1970.
    pub const MAX: i64 = 253_402_300_799;

    /// So many seconds and nanoseconds after the start of 1970.
    ///
    /// # Errors
    /// [`TimeError::Seconds`], [`TimeError::Nanos`].
    pub fn new(seconds: i64, nanos: u32) -> Result<Self, TimeError> {
        if !(Self::MIN..=Self::MAX).contains(&seconds) {
            return Err(TimeError::Seconds { got: seconds });
        }
        if nanos >= SECOND {
            return Err(TimeError::Nanos { got: nanos.into() });
        }
        Ok(Self { seconds, nanos })
    }

    /// Seconds since 1970, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds beyond the seconds.
    #[must_use]
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    /// The start of year 1: what the reference's clock type holds before it is set.
    pub const UNSET: Self = Self { seconds: Self::MIN, nanos: 0 };

    /// So many nanoseconds later.
    ///
    /// # Errors
    /// [`TimeError::Seconds`] before year 1 and after year 9999.
    pub fn plus(self, nanos: i64) -> Result<Self, TimeError> {
        let (second, all) = (i64::from(SECOND), i128::from(self.nanos) + i128::from(nanos));
        // Less than 2⁶⁴ nanoseconds are less than 2⁶³ seconds, and what is left is less than one.
        let carried = i64::try_from(all.div_euclid(second.into())).unwrap_or(i64::MAX);
        let left = u32::try_from(all.rem_euclid(second.into())).unwrap_or_default();
        Self::new(self.seconds.saturating_add(carried), left)
    }

    /// Nanoseconds since another point in time, negative before it; at most what 64 bits hold.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        let total = |time: Self| i128::from(time.seconds) * i128::from(SECOND) + i128::from(time.nanos);
        let nanos = total(self) - total(earlier);
        i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
    }
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC, with as many decimals as it takes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.seconds.div_euclid(DAY) + EPOCH;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = 400 * era + year + carry;
        let second = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.nanos != 0 {
            let (mut fraction, mut width) = (self.nanos, 9);
            while fraction % 10 == 0 {
                fraction /= 10;
                width -= 1;
            }
            write!(f, ".{fraction:0width$}")?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A number of exactly so many digits, and the separator behind it.
fn digits<'a>(text: &'a str, width: usize, separator: &str) -> Option<(i64, &'a str)> {
    let (digits, rest) = text.split_at_checked(width)?;
    let number = if digits.bytes().all(|digit| digit.is_ascii_digit()) { digits.parse().ok()? } else { return None };
    Some((number, rest.strip_prefix(separator)?))
}

// an hour may be of one digit, a comma may stand for the point, and decimals behind the ninth are dropped.
fn parse(text: &str) -> Option<(i64, u32)> {
    let (year, text) = digits(text, 4, "-")?;
    let (month, text) = digits(text, 2, "-")?;
    let (day, text) = digits(text, 2, "T")?;
    let (hour, text) = digits(text, 2, ":").or_else(|| digits(text, 1, ":"))?;
    let (minute, text) = digits(text, 2, ":")?;
    let (second, text) = digits(text, 2, "")?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let dated = (1..=12).contains(&month) && (1..=longest).contains(&day);
    if !dated || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let fraction = text.strip_suffix('Z')?;
    let mut nanos = 0;
    if !fraction.is_empty() {
        let decimals = fraction.strip_prefix(['.', ','])?;
        if decimals.is_empty() || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        for digit in decimals.chars().chain(core::iter::repeat('0')).take(9) {
            nanos = nanos * 10 + digit.to_digit(10)?;
        }
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let days = era * 146_097 + year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5 + day - 1;
    Some(((days - EPOCH) * DAY + hour * 3_600 + minute * 60 + second, nanos))
}

impl FromStr for Time {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let (seconds, nanos) = parse(text).ok_or(TimeError::Format)?;
        Self::new(seconds, nanos)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        alloc::string::String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A struct of two numbers, read by a rule of its own.
impl Field for Time {
    const SHAPE: Shape = Shape::Nested;

    fn write(&self, to: &mut Writer) {
        to.uvarint_field(1, self.seconds.cast_unsigned()).uvarint_field(2, self.nanos.into());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let (mut seconds, mut nanos) = (0, 0);
        if !from.is_empty() {
            let (number, wire, _) = from.key()?;
            if wire != 0 || !(1..=2).contains(&number) {
                return Err(AminoError::Order { got: number, expected: 1 });
            }
            if from.begins(1, Shape::Varint)? {
                seconds = from.uvarint()?.cast_signed();
            }
        }
        // what does not continue as nanoseconds is left where it is, and read as the next field of the struct that
        // holds the time.
        if !from.is_empty() && matches!(from.key()?, (2, 0, _)) && from.begins(2, Shape::Varint)? {
            nanos = from.uvarint()?;
        }
        let short = u32::try_from(nanos).unwrap_or(u32::MAX);
        Self::new(seconds, short).map_err(|_| AminoError::Time { seconds, nanos })
    }

    fn to_json(&self, _: JsonForm) -> Json {
        Json::Text(alloc::format!("{self}").as_str().into())
    }

    // a time that JSON does not tell is the start of year 1, one that bytes do not tell that of 1970.
    fn from_null(_: JsonForm) -> Result<Self, JsonError> {
        Ok(Self::UNSET)
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let text = if let Json::Text(text) = json { text.as_str() } else { None };
        text.and_then(|text| text.parse().ok()).ok_or_else(|| JsonError::unexpected("an RFC 3339 time in UTC", json))
    }
}
