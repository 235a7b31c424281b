//! What the mirrors on Ethereum and BSC have not been told yet.
//!
//! ```text
//!  settled event ──push──▶ [ head, …, newest ]  one queue a mirror, first in, first out
//!                             │
//!                             ├── sync: the head is being carried there, for 600 seconds by nobody else
//!                             └── ack:  it has arrived, the next one is head
//! ```
//!
//! Source: `validation-layer §5.6; delivery:staking/keep_sync.go:19-139, delivery:staking/handler.go:279-368`.
//!
//! ```
//! use alloy_primitives::B256;
//! use bttc_core::{id::{Nonce, ValidatorId}, root_chain::RootChainId};
//! use bttc_staking::registry::{Applied, SyncQueues, SyncRecord};
//!
//! let (validator, nonce) = (ValidatorId::new(8), Nonce::new(1));
//! let record = SyncRecord::of(Applied::Joined(validator), nonce, 486, B256::repeat_byte(7)).ok_or("nothing to tell")?;
//! let mut queues = SyncQueues::default();
//! queues.push(&record);
//!
//! queues.settle_sync(RootChainId::Ethereum, validator, nonce, 1_000)?;
//! assert!(queues.admit_sync(RootChainId::Ethereum, validator, nonce, 1_599).is_err()); // it is on its way
//! queues.settle_ack(RootChainId::Ethereum, validator, nonce)?;
//! assert_eq!(queues.head(RootChainId::Ethereum), None);
//! assert_eq!(queues.head(RootChainId::Bsc), Some(&record));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use super::Applied;
use alloc::{
    collections::{BTreeMap, VecDeque},
    string::{String, ToString as _},
};
use alloy_primitives::B256;
use bttc_core::{
    amino_fields,
    id::{Nonce, ValidatorId},
    root_chain::RootChainId,
};
use serde::{Deserialize, Serialize};

/// Seconds during which a head that is being carried is nobody else's to carry.
///
/// Source: `validation-layer §5.6, §9.1; delivery:staking/handler.go:279-329`.
pub const SYNC_BUFFER_TIME: u64 = 600;

/// Something the mirrors have to be told.
///
/// Source: `validation-layer §1.6; delivery:staking/types/stake_record.go:11-18`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRecord {
    /// The mirror's function: `validatorJoin`, `signerUpdate`, `validatorExit`.
    // Q-152: it is a text, and read back whatever it says.
    #[serde(rename = "type")]
    pub function: String,
    /// The validator.
    pub id: ValidatorId,
    /// The event's nonce.
    pub nonce: Nonce,
    /// Height at which the event was settled, where the signatures are found.
    pub height: i64,
    /// The transaction that reported the event.
    pub tx_hash: B256,
    /// When it was last begun to be carried over, Unix seconds; 0 for never.
    pub timestamp: u64,
}

amino_fields!(SyncRecord {
    function: "type",
    id: "id",
    nonce: "nonce",
    height: "height",
    tx_hash: "tx_hash",
    timestamp: "timestamp",
});

impl SyncRecord {
    /// What an event makes the mirrors learn; `None` for those that they need not know.
    #[must_use]
    pub fn of(applied: Applied, nonce: Nonce, height: i64, tx_hash: B256) -> Option<Self> {
        let (function, id) = match applied {
            Applied::Joined(id) => ("validatorJoin", id),
            Applied::SignerUpdated(id) => ("signerUpdate", id),
            Applied::Exiting(id) => ("validatorExit", id),
            Applied::PowerUpdated(_) | Applied::Ignored => return None,
        };
        Some(Self { function: function.to_string(), id, nonce, height, tx_hash, timestamp: 0 })
    }

    /// The head of a queue, if it is this event of this validator.
    ///
    /// # Errors
    /// [`SyncError::Empty`], [`SyncError::NotHead`].
    pub fn expect(head: Option<&Self>, id: ValidatorId, nonce: Nonce) -> Result<&Self, SyncError> {
        let head = head.ok_or(SyncError::Empty)?;
        if (head.id, head.nonce) == (id, nonce) {
            return Ok(head);
        }
        Err(SyncError::NotHead { got: (id, nonce), expected: (head.id, head.nonce) })
    }

