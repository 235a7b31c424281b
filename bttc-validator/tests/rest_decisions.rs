//! What is answered of governance and of slashing.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use bttc_core::{
    amino::{AnyOf, Json, OmittedZero, Time},
    id::ValidatorId,
    validator::VotingPower,
};
use bttc_staking::{registry::ValidatorRecord, validator_set::ValidatorSet};
use bttc_validator::{
    message::{Coins, Content, ParameterChange, ParameterChangeProposal, SignedAmount, VoteOption},
    module::{
        Facts, gov,
        slashing::{self, Slashes},
        staking,
    },
    param,
    record::{Proposal, ProposalDeposit, ProposalStatus, ProposalVote, SigningInfo, SlashingInfo},
    rest::{self, View},
    store::Stores,
};
use serde::Deserialize as _;

fn amount(text: &str) -> SignedAmount {
    SignedAmount::parse(text.as_bytes()).unwrap()
}

fn proposal(id: u64, status: ProposalStatus) -> Proposal {
    let change = ParameterChange { subspace: "bor".into(), key: "SprintDuration".into(), value: "\"64\"".into() };
    let content = ParameterChangeProposal { title: "t".into(), description: "d".into(), changes: vec![change] };
    Proposal {
        content: AnyOf(Some(Content::Parameters(content))),
        id,
        status,
        submitted: Time::new(1_640_000_000, 5).unwrap(),
        deposit_end: Time::new(1_640_172_800, 5).unwrap(),
        total_deposit: Coins::btt(amount("7")),
        voting_start: Time::UNSET,
        voting_end: Time::UNSET,
        ..Proposal::default()
    }
}

/// Proposals 1 to 5, each of another status; on the second validator 1 voted yes and deposited, and 2 vetoed.
fn stores() -> Stores {
    let mut stores = Stores::default();
    param::set_defaults(&mut stores);
    let member = |id| ValidatorRecord {
        id: ValidatorId::new(id),
        power: VotingPower::new(1),
        signer: alloy_primitives::Address::with_last_byte(u8::try_from(id).unwrap()),
        ..ValidatorRecord::default()
    };
    staking::save_set(&mut stores, &ValidatorSet::new([member(1), member(2)]).unwrap());
    let statuses = [
        ProposalStatus::DEPOSIT,
        ProposalStatus::VOTING,
        ProposalStatus::PASSED,
        ProposalStatus::REJECTED,
        ProposalStatus::FAILED,
    ];
    for (id, status) in (1..).zip(statuses) {
        gov::save_proposal(&mut stores, &proposal(id, status));
    }
    gov::set_next_id(&mut stores, 6);
    for (voter, option) in [(1, VoteOption::YES), (2, VoteOption::NO_WITH_VETO)] {
        gov::save_vote(&mut stores, &ProposalVote { proposal: 2, voter: ValidatorId::new(voter), option });
    }
    let deposit = ProposalDeposit { proposal: 2, depositor: ValidatorId::new(1), amount: Coins::btt(amount("7")) };
    gov::save_deposit(&mut stores, &deposit);
    stores
}

fn asked(stores: &Stores, target: &str) -> (u16, String) {
    let facts = Facts::default();
    let view = View { stores, height: 9, time: Time::default(), facts: &facts };
    let response = rest::answer(&view, target).unwrap();
    (response.status, response.body)
}

fn get(target: &str) -> (u16, String) {
    asked(&stores(), target)
}

fn read(text: &str) -> Json {
    Json::deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap()
}

/// An answer that holds this result, indented by two spaces.
fn indented(height: u64, result: &str) -> (u16, String) {
    (200, format!("{{\"height\":\"{height}\",\"result\":{:#}}}", read(result)))
}

fn error(status: u16, words: &str) -> (u16, String) {
    (status, Json::Object(vec![("error".into(), Json::Text(words.into()))]).to_string())
}

fn numbers(target: &str) -> Vec<String> {
    let (status, body) = get(target);
    assert_eq!(status, 200, "{target}: {body}");
    match read(&body).get("result") {
        Some(Json::List(found)) => found.iter().map(|proposal| proposal.get("id").unwrap().to_string()).collect(),
        other => unreachable!("{target}: {other:?}"),
    }
}

