//! Every number of the protocol, with the height it holds from.
//!
//! A [`ChainSpec`] is a plain value: the public networks are constructors, a network of your own is one of them with
//! other numbers in it.
//!
//! ```
//! use bttc_core::chain::{ChainSpec, PowerRule};
//!
//! let mainnet = ChainSpec::mainnet();
//! assert_eq!((mainnet.power, mainnet.spans.producers), (PowerRule::One, 11));
//!
//! let mine = ChainSpec { chain_id: 4_242, ..ChainSpec::devnet() };
//! assert_eq!(mine.power, PowerRule::Stake);
//! ```

mod bridge;
mod network;

pub use bridge::BridgeContracts;

use crate::{root_chain::RootChainId, schedule::Timing, span::SpanRules};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};

/// One network's rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainSpec {
    /// What people call it.
    pub name: String,
    /// Side chain id; the decimal text of it is what the validation layer writes.
    pub chain_id: u64,
    /// Chain id of the validation layer, part of everything signed there.
    pub layer_chain_id: String,
    /// Genesis block and state the network is known by; `None` where anyone makes his own.
    pub genesis: Option<GenesisId>,
    /// Block times and sprint.
    pub timing: Timing,
    /// Spans and producer slots.
    pub spans: SpanRules,
    /// How stake becomes voting power.
    pub power: PowerRule,
    /// Height of the validation layer from which producers are drawn by weight instead of shuffled.
    ///
    /// Source: `validation-layer §4.3; delivery:bor/keeper.go:195-258`.
    pub weighted_draw_from: u64,
    /// Checkpoint lengths and waits.
    pub checkpoints: CheckpointRules,
    /// Where the chain's own contracts stand.
    pub contracts: SystemContracts,
    /// Code that is put in place of other code at a height.
    pub code_replacements: Vec<CodeReplacement>,
    /// Blocks that take at most so many state-sync records.
    ///
    /// Source: `block-layer §1.3, §4.2.6; bttc:params/config.go:248-258`.
    pub state_sync_limits: BTreeMap<u64, u64>,
    /// Depth at which a root block counts.
    pub confirmations: Confirmations,
    /// Ceiling that producers move the gas limit toward.
    ///
    /// Source: `block-layer §2.6.2; bttc:cmd/geth/config.go:354,382`.
    pub gas_ceiling: u64,
}

/// What a genesis must hash to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenesisId {
    /// Hash of block 0.
    pub hash: B256,
    /// Its state root.
    pub state_root: B256,
}

/// How stake becomes voting power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PowerRule {
    /// Every validator has power 1, whatever it staked: the public networks' rule.
    ///
    /// Source: `validation-layer §5.1; delivery:helper/util.go:742-749`.
    One,
    /// Power is stake plus delegation in whole tokens, rounded down.
    Stake,
}

/// Checkpoint lengths in blocks, waits in seconds.
///
/// Source: `validation-layer §9.1; delivery:checkpoint/types/params.go:13-18`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointRules {
    /// Length a proposer aims at.
    pub average_length: u64,
    /// Longest range a validator signs.
    pub max_length: u64,
    /// Seconds a buffered checkpoint blocks the next one, and that must pass before a no-ack.
    pub buffer_time: u64,
}

/// Addresses of the chain's own contracts.
///
/// Source: `block-layer §1.1; bttc:params/config.go:246-247`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemContracts {
    /// Keeps the spans.
    pub validator_set: Address,
    /// Takes state-sync records.
    pub state_receiver: Address,
    /// BTT as a contract; also the emitter of the client's own transfer and fee logs.
    pub native_token: Address,
}

/// New code for an account, put there after the block's transactions; balance, nonce and storage stay.
///
/// Source: `block-layer §1.4; bttc:consensus/bor/bor.go:741-755`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeReplacement {
    /// Block in whose finalisation it happens.
    pub block: u64,
    /// Account that gets the code.
    pub account: Address,
    /// Keccak-256 of the new code.
    pub code_hash: B256,
}

/// Depth in blocks at which a block counts.
///
/// Source: `validation-layer §9.1; delivery:chainmanager/types/params.go:15-17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmations {
    /// On TRON.
    pub tron: u64,
    /// On Ethereum.
    pub ethereum: u64,
    /// On BSC.
    pub bsc: u64,
    /// On the side chain, before validators look at a block for a checkpoint.
    pub side_chain: u64,
}

impl Confirmations {
    /// Depth at which a block of this root chain counts.
    #[must_use]
    pub const fn of(&self, root_chain: RootChainId) -> u64 {
        match root_chain {
            RootChainId::Tron => self.tron,
            RootChainId::Ethereum => self.ethereum,
            RootChainId::Bsc => self.bsc,
        }
    }
}
