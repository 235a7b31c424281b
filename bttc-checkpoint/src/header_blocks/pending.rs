//! A submission on its way to the stake manager.

use crate::{
    signatures::{Reader, SignatureWalk},
    vote::{CheckpointWords, DataLayout},
};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall as _;
use bttc_core::{
    id::HeaderBlockId,
    quorum::Quorum,
    signature::{RecoverReverted, SignatureWords},
};
use serde::Serialize;

mod abi {
    pub(super) mod tron {
        alloy_sol_types::sol! {
            function checkSignatures(uint256 blockInterval, bytes32 voteHash, bytes32 stateRoot, address proposer,
                uint256[3][] sigs);
        }
    }
    pub(super) mod mirror {
        alloy_sol_types::sol! {
            function checkSignatures(uint256 blockInterval, uint256 epoch, bytes32 voteHash, bytes32 stateRoot,
                address proposer, uint256[3][] sigs);
        }
    }
}

/// A checkpoint that this contract would record, if the stake manager pays for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PendingCheckpoint {
    pub(super) id: HeaderBlockId,
    pub(super) layout: DataLayout,
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

    /// How the stake manager will read the signatures, the validators being those of this quorum: one of heads on TRON,
    /// of stake elsewhere.
    ///
    /// # Errors
    /// [`RecoverReverted`].
    pub fn walk(&self, quorum: &dyn Quorum) -> Result<SignatureWalk, RecoverReverted> {
        let reader = match self.layout {
            DataLayout::Tron => Reader::Tron,
            DataLayout::Mirror => Reader::Mirror,
        };
        SignatureWalk::over(&self.vote_hash, &self.signatures, quorum, reader)
    }

    /// The call by which this contract asks the stake manager: `checkSignatures`, on Ethereum and BSC with the epoch.
    ///
    /// Source: `root-contracts §5.1, §8.4, §9.2`.
    #[must_use]
    pub fn to_calldata(&self) -> Bytes {
        let sigs = self.signatures.iter().map(|words| [words.r, words.s, words.v]).collect();
        let (interval, root, proposer) = (self.block_interval, self.account_root(), self.proposer());
        match self.epoch() {
            None => abi::tron::checkSignaturesCall {
                blockInterval: interval,
                voteHash: self.vote_hash,
                stateRoot: root,
                proposer,
                sigs,
            }
            .abi_encode(),
            Some(epoch) => abi::mirror::checkSignaturesCall {
                blockInterval: interval,
                epoch,
                voteHash: self.vote_hash,
                stateRoot: root,
                proposer,
                sigs,
            }
            .abi_encode(),
        }
        .into()
    }
}
