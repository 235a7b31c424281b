//! Which blocks the next checkpoint covers.

use crate::{
    module::Refusal,
    param::{AVG_CHECKPOINT_LENGTH, CHECKPOINT_BUFFER_TIME, MAX_CHECKPOINT_LENGTH},
    store::Stores,
};
use bttc_core::chain::CheckpointRules;

/// The rules of checkpoints as they stand among the parameters.
///
/// # Errors
/// [`Refusal::INTERNAL`] where one was never set, or does not read.
pub fn checkpoint_rules(stores: &Stores) -> Result<CheckpointRules, Refusal> {
    const NANOS: i64 = 1_000_000_000;
    Ok(CheckpointRules {
        average_length: AVG_CHECKPOINT_LENGTH.get(stores)?,
        max_length: MAX_CHECKPOINT_LENGTH.get(stores)?,
        buffer_time: u64::try_from(CHECKPOINT_BUFFER_TIME.get(stores)? / NANOS).unwrap_or_default(),
    })
}

/// First and last block of the checkpoint that a proposer proposes next; `None` while there is nothing to propose.
///
/// `start` is the block behind the last checkpoint, `latest` the newest block deep enough to count, `age` the seconds
/// since the last checkpoint (`None` before the first).
///
/// ```text
/// d = latest − start + 1        e = d − d mod average        end = start + min(e − 1, max − 1)   when e > 0
/// ```
///
/// A shorter range than the average goes out only when the last checkpoint is older than 2 · max seconds.
///
/// Source: `validation-layer §3.10; delivery:bridge/setu/processor/checkpoint.go:137-224`.
///
/// ```
/// use bttc_core::chain::ChainSpec;
/// use bttc_validator::duties::next_range;
///
/// let rules = ChainSpec::mainnet().checkpoints; // average 256, at most 1,024
/// assert_eq!(next_range(0, 254, None, &rules), None);
/// assert_eq!(next_range(0, 255, None, &rules), Some((0, 255)));
/// assert_eq!(next_range(256, 5_000, Some(60), &rules), Some((256, 1_279)));
/// assert_eq!(next_range(256, 300, Some(2_049), &rules), Some((256, 300)));
/// ```
#[must_use]
pub fn next_range(start: u64, latest: u64, age: Option<u64>, rules: &CheckpointRules) -> Option<(u64, u64)> {
    let length = latest.checked_sub(start)?.saturating_add(1);
    let expected = length - length.checked_rem(rules.average_length)?;
    let end = if expected > 0 {
        start.saturating_add((expected - 1).min(rules.max_length.saturating_sub(1)))
    } else if age.is_some_and(|age| age > rules.max_length.saturating_mul(2)) {
        latest
    } else {
        return None;
    };
    // The layer refuses a checkpoint of a single block.
    (start < end).then_some((start, end))
}
