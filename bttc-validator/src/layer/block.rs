//! A height of the layer: transactions, and the votes that settle those of two heights before.
//!
//! ```text
//!   height     H                    H + 1                      H + 2
//!   block      transactions         …                          last commit = precommits of H + 1
//!   votes                           precommits carry           ──▶ tallied, settled
//!                                   results of those of H
//! ```
//!
//! Source: `validation-layer §1.11, §3.8; peppermint:state/execution.go:346-404, 606-680`.

use crate::{engine::Commit, vote::SideResult};
use alloy_primitives::{Address, Bytes};
use bttc_core::amino;
use serde::{Deserialize, Serialize};

/// What the engine decides on at a height.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Block {
    /// The height.
    pub height: u64,
    /// Its time, Unix seconds.
    pub time: u64,
    /// Who built it, and gets its fees.
    pub proposer: Address,
    /// Who signed the height before; `None` at the first.
    pub last_commit: Option<LastCommit>,
    /// The transactions in order, each in its own bytes.
    pub transactions: Vec<Bytes>,
}

/// The precommits of the height before, as the proposer of this one saw them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LastCommit {
    /// Round in which it was decided.
    pub round: crate::engine::Round,
    /// The precommits, by ascending address.
    pub commits: Vec<Commit>,
}

/// Bytes that are no block, or no votes, of this form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("got {bytes} bytes that do not read: {reason}")]
pub struct BlockError {
    /// How many bytes.
    pub bytes: usize,
    /// What the reader says.
    pub reason: String,
}

const OTHERWISE: &str = "it is written in another way than the layer writes";

impl Block {
    /// Bytes that a block's transactions have at most, together.
    ///
    /// Source: `validation-layer §9.1; delivery:helper/allocs/mainnet.json`.
    pub const MAX_BYTES: usize = 1_048_576;

    /// Whether its transactions are no longer than they may be.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.transactions.iter().map(|bytes| bytes.len()).fold(0, usize::saturating_add) <= Self::MAX_BYTES
    }

    /// As the bytes that are decided on: JSON without spaces.
    ///
    /// # Panics
    /// Never: every part of a block has a JSON form.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        serde_json::to_vec(self).expect("numbers, texts and lists have a JSON form").into()
    }

    /// Reads what [`Self::to_bytes`] wrote: what is decided on has one form.
    ///
    /// # Errors
    /// [`BlockError`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BlockError> {
        let error = |reason| BlockError { bytes: bytes.len(), reason };
        let block: Self = serde_json::from_slice(bytes).map_err(|e| error(e.to_string()))?;
        if *block.to_bytes() == *bytes { Ok(block) } else { Err(error(OTHERWISE.to_owned())) }
    }
}

/// Reads the results in a precommit's extension.
///
/// # Errors
/// [`BlockError`] for bytes that [`votes_to_bytes`] does not write, and for a result out of its range.
pub fn votes_from_bytes(extension: &[u8]) -> Result<Vec<SideResult>, BlockError> {
    let error = |reason| BlockError { bytes: extension.len(), reason };
    let results: Vec<SideResult> = amino::from_bytes(extension).map_err(|e| error(e.to_string()))?;
    if *votes_to_bytes(&results) != *extension {
        return Err(error(OTHERWISE.to_owned()));
    }
    if results.iter().all(SideResult::is_valid) {
        Ok(results)
    } else {
        Err(error("a result is out of its range".to_owned()))
    }
}

/// Writes the results of a precommit's extension as amino writes a list of them; none are no bytes.
#[must_use]
pub fn votes_to_bytes(results: &[SideResult]) -> Bytes {
    amino::to_bytes(&results.to_vec()).into()
}
