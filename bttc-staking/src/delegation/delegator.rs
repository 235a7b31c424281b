//! A delegator as a share contract keeps it.

use alloc::collections::BTreeMap;
use alloy_primitives::U256;
use bttc_core::{
    amount::Amount,
    id::{Epoch, Nonce},
};
use serde::{Deserialize, Serialize};

/// What a share contract keeps of somebody.
///
/// Source: `root-contracts §7; contracts:staking/validatorShare/ValidatorShare.sol:25-49`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegator {
    /// His shares.
    pub shares: Amount,
    /// Reward per share up to which he was paid, × 10²⁵.
    pub initial_reward_per_share: U256,
    /// What he has sold by the old interface.
    pub unbond: Unbond,
    /// Number of his last sale by the new interface; 0 before the first.
    pub last_nonce: Nonce,
    /// His sales by the new interface that are not paid out, by number.
    pub unbonds: BTreeMap<Nonce, Unbond>,
}

/// What somebody has sold and not been paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unbond {
    /// His part of the withdraw pool.
    pub shares: Amount,
    /// Epoch of the sale, from which the delay is counted.
    pub epoch: Epoch,
}
