//! The root of a checkpoint: from the leaves' hashes, and from the blocks' four words.
//!
//! Limit: the Keccak permutations alone, as many at once as this CPU can, on states that stay where they are; n − 1 from
//! hashes, 2n − 1 from words. The same is measured for each backend that the CPU has, the portable one with it.
//! Peers: a loop in place over alloy's Keccak-256, and `rs_merkle` with our node hash and with its own.

use alloy_primitives::B256;
use benches::{Comparison, criterion};
use bttc_checkpoint::{
    checkpoint::CheckpointBuilder,
    merkle::{Backend, CheckpointTree, KeccakNodes, StoredTree, leaf_hashes, root_of},
};
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
    let streamed = || leaves.iter().copied().collect::<CheckpointTree>().root();
    let stored = || StoredTree::build(leaves.to_vec()).map(|tree| tree.root());
    let library = || MerkleTree::<KeccakNodes>::from_leaves(&raw).root();
    let library_alone = || MerkleTree::<Keccak256>::from_leaves(&raw).root();

    assert_eq!(streamed(), Some(root));
    assert_eq!(stored(), Some(root));
    assert_eq!(plain_loop(leaves.to_vec()), Some(root));
    assert_eq!(library(), Some(root.0));
    assert_eq!(library_alone(), Some(root.0));

    let mut comparison = Comparison::new(criterion, "merkle::root_of", format!("headers={headers}"), headers);
    for backend in Backend::available() {
        let root_by = || root_by(backend, leaves.to_vec());
        assert_eq!(root_by(), Some(root));
        comparison
            .by(&format!("limit_{}", backend.name()), || backend.permutations(leaves.len() - 1))
            .by(backend.name(), root_by);
    }
    comparison
        .by("root_of", || root_of(leaves.to_vec()))
        .by("CheckpointTree", streamed)
        .by("StoredTree", stored)
        .by("plain_loop", || plain_loop(leaves.to_vec()))
        .by("rs_merkle_our_hash", library)
        .by("rs_merkle_own_hash", library_alone);
}

fn from_words(criterion: &mut Criterion, headers: u64, words: &[Leaf]) {
    let root = root_of(words.iter().map(Leaf::hash).collect());
    let whole = || root_of(leaf_hashes(words));
    let streamed = || {
        let mut builder = CheckpointBuilder::new(words.first().map_or(0, |first| first.number));
        builder.append_all(words).expect("the blocks are consecutive");
        builder.root()
    };
    let plain = || plain_loop(words.iter().map(|leaf| alloy_primitives::keccak256(leaf.preimage())).collect());

    assert_eq!(whole(), root);
    assert_eq!(streamed(), root);
    assert_eq!(plain(), root);

    let mut comparison = Comparison::new(criterion, "leaf::root_of", format!("headers={headers}"), headers);
    for backend in Backend::available() {
        let root_by = || root_by(backend, backend.leaves(words));
        assert_eq!(root_by(), root);
        comparison
            .by(&format!("limit_{}", backend.name()), || backend.permutations(2 * words.len() - 1))
            .by(backend.name(), root_by);
    }
    comparison.by("root_of", whole).by("CheckpointBuilder", streamed).by("plain_loop", plain);
}

/// The tree over a power of two of leaves, level by level.
fn root_by(backend: Backend, mut level: Vec<B256>) -> Option<B256> {
    while level.len() > 1 {
        level = backend.parents(level, &B256::ZERO);
    }
    level.first().copied()
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
