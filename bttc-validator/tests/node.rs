//! One validator: which blocks it takes, which heights and votes it accepts, what it relays.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

extern crate alloc;

mod support;

use alloc::sync::Arc;
use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_checkpoint::{checkpoint::BlockRange, vote::VoteResult};
use bttc_core::signature::{SecretKey, Signature};
use bttc_evm::{block::Block, header::Header};
use bttc_validator::{
    duties::{Honest, Policy},
    engine::{Application as _, Commit, Engine as _, Height, Round, Validity},
    layer::{self, CheckpointNoAck, Effect, Message, Vote, votes_to_bytes},
    node::{BlockError, Node},
};
use support::{Network, key, small, stake, stake_costs, wallet};

fn four() -> Network {
    let members = ["alice", "bob", "carol", "dave"].map(|name| (name, 1, Arc::new(Honest) as Arc<_>));
    Network::new(&small(), &members, &[])
}

/// The next block of a network, before anybody has taken it, its time, and whose it is.
fn next_block(network: &Network) -> (Block, u64, SecretKey) {
    let parent = network.any().chain().head().header();
    let (node, turn) = network
        .nodes
        .values()
        .map(|node| (node, node.turn().unwrap()))
        .min_by_key(|(_, turn)| turn.succession)
        .unwrap();
    let now = turn.earliest(parent.time).unwrap();
    (node.build([], now).unwrap().into(), now, network.keys[&node.address()].clone())
}

/// The block with another header, sealed again.
fn resealed(block: &Block, key: &SecretKey, change: impl FnOnce(&mut Header)) -> Block {
    let mut block = block.clone();
    change(&mut block.header);
    let seal = key.sign(&block.header.seal_hash().unwrap());
    let mut extra = block.header.extra.to_vec();
    let at = extra.len() - Signature::LEN;
    extra[at..].copy_from_slice(&seal.to_bytes());
    block.header.extra = extra.into();
    block
}

#[test]
fn a_wrong_block_is_refused_with_the_rule_it_breaks() {
    let mut network = four();
    network.step(vec![]);
    let (block, now, key) = next_block(&network);
    let other = network.keys.values().find(|other| other.address() != key.address()).unwrap().clone();
    let stranger = support::key("mallory");
    let number = block.header.height();
    let signer = alloy_primitives::hex::encode(stranger.address());
    let cases = [
        (
            resealed(&block, &key, |h| h.state_root = B256::repeat_byte(9)),
            "invalid merkle root (remote: 0909".to_owned(),
        ),
        (
            resealed(&block, &key, |h| h.receipts_root = B256::repeat_byte(9)),
            "invalid receipt root hash (remote: 0909".to_owned(),
        ),
        (resealed(&block, &key, |h| h.gas_used = 1), "invalid gas used (remote: 1 local: 0)".to_owned()),
        (
            resealed(&block, &key, |h| h.difficulty = U256::from(1)),
            format!("Wrong difficulty at block {number}, expected: 4, actual 1. Signer was "),
        ),
        (resealed(&block, &other, |_| {}), format!("Block {number} was created too soon")),
        (
            resealed(&block, &stranger, |_| {}),
            format!("Signer 0x{signer} is not a part of the producer set at block {}", number - 1),
        ),
        (resealed(&block, &key, |h| h.time = now + 4), "block in the future".to_owned()),
        (resealed(&block, &key, |h| h.parent_hash = B256::ZERO), "unknown ancestor".to_owned()),
        (resealed(&block, &key, |h| h.number += U256::from(1)), "unknown ancestor".to_owned()),
        (resealed(&block, &key, |h| h.mix_digest = B256::repeat_byte(1)), "non-zero mix digest".to_owned()),
    ];
    for (wrong, rule) in cases {
        let node = network.nodes.values_mut().next().unwrap();
        let view =
            |node: &Node| (node.chain().head().header().hash(), node.chain().state().root(), node.snapshot().clone());
        let before = view(node);
        let error = node.import(wrong, now).unwrap_err();
        assert!(matches!(error, BlockError::Import(_)), "{error:?}");
        assert!(error.to_string().starts_with(&rule), "{error}, expected {rule}");
        assert!(view(node) == before, "{rule}");
    }
    // The block itself, as it comes over a wire, is taken by all, and only once.
    let wire = block.to_rlp();
    for node in network.nodes.values_mut() {
        let block = Block::from_rlp(&wire).unwrap();
        node.import(block.clone(), now).unwrap();
        let again = node.import(block, now).unwrap_err();
        assert!(again.to_string().starts_with(&format!("block {number} follows ")), "{again}");
        assert_eq!(node.snapshot().number(), number);
    }
}

#[test]
fn a_root_is_known_for_what_lies_deep_enough_and_is_not_too_long() {
    let mut spec = small();
    spec.checkpoints.max_length = 8;
    spec.confirmations.side_chain = 2;
    let mut network = Network::new(&spec, &[("alice", 1, Arc::new(Honest) as Arc<_>)], &[]);
    for _ in 0..10 {
        network.step(vec![]);
    }
    let root = |start, end| network.any().root(BlockRange::new(start, end).unwrap()).is_some();
    assert!(root(0, 7) && root(1, 8) && root(8, 8));
    assert!(!root(0, 8), "nine blocks");
    assert!(!root(2, 9), "block 9 has one on it, not two");
    assert!(!root(0, u64::MAX) && !root(u64::MAX, u64::MAX));
}

