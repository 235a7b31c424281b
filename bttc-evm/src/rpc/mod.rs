//! JSON-RPC: requests answered from a chain, with the reference's own texts.
//!
//! ```text
//! request ─▶ method ─▶ parameters, read one by one ─▶ chain · states · snapshots ─▶ answer, or code and text
//! ```
//!
//! [`answer`] is a pure function of a [`Node`], what it is asked and nothing else; a server carries it. Quantities are
//! hex without leading zeros, but for `bor_getRootHash` and `eth_getRootHash`, which take JSON numbers.
//!
//! | namespace | methods |
//! |---|---|
//! | `eth_` | blocks, headers, counts, transactions, receipts, logs, accounts, proofs, calls, estimates, prices; filters |
//! | `bor_` | `getAuthor` `getSnapshot` `getSnapshotAtHash` `getSigners` `getSignersAtHash` `getCurrentProposer` `getCurrentValidators` `getRootHash` |
//! | `debug_` | `traceTransaction` `traceBlockByNumber`, with the call tracer and the struct logger |
//! | `txpool_` | `status` `content` `contentFrom` `inspect` |
//! | `net_`, `web3_`, `rpc_` | `version` `listening` `peerCount`, `clientVersion` `sha3`, `modules` |
//!
//! The node has no accounts and no peers and does not mine. What a request changes is not the node's: a transaction that
//! is sent is read by [`raw_transaction`] and given to the [`Pool`], [`Filters`] are a value of their own, and a
//! subscription is a [`Watch`]. The feature `rpc` carries it all over HTTP and WebSocket, in its module `server`.
//!
//! Source: `block-layer §7; bttc:internal/ethapi/api.go, bttc:consensus/bor/api.go`.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, leaf::RangeRoot, snapshot::{SnapshotSource, SnapshotView}};
//! use bttc_core::{id::ValidatorId, validator::{Validator, VotingPower}};
//! use bttc_evm::{chain::Chain, genesis::{DevnetAllocation, devnet_genesis}};
//! use bttc_evm::{pool::{Pool, PoolLimits}, rpc::{LogLimits, Node, StateSyncLogs, TransactionIndex, answer}};
//! use alloy_primitives::{Address, B256};
//! use serde_json::json;
//! use std::collections::BTreeMap;
//!
//! #[derive(Debug)]
//! struct Nobody; // asks neither staking nor checkpoint
//! impl SnapshotSource for Nobody {
//!     fn snapshot(&self, _: B256) -> Option<SnapshotView> { None }
//! }
//! impl RangeRoot for Nobody {
//!     fn root_of(&self, leaves: Vec<B256>) -> Option<B256> { leaves.first().copied() }
//! }
//!
//! let spec = ChainSpec::devnet();
//! let alice = Validator::new(ValidatorId::new(1), Address::repeat_byte(0xa1), VotingPower::new(1));
//! let genesis = devnet_genesis(&spec, &DevnetAllocation {
//!     time: 1_700_000_000, validators: vec![alice], balances: Default::default(), root_chain: 1, root_token: Address::ZERO,
//! })?;
//! let chain = Chain::open(spec, &genesis)?;
//! let (states, index) = (BTreeMap::from([(0, chain.state().clone())]), TransactionIndex::default());
//! let pool = Pool::new(chain.spec().chain_id, PoolLimits::default());
//! let node = Node {
//!     chain: &chain, states: &states, index: &index, pool: &pool, snapshots: &Nobody, range_root: &Nobody,
//!     state_sync_logs: StateSyncLogs::Omit, log_limits: LogLimits::default(),
//! };
//! assert_eq!(answer(&node, "eth_blockNumber", &json!([]))?, json!("0x0"));
//! let error = answer(&node, "bor_getAuthor", &json!(["0x7"])).unwrap_err();
//! assert_eq!((error.code, error.to_string()), (-32000, "unknown block".to_owned()));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod account;
mod bor;
mod call;
mod error;
mod fee;
mod filters;
mod hex;
mod index;
mod logs;
mod params;
#[cfg(feature = "rpc")]
pub mod server;
mod trace;
mod txpool;
mod view;
mod watch;

