//! Checkpoints.

use alloy_primitives::{Address, B256};
use bttc_core::{amino::Text, amino_fields};
use serde::{Deserialize, Serialize};

/// A checkpoint, be it buffered or acknowledged; a buffered sync leaves root and chain id empty.
///
/// Source: `validation-layer §1.6; delivery:types/header.go:9-16`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointRecord {
    /// Who proposed it.
    pub proposer: Address,
    /// First block.
    pub start: u64,
    /// Last block.
    pub end: u64,
    /// Root over the blocks.
    pub root: B256,
    /// Side chain, in decimal.
    pub chain_id: Text,
    /// When it was buffered, Unix seconds.
    pub timestamp: u64,
}

amino_fields!(CheckpointRecord {
    proposer: "proposer",
    start: "start_block",
    end: "end_block",
    root: "root_hash",
    chain_id: "bor_chain_id",
    timestamp: "timestamp",
});
