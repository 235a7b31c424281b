//! What there is to withdraw.

use super::{ProveError, Prover};
use crate::{
    checkpoint::BlockRange,
    exit::{
        ExitOn, ExitState, Finding, FoundLog, MappedToken, Receipt, TokenMap,
        contract::{Predicate, Question},
        scan_receipt,
    },
    side_chain::TransactionPlace,
};
use alloc::{collections::BTreeSet, vec::Vec};
use alloy_primitives::{Address, B256, Bytes};
use bttc_core::root_chain::{BlockRef, RootCall};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

type Receipts = Vec<(TransactionPlace, Receipt)>;

impl Prover<'_> {
    /// Every log of a transaction, and what this root chain makes of it.
    ///
    /// # Errors
    /// [`ProveError`].
    pub async fn scan(&self, transaction: B256) -> Result<Vec<FoundLog>, ProveError> {
        let receipt = self.receipt(transaction).await?;
        self.scan_receipts(&[receipt].into()).await
    }

    /// Every log of these blocks, and what this root chain makes of it.
    ///
    /// # Errors
    /// [`ProveError`].
    pub async fn scan_blocks(&self, range: BlockRange) -> Result<Vec<FoundLog>, ProveError> {
        let blocks = stream::iter(range.start()..=range.end()).map(|block| self.receipts_of(block));
        let receipts: Receipts = blocks.buffered(super::CONCURRENCY).try_concat().await?;
        self.scan_receipts(&receipts).await
    }

    async fn receipts_of(&self, block: u64) -> Result<Receipts, ProveError> {
        let receipts = self.side_chain.receipts(block).await?;
        Ok((0..).map(|index| TransactionPlace { block, index }).zip(receipts).collect())
    }

    async fn scan_receipts(&self, receipts: &Receipts) -> Result<Vec<FoundLog>, ProveError> {
        let at = self.root_chain.head().await?;
        let scanned = |tokens: &TokenMap, processed: &BTreeSet<B256>| -> Vec<FoundLog> {
            let found = receipts.iter().flat_map(|(place, receipt)| {
                scan_receipt(*place, receipt, tokens, |_, exit_hash| processed.contains(&exit_hash))
            });
            found.collect()
        };
        // What would be a withdrawal if its token were mapped, then whether it is.
        let suspects = scanned(&TokenMap::new(), &BTreeSet::new());
        let suspects = suspects.iter().filter(|found| matches!(found.finding, Finding::Unmapped));
        let mut tokens = TokenMap::new();
        for child_token in suspects.map(|found| found.emitter).collect::<BTreeSet<_>>() {
            if let Some(mapped) = self.mapped_token(child_token, at).await? {
                tokens.insert(self.root_chain.id(), child_token, mapped);
            }
        }
        let mut processed = BTreeSet::new();
        for found in scanned(&tokens, &processed) {
            let Finding::Exits(exits) = &found.finding else { continue };
            let open = exits.iter().any(|ExitOn { state, .. }| matches!(state, ExitState::Open(_)));
            if open && self.is_processed(found.exit_hash, at).await? {
                processed.insert(found.exit_hash);
            }
        }
        Ok(scanned(&tokens, &processed))
    }

    /// What stands for a side-chain token on this root chain.
    async fn mapped_token(&self, child_token: Address, at: BlockRef) -> Result<Option<MappedToken>, ProveError> {
        let got = self.ask_bridge(Question::RootToken { child_token }, at).await?;
        let root_token = Question::read_address(&got).ok_or_else(|| self.no_answer("childToRootToken", got))?;
        if root_token.is_zero() {
            return Ok(None);
        }
        let got = self.ask_bridge(Question::TokenType { root_token }, at).await?;
        let token_type = Question::read_token_type(&got).ok_or_else(|| self.no_answer("tokenToType", got))?;
        let predicate = Predicate::ALL.into_iter().find(|predicate| predicate.token_type() == token_type);
        Ok(predicate.map(|predicate| MappedToken { root_token, predicate, held: None }))
    }

    /// Whether the bridge paid for an exit already.
    pub(super) async fn is_processed(&self, exit_hash: B256, at: BlockRef) -> Result<bool, ProveError> {
        let got = self.ask_bridge(Question::IsProcessed { exit_hash }, at).await?;
        Question::read_bool(&got).ok_or_else(|| self.no_answer("processedExits", got))
    }

    async fn ask_bridge(&self, question: Question, at: BlockRef) -> Result<Bytes, ProveError> {
        let call = RootCall { to: self.contracts()?.root_chain_manager, data: question.to_calldata() };
        Ok(self.root_chain.call(&call, at.number).await?)
    }
}
