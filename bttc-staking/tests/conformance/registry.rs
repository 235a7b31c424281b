//! The registry against traces of the reference's staking module (kind `registry`).
//!
//! Run here: joins, signer updates and exits, when they are put forward and when they are settled; block ends; TRON
//! acks as far as they turn the set. Not looked at yet: the stateless and the outside checks, the queues for other root
//! chains, fee balances, and the raw store.

use crate::vectors::{address, bytes, cases, int, list, number, object, only_fields, text_of};
use alloy_primitives::{Address, FixedBytes};
use bttc_core::{
    amount::Amount,
    chain::ChainSpec,
    hash::keccak256,
    id::{Epoch, Nonce, ValidatorId},
    root_chain::{RootEvent, SignerChange, Staked, UnstakeInit},
    validator::VotingPower,
};
use bttc_staking::registry::{Registry, Sequence, ValidatorRecord};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

type Readable = BTreeMap<String, Value>;

fn record(v: &Value) -> ValidatorRecord {
    ValidatorRecord {
        id: ValidatorId::new(int(&v["id"])),
        start_epoch: Epoch::new(int(&v["startEpoch"])),
        end_epoch: Epoch::new(int(&v["endEpoch"])),
        nonce: Nonce::new(int(&v["nonce"])),
        power: VotingPower::new(int(&v["power"])),
        pub_key: FixedBytes::from_slice(&bytes(&v["pubKey"])),
        signer: address(&v["signer"]),
        last_updated: text_of(&v["lastUpdated"]).to_owned(),
        jailed: v["jailed"].as_bool().unwrap_or(false),
        priority: int(&v["priority"]),
    }
}

fn readable(registry: &Registry, ids: &BTreeSet<ValidatorId>, sequences: &BTreeSet<Sequence>) -> Readable {
    let mut map = Readable::new();
    let members = registry
        .set()
        .members()
        .iter()
        .map(|m| json!([m.signer, number(m.id.get()), number(m.power.get()), number(m.priority)]));
    map.insert("set".into(), members.collect());
    if let Some(p) = registry.set().elected() {
        map.insert("proposer".into(), json!([p.signer, number(p.priority)]));
    }
    for r in registry.records() {
        let record = json!({
            "id": number(r.id.get()),
            "startEpoch": number(r.start_epoch.get()),
            "endEpoch": number(r.end_epoch.get()),
            "nonce": number(r.nonce.get()),
            "power": number(r.power.get()),
            "pubKey": r.pub_key,
            "lastUpdated": r.last_updated,
            "jailed": r.jailed,
            "priority": number(r.priority),
        });
        map.insert(format!("validator.{:#x}", r.signer), record);
    }
    for id in ids {
        if let Some(record) = registry.record_of(*id) {
            map.insert(format!("signerOf.{id}"), json!(record.signer));
        }
    }
    for sequence in sequences.iter().filter(|s| registry.is_settled(**s)) {
        map.insert(format!("stakingSequence.{sequence}"), true.into());
    }
    map
}

/// The part of a readable state that this crate keeps.
fn ours(value: &Value) -> Readable {
    let kept = |path: &str| {
        ["set", "proposer"].contains(&path)
            || ["validator.", "signerOf.", "stakingSequence."].iter().any(|p| path.starts_with(p))
    };
    let Value::Object(entries) = value else {
        return Readable::new();
    };
    entries.iter().filter(|(path, _)| kept(path)).map(|(p, v)| (p.clone(), v.clone())).collect()
}

