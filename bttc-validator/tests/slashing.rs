//! Slashing, worked out by hand from `validation-layer §5.8`.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use alloy_primitives::{Address, B256, Bytes, hex};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{amino::Time, id::ValidatorId, root_chain::RootChainId, validator::VotingPower};
use bttc_staking::registry::ValidatorRecord;
use bttc_validator::{
    message::{MsgTick, MsgTickAck, MsgUnjail},
    module::{
        Answer, Context, Depth, Facts, Question, Refusal, admit, attest, settle,
        slashing::{self, BlockVote, DoubleSign, Slashes},
        staking,
    },
    param::{self, slashing as params},
    record::{SigningInfo, SlashingInfo},
    store::{StoreName, Stores},
};

fn signer(number: u8) -> Address {
    Address::repeat_byte(number)
}

/// Validators 1 and 2 of a power, with slashing on and a window of ten blocks.
fn genesis(power: i64) -> Stores {
    let mut stores = Stores::default();
    param::set_defaults(&mut stores);
    params::ENABLE_SLASHING.set(&mut stores, &true);
    params::SIGNED_BLOCKS_WINDOW.set(&mut stores, &10);
    for number in 1..=2 {
        let record = ValidatorRecord {
            id: ValidatorId::new(number.into()),
            power: VotingPower::new(power),
            signer: signer(number),
            ..ValidatorRecord::default()
        };
        staking::save_record(&mut stores, &record);
        slashing::save_signing_info(&mut stores, &SigningInfo { id: record.id, ..SigningInfo::default() });
    }
    staking::end_block(&mut stores).unwrap();
    stores
}

fn context(height: u64) -> Context<'static> {
    Context { height, time: Time::new(1_700_000_000, 0).unwrap(), tx: b"tx" }
}

fn absent(stores: &mut Stores, height: u64) -> Vec<bttc_validator::module::Event> {
    let votes = [BlockVote { signer: signer(1), has_signed: false }, BlockVote { signer: signer(2), has_signed: true }];
    slashing::begin_block(stores, &context(height), &[], &votes).unwrap()
}

fn info(stores: &Stores) -> (i64, i64) {
    let info = slashing::signing_info(stores, ValidatorId::new(1)).unwrap().unwrap();
    (info.index_offset, info.missed.0)
}

#[test]
fn off_it_does_nothing() {
    let mut stores = genesis(1);
    params::ENABLE_SLASHING.set(&mut stores, &false);
    let before = stores.clone();
    assert_eq!(absent(&mut stores, 50), []);
    assert_eq!(stores, before);
}

#[test]
fn who_misses_more_than_half_of_the_window_is_slashed_once_it_was_watched_long_enough() {
    let mut stores = genesis(1_000);
    // 10 − ⌊10 × 0.5⌉ = 5 may be missed; watched from height 0, so not before height 11.
    for height in 1..=10 {
        assert_eq!(absent(&mut stores, height), [], "{height}");
    }
    assert_eq!(info(&stores), (10, 10));
    // The eleventh begins the ring anew: it was missed before and is missed again.
    let events = absent(&mut stores, 11);
    // 1 % of 1000; a third of the first member's 1000 is 333.
    assert_eq!(events, []);
    let slash = SlashingInfo { id: ValidatorId::new(1), amount: 10, jailed: false };
    assert_eq!(Slashes::Buffer.get(&stores, ValidatorId::new(1)), Ok(Some(slash)));
    assert_eq!((slashing::total_slashed(&stores), info(&stores)), (10, (0, 0)));
    assert_eq!(slashing::missed_blocks(&stores, ValidatorId::new(1), 10), Ok(vec![]));
    // The keys, by hand: delivery:slashing/types/keys.go:31-80.
    assert_eq!(stores.get(StoreName::Slashing, b"\x04"), Some(b"10".as_slice()));
    assert_eq!(stores.get(StoreName::Slashing, b"\x051"), Some([8, 1, 16, 10].as_slice()));
}

#[test]
fn q247_a_block_that_was_missed_and_is_signed_a_window_later_stops_the_node() {
    let mut stores = genesis(1_000);
    absent(&mut stores, 1);
    let signs = |stores: &mut Stores, height| {
        slashing::begin_block(stores, &context(height), &[], &[BlockVote { signer: signer(1), has_signed: true }])
    };
    for height in 2..=10 {
        assert_eq!(signs(&mut stores, height), Ok(vec![]));
    }
    let before = stores.clone();
    assert_eq!(signs(&mut stores, 11), Err(Refusal::INTERNAL));
    assert_eq!(stores, before);
}