#[test]
fn a_height_is_valid_when_it_is_next_in_time_and_proven() {
    let mut network = four();
    for _ in 0..3 {
        network.step(vec![]);
    }
    let height = network.engine.height();
    let now = network.any().chain().head().header().time;
    let node = network.nodes.values_mut().next().unwrap();
    let value = node.propose(height, Round::new(0)).unwrap();
    let mut validity = |height, value: &Bytes| node.validate(height, value, Address::ZERO);
    assert_eq!(validity(height, &value), Validity::Valid);
    assert_eq!(validity(Height::new(height.get() + 1), &value), Validity::Invalid);
    assert_eq!(validity(height, &Bytes::from_static(b"garbage")), Validity::Invalid);
    let good = layer::Block::from_bytes(&value).unwrap();
    assert_eq!(good.last_commit.as_ref().unwrap().commits.len(), 4);
    let mut altered = |change: &dyn Fn(&mut layer::Block)| {
        let mut block = good.clone();
        change(&mut block);
        validity(height, &block.to_bytes())
    };
    fn commits(block: &mut layer::Block) -> &mut Vec<Commit> {
        &mut block.last_commit.as_mut().unwrap().commits
    }
    let invalid: [&dyn Fn(&mut layer::Block); 9] = [
        &|block| block.height += 1,
        &|block| block.time = 0,
        &|block| block.time = now + 4,
        &|block| block.last_commit = None,
        &|block| commits(block).truncate(2),
        &|block| commits(block).reverse(), // their order is the order in which messages settle
        &|block| commits(block).swap(1, 2),
        &|block| commits(block)[1] = commits(block)[0].clone(),
        &|block| commits(block)[0].extension = Bytes::from_static(b"[]"),
    ];
    for (place, change) in invalid.iter().enumerate() {
        assert_eq!(altered(change), Validity::Invalid, "change {place}");
    }
    let valid: [&dyn Fn(&mut layer::Block); 2] = [&|block| block.time = now + 3, &|block| drop(commits(block).pop())];
    for change in valid {
        assert_eq!(altered(change), Validity::Valid);
    }
}

#[test]
fn votes_are_about_what_the_last_height_admitted_and_signed_by_who_gives_them() {
    let mut network = four();
    let checkpoint = loop {
        network.step(vec![]);
        let node = network.any();
        if let Some(message @ Message::Checkpoint(_)) = node.layer().to_attest().first() {
            break message.clone();
        }
        assert!(network.height() < 20);
    };
    let (height, [one, other]) = (network.engine.height(), ["alice", "bob"].map(key));
    let node = network.nodes.values_mut().next().unwrap();
    let data = checkpoint.sign_data();
    let mut judged = |vote: Vote| node.verify_extension(height, one.address(), &votes_to_bytes(&[vote]));
    for result in [VoteResult::Yes, VoteResult::No] {
        let signature = one.sign(&result.digest(&data));
        let good = Vote { message: checkpoint.id(), result, signature: Some(signature) };
        assert_eq!(judged(good), Validity::Valid);
        let unknown = Message::CheckpointNoAck(CheckpointNoAck { from: one.address() }).id();
        let bad = [
            Vote { message: unknown, ..good },
            Vote { signature: None, ..good },
            Vote { signature: Some(other.sign(&result.digest(&data))), ..good },
            Vote { signature: Some(one.sign(&result.digest(b"else"))), ..good },
            Vote { result: VoteResult::Skip, ..good },
            // The form of the contracts: the gatherer of signatures would not take it.
            Vote { signature: Some(Signature { v: signature.v + 27, ..signature }), ..good },
        ];
        for vote in bad {
            assert_eq!(judged(vote), Validity::Invalid, "{vote:?}");
        }
    }
    assert_eq!(node.verify_extension(height, one.address(), &Bytes::new()), Validity::Valid);
    assert_eq!(node.verify_extension(height, one.address(), &Bytes::from_static(b"garbage")), Validity::Invalid);
}

/// Alice alone, and a whale with nine times her stake in its wallet.
fn alice_and_a_whale() -> Network {
    let honest: Arc<dyn Policy> = Arc::new(Honest);
    Network::new(&small(), &[("alice", 1, honest)], &[(wallet("whale"), stake_costs(9))])
}

#[test]
fn staking_counts_on_tron_only() {
    // The same staking contract stands on Ethereum.
    let mut network = alice_and_a_whale();
    network.step(vec![]);
    stake(&network.ethereum, "alice", 1); // whose number is 1 there too
    stake(&network.ethereum, "whale", 9);
    for _ in 0..8 {
        let step = network.step(vec![]);
        assert!(!step.messages.iter().any(|message| matches!(message, Message::Staking(_))));
    }
    assert_eq!(network.any().layer().registry().records().count(), 1);
    stake(&network.tron, "whale", 9);
    let step = network.step(vec![]);
    assert!(step.messages.iter().any(|message| matches!(message, Message::Staking(_))));
}

#[test]
fn a_checkpoint_is_handed_over_though_the_set_grows_as_it_settles() {
    let mut network = alice_and_a_whale();
    while network.height() < 7 {
        network.step(vec![]);
    }
    stake(&network.tron, "whale", 9);
    let step = network.step(vec![]);
    let kinds: Vec<_> = step.messages.iter().map(Message::kind).collect();
    assert!(kinds.contains(&"validator-join") && kinds.contains(&"checkpoint"), "{kinds:?}");
    network.step(vec![]);
    let step = network.step(vec![]);
    let effects: Vec<_> = step.settled().map(|settled| settled.outcome.clone().unwrap()).collect();
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Staking)), "{effects:?}");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Buffered(_))), "{effects:?}");
    assert_eq!(network.any().layer().registry().set().members().len(), 2);
    // Alice alone is a tenth now; that she was all when it was voted on is what counts.
    let [submitted] = &step.submitted[..] else { panic!("{:?}", step.submitted) };
    let signers: Vec<_> = submitted.signed.signatures().iter().map(|(signer, _)| *signer).collect();
    assert_eq!(signers, [key("alice").address()]);
}
