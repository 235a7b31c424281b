//! Snapshots against outputs of the reference (kind `snapshot`) and of public chains (kind `proposer-sequence`).
//!
//! Headers are taken apart here as far as a snapshot needs it; header errors are another crate's.

use crate::vectors::{address, bytes, cases, chain_data, hash, int, list, number, object, only_fields, text_of};
use alloy_primitives::{Address, B256};
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    rlp::Item,
    schedule::{ProducerSchedule as _, Timing},
    signature::{RecoverError, Signature},
    validator::{Validator, VotingPower},
};
use bttc_staking::snapshot::{Producer, Snapshot, SprintHeader, StoredSnapshot};
use serde_json::{Value, json};

const SEAL: usize = Signature::LEN;
const VANITY: usize = 32;

fn timing(sprint: &Value) -> Timing {
    Timing { sprint: int(sprint), ..ChainSpec::mainnet().timing }
}

fn producers(value: &Value) -> Vec<Producer> {
    list(value)
        .iter()
        .map(|v| Producer {
            priority: int(&v["priority"]),
            ..Producer::new(address(&v["signer"]), VotingPower::new(int(&v["power"])))
        })
        .collect()
}

/// What a snapshot reads of a header, or the reference's text for one that cannot be read.
fn read(rlp: &Value, timing: &Timing) -> Result<SprintHeader, &'static str> {
    let bytes = bytes(rlp);
    let Ok(Item::List(mut items)) = Item::decode(&bytes) else { panic!("{rlp} is no header") };
    let number = items[8].as_string().unwrap().iter().fold(0, |n, b| n << 8 | u64::from(*b));
    let extra = items[12].as_string().unwrap().to_vec();
    let missing = "extra-data 65 byte signature suffix missing";
    let unsealed = extra.len().checked_sub(SEAL).ok_or(missing)?;
    items[12] = Item::string(&extra[..unsealed]);
    items.truncate(15);
    let seal_hash = keccak256(Item::List(items).to_bytes());
    let seal = Signature::try_from(&extra[unsealed..]).unwrap();
    let key = seal.recover_seal(&seal_hash).map_err(|error| match error {
        RecoverError::RecoveryByte { .. } => "invalid signature recovery id",
        _ => "recovery failed",
    })?;
    let mut list = None;
    if timing.is_sprint_end(number) {
        let records = extra.get(VANITY..unsealed).ok_or(missing)?;
        list = records.len().is_multiple_of(40).then(|| {
            let record = |bytes: &[u8]| {
                let power = i64::from_be_bytes(bytes[32..].try_into().unwrap());
                Validator::new(ValidatorId::new(0), Address::from_slice(&bytes[..20]), VotingPower::new(power))
            };
            records.chunks(40).map(record).collect()
        });
    }
    Ok(SprintHeader { number, hash: keccak256(&bytes), signer: key.address(), producers: list })
}

fn turn(snapshot: &Snapshot, signer: Address) -> Value {
    match snapshot.turn(snapshot.number() + 1, signer) {
        Ok(turn) => json!({"signer": signer, "succession": turn.succession, "difficulty": turn.difficulty}),
        Err(error) => json!({"signer": signer, "error": error.to_string()}),
    }
}

fn state(snapshot: &Snapshot) -> Value {
    let members = snapshot.set().members();
    let validators = members
        .iter()
        .map(|m| json!({"signer": m.signer, "power": number(m.power.get()), "priority": number(m.priority)}));
    json!({
        "number": snapshot.number(),
        "hash": snapshot.hash(),
        "validators": validators.collect::<Value>(),
        "proposer": snapshot.set().proposer().unwrap().map(|p| p.signer),
        "turn": members.iter().map(|m| turn(snapshot, m.signer)).collect::<Value>(),
    })
}

#[test]
fn snapshots_move_as_in_the_reference() {
    for case in cases("snapshot") {
        let (input, expect, name) = (&case.input, &case.expect, &case.name);
        let known = ["start", "headers", "sets", "final", "error", "failedAt", "abort", "query"];
        only_fields(expect, &known, name);
        let timing = timing(&input["sprint"]);
        let made = match &input["stored"] {
            Value::Null => {
                let made = Snapshot::genesis(hash(&input["genesis"]), producers(&input["initial"]), timing);
                if made.is_err() {
                    assert!(expect.get("abort").is_some(), "{name}: {made:?}");
                    continue;
                }
                made.unwrap()
            }
            text => {
                let stored: StoredSnapshot = serde_json::from_str(text_of(text)).unwrap();
                Snapshot::from_stored(stored, timing).unwrap()
            }
        };
        assert!(expect.get("abort").is_none(), "{name}");
        let mut snapshot = made;
        assert_eq!(state(&snapshot), expect["start"], "{name}: start");

        let (mut headers, mut sets, mut failed) = (Vec::new(), Vec::new(), None);
        for (index, rlp) in list(&input["headers"]).iter().enumerate() {
            let before = snapshot.clone();
            let applied = read(rlp, &timing).map_err(str::to_owned).and_then(|header| {
                snapshot.apply(&header).map_err(|error| error.to_string())?;
                Ok(header)
            });
            match applied {
                Ok(header) => {
                    let mut entry = turn(&before, header.signer);
                    entry["number"] = header.number.into();
                    entry["hash"] = json!(header.hash);
                    headers.push(entry);
                    if timing.is_sprint_end(header.number) {
                        sets.push(state(&snapshot));
                    }
                }
                Err(error) => {
                    assert_eq!(snapshot, before, "{name}");
                    failed = Some((index, error));
                    break;
                }
            }
        }
        assert_eq!(Value::from(headers), expect["headers"], "{name}: headers");
        assert_eq!(Value::from(sets), expect["sets"], "{name}: sets");
        match failed {
            Some((index, error)) => {
                assert_eq!(expect["error"], error, "{name}");
                assert_eq!(expect["failedAt"], index, "{name}");
            }
            None => assert!(expect.get("error").is_none(), "{name}"),
        }
        let last = &expect["final"];
        only_fields(last, &["number", "hash", "recents", "stored"], name);
        assert_eq!((json!(snapshot.number()), json!(snapshot.hash())), (last["number"].clone(), last["hash"].clone()));
        let recents: serde_json::Map<String, Value> =
            snapshot.recents().iter().map(|(n, s)| (n.to_string(), json!(s))).collect();
        assert_eq!(&recents, object(&last["recents"]), "{name}: recents");
        let stored = serde_json::to_string(&snapshot.to_stored()).unwrap();
        assert_eq!(stored, text_of(&last["stored"]), "{name}: stored");
        let back: Snapshot = serde_json::from_str(&serde_json::to_string(&snapshot).unwrap()).unwrap();
        assert_eq!(back, snapshot, "{name}");

        for (who, expected) in list(&input["query"]).iter().zip(list(&expect["query"])) {
            let signer = address(who);
            let mut answer = turn(&snapshot, signer);
            answer["difficulty"] = snapshot.difficulty(signer).into();
            assert_eq!(&answer, expected, "{name}: query");
        }
    }
}