pub use error::RpcError;
pub use filters::{FilterLimits, Filters};
pub use index::TransactionIndex;
pub use logs::{LogLimits, StateSyncLogs};
pub use txpool::raw_transaction;
pub use watch::Watch;

use crate::{
    block::{ImportedBlock, next_gas_limit},
    chain::Chain,
    executor::{BlockContext, StepOptions, TraceKind},
    header::SealedHeader,
    pool::Pool,
    state::State,
};
use alloy_primitives::{B256, U256};
use bttc_core::{hash::keccak256, leaf::RangeRoot, snapshot::SnapshotSource};
use call::On;
use core::fmt;
use index::Place;
use params::{BlockRef, Height, Params};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use view::Listed;

/// The state after each block.
pub trait StateHistory: fmt::Debug {
    /// The state after the block of this height; `None` where it is not kept.
    fn state_after(&self, height: u64) -> Option<&State>;
}

impl StateHistory for BTreeMap<u64, State> {
    fn state_after(&self, height: u64) -> Option<&State> {
        self.get(&height)
    }
}

/// The newest state, and those that the window keeps.
impl StateHistory for Chain {
    fn state_after(&self, height: u64) -> Option<&State> {
        self.state_at(height)
    }
}

/// What requests are answered from.
#[derive(Clone, Copy, Debug)]
pub struct Node<'n> {
    /// The chain.
    pub chain: &'n Chain,
    /// The states after its blocks.
    pub states: &'n dyn StateHistory,
    /// Where its transactions stand.
    pub index: &'n TransactionIndex,
    /// Transactions that wait for a block.
    pub pool: &'n Pool,
    /// Who may produce, as of its blocks.
    pub snapshots: &'n dyn SnapshotSource,
    /// Makes the roots of ranges.
    pub range_root: &'n dyn RangeRoot,
    /// Whether `eth_getLogs` holds the logs of system calls.
    pub state_sync_logs: StateSyncLogs,
    /// How many logs it looks for.
    pub log_limits: LogLimits,
}

/// What `web3_clientVersion` says.
const CLIENT: &str = concat!("bttc-evm/v", env!("CARGO_PKG_VERSION"));

/// Gas limit that a pending block moves toward, where nobody set another.
///
/// Source: `bttc:eth/ethconfig/config.go:85`.
const PENDING_CEILING: u64 = 8_000_000;

/// Heights whose hashes code can ask for.
const VISIBLE_HASHES: u64 = 256;