// delivery:gov/types/proposal.go:13-28; times that have not come are those of Go's zero.
#[test]
fn a_proposal_is_told_in_aminos_form() {
    let told = r#"{"content":{"type":"heimdall/ParameterChangeProposal","value":{"title":"t","description":"d","changes":[{"subspace":"bor","key":"SprintDuration","value":"\"64\""}]}},"id":"1","proposal_status":"DepositPeriod","final_tally_result":{"yes":"0","abstain":"0","no":"0","no_with_veto":"0"},"submit_time":"2021-12-20T11:33:20.000000005Z","deposit_end_time":"2021-12-22T11:33:20.000000005Z","total_deposit":[{"denom":"btt","amount":"7"}],"voting_start_time":"0001-01-01T00:00:00Z","voting_end_time":"0001-01-01T00:00:00Z"}"#;
    assert_eq!(get("/gov/proposals/1"), indented(9, told));
    assert!(get("/gov/proposals/1").1.starts_with("{\"height\":\"9\",\"result\":{\n  \"content\": {\n    \"type\""));
    assert_eq!(get("/gov/proposals?limit=5&status=deposit_period"), indented(9, &format!("[{told}]")));
}

#[test]
fn proposals_are_chosen_by_status_by_voter_by_depositor_and_from_the_end() {
    for (query, expected) in [
        ("", &["1", "2", "3", "4", "5"][..]),
        ("?limit=2", &["4", "5"]),
        ("?status=VotingPeriod", &["2"]),
        ("?status=passed", &["3"]),
        ("?status=Rejected", &["4"]),
        // Neither is a condition.
        ("?status=Failed", &["1", "2", "3", "4", "5"]),
        ("?status=lost", &["1", "2", "3", "4", "5"]),
        ("?voter=2", &["2"]),
        ("?depositor=2", &[]),
        ("?voter=1&depositor=1", &["2"]),
        ("?voter=1&status=passed", &[]),
    ] {
        let expected: Vec<_> = expected.iter().map(|id| format!("\"{id}\"")).collect();
        assert_eq!(numbers(&format!("/gov/proposals{query}")), expected, "{query}");
    }
    assert_eq!(get("/gov/proposals?limit=x"), error(400, "'x' is not a valid uint64"));
}

#[test]
fn q311_a_complaint_about_a_validator_stands_in_front_of_the_answer() {
    let (_, complaint) = error(400, "'x' is not a valid uint64");
    let (_, all) = get("/gov/proposals");
    assert_eq!(get("/gov/proposals?voter=x"), (400, format!("{complaint}{all}")));
    assert_eq!(get("/gov/proposals?voter=x&depositor=x&limit=x"), (400, complaint.repeat(3)));
}

#[test]
fn q312_more_proposals_than_there_ever_were_are_none() {
    assert_eq!(numbers("/gov/proposals?limit=6").len(), 5);
    assert_eq!(numbers("/gov/proposals?limit=7"), [""; 0]);
}

#[test]
fn votes_and_deposits_are_told_until_the_proposal_is_decided() {
    let deposit = r#"{"proposal_id":"2","depositor":"1","amount":[{"denom":"btt","amount":"7"}]}"#;
    let votes =
        r#"[{"proposal_id":"2","voter":"1","option":"Yes"},{"proposal_id":"2","voter":"2","option":"NoWithVeto"}]"#;
    assert_eq!(get("/gov/proposals/2/deposits"), indented(0, &format!("[{deposit}]")));
    assert_eq!(get("/gov/proposals/2/deposits/1"), indented(0, deposit));
    assert_eq!(get("/gov/proposals/2/votes?height=4"), indented(4, votes));
    assert_eq!(get("/gov/proposals/1/votes"), indented(0, "null"));
    assert_eq!(get("/gov/proposals/7/votes/1"), error(404, "proposalID 7 does not exist"));
    let tally = r#"{"yes":"1","abstain":"0","no":"0","no_with_veto":"1"}"#;
    assert_eq!(get("/gov/proposals/2/tally"), indented(9, tally));
    for target in ["3/votes", "4/deposits", "5/votes/1", "1/deposits/1", "1/proposer"] {
        assert_eq!(get(&format!("/gov/proposals/{target}")).0, 501, "{target}");
    }
    let unknown = r#"{"codespace":"gov","code":1,"message":"unknown proposal with id 7"}"#;
    for target in ["7", "7/tally", "7/votes", "7/deposits"] {
        assert_eq!(get(&format!("/gov/proposals/{target}")), error(500, unknown), "{target}");
    }
}

