//! Branches beside the chain: the heaviest block is the head, however the blocks come in.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use alloy_consensus::{SignableTransaction, TxEnvelope, TxLegacy};
use alloy_primitives::{Address, B256, TxKind, U256};
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    schedule::{FixedProducers, ProducerSchedule as _},
    signature::SecretKey,
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    block::{Block, ImportError},
    chain::{Behind, Chain, Window},
    genesis::{DevnetAllocation, devnet_genesis},
    system::Facts,
    transaction::Transaction,
};
use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, proptest};
use std::collections::BTreeMap;

const START: u64 = 1_700_000_000;

fn key(name: &str) -> SecretKey {
    SecretKey::from_bytes(&keccak256(name)).unwrap()
}

/// A devnet of two producers and one user.
fn devnet(window: Window) -> Chain {
    let spec = ChainSpec::devnet();
    let names = ["alice", "bob"];
    let validators = (1..)
        .zip(names)
        .map(|(id, name)| Validator::new(ValidatorId::new(id), key(name).address(), VotingPower::new(1)));
    let genesis = devnet_genesis(
        &spec,
        &DevnetAllocation {
            time: START,
            validators: validators.collect(),
            balances: BTreeMap::from([(key("user").address(), U256::from(1_000_000_000_000_000_000_u64))]),
            root_chain: 1,
            root_token: Address::ZERO,
        },
    )
    .unwrap();
    Chain::open(spec, &genesis).unwrap().with_window(window)
}

fn producers(chain: &Chain, proposer: Address) -> FixedProducers {
    FixedProducers::new(chain.producers(1).unwrap(), proposer, chain.spec().timing)
}

/// The user pays the zero address so much.
fn payment(chain: &Chain, value: u64) -> Transaction {
    let user = key("user");
    let unsigned = TxLegacy {
        chain_id: Some(chain.spec().chain_id),
        nonce: chain.state().nonce(user.address()),
        gas_limit: 21_000,
        to: TxKind::Call(Address::ZERO),
        value: U256::from(value),
        ..TxLegacy::default()
    };
    let s = user.sign(&unsigned.signature_hash());
    let signature = alloy_primitives::Signature::new(s.r.into(), s.s.into(), s.v == 1);
    Transaction::try_from(&TxEnvelope::from(unsigned.into_signed(signature))).unwrap()
}

/// The next block of this producer, so many seconds later than it could be, with a payment.
fn next(chain: &Chain, name: &str, later: u64, value: u64) -> Block {
    let (signer, schedule) = (key(name), producers(chain, key("alice").address()));
    let head = chain.head().header();
    let turn = schedule.turn(head.height() + 1, signer.address()).unwrap();
    let facts = Facts::new(turn.earliest(head.time).unwrap() + later, &schedule);
    chain.build([payment(chain, value)], signer.address(), &facts).unwrap().seal(&signer).unwrap().into()
}

/// Everything of the chain that a user can see.
fn view(chain: &Chain) -> (B256, B256, Vec<B256>) {
    let heights = 0..=chain.head().header().height();
    let hashes = heights.map(|height| chain.header(height).unwrap().hash()).collect();
    (chain.head().header().hash(), chain.state().root(), hashes)
}