    /// Whether somebody may begin to carry it over: nobody has, or so many seconds ago. Who began in this very second
    /// is not in the way.
    ///
    /// # Errors
    /// [`SyncError::UnderWay`].
    pub fn check_free(&self, now: u64, lifetime: u64) -> Result<(), SyncError> {
        let since = self.timestamp;
        match now.checked_sub(since) {
            Some(waited) if since != 0 && waited > 0 && waited < lifetime => {
                Err(SyncError::UnderWay { since, waited, lifetime })
            }
            _ => Ok(()),
        }
    }
}

/// Why a word about a queue's head is refused. The reference answers each with [`SyncError::CODE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// There is nothing to tell, which on TRON is always so.
    #[error("nothing is to be told there")]
    Empty,
    /// Another one is first.
    #[error("got validator {} with nonce {}, expected {} with nonce {}", .got.0, .got.1, .expected.0, .expected.1)]
    NotHead {
        /// Validator and nonce.
        got: (ValidatorId, Nonce),
        /// Those of the head.
        expected: (ValidatorId, Nonce),
    },
    /// It is on its way.
    #[error("it is on its way since {since}, {waited} of {lifetime} seconds ago")]
    UnderWay {
        /// Since when, Unix seconds.
        since: u64,
        /// Seconds since.
        waited: u64,
        /// Seconds for which it is nobody else's.
        lifetime: u64,
    },
}

impl SyncError {
    /// The result code of the reference.
    ///
    /// Source: `validation-layer §5.6, §9.4; delivery:common/error.go:15-78`.
    pub const CODE: u32 = 1_502;
}

/// The queues of both mirrors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncQueues(BTreeMap<RootChainId, VecDeque<SyncRecord>>);

impl SyncQueues {
    /// Puts a record behind the others, for both mirrors.
    // Q-153: BSC's queue fills from genesis on, long before the chain is active.
    pub fn push(&mut self, record: &SyncRecord) {
        for mirror in [RootChainId::Ethereum, RootChainId::Bsc] {
            self.0.entry(mirror).or_default().push_back(record.clone());
        }
    }

    /// What a mirror has to be told next.
    #[must_use]
    pub fn head(&self, mirror: RootChainId) -> Option<&SyncRecord> {
        self.queue(mirror).next()
    }

    /// What a mirror has to be told, in order.
    pub fn queue(&self, mirror: RootChainId) -> impl Iterator<Item = &SyncRecord> {
        self.0.get(&mirror).into_iter().flatten()
    }

    /// Whether somebody may begin to carry the head over.
    ///
    /// # Errors
    /// [`SyncError`].
    pub fn admit_sync(&self, mirror: RootChainId, id: ValidatorId, nonce: Nonce, now: u64) -> Result<(), SyncError> {
        SyncRecord::expect(self.head(mirror), id, nonce)?.check_free(now, SYNC_BUFFER_TIME)
    }

    /// Somebody carries the head over, as of now.
    ///
    /// # Errors
    /// [`SyncError`].
    pub fn settle_sync(
        &mut self,
        mirror: RootChainId,
        id: ValidatorId,
        nonce: Nonce,
        now: u64,
    ) -> Result<(), SyncError> {
        self.admit_sync(mirror, id, nonce, now)?;
        if let Some(head) = self.0.get_mut(&mirror).and_then(VecDeque::front_mut) {
            head.timestamp = now;
        }
        Ok(())
    }

    /// Whether somebody may say that the head has arrived.
    ///
    /// # Errors
    /// [`SyncError::Empty`], [`SyncError::NotHead`].
    pub fn admit_ack(&self, mirror: RootChainId, id: ValidatorId, nonce: Nonce) -> Result<(), SyncError> {
        SyncRecord::expect(self.head(mirror), id, nonce).map(|_| ())
    }

