//! A root chain has recorded a checkpoint.

use super::{
    Buffer,
    contract::{header_id, root_contract},
    count, destination, expect_yes, save_checkpoint, set_count,
};
use crate::{
    message::MsgCheckpointAck,
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal, staking},
    record::CheckpointRecord,
    store::{StoreName, Stores},
};
use bttc_checkpoint::{
    ledger::{Ack, Contracts, attest_ack},
    vote::VoteResult,
};
use bttc_core::root_chain::RootChainId;

const KIND: &str = "checkpoint-ack";

impl Phases for MsgCheckpointAck {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if let Some(buffered) = Buffer::Checkpoint.get(stores, destination(&self.root_chain_type))? {
            self.check(&buffered)?;
        }
        Ok(vec![Event::admitted(KIND, StoreName::Checkpoint).with("header-index", self.number)])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let (root_chain, contract) = root_contract(stores, destination(&self.root_chain_type))?;
        let header = facts.header(root_chain, contract, header_id(stores, self.number)?)?;
        attest_ack(root_chain, Contracts::Known, &self.to_ack(), header).map_err(|e| Refusal::common(e.code()))?;
        Ok(VoteResult::Yes)
    }

    // of bttc-checkpoint hold here as well.
    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        let destination = destination(&self.root_chain_type);
        let mut record = Buffer::Checkpoint.get(stores, destination)?.ok_or(Refusal::BAD_ACK)?;
        self.check(&record)?;
        if record.end > self.end_block {
            record = CheckpointRecord { end: self.end_block, root: self.root_hash, proposer: self.proposer, ..record };
        }
        save_checkpoint(stores, destination, self.number, &record);
        let count = count(stores, destination)?.wrapping_add(1);
        set_count(stores, destination, count);
        Buffer::Checkpoint.clear(stores, destination);
        if destination == RootChainId::Tron.into() {
            staking::rotate(stores)?;
        }
        let event = Event::settled(KIND, StoreName::Checkpoint, context);
        Ok(vec![event.with("header-index", self.number).with("root-chain", &self.root_chain_type)])
    }
}

impl MsgCheckpointAck {
    const fn to_ack(&self) -> Ack {
        Ack {
            number: self.number,
            proposer: self.proposer,
            start: self.start_block,
            end: self.end_block,
            root: self.root_hash,
        }
    }

    fn check(&self, buffered: &CheckpointRecord) -> Result<(), Refusal> {
        let fits = self.to_ack().check(buffered.start, buffered.end, buffered.root);
        fits.map_err(|e| Refusal::common(e.code()))
    }
}
