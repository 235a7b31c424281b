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
//!     chain: &chain, history: &states, index: &index, pool: &pool, snapshots: &Nobody, range_root: &Nobody,
//!     state_sync_logs: StateSyncLogs::Omit, log_limits: LogLimits::default(),
//! };
//! assert_eq!(answer(&node, "eth_blockNumber", &json!([]))?, json!("0x0"));
//! let error = answer(&node, "bor_getAuthor", &json!(["0x7"])).unwrap_err();
//! assert_eq!((error.code, error.to_string()), (-32000, "unknown block".to_owned()));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod access_list;
mod account;
mod bor;
mod call;
mod error;
mod fee;
mod filters;
mod hex;
mod history;
mod index;
mod logs;
mod overrides;
mod params;
#[cfg(feature = "rpc")]
pub mod server;
mod trace;
mod txpool;
mod view;
mod watch;
mod way;

pub use error::RpcError;
pub use filters::{FilterLimits, Filters};
pub use history::History;
pub use index::{Place, TransactionIndex};
pub use logs::{LogLimits, StateSyncLogs};
pub use txpool::raw_transaction;
pub use watch::Watch;

use crate::{
    block::{ImportedBlock, next_gas_limit},
    chain::Chain,
    executor::BlockContext,
    header::SealedHeader,
    pool::Pool,
    state::State,
};
use alloy_primitives::{B256, U256};
use bttc_core::{hash::keccak256, leaf::RangeRoot, snapshot::SnapshotSource};
use call::On;
use params::{BlockRef, Height, Params};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use view::Listed;

/// What requests are answered from.
#[derive(Clone, Copy, Debug)]
pub struct Node<'n> {
    /// The chain.
    pub chain: &'n Chain,
    /// The states after its blocks, and what is not in its memory.
    pub history: &'n dyn History,
    /// Where its transactions stand, as far as the history does not know.
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

