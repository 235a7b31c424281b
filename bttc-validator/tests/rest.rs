//! What is answered of the state, beside the texts of the specification and of the reference.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use alloy_primitives::{Address, B256, FixedBytes, address};
use bttc_core::{
    amino::{self, Field, Json, JsonForm, Time},
    id::{CheckpointNumber, Nonce, SpanId, StateId, ValidatorId},
    root_chain::RootChainId,
    validator::VotingPower,
};
use bttc_staking::{
    registry::{Sequence, SpanRecord, SyncRecord, ValidatorRecord},
    validator_set::ValidatorSet,
};
use bttc_validator::{
    message::{Coins, MsgEventRecord, SignedAmount},
    module::{self, Answer, Context, Facts, Question, bank, bor, checkpoint, staking, topup},
    param::{self, ChainData, ChainParams, FeatureData, FeatureParams, MultiChainParams},
    record::{CheckpointRecord, DividendAccount, EventRecord},
    rest::{self, ROUTES, Response, View},
    store::Stores,
};
use proptest::prelude::*;
use serde::Deserialize as _;

const SIGNER: Address = address!("0x201e000000000000000000000000000000000006");
const HEIGHT: u64 = 1_234;

fn time(seconds: i64) -> Time {
    Time::new(seconds, 0).unwrap()
}

fn validator(id: u64) -> ValidatorRecord {
    ValidatorRecord {
        id: ValidatorId::new(id),
        nonce: Nonce::new(1),
        power: VotingPower::new(1),
        pub_key: FixedBytes::repeat_byte(4),
        signer: Address::with_last_byte(u8::try_from(id).unwrap()),
        ..ValidatorRecord::default()
    }
}

fn checkpoint_of(number: u64) -> CheckpointRecord {
    CheckpointRecord {
        proposer: SIGNER,
        start: number * 256,
        end: number * 256 + 255,
        root: B256::repeat_byte(7),
        chain_id: "199".into(),
        timestamp: 1_640_000_000,
    }
}

/// Twelve spans, twelve checkpoints on TRON, twelve records, three validators, and whatever else can be read.
fn stores() -> Stores {
    let mut stores = Stores::default();
    param::set_defaults(&mut stores);
    let contracts = ChainParams { chain_id: "199".into(), ..param::CHAIN_PARAMS.get(&stores).unwrap() };
    param::CHAIN_PARAMS.set(&mut stores, &contracts);
    for id in 1..=3 {
        staking::save_record(&mut stores, &validator(id));
    }
    staking::save_set(&mut stores, &ValidatorSet::new((1..=3).map(validator)).unwrap());
    for id in 0..12 {
        let span =
            SpanRecord { id: SpanId::new(id), start: id * 6_400, producers: vec![validator(1)], ..<_>::default() };
        bor::save_span(&mut stores, &span);
    }
    for number in 1..=12 {
        let number_of = CheckpointNumber::new(number);
        checkpoint::save_checkpoint(&mut stores, RootChainId::Tron.into(), number_of, &checkpoint_of(number));
    }
    checkpoint::set_count(&mut stores, RootChainId::Tron.into(), 12);
    checkpoint::Buffer::Checkpoint.set(&mut stores, RootChainId::Bsc.into(), &checkpoint_of(13));
    checkpoint::Buffer::Sync.set(&mut stores, RootChainId::Ethereum.into(), &checkpoint_of(3));
    checkpoint::set_last_no_ack(&mut stores, 1_640_000_000);
    for id in 1_u64..=12 {
        let message = MsgEventRecord {
            id: StateId::new(id),
            root_chain_type: "tron".into(),
            block_number: id,
            ..MsgEventRecord::default()
        };
        let time = time(1_639_011_700 + i64::try_from(id).unwrap());
        let context = Context { height: id, time, tx: b"" };
        module::settle(&message, &mut stores, &context, bttc_checkpoint::vote::VoteResult::Yes).unwrap();
    }
    let account = DividendAccount { user: SIGNER, fee: "1000".to_owned() };
    topup::set_fee_account(&mut stores, &account);
    bank::set_coins(&mut stores, SIGNER, Coins::btt(SignedAmount::parse(b"10").unwrap())).unwrap();
    stores
}

fn asked(stores: &Stores, facts: &Facts, target: &str) -> Result<(u16, String), Question> {
    let view = View { stores, height: HEIGHT, time: time(1_650_000_000), facts };
    rest::answer(&view, target).map(|Response { status, body }| (status, body))
}

