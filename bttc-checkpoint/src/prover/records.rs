//! What the root chain has recorded.

use super::{HeaderSearch, ProveError, Prover, Step};
use crate::{
    exit::CheckpointRef,
    header_blocks::{HeaderBlock, Question},
};
use alloy_primitives::{Bytes, U256};
use bttc_core::{
    id::HeaderBlockId,
    root_chain::{BlockRef, RootCall},
};
use serde::{Deserialize, Serialize};

/// A checkpoint as the root chain has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointRecord {
    /// What proofs need of it.
    pub checkpoint: CheckpointRef,
    /// The whole record: also when it was made, and who proposed it.
    pub record: HeaderBlock,
    /// Block of the root chain that it was read at.
    pub at: BlockRef,
}

impl Prover<'_> {
    /// The checkpoint that holds a block, every read at the same block of the root chain, its head.
    ///
    /// # Errors
    /// [`ProveError`].
    pub async fn checkpoint_of(&self, block: u64) -> Result<CheckpointRecord, ProveError> {
        let root_chain = self.root_chain.id();
        let at = self.root_chain.head().await?;
        let last = self.word(Question::LastChildBlock, at).await?;
        if last < U256::from(block) {
            return Err(ProveError::NotCheckpointed { block, root_chain, last });
        }
        let current = self.word(Question::CurrentHeaderBlock, at).await?;
        let mut search = HeaderSearch::new(block, HeaderBlockId::new(current));
        loop {
            match search.step() {
                Step::Ask(id) => search.answer(&self.record(id, at).await?),
                Step::Found(checkpoint, record) => return Ok(CheckpointRecord { checkpoint, record, at }),
                // Without any checkpoint the last block is 0 as well.
                Step::Nowhere if last.is_zero() => return Err(ProveError::NotCheckpointed { block, root_chain, last }),
                Step::Nowhere => return Err(ProveError::NoCheckpoint { block, root_chain }),
            }
        }
    }

    /// Reads the record again, at the head of now: it must be the same, and the block it was read at still be there.
    pub(super) async fn still(&self, found: &CheckpointRecord) -> Result<(), ProveError> {
        let now = self.root_chain.head().await?;
        let record = self.record(found.checkpoint.id, now).await?;
        let at = self.root_chain.block(found.at.number).await?;
        if record == found.record && at.is_some_and(|at| at.hash == found.at.hash) {
            return Ok(());
        }
        Err(ProveError::Moved { header: found.checkpoint.id, root_chain: self.root_chain.id() })
    }

    pub(super) async fn record(&self, id: HeaderBlockId, at: BlockRef) -> Result<HeaderBlock, ProveError> {
        let got = self.ask(Question::HeaderBlock(id), at).await?;
        HeaderBlock::from_answer(&got).ok_or_else(|| self.no_answer("headerBlocks", got))
    }

    pub(super) async fn word(&self, question: Question, at: BlockRef) -> Result<U256, ProveError> {
        let got = self.ask(question, at).await?;
        let name = match question {
            Question::HeaderBlock(_) => "headerBlocks",
            Question::CurrentHeaderBlock => "currentHeaderBlock",
            Question::LastChildBlock => "getLastChildBlock",
        };
        <[u8; 32]>::try_from(got.as_ref()).map(U256::from_be_bytes).map_err(|_| self.no_answer(name, got))
    }

    async fn ask(&self, question: Question, at: BlockRef) -> Result<Bytes, ProveError> {
        let call = RootCall { to: self.contracts()?.root_chain, data: question.to_calldata() };
        Ok(self.root_chain.call(&call, at.number).await?)
    }

    pub(super) fn no_answer(&self, question: &'static str, got: Bytes) -> ProveError {
        ProveError::NoAnswer { root_chain: self.root_chain.id(), question, got }
    }
}