impl Node<'_> {
    /// The chain's block of this number.
    fn at(&self, number: u64) -> Result<Option<Arc<ImportedBlock>>, RpcError> {
        match self.chain.shared(number) {
            Some(block) => Ok(Some(Arc::clone(block))),
            None if number > self.head() => Ok(None),
            None => Ok(self.history.block(number)?),
        }
    }

    fn block(&self, height: Height) -> Result<Option<Arc<ImportedBlock>>, RpcError> {
        self.at(match height {
            Height::Latest | Height::Pending => self.head(),
            Height::At(number) => number,
        })
    }

    /// A block of the chain or beside it.
    fn block_by_hash(&self, hash: B256) -> Result<Option<Arc<ImportedBlock>>, RpcError> {
        match self.chain.shared_by_hash(hash) {
            Some(block) => Ok(Some(Arc::clone(block))),
            None => Ok(self.history.block_by_hash(hash)?),
        }
    }

    /// A block of the chain or beside it, which must be there.
    fn named(&self, hash: B256) -> Result<Arc<ImportedBlock>, RpcError> {
        self.block_by_hash(hash)?.ok_or_else(|| RpcError::failed("header for hash not found"))
    }

    /// A block of the chain, which must be there.
    fn canonical(&self, hash: B256) -> Result<Arc<ImportedBlock>, RpcError> {
        let block = self.named(hash)?;
        let beside = || RpcError::failed("hash is not currently canonical");
        if self.is_canonical(block.header())? { Ok(block) } else { Err(beside()) }
    }

    fn is_canonical(&self, header: &SealedHeader) -> Result<bool, RpcError> {
        Ok(self.hash_of(header.height())? == Some(header.hash()))
    }

    /// Number of the head.
    fn head(&self) -> u64 {
        self.chain.head().header().height()
    }

    /// Hash of the chain's block of this number.
    fn hash_of(&self, number: u64) -> Result<Option<B256>, RpcError> {
        match self.chain.header(number) {
            Some(header) => Ok(Some(header.hash())),
            None if number > self.head() => Ok(None),
            None => Ok(self.history.hash_of(number)?),
        }
    }

    /// The state after a block of the chain or beside it, as long as it is kept.
    fn state_after(&self, header: &SealedHeader) -> Result<Option<State>, RpcError> {
        if self.is_canonical(header)? {
            return Ok(self.history.state_after(header.height())?);
        }
        Ok(self.chain.side_state(header.height(), header.hash()).cloned())
    }

    /// A block and the state after it.
    fn on(&self, block: BlockRef) -> Result<On, RpcError> {
        let pending = block == BlockRef::Height(Height::Pending);
        let block = match block {
            BlockRef::Height(height) => self.block(height)?.ok_or_else(|| RpcError::failed("header not found"))?,
            BlockRef::Hash(hash) => self.named(hash)?,
            BlockRef::Canonical(hash) => self.canonical(hash)?,
        };
        let header = block.header();
        let missing = || RpcError::failed(format_args!("missing trie node {:x} (path )", header.state_root));
        let state = self.state_after(header)?.ok_or_else(missing)?;
        let mut context = self.context(header);
        let mut before = (header.height(), header.parent_hash);
        if pending {
            context.number = context.number.saturating_add(U256::from(1));
            context.gas_limit = next_gas_limit(context.gas_limit, PENDING_CEILING);
            before = (header.height().saturating_add(1), header.hash());
        }
        Ok(On { context, state, before })
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

    /// The hashes that code sees in a block of this height and parent.
    fn hashes_before(&self, (height, mut parent): (u64, B256)) -> Result<BTreeMap<u64, B256>, RpcError> {
        let mut hashes = BTreeMap::new();
        let mut beside = true;
        for number in (height.saturating_sub(VISIBLE_HASHES)..height).rev() {
            if beside {
                beside = self.hash_of(number)? != Some(parent);
            }
            if !beside {
                hashes.extend(self.hash_of(number)?.map(|hash| (number, hash)));
                continue;
            }
            hashes.insert(number, parent);
            parent = self.named(parent)?.header().parent_hash;
        }
        Ok(hashes)
    }

    /// A transaction of the chain: its block, and its place there; a synthetic one has none.
    fn find(&self, hash: B256) -> Result<Option<(Arc<ImportedBlock>, Option<usize>)>, RpcError> {
        let place = match self.index.place(hash) {
            Some(place) => Some(place),
            None => self.history.place_of(hash)?,
        };
        Ok(match place {
            Some(Place::Transaction { height, index }) => self.at(height)?.map(|block| (block, Some(index))),
            Some(Place::StateSync { height }) => self.at(height)?.map(|block| (block, None)),
            None => None,
        })
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
        BlockRef::Canonical(hash) => node.canonical(hash).map(Some),
    }
}

fn answer_block(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
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
                let block = node.block_by_hash(block)?;
                let receipt = block.and_then(|block| view::raw_synthetic_receipt(&block));
                receipt.ok_or_else(|| RpcError::failed("not found"))
            })
        }),
        "getTransactionReceiptsByBlock" => with(params, |params| {
            let block = params.required(params::block_ref)?;
            Ok(move || {
                // Q-265: a height that is not there aborts the handler.
                let crashed = || RpcError::failed("method handler crashed");
                let block = match block {
                    BlockRef::Hash(hash) => node.named(hash)?,
                    BlockRef::Canonical(hash) => node.canonical(hash)?,
                    BlockRef::Height(height) => node.block(height)?.ok_or_else(crashed)?,
                };
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
        // Q-321: without a receipt at that height the handler aborts.
        ("getTransactionReceipt", None) => {
            let crashed = || RpcError::failed("method handler crashed");
            Some(view::synthetic_receipt(&block, hash).ok_or_else(crashed)?)
        }
        (_, Some(place)) => own(place).map(|tx| view::transaction(block.header(), place, tx, node.chain_id())),
        (_, None) => Some(view::synthetic_transaction(&block, hash)),
    };
    Ok(answer.unwrap_or_default())
}

fn answer_call(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
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
            "estimateGas" => Ok(hex::quantity(call::estimate(node, &node.on(block)?, &request)?)),
            _ => access_list::create(node, &node.on(block)?, request),
        })
    })
}

fn answer_account(node: &Node<'_>, name: &str, params: Params<'_>) -> Result<Value, RpcError> {
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
