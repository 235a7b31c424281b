//! One endpoint, its answers checked.

use super::{
    block::{Block, BlockJson, Header, Mismatch},
    receipts::{self, ReceiptJson},
};
use crate::{checkpoint::BlockRange, exit::Receipt, side_chain::SideChainError};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use alloy_primitives::{B256, U64};
use bttc_core::endpoint::{Endpoint, EndpointError};
use core::{
    ops::RangeInclusive,
    sync::atomic::{AtomicUsize, Ordering},
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

pub(super) const CHAIN_ID: &str = "eth_chainId";
pub(super) const HEADER: &str = "eth_getBlockByNumber";
pub(super) const LOCATE: &str = "eth_getTransactionByHash";
const ROOT: &str = "eth_getRootHash";
const EACH: &str = "eth_getTransactionReceipt";

/// Ways to a block's receipts, the best first.
const RECEIPTS: [&str; 3] = ["eth_getTransactionReceiptsByBlock", "eth_getBlockReceipts", EACH];

/// Receipts in a post, when they are asked for one by one.
const EACH_BATCH: usize = 64;

pub(super) struct Node {
    endpoint: Endpoint,
    /// The first of [`RECEIPTS`] that it may know.
    receipts: AtomicUsize,
    fault: Mutex<Option<SideChainError>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Located {
    hash: B256,
    /// `null` while it is in no block.
    block_number: Option<U64>,
}

fn failed(error: EndpointError) -> SideChainError {
    let cause = error.to_string();
    if error.failure.is_transient() { SideChainError::Transient { cause } } else { SideChainError::Permanent { cause } }
}

fn quantity(number: u64) -> Value {
    format!("{number:#x}").into()
}

impl Node {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, receipts: AtomicUsize::new(0), fault: Mutex::new(None) }
    }

    pub(super) fn name(&self) -> &str {
        self.endpoint.name()
    }

    pub(super) fn contradiction(&self, method: &str, mismatch: Mismatch) -> SideChainError {
        mismatch.told_by(self.name(), method)
    }

    pub(super) fn note(&self, error: &SideChainError) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
    }

    pub(super) fn fault(&self) -> Option<SideChainError> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn chain_id(&self) -> Result<u64, SideChainError> {
        let id: U64 = self.endpoint.call(CHAIN_ID, json!([])).await.map_err(failed)?;
        Ok(id.to())
    }

    pub(super) async fn head(&self) -> Result<u64, SideChainError> {
        let head: U64 = self.endpoint.call("eth_blockNumber", json!([])).await.map_err(failed)?;
        Ok(head.to())
    }

    /// Height of the block that it says a transaction is in.
    pub(super) async fn locate(&self, transaction: B256) -> Result<Option<u64>, SideChainError> {
        let located: Option<Located> = self.endpoint.call(LOCATE, json!([transaction])).await.map_err(failed)?;
        let Some(located) = located else { return Ok(None) };
        if located.hash != transaction {
            return Err(self.contradiction(LOCATE, Mismatch::new("hash", located.hash, transaction)));
        }
        Ok(located.block_number.map(|number| number.to()))
    }

    pub(super) async fn block(&self, number: u64) -> Result<Block, SideChainError> {
        let question = json!([quantity(number), true]);
        let block: Option<BlockJson<_>> = self.endpoint.call(HEADER, question).await.map_err(failed)?;
        let block = block.ok_or_else(|| self.no_block(number))?;
        block.block(number).map_err(|mismatch| self.contradiction(HEADER, mismatch))
    }

    /// Headers that follow on each other.
    pub(super) async fn headers(&self, range: RangeInclusive<u64>) -> Result<Vec<Header>, SideChainError> {
        let questions: Vec<Value> = range.clone().map(|number| json!([quantity(number), false])).collect();
        let blocks: Vec<Option<BlockJson<IgnoredAny>>> =
            self.endpoint.batch(HEADER, &questions).await.map_err(failed)?;
        let mut headers: Vec<Header> = Vec::with_capacity(blocks.len());
        for (number, block) in range.zip(blocks) {
            let block = block.ok_or_else(|| self.no_block(number))?;
            let header = block.header(number).map_err(|mismatch| self.contradiction(HEADER, mismatch))?;
            if let Some(before) = headers.last().filter(|before| before.hash != header.parent) {
                let field = format!("parentHash of block {number}");
                return Err(self.contradiction(HEADER, Mismatch::new(field, header.parent, before.hash)));
            }
            headers.push(header);
        }
        Ok(headers)
    }

    fn no_block(&self, number: u64) -> SideChainError {
        self.contradiction(HEADER, Mismatch::new(format!("block {number}"), "null", "a block"))
    }

    // numbers as numbers, and an answer without 0x.
    pub(super) async fn root(&self, range: BlockRange) -> Result<B256, SideChainError> {
        let question = json!([range.start(), range.end()]);
        let root: String = self.endpoint.call(ROOT, question).await.map_err(failed)?;
        let form = |_| self.contradiction(ROOT, Mismatch::new("root", &root, "64 hex digits"));
        root.parse().map_err(form)
    }

    /// The receipts under the block's receipts root, by the best way that the endpoint knows.
    pub(super) async fn receipts(&self, block: &Block) -> Result<Vec<Receipt>, SideChainError> {
        let mut first = None;
        for (place, method) in RECEIPTS.iter().enumerate().skip(self.receipts.load(Ordering::Relaxed)) {
            let error = match self.receipts_by(method, block).await {
                Ok(receipts) => match receipts::of_block(block, receipts) {
                    Ok(receipts) => return Ok(receipts),
                    Err(mismatch) => self.contradiction(method, mismatch),
                },
                Err(error) if error.failure.is_unknown_method() && place + 1 < RECEIPTS.len() => {
                    self.receipts.fetch_max(place + 1, Ordering::Relaxed);
                    continue;
                }
                // Whoever is out of breath is not asked another way.
                Err(error) if error.failure.is_transient() => return Err(first.unwrap_or_else(|| failed(error))),
                Err(error) => failed(error),
            };
            first.get_or_insert(error);
        }
        Err(first.unwrap_or(SideChainError::Permanent { cause: format!("{} knows no receipts", self.name()) }))
    }

    async fn receipts_by(&self, method: &str, block: &Block) -> Result<Vec<ReceiptJson>, EndpointError> {
        if block.transactions.is_empty() {
            return Ok(Vec::new());
        }
        if method != EACH {
            let receipts: Option<_> = self.endpoint.call(method, json!([quantity(block.leaf.number)])).await?;
            return Ok(receipts.unwrap_or_default());
        }
        let mut receipts = Vec::new();
        for transactions in block.transactions.chunks(EACH_BATCH) {
            let questions: Vec<Value> = transactions.iter().map(|(hash, _)| json!([hash])).collect();
            let answers: Vec<Option<ReceiptJson>> = self.endpoint.batch(method, &questions).await?;
            receipts.extend(answers.into_iter().flatten());
        }
        Ok(receipts)
    }
}
