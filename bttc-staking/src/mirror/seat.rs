//! Coming in, leaving, changing key or stake: what messages and governance do to the set.

use super::{Mirror, MirrorAccount};
use crate::stake::{LiveSetChange, NoSigners, SignerList, StakeStatus};
use alloy_primitives::{Address, I256, U256};
use bttc_core::amount::{Amount, AmountError};
use serde::{Deserialize, Serialize};

/// What a validator comes in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Address of its signing key. Zero is accepted.
    pub signer: Address,
    /// Its stake. Nothing is accepted, and makes no validator.
    pub amount: Amount,
    /// First epoch of its validity on TRON; only kept.
    pub activation_epoch: U256,
    /// What is delegated to it.
    pub delegated: Amount,
}

/// Why the set cannot change so; no reason on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeatError {
    /// There is no signer left to take off the list.
    #[error(transparent)]
    NoSigners(#[from] NoSigners),
    /// A sum or difference that the contract checks.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

/// Each checks first and changes then.
impl Mirror {
    // a known id is written anew, its old key stays on the list and stands there twice if it is the same; stake 0
    // and address zero come in as well.
    pub(super) fn seat(&mut self, id: U256, seat: &Seat) -> Result<(), AmountError> {
        let total_staked = self.total_staked.checked_add(seat.amount)?;
        let account = MirrorAccount {
            amount: seat.amount,
            reward: MirrorAccount::BIAS,
            activation_epoch: seat.activation_epoch,
            deactivation_epoch: U256::ZERO,
            signer: seat.signer,
            status: StakeStatus::Active,
            delegators_reward: MirrorAccount::BIAS,
            delegated_amount: seat.delegated,
            initial_reward_per_stake: self.reward_per_stake,
        };
        let live = self.live.changed(LiveSetChange::gain(account.power(), 1))?;
        self.total_staked = total_staked;
        self.live = live;
        self.accounts.insert(id, account);
        self.signer_to_validator.insert(seat.signer, id);
        self.signers.insert(seat.signer);
        Ok(())
    }

    /// Takes a validator's key and stake out; `left` is its record from now on.
    // delegation leaves the total of self-stake, which it never entered; the call reverts if too little is left.
    // nobody looks whether the id is in: a second exit, or one of an id that never joined, takes a head and the
    // recorded stake out again, and the lowest key off the list.
    pub(super) fn unseat(&mut self, id: U256, left: impl FnOnce(&mut MirrorAccount)) -> Result<(), SeatError> {
        let mut account = self.account(id).copied().unwrap_or_default();
        let power = account.power();
        let live = self.live.changed(LiveSetChange::loss(power, -1))?;
        let total_staked = self.total_staked.checked_sub(power)?;
        let signers = self.signers_without(account.signer)?;
        left(&mut account);
        self.live = live;
        self.total_staked = total_staked;
        self.signers = signers;
        self.accounts.insert(id, account);
        Ok(())
    }

    /// Replaces a validator's key.
    // for one that has left, the lowest live key goes off the list and a dead one comes in.
    pub(super) fn reseat(&mut self, id: U256, signer: Address) -> Result<(), SeatError> {
        let mut account = self.account(id).copied().unwrap_or_default();
        let old = core::mem::replace(&mut account.signer, signer);
        self.signers = self.signers_without(old)?;
        self.signers.insert(signer);
        self.signer_to_validator.insert(old, Self::RETIRED);
        self.signer_to_validator.insert(signer, id);
        self.accounts.insert(id, account);
        Ok(())
    }

    /// Replaces a validator's stake.
    // the difference is that of signed numbers, so a stake of 2²⁵⁶ − 1 is one of −1.
    // a decrease is added to the total of self-stake as an increase is.
    pub(super) fn restake(&mut self, id: U256, amount: Amount) -> Result<(), AmountError> {
        let mut account = self.account(id).copied().unwrap_or_default();
        let change = amount.wrapping_sub(account.amount);
        let live = self.live.changed(LiveSetChange::gain(change, 0))?;
        let size = Amount::from_word(I256::from_raw(change.to_word()).unsigned_abs());
        let total_staked = self.total_staked.checked_add(size)?;
        account.amount = amount;
        self.live = live;
        self.total_staked = total_staked;
        self.accounts.insert(id, account);
        Ok(())
    }

    fn signers_without(&self, signer: Address) -> Result<SignerList, NoSigners> {
        let mut signers = self.signers.clone();
        signers.remove(signer)?;
        Ok(signers)
    }
}