/// The root event that a message reports, and where that stands.
fn event(message: &Value) -> Option<(RootEvent, Sequence)> {
    let v = &message["value"];
    let (validator, nonce) = (ValidatorId::new(int(&v["id"])), Nonce::new(int(&v["nonce"])));
    let key = |field: &str| {
        let coordinates = bytes(&v[field]).slice(1..);
        (Address::from_word(keccak256(&coordinates)), coordinates)
    };
    let amount = Amount::from_word(text_of(&v["amount"]).parse().unwrap_or_default());
    let event = match text_of(&message["type"]) {
        "staking/MsgValidatorJoin" => {
            let (signer, signer_key) = key("pub_key");
            RootEvent::Staked(Staked {
                signer,
                validator,
                nonce,
                activation_epoch: Epoch::new(int(&v["activationEpoch"])),
                amount,
                total: amount,
                signer_key,
            })
        }
        "staking/MsgSignerUpdate" => {
            let (new_signer, signer_key) = key("pubKey");
            RootEvent::SignerChange(SignerChange {
                validator,
                nonce,
                old_signer: Address::ZERO,
                new_signer,
                signer_key,
            })
        }
        "staking/MsgValidatorExit" => RootEvent::UnstakeInit(UnstakeInit {
            owner: Address::ZERO,
            validator,
            nonce,
            deactivation_epoch: Epoch::new(int(&v["deactivationEpoch"])),
            amount,
        }),
        _ => return None,
    };
    Some((event, Sequence::new(int(&v["block_number"]), int(&v["log_index"]))))
}

#[test]
fn the_registry_follows_the_reference() {
    let mut run = 0;
    for case in cases("registry") {
        let (genesis, name) = (&case.input["genesis"], &case.name);
        only_fields(&case.expect, &["initial", "initialDigest", "steps"], name);
        let mut ack_count = int::<u64>(&genesis["ackCounts"]["tron"]);
        let validators = list(&genesis["validators"]).iter().map(record);
        let mut registry = Registry::genesis(&ChainSpec::mainnet(), validators, ack_count).unwrap();
        let mut sequences = BTreeSet::new();
        let of_genesis = list(&genesis["validators"]).iter().map(|v| &v["id"]);
        let of_messages = list(&case.input["steps"]).iter().map(|step| &step["msg"]["value"]["id"]);
        let ids = of_genesis.chain(of_messages).map(|id| ValidatorId::new(int(id))).collect();
        let mut expected = ours(&case.expect["initial"]);
        assert_eq!(readable(&registry, &ids, &sequences), expected, "{name}: initial");

        for (index, (step, expect)) in list(&case.input["steps"]).iter().zip(list(&case.expect["steps"])).enumerate() {
            let at = format!("{name}: step {index} {step:.120}");
            let known = ["code", "codespace", "stage", "result", "events", "updates", "changed", "digest", "store"];
            only_fields(expect, &known, &at);
            let code: u32 = int(&expect["code"]);
            let message = event(&step["msg"]);
            match (text_of(&step["op"]), message) {
                ("endBlock", _) => {
                    let updates = registry.end_block(ack_count).unwrap_or_default();
                    let updates = updates.iter().map(|u| json!([u.pub_key, number(u.power.get())]));
                    assert_eq!(updates.collect::<Value>(), expect["updates"], "{at}");
                    run += 1;
                }
                ("deliver", Some((event, sequence))) if expect["stage"] != "basic" => {
                    let result = registry.admit(&event, sequence);
                    assert_eq!(result.as_ref().err().map_or(0, |e| e.code()), code, "{at}: {result:?}");
                    run += 1;
                }
                ("post", Some((event, sequence))) if step["verdict"] == "yes" => {
                    sequences.insert(sequence);
                    let result = registry.settle(&event, sequence, ack_count);
                    assert_eq!(result.as_ref().err().map_or(0, |e| e.code()), code, "{at}: {result:?}");
                    run += 1;
                }
                _ => {
                    if let Some(count) = expect["changed"].get("ackCount.tron") {
                        ack_count = int(count);
                        registry.rotate().unwrap();
                        run += 1;
                    }
                }
            }
            if let Some(changed) = expect.get("changed") {
                object(changed);
                for (path, value) in ours(changed) {
                    if value.is_null() {
                        expected.remove(&path);
                    } else {
                        expected.insert(path, value);
                    }
                }
            }
            assert_eq!(readable(&registry, &ids, &sequences), expected, "{at}");
        }
    }
    assert!(run > 1_000, "{run} steps");
}
