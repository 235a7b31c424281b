//! The layer's three phases: what is admitted, what a vote makes of it, what is left when it fails.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

extern crate alloc;

mod support;

use alloy_primitives::{Address, B256, Bytes};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amount::Amount,
    chain::{ChainSpec, PowerRule},
    id::{Epoch, Nonce, SpanId, StateId, ValidatorId},
    root_chain::RootChainId,
};
use bttc_validator::{
    layer::{
        AnyMessage, Block, Layer, LayerEvent, Received, Rejection, Settled, Snapshot, Vote, WrongBlock,
        votes_from_bytes, votes_to_bytes,
    },
    message::{
        Coins, Message, MsgCheckpoint, MsgCheckpointAck, MsgEventRecord, MsgProposeSpan, MsgSend, MsgStakeUpdate,
    },
    module::{Refusal, bank, bor, checkpoint, clerk, staking},
    record::Account,
    store::{StoreName, Stores},
    tx::{SignDoc, StdTx},
    vote::SideResult,
};
use support::{
    START, key,
    run::{
        NAMES, NO_SIGNATURE, Run, all_yes, attached, block, genesis, join, next_span, no_ack, one_of_each, record,
        settled, synced, taken, vote,
    },
};

fn latest(run: &Run) -> u64 {
    clerk::latest_id(run.layer.stores()).unwrap()
}

fn account(layer: &Layer, name: &str) -> Account {
    bank::account(layer.stores(), key(name).address()).unwrap().unwrap()
}

#[test]
fn a_message_is_admitted_voted_on_and_settled_two_heights_later() {
    let mut run = Run::new();
    let message = synced(RootChainId::Tron, 1);
    let hash = run.admit(&message).unwrap();
    assert_eq!(run.layer.to_attest().iter().map(Received::network).collect::<Vec<_>>(), [Some(&message)]);
    assert_eq!(run.layer.under_vote(), run.layer.to_attest());

    run.empty(1); // here the votes are given
    assert_eq!((run.layer.to_attest().len(), run.layer.under_vote().len(), latest(&run)), (0, 1, 0));

    let events = run.apply(&[], all_yes(&[hash]));
    let Settled { transaction, tally, outcome } = settled(&events);
    assert_eq!((transaction.hash(), tally.verdict(), tally.yes), (hash, VoteResult::Yes, tally.total));
    assert_eq!(outcome.as_ref().unwrap()[0].attribute("record-id"), Some("1"));
    let record = clerk::record(run.layer.stores(), StateId::new(1)).unwrap().unwrap();
    assert_eq!(
        (record.contract, record.log_index, &record.data[..]),
        (Address::repeat_byte(0x20), 5, &b"a message"[..])
    );
    assert_eq!(record.time.seconds(), i64::try_from(run.time).unwrap()); // the time of H + 2
    assert_eq!((run.layer.under_vote().len(), latest(&run)), (0, 1));
    assert_eq!(run.apply(&[], all_yes(&[hash])), []); // votes that come again are about nothing
}

#[test]
fn what_too_few_agree_to_leaves_nothing_behind_but_fee_and_sequence() {
    use VoteResult::{No, Skip, Yes};
    let before = Run::new();
    for message in one_of_each(&before.layer) {
        for (results, verdict) in [([Yes, Yes, Skip, Skip], Skip), ([No, No, Yes, No], No), ([Skip; 4], Skip)] {
            let mut run = before.clone();
            let events = run.vote(&message, results);
            let Settled { tally, outcome, .. } = settled(&events);
            let expected = match message {
                Message::Checkpoint(_) | Message::CheckpointAck(_) => Refusal::BAD_BLOCK_INPUT,
                _ => Refusal::NOT_APPROVED,
            };
            assert_eq!((tally.verdict(), outcome), (verdict, &Err(expected)));
            assert_eq!(changed(&before, &run), [StoreName::Acc]);
        }
        // Nobody attached anything at all: settled all the same.
        let mut run = before.clone();
        run.admit(&message).unwrap();
        run.empty(1);
        assert!(settled(&run.apply(&[], vec![])).outcome.is_err());
        assert_eq!(changed(&before, &run), [StoreName::Acc]);
    }
}

