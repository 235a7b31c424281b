//! Receipts' JSON, and the receipts of a block in it.

use super::block::{Block, Mismatch};
use crate::exit::{Receipt, Status, receipts_root};
use alloc::{collections::BTreeMap, format, vec::Vec};
use alloy_primitives::{Address, B256, Bloom, Bytes, Log, U64};
use serde::Deserialize;

/// The fields that consensus knows, and whose receipt it is.
///
/// Source: `block-layer §7.5.2`.
// `eth_getTransactionReceiptsByBlock` leaves out the type, so that it is taken from the block.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceiptJson {
    transaction_hash: B256,
    status: U64,
    cumulative_gas_used: U64,
    logs_bloom: Bloom,
    logs: Vec<LogJson>,
}

#[derive(Deserialize)]
struct LogJson {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
}

/// The receipts of a block's transactions in their order, if they give the block's receipts root. Others, like that of the
/// state sync, are left out.
pub(super) fn of_block(block: &Block, answers: Vec<ReceiptJson>) -> Result<Vec<Receipt>, Mismatch> {
    let mut answers: BTreeMap<B256, ReceiptJson> =
        answers.into_iter().map(|answer| (answer.transaction_hash, answer)).collect();
    let number = block.leaf.number;
    let mut receipts = Vec::new();
    for (index, (hash, kind)) in block.transactions.iter().enumerate() {
        let named = |field| format!("{field} of transaction {index} in block {number}");
        let answer = answers.remove(hash);
        let answer = answer.ok_or_else(|| Mismatch::new(named("receipt"), "missing", hash))?;
        let logs = answer.logs.into_iter().map(|log| Log::new(log.address, log.topics, log.data));
        let logs: Option<Vec<Log>> = logs.collect();
        let logs = logs.ok_or_else(|| Mismatch::new(named("topics"), "more", "at most 4"))?;
        let status = match answer.status.to::<u64>() {
            0 => Status::Failed,
            1 => Status::Succeeded,
            other => return Err(Mismatch::new(named("status"), other, "0 or 1")),
        };
        let cumulative_gas_used = answer.cumulative_gas_used.to();
        let receipt = Receipt { kind: *kind, status, cumulative_gas_used, bloom: answer.logs_bloom, logs };
        if receipt.computed_bloom() != receipt.bloom {
            return Err(Mismatch::new(named("logs"), "others than in its logsBloom", "the same"));
        }
        receipts.push(receipt);
    }
    let encodings: Vec<Bytes> = receipts.iter().map(Receipt::to_bytes).collect();
    let (computed, expected) = (receipts_root(&encodings), block.leaf.receipts_root);
    if computed != expected {
        let got = format!("{} with root {computed}", receipts.len());
        return Err(Mismatch::new(format!("receipts of block {number}"), got, format!("those with root {expected}")));
    }
    Ok(receipts)
}
