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
//! is sent is read by [`raw_transaction`] and given to the [`Pool`](crate::pool::Pool), [`Filters`] are a value of their own, and a
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
mod chain;
mod duration;
mod error;
mod fee;
mod filters;
mod hex;
mod history;
mod index;
mod logs;
mod method;
mod node;
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
pub use method::{answer, respond};
pub use node::Node;
pub use txpool::raw_transaction;
pub use watch::Watch;
