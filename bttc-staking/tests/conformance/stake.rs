//! The staking contracts against traces of the executed ones (kind `stake-manager`): every step's verdict, revert text,
//! return values, logs (by name and as topics and data), changed state and digest, and every recorded view.

mod call;
mod log;
mod root_chain;
mod state;
mod view;

use crate::vectors::{Case, address, cases, list, object, only_fields, word};
use alloy_primitives::{Address, U256, hex};
use bttc_core::{amount::Amount, hash::keccak256, id::ValidatorId};
use bttc_staking::{
    stake::{Deployment, StakeManager, StakeParams},
    token::Token,
};
use log::Written;
use root_chain::RootChain;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where the contracts stand here: the addresses play no part.
const AT: Deployment = Deployment {
    manager: Address::repeat_byte(0x3a),
    governance: Address::ZERO,
    owner: Address::ZERO,
    token: Address::repeat_byte(0x3b),
    nft: Address::repeat_byte(0x3c),
    info: Address::repeat_byte(0x3d),
    hub: Address::repeat_byte(0x3e),
    root_chain: Address::repeat_byte(0x3f),
    share_factory: Address::repeat_byte(0x40),
    extension: Address::repeat_byte(0x41),
    slashing_manager: Address::ZERO,
};

/// Non-zero entries of the readable state.
type Readable = BTreeMap<String, String>;

/// What a step came to: what it returned and wrote, or the revert text.
type Outcome = Result<Done, String>;

struct Done {
    returned: Vec<Value>,
    log: Vec<Written>,
}

/// Contracts in the middle of a trace.
struct Run {
    contract: StakeManager,
    root: RootChain,
    actors: Vec<Address>,
    governance: Address,
}

/// How the address of a share contract begins; the validator's id follows.
const SHARE: [u8; 12] = [0x5e; 12];

/// Where the share contract of a validator stands.
fn share(id: u64) -> Address {
    Address::from_slice(&[&SHARE[..], &id.to_be_bytes()].concat())
}

/// An address by its role, or itself.
fn resolve(value: &Value) -> Address {
    let Some(name) = value.as_str().and_then(|text| text.strip_prefix('@')) else { return address(value) };
    match name {
        "manager" => AT.manager,
        "token" => AT.token,
        "nft" => AT.nft,
        "info" => AT.info,
        "hub" => AT.hub,
        "rootChain" => AT.root_chain,
        "factory" => AT.share_factory,
        "extension" => AT.extension,
        other => share(other.strip_prefix("share:").expect("is a share contract").parse().unwrap()),
    }
}

/// The role of an address, without its `@`.
fn role(who: Address) -> Option<String> {
    let fixed = [
        (AT.manager, "manager"),
        (AT.token, "token"),
        (AT.nft, "nft"),
        (AT.info, "info"),
        (AT.hub, "hub"),
        (AT.root_chain, "rootChain"),
        (AT.share_factory, "factory"),
    ];
    let fixed = fixed.into_iter().find(|(at, _)| *at == who).map(|(_, name)| name.to_owned());
    let id = who.strip_prefix(&SHARE[..]).and_then(|id| Some(u64::from_be_bytes(id.try_into().ok()?)));
    fixed.or_else(|| id.map(|id| format!("share:{id}")))
}

fn show(who: Address) -> String {
    role(who).map_or_else(|| format!("{who:#x}"), |name| format!("@{name}"))
}

/// An id as the contract has it; all ones stand for "no validator".
fn id_word(id: ValidatorId) -> U256 {
    if id == StakeManager::RETIRED { U256::MAX } else { U256::from(id.get()) }
}

fn validator(value: &Value) -> ValidatorId {
    u64::try_from(word(value)).map_or(StakeManager::RETIRED, ValidatorId::new)
}

/// A scalar as the digest writes it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

