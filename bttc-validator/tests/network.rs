//! Validators over an engine, root chains and side chains in this process: what they do together, and with liars.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

extern crate alloc;

mod support;

use alloc::sync::Arc;
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall as _, SolValue as _};
use bttc_checkpoint::{
    exit::{LogChoice, contract::BridgeCall},
    merkle::root_of,
    prover::{Burn, BurnStatus, Prover},
};
use bttc_core::{
    amount::Amount,
    chain::BridgeContracts,
    hash::keccak256,
    id::{CheckpointNumber, HeaderBlockId, SpanId},
    rlp::Item,
    root_chain::{RootChainError, RootChainId},
    signature::SecretKey,
};
use bttc_evm::transaction::Transaction;
use bttc_validator::{
    duties::{Honest, Policy, Sending, WrongRoots},
    engine::Engine as _,
    layer::{AnyMessage, LayerEvent},
    message::{Message, Msg as _},
    module::{Refusal, bor, checkpoint},
    node::{Node, OwnSideChain},
};
use futures::executor::block_on;
use support::{Network, Step, approve, key, small, wallet};

fn honest() -> Arc<dyn Policy> {
    Arc::new(Honest)
}

fn liar() -> Arc<dyn Policy> {
    Arc::new(WrongRoots)
}

fn equals(policies: [Arc<dyn Policy>; 4]) -> Network {
    let [alice, bob, carol, dave] = policies;
    Network::new(&small(), &[("alice", 1, alice), ("bob", 1, bob), ("carol", 1, carol), ("dave", 1, dave)], &[])
}

fn walk(network: &mut Network, blocks: usize) -> Vec<Step> {
    (0..blocks).map(|_| network.step(vec![])).collect()
}

/// Root over these blocks by the tree alone.
fn true_root(node: &Node, start: u64, end: u64) -> B256 {
    root_of((start..=end).map(|number| node.chain().header(number).unwrap().leaf().hash()).collect()).unwrap()
}

/// TRON's checkpoints: first block, last block, root, proposer.
fn on_tron(network: &Network) -> Vec<(u64, u64, B256, Address)> {
    network.tron.inspect(|contracts| {
        let records = contracts.header_blocks().records();
        let read = records.map(|(_, r)| (r.range().unwrap().start(), r.range().unwrap().end(), r.root, r.proposer));
        read.collect()
    })
}

/// All that TRON has is true and without a gap, and the layer knows it.
fn check_checkpoints(network: &Network) {
    let mut next = 0;
    for (start, end, root, _) in on_tron(network) {
        assert_eq!((start, root), (next, true_root(network.any(), start, end)));
        next = end + 1;
    }
    let stores = network.any().layer().stores();
    let count = acknowledged(network);
    let kept = (1..=count).map(|number| {
        let kept = checkpoint::checkpoint(stores, RootChainId::Tron.into(), CheckpointNumber::new(number));
        let kept = kept.unwrap().unwrap();
        (kept.start, kept.end, kept.root, kept.proposer)
    });
    assert!(kept.eq(on_tron(network).into_iter().take(usize::try_from(count).unwrap())));
}

/// TRON's checkpoints that the layer knows.
fn acknowledged(network: &Network) -> u64 {
    checkpoint::count(network.any().layer().stores(), RootChainId::Tron.into()).unwrap()
}

fn refused_checkpoints(steps: &[Step]) -> Vec<(Address, Refusal)> {
    let settled = steps.iter().flat_map(Step::settled);
    let refused = settled.filter_map(|settled| match (settled.transaction.network(), &settled.outcome) {
        (Some(Message::Checkpoint(message)), Err(refusal)) => Some((message.proposer, *refusal)),
        _ => None,
    });
    refused.collect()
}

fn turns_passed(steps: &[Step]) -> usize {
    let is_no_ack = |event: &&LayerEvent| match event {
        LayerEvent::Admitted(admitted) => {
            matches!(admitted.transaction.network(), Some(Message::CheckpointNoAck(_)))
        }
        _ => false,
    };
    steps.iter().flat_map(|step| &step.events).filter(is_no_ack).count()
}

