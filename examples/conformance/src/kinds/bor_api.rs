//! `bor-api`: requests to a node that imported a whole recorded chain, and its answers.
//!
//! The chain is imported once a file; the snapshot of each of its blocks is staking's, the roots of ranges checkpoint's.

use super::{Kind, span_commit::span};
use crate::{case::Case, failure::Failure, field::Field, got::Got};
use alloc::collections::BTreeMap;
use alloy_primitives::B256;
use bttc_checkpoint::merkle;
use bttc_core::{
    amino::Time,
    chain::ChainSpec,
    id::StateId,
    leaf::RangeRoot,
    snapshot::{SnapshotMember, SnapshotMembers, SnapshotSource, SnapshotView},
    span::Span,
};
use bttc_evm::{
    block::Block,
    chain::Chain,
    genesis::Genesis,
    header::{ExtraData, SealedHeader},
    rpc::{Node, StateSyncLogs, TransactionIndex, respond},
    state::State,
    state_sync::{Record, RecordTime},
    system::{Answer, Facts},
};
use bttc_staking::snapshot::{Producer, Snapshot, SprintHeader};
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
            states: &archive.states,
            index: &archive.index,
            snapshots: &*archive,
            range_root: &*archive,
            state_sync_logs,
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
    snapshots: BTreeMap<B256, Snapshot>,
}

impl Archive {
    fn import(case: &Case<'_>) -> Result<Self, Failure> {
        let file = case.chain()?;
        let replay = file.cases().next().ok_or_else(|| Failure::new("input.chain", "no case", "a chain"))?;
        let input = replay.input()?;
        let genesis = input.field("genesis")?;
        let read = Genesis::from_json(&genesis.value().to_string()).map_err(|error| genesis.failed(error))?;
        let spec = read.chain_spec(&ChainSpec::devnet());
        let chain = Chain::open(spec, &read).map_err(|error| genesis.failed(error))?;
        let producers = chain.producers(1).map_err(|error| genesis.failed(error))?;
        let producers = producers.into_iter().map(|producer| Producer::new(producer.signer, producer.power));
        let head = chain.head().header();
        let snapshot = Snapshot::genesis(head.hash(), producers, chain.spec().timing);
        let snapshot = snapshot.map_err(|error| genesis.failed(error))?;
        let mut archive = Self {
            states: BTreeMap::from([(0, chain.state().clone())]),
            snapshots: BTreeMap::from([(head.hash(), snapshot)]),
            index: TransactionIndex::default(),
            chain,
        };
        for block in input.field("blocks")?.items()? {
            archive.append(&block)?;
        }
        archive.index.extend(&archive.chain);
        Ok(archive)
    }

    fn append(&mut self, field: &Field<'_>) -> Result<(), Failure> {
        let block = Block::from_rlp(&field.field("rlp")?.bytes()?).map_err(|error| field.failed(error))?;
        let parent = self.chain.head().header().hash();
        let snapshot = self.snapshots.get(&parent).ok_or_else(|| field.refused("a child of the block before"))?;
        let delivery = Delivery::read(field)?;
        let facts = delivery.facts(block.header.time, snapshot);
        let imported = self.chain.import(block, &facts).map_err(|error| field.failed(error))?;
        let header = imported.header();
        let next = follow(snapshot, header).map_err(|error| field.failed(error))?;
        self.snapshots.insert(header.hash(), next);
        self.states.insert(header.height(), self.chain.state().clone());
        Ok(())
    }
}

fn follow(snapshot: &Snapshot, header: &SealedHeader) -> Result<Snapshot, bttc_staking::snapshot::ApplyError> {
    let number = header.height();
    let extra = ExtraData::read(&header.extra, number, snapshot.timing());
    let mut next = snapshot.clone();
    next.apply(&SprintHeader {
        number,
        hash: header.hash(),
        signer: header.author(),
        producers: extra.ok().map(|extra| extra.validators()),
    })?;
    Ok(next)
}

impl SnapshotSource for Archive {
    fn snapshot(&self, block: B256) -> Option<SnapshotView> {
        let snapshot = self.snapshots.get(&block)?;
        let member = |producer: &Producer| SnapshotMember {
            id: producer.id,
            signer: producer.signer,
            power: producer.power,
            priority: producer.priority,
        };
        let set = snapshot.set();
        Some(SnapshotView {
            number: snapshot.number(),
            hash: snapshot.hash(),
            members: SnapshotMembers {
                validators: set.members().iter().map(member).collect(),
                proposer: set.proposer().ok().flatten().map(member),
            },
            recents: snapshot.recents().clone(),
        })
    }
}

impl RangeRoot for Archive {
    fn root_of(&self, leaves: Vec<B256>) -> Option<B256> {
        merkle::root_of(leaves)
    }
}

/// What the validation layer answered while a block was imported.
struct Delivery {
    span: Option<Answer<Span>>,
    records: Answer<Vec<Record>>,
}

impl Delivery {
    fn read(block: &Field<'_>) -> Result<Self, Failure> {
        let mut delivery = Self { span: None, records: Answer::Known(Vec::new()) };
        for question in block.or_default("delivery", |asked| asked.items())? {
            let body = question.optional("body")?;
            let result = body.as_ref().map(|body| body.optional("result")).transpose()?.flatten();
            let result = result.filter(|result| !result.is_null());
            if question.field("request")?.text()?.starts_with("/bor/span/") {
                delivery.span = Some(match result {
                    Some(result) => Answer::Known(span(&result)?),
                    None => Answer::Unavailable,
                });
                continue;
            }
            match (&mut delivery.records, result) {
                (Answer::Known(records), Some(page)) => records.extend(page.list(|item| record(&item))?),
                // An empty body is an empty page.
                (Answer::Known(_), None) if body.is_some() || question.field("status")?.u64()? == 204 => {}
                (records, _) => *records = Answer::Unavailable,
            }
        }
        Ok(delivery)
    }

    fn facts<'a>(&'a self, now: u64, snapshot: &'a Snapshot) -> Facts<'a> {
        Facts {
            span: self.span.as_ref().map(|span| match span {
                Answer::Known(span) => Answer::Known(span),
                Answer::Unavailable => Answer::Unavailable,
            }),
            records: match &self.records {
                Answer::Known(records) => Answer::Known(records),
                Answer::Unavailable => Answer::Unavailable,
            },
            ..Facts::new(now, snapshot)
        }
    }
}

fn record(field: &Field<'_>) -> Result<Record, Failure> {
    Ok(Record {
        id: StateId::new(field.field("id")?.u64()?),
        receiver: field.field("contract")?.address()?,
        data: field.field("data")?.bytes()?,
        tx_hash: field.field("tx_hash")?.b256()?,
        log_index: field.field("log_index")?.u64()?,
        chain_id: field.field("bor_chain_id")?.text()?.to_owned(),
        time: time(&field.field("record_time")?)?,
    })
}

fn time(field: &Field<'_>) -> Result<RecordTime, Failure> {
    let time: Time = field.text()?.parse().map_err(|error| field.failed(error))?;
    let seconds = u64::try_from(time.seconds()).map_err(|error| field.failed(error))?;
    Ok(RecordTime { seconds, nanoseconds: time.nanos() })
}
