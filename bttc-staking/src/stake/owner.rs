//! What governance and the proxy's owner do beside turning knobs: take tokens out, replace contracts, repair.

use super::{GovernanceError, NotAPool, SignerList, StakeAccount, StakeEvent, StakeManager};
use crate::{delegation::PoolDrainError, token::TokenError};
use alloc::vec::Vec;
use alloy_primitives::{Address, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Nonce, ValidatorId},
};
use serde::{Deserialize, Serialize};

/// Contracts to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reinitialize {
    /// The staking tokens.
    pub nft: Address,
    /// The staking information contract.
    pub info: Address,
    /// What makes share contracts.
    pub share_factory: Address,
    /// Code of the auctions.
    pub extension: Address,
}

/// Why the owner's wish is refused. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnerError {
    /// The caller is not the owner; no reason on chain.
    #[error("{got} is not the owner {expected}")]
    NotOwner {
        /// Who asked.
        got: Address,
        /// Who may ask.
        expected: Address,
    },
    /// Address zero where a contract is needed; no reason on chain.
    #[error("the new contract is the zero address")]
    Zero,
    /// As many nonces as validators are needed.
    #[error("args length mismatch")]
    Lengths {
        /// Nonces there are.
        got: usize,
        /// Validators there are.
        expected: usize,
    },
    /// What a validator has for a share contract is none; no reason on chain.
    #[error(transparent)]
    NotAPool(#[from] NotAPool),
    /// No block has room for so many; no reason on chain.
    #[error("{got} validators in one transaction, at most {most}")]
    OutOfGas {
        /// Validators asked for.
        got: u64,
        /// About what a block has room for.
        most: u64,
    },
    /// A sum leaves 256 bits; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl OwnerError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Lengths { .. } => "args length mismatch",
            _ => "",
        }
    }
}

