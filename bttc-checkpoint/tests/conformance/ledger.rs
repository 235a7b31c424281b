//! Kind `checkpoint-ledger`: proposals, acknowledgements and no-acks. Outside checks and checkpoint syncs are not part of
//! the ledger; an unknown root chain is no value of its types.

use crate::vectors::{Case, address, cases, hash, int, list, text};
use alloy_primitives::{Address, B256};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    fees::{FeeAccounts, fee_of},
    ledger::{Ack, Ledger, NoAckSender, ProposalFacts, Proposer},
    vote::{VoteResult, chain_id_of},
};
use bttc_core::{
    id::{CheckpointNumber, Epoch},
    root_chain::RootChainId,
};
use serde_json::{Map, Value, json};

fn number(value: &Value) -> u64 {
    text(value).parse().unwrap()
}

/// The readable state as expected, and the ledger beside it.
struct Trace {
    ledger: Ledger,
    state: Map<String, Value>,
    genesis: Value,
}

impl Trace {
    fn new(case: &Case) -> Self {
        let genesis = case.input["genesis"].clone();
        let mut ledger = Ledger::new(genesis["checkpointBufferSeconds"].as_u64().unwrap());
        for root_chain in RootChainId::ALL {
            if let Some(count) = genesis["ackCounts"].get(root_chain.name()) {
                ledger = ledger.with_count(root_chain, int(count));
            }
        }
        let state = case.expect["initial"].as_object().unwrap().clone();
        Self { ledger, state, genesis }
    }

    fn activation_height(&self, root_chain: RootChainId) -> u64 {
        let chains = self.genesis["chains"].as_array().into_iter().flatten();
        let mut own: Vec<&Value> = chains.filter(|chain| chain["rootChain"] == root_chain.name()).collect();
        // The multi-chain parameter goes before the stored chain record.
        own.sort_by_key(|chain| chain["multiChainParam"] != true);
        own.first().map_or(0, |chain| int(&chain["activationHeight"]))
    }

    fn facts(&self, root_chain: RootChainId) -> ProposalFacts {
        let accounts: FeeAccounts = self
            .state
            .iter()
            .filter_map(|(path, fee)| Some((path.strip_prefix("dividend.")?.parse().unwrap(), fee)))
            .map(|(user, fee): (Address, _)| (user, fee_of(text(fee)).unwrap()))
            .collect();
        ProposalFacts {
            activation_height: self.activation_height(root_chain),
            account_root: accounts.root().ok(),
            proposer: self.state.get("proposer").map(|proposer| address(&proposer[0])),
        }
    }

    fn sender(&self, from: Address) -> NoAckSender {
        let mut set = self.state.get("set").and_then(Value::as_array).into_iter().flatten();
        let is_member = set.any(|validator| address(&validator[0]) == from);
        match is_member || self.genesis["noAckValidatorCheck"] != true {
            true => NoAckSender::Admitted,
            false => NoAckSender::Stranger,
        }
    }

    /// Result code and what becomes of the proposer; `None` for steps that are not the ledger's.
    fn step(&mut self, step: &Value) -> Option<(u32, Proposer)> {
        let (op, now) = (text(&step["op"]), int(step.get("time")?));
        let verdict = match step["verdict"].as_str() {
            Some("yes") => VoteResult::Yes,
            Some("no") => VoteResult::No,
            _ => VoteResult::Skip,
        };
        let message = &step["msg"]["value"];
        let kind = step["msg"]["type"].as_str()?;
        if kind == "checkpoint/MsgCheckpointNoACK" && op == "deliver" {
            let from = address(&message["from"]);
            if from.is_zero() {
                return None;
            }
            let rotation = self.ledger.no_ack(self.sender(from), now);
            return Some(rotation.map_or_else(|error| (error.code(), Proposer::Stays), |proposer| (0, proposer)));
        }
        let root_chain: RootChainId = message.get("root_chain_type")?.as_str()?.parse().ok()?;
        match (kind, op) {
            ("checkpoint/MsgCheckpoint", "deliver") => {
                let Some(checkpoint) = checkpoint(message) else {
                    return Some((1400, Proposer::Stays));
                };
                let facts = self.facts(root_chain);
                let result = self.ledger.propose(root_chain, &checkpoint, &facts, now);
                Some((result.map_or_else(|error| error.code(), |_| 0), Proposer::Stays))
            }
            ("checkpoint/MsgCheckpoint", "post") => {
                let checkpoint = checkpoint(message).unwrap();
                let activation = self.activation_height(root_chain);
                let result = self.ledger.buffer(root_chain, &checkpoint, verdict, activation, now);
                Some((result.map_or_else(|error| error.code(), |_| 0), Proposer::Stays))
            }
            ("checkpoint/MsgCheckpointACK", "deliver") => {
                if address(&message["from"]).is_zero() {
                    return None;
                }
                let result = self.ledger.check_ack(root_chain, &ack(message));
                Some((result.map_or_else(|error| error.code(), |()| 0), Proposer::Stays))
            }
            ("checkpoint/MsgCheckpointACK", "post") => {
                let result = self.ledger.acknowledge(root_chain, &ack(message), verdict);
                Some(result.map_or_else(|error| (error.code(), Proposer::Stays), |done| (0, done.proposer)))
            }
            _ => None,
        }
    }

