//! Methods by their names.

use super::{
    Node, RpcError, bor,
    chain::{answer_account, answer_block, answer_call, answer_transaction},
    fee, hex,
    params::{self, Height, Params},
    trace, txpool,
};
use bttc_core::hash::keccak256;
use serde_json::{Value, json};

/// What `web3_clientVersion` says.
const CLIENT: &str = concat!("bttc-evm/v", env!("CARGO_PKG_VERSION"));

/// Answers a whole request: an object with `method`, `params` and `id`.
#[must_use]
pub fn respond(node: &Node<'_>, request: &Value) -> Value {
    let id = request.get("id").unwrap_or(&Value::Null);
    let method = request.get("method").and_then(Value::as_str);
    let answered = method.ok_or_else(RpcError::request).and_then(|method| {
        let params = request.get("params").unwrap_or(&Value::Null);
        answer(node, method, params)
    });
    match answered {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
    }
}

/// Answers a method.
///
/// # Errors
/// [`RpcError`] with the reference's code and text.
pub fn answer(node: &Node<'_>, method: &str, params: &Value) -> Result<Value, RpcError> {
    let params = Params::new(params);
    match method.split_once('_') {
        Some(("bor", name)) => answer_bor(node, name, params),
        Some(("eth", name)) => match name {
            "getBlockByNumber"
            | "getBlockByHash"
            | "getHeaderByNumber"
            | "getHeaderByHash"
            | "getBlockTransactionCountByNumber"
            | "getBlockTransactionCountByHash"
            | "getUncleCountByBlockNumber"
            | "getUncleCountByBlockHash"
            | "getUncleByBlockNumberAndIndex"
            | "getUncleByBlockHashAndIndex" => answer_block(node, name, params),
            "getTransactionByHash"
            | "getTransactionReceipt"
            | "getRawTransactionByHash"
            | "getTransactionByBlockNumberAndIndex"
            | "getTransactionByBlockHashAndIndex"
            | "getRawTransactionByBlockNumberAndIndex"
            | "getRawTransactionByBlockHashAndIndex"
            | "getTransactionReceiptsByBlock"
            | "getBorBlockReceipt"
            | "getBorBlockLogs"
            | "getLogs" => answer_transaction(node, name, params),
            "getBalance" | "getTransactionCount" | "getCode" | "getStorageAt" | "getProof" => {
                answer_account(node, name, params)
            }
            "call" | "estimateGas" | "createAccessList" => answer_call(node, name, params),
            _ => answer_node(node, method, name, params),
        },
        Some(("debug", name)) => answer_debug(node, name, params),
        Some(("net", name)) => answer_net(node, name, params),
        Some(("txpool", name)) => answer_pool(node, name, params),
        Some(("web3", "sha3")) => with(params, |params| {
            let input = params.required(params::bytes)?;
            Ok(move || Ok(hex::hash(keccak256(&input))))
        }),
        Some(("web3", "clientVersion")) => with(params, |_| Ok(|| Ok(CLIENT.into()))),
        Some(("rpc", "modules")) => with(params, |_| {
            let names = ["bor", "debug", "eth", "net", "rpc", "txpool", "web3"];
            Ok(move || Ok(names.into_iter().map(|name| (name, "1.0")).collect()))
        }),
        _ => Err(RpcError::method(method)),
    }
}

/// Reads the parameters, sees to it that there are no more, then answers.
pub(super) fn with<'p, A: FnOnce() -> Result<Value, RpcError>>(
    mut params: Params<'p>,
    read: impl FnOnce(&mut Params<'p>) -> Result<A, RpcError>,
) -> Result<Value, RpcError> {
    let answer = read(&mut params)?;
    params.end()?;
    answer()
}