#[test]
fn q248_with_power_1_every_slash_bars_and_tells_of_a_limit_yet_no_tick_is_taken() {
    let mut stores = genesis(1);
    let proof = DoubleSign { signer: signer(1), time: context(5).time };
    let events = slashing::begin_block(&mut stores, &context(5), &[proof], &[]).unwrap();
    assert_eq!((events[0].kind.as_str(), events[0].attribute("slashed-amount")), ("slash-limit", Some("0")));
    let slash = SlashingInfo { id: ValidatorId::new(1), amount: 0, jailed: true };
    assert_eq!(Slashes::Buffer.all(&stores), Ok(vec![slash]));
    let tick = MsgTick { id: 1, proposer: signer(1), slashing_info: slashing::encode(&[slash]).unwrap().into() };
    assert_eq!(admit(&tick, &mut stores, &context(6)), Err(Refusal::INVALID_MSG));
    // Barred already: a second proof changes nothing.
    let before = stores.clone();
    assert_eq!(slashing::begin_block(&mut stores, &context(6), &[proof], &[]), Ok(vec![]));
    assert_eq!(stores, before);
}

#[test]
fn q249_the_whole_power_is_that_of_the_first_member() {
    let mut stores = genesis(1_000);
    // A third of 1000, not of 2000: 7 × 50 reach 333.
    let proof = DoubleSign { signer: signer(2), time: context(5).time };
    let told: Vec<_> = (1..=7)
        .map(|height| slashing::begin_block(&mut stores, &context(height), &[proof], &[]).unwrap().len())
        .collect();
    assert_eq!(told, [0, 0, 0, 0, 0, 0, 1]);
    let slash = Slashes::Buffer.get(&stores, ValidatorId::new(2)).unwrap().unwrap();
    assert_eq!((slash.amount, slash.jailed), (350, true));
}

#[test]
fn a_proof_that_is_too_old_or_of_nobody_is_passed_over() {
    let mut stores = genesis(1_000);
    let before = stores.clone();
    let old = DoubleSign { signer: signer(1), time: context(5).time.plus(-120_000_000_001).unwrap() };
    let nobody = DoubleSign { signer: signer(9), time: context(5).time };
    assert_eq!(slashing::begin_block(&mut stores, &context(5), &[old, nobody], &[]), Ok(vec![]));
    assert_eq!(stores, before);
    let just = DoubleSign { time: context(5).time.plus(-120_000_000_000).unwrap(), ..old };
    slashing::begin_block(&mut stores, &context(5), &[just], &[]).unwrap();
    assert_eq!(slashing::total_slashed(&stores), 50);
}

// validation-layer §11, the first vector; the second with the byte that this version writes for "not barred".
#[test]
fn amounts_are_encoded_as_the_contract_takes_them() {
    let info = |id, amount, jailed| SlashingInfo { id: ValidatorId::new(id), amount, jailed };
    let encoded = |infos: &[SlashingInfo]| slashing::encode(infos).map(hex::encode);
    assert_eq!(encoded(&[info(2, 120, false)]).as_deref(), Ok("cdcc0289068155a43676e0000000"));
    let both = encoded(&[info(2, 234, true), info(1, 1_000, false)]);
    assert_eq!(both.as_deref(), Ok("dacc01893635c9adc5dea0000000cc02890caf6700370168000001"));
    assert_eq!(encoded(&[]).as_deref(), Ok("c0"));
    assert_eq!(encoded(&[info(1, 1 << 63, false)]), Err(Refusal::SLASH_INFO));
}

