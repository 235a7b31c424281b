//! Producer selection against outputs of the reference (kinds `go-rand` and `producer-selection`).

use crate::vectors::{address, bytes, cases, hash, int, list, number, only_fields, text_of};
use alloy_primitives::{Address, FixedBytes, hex};
use bttc_core::{
    amino::{self, JsonForm},
    chain::ChainSpec,
    hash::keccak256,
    id::{Epoch, Nonce, SpanId, ValidatorId},
    validator::{Validator, VotingPower},
};
use bttc_staking::{
    registry::{Registry, SpanProposal, SpanRecord, ValidatorRecord},
    selection::{GoRand, ProducerSelection, SlotShuffle, WeightedDraw, draw, shuffled_index},
};
use serde_json::{Value, json};

/// What Go's library makes of the stream, beyond what selection needs.
struct Derived<'a>(&'a mut GoRand);

impl Derived<'_> {
    fn int63(&mut self) -> u64 {
        self.0.next_u64() & (u64::MAX >> 1)
    }

    fn uint32(&mut self) -> u64 {
        self.int63() >> 31
    }

    /// One of 0 … n − 1 out of numbers of so many bits, by refusing the surplus at the top.
    fn below(&mut self, bits: u32, n: u64) -> u64 {
        let number = |stream: &mut Self| stream.int63() >> (63 - bits);
        if n.is_power_of_two() {
            return number(self) & (n - 1);
        }
        let max = (1 << bits) - 1 - (1 << bits) % n;
        loop {
            let v = number(self);
            if v <= max {
                return v % n;
            }
        }
    }

    fn intn(&mut self, n: u64) -> u64 {
        let bits = if n < 1 << 31 { 31 } else { 63 };
        self.below(bits, n)
    }

    fn perm(&mut self, n: u64) -> Vec<u64> {
        let mut list = vec![0; n as usize];
        for i in 0..n {
            let j = self.intn(i + 1) as usize;
            list[i as usize] = list[j];
            list[j] = i;
        }
        list
    }

    fn shuffle(&mut self, n: u64) -> Vec<u64> {
        let mut list: Vec<u64> = (0..n).collect();
        for i in (1..n).rev() {
            // Multiply and take the upper half; refuse what makes the lower numbers likelier.
            let range = i + 1;
            let threshold = (1 << 32) % range;
            let j = loop {
                let product = self.uint32() * range;
                if product & 0xffff_ffff >= threshold {
                    break product >> 32;
                }
            };
            list.swap(i as usize, j as usize);
        }
        list
    }
}

#[test]
fn the_stream_is_that_of_go() {
    for case in cases("go-rand") {
        only_fields(&case.expect, &["values"], &case.name);
        let mut stream = GoRand::new(int(&case.input["seed"]));
        let mut values = Vec::new();
        for op in list(&case.input["ops"]) {
            let n: u64 = int(&op["n"]);
            if op["op"] == "skip" {
                for _ in 0..n {
                    stream.next_u64();
                }
                continue;
            }
            let times: u64 = op.get("times").map_or(1, int);
            let results = (0..times).map(|_| {
                let mut derived = Derived(&mut stream);
                match text_of(&op["op"]) {
                    "uint64" => number(derived.0.next_u64()),
                    "int63" => number(derived.int63()),
                    "uint32" => number(derived.uint32()),
                    "int31n" => number(derived.below(31, n)),
                    "int63n" => number(derived.below(63, n)),
                    "intn" => number(derived.intn(n)),
                    "perm" => derived.perm(n).into(),
                    "shuffle" => derived.shuffle(n).into(),
                    other => panic!("{}: unknown operation {other}", case.name),
                }
            });
            values.push(results.collect::<Value>());
        }
        assert_eq!(Value::from(values), case.expect["values"], "{}", case.name);
    }
}

fn selection(rule: &dyn ProducerSelection, input: &Value, expect: &Value, name: &str) {
    only_fields(expect, &["ids", "error"], name);
    let eligible: Vec<Validator> = list(&input["eligible"])
        .iter()
        .map(|pair| {
            let power: u64 = int(&pair[1]);
            let power = VotingPower::new(power.cast_signed());
            Validator::new(ValidatorId::new(int(&pair[0])), Address::ZERO, power)
        })
        .collect();
    let result = rule.select(&eligible, hash(&input["seed"]), int(&input["producerCount"]));
    match expect.get("ids") {
        Some(ids) => {
            let ids: Vec<u64> = list(ids).iter().map(int).collect();
            let drawn: Vec<u64> = result.unwrap().iter().map(|id| id.get()).collect();
            assert_eq!(drawn, ids, "{name}");
        }
        None => assert!(result.is_err(), "{name}"),
    }
}

