//! From a burn's hash to its proof.

use super::{BuildError, BurnBlock, CheckpointRef, ExitProof, LogChoice};
use crate::side_chain::{SideChain, SideChainError};
use alloy_primitives::B256;

/// Why a burn is not proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// The side chain did not answer.
    #[error(transparent)]
    SideChain(#[from] SideChainError),
    /// The side chain has no such transaction in a block.
    #[error("transaction {got} is in no block")]
    UnknownTransaction {
        /// Its hash.
        got: B256,
    },
    /// What the side chain answered makes no proof.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Asks the side chain for what the proof of a burn needs, and builds it. The answers are checked against the
/// checkpoint's root, so a proof that comes back is right whoever answered.
///
/// # Errors
/// [`ProveError`].
pub async fn prove(
    side_chain: &dyn SideChain,
    checkpoint: &CheckpointRef,
    burn: B256,
    log: &LogChoice,
) -> Result<ExitProof, ProveError> {
    let place = side_chain.locate(burn).await?;
    let place = place.ok_or(ProveError::UnknownTransaction { got: burn })?;
    let outside = BuildError::BlockOutside { got: place.block, expected: checkpoint.range };
    // Before the answer, to ask for nothing in vain.
    let index = checkpoint.range.index_of(place.block).ok_or(outside.clone())?;
    let leaves = side_chain.leaves(checkpoint.range).await?;
    let leaf = usize::try_from(index).ok().and_then(|index| leaves.get(index));
    let block = BurnBlock { leaf: *leaf.ok_or(outside)?, receipts: side_chain.receipts(place.block).await? };
    let leaves = leaves.iter().map(|leaf| leaf.hash()).collect();
    Ok(ExitProof::build(checkpoint, leaves, &block, place.index, log)?)
}
