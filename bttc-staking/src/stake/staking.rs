//! What owners do: stake, top up fees, take rewards.

use super::{Auction, StakeAccount, StakeEvent, StakeManager, StakeStatus};
use crate::token::TokenError;
use alloc::{vec, vec::Vec};
use alloy_primitives::{Address, Bytes, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    hash::keccak256,
    id::{Epoch, ValidatorId},
    root_chain::{Staked, TopUpFee},
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
        threshold: u64,
    },
    /// The stake is too small.
    #[error("not enough deposit")]
    NotEnoughDeposit {
        /// The stake.
        got: Amount,
        /// Least stake.
        expected: Amount,
    },
    /// The key has not 64 bytes.
    #[error("not pub")]
    NotPub {
        /// Bytes it has.
        got: usize,
    },
    /// The key has been used before, or its address is zero.
    #[error("Invalid signer")]
    InvalidSigner {
        /// Address of the key.
        signer: Address,
        /// The validator that used it.
        used_by: Option<ValidatorId>,
    },
    /// The fee is too small.
    #[error("fee too small")]
    FeeTooSmall {
        /// The fee.
        got: Amount,
        /// Least fee.
        expected: Amount,
    },
    /// The caller's tokens cannot be taken; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Address zero cannot own a staking token; no reason on chain.
    #[error("the owner is the zero address")]
    NoOwner,
    /// Somebody owns two seats.
    #[error("Validators MUST NOT own multiple stake position")]
    SecondPosition {
        /// Who.
        user: Address,
        /// The seat he has.
        validator: ValidatorId,
    },
    /// A sum leaves 256 bits, or ids have run out; no reason on chain.
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
            Self::NotPub { .. } => "not pub",
            Self::InvalidSigner { .. } => "Invalid signer",
            Self::FeeTooSmall { .. } => "fee too small",
            Self::SecondPosition { .. } => "Validators MUST NOT own multiple stake position",
            Self::Token(_) | Self::NoOwner | Self::Arithmetic(_) => "",
        }
    }
}

