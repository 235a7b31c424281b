//! A validator's stake changes, which changes nothing on the public networks.

use super::{
    event::{Source, admitted, expect_next, expect_record, expect_yes, settled},
    kept,
    power::power_of,
};
use crate::{
    message::MsgStakeUpdate,
    module::{Context, Facts, Halt, Outcome, Phases, Refusal},
    param::Rules,
    store::Stores,
};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{chain::PowerRule, root_chain::RootEvent};
use bttc_staking::registry::{MIN_STAKE, ValidatorRecord};

const KIND: &str = "stake-update";

// a stake update is admitted and paid for, yet nobody votes about it and it is never settled. Where power is
// stake it is: TRON's event has no nonce, so that the validator's stays.
impl Phases for MsgStakeUpdate {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        let record = expect_record(stores, self.id)?;
        self.source().expect_new(stores)?;
        expect_next(&record, self.nonce)?;
        if !self.amount.is_present() {
            return Err(Refusal::INTERNAL);
        }
        if self.amount.to_amount().is_none_or(|amount| amount < MIN_STAKE) {
            return Err(Refusal::INVALID_MSG);
        }
        Ok(vec![admitted(KIND, record.id, self.nonce)])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        expect_stake_counts(stores)?;
        self.source().attest(stores, facts, |event| {
            let RootEvent::StakeUpdate(event) = event else { return Err(Refusal::DECODE) };
            Ok(event.validator == self.id && self.amount.to_amount() == Some(event.new_amount))
        })
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_stake_counts(stores)?;
        expect_yes(verdict)?;
        let sequence = self.source().expect_new(stores)?;
        let record = ValidatorRecord {
            power: power_of(stores, self.amount)?,
            last_updated: sequence.to_string(),
            ..expect_record(stores, self.id)?
        };
        kept::save_record(stores, &record);
        kept::mark_settled(stores, sequence);
        Ok(vec![settled(KIND, context, record.id, self.nonce)])
    }
}

impl MsgStakeUpdate {
    const fn source(&self) -> Source {
        Source { tx_hash: self.tx_hash, log_index: self.log_index, block_number: self.block_number }
    }
}

fn expect_stake_counts(stores: &Stores) -> Result<(), Refusal> {
    if Rules::load(stores)?.power == PowerRule::Stake { Ok(()) } else { Err(Refusal::UNKNOWN_REQUEST) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::{self, staking};
    use bttc_core::{
        amount::Amount,
        chain::ChainSpec,
        id::{Nonce, ValidatorId},
    };

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

    #[test]
    fn where_power_is_stake_it_follows_the_stake() {
        let mut stores = Stores::default();
        Rules::of(&ChainSpec::devnet()).save(&mut stores);
        let record = ValidatorRecord { id: ValidatorId::new(1), ..ValidatorRecord::default() };
        staking::save_record(&mut stores, &record);
        let amount = Amount::from_btt(70).into();
        let message = MsgStakeUpdate { id: record.id, nonce: Nonce::new(1), amount, ..MsgStakeUpdate::default() };
        let context = Context { height: 3, time: Default::default(), tx: &[] };
        module::settle(&message, &mut stores, &context, VoteResult::Yes).unwrap();
        let after = staking::record_of(&stores, record.id).unwrap().unwrap();
        assert_eq!((after.power.get(), after.nonce), (70, record.nonce));
        let again = module::settle(&message, &mut stores, &context, VoteResult::Yes);
        assert_eq!(again, Err(Refusal::OLD_TX));
    }
}