#[test]
fn four_validators_walk_in_step() {
    let members = [("alice", 4, honest()), ("bob", 3, honest()), ("carol", 2, honest()), ("dave", 1, honest())];
    let mut network = Network::new(&small(), &members, &[]);
    let steps = walk(&mut network, 60); // copies are compared in every step
    check_checkpoints(&network);
    let checkpoints = on_tron(&network);
    assert!(checkpoints.len() >= 6, "{checkpoints:?}");
    assert!(checkpoints.iter().all(|(start, end, ..)| end - start + 1 == 8));
    assert!(refused_checkpoints(&steps).is_empty() && turns_passed(&steps) == 0);
    assert!(steps.iter().all(|step| step.decision.round.get() == 0 && step.decision.commits.len() == 4));

    // Who proposed follows the stake; rewards go to all, more to who has more.
    let proposed = |name: &str| checkpoints.iter().filter(|(.., who)| *who == key(name).address()).count();
    assert!(proposed("alice") >= 2 && proposed("alice") >= proposed("carol"));
    let rewards = network.tron.inspect(|contracts| {
        let ids = contracts.stake().accounts().map(|(id, _)| id);
        ids.map(|id| contracts.stake().validator_reward(id).unwrap()).collect::<Vec<_>>()
    });
    assert!(rewards.len() == 4 && rewards.iter().all(|reward| !reward.is_zero()));
    assert!(rewards.is_sorted_by(|more, less| more > less));

    // Spans follow one another in the layer and in the contract.
    let stores = network.any().layer().stores();
    let last = bor::last_span(stores).unwrap().unwrap().id;
    assert!(last >= SpanId::new(4));
    assert_eq!(network.any().chain().current_span().unwrap().id, network.any().chain().head().header().height() / 16);
    for id in 1..=last.get() {
        let span = bor::span(stores, SpanId::new(id)).unwrap().unwrap();
        assert_eq!((span.start, span.end), (16 * id, 16 * id + 15));
    }
}

#[test]
fn equal_inputs_give_equal_chains() {
    let run = || {
        let mut network = equals([honest(), honest(), liar(), honest()]);
        walk(&mut network, 20);
        (network.any().layer().app_hash(), network.any().chain().head().header().hash())
    };
    assert_eq!(run(), run());
}

#[test]
fn a_single_validator_walks_alone() {
    let mut network = Network::new(&small(), &[("alice", 1, honest())], &[]);
    walk(&mut network, 30);
    check_checkpoints(&network);
    assert!(on_tron(&network).len() >= 2);
}

#[test]
fn a_silent_validator_costs_its_own_turns_only() {
    let mut network = equals([honest(), honest(), honest(), honest()]);
    let silent = key("carol").address();
    network.nodes.remove(&silent);
    let steps = walk(&mut network, 80);
    check_checkpoints(&network);
    let checkpoints = on_tron(&network);
    assert!(checkpoints.len() >= 5, "{checkpoints:?}");
    assert!(checkpoints.iter().all(|(.., proposer)| *proposer != silent));
    assert!(turns_passed(&steps) >= 1); // at its turn the others waited, and passed it on
    assert!(steps.iter().all(|step| step.decision.commits.len() == 3));
    assert!(steps.iter().all(|step| step.block.header().author() != silent));
    assert!(steps.iter().any(|step| step.block.header().difficulty < U256::from(4)), "backups stand in");
}

#[test]
fn who_comes_back_is_told_what_it_missed() {
    let mut network = equals([honest(), honest(), honest(), honest()]);
    walk(&mut network, 5);
    let away = network.nodes.remove(&key("dave").address()).unwrap();
    let missed = walk(&mut network, 20);
    network.nodes.insert(away.address(), away);
    network.engine.advance(&mut network.nodes).unwrap();
    let back = network.nodes.get_mut(&key("dave").address()).unwrap();
    for Step { block, .. } in missed {
        let time = block.header().time;
        back.import(block, time).unwrap();
    }
    network.nodes.values_mut().for_each(|node| drop(node.take_events()));
    let steps = walk(&mut network, 20); // copies are compared
    assert!(steps.iter().all(|step| step.decision.commits.len() == 4));
    check_checkpoints(&network);
}

#[test]
fn one_liar_is_outvoted_and_checkpoints_go_on() {
    let mut network = equals([honest(), liar(), honest(), honest()]);
    let lies = key("bob").address();
    let steps = walk(&mut network, 100);
    check_checkpoints(&network);
    let checkpoints = on_tron(&network);
    assert!(checkpoints.len() >= 6, "{checkpoints:?}");
    assert!(checkpoints.iter().all(|(.., proposer)| *proposer != lies));
    // The others' pass without its vote, its own are short of two thirds, and its turn is passed on.
    let refused = refused_checkpoints(&steps);
    assert!(!refused.is_empty() && refused.iter().all(|(proposer, _)| *proposer == lies), "{refused:?}");
    assert!(refused.iter().all(|(_, refusal)| *refusal == Refusal::BAD_BLOCK_INPUT));
    assert!(turns_passed(&steps) >= 1);
    let submitted = steps.iter().flat_map(|step| &step.submitted);
    assert!(submitted.clone().count() > 0);
    for submitted in submitted {
        assert!(submitted.outcome.is_ok());
        assert!(submitted.signed.signatures().iter().all(|(signer, _)| *signer != lies));
    }
}