    fn compare(&self, name: &str) {
        let mut expected = self.state.clone();
        let kept = |path: &String| ["buffer.", "checkpoint.", "ackCount."].iter().any(|start| path.starts_with(start));
        expected.retain(|path, value| kept(path) && !path.contains('#') && !value.is_null() && *value != 0);
        let mut actual = Map::new();
        for root_chain in RootChainId::ALL {
            let count = self.ledger.count(root_chain);
            if count > 0 {
                actual.insert(format!("ackCount.{root_chain}"), json!(count));
            }
            if let Some(kept) = self.ledger.buffered(root_chain) {
                actual.insert(format!("buffer.{root_chain}"), shown(kept));
            }
            for path in expected.keys().filter_map(|path| path.strip_prefix(&format!("checkpoint.{root_chain}."))) {
                let checkpoint = self.ledger.recorded(root_chain, CheckpointNumber::new(path.parse().unwrap()));
                actual.insert(format!("checkpoint.{root_chain}.{path}"), checkpoint.map_or(Value::Null, shown));
            }
        }
        assert_eq!(actual, expected, "{name}");
        let last = self.state.get("lastNoAck").map_or(0, int);
        assert_eq!(self.ledger.last_no_ack(), last, "{name}");
    }
}

fn shown(kept: &bttc_checkpoint::ledger::KeptCheckpoint) -> Value {
    let decimal = |number: u64| match number > 1 << 53 {
        true => json!(number.to_string()),
        false => json!(number),
    };
    json!({
        "proposer": kept.proposer.to_string().to_lowercase(),
        "startBlock": decimal(kept.start),
        "endBlock": decimal(kept.end),
        "rootHash": if kept.root == B256::ZERO { String::new() } else { kept.root.to_string() },
        "borChainId": kept.chain_id.to_string(),
        "timestamp": kept.time,
    })
}

fn checkpoint(message: &Value) -> Option<Checkpoint> {
    Some(Checkpoint {
        proposer: address(&message["proposer"]),
        range: BlockRange::proposed(number(&message["start_block"]), number(&message["end_block"])).ok()?,
        root: hash(&message["root_hash"]),
        account_root: hash(&message["account_root_hash"]),
        chain_id: chain_id_of(text(&message["bor_chain_id"])),
        epoch: Epoch::new(number(&message["epoch"])),
    })
}

fn ack(message: &Value) -> Ack {
    Ack {
        number: CheckpointNumber::new(number(&message["number"])),
        proposer: address(&message["proposer"]),
        start: number(&message["start_block"]),
        end: number(&message["end_block"]),
        root: hash(&message["root_hash"]),
    }
}

#[test]
fn traces_go_as_in_the_validation_layer() {
    let mut run = 0;
    for case in cases("checkpoint-ledger") {
        let mut trace = Trace::new(&case);
        for (place, (step, expect)) in list(&case.input["steps"]).iter().zip(list(&case.expect["steps"])).enumerate() {
            let name = format!("{} step {place}", case.name);
            let before = trace.ledger.clone();
            if let Some((code, proposer)) = trace.step(step) {
                assert_eq!(Some(u64::from(code)), expect["code"].as_u64(), "{name}");
                if code != 0 {
                    assert_eq!(trace.ledger, before, "{name}");
                }
                let rotated = expect["changed"].get("proposer").is_some();
                assert!(!rotated || proposer == Proposer::Rotates, "{name}");
                run += 1;
            }
            for (path, value) in expect["changed"].as_object().into_iter().flatten() {
                match value {
                    Value::Null => trace.state.remove(path),
                    value => trace.state.insert(path.clone(), value.clone()),
                };
            }
            trace.compare(&name);
        }
    }
    assert!(run > 700, "only {run} steps were run");
}
