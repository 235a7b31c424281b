//! Shares: numbers of 18 decimals.

use alloy_primitives::{I256, Sign, U256, U512, aliases::I512};
use bttc_core::amino::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Writer};
use core::fmt;
use serde::{Deserialize, Serialize};

const DECIMALS: usize = 18;
const ONE: u64 = 1_000_000_000_000_000_000;

/// A number in units of 10⁻¹⁸, or none: what a field holds that was not set, where the reference's arithmetic breaks
/// off. Here a number has 255 bits, where the reference's has as many as it is written with.
///
/// Source: `validation-layer §5.9; cosmos-sdk fork types/decimal.go:80-600`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Decimal(Option<I256>);

impl Decimal {
    /// So many units of 10⁻¹⁸.
    #[must_use]
    pub const fn from_units(units: I256) -> Self {
        Self(Some(units))
    }

    /// A share of so many in a thousand.
    #[must_use]
    pub fn permille(share: u16) -> Self {
        // 16 and 50 bits.
        Self(I256::try_from(u128::from(share) * u128::from(ONE / 1_000)).ok())
    }

    /// A third, as far as 18 decimals go.
    #[must_use]
    pub fn third() -> Self {
        Self(I256::try_from(ONE / 3).ok())
    }

    /// Its units of 10⁻¹⁸; `None` where it was not set.
    #[must_use]
    pub const fn units(self) -> Option<I256> {
        self.0
    }

    /// Whether it lies from 0 to 1.
    #[must_use]
    pub fn is_share(self) -> bool {
        self.0.is_some_and(|units| !units.is_negative() && units.unsigned_abs() <= U256::from(ONE))
    }

    /// a / b, rounded to the even neighbour where it lies between two; `None` without b.
    ///
    /// Source: `cosmos-sdk fork types/decimal.go:264-277, 402-440`.
    #[must_use]
    pub fn ratio(a: i64, b: i64) -> Option<Self> {
        // 63 and 120 bits.
        let scaled = I512::try_from(a).ok()? * I512::try_from(ONE).ok()? * I512::try_from(ONE).ok()?;
        let units = rounded(scaled.checked_div(I512::try_from(b).ok()?)?)?;
        Some(Self(Some(units)))
    }

    /// So many times it, without what is left behind the point; `None` without a number, or beyond 64 bits.
    ///
    /// Source: `cosmos-sdk fork types/decimal.go:222-231, 499-501`.
    #[must_use]
    pub fn times_truncated(self, number: i64) -> Option<i64> {
        self.times(number)?.checked_div(I512::try_from(ONE).ok()?).and_then(|whole| i64::try_from(whole).ok())
    }

    /// So many times it, to the next whole number, to the even one between two.
    ///
    /// Source: `cosmos-sdk fork types/decimal.go:254-261, 464-470`.
    #[must_use]
    pub fn times_rounded(self, number: i64) -> Option<i64> {
        i64::try_from(rounded(self.times(number)?)?).ok()
    }

    fn times(self, number: i64) -> Option<I512> {
        widened(self.0?)?.checked_mul(I512::try_from(number).ok()?)
    }

    /// Reads a text: a sign, digits, and up to 18 more behind a point.
    // behind the sign may stand another one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (whole, decimals) = match text.split_once('.') {
            Some((whole, decimals)) if !whole.is_empty() && !decimals.is_empty() => (whole, decimals),
            Some(_) => return None,
            None => (text, ""),
        };
        if text.is_empty() || decimals.len() > DECIMALS {
            return None;
        }
        let digits = format!("{whole}{decimals:0<DECIMALS$}");
        let (inner, digits) = match digits.strip_prefix(['-', '+']) {
            Some(rest) => (digits.starts_with('-'), rest),
            None => (false, digits.as_str()),
        };
        if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let magnitude = I256::try_from(U256::from_str_radix(digits, 10).ok()?).ok()?;
        let units = if negative == inner { magnitude } else { magnitude.checked_neg()? };
        Some(Self(Some(units)))
    }
}

fn widened(number: I256) -> Option<I512> {
    let magnitude = U512::from_be_slice(&number.unsigned_abs().to_be_bytes::<32>());
    I512::checked_from_sign_and_abs(number.sign(), magnitude)
}

