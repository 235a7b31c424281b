//! Logs by block or range, address and topics.
//!
//! ```text
//! addresses  any of them; none given: every one
//! topics     place by place any of those listed; an empty place matches everything
//! ```
//!
//! Source: `block-layer §7.3.5-7.3.6; bttc:eth/filters/api.go:338-391,444-560, bttc:eth/filters/filter.go:88-290`.

use super::{
    Node, RpcError, hex,
    params::{self, Height, Unreadable},
    view::{self, PlacedLog},
};
use crate::block::ImportedBlock;
use alloy_primitives::{Address, B256};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Whether `eth_getLogs` holds the logs of system calls: the reference's flag `bor.logs`, off unless set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StateSyncLogs {
    /// They stay out.
    #[default]
    Omit,
    /// They are merged in.
    Include,
}

/// How much one request for logs may ask for and get. The reference has no bounds, so none are the default.
///
/// Beyond them a request is refused with code −32005, which clients know for a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogLimits {
    /// Blocks of a range.
    pub blocks: Option<u64>,
    /// Logs of an answer.
    pub logs: Option<usize>,
}

impl LogLimits {
    fn check_range(&self, from: i64, to: i64) -> Result<(), RpcError> {
        let (got, limit) = (to.abs_diff(from).saturating_add(1), self.blocks.unwrap_or(u64::MAX));
        if from <= to && got > limit {
            return Err(RpcError::limit(format_args!("a range of {got} blocks exceeds the limit of {limit}")));
        }
        Ok(())
    }

    fn check_found(&self, found: usize) -> Result<(), RpcError> {
        match self.logs {
            Some(limit) if found > limit => {
                Err(RpcError::limit(format_args!("the query matches more than {limit} logs")))
            }
            _ => Ok(()),
        }
    }
}

/// Blocks between those whose system calls a range search looks at.
const STEP: u8 = 64;
/// What the tag `pending` counts as.
const PENDING: i64 = -2;

/// Which logs are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogFilter {
    blocks: Blocks,
    addresses: Vec<Address>,
    topics: Vec<Vec<B256>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blocks {
    One(B256),
    Range(Height, Height),
}

fn bytes<const N: usize>(text: &str, what: &str) -> Result<[u8; N], Unreadable> {
    let bytes = hex::read_pairs(text)?;
    <[u8; N]>::try_from(&bytes[..]).map_err(|_| {
        let got = bytes.len();
        Unreadable(format!("hex has invalid length {got} after decoding; expected {N} for {what}"))
    })
}

fn address(text: &str) -> Result<Address, Unreadable> {
    bytes(text, "address").map(Address::from)
}

fn topic(text: &str) -> Result<B256, Unreadable> {
    bytes(text, "topic").map(B256::from)
}

/// The parameter of the log methods.
pub(super) fn filter(value: &Value) -> Result<LogFilter, Unreadable> {
    let none = Map::new();
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Null => &none,
        other => return Err(params::mistyped(other, "filters.input")),
    };
    let part = |name| params::part(fields, name);
    let height = |name| part(name).map(params::height).transpose();
    let (from, to) = (height("fromBlock")?, height("toBlock")?);
    let blocks = match part("blockHash").map(params::hash).transpose()? {
        Some(_) if from.is_some() || to.is_some() => {
            let text = "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other";
            return Err(Unreadable(text.to_owned()));
        }
        // Q-317: a hash of zeros stands for no hash, and heights that were not given for the genesis block.
        Some(B256::ZERO) => Blocks::Range(Height::At(0), Height::At(0)),
        Some(hash) => Blocks::One(hash),
        None => Blocks::Range(from.unwrap_or(Height::Latest), to.unwrap_or(Height::Latest)),
    };
    Ok(LogFilter { blocks, addresses: addresses(part("address"))?, topics: topics(part("topics"))? })
}

