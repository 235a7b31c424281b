//! A validator as the engine's application.

use super::{Node, PATIENCE};
use crate::{
    engine::{Application, Decision, Height, Round, Validity},
    layer::{Block, LastCommit, LayerEvent, Received, votes_from_bytes, votes_to_bytes},
    message::{Message, Msg as _},
    vote::SideResult,
};
use alloy_primitives::{Address, Bytes};
use bttc_core::{id::ValidatorId, validator::Validator};

/// Seconds that a block's time may lie ahead of the own clock.
const TOLERANCE: u64 = 3;

impl Application for Node {
    fn propose(&mut self, height: Height, _: Round) -> Option<Bytes> {
        let mut block = Block {
            height: height.get(),
            time: self.now.max(self.layer.time()),
            proposer: self.address(),
            last_commit: self.last.as_ref().map(|d| LastCommit { round: d.round, commits: d.commits.clone() }),
            transactions: self.waiting.iter().map(|(waiting, _)| waiting.bytes.clone()).collect(),
        };
        // Only what is admitted after all before it is worth a place.
        let voters = self.voters();
        block.transactions = self.layer.selected(&block, &voters);
        while !block.fits() {
            block.transactions.pop();
        }
        Some(block.to_bytes())
    }

    fn validate(&mut self, height: Height, value: &Bytes, proposer: Address) -> Validity {
        match Block::from_bytes(value) {
            Ok(block) if block.proposer == proposer && self.is_next(height, &block) => Validity::Valid,
            _ => Validity::Invalid,
        }
    }

    fn extend(&mut self, _: Height, _: &Bytes) -> Bytes {
        votes_to_bytes(&self.votes)
    }

    fn verify_extension(&mut self, _: Height, validator: Address, extension: &Bytes) -> Validity {
        let Ok(votes) = votes_from_bytes(extension) else {
            return Validity::Invalid;
        };
        let transactions = self.layer.to_attest();
        if votes.iter().all(|vote| is_given(vote, validator, &transactions)) {
            Validity::Valid
        } else {
            Validity::Invalid
        }
    }

    fn decide(&mut self, decision: &Decision) -> Vec<Validator> {
        let voters = self.voters();
        self.last = Some(decision.clone());
        self.votes.clear();
        let Ok(block) = Block::from_bytes(&decision.value) else {
            return Vec::new();
        };
        let Ok(events) = self.layer.apply(&block, &voters) else {
            return Vec::new();
        };
        self.take_off(&block);
        let changes = events.iter().flat_map(|event| match event {
            LayerEvent::SetChanged(updates) => updates.as_slice(),
            _ => &[],
        });
        let id = ValidatorId::new(0); // the engine goes by the signer
        let changes: Vec<_> = changes.map(|update| Validator::new(id, update.signer, update.power)).collect();
        self.note(events, &voters);
        changes
    }
}

/// Whether a result is about one of these transactions, and signed by its voter where there is something to sign.
fn is_given(vote: &SideResult, voter: Address, transactions: &[Received]) -> bool {
    let named = transactions.iter().find(|transaction| transaction.hash().as_slice() == &vote.tx_hash.0[..]);
    let data = named.and_then(Received::message).and_then(|message| message.side_sign_bytes());
    let (Some(data), Some(result)) = (data, vote.result()) else { return false };
    match vote.signature() {
        None => data.is_empty(),
        Some(signature) => {
            let signer = signature.recover_seal(&result.digest(&data)).map(|key| key.address());
            !data.is_empty() && signer == Ok(voter)
        }
    }
}

impl Node {
    /// Who could vote on the last height.
    fn voters(&self) -> Vec<Validator> {
        self.last.as_ref().map_or_else(Vec::new, |decision| decision.validators.clone())
    }

    /// Takes off the list what a block has, what this validator will sign anew, and what has waited for too long.
    fn take_off(&mut self, block: &Block) {
        let (own, height) = (self.address(), self.layer.height());
        for bytes in &block.transactions {
            let Ok(transaction) = self.layer.read(bytes) else { continue };
            let Some(message) = transaction.message().filter(|message| message.signer() == own) else { continue };
            self.brought.retain(|brought| brought != message);
            if let Some(Message::Checkpoint(m)) = message.network() {
                self.proposed = Some((m.start_block, self.now));
            }
        }
        self.waiting.retain(|(waiting, heard)| {
            let is_own = waiting.message().is_some_and(|message| message.signer() == own);
            !is_own && heard.saturating_add(PATIENCE) >= height && !block.transactions.contains(&waiting.bytes)
        });
    }

    /// Whether a block may be the next one: its height, its time, its size, and a last commit that more than two thirds signed,
    /// in the order of its validators: what settles in which order follows from it.
    fn is_next(&self, height: Height, block: &Block) -> bool {
        let in_time = (self.layer.time()..=self.now.saturating_add(TOLERANCE)).contains(&block.time);
        let committed = match (&self.last, &block.last_commit) {
            (None, None) => true,
            (Some(last), Some(commit)) => {
                let claimed = Decision { round: commit.round, commits: commit.commits.clone(), ..last.clone() };
                let in_order = claimed.commits.is_sorted_by_key(|commit| commit.validator);
                in_order && claimed.verify(self.layer.spec().chain_id, &last.validators).is_ok()
            }
            _ => false,
        };
        block.height == height.get() && in_time && committed && block.fits()
    }
}