impl<'n> Node<'n> {
    fn block(&self, height: Height) -> Option<&'n ImportedBlock> {
        match height {
            Height::Latest | Height::Pending => Some(self.chain.head()),
            Height::At(number) => self.chain.block(number),
        }
    }

    /// A block and the state after it.
    fn on(&self, block: BlockRef) -> Result<On<'n>, RpcError> {
        let pending = block == BlockRef::Height(Height::Pending);
        let block = match block {
            BlockRef::Height(height) => self.block(height).ok_or_else(|| RpcError::failed("header not found"))?,
            BlockRef::Hash(hash) => self.block_by_hash(hash)?,
        };
        let header = block.header();
        let state = self.states.state_after(header.height());
        let missing = || RpcError::failed(format_args!("missing trie node {:x} (path )", header.state_root));
        let mut context = self.context(header);
        if pending {
            context.number = context.number.saturating_add(U256::from(1));
            context.gas_limit = next_gas_limit(context.gas_limit, PENDING_CEILING);
        }
        Ok(On { context, state: state.ok_or_else(missing)? })
    }

    fn block_by_hash(&self, hash: B256) -> Result<&'n ImportedBlock, RpcError> {
        self.chain.block_by_hash(hash).ok_or_else(|| RpcError::failed("header for hash not found"))
    }

    fn context(&self, header: &SealedHeader) -> BlockContext {
        BlockContext {
            chain_id: self.chain.spec().chain_id,
            number: header.number,
            time: header.time,
            difficulty: header.difficulty,
            gas_limit: header.gas_limit,
            author: header.author(),
            coinbase: header.coinbase,
        }
    }

    fn hashes_before(&self, height: u64) -> BTreeMap<u64, B256> {
        let heights = height.saturating_sub(VISIBLE_HASHES)..height;
        heights.filter_map(|number| self.chain.header(number).map(|header| (number, header.hash()))).collect()
    }

    fn chain_id(&self) -> u64 {
        self.chain.spec().chain_id
    }

    /// Transaction `place` of a block.
    fn transaction(&self, block: &ImportedBlock, place: u64) -> Value {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let transaction = block.block().transactions().get(place);
        transaction.map_or(Value::Null, |tx| view::transaction(block.header(), place, tx, self.chain_id()))
    }
}

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
            "getBalance" | "getTransactionCount" | "getCode" | "getStorageAt" | "getProof" | "call" | "estimateGas" => {
                answer_account(node, name, params)
            }
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
fn with<'p, A: FnOnce() -> Result<Value, RpcError>>(
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
            Ok(move || bor::author(bor::header(node, height)?))
        }),
        "getSnapshot" | "getSigners" => with(params, |params| {
            let height = params.nullable(params::height)?;
            Ok(move || {
                let snapshot = bor::snapshot(node, bor::header(node, height)?.hash())?;
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

fn answer_block(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    with(params, |params| {
        let block = if name.contains("Number") {
            node.block(params.required(params::height)?)
        } else {
            node.chain.block_by_hash(params.required(params::hash)?)
        };
        let listed = match name {
            "getBlockByNumber" | "getBlockByHash" => Some(params.required(params::flag)?),
            _ => None,
        };
        if name.ends_with("Index") {
            params.required(params::quantity)?;
        }
        Ok(move || {
            let Some(block) = block else {
                return Ok(Value::Null);
            };
            Ok(match listed {
                Some(true) => view::block(block, Listed::Objects, node.chain_id()),
                Some(false) => view::block(block, Listed::Hashes, node.chain_id()),
                None if name.starts_with("getHeader") => Value::Object(view::header(block)),
                None if name.starts_with("getUncleCount") => hex::quantity(0),
                None if name.starts_with("getUncle") => Value::Null,
                None => hex::count(block.block().transactions().len()),
            })
        })
    })
}

fn answer_transaction(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
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
                let receipt = node.chain.block_by_hash(block).and_then(view::raw_synthetic_receipt);
                receipt.ok_or_else(|| RpcError::failed("not found"))
            })
        }),
        "getTransactionReceiptsByBlock" => with(params, |params| {
            let block = params.required(params::block_ref)?;
            Ok(move || {
                // Q-265: a height that is not there aborts the handler.
                let crashed = || RpcError::failed("method handler crashed");
                let block = match block {
                    BlockRef::Hash(hash) => node.block_by_hash(hash)?,
                    BlockRef::Height(height) => node.block(height).ok_or_else(crashed)?,
                };
                Ok(view::receipts(block, node.chain_id()))
            })
        }),
        "getTransactionByBlockNumberAndIndex"
        | "getTransactionByBlockHashAndIndex"
        | "getRawTransactionByBlockNumberAndIndex"
        | "getRawTransactionByBlockHashAndIndex" => with(params, |params| {
            let block = if name.contains("Number") {
                node.block(params.required(params::height)?)
            } else {
                node.chain.block_by_hash(params.required(params::hash)?)
            };
            let place = params.required(params::quantity)?;
            Ok(move || {
                if name.starts_with("getRaw") {
                    let place = usize::try_from(place).unwrap_or(usize::MAX);
                    let tx = block.and_then(|block| block.block().transactions().get(place));
                    return Ok(hex::bytes(tx.map_or(&[], |tx| tx.bytes())));
                }
                Ok(block.map_or(Value::Null, |block| node.transaction(block, place)))
            })
        }),
        _ => with(params, |params| {
            let hash = params.required(params::hash)?;
            Ok(move || Ok(by_hash(node, name, hash)))
        }),
    }
}

