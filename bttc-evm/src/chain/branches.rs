//! Blocks beside the chain.

use crate::{block::ImportedBlock, state::State};
use alloy_primitives::B256;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A block beside the chain, and the state after it as long as another may follow.
#[derive(Clone)]
pub(super) struct SideBlock {
    pub(super) block: Arc<ImportedBlock>,
    pub(super) state: Option<State>,
}

/// Blocks beside the chain, by number and hash.
#[derive(Clone, Default)]
pub(super) struct Branches(BTreeMap<(u64, B256), SideBlock>);

impl Branches {
    /// Blocks that are kept; beyond that the lowest is forgotten.
    const MOST: usize = 1_024;

    pub(super) fn insert(&mut self, block: Arc<ImportedBlock>, state: Option<State>) {
        let place = (block.header().height(), block.header().hash());
        self.0.insert(place, SideBlock { block, state });
    }

    pub(super) fn remove(&mut self, number: u64, hash: B256) -> Option<SideBlock> {
        self.0.remove(&(number, hash))
    }

    pub(super) fn get(&self, number: u64, hash: B256) -> Option<&SideBlock> {
        self.0.get(&(number, hash))
    }

    /// The lowest first.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Arc<ImportedBlock>> {
        self.0.values().map(|side| &side.block)
    }

    pub(super) fn by_hash(&self, hash: B256) -> Option<&Arc<ImportedBlock>> {
        self.blocks().find(|block| block.header().hash() == hash)
    }

    /// Forgets the states that no block can follow any more: those below a number, and those that lead below it.
    pub(super) fn forget_states(&mut self, first: u64, on_chain: impl Fn(B256) -> bool) {
        let mut within = BTreeSet::new();
        // Ascending, so that a parent is looked at before its children.
        for ((number, hash), side) in &mut self.0 {
            let parent = side.block.header().parent_hash;
            if side.state.is_some() && *number >= first && (within.contains(&parent) || on_chain(parent)) {
                within.insert(*hash);
            } else {
                side.state = None;
            }
        }
    }

    /// Forgets the blocks below a number.
    pub(super) fn forget_below(&mut self, number: u64) {
        self.0 = self.0.split_off(&(number, B256::ZERO));
    }

    /// Forgets what is too much.
    pub(super) fn make_room(&mut self) {
        while self.0.len() > Self::MOST {
            self.0.pop_first();
        }
    }
}
