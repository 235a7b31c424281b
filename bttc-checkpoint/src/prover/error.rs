//! Why a burn is not proven.

use crate::{
    exit::{BuildError, NotExitable},
    side_chain::SideChainError,
};
use alloc::{boxed::Box, string::String, vec::Vec};
use alloy_primitives::{B256, Bytes, U256};
use bttc_core::{
    id::HeaderBlockId,
    root_chain::{RootChainError, RootChainId},
};
use core::fmt;

/// Why a burn is not proven: nobody answered, it is not time yet, it cannot be exited, or somebody's answer is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// The side chain did not answer, or contradicted itself.
    #[error(transparent)]
    SideChain(SideChainError),
    /// The root chain did not answer.
    #[error(transparent)]
    RootChain(#[from] RootChainError),
    /// It is not known where the bridge's contracts are.
    #[error("the contracts of side chain {chain_id} on {root_chain} are not known: name them")]
    NoContracts {
        /// Id of the side chain.
        chain_id: u64,
        /// The root chain.
        root_chain: RootChainId,
    },
    /// The contract's answer has another shape: there is another contract at that address, or none.
    #[error("{root_chain} answers {got} to {question}, which is no answer of the contract")]
    NoAnswer {
        /// The root chain.
        root_chain: RootChainId,
        /// What was asked.
        question: &'static str,
        /// The answer.
        got: Bytes,
    },
    /// The side chain has no such transaction in a block.
    #[error("transaction {got} is in no block")]
    UnknownTransaction {
        /// Its hash.
        got: B256,
    },
    /// The block is not checkpointed yet on this root chain.
    #[error("block {block} is not checkpointed on {root_chain} yet, which has blocks up to {last}")]
    NotCheckpointed {
        /// The burn's block.
        block: u64,
        /// The root chain.
        root_chain: RootChainId,
        /// The last block that is.
        last: U256,
    },
    /// The block lies before the last checkpointed one, and still in no checkpoint that was found.
    #[error("no checkpoint on {root_chain} holds block {block}")]
    NoCheckpoint {
        /// The burn's block.
        block: u64,
        /// The root chain.
        root_chain: RootChainId,
    },
    /// The checkpoint's record, or the block it was read at, changed while it was read.
    #[error("checkpoint {header} on {root_chain} changed while it was read")]
    Moved {
        /// The checkpoint's key.
        header: HeaderBlockId,
        /// The root chain.
        root_chain: RootChainId,
    },
    /// The side chain's blocks give another root than the root chain's record.
    #[error(transparent)]
    CheckpointRoot(Box<Disagreement>),
    /// The side chain tells of another block than the one that was checkpointed.
    #[error("{side_chain}: leaf of block {block} is {computed:?}, checkpointed is {expected}")]
    OtherBlock {
        /// Who answered for the side chain.
        side_chain: String,
        /// Height of the block.
        block: u64,
        /// Its leaf now; `None` when there is no such block.
        computed: Option<B256>,
        /// Its leaf in the checkpoint.
        expected: B256,
    },
    /// Nothing of it can be withdrawn.
    #[error(transparent)]
    NotExitable(#[from] NotExitable),
    /// Several logs are withdrawals, each an exit of its own: choose one.
    #[error("transaction {transaction} has several withdrawals, at logs {logs:?}: choose one")]
    SeveralExits {
        /// The transaction.
        transaction: B256,
        /// Positions of the logs.
        logs: Vec<u64>,
    },
    /// What the side chain answered makes no proof.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl ProveError {
    /// Whether asking again later may help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::SideChain(SideChainError::Transient { .. } | SideChainError::AboveHead { .. })
                | Self::RootChain(RootChainError::Transient { .. })
                | Self::UnknownTransaction { .. }
                | Self::NotCheckpointed { .. }
                | Self::Moved { .. }
        )
    }
}

/// Three roots of one checkpoint that should be one. Its text names whoever disagrees with the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Who answered for the side chain.
    pub side_chain: String,
    /// The root chain.
    pub root_chain: RootChainId,
    /// The checkpoint's key.
    pub header: HeaderBlockId,
    /// Root of the headers that were told; `None` when they are not the blocks of the range.
    pub computed: Option<B256>,
    /// Root that the node itself computes, if it told one.
    pub stated: Option<B256>,
    /// Root in the record.
    pub expected: B256,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { side_chain, root_chain, header, computed, stated, expected } = self;
        match (computed, stated) {
            (None, _) => write!(f, "{side_chain} tells headers of other blocks than asked for")?,
            (Some(computed), Some(stated)) if stated == expected => {
                write!(f, "{side_chain} tells headers with root {computed}, but by its eth_getRootHash knows better")?;
            }
            (Some(computed), Some(stated)) if computed == stated => {
                write!(f, "{side_chain} is on another chain, with root {computed} by headers and by eth_getRootHash")?;
            }
            (Some(computed), Some(stated)) => {
                write!(f, "{side_chain} tells headers with root {computed}, and root {stated} by eth_getRootHash")?;
            }
            (Some(computed), None) => write!(f, "{side_chain} tells headers with root {computed}")?,
        }
        write!(f, ": checkpoint {header} on {root_chain} has root {expected}")
    }
}

impl core::error::Error for Disagreement {}