#[test]
fn a_tick_and_its_acknowledgement_take_power() {
    let mut stores = genesis(1_000);
    let proof = DoubleSign { signer: signer(1), time: context(5).time };
    slashing::begin_block(&mut stores, &context(5), &[proof], &[]).unwrap();
    let bytes: Bytes = slashing::encode(&Slashes::Buffer.all(&stores).unwrap()).unwrap().into();
    let tick = |id, slashing_info: &Bytes| MsgTick { id, proposer: signer(1), slashing_info: slashing_info.clone() };
    assert_eq!(admit(&tick(2, &bytes), &mut stores, &context(6)), Err(Refusal::TICK_GAP));
    assert_eq!(admit(&tick(1, &Bytes::new()), &mut stores, &context(6)), Err(Refusal::SLASH_INFO));
    assert_eq!(admit(&tick(1, &bytes), &mut stores, &context(6)), Ok(vec![]));
    assert_eq!(attest(&tick(1, &bytes), &stores, &Facts::default()), Ok((VoteResult::Yes, 0)));
    assert_eq!(settle(&tick(1, &bytes), &mut stores, &context(8), VoteResult::Skip), Err(Refusal::NOT_APPROVED));
    let events = settle(&tick(1, &bytes), &mut stores, &context(8), VoteResult::Yes).unwrap();
    assert_eq!(events[0].kind, "tick-confirm");
    assert_eq!((slashing::tick_count(&stores), slashing::total_slashed(&stores)), (1, 0));
    assert_eq!(Slashes::Buffer.all(&stores), Ok(vec![]));
    // The next tick waits for this one.
    slashing::begin_block(&mut stores, &context(9), &[proof], &[]).unwrap();
    assert_eq!(admit(&tick(2, &bytes), &mut stores, &context(9)), Err(Refusal::SLASH_INFO));

    let ack = MsgTickAck { from: signer(2), tick_id: 1, block_number: 7, log_index: 3, ..MsgTickAck::default() };
    assert_eq!(admit(&MsgTickAck { tick_id: 2, ..ack.clone() }, &mut stores, &context(9)), Err(Refusal::TICK_ACK_GAP));
    assert_eq!(admit(&ack, &mut stores, &context(9)), Ok(vec![]));
    settle(&ack, &mut stores, &context(11), VoteResult::Yes).unwrap();
    let record = staking::record_of(&stores, ValidatorId::new(1)).unwrap().unwrap();
    assert_eq!((record.power.get(), record.jailed), (950, false));
    assert_eq!(admit(&ack, &mut stores, &context(12)), Err(Refusal::OLD_TX));
    let other = MsgTickAck { log_index: 4, ..ack };
    assert_eq!(settle(&other, &mut stores, &context(12), VoteResult::Yes), Err(Refusal::SLASH_INFO));
    assert!(stores.has(StoreName::Slashing, b"\x07700003"));
}

#[test]
fn q250_an_acknowledgement_is_looked_for_at_a_contract_of_ethereums() {
    let stores = genesis(1);
    let ack = MsgTickAck { tx_hash: B256::repeat_byte(1), log_index: 3, ..MsgTickAck::default() };
    let contract = param::CHAIN_PARAMS.get(&stores).unwrap().staking_info;
    let (tx_hash, log_index) = (ack.tx_hash, ack.log_index);
    let question = Question::Log { root_chain: RootChainId::Tron, depth: Depth::Any, contract, tx_hash, log_index };
    let mut facts = Facts::default();
    assert_eq!(attest(&ack, &stores, &facts), Err(question));
    facts.insert(question, Some(Answer::Log { block: 0, event: None })).unwrap();
    assert_eq!(attest(&ack, &stores, &facts), Ok((VoteResult::Skip, 2_512)));
    facts.insert(question, None).unwrap();
    assert_eq!(attest(&ack, &stores, &facts), Ok((VoteResult::Skip, 2_510)));
}

#[test]
fn q251_one_that_is_not_there_is_freed_all_the_same() {
    let mut stores = genesis(1);
    let unjail = MsgUnjail { from: signer(1), id: ValidatorId::new(1), ..MsgUnjail::default() };
    assert_eq!(admit(&unjail, &mut stores, &context(5)), Err(Refusal::NO_VALIDATOR));
    let mut record = staking::record(&stores, signer(1)).unwrap().unwrap();
    record.jailed = true;
    staking::save_record(&mut stores, &record);
    assert_eq!(admit(&unjail, &mut stores, &context(5)), Ok(vec![]));
    settle(&unjail, &mut stores, &context(7), VoteResult::Yes).unwrap();
    assert!(!staking::record(&stores, signer(1)).unwrap().unwrap().jailed);
    let nobody = MsgUnjail { id: ValidatorId::new(9), log_index: 1, ..unjail };
    assert_eq!(settle(&nobody, &mut stores, &context(7), VoteResult::Yes).map(|events| events.len()), Ok(1));
}
