//! Genesis: what a file of the shape of the networks' begins with, what an export keeps, what is refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use alloy_primitives::{Address, B256, b256};
use bttc_core::{
    amino::{AnyOf, Json, Text, Time},
    amount::Amount,
    id::{CheckpointNumber, SpanId, StateId, ValidatorId},
    root_chain::RootChainId::{Bsc, Ethereum, Tron},
};
use bttc_staking::registry::{Sequence, ValidatorRecord};
use bttc_validator::{
    genesis::{self, Export, Genesis, GenesisError},
    message::{Coins, Content, FeatureChange, FeatureChangeProposal, SignedAmount},
    module::{
        bank, bor, chainmanager, checkpoint, clerk, gov,
        slashing::{self, Slashes},
        staking, supply, topup,
    },
    param::{self, ChainData, MULTI_CHAIN, MultiChainParams},
    record::{CheckpointRecord, EventRecord, Proposal, ProposalDeposit, ProposalStatus, SlashingInfo, TallyResult},
    store::{StateTree, StoreName, Stores},
};

/// Three validators of power 1; the shape of the networks' files.
const FILE: &str = include_str!("fixtures/genesis.json");

fn file() -> Genesis {
    genesis::read(FILE).unwrap()
}

fn signer(number: u8) -> Address {
    Address::repeat_byte(number)
}

fn root(stores: &Stores) -> B256 {
    StateTree::over(stores).root()
}

fn export(genesis: &Genesis, what: Export) -> Json {
    genesis::export(genesis, what).unwrap()
}

fn again(genesis: &Genesis, what: Export) -> Result<Genesis, GenesisError> {
    genesis::read(&export(genesis, what).to_string())
}

/// The file with another value under a path.
fn edited(path: &[&str], value: Option<&str>) -> String {
    let mut json: Json = serde_json::from_str(FILE).unwrap();
    let (last, path) = path.split_last().unwrap();
    let mut at = &mut json;
    for key in path {
        let Json::Object(entries) = at else { unreachable!("{key}") };
        at = &mut entries.iter_mut().find(|(name, _)| name == key).unwrap().1;
    }
    let Json::Object(entries) = at else { unreachable!("{last}") };
    entries.retain(|(name, _)| name != last);
    if let Some(value) = value {
        entries.push(((*last).to_owned().into(), serde_json::from_str(value).unwrap()));
    }
    json.to_string()
}

fn state<'a>(file: &'a Json, module: &str) -> &'a Json {
    file.get("app_state").unwrap().get(module).unwrap()
}

#[test]
fn a_file_of_the_networks_shape_is_read() {
    let genesis = file();
    assert_eq!(
        (genesis.chain_id.as_str(), genesis.time.to_string().as_str()),
        (Some("devnet"), "2021-12-08T10:07:21.471374Z")
    );
    assert_eq!(genesis.consensus.block.max_bytes, 1_048_576);
    // In the order of the file, which is that of the ids.
    let keys: Vec<u8> = genesis.validators.iter().map(|validator| validator.key.0[1]).collect();
    assert_eq!(keys, [0x41, 0x42, 0x43]);
    let stores = &genesis.stores;
    // validation-layer §3.2: three users with fees 0, 10¹⁸ and 5.
    let fees = topup::fee_accounts(stores).unwrap().root();
    assert_eq!(fees, Ok(b256!("0x1b23caf551fde470d8bacd7c3f1812dbdc0fd4096a5972a1b66291f278b1fcd7")));
    // validation-layer §2.5: of members of equal power the lowest address is first, and pays for it.
    let set = staking::validator_set(stores).unwrap();
    assert_eq!(set.elected().map(|proposer| proposer.signer), Some(signer(1)));
    assert_eq!(set.members().iter().map(|member| member.priority).collect::<Vec<_>>(), [-2, 1, 1]);
    assert_eq!(staking::signer_of(stores, ValidatorId::new(1)), Some(signer(3)));
    let span = bor::last_span(stores).unwrap().unwrap();
    assert_eq!((span.id, span.end, span.producers.len()), (SpanId::new(0), 255, 3));
    assert_eq!(bank::balance(stores, signer(2)), Ok(Amount::from_btt(100_000)));
    let total = supply::total(stores).unwrap().unwrap();
    assert_eq!(total.to_string(), "300000000000000000000000btt");
    assert_eq!(param::TX_FEES.get(stores).as_deref(), Ok("10000000000000000000"));
    assert_eq!(
        stores.get(StoreName::Params, b"checkpoint/CheckpointBufferTime"),
        Some(b"\"1000000000000\"".as_slice())
    );
    assert_eq!(gov::next_id(stores), Ok(Some(1)));
    assert_eq!(slashing::signing_infos(stores).count(), 3);
    assert_eq!(stores.get(StoreName::Slashing, &[8]), Some(b"0".as_slice()));
    assert_eq!(stores.get(StoreName::Checkpoint, &[0x11, 1]), Some(b"0".as_slice()));
}

