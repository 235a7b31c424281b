//! Staking: a new validator.

use super::{
    Auction, FeeTooSmall, LiveSetChange, NftError, SignerKeyError, StakeAccount, StakeEvent, StakeManager, StakeStatus,
};
use crate::{
    delegation::{ShareEvent, ValidatorShare},
    token::TokenError,
};
use alloc::vec::Vec;
use alloy_primitives::{Address, Bytes, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, Nonce, ValidatorId},
    root_chain::Staked,
};
use serde::{Deserialize, Serialize};

/// A stake to be placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeFor {
    /// Who will own the staking token.
    pub user: Address,
    /// The stake.
    pub amount: Amount,
    /// Fee for the signer's account in the validation layer.
    pub fee: Amount,
    /// 64 bytes x ‖ y of the key that will sign. The contract does not ask for a point of the curve.
    pub signer_key: Bytes,
    /// Where the share contract will stand, if delegation is accepted. On chain the factory's nonce decides it.
    pub share_contract: Option<Address>,
}

/// A seat to be taken by somebody whose tokens are here and whose key is good.
pub(super) struct NewSeat<'a> {
    pub(super) owner: Address,
    pub(super) amount: Amount,
    pub(super) signer: Address,
    pub(super) signer_key: &'a Bytes,
    pub(super) share_contract: Option<Address>,
}

/// Why somebody cannot have a new seat. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The owner has a seat, or is address zero.
    #[error(transparent)]
    Owner(#[from] NftError),
    /// Another share contract stands where the new one would. On chain that cannot be.
    #[error("the share contract of validator {validator} stands at {share_contract}")]
    Taken {
        /// Where.
        share_contract: Address,
        /// Whose it is.
        validator: ValidatorId,
    },
    /// Ids or nonces have run out, or a sum leaves 256 bits; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl PlaceError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Owner(error) => error.reason(),
            Self::Taken { .. } | Self::Arithmetic(_) => "",
        }
    }
}

