//! Root chains added after genesis.

use alloy_primitives::Address;
use bttc_core::{amino::Text, amino_fields};
use serde::{Deserialize, Serialize};

/// A root chain as a message made it known.
///
/// Source: `validation-layer §1.6, §5.11; delivery:chainmanager/types/chaininfo.go:10-19`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainInfo {
    /// Its name.
    pub root_chain: Text,
    /// Side-chain block at which its first checkpoint starts.
    pub activation_height: u64,
    /// Blocks a transaction has to lie deep.
    pub confirmations: u64,
    /// Its root contract.
    pub root_contract: Address,
    /// Its state sender.
    pub state_sender: Address,
    /// Its stake manager.
    pub stake_manager: Address,
    /// Its staking info.
    pub staking_info: Address,
    /// When it was made known, Unix seconds.
    pub timestamp: u64,
}

amino_fields!(ChainInfo {
    root_chain: "root_chain_type",
    activation_height: "activation_height",
    confirmations: "tx_confirmations",
    root_contract: "root_chain_address",
    state_sender: "state_sender_address",
    stake_manager: "staking_manager_address",
    staking_info: "staking_info_address",
    timestamp: "timestamp",
});
