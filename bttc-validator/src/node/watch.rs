//! Where a validator looks outside.

use super::{Node, Submitted};
use crate::{
    layer::{Answer, Header, LogPlace, Question, Vote},
    root_chain::Contracts,
};
use alloy_primitives::{Address, B256};
use bttc_checkpoint::{checkpoint::BlockRange, header_blocks};
use bttc_core::{
    chain::PowerRule,
    id::HeaderBlockId,
    root_chain::{LogFilter, RootCall, RootChain, RootChainError, RootChainId, RootEvent},
};
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
        let (confirmations, power) = (self.layer.spec().confirmations.of(id), self.layer.spec().power);
        let seed_block = self.layer.registry().next_seed_block();
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
            if emitter(&event, id, power, &at.contracts) != Some(log.address) {
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
        let registry = self.layer.registry();
        let last_span = registry.last_span().map_or((1, 0), |span| (span.start, span.end));
        let seed_block = registry.next_seed_block();
        let mut votes: Vec<Vote> = Vec::new();
        for message in self.layer.to_attest() {
            let question = message.question(last_span, seed_block);
            let answer = match &question {
                // A chain that does not answer and one that has nothing there come to the same: no vote.
                Some(question) => self.answer(question).await.unwrap_or(Answer::Unknown),
                None => Answer::Unknown,
            };
            votes.extend(self.vote(message, question.as_ref(), &answer));
        }
        self.votes = votes;
    }

    /// What is found outside.
    async fn answer(&self, question: &Question) -> Result<Answer, RootChainError> {
        let chain = |id: &RootChainId| self.root_chains.get(id);
        Ok(match question {
            Question::RangeRoot { start, end, .. } => {
                let range = BlockRange::new(*start, *end).ok();
                range.and_then(|range| self.root(range)).map_or(Answer::Unknown, Answer::Root)
            }
            Question::Seed { block, .. } => {
                let Some(at) = chain(&RootChainId::Ethereum) else {
                    return Ok(Answer::Unknown);
                };
                let head = self.chain.head().header().height();
                at.chain.block(*block).await?.map_or(Answer::Unknown, |b| Answer::Seed { hash: b.hash, head })
            }
            Question::Event { root_chain, place, expected } => {
                let Some(at) = chain(root_chain) else {
                    return Ok(Answer::Unknown);
                };
                let (from, to) = (place.block_number, place.block_number);
                let Some(address) = emitter(expected, *root_chain, self.layer.spec().power, &at.contracts) else {
                    return Ok(Answer::Unknown);
                };
                let filter = LogFilter { from, to, addresses: vec![address], topics: Vec::new() };
                let logs = at.chain.logs(&filter).await?;
                let found = logs
                    .iter()
                    .find(|log| log.log_index == place.log_index && log.transaction == place.transaction)
                    .and_then(|log| RootEvent::decode(&log.data).ok().flatten());
                found.map_or(Answer::Unknown, Answer::Event)
            }
            Question::Header { root_chain, number, .. } => {
                let Some(at) = chain(root_chain) else {
                    return Ok(Answer::Unknown);
                };
                let question = header_blocks::Question::HeaderBlock(HeaderBlockId::of(*number));
                let call = RootCall { to: at.contracts.root_chain, data: question.to_calldata() };
                let head = at.chain.head().await?.number;
                let answer = at.chain.call(&call, head).await?;
                let header = header_blocks::HeaderBlock::from_answer(&answer).and_then(|h| {
                    Some(Header {
                        root: h.root,
                        start: h.start.try_into().ok()?,
                        end: h.end.try_into().ok()?,
                        proposer: h.proposer,
                    })
                });
                header.map_or(Answer::Unknown, Answer::Header)
            }
        })
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

/// The contract that writes an event; `None` where the layer does not want to know of it.
///
/// Source: `validation-layer §5.1, §6.1, §7.2`.
fn emitter(event: &RootEvent, root_chain: RootChainId, power: PowerRule, at: &Contracts) -> Option<Address> {
    match event {
        RootEvent::StateSynced(_) => Some(at.state_sender),
        RootEvent::NewHeaderBlock(_) => Some(at.root_chain),
        RootEvent::Staked(_) | RootEvent::SignerChange(_) | RootEvent::UnstakeInit(_) => {
            (root_chain == RootChainId::Tron).then_some(at.staking_info)
        }
        RootEvent::StakeUpdate(_) if power == PowerRule::Stake => {
            (root_chain == RootChainId::Tron).then_some(at.staking_info)
        }
        _ => None,
    }
}