// validation-layer §9.1.
#[test]
fn how_governance_decides_is_told_with_its_parameters() {
    for (kind, told) in [
        (
            "deposit",
            r#"{"min_deposit":[{"denom":"btt","amount":"10000000000000000000"}],"max_deposit_period":"172800000000000"}"#,
        ),
        ("voting", r#"{"voting_period":"172800000000000"}"#),
        (
            "tallying",
            r#"{"quorum":"0.334000000000000000","threshold":"0.500000000000000000","veto":"0.334000000000000000"}"#,
        ),
    ] {
        assert_eq!(get(&format!("/gov/parameters/{kind}")), indented(9, told));
    }
    let wrong = r#"{"codespace":"sdk","code":6,"message":"custom/gov/params/x is not a valid query request path"}"#;
    assert_eq!(get("/gov/parameters/x"), error(404, wrong));
}

fn told(stores: &Stores, path: &str) -> String {
    let (status, body) = asked(stores, &format!("/slashing/{path}"));
    assert_eq!(status, 200, "{path}: {body}");
    read(&body).get("result").unwrap().to_string()
}

#[test]
fn how_validators_sign_is_told_page_by_page() {
    let mut stores = stores();
    assert_eq!(told(&stores, "signing_infos"), "[]");
    for id in [1, 2, 10] {
        let missed = OmittedZero(if id == 2 { 4 } else { 0 });
        slashing::save_signing_info(
            &mut stores,
            &SigningInfo { id: ValidatorId::new(id), start_height: 5, index_offset: 6, missed },
        );
    }
    let one = r#"{"valID":1,"startHeight":5,"indexOffset":6}"#;
    let ten = r#"{"valID":10,"startHeight":5,"indexOffset":6}"#;
    let two = r#"{"valID":2,"startHeight":5,"indexOffset":6,"missed_blocks_counter":4}"#;
    assert_eq!(told(&stores, "validators/2/signing_info"), two);
    assert_eq!(told(&stores, "signing_infos"), format!("[{one},{ten},{two}]"));
    assert_eq!(told(&stores, "signing_infos?limit=2"), format!("[{one},{ten}]"));
    assert_eq!(told(&stores, "signing_infos?page=2&limit=2"), format!("[{two}]"));
    for beyond in ["page=3&limit=2", "page=2", "page=9223372036854775807&limit=3"] {
        assert_eq!(told(&stores, &format!("signing_infos?{beyond}")), "[]", "{beyond}");
    }
    let refused = |query: &str| asked(&stores, &format!("/slashing/signing_infos?{query}"));
    assert_eq!(refused("page=0"), error(400, "page must greater than 0"));
    assert_eq!(refused("limit=-1"), error(400, "limit must greater than 0"));
    assert_eq!(refused("page=x"), error(400, r#"strconv.Atoi: parsing "x": invalid syntax"#));
    let nobody = r#"{"codespace":"sdk","code":1,"message":"Error while getting validator signing info"}"#;
    assert_eq!(asked(&stores, "/slashing/validators/9/signing_info"), error(500, nobody));
}

// validation-layer §1.6, §5.8.
#[test]
fn what_is_to_be_slashed_is_told_by_validator_and_as_the_contract_takes_it() {
    let mut stores = stores();
    assert_eq!(asked(&stores, "/slashing/latest_slash_info_bytes").1, r#"{"height":"0","result":"0xc0"}"#);
    let info = SlashingInfo { id: ValidatorId::new(3), amount: 7, jailed: true };
    Slashes::Buffer.set(&mut stores, &info);
    slashing::set_tick_count(&mut stores, 4);
    let told_info = r#"{"ID":3,"SlashedAmount":7,"IsJailed":true}"#;
    assert_eq!(told(&stores, "validators/3/latest_slash_info"), told_info);
    assert_eq!(told(&stores, "latest_slash_infos"), format!("[{told_info}]"));
    assert_eq!((told(&stores, "tick_slash_infos"), told(&stores, "tick-count")), ("[]".into(), "4".into()));
    // [[3, 7·10¹⁸, 01]], by hand.
    let bytes = r#"{"height":"0","result":"0xcccb03886124fee993bc000001"}"#;
    assert_eq!(asked(&stores, "/slashing/latest_slash_info_bytes").1, bytes);
    let none = r#"{"codespace":"sdk","code":1,"message":" slashing info not found for given val"}"#;
    assert_eq!(asked(&stores, "/slashing/validators/1/latest_slash_info"), error(500, none));
}

// validation-layer §9.1; delivery:slashing/types/params.go:39-50.
#[test]
fn what_slashing_is_held_to_is_told_with_its_parameters() {
    let expected = r#"{"signed_blocks_window":100,"min_signed_per_window":"0.500000000000000000","downtime_jail_duration":600000000000,"slash_fraction_double_sign":"0.050000000000000000","slash_fraction_downtime":"0.010000000000000000","slash_fraction_limit":"0.333333333333333333","jail_fraction_limit":"0.333333333333333333","max_evidence_age":120000000000,"enable_slashing":false}"#;
    assert_eq!(told(&stores(), "parameters"), expected);
}