#[test]
fn two_heads_of_four_that_lie_stop_tron_though_power_agrees() {
    let members = [("alice", 4, honest()), ("bob", 3, honest()), ("carol", 2, liar()), ("dave", 1, liar())];
    let mut network = Network::new(&small(), &members, &[]);
    let steps = walk(&mut network, 50);
    let submitted: Vec<_> = steps.iter().flat_map(|step| &step.submitted).collect();
    assert!(!submitted.is_empty());
    for submitted in submitted {
        // 70 % of the power signed, which is enough for the layer, and two heads, which are not for TRON.
        assert_eq!(submitted.signed.signatures().len(), 2);
        let reason = "2/3+1 non-majority!".to_owned();
        assert_eq!(submitted.outcome, Err(RootChainError::Reverted { reason }));
    }
    assert_eq!((on_tron(&network).len(), acknowledged(&network)), (0, 0));
    assert!(network.height() == 50, "blocks go on");
}

/// Votes, and says nothing of its own.
#[derive(Debug)]
struct Withholding;

impl Policy for Withholding {
    fn sends(&self, _: &AnyMessage) -> Sending {
        Sending::No
    }
}

#[test]
fn who_withholds_its_messages_costs_time_only() {
    let mut network = equals([Arc::new(Withholding), honest(), honest(), honest()]);
    let withholds = key("alice").address();
    let steps = walk(&mut network, 80);
    check_checkpoints(&network);
    let checkpoints = on_tron(&network);
    assert!(checkpoints.len() >= 5, "{checkpoints:?}");
    assert!(checkpoints.iter().all(|(.., proposer)| *proposer != withholds));
    let senders = steps.iter().flat_map(Step::messages).map(|message| message.signer());
    assert!(senders.into_iter().all(|sender| sender != withholds));
    assert!(turns_passed(&steps) >= 1);
    assert!(bor::last_span(network.any().layer().stores()).unwrap().unwrap().end > network.height());
}

/// Denies whatever the others relay.
#[derive(Debug)]
struct Denies;

impl Policy for Denies {
    fn attest(&self, _: &AnyMessage, _: bttc_checkpoint::vote::VoteResult) -> bttc_checkpoint::vote::VoteResult {
        bttc_checkpoint::vote::VoteResult::No
    }
}

#[test]
fn who_denies_everything_is_outvoted() {
    let mut network = equals([honest(), honest(), honest(), Arc::new(Denies)]);
    let steps = walk(&mut network, 40);
    check_checkpoints(&network);
    assert!(on_tron(&network).len() >= 3);
    let denied = steps.iter().flat_map(Step::settled).filter(|settled| !settled.tally.no.get().is_zero());
    assert!(denied.count() > 3);
    assert!(steps.iter().flat_map(Step::settled).all(|settled| settled.outcome.is_ok()));
}