fn record(v: &Value) -> ValidatorRecord {
    ValidatorRecord {
        id: ValidatorId::new(int(&v["id"])),
        start_epoch: Epoch::new(int(&v["startEpoch"])),
        end_epoch: Epoch::new(int(&v["endEpoch"])),
        nonce: Nonce::new(int(&v["nonce"])),
        power: VotingPower::new(int(&v["power"])),
        pub_key: match &v["pubKey"] {
            Value::Null => FixedBytes::ZERO,
            key => FixedBytes::from_slice(&bytes(key)),
        },
        signer: address(&v["signer"]),
        last_updated: text_of(&v["lastUpdated"]).to_owned(),
        jailed: v["jailed"].as_bool().unwrap_or(false),
        priority: int(&v["priority"]),
    }
}

fn span(input: &Value, expect: &Value, name: &str) {
    let known = ["eligible", "producers", "spanId", "seedBlock", "setSize", "json", "aminoKeccak", "amino"];
    only_fields(expect, &known, name);
    let mut spec = ChainSpec::mainnet();
    spec.spans.producers = int(&input["producerCount"]);
    let ack_count = int(&input["tronAckCount"]);
    let mut registry = Registry::genesis(&spec, list(&input["stored"]).iter().map(record), ack_count).unwrap();
    for _ in 0..int::<u64>(&input["setIncrements"]).min(1) {
        let mut value = serde_json::to_value(&registry).unwrap();
        let mut set = registry.set().clone();
        set.increment(int(&input["setIncrements"])).unwrap();
        value["set"] = serde_json::to_value(set).unwrap();
        registry = serde_json::from_value(value).unwrap();
    }
    let mut value = serde_json::to_value(&registry).unwrap();
    value["seed_block"] = int::<u64>(&input["seedBlock"]).into();
    registry = serde_json::from_value(value).unwrap();

    let eligible: Vec<u64> = registry.eligible(ack_count).map(|r| r.id.get()).collect();
    assert_eq!(eligible, list(&expect["eligible"]).iter().map(int::<u64>).collect::<Vec<_>>(), "{name}");
    let proposal = SpanProposal {
        id: SpanId::new(int(&input["span"]["id"])),
        start: int(&input["span"]["startBlock"]),
        end: int(&input["span"]["endBlock"]),
        chain_id: int(&input["span"]["borChainId"]),
    };
    let rule = registry.selection_at(int(&input["height"]));
    let span = registry.settle_span(&proposal, hash(&input["seed"]), ack_count, rule).unwrap().clone();
    let producers =
        span.producers.iter().map(|p| json!([number(p.id.get()), p.signer, number(p.power.get()), number(p.priority)]));
    assert_eq!(producers.collect::<Value>(), expect["producers"], "{name}");
    assert_eq!(number(span.id.get()), expect["spanId"], "{name}");
    assert_eq!(registry.last_span(), Some(&span), "{name}");
    assert_eq!(number(registry.next_seed_block() - 1), expect["seedBlock"], "{name}");
    assert_eq!(Value::from(span.set.members().len()), expect["setSize"], "{name}");
    if let Some(json) = expect.get("json") {
        let ours = serde_json::to_string(&span).unwrap();
        assert_eq!(ours, text_of(json), "{name}");
        assert_eq!(serde_json::from_str::<SpanRecord>(&ours).unwrap(), span, "{name}");
        assert_eq!(amino::to_json(&span, JsonForm::Plain).to_string(), ours, "{name}");
    }
    let encoded = amino::to_bytes(&span);
    assert_eq!(keccak256(&encoded).to_string(), expect["aminoKeccak"], "{name}");
    if let Some(expected) = expect.get("amino") {
        assert_eq!(hex::encode_prefixed(&encoded), text_of(expected), "{name}");
    }
    assert_eq!(amino::from_bytes::<SpanRecord>(&encoded), Ok(span), "{name}");
}

#[test]
fn producers_are_selected_as_in_the_reference() {
    for case in cases("producer-selection") {
        let (input, expect, name) = (&case.input, &case.expect, case.name.as_str());
        match text_of(&input["mode"]) {
            "draw-new" => selection(&WeightedDraw, input, expect, name),
            "draw-old" => selection(&SlotShuffle, input, expect, name),
            "range" => {
                only_fields(expect, &["draws"], name);
                let mut stream = GoRand::new(int(&input["goSeed"]));
                let draws = list(&input["max"]).iter().map(|max| number(draw(&mut stream, int(max))));
                assert_eq!(draws.collect::<Value>(), expect["draws"], "{name}");
            }
            "shuffle" => {
                only_fields(expect, &["list"], name);
                let (seed, slots) = (hash(&input["seed"]), int(&input["slots"]));
                let shuffled = (0..slots).map(|place| shuffled_index(seed, slots, place));
                assert_eq!(shuffled.map(Value::from).collect::<Value>(), expect["list"], "{name}");
            }
            "span" => span(input, expect, name),
            other => panic!("{name}: unknown mode {other}"),
        }
    }
}
