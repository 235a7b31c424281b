//! What lies behind a chain's memory.

use super::Place;
use crate::{
    block::ImportedBlock,
    chain::Chain,
    state::State,
    store::{StoreError, StoredChain},
};
use alloy_primitives::B256;
use core::fmt;
use std::{collections::BTreeMap, sync::Arc};

/// The states after a chain's blocks, and what the chain does not hold in memory. A [`Node`](super::Node) asks it where
/// the chain does not know; whoever keeps states alone, as a map of them does, leaves the rest as it is.
///
/// ```
/// use bttc_evm::{rpc::History, state::State};
/// use std::collections::BTreeMap;
///
/// let states = BTreeMap::from([(7, State::default())]);
/// let history: &dyn History = &states;
/// assert_eq!((history.state_after(7)?, history.state_after(8)?), (Some(State::default()), None));
/// assert!(history.block(7)?.is_none());
/// # Ok::<(), bttc_evm::store::StoreError>(())
/// ```
pub trait History: fmt::Debug {
    /// The state after the chain's block of this height; `None` where it is not kept.
    ///
    /// # Errors
    /// [`StoreError`] when what is kept cannot be read; so for the other questions.
    fn state_after(&self, height: u64) -> Result<Option<State>, StoreError>;

    /// The chain's block of this height.
    ///
    /// # Errors
    /// [`StoreError`].
    fn block(&self, height: u64) -> Result<Option<Arc<ImportedBlock>>, StoreError> {
        let _ = height;
        Ok(None)
    }

    /// A block of the chain or beside it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn block_by_hash(&self, hash: B256) -> Result<Option<Arc<ImportedBlock>>, StoreError> {
        let _ = hash;
        Ok(None)
    }

    /// Hash of the chain's block of this height.
    ///
    /// # Errors
    /// [`StoreError`].
    fn hash_of(&self, height: u64) -> Result<Option<B256>, StoreError> {
        Ok(self.block(height)?.map(|block| block.header().hash()))
    }

    /// Where a transaction of the chain stands, which may be a synthetic one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn place_of(&self, transaction: B256) -> Result<Option<Place>, StoreError> {
        let _ = transaction;
        Ok(None)
    }
}

impl History for BTreeMap<u64, State> {
    fn state_after(&self, height: u64) -> Result<Option<State>, StoreError> {
        Ok(self.get(&height).cloned())
    }
}

/// The newest state, and those that the window keeps.
impl History for Chain {
    fn state_after(&self, height: u64) -> Result<Option<State>, StoreError> {
        Ok(self.state_at(height).cloned())
    }
}

/// Everything that the store holds.
impl History for StoredChain {
    fn state_after(&self, height: u64) -> Result<Option<State>, StoreError> {
        Self::state_after(self, height)
    }

    fn block(&self, height: u64) -> Result<Option<Arc<ImportedBlock>>, StoreError> {
        Self::block(self, height)
    }

    fn block_by_hash(&self, hash: B256) -> Result<Option<Arc<ImportedBlock>>, StoreError> {
        Self::block_by_hash(self, hash)
    }

    fn hash_of(&self, height: u64) -> Result<Option<B256>, StoreError> {
        Self::hash_of(self, height)
    }

    fn place_of(&self, transaction: B256) -> Result<Option<Place>, StoreError> {
        Self::place_of(self, transaction)
    }
}

const _: fn(&BTreeMap<u64, State>) = |states| {
    let _: &dyn History = states;
};