#[test]
fn a_proposal_is_not_repeated_while_it_is_under_vote() {
    let mut network = equals([honest(), honest(), honest(), honest()]);
    let steps = walk(&mut network, 40);
    let proposed = steps.iter().flat_map(Step::messages).filter_map(|message| match message {
        Message::Checkpoint(message) => Some(message.start_block),
        _ => None,
    });
    let mut seen: Vec<_> = proposed.collect();
    let all = seen.len();
    seen.dedup();
    assert_eq!((seen.len(), seen.is_sorted()), (all, true));
    let events = steps.iter().flat_map(|step| &step.events);
    let refused: Vec<_> = events.filter(|event| matches!(event, LayerEvent::Refused(_))).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

/// A signed transaction of the first form, with gas enough for a call and the producers' least price.
fn transaction(node: &Node, from: &SecretKey, to: Address, value: U256, input: &[u8]) -> Transaction {
    let chain_id = node.chain().spec().chain_id;
    let number = |number: U256| Item::string(&number.to_be_bytes_trimmed_vec());
    let small = |small: u64| number(U256::from(small));
    let nonce = node.chain().state().nonce(from.address());
    let body = || {
        let price = small(300_000_000_000_000);
        vec![small(nonce), price, small(200_000), Item::string(to.as_slice()), number(value), Item::string(input)]
    };
    let unsigned = Item::list(body().into_iter().chain([small(chain_id), small(0), small(0)])).to_bytes();
    let signature = from.sign(&keccak256(unsigned));
    let v = small(chain_id * 2 + 35 + u64::from(signature.v));
    let signed = body().into_iter().chain([v, number(signature.r.into()), number(signature.s.into())]);
    Transaction::from_bytes(&Item::list(signed).to_bytes()).unwrap()
}

#[test]
fn money_goes_to_the_side_chain_and_comes_back_once() {
    alloy_sol_types::sol! {
        function withdrawTo(address to, uint256 amount) payable;
    }
    let zoe = key("zoe's wallet");
    assert_eq!(zoe.address(), wallet("zoe"));
    let members = [("alice", 4, honest()), ("bob", 3, honest()), ("carol", 2, honest()), ("dave", 1, honest())];
    let mut network = Network::new(&small(), &members, &[(zoe.address(), 1_000_000)]);
    let at = network.tron.contracts();
    let coins = |network: &Network| network.any().chain().state().balance(zoe.address());
    let btt = |btt| Amount::from_btt(btt).to_word();
    let (had_coins, had_tokens) = (coins(&network), network.tokens(zoe.address()));

    // Deposit.
    approve(&network.tron, zoe.address(), at.erc20_predicate, Amount::from_btt(500));
    let deposit =
        BridgeCall::DepositFor { user: zoe.address(), root_token: at.token, data: btt(500).abi_encode().into() };
    let receipt = network.tron.transact(zoe.address(), &deposit.to_call(at.root_chain_manager));
    assert_eq!(receipt.revert, None);
    walk(&mut network, 12);
    assert_eq!(coins(&network), had_coins + btt(500));

    // Burn.
    let node = network.any();
    let contract = node.chain().spec().contracts.native_token;
    let input = withdrawToCall { to: zoe.address(), amount: btt(300) }.abi_encode();
    let burn = transaction(node, &zoe, contract, btt(300), &input);
    let burned = network.step(vec![burn.clone()]);
    let block = burned.block.header().height();
    assert_eq!(burned.block.transactions().len(), 1);

    // Checkpoint, proof, payout.
    let log = LogChoice::Nth { topic0: BURN, nth: 0, emitter: None };
    let burn = Burn::log(burn.hash(), log);
    let contracts = BridgeContracts { root_chain: at.root_chain, root_chain_manager: at.root_chain_manager };
    let mut waited = 0;
    let checkpoint = loop {
        let side_chain = OwnSideChain(network.any().chain());
        let prover = Prover::new(&side_chain, &*network.tron).with_contracts(contracts);
        match block_on(prover.status(burn.clone())).unwrap() {
            BurnStatus::Provable { checkpoint, place, .. } => {
                assert_eq!(place.block, block);
                break checkpoint;
            }
            status => assert!(matches!(status, BurnStatus::Burnt { .. }), "{status:?}"),
        }
        walk(&mut network, 1);
        waited += 1;
        assert!(waited < 30);
    };
    assert!(checkpoint.range.contains(block));
    assert!(checkpoint.id >= HeaderBlockId::of(CheckpointNumber::new(1)));
    let side_chain = OwnSideChain(network.any().chain());
    let prover = Prover::new(&side_chain, &*network.tron).with_contracts(contracts);
    let proof = block_on(prover.prove(burn)).unwrap();
    let exit = proof.verify(&checkpoint).unwrap();
    assert_eq!(exit.beneficiary(), zoe.address());
    let call = proof.to_call(at.root_chain_manager);
    let paid = network.tron.transact(wallet("anybody"), &call);
    assert_eq!(paid.revert, None);
    assert_eq!(network.tokens(zoe.address()), had_tokens - btt(500) + btt(300));
    let again = network.tron.transact(wallet("anybody"), &call);
    assert_eq!(again.revert.as_deref(), Some("RootChainManager: EXIT_ALREADY_PROCESSED"));
    assert_eq!(network.tokens(zoe.address()), had_tokens - btt(200));
    assert!(network.tron.inspect(|contracts| contracts.bridge().is_processed(exit.exit_hash())));
}

/// First topic of the log that root chains pay for.
///
/// Source: `withdrawal-proofs §2.1`.
const BURN: B256 = alloy_primitives::b256!("0x67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8");
