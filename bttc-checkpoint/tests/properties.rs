//! Laws, and bytes thrown at every decoder.
#![allow(clippy::unwrap_used, reason = "a value that cannot be made is a failed test")]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc, reason = "tests run on a host")]

use alloy_primitives::{Address, B256, U256};
use bttc_checkpoint::{
    checkpoint::CheckpointBuilder,
    exit::contract::{BridgeCall, StateMessage},
    header_blocks::{HeaderBlock, Question},
    merkle::{Backend, CheckpointTree, MultiProofError, StoredTree, check_membership, parent, root_of},
    submission::{Function, Submission},
    vote::{CheckpointWords, DataLayout, SignData},
};
use bttc_core::{leaf::Leaf, signature::SignatureWords};
use proptest::prelude::*;
use rs_merkle::MerkleTree;
use std::collections::BTreeSet;

fn leaves(most: usize) -> impl Strategy<Value = Vec<B256>> {
    prop::collection::vec(any::<[u8; 32]>().prop_map(B256::new), 1..most)
}

/// Blocks from 7 on.
fn blocks(most: usize) -> impl Strategy<Value = Vec<Leaf>> {
    prop::collection::vec(any::<(u64, [u8; 32], [u8; 32])>(), 1..most).prop_map(|words| {
        let leaf = |(number, (time, transactions, receipts)): (u64, (u64, [u8; 32], [u8; 32]))| Leaf {
            number,
            time,
            transactions_root: transactions.into(),
            receipts_root: receipts.into(),
        };
        (7..).zip(words).map(leaf).collect()
    })
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

fn word() -> impl Strategy<Value = U256> {
    any::<[u8; 32]>().prop_map(U256::from_be_bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_forms_of_the_tree_and_rs_merkle_agree(leaves in leaves(140)) {
        let tree = StoredTree::build(leaves.clone()).unwrap();
        let streamed: CheckpointTree = leaves.iter().copied().collect();
        let mut padded: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.0).collect();
        padded.resize(leaves.len().next_power_of_two(), [0; 32]);
        let theirs = MerkleTree::<bttc_checkpoint::merkle::KeccakNodes>::from_leaves(&padded);
        prop_assert_eq!(Some(tree.root().0), theirs.root());
        prop_assert_eq!(Some(tree.root()), streamed.root());
        prop_assert_eq!(Some(tree.root()), root_of(leaves.clone()));
        for (index, leaf) in (0..).zip(&leaves) {
            let branch = tree.branch(index).unwrap();
            let their_proof = theirs.proof(&[usize::try_from(index).unwrap()]);
            prop_assert_eq!(branch.to_bytes(), their_proof.to_bytes());
            let verdict = check_membership(leaf, U256::from(index), &tree.root(), &branch.to_bytes());
            prop_assert_eq!(verdict, Ok(true));
        }
    }

    #[test]
    fn every_backend_hashes_like_the_portable_one(level in leaves(70), zero in any::<[u8; 32]>().prop_map(B256::new)) {
        let pairs = level.chunks(2).map(|pair| parent(&pair[0], pair.get(1).unwrap_or(&zero)));
        let expected: Vec<B256> = pairs.collect();
        for backend in Backend::available() {
            prop_assert_eq!(&backend.parents(level.clone(), &zero), &expected, "{:?}", backend);
        }
    }

    #[test]
    fn every_backend_has_the_leaves_of_core(blocks in blocks(70)) {
        let expected: Vec<B256> = blocks.iter().map(Leaf::hash).collect();
        for backend in Backend::available() {
            prop_assert_eq!(&backend.leaves(&blocks), &expected, "{:?}", backend);
        }
    }

    #[test]
    fn blocks_at_once_and_one_by_one_are_the_same_checkpoint(blocks in blocks(600), cut in any::<prop::sample::Index>()) {
        let (mut whole, mut single) = (CheckpointBuilder::new(7), CheckpointBuilder::new(7));
        let (before, after) = blocks.split_at(cut.index(blocks.len()));
        whole.append_all(before).unwrap();
        whole.append_all(after).unwrap();
        blocks.iter().for_each(|block| single.append(block).unwrap());
        prop_assert_eq!(whole.root(), root_of(blocks.iter().map(Leaf::hash).collect()));
        prop_assert_eq!(&whole, &single);
        prop_assert!(whole.append_all(&blocks).is_err());
        prop_assert_eq!(whole, single);
    }

    #[test]
    fn a_multi_proof_proves_its_leaves_and_no_others(
        leaves in leaves(70),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
    ) {
        let indices: BTreeSet<u64> = picks.iter().map(|pick| u64::try_from(pick.index(leaves.len())).unwrap()).collect();
        let tree = StoredTree::build(leaves.clone()).unwrap();
        let proof = tree.multi_proof(&indices).unwrap();
        let picked: Vec<B256> = indices.iter().map(|index| leaves[usize::try_from(*index).unwrap()]).collect();
        prop_assert_eq!(proof.verify(tree.depth(), &picked, &tree.root()), Ok(()));

        let mut wrong = picked.clone();
        wrong[0] = B256::repeat_byte(0xee);
        let is_root_error = matches!(proof.verify(tree.depth(), &wrong, &tree.root()), Err(MultiProofError::Root { .. }));
        prop_assert!(is_root_error);
        let mut longer = proof.clone();
        longer.siblings.push(B256::ZERO);
        let is_sibling_error = matches!(longer.verify(tree.depth(), &picked, &tree.root()), Err(MultiProofError::Siblings { .. }));
        prop_assert!(is_sibling_error);
        let (got, expected) = (proof.depth, tree.depth() + 1);
        prop_assert_eq!(proof.verify(expected, &picked, &tree.root()), Err(MultiProofError::Depth { got, expected }));
    }

    #[test]
    fn any_multi_proof_is_refused_without_a_panic(
        depth in 0_u32..70, indices in prop::collection::vec(0_u64..20, 0..5), siblings in leaves(9), leaves in leaves(5),
    ) {
        let proof = bttc_checkpoint::merkle::MultiProof { depth, indices, siblings };
        prop_assert!(proof.verify(depth, &leaves, &B256::ZERO).is_err());
    }

    #[test]
    fn checkpoint_data_is_read_as_it_was_written(data in bytes(300), words in prop::array::uniform4(word())) {
        for layout in [DataLayout::Tron, DataLayout::Mirror] {
            prop_assert_eq!(CheckpointWords::decode(&data, layout).is_ok(), data.len() >= layout.bytes());
        }
        let words = CheckpointWords {
            proposer: Address::repeat_byte(7), start: words[0], end: words[1], root: words[2].into(),
            account_root: B256::ZERO, chain_id: words[3], epoch: Some(words[0]),
        };
        prop_assert_eq!(CheckpointWords::decode(&words.sign_data(), DataLayout::Mirror), Ok(words));
    }

    #[test]
    fn submissions_survive_their_calldata(data in bytes(300), triples in prop::collection::vec(prop::array::uniform3(word()), 0..5), which in 0_usize..6) {
        let signatures = triples.into_iter().map(|[r, s, v]| SignatureWords { r, s, v }).collect();
        let submission = Submission { function: Function::ALL[which], data: data.into(), signatures };
        prop_assert_eq!(Submission::decode(&submission.to_calldata()), Ok(submission));
    }

    #[test]
    fn any_calldata_answer_or_message_is_read_without_a_panic(mut data in bytes(400), which in 0_usize..6) {
        let _ = (Submission::decode(&data), Question::decode(&data), StateMessage::decode(&data), HeaderBlock::from_answer(&data));
        let _ = BridgeCall::decode(&data);
        if let Some(selector) = data.first_chunk_mut::<4>() {
            *selector = Function::ALL[which].selector();
        }
        let _ = Submission::decode(&data);
    }
}

#[test]
fn a_tree_written_down_anywhere_goes_on_the_same() {
    let leaves: Vec<B256> = (0..300_u64).map(|n| bttc_core::hash::keccak256(n.to_be_bytes())).collect();
    let whole: CheckpointTree = leaves.iter().copied().collect();
    let mut streamed = CheckpointTree::new();
    for place in 0..=leaves.len() {
        let written = serde_json::to_string(&streamed).unwrap();
        let mut resumed: CheckpointTree = serde_json::from_str(&written).unwrap();
        assert_eq!(resumed, streamed, "{place}");
        resumed.extend(leaves[place..].iter().copied());
        assert_eq!(resumed, whole, "{place}");
        assert_eq!(resumed.root(), root_of(leaves.clone()), "{place}");
        leaves.get(place).into_iter().for_each(|leaf| streamed.append(*leaf));
    }
}