/// Why a top-up is refused. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopUpError {
    /// The contract is locked.
    #[error("locked")]
    Locked,
    /// The fee is too small.
    #[error("fee too small")]
    FeeTooSmall {
        /// The fee.
        got: Amount,
        /// Least fee.
        expected: Amount,
    },
    /// The caller's tokens cannot be taken; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The sum of fees leaves 256 bits; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl TopUpError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::FeeTooSmall { .. } => "fee too small",
            Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Why rewards are not paid. On chain each is a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawError {
    /// The caller does not own the staking token.
    #[error("{caller} does not own validator {validator}, {owner:?} does")]
    NotOwner {
        /// Who asked.
        caller: Address,
        /// For which validator.
        validator: ValidatorId,
        /// Who may ask.
        owner: Option<Address>,
    },
    /// The contract has not enough tokens.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A sum leaves 256 bits.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl StakeManager {
    /// Places a stake from the caller's tokens: a new validator, current from the current epoch on. The logs in order.
    ///
    /// Source: `root-contracts §4.1; contracts:staking/stakeManager/StakeManager.sol:458-470, 1035-1080`.
    ///
    /// # Errors
    /// [`StakeForError`].
    pub fn stake_for(&mut self, caller: Address, stake: &StakeFor) -> Result<Vec<StakeEvent>, StakeForError> {
        if self.locked {
            return Err(StakeForError::Locked);
        }
        if self.live.heads >= self.params.validator_threshold {
            return Err(StakeForError::NoMoreSlots {
                got: self.live.heads,
                threshold: self.params.validator_threshold,
            });
        }
        if stake.amount < self.params.min_deposit {
            return Err(StakeForError::NotEnoughDeposit { got: stake.amount, expected: self.params.min_deposit });
        }
        let signer = self.unused_signer(&stake.signer_key)?;
        if stake.fee < self.params.min_fee {
            return Err(StakeForError::FeeTooSmall { got: stake.fee, expected: self.params.min_fee });
        }
        let pulled = stake.fee.checked_add(stake.amount)?;
        self.token.check_transfer_from(self.address, caller, self.address, pulled)?;
        if stake.user.is_zero() {
            return Err(StakeForError::NoOwner);
        }
        if let Some(validator) = self.validator_of(stake.user) {
            return Err(StakeForError::SecondPosition { user: stake.user, validator });
        }
        let total_fees = self.total_fees.checked_add(stake.fee)?;
        let total_staked = self.total_staked.checked_add(stake.amount)?;
        let live_amount = self.live.amount.checked_add(stake.amount)?;
        let id = self.next_id;
        let (Some(next_id), Some(nonce), Some(heads)) =
            (id.next(), self.nonce(id).next(), self.live.heads.checked_add(1))
        else {
            return Err(AmountError::Add(U256::from(id.get()), U256::ONE).into());
        };

        let [transfer, approval] = self.token.transfer_from(self.address, caller, self.address, pulled)?;
        // the fee is credited to the signer, not to the user it was paid for.
        let fee = TopUpFee { user: signer, fee: stake.fee };
        let staked = Staked {
            signer,
            validator: id,
            nonce,
            activation_epoch: self.epoch,
            amount: stake.amount,
            total: total_staked,
            signer_key: stake.signer_key.clone(),
        };
        self.total_fees = total_fees;
        self.total_staked = total_staked;
        self.live.amount = live_amount;
        self.live.heads = heads;
        self.next_id = next_id;
        self.nonces.insert(id, nonce);
        self.owners.insert(id, stake.user);
        self.signer_to_validator.insert(signer, id);
        self.signers.insert(signer);
        self.latest_signer_update.insert(id, self.epoch);
        self.auctions.insert(id, Auction { start: self.epoch, ..Auction::default() });
        self.accounts.insert(
            id,
            StakeAccount {
                amount: stake.amount,
                reward: StakeAccount::BIAS,
                activation_epoch: self.epoch,
                deactivation_epoch: Epoch::new(0),
                jail_time: 0,
                signer,
                contract: stake.share_contract.unwrap_or_default(),
                status: StakeStatus::Active,
                commission_rate: 0,
                last_commission_update: Epoch::new(0),
                delegators_reward: StakeAccount::BIAS,
                delegated_amount: Amount::ZERO,
                initial_reward_per_stake: self.reward_per_stake,
            },
        );

        let mut events = vec![transfer.into(), approval.into(), StakeEvent::TopUpFee(fee)];
        events.extend(stake.share_contract.map(|share_contract| StakeEvent::ShareContract { share_contract }));
        events.push(StakeEvent::StakingToken { from: Address::ZERO, to: stake.user, validator: id });
        events.push(StakeEvent::Staked(staked));
        Ok(events)
    }

    /// Pays a fee into somebody's account in the validation layer. The logs in order.
    ///
    /// Source: `root-contracts §4.2; contracts:staking/stakeManager/StakeManager.sol:345`.
    ///
    /// # Errors
    /// [`TopUpError`].
    pub fn top_up_for_fee(
        &mut self,
        caller: Address,
        user: Address,
        fee: Amount,
    ) -> Result<Vec<StakeEvent>, TopUpError> {
        if self.locked {
            return Err(TopUpError::Locked);
        }
        if fee < self.params.min_fee {
            return Err(TopUpError::FeeTooSmall { got: fee, expected: self.params.min_fee });
        }
        let total_fees = self.total_fees.checked_add(fee)?;
        let [transfer, approval] = self.token.transfer_from(self.address, caller, self.address, fee)?;
        self.total_fees = total_fees;
        Ok(vec![transfer.into(), approval.into(), StakeEvent::TopUpFee(TopUpFee { user, fee })])
    }

    /// Pays a validator's rewards to the owner of its staking token, who has to ask. The logs in order.
    ///
    /// Source: `root-contracts §4.6, §4.4 step 5; contracts:staking/stakeManager/StakeManager.sol:529, 1121-1128`.
    ///
    /// # Errors
    /// [`WithdrawError`].
    pub fn withdraw_rewards(&mut self, caller: Address, id: ValidatorId) -> Result<Vec<StakeEvent>, WithdrawError> {
        let owner = self.owner(id);
        let mut account = match self.account(id) {
            Some(account) if owner == Some(caller) => *account,
            _ => {
                return Err(WithdrawError::NotOwner { caller, validator: id, owner });
            }
        };
        account.settle(self.reward_per_stake)?;
        let paid = account.reward.checked_sub(StakeAccount::BIAS)?;
        let total = self.total_rewards_claimed.checked_add(paid)?;
        account.reward = StakeAccount::BIAS;
        account.initial_reward_per_stake = self.reward_per_stake;
        let transfer = self.token.transfer(self.address, caller, paid)?;
        self.accounts.insert(id, account);
        self.total_rewards_claimed = total;
        Ok(vec![transfer.into(), StakeEvent::ClaimRewards { validator: id, amount: paid, total }])
    }

    /// The signer of a key that nobody has used.
    fn unused_signer(&self, key: &Bytes) -> Result<Address, StakeForError> {
        if key.len() != 64 {
            return Err(StakeForError::NotPub { got: key.len() });
        }
        let signer = Address::from_word(keccak256(key));
        // a key is used once for ever: retired validators and replaced keys keep their entry.
        let used_by = self.validator_by_signer(signer);
        if signer.is_zero() || used_by.is_some() {
            return Err(StakeForError::InvalidSigner { signer, used_by });
        }
        Ok(signer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{stake::StakeParams, token::Token};

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
    fn q14_a_signer_key_is_used_once() {
        let mut contract = contract();
        contract.stake_for(ALICE, &stake(ALICE, 7)).unwrap();
        let bob = Address::repeat_byte(0xb0);
        let before = contract.clone();
        let error = contract.stake_for(bob, &stake(bob, 7)).unwrap_err();
        assert_eq!((error.reason(), contract == before), ("Invalid signer", true), "{error:?}");
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
    fn only_the_owner_of_the_staking_token_takes_rewards() {
        let mut contract = contract();
        contract.stake_for(ALICE, &stake(ALICE, 7)).unwrap();
        let id = ValidatorId::new(1);
        assert!(contract.withdraw_rewards(MANAGER, id).is_err());
        let events = contract.withdraw_rewards(ALICE, id).unwrap();
        assert_eq!(
            events.last(),
            Some(&StakeEvent::ClaimRewards { validator: id, amount: Amount::ZERO, total: Amount::ZERO })
        );
    }
}