/// A transaction, its bytes or its receipt.
fn by_hash(node: &Node<'_>, name: &str, hash: B256) -> Value {
    let place = node.index.place(hash);
    let block = place.and_then(|place| match place {
        Place::Transaction(height, _) | Place::StateSync(height) => node.chain.block(height),
    });
    let (Some(place), Some(block)) = (place, block) else {
        let pooled = node.pool.transaction(hash).map(|pooled| &pooled.transaction);
        return match (name, pooled) {
            ("getRawTransactionByHash", pooled) => hex::bytes(pooled.map_or(&[], |tx| tx.bytes())),
            ("getTransactionByHash", Some(tx)) => view::pending_transaction(tx, node.chain_id()),
            _ => Value::Null,
        };
    };
    let own = |place: usize| block.block().transactions().get(place);
    let answer = match (name, place) {
        ("getRawTransactionByHash", Place::Transaction(_, place)) => own(place).map(|tx| hex::bytes(tx.bytes())),
        ("getRawTransactionByHash", Place::StateSync(_)) => Some("0x".into()),
        ("getTransactionReceipt", Place::Transaction(_, place)) => view::receipt(block, place, node.chain_id()),
        ("getTransactionReceipt", Place::StateSync(_)) => view::synthetic_receipt(block),
        (_, Place::Transaction(_, place)) => {
            own(place).map(|tx| view::transaction(block.header(), place, tx, node.chain_id()))
        }
        (_, Place::StateSync(_)) => {
            block.synthetic().map(|synthetic| view::synthetic_transaction(block.header(), synthetic))
        }
    };
    answer.unwrap_or_default()
}

fn answer_account(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "call" => with(params, |params| {
            let (request, block) = (params.required(call::request)?, params.required(params::block_ref)?);
            Ok(move || call::call(node, &node.on(block)?, &request))
        }),
        "estimateGas" => with(params, |params| {
            let request = params.required(call::request)?;
            let block = params.nullable(params::block_ref)?.unwrap_or(BlockRef::Height(Height::Pending));
            Ok(move || call::estimate(node, &node.on(block)?, &request))
        }),
        "getProof" => with(params, |params| {
            let address = params.required(params::address)?;
            let keys = params.required(|value| params::list(value, "[]string", params::string))?;
            let block = params.required(params::block_ref)?;
            Ok(move || Ok(account::proof(node.on(block)?.state, address, &keys)))
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

/// What needs no block named.
fn answer_node(node: &Node<'_>, method: &str, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
    match name {
        "getRootHash" => answer_root(node, params),
        "feeHistory" => with(params, |params| {
            let (count, last) = (params.required(fee::block_count)?, params.required(params::height)?);
            let percentiles = params.optional(|value| params::list(value, "[]float64", fee::percentile))?;
            let percentiles = percentiles.unwrap_or_default();
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
                    "blockNumber" => hex::quantity(node.chain.head().header().height()),
                    "chainId" => hex::quantity(node.chain_id()),
                    "gasPrice" | "maxPriorityFeePerGas" => hex::word(fee::suggestion(node)),
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
            let kind = params.optional(trace::kind)?.unwrap_or(TraceKind::Steps(StepOptions::default()));
            Ok(move || trace::transaction(node, hash, kind))
        }),
        "traceBlockByNumber" => with(params, |params| {
            let height = params.required(params::height)?;
            let kind = params.optional(trace::kind)?.unwrap_or(TraceKind::Steps(StepOptions::default()));
            Ok(move || {
                let missing = || match height {
                    Height::At(number) => RpcError::failed(format_args!("block #{number} not found")),
                    Height::Latest | Height::Pending => RpcError::failed("block not found"),
                };
                trace::block(node, node.block(height).ok_or_else(missing)?, kind)
            })
        }),
        _ => Err(RpcError::method(&format!("debug_{name}"))),
    }
}
