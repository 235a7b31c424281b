//! The mirrors are told.

use super::{
    event::{admitted, settled},
    kept,
};
use crate::{
    message::{MsgStakingSync, MsgStakingSyncAck},
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal, chainmanager, checkpoint::destination},
    param::{CHAIN_PARAMS, ChainParams, STAKING_BUFFER_TIME},
    store::{StoreName, Stores},
};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::Text,
    id::{Nonce, ValidatorId},
    root_chain::RootChainId,
};
use bttc_staking::registry::SyncRecord;

const SYNC: &str = "staking-sync";
const ACK: &str = "staking-ack";

impl Phases for MsgStakingSync {
    fn admit(&self, stores: &mut Stores, context: &Context<'_>) -> Outcome {
        self.free_queue(stores, context)?;
        Ok(vec![admitted(SYNC, self.id, self.nonce)])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        vote(nonce_there(stores, facts, &self.root, self.id)? < self.nonce.get())
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        let mut queue = self.free_queue(stores, context)?;
        if let Some(head) = queue.first_mut() {
            head.timestamp = context.seconds();
        }
        kept::save_queue(stores, destination(&self.root), &queue);
        let event = Event::settled(SYNC, StoreName::Staking, context);
        Ok(vec![
            event
                .with("new-proposer", format_args!("{:#x}", self.from))
                .with("validator-id", self.id)
                .with("validator-nonce", self.nonce)
                .with("root-chain", &self.root),
        ])
    }
}

impl MsgStakingSync {
    /// The queue, whose head is the one meant and on nobody's way.
    fn free_queue(&self, stores: &Stores, context: &Context<'_>) -> Result<Vec<SyncRecord>, Refusal> {
        const NANOS: i64 = 1_000_000_000;
        let lifetime = (STAKING_BUFFER_TIME.get(stores)? / NANOS).cast_unsigned();
        let queue = queue(stores, &self.root, self.id, self.nonce)?;
        let is_free = queue.first().is_none_or(|head| head.check_free(context.seconds(), lifetime).is_ok());
        if is_free { Ok(queue) } else { Err(Refusal::BAD_ACK) }
    }
}

impl Phases for MsgStakingSyncAck {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        queue(stores, &self.root, self.id, self.nonce)?;
        Ok(vec![admitted(ACK, self.id, self.nonce)])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        vote(nonce_there(stores, facts, &self.root, self.id)? >= self.nonce.get())
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        let queue = queue(stores, &self.root, self.id, self.nonce)?;
        let rest = queue.into_iter().skip(1).collect();
        kept::save_queue(stores, destination(&self.root), &rest);
        Ok(vec![settled(ACK, context, self.id, self.nonce)])
    }
}

/// A mirror's queue, whose head is this validator's event.
fn queue(stores: &Stores, root: &Text, id: ValidatorId, nonce: Nonce) -> Result<Vec<SyncRecord>, Refusal> {
    let queue = kept::queue(stores, destination(root))?;
    SyncRecord::expect(queue.first(), id, nonce).map_err(|_| Refusal::BAD_ACK)?;
    Ok(queue)
}

/// A validator's nonce in a root chain's stake manager.
// where the contract cannot be asked, and for unknown root chains, the nonce is 0.
fn nonce_there(stores: &Stores, facts: &Facts, root: &Text, id: ValidatorId) -> Result<u64, Halt> {
    let Some(root_chain) = destination(root).root_chain() else { return Ok(0) };
    let contract = match root_chain {
        RootChainId::Tron => ChainParams::tron_address(&CHAIN_PARAMS.get(stores)?.tron_stake_manager),
        RootChainId::Ethereum => CHAIN_PARAMS.get(stores)?.stake_manager,
        RootChainId::Bsc => chainmanager::chain_info(stores, root)?.ok_or(Refusal::WRONG_ROOT_CHAIN)?.stake_manager,
    };
    Ok(facts.validator_nonce(root_chain, contract, id)?.unwrap_or_default())
}

fn vote(fits: bool) -> Result<VoteResult, Halt> {
    if fits { Ok(VoteResult::Yes) } else { Err(Refusal::INVALID_MSG.into()) }
}

fn expect_yes(verdict: VoteResult) -> Result<(), Refusal> {
    if verdict == VoteResult::Yes { Ok(()) } else { Err(Refusal::BAD_BLOCK_INPUT) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        module::{self, Question},
        param,
    };
    use alloy_primitives::Address;

    #[test]
    fn q476_a_contract_that_does_not_answer_has_nonce_0() {
        let (mut stores, mut facts) = (Stores::default(), Facts::default());
        param::set_defaults(&mut stores);
        let (root_chain, contract, validator) = (RootChainId::Ethereum, Address::ZERO, ValidatorId::new(1));
        facts.insert(Question::ValidatorNonce { root_chain, contract, validator }, None).unwrap();
        for (root, yes) in [("eth", true), ("polygon", true), ("bsc", false)] {
            let message =
                MsgStakingSync { id: validator, nonce: Nonce::new(1), root: root.into(), ..Default::default() };
            let voted = module::attest(&message, &stores, &facts);
            assert_eq!(voted, Ok(if yes { (VoteResult::Yes, 0) } else { (VoteResult::Skip, 6_506) }), "{root}");
            let MsgStakingSync { from, id, nonce, root } = message;
            let ack = MsgStakingSyncAck { from, id, nonce, root };
            let voted = module::attest(&ack, &stores, &facts);
            assert_eq!(voted, Ok((VoteResult::Skip, if yes { 1_400 } else { 6_506 })));
        }
    }
}
