//! How an exit fails.

use super::{Predicate, TokenRevert};
use crate::merkle::MembershipError;
use alloc::string::{String, ToString as _};
use alloy_primitives::{Address, B256, U256};

/// What the permissive RLP reader refuses. `Display` is the exact text.
///
/// Source: `withdrawal-proofs §3.5; pos-portal:contracts/lib/RLPReader.sol:23-261`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReaderError {
    /// No bytes at all.
    #[error("RLPReader: INVALID_BYTES_LENGTH")]
    NoBytes,
    /// A list was wanted.
    #[error("RLPReader: ITEM_NOT_LIST")]
    NotList,
    /// An item runs past the end of its list.
    #[error("RLPReader: NUM_ITEMS_DECODED_LENGTH_MISMATCH")]
    Items,
    /// The list is longer or shorter than its item.
    #[error("RLPReader: LIST_DECODED_LENGTH_MISMATCH")]
    ListLength,
    /// A list where an integer was wanted.
    #[error("RLPReader: DECODING_LIST_AS_UINT")]
    ListAsUint,
    /// More than 33 bytes for an integer.
    #[error("RLPReader: INVALID_UINT_LENGTH")]
    UintLength,
    /// The integer is longer or shorter than its item.
    #[error("RLPReader: UINT_DECODED_LENGTH_MISMATCH")]
    UintItem,
    /// The word is longer or shorter than its item.
    #[error("RLPReader: UINT_STRICT_DECODED_LENGTH_MISMATCH")]
    WordItem,
    /// Not 33 bytes for a word.
    #[error("RLPReader: INVALID_UINT_STRICT_LENGTH")]
    WordLength,
    /// A list where an address was wanted.
    #[error("RLPReader: DECODING_LIST_AS_ADDRESS")]
    ListAsAddress,
    /// Not 21 bytes for an address.
    #[error("RLPReader: INVALID_ADDRESS_LENGTH")]
    AddressLength,
    /// The bytes are longer or shorter than their item.
    #[error("RLPReader: BYTES_DECODED_LENGTH_MISMATCH")]
    BytesItem,
}

/// Why `exit` reverts. Where the contract gives a reason, `Display` is its exact text; see [`ExitRevert::reason`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExitRevert {
    /// The RLP reader refused.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The exit was made before.
    #[error("RootChainManager: EXIT_ALREADY_PROCESSED")]
    AlreadyProcessed {
        /// Its hash.
        exit_hash: B256,
    },
    /// The log's emitter is no mapped token.
    #[error("RootChainManager: TOKEN_NOT_MAPPED")]
    TokenNotMapped {
        /// The emitter.
        child_token: Address,
    },
    /// The branch mask is too large a number.
    #[error("RootChainManager: INVALID_BRANCH_MASK")]
    BranchMask {
        /// The mask.
        got: U256,
    },
    /// The receipt is not under the receipts root.
    #[error("RootChainManager: INVALID_PROOF")]
    Proof,
    /// The block is below the header's first one.
    #[error("SafeMath: subtraction overflow")]
    BlockBeforeStart {
        /// The block.
        block: U256,
        /// First block of the header.
        start: U256,
    },
    /// The block proof has a wrong form.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    /// The block is not under the header's root.
    #[error("RootChainManager: INVALID_HEADER")]
    Header {
        /// Id of the header.
        header: U256,
    },
    /// The log has another signature than the predicate accepts.
    #[error("{predicate}: INVALID_SIGNATURE")]
    Signature {
        /// The predicate.
        predicate: Predicate,
        /// First topic.
        got: B256,
    },
    /// The log's receiver is not zero.
    #[error("{predicate}: INVALID_RECEIVER")]
    Receiver {
        /// The predicate.
        predicate: Predicate,
        /// The receiver.
        got: Address,
    },
    /// The predicate does not know the contract as its manager.
    #[error("{predicate}: INSUFFICIENT_PERMISSIONS")]
    Permissions {
        /// The predicate.
        predicate: Predicate,
    },
    /// The log of an ERC1155 token has another signature than the predicate accepts.
    #[error("{predicate}: INVALID_WITHDRAW_SIG")]
    WithdrawSignature {
        /// The predicate.
        predicate: Predicate,
        /// First topic.
        got: B256,
    },
    /// A batch without ids.
    #[error("{predicate}: Invalid resulting array length")]
    NoIds {
        /// The predicate.
        predicate: Predicate,
    },
    /// A batch of so many ids and another number of amounts.
    #[error("{predicate}: Array length mismatch found")]
    Lengths {
        /// The predicate.
        predicate: Predicate,
        /// Ids there are.
        ids: usize,
        /// Amounts there are.
        amounts: usize,
    },
    /// The token, or who was to receive it, refused.
    #[error(transparent)]
    Token(TokenRevert),
    /// No reason, from a call that the contract made: an abort inside a predicate, or no predicate at all.
    #[error("reverted without a reason")]
    Empty,
    /// The contract itself read past the end of an array: an abort without a reason.
    #[error("invalid opcode")]
    InvalidOpcode,
}

impl From<TokenRevert> for ExitRevert {
    fn from(revert: TokenRevert) -> Self {
        if revert.reason.is_empty() { Self::Empty } else { Self::Token(revert) }
    }
}

impl ExitRevert {
    /// The reason the contract gives; `None` for none.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Empty | Self::InvalidOpcode => None,
            other => Some(other.to_string()),
        }
    }
}
