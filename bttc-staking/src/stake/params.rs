//! The numbers the contract works by; governance can change each.

use alloc::collections::BTreeMap;
use alloy_primitives::U256;
use bttc_core::{amount::Amount, root_chain::RootChainId};
use serde::{Deserialize, Serialize};

/// Numbers the contract works by, whole words where it takes any. [`Default`] is what it is deployed with on the
/// public networks.
///
/// Source: `root-contracts §3.3; contracts:staking/stakeManager/StakeManager.sol:72-111`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeParams {
    /// Least stake, 10¹² BTT at first.
    pub min_deposit: Amount,
    /// Least fee that comes with a stake or a top-up, 100 000 BTT at first.
    pub min_fee: Amount,
    /// Seats.
    pub validator_threshold: U256,
    /// Epochs between announcing an exit and taking out the stake.
    pub withdrawal_delay: U256,
    /// Epochs between two auction periods.
    pub dynasty: U256,
    /// Epochs an auction period lasts.
    pub auction_period: U256,
    /// Epochs between two changes of a signer key.
    pub signer_update_limit: U256,
    /// Whether delegators may add stake.
    pub delegation: super::Delegation,
    /// How a checkpoint's length becomes a reward.
    pub shape: RewardShape,
    /// Reward of a checkpoint of full length, by root chain number.
    pub rewards: BTreeMap<U256, Amount>,
}

/// How a checkpoint's length becomes a reward.
///
/// Source: `root-contracts §5.4; contracts:staking/stakeManager/StakeManager.sol:793-885`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardShape {
    /// Blocks of a checkpoint of full length (T).
    pub interval: U256,
    /// Percent that each further full length is worth less (d).
    pub decrease: U256,
    /// Full lengths that are paid as such (M).
    pub max_intervals: U256,
    /// Percent that a checkpoint with fewer full lengths than the last is worth more, and one with more is worth
    /// less (δ).
    pub delta: U256,
    /// Percent of the reward that its proposer keeps.
    pub proposer_bonus: u64,
}

/// More than 100 percent of a reward would be taken off; no reason on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{max_intervals} · {decrease} % or {delta} % is above 100 %")]
pub struct RewardShapeError {
    /// Percent less for each full length.
    pub decrease: U256,
    /// Full lengths paid as such.
    pub max_intervals: U256,
    /// Percent for a change of pace.
    pub delta: U256,
}

impl RewardShape {
    /// Sets what a further full length and a change of pace do to the reward.
    ///
    /// # Errors
    /// [`RewardShapeError`].
    pub(crate) fn set(&mut self, decrease: U256, max_intervals: U256, delta: U256) -> Result<(), RewardShapeError> {
        let all = U256::from(100);
        if max_intervals.checked_mul(decrease).is_none_or(|less| less > all) || delta > all {
            return Err(RewardShapeError { decrease, max_intervals, delta });
        }
        *self = Self { decrease, max_intervals, delta, ..*self };
        Ok(())
    }
}

impl Default for StakeParams {
    fn default() -> Self {
        let rewards =
            [(RootChainId::Tron, 29_761_460), (RootChainId::Ethereum, 537_693_670), (RootChainId::Bsc, 4_129_520)];
        Self {
            min_deposit: Amount::from_btt(1_000_000_000_000),
            min_fee: Amount::from_btt(100_000),
            validator_threshold: U256::from(7),
            withdrawal_delay: U256::from(80),
            dynasty: U256::from(80),
            // not a quarter of the dynasty until the dynasty is set for the first time.
            auction_period: U256::from(2_048),
            signer_update_limit: U256::from(100),
            delegation: super::Delegation::Open,
            shape: RewardShape {
                interval: U256::from(1_024),
                decrease: U256::ZERO,
                max_intervals: U256::ZERO,
                delta: U256::ZERO,
                proposer_bonus: 10,
            },
            rewards: rewards.map(|(chain, btt)| (U256::from(chain.number()), Amount::from_btt(btt))).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q12_the_first_auction_period_is_not_a_quarter_of_the_dynasty() {
        let params = StakeParams::default();
        assert_eq!((params.auction_period, params.dynasty / U256::from(4)), (U256::from(2_048), U256::from(20)));
    }
}