/// A number of 36 decimals as one of 18; the even neighbour where it lies between two.
fn rounded(number: I512) -> Option<I256> {
    let one = U512::from(ONE);
    let (mut quotient, left) = number.unsigned_abs().div_rem(one);
    let twice = left << 1;
    if twice > one || (twice == one && quotient.bit(0)) {
        quotient = quotient.checked_add(U512::from(1))?;
    }
    let sign = if quotient.is_zero() { Sign::Positive } else { number.sign() };
    I256::checked_from_sign_and_abs(sign, U256::checked_from_limbs_slice(quotient.as_limbs())?)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(units) = self.0 else { return f.write_str("<nil>") };
        let (whole, left) = units.unsigned_abs().div_rem(U256::from(ONE));
        let sign = if units.is_negative() { "-" } else { "" };
        // Less than 10¹⁸ has 64 bits.
        write!(f, "{sign}{whole}.{:018}", left.to::<u64>())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// In JSON a text; a number that was not set has no key.
impl Field for Decimal {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        to.raw(self.0.unwrap_or_default().to_string().as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let text = String::from_utf8_lossy(from.rest()).into_owned();
        I256::from_dec_str(&text).map(Self::from_units).map_err(|_| AminoError::Number { got: text })
    }

    fn to_json(&self, _: JsonForm) -> Json {
        self.0.map_or(Json::Null, |_| Json::Text(self.to_string().as_str().into()))
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let text = if let Json::Text(text) = json { text.as_str() } else { None };
        text.and_then(Self::parse).ok_or_else(|| JsonError::unexpected("a decimal text of at most 18 decimals", json))
    }

    fn is_in_json(&self) -> bool {
        self.0.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Decimal::parse(text).map(|number| number.to_string())
    }

    // Answers of the rules of cosmos-sdk types/decimal.go:101-150, worked out by hand.
    #[test]
    fn a_decimal_is_read_and_written_with_18_digits() {
        for (text, number) in [
            ("0.334", "0.334000000000000000"),
            ("-12.5", "-12.500000000000000000"),
            ("7", "7.000000000000000000"),
            ("0.000000000000000001", "0.000000000000000001"),
            ("-0", "0.000000000000000000"),
        ] {
            assert_eq!(read(text).as_deref(), Some(number), "{text:?}");
        }
        for text in ["", "-", ".5", "5.", "1.2.3", "1e3", "0.0000000000000000001", " 1", "1.-5", "1_0", "0x1"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn q241_a_second_sign_is_read() {
        assert_eq!(read("--5").as_deref(), Some("5.000000000000000000"));
        assert_eq!(read("-+5").as_deref(), Some("-5.000000000000000000"));
        assert_eq!(read("+5").as_deref(), Some("5.000000000000000000"));
    }

    #[test]
    fn a_ratio_goes_to_the_even_neighbour() {
        let ratio = |a, b| Decimal::ratio(a, b).map(|ratio| ratio.to_string());
        assert_eq!(ratio(1, 3).as_deref(), Some("0.333333333333333333"));
        assert_eq!(ratio(2, 3).as_deref(), Some("0.666666666666666667"));
        // 1 and 3 halves of 10⁻¹⁸.
        assert_eq!(ratio(1, 2_000_000_000_000_000_000).as_deref(), Some("0.000000000000000000"));
        assert_eq!(ratio(3, 2_000_000_000_000_000_000).as_deref(), Some("0.000000000000000002"));
        assert_eq!(ratio(-3, 2_000_000_000_000_000_000).as_deref(), Some("-0.000000000000000002"));
        assert_eq!(ratio(1, 0), None);
    }

    #[test]
    fn a_share_of_a_number_is_cut_or_rounded() {
        let half = Decimal::permille(500);
        assert_eq!(
            (half.times_truncated(5), half.times_rounded(5), half.times_rounded(7)),
            (Some(2), Some(2), Some(4))
        );
        assert_eq!(Decimal::third().times_truncated(3), Some(0));
        assert_eq!(half.times_truncated(-5), Some(-2));
        assert_eq!(Decimal::default().times_rounded(5), None);
        assert!(Decimal::permille(1_000).is_share() && !Decimal::permille(1_001).is_share());
    }
}
