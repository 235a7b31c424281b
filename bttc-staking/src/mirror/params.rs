//! The numbers the mirror works by; governance can change each.

use crate::stake::RewardShape;
use alloy_primitives::U256;
use bttc_core::amount::Amount;
use serde::{Deserialize, Serialize};

/// Numbers the mirror works by. [`Default`] is what it is deployed with.
///
/// Source: `root-contracts §5.4, §9.1; contracts@unstake:staking/stakeManager/StakeManager.sol:94-107`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorParams {
    /// Reward of a checkpoint of full length: one number, whatever chain this is.
    pub reward: Amount,
    /// How a checkpoint's length becomes a reward.
    pub shape: RewardShape,
}

impl Default for MirrorParams {
    fn default() -> Self {
        Self {
            reward: Amount::from_btt(20_188),
            shape: RewardShape {
                interval: U256::from(5_120),
                decrease: U256::ZERO,
                max_intervals: U256::ZERO,
                delta: U256::ZERO,
                proposer_bonus: 10,
            },
        }
    }
}
