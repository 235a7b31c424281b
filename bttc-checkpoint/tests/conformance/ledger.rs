//! Kind `checkpoint-ledger`: every step of every trace. What the ledger does not own (set, proposer, balances) enters as
//! the trace has it; raw stores belong to the assembled layer.

use crate::vectors::{Case, address, cases, hash, int, list, text};
use alloy_primitives::{Address, B256, U256};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    fees::{FeeAccounts, fee_of},
    header_blocks::HeaderBlock,
    ledger::{
        Ack, Contracts, Destination, Doubt, Ledger, NoAckSender, ProposalFacts, Proposer, SyncClaim, attest_ack,
        attest_checkpoint, attest_sync, attest_sync_ack,
    },
    vote::{VoteResult, chain_id_of},
};
use bttc_core::{
    chain::ChainSpec,
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

/// What a step came to: code, and what becomes of the proposer.
type Done = (u32, Proposer);

fn done<T, E>(result: Result<T, E>, code: impl FnOnce(&E) -> u32) -> Done {
    (result.err().as_ref().map_or(0, code), Proposer::Stays)
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

    /// What is known of a destination; the multi-chain parameter goes before the stored chain record.
    fn chain(&self, destination: Destination) -> Option<&Value> {
        let chains = self.genesis["chains"].as_array().into_iter().flatten();
        let mut own: Vec<&Value> = chains.filter(|chain| chain["rootChain"] == destination.name()).collect();
        own.sort_by_key(|chain| chain["multiChainParam"] != true);
        own.first().copied()
    }

    fn activation_height(&self, destination: Destination) -> u64 {
        self.chain(destination).map_or(0, |chain| int(&chain["activationHeight"]))
    }

    fn facts(&self, destination: Destination) -> ProposalFacts {
        let accounts: FeeAccounts = self
            .state
            .iter()
            .filter_map(|(path, fee)| Some((path.strip_prefix("dividend.")?.parse().unwrap(), fee)))
            .map(|(user, fee): (Address, _)| (user, fee_of(text(fee)).unwrap()))
            .collect();
        ProposalFacts {
            activation_height: self.activation_height(destination),
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

    fn step(&mut self, step: &Value) -> Done {
        let (op, kind, message) = (text(&step["op"]), text(&step["msg"]["type"]), &step["msg"]["value"]);
        let now = int(&step["time"]);
        let kind = kind.strip_prefix("checkpoint/Msg").unwrap();
        if kind == "CheckpointNoACK" {
            let rotation = self.ledger.no_ack(self.sender(address(&message["from"])), now);
            return rotation.map_or_else(|error| (error.code(), Proposer::Stays), |proposer| (0, proposer));
        }
        let verdict = match step["verdict"].as_str() {
            Some("yes") => VoteResult::Yes,
            Some("no") => VoteResult::No,
            _ => VoteResult::Skip,
        };
        let destination = Destination::named(text(&message["root_chain_type"]));
        match (kind, op) {
            (_, "side") => done(self.attest(kind, destination, message, &step["external"]), Doubt::code),
            ("Checkpoint", _) => {
                let Some(checkpoint) = checkpoint(message) else {
                    return (1400, Proposer::Stays);
                };
                let facts = self.facts(destination);
                match op {
                    "deliver" => done(self.ledger.propose(destination, &checkpoint, &facts, now), |error| error.code()),
                    _ => {
                        let height = facts.activation_height;
                        done(self.ledger.buffer(destination, &checkpoint, verdict, height, now), |error| error.code())
                    }
                }
            }
            ("CheckpointACK", "deliver") => done(self.ledger.check_ack(destination, &ack(message)), |e| e.code()),
            ("CheckpointACK", _) => {
                let result = self.ledger.acknowledge(destination, &ack(message), verdict);
                result.map_or_else(|error| (error.code(), Proposer::Stays), |done| (0, done.proposer))
            }
            ("CheckpointSync", "deliver") => {
                done(self.ledger.open_sync(destination, &claim(message), now), |error| error.code())
            }
            ("CheckpointSync", _) => {
                done(self.ledger.buffer_sync(destination, &claim(message), verdict, now), |error| error.code())
            }
            ("CheckpointSyncAck", "deliver") => {
                done(self.ledger.open_sync_ack(destination, &claim(message), now), |error| error.code())
            }
            ("CheckpointSyncAck", _) => done(self.ledger.settle_sync_ack(destination, verdict), |error| error.code()),
            _ => panic!("no message {kind}"),
        }
    }

    fn attest(&self, kind: &str, destination: Destination, message: &Value, seen: &Value) -> Result<(), Doubt> {
        let contracts = if self.chain(destination).is_some() { Contracts::Known } else { Contracts::Unknown };
        let header = seen.get("header").map(|header| HeaderBlock {
            root: hash(&header["root"]),
            start: U256::from(int(&header["start"])),
            end: U256::from(int(&header["end"])),
            proposer: address(&header["proposer"]),
            ..HeaderBlock::default()
        });
        match kind {
            "Checkpoint" => {
                let checkpoint = checkpoint(message).unwrap();
                let head = seen.get("evmHead").map_or(0, int);
                let root = seen.get("rootHash").and_then(|root| text(root).parse::<B256>().ok());
                let confirmations = ChainSpec::mainnet().confirmations.side_chain;
                attest_checkpoint(&checkpoint.range, checkpoint.root, confirmations, head, root)
            }
            "CheckpointACK" => attest_ack(destination, contracts, &ack(message), header.as_ref()),
            "CheckpointSync" => attest_sync(destination, contracts, &claim(message), header.as_ref()),
            _ => {
                let synced = seen.get("synced").map(|number| CheckpointNumber::new(int(number)));
                attest_sync_ack(&claim(message), synced)
            }
        }
    }

    /// Every path that the ledger owns.
    fn compare(&self, name: &str) {
        let mut expected = self.state.clone();
        let own = ["ackCount.", "buffer.", "checkpoint.", "sync.", "lastNoAck"];
        // A count of zero is stored for some root chains and not for others.
        expected.retain(|path, value| own.iter().any(|start| path.starts_with(start)) && *value != 0);
        let mut actual = Map::new();
        if self.ledger.last_no_ack() > 0 {
            actual.insert("lastNoAck".to_owned(), json!(self.ledger.last_no_ack()));
        }
        let all = RootChainId::ALL.map(Destination::from).into_iter().chain([Destination::UNKNOWN]);
        for destination in all {
            let at = destination.root_chain().map_or("#0", RootChainId::name);
            if self.ledger.count(destination) > 0 {
                actual.insert(format!("ackCount.{at}"), json!(self.ledger.count(destination)));
            }
            if let Some(kept) = self.ledger.buffered(destination) {
                actual.insert(format!("buffer.{at}"), shown(kept));
            }
            for (number, kept) in self.ledger.records(destination) {
                actual.insert(format!("checkpoint.{at}.{number}"), shown(kept));
            }
            if let Some(kept) = self.ledger.sync(destination) {
                let shown =
                    entry(kept.proposer, kept.start, kept.end, B256::ZERO.to_string(), String::new(), kept.time);
                actual.insert(format!("sync.{at}"), shown);
            }
        }
        assert_eq!(actual, expected, "{name}");
    }
}

fn shown(kept: &bttc_checkpoint::ledger::KeptCheckpoint) -> Value {
    let root = if kept.root == B256::ZERO { String::new() } else { kept.root.to_string() };
    entry(kept.proposer, kept.start, kept.end, root, kept.chain_id.to_string(), kept.time)
}

fn entry(proposer: Address, start: u64, end: u64, root: String, chain_id: String, time: u64) -> Value {
    let decimal = |number: u64| match number > 1 << 53 {
        true => json!(number.to_string()),
        false => json!(number),
    };
    json!({
        "proposer": proposer.to_string().to_lowercase(),
        "startBlock": decimal(start),
        "endBlock": decimal(end),
        "rootHash": root,
        "borChainId": chain_id,
        "timestamp": time,
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

fn claim(message: &Value) -> SyncClaim {
    SyncClaim {
        number: CheckpointNumber::new(number(&message["Number"])),
        proposer: address(&message["proposer"]),
        start: number(&message["start_block"]),
        end: number(&message["end_block"]),
    }
}

#[test]
fn traces_go_as_in_the_validation_layer() {
    for case in cases("checkpoint-ledger") {
        let mut trace = Trace::new(&case);
        trace.compare(&case.name);
        for (place, (step, expect)) in list(&case.input["steps"]).iter().zip(list(&case.expect["steps"])).enumerate() {
            let name = format!("{} step {place}", case.name);
            let before = trace.ledger.clone();
            // A sender of zero is refused in front of the handlers, and the end of a block is the set's.
            let from = step["msg"]["value"].get("from").map(address);
            let kind = step["msg"]["type"].as_str().unwrap_or_default();
            let unsent = from == Some(Address::ZERO) && !kind.starts_with("checkpoint/MsgCheckpointSync");
            if step["op"] != "endBlock" && !unsent {
                let (code, proposer) = trace.step(step);
                assert_eq!(Some(u64::from(code)), expect["code"].as_u64(), "{name}");
                if let Some(result) = expect["result"].as_str() {
                    assert_eq!(result, if code == 0 { "yes" } else { "skip" }, "{name}");
                }
                if code != 0 || step["op"] == "side" {
                    assert_eq!(trace.ledger, before, "{name}");
                }
                let rotated = expect["changed"].get("proposer").is_some();
                assert!(!rotated || proposer == Proposer::Rotates, "{name}");
                // Whoever turns alone has the same proposer as before.
                let alone = trace.state.get("set").and_then(Value::as_array).is_none_or(|set| set.len() < 2);
                assert!(proposer == Proposer::Stays || rotated || alone, "{name}");
            } else if unsent {
                assert_eq!(expect["code"], 1400, "{name}");
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
}