fn answer_bor(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "getAuthor" => with(params, |params| {
            let height = params.nullable(params::height)?;
            Ok(move || bor::author(bor::block(node, height)?.header()))
        }),
        "getSnapshot" | "getSigners" => with(params, |params| {
            let height = params.nullable(params::height)?;
            Ok(move || {
                let snapshot = bor::snapshot(node, bor::block(node, height)?.header().hash())?;
                if name == "getSigners" { Ok(bor::signers(&snapshot)) } else { bor::json(&snapshot) }
            })
        }),
        "getSnapshotAtHash" | "getSignersAtHash" => with(params, |params| {
            let block = params.required(params::hash)?;
            Ok(move || {
                let snapshot = bor::snapshot(node, block)?;
                if name == "getSignersAtHash" { Ok(bor::signers(&snapshot)) } else { bor::json(&snapshot) }
            })
        }),
        "getCurrentProposer" | "getCurrentValidators" => with(params, |_| {
            Ok(move || {
                let members = bor::snapshot(node, node.chain.head().header().hash())?.members;
                if name == "getCurrentValidators" {
                    return bor::json(&members.validators);
                }
                Ok(members.proposer.map_or(Value::Null, |proposer| hex::address(proposer.signer)))
            })
        }),
        "getRootHash" => answer_root(node, params),
        _ => Err(RpcError::method(&format!("bor_{name}"))),
    }
}

fn answer_root(node: &Node<'_>, params: Params<'_>) -> Result<Value, RpcError> {
    with(params, |params| {
        let (start, end) = (params.required(params::json_number)?, params.required(params::json_number)?);
        Ok(move || bor::root(node, start, end))
    })
}

/// What needs no block named.
fn answer_node(node: &Node<'_>, method: &str, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "getRootHash" => answer_root(node, params),
        "feeHistory" => with(params, |params| {
            let (count, last) = (params.required(fee::block_count)?, params.required(params::height)?);
            let percentiles = params.required(|value| params::list(value, "[]float64", fee::percentile))?;
            Ok(move || fee::history(node, count, last, &percentiles))
        }),
        "blockNumber"
        | "chainId"
        | "gasPrice"
        | "maxPriorityFeePerGas"
        | "syncing"
        | "mining"
        | "hashrate"
        | "accounts"
        | "pendingTransactions"
        | "coinbase"
        | "etherbase" => with(params, |_| {
            Ok(move || {
                Ok(match name {
                    "blockNumber" => hex::quantity(node.head()),
                    "chainId" => hex::quantity(node.chain_id()),
                    "gasPrice" | "maxPriorityFeePerGas" => hex::word(fee::suggestion(node)?),
                    "hashrate" => hex::quantity(0),
                    // The pending ones are those of the node's own accounts.
                    "accounts" | "pendingTransactions" => json!([]),
                    "coinbase" | "etherbase" => {
                        return Err(RpcError::failed("etherbase must be explicitly specified"));
                    }
                    _ => false.into(),
                })
            })
        }),
        "sendTransaction" | "sign" | "signTransaction" => Err(RpcError::failed("unknown account")),
        _ => Err(RpcError::method(method)),
    }
}

fn answer_pool(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "contentFrom" => with(params, |params| {
            let sender = params.required(params::address)?;
            Ok(move || Ok(txpool::content_from(node, sender)))
        }),
        "status" | "content" | "inspect" => with(params, |_| {
            Ok(move || {
                Ok(match name {
                    "status" => txpool::status(node.pool),
                    "content" => txpool::content(node),
                    _ => txpool::inspect(node.pool),
                })
            })
        }),
        _ => Err(RpcError::method(&format!("txpool_{name}"))),
    }
}

fn answer_net(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "version" | "listening" | "peerCount" => with(params, |_| {
            Ok(move || {
                Ok(match name {
                    "version" => node.chain_id().to_string().into(),
                    "listening" => true.into(),
                    _ => hex::quantity(0),
                })
            })
        }),
        _ => Err(RpcError::method(&format!("net_{name}"))),
    }
}

fn answer_debug(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "traceTransaction" => with(params, |params| {
            let hash = params.required(params::hash)?;
            let tracing = params.optional(trace::tracing)?.unwrap_or_default();
            Ok(move || trace::transaction(node, hash, tracing))
        }),
        "traceBlockByNumber" => with(params, |params| {
            let height = params.required(params::height)?;
            let tracing = params.optional(trace::tracing)?.unwrap_or_default();
            Ok(move || {
                let missing = || match height {
                    Height::At(number) => RpcError::failed(format_args!("block #{number} not found")),
                    Height::Latest | Height::Pending => RpcError::failed("block not found"),
                };
                let block = node.block(height)?.ok_or_else(missing)?;
                trace::block(node, &block, tracing)
            })
        }),
        _ => Err(RpcError::method(&format!("debug_{name}"))),
    }
}