/// The next sprint end, sealed by whoever is in turn, over headers that carry nothing.
fn to_sprint_end(snapshot: &mut Snapshot, list: &[Validator]) {
    loop {
        let number = snapshot.number() + 1;
        let ends = snapshot.timing().is_sprint_end(number);
        let header = SprintHeader {
            number,
            hash: B256::ZERO,
            signer: snapshot.set().members()[0].signer,
            producers: ends.then(|| list.to_vec()),
        };
        snapshot.apply(&header).unwrap();
        if ends {
            return;
        }
    }
}

fn sequence(snapshot: &Snapshot) -> Value {
    let mut turns: Vec<(u64, Address)> = snapshot
        .producers()
        .iter()
        .map(|v| (snapshot.turn(snapshot.number() + 1, v.signer).unwrap().difficulty, v.signer))
        .collect();
    turns.sort_by(|a, b| b.cmp(a));
    turns.iter().map(|(difficulty, signer)| json!({"signer": signer, "difficulty": difficulty})).collect()
}

fn stored(validators: &Value, proposer: &Value, timing: Timing) -> Snapshot {
    let members = producers(validators);
    let proposer = members.iter().find(|m| m.signer == address(proposer)).copied();
    let stored = StoredSnapshot {
        number: 0,
        hash: B256::ZERO,
        set: bttc_staking::validator_set::ValidatorSet::from_parts(members, Some(proposer.unwrap())),
        recents: Default::default(),
    };
    Snapshot::from_stored(stored, timing).unwrap()
}

#[test]
fn proposers_follow_one_another_as_on_public_chains() {
    let Some(cases) = chain_data("proposer-sequence") else {
        return;
    };
    for case in cases {
        let (input, expect, name) = (&case.input, &case.expect, &case.name);
        match text_of(&input["mode"]) {
            "rotation" => {
                only_fields(expect, &["sequence"], name);
                let (timing, block) = (timing(&input["sprint"]), int::<u64>(&input["block"]));
                let initial = producers(&input["initial"]);
                let mut snapshot = Snapshot::genesis(B256::ZERO, initial.iter().copied(), timing).unwrap();
                while snapshot.number() + timing.sprint - snapshot.number() % timing.sprint - 1 < block
                    && (snapshot.number() + 1) / timing.sprint != block / timing.sprint
                {
                    // The list of the span that holds the block after the sprint's end.
                    let after = (snapshot.number() + 1) / timing.sprint * timing.sprint + timing.sprint;
                    let span = list(&input["spans"]).iter().rev().find(|span| int::<u64>(&span["startBlock"]) <= after);
                    let list = span.map_or_else(|| initial.clone(), |span| producers(&span["producers"]));
                    let list: Vec<Validator> = list.iter().map(Producer::to_validator).collect();
                    to_sprint_end(&mut snapshot, &list);
                }
                assert_eq!(sequence(&snapshot), expect["sequence"], "{name}");
            }
            "turn-order" => {
                only_fields(expect, &["sequence"], name);
                let snapshot = stored(&input["validators"], &input["proposer"], ChainSpec::mainnet().timing);
                assert_eq!(sequence(&snapshot), expect["sequence"], "{name}");
            }
            "state" => {
                only_fields(expect, &["proposers"], name);
                let mut snapshot = stored(&input["validators"], &input["proposer"], ChainSpec::mainnet().timing);
                let list = snapshot.producers();
                let proposers = (0..int::<u64>(&input["sprints"])).map(|_| {
                    to_sprint_end(&mut snapshot, &list);
                    json!(snapshot.set().elected().map(|p| p.signer))
                });
                assert_eq!(proposers.collect::<Value>(), expect["proposers"], "{name}");
            }
            other => panic!("{name}: unknown mode {other}"),
        }
    }
}