/// Why tokens stay. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrainError {
    /// The caller is not governance.
    #[error(transparent)]
    Governance(#[from] GovernanceError),
    /// The validator has no share contract, or what it has is none; no reason on chain.
    #[error(transparent)]
    NotAPool(#[from] NotAPool),
    /// The share contract refuses.
    #[error(transparent)]
    Pool(#[from] PoolDrainError),
    /// There are not so many; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl DrainError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Governance(error) => error.reason(),
            Self::Pool(error) => error.reason(),
            Self::NotAPool(_) | Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// About as many accounts as a block has room to write. On chain the gas decides.
const MOST_ACCOUNTS: u64 = 100_000;

/// Source of all: `root-contracts §4.11, §4.12, §6; contracts:staking/stakeManager/StakeManager.sol,
/// contracts:staking/stakeManager/StakeManagerExtension.sol, contracts:staking/StakingInfo.sol`.
impl StakeManager {
    /// Sets where the contract looks for its token. Where none is, nothing can be paid or taken.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`], [`GovernanceError::Zero`].
    pub fn set_staking_token(&mut self, caller: Address, token: Address) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        if token.is_zero() {
            return Err(GovernanceError::Zero { what: "the token's address" });
        }
        self.staking_token = token;
        Ok(())
    }

    /// Gives a validator another share contract. It has to be the staking contract's own, which the staking tokens are
    /// as well.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`], [`GovernanceError::NotOurs`].
    pub fn set_share_contract(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        contract: Address,
    ) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        if self.validator_at(contract).is_none() && contract != self.deployment.nft {
            return Err(GovernanceError::NotOurs { contract });
        }
        let account = StakeAccount { contract, ..self.accounts.at(validator) };
        self.accounts.put(validator, account);
        Ok(())
    }

    /// Takes tokens out of the contract. The log.
    ///
    /// # Errors
    /// [`DrainError::Governance`], [`DrainError::Token`].
    pub fn drain(
        &mut self,
        caller: Address,
        destination: Address,
        amount: Amount,
    ) -> Result<Vec<StakeEvent>, DrainError> {
        self.only_governance(caller)?;
        Ok(self.transact(|contract, log| contract.pay(log, destination, amount))?)
    }

    /// Takes tokens out of a validator's share contract; for address zero the chain's own coin. The logs in order.
    ///
    /// # Errors
    /// [`DrainError`].
    pub fn drain_validator_shares(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        token: Address,
        destination: Address,
        amount: Amount,
    ) -> Result<Vec<StakeEvent>, DrainError> {
        self.only_governance(caller)?;
        self.transact(|contract, log| {
            let at = contract.accounts.at(validator).contract;
            let pool = contract.pool_by_contract(validator, at)?.validator();
            Ok::<_, DrainError>(contract.drain_from(log, pool, token, destination, amount)?)
        })
    }

    /// Sets the contracts to go on with.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`], [`GovernanceError::NotOurs`] for auctions without code, and for contracts
    /// that are not those of this deployment, which this value does not hold.
    pub fn reinitialize(&mut self, caller: Address, next: &Reinitialize) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        let at = self.deployment;
        let pairs = [
            (next.extension, at.extension),
            (next.nft, at.nft),
            (next.info, at.info),
            (next.share_factory, at.share_factory),
        ];
        pairs.into_iter().try_for_each(|(contract, ours)| {
            if contract == ours { Ok(()) } else { Err(GovernanceError::NotOurs { contract }) }
        })
    }

    /// Replaces the list of signers.
    ///
    /// # Errors
    /// [`OwnerError::NotOwner`].
    // nothing is checked: not the order, nor repetitions, nor that they are validators.
    pub fn insert_signers(&mut self, caller: Address, signers: Vec<Address>) -> Result<(), OwnerError> {
        self.only_owner(caller)?;
        self.signers = SignerList::from(signers);
        Ok(())
    }

    /// Brings the accounts from one id up to, and not with, another over from an older contract: what is delegated is
    /// read from the share contract, rewards are reset.
    ///
    /// # Errors
    /// [`OwnerError`].
    // on accounts that are not from an older contract this takes rewards and commission away, and gives those
    // without share contract one unit each time.
    pub fn migrate_accounts(&mut self, caller: Address, from: U256, to: U256) -> Result<(), OwnerError> {
        self.only_owner(caller)?;
        let got = u64::try_from(to.saturating_sub(from)).unwrap_or(u64::MAX);
        if got > MOST_ACCOUNTS {
            return Err(OwnerError::OutOfGas { got, most: MOST_ACCOUNTS });
        }
        let first = u64::try_from(from).unwrap_or(u64::MAX);
        let migrated = self.transact(|contract, _| {
            (first..first.saturating_add(got)).map(ValidatorId::new).try_for_each(|id| contract.migrate_account(id))
        });
        migrated.map(drop)
    }

    fn migrate_account(&mut self, id: ValidatorId) -> Result<(), OwnerError> {
        let mut account = self.accounts.at(id);
        if account.contract.is_zero() {
            account.reward = account.reward.checked_add(StakeAccount::BIAS)?;
        } else {
            let pool = self.pool_by_contract(id, account.contract)?;
            // What the older contract kept there is 0 in every newer one.
            account.reward = StakeAccount::BIAS;
            account.delegated_amount = pool.active_amount();
            account.commission_rate = 0;
        }
        account.delegators_reward = StakeAccount::BIAS;
        self.accounts.put(id, account);
        Ok(())
    }

    /// Takes checkpoints from another contract from now on. The log.
    ///
    /// # Errors
    /// [`OwnerError::NotOwner`], [`OwnerError::Zero`].
    pub fn change_root_chain(&mut self, caller: Address, new: Address) -> Result<StakeEvent, OwnerError> {
        self.only_owner(caller)?;
        if new.is_zero() {
            return Err(OwnerError::Zero);
        }
        let previous = core::mem::replace(&mut self.deployment.root_chain, new);
        Ok(StakeEvent::RootChainChanged { previous, new })
    }

    /// Sets validators' nonces, in the staking information contract.
    ///
    /// # Errors
    /// [`OwnerError::NotOwner`], [`OwnerError::Lengths`].
    pub fn update_nonces(
        &mut self,
        caller: Address,
        validators: &[ValidatorId],
        nonces: &[Nonce],
    ) -> Result<(), OwnerError> {
        self.only_owner(caller)?;
        if validators.len() != nonces.len() {
            return Err(OwnerError::Lengths { got: nonces.len(), expected: validators.len() });
        }
        for (validator, nonce) in validators.iter().zip(nonces) {
            self.nonces.put(*validator, *nonce);
        }
        Ok(())
    }

    /// What slashing is here: nothing, whoever asks.
    #[must_use]
    pub const fn slash(&self, _slashing_info: &[u8]) -> Amount {
        Amount::ZERO
    }

    /// What releasing a jailed validator is here: a question whose it is.
    ///
    /// # Errors
    /// [`NotOwner`](super::NotOwner).
    pub fn unjail(&self, caller: Address, validator: ValidatorId) -> Result<(), super::NotOwner> {
        self.only_owner_of(caller, validator)
    }

    fn only_owner(&self, caller: Address) -> Result<(), OwnerError> {
        let expected = self.deployment.owner;
        if caller == expected { Ok(()) } else { Err(OwnerError::NotOwner { got: caller, expected }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        delegation::tests::{ALICE, GOVERNANCE, base, delegated, id, owner, signed_checkpoint},
        stake::StakeRewards,
    };

    #[test]
    fn q124_any_list_of_signers_is_taken() {
        let mut contract = delegated(&[0, 0]);
        let odd = Vec::from([ALICE, Address::ZERO, ALICE]);
        assert!(contract.insert_signers(ALICE, odd.clone()).is_err());
        contract.insert_signers(GOVERNANCE, odd.clone()).unwrap();
        assert_eq!(contract.signers(), odd);
        contract.insert_signers(GOVERNANCE, Vec::new()).unwrap();
        let before = contract.clone();
        assert!(contract.unstake(owner(1), id(1)).is_err());
        assert_eq!(contract, before);
    }

    #[test]
    fn q127_bringing_accounts_over_takes_their_rewards() {
        let mut contract = delegated(&[50, 0]);
        signed_checkpoint(&mut contract);
        contract.settle(id(1)).unwrap();
        let lost = contract.account(id(0)).unwrap().reward; // the bonus of a proposer nobody knows
        contract.migrate_accounts(GOVERNANCE, U256::ZERO, U256::from(2)).unwrap();
        let account = contract.account(id(1)).unwrap();
        assert_eq!((account.reward, account.delegated_amount), (StakeAccount::BIAS, base(50)));
        assert_eq!(contract.account(id(0)).unwrap().reward, lost.checked_add(StakeAccount::BIAS).unwrap());
        assert!(contract.migrate_accounts(GOVERNANCE, U256::ZERO, U256::MAX).is_err());
        contract.migrate_accounts(GOVERNANCE, U256::MAX, U256::ZERO).unwrap();
    }

    #[test]
    fn where_no_token_is_nothing_moves() {
        let mut contract = delegated(&[50]);
        contract.set_staking_token(GOVERNANCE, ALICE).unwrap();
        assert_eq!(contract.withdraw_rewards(owner(1), id(1)).unwrap_err().reason(), "");
        assert!(contract.drain(GOVERNANCE, ALICE, Amount::ZERO).is_err());
        contract.restake(owner(1), id(1), Amount::ZERO, StakeRewards::Leave).unwrap();
    }

    #[test]
    fn another_share_contract_has_to_be_one_of_these() {
        let mut contract = delegated(&[50, 70]);
        assert!(contract.set_share_contract(GOVERNANCE, id(1), ALICE).is_err());
        contract.set_share_contract(GOVERNANCE, id(1), Address::with_last_byte(2)).unwrap();
        assert_eq!(contract.total_validator_stake(id(1)), Ok(base(170)));
        let error = contract.buy_voucher(ALICE, id(1), base(1), Amount::ZERO).unwrap_err();
        assert_eq!(error.reason(), "Invalid contract address");
        contract.buy_voucher(ALICE, id(2), base(1), Amount::ZERO).unwrap();
        contract.set_share_contract(GOVERNANCE, id(1), contract.deployment().nft).unwrap();
        let before = contract.clone();
        assert!(contract.unstake(owner(1), id(1)).is_err(), "the staking tokens cannot be locked");
        assert_eq!(contract, before);
    }

    #[test]
    fn the_owner_sets_nonces_and_where_checkpoints_come_from() {
        let mut contract = delegated(&[0]);
        let nonces = [Nonce::new(9)];
        assert_eq!(contract.update_nonces(GOVERNANCE, &[], &nonces).unwrap_err().reason(), "args length mismatch");
        contract.update_nonces(GOVERNANCE, &[id(1)], &nonces).unwrap();
        assert_eq!(contract.nonce(id(1)), Nonce::new(9));
        assert!(contract.change_root_chain(GOVERNANCE, Address::ZERO).is_err());
        assert!(contract.change_root_chain(ALICE, ALICE).is_err());
        contract.change_root_chain(GOVERNANCE, ALICE).unwrap();
        assert_eq!(contract.deployment().root_chain, ALICE);
        let at = *contract.deployment();
        let same =
            Reinitialize { nft: at.nft, info: at.info, share_factory: at.share_factory, extension: at.extension };
        contract.reinitialize(GOVERNANCE, &same).unwrap();
        assert!(contract.reinitialize(GOVERNANCE, &Reinitialize { extension: ALICE, ..same }).is_err());
        assert_eq!(contract.slash(&[1]), Amount::ZERO);
        assert!(contract.unjail(owner(1), id(1)).is_ok() && contract.unjail(ALICE, id(1)).is_err());
    }
}
