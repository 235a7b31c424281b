//! Who may produce, as of every recent block.

use alloc::collections::BTreeMap;
use alloy_primitives::B256;
use bttc_core::snapshot::{SnapshotSource, SnapshotView};
use bttc_staking::snapshot::Snapshot;

/// The snapshots of the newest blocks, branches included, by the hashes of their blocks.
///
/// ```
/// use alloy_primitives::{Address, B256};
/// use bttc_core::{chain::ChainSpec, snapshot::{Producer, SnapshotSource}, validator::VotingPower};
/// use bttc_staking::snapshot::Snapshot;
/// use bttc_validator::node::Snapshots;
///
/// let alone = Producer::new(Address::repeat_byte(0xa1), VotingPower::new(1));
/// let genesis = Snapshot::genesis(B256::repeat_byte(1), [alone], ChainSpec::devnet().timing)?;
/// let snapshots = Snapshots::new(genesis, 1_024);
/// assert_eq!(snapshots.snapshot(B256::repeat_byte(1)).unwrap().members.proposer, Some(alone));
/// assert_eq!(snapshots.snapshot(B256::ZERO), None);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Snapshots {
    by_block: BTreeMap<(u64, B256), Snapshot>,
    heights: BTreeMap<B256, u64>,
    depth: u64,
}

impl Snapshots {
    /// The snapshots from this one on: those of the newest block and of `depth` heights below it are kept.
    #[must_use]
    pub fn new(first: Snapshot, depth: u64) -> Self {
        let mut snapshots = Self { by_block: BTreeMap::new(), heights: BTreeMap::new(), depth };
        snapshots.insert(first);
        snapshots
    }

    /// Keeps a snapshot, and lets go of those that are too old now.
    pub fn insert(&mut self, snapshot: Snapshot) {
        let (number, hash) = (snapshot.number(), snapshot.hash());
        self.heights.insert(hash, number);
        self.by_block.insert((number, hash), snapshot);
        let newest = self.by_block.last_key_value().map_or(0, |((number, _), _)| *number);
        let oldest = newest.saturating_sub(self.depth);
        while let Some(entry) = self.by_block.first_entry().filter(|entry| entry.key().0 < oldest) {
            self.heights.remove(&entry.key().1);
            entry.remove();
        }
    }

    /// The snapshot as of the block with this hash, while it is kept.
    #[must_use]
    pub fn at(&self, block: B256) -> Option<&Snapshot> {
        self.by_block.get(&(*self.heights.get(&block)?, block))
    }
}

impl SnapshotSource for Snapshots {
    fn snapshot(&self, block: B256) -> Option<SnapshotView> {
        self.at(block).map(Snapshot::to_view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::Address;
    use bttc_core::{chain::ChainSpec, schedule::SprintHeader, snapshot::Producer, validator::VotingPower};

    #[test]
    fn branches_are_kept_and_old_blocks_let_go() {
        let signer = Address::repeat_byte(0xa1);
        let producer = Producer::new(signer, VotingPower::new(1));
        let hash = |number: u64, branch: u8| B256::repeat_byte(branch + u8::try_from(number).unwrap());
        let genesis = Snapshot::genesis(hash(0, 0), [producer], ChainSpec::devnet().timing).unwrap();
        let mut snapshots = Snapshots::new(genesis.clone(), 2);
        for branch in [0, 0x80] {
            let mut tip = genesis.clone();
            for number in 1..=3 {
                let hash = hash(number, branch);
                tip.apply(&SprintHeader { number, hash, signer: Ok(signer), producers: Some(Vec::new()) }).unwrap();
                snapshots.insert(tip.clone());
            }
        }
        let kept = |number, branch| snapshots.snapshot(hash(number, branch)).map(|view| view.number);
        assert_eq!([kept(1, 0), kept(3, 0), kept(2, 0x80), kept(3, 0x80)], [Some(1), Some(3), Some(2), Some(3)]);
        assert_eq!(kept(0, 0), None);
    }
}