/// The networks' own files, where somebody has put them: `genesis/mainnet.json` and `genesis/donau.json` of the
/// reference's helper/allocs.
#[test]
fn the_networks_files_are_read() {
    let Some(data) = std::env::var_os("BTTC_CHAIN_DATA") else {
        println!("not run: BTTC_CHAIN_DATA does not name the folder of the public chains' data");
        return;
    };
    // validation-layer §3.2, §9.3.
    let mainnet = b256!("0x27fd52451d2605605fae2a2501dcc5fe148006a591d37e801e914f286da469b1");
    let donau = b256!("0x100a0a5f7633ad9f9db49bd5734817958bd3e200f4b7c60d5ff8d9418d74204e");
    let networks = [
        ("mainnet.json", "delivery-199", mainnet, [6, 3, 7, 2, 1, 4, 5]),
        ("donau.json", "delivery-1029", donau, [2, 1, 3, 7, 6, 4, 5]),
    ];
    for (name, chain_id, fees, order) in networks {
        let path = std::path::Path::new(&data).join("genesis").join(name);
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("not run: there is no {}", path.display());
            continue;
        };
        let genesis = genesis::read(&text).unwrap();
        assert_eq!(genesis.chain_id.as_str(), Some(chain_id));
        assert_eq!(topup::fee_accounts(&genesis.stores).unwrap().root(), Ok(fees));
        let set = staking::validator_set(&genesis.stores).unwrap();
        let members: Vec<_> = set.members().iter().map(|member| (member.id.get(), member.priority)).collect();
        assert_eq!(members, order.map(|id| (id, if id == order[0] { -6 } else { 1 })));
        let again = again(&genesis, Export::Whole).unwrap();
        assert_eq!(root(&again.stores), root(&genesis.stores));
    }
}

#[test]
fn q252_accounts_are_numbered_anew_behind_the_fee_collector() {
    let genesis = file();
    let number = |stores: &Stores, address| bank::account(stores, address).unwrap().unwrap().number;
    let (collector, governance) = (supply::module_address("fee_collector"), supply::module_address("gov"));
    let numbers = |stores: &Stores| [collector, signer(3), signer(1), signer(2), governance].map(|a| number(stores, a));
    assert_eq!(numbers(&genesis.stores), [0, 1, 2, 3, 4]);
    let again = again(&genesis, Export::AsReference).unwrap();
    assert_eq!(numbers(&again.stores), [1, 2, 3, 4, 5]);
    assert!(bank::account(&again.stores, governance).unwrap().unwrap().module.is_some());
}

