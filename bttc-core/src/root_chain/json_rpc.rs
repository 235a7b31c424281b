//! What the JSON-RPC of all three root chains has in common.

use super::{BlockRef, LogFilter, RootChainError, RootChainId, RootLog, RootReceipt};
use crate::endpoint::{Endpoint, EndpointError, Failure};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use alloy_primitives::{Address, B256, Bytes, LogData, U64};
use alloy_sol_types::{Revert, SolError as _};
use serde::Deserialize;
use serde_json::{Value, json};

/// A quantity as JSON-RPC writes it.
pub(super) fn quantity(number: u64) -> Value {
    format!("{number:#x}").into()
}

#[derive(Deserialize)]
pub(super) struct Block {
    number: U64,
    hash: B256,
    timestamp: U64,
}

impl From<Block> for BlockRef {
    fn from(block: Block) -> Self {
        Self { number: block.number.to(), hash: block.hash, time: block.timestamp.to() }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
    block_number: U64,
    block_hash: B256,
    transaction_hash: B256,
    log_index: U64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    transaction_hash: B256,
    block_number: U64,
    status: U64,
    logs: Vec<Log>,
}

impl From<Log> for RootLog {
    fn from(log: Log) -> Self {
        Self {
            address: log.address,
            data: LogData::new_unchecked(log.topics, log.data),
            block_number: log.block_number.to(),
            block_hash: log.block_hash,
            transaction: log.transaction_hash,
            log_index: log.log_index.to(),
        }
    }
}

/// An endpoint of a root chain, and whose errors they are.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: RootChainId,
    pub(super) endpoint: Endpoint,
}

impl Node {
    pub(super) fn permanent(&self, method: &str, cause: impl ToString) -> RootChainError {
        let cause = format!("{}, {method}: {}", self.endpoint.name(), cause.to_string());
        RootChainError::Permanent { root_chain: self.id, cause }
    }

    pub(super) fn transient(&self, method: &str, cause: impl ToString) -> RootChainError {
        let cause = format!("{}, {method}: {}", self.endpoint.name(), cause.to_string());
        RootChainError::Transient { root_chain: self.id, cause }
    }

    pub(super) fn failed(&self, error: EndpointError) -> RootChainError {
        let (root_chain, cause) = (self.id, error.to_string());
        match error.failure {
            Failure::Refused { code, message, revert, .. }
                if code == 3 || message.starts_with("execution reverted") =>
            {
                RootChainError::Reverted { reason: reason(revert.as_ref().map(AsRef::as_ref), &message) }
            }
            failure if failure.is_transient() => RootChainError::Transient { root_chain, cause },
            _ => RootChainError::Permanent { root_chain, cause },
        }
    }

    /// Logs up to this head. What does not fit the filter names the endpoint.
    pub(super) async fn logs(&self, filter: &LogFilter, head: u64) -> Result<Vec<RootLog>, RootChainError> {
        const METHOD: &str = "eth_getLogs";
        let last = filter.to.min(head);
        if filter.from > last {
            return Ok(Vec::new());
        }
        let mut question = json!({ "fromBlock": quantity(filter.from), "toBlock": quantity(last) });
        if !filter.addresses.is_empty() {
            question["address"] = json!(filter.addresses);
        }
        if !filter.topics.is_empty() {
            question["topics"] = json!([filter.topics]);
        }
        let logs: Vec<Log> = self.endpoint.call(METHOD, json!([question])).await.map_err(|e| self.failed(e))?;
        let mut logs: Vec<RootLog> = logs.into_iter().map(RootLog::from).collect();
        let fits = |log: &RootLog| {
            (filter.from..=last).contains(&log.block_number)
                && (filter.addresses.is_empty() || filter.addresses.contains(&log.address))
                && (filter.topics.is_empty() || log.data.topics().first().is_some_and(|t| filter.topics.contains(t)))
        };
        if let Some(log) = logs.iter().find(|log| !fits(log)) {
            let place = format!("log {} of block {} was not asked for", log.log_index, log.block_number);
            return Err(self.permanent(METHOD, place));
        }
        logs.sort_by_key(|log| (log.block_number, log.log_index));
        Ok(logs)
    }

    /// A receipt of a block up to this head.
    pub(super) async fn receipt(&self, transaction: B256, head: u64) -> Result<Option<RootReceipt>, RootChainError> {
        const METHOD: &str = "eth_getTransactionReceipt";
        let receipt: Option<Receipt> =
            self.endpoint.call(METHOD, json!([transaction])).await.map_err(|e| self.failed(e))?;
        let Some(receipt) = receipt.filter(|receipt| receipt.block_number.to::<u64>() <= head) else {
            return Ok(None);
        };
        if receipt.transaction_hash != transaction {
            return Err(self.permanent(METHOD, format!("transactionHash {}", receipt.transaction_hash)));
        }
        Ok(Some(RootReceipt {
            transaction,
            block_number: receipt.block_number.to(),
            // A receipt does not hold the reason.
            revert: receipt.status.is_zero().then(String::new),
            logs: receipt.logs.into_iter().map(RootLog::from).collect(),
        }))
    }
}

/// The words of a revert: those that it returned, or else those of the node.
pub(super) fn reason(returned: Option<&[u8]>, message: &str) -> String {
    match returned.and_then(|bytes| Revert::abi_decode(bytes).ok()) {
        Some(revert) => revert.reason,
        None => {
            let words = message.strip_prefix("execution reverted").unwrap_or(message);
            words.trim_start_matches(':').trim().into()
        }
    }
}