impl Run {
    fn new(case: &Case) -> Self {
        let input = &case.input;
        let mut token = Token::default();
        token.mint(AT.manager, Amount::from_word(word(&input["managerBalance"]))).unwrap();
        let mut actors = Vec::new();
        for actor in list(&input["actors"]) {
            let who = address(&actor["address"]);
            token.mint(who, Amount::from_word(word(&actor["balance"]))).unwrap();
            token.approve(who, AT.manager, Amount::from_word(word(&actor["allowance"]))).unwrap();
            actors.push(who);
        }
        let governance = address(&input["governance"]);
        let deployment =
            Deployment { governance, owner: governance, slashing_manager: address(&input["slashingManager"]), ..AT };
        Self {
            contract: StakeManager::deploy(deployment, token, StakeParams::default()),
            root: RootChain::new(governance, word(&input["chainId"])),
            actors,
            governance,
        }
    }

    fn digest(state: &Readable) -> String {
        let lines: String = state.iter().map(|(path, value)| format!("{path}={value}\n")).collect();
        hex::encode_prefixed(&keccak256(lines)[..8])
    }
}

fn state_of(value: &Value) -> Readable {
    object(value).iter().map(|(path, value)| (path.clone(), text(value))).collect()
}

/// Entries that differ, with their new value or `null`.
fn changes(before: &Readable, after: &Readable) -> BTreeMap<String, Value> {
    let gone = before.keys().filter(|path| !after.contains_key(*path)).map(|path| (path.clone(), Value::Null));
    let new = after.iter().filter(|(path, value)| before.get(*path) != Some(value));
    gone.chain(new.map(|(path, value)| (path.clone(), Value::from(value.clone())))).collect()
}

#[test]
fn the_contracts_behave_as_the_executed_ones() {
    let (mut steps, mut traces, mut views) = (0, 0, 0);
    for case in cases("stake-manager") {
        let name = &case.name;
        only_fields(&case.expect, &["initial", "steps"], name);
        let mut run = Run::new(&case);
        let mut before = run.readable();
        assert_eq!(before, state_of(&case.expect["initial"]), "{name}: initial");
        let both = list(&case.input["steps"]).iter().zip(list(&case.expect["steps"]));
        for (index, (step, expect)) in both.enumerate() {
            let at = format!("{name}: step {index} {} by {}", step["op"], step["caller"]);
            only_fields(expect, &["ok", "revert", "ret", "events", "changed", "digest", "state", "views"], &at);
            let contract = run.contract.clone();
            let outcome = run.step(step);
            assert_eq!(expect["ok"], outcome.is_ok(), "{at}: {:?}", outcome.err());
            match outcome {
                Ok(done) => {
                    let returned: Vec<String> = done.returned.iter().map(text).collect();
                    let expected: Vec<String> = list(&expect["ret"]).iter().map(text).collect();
                    assert_eq!(returned, expected, "{at}");
                    log::check(&done.log, list(&expect["events"]), &at);
                }
                Err(reason) => {
                    assert_eq!(expect["revert"], reason, "{at}");
                    assert_eq!(run.contract, contract, "{at}: a refusal changed the state");
                }
            }
            let after = run.readable();
            let expected = expect.get("changed").map_or_else(BTreeMap::new, |changed| {
                let shown = |value: &Value| if value.is_null() { Value::Null } else { text(value).into() };
                object(changed).iter().map(|(path, value)| (path.clone(), shown(value))).collect()
            });
            assert_eq!(changes(&before, &after), expected, "{at}");
            if let Some(digest) = expect.get("digest") {
                assert_eq!(*digest, Run::digest(&after), "{at}");
            }
            if let Some(state) = expect.get("state") {
                assert_eq!(after, state_of(state), "{at}");
            }
            views += run.check_views(&expect["views"], &at);
            before = after;
            steps += 1;
        }
        traces += 1;
    }
    println!("{steps} steps of {traces} traces, {views} views");
    assert!(steps > 10_000 && traces >= 120 && views > 20_000, "{steps} steps of {traces} traces, {views} views");
}
