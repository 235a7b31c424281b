//! Laws that hold for any input.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

extern crate alloc;

mod support;

use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amount::Amount,
    id::{CheckpointNumber, Epoch, Nonce, SpanId, StateId, ValidatorId},
    root_chain::RootChainId,
};
use bttc_validator::{
    duties::next_span,
    layer::{Block, Layer, LayerEvent, Received, Rejection, votes_from_bytes, votes_to_bytes},
    message::{
        Coins, Message, MsgCheckpoint, MsgCheckpointAck, MsgCheckpointNoAck, MsgEventRecord, MsgProposeSpan, MsgSend,
        MsgSignerUpdate, MsgValidatorExit, MsgValidatorJoin, SpanSeed,
    },
    module::{bank, bor, checkpoint, clerk, staking},
    vote::SideResult,
};
use proptest::prelude::*;
use support::{
    START, key,
    run::{Run, block, pub_key, vote},
};

const SOME: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];

fn small_or_any() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0_u64..5, 1 => any::<u64>()]
}

fn somebody() -> impl Strategy<Value = Address> {
    prop_oneof![40 => prop::sample::select(&SOME[..4]).prop_map(|name| key(name).address()), 1 => Just(Address::ZERO)]
}

fn root_chain() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["tron", "eth", "bsc", "polygon"])
}

/// Block, log index, transaction.
fn somewhere() -> impl Strategy<Value = (u64, u64, B256)> {
    (small_or_any(), small_or_any(), 0_u8..9)
        .prop_map(|(block_number, log_index, byte)| (block_number, log_index, B256::repeat_byte(byte)))
}

fn staking_message() -> impl Strategy<Value = Message> {
    let who = prop::sample::select(&SOME[..]);
    let amount = prop_oneof![4 => 0_u64..50, 1 => any::<u64>()].prop_map(Amount::from_btt);
    let numbers = (small_or_any(), small_or_any(), small_or_any());
    (0_u8..3, somebody(), somewhere(), who, numbers, amount).prop_map(
        |(kind, from, (block_number, log_index, tx_hash), name, (id, nonce, epoch), amount)| {
            let (id, nonce, epoch) = (ValidatorId::new(id), Nonce::new(nonce), Epoch::new(epoch));
            let pub_key = pub_key(name);
            match kind {
                0 => MsgValidatorJoin {
                    from,
                    id,
                    activation_epoch: epoch,
                    amount: amount.into(),
                    pub_key,
                    tx_hash,
                    log_index,
                    block_number,
                    nonce,
                }
                .into(),
                1 => MsgSignerUpdate { from, id, pub_key, tx_hash, log_index, block_number, nonce }.into(),
                _ => MsgValidatorExit { from, id, deactivation_epoch: epoch, tx_hash, log_index, block_number, nonce }
                    .into(),
            }
        },
    )
}

/// Messages that have a fair chance to be admitted, and others.
fn message() -> impl Strategy<Value = Message> {
    let record = (somebody(), root_chain(), somewhere(), small_or_any(), any::<[u8; 3]>(), 0_u8..10).prop_map(
        |(from, root_chain, (block_number, log_index, tx_hash), id, data, odd)| {
            let record = MsgEventRecord {
                from,
                tx_hash,
                log_index,
                block_number,
                contract_address: Address::ZERO,
                data: data.into(),
                id: StateId::new(id),
                bor_chain_id: if odd == 0 { "199".into() } else { "15001".into() },
                root_chain_type: root_chain.into(),
            };
            record.into()
        },
    );
    let span = (somebody(), small_or_any(), 62_u64..66).prop_map(|(proposer, id, length)| {
        let start_block = id.wrapping_mul(64);
        let span = MsgProposeSpan {
            span_id: SpanId::new(id),
            proposer,
            start_block,
            end_block: start_block.wrapping_add(length),
            bor_chain_id: "15001".into(),
            seed: SpanSeed::default(),
        };
        span.into()
    });
    let ends = || {
        (small_or_any(), 0_u64..3, 0_u8..3).prop_map(|(start, more, root)| {
            let (start, length) = (start.wrapping_mul(8), more * 7);
            (start, start.saturating_add(length), B256::repeat_byte(root))
        })
    };
    let checkpoint = (somebody(), root_chain(), ends(), small_or_any()).prop_map(
        |(proposer, root_chain, (start_block, end_block, root_hash), epoch)| {
            let message = MsgCheckpoint {
                proposer,
                start_block,
                end_block,
                root_hash,
                bor_chain_id: "15001".into(),
                epoch: Epoch::new(epoch),
                root_chain_type: root_chain.into(),
                ..MsgCheckpoint::default()
            };
            message.into()
        },
    );
    let ack = (somebody(), root_chain(), ends(), somebody(), small_or_any()).prop_map(
        |(from, root_chain, (start_block, end_block, root_hash), proposer, number)| {
            let message = MsgCheckpointAck {
                from,
                number: CheckpointNumber::new(number),
                proposer,
                start_block,
                end_block,
                root_hash,
                root_chain_type: root_chain.into(),
                ..MsgCheckpointAck::default()
            };
            message.into()
        },
    );
    let no_ack = somebody().prop_map(|from| MsgCheckpointNoAck { from }.into());
    let send = (somebody(), somebody(), any::<u64>()).prop_map(|(from_address, to_address, units)| {
        MsgSend { from_address, to_address, amount: Coins::btt(Amount::from_units(units).into()) }.into()
    });
    prop_oneof![
        3 => staking_message(), 4 => record, 2 => span, 3 => checkpoint, 3 => ack, 1 => no_ack, 1 => send,
    ]
}

