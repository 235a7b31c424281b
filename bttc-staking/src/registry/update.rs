//! How a set follows the records.

use super::ValidatorRecord;
use crate::validator_set::{ChangeError, ValidatorSet};
use alloc::vec::Vec;
use alloy_primitives::{Address, FixedBytes};
use bttc_core::validator::VotingPower;
use serde::{Deserialize, Serialize};

/// A validator's power as consensus has to know it from the next block on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUpdate {
    /// Its signing key, 65 bytes.
    pub pub_key: FixedBytes<65>,
    /// Address of that key.
    pub signer: Address,
    /// Its power; 0 when it leaves.
    pub power: VotingPower,
}

/// Brings a set up to date with all records, in signer order, and turns it once if anything changed. Answers with what
/// consensus has to know, in the same order.
///
/// Source: `validation-layer §2.4; delivery:app/app.go:596-638, delivery:helper/util.go:94-119`.
///
/// # Errors
/// [`ChangeError`]: the set stays as it was.
// there the reference answers with an empty block end, and the other modules' block ends do not run.
pub fn update_set<'a>(
    set: &mut ValidatorSet<ValidatorRecord>,
    records: impl IntoIterator<Item = &'a ValidatorRecord>,
    ack_count: u64,
) -> Result<Vec<SetUpdate>, ChangeError> {
    // only entering, leaving and power are compared; other fields of the copy stay what they were.
    let change = |record: &ValidatorRecord| {
        let power = match (set.get(record.signer), record.is_current(ack_count)) {
            (Some(_), false) => VotingPower::ZERO,
            (None, true) => record.power,
            (Some(member), true) if member.power != record.power => record.power,
            _ => return None,
        };
        Some(ValidatorRecord { power, ..record.clone() })
    };
    let changes: Vec<ValidatorRecord> = records.into_iter().filter_map(change).collect();
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let mut changed = set.clone();
    changed.apply(&changes)?;
    changed.increment(1)?;
    *set = changed;
    let update =
        |change: &ValidatorRecord| SetUpdate { pub_key: change.pub_key, signer: change.signer, power: change.power };
    Ok(changes.iter().map(update).collect())
}
