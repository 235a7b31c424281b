//! A validator changes its signer.

use super::{
    event::{Source, admitted, enqueue, expect_next, expect_record, expect_yes, settled},
    kept,
};
use crate::{
    message::{Coins, MsgSignerUpdate},
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal, bank, checkpoint},
    store::Stores,
};
use alloy_primitives::Address;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amount::Amount,
    id::Epoch,
    root_chain::{RootChainId, RootEvent},
    validator::VotingPower,
};
use bttc_staking::registry::{Applied, ValidatorRecord};

const KIND: &str = "signer-update";

/// Meanwhile the new signer is the old one.
const NO_CHANGE: Refusal = Refusal::common(2_508);

impl Phases for MsgSignerUpdate {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        let record = expect_record(stores, self.id)?;
        self.source().expect_new(stores)?;
        if record.signer == self.new_signer() {
            return Err(Refusal::SAME_SIGNER);
        }
        expect_next(&record, self.nonce)?;
        Ok(vec![admitted(KIND, record.id, self.nonce)])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        self.source().attest(stores, facts, |event| {
            let RootEvent::SignerChange(event) = event else { return Err(Refusal::DECODE) };
            let [_, coordinates @ ..] = &self.pub_key.0;
            let is_key = event.signer_key.as_ref() == coordinates && event.new_signer == self.new_signer();
            Ok(is_key && (event.validator, event.nonce) == (self.id, self.nonce))
        })
    }

    // Q-34 of bttc-staking: that the new signer is nobody else's is not checked.
    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        let sequence = self.source().expect_new(stores)?;
        let record = expect_record(stores, self.id)?;
        if record.signer == self.new_signer() {
            return Err(NO_CHANGE);
        }
        let old = ValidatorRecord {
            end_epoch: Epoch::new(checkpoint::count(stores, RootChainId::Tron.into())?),
            power: VotingPower::ZERO,
            nonce: self.nonce,
            last_updated: sequence.to_string(),
            ..record
        };
        let new = ValidatorRecord {
            signer: self.new_signer(),
            pub_key: self.pub_key,
            end_epoch: record.end_epoch,
            power: record.power,
            ..old.clone()
        };
        kept::save_record(stores, &old);
        kept::save_record(stores, &new);
        kept::mark_settled(stores, sequence);
        let mut events = move_balance(stores, old.signer, new.signer)?;
        enqueue(stores, Applied::SignerUpdated(self.id), self.nonce, context)?;
        events.push(settled(KIND, context, new.id, self.nonce));
        Ok(events)
    }
}

impl MsgSignerUpdate {
    const fn source(&self) -> Source {
        Source { tx_hash: self.tx_hash, log_index: self.log_index, block_number: self.block_number }
    }
}

/// Moves what there is of the fee token to a validator's new account.
fn move_balance(stores: &mut Stores, from: Address, to: Address) -> Result<Vec<Event>, Refusal> {
    let balance = bank::balance(stores, from)?;
    if balance == Amount::ZERO {
        return Ok(Vec::new());
    }
    Ok(bank::send_coins(stores, from, to, &Coins::btt(balance.into()))?.to_vec())
}
