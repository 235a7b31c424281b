//! A validator's stake changes, which changes nothing.

use super::event::{Source, admitted, expect_next, expect_record};
use crate::{
    message::MsgStakeUpdate,
    module::{Context, Outcome, Phases, Refusal},
    store::Stores,
};
use bttc_staking::registry::MIN_STAKE;

// a stake update is admitted and paid for, yet nobody votes about it and it is never settled.
impl Phases for MsgStakeUpdate {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        let record = expect_record(stores, self.id)?;
        let Self { tx_hash, log_index, block_number, .. } = *self;
        Source { tx_hash, log_index, block_number }.expect_new(stores)?;
        expect_next(&record, self.nonce)?;
        if !self.amount.is_present() {
            return Err(Refusal::INTERNAL);
        }
        if self.amount.to_amount().is_none_or(|amount| amount < MIN_STAKE) {
            return Err(Refusal::INVALID_MSG);
        }
        Ok(vec![admitted("stake-update", record.id, self.nonce)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::{self, Facts, staking};
    use bttc_checkpoint::vote::VoteResult;
    use bttc_core::id::{Nonce, ValidatorId};
    use bttc_staking::registry::ValidatorRecord;

    #[test]
    fn q475_a_stake_update_is_taken_and_changes_nothing() {
        let mut stores = Stores::default();
        let record = ValidatorRecord { id: ValidatorId::new(1), ..ValidatorRecord::default() };
        staking::save_record(&mut stores, &record);
        let before = stores.clone();
        let amount = MIN_STAKE.into();
        let message = MsgStakeUpdate { id: record.id, nonce: Nonce::new(1), amount, ..MsgStakeUpdate::default() };
        let context = Context { height: 1, time: Default::default(), tx: &[] };
        assert_eq!(module::admit(&message, &mut stores, &context).map(|events| events.len()), Ok(1));
        assert_eq!(module::attest(&message, &stores, &Facts::default()), Ok((VoteResult::Skip, 6)));
        let settled = module::settle(&message, &mut stores, &context, VoteResult::Yes);
        assert_eq!((settled, stores), (Err(Refusal::UNKNOWN_REQUEST), before));
    }
}
