//! The rule that says enough have signed.
//!
//! | where | a signature weighs | enough is |
//! |---|---|---|
//! | validation layer | the signer's power | ⌊2·total / 3⌋ + 1 |
//! | TRON | one head | ⌊2·heads / 3⌋ + 1 |
//! | Ethereum, BSC | stake and delegation | ⌊2·total / 3⌋ + 1 |
//!
//! Sources: `validation-layer §3.8; delivery:app/side_tx_processor.go:17-143` · `root-contracts §5.3;
//! contracts:staking/stakeManager/StakeManager.sol:1199-1277` · `root-contracts §9.2`.
//!
//! ```
//! use bttc_core::{id::ValidatorId, quorum::{PowerQuorum, Quorum}, validator::{Validator, VotingPower}};
//! use alloy_primitives::Address;
//!
//! let set = [40, 30, 20, 10].map(|p| {
//!     Validator::new(ValidatorId::new(p), Address::repeat_byte(p as u8), VotingPower::new(p as i64))
//! });
//! let quorum = PowerQuorum::over(&set);
//! let signed = quorum.tally([set[0].signer, set[1].signer, set[1].signer]);
//! assert_eq!((signed.to_string().as_str(), quorum.is_met(signed)), ("70", true)); // 70 of 100, 67 are enough
//! ```

use crate::{amount::Amount, validator::Validator};
use alloc::collections::{BTreeMap, BTreeSet};
use alloy_primitives::{Address, U256};
use core::fmt;
use serde::{Deserialize, Serialize};

/// What a signature counts for under a quorum's rule, or a sum of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weight(U256);

impl Weight {
    /// Nothing.
    pub const ZERO: Self = Self(U256::ZERO);

    /// So much.
    #[must_use]
    pub const fn new(weight: U256) -> Self {
        Self(weight)
    }

    /// As a number.
    #[must_use]
    pub const fn get(self) -> U256 {
        self.0
    }

    /// The sum, stopping at the largest weight.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The least weight above two thirds of this total: ⌊2·total / 3⌋ + 1.
    #[must_use]
    pub fn two_thirds_plus_one(self) -> Self {
        // ⌊2·(3q + r) / 3⌋ = 2q + ⌊2r / 3⌋: the product never leaves 256 bits.
        let (third, rest) = self.0.div_rem(U256::from(3));
        Self(third.wrapping_mul(U256::from(2)) + rest.wrapping_mul(U256::from(2)) / U256::from(3) + U256::from(1))
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Decides when enough have signed. Whoever gathers or checks signatures asks it; whoever keeps the set implements it.
pub trait Quorum: fmt::Debug {
    /// What this signer's signature counts for; `None` if it has no vote.
    fn weight(&self, signer: Address) -> Option<Weight>;

    /// The least tally that is enough.
    fn threshold(&self) -> Weight;

    /// Whether this tally is enough.
    fn is_met(&self, tally: Weight) -> bool {
        tally >= self.threshold()
    }
}

impl dyn Quorum + '_ {
    /// The weight of these signers, each counted once, strangers not at all.
    pub fn tally(&self, signers: impl IntoIterator<Item = Address>) -> Weight {
        tally(self, signers)
    }
}

fn tally<Q: Quorum + ?Sized>(quorum: &Q, signers: impl IntoIterator<Item = Address>) -> Weight {
    let once: BTreeSet<Address> = signers.into_iter().collect();
    once.into_iter().filter_map(|signer| quorum.weight(signer)).fold(Weight::ZERO, Weight::saturating_add)
}

macro_rules! quorum {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            weights: BTreeMap<Address, Weight>,
            total: Weight,
        }

        impl $name {
            fn new(weights: BTreeMap<Address, Weight>) -> Self {
                let total = weights.values().copied().fold(Weight::ZERO, Weight::saturating_add);
                Self { weights, total }
            }

            /// The weight of all.
            #[must_use]
            pub const fn total(&self) -> Weight {
                self.total
            }

            /// The weight of these signers, each counted once, strangers not at all.
            pub fn tally(&self, signers: impl IntoIterator<Item = Address>) -> Weight {
                tally(self, signers)
            }
        }

        impl Quorum for $name {
            fn weight(&self, signer: Address) -> Option<Weight> {
                self.weights.get(&signer).copied()
            }

            fn threshold(&self) -> Weight {
                self.total.two_thirds_plus_one()
            }
        }
    };
}

quorum! {
    /// The validation layer's: more than two thirds of the power.
    PowerQuorum
}
quorum! {
    /// TRON's: more than two thirds of the heads, whatever their stake.
    HeadQuorum
}
quorum! {
    /// The mirrors' on Ethereum and BSC: more than two thirds of stake and delegation.
    StakeQuorum
}

impl PowerQuorum {
    /// The quorum of this set. Power below zero counts as none.
    pub fn over<'a>(set: impl IntoIterator<Item = &'a Validator>) -> Self {
        let weight = |v: &Validator| Weight(U256::from(u64::try_from(v.power.get()).unwrap_or(0)));
        Self::new(set.into_iter().map(|v| (v.signer, weight(v))).collect())
    }
}

impl HeadQuorum {
    /// The quorum of these signers.
    pub fn over(signers: impl IntoIterator<Item = Address>) -> Self {
        Self::new(signers.into_iter().map(|signer| (signer, Weight(U256::from(1)))).collect())
    }
}

impl StakeQuorum {
    /// The quorum of these signers and what each has at stake, delegation included.
    pub fn over(stakes: impl IntoIterator<Item = (Address, Amount)>) -> Self {
        Self::new(stakes.into_iter().map(|(signer, stake)| (signer, Weight(stake.to_word()))).collect())
    }
}

const _: fn(&PowerQuorum) -> &dyn Quorum = |q| q;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_that_of_the_reference() {
        // validation-layer §3.8 gives these pairs.
        for (total, enough) in [(7, 5), (3, 3), (4, 3), (6, 5), (9, 7), (10, 7)] {
            assert_eq!(Weight(U256::from(total)).two_thirds_plus_one(), Weight(U256::from(enough)), "of {total}");
        }
        let most = Weight(U256::MAX).two_thirds_plus_one();
        assert!(most.0 < U256::MAX);
    }

    #[test]
    fn one_head_is_one_vote_on_tron() {
        let heads: alloc::vec::Vec<_> = (1..=7).map(Address::repeat_byte).collect();
        let quorum = HeadQuorum::over(heads.iter().copied());
        assert!(!quorum.is_met(quorum.tally(heads[..4].iter().copied())));
        assert!(quorum.is_met(quorum.tally(heads[..5].iter().copied())));
        assert_eq!(quorum.tally([heads[0], heads[0], Address::ZERO]), Weight(U256::from(1)));
    }
}
