//! What a signed checkpoint pays, and to whom.
//!
//! With R the root chain's reward for a checkpoint of full length T, M, d and δ from the
//! [`RewardShape`](crate::stake::RewardShape), B the checkpoint's blocks, all divisions rounded down:
//!
//! ```text
//! F = min(B / T, M)                                 full lengths
//! R = R ± R·δ/100                                   when F > 0 is less (+) or more (−) than the last such F
//! total  = R·F − R·(F·(F−1)/2)·d/100   if B > T, and then  B = B − F·T,  R = R − R·F·d/100
//! total += B·R / T
//! reward = total · power signed / power of all
//!
//! bonus  = reward · proposer bonus / 100            to the proposer
//! index += (reward − bonus) · 10²⁵ / power signed   reward per base unit of stake, since the beginning
//! ```
//!
//! The index is what validators are paid by: each remembers the index up to which it has been credited, and is
//! credited when something makes it settle. Whoever did not sign is credited up to the old index and then moved to
//! the new one.
//!
//! Enough have signed when two thirds of the *heads* plus one have; see [`SignatureWalk`] for how they are read.
//!
//! Source: `root-contracts §5; contracts:staking/stakeManager/StakeManager.sol:592-1020, 1109-1277`.
//!
//! ```
//! use alloy_primitives::U256;
//! use bttc_core::amount::Amount;
//! use bttc_staking::{reward::length_reward, stake::RewardShape};
//!
//! // A checkpoint of 15 blocks where 10 are a full length: one full reward, and half of one that is 20 % smaller.
//! let [interval, decrease, max_intervals, delta] = [10, 20, 5, 10].map(U256::from);
//! let shape = RewardShape { interval, decrease, max_intervals, delta, proposer_bonus: 10 };
//! let (total, intervals) = length_reward(&shape, Amount::from_btt(10_000), U256::from(15), U256::ZERO)?;
//! assert_eq!((total, intervals), (Amount::from_btt(14_000), U256::from(1)));
//! # Ok::<(), bttc_core::amount::AmountError>(())
//! ```

mod accounting;
mod checkpoint;
mod length;
mod sync;
mod walk;

pub use checkpoint::{AssessedCheckpoint, CheckSignaturesError, CheckpointReward};
pub use length::length_reward;
pub use sync::{CheckpointSync, CheckpointSyncError};
pub use walk::{Reading, SignatureRead, SignatureWalk};

pub(crate) use accounting::PRECISION;
pub(crate) use checkpoint::{Shares, shares};
pub(crate) use walk::{Standing, walk};

#[cfg(test)]
mod tests;
