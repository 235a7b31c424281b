use super::*;
use crate::{checkpoint::BlockRange, header_blocks::HeaderBlock};
use RootChainId::{Ethereum, Tron};
use alloy_primitives::U256;

const FACTS: ProposalFacts = ProposalFacts {
    activation_height: 0,
    account_root: Some(B256::repeat_byte(2)),
    proposer: Some(Address::repeat_byte(1)),
};

fn checkpoint(ledger: &Ledger, start: u64, end: u64) -> Checkpoint {
    Checkpoint {
        proposer: Address::repeat_byte(1),
        range: BlockRange::proposed(start, end).unwrap(),
        root: B256::repeat_byte(3),
        account_root: B256::repeat_byte(2),
        chain_id: 199,
        epoch: ledger.epoch(),
    }
}

fn buffered(start: u64, end: u64) -> Ledger {
    let mut ledger = Ledger::new(1_000);
    let checkpoint = checkpoint(&ledger, start, end);
    ledger.propose(Tron, &checkpoint, &FACTS, 100).unwrap();
    ledger.buffer(Tron, &checkpoint, VoteResult::Yes, 0, 110).unwrap();
    ledger
}

#[test]
fn a_buffered_checkpoint_blocks_until_it_expires() {
    let mut ledger = buffered(0, 9);
    let again = checkpoint(&ledger, 0, 9);
    let early = ledger.propose(Tron, &again, &FACTS, 1_109).unwrap_err();
    assert_eq!((early, early.code()), (ProposeError::Buffered { until: 1_110 }, 1503));
    let aside = ledger.propose(Tron, &again, &FACTS, 1_110).unwrap();
    assert_eq!(aside.map(|kept| kept.end), Some(9));
    assert_eq!(ledger.buffered(Tron), None);
}

#[test]
fn a_proposal_by_itself_leaves_no_trace() {
    let (mut ledger, before) = (Ledger::new(1_000), Ledger::new(1_000));
    let checkpoint = checkpoint(&ledger, 0, 9);
    ledger.propose(Tron, &checkpoint, &FACTS, 100).unwrap();
    assert_eq!(ledger, before);
}

#[test]
fn a_refused_proposal_leaves_even_an_expired_buffer_in_place() {
    let mut ledger = buffered(0, 9);
    let before = ledger.clone();
    let elsewhere = checkpoint(&ledger, 5, 9);
    assert!(ledger.propose(Tron, &elsewhere, &FACTS, 9_999).is_err());
    assert_eq!(ledger, before);
}

#[test]
fn only_tron_moves_the_epoch_and_the_proposer() {
    let mut ledger = Ledger::new(1_000);
    let checkpoint = checkpoint(&ledger, 0, 9);
    ledger.buffer(Ethereum, &checkpoint, VoteResult::Yes, 0, 1).unwrap();
    let ack = ledger.buffered(Ethereum).unwrap().to_ack(CheckpointNumber::new(1));
    let done = ledger.acknowledge(Ethereum, &ack, VoteResult::Yes).unwrap();
    assert_eq!((done.proposer, ledger.epoch(), ledger.count(Ethereum)), (Proposer::Stays, Epoch::new(1), 1));
}

#[test]
fn q52_an_end_beyond_the_buffered_one_is_not_taken_over() {
    let mut ledger = buffered(0, 9);
    let mut ack = ledger.buffered(Tron).unwrap().to_ack(CheckpointNumber::new(1));
    (ack.end, ack.root) = (12, B256::repeat_byte(7));
    let done = ledger.clone().acknowledge(Tron, &ack, VoteResult::Yes).unwrap();
    assert_eq!((done.checkpoint.end, done.checkpoint.root), (9, B256::repeat_byte(3)));
    ack.end = 7;
    let done = ledger.acknowledge(Tron, &ack, VoteResult::Yes).unwrap();
    assert_eq!((done.checkpoint.end, done.checkpoint.root), (7, B256::repeat_byte(7)));
}

#[test]
fn q53_a_number_off_the_count_sends_the_next_one_back_to_the_activation_height() {
    let mut ledger = buffered(0, 9);
    let ack = ledger.buffered(Tron).unwrap().to_ack(CheckpointNumber::new(5));
    ledger.acknowledge(Tron, &ack, VoteResult::Yes).unwrap();
    assert_eq!((ledger.count(Tron), ledger.last(Tron)), (1, None));
    assert_eq!(ledger.next_start(Tron, 0), 0);
}

