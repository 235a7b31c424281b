//! `bor-api`: requests to a node that imported a whole recorded chain, and its answers.
//!
//! The chain is imported once a file; the snapshot of each of its blocks is staking's, the roots of ranges checkpoint's.

use super::Kind;
use crate::{
    case::Case,
    failure::Failure,
    got::Got,
    replay::{Replay, recorded},
};
use alloc::collections::BTreeMap;
use bttc_evm::{
    chain::Chain,
    pool::{Pool, PoolLimits},
    rpc::{LogLimits, Node, StateSyncLogs, TransactionIndex, respond},
    state::State,
};
use bttc_validator::node::{CheckpointTree, Snapshots};
use serde_json::Value;

/// The kind `bor-api`.
#[derive(Debug)]
pub(crate) struct BorApi;

/// Class of answers of which only the error's presence binds.
const CRASHED: &str = "method handler crashed";

/// Start of the texts that quote the Go decoder; their code binds.
const DECODER: &str = "json: cannot unmarshal ";

impl Kind for BorApi {
    fn name(&self) -> &'static str {
        "bor-api"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let archive = case.shared(input.field("chain")?.text()?, || Archive::import(case))?;
        let flags = input.or_default("flags", |flags| flags.list(|flag| flag.text()))?;
        let state_sync_logs = if flags.contains(&"bor.logs") { StateSyncLogs::Include } else { StateSyncLogs::Omit };
        let node = Node {
            chain: &archive.chain,
            history: &archive.states,
            index: &archive.index,
            pool: &archive.pool,
            snapshots: &archive.snapshots,
            range_root: &CheckpointTree,
            state_sync_logs,
            log_limits: LogLimits::default(),
        };
        let mut answer = respond(&node, input.field("request")?.value());
        let Some(response) = expect.field("response")? else {
            return Ok(());
        };
        let recorded = response.read();
        if let (Some(got), Some(recorded)) = (answer.get_mut("error"), recorded.optional("error")?) {
            let text = recorded.field("message")?.text()?;
            if text == CRASHED {
                *got = recorded.value().clone();
            } else if text.contains(DECODER)
                && let Some(message) = got.get_mut("message")
            {
                *message = text.into();
            }
        }
        response.is(shown(answer))
    }
}

/// A JSON value to compare.
fn shown(value: Value) -> Got {
    match value {
        Value::Null => Got::Nothing,
        Value::Bool(flag) => flag.into(),
        Value::Number(number) => Got::Number(number),
        Value::String(text) => text.into(),
        Value::Array(items) => Got::list(items.into_iter().map(shown)),
        Value::Object(fields) => Got::map(fields.into_iter().map(|(name, value)| (name, shown(value)))),
    }
}

/// An imported chain and everything that is asked of it.
#[derive(Debug)]
struct Archive {
    chain: Chain,
    states: BTreeMap<u64, State>,
    index: TransactionIndex,
    pool: Pool,
    snapshots: Snapshots,
}

impl Archive {
    fn import(case: &Case<'_>) -> Result<Self, Failure> {
        let file = case.chain()?;
        let input = recorded(&file)?;
        let mut replay = Replay::open(&input.field("genesis")?)?;
        let mut states = BTreeMap::new();
        let mut snapshots = Snapshots::new(replay.snapshot().clone(), u64::MAX);
        let mut keep = |replay: &Replay| {
            let head = replay.chain().head().header();
            states.insert(head.height(), replay.chain().state().clone());
            snapshots.insert(replay.snapshot().clone());
        };
        keep(&replay);
        for block in input.field("blocks")?.items()? {
            replay.append(&block)?;
            keep(&replay);
        }
        let (chain, mut index) = (replay.into_chain(), TransactionIndex::default());
        index.extend(&chain);
        let pool = Pool::new(chain.spec().chain_id, PoolLimits::default());
        Ok(Self { chain, states, index, pool, snapshots })
    }
}
