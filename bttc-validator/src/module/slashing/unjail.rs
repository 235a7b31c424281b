//! A validator comes back.

use super::{
    kept::{is_seen, mark_seen},
    tick_ack::attest,
};
use crate::{
    message::MsgUnjail,
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal, staking},
    store::Stores,
};
use bttc_checkpoint::vote::VoteResult;
use bttc_staking::registry::Sequence;

/// Only the first phase is ever reached.
///
/// Source: `validation-layer §5.8; delivery:slashing/handler.go:102-134, slashing/side_handler.go:105-143, 312-362`.
impl Phases for MsgUnjail {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if is_seen(stores, self.sequence()) {
            return Err(Refusal::OLD_TX);
        }
        let is_barred = staking::record_of(stores, self.id)?.is_some_and(|record| record.jailed);
        if is_barred { Ok(Vec::new()) } else { Err(Refusal::NO_VALIDATOR) }
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        attest(stores, facts, self.tx_hash, self.log_index)
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        if verdict != VoteResult::Yes {
            return Err(Refusal::NOT_APPROVED);
        }
        if is_seen(stores, self.sequence()) {
            return Err(Refusal::OLD_TX);
        }
        // a validator that is not there counts as one that is free.
        if let Some(mut record) = staking::record_of(stores, self.id)?
            && record.jailed
        {
            record.jailed = false;
            staking::save_record(stores, &record);
        }
        mark_seen(stores, self.sequence());
        let event = Event::new("unjail").with("module", "slashing").with("action", "unjail");
        Ok(vec![event.with("txhash", context.tx_hash()).with("side-tx-result", "Yes")])
    }
}

impl MsgUnjail {
    fn sequence(&self) -> Sequence {
        Sequence::new(self.block_number, self.log_index)
    }
}
