//! Methods about blocks, transactions and accounts.

use super::{
    Node, RpcError, access_list, account, call, hex, logs,
    method::with,
    overrides,
    params::{self, BlockRef, Height, Params},
    view::{self, Listed},
};
use crate::block::ImportedBlock;
use alloy_primitives::B256;
use serde_json::Value;
use std::sync::Arc;

/// The block that a method asks for, by number or by hash as its name says.
fn block_of(name: &str, params: &mut Params<'_>) -> Result<BlockRef, RpcError> {
    if name.contains("Number") {
        params.required(params::height).map(BlockRef::Height)
    } else {
        params.required(params::hash).map(BlockRef::Hash)
    }
}

fn named_block(node: &Node<'_>, block: BlockRef) -> Result<Option<Arc<ImportedBlock>>, RpcError> {
    match block {
        BlockRef::Height(height) => node.block(height),
        BlockRef::Hash(hash) => node.block_by_hash(hash),
        other => node.referred(other, "").map(Some),
    }
}

pub(super) fn answer_block(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    with(params, |params| {
        let block = block_of(name, params)?;
        let listed = match name {
            "getBlockByNumber" | "getBlockByHash" => Some(params.required(params::flag)?),
            _ => None,
        };
        if name.ends_with("Index") {
            params.required(params::quantity)?;
        }
        Ok(move || {
            let Some(block) = named_block(node, block)? else {
                return Ok(Value::Null);
            };
            Ok(match listed {
                Some(true) => view::block(&block, Listed::Objects, node.chain_id()),
                Some(false) => view::block(&block, Listed::Hashes, node.chain_id()),
                None if name.starts_with("getHeader") => Value::Object(view::header(&block)),
                None if name.starts_with("getUncleCount") => hex::quantity(0),
                None if name.starts_with("getUncle") => Value::Null,
                None => hex::count(block.block().transactions().len()),
            })
        })
    })
}

pub(super) fn answer_transaction(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "getLogs" | "getBorBlockLogs" => with(params, |params| {
            let filter = params.required(logs::filter)?;
            Ok(move || match name {
                "getLogs" => logs::logs(node, &filter),
                _ => logs::state_sync_logs(node, &filter),
            })
        }),
        "getBorBlockReceipt" => with(params, |params| {
            let block = params.required(params::hash)?;
            Ok(move || {
                let block = node.block_by_hash(block)?;
                let receipt = block.and_then(|block| view::raw_synthetic_receipt(&block));
                receipt.ok_or_else(|| RpcError::failed("not found"))
            })
        }),
        "getTransactionReceiptsByBlock" => with(params, |params| {
            let block = params.required(params::block_ref)?;
            Ok(move || {
                // a height that is not there aborts the handler.
                let block = node.referred(block, "method handler crashed")?;
                Ok(view::receipts(&block, node.chain_id()))
            })
        }),
        "getTransactionByBlockNumberAndIndex"
        | "getTransactionByBlockHashAndIndex"
        | "getRawTransactionByBlockNumberAndIndex"
        | "getRawTransactionByBlockHashAndIndex" => with(params, |params| {
            let block = block_of(name, params)?;
            let place = params.required(params::quantity)?;
            Ok(move || {
                let block = named_block(node, block)?;
                if name.starts_with("getRaw") {
                    let place = usize::try_from(place).unwrap_or(usize::MAX);
                    let tx = block.as_ref().and_then(|block| block.block().transactions().get(place));
                    return Ok(hex::bytes(tx.map_or(&[], |tx| tx.bytes())));
                }
                Ok(block.map_or(Value::Null, |block| node.transaction(&block, place)))
            })
        }),
        _ => with(params, |params| {
            let hash = params.required(params::hash)?;
            Ok(move || by_hash(node, name, hash))
        }),
    }
}

/// A transaction, its bytes or its receipt.
fn by_hash(node: &Node<'_>, name: &str, hash: B256) -> Result<Value, RpcError> {
    let Some((block, place)) = node.find(hash)? else {
        let pooled = node.pool.transaction(hash).map(|pooled| &pooled.transaction);
        return Ok(match (name, pooled) {
            ("getRawTransactionByHash", pooled) => hex::bytes(pooled.map_or(&[], |tx| tx.bytes())),
            ("getTransactionByHash", Some(tx)) => view::pending_transaction(tx, node.chain_id()),
            _ => Value::Null,
        });
    };
    let own = |place: usize| block.block().transactions().get(place);
    let answer = match (name, place) {
        ("getRawTransactionByHash", Some(place)) => own(place).map(|tx| hex::bytes(tx.bytes())),
        ("getRawTransactionByHash", None) => Some("0x".into()),
        ("getTransactionReceipt", Some(place)) => view::receipt(&block, place, node.chain_id()),
        // without a receipt at that height the handler aborts.
        ("getTransactionReceipt", None) => {
            let crashed = || RpcError::failed("method handler crashed");
            Some(view::synthetic_receipt(&block, hash).ok_or_else(crashed)?)
        }
        (_, Some(place)) => own(place).map(|tx| view::transaction(block.header(), place, tx, node.chain_id())),
        (_, None) => Some(view::synthetic_transaction(&block, hash)),
    };
    Ok(answer.unwrap_or_default())
}

pub(super) fn answer_call(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    if name == "call" {
        return with(params, |params| {
            let (request, block) = (params.required(call::request)?, params.required(params::block_ref)?);
            let overrides = params.nullable(overrides::overrides)?.unwrap_or_default();
            Ok(move || {
                let mut on = node.on(block)?;
                overrides.apply(&mut on.state)?;
                call::call(node, &on, &request)
            })
        });
    }
    with(params, |params| {
        let request = params.required(call::request)?;
        let block = params.nullable(params::block_ref)?.unwrap_or(BlockRef::Height(Height::Pending));
        Ok(move || match name {
            "estimateGas" => Ok(hex::quantity(call::estimate(node, block, &request)?)),
            _ => access_list::create(node, &node.on(block)?, request),
        })
    })
}

pub(super) fn answer_account(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "getProof" => with(params, |params| {
            let address = params.required(params::address)?;
            let keys = params.required(|value| params::list(value, "[]string", params::string))?;
            let block = params.required(params::block_ref)?;
            Ok(move || Ok(account::proof(&node.on(block)?.state, address, &keys)))
        }),
        "getStorageAt" => with(params, |params| {
            let address = params.required(params::address)?;
            let slot = account::slot(params.required(params::string)?);
            let block = params.required(params::block_ref)?;
            Ok(move || Ok(hex::hash(node.on(block)?.state.storage(address, slot).into())))
        }),
        _ => with(params, |params| {
            let (address, block) = (params.required(params::address)?, params.required(params::block_ref)?);
            Ok(move || {
                let state = node.on(block)?.state;
                Ok(match name {
                    "getBalance" => hex::word(state.balance(address)),
                    "getTransactionCount" => {
                        let pending = block == BlockRef::Height(Height::Pending);
                        let next = pending.then(|| node.pool.next_nonce(address)).flatten();
                        hex::quantity(next.unwrap_or(state.nonce(address)))
                    }
                    _ => hex::bytes(&state.code(address)),
                })
            })
        }),
    }
}
