//! The search for a block's checkpoint, as a value: it says which record it wants and takes it.
//!
//! ```text
//! numbers 1 … ⌊current / 10000⌋, id = 10000 · number
//!
//! record of the middle     start ≤ n ≤ end   found
//!                          start > n         on below it
//!                          end   < n         on above it
//!                          empty             on both sides, above first: the pointer was once set forward
//! nothing left             id 0 last: the pointer was once set to 0
//! ```
//!
//! Source: `withdrawal-proofs §7.1; root-contracts §8.3`.

use crate::{exit::CheckpointRef, header_blocks::HeaderBlock};
use alloc::{vec, vec::Vec};
use alloy_primitives::U256;
use bttc_core::id::{CheckpointNumber, HeaderBlockId};
use serde::{Deserialize, Serialize};

/// What the search wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The record under this id.
    Ask(HeaderBlockId),
    /// Nothing more: this record holds the block.
    Found(CheckpointRef, HeaderBlock),
    /// Nothing more: no record that was told holds the block.
    Nowhere,
}

/// A search for the checkpoint that holds a block.
///
/// ```
/// use bttc_checkpoint::{header_blocks::HeaderBlock, prover::{HeaderSearch, Step}};
/// use bttc_core::id::HeaderBlockId;
/// use alloy_primitives::{B256, U256};
///
/// let id = |number: u64| HeaderBlockId::new(U256::from(10_000 * number));
/// let mut search = HeaderSearch::new(300, id(3));
/// assert_eq!(search.step(), Step::Ask(id(2)));
/// let (start, end) = (U256::from(256), U256::from(511));
/// search.answer(&HeaderBlock { root: B256::repeat_byte(1), start, end, ..HeaderBlock::default() });
/// assert!(matches!(search.step(), Step::Found(checkpoint, _) if checkpoint.id == id(2)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderSearch {
    block: u64,
    /// Numbers where it may be, the ones to look at first last.
    open: Vec<(u64, u64)>,
    asked: u32,
    found: Option<(CheckpointRef, HeaderBlock)>,
}

/// More records than a search through halves asks for, and enough for the gaps that an owner may have left.
const MOST: u32 = 2_048;

impl HeaderSearch {
    /// The search for this block among the records up to the newest one, whose id is this.
    #[must_use]
    pub fn new(block: u64, newest: HeaderBlockId) -> Self {
        let newest = newest.number().map_or(u64::MAX, CheckpointNumber::get);
        Self { block, open: vec![(0, 0), (1, newest)], asked: 0, found: None }
    }

    /// What it wants.
    #[must_use]
    pub fn step(&self) -> Step {
        if let Some((checkpoint, record)) = self.found {
            return Step::Found(checkpoint, record);
        }
        match self.middle() {
            Some((_, middle, _)) if self.asked < MOST => Step::Ask(HeaderBlockId::of(CheckpointNumber::new(middle))),
            _ => Step::Nowhere,
        }
    }

    /// Takes the record that it asked for last.
    // Q-214: the reference's search answers the last number without reading it, even when the block is beyond.
    pub fn answer(&mut self, record: &HeaderBlock) {
        let Some((low, middle, high)) = self.middle() else { return };
        let id = HeaderBlockId::of(CheckpointNumber::new(middle));
        while self.open.pop_if(|(low, high)| low > high).is_some() {}
        self.open.pop();
        self.asked = self.asked.saturating_add(1);
        let block = U256::from(self.block);
        let below = middle.checked_sub(1).map(|high| (low, high));
        let above = middle.checked_add(1).map(|low| (low, high));
        match record.range().filter(|_| !record.root.is_zero()) {
            Some(range) if range.contains(self.block) => {
                self.found = Some((CheckpointRef { id, range, root: record.root }, *record));
            }
            Some(_) if record.start > block => self.open.extend(below),
            Some(_) => self.open.extend(above),
            None => {
                self.open.extend(below);
                self.open.extend(above);
            }
        }
    }

    /// The numbers it looks among, and the one in the middle.
    fn middle(&self) -> Option<(u64, u64, u64)> {
        let (low, high) = self.open.iter().rev().find(|(low, high)| low <= high)?;
        Some((*low, low + (high - low) / 2, *high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use alloy_primitives::B256;

    fn record(start: u64, end: u64) -> HeaderBlock {
        let (start, end) = (U256::from(start), U256::from(end));
        HeaderBlock { root: B256::repeat_byte(7), start, end, ..HeaderBlock::default() }
    }

    fn id(number: u64) -> HeaderBlockId {
        HeaderBlockId::of(CheckpointNumber::new(number))
    }

    /// Runs a search, and says how many records it read.
    fn search(records: &BTreeMap<u64, HeaderBlock>, newest: u64, block: u64) -> (Step, u32) {
        let mut search = HeaderSearch::new(block, id(newest));
        loop {
            match search.step() {
                Step::Ask(wanted) => {
                    let number = wanted.number().unwrap().get();
                    search.answer(&records.get(&number).copied().unwrap_or_default());
                }
                end => return (end, search.asked),
            }
        }
    }

    fn found(step: Step) -> Option<HeaderBlockId> {
        match step {
            Step::Found(checkpoint, _) => Some(checkpoint.id),
            _ => None,
        }
    }

    #[test]
    fn every_block_of_every_length_is_found_first_and_last_included() {
        for newest in 1..40_u64 {
            let records = (1..=newest).map(|n| (n, record(10 * (n - 1), 10 * n - 1))).collect();
            for block in 0..10 * newest {
                let (step, reads) = search(&records, newest, block);
                assert_eq!(found(step), Some(id(block / 10 + 1)));
                assert!(reads <= newest.ilog2() + 1);
            }
        }
    }

    #[test]
    fn q214_a_block_beyond_the_last_one_is_nowhere() {
        let records: BTreeMap<_, _> = (1..=5).map(|n| (n, record(10 * (n - 1), 10 * n - 1))).collect();
        assert_eq!(search(&records, 5, 50).0, Step::Nowhere);
        assert_eq!(search(&BTreeMap::new(), 0, 0).0, Step::Nowhere);
    }

    #[test]
    fn empty_records_before_a_pointer_that_was_set_forward_hide_nothing() {
        let mut records: BTreeMap<_, _> = (1..=5).map(|n| (n, record(10 * (n - 1), 10 * n - 1))).collect();
        records.extend((10..=14).map(|n| (n, record(1 + 30 * (n - 10), 30 * (n - 9)))));
        for block in 1..=150 {
            let (Step::Found(checkpoint, _), _) = search(&records, 14, block) else { panic!("block {block}") };
            assert!(checkpoint.range.contains(block));
        }
        assert_eq!(found(search(&records, 14, 0).0), Some(id(1)));
    }

    #[test]
    fn the_record_that_a_pointer_of_0_left_is_looked_at_last() {
        let records = BTreeMap::from([(0, record(0, 9))]);
        assert_eq!(found(search(&records, 0, 5).0), Some(id(0)));
    }

    #[test]
    fn a_pointer_far_ahead_ends_the_search_all_the_same() {
        let (step, reads) = search(&BTreeMap::new(), u64::MAX, 5);
        assert_eq!((step, reads), (Step::Nowhere, MOST));
    }
}
