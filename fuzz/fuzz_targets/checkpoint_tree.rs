//! A tree's frontier read from JSON goes on like any other, and two ways to the same leaves have one root.
#![no_main]

use alloy_primitives::B256;
use bttc_checkpoint::merkle::{CheckpointTree, root_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(mut tree) = serde_json::from_slice::<CheckpointTree>(data) {
        let written = serde_json::to_vec(&tree).expect("a tree is written");
        assert_eq!(serde_json::from_slice::<CheckpointTree>(&written).expect("and read"), tree);
        let _ = tree.root();
        if tree.leaves() < u64::MAX {
            tree.append(B256::ZERO);
        }
        let _ = tree.root();
    }
    let leaves: Vec<B256> = data.chunks(3).map(B256::left_padding_from).collect();
    let tree: CheckpointTree = leaves.iter().copied().collect();
    assert_eq!(tree.root(), root_of(leaves));
});
