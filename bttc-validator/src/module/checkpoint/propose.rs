//! A checkpoint is proposed.

use super::{Buffer, buffer_seconds, destination, epoch, expect_yes, last_checkpoint};
use crate::{
    message::MsgCheckpoint,
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal, chainmanager, staking, topup},
    param::{MAX_CHECKPOINT_LENGTH, SIDE_CHAIN_CONFIRMATIONS},
    record::CheckpointRecord,
    store::{StoreName, Stores},
};
use alloy_primitives::B256;
use bttc_checkpoint::{
    ledger::{check_start, has_expired},
    vote::VoteResult,
};

const KIND: &str = "checkpoint";

impl Phases for MsgCheckpoint {
    fn admit(&self, stores: &mut Stores, context: &Context<'_>) -> Outcome {
        let destination = destination(&self.root_chain_type);
        let lifetime = buffer_seconds(stores, 1)?;
        if let Some(buffered) = Buffer::Checkpoint.get(stores, destination)? {
            if !has_expired(buffered.timestamp, lifetime, context.seconds()) {
                return Err(Refusal::NO_ACK);
            }
            Buffer::Checkpoint.clear(stores, destination);
        }
        self.check_start(stores)?;
        if topup::fee_accounts(stores)?.root() != Ok(self.account_root_hash) {
            return Err(Refusal::BAD_BLOCK_INPUT);
        }
        let set = staking::validator_set(stores)?;
        if set.elected().map(|proposer| proposer.signer) != Some(self.proposer) || self.epoch.get() != epoch(stores)? {
            return Err(Refusal::INVALID_MSG);
        }
        Ok(vec![self.describe(Event::admitted(KIND, StoreName::Checkpoint))])
    }

    // a wrong root is not voted down; whoever finds one abstains.
    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let unseen = || Halt::from(Refusal::BAD_BLOCK_INPUT);
        let last = self.end_block.wrapping_add(SIDE_CHAIN_CONFIRMATIONS.get(stores)?);
        if facts.head()?.is_none_or(|head| head < last) {
            return Err(unseen());
        }
        let root = facts.range_root(self.start_block, self.end_block, MAX_CHECKPOINT_LENGTH.get(stores)?)?;
        if root == Some(self.root_hash) { Ok(VoteResult::Yes) } else { Err(unseen()) }
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        self.check_start(stores)?;
        let destination = destination(&self.root_chain_type);
        if Buffer::Checkpoint.get(stores, destination)?.is_some() {
            return Err(Refusal::NO_ACK);
        }
        let record = CheckpointRecord {
            proposer: self.proposer,
            start: self.start_block,
            end: self.end_block,
            root: self.root_hash,
            chain_id: self.bor_chain_id.clone(),
            timestamp: context.seconds(),
        };
        Buffer::Checkpoint.set(stores, destination, &record);
        let event = self.describe(Event::settled(KIND, StoreName::Checkpoint, context));
        Ok(vec![event.with("root-chain", &self.root_chain_type)])
    }
}

impl MsgCheckpoint {
    fn check_start(&self, stores: &Stores) -> Result<(), Refusal> {
        let last = last_checkpoint(stores, destination(&self.root_chain_type))?;
        let activation = chainmanager::activation_height(stores, &self.root_chain_type)?;
        check_start(self.start_block, last.map(|last| last.end), activation).map_err(|e| Refusal::common(e.code()))
    }

    fn describe(&self, event: Event) -> Event {
        event
            .with("proposer", format_args!("{:#x}", self.proposer))
            .with("start-block", self.start_block)
            .with("end-block", self.end_block)
            .with("root-hash", hash_text(self.root_hash))
            .with("account-hash", hash_text(self.account_root_hash))
    }
}

/// A hash as the reference shows it.
// of zeros it shows nothing.
fn hash_text(hash: B256) -> String {
    if hash.is_zero() { String::new() } else { hash.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        module::{self, Answer, Question},
        param,
    };

    #[test]
    fn q472_a_wrong_root_is_not_voted_down() {
        let (mut stores, mut facts) = (Stores::default(), Facts::default());
        param::set_defaults(&mut stores);
        let message = MsgCheckpoint { end_block: 9, root_hash: B256::repeat_byte(1), ..MsgCheckpoint::default() };
        facts.insert(Question::Head, Some(Answer::Number(19))).unwrap();
        let question = Question::RangeRoot { start: 0, end: 9, max_length: 1_024 };
        assert_eq!(module::attest(&message, &stores, &facts), Err(question));
        facts.insert(question, Some(Answer::Hash(B256::repeat_byte(2)))).unwrap();
        assert_eq!(module::attest(&message, &stores, &facts), Ok((VoteResult::Skip, 1_501)));
        facts.insert(question, Some(Answer::Hash(message.root_hash))).unwrap();
        assert_eq!(module::attest(&message, &stores, &facts), Ok((VoteResult::Yes, 0)));
    }

    #[test]
    fn q478_a_hash_of_zeros_is_shown_as_nothing() {
        assert_eq!(hash_text(B256::ZERO), "");
        assert_eq!(hash_text(B256::repeat_byte(0xab)), format!("0x{}", "ab".repeat(32)));
    }
}
