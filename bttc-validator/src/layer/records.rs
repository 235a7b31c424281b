//! State records: messages of all root chains in one sequence.
//!
//! ```text
//! TRON 1, 2, 3 …   ┐
//! Ethereum 1, 2 …  ├──▶ 1, 2, 3, 4 …   in the order in which the layer settled them
//! BSC 1 …          ┘
//! ```
//!
//! Source: `validation-layer §6.1; delivery:clerk/keeper.go:112-140`.

use super::message::EventRecord;
use bttc_core::{id::StateId, root_chain::RootChainId};
use bttc_evm::state_sync::{Record, RecordTime};
use bttc_staking::registry::Sequence;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// All records so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    records: BTreeMap<StateId, Record>,
    /// Which root-chain messages are in, by root chain and its own number.
    #[serde(with = "pairs")]
    known: BTreeMap<(RootChainId, StateId), StateId>,
    /// Places that were used. The reference keeps them as one number, (block × 100 000 + log index) × 100 + root chain.
    sequences: BTreeSet<(Sequence, RootChainId)>,
}

/// JSON has no maps keyed by pairs: a list of entries instead.
mod pairs {
    use super::{BTreeMap, Deserialize, RootChainId, Serialize, StateId};
    use serde::{Deserializer, Serializer};

    type Map = BTreeMap<(RootChainId, StateId), StateId>;

    pub(super) fn serialize<S: Serializer>(map: &Map, serializer: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map, D::Error> {
        Vec::deserialize(deserializer).map(|entries: Vec<_>| entries.into_iter().collect())
    }
}

/// Why a record is not taken.
///
/// Source: `validation-layer §6.1, §9.4; delivery:common/error.go:15-78`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Code 5400, when it is admitted.
    #[error("{root_chain} message {id} is already a record")]
    Synced {
        /// Which root chain.
        root_chain: RootChainId,
        /// Its number there.
        id: StateId,
    },
    /// Code 1401, when it is settled: another copy came first.
    #[error("{root_chain} message {id} has become a record in the meantime")]
    Taken {
        /// Which root chain.
        root_chain: RootChainId,
        /// Its number there.
        id: StateId,
    },
    /// Code 3506.
    #[error("the record is for side chain {got}, expected {expected}")]
    ChainId {
        /// What the message says.
        got: u64,
        /// This layer's.
        expected: u64,
    },
    /// Code 1401.
    #[error("an event at sequence {sequence} of {root_chain} was taken before")]
    OldSequence {
        /// The sequence.
        sequence: Sequence,
        /// Which root chain.
        root_chain: RootChainId,
    },
    /// The ids are used up.
    #[error("no id follows {last}")]
    LastId {
        /// The last one.
        last: StateId,
    },
}

impl RecordError {
    /// The reference's result code.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Synced { .. } => 5_400,
            Self::ChainId { .. } => 3_506,
            Self::Taken { .. } | Self::OldSequence { .. } => 1_401,
            Self::LastId { .. } => 5_402,
        }
    }
}

impl Records {
    /// Whether a message may be taken.
    ///
    /// # Errors
    /// [`RecordError`], in the reference's order.
    pub fn admit(&self, message: &EventRecord, chain_id: u64) -> Result<(), RecordError> {
        let EventRecord { root_chain, id, .. } = *message;
        if self.known.contains_key(&(root_chain, id)) {
            return Err(RecordError::Synced { root_chain, id });
        }
        if message.chain_id != chain_id {
            return Err(RecordError::ChainId { got: message.chain_id, expected: chain_id });
        }
        let sequence = message.place.sequence();
        if self.sequences.contains(&(sequence, root_chain)) {
            return Err(RecordError::OldSequence { sequence, root_chain });
        }
        Ok(())
    }

    /// Takes a message that the layer agreed on, at this block time, and answers with the record.
    ///
    /// # Errors
    /// [`RecordError::Taken`], [`RecordError::LastId`].
    // Q-101: the sequence is not looked at again, so two messages of one place both pass when in flight together.
    pub fn settle(&mut self, message: &EventRecord, time: u64) -> Result<Record, RecordError> {
        let EventRecord { root_chain, id, .. } = *message;
        if self.known.contains_key(&(root_chain, id)) {
            return Err(RecordError::Taken { root_chain, id });
        }
        let last = self.latest();
        let local = last.next().ok_or(RecordError::LastId { last })?;
        let record = Record {
            id: local,
            receiver: message.receiver,
            data: message.data.clone(),
            tx_hash: message.place.transaction,
            log_index: message.place.log_index,
            chain_id: message.chain_id.to_string(),
            time: RecordTime { seconds: time, nanoseconds: 0 },
        };
        self.records.insert(local, record.clone());
        self.known.insert((root_chain, id), local);
        self.sequences.insert((message.place.sequence(), root_chain));
        Ok(record)
    }

    /// Whether a root chain's message, by its number there, is a record.
    #[must_use]
    pub fn is_known(&self, root_chain: RootChainId, id: StateId) -> bool {
        self.known.contains_key(&(root_chain, id))
    }

    /// The last record's id; 0 before the first.
    #[must_use]
    pub fn latest(&self) -> StateId {
        self.records.keys().next_back().copied().unwrap_or_default()
    }

    /// Records from this id on that are older than `to` (Unix seconds), without a gap.
    ///
    /// Source: `validation-layer §6.2; delivery:clerk/client/rest/query.go:279-343`.
    #[must_use]
    pub fn from_until(&self, from: StateId, to: u64) -> Vec<Record> {
        let numbered = self.records.range(from..).zip(from.get()..);
        numbered
            .take_while(|((id, record), expected)| id.get() == *expected && record.time.seconds < to)
            .map(|((_, record), _)| record.clone())
            .collect()
    }
}
