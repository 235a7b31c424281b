//! The root of a checkpoint: from the leaves' hashes, and from the blocks' four words.
//!
//! Limit: the hashes alone, n − 1 of 64 bytes, and n of 128 bytes more from words; their inputs lie ready.
//! Peers: a loop in place over alloy's Keccak-256, and `rs_merkle` with our node hash and with its own.

use alloy_primitives::B256;
use benches::{Comparison, criterion};
use bttc_checkpoint::merkle::{CheckpointTree, KeccakNodes, StoredTree, root_of};
use bttc_core::{hash::keccak256, leaf::Leaf};
use criterion::Criterion;
use rs_merkle::{MerkleTree, algorithms::Keccak256};

fn main() {
    let mut criterion = criterion();
    for headers in [1 << 10, 1 << 15] {
        let words = words(headers);
        let leaves: Vec<B256> = words.iter().map(Leaf::hash).collect();
        from_hashes(&mut criterion, headers, &leaves);
        from_words(&mut criterion, headers, &words);
    }
    criterion.final_summary();
}

fn from_hashes(criterion: &mut Criterion, headers: u64, leaves: &[B256]) {
    let root = root_of(leaves.to_vec()).expect("there are leaves");
    let raw: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.0).collect();
    let nodes = node_preimages(leaves);
    let streamed = || leaves.iter().copied().collect::<CheckpointTree>().root();
    let stored = || StoredTree::build(leaves.to_vec()).map(|tree| tree.root());
    let library = || MerkleTree::<KeccakNodes>::from_leaves(&raw).root();
    let library_alone = || MerkleTree::<Keccak256>::from_leaves(&raw).root();

    assert_eq!(nodes.last().map(keccak256), Some(root));
    assert_eq!(streamed(), Some(root));
    assert_eq!(stored(), Some(root));
    assert_eq!(plain_loop(leaves.to_vec()), Some(root));
    assert_eq!(library(), Some(root.0));
    assert_eq!(library_alone(), Some(root.0));

    Comparison::new(criterion, "merkle::root_of", format!("headers={headers}"), headers)
        .by("limit", || hashes(&nodes))
        .by("limit_alloy", || hashes_by_alloy(&nodes))
        .by("root_of", || root_of(leaves.to_vec()))
        .by("CheckpointTree", streamed)
        .by("StoredTree", stored)
        .by("plain_loop", || plain_loop(leaves.to_vec()))
        .by("rs_merkle_our_hash", library)
        .by("rs_merkle_own_hash", library_alone);
}

fn from_words(criterion: &mut Criterion, headers: u64, words: &[Leaf]) {
    let preimages: Vec<[u8; 128]> = words.iter().map(Leaf::preimage).collect();
    let leaves: Vec<B256> = words.iter().map(Leaf::hash).collect();
    let nodes = node_preimages(&leaves);
    let whole = || root_of(words.iter().map(Leaf::hash).collect());
    let streamed = || words.iter().map(Leaf::hash).collect::<CheckpointTree>().root();
    let plain = || plain_loop(words.iter().map(|leaf| alloy_primitives::keccak256(leaf.preimage())).collect());

    assert_eq!(whole(), root_of(leaves));
    assert_eq!(streamed(), whole());
    assert_eq!(plain(), whole());

    Comparison::new(criterion, "leaf::root_of", format!("headers={headers}"), headers)
        .by("limit", || (hashes(&preimages), hashes(&nodes)))
        .by("root_of", whole)
        .by("CheckpointTree", streamed)
        .by("plain_loop", plain);
}

/// The four words of so many blocks.
fn words(headers: u64) -> Vec<Leaf> {
    let word = |number: u64| Leaf {
        number,
        time: 1_700_000_000 + 2 * number,
        transactions_root: keccak256(number.to_be_bytes()),
        receipts_root: keccak256(number.to_le_bytes()),
    };
    (1..=headers).map(word).collect()
}

/// What is hashed on the way to the root, level by level, the root's own last.
fn node_preimages(leaves: &[B256]) -> Vec<[u8; 64]> {
    let mut preimages = Vec::new();
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        let (pairs, _) = level.as_chunks::<2>();
        let above: Vec<[u8; 64]> = pairs
            .iter()
            .map(|[left, right]| {
                let mut both = [0; 64];
                both[..32].copy_from_slice(left.as_slice());
                both[32..].copy_from_slice(right.as_slice());
                both
            })
            .collect();
        level = above.iter().map(keccak256).collect();
        preimages.extend(above);
    }
    preimages
}

/// Every hash once; folded together, so that none can be left out.
fn hashes<const N: usize>(preimages: &[[u8; N]]) -> B256 {
    preimages.iter().fold(B256::ZERO, |all, preimage| all ^ keccak256(preimage))
}

fn hashes_by_alloy<const N: usize>(preimages: &[[u8; N]]) -> B256 {
    preimages.iter().fold(B256::ZERO, |all, preimage| all ^ alloy_primitives::keccak256(preimage))
}

/// The tree over a power of two of leaves, without any word of ours.
fn plain_loop(mut level: Vec<B256>) -> Option<B256> {
    let mut width = level.len();
    while width > 1 {
        width /= 2;
        for place in 0..width {
            let mut both = [0; 64];
            both[..32].copy_from_slice(level[2 * place].as_slice());
            both[32..].copy_from_slice(level[2 * place + 1].as_slice());
            level[place] = alloy_primitives::keccak256(both);
        }
    }
    level.first().copied()
}
