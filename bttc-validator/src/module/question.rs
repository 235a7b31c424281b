//! What a module wants to know of the outside world, and the answers.

use alloy_primitives::{Address, B256};
use bttc_checkpoint::header_blocks::HeaderBlock;
use bttc_core::{
    id::{HeaderBlockId, ValidatorId},
    root_chain::{RootChainId, RootEvent},
};
use serde::{Deserialize, Serialize};

/// A question to the outside world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Question {
    /// The side chain's last block: a [`Answer::Number`].
    Head,
    /// The side chain's root over these blocks, both included: a [`Answer::Hash`]. No answer to a range that ends before
    /// it starts, or has more blocks than it may.
    RangeRoot {
        /// First block.
        start: u64,
        /// Last block.
        end: u64,
        /// So many blocks at most.
        max_length: u64,
    },
    /// The hash of a root chain's block: a [`Answer::Hash`].
    BlockHash {
        /// The root chain.
        root_chain: RootChainId,
        /// The block.
        block: u64,
    },
    /// The checkpoint that a root contract keeps under a number: a [`Answer::Header`].
    Header {
        /// The root chain.
        root_chain: RootChainId,
        /// The root contract.
        contract: Address,
        /// The number times the interval.
        id: HeaderBlockId,
    },
    /// The account root that a root chain's staking info keeps: a [`Answer::Hash`]. Only readers ask.
    AccountRoot {
        /// The root chain.
        root_chain: RootChainId,
        /// The staking info there.
        contract: Address,
    },
    /// The last checkpoint of a root chain that TRON's stake manager was told of: a [`Answer::Number`].
    Synced {
        /// The stake manager on TRON.
        contract: Address,
        /// The root chain, by number.
        root_chain: u8,
    },
    /// A validator's nonce in a root chain's contract: a [`Answer::Number`].
    ValidatorNonce {
        /// The root chain.
        root_chain: RootChainId,
        /// The stake manager there.
        contract: Address,
        /// The validator.
        validator: ValidatorId,
    },
    /// A log of a transaction on a root chain: a [`Answer::Log`]. No answer while there is no such transaction in a
    /// block of the asked depth.
    Log {
        /// The root chain.
        root_chain: RootChainId,
        /// How deep the transaction has to lie.
        depth: Depth,
        /// The contract that has to have written the log.
        contract: Address,
        /// The transaction.
        tx_hash: B256,
        /// The log's place in its block.
        log_index: u64,
    },
}

/// How deep a block has to lie to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Depth {
    /// However deep.
    Any,
    /// So many blocks below the head.
    Confirmed(u64),
    /// Not above the chain's finalized block; where that cannot be read, as [`Depth::Confirmed`].
    FinalizedOr(u64),
}

/// An answer of the outside world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// A number.
    Number(u64),
    /// A hash.
    Hash(B256),
    /// A checkpoint as a contract keeps it.
    Header(HeaderBlock),
    /// A log.
    Log {
        /// Block of the transaction.
        block: u64,
        /// The event; `None` where the transaction has no such log, or one that is nothing of the protocol's.
        event: Option<RootEvent>,
    },
}

impl Question {
    /// Whether this is an answer to it.
    pub(super) const fn fits(&self, answer: &Answer) -> bool {
        matches!(
            (self, answer),
            (Self::Head | Self::Synced { .. } | Self::ValidatorNonce { .. }, Answer::Number(_))
                | (Self::RangeRoot { .. } | Self::BlockHash { .. } | Self::AccountRoot { .. }, Answer::Hash(_))
                | (Self::Header { .. }, Answer::Header(_))
                | (Self::Log { .. }, Answer::Log { .. })
        )
    }
}
