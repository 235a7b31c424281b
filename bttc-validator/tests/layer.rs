//! The layer's three phases: what is admitted, what a vote makes of it, what is left when it fails.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

extern crate alloc;

mod support;

use alloy_primitives::{Address, B256, Bytes};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    ledger::{Ack, AckError, NoAckError, ProposeError},
    vote::VoteResult,
};
use bttc_core::{
    amount::Amount,
    chain::{ChainSpec, PowerRule},
    id::{CheckpointNumber, Epoch, SpanId, StateId, ValidatorId},
    root_chain::{RootChainId, RootEvent, StakeUpdate, Staked, StateSynced},
};
use bttc_staking::registry::{SpanError, SpanProposal, StakingEventError};
use bttc_validator::layer::{
    Block, CheckpointAck, CheckpointNoAck, Effect, EventRecord, Layer, LayerEvent, LogPlace, Message,
    ProposeCheckpoint, ProposeSpan, RecordError, Refusal, Settled, StakingEvent, Vote, WrongHeight, votes_from_bytes,
    votes_to_bytes,
};
use support::{
    START, key,
    run::{
        NAMES, NO_SIGNATURE, Run, acknowledged, attached, block, next_span, no_ack, on_tron, one_of_each, place,
        record, settled, staking, synced, vote,
    },
    staked,
};