/// Why a stake is refused, in the order of the checks. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakeForError {
    /// The contract is locked.
    #[error("locked")]
    Locked,
    /// All seats are taken.
    #[error("no more slots")]
    NoMoreSlots {
        /// Validators there are.
        got: u64,
        /// Seats there are.
        threshold: U256,
    },
    /// The stake is too small.
    #[error("not enough deposit")]
    NotEnoughDeposit {
        /// The stake.
        got: Amount,
        /// Least stake.
        expected: Amount,
    },
    /// The key is not good.
    #[error(transparent)]
    Key(#[from] SignerKeyError),
    /// The fee is too small.
    #[error(transparent)]
    Fee(#[from] FeeTooSmall),
    /// The caller's tokens cannot be taken; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The user cannot have the seat.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A sum leaves 256 bits; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl StakeForError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::NoMoreSlots { .. } => "no more slots",
            Self::NotEnoughDeposit { .. } => "not enough deposit",
            Self::Key(error) => error.reason(),
            Self::Fee(error) => error.reason(),
            Self::Place(error) => error.reason(),
            Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

impl StakeManager {
    /// Places a stake from the caller's tokens: a new validator, current from the current epoch on. The logs in order.
    ///
    /// Source: `root-contracts §4.1; contracts:staking/stakeManager/StakeManager.sol:458-470, 1035-1080`.
    ///
    /// # Errors
    /// [`StakeForError`].
    pub fn stake_for(&mut self, caller: Address, stake: &StakeFor) -> Result<Vec<StakeEvent>, StakeForError> {
        self.transact(|contract, log| {
            if contract.figures.locked {
                return Err(StakeForError::Locked);
            }
            let (got, threshold) = (contract.figures.live.heads, contract.params.validator_threshold);
            if U256::from(got) >= threshold {
                return Err(StakeForError::NoMoreSlots { got, threshold });
            }
            if stake.amount < contract.params.min_deposit {
                let expected = contract.params.min_deposit;
                return Err(StakeForError::NotEnoughDeposit { got: stake.amount, expected });
            }
            let signer = contract.unused_signer(&stake.signer_key)?;
            // the fee is credited to the signer, not to the user it was paid for.
            contract.top_up::<StakeForError>(log, signer, caller, stake.fee, stake.amount)?;
            let seat = NewSeat {
                owner: stake.user,
                amount: stake.amount,
                signer,
                signer_key: &stake.signer_key,
                share_contract: stake.share_contract,
            };
            contract.place(log, &seat)?;
            Ok(())
        })
    }

    /// Gives a new validator its seat.
    pub(super) fn place(&mut self, log: &mut Vec<StakeEvent>, seat: &NewSeat<'_>) -> Result<ValidatorId, PlaceError> {
        let id = self.figures.next_id;
        let epoch = self.figures.epoch;
        let total = self.figures.total_staked.checked_add(seat.amount)?;
        self.figures.total_staked = total;
        if let Some(share_contract) = seat.share_contract {
            if let Some(validator) = self.validator_at(share_contract) {
                return Err(PlaceError::Taken { share_contract, validator });
            }
            self.add_pool(ValidatorShare::new(share_contract, id));
            let (new, old) = (self.deployment.manager, self.deployment.share_factory);
            let events = [
                ShareEvent::OwnerUpdate { new, old },
                ShareEvent::OwnershipTransferred { previous: Address::ZERO, new },
            ];
            log.extend(events.map(|event| StakeEvent::Share { share_contract, event }));
        }
        let account = StakeAccount {
            amount: seat.amount,
            reward: StakeAccount::BIAS,
            activation_epoch: epoch,
            deactivation_epoch: Epoch::new(0),
            jail_time: 0,
            signer: seat.signer,
            contract: seat.share_contract.unwrap_or_default(),
            status: StakeStatus::Active,
            commission_rate: 0,
            last_commission_update: Epoch::new(0),
            delegators_reward: StakeAccount::BIAS,
            delegated_amount: Amount::ZERO,
            initial_reward_per_stake: self.figures.reward_per_stake,
        };
        self.accounts.put(id, account);
        self.latest_signer_update.put(id, epoch);
        log.push(self.nft.mint(seat.owner, id)?.into());
        self.signer_to_validator.put(seat.signer, id);
        self.figures.live = self.figures.live.changed(LiveSetChange::gain(seat.amount, 1))?;
        self.auctions.put(id, Auction { start: epoch, ..self.auctions.at(id) });
        let staked = Staked {
            signer: seat.signer,
            validator: id,
            nonce: self.next_nonce(id)?,
            activation_epoch: epoch,
            amount: seat.amount,
            total,
            signer_key: seat.signer_key.clone(),
        };
        log.push(StakeEvent::Staked(staked));
        self.figures.next_id = id.next().ok_or(AmountError::Add(U256::from(id.get()), U256::ONE))?;
        self.signers_mut().insert(seat.signer);
        Ok(id)
    }

    /// Counts a validator's numbered event.
    pub(super) fn next_nonce(&mut self, id: ValidatorId) -> Result<Nonce, AmountError> {
        let last = self.nonce(id);
        let nonce = last.next().ok_or(AmountError::Add(U256::from(last.get()), U256::ONE))?;
        self.nonces.put(id, nonce);
        Ok(nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{stake::StakeParams, token::Token};
    use alloc::string::ToString;
    use bttc_core::root_chain::TopUpFee;

    const MANAGER: Address = Address::repeat_byte(0x11);
    const ALICE: Address = Address::repeat_byte(0xa1);

    fn contract() -> StakeManager {
        let mut token = Token::default();
        for user in [ALICE, Address::repeat_byte(0xb0)] {
            token.mint(user, Amount::from_btt(100)).unwrap();
            token.approve(user, MANAGER, Amount::from_btt(100)).unwrap();
        }
        let params =
            StakeParams { min_deposit: Amount::from_btt(1), min_fee: Amount::from_btt(1), ..StakeParams::default() };
        StakeManager::new(MANAGER, Address::repeat_byte(0x22), token, params)
    }

    fn stake(user: Address, key: u8) -> StakeFor {
        StakeFor {
            user,
            amount: Amount::from_btt(10),
            fee: Amount::from_btt(2),
            signer_key: Bytes::from([key; 64]),
            share_contract: None,
        }
    }

    #[test]
    fn q13_the_fee_is_credited_to_the_signer() {
        let mut contract = contract();
        let events = contract.stake_for(ALICE, &stake(ALICE, 7)).unwrap();
        let signer = contract.account(ValidatorId::new(1)).unwrap().signer;
        assert_ne!(signer, ALICE);
        let fee = TopUpFee { user: signer, fee: Amount::from_btt(2) };
        assert_eq!(events.get(2), Some(&StakeEvent::TopUpFee(fee)));
    }

    #[test]
    fn the_seat_is_looked_at_last_and_a_refusal_moves_no_token() {
        let mut contract = contract();
        contract.stake_for(ALICE, &stake(ALICE, 7)).unwrap();
        let before = contract.clone();
        let error = contract.stake_for(ALICE, &stake(ALICE, 8)).unwrap_err();
        assert_eq!(error.to_string(), "Validators MUST NOT own multiple stake position");
        let poor = Address::repeat_byte(0xcc);
        assert!(matches!(
            contract.stake_for(poor, &stake(ALICE, 8)),
            Err(StakeForError::Token(TokenError::Balance { .. }))
        ));
        assert_eq!(contract, before);
    }

    #[test]
    fn a_share_contract_that_came_into_being_is_gone_after_a_refusal() {
        let mut contract = contract();
        contract.stake_for(ALICE, &stake(ALICE, 7)).unwrap();
        let before = contract.clone();
        let second = StakeFor { share_contract: Some(Address::repeat_byte(5)), ..stake(ALICE, 8) };
        assert!(contract.stake_for(ALICE, &second).is_err());
        assert_eq!((contract.pools().count(), &contract), (0, &before));
    }
}
