//! A validator joins.

use super::{
    event::{Source, admitted, enqueue, expect_yes},
    kept,
    power::power_of,
};
use crate::{
    message::MsgValidatorJoin,
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal, slashing},
    record::SigningInfo,
    store::{StoreName, Stores},
};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::root_chain::RootEvent;
use bttc_staking::registry::{Applied, MIN_STAKE, ValidatorRecord};

const KIND: &str = "validator-join";

impl Phases for MsgValidatorJoin {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        let is_known = kept::signer_of(stores, self.id).is_some();
        if is_known || kept::record(stores, self.new_signer())?.is_some() {
            return Err(Refusal::JOINED);
        }
        if !self.amount.is_present() {
            return Err(Refusal::INTERNAL);
        }
        if self.amount.to_amount().is_none_or(|amount| amount < MIN_STAKE) {
            return Err(Refusal::INVALID_MSG);
        }
        power_of(stores, self.amount)?;
        self.source().expect_new(stores)?;
        Ok(vec![admitted(KIND, self.id, self.nonce)])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        self.source().attest(stores, facts, |event| {
            let RootEvent::Staked(event) = event else { return Err(Refusal::DECODE) };
            let [_, coordinates @ ..] = &self.pub_key.0;
            let is_key = event.signer_key.as_ref() == coordinates && event.signer == self.new_signer();
            if !is_key || (event.validator, event.activation_epoch) != (self.id, self.activation_epoch) {
                return Ok(false);
            }
            if !self.amount.is_present() {
                return Err(Refusal::INTERNAL);
            }
            Ok(self.amount.to_amount() == Some(event.amount) && event.nonce == self.nonce)
        })
    }

    // Q-33 of bttc-staking: nothing but the sequence is looked at again.
    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        expect_yes(verdict)?;
        let sequence = self.source().expect_new(stores)?;
        let record = ValidatorRecord {
            id: self.id,
            start_epoch: self.activation_epoch,
            nonce: self.nonce,
            power: power_of(stores, self.amount)?,
            pub_key: self.pub_key,
            signer: self.new_signer(),
            last_updated: sequence.to_string(),
            ..ValidatorRecord::default()
        };
        kept::save_record(stores, &record);
        let start_height = context.height.cast_signed();
        slashing::save_signing_info(stores, &SigningInfo { id: self.id, start_height, ..SigningInfo::default() });
        kept::mark_settled(stores, sequence);
        enqueue(stores, Applied::Joined(self.id), self.nonce, context)?;
        let event = Event::new(KIND).with("action", KIND).with("module", StoreName::Staking);
        Ok(vec![
            event
                .with("txhash", context.tx_hash())
                .with("tx-log-index", self.log_index)
                .with("side-tx-result", "Yes")
                .with("validator-id", self.id)
                .with("signer", format_args!("{:#x}", record.signer))
                .with("validator-nonce", self.nonce),
        ])
    }
}

impl MsgValidatorJoin {
    const fn source(&self) -> Source {
        Source { tx_hash: self.tx_hash, log_index: self.log_index, block_number: self.block_number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        module::{self, Answer},
        param,
    };
    use alloy_primitives::FixedBytes;
    use bttc_core::{
        amount::Amount,
        hash::keccak256,
        id::{Epoch, Nonce, ValidatorId},
        root_chain::Staked,
        signature::SecretKey,
    };

    #[test]
    fn a_stake_that_is_not_told_stops_the_check_once_everything_before_it_fits() {
        let key = SecretKey::from_bytes(&keccak256(b"erin")).unwrap().public_key();
        let (mut stores, validator) = (Stores::default(), ValidatorId::new(7));
        param::set_defaults(&mut stores);
        let staked = Staked {
            signer: key.address(),
            validator,
            nonce: Nonce::new(1),
            activation_epoch: Epoch::new(2),
            amount: Amount::from_btt(40),
            total: Amount::from_btt(40),
            signer_key: key.coordinates().to_vec().into(),
        };
        let join = MsgValidatorJoin {
            id: validator,
            pub_key: FixedBytes::from_slice(&[&[4], key.coordinates()].concat()),
            activation_epoch: Epoch::new(2),
            ..MsgValidatorJoin::default()
        };
        let attested = |message: &MsgValidatorJoin| {
            let mut facts = Facts::default();
            let question = module::attest(message, &stores, &facts).unwrap_err();
            let event = Some(RootEvent::Staked(staked.clone()));
            facts.insert(question, Some(Answer::Log { block: 9, event })).unwrap();
            module::attest(message, &stores, &facts).unwrap()
        };
        assert_eq!(attested(&join), (VoteResult::Skip, 1)); // whatever its nonce and block
        assert_eq!(attested(&MsgValidatorJoin { activation_epoch: Epoch::new(3), ..join }), (VoteResult::Skip, 1_400));
    }
}