#[test]
fn a_message_is_admitted_voted_on_and_settled_two_heights_later() {
    let mut run = Run::new();
    let message = synced(RootChainId::Tron, 1);
    run.admit(&message).unwrap();
    assert!(run.layer.to_attest().iter().eq([&message]));
    assert!(run.layer.in_flight().eq([&message]));

    run.empty(1); // here the votes are given
    assert_eq!((run.layer.to_attest(), run.layer.in_flight().count()), (&[][..], 1));
    assert_eq!(run.layer.records().latest(), StateId::new(0));

    let yes = || NAMES.map(|name| (name, vec![vote(&message, VoteResult::Yes)]));
    let events = run.apply(&[], attached(yes()));
    let Settled { message: told, tally, outcome } = settled(&events);
    assert_eq!((told, tally.verdict(), tally.yes), (&message, VoteResult::Yes, tally.total));
    let Ok(Effect::Recorded(record)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((record.id, record.receiver), (StateId::new(1), Address::repeat_byte(0x20)));
    assert_eq!((record.tx_hash, record.log_index, &record.data[..]), (B256::repeat_byte(0x77), 5, &b"a message"[..]));
    assert_eq!((record.chain_id.as_str(), record.time.seconds), ("15001", run.time)); // the time of H + 2
    assert_eq!((run.layer.in_flight().count(), run.layer.records().latest()), (0, StateId::new(1)));
    assert_eq!(run.apply(&[], attached(yes())), []); // votes that come again are about nothing
}

#[test]
fn what_too_few_agree_to_leaves_nothing_behind() {
    use VoteResult::{No, Skip, Yes};
    let before = Run::new();
    let mut without = before.clone();
    without.empty(3);
    for message in one_of_each(&before.layer) {
        for (results, got) in [([Yes, Yes, Skip, Skip], Skip), ([No, No, Yes, No], No), ([Skip; 4], Skip)] {
            let mut run = before.clone();
            let events = run.vote(&message, results);
            let refusal = settled(&events).outcome.clone().unwrap_err();
            let expected = match message {
                Message::Checkpoint(_) => (Refusal::Checkpoint(ProposeError::Verdict { got }), 1_501),
                Message::CheckpointAck(_) => (Refusal::Ack(AckError::Verdict { got }), 1_501),
                _ => (Refusal::Verdict { got }, 5_502),
            };
            assert_eq!((refusal.clone(), refusal.code()), expected);
            assert!(run.layer == without.layer, "{}", message.kind());
            assert_eq!(run.layer.digest(), without.layer.digest());
        }
        // Nobody attached anything at all: settled all the same.
        let mut run = before.clone();
        run.admit(&message).unwrap();
        run.empty(1);
        assert!(settled(&run.apply(&[], vec![])).outcome.is_err());
        assert!(run.layer == without.layer, "{}", message.kind());
    }
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
    let message = synced(RootChainId::Tron, 1);
    let yes =
        |names: &[&'static str]| attached(names.iter().map(|name| (*name, vec![vote(&message, VoteResult::Yes)])));
    let mut run = Run::new();
    run.admit(&message).unwrap();
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
    let mut run = Run::new();
    run.admit(&message).unwrap();
    run.empty(1);
    let mut votes = yes(&NAMES[..3]);
    votes[0].1 = Bytes::from_static(b"[{}]");
    assert_eq!(settled(&run.apply(&[], votes)).tally.votes.len(), 2);
}

#[test]
fn the_same_message_twice_in_one_block_counts_once() {
    let mut run = Run::new();
    let message = synced(RootChainId::Tron, 1);
    let events = run.apply(&[message.clone(), message.clone()], vec![]);
    let refused = LayerEvent::Refused(Box::new((message.clone(), Refusal::Twice)));
    assert_eq!(events, [LayerEvent::Admitted(message.id()), refused]);
    assert_eq!((run.layer.to_attest().len(), Refusal::Twice.code()), (1, 1_401));

    // Of two relays of one event the first to settle is it.
    let mut run = Run::new();
    let other = Message::EventRecord(EventRecord { from: key("bob").address(), ..record(RootChainId::Tron, 1) });
    run.apply(&[message.clone(), other.clone()], vec![]);
    run.empty(1);
    let votes = [&message, &other].map(|message| vote(message, VoteResult::Yes));
    let events = run.apply(&[], attached(NAMES.map(|name| (name, votes.to_vec()))));
    let [LayerEvent::Settled(first), LayerEvent::Settled(second)] = &events[..] else { panic!("{events:?}") };
    assert!(matches!(first.outcome, Ok(Effect::Recorded(_))));
    let taken = RecordError::Taken { root_chain: RootChainId::Tron, id: StateId::new(1) };
    assert_eq!((second.outcome.clone(), taken.code()), (Err(taken.into()), 1_401));
    assert_eq!(run.layer.records().latest(), StateId::new(1));
}

#[test]
fn another_height_than_the_next_is_refused_and_changes_nothing() {
    let mut run = Run::new();
    let before = run.layer.clone();
    let voters = before.registry().validators();
    for got in [0, 2, 4, u64::MAX] {
        let block = block(got, run.time, &[synced(RootChainId::Tron, 1)], vec![]);
        assert_eq!(run.layer.apply(&block, &voters), Err(WrongHeight { got, expected: 3 }));
        assert_eq!(run.layer, before);
    }
}

#[test]
fn q103_what_the_first_two_heights_admit_is_never_voted_on() {
    let stakes = (1..).zip(NAMES).map(|(id, name)| staked(id, name, 10));
    let layer = Layer::genesis(ChainSpec::devnet(), stakes).unwrap();
    let mut run = Run { layer, time: START };
    for height in 1..=2 {
        let message = synced(RootChainId::Tron, height);
        run.admit(&message).unwrap();
        assert_eq!((run.layer.height(), run.layer.to_attest().len()), (height, 0));
    }
    let votes = || {
        let votes = [1, 2].map(|height| vote(&synced(RootChainId::Tron, height), VoteResult::Yes));
        attached(NAMES.map(|name| (name, votes.to_vec())))
    };
    assert_eq!(run.apply(&[], votes()), []);
    assert_eq!(run.apply(&[], votes()), []);
    assert!(run.pass(&synced(RootChainId::Tron, 1)).is_ok());
}

#[test]
fn a_message_with_an_empty_field_is_refused_before_anything_else() {
    let run = Run::new();
    let refused = |message: Message, field, code| {
        let refusal = run.clone().admit(&message).unwrap_err();
        assert_eq!((refusal.clone(), refusal.code()), (Refusal::Missing { kind: message.kind(), field }, code));
    };
    let from = Address::ZERO;
    let synced = record(RootChainId::Tron, 1);
    let nowhere = LogPlace { transaction: B256::ZERO, ..synced.place };
    refused(Message::EventRecord(EventRecord { from, ..synced.clone() }), "sender", 7);
    refused(Message::EventRecord(EventRecord { place: nowhere, ..synced }), "transaction", 7);
    refused(Message::ProposeSpan(ProposeSpan { proposer: from, ..next_span(&run.layer) }), "sender", 7);
    refused(Message::CheckpointNoAck(CheckpointNoAck { from }), "sender", 1_400);
    let ack = run.checkpoint(0, 1);
    let ack = Ack { number: CheckpointNumber::new(1), proposer: ack.proposer, start: 0, end: 1, root: ack.root };
    let root_chain = RootChainId::Tron;
    refused(Message::CheckpointAck(CheckpointAck { from, root_chain, ack }), "sender", 1_400);
    let event = RootEvent::Staked(staked(5, "erin", 10));
    refused(Message::Staking(StakingEvent { from, place: place(1, 1), event }), "sender", 1_400);
    refused(staking(RootEvent::Staked(staked(0, "erin", 10))), "validator", 1_400);
    let key = Staked { signer_key: vec![0; 64].into(), ..staked(5, "erin", 10) };
    refused(staking(RootEvent::Staked(key)), "signer key", 1_400);
}

#[test]
fn a_staking_message_about_something_else_is_an_unknown_request() {
    let update =
        RootEvent::StakeUpdate(StakeUpdate { validator: ValidatorId::new(1), new_amount: Amount::from_btt(20) });
    let mut run = Run::new();
    assert_eq!(run.pass(&staking(update.clone())), Ok(Effect::Staking)); // where power is stake it counts
    assert_eq!(run.layer.registry().record_of(ValidatorId::new(1)).unwrap().power.get(), 20);
    let synced =
        RootEvent::StateSynced(StateSynced { id: StateId::new(1), receiver: Address::ZERO, data: Bytes::new() });
    let refusal = run.admit(&staking(synced)).unwrap_err();
    assert_eq!((refusal.clone(), refusal.code()), (Refusal::UnknownRequest, 6));

    let spec = ChainSpec { power: PowerRule::One, ..ChainSpec::devnet() };
    let layer = Layer::genesis(spec, [staked(1, "alice", 10)]).unwrap();
    assert_eq!(layer.check(&staking(update), START), Err(Refusal::UnknownRequest));
}

#[test]
fn a_checkpoint_is_proposed_buffered_and_acknowledged() {
    let mut run = Run::new();
    let good = run.checkpoint(0, 63);
    let other = NAMES.map(|name| key(name).address()).into_iter().find(|signer| *signer != good.proposer).unwrap();
    let root = B256::repeat_byte(9);
    let wrong = [
        (Checkpoint { proposer: other, ..good }, 1_400),
        (Checkpoint { epoch: Epoch::new(2), ..good }, 1_400),
        (Checkpoint { account_root: root, ..good }, 1_501),
        (Checkpoint { range: BlockRange::new(1, 63).unwrap(), ..good }, 1_501),
        (Checkpoint { range: BlockRange::new(0, 0).unwrap(), ..good }, 1_400),
        (Checkpoint { root: B256::ZERO, ..good }, 1_400),
    ];
    for (checkpoint, code) in wrong {
        assert_eq!(run.admit(&on_tron(checkpoint)).map_err(|refusal| refusal.code()), Err(code), "{checkpoint}");
    }
    assert_eq!(run.pass(&on_tron(good)), Ok(Effect::Buffered(good)));
    assert_eq!(run.admit(&on_tron(good)).map_err(|refusal| refusal.code()), Err(1_503));

    let ack = run.layer.ledger().buffered(RootChainId::Tron).unwrap().to_ack(CheckpointNumber::new(1));
    let off = [Ack { start: 1, ..ack }, Ack { root, ..ack }];
    assert!(off.iter().all(|ack| run.admit(&acknowledged(*ack)).map_err(|refusal| refusal.code()) == Err(1_502)));
    let Ok(Effect::Acknowledged(done)) = run.pass(&acknowledged(ack)) else { panic!("not acknowledged") };
    assert_eq!((done.number.get(), done.checkpoint.end), (1, 63));
    assert_eq!((run.layer.epoch(), run.layer.ledger().buffered(RootChainId::Tron)), (Epoch::new(2), None));
    assert_ne!(run.layer.proposer(), Some(good.proposer)); // the turn passed on

    let (old, gap) = (run.checkpoint(60, 70), run.checkpoint(65, 70));
    assert_eq!(run.admit(&on_tron(old)).map_err(|refusal| refusal.code()), Err(1_509));
    assert_eq!(run.admit(&on_tron(gap)).map_err(|refusal| refusal.code()), Err(1_510));
    // Admitted without a buffer, refused when it is to take effect.
    let again = Ack { number: CheckpointNumber::new(2), start: 64, ..ack };
    assert_eq!(run.pass(&acknowledged(again)), Err(Refusal::Ack(AckError::NotBuffered)));
    run.checkpointed(64, 127, 2);
    assert_eq!(run.layer.epoch(), Epoch::new(3));
}

#[test]
fn only_tron_s_checkpoints_turn_the_set_and_the_epoch() {
    let mut run = Run::new();
    let proposer = run.layer.proposer();
    let checkpoint = run.checkpoint(0, 63);
    let root_chain = RootChainId::Bsc;
    run.pass(&Message::Checkpoint(ProposeCheckpoint { checkpoint, root_chain })).unwrap();
    let ack = run.layer.ledger().buffered(root_chain).unwrap().to_ack(CheckpointNumber::new(1));
    let from = key("alice").address();
    run.pass(&Message::CheckpointAck(CheckpointAck { from, root_chain, ack })).unwrap();
    assert_eq!((run.layer.proposer(), run.layer.epoch()), (proposer, Epoch::new(1)));
    assert_eq!((run.layer.ledger().count(root_chain), run.layer.ledger().count(RootChainId::Tron)), (1, 0));
}

#[test]
fn every_validator_gets_its_turn_in_proportion_to_its_power() {
    let mut run = Run::new();
    let mut proposers = Vec::new();
    for number in 1..=8 {
        proposers.push(run.layer.proposer().unwrap());
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
    let buffered = run.layer.ledger().last(RootChainId::Tron).unwrap().time;
    let proposer = run.layer.proposer();

    run.time = buffered + buffer - 2; // the next height is a second later
    let refusal = run.admit(&no_ack()).unwrap_err();
    let before = Some(buffered - 1);
    assert_eq!(refusal, Refusal::NoAck(NoAckError::CheckpointTooYoung { last: buffered, before }));
    assert_eq!((refusal.code(), run.layer.proposer()), (1_505, proposer));

    assert_eq!(run.apply(&[no_ack()], vec![]), [LayerEvent::Done(no_ack().id(), Effect::TurnPassed)]);
    assert_ne!(run.layer.proposer(), proposer);
    assert_eq!((run.layer.in_flight().count(), run.layer.epoch()), (0, Epoch::new(2)));

    let proposer = run.layer.proposer();
    run.time += buffer - 2;
    let refusal = run.admit(&no_ack()).unwrap_err();
    assert_eq!((refusal.code(), run.layer.proposer()), (1_506, proposer));
    assert_eq!(run.apply(&[no_ack()], vec![]).len(), 1);
    assert_ne!(run.layer.proposer(), proposer);
}

#[test]
fn a_checkpoint_that_nobody_acknowledged_makes_way_in_time() {
    let mut run = Run::new();
    run.pass(&on_tron(run.checkpoint(0, 63))).unwrap();
    let until = run.time + ChainSpec::devnet().checkpoints.buffer_time;
    run.time = until - 2;
    assert_eq!(run.admit(&on_tron(run.checkpoint(0, 127))), Err(Refusal::Checkpoint(ProposeError::Buffered { until })));
    assert!(matches!(run.pass(&on_tron(run.checkpoint(0, 127))), Ok(Effect::Buffered(_))));
    assert_eq!(run.layer.ledger().buffered(RootChainId::Tron).unwrap().end, 127);
}

#[test]
fn records_of_all_root_chains_are_numbered_in_the_order_of_the_votes() {
    let mut run = Run::new();
    let [ethereum, tron] = [synced(RootChainId::Ethereum, 900), synced(RootChainId::Tron, 8)];
    run.apply(&[ethereum.clone(), tron.clone()], vec![]);
    run.empty(1);
    // The first to vote did not see Ethereum's.
    let mut votes = NAMES.map(|name| (name, [&ethereum, &tron].map(|m| vote(m, VoteResult::Yes)).to_vec()));
    votes[0].1.remove(0);
    let events = run.apply(&[], attached(votes));
    let ids: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            LayerEvent::Settled(settled) => match (&settled.message, &settled.outcome) {
                (Message::EventRecord(m), Ok(Effect::Recorded(record))) => Some((m.root_chain, record.id.get())),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(ids, [(RootChainId::Tron, 1), (RootChainId::Ethereum, 2)]);
    assert_eq!(run.admit(&tron).map_err(|refusal| refusal.code()), Err(5_400));
    let elsewhere = Message::EventRecord(EventRecord { chain_id: 199, ..record(RootChainId::Tron, 9) });
    assert_eq!(run.admit(&elsewhere).map_err(|refusal| refusal.code()), Err(3_506));
}

#[test]
fn records_are_handed_out_without_a_gap_and_up_to_a_time() {
    let mut run = Run::new();
    for id in [5, 3, 9] {
        run.pass(&synced(RootChainId::Tron, id)).unwrap();
    }
    let ids = |from, to| {
        let records = run.layer.records().from_until(StateId::new(from), to);
        records.iter().map(|record| record.id.get()).collect::<Vec<_>>()
    };
    let last = run.time;
    assert_eq!((ids(1, last + 1), ids(1, last), ids(2, u64::MAX)), (vec![1, 2, 3], vec![1, 2], vec![2, 3]));
    assert_eq!((ids(4, u64::MAX), ids(0, u64::MAX)), (vec![], vec![]));
}

#[test]
fn q101_two_messages_of_one_place_both_pass_when_in_flight_together() {
    let mut run = Run::new();
    let one = record(RootChainId::Tron, 1);
    let [first, second, third] =
        [1, 2, 3].map(|id| Message::EventRecord(EventRecord { id: StateId::new(id), ..one.clone() }));
    run.apply(&[first.clone(), second.clone()], vec![]);
    run.empty(1);
    let votes = [&first, &second].map(|message| vote(message, VoteResult::Yes));
    let events = run.apply(&[], attached(NAMES.map(|name| (name, votes.to_vec()))));
    assert_eq!((events.len(), run.layer.records().latest()), (2, StateId::new(2)));
    let refusal = run.admit(&third).unwrap_err();
    assert!(matches!(refusal, Refusal::Record(RecordError::OldSequence { .. })), "{refusal}");
    assert_eq!(refusal.code(), 1_401);
    // The same place on another root chain is another place.
    let other = Message::EventRecord(EventRecord { root_chain: RootChainId::Bsc, ..one });
    assert!(run.pass(&other).is_ok());
}

#[test]
fn a_span_follows_the_last_one_and_takes_the_next_seed() {
    let mut run = Run::new();
    let good = next_span(&run.layer);
    let of = |span| Message::ProposeSpan(ProposeSpan { span, ..good });
    let wrong = [
        (SpanProposal { chain_id: 199, ..good.span }, 3_506),
        (SpanProposal { id: SpanId::new(2), ..good.span }, 3_501),
        (SpanProposal { start: 65, ..good.span }, 3_501),
        (SpanProposal { end: 128, ..good.span }, 3_507),
    ];
    for (span, code) in wrong {
        assert_eq!(run.admit(&of(span)).map_err(|refusal| refusal.code()), Err(code));
    }
    // Two of the same span in flight, by two proposers: one of them takes effect.
    let other = Message::ProposeSpan(ProposeSpan { proposer: key("alice").address(), ..good });
    run.apply(&[of(good.span), other.clone()], vec![]);
    run.empty(1);
    let votes = [of(good.span), other].map(|message| vote(&message, VoteResult::Yes));
    let events = run.apply(&[], attached(NAMES.map(|name| (name, votes.to_vec()))));
    let [LayerEvent::Settled(first), LayerEvent::Settled(second)] = &events[..] else { panic!("{events:?}") };
    let Ok(Effect::Span(span)) = &first.outcome else { panic!("{:?}", first.outcome) };
    assert_eq!((span.id, span.start, span.end, span.producers.len()), (SpanId::new(1), 64, 127, 4));
    assert_eq!(second.outcome, Err(Refusal::Span(SpanError::OldTx { id: SpanId::new(1) })));
    assert_eq!((run.layer.registry().next_seed_block(), next_span(&run.layer).span.start), (2, 128));
}

#[test]
fn a_joiner_enters_the_set_when_it_settles_and_leaves_with_its_epoch() {
    let mut run = Run::new();
    let erin = key("erin").address();
    let votes = [VoteResult::Yes; 4];
    let events = run.vote(&staking(RootEvent::Staked(staked(5, "erin", 30))), votes);
    assert_eq!(settled(&events).outcome, Ok(Effect::Staking));
    let Some(LayerEvent::SetChanged(updates)) = events.last() else { panic!("{events:?}") };
    assert_eq!(updates.iter().map(|update| (update.signer, update.power.get())).collect::<Vec<_>>(), [(erin, 30)]);
    assert_eq!(run.layer.registry().validators().len(), 5);
    let again = staking(RootEvent::Staked(staked(5, "frank", 30)));
    let refusal = run.admit(&again).unwrap_err();
    assert!(matches!(refusal, Refusal::Staking(StakingEventError::AlreadyJoined { .. })));
    assert_eq!(refusal.code(), 2_507);

    // Without erin nothing passes any more: 40 of 70.
    assert!(settled(&run.vote(&synced(RootChainId::Tron, 1), votes)).outcome.is_err());
}

#[test]
fn a_block_and_votes_have_one_form_only() {
    let message = synced(RootChainId::Tron, 1);
    let block =
        block(3, START, std::slice::from_ref(&message), attached([("alice", vec![vote(&message, VoteResult::Yes)])]));
    let text = String::from_utf8(block.to_bytes().to_vec()).unwrap();
    assert_eq!(Block::from_bytes(text.as_bytes()), Ok(block));
    let others = [
        format!(" {text}"),
        format!("{text}\n"),
        text.replace("\"height\"", "\"Height\""),
        text.replace("\"height\":3,", ""),
        text.replace("\"height\":3", "\"height\":3,\"more\":1"),
        text.replace("\"block_number\"", "\"more\":1,\"block_number\""),
        text.replace("0x2020", "0X2020"),
        text.replace("\"chain_id\":15001", "\"chain_id\":15001.0"),
    ];
    for other in others {
        assert_ne!(other, text);
        let error = Block::from_bytes(other.as_bytes()).unwrap_err();
        assert_eq!(error.bytes, other.len());
        assert!(error.to_string().starts_with("got ") && !error.reason.is_empty(), "{error}");
    }

    let votes =
        vec![vote(&message, VoteResult::Yes), Vote { signature: Some(NO_SIGNATURE), ..vote(&message, VoteResult::No) }];
    assert_eq!(votes_from_bytes(&votes_to_bytes(&votes)), Ok(votes));
    assert_eq!((votes_from_bytes(b""), votes_to_bytes(&[])), (Ok(vec![]), Bytes::new()));
    for other in ["[]", "{}", "[ ]", "null", "[1]"] {
        assert!(votes_from_bytes(other.as_bytes()).is_err(), "{other}");
    }
}
