//! Laws, and bytes thrown at every decoder.
#![allow(clippy::unwrap_used, reason = "a value that cannot be made is a failed test")]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc, reason = "tests run on a host")]

use alloy_primitives::{Address, B256, U256};
use bttc_checkpoint::{
    exit::{
        CheckpointRef, ExitProof, Receipt,
        contract::{BridgeCall, RootChainManager, StateMessage, TokenType},
    },
    header_blocks::{HeaderBlock, Question},
    merkle::{CheckpointTree, MultiProofError, StoredTree, check_membership, root_of},
    submission::{Function, Submission},
    vote::{CheckpointWords, DataLayout, SignData},
};
use bttc_core::{root_chain::RootChainId, signature::SignatureWords};
use proptest::prelude::*;
use rs_merkle::MerkleTree;
use std::collections::BTreeSet;

fn leaves(most: usize) -> impl Strategy<Value = Vec<B256>> {
    prop::collection::vec(any::<[u8; 32]>().prop_map(B256::new), 1..most)
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
    fn a_tree_written_down_in_the_middle_goes_on_the_same(before in leaves(70), after in leaves(70)) {
        let whole: CheckpointTree = before.iter().chain(&after).copied().collect();
        let half: CheckpointTree = before.into_iter().collect();
        let mut resumed: CheckpointTree = serde_json::from_str(&serde_json::to_string(&half).unwrap()).unwrap();
        resumed.extend(after);
        prop_assert_eq!(resumed, whole);
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

    #[test]
    fn any_receipt_is_read_back_or_refused(data in bytes(400)) {
        if let Ok(receipt) = Receipt::decode(&data) {
            prop_assert_eq!(receipt.to_bytes(), data);
        }
    }

    #[test]
    fn any_payload_is_refused_by_both_readers_without_a_panic(data in bytes(400)) {
        prop_assert!(ExitProof::decode(&data).is_err());
        let mut manager = RootChainManager::new(RootChainId::Tron, Address::ZERO);
        prop_assert!(manager.exit(&data, |_| HeaderBlock::default()).is_err());
    }

    #[test]
    fn a_damaged_payload_never_verifies(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (checkpoint, proof) = burn();
        let mut payload = proof.to_payload().to_vec();
        payload[place.index(proof.to_payload().len())] ^= 1 << bit;
        let verified = ExitProof::decode(&payload).ok().and_then(|damaged| damaged.verify(&checkpoint).ok());
        prop_assert_eq!(verified, None);
        let mut manager = RootChainManager::new(RootChainId::Tron, Address::ZERO);
        manager.map_token(Address::repeat_byte(1), Address::repeat_byte(0xc0), TokenType::ERC20).unwrap();
        // Whatever the permissive reader lets through is still the same burn.
        let header = HeaderBlock { root: checkpoint.root, ..HeaderBlock::default() };
        if let Ok(payout) = manager.exit(&payload, |_| header) {
            prop_assert_eq!((payout.amount, payout.beneficiary), (U256::from(5), Address::repeat_byte(0xbe)));
        }
    }
}

/// A block of one burn that is a checkpoint of its own.
fn burn() -> (CheckpointRef, ExitProof) {
    use alloy_primitives::{Bloom, Log, b256};
    use bttc_checkpoint::{
        checkpoint::BlockRange,
        exit::{BurnBlock, LogChoice, Status, receipts_root},
    };
    use bttc_core::{id::HeaderBlockId, leaf::Leaf};

    let withdraw_to = b256!("67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8");
    let topics = vec![withdraw_to, Address::repeat_byte(0xbe).into_word(), B256::ZERO];
    let amount = U256::from(5).to_be_bytes::<32>();
    let receipt = Receipt {
        kind: 0,
        status: Status::Succeeded,
        cumulative_gas_used: 60_000,
        bloom: Bloom::ZERO,
        logs: vec![Log::new_unchecked(Address::repeat_byte(0xc0), topics, amount.into())],
    };
    let leaf = Leaf {
        number: 0,
        time: 7,
        transactions_root: B256::repeat_byte(2),
        receipts_root: receipts_root(&[receipt.to_bytes()]),
    };
    let checkpoint = CheckpointRef {
        id: HeaderBlockId::new(U256::from(10_000)),
        range: BlockRange::new(0, 0).unwrap(),
        root: leaf.hash(),
    };
    let block = BurnBlock { leaf, receipts: vec![receipt] };
    let proof = ExitProof::build(&checkpoint, vec![leaf.hash()], &block, 0, &LogChoice::At(0)).unwrap();
    (checkpoint, proof)
}
