//! One validator: which blocks it takes, which heights and votes it accepts, what it relays.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

extern crate alloc;

mod support;

use alloc::sync::Arc;
use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_checkpoint::{checkpoint::BlockRange, header_blocks::HeaderBlock, merkle::root_of, vote::VoteResult};
use bttc_core::{
    amount::Amount,
    id::HeaderBlockId,
    root_chain::{RootChain as _, RootChainId, RootEvent},
    signature::{SecretKey, Signature},
};
use bttc_evm::{block::Block, header::Header};
use bttc_validator::{
    duties::{Honest, Policy},
    engine::{Application as _, Commit, Engine as _, Height, Round, Validity},
    layer::{self, LayerEvent, Received, votes_to_bytes},
    message::{Coins, Message, Msg as _, MsgSend},
    module::{Answer, Depth, Question, bank, staking},
    node::{BlockError, Node},
    vote::SideResult,
};
use futures::executor::block_on;
use support::{Network, key, small, stake, stake_costs, wallet};

fn four() -> Network {
    four_and(&[])
}

/// Four equals, and wallets with so many BTT.
fn four_and(wallets: &[(Address, u64)]) -> Network {
    let members = ["alice", "bob", "carol", "dave"].map(|name| (name, 1, Arc::new(Honest) as Arc<_>));
    Network::new(&small(), &members, wallets)
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
        assert_eq!(again.to_string(), "block already known");
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
fn questions_are_answered_by_what_is_there_and_by_nothing_else() {
    let mut network = four_and(&[(wallet("erin"), stake_costs(1))]);
    network.step(vec![]);
    let receipt = stake(&network.tron, "erin", 1);
    for _ in 0..4 {
        network.step(vec![]);
    }
    let (node, at) = (network.any(), network.tron.contracts());
    let answer = |question| block_on(node.answer(&question));
    let root = |start, end, max_length| answer(Question::RangeRoot { start, end, max_length });
    let leaves = (1..=4).map(|number| node.chain().header(number).unwrap().leaf().hash()).collect();
    assert_eq!(root(1, 4, 4), root_of(leaves).map(Answer::Hash));
    assert_eq!((root(1, 4, 3), root(4, 1, 1_024), root(1, 6, 1_024), root(0, u64::MAX, u64::MAX)), Default::default());
    assert_eq!(answer(Question::Head), Some(Answer::Number(5)));

    let hash = block_on(network.ethereum.block(2)).unwrap().unwrap().hash;
    let block_hash = |root_chain, block| answer(Question::BlockHash { root_chain, block });
    assert_eq!(block_hash(RootChainId::Ethereum, 2), Some(Answer::Hash(hash)));
    assert_eq!((block_hash(RootChainId::Ethereum, 99), block_hash(RootChainId::Bsc, 2)), (None, None));

    let staked = receipt.logs.iter().find(|log| log.address == at.staking_info).unwrap();
    let log = |depth, contract, log_index, tx_hash| {
        answer(Question::Log { root_chain: RootChainId::Tron, depth, contract, tx_hash, log_index })
    };
    let (index, tx) = (staked.log_index, receipt.transaction);
    let head = block_on(network.tron.head()).unwrap().number;
    let below = head - receipt.block_number;
    let event = RootEvent::decode(&staked.data).unwrap();
    assert!(event.is_some());
    let found = Some(Answer::Log { block: receipt.block_number, event });
    let no_event = Some(Answer::Log { block: receipt.block_number, event: None });
    assert_eq!(log(Depth::Any, at.staking_info, index, tx), found);
    assert_eq!(log(Depth::Confirmed(below), at.staking_info, index, tx), found);
    assert_eq!(log(Depth::Confirmed(below + 1), at.staking_info, index, tx), None);
    assert_eq!(log(Depth::FinalizedOr(below + 1), at.staking_info, index, tx), None);
    assert_eq!(log(Depth::Any, at.root_chain, index, tx), no_event);
    assert_eq!(log(Depth::Any, at.staking_info, index + 50, tx), no_event);
    assert_eq!(log(Depth::Any, at.staking_info, index, B256::ZERO), None);

    // A number that no checkpoint has yet is one of zeros; another contract does not answer at all.
    let header = |contract| {
        answer(Question::Header { root_chain: RootChainId::Tron, contract, id: HeaderBlockId::new(U256::from(10_000)) })
    };
    assert_eq!(header(at.root_chain), Some(Answer::Header(HeaderBlock::default())));
    assert_eq!(header(Address::ZERO), None);
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
    let own = node.address();
    let value = node.propose(height, Round::new(0)).unwrap();
    assert_eq!(node.validate(height, &value, Address::ZERO), Validity::Invalid); // says who built it
    let mut validity = |height, value: &Bytes| node.validate(height, value, own);
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
    let invalid: [&dyn Fn(&mut layer::Block); 11] = [
        &|block| block.transactions = vec![vec![0; layer::Block::MAX_BYTES + 1].into()],
        &|block| block.proposer = Address::ZERO,
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
    let valid: [&dyn Fn(&mut layer::Block); 3] = [
        &|block| block.transactions = vec![vec![0; layer::Block::MAX_BYTES].into()],
        &|block| block.time = now + 3,
        &|block| drop(commits(block).pop()),
    ];
    for change in valid {
        assert_eq!(altered(change), Validity::Valid);
    }
}

#[test]
fn votes_are_about_what_the_last_height_admitted_and_signed_by_who_gives_them() {
    let mut network = four();
    let is_checkpoint = |transaction: &Received| matches!(transaction.network(), Some(Message::Checkpoint(_)));
    let checkpoint = loop {
        network.step(vec![]);
        if let Some(transaction) = network.any().layer().to_attest().into_iter().find(is_checkpoint) {
            break transaction;
        }
        assert!(network.height() < 20);
    };
    let (height, [one, other]) = (network.engine.height(), ["alice", "bob"].map(key));
    let node = network.nodes.values_mut().next().unwrap();
    let data = checkpoint.message().unwrap().side_sign_bytes().unwrap();
    let mut judged = |vote: SideResult| node.verify_extension(height, one.address(), &votes_to_bytes(&[vote]));
    let vote = |result, signature| SideResult::new(checkpoint.hash(), result, signature);
    for result in [VoteResult::Yes, VoteResult::No] {
        let signature = one.sign(&result.digest(&data));
        assert_eq!(judged(vote(result, Some(signature))), Validity::Valid);
        let bad = [
            SideResult::new(B256::repeat_byte(1), result, Some(signature)),
            vote(result, None),
            vote(result, Some(other.sign(&result.digest(&data)))),
            vote(result, Some(one.sign(&result.digest(b"else")))),
            vote(VoteResult::Skip, Some(signature)),
            // The form of the contracts: the gatherer of signatures would not take it.
            vote(result, Some(Signature { v: signature.v + 27, ..signature })),
        ];
        for vote in bad {
            assert_eq!(judged(vote.clone()), Validity::Invalid, "{vote:?}");
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
    let joins = |message: &Message| matches!(message, Message::ValidatorJoin(_));
    for _ in 0..8 {
        assert!(!network.step(vec![]).messages().any(joins));
    }
    assert_eq!(staking::records(network.any().layer().stores()).count(), 1);
    stake(&network.tron, "whale", 9);
    assert!(network.step(vec![]).messages().any(joins));
}

#[test]
fn who_stakes_gets_an_account_with_what_is_left_of_its_fee() {
    let mut network = four_and(&[(wallet("erin"), stake_costs(1))]);
    stake(&network.tron, "erin", 1);
    for _ in 0..6 {
        network.step(vec![]);
    }
    assert_eq!(network.any().layer().validators().unwrap().len(), 5);
    // 100,000 BTT less what the sender of the message gets for it: validation-layer §5.7.
    let compensation = Amount::from_units(1_000_000_000_000_000);
    let coins = bank::balance(network.any().layer().stores(), key("erin").address()).unwrap();
    assert_eq!(coins.checked_add(compensation), Ok(Amount::from_btt(100_000)));
}

#[test]
fn a_transaction_of_somebody_else_waits_for_a_block_and_no_longer() {
    let mut network = four();
    for _ in 0..3 {
        network.step(vec![]);
    }
    let node = network.nodes.values().next().unwrap();
    let (from, to) = (node.address(), Address::repeat_byte(0xe1));
    let send = |btt: u64| -> Vec<Received> {
        let amount = Coins::btt(Amount::from_btt(btt).into());
        node.sign([MsgSend { from_address: from, to_address: to, amount }.into()])
    };
    let [good] = &send(3)[..] else { panic!("not signed") };
    let [too_much] = &send(1_000_000)[..] else { panic!("not signed") };
    let (good, too_much) = (good.bytes.clone(), too_much.bytes.clone());
    for node in network.nodes.values_mut() {
        for bytes in [&too_much, &good, &good, &Bytes::from_static(b"nothing")] {
            node.hear(bytes);
        }
    }
    for _ in 0..5 {
        network.step(vec![]);
    }
    let layer = network.any().layer();
    assert_eq!(bank::balance(layer.stores(), to), Ok(Amount::from_btt(3)));
    // It was good once: the sender's sequence is past it.
    network.nodes.values_mut().for_each(|node| node.hear(&good));
    network.step(vec![]);
    assert_eq!(bank::balance(network.any().layer().stores(), to), Ok(Amount::from_btt(3)));
}

#[test]
fn every_message_of_the_walking_chain_is_a_signed_transaction_of_a_validator_that_pays() {
    let mut network = four();
    let supply = |network: &Network| -> U256 {
        let accounts = bank::accounts(network.any().layer().stores()).map(|account| account.unwrap().address);
        accounts.map(|of| bank::balance(network.any().layer().stores(), of).unwrap().to_word()).sum()
    };
    let before = supply(&network);
    let mut sent = 0;
    for _ in 0..40 {
        let step = network.step(vec![]);
        for event in &step.events {
            if let LayerEvent::Admitted(admitted) = event {
                let signer = admitted.transaction.message().unwrap().signer();
                assert!(network.keys.contains_key(&signer));
                sent += 1;
            }
        }
    }
    let sequences: u64 = bank::accounts(network.any().layer().stores()).map(|account| account.unwrap().sequence).sum();
    assert!(sent > 10 && sequences == sent, "{sent} transactions, {sequences} sequences");
    assert_eq!(supply(&network), before); // fees move, nothing is lost
}

#[test]
fn a_checkpoint_is_handed_over_though_the_set_grows_as_it_settles() {
    let mut network = alice_and_a_whale();
    while network.height() < 7 {
        network.step(vec![]);
    }
    stake(&network.tron, "whale", 9);
    let step = network.step(vec![]);
    let kinds: Vec<_> = step.messages().map(|message| message.kind()).collect();
    assert!(kinds.contains(&"validator-join") && kinds.contains(&"checkpoint"), "{kinds:?}");
    network.step(vec![]);
    let step = network.step(vec![]);
    assert!(step.settled().all(|settled| settled.outcome.is_ok()));
    let settled: Vec<_> = step.settled().filter_map(|settled| settled.transaction.network()).collect();
    assert!(settled.iter().any(|message| matches!(message, Message::ValidatorJoin(_))), "{settled:?}");
    assert!(settled.iter().any(|message| matches!(message, Message::Checkpoint(_))), "{settled:?}");
    assert_eq!(network.any().layer().validators().unwrap().len(), 2);
    // Alice alone is a tenth now; that she was all when it was voted on is what counts.
    let [submitted] = &step.submitted[..] else { panic!("{:?}", step.submitted) };
    let signers: Vec<_> = submitted.signed.signatures().iter().map(|(signer, _)| *signer).collect();
    assert_eq!((signers, submitted.root_chain), (vec![key("alice").address()], RootChainId::Tron));
}