/// The stores in which two layers differ.
fn changed(one: &Run, other: &Run) -> Vec<StoreName> {
    let entries = |stores: &Stores, name| -> Vec<(Vec<u8>, Vec<u8>)> {
        stores.entries(name).map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
    };
    let differs = |name: &StoreName| entries(one.layer.stores(), *name) != entries(other.layer.stores(), *name);
    StoreName::ALL.into_iter().filter(differs).collect()
}

#[test]
fn three_of_four_are_enough_whoever_they_are() {
    for absent in 0..4 {
        let mut results = [VoteResult::Yes; 4];
        results[absent] = VoteResult::No;
        let mut run = Run::new();
        assert!(settled(&run.vote(&synced(RootChainId::Tron, 1), results)).outcome.is_ok());
    }
}

#[test]
fn only_voters_count_and_only_in_the_commit_of_the_next_height() {
    let mut run = Run::new();
    let hash = run.admit(&synced(RootChainId::Tron, 1)).unwrap();
    let yes = |names: &[&'static str]| attached(names.iter().map(|name| (*name, vec![vote(hash, VoteResult::Yes)])));
    let admitted = run.clone();
    // Too early: the commit of the height that admitted it.
    assert_eq!(run.apply(&[], yes(&NAMES)), []);
    let late = run.clone();
    let events = run.apply(&[], yes(&["alice", "bob", "mallory", "erin"])); // two of them have no vote
    let tally = &settled(&events).tally;
    assert_eq!((tally.votes.len(), tally.verdict()), (2, VoteResult::Skip));
    // Too late: it is settled by then.
    let mut run = late;
    assert!(settled(&run.apply(&[], vec![])).outcome.is_err());
    assert_eq!(run.apply(&[], yes(&NAMES)), []);
    // Bytes that are no votes say nothing.
    let mut run = admitted;
    run.empty(1);
    let mut votes = yes(&NAMES[..3]);
    votes[0].1 = Bytes::from_static(b"[{}]");
    assert_eq!(settled(&run.apply(&[], votes)).tally.votes.len(), 2);
}

#[test]
fn a_transaction_is_good_once_and_of_two_relays_of_one_event_the_first_to_settle_is_it() {
    let mut run = Run::new();
    let message = synced(RootChainId::Tron, 1);
    let [transaction] = &run.signed(std::slice::from_ref(&message))[..] else { unreachable!() };
    let events = run.apply_bytes(vec![transaction.clone(); 2], vec![]);
    let [LayerEvent::Admitted(_), LayerEvent::Refused(refused)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(refused.rejection.code(), 4); // signed for another sequence
    assert_eq!(run.layer.to_attest().len(), 1);

    let mut run = Run::new();
    let other = MsgEventRecord { from: key("bob").address(), ..record(RootChainId::Tron, 1) };
    let hashes = taken(&run.apply(&[message, other.into()], vec![]));
    run.empty(1);
    let events = run.apply(&[], all_yes(&hashes));
    let [LayerEvent::Settled(first), LayerEvent::Settled(second)] = &events[..] else { panic!("{events:?}") };
    assert!(first.outcome.is_ok());
    assert_eq!((&second.outcome, latest(&run)), (&Err(Refusal::OLD_TX), 1));
}

#[test]
fn another_block_than_the_next_is_refused_and_changes_nothing() {
    let mut run = Run::new();
    let before = run.layer.clone();
    let voters = before.validators().unwrap();
    let transactions = run.signed(&[synced(RootChainId::Tron, 1)]);
    for got in [0, 2, 4, u64::MAX] {
        let block = block(got, run.time, transactions.clone(), vec![]);
        assert_eq!(run.layer.apply(&block, &voters), Err(WrongBlock::Height { got, expected: 3 }));
        assert_eq!(run.layer, before);
    }
    let end_of_time = block(3, u64::MAX, transactions, vec![]);
    assert_eq!(run.layer.apply(&end_of_time, &voters), Err(WrongBlock::Time { got: u64::MAX }));
    assert_eq!(run.layer, before);
}

#[test]
fn q103_what_the_first_two_heights_admit_is_never_voted_on() {
    let mut run = Run { layer: genesis(ChainSpec::devnet()), time: START };
    let mut hashes = Vec::new();
    for height in 1..=2 {
        hashes.push(run.admit(&synced(RootChainId::Tron, height)).unwrap());
        assert_eq!((run.layer.height(), run.layer.to_attest().len()), (height, 0));
    }
    assert_eq!(run.apply(&[], all_yes(&hashes)), []);
    assert_eq!(run.apply(&[], all_yes(&hashes)), []);
    assert!(run.pass(synced(RootChainId::Tron, 1)).is_ok());
}

#[test]
fn q419_without_voters_what_is_due_stays_for_good() {
    let mut run = Run::new();
    run.admit(&synced(RootChainId::Tron, 1)).unwrap();
    let under_vote = run.layer.under_vote();
    for _ in 0..2 {
        let height = run.layer.height() + 1;
        let proposer = key("carol").address();
        let block = Block { height, time: run.time, proposer, last_commit: None, transactions: Vec::new() };
        assert_eq!(run.layer.apply(&block, &[]), Ok(Vec::new()));
    }
    run.empty(2);
    assert_eq!((under_vote.len(), run.layer.under_vote()), (1, under_vote));
}

#[test]
fn who_sends_pays_even_if_the_message_is_refused_and_the_proposer_is_paid() {
    let mut run = Run::new();
    let fee = Amount::from_units(1_000_000_000_000_000); // validation-layer §9.1: 10¹⁵
    let balance = |layer: &Layer, name: &str| bank::balance(layer.stores(), key(name).address()).unwrap();
    let (before, carol) = (account(&run.layer, "dave"), balance(&run.layer, "carol"));
    let elsewhere =
        MsgEventRecord { from: key("dave").address(), bor_chain_id: "199".into(), ..record(RootChainId::Tron, 1) };
    assert_eq!(run.admit(&elsewhere.into()), Err(Rejection::Message(Refusal::CHAIN_ID)));
    let after = account(&run.layer, "dave");
    assert_eq!((after.sequence, after.number), (before.sequence + 1, before.number));
    assert_eq!(balance(&run.layer, "dave").checked_add(fee).unwrap(), Amount::from_btt(100_000));
    assert_eq!(balance(&run.layer, "carol"), carol.checked_add(fee).unwrap()); // carol proposes every block here
}

#[test]
fn what_does_not_come_as_far_as_its_message_changes_nothing() {
    let run = Run::new();
    let [good] = &run.signed(&[synced(RootChainId::Tron, 1)])[..] else { unreachable!() };
    let doc = run.layer.sign_doc(key("alice").address()).unwrap().unwrap();
    let signed = |message: Message, doc: &SignDoc, name: &str| -> Bytes {
        StdTx::signed(message, "".into(), doc, &key(name)).to_bytes().into()
    };
    let other = |change: &dyn Fn(&mut SignDoc)| {
        let mut doc = doc.clone();
        change(&mut doc);
        signed(synced(RootChainId::Tron, 1), &doc, "alice")
    };
    let of_erin = MsgEventRecord { from: key("erin").address(), ..record(RootChainId::Tron, 1) };
    let nameless = MsgEventRecord { from: Address::ZERO, ..record(RootChainId::Tron, 1) };
    let cases = [
        (Bytes::from_static(b"no transaction"), 2),
        (Bytes::new(), 2),
        (good.slice(..good.len() - 1), 2),
        (signed(synced(RootChainId::Tron, 1), &doc, "bob"), 4),
        (other(&|doc| doc.sequence += 1), 4),
        (other(&|doc| doc.account_number += 1), 4),
        (other(&|doc| doc.chain_id = "delivery-199".into()), 4),
        (signed(of_erin.into(), &doc, "erin"), 9), // has no account
        (signed(nameless.into(), &doc, "alice"), 7),
    ];
    let mut without = run.clone();
    without.empty(1);
    for (bytes, code) in cases {
        let mut run = run.clone();
        let events = run.apply_bytes(vec![bytes], vec![]);
        let [LayerEvent::Refused(refused)] = &events[..] else { panic!("{events:?}") };
        assert!(matches!(refused.rejection, Rejection::Front(_)));
        assert_eq!(refused.rejection.code(), code);
        assert_eq!(run.layer, without.layer);
    }
}

#[test]
fn messages_of_one_sender_follow_one_another_in_a_block() {
    let mut run = Run::new();
    let messages = [1, 2, 3].map(|id| synced(RootChainId::Tron, id));
    let mut transactions = run.signed(&messages);
    assert_eq!(taken(&run.clone().apply_bytes(transactions.clone(), vec![])).len(), 3);
    // Out of order only what comes in its turn is taken.
    transactions.reverse();
    assert_eq!(taken(&run.apply_bytes(transactions, vec![])).len(), 1);
}

#[test]
fn where_power_is_stake_it_follows_the_stake() {
    let update = MsgStakeUpdate {
        from: key("bob").address(),
        id: ValidatorId::new(1),
        amount: Amount::from_btt(20).into(),
        tx_hash: B256::repeat_byte(1),
        log_index: 1,
        block_number: 9,
        nonce: Nonce::new(2),
    };
    let power = |run: &Run| staking::record_of(run.layer.stores(), ValidatorId::new(1)).unwrap().unwrap().power.get();
    let mut run = Run::new();
    assert!(run.pass(update.clone()).is_ok());
    assert_eq!(power(&run), 20);
    assert!(run.layer.validators().unwrap().iter().any(|validator| validator.power.get() == 20));

    let mut run = Run::with(ChainSpec { power: PowerRule::One, ..ChainSpec::devnet() });
    assert_eq!(run.pass(update), Err(Refusal::UNKNOWN_REQUEST));
    assert_eq!(power(&run), 1);
}

#[test]
fn a_checkpoint_is_proposed_buffered_and_acknowledged() {
    let mut run = Run::new();
    let good = run.checkpoint(0, 63);
    let other = NAMES.map(|name| key(name).address()).into_iter().find(|signer| *signer != good.proposer).unwrap();
    let root = B256::repeat_byte(9);
    let wrong = [
        (MsgCheckpoint { proposer: other, ..good.clone() }, 1_400),
        (MsgCheckpoint { epoch: Epoch::new(2), ..good.clone() }, 1_400),
        (MsgCheckpoint { account_root_hash: root, ..good.clone() }, 1_501),
        (MsgCheckpoint { start_block: 1, ..good.clone() }, 1_501),
        (MsgCheckpoint { end_block: 0, ..good.clone() }, 1_400),
        (MsgCheckpoint { root_hash: B256::ZERO, ..good.clone() }, 1_400),
    ];
    for (checkpoint, code) in wrong {
        assert_eq!(run.refused(checkpoint.clone()), Err(code), "{checkpoint:?}");
    }
    assert!(run.pass(good.clone()).is_ok());
    assert_eq!(run.refused(good.clone()), Err(1_503));

    let ack = run.ack(1);
    let off = [MsgCheckpointAck { start_block: 1, ..ack.clone() }, MsgCheckpointAck { root_hash: root, ..ack.clone() }];
    for ack in off {
        assert_eq!(run.refused(ack), Err(1_502));
    }
    run.pass(ack.clone()).unwrap();
    let last = checkpoint::last_checkpoint(run.layer.stores(), RootChainId::Tron.into()).unwrap().unwrap();
    assert_eq!((last.end, run.layer.epoch()), (63, Ok(Epoch::new(2))));
    assert_ne!(run.layer.proposer(), Ok(Some(good.proposer))); // the turn passed on

    let (old, gap) = (run.checkpoint(60, 70), run.checkpoint(65, 70));
    assert_eq!((run.refused(old), run.refused(gap)), (Err(1_509), Err(1_510)));
    // Admitted without a buffer, refused when it is to take effect.
    let again = MsgCheckpointAck { number: bttc_core::id::CheckpointNumber::new(2), start_block: 64, ..ack };
    assert_eq!(run.pass(again), Err(Refusal::BAD_ACK));
    run.checkpointed(64, 127, 2);
    assert_eq!(run.layer.epoch(), Ok(Epoch::new(3)));
}

#[test]
fn only_tron_s_checkpoints_turn_the_set_and_the_epoch() {
    let mut run = Run::new();
    let proposer = run.layer.proposer();
    let checkpoint = MsgCheckpoint { root_chain_type: "bsc".into(), ..run.checkpoint(0, 63) };
    run.pass(checkpoint.clone()).unwrap();
    let ack = MsgCheckpointAck {
        from: key("alice").address(),
        number: bttc_core::id::CheckpointNumber::new(1),
        proposer: checkpoint.proposer,
        start_block: 0,
        end_block: 63,
        root_hash: checkpoint.root_hash,
        root_chain_type: "bsc".into(),
        ..MsgCheckpointAck::default()
    };
    run.pass(ack).unwrap();
    assert_eq!((run.layer.proposer(), run.layer.epoch()), (proposer, Ok(Epoch::new(1))));
    let count = |root_chain: RootChainId| checkpoint::count(run.layer.stores(), root_chain.into()).unwrap();
    assert_eq!((count(RootChainId::Bsc), count(RootChainId::Tron)), (1, 0));
}

#[test]
fn every_validator_gets_its_turn_in_proportion_to_its_power() {
    let mut run = Run::new();
    let mut proposers = Vec::new();
    for number in 1..=8 {
        proposers.push(run.layer.proposer().unwrap().unwrap());
        run.checkpointed(64 * (number - 1), 64 * number - 1, number);
    }
    for name in NAMES {
        assert_eq!(proposers.iter().filter(|proposer| **proposer == key(name).address()).count(), 2);
    }
}

#[test]
fn a_no_ack_passes_the_turn_at_once_when_the_last_checkpoint_is_old() {
    let buffer = ChainSpec::devnet().checkpoints.buffer_time;
    let mut run = Run::new();
    run.checkpointed(0, 63, 1);
    let last = checkpoint::last_checkpoint(run.layer.stores(), RootChainId::Tron.into()).unwrap().unwrap();
    let proposer = run.layer.proposer();

    run.time = last.timestamp + buffer - 2; // the next height is a second later
    assert_eq!((run.refused(no_ack()), run.layer.proposer()), (Err(1_505), proposer.clone()));

    let events = run.apply(&[no_ack().into()], vec![]);
    let [LayerEvent::Admitted(admitted)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((admitted.vote, run.layer.under_vote().len()), (Vote::None, 0));
    assert_ne!(run.layer.proposer(), proposer);
    assert_eq!(run.layer.epoch(), Ok(Epoch::new(2)));

    let proposer = run.layer.proposer();
    run.time += buffer - 2;
    assert_eq!((run.refused(no_ack()), run.layer.proposer()), (Err(1_506), proposer.clone()));
    assert!(run.refused(no_ack()).is_ok());
    assert_ne!(run.layer.proposer(), proposer);
}

#[test]
fn a_checkpoint_that_nobody_acknowledged_makes_way_in_time() {
    let mut run = Run::new();
    run.pass(run.checkpoint(0, 63)).unwrap();
    run.time += ChainSpec::devnet().checkpoints.buffer_time - 2;
    assert_eq!(run.refused(run.clone().checkpoint(0, 127)), Err(1_503));
    run.pass(run.checkpoint(0, 127)).unwrap();
    assert_eq!(run.ack(1).end_block, 127);
}

#[test]
fn records_of_all_root_chains_are_numbered_in_the_order_of_the_votes() {
    let mut run = Run::new();
    let [ethereum, tron] = [synced(RootChainId::Ethereum, 900), synced(RootChainId::Tron, 8)];
    let hashes = taken(&run.apply(&[ethereum, tron.clone()], vec![]));
    run.empty(1);
    // The first to vote did not see Ethereum's.
    let both: Vec<SideResult> = hashes.iter().map(|hash| vote(*hash, VoteResult::Yes)).collect();
    let mut votes = NAMES.map(|name| (name, both.clone()));
    votes[0].1.remove(0);
    run.apply(&[], attached(votes));
    let name = |id| clerk::record(run.layer.stores(), StateId::new(id)).unwrap().unwrap().root_chain.to_string();
    assert_eq!((name(1), name(2)), ("tron".to_owned(), "eth".to_owned()));
    assert_eq!(run.refused(tron), Err(5_400));
    let elsewhere = MsgEventRecord { bor_chain_id: "199".into(), ..record(RootChainId::Tron, 9) };
    assert_eq!(run.refused(elsewhere), Err(3_506));
}

#[test]
fn q101_two_messages_of_one_place_both_pass_when_in_flight_together() {
    let mut run = Run::new();
    let one = record(RootChainId::Tron, 1);
    let [first, second, third] = [1, 2, 3].map(|id| MsgEventRecord { id: StateId::new(id), ..one.clone() });
    let hashes = taken(&run.apply(&[first.into(), second.into()], vec![]));
    run.empty(1);
    assert_eq!((run.apply(&[], all_yes(&hashes)).len(), latest(&run)), (2, 2));
    assert_eq!(run.refused(third), Err(1_401));
    // The same place on another root chain is another place.
    let other = MsgEventRecord { root_chain_type: "bsc".into(), ..one };
    assert!(run.pass(other).is_ok());
}

#[test]
fn a_span_follows_the_last_one_and_takes_the_next_seed() {
    let mut run = Run::new();
    let good = next_span(&run.layer);
    let wrong = [
        (MsgProposeSpan { bor_chain_id: "199".into(), ..good.clone() }, 3_506),
        (MsgProposeSpan { span_id: SpanId::new(2), ..good.clone() }, 3_501),
        (MsgProposeSpan { start_block: 65, ..good.clone() }, 3_501),
        (MsgProposeSpan { end_block: 128, ..good.clone() }, 3_507),
    ];
    for (span, code) in wrong {
        assert_eq!(run.refused(span), Err(code));
    }
    // Two of the same span in flight, by two proposers: one of them takes effect.
    let other = MsgProposeSpan { proposer: key("alice").address(), ..good.clone() };
    let hashes = taken(&run.apply(&[good.into(), other.into()], vec![]));
    run.empty(1);
    let events = run.apply(&[], all_yes(&hashes));
    let [LayerEvent::Settled(first), LayerEvent::Settled(second)] = &events[..] else { panic!("{events:?}") };
    assert!(first.outcome.is_ok());
    assert_eq!(second.outcome, Err(Refusal::OLD_TX));
    let span = bor::last_span(run.layer.stores()).unwrap().unwrap();
    assert_eq!((span.id, span.start, span.end, span.producers.len()), (SpanId::new(1), 64, 127, 4));
    assert_eq!(bor::seed_block(run.layer.stores()), Ok(1));
}

#[test]
fn a_joiner_enters_the_set_when_it_settles() {
    let mut run = Run::new();
    let votes = [VoteResult::Yes; 4];
    let events = run.vote(&join(5, "erin", 30).into(), votes);
    assert!(settled(&events).outcome.is_ok());
    let Some(LayerEvent::SetChanged(updates)) = events.last() else { panic!("{events:?}") };
    let erin = key("erin").address();
    assert_eq!(updates.iter().map(|update| (update.signer, update.power.get())).collect::<Vec<_>>(), [(erin, 30)]);
    assert_eq!(run.layer.validators().unwrap().len(), 5);
    assert_eq!(run.refused(join(5, "frank", 30)), Err(2_507));

    // Without erin nothing passes any more: 40 of 70.
    assert!(settled(&run.vote(&synced(RootChainId::Tron, 1), votes)).outcome.is_err());
}

#[test]
fn a_layer_goes_on_from_any_snapshot_as_if_nothing_had_been() {
    let mut run = Run::new();
    let mut told = Vec::new();
    let mut heights = Vec::new();
    let mut snapshots = Vec::new();
    for id in 1..=4 {
        for messages in [vec![synced(RootChainId::Tron, id)], vec![next_span(&run.layer).into()], vec![]] {
            let text = serde_json::to_string(&run.layer.save()).unwrap();
            snapshots.push((run.time, text));
            let hashes: Vec<_> = run.layer.under_vote().iter().map(Received::hash).collect();
            let transactions = run.signed(&messages);
            heights.push((transactions.clone(), all_yes(&hashes)));
            told.push(run.apply_bytes(transactions, all_yes(&hashes)));
        }
    }
    assert!(latest(&run) >= 3);
    for (from, (time, text)) in snapshots.into_iter().enumerate() {
        let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
        let mut again = Run { layer: Layer::restore(snapshot.clone()).unwrap(), time };
        for ((transactions, attached), told) in heights.iter().zip(&told).skip(from) {
            assert_eq!(&again.apply_bytes(transactions.clone(), attached.clone()), told);
        }
        assert_eq!((again.layer.app_hash(), &again.layer), (run.layer.app_hash(), &run.layer));
        // One that was tampered with is found out.
        let mut wrong = snapshot;
        wrong.stores.set(StoreName::Acc, b"mine".to_vec(), b"all of it".to_vec());
        let error = Layer::restore(wrong.clone()).unwrap_err();
        assert!(error.got != error.expected && error.expected == wrong.app_hash);
    }
}

#[test]
fn a_trial_leaves_the_layer_as_it_was_and_finds_what_would_be_admitted() {
    let mut run = Run::new();
    let before = run.layer.clone();
    let voters = run.layer.validators().unwrap();
    let messages = [1, 1, 2].map(|id| synced(RootChainId::Tron, id));
    let sent = MsgSend {
        from_address: key("bob").address(),
        to_address: key("erin").address(),
        amount: Coins::btt(Amount::from_btt(100_001).into()), // more than there is
    };
    let asked = messages.iter().cloned().chain([sent.clone().into()]).map(AnyMessage::Network).collect();
    // Messages alone change nothing until they settle, so the same event twice is found out later.
    assert_eq!(run.layer.admissible(asked, run.time + 1).len(), 3);
    let mut transactions = run.signed(&messages);
    transactions.extend(run.signed(&[sent.into()]));
    transactions.push(Bytes::from_static(b"nothing"));
    let block = block(3, run.time + 1, transactions.clone(), vec![]);
    assert_eq!(run.layer.selected(&block, &voters), transactions[..3]);
    assert_eq!((&run.layer, run.layer.app_hash()), (&before, before.app_hash()));
}

#[test]
fn an_entry_is_proven_against_the_application_hash() {
    let mut run = Run::new();
    run.pass(synced(RootChainId::Tron, 1)).unwrap();
    let key = b"\x18"; // validation-layer §1.12: latest local id
    let proof = run.layer.prove(StoreName::Clerk, key);
    assert_eq!(proof.confirm(run.layer.app_hash(), "clerk", key, b"1"), Ok(()));
    assert!(proof.confirm(run.layer.app_hash(), "clerk", key, b"2").is_err());
}

#[test]
fn a_block_and_votes_have_one_form_only() {
    let run = Run::new();
    let transactions = run.signed(&[synced(RootChainId::Tron, 1)]);
    let hash = run.layer.read(&transactions[0]).unwrap().hash();
    let block = block(3, START, transactions, attached([("alice", vec![vote(hash, VoteResult::Yes)])]));
    let text = String::from_utf8(block.to_bytes().to_vec()).unwrap();
    assert_eq!(Block::from_bytes(text.as_bytes()), Ok(block));
    let others = [
        format!(" {text}"),
        format!("{text}\n"),
        text.replace("\"height\"", "\"Height\""),
        text.replace("\"height\":3,", ""),
        text.replace("\"height\":3", "\"height\":3,\"more\":1"),
        text.replace("\"transactions\":[\"0x", "\"transactions\":[\"0X"),
    ];
    for other in others {
        assert_ne!(other, text);
        let error = Block::from_bytes(other.as_bytes()).unwrap_err();
        assert_eq!(error.bytes, other.len());
        assert!(error.to_string().starts_with("got ") && !error.reason.is_empty(), "{error}");
    }

    let votes = vec![vote(hash, VoteResult::Yes), SideResult::new(hash, VoteResult::No, Some(NO_SIGNATURE))];
    let bytes = votes_to_bytes(&votes);
    assert_eq!(votes_from_bytes(&bytes), Ok(votes));
    assert_eq!((votes_from_bytes(b""), votes_to_bytes(&[])), (Ok(vec![]), Bytes::new()));
    let long = [&bytes[..], &[0]].concat();
    let short_hash = votes_to_bytes(&[SideResult { tx_hash: Default::default(), ..vote(hash, VoteResult::Yes) }]);
    let odd = votes_to_bytes(&[SideResult { result: 3, ..vote(hash, VoteResult::Yes) }]);
    for other in [&long[..], &bytes[1..], b"[]", &short_hash, &odd] {
        assert!(votes_from_bytes(other).is_err(), "{}", alloy_primitives::hex::encode(other));
    }
}
