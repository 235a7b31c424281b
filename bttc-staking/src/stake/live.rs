//! Those that are validators now, as sums.

use alloy_primitives::{I256, U256};
use bttc_core::amount::{Amount, AmountError};
use serde::{Deserialize, Serialize};

/// Stake and heads of those that are validators now.
///
/// Source: `root-contracts §3.2 "validatorState"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSet {
    /// Their stake and what is delegated to them.
    pub amount: Amount,
    /// How many they are.
    pub heads: u64,
}

/// What an epoch will change in the live set when it comes.
///
/// Source: `root-contracts §3.2 "validatorStateChanges"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSetChange {
    /// Stake and delegation, signed.
    pub amount: I256,
    /// Heads, signed.
    pub heads: i64,
}

impl LiveSet {
    /// The set after a change.
    ///
    /// Source: `root-contracts §3.5; contracts:staking/stakeManager/StakeManager.sol:716-738`.
    pub(crate) fn changed(self, change: LiveSetChange) -> Result<Self, AmountError> {
        let by = Amount::from_word(change.amount.unsigned_abs());
        let amount =
            if change.amount < I256::ZERO { self.amount.checked_sub(by)? } else { self.amount.checked_add(by)? };
        let heads = self.heads.checked_add_signed(change.heads).ok_or_else(|| {
            let (heads, by) = (U256::from(self.heads), U256::from(change.heads.unsigned_abs()));
            if change.heads < 0 { AmountError::Sub(heads, by) } else { AmountError::Add(heads, by) }
        })?;
        Ok(Self { amount, heads })
    }
}

impl LiveSetChange {
    /// A stake that comes, read as a signed word as the contract does.
    pub(crate) const fn gain(amount: Amount, heads: i64) -> Self {
        Self { amount: I256::from_raw(amount.to_word()), heads }
    }

    /// A stake that goes. Negation and sum wrap.
    pub(crate) const fn loss(amount: Amount, heads: i64) -> Self {
        Self { amount: I256::from_raw(Amount::ZERO.wrapping_sub(amount).to_word()), heads }
    }

    /// Both changes. The contract adds unchecked.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { amount: self.amount.wrapping_add(other.amount), heads: self.heads.wrapping_add(other.heads) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_never_falls_below_nothing() {
        let set = LiveSet { amount: Amount::from_units(5), heads: 1 };
        let gone = set.changed(LiveSetChange::loss(Amount::from_units(5), -1)).unwrap();
        assert_eq!(gone, LiveSet::default());
        assert!(gone.changed(LiveSetChange::loss(Amount::from_units(1), 0)).is_err());
        assert!(gone.changed(LiveSetChange::loss(Amount::ZERO, -1)).is_err());
        assert_eq!(gone.changed(LiveSetChange::gain(Amount::from_units(5), 1)), Ok(set));
    }
}
