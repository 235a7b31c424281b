//! What became new since somebody last looked: one subscription, or what a filter tells.
//!
//! It remembers a place and nothing else: whoever does not look costs no memory, and misses nothing but transactions of
//! long ago. When the head changed to another branch, logs that are gone are told again, marked as removed, before those that
//! came; of headers that of the block which changed the head is told first, and none of its branch below.
//!
//! Source: `block-layer §7.1.3, §7.3.5, §7.5.5; bttc:eth/filters/api.go:95-290, bttc:eth/filters/bor_api.go:45-84`.

use super::{
    Node, RpcError, hex,
    logs::{self, LogFilter},
    params::{self, Params, Unreadable},
    view,
    way::Way,
};
use crate::{block::ImportedBlock, chain::Chain, state_sync::Record};
use alloy_primitives::{Address, B256, hex as digits};
use bttc_core::id::StateId;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What is watched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Headers of blocks.
    Heads,
    /// Hashes of blocks.
    Blocks,
    /// Logs.
    Logs(LogFilter),
    /// Hashes of transactions that became pending.
    Transactions,
    /// State-sync records that were delivered: with this id, or for this contract, or any.
    Deposits(StateId, Address),
    /// Whether the node catches up. It never does, so nothing is told.
    Syncing,
}

/// Looks for what became new.
///
/// ```
/// # use bttc_evm::rpc::{Node, RpcError, Watch};
/// # use serde_json::{Value, json};
/// fn heads(node: &Node<'_>) -> Result<Vec<Value>, RpcError> {
///     let mut watch = Watch::subscription(node, &json!(["newHeads"]))?;
///     watch.news(node) // none yet
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    pub(super) wanted: Wanted,
    /// Height and hash of the head that was seen.
    seen: (u64, B256),
    /// Transactions that had become pending.
    announced: u64,
}

impl Watch {
    /// From now on.
    pub(super) fn new(node: &Node<'_>, wanted: Wanted) -> Result<Self, RpcError> {
        if let Wanted::Logs(filter) = &wanted {
            filter.check_live()?;
        }
        Ok(Self { wanted, seen: head(node.chain), announced: node.pool.announced() })
    }

    /// Reads the parameters of `eth_subscribe`.
    ///
    /// # Errors
    /// [`RpcError`] when there is no such subscription, or its parameters cannot be read.
    pub fn subscription(node: &Node<'_>, params: &Value) -> Result<Self, RpcError> {
        let mut params = Params::new(params);
        let wanted = match params.required(params::string)? {
            "newHeads" => Wanted::Heads,
            "logs" => Wanted::Logs(params.required(logs::filter)?),
            "newPendingTransactions" => Wanted::Transactions,
            "newDeposits" => params.required(deposits)?,
            "syncing" => Wanted::Syncing,
            name => return Err(RpcError::subscription(name)),
        };
        params.end()?;
        Self::new(node, wanted)
    }

    /// What became new since this was last asked, each as it is told.
    ///
    /// # Errors
    /// [`RpcError`] when a block cannot be read; then nothing is missed, the next time tells it.
    pub fn news(&mut self, node: &Node<'_>) -> Result<Vec<Value>, RpcError> {
        let way = Way::find(self.seen, |hash| node.block_by_hash(hash), |height| node.hash_of(height))?;
        // Where the way back is lost, what came is told all the same.
        let Way { removed, fork } = way.unwrap_or(Way { removed: Vec::new(), fork: self.seen.0 });
        let mut added = Vec::new();
        for number in fork.saturating_add(1)..=node.head() {
            added.extend(node.at(number)?);
        }
        // Q-322: not the branch, only the block that changed the head and those after it.
        let is_below =
            |block: &&Arc<ImportedBlock>| removed.last().is_some_and(|head| !node.chain.prefers(head, block));
        let heads = added.iter().skip_while(is_below);
        let news = match &self.wanted {
            Wanted::Heads => heads.map(|block| head_json(block)).collect(),
            Wanted::Blocks => heads.map(|block| hex::hash(block.header().hash())).collect(),
            Wanted::Logs(filter) => {
                let gone = removed.iter().flat_map(|block| filter.live(block)).map(|log| view::removed(log.to_json()));
                gone.chain(added.iter().flat_map(|block| filter.live(block)).map(view::PlacedLog::to_json)).collect()
            }
            Wanted::Transactions => node.pool.announced_since(self.announced).map(hex::hash).collect(),
            Wanted::Deposits(id, contract) => {
                let records = heads.flat_map(|block| block.delivered());
                let any = *id == StateId::new(0) && contract.is_zero();
                let wanted = |record: &&Record| any || record.id == *id || record.receiver == *contract;
                records.filter(wanted).map(deposit_json).collect()
            }
            Wanted::Syncing => Vec::new(),
        };
        self.seen = head(node.chain);
        self.announced = node.pool.announced();
        Ok(news)
    }
}

fn head(chain: &Chain) -> (u64, B256) {
    let header = chain.head().header();
    (header.height(), header.hash())
}

/// The parameter of `newDeposits`.
fn deposits(value: &Value) -> Result<Wanted, Unreadable> {
    let none = Map::new();
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Null => &none,
        other => return Err(params::mistyped(other, "ethereum.StateSyncFilter")),
    };
    let id = fields.get("ID").map_or(Ok(0), params::json_number)?;
    let contract = fields.get("Contract").filter(|value| !value.is_null());
    let contract = contract.map_or(Ok(Address::ZERO), params::address)?;
    Ok(Wanted::Deposits(StateId::new(id), contract))
}

fn deposit_json(record: &Record) -> Value {
    json!({
        "ID": record.id,
        "Contract": hex::address(record.receiver),
        "Data": digits::encode(&record.data),
        "TxHash": hex::hash(record.tx_hash),
    })
}

/// A header as a subscription tells it.
// Q-267: it has a base fee, which is null, and neither size nor total difficulty; one that is asked for is the other way.
fn head_json(block: &ImportedBlock) -> Value {
    let mut fields = view::header(block);
    fields.remove("size");
    fields.remove("totalDifficulty");
    fields.insert("baseFeePerGas".to_owned(), Value::Null);
    Value::Object(fields)
}