    /// The head has arrived.
    ///
    /// # Errors
    /// [`SyncError::Empty`], [`SyncError::NotHead`].
    pub fn settle_ack(&mut self, mirror: RootChainId, id: ValidatorId, nonce: Nonce) -> Result<(), SyncError> {
        self.admit_ack(mirror, id, nonce)?;
        self.0.entry(mirror).or_default().pop_front();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RootChainId::{Bsc, Ethereum, Tron};
    use alloc::vec::Vec;
    use bttc_core::amino;

    const ONE: (ValidatorId, Nonce) = (ValidatorId::new(1), Nonce::new(4));
    const TWO: (ValidatorId, Nonce) = (ValidatorId::new(2), Nonce::new(1));

    fn queues() -> SyncQueues {
        let mut queues = SyncQueues::default();
        for (applied, nonce) in [(Applied::Exiting(ONE.0), ONE.1), (Applied::Joined(TWO.0), TWO.1)] {
            queues.push(&SyncRecord::of(applied, nonce, 9, B256::ZERO).unwrap());
        }
        queues
    }

    #[test]
    fn q152_a_records_function_is_a_text() {
        let record = SyncRecord { function: "no function".into(), ..SyncRecord::default() };
        assert_eq!(amino::from_bytes(&amino::to_bytes(&record)), Ok(record));
    }

    #[test]
    fn q153_both_mirrors_queues_fill_from_the_first_event_on() {
        assert!(queues().queue(Ethereum).eq(queues().queue(Bsc)));
        assert_eq!((queues().queue(Bsc).count(), queues().queue(Tron).count()), (2, 0));
        assert_eq!(SyncRecord::of(Applied::PowerUpdated(ONE.0), ONE.1, 9, B256::ZERO), None);
    }

    #[test]
    fn a_head_that_is_being_carried_is_nobody_elses_for_600_seconds() {
        let mut queues = queues();
        let admitted = |queues: &SyncQueues, now| queues.admit_sync(Bsc, ONE.0, ONE.1, now);
        assert_eq!((admitted(&queues, 100), admitted(&queues, 0)), (Ok(()), Ok(())));
        queues.settle_sync(Bsc, ONE.0, ONE.1, 100).unwrap();
        for (now, expected) in [(99, true), (100, true), (101, false), (699, false), (700, true)] {
            assert_eq!(admitted(&queues, now).is_ok(), expected, "at {now}");
        }
        let under_way = Err(SyncError::UnderWay { since: 100, waited: 1, lifetime: SYNC_BUFFER_TIME });
        assert_eq!((admitted(&queues, 101), queues.settle_sync(Bsc, ONE.0, ONE.1, 101)), (under_way, under_way));
        queues.settle_sync(Bsc, ONE.0, ONE.1, 700).unwrap();
        assert_eq!(queues.head(Bsc).unwrap().timestamp, 700);
        assert_eq!(queues.head(Ethereum).unwrap().timestamp, 0);
    }

    #[test]
    fn only_the_head_arrives_and_a_refusal_changes_nothing() {
        let mut queues = queues();
        let before = queues.clone();
        let refused = Err(SyncError::NotHead { got: TWO, expected: ONE });
        assert_eq!(queues.settle_ack(Bsc, TWO.0, TWO.1), refused);
        assert_eq!(queues.settle_sync(Bsc, TWO.0, TWO.1, 5), refused);
        assert_eq!(queues.settle_ack(Tron, ONE.0, ONE.1), Err(SyncError::Empty));
        assert_eq!(queues, before);
        queues.settle_ack(Bsc, ONE.0, ONE.1).unwrap();
        queues.settle_ack(Bsc, TWO.0, TWO.1).unwrap();
        assert_eq!(queues.admit_ack(Bsc, TWO.0, TWO.1), Err(SyncError::Empty));
        let left: Vec<_> = queues.queue(Ethereum).map(|record| record.id).collect();
        assert_eq!(left, [ONE.0, TWO.0]);
    }
}
