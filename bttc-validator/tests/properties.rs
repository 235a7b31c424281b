//! Laws that hold for any input.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

extern crate alloc;

mod support;

use alloy_primitives::{Address, B256, Bytes};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    ledger::Ack,
    vote::VoteResult,
};
use bttc_core::{
    amount::Amount,
    id::{CheckpointNumber, Epoch, Nonce, SpanId, StateId, ValidatorId},
    root_chain::{RootChainId, RootEvent, SignerChange, StakeUpdate, Staked, UnstakeInit},
};
use bttc_staking::registry::SpanProposal;
use bttc_validator::layer::{
    Block, CheckpointAck, CheckpointNoAck, EventRecord, Layer, LogPlace, Message, ProposeCheckpoint, ProposeSpan,
    StakingEvent, Vote, votes_from_bytes, votes_to_bytes,
};
use proptest::prelude::*;
use support::{
    START, key,
    run::{Run, block, vote},
};

const SOME: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];

fn small_or_any() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0_u64..5, 1 => any::<u64>()]
}

fn somebody() -> impl Strategy<Value = Address> {
    prop_oneof![40 => prop::sample::select(&SOME[..]).prop_map(|name| key(name).address()), 1 => Just(Address::ZERO)]
}

fn somewhere() -> impl Strategy<Value = LogPlace> {
    (small_or_any(), small_or_any(), 0_u8..9).prop_map(|(block_number, log_index, byte)| LogPlace {
        block_number,
        log_index,
        transaction: B256::repeat_byte(byte),
    })
}

fn root_chain() -> impl Strategy<Value = RootChainId> {
    prop::sample::select(&RootChainId::ALL[..])
}

fn staking_event() -> impl Strategy<Value = RootEvent> {
    let who = prop::sample::select(&SOME[..]);
    let amount = prop_oneof![4 => 0_u64..50, 1 => any::<u64>()].prop_map(Amount::from_btt);
    (0_u8..4, who.clone(), who, small_or_any(), small_or_any(), small_or_any(), amount).prop_map(
        |(kind, name, other, id, nonce, epoch, amount)| {
            let (validator, nonce, epoch) = (ValidatorId::new(id), Nonce::new(nonce), Epoch::new(epoch));
            let signer_key = key(other).public_key().coordinates().to_vec().into();
            match kind {
                0 => RootEvent::Staked(Staked {
                    signer: key(name).address(),
                    validator,
                    nonce,
                    activation_epoch: epoch,
                    amount,
                    total: amount,
                    signer_key,
                }),
                1 => RootEvent::SignerChange(SignerChange {
                    validator,
                    nonce,
                    old_signer: key(name).address(),
                    new_signer: key(other).address(),
                    signer_key,
                }),
                2 => RootEvent::UnstakeInit(UnstakeInit {
                    owner: Address::ZERO,
                    validator,
                    nonce,
                    deactivation_epoch: epoch,
                    amount,
                }),
                _ => RootEvent::StakeUpdate(StakeUpdate { validator, new_amount: amount }),
            }
        },
    )
}