fn get(target: &str) -> (u16, String) {
    asked(&stores(), &Facts::default(), target).unwrap()
}

/// The result of an answer that is a success, at this height.
fn result_at(height: u64, target: &str) -> Json {
    let (status, body) = get(target);
    assert_eq!(status, 200, "{target}: {body}");
    let json = read(&body);
    assert_eq!(json.get("height"), Some(&Json::Text(height.to_string().as_str().into())), "{target}: {body}");
    json.get("result").cloned().unwrap()
}

fn result(target: &str) -> Json {
    result_at(HEIGHT, target)
}

fn read(body: &str) -> Json {
    Json::deserialize(&mut serde_json::Deserializer::from_str(body)).unwrap()
}

fn record<F: Field>(json: &Json) -> F {
    amino::from_json(json, JsonForm::Plain).unwrap()
}

fn error(status: u16, words: &str) -> (u16, String) {
    (status, Json::Object(vec![("error".into(), Json::Text(words.into()))]).to_string())
}

/// A failed query, as the framework writes it into `error`: validation-layer §8.
fn failed(status: u16, code: u32, words: &str) -> (u16, String) {
    error(status, &format!(r#"{{"codespace":"sdk","code":{code},"message":"{words}"}}"#))
}

// validation-layer §8, the shapes that the EVM client reads, with the dots filled in.
#[test]
fn a_span_is_written_as_the_side_chains_client_reads_it() {
    let mut stores = Stores::default();
    let member = ValidatorRecord { signer: SIGNER, priority: -6, ..validator(6) };
    let span = SpanRecord {
        id: SpanId::new(1),
        start: 256,
        end: 6_655,
        set: ValidatorSet::from_parts(vec![member.clone()], Some(member.clone())),
        producers: vec![member],
        chain_id: "199".to_owned(),
    };
    bor::save_span(&mut stores, &span);
    let key = "04".repeat(65);
    let validator = format!(
        r#"{{"ID":6,"startEpoch":0,"endEpoch":0,"nonce":1,"power":1,"pubKey":"0x{key}","signer":"{SIGNER:#x}","last_updated":"","jailed":false,"accum":-6}}"#
    );
    let expected = format!(
        r#"{{"height":"1234","result":{{"span_id":1,"start_block":256,"end_block":6655,"validator_set":{{"validators":[{validator}],"proposer":{validator}}},"selected_producers":[{validator}],"bor_chain_id":"199"}}}}"#
    );
    let facts = Facts::default();
    for target in ["/bor/span/1", "/bor/latest-span"] {
        assert_eq!(asked(&stores, &facts, target), Ok((200, expected.clone())));
    }
}

#[test]
fn a_record_is_written_as_the_side_chains_client_reads_it() {
    let mut stores = Stores::default();
    let message = MsgEventRecord {
        id: StateId::new(1),
        contract_address: Address::repeat_byte(0x11),
        data: [1, 2].into(),
        tx_hash: B256::repeat_byte(0x22),
        bor_chain_id: "199".into(),
        root_chain_type: "tron".into(),
        ..MsgEventRecord::default()
    };
    let time = Time::new(1_639_011_723, 123_456_789).unwrap();
    let context = Context { height: 3, time, tx: b"" };
    module::settle(&message, &mut stores, &context, bttc_checkpoint::vote::VoteResult::Yes).unwrap();
    let (contract, hash) = ("11".repeat(20), "22".repeat(32));
    let expected = format!(
        r#"{{"height":"0","result":[{{"id":1,"contract":"0x{contract}","data":"0x0102","tx_hash":"0x{hash}","log_index":0,"bor_chain_id":"199","record_time":"2021-12-09T01:02:03.123456789Z","root_chain_type":"tron"}}]}}"#
    );
    let facts = Facts::default();
    for query in ["from-id=1&to-time=1639011724&limit=50", "from-time=1&to-time=1639011724", "page=1&limit=1", ""] {
        let target = format!("/clerk/event-record/list?{query}");
        assert_eq!(asked(&stores, &facts, &target), Ok((200, expected.clone())), "{query}");
    }
}

/// Paths in a table's first column: `/a/b?x`, `/a/{b}, …`.
fn paths_of(row: &str) -> impl Iterator<Item = &str> {
    let column = row.split('|').nth(1).unwrap_or_default();
    let words = column.split([',', ' ']).filter(|word| word.starts_with('/') && word.len() > 1);
    words.map(|word| word.split(['?', '[']).next().unwrap_or_default())
}

#[test]
fn every_path_of_the_specification_has_a_route() {
    let spec = include_str!("../../docs/spec/validation-layer.md");
    let section = spec.split_once("\n## 8. ").unwrap().1.split_once("\n## 9. ").unwrap().0;
    let rows = section.lines().filter(|line| line.starts_with("| /"));
    let paths: Vec<&str> = rows.flat_map(paths_of).collect();
    assert!(paths.len() > 40, "{paths:?}");
    let shape = |path: &str| {
        path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
    };
    // Transactions are looked up in a node's blocks, not in the state.
    for path in paths.into_iter().filter(|path| !path.starts_with("/txs")) {
        assert!(ROUTES.iter().any(|route| shape(route.path) == shape(path)), "{path} has no route");
    }
}

#[test]
fn records_come_back_as_they_stand_in_the_state() {
    let stores = stores();
    let three = validator(3);
    assert_eq!(Ok(Some(record::<SpanRecord>(&result("/bor/span/7")))), bor::span(&stores, SpanId::new(7)));
    assert_eq!(record::<SpanRecord>(&result("/bor/latest-span")).id, SpanId::new(11));
    assert_eq!(record::<ValidatorRecord>(&result("/staking/validator/3")), three);
    assert_eq!(record::<ValidatorRecord>(&result(&format!("/staking/signer/{}", three.signer))), three);
    let set: ValidatorSet<ValidatorRecord> = record(&result("/staking/validator-set"));
    assert_eq!(Ok(&set), staking::validator_set(&stores).as_ref());
    assert_eq!(Some(&record::<ValidatorRecord>(&result("/staking/current-proposer"))), set.elected());
    assert_eq!(record::<CheckpointRecord>(&result("/checkpoints/buffer/bsc")), checkpoint_of(13));
    assert_eq!(record::<CheckpointRecord>(&result("/checkpoints/sync/eth")), checkpoint_of(3));
    let latest = result("/checkpoints/latest/tron");
    assert_eq!((latest.get("id"), record(&latest)), (Some(&Json::Number(12)), checkpoint_of(12)));
    assert_eq!(record::<CheckpointRecord>(&result("/checkpoints/tron/5")), checkpoint_of(5));
    let event: EventRecord = record(&result_at(0, "/clerk/event-record/9"));
    assert_eq!(Ok(Some(event)), module::clerk::record(&stores, StateId::new(9)));
    let account: DividendAccount = record(&result(&format!("/topup/dividend-account/{SIGNER}")));
    assert_eq!(Ok(Some(account)), topup::fee_account(&stores, SIGNER));
    let root: B256 = record(&result_at(0, "/topup/dividend-account-root"));
    assert_eq!(Ok(root), topup::fee_accounts(&stores).unwrap().root());
    let overview = result("/overview");
    assert_eq!(overview.get("ack_count"), Some(&Json::Number(12)));
    assert_eq!(overview.get("validator_set").map(record), Some(set));
    assert_eq!(overview.get("last_noack_time"), Some(&Json::Text("2021-12-20T11:33:20Z".into())));
}

#[test]
fn lists_are_in_the_order_of_texts_and_cut_at_their_limit() {
    let field = |target: &str, height, key: &str| match result_at(height, target) {
        Json::List(entries) => entries.iter().map(|entry| entry.get(key).cloned()).collect::<Option<Vec<_>>>().unwrap(),
        other => vec![other],
    };
    let numbers = |numbers: &[i128]| numbers.iter().copied().map(Json::Number).collect::<Vec<_>>();
    assert_eq!(field("/bor/span/list?page=1&limit=5", 0, "span_id"), numbers(&[0, 1, 10, 11, 2]));
    assert_eq!(field("/bor/span/list?page=3&limit=5&height=9", 9, "span_id"), numbers(&[8, 9]));
    let starts = field("/checkpoints/list?root=tron&page=1&limit=4", HEIGHT, "start_block");
    assert_eq!(starts, numbers(&[256, 2_560, 2_816, 3_072]));
    assert_eq!(field("/checkpoints/list?root=tron&page=1&limit=99", HEIGHT, "start_block").len(), 12);
    assert_eq!(field("/clerk/event-record/list?from-id=9&to-time=1639011712", 0, "id"), numbers(&[9, 10, 11]));
    // Where there is nothing, a list is null; one that begins with an id is a list all the same.
    for (target, height) in [
        ("/bor/span/list?page=0&limit=5", 0),
        ("/bor/span/list?page=1&limit=0", 0),
        ("/checkpoints/list?root=eth&page=1&limit=5", HEIGHT),
        ("/clerk/event-record/list?from-time=1&to-time=2", 0),
        ("/staking/proposer/0", HEIGHT),
    ] {
        assert_eq!(result_at(height, target), Json::Null, "{target}");
    }
    assert_eq!(result_at(0, "/clerk/event-record/list?from-id=99&to-time=2"), Json::List(vec![]));
    assert_eq!(result("/staking/queue/bsc"), Json::List(vec![]));
}

#[test]
fn failed_queries_tell_codespace_code_and_the_words_of_the_reference() {
    let far = "1700000000";
    let early = "could not fetch record list with fromTime 1970-01-01 00:00:05 +0000 UTC and toTime \
                 2023-11-14 22:13:20 +0000 UTC; latest block time is before toTime";
    for (target, expected) in [
        ("/bor/span/99", failed(500, 1, "could not get span; span not found for id")),
        ("/staking/validator/9", failed(400, 6, "No validator found")),
        ("/staking/signer/0x09", failed(400, 1, "Error while getting validator by signer; Validator not found")),
        ("/staking/proposer-bonus-percent", failed(500, 6, "unknown staking query endpoint")),
        ("/checkpoints/buffer/eth", failed(500, 1, "could not fetch checkpoint buffer; No checkpoint found in buffer")),
        (
            "/checkpoints/sync/bsc",
            failed(500, 1, "could not fetch checkpoint buffer; no checkpoint sync found in buffer"),
        ),
        ("/checkpoints/eth/5", failed(400, 1, "could not fetch checkpoint by index 5 eth; Invalid checkpoint Index")),
        (
            "/checkpoints/latest/nowhere",
            failed(400, 1, "could not fetch checkpoint by index 0 nowhere; Invalid checkpoint Index"),
        ),
        ("/clerk/event-record/99", failed(400, 1, "could not get state record; No record found")),
        (&format!("/clerk/event-record/list?from-time=5&to-time={far}"), failed(500, 1, early)),
        ("/topup/dividend-account/0x07", failed(400, 6, "No dividend account found")),
    ] {
        assert_eq!(get(target), expected, "{target}");
    }
}

#[test]
fn unknown_paths_and_numbers_that_are_none_are_refused() {
    for target in ["", "/", "/bor", "/bor/span/", "/bor/span/1/2", "/Bor/params", "/checkpoints/%zz/1", "/bor/params/"]
    {
        assert_eq!(get(target), (404, "404 page not found\n".to_owned()), "{target}");
    }
    for (target, words) in [
        ("/bor/span/+1", "'+1' is not a valid uint64"),
        ("/bor/span/18446744073709551616", "'18446744073709551616' is not a valid uint64"),
        ("/bor/span/list?limit=1", "'' is not a valid uint64"),
        ("/checkpoints/tron/x%20y", "'x y' is not a valid uint64"),
        ("/checkpoints/list?root=polygon&page=1&limit=1", "valid root chain polygon"),
        ("/checkpoints/prepare?start=1", "`start` and `end` query params required"),
        ("/checkpoints/prepare?start=2&end=1", "start is greater than end"),
        ("/checkpoints/prepare?start=0&end=1024", "number of headers requested exceeds"),
        ("/clerk/event-record/list?from-time=x&to-time=1", "'x' is not a valid int64"),
        ("/bor/params?height=x", r#"strconv.ParseInt: parsing "x": invalid syntax"#),
        ("/bor/params?height=-1", "height must be equal or greater than zero"),
    ] {
        assert_eq!(get(target), error(400, words), "{target}");
    }
    let words = r#"strconv.ParseUint: parsing "x": invalid syntax"#;
    assert_eq!(get("/checkpoints/prepare?start=x&end=1"), error(500, words));
    assert_eq!(get("/auth/accounts/zz"), error(404, "Invalid address"));
    assert_eq!(rest::asked_height("/bor/params?height=7"), Ok(Some(7)));
    assert_eq!(rest::asked_height("/bor/params?height=0"), Ok(None));
    let refused = rest::asked_height("/bor/params?height=-7").unwrap_err();
    assert_eq!((refused.status, refused.body), error(400, "height must be equal or greater than zero"));
}

// delivery:bor/types/params.go:31-35, checkpoint/types/params.go:31-36, auth/types/params.go:37-46.
#[test]
fn parameters_are_told_with_the_keys_of_the_reference() {
    for (target, expected) in [
        ("/bor/params", r#"{"sprint_duration":64,"span_duration":6400,"producer_count":11}"#),
        (
            "/checkpoints/params",
            r#"{"checkpoint_buffer_time":1000000000000,"avg_checkpoint_length":256,"max_checkpoint_length":1024,"child_chain_block_interval":10000}"#,
        ),
        (
            "/auth/params",
            r#"{"max_memo_characters":256,"tx_sig_limit":7,"tx_size_cost_per_byte":10,"sig_verify_cost_ed25519":590,"sig_verify_cost_secp256k1":1000,"max_tx_gas":1000000,"tx_fees":"1000000000000000"}"#,
        ),
    ] {
        assert_eq!(result(target).to_string(), expected);
    }
    let chain = result("/chainmanager/params").to_string();
    let start = r#"{"mainchain_tx_confirmations":6,"maticchain_tx_confirmations":10,"tronchain_tx_confirmations":18,"chain_params":{"bor_chain_id":"199","matic_token_address":"0x"#;
    assert!(chain.starts_with(start), "{chain}");
}

#[test]
fn numbers_of_modules_are_wrapped_once_more() {
    for (target, expected) in [
        ("/checkpoints/count/tron", "12"),
        ("/checkpoints/count/eth", "0"),
        ("/checkpoints/epoch", "13"),
        ("/checkpoints/last-no-ack", "1640000000"),
        ("/checkpoints/activation-height/bsc", "0"),
        ("/staking/validator-status/0x03", "true"),
        ("/staking/validator-status/0x04", "false"),
        (&format!("/topup/account-proof/{SIGNER}/verify?proof=0x00"), "false"),
    ] {
        assert_eq!(result(target).to_string(), format!(r#"{{"result":{expected}}}"#), "{target}");
    }
}

// validation-layer §8: account data uses amino JSON; cosmos-sdk codec/codec.go indents what a querier writes.
#[test]
fn accounts_come_in_aminos_form_and_balances_indented() {
    let known = format!(
        r#"{{"type":"auth/Account","value":{{"address":"{SIGNER:#x}","coins":[{{"denom":"btt","amount":"10"}}],"public_key":null,"account_number":"0","sequence":"0"}}}}"#
    );
    assert_eq!(result(&format!("/auth/accounts/{SIGNER}")).to_string(), known);
    let numbers = format!(r#"{{"address":"{SIGNER:#x}","account_number":"0","sequence":"0"}}"#);
    assert_eq!(result(&format!("/auth/accounts/{SIGNER}/sequence")).to_string(), numbers);
    let (_, body) = get(&format!("/bank/balances/{SIGNER}"));
    let indented = "[\n  {\n    \"denom\": \"btt\",\n    \"amount\": \"10\"\n  }\n]";
    assert_eq!(body, format!(r#"{{"height":"1234","result":{indented}}}"#));
    assert_eq!(get("/bank/balances/0x99").1, r#"{"height":"1234","result":[]}"#);
}

#[test]
fn q310_of_an_address_without_account_zeros_are_told() {
    let zero = Address::ZERO;
    let nobody = format!(
        r#"{{"type":"auth/Account","value":{{"address":"{zero:#x}","coins":[],"public_key":null,"account_number":"0","sequence":"0"}}}}"#
    );
    for path in ["/auth/accounts/0x99", "/auth/accounts/0x99/sequence"] {
        assert_eq!(result(path).to_string(), nobody);
    }
}

/// The answer once the only question has this answer.
fn told(stores: &Stores, target: &str, answer: Option<Answer>) -> (u16, String) {
    let question = asked(stores, &Facts::default(), target).unwrap_err();
    let mut facts = Facts::default();
    facts.insert(question, answer).unwrap();
    asked(stores, &facts, target).unwrap()
}

#[test]
fn what_the_state_does_not_know_is_asked_for() {
    let mut stores = stores();
    bor::set_seed_block(&mut stores, 41);
    let hash = B256::repeat_byte(0xab);
    let seed = asked(&stores, &Facts::default(), "/bor/next-span-seed");
    assert_eq!(seed, Err(Question::BlockHash { root_chain: RootChainId::Ethereum, block: 42 }));
    let (status, body) = told(&stores, "/bor/next-span-seed", Some(Answer::Hash(hash)));
    assert_eq!((status, body), (200, format!(r#"{{"height":"0","result":"{hash:#x}"}}"#)));
    let unknown = told(&stores, "/bor/next-span-seed", None);
    assert_eq!(unknown, failed(400, 1, "Error fetching next span seed; not found"));

    let draft = "/bor/prepare-next-span?span_id=12&start_block=76800&chain_id=199";
    let (_, body) = told(&stores, draft, Some(Answer::Hash(hash)));
    let span: SpanRecord = record(read(&body).get("result").unwrap());
    assert_eq!((span.id, span.start, span.end, span.chain_id.as_str()), (SpanId::new(12), 76_800, 83_199, "199"));
    assert_eq!(Ok(span.producers), bor::producers(&stores, HEIGHT, hash));

    let prepare = "/checkpoints/prepare?start=0&end=255";
    let (_, body) = told(&stores, prepare, Some(Answer::Hash(hash)));
    let proposer = staking::validator_set(&stores).unwrap().elected().unwrap().signer;
    let expected = format!(
        r#"{{"height":"1234","result":{{"proposer":"{proposer:#x}","rootHash":"{hash:#x}","startBlock":0,"endBlock":255}}}}"#
    );
    assert_eq!(body, expected);
    assert_eq!(told(&stores, prepare, None), error(400, "Could not fetch roothash from matic chain"));
}

#[test]
fn an_event_is_old_once_it_was_settled() {
    let mut stores = stores();
    staking::mark_settled(&mut stores, Sequence::new(7, 3));
    let hash = B256::repeat_byte(0x22);
    let at = |block| Some(Answer::Log { block, event: None });
    let target = format!("/staking/isoldtx?txhash={hash}&logindex=3");
    assert_eq!(told(&stores, &target, at(7)), (200, r#"{"height":"1234","result":true}"#.to_owned()));
    assert_eq!(told(&stores, &target, at(8)), error(404, "No sequence found"));
    let waiting = "Transaction is not confirmed yet. Please wait for sometime and try again";
    assert_eq!(told(&stores, &target, None), failed(500, 1, waiting));
    assert_eq!(told(&stores, &format!("/topup/isoldtx?txhash={hash}&logindex=3"), at(7)).0, 404);
    let record = format!("/clerk/isoldtx?txhash={hash}&logindex=0&rootchaintype=tron");
    assert_eq!(told(&stores, &record, at(9)).0, 200);
    assert_eq!(told(&stores, &record, at(90)).0, 404);
    let facts = Facts::default();
    for (root, hint) in [
        ("polygon", "polygonplease pass correct chainType like eth or tron"),
        ("bsc", "bscplealse pass correct chainType like bsc"),
    ] {
        let target = format!("/clerk/isoldtx?txhash={hash}&logindex=0&rootchaintype={root}");
        assert_eq!(asked(&stores, &facts, &target), Ok(failed(500, 1, &format!("wrong chain type = {hint}"))));
    }
}

#[test]
fn a_claim_is_proven_while_the_contract_has_its_root() {
    let stores = stores();
    let accounts = topup::fee_accounts(&stores).unwrap();
    let target = format!("/topup/account-proof/{SIGNER}");
    let root = Answer::Hash(accounts.root().unwrap());
    let (status, body) = told(&stores, &target, Some(root));
    let proof = alloy_primitives::hex::encode(accounts.proof(SIGNER).unwrap().to_bytes());
    let expected = format!(r#"{{"user":"{SIGNER:#x}","accountProof":"0x{proof}","index":0}}"#);
    assert_eq!((status, body), (200, format!(r#"{{"height":"1234","result":{expected}}}"#)));
    assert_eq!(told(&stores, &target, Some(Answer::Hash(B256::ZERO))).0, 400);
    let verified = format!("{target}/verify?proof=0x{proof}");
    assert_eq!(result(&verified).to_string(), r#"{"result":true}"#);
}

#[test]
fn q301_some_answers_tell_the_height_that_was_asked_for() {
    for (target, told) in [
        ("/bor/span/list?page=1&limit=1", 0),
        ("/bor/span/list?page=1&limit=1&height=55", 55),
        ("/bor/span/1?height=55", HEIGHT),
        ("/clerk/event-record/1?height=55", 55),
    ] {
        result_at(told, target);
    }
}

#[test]
fn q302_the_overview_shows_the_buffer_of_nobodys_root_chain() {
    assert_eq!(result("/overview").get("checkpoint_buffer"), Some(&Json::Null));
    let mut stores = stores();
    checkpoint::Buffer::Checkpoint.set(&mut stores, bttc_checkpoint::ledger::Destination::UNKNOWN, &checkpoint_of(1));
    let (_, body) = asked(&stores, &Facts::default(), "/overview").unwrap();
    let buffer = read(&body).get("result").unwrap().get("checkpoint_buffer").cloned();
    assert_eq!(buffer.as_ref().map(record), Some(checkpoint_of(1)));
}

#[test]
fn q303_the_last_no_ack_of_the_overview_is_told_in_utc() {
    let mut stores = stores();
    checkpoint::set_last_no_ack(&mut stores, 0);
    let (_, body) = asked(&stores, &Facts::default(), "/overview").unwrap();
    assert!(body.ends_with(r#""last_noack_time":"1970-01-01T00:00:00Z"}}"#), "{body}");
    checkpoint::set_last_no_ack(&mut stores, 253_402_300_800);
    let beyond = asked(&stores, &Facts::default(), "/overview").unwrap();
    assert_eq!(beyond, error(400, "Time.MarshalJSON: year outside of range [0,9999]"));
}

#[test]
fn q304_the_total_power_is_that_of_the_first_member() {
    let mut stores = stores();
    assert_eq!(result("/staking/totalpower").to_string(), r#"{"result":1}"#);
    let strong = ValidatorRecord { power: VotingPower::new(9), ..validator(1) };
    staking::save_set(&mut stores, &ValidatorSet::new([strong, validator(2)]).unwrap());
    let (_, body) = asked(&stores, &Facts::default(), "/staking/totalpower").unwrap();
    assert_eq!(body, r#"{"height":"1234","result":{"result":9}}"#);
}

#[test]
fn q305_proposers_are_no_more_than_members_and_none_from_the_sign_bit_on() {
    let listed = |times: u64| match result(&format!("/staking/proposer/{times}")) {
        Json::List(entries) => entries.iter().map(|entry| record::<ValidatorRecord>(entry).id.get()).collect(),
        _ => Vec::new(),
    };
    // Of equals the lower address comes first: validation-layer §2.5.
    assert_eq!((listed(2), listed(99)), (vec![1, 2], vec![1, 2, 3]));
    assert_eq!((listed(i64::MAX.cast_unsigned()).len(), listed(1 << 63), listed(u64::MAX)), (3, vec![], vec![]));
}

#[test]
fn q306_the_proposers_bonus_has_nobody_to_tell_it() {
    assert_eq!(get("/staking/proposer-bonus-percent").0, 500);
}

#[test]
fn q307_ethereums_contract_is_asked_for_the_account_root() {
    let mut stores = stores();
    let contract = Address::repeat_byte(5);
    let contracts = ChainParams { staking_info: contract, ..param::CHAIN_PARAMS.get(&stores).unwrap() };
    param::CHAIN_PARAMS.set(&mut stores, &contracts);
    let asked = asked(&stores, &Facts::default(), "/topup/account-proof/0x01");
    assert_eq!(asked, Err(Question::AccountRoot { root_chain: RootChainId::Ethereum, contract }));
}

#[test]
fn q308_where_the_transaction_is_not_named_nothing_is_said() {
    for target in [
        "/staking/isoldtx?logindex=1",
        "/topup/isoldtx?logindex=1&txhash=",
        "/clerk/isoldtx?logindex=1&txhash=0x01",
        "/clerk/isoldtx?logindex=1&rootchaintype=tron",
    ] {
        assert_eq!(get(target), (200, String::new()), "{target}");
    }
    assert_eq!(get("/staking/isoldtx?txhash=0x01"), error(400, "'' is not a valid uint64"));
}

#[test]
fn q309_a_root_chains_own_contracts_are_told_if_governance_set_them_and_of_bsc() {
    let (mut stores, facts) = (stores(), Facts::default());
    let contracts = ChainParams {
        root_contract: Address::repeat_byte(1),
        slash_manager: Address::repeat_byte(2),
        ..param::CHAIN_PARAMS.get(&stores).unwrap()
    };
    param::CHAIN_PARAMS.set(&mut stores, &contracts);
    let root_of = |stores: &Stores, name: &str| {
        let (_, body) = asked(stores, &facts, &format!("/chainmanager/newparams/{name}")).unwrap();
        let json = read(&body).get("result").cloned().unwrap();
        let contracts: ChainParams = record(json.get("chain_params").unwrap());
        (json.get("mainchain_tx_confirmations").cloned(), contracts.root_contract, contracts.slash_manager)
    };
    let ethereum = (Some(Json::Number(6)), Address::repeat_byte(1), Address::repeat_byte(2));
    for name in ["tron", "eth", "polygon"] {
        assert_eq!(root_of(&stores, name), ethereum, "{name}");
    }
    assert_eq!(root_of(&stores, "bsc"), (Some(Json::Number(0)), Address::ZERO, Address::repeat_byte(2)));
    let data = ChainData { confirmations: Some(9), ..ChainData::default() };
    let chains = ["tron", "polygon"].map(|name| (name.to_owned(), data.clone())).into();
    param::MULTI_CHAIN.set(&mut stores, &MultiChainParams { chains });
    assert_eq!(root_of(&stores, "tron"), ethereum);
    assert_eq!(root_of(&stores, "polygon"), (Some(Json::Number(9)), Address::ZERO, Address::ZERO));
}

// delivery:featuremanager/types/params.go:15-36.
#[test]
fn features_are_told_with_what_is_set_of_them() {
    let (mut stores, facts) = (stores(), Facts::default());
    let told = |stores: &Stores, path: &str| asked(stores, &facts, path).unwrap().1;
    let (one, all) = ("/featuremanager/target-feature/FinalizedEth", "/featuremanager/feature-map");
    let closed = r#"{"height":"1234","result":{"is_open":false,"int_conf":null,"string_conf":null}}"#;
    assert_eq!(told(&stores, one), closed);
    assert_eq!(told(&stores, all), r#"{"height":"1234","result":{"feature_param_map":{}}}"#);
    let data = FeatureData { int_conf: Some([("n".to_owned(), 7)].into()), ..FeatureData::default() };
    let features = [("FinalizedEth".to_owned(), data)].into();
    param::FEATURES.set(&mut stores, &FeatureParams { features });
    let set = r#"{"height":"1234","result":{"is_open":false,"int_conf":{"n":7},"string_conf":null}}"#;
    assert_eq!(told(&stores, one), set);
    let map = r#"{"height":"1234","result":{"feature_param_map":{"FinalizedEth":{"is_open":null,"int_conf":{"n":7},"string_conf":null}}}}"#;
    assert_eq!(told(&stores, all), map);
}

// validation-layer §5.6, §8.
#[test]
fn mirrors_are_told_what_comes_next() {
    let mut stores = stores();
    let zero = r#"{"type":"","id":0,"nonce":0,"height":0,"tx_hash":"","timestamp":0}"#;
    assert_eq!(result("/staking/next/eth").to_string(), zero);
    let queued = SyncRecord { function: "validatorJoin".to_owned(), id: ValidatorId::new(4), ..SyncRecord::default() };
    staking::save_queue(&mut stores, RootChainId::Bsc.into(), &vec![queued.clone()]);
    let (_, body) = asked(&stores, &Facts::default(), "/staking/next/bsc").unwrap();
    assert_eq!(record::<SyncRecord>(read(&body).get("result").unwrap()), queued);
}

proptest! {
    #[test]
    fn any_target_has_an_answer_or_a_question(
        route in prop::sample::select(ROUTES),
        parts in prop::collection::vec("[a-z0-9%+;&=/x]{0,8}", 4),
        query in "([a-z-]{1,10}=[0-9a-z%+-]{0,6}&?){0,4}",
    ) {
        let mut parts = parts.into_iter();
        let path = route.path.split('/').map(|part| {
            if part.starts_with('{') { parts.next().unwrap_or_default() } else { part.to_owned() }
        });
        let target = format!("{}?{query}", path.collect::<Vec<_>>().join("/"));
        if let Ok((status, body)) = asked(&stores(), &Facts::default(), &target) {
            prop_assert!([200, 400, 404, 500].contains(&status));
            prop_assert!(status == 404 || body.is_empty() || serde_json::from_str::<serde_json::Value>(&body).is_ok());
        }
    }
}
