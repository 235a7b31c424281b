//! The registry against traces of the reference's staking and bor modules (kinds `registry` and `span-proposal`).
//!
//! Run here: joins, signer updates, exits and spans, when they are put forward and when they are settled; what the
//! mirrors have to be told; block ends; TRON acks as far as they turn the set. After each step every path of the state
//! that this crate keeps is compared. The stateless and the outside checks, fee balances and the raw stores belong to
//! the whole state machine.

use crate::vectors::{address, bytes, cases, hash, int, list, number, object, only_fields, text_of};
use alloy_primitives::{Address, FixedBytes};
use bttc_core::{
    amount::Amount,
    chain::ChainSpec,
    hash::{keccak256, sha256},
    id::{Epoch, Nonce, SpanId, ValidatorId},
    root_chain::{RootChainId, RootEvent, SignerChange, Staked, UnstakeInit},
    validator::VotingPower,
};
use bttc_staking::{
    registry::{
        Registry, Sequence, SpanError, SpanProposal, SpanRecord, StakingEventError, SyncError, SyncQueues, SyncRecord,
        ValidatorRecord,
    },
    validator_set::ValidatorSet,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

type Readable = BTreeMap<String, Value>;

/// The paths that are this crate's.
const OURS: [&str; 9] =
    ["set", "proposer", "validator", "signerOf", "stakingSequence", "queue", "span", "lastSpan", "seedBlock"];

/// What a trace is run on, and what has to be known to read it.
struct World {
    registry: Registry,
    queues: SyncQueues,
    ack_count: u64,
    ids: BTreeSet<ValidatorId>,
    sequences: BTreeSet<Sequence>,
}

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

fn members(set: &ValidatorSet<ValidatorRecord>) -> Value {
    let member = |m: &ValidatorRecord| json!([m.signer, number(m.id.get()), number(m.power.get()), number(m.priority)]);
    set.members().iter().map(member).collect()
}

impl World {
    fn genesis(input: &Value) -> Self {
        let genesis = &input["genesis"];
        let mut spec = ChainSpec::mainnet();
        spec.chain_id = int(&genesis["borChainId"]);
        if let Some(count) = genesis.get("producerCount") {
            spec.spans.producers = int(count);
        }
        let ack_count = int(&genesis["ackCounts"]["tron"]);
        let validators = list(&genesis["validators"]).iter().map(record);
        let registry = Registry::genesis(&spec, validators, ack_count).unwrap();
        let last = genesis.get("span").map(|span| SpanRecord {
            id: SpanId::new(int(&span["id"])),
            start: int(&span["startBlock"]),
            end: int(&span["endBlock"]),
            set: registry.set().clone(),
            producers: Vec::new(),
            chain_id: spec.chain_id.to_string(),
        });
        let of_genesis = list(&genesis["validators"]).iter().map(|v| &v["id"]);
        let of_messages = list(&input["steps"]).iter().map(|step| &step["msg"]["value"]["id"]);
        Self {
            registry: registry.with_spans(last),
            queues: SyncQueues::default(),
            ack_count,
            ids: of_genesis.chain(of_messages).map(|id| ValidatorId::new(int(id))).collect(),
            sequences: BTreeSet::new(),
        }
    }

    fn readable(&self) -> Readable {
        let registry = &self.registry;
        let mut map = Readable::from([
            ("set".into(), members(registry.set())),
            ("seedBlock".into(), number(registry.next_seed_block() - 1)),
        ]);
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
        for id in &self.ids {
            if let Some(record) = registry.record_of(*id) {
                map.insert(format!("signerOf.{id}"), json!(record.signer));
            }
        }
        for sequence in self.sequences.iter().filter(|s| registry.is_settled(**s)) {
            map.insert(format!("stakingSequence.{sequence}"), true.into());
        }
        for mirror in RootChainId::ALL {
            let record = |r: &SyncRecord| {
                let (id, nonce) = (number(r.id.get()), number(r.nonce.get()));
                json!([r.function, id, nonce, number(r.height), r.tx_hash, number(r.timestamp)])
            };
            let queue: Vec<Value> = self.queues.queue(mirror).map(record).collect();
            if !queue.is_empty() {
                map.insert(format!("queue.{mirror}"), queue.into());
            }
        }
        for span in registry.spans() {
            let producer = |p: &ValidatorRecord| json!([number(p.id.get()), p.signer, number(p.power.get())]);
            let span_value = json!({
                "startBlock": number(span.start),
                "endBlock": number(span.end),
                "borChainId": span.chain_id,
                "producers": span.producers.iter().map(producer).collect::<Value>(),
                "set": members(&span.set),
            });
            map.insert(format!("span.{}", span.id), span_value);
        }
        if let Some(last) = registry.last_span() {
            map.insert("lastSpan".into(), last.id.to_string().into());
        }
        map
    }

    /// What the reference answers a message with when it is put forward; `None` for messages of other modules.
    fn deliver(&self, step: &Value) -> Option<u32> {
        let (message, now) = (&step["msg"], int(&step["time"]));
        if let Some((event, sequence)) = event(message) {
            return Some(code(self.registry.admit(&event, sequence), |e: StakingEventError| e.code()));
        }
        if let Some((span, _)) = span(message) {
            return Some(code(self.registry.admit_span(&span), |e: SpanError| e.code()));
        }
        let (kind, mirror, id, nonce) = sync(message)?;
        let result = match kind {
            Sync::Begin => self.queues.admit_sync(mirror, id, nonce, now),
            Sync::Arrived => self.queues.admit_ack(mirror, id, nonce),
        };
        Some(code(result, |_| SyncError::CODE))
    }

    /// What it answers once the message is attested.
    fn post(&mut self, step: &Value) -> Option<u32> {
        let (message, ack_count) = (&step["msg"], self.ack_count);
        let (height, now): (u64, u64) = (int(&step["height"]), int(&step["time"]));
        if let Some((event, sequence)) = event(message) {
            self.sequences.insert(sequence);
            let settled = self.registry.settle(&event, sequence, ack_count).map(|applied| {
                let nonce = Nonce::new(int(&message["value"]["nonce"]));
                let record = SyncRecord::of(applied, nonce, height.cast_signed(), sha256(bytes(&step["txBytes"])));
                self.queues.push(&record.unwrap());
            });
            return Some(code(settled, |e| e.code()));
        }
        if let Some((span, seed)) = span(message) {
            let rule = self.registry.selection_at(height);
            let settled = self.registry.settle_span(&span, seed, ack_count, rule).map(|_| ());
            return Some(code(settled, |e| e.code()));
        }
        let (kind, mirror, id, nonce) = sync(message)?;
        let result = match kind {
            Sync::Begin => self.queues.settle_sync(mirror, id, nonce, now),
            Sync::Arrived => self.queues.settle_ack(mirror, id, nonce),
        };
        Some(code(result, |_| SyncError::CODE))
    }
}

fn code<E>(result: Result<(), E>, code: impl FnOnce(E) -> u32) -> u32 {
    result.map_or_else(code, |()| 0)
}

/// The part of a readable state that this crate keeps. An emptied queue may be an empty list.
fn ours(value: &Value) -> Readable {
    let Value::Object(entries) = value else {
        return Readable::new();
    };
    let kept = |path: &str| OURS.contains(&path.split('.').next().unwrap_or_default());
    let entries = entries.iter().filter(|(path, _)| kept(path));
    let value = |path: &str, value: &Value| match value {
        Value::Array(list) if list.is_empty() && path.starts_with("queue.") => Value::Null,
        other => other.clone(),
    };
    entries.map(|(path, v)| (path.clone(), value(path, v))).collect()
}

/// The span that a message puts forward, and the hash that seeds it.
fn span(message: &Value) -> Option<(SpanProposal, alloy_primitives::B256)> {
    let v = &message["value"];
    (message["type"] == "bor/MsgProposeSpan").then(|| {
        let span = SpanProposal {
            id: SpanId::new(int(&v["span_id"])),
            start: int(&v["start_block"]),
            end: int(&v["end_block"]),
            chain_id: int(&v["bor_chain_id"]),
        };
        (span, hash(&v["seed"]))
    })
}

enum Sync {
    Begin,
    Arrived,
}

/// What a message says about a mirror's queue. A root chain that is none has no queue and is not expressible.
fn sync(message: &Value) -> Option<(Sync, RootChainId, ValidatorId, Nonce)> {
    let v = &message["value"];
    let kind = match text_of(&message["type"]) {
        "staking/MsgStakingSync" => Sync::Begin,
        "staking/MsgStakingSyncAck" => Sync::Arrived,
        _ => return None,
    };
    let mirror = text_of(&v["root"]).parse().ok()?;
    Some((kind, mirror, ValidatorId::new(int(&v["id"])), Nonce::new(int(&v["nonce"]))))
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

fn run(kind: &str) -> usize {
    let mut run = 0;
    for case in cases(kind) {
        let name = &case.name;
        only_fields(&case.expect, &["initial", "initialDigest", "steps"], name);
        let mut world = World::genesis(&case.input);
        let mut expected = Readable::from([("seedBlock".into(), 0.into())]);
        expected.extend(ours(&case.expect["initial"]));
        assert_eq!(world.readable(), expected, "{name}: initial");

        for (index, (step, expect)) in list(&case.input["steps"]).iter().zip(list(&case.expect["steps"])).enumerate() {
            let at = format!("{name}: step {index} {step:.120}");
            let known = ["code", "codespace", "stage", "result", "events", "updates", "changed", "digest", "store"];
            only_fields(expect, &known, &at);
            let answered = match text_of(&step["op"]) {
                "endBlock" => {
                    let updates = world.registry.end_block(world.ack_count).unwrap_or_default();
                    let updates = updates.iter().map(|u| json!([u.pub_key, number(u.power.get())]));
                    assert_eq!(updates.collect::<Value>(), expect["updates"], "{at}");
                    run += 1;
                    None
                }
                "deliver" if expect["stage"] != "basic" => world.deliver(step),
                "post" if step["verdict"] == "yes" => world.post(step),
                _ => None,
            };
            if let Some(code) = answered {
                assert_eq!(code, int::<u32>(&expect["code"]), "{at}");
                run += 1;
            }
            if let Some(changed) = expect.get("changed") {
                if let Some(count) = changed.get("ackCount.tron") {
                    world.ack_count = int(count);
                    world.registry.rotate().unwrap();
                }
                object(changed);
                for (path, value) in ours(changed) {
                    if value.is_null() {
                        expected.remove(&path);
                    } else {
                        expected.insert(path, value);
                    }
                }
            }
            assert_eq!(world.readable(), expected, "{at}");
        }
    }
    run
}

#[test]
fn the_registry_follows_the_reference() {
    let run = run("registry");
    assert!(run > 1_000, "{run} steps");
}

#[test]
fn spans_follow_the_reference() {
    let run = run("span-proposal");
    assert!(run > 400, "{run} steps");
}