fn addresses(value: Option<&Value>) -> Result<Vec<Address>, Unreadable> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => match address(text) {
            Ok(address) => Ok(vec![address]),
            Err(Unreadable(error)) => Err(Unreadable(format!("invalid address: {error}"))),
        },
        Some(Value::Array(items)) => {
            let items = items.iter().enumerate().map(|(place, item)| match item {
                Value::String(text) => address(text)
                    .map_err(|Unreadable(error)| Unreadable(format!("invalid address at index {place}: {error}"))),
                _ => Err(Unreadable(format!("non-string address at index {place}"))),
            });
            items.collect()
        }
        Some(_) => Err(Unreadable("invalid addresses in query".to_owned())),
    }
}

fn topics(value: Option<&Value>) -> Result<Vec<Vec<B256>>, Unreadable> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let invalid = || Unreadable("invalid topic(s)".to_owned());
    params::list(value, "[]interface {}", |place| match place {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(vec![topic(text)?]),
        Value::Array(choices) => {
            // A null among the choices makes the place match everything; what stands behind it is not read.
            let before = choices.iter().take_while(|choice| !choice.is_null());
            let read: Vec<_> =
                before.map(|choice| topic(choice.as_str().ok_or_else(invalid)?)).collect::<Result<_, _>>()?;
            Ok(if read.len() < choices.len() { Vec::new() } else { read })
        }
        _ => Err(invalid()),
    })
}

impl LogFilter {
    fn holds(&self, placed: &PlacedLog<'_>) -> bool {
        let log = placed.log;
        let topics = log.topics();
        (self.addresses.is_empty() || self.addresses.contains(&log.address))
            && self.topics.len() <= topics.len()
            && self.topics.iter().zip(topics).all(|(wanted, topic)| wanted.is_empty() || wanted.contains(topic))
    }

    fn own<'n>(&self, block: &'n ImportedBlock) -> Vec<PlacedLog<'n>> {
        view::logs(block).filter(|log| self.holds(log)).collect()
    }

    fn synthetic<'n>(&self, block: &'n ImportedBlock) -> Vec<PlacedLog<'n>> {
        view::synthetic_logs(block).filter(|log| self.holds(log)).collect()
    }

    /// Refuses what no block to come can match.
    ///
    /// Source: `bttc:eth/filters/filter_system.go:202-236`.
    pub(super) fn check_live(&self) -> Result<(), RpcError> {
        use Height::{At, Latest, Pending};
        match self.blocks {
            Blocks::Range(At(from), At(to)) if to < from => {}
            Blocks::Range(Pending, Latest | At(_)) | Blocks::Range(Latest, At(_)) => {}
            Blocks::Range(..) | Blocks::One(_) => return Ok(()),
        }
        Err(RpcError::failed("invalid from and to block combination: from > to"))
    }

    /// The logs of a block that came into the chain or left it, those of its system calls last.
    pub(super) fn live<'n>(&self, block: &'n ImportedBlock) -> Vec<PlacedLog<'n>> {
        let height = block.header().height();
        let within = match self.blocks {
            // No block that would follow has logs before it is there.
            Blocks::Range(Height::Pending, Height::Pending) => false,
            Blocks::Range(from, to) => {
                let from = if let Height::At(from) = from { from } else { 0 };
                let to = if let Height::At(to) = to { to } else { u64::MAX };
                (from..=to).contains(&height)
            }
            Blocks::One(_) => true,
        };
        let logs = if within { self.own(block) } else { Vec::new() };
        logs.into_iter().chain(within.then(|| self.synthetic(block)).into_iter().flatten()).collect()
    }
}

/// First and last height, as far as the chain goes.
fn bounds(node: &Node<'_>, from: Height, to: Height) -> (i64, i64) {
    // Heights were read as signed numbers.
    let signed = |number| i64::try_from(number).unwrap_or(i64::MAX);
    let head = signed(node.head());
    let height = |height| match height {
        Height::Latest => head,
        Height::Pending => PENDING,
        Height::At(number) => signed(number),
    };
    (height(from), height(to).min(head))
}

