//! Where a validator looks outside.

use super::{Node, Submitted};
use crate::{
    duties::{LogPlace, confirmations, emitter},
    layer::Received,
    module::{self, Answer, Depth, Facts, Question, bor},
    param::Rules,
    root_chain::{Contracts, abi},
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall as _, SolValue as _};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    header_blocks::{self, HeaderBlock},
    vote::VoteResult,
};
use bttc_core::root_chain::{LogFilter, RootCall, RootChain, RootChainError, RootChainId, RootEvent, RootReceipt};
use std::sync::Arc;

/// A root chain, where its contracts stand, and how far it has been read.
#[derive(Debug)]
pub struct RootChainAt {
    /// The chain.
    pub chain: Arc<dyn RootChain>,
    /// The contracts to listen to.
    pub contracts: Contracts,
    /// The first block that has not been read yet.
    pub(super) next: u64,
    /// Hash of the block that seeds the next span, where this is Ethereum and the block is there.
    pub(super) seed: Option<B256>,
}

impl RootChainAt {
    /// A chain to be read from this block on.
    pub fn new(chain: Arc<dyn RootChain>, contracts: Contracts, from: u64) -> Self {
        Self { chain, contracts, next: from, seed: None }
    }
}

impl Node {
    /// Reads what the root chains have written since the last time. One that does not answer is read next time.
    ///
    /// # Errors
    /// The first [`RootChainError`]; the other chains have been read all the same.
    pub async fn watch(&mut self) -> Result<(), RootChainError> {
        let ids: Vec<_> = self.root_chains.keys().copied().collect();
        let mut first = Ok(());
        for id in ids {
            let read = self.watch_one(id).await;
            first = first.and(read);
        }
        first
    }

    async fn watch_one(&mut self, id: RootChainId) -> Result<(), RootChainError> {
        let stores = self.layer.stores();
        // Parameters that do not read let nobody relay anything.
        let (Ok(confirmations), Ok(rules)) = (confirmations(stores, id), Rules::load(stores)) else { return Ok(()) };
        let seed_block = bor::seed_block(stores).unwrap_or_default().saturating_add(1);
        let Some(at) = self.root_chains.get_mut(&id) else {
            return Ok(());
        };
        if id == RootChainId::Ethereum {
            at.seed = at.chain.block(seed_block).await?.map(|block| block.hash);
        }
        let head = at.chain.head().await?.number;
        let Some(to) = head.checked_sub(confirmations).filter(|to| *to >= at.next) else {
            return Ok(());
        };
        let contracts = [at.contracts.root_chain, at.contracts.staking_info, at.contracts.state_sender];
        let filter = LogFilter { from: at.next, to, addresses: contracts.to_vec(), topics: RootEvent::topics() };
        for log in at.chain.logs(&filter).await? {
            // A log that does not decode is no event of the protocol, whatever its first topic.
            let Ok(Some(event)) = RootEvent::decode(&log.data) else {
                continue;
            };
            if emitter(&event, id, rules, &at.contracts) != Some(log.address) {
                continue;
            }
            let place =
                LogPlace { block_number: log.block_number, log_index: log.log_index, transaction: log.transaction };
            self.observed.insert((id, place), event);
        }
        at.next = to.saturating_add(1);
        Ok(())
    }

    /// Votes about what the last height admitted, asking the root chains and the own side chain. To be called between
    /// two heights.
    pub async fn attest(&mut self) {
        let mut votes = Vec::new();
        for transaction in self.layer.to_attest() {
            let mut facts = Facts::default();
            let honest = loop {
                let question = match self.verdict(&transaction, &facts) {
                    Ok(verdict) => break verdict,
                    Err(question) => question,
                };
                let answer = self.answer(&question).await;
                if facts.insert(question, answer).is_err() {
                    break VoteResult::Skip;
                }
            };
            votes.extend(self.vote(&transaction, honest));
        }
        self.votes = votes;
    }

    fn verdict(&self, transaction: &Received, facts: &Facts) -> Result<VoteResult, Question> {
        let phases = transaction.message().and_then(|message| message.phases());
        let attest = |phases| module::attest(phases, self.layer.stores(), facts).map(|(vote, _)| vote);
        phases.map_or(Ok(VoteResult::Skip), attest)
    }