#[test]
fn what_an_export_keeps_is_kept_for_ever() {
    let first = export(&file(), Export::AsReference);
    let second = export(&again(&file(), Export::AsReference).unwrap(), Export::AsReference);
    let Json::Object(modules) = first.get("app_state").unwrap() else { panic!() };
    let names: Vec<&str> = modules.iter().map(|(name, _)| name.as_ref()).collect();
    assert!(names.is_sorted() && names.len() == 13, "{names:?}");
    for (name, module) in modules.iter().filter(|(name, _)| name != "auth") {
        assert_eq!(module, state(&second, name), "{name}");
    }
    // What the file says of these, the export says too: the same text.
    let file: Json = serde_json::from_str(FILE).unwrap();
    for name in ["bank", "bor", "gov", "topup", "checkpoint", "sidechannel"] {
        let expected = state(&file, name).to_string().replace("\"proposals\":null", "\"proposals\":[]");
        assert_eq!(state(&first, name).to_string(), expected, "{name}");
    }
    assert_eq!(state(&first, "featuremanager"), &Json::Null);
    assert!(state(&first, "clerk").to_string().starts_with(r#"{"event_records":null"#));
}

fn record(id: u64, root_chain: &str) -> EventRecord {
    EventRecord {
        id: StateId::new(id),
        root_chain: root_chain.into(),
        chain_id: "199".into(),
        ..EventRecord::default()
    }
}

/// A state with something of everything, of which an export leaves out much.
fn busy() -> Genesis {
    let mut genesis = file();
    let stores = &mut genesis.stores;
    for (root_chain, times) in [(Tron, 3), (Ethereum, 2), (Bsc, 1)] {
        for number in 1..=times {
            let record = CheckpointRecord { timestamp: number, end: number, ..CheckpointRecord::default() };
            checkpoint::save_checkpoint(stores, root_chain.into(), CheckpointNumber::new(number), &record);
        }
        checkpoint::set_count(stores, root_chain.into(), times);
    }
    checkpoint::Buffer::Sync.set(stores, Bsc.into(), &CheckpointRecord::default());
    for id in 1..=12 {
        clerk::insert(stores, record(100 + id, "eth")).unwrap();
    }
    clerk::mark_seen(stores, b"7");
    bor::set_seed_block(stores, 9);
    let chains = [("bsc".to_owned(), ChainData::default())].into();
    MULTI_CHAIN.set(stores, &MultiChainParams { chains });
    param::add_supported(stores, "FinalizedEth").unwrap();
    slashing::save_missed_block(stores, ValidatorId::new(1), 7);
    Slashes::Buffer.set(stores, &SlashingInfo { id: ValidatorId::new(2), amount: 3, jailed: true });
    stores.set_number(StoreName::Slashing, vec![0x04], 3);
    stores.set(StoreName::Slashing, b"\x07500006".to_vec(), vec![1]);
    staking::mark_settled(stores, Sequence::new(5, 6));
    let pub_key = [4; 65].into();
    let gone = ValidatorRecord { id: ValidatorId::new(9), signer: signer(9), pub_key, ..ValidatorRecord::default() };
    staking::save_record(stores, &gone);
    stores.set(StoreName::Custom, b"mine".to_vec(), b"too".to_vec());
    stores.set(StoreName::Sidechannel, [&[1][..], &7_i64.to_be_bytes(), &[3; 32]].concat(), b"tx".to_vec());
    genesis
}

#[test]
fn a_whole_export_is_read_as_the_same_state() {
    for genesis in [file(), busy()] {
        let again = again(&genesis, Export::Whole).unwrap();
        assert_eq!(root(&again.stores), root(&genesis.stores));
        assert_eq!(again.stores, genesis.stores);
        assert_eq!(export(&again, Export::Whole), export(&genesis, Export::Whole));
    }
    // Most of a state of the file is in the modules' own states.
    let whole = export(&file(), Export::Whole);
    let Json::List(left_out) = state(&whole, "unexported") else { panic!() };
    let stores: Vec<_> = left_out.iter().map(|entry| entry.get("store").unwrap().to_string()).collect();
    assert_eq!(stores, ["\"acc\""; 6], "{whole}");
}

#[test]
fn a_whole_export_that_was_touched_is_told_by_its_hash() {
    let text = export(&file(), Export::Whole).to_string();
    let touched = text.replace("\"ack_count\":\"0\"", "\"ack_count\":\"1\"");
    assert!(matches!(genesis::read(&touched), Err(GenesisError::AppHash { .. })));
    // The other shape carries no hash, and is what it says.
    let text = export(&file(), Export::AsReference).to_string();
    let touched = genesis::read(&text.replace("\"tron_ack_count\":\"0\"", "\"tron_ack_count\":\"1\"")).unwrap();
    assert_eq!(checkpoint::count(&touched.stores, Tron.into()), Ok(1));
}

/// What is made of the export of a busy state that can be read again.
fn exported() -> (Genesis, Genesis) {
    let mut genesis = busy();
    checkpoint::set_count(&mut genesis.stores, Ethereum.into(), 3);
    let again = again(&genesis, Export::AsReference).unwrap();
    (genesis, again)
}

#[test]
fn q254_what_governance_set_of_root_chains_and_features_is_not_exported() {
    let (_, Genesis { stores, .. }) = exported();
    assert_eq!(MULTI_CHAIN.get(&stores), MultiChainParams::default());
    assert_eq!(param::SUPPORTED.get(&stores), None);
    // Nor are these.
    assert_eq!(bor::seed_block(&stores), Ok(0));
    assert_eq!(checkpoint::count(&stores, Bsc.into()), Ok(0));
    assert!(!stores.names().any(|name| name == StoreName::Custom));
    // This is.
    assert!(staking::is_settled(&stores, Sequence::new(5, 6)));
}

#[test]
fn q259_what_is_to_be_slashed_in_all_is_not_exported() {
    let (before, after) = exported();
    assert_eq!((slashing::total_slashed(&before.stores), slashing::total_slashed(&after.stores)), (3, 0));
    assert!(before.stores.has(StoreName::Slashing, b"\x07500006"));
    assert!(!after.stores.has(StoreName::Slashing, b"\x07500006"));
    // What each is to lose is.
    assert_eq!(Slashes::Buffer.all(&after.stores), Slashes::Buffer.all(&before.stores));
    assert_eq!(slashing::missed_blocks(&after.stores, ValidatorId::new(1), 100), Ok(vec![(7, true)]));
}

#[test]
fn q255_records_are_numbered_anew_in_the_order_of_their_texts() {
    let (_, Genesis { stores, .. }) = exported();
    // Of 1 to 12 the texts go 1, 10, 11, 12, 2, …; the old number is taken for the root chain's.
    for (old, new) in [(1, 1), (10, 2), (12, 4), (2, 5), (9, 12)] {
        assert_eq!(clerk::local_id(&stores, &"eth".into(), StateId::new(old)), Ok(Some(StateId::new(new))), "{old}");
    }
    assert_eq!(clerk::local_id(&stores, &"eth".into(), StateId::new(101)), Ok(None));
}

#[test]
fn q256_an_export_has_trons_checkpoints_in_place_of_ethereums() {
    let mut genesis = busy();
    // Two of Ethereum and three of TRON: what is written cannot be read.
    let error = again(&genesis, Export::AsReference).unwrap_err();
    assert_eq!(error.to_string(), "checkpoint: Incorrect state in state-dump , Please Check");
    checkpoint::set_count(&mut genesis.stores, Ethereum.into(), 3);
    let stores = again(&genesis, Export::AsReference).unwrap().stores;
    let last = |root_chain: bttc_core::root_chain::RootChainId| checkpoint::last_checkpoint(&stores, root_chain.into());
    assert_eq!(last(Ethereum), last(Tron));
    assert_eq!(last(Tron).unwrap().map(|last| last.end), Some(3));
}

#[test]
fn q257_who_is_current_is_asked_of_ethereums_count() {
    // All begin in epoch 2: one checkpoint has to be acknowledged.
    let json: Json = serde_json::from_str(FILE).unwrap();
    let json = json.to_string().replace(r#""startEpoch":"0""#, r#""startEpoch":"2""#);
    let with = |key: &str| {
        let text = json.replace(&format!(r#""{key}":"0""#), &format!(r#""{key}":"1""#));
        genesis::read(&text).unwrap().validators.len()
    };
    assert_eq!((with("tron_ack_count"), with("ack_count")), (0, 3));
}

#[test]
fn q258_of_a_set_only_its_members_become_validators() {
    let (before, after) = exported();
    assert_eq!((staking::records(&before.stores).count(), staking::records(&after.stores).count()), (4, 3));
}

#[test]
fn without_a_set_the_validators_turn_once_more() {
    // validation-layer §2.4, §2.5: [−2, 1, 1] and one step on: [−1, −1, 2] → the second one pays 3.
    let stores = genesis::read(&edited(&["app_state", "staking", "current_val_set"], None)).unwrap().stores;
    let set = staking::validator_set(&stores).unwrap();
    assert_eq!(set.members().iter().map(|member| member.priority).collect::<Vec<_>>(), [-1, -1, 2]);
    assert_eq!(set.elected().map(|proposer| proposer.signer), Some(signer(2)));
}

#[test]
fn q253_a_change_of_features_has_another_name_in_genesis() {
    let mut genesis = file();
    let changes = vec![FeatureChange { value: "{}".into() }];
    let content = FeatureChangeProposal { title: "t".into(), description: "d".into(), changes };
    let none = SignedAmount::parse(b"0").unwrap();
    let proposal = Proposal {
        content: AnyOf(Some(Content::Features(content))),
        id: 1,
        status: ProposalStatus::VOTING,
        result: TallyResult { yes: none, abstain: none, no: none, no_with_veto: none },
        voting_end: Time::new(1_700_000_000, 0).unwrap(),
        ..Proposal::default()
    };
    gov::save_proposal(&mut genesis.stores, &proposal);
    gov::insert_into_queue(&mut genesis.stores, &proposal);
    gov::set_next_id(&mut genesis.stores, 2);
    let amount = Coins::btt(Amount::from_btt(5).into());
    let deposit = ProposalDeposit { proposal: 1, depositor: ValidatorId::new(1), amount };
    gov::save_deposit(&mut genesis.stores, &deposit);
    let file = export(&genesis, Export::AsReference);
    let written = state(&file, "gov").to_string();
    assert!(written.contains(r#""type":"heimdall/FeatureChangeProposal""#), "{written}");
    let again = genesis::read(&file.to_string()).unwrap();
    assert_eq!(gov::proposal(&again.stores, 1), Ok(Some(proposal)));
    assert_eq!(gov::deposits(&again.stores, 1), Ok(vec![deposit]));
    // Governance's account had nothing, so it has what was deposited.
    let held = bank::balance(&again.stores, supply::module_address(supply::GOVERNANCE));
    assert_eq!(held, Ok(Amount::from_btt(5)));
    let sent = file.to_string().replace("heimdall/FeatureChangeProposal", "featuremanager/FeatureChangeProposal");
    assert!(matches!(genesis::read(&sent), Err(GenesisError::Value { module: "gov", .. })));
    // It waits for its time again.
    let due = bttc_validator::module::Context { height: 9, time: Time::new(1_700_000_000, 0).unwrap(), tx: b"" };
    let mut stores = again.stores;
    let events = gov::end_block(&mut stores, &due, &Text::from("devnet")).unwrap();
    assert_eq!(events.last().unwrap().attribute("proposal_result"), Some("proposal_rejected"));
}

#[test]
fn a_missing_module_is_refused_in_the_reference_words() {
    let modules =
        ["auth", "bank", "bor", "chainmanager", "checkpoint", "clerk", "gov", "slashing", "staking", "supply", "topup"];
    for module in modules {
        let error = genesis::read(&edited(&["app_state", module], None)).unwrap_err();
        assert_eq!(error.to_string(), format!("{module}: UnmarshalJSON cannot decode empty bytes"));
    }
    for module in ["sidechannel", "params"] {
        assert_eq!(genesis::read(&edited(&["app_state", module], None)).unwrap(), file(), "{module}");
    }
}

#[test]
fn a_wrong_value_is_refused_in_the_reference_words() {
    let wrong: [(&[&str], &str, &str); 19] = [
        (&["chain_id"], r#""""#, "Genesis doc must include non-empty chain_id"),
        (&["chain_id"], &format!("{:?}", "x".repeat(51)), "chain_id in genesis doc is too long (max: 50)"),
        (&["consensus_params", "block"], "{}", "Block.MaxBytes must be greater than 0. Got 0"),
        (&["consensus_params", "validator"], "{}", "len(Validator.PubKeyTypes) must be greater than 0"),
        (&["app_state", "auth", "params", "tx_sig_limit"], r#""0""#, "auth: invalid tx signature limit: 0"),
        (
            &["app_state", "auth", "params", "tx_fees"],
            r#""ten""#,
            "auth: invalid tx fees: ten, should be valid big integer",
        ),
        (&["app_state", "bor", "params", "sprint_duration"], r#""0""#, "bor: invalid sprint duration: 0"),
        (
            &["app_state", "checkpoint", "params", "max_checkpoint_length"],
            r#""255""#,
            "checkpoint: AvgCheckpointLength should not be greater than MaxCheckpointLength",
        ),
        (
            &["app_state", "checkpoint", "ack_count"],
            r#""0x1""#,
            "checkpoint: ack_count: : got \"0x1\", expected a decimal text of 64 bits",
        ),
        (&["app_state", "clerk", "record_sequences"], r#"["1", ""]"#, "clerk: Invalid Sequence"),
        (&["app_state", "topup", "tx_sequences"], r#"[""]"#, "topup: Invalid Sequence"),
        (&["app_state", "staking", "staking_sequences"], r#"[""]"#, "staking: Invalid Sequence"),
        (&["app_state", "staking", "validators"], "[{}]", "staking: Invalid validator"),
        (
            &["app_state", "supply", "supply"],
            r#"{"total":[{"denom":"btt","amount":"0"}]}"#,
            "supply: invalid total supply: 0btt",
        ),
        (
            &["app_state", "slashing", "params", "signed_blocks_window"],
            r#""9""#,
            "slashing: signed blocks window must be at least 10, is 9",
        ),
        (
            &["app_state", "gov", "tally_params", "veto"],
            r#""1.1""#,
            "gov: Governance vote veto threshold should be positive and less or equal to one, is 1.100000000000000000",
        ),
        (
            &["app_state", "gov", "deposit_params", "min_deposit"],
            r#"[{"denom":"B","amount":"1"}]"#,
            "gov: Governance deposit amount must be a valid sdk.Coins amount, is 1B",
        ),
        (
            &["app_state", "sidechannel", "past_commits"],
            r#"[{"height":"2","txs":["AA=="]}]"#,
            "sidechannel: Past commit height must be greater 2",
        ),
        (
            &["app_state", "sidechannel", "past_commits"],
            r#"[{"height":"3","txs":[]}]"#,
            "sidechannel: Txs must be present",
        ),
    ];
    for (path, value, text) in wrong {
        let error = genesis::read(&edited(path, Some(value))).unwrap_err();
        assert_eq!(error.to_string(), text, "{path:?}");
    }
    let twice = FILE.replacen(&signer(3).to_string().to_lowercase(), &format!("{:#x}", signer(1)), 1);
    let error = genesis::read(&twice).unwrap_err().to_string();
    assert!(error.starts_with("auth: duplicate account found in genesis state; address: 0x0101"), "{error}");
    for text in ["", "[]", "7", "{\"chain_id\":\"x\"}", "{"] {
        assert!(genesis::read(text).is_err(), "{text}");
    }
}

#[test]
fn what_waits_for_votes_is_kept() {
    let commits = r#"[{"height":"7","txs":["AQI=","Aw=="]},{"height":"9","txs":["AQI="]}]"#;
    let genesis = genesis::read(&edited(&["app_state", "sidechannel", "past_commits"], Some(commits))).unwrap();
    // 01 ‖ height ‖ SHA-256 of 03.
    let key =
        alloy_primitives::hex!("010000000000000007084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5");
    assert_eq!(genesis.stores.get(StoreName::Sidechannel, &key), Some([3].as_slice()));
    let written = state(&export(&genesis, Export::AsReference), "sidechannel").to_string();
    // Of a height in the order of their hashes.
    let expected = r#"{"past_commits":[{"height":"7","txs":["Aw==","AQI="]},{"height":"9","txs":["AQI="]}]}"#;
    assert_eq!(written, expected);
}

#[test]
fn chains_that_became_known_are_kept() {
    let info =
        r#"[{"root_chain_type":"bsc","activation_height":"100"},{"root_chain_type":"bsc","activation_height":"7"}]"#;
    let genesis = genesis::read(&edited(&["app_state", "chainmanager", "chain_infos"], Some(info))).unwrap();
    // The first counts.
    assert_eq!(chainmanager::activation_height(&genesis.stores, &"bsc".into()), Ok(100));
    let again = again(&genesis, Export::AsReference).unwrap();
    assert_eq!(chainmanager::activation_height(&again.stores, &"bsc".into()), Ok(100));
}
