//! Coins: amounts of named tokens.

use super::{Invalid, SignedAmount};
use bttc_core::{
    amino::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Text, Writer},
    amino_fields,
};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Name of the token that fees are paid in.
///
/// Source: `validation-layer §9.1; delivery:auth/types`.
pub const FEE_TOKEN: &str = "btt";

/// An amount of one token.
///
/// Source: `validation-layer §1.7; cosmos-sdk fork types/coin.go:10-60`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coin {
    /// The token.
    pub denom: Text,
    /// How much of it, in its smallest units.
    pub amount: SignedAmount,
}

amino_fields!(Coin { denom: "denom", amount: "amount" });

impl fmt::Display for Coin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.amount, self.denom)
    }
}

impl Coin {
    /// Whether it is more than nothing.
    ///
    /// # Errors
    /// [`Invalid::Panic`] where the message had no amount.
    fn is_positive(&self) -> Result<bool, Invalid> {
        if !self.amount.is_present() {
            return Err(Invalid::Panic("a coin without amount has no sign".into()));
        }
        Ok(self.amount.number().is_positive())
    }

    /// A lower-case letter, then 2 to 15 such letters and digits.
    pub(crate) fn has_proper_name(&self) -> bool {
        let [first, rest @ ..] = self.denom.as_bytes() else { return false };
        let proper = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        first.is_ascii_lowercase() && (2..=15).contains(&rest.len()) && rest.iter().all(proper)
    }

    /// Whether no letter of its name has a lower case that is another.
    fn is_lower_case(&self) -> bool {
        let lower = |letter: char| letter.to_lowercase().eq([letter]);
        self.denom.as_str().is_some_and(|name| name.chars().all(lower))
    }
}

/// Amounts of several tokens. In JSON no coins are `[]`, where other empty lists are `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Coins(
    /// The coins.
    pub Vec<Coin>,
);

impl Coins {
    /// An amount of the [`FEE_TOKEN`].
    #[must_use]
    pub fn btt(amount: SignedAmount) -> Self {
        Self(vec![Coin { denom: FEE_TOKEN.into(), amount }])
    }

    /// Whether the names go up, and all amounts are above zero. No coins are proper.
    ///
    /// # Errors
    /// [`Invalid::Panic`] where an amount is missing, and nothing is wrong in front of it.
    // only the first name has to have the form of one; the others may be anything in lower case that is greater.
    pub fn are_proper(&self) -> Result<bool, Invalid> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(true) };
        if !(first.has_proper_name() && first.is_positive()?) {
            return Ok(false);
        }
        let mut last = &first.denom;
        for coin in rest {
            if !(coin.is_lower_case() && coin.denom > *last && coin.is_positive()?) {
                return Ok(false);
            }
            last = &coin.denom;
        }
        Ok(true)
    }

    /// The first coin of this token.
    #[must_use]
    pub fn amount_of(&self, denom: &str) -> Option<SignedAmount> {
        self.0.iter().find(|coin| coin.denom.as_bytes() == denom.as_bytes()).map(|coin| coin.amount)
    }
}

impl fmt::Display for Coins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, coin) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            fmt::Display::fmt(coin, f)?;
        }
        Ok(())
    }
}

impl Field for Coins {
    const SHAPE: Shape = Shape::Nested;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        Json::List(self.0.iter().map(|coin| coin.to_json(form)).collect())
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        Field::from_json(json, form).map(Self)
    }

    fn write_field(&self, number: u32, to: &mut Writer) {
        self.0.write_field(number, to);
    }

    fn read_field(number: u32, from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read_field(number, from).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coins(list: &[(&str, &str)]) -> Coins {
        let coin = |&(denom, amount): &(&str, &str)| Coin {
            denom: denom.into(),
            amount: SignedAmount::parse(amount.as_bytes()).unwrap_or_default(),
        };
        Coins(list.iter().map(coin).collect())
    }

    #[test]
    fn coins_go_up_by_name_and_are_positive() {
        let proper: [&[(&str, &str)]; 3] = [&[], &[("btt", "1")], &[("abc", "1"), ("btt", "2"), ("bttc", "3")]];
        for list in proper {
            assert_eq!(coins(list).are_proper(), Ok(true), "{list:?}");
        }
        let wrong: [&[(&str, &str)]; 7] = [
            &[("btt", "0")],
            &[("btt", "-1")],
            &[("bt", "1")],
            &[("Btt", "1")],
            &[("abcdefghijklmnopq", "1")],
            &[("btt", "1"), ("btt", "1")],
            &[("btt", "1"), ("abc", "1")],
        ];
        for list in wrong {
            assert_eq!(coins(list).are_proper(), Ok(false), "{list:?}");
        }
        assert_eq!(coins(&[("abc", "0"), ("btt", "-7")]).to_string(), "0abc,-7btt");
    }

    #[test]
    fn q401_only_the_first_name_has_to_be_one() {
        assert_eq!(coins(&[("abc", "1"), ("b", "1")]).are_proper(), Ok(true));
        assert_eq!(coins(&[("abc", "1"), ("b <é>", "1")]).are_proper(), Ok(true));
        assert_eq!(coins(&[("abc", "1"), ("bTT", "1")]).are_proper(), Ok(false));
        assert_eq!(coins(&[("b", "1"), ("btt", "1")]).are_proper(), Ok(false));
    }

    #[test]
    fn an_amount_that_is_missing_breaks_the_check() {
        assert!(matches!(coins(&[("btt", "")]).are_proper(), Err(Invalid::Panic(_))));
        assert!(matches!(coins(&[("abc", "1"), ("btt", "")]).are_proper(), Err(Invalid::Panic(_))));
        assert_eq!(coins(&[("b", "")]).are_proper(), Ok(false));
    }
}
