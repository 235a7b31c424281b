//! Governance from a proposal to what it changes, worked out by hand from `validation-layer §5.9, §5.10`.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use alloy_primitives::Address;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::{AnyOf, Time},
    amount::Amount,
    id::ValidatorId,
    validator::VotingPower,
};
use bttc_staking::registry::ValidatorRecord;
use bttc_validator::{
    message::{
        Coins, Content, FeatureChange, FeatureChangeProposal, MsgDeposit, MsgSubmitFeatureProposal, MsgSubmitProposal,
        MsgVote, ParameterChange, ParameterChangeProposal, VoteOption,
    },
    module::{Codespace, Context, Event, Facts, Refusal, admit, attest, bank, gov, settle, staking, supply},
    param::{self, Feature, MAX_CHECKPOINT_LENGTH, SUPPORTED},
    record::ProposalStatus,
    store::{StoreName, Stores},
};

const HOUR: i64 = 3_600_000_000_000;
const GOV: fn(u32) -> Refusal = |code| Refusal { codespace: Codespace::Gov, code };

fn signer(number: u64) -> Address {
    Address::repeat_byte(u8::try_from(number).unwrap())
}

fn btt(amount: u64) -> Coins {
    Coins::btt(Amount::from_btt(amount).into())
}

fn balance(stores: &Stores, number: u64) -> Amount {
    bank::balance(stores, signer(number)).unwrap()
}

/// Validators 1 to 7 of power 1 with 100 BTT each.
fn genesis() -> Stores {
    let mut stores = Stores::default();
    param::set_defaults(&mut stores);
    gov::set_next_id(&mut stores, 1);
    for number in 1..=7 {
        let record = ValidatorRecord {
            id: ValidatorId::new(number),
            power: VotingPower::new(1),
            signer: signer(number),
            ..ValidatorRecord::default()
        };
        staking::save_record(&mut stores, &record);
        bank::set_coins(&mut stores, record.signer, btt(100)).unwrap();
    }
    staking::end_block(&mut stores).unwrap();
    stores
}

fn at(hours: i64) -> Context<'static> {
    let time = Time::new(1_700_000_000, 0).unwrap().plus(hours * HOUR).unwrap();
    Context { height: 7, time, tx: b"" }
}

fn changes(subspace: &str, key: &str, value: &str) -> Content {
    let change = ParameterChange { subspace: subspace.into(), key: key.into(), value: value.into() };
    Content::Parameters(ParameterChangeProposal {
        title: "title".into(),
        description: "text".into(),
        changes: vec![change],
    })
}

fn longer() -> Content {
    changes("checkpoint", "MaxCheckpointLength", "\"2048\"")
}