#[test]
fn a_heavier_branch_becomes_the_chain_and_says_what_it_replaced() {
    let window = Window { depth: 8, behind: Behind::Kept };
    let mut chain = devnet(window);
    let schedule = producers(&chain, key("alice").address());
    let late = Facts::new(u64::MAX / 2, &schedule);

    let first = next(&chain, "alice", 0, 1);
    chain.import(first, &late).unwrap();
    let fork = chain.clone();

    // Bob is out of turn: his block weighs less.
    let lost = next(&chain, "bob", 0, 7);
    let lost_transaction = lost.transactions[0].clone();
    chain.import(lost, &late).unwrap();
    let before = view(&chain);

    let mut other = fork;
    let change = {
        let block = next(&other, "bob", 5, 2);
        other.import(block.clone(), &late).unwrap();
        let change = chain.take(block.clone(), &late).unwrap();
        assert!(change.adopted().is_empty() && change.abandoned().is_empty());
        assert_eq!(view(&chain), before);
        let again = chain.take(block.clone(), &late).unwrap_err();
        assert_eq!(again.to_string(), "block already known");
        // That costs no look at its seal, its time or its producers: this clock would refuse it.
        let again = chain.take(block, &Facts::new(0, &schedule)).unwrap_err();
        assert!(matches!(again, ImportError::Known { .. }), "{again}");

        let block = next(&other, "alice", 0, 3);
        other.import(block.clone(), &late).unwrap();
        chain.take(block, &late).unwrap()
    };
    assert_eq!(view(&chain), view(&other));
    assert_eq!(change.abandoned().iter().map(|b| b.header().hash()).collect::<Vec<_>>(), [before.0]);
    assert_eq!(change.adopted().iter().map(|b| b.header().height()).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(change.returned().collect::<Vec<_>>(), [&lost_transaction]);
    assert!(chain.side_block(before.0).is_some());
    // The states on the way are the new branch's.
    for height in 0..=3 {
        assert_eq!(chain.state_at(height).unwrap().root(), chain.header(height).unwrap().state_root);
    }
}

#[test]
fn without_a_window_a_chain_grows_at_its_head_only() {
    let mut chain = devnet(Window::default());
    let schedule = producers(&chain, key("alice").address());
    let late = Facts::new(u64::MAX / 2, &schedule);
    let [one, other] = [next(&chain, "alice", 0, 1), next(&chain, "alice", 1, 2)];
    chain.import(one, &late).unwrap();
    let refused = chain.import(other, &late).unwrap_err();
    assert!(matches!(refused, ImportError::NotOnHead { number: 1, head: 1, .. }), "{refused}");
}

#[test]
fn a_dropping_window_bounds_what_is_in_memory() {
    let mut chain = devnet(Window { depth: 4, behind: Behind::Dropped });
    let schedule = producers(&chain, key("alice").address());
    for _ in 0..300 {
        let head = chain.head().header();
        let number = head.height() + 1;
        if chain.spec().timing.is_sprint_start(number) {
            break;
        }
        let block = next(&chain, "alice", 0, 1);
        chain.import(block, &Facts::new(u64::MAX / 2, &schedule)).unwrap();
    }
    let head = chain.head().header().height();
    assert!((0..=head).filter(|height| chain.state_at(*height).is_some()).eq(head - 4..=head));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Blocks of a tree come in any order that has parents first: the head is a heaviest block, and the chain is the one
    /// that is made of its ancestors alone.
    #[test]
    fn any_order_ends_at_a_heaviest_block(
        shape in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..10),
        order in prop::collection::vec(any::<prop::sample::Index>(), 10),
    ) {
        let window = Window { depth: 16, behind: Behind::Kept };
        // A chain that ends at each block of the tree, and the block with the place of its parent.
        let mut ends = vec![devnet(window)];
        let mut blocks: Vec<(usize, Block)> = Vec::new();
        let schedule = producers(&ends[0], key("alice").address());
        let late = Facts::new(u64::MAX / 2, &schedule);
        for (place, (parent, in_turn)) in shape.iter().enumerate() {
            let parent = parent.index(ends.len());
            let mut chain = ends[parent].clone();
            let block = next(&chain, if *in_turn { "alice" } else { "bob" }, 0, 1 + place as u64);
            chain.import(block.clone(), &late).unwrap();
            blocks.push((parent, block));
            ends.push(chain);
        }
        let mut chain = devnet(window);
        let mut known = vec![0];
        let mut waiting: Vec<_> = (1..ends.len()).collect();
        for pick in order {
            let ready: Vec<_> = waiting.iter().copied().filter(|place| known.contains(&blocks[place - 1].0)).collect();
            if ready.is_empty() {
                break;
            }
            let place = ready[pick.index(ready.len())];
            chain.take(blocks[place - 1].1.clone(), &late).unwrap();
            waiting.retain(|other| *other != place);
            known.push(place);
        }
        prop_assert!(waiting.is_empty());
        let heaviest = ends.iter().map(|end| end.head().total_difficulty()).max().unwrap();
        prop_assert_eq!(chain.head().total_difficulty(), heaviest);
        let alone = ends.iter().find(|end| end.head().header().hash() == chain.head().header().hash()).unwrap();
        prop_assert_eq!(view(&chain), view(alone));
        prop_assert_eq!(chain.state().root(), chain.head().header().state_root);
    }
}
