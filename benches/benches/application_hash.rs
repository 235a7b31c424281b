//! The application hash after a block that wrote 1,000 of 10⁴ and 10⁵ entries.
//!
//! Limit: a leaf and a place for each entry that the block wrote. Peer: the tree over all entries anew.

use alloy_primitives::B256;
use benches::{Comparison, criterion};
use bttc_core::state_proof::{leaf, place};
use bttc_validator::store::{StateTree, StoreName, Stores};

const WRITTEN: u64 = 1_000;

fn main() {
    let mut criterion = criterion();
    for entries in [10_000, 100_000] {
        let mut stores = Stores::default();
        (0..entries).for_each(|i| write(&mut stores, i, 0));
        let mut tree = StateTree::over(&stores);
        stores.take_touched();
        let places: Vec<u64> = (0..WRITTEN).map(|i| i * (entries / WRITTEN)).collect();
        let input = format!("entries={entries} written={WRITTEN}");
        let mut comparison = Comparison::new(&mut criterion, "store::application_hash", input, WRITTEN);
        comparison.by("limit", || {
            let hashes = places.iter().map(|i| leaf(place("clerk", &i.to_be_bytes()), &i.to_be_bytes()));
            hashes.fold(B256::ZERO, |sum, hash| sum ^ hash)
        });
        let mut block = 0;
        comparison.by("tree", || {
            block += 1;
            places.iter().for_each(|i| write(&mut stores, *i, block));
            tree.update(&mut stores);
            tree.root()
        });
        assert_eq!(tree.root(), StateTree::over(&stores).root());
        comparison.by("rebuild", || StateTree::over(&stores).root());
    }
    criterion.final_summary();
}

fn write(stores: &mut Stores, i: u64, block: u64) {
    stores.set(StoreName::Clerk, i.to_be_bytes().to_vec(), block.to_be_bytes().to_vec());
}