/// Messages that have a fair chance to be admitted, and others.
fn message() -> impl Strategy<Value = Message> {
    let staking = (somebody(), somewhere(), staking_event())
        .prop_map(|(from, place, event)| Message::Staking(StakingEvent { from, place, event }));
    let record = (somebody(), root_chain(), somewhere(), small_or_any(), any::<[u8; 3]>(), 0_u8..10).prop_map(
        |(from, root_chain, place, id, data, odd)| {
            Message::EventRecord(EventRecord {
                from,
                root_chain,
                place,
                id: StateId::new(id),
                receiver: Address::ZERO,
                data: data.into(),
                chain_id: if odd == 0 { 199 } else { 15_001 },
            })
        },
    );
    let span = (somebody(), small_or_any(), 62_u64..66).prop_map(|(proposer, id, length)| {
        let start = id.wrapping_mul(64);
        let span = SpanProposal { id: SpanId::new(id), start, end: start.wrapping_add(length), chain_id: 15_001 };
        Message::ProposeSpan(ProposeSpan { proposer, span, seed: B256::ZERO })
    });
    let ends = || {
        (small_or_any(), 0_u64..3, 0_u8..3).prop_map(|(start, more, root)| {
            let (start, length) = (start.wrapping_mul(8), more * 7);
            (start, start.saturating_add(length), B256::repeat_byte(root))
        })
    };
    let checkpoint = (somebody(), root_chain(), ends(), small_or_any(), 0_u8..6).prop_map(
        |(proposer, root_chain, (start, end, root), epoch, odd)| {
            let range = BlockRange::new(start, end).unwrap();
            let account_root = if odd == 0 { B256::ZERO } else { Run::new().layer.fees().root().unwrap() };
            let epoch = Epoch::new(epoch);
            let checkpoint = Checkpoint { proposer, range, root, account_root, chain_id: 15_001, epoch };
            Message::Checkpoint(ProposeCheckpoint { checkpoint, root_chain })
        },
    );
    let ack = (somebody(), root_chain(), ends(), somebody(), small_or_any()).prop_map(
        |(from, root_chain, (start, end, root), proposer, number)| {
            let ack = Ack { number: CheckpointNumber::new(number), proposer, start, end, root };
            Message::CheckpointAck(CheckpointAck { from, root_chain, ack })
        },
    );
    let no_ack = somebody().prop_map(|from| Message::CheckpointNoAck(CheckpointNoAck { from }));
    prop_oneof![3 => staking, 4 => record, 2 => span, 3 => checkpoint, 3 => ack, 1 => no_ack]
}

/// The same message as the layer would like it, where it asks for something that only the layer knows.
fn fitted(message: Message, layer: &Layer) -> Message {
    let (registry, ledger) = (layer.registry(), layer.ledger());
    match message {
        Message::ProposeSpan(m) => Message::ProposeSpan(ProposeSpan { span: registry.draft_span().unwrap(), ..m }),
        Message::Checkpoint(m) => {
            let start = ledger.next_start(m.root_chain, 0);
            let checkpoint = Checkpoint {
                proposer: layer.proposer().unwrap(),
                range: BlockRange::new(start, start.saturating_add(7)).unwrap(),
                epoch: layer.epoch(),
                account_root: layer.fees().root().unwrap(),
                ..m.checkpoint
            };
            Message::Checkpoint(ProposeCheckpoint { checkpoint, ..m })
        }
        Message::CheckpointAck(m) => {
            let number = CheckpointNumber::new(ledger.count(m.root_chain) + 1);
            let ack = ledger.buffered(m.root_chain).map_or(m.ack, |kept| kept.to_ack(number));
            Message::CheckpointAck(CheckpointAck { ack, ..m })
        }
        Message::Staking(mut m) => {
            let next = |id| registry.record_of(id).map_or(Nonce::new(1), |record| Nonce::new(record.nonce.get() + 1));
            match &mut m.event {
                RootEvent::Staked(e) => (e.validator, e.signer_key) = number_and_key(e.signer),
                RootEvent::SignerChange(e) => e.nonce = next(e.validator),
                RootEvent::UnstakeInit(e) => e.nonce = next(e.validator),
                _ => {}
            }
            Message::Staking(m)
        }
        other => other,
    }
}

/// One of ours: its number and its key.
fn number_and_key(signer: Address) -> (ValidatorId, Bytes) {
    let (id, name) = (1..).zip(SOME).find(|(_, name)| key(name).address() == signer).unwrap();
    (ValidatorId::new(id), key(name).public_key().coordinates().to_vec().into())
}

