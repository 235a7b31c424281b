//! A submission on its way to the stake manager.

use crate::vote::CheckpointWords;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{id::HeaderBlockId, signature::SignatureWords};
use serde::Serialize;

/// A checkpoint that this contract would record, if the stake manager pays for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PendingCheckpoint {
    pub(super) id: HeaderBlockId,
    pub(super) words: CheckpointWords,
    pub(super) block_interval: U256,
    pub(super) vote_hash: B256,
    pub(super) signatures: Vec<SignatureWords>,
}

impl PendingCheckpoint {
    /// The id under which it would be recorded.
    #[must_use]
    pub const fn id(&self) -> HeaderBlockId {
        self.id
    }

    /// What was submitted, word by word.
    #[must_use]
    pub const fn words(&self) -> &CheckpointWords {
        &self.words
    }

    /// Number of its blocks.
    #[must_use]
    pub const fn block_interval(&self) -> U256 {
        self.block_interval
    }

    /// Signed epoch; `None` on TRON, which does not read it.
    #[must_use]
    pub const fn epoch(&self) -> Option<U256> {
        self.words.epoch
    }

    /// H( 01 ‖ data ), what must have been signed.
    #[must_use]
    pub const fn vote_hash(&self) -> B256 {
        self.vote_hash
    }

    /// The account root it carries.
    #[must_use]
    pub const fn account_root(&self) -> B256 {
        self.words.account_root
    }

    /// Who proposed it.
    #[must_use]
    pub const fn proposer(&self) -> Address {
        self.words.proposer
    }

    /// The signatures as they came.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureWords] {
        &self.signatures
    }
}
