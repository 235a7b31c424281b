//! The whole state, written down and read again.

use super::Layer;
use crate::store::Stores;
use alloy_primitives::B256;
use bttc_core::chain::ChainSpec;
use serde::{Deserialize, Serialize};

/// The state of a layer after a height, in any serde format. Messages of a user's own are not in it: who restores it
/// names their kinds again ([`Layer::with_kind`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Snapshot {
    /// The rules.
    pub spec: ChainSpec,
    /// The height.
    pub height: u64,
    /// Its time, Unix seconds.
    pub time: u64,
    /// The application hash.
    pub app_hash: B256,
    /// Hashes of the transactions that the height put to the vote, in the order of its block.
    pub taken: Vec<B256>,
    /// All that is kept.
    pub stores: Stores,
}

/// A snapshot whose stores are not those that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("got stores of application hash {got}, expected {expected}")]
pub struct SnapshotError {
    /// Hash over its stores.
    pub got: B256,
    /// What it says.
    pub expected: B256,
}

impl Layer {
    /// Writes the state down.
    #[must_use]
    pub fn save(&self) -> Snapshot {
        Snapshot {
            spec: self.spec().clone(),
            height: self.height(),
            time: self.time(),
            app_hash: self.app_hash(),
            taken: self.taken().to_vec(),
            stores: self.stores().clone(),
        }
    }

    /// The state that was written down.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn restore(snapshot: Snapshot) -> Result<Self, SnapshotError> {
        let Snapshot { spec, height, time, app_hash: expected, taken, stores } = snapshot;
        let layer = Self::at(spec, stores, height, time).with_taken(taken);
        let got = layer.app_hash();
        if got == expected { Ok(layer) } else { Err(SnapshotError { got, expected }) }
    }
}
