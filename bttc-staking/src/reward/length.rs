//! From a checkpoint's length to its reward.

use crate::stake::RewardShape;
use alloy_primitives::U256;
use bttc_core::amount::{Amount, AmountError};

/// Percent of one.
const HUNDRED: Amount = Amount::from_word(U256::from_limbs([100, 0, 0, 0]));

/// The reward of a checkpoint of so many blocks if everybody signed, and the full lengths to remember for the next.
///
/// `reward` is the root chain's for a full length; `previous` the full lengths of the last checkpoint that had any, 0
/// before the first.
///
/// Source: `root-contracts §5.4; contracts:staking/stakeManager/StakeManager.sol:793-885`.
///
/// # Errors
/// [`AmountError`] where the contract reverts.
pub fn length_reward(
    shape: &RewardShape,
    reward: Amount,
    blocks: U256,
    previous: U256,
) -> Result<(Amount, U256), AmountError> {
    let [interval, decrease, max_intervals, delta] =
        [shape.interval, shape.decrease, shape.max_intervals, shape.delta].map(Amount::from_word);
    let mut blocks = Amount::from_word(blocks);
    let mut reward = reward;
    let full = blocks.checked_div(interval)?.min(max_intervals);

    let mut remembered = previous;
    // the last checkpoint may have been another root chain's; its length counts all the same.
    if !full.is_zero() && full.to_word() != previous {
        if !previous.is_zero() {
            let change = reward.wrapping_mul(delta).checked_div(HUNDRED)?;
            reward = if previous > full.to_word() { reward.wrapping_add(change) } else { reward.wrapping_sub(change) };
        }
        remembered = full.to_word();
    }

    let mut total = Amount::ZERO;
    if blocks > interval {
        let pairs = full.wrapping_sub(Amount::from_units(1)).wrapping_mul(full).to_word() >> 1;
        let less = reward.checked_mul(Amount::from_word(pairs).checked_mul(decrease)?)?.checked_div(HUNDRED)?;
        total = reward.checked_mul(full)?.checked_sub(less)?;
        // past M full lengths the surplus blocks are still paid, at the rate that is left.
        blocks = blocks.checked_sub(full.checked_mul(interval)?)?;
        let less = reward.checked_mul(full)?.checked_mul(decrease)?.checked_div(HUNDRED)?;
        reward = reward.checked_sub(less)?;
    }
    let rest = blocks.checked_mul(reward)?.checked_div(interval)?;
    Ok((total.checked_add(rest)?, remembered))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// root-contracts §12.1: reward 10 000, shape (20, 5, 10).
    fn shape(interval: u64) -> RewardShape {
        let [interval, decrease, max_intervals, delta] = [interval, 20, 5, 10].map(U256::from);
        RewardShape { interval, decrease, max_intervals, delta, proposer_bonus: 10 }
    }

    fn btt(shape: &RewardShape, blocks: u64, previous: u64) -> (u64, u64) {
        let blocks = U256::from(blocks);
        let (total, full) = length_reward(shape, Amount::from_btt(10_000), blocks, U256::from(previous)).unwrap();
        (total.whole_btt().to(), full.to())
    }

    #[test]
    fn the_rows_of_the_references_tests_come_out() {
        // The rows give 9/10 of these, split 1 : 2 : 3, and sums over the checkpoints before.
        assert_eq!(btt(&shape(1), 1, 0), (10_000, 1)); // 1 500 of 9 000
        assert_eq!(btt(&shape(1), 2, 1), (16_200, 2)); // 3 930 − 1 500 of 14 580
        assert_eq!(btt(&shape(1), 2, 2), (18_000, 2)); // 6 630 − 3 930 of 16 200
        assert_eq!(btt(&shape(1), 10, 0), (30_000, 5)); // 4 500 of 27 000
        assert_eq!(btt(&shape(1), 3, 0), (24_000, 3)); // 3 600 of 21 600
        assert_eq!(btt(&shape(10), 15, 0), (14_000, 1)); // 2 100 of 12 600
    }

    #[test]
    fn q16_the_last_length_is_remembered_whichever_chain_it_came_from() {
        // One number goes in and comes out; no root chain is asked.
        assert_eq!(btt(&shape(1), 1, 2), (11_000, 1));
        assert_eq!(btt(&shape(1), 1, 1), (10_000, 1));
        assert_eq!(btt(&shape(10), 5, 7), (5_000, 7), "less than a full length leaves it alone");
    }

    #[test]
    fn q17_blocks_past_the_last_full_length_are_still_paid() {
        let shape = RewardShape { decrease: U256::from(10), max_intervals: U256::from(2), ..shape(1) };
        // Two full lengths pay 10 000 + 9 000, the other eight 8 000 each.
        assert_eq!(btt(&shape, 10, 0), (19_000 + 64_000, 2));
    }
}
