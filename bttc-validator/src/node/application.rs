//! A validator as the engine's application.

use super::Node;
use crate::{
    engine::{Application, Decision, Height, Round, Validity},
    layer::{Block, LastCommit, LayerEvent, votes_from_bytes, votes_to_bytes},
};
use alloy_primitives::{Address, Bytes};
use bttc_core::{id::ValidatorId, validator::Validator};

/// Seconds that a block's time may lie ahead of the own clock.
const TOLERANCE: u64 = 3;

impl Application for Node {
    fn propose(&mut self, height: Height, _: Round) -> Option<Bytes> {
        let time = self.now.max(self.layer.time());
        let last_commit = self.last.as_ref().map(|d| LastCommit { round: d.round, commits: d.commits.clone() });
        let mut block = Block { height: height.get(), time, last_commit, messages: Vec::new() };
        // Only what is admitted after all before it is worth a place.
        let voters = self.voters();
        let mut trial = self.layer.clone();
        trial.apply(&block, &voters).ok()?;
        self.waiting.retain(|message| trial.try_admit(message, time).is_ok());
        block.messages = self.waiting.clone();
        Some(block.to_bytes())
    }

    fn validate(&mut self, height: Height, value: &Bytes, _: Address) -> Validity {
        match Block::from_bytes(value) {
            Ok(block) if self.is_next(height, &block) => Validity::Valid,
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
        let messages = self.layer.to_attest();
        let holds = votes.iter().all(|vote| {
            let Some(message) = messages.iter().find(|m| m.id() == vote.message) else {
                return false;
            };
            let data = message.sign_data();
            match &vote.signature {
                None => data.is_empty(),
                Some(signature) => {
                    let signer = signature.recover_seal(&vote.result.digest(&data)).map(|key| key.address());
                    !data.is_empty() && signer == Ok(validator)
                }
            }
        });
        if holds { Validity::Valid } else { Validity::Invalid }
    }

    fn decide(&mut self, decision: &Decision) -> Vec<Validator> {
        let voters = self.voters();
        self.last = Some(decision.clone());
        self.votes.clear();
        let Ok(block) = Block::from_bytes(&decision.value) else {
            return Vec::new();
        };
        self.waiting.retain(|message| !block.messages.contains(message));
        let Ok(events) = self.layer.apply(&block, &voters) else {
            return Vec::new();
        };
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

impl Node {
    /// Who could vote on the last height.
    fn voters(&self) -> Vec<Validator> {
        self.last.as_ref().map_or_else(Vec::new, |decision| decision.validators.clone())
    }

    /// Whether a block may be the next one: its height, its time, and a last commit that more than two thirds signed,
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
        block.height == height.get() && in_time && committed
    }
}