fn opens(feature: &str) -> Content {
    let value = format!(r#"{{"feature_param_map":{{"{feature}":{{"is_open":true}}}}}}"#);
    let changes = vec![FeatureChange { value: value.as_str().into() }];
    Content::Features(FeatureChangeProposal { title: "title".into(), description: "text".into(), changes })
}

fn proposal(by: u64, content: Content, deposit: u64) -> MsgSubmitProposal {
    let initial_deposit = if deposit == 0 { Coins::default() } else { btt(deposit) };
    MsgSubmitProposal {
        content: AnyOf(Some(content)),
        initial_deposit,
        proposer: signer(by),
        validator: ValidatorId::new(by),
    }
}

fn vote(by: u64, option: VoteOption) -> MsgVote {
    MsgVote { proposal_id: 1, voter: signer(by), option, validator: ValidatorId::new(by) }
}

fn deposit(by: u64, amount: u64) -> MsgDeposit {
    MsgDeposit { proposal_id: 1, depositor: signer(by), amount: btt(amount), validator: ValidatorId::new(by) }
}

fn ends(stores: &mut Stores, hours: i64) -> Vec<Event> {
    gov::end_block(stores, &at(hours), &"devnet".into()).unwrap()
}

fn status(stores: &Stores) -> ProposalStatus {
    gov::proposal(stores, 1).unwrap().unwrap().status
}

fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn what_passes_is_carried_out_when_its_vote_is_over() {
    let mut stores = genesis();
    let events = admit(&proposal(1, longer(), 4), &mut stores, &at(0)).unwrap();
    assert_eq!(kinds(&events), ["submit_proposal", "transfer", "message", "proposal_deposit", "message"]);
    assert_eq!(events[0].attribute("proposal_id"), Some("1"));
    assert_eq!(events[3].attribute("amount"), Some("4000000000000000000btt"));
    assert_eq!(events[4].attribute("module"), Some("governance"));
    assert_eq!((status(&stores), balance(&stores, 1)), (ProposalStatus::DEPOSIT, Amount::from_btt(96)));
    assert_eq!(admit(&vote(2, VoteOption::YES), &mut stores, &at(1)), Err(GOV(2)));

    // The tenth BTT begins the vote, an hour later.
    let events = admit(&deposit(2, 6), &mut stores, &at(1)).unwrap();
    assert_eq!(kinds(&events), ["transfer", "message", "proposal_deposit", "message", "proposal_deposit"]);
    assert_eq!(events[4].attribute("voting_period_start"), Some("1"));
    let held = bank::balance(&stores, supply::module_address(supply::GOVERNANCE));
    assert_eq!((status(&stores), held), (ProposalStatus::VOTING, Ok(Amount::from_btt(10))));

    // Three of seven are 0.428…: the quorum. The later of two votes counts: two against one.
    for (by, option) in [(1, VoteOption::NO), (2, VoteOption::YES), (3, VoteOption::YES), (1, VoteOption::YES)] {
        admit(&vote(by, option), &mut stores, &at(2)).unwrap();
    }
    admit(&vote(3, VoteOption::NO), &mut stores, &at(2)).unwrap();
    assert_eq!(ends(&mut stores, 48), []);
    assert_eq!(MAX_CHECKPOINT_LENGTH.get(&stores), Ok(1_024));
    let events = ends(&mut stores, 49);
    assert_eq!(kinds(&events), ["transfer", "message", "transfer", "message", "active_proposal"]);
    assert_eq!(events[4].attribute("proposal_result"), Some("proposal_passed"));
    assert_eq!(MAX_CHECKPOINT_LENGTH.get(&stores), Ok(2_048));
    assert_eq!([1, 2, 3].map(|number| balance(&stores, number)), [Amount::from_btt(100); 3]);
    let decided = gov::proposal(&stores, 1).unwrap().unwrap();
    assert_eq!((decided.result.yes.to_string(), decided.result.no.to_string()), ("2".into(), "1".into()));
    assert_eq!(gov::votes(&stores, 1), Ok(vec![]));
    // It is over.
    assert_eq!(admit(&deposit(2, 6), &mut stores, &at(50)), Err(GOV(4)));
    assert_eq!(admit(&vote(2, VoteOption::YES), &mut stores, &at(50)), Err(GOV(2)));
    assert_eq!(ends(&mut stores, 500), []);
}

#[test]
fn what_does_not_pass_changes_nothing_and_deposits_go_back() {
    for votes in [vec![], vec![(1, VoteOption::YES), (2, VoteOption::YES)], vec![(1, VoteOption::NO_WITH_VETO); 1]] {
        let mut stores = genesis();
        admit(&proposal(1, longer(), 10), &mut stores, &at(0)).unwrap();
        for (by, option) in votes {
            admit(&vote(by, option), &mut stores, &at(1)).unwrap();
        }
        let events = ends(&mut stores, 48);
        assert_eq!(events.last().unwrap().attribute("proposal_result"), Some("proposal_rejected"));
        assert_eq!((status(&stores), balance(&stores, 1)), (ProposalStatus::REJECTED, Amount::from_btt(100)));
        assert_eq!(MAX_CHECKPOINT_LENGTH.get(&stores), Ok(1_024));
    }
}

#[test]
fn what_too_little_is_deposited_for_is_dropped() {
    let mut stores = genesis();
    admit(&proposal(1, longer(), 0), &mut stores, &at(0)).unwrap();
    admit(&deposit(2, 9), &mut stores, &at(1)).unwrap();
    assert_eq!(ends(&mut stores, 47), []);
    let events = ends(&mut stores, 48);
    assert_eq!(events.last().unwrap().attribute("proposal_result"), Some("proposal_dropped"));
    assert_eq!(gov::proposal(&stores, 1), Ok(None));
    assert_eq!(balance(&stores, 2), Amount::from_btt(100));
    assert_eq!(admit(&deposit(2, 9), &mut stores, &at(49)), Err(GOV(1)));
    // Numbers are not given twice.
    admit(&proposal(1, longer(), 0), &mut stores, &at(49)).unwrap();
    assert_eq!(gov::next_id(&stores), Ok(Some(3)));
}

#[test]
fn only_who_signs_for_the_current_validator_it_names_takes_part() {
    let mut stores = genesis();
    let as_other = MsgSubmitProposal { validator: ValidatorId::new(2), ..proposal(1, longer(), 1) };
    assert_eq!(admit(&as_other, &mut stores, &at(0)), Err(GOV(1_400)));
    let nobody = MsgSubmitProposal { proposer: signer(9), ..proposal(1, longer(), 1) };
    assert_eq!(admit(&nobody, &mut stores, &at(0)), Err(GOV(1_400)));
    let mut gone = staking::record_of(&stores, ValidatorId::new(3)).unwrap().unwrap();
    gone.jailed = true;
    staking::save_record(&mut stores, &gone);
    assert_eq!(admit(&proposal(3, longer(), 1), &mut stores, &at(0)), Err(GOV(1_400)));
    assert_eq!(gov::next_id(&stores), Ok(Some(1)));
}

#[test]
fn a_proposal_that_cannot_be_carried_out_is_not_made() {
    let mut stores = genesis();
    let before = stores.clone();
    for (content, refusal) in [
        (changes("nobody", "x", "1"), GOV(6)),
        (changes("bor", "SprintDuration", "64"), GOV(6)),
        (changes("bor", "Nothing", "64"), Refusal::INTERNAL),
        // It is not supported yet.
        (opens("FinalizedEth"), GOV(1_400)),
    ] {
        assert_eq!(admit(&proposal(1, content, 1), &mut stores, &at(0)), Err(refusal));
    }
    assert_eq!(admit(&proposal(1, longer(), 101), &mut stores, &at(0)), Err(Refusal::INSUFFICIENT_COINS));
    assert_eq!(stores, before);
}

#[test]
fn a_proposal_that_passed_stops_the_node_where_what_it_changes_does_not_read() {
    let mut stores = genesis();
    admit(&proposal(1, opens("FinalizedEth"), 10), &mut stores, &at(0)).unwrap_err();
    param::add_supported(&mut stores, "FinalizedEth").unwrap();
    admit(&proposal(1, opens("FinalizedEth"), 10), &mut stores, &at(0)).unwrap();
    (1..=7).for_each(|by| drop(admit(&vote(by, VoteOption::YES), &mut stores, &at(1)).unwrap()));
    // The map that it is to be merged with does not read: there the reference stops.
    stores.set(StoreName::Params, b"featuremanager/FeatureParams".to_vec(), b"[".to_vec());
    let before = stores.clone();
    assert_eq!(gov::end_block(&mut stores, &at(48), &"devnet".into()), Err(Refusal::INTERNAL));
    assert_eq!(stores, before);
}

#[test]
fn q245_a_deposit_goes_to_who_signs_now() {
    let mut stores = genesis();
    admit(&proposal(1, longer(), 4), &mut stores, &at(0)).unwrap();
    let old = staking::record(&stores, signer(1)).unwrap().unwrap();
    staking::save_record(&mut stores, &ValidatorRecord { signer: signer(9), ..old });
    ends(&mut stores, 48);
    assert_eq!((balance(&stores, 1), balance(&stores, 9)), (Amount::from_btt(96), Amount::from_btt(4)));
}

#[test]
fn a_feature_opens_after_two_votes() {
    let mut stores = genesis();
    let message = MsgSubmitFeatureProposal(proposal(1, opens("FinalizedEth"), 10));
    let facts = Facts::default();
    assert_eq!(admit(&message, &mut stores, &at(0)), Ok(vec![]));
    assert_eq!(attest(&message, &stores, &facts), Ok((VoteResult::Yes, 0)));
    for verdict in [VoteResult::No, VoteResult::Skip] {
        assert_eq!(settle(&message, &mut stores, &at(0), verdict), Err(Refusal::NOT_APPROVED));
    }
    let events = settle(&message, &mut stores, &at(0), VoteResult::Yes).unwrap();
    assert_eq!(events.last().unwrap().attribute("voting_period_start"), Some("1"));
    assert_eq!(SUPPORTED.get(&stores).unwrap().features.get("FinalizedEth"), Some(&true));
    let text = stores.get(StoreName::Params, b"featuremanager/SupportFeature");
    assert_eq!(text, Some(br#"{"feature_support_map":{"FinalizedEth":true}}"#.as_slice()));
    assert!(!Feature::FinalizedEth.is_open(&stores));
    (1..=7).for_each(|by| drop(admit(&vote(by, VoteOption::YES), &mut stores, &at(1)).unwrap()));
    ends(&mut stores, 48);
    assert!(Feature::FinalizedEth.is_open(&stores));
    assert_eq!(status(&stores), ProposalStatus::PASSED);
}

#[test]
fn a_feature_that_a_program_does_not_know_is_voted_down() {
    let stores = genesis();
    let facts = Facts::default();
    let vote = |message: MsgSubmitProposal| attest(&MsgSubmitFeatureProposal(message), &stores, &facts);
    assert_eq!(vote(proposal(1, opens("feature-x"), 1)), Ok((VoteResult::Yes, 0)));
    assert_eq!(vote(proposal(1, opens("feature-y"), 1)), Ok((VoteResult::No, 0)));
    assert_eq!(vote(proposal(9, opens("feature-x"), 1)), Ok((VoteResult::No, 0)));
    assert_eq!(vote(proposal(1, longer(), 1)), Ok((VoteResult::No, 0)));
    assert_eq!(vote(proposal(1, opens("\""), 1)), Ok((VoteResult::No, 0)));
}

#[test]
fn q243_without_the_number_of_the_first_proposal_there_is_none() {
    let mut stores = genesis();
    stores.remove(StoreName::Gov, &[0x03]);
    assert_eq!(admit(&proposal(1, longer(), 1), &mut stores, &at(0)), Err(GOV(8)));
}
