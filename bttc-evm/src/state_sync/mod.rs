//! Root-chain messages on their way to a contract.
//!
//! ```text
//! delivered at the first block n of a sprint, in order of ids:
//!   last = lastStateId() on the parent's state          to = time of block n − sprint
//!   id = last + 1,  own chain,  time < to               → delivered, last += 1
//!   id ≤ last                                           → passed over
//!   anything else                                       → the rest waits
//! ```
//!
//! Source: `block-layer §4.2; bttc:consensus/bor/bor.go:1207-1269`.
//!
//! ```
//! use bttc_evm::state_sync::{Record, RecordTime, select};
//! use bttc_core::id::StateId;
//!
//! let record = |id, seconds| Record {
//!     id: StateId::new(id), chain_id: "199".into(), time: RecordTime { seconds, nanoseconds: 1 }, ..Record::default()
//! };
//! let records = [record(3, 50), record(2, 50), record(4, 60)];
//! let delivered = select(&records, StateId::new(1), 60, 199, None);
//! assert_eq!(delivered.iter().map(|r| r.id.get()).collect::<Vec<_>>(), [2, 3]);
//! ```

mod receipt;

pub use receipt::{SyntheticReceipt, receipt_key, synthetic_hash};

use alloy_primitives::{Address, B256, Bytes};
use bttc_core::id::StateId;
use serde::{Deserialize, Serialize};

/// Records that the validation layer gives at once; fewer mean that there are no more.
///
/// Source: `block-layer §4.2.4; bttc:consensus/bor/rest.go:16`.
pub const PAGE: usize = 50;

/// When the validation layer recorded something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordTime {
    /// Unix seconds, rounded down.
    pub seconds: u64,
    /// Nanoseconds past them.
    pub nanoseconds: u32,
}

/// A message from a root chain to a contract.
///
/// Source: `block-layer §4.2.5; bttc:consensus/bor/clerk.go:12-24`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Record {
    /// Its place in the one sequence of all root chains.
    pub id: StateId,
    /// The contract it is for.
    pub receiver: Address,
    /// What the contract gets.
    pub data: Bytes,
    /// Root-chain transaction that sent it.
    pub tx_hash: B256,
    /// Its log in that transaction's block.
    pub log_index: u64,
    /// Side chain it is for, in decimal.
    pub chain_id: String,
    /// When it was recorded.
    pub time: RecordTime,
}

/// Which records a block wants: those from an id on, recorded before a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRequest {
    /// First id.
    pub from: StateId,
    /// Unix seconds, exclusive.
    pub before: u64,
}

/// The records that a block delivers, in order.
///
/// `last` is the id delivered last, `before` the exclusive bound of time, `limit` the block's entry among the chain's
/// limits. The limit cuts the sorted list before ids are looked at.
///
/// Source: `block-layer §4.2.6-4.2.7; bttc:consensus/bor/bor.go:1229-1269`.
#[must_use]
pub fn select(records: &[Record], last: StateId, before: u64, chain_id: u64, limit: Option<u64>) -> Vec<Record> {
    let mut sorted: Vec<_> = records.iter().collect();
    sorted.sort_by_key(|record| record.id);
    // Q-85: a limit counts records that are passed over as well.
    if let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) {
        sorted.truncate(limit);
    }
    let chain_id = chain_id.to_string();
    let mut last = last.get();
    let mut delivered = Vec::new();
    for record in sorted {
        let id = record.id.get();
        if id <= last {
            continue;
        }
        if last.checked_add(1) != Some(id) || record.chain_id != chain_id || record.time.seconds >= before {
            break;
        }
        // Q-86: counted as delivered even if the call will revert; the contract's own count then stays behind.
        last = id;
        delivered.push(record.clone());
    }
    delivered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: u64) -> Record {
        Record { id: StateId::new(id), chain_id: "199".into(), ..Record::default() }
    }

    fn ids(records: &[Record], last: u64, limit: Option<u64>) -> Vec<u64> {
        let selected = select(records, StateId::new(last), 1, 199, limit);
        selected.iter().map(|record| record.id.get()).collect()
    }

    #[test]
    fn gaps_foreign_and_late_records_hold_back_the_rest() {
        assert_eq!(ids(&[record(1), record(2), record(4)], 0, None), [1, 2]);
        let foreign = Record { chain_id: "0199".into(), ..record(2) };
        assert_eq!(ids(&[record(1), foreign, record(3)], 0, None), [1]);
        let mut late = record(2);
        late.time.seconds = 1;
        assert_eq!(ids(&[record(1), late, record(3)], 0, None), [1]);
    }

    #[test]
    fn q85_a_limit_counts_what_is_passed_over() {
        let records = [record(1), record(2), record(3), record(4)];
        assert_eq!(ids(&records, 2, Some(3)), [3]);
        assert_eq!(ids(&records, 2, Some(0)), [0; 0]);
        assert_eq!(ids(&records, 2, Some(1_000)), [3, 4]);
    }

    #[test]
    fn q86_repeated_ids_are_passed_over_once_one_of_them_was_delivered() {
        assert_eq!(ids(&[record(1), record(1), record(2)], 0, None), [1, 2]);
    }
}
