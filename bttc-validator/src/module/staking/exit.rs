//! A validator leaves.

use super::{
    event::{Source, admitted, enqueue, expect_next, expect_record, expect_yes, settled},
    kept,
};
use crate::{
    message::MsgValidatorExit,
    module::{Context, Facts, Halt, Outcome, Phases, Refusal},
    store::Stores,
};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::root_chain::RootEvent;
use bttc_staking::registry::{Applied, ValidatorRecord};

const KIND: &str = "validator-exit";

impl Phases for MsgValidatorExit {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        let record = expect_record(stores, self.id)?;
        if record.end_epoch.get() != 0 {
            return Err(Refusal::UNBONDED);
        }
        self.source().expect_new(stores)?;
        expect_next(&record, self.nonce)?;
        Ok(vec![admitted(KIND, record.id, self.nonce)])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        self.source().attest(stores, facts, |event| {
            let RootEvent::UnstakeInit(event) = event else { return Err(Refusal::DECODE) };
            let said = (event.validator, event.nonce, event.deactivation_epoch);
            Ok(said == (self.id, self.nonce, self.deactivation_epoch))
        })
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        let sequence = self.source().expect_new(stores)?;
        let record = ValidatorRecord {
            end_epoch: self.deactivation_epoch,
            nonce: self.nonce,
            last_updated: sequence.to_string(),
            ..expect_record(stores, self.id)?
        };
        kept::save_record(stores, &record);
        kept::mark_settled(stores, sequence);
        enqueue(stores, Applied::Exiting(self.id), self.nonce, context)?;
        Ok(vec![settled(KIND, context, record.id, self.nonce)])
    }
}

impl MsgValidatorExit {
    const fn source(&self) -> Source {
        Source { tx_hash: self.tx_hash, log_index: self.log_index, block_number: self.block_number }
    }
}
