//! TRON is told of a checkpoint that another root chain has recorded.

use super::{
    Buffer, buffer_seconds,
    contract::{header_id, root_contract},
    destination, expect_yes,
};
use crate::{
    message::{MsgCheckpointSync, MsgCheckpointSyncAck},
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal},
    param::{CHAIN_PARAMS, ChainParams},
    record::CheckpointRecord,
    store::{StoreName, Stores},
};
use bttc_checkpoint::{
    ledger::{Contracts, SyncClaim, attest_sync, attest_sync_ack, has_expired},
    vote::VoteResult,
};
use bttc_core::{id::CheckpointNumber, root_chain::RootChainId};

const SYNC: &str = "checkpoint-sync";
const ACK: &str = "checkpoint-sync-ack";

impl Phases for MsgCheckpointSync {
    // Q-162 of bttc-checkpoint: a fifth of the buffer time here, all of it for the acknowledgement.
    fn admit(&self, stores: &mut Stores, context: &Context<'_>) -> Outcome {
        let destination = destination(&self.root_chain_type);
        let lifetime = buffer_seconds(stores, 5)?;
        if let Some(waiting) = Buffer::Sync.get(stores, destination)? {
            if !has_expired(waiting.timestamp, lifetime, context.seconds()) {
                return Err(Refusal::NO_ACK);
            }
            Buffer::Sync.clear(stores, destination);
        }
        Ok(vec![describe(Event::admitted(SYNC, StoreName::Checkpoint), &self.into())])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let (root_chain, contract) = root_contract(stores, destination(&self.root_chain_type))?;
        if root_chain == RootChainId::Tron {
            // There is no client that this question could be put to.
            return Err(Refusal::INTERNAL.into());
        }
        let header = facts.header(root_chain, contract, header_id(stores, self.number)?)?;
        attest_sync(root_chain, Contracts::Known, &self.into(), header).map_err(|e| Refusal::common(e.code()))?;
        Ok(VoteResult::Yes)
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        let destination = destination(&self.root_chain_type);
        if Buffer::Sync.get(stores, destination)?.is_some() {
            return Err(Refusal::NO_ACK);
        }
        let record = CheckpointRecord {
            proposer: self.proposer,
            start: self.start_block,
            end: self.end_block,
            timestamp: context.seconds(),
            ..CheckpointRecord::default()
        };
        Buffer::Sync.set(stores, destination, &record);
        let event = describe(Event::settled(SYNC, StoreName::Checkpoint, context), &self.into());
        Ok(vec![event.with("root-chain", &self.root_chain_type).with("header-index", self.number)])
    }
}

impl Phases for MsgCheckpointSyncAck {
    fn admit(&self, stores: &mut Stores, context: &Context<'_>) -> Outcome {
        let destination = destination(&self.root_chain_type);
        let lifetime = buffer_seconds(stores, 1)?;
        let waiting = Buffer::Sync.get(stores, destination)?;
        if waiting.is_some_and(|waiting| has_expired(waiting.timestamp, lifetime, context.seconds())) {
            Buffer::Sync.clear(stores, destination);
        }
        Ok(vec![describe(Event::admitted(ACK, StoreName::Checkpoint), &self.into())])
    }

    // blocks and proposer are not looked at, only the number.
    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let contract = ChainParams::tron_address(&CHAIN_PARAMS.get(stores)?.tron_stake_manager);
        let synced = facts.synced(contract, destination(&self.root_chain_type).number())?.map(CheckpointNumber::new);
        attest_sync_ack(&self.into(), synced).map_err(|e| Refusal::common(e.code()))?;
        Ok(VoteResult::Yes)
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        Buffer::Sync.clear(stores, destination(&self.root_chain_type));
        let event = Event::settled(ACK, StoreName::Checkpoint, context);
        Ok(vec![event.with("header-index", self.number).with("root-chain", &self.root_chain_type)])
    }
}

fn describe(event: Event, claim: &SyncClaim) -> Event {
    let event = event.with("proposer", format_args!("{:#x}", claim.proposer));
    event.with("start-block", claim.start).with("end-block", claim.end)
}

impl From<&MsgCheckpointSync> for SyncClaim {
    fn from(message: &MsgCheckpointSync) -> Self {
        let &MsgCheckpointSync { number, proposer, start_block: start, end_block: end, .. } = message;
        Self { number, proposer, start, end }
    }
}

impl From<&MsgCheckpointSyncAck> for SyncClaim {
    fn from(message: &MsgCheckpointSyncAck) -> Self {
        let &MsgCheckpointSyncAck { number, proposer, start_block: start, end_block: end, .. } = message;
        Self { number, proposer, start, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        module::{self, Answer, Question},
        param,
    };
    use alloy_primitives::Address;

    #[test]
    fn q473_of_a_syncs_acknowledgement_only_the_number_counts() {
        let (mut stores, mut facts) = (Stores::default(), Facts::default());
        param::set_defaults(&mut stores);
        let question = Question::Synced { contract: Address::ZERO, root_chain: 2 };
        facts.insert(question, Some(Answer::Number(7))).unwrap();
        let message = MsgCheckpointSyncAck {
            number: CheckpointNumber::new(7),
            start_block: 9,
            end_block: 1,
            root_chain_type: "eth".into(),
            ..MsgCheckpointSyncAck::default()
        };
        assert_eq!(module::attest(&message, &stores, &facts), Ok((VoteResult::Yes, 0)));
        let next = MsgCheckpointSyncAck { number: CheckpointNumber::new(8), ..message };
        assert_eq!(module::attest(&next, &stores, &facts), Ok((VoteResult::Skip, 1_502)));
    }
}
