//! How much the pool takes.

use alloy_primitives::{U256, uint};
use serde::{Deserialize, Serialize};

/// Bounds of a pool.
///
/// Source: `bttc:core/tx_pool.go:170-190`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolLimits {
    /// Least price, base units a unit of gas.
    pub price_floor: U256,
    /// What a replacement must pay more, in hundredths of the old price.
    pub price_bump: u64,
    /// Transactions of one account.
    pub per_account: usize,
    /// Transactions in all.
    pub total: usize,
}

impl PoolLimits {
    /// Bytes of a transaction.
    pub const LONGEST: usize = 128 * 1_024;

    /// Least price of a transaction in the place of one with this price.
    #[must_use]
    pub fn replacement_price(&self, old: U256) -> U256 {
        let bump = U256::from(self.price_bump).saturating_add(uint!(100_U256));
        // Rounded down as in the reference, and never the old price itself.
        let bumped = old.checked_mul(bump).map_or(U256::MAX, |product| product.wrapping_div(uint!(100_U256)));
        bumped.max(old.saturating_add(U256::from(1)))
    }
}

impl Default for PoolLimits {
    /// The reference's own: 1 wei, 10 %, 64 of an account, 5,120 in all.
    fn default() -> Self {
        Self { price_floor: U256::from(1), price_bump: 10, per_account: 64, total: 5_120 }
    }
}
