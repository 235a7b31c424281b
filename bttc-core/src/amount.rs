//! Checked money.
//!
//! An [`Amount`] counts base units, 10⁻¹⁸ BTT. It has no operators: every step names itself and answers with the
//! operands when it cannot be done, because that is where a contract reverts. Unchecked steps exist only because the
//! contracts have some; they are called `wrapping_*` so that each use stands out.
//!
//! ```
//! use bttc_core::amount::Amount;
//!
//! let stake = Amount::from_btt(1_000);
//! let reward = stake.checked_mul(Amount::from_units(5))?.checked_div(Amount::from_units(100))?;
//! assert_eq!(reward.to_string(), "50 BTT");
//! assert!(reward.checked_sub(stake).is_err());
//! # Ok::<(), bttc_core::amount::AmountError>(())
//! ```

use alloc::{format, string::String};
use alloy_primitives::U256;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A sum of money in base units (10⁻¹⁸ BTT), 256 bits as the contracts hold it.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(U256);

/// A step that the contracts' checked arithmetic refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The sum needs more than 256 bits.
    #[error("{0} + {1} base units overflow")]
    Add(U256, U256),
    /// The difference is below zero.
    #[error("{0} − {1} base units is negative")]
    Sub(U256, U256),
    /// The product needs more than 256 bits.
    #[error("{0} · {1} overflows")]
    Mul(U256, U256),
    /// Division by zero.
    #[error("{0} / 0")]
    Div(U256),
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(U256::ZERO);
    /// Decimals of a BTT.
    pub const DECIMALS: u32 = 18;
    /// Base units of one BTT.
    pub const UNITS_PER_BTT: u64 = 1_000_000_000_000_000_000;

    /// So many base units.
    #[must_use]
    pub fn from_units(units: u64) -> Self {
        Self(U256::from(units))
    }

    /// So many whole BTT.
    #[must_use]
    pub fn from_btt(btt: u64) -> Self {
        // 2⁶⁴ · 10¹⁸ fits in 256 bits.
        Self(U256::from(btt).wrapping_mul(U256::from(Self::UNITS_PER_BTT)))
    }

    /// The amount of a 256-bit word, in base units.
    #[must_use]
    pub const fn from_word(word: U256) -> Self {
        Self(word)
    }

    /// Base units as a 256-bit word.
    #[must_use]
    pub const fn to_word(self) -> U256 {
        self.0
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The sum.
    ///
    /// # Errors
    /// [`AmountError::Add`] beyond 256 bits.
    pub fn checked_add(self, other: Self) -> Result<Self, AmountError> {
        self.0.checked_add(other.0).map(Self).ok_or(AmountError::Add(self.0, other.0))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`AmountError::Sub`] when `other` is larger.
    pub fn checked_sub(self, other: Self) -> Result<Self, AmountError> {
        self.0.checked_sub(other.0).map(Self).ok_or(AmountError::Sub(self.0, other.0))
    }

    /// The product.
    ///
    /// # Errors
    /// [`AmountError::Mul`] beyond 256 bits.
    pub fn checked_mul(self, other: Self) -> Result<Self, AmountError> {
        self.0.checked_mul(other.0).map(Self).ok_or(AmountError::Mul(self.0, other.0))
    }

    /// The quotient, rounded down.
    ///
    /// # Errors
    /// [`AmountError::Div`] by zero.
    pub fn checked_div(self, other: Self) -> Result<Self, AmountError> {
        self.0.checked_div(other.0).map(Self).ok_or(AmountError::Div(self.0))
    }

    /// The sum modulo 2²⁵⁶, where a contract adds unchecked.
    #[must_use]
    pub const fn wrapping_add(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The difference modulo 2²⁵⁶, where a contract subtracts unchecked.
    #[must_use]
    pub const fn wrapping_sub(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }

    /// The product modulo 2²⁵⁶, where a contract multiplies unchecked.
    #[must_use]
    pub fn wrapping_mul(self, other: Self) -> Self {
        Self(self.0.wrapping_mul(other.0))
    }

    /// Whole BTT, rounded down.
    #[must_use]
    pub fn whole_btt(self) -> U256 {
        self.0 / U256::from(Self::UNITS_PER_BTT)
    }
}

impl fmt::Display for Amount {
    /// In BTT, whole part in groups of three, decimals without trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = self.0.div_rem(U256::from(Self::UNITS_PER_BTT));
        let digits = format!("{whole}");
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let decimals = format!("{rest:0>18}");
        let decimals = decimals.trim_end_matches('0');
        if decimals.is_empty() { write!(f, "{grouped} BTT") } else { write!(f, "{grouped}.{decimals} BTT") }
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn amounts_print_in_btt_with_groups_and_without_trailing_zeros() {
        assert_eq!(Amount::ZERO.to_string(), "0 BTT");
        assert_eq!(Amount::from_btt(29_761_460).to_string(), "29,761,460 BTT");
        assert_eq!(Amount::from_units(1_500_000_000_000_000_001).to_string(), "1.500000000000000001 BTT");
        assert_eq!(Amount::from_units(50_000_000_000_000_000).to_string(), "0.05 BTT");
    }

    #[test]
    fn every_checked_step_names_its_operands() {
        let (max, one) = (Amount::from_word(U256::MAX), Amount::from_units(1));
        assert_eq!(max.checked_add(one), Err(AmountError::Add(U256::MAX, U256::from(1))));
        assert_eq!(Amount::ZERO.checked_sub(one), Err(AmountError::Sub(U256::ZERO, U256::from(1))));
        assert_eq!(max.checked_mul(max), Err(AmountError::Mul(U256::MAX, U256::MAX)));
        assert_eq!(one.checked_div(Amount::ZERO), Err(AmountError::Div(U256::from(1))));
        assert_eq!(max.wrapping_add(one), Amount::ZERO);
    }
}
