//! TRON over HTTP, read only, from the solidified state.
//!
//! ```text
//! head, block   /walletsolidity/getnowblock, /walletsolidity/getblockbynum          hash = block id
//! call          /walletsolidity/triggerconstantcontract        state after the newest solidified block
//! logs, receipt /jsonrpc eth_getLogs, eth_getTransactionReceipt     cut off at the solidified head
//! ```
//!
//! A block is solidified when more than two thirds of TRON's producers have built on it. The routes under `/jsonrpc`
//! read the newest state, which may still be undone, so none of them is asked for state or for the head.
//!
//! **An old state cannot be asked for.** [`RootChain::call`] answers from the newest solidified state, which is that of the
//! block asked for or a later one, and never an earlier one: whoever reads a record that may be replaced reads it again
//! when everything else is done.
//!
//! Sources: `withdrawal-proofs §7.2` · `validation-layer §7.4` · TRON's API documentation,
//! `/walletsolidity/triggerconstantcontract`.
//!
//! ```
//! use bttc_core::{endpoint::{Endpoint, Patience}, root_chain::tron::TronRpc};
//!
//! let endpoint = Endpoint::new("https://tron.example", Patience::default())?.with_header("TRON-PRO-API-KEY", "secret")?;
//! let tron = TronRpc::new(endpoint);
//! # Ok::<(), bttc_core::endpoint::AddressError>(())
//! ```

use super::{
    BlockRef, LogFilter, RootCall, RootChain, RootChainError, RootChainId, RootLog, RootReceipt,
    json_rpc::{Node, reason},
};
use crate::{endpoint::Endpoint, tron::TronAddress};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use alloy_primitives::{Address, B256, Bytes, hex};
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

/// TRON as a node tells of it.
#[derive(Clone, Debug)]
pub struct TronRpc {
    /// The HTTP interface.
    node: Node,
    /// The JSON-RPC interface of the same node.
    json_rpc: Node,
}

const NOW: &str = "/walletsolidity/getnowblock";
const BY_NUMBER: &str = "/walletsolidity/getblockbynum";
const CALL: &str = "/walletsolidity/triggerconstantcontract";

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "blockID")]
    id: Option<B256>,
    block_header: Option<Header>,
}

#[derive(Deserialize)]
struct Header {
    raw_data: RawHeader,
}

/// Zeros are left out.
#[derive(Deserialize)]
struct RawHeader {
    #[serde(default)]
    number: u64,
    /// Milliseconds.
    #[serde(default)]
    timestamp: u64,
}

#[derive(Deserialize)]
struct Called {
    #[serde(default)]
    result: Outcome,
    #[serde(default)]
    constant_result: Vec<String>,
    #[serde(default)]
    transaction: Transaction,
    #[serde(rename = "Error")]
    error: Option<String>,
}

#[derive(Default, Deserialize)]
struct Outcome {
    #[serde(default)]
    result: bool,
    code: Option<String>,
    /// Hex of a text.
    message: Option<String>,
}

#[derive(Default, Deserialize)]
struct Transaction {
    #[serde(default)]
    ret: Vec<Return>,
}

#[derive(Default, Deserialize)]
struct Return {
    ret: Option<String>,
}

impl TronRpc {
    /// The chain behind this endpoint: the node's HTTP interface, or a provider's of the same routes.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        let json_rpc = Node { id: RootChainId::Tron, endpoint: endpoint.at("/jsonrpc") };
        Self { node: Node { id: RootChainId::Tron, endpoint }, json_rpc }
    }

    fn read_block(&self, route: &str, block: Block) -> Result<Option<BlockRef>, RootChainError> {
        let Some((hash, header)) = block.id.zip(block.block_header) else { return Ok(None) };
        let RawHeader { number, timestamp } = header.raw_data;
        // A block id begins with the height.
        if hash.first_chunk() != Some(&number.to_be_bytes()) {
            return Err(self.node.permanent(route, format!("blockID {hash} for block {number}")));
        }
        Ok(Some(BlockRef { number, hash, time: timestamp / 1_000 }))
    }
}

#[async_trait]
impl RootChain for TronRpc {
    fn id(&self) -> RootChainId {
        RootChainId::Tron
    }

    async fn head(&self) -> Result<BlockRef, RootChainError> {
        let block = self.node.endpoint.post(NOW, &json!({})).await.map_err(|e| self.node.failed(e))?;
        self.read_block(NOW, block)?.ok_or_else(|| self.node.transient(NOW, "no block"))
    }

    async fn block(&self, number: u64) -> Result<Option<BlockRef>, RootChainError> {
        let block = self.node.endpoint.post(BY_NUMBER, &json!({ "num": number })).await;
        let block = self.read_block(BY_NUMBER, block.map_err(|e| self.node.failed(e))?)?;
        match block {
            Some(block) if block.number != number => {
                Err(self.node.permanent(BY_NUMBER, format!("number {} for block {number}", block.number)))
            }
            block => Ok(block),
        }
    }

    async fn logs(&self, filter: &LogFilter) -> Result<Vec<RootLog>, RootChainError> {
        let head = self.head().await?.number;
        self.json_rpc.logs(filter, head).await
    }

    async fn call(&self, call: &RootCall, at: u64) -> Result<Bytes, RootChainError> {
        let head = self.head().await?.number;
        if at > head {
            return Err(self.node.transient(CALL, format!("block {at} is not solidified, {head} is")));
        }
        let address = |body| hex::encode(TronAddress::new(body).to_bytes());
        let question = json!({
            "owner_address": address(Address::ZERO),
            "contract_address": address(call.to),
            "data": hex::encode(&call.data),
            "visible": false,
        });
        let called: Called = self.node.endpoint.post(CALL, &question).await.map_err(|e| self.node.failed(e))?;
        let returned = called.constant_result.first().map(hex::decode).transpose();
        let returned = returned.map_err(|e| self.node.permanent(CALL, format!("constant_result: {e}")))?;
        let message = called.result.message.as_deref().map(|text| hex::decode(text).unwrap_or_default());
        let message = message.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).or(called.error);
        let message = message.unwrap_or_default();
        let failed = called.transaction.ret.iter().any(|ret| ret.ret.as_deref() == Some("FAILED"));
        match returned {
            Some(returned) if failed => Err(RootChainError::Reverted { reason: reason(Some(&returned), &message) }),
            Some(returned) if called.result.result => Ok(returned.into()),
            _ => {
                let code = called.result.code.unwrap_or_default();
                Err(self.node.permanent(CALL, format!("{code} {message}")))
            }
        }
    }

    async fn submit(&self, _sender: Address, _call: &RootCall) -> Result<B256, RootChainError> {
        Err(self.node.permanent("submit", "read only"))
    }

    async fn receipt(&self, transaction: B256) -> Result<Option<RootReceipt>, RootChainError> {
        let head = self.head().await?.number;
        self.json_rpc.receipt(transaction, head).await
    }
}

const _: fn(&TronRpc) -> &dyn RootChain = |chain| chain;