/// The block at a step of a range search.
// Q-318: the tag `pending` counts as height −2 there, which has no logs, and −1 is the newest block.
fn block_at(node: &Node<'_>, number: i64) -> Result<Option<Arc<ImportedBlock>>, RpcError> {
    match number {
        -1 => node.block(Height::Latest),
        number => u64::try_from(number).map_or(Ok(None), |number| node.at(number)),
    }
}

/// Logs as they are answered, by where they stand.
type Placed = Vec<(u64, Value)>;

/// As in the reference: merged by block number · 100000 + log index.
fn placed(logs: Vec<PlacedLog<'_>>) -> impl Iterator<Item = (u64, Value)> {
    let place = |log: &PlacedLog<'_>| log.header.height().wrapping_mul(100_000).wrapping_add(log.index);
    logs.into_iter().map(move |log| (place(&log), log.to_json()))
}

/// `eth_getLogs`.
pub(super) fn logs(node: &Node<'_>, filter: &LogFilter) -> Result<Value, RpcError> {
    let mut found = Placed::new();
    match filter.blocks {
        Blocks::One(hash) => found.extend(placed(filter.own(&*block(node, hash)?))),
        Blocks::Range(from, to) => {
            let (from, to) = bounds(node, from, to);
            node.log_limits.check_range(from, to)?;
            for number in from..=to {
                let Some(block) = block_at(node, number)? else { continue };
                found.extend(placed(filter.own(&block)));
                node.log_limits.check_found(found.len())?;
            }
        }
    }
    if node.state_sync_logs == StateSyncLogs::Include {
        found.extend(synthetic(node, filter)?);
        found.sort_by_key(|(place, _)| *place);
    }
    Ok(found.into_iter().map(|(_, log)| log).collect())
}

/// `eth_getBorBlockLogs`.
pub(super) fn state_sync_logs(node: &Node<'_>, filter: &LogFilter) -> Result<Value, RpcError> {
    Ok(synthetic(node, filter)?.into_iter().map(|(_, log)| log).collect())
}

fn synthetic(node: &Node<'_>, filter: &LogFilter) -> Result<Placed, RpcError> {
    let mut found = Placed::new();
    match filter.blocks {
        Blocks::One(hash) => {
            let block = node.block_by_hash(hash)?;
            found.extend(block.iter().flat_map(|block| placed(filter.synthetic(block))));
        }
        Blocks::Range(from, to) => {
            let (from, to) = bounds(node, from, to);
            node.log_limits.check_range(from, to)?;
            let first = first_step(from, node.chain.spec().timing.sprint);
            for number in (first..=to).step_by(STEP.into()) {
                let Some(block) = block_at(node, number)? else { continue };
                found.extend(placed(filter.synthetic(&block)));
            }
        }
    }
    Ok(found)
}

/// The first block whose system calls a range search looks at.
// Q-319: a start of a sprint stays; from elsewhere it is 64 behind the start of its sprint, whatever a sprint's length.
fn first_step(from: i64, sprint: u64) -> i64 {
    let over = i64::try_from(sprint).ok().and_then(|sprint| from.checked_rem(sprint)).unwrap_or_default();
    if over == 0 { from } else { from.saturating_add(STEP.into()).saturating_sub(over) }
}

fn block(node: &Node<'_>, hash: B256) -> Result<Arc<ImportedBlock>, RpcError> {
    node.block_by_hash(hash)?.ok_or_else(|| RpcError::failed("unknown block"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q319_a_search_for_system_calls_starts_64_behind_a_sprints_start() {
        // sprint, from, first
        let starts = [
            (64, 0, 0),
            (64, 64, 64),
            (64, 65, 128),
            (8, 56, 56),
            (8, 20, 80),
            (4, 1, 64),
            (16, -2, 64),
            (2, -2, -2),
            (0, 3, 3),
        ];
        for (sprint, from, first) in starts {
            assert_eq!(first_step(from, sprint), first, "{from} of {sprint}");
        }
    }
}