    /// What is found outside: on the own side chain, through the eyes of the policy, and on the root chains. `None` for a
    /// call that failed, and for what is not there.
    ///
    /// Source: `validation-layer §3.1, §3.4; delivery:helper/call.go:326-551`.
    pub async fn answer(&self, question: &Question) -> Option<Answer> {
        match *question {
            Question::Head => Some(Answer::Number(self.chain.head().header().height())),
            Question::RangeRoot { start, end, max_length } => {
                let range = BlockRange::new(start, end).ok()?;
                self.range_root(range, max_length).map(Answer::Hash)
            }
            Question::BlockHash { root_chain, block } => {
                let chain = &self.root_chains.get(&root_chain)?.chain;
                chain.block(block).await.ok()?.map(|block| Answer::Hash(block.hash))
            }
            Question::Header { root_chain, contract, id } => {
                let call = header_blocks::Question::HeaderBlock(id).to_calldata();
                HeaderBlock::from_answer(&self.call(root_chain, contract, call).await?).map(Answer::Header)
            }
            Question::AccountRoot { root_chain, contract } => {
                let call = abi::getAccountStateRootCall {}.abi_encode().into();
                let answer = self.call(root_chain, contract, call).await?;
                B256::try_from(answer.as_ref()).ok().map(Answer::Hash)
            }
            Question::Synced { contract, root_chain } => {
                let call = abi::getCurrentSyncedCheckpointCall { rootChainId: U256::from(root_chain) };
                number(&self.call(RootChainId::Tron, contract, call.abi_encode().into()).await?)
            }
            Question::ValidatorNonce { root_chain, contract, validator } => {
                let call = abi::validatorNonceCall { validatorId: U256::from(validator.get()) };
                number(&self.call(root_chain, contract, call.abi_encode().into()).await?)
            }
            Question::Log { root_chain, depth, contract, tx_hash, log_index } => {
                self.log(root_chain, depth, contract, (tx_hash, log_index)).await
            }
        }
    }

    /// What a contract answers as of its chain's head.
    async fn call(&self, root_chain: RootChainId, to: Address, data: Bytes) -> Option<Bytes> {
        let chain = &self.root_chains.get(&root_chain)?.chain;
        let head = chain.head().await.ok()?.number;
        chain.call(&RootCall { to, data }, head).await.ok()
    }

    /// A log of a transaction that lies deep enough.
    async fn log(
        &self,
        root_chain: RootChainId,
        depth: Depth,
        contract: Address,
        (transaction, log_index): (B256, u64),
    ) -> Option<Answer> {
        let chain = &self.root_chains.get(&root_chain)?.chain;
        let receipt = chain.receipt(transaction).await.ok()??;
        let (Depth::Confirmed(confirmations) | Depth::FinalizedOr(confirmations)) = depth else {
            return Some(event_at(&receipt, contract, log_index));
        };
        let head = chain.head().await.ok()?.number;
        let is_deep = receipt.block_number.checked_add(confirmations).is_some_and(|deep| deep <= head);
        is_deep.then(|| event_at(&receipt, contract, log_index))
    }

    /// Hands over the signed checkpoints that this validator proposed.
    pub async fn submit(&mut self) -> Vec<Submitted> {
        let mut submitted = Vec::new();
        let sender = self.address();
        for (root_chain, signed) in core::mem::take(&mut self.signed) {
            let Some(at) = self.root_chains.get(&root_chain) else {
                continue;
            };
            let outcome = at.chain.submit(sender, &signed.to_call(at.contracts.root_chain)).await;
            if matches!(outcome, Err(RootChainError::Transient { .. })) {
                self.signed.push((root_chain, signed.clone()));
            }
            submitted.push(Submitted { root_chain, signed, outcome });
        }
        submitted
    }
}

fn number(answer: &[u8]) -> Option<Answer> {
    u64::try_from(U256::abi_decode(answer).ok()?).ok().map(Answer::Number)
}

/// The event in a receipt's log, if this contract wrote it.
fn event_at(receipt: &RootReceipt, contract: Address, log_index: u64) -> Answer {
    let log = receipt.logs.iter().find(|log| (log.log_index, log.address) == (log_index, contract));
    let event = log.and_then(|log| RootEvent::decode(&log.data).ok().flatten());
    Answer::Log { block: receipt.block_number, event }
}