#[test]
fn q54_a_record_keeps_the_time_of_its_buffering() {
    let mut ledger = buffered(0, 9);
    let ack = ledger.buffered(Tron).unwrap().to_ack(CheckpointNumber::new(1));
    let done = ledger.acknowledge(Tron, &ack, VoteResult::Yes).unwrap();
    assert_eq!(done.checkpoint.time, 110);
}

#[test]
fn no_acks_need_age_and_standing() {
    let mut ledger = Ledger::new(1_000);
    assert_eq!(ledger.no_ack(NoAckSender::Stranger, 5_000), Err(NoAckError::Stranger));
    assert_eq!(ledger.no_ack(NoAckSender::Admitted, 5_000), Ok(Proposer::Rotates));
    let early = ledger.no_ack(NoAckSender::Admitted, 5_999).unwrap_err();
    assert_eq!(early.code(), 1506);
    assert_eq!(ledger.no_ack(NoAckSender::Admitted, 6_000), Ok(Proposer::Rotates));
}

#[test]
fn q161_an_unknown_root_chain_has_checkpoints_of_its_own() {
    let (mut ledger, polygon) = (Ledger::new(1_000), Destination::named("polygon"));
    let checkpoint = checkpoint(&ledger, 0, 9);
    ledger.buffer(polygon, &checkpoint, VoteResult::Yes, 0, 1).unwrap();
    let ack = ledger.buffered(polygon).unwrap().to_ack(CheckpointNumber::new(1));
    let done = ledger.acknowledge(polygon, &ack, VoteResult::Yes).unwrap();
    assert_eq!((done.proposer, ledger.count(polygon), ledger.epoch()), (Proposer::Stays, 1, Epoch::new(1)));
    assert_eq!(ledger.count(Destination::named("ethereum")), 1); // not one of the three names either
    let written = serde_json::to_string(&ledger).unwrap();
    assert_eq!(serde_json::from_str::<Ledger>(&written).unwrap(), ledger);
}

#[test]
fn q162_a_checkpoint_sync_makes_way_after_a_fifth_of_the_time_and_for_its_ack_after_all_of_it() {
    let mut ledger = Ledger::new(1_004);
    let claim = SyncClaim { number: CheckpointNumber::new(1), proposer: Address::repeat_byte(1), start: 9, end: 3 };
    assert_eq!(ledger.open_sync(Ethereum, &claim, 10), Ok(None));
    ledger.buffer_sync(Ethereum, &claim, VoteResult::Yes, 10).unwrap();
    assert_eq!(ledger.open_sync(Ethereum, &claim, 209), Err(SyncError::Buffered { until: 210 }));
    assert_eq!(ledger.open_sync_ack(Ethereum, &claim, 1_013), Ok(None));
    let kept = *ledger.sync(Ethereum).unwrap();
    assert_eq!(ledger.clone().open_sync(Ethereum, &claim, 210), Ok(Some(kept)));
    assert_eq!(ledger.clone().open_sync_ack(Ethereum, &claim, 1_014), Ok(Some(kept)));
    let late = ledger.buffer_sync(Ethereum, &claim, VoteResult::Yes, 9_999).unwrap_err();
    assert_eq!((late, late.code()), (SyncError::Buffered { until: 1_014 }, 1503));
    assert_eq!(ledger.settle_sync_ack(Ethereum, VoteResult::Yes), Ok(Some(kept)));
    assert_eq!(ledger.sync(Ethereum), None);
}

#[test]
fn q470_of_a_contracts_numbers_the_lowest_64_bits_are_read() {
    let number = CheckpointNumber::new(1);
    let ack = Ack { number, proposer: Address::repeat_byte(1), start: 5, end: 9, root: B256::repeat_byte(3) };
    let far = |low: u64| U256::from_limbs([low, 1, 0, 0]);
    let header =
        HeaderBlock { root: ack.root, start: far(5), end: far(9), proposer: ack.proposer, ..Default::default() };
    assert_eq!(attest_ack(Tron, Contracts::Known, &ack, Some(&header)), Ok(()));
    let other = HeaderBlock { start: far(6), ..header };
    assert!(attest_ack(Tron, Contracts::Known, &ack, Some(&other)).is_err());
}
