//! Kinds `merkle` and `checkpoint-root`.

use crate::vectors::{Case, bytes, cases, chain_data, hash, int, leaf, list, text, word};
use alloy_primitives::{B256, U256};
use bttc_checkpoint::{
    checkpoint::{BlockRange, CheckpointBuilder},
    merkle::{StoredTree, check_membership, root_of},
};

#[test]
fn membership_has_the_contracts_verdicts() {
    for case in cases("merkle") {
        let (input, expect) = (&case.input, &case.expect);
        let (leaf, root) = (hash(&input["leaf"]), hash(&input["root"]));
        let verdict = check_membership(&leaf, word(&input["index"]), &root, &bytes(&input["proof"]));
        let verdict = verdict.map_err(|error| error.to_string());
        let expected = match expect["ok"].as_bool().unwrap() {
            true => Ok(expect["result"].as_bool().unwrap()),
            false => Err(text(&expect["revert"]).to_owned()),
        };
        assert_eq!(verdict, expected, "{}", case.name);
    }
}

fn run(case: &Case) {
    let (input, expect, name) = (&case.input, &case.expect, &case.name);
    let blocks: Vec<_> = list(&input["blocks"]).iter().map(leaf).collect();
    let root = hash(&expect["root"]);
    let range = BlockRange::new(int(&expect["start"]), int(&expect["end"])).unwrap();
    assert_eq!(u64::from(range.depth()), int(&expect["depth"]), "{name}");

    let mut builder = CheckpointBuilder::new(range.start());
    blocks.iter().for_each(|block| builder.append(block).unwrap());
    assert_eq!((builder.range(), builder.root()), (Some(range), Some(root)), "{name}");

    let leaves: Vec<B256> = blocks.iter().map(bttc_core::leaf::Leaf::hash).collect();
    assert_eq!(root_of(leaves.clone()), Some(root), "{name}");
    let tree = StoredTree::build(leaves).unwrap();
    assert_eq!((tree.root(), tree.depth()), (root, range.depth()), "{name}");
    for expected in list(&expect["leaves"]) {
        let index: usize = int(&expected["index"]).try_into().unwrap();
        assert_eq!(tree.leaves()[index], hash(&expected["leaf"]), "{name}");
    }
    for expected in list(&expect["proofs"]) {
        let (index, proof) = (int(&expected["index"]), bytes(&expected["proof"]));
        assert_eq!(range.index_of(int(&expected["number"])), Some(index), "{name}");
        let branch = tree.branch(index).unwrap();
        assert_eq!(branch.to_bytes(), proof, "{name} {index}");
        let leaf = tree.leaves()[usize::try_from(index).unwrap()];
        assert_eq!(branch.root(&leaf), root, "{name} {index}");
        assert_eq!(check_membership(&leaf, U256::from(index), &root, &proof), Ok(true), "{name} {index}");
    }
}

#[test]
fn checkpoint_roots_and_branches_are_the_recorded_ones() {
    cases("checkpoint-root").iter().for_each(run);
}

#[test]
fn a_real_checkpoint_has_its_recorded_root() {
    chain_data("checkpoint-root").iter().flatten().for_each(run);
}