/// The same message as the layer would like it, where it asks for something that only the layer knows.
fn fitted(message: Message, run: &Run) -> Message {
    let stores = run.layer.stores();
    let next = |id| staking::record_of(stores, id).unwrap().map_or(1, |record| record.nonce.get() + 1);
    match message {
        Message::ProposeSpan(m) => {
            let head = bor::last_span(stores).unwrap().unwrap().start;
            next_span(stores, m.proposer, head, B256::ZERO).unwrap().into()
        }
        Message::Checkpoint(m) => {
            let start = checkpoint::next_start(stores, RootChainId::Tron).unwrap();
            let root_chain_type = m.root_chain_type;
            MsgCheckpoint { root_chain_type, ..run.checkpoint(start, start.saturating_add(7)) }.into()
        }
        Message::CheckpointAck(m) => {
            let destination = checkpoint::destination(&m.root_chain_type);
            let number = CheckpointNumber::new(checkpoint::count(stores, destination).unwrap() + 1);
            match checkpoint::Buffer::Checkpoint.get(stores, destination).unwrap() {
                Some(kept) => MsgCheckpointAck {
                    number,
                    proposer: kept.proposer,
                    start_block: kept.start,
                    end_block: kept.end,
                    root_hash: kept.root,
                    ..m
                }
                .into(),
                None => m.into(),
            }
        }
        Message::ValidatorJoin(m) => {
            let (id, _) = (1..).zip(SOME).find(|(_, name)| pub_key(name) == m.pub_key).unwrap();
            MsgValidatorJoin { id: ValidatorId::new(id), ..m }.into()
        }
        Message::SignerUpdate(m) => MsgSignerUpdate { nonce: Nonce::new(next(m.id)), ..m }.into(),
        Message::ValidatorExit(m) => MsgValidatorExit { nonce: Nonce::new(next(m.id)), ..m }.into(),
        other => other,
    }
}

/// What a validator attaches, as far as it can be said before the transactions are known.
#[derive(Clone, Debug)]
enum Attached {
    /// The same about everything.
    All(VoteResult),
    /// Something about some of the transactions under vote, by number.
    Some(Vec<(usize, VoteResult)>),
    Bytes(Vec<u8>),
}

fn attachment() -> impl Strategy<Value = Attached> {
    let result = prop::sample::select(&[VoteResult::Yes, VoteResult::No, VoteResult::Skip][..]);
    prop_oneof![
        8 => Just(Attached::All(VoteResult::Yes)),
        1 => Just(Attached::All(VoteResult::No)),
        2 => prop::collection::vec((0_usize..4, result), 0..4).prop_map(Attached::Some),
        1 => prop::collection::vec(any::<u8>(), 0..8).prop_map(Attached::Bytes),
    ]
}

impl Attached {
    fn to_bytes(&self, transactions: &[B256]) -> Bytes {
        let votes: Vec<SideResult> = match self {
            Self::All(result) => transactions.iter().map(|hash| vote(*hash, *result)).collect(),
            Self::Some(picked) => {
                picked.iter().filter_map(|(place, result)| Some(vote(*transactions.get(*place)?, *result))).collect()
            }
            Self::Bytes(bytes) => return bytes.clone().into(),
        };
        votes_to_bytes(&votes)
    }
}

/// Whether a message is made to fit the layer.
#[derive(Clone, Copy, Debug)]
enum Fit {
    Fitted,
    AsItIs,
}