/// What a validator attaches, as far as it can be said before the messages are known.
#[derive(Clone, Debug)]
enum Attached {
    /// The same about everything.
    All(VoteResult),
    /// Something about some of the messages under vote, by number.
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
    fn to_bytes(&self, messages: &[Message]) -> Bytes {
        let votes: Vec<Vote> = match self {
            Self::All(result) => messages.iter().map(|message| vote(message, *result)).collect(),
            Self::Some(picked) => {
                let picked = picked.iter().filter_map(|(place, result)| Some(vote(messages.get(*place)?, *result)));
                picked.collect()
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

/// One height: seconds since the last, messages, what is attached by whom.
type Given = (u64, Vec<(Fit, Message)>, Vec<(&'static str, Attached)>);

fn given_height() -> impl Strategy<Value = Given> {
    let seconds = prop_oneof![6 => 0_u64..3, 2 => 100_u64..200, 1 => any::<u64>()];
    let fit = prop_oneof![2 => Just(Fit::Fitted), 1 => Just(Fit::AsItIs)];
    let all = SOME.map(|name| (name, Attached::All(VoteResult::Yes))).to_vec();
    let voters = prop_oneof![
        2 => Just(all),
        1 => prop::collection::vec((prop::sample::select(&SOME[..]), attachment()), 3..9),
    ];
    (seconds, prop::collection::vec((fit, message()), 0..5), voters)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn replicas_agree_and_keep_their_laws_whatever_is_ordered(heights in prop::collection::vec(given_height(), 1..16)) {
        let mut layer = Run::new().layer;
        let mut time = START;
        // What is under vote, oldest first: admitted at the height before the last, and at the last.
        let mut under_vote: [Vec<Message>; 2] = Default::default();
        for (seconds, messages, votes) in heights {
            time = u64::saturating_add(time, seconds);
            let messages: Vec<Message> = messages.into_iter().map(|(fit, message)| match fit {
                Fit::Fitted => fitted(message, &layer),
                Fit::AsItIs => message,
            }).collect();
            let [admitted, _] = &under_vote;
            let attached = votes.iter().map(|(name, attached)| (key(name).address(), attached.to_bytes(admitted)));
            let block = block(layer.height() + 1, time, &messages, attached.collect());
            prop_assert_eq!(&Block::from_bytes(&block.to_bytes()).unwrap(), &block);

            // A replica that was written down and read again.
            let mut replica: Layer = serde_json::from_slice(&serde_json::to_vec(&layer).unwrap()).unwrap();
            prop_assert_eq!(replica.digest(), layer.digest());
            prop_assert_eq!(&serde_json::from_value::<Layer>(serde_json::to_value(&layer).unwrap()).unwrap(), &layer);

            let (epoch, voters) = (layer.epoch(), layer.registry().validators());
            let told = layer.apply(&block, &voters);
            prop_assert_eq!(&told, &replica.apply(&block, &voters));
            prop_assert_eq!(replica.digest(), layer.digest());

            let latest = layer.records().latest();
            if time < u64::MAX {
                let all = layer.records().from_until(StateId::new(1), u64::MAX);
                prop_assert!(all.iter().map(|record| record.id.get()).eq(1..=latest.get()), "a gap");
            }
            prop_assert_eq!(layer.epoch().get(), layer.ledger().count(RootChainId::Tron) + 1);
            prop_assert!(layer.epoch() >= epoch);
            prop_assert!(!layer.registry().set().members().is_empty());
            prop_assert!(layer.registry().spans().zip(0..).all(|(span, id)| span.id.get() == id));
            let [_, last] = under_vote;
            under_vote = [last, layer.to_attest().to_vec()];
            prop_assert!(layer.in_flight().eq(under_vote.iter().flatten()), "only two heights are under vote");
        }
    }

    #[test]
    fn blocks_and_votes_read_no_bytes_but_their_own(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for bytes in [bytes.clone(), [b"{\"height\":1", &bytes[..]].concat(), [b"[", &bytes[..], b"]"].concat()] {
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
        let block = block(3, START, &messages, vec![(Address::ZERO, Bytes::new())]);
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