/// One height: seconds since the last, messages, bytes that are no transaction, what is attached by whom.
type Given = (u64, Vec<(Fit, Message)>, Vec<u8>, Vec<(&'static str, Attached)>);

fn given_height() -> impl Strategy<Value = Given> {
    let seconds = prop_oneof![6 => 0_u64..3, 2 => 100_u64..200];
    let fit = prop_oneof![2 => Just(Fit::Fitted), 1 => Just(Fit::AsItIs)];
    let all = SOME.map(|name| (name, Attached::All(VoteResult::Yes))).to_vec();
    let voters = prop_oneof![
        2 => Just(all),
        1 => prop::collection::vec((prop::sample::select(&SOME[..]), attachment()), 3..9),
    ];
    (seconds, prop::collection::vec((fit, message()), 0..5), prop::collection::vec(any::<u8>(), 0..20), voters)
}

fn supply(layer: &Layer) -> U256 {
    let accounts = bank::accounts(layer.stores()).map(|account| account.unwrap().address);
    accounts.map(|address| bank::balance(layer.stores(), address).unwrap().to_word()).sum()
}

fn sequences(layer: &Layer) -> u64 {
    bank::accounts(layer.stores()).map(|account| account.unwrap().sequence).sum()
}

/// Transactions that a sender paid for.
fn paid(events: &[LayerEvent]) -> u64 {
    let is_paid = |event: &&LayerEvent| match event {
        LayerEvent::Admitted(_) => true,
        LayerEvent::Refused(refused) => matches!(refused.rejection, Rejection::Message(_)),
        _ => false,
    };
    events.iter().filter(is_paid).count().try_into().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn replicas_agree_and_keep_their_laws_whatever_is_ordered(heights in prop::collection::vec(given_height(), 1..16)) {
        let mut run = Run::new();
        let mut time = START;
        let before = supply(&run.layer);
        for (seconds, messages, noise, votes) in heights {
            time += seconds;
            let messages: Vec<Message> = messages.into_iter().map(|(fit, message)| match fit {
                Fit::Fitted => fitted(message, &run),
                Fit::AsItIs => message,
            }).collect();
            let mut transactions = run.signed(&messages);
            transactions.push(noise.into());
            let admitted: Vec<B256> = run.layer.under_vote().iter().map(Received::hash).collect();
            let attached = votes.iter().map(|(name, attached)| (key(name).address(), attached.to_bytes(&admitted)));
            let block = block(run.layer.height() + 1, time, transactions, attached.collect());
            prop_assert_eq!(&Block::from_bytes(&block.to_bytes()).unwrap(), &block);

            // A replica that was written down and read again.
            let text = serde_json::to_string(&run.layer.save()).unwrap();
            let mut replica = Layer::restore(serde_json::from_str(&text).unwrap()).unwrap();
            prop_assert_eq!(&replica, &run.layer);

            let (epoch, sent) = (run.layer.epoch().unwrap(), sequences(&run.layer));
            let voters = run.layer.validators().unwrap();
            // A trial is no part of what happens.
            let selected = replica.selected(&block, &voters);
            let told = run.layer.apply(&block, &voters).unwrap();
            prop_assert_eq!(&told, &replica.apply(&block, &voters).unwrap());
            prop_assert_eq!((replica.app_hash(), &replica), (run.layer.app_hash(), &run.layer));
            prop_assert!(selected.iter().all(|bytes| block.transactions.contains(bytes)));

            let stores = run.layer.stores();
            let latest = clerk::latest_id(stores).unwrap();
            for id in 1..=latest {
                prop_assert!(clerk::record(stores, StateId::new(id)).unwrap().is_some(), "a gap");
            }
            prop_assert!(run.layer.epoch().unwrap() >= epoch);
            prop_assert!(!run.layer.validators().unwrap().is_empty());
            prop_assert!(bor::last_span(stores).unwrap().is_some());
            prop_assert_eq!(supply(&run.layer), before, "fees move, nothing is lost");
            prop_assert_eq!(sequences(&run.layer), sent + paid(&told), "who pays has sent once more");
            prop_assert!(run.layer.under_vote().len() >= run.layer.to_attest().len());
        }
    }

    #[test]
    fn blocks_and_votes_read_no_bytes_but_their_own(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for bytes in [bytes.clone(), [b"{\"height\":1", &bytes[..]].concat(), [b"\x0a\x20", &bytes[..]].concat()] {
            if let Ok(block) = Block::from_bytes(&bytes) {
                prop_assert_eq!(block.to_bytes(), bytes.clone());
            }
            if let Ok(votes) = votes_from_bytes(&bytes) {
                prop_assert_eq!(votes_to_bytes(&votes), bytes);
            }
        }
    }

    #[test]
    fn a_changed_byte_makes_another_block_or_none(
        messages in prop::collection::vec(message(), 1..3),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let block = block(3, START, Run::new().signed(&messages), vec![(Address::ZERO, Bytes::new())]);
        let mut bytes = block.to_bytes().to_vec();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        if let Ok(other) = Block::from_bytes(&bytes) {
            prop_assert_ne!(&other, &block);
            prop_assert_eq!(other.to_bytes(), bytes);
        }
    }
}
