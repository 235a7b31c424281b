//! Giving shares away, and why nobody else can.

use super::{NoPool, ShareEvent};
use crate::stake::{HookError, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::Address;
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};
use serde::{Deserialize, Serialize};

/// Why shares stay. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferSharesError {
    /// Nothing to call.
    #[error(transparent)]
    NoPool(#[from] NoPool),
    /// Address zero cannot hold shares; no reason on chain.
    #[error("the receiver is the zero address")]
    NoReceiver,
    /// More than there are; no reason on chain.
    #[error("{holder} has {got} in shares, expected {expected}")]
    Shares {
        /// Whose.
        holder: Address,
        /// What he has.
        got: Amount,
        /// What he would have to have.
        expected: Amount,
    },
    /// Somebody else's shares cannot be moved.
    #[error(transparent)]
    Approve(#[from] ApproveSharesError),
    /// The staking contract refuses.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl TransferSharesError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Approve(error) => error.reason(),
            Self::Hook(error) => error.reason(),
            Self::NoPool(_) | Self::NoReceiver | Self::Shares { .. } | Self::Arithmetic(_) => "",
        }
    }
}

/// A change of what a spender may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Allowance {
    /// To so much.
    To(Amount),
    /// By so much more.
    More(Amount),
    /// By so much less.
    Less(Amount),
}

/// Why nobody may take somebody else's shares. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApproveSharesError {
    /// Allowances there are none.
    #[error("disabled")]
    Disabled,
    /// It would fall below zero, where all of them are; no reason on chain.
    #[error("an allowance of 0, expected {expected}")]
    Below {
        /// What would have to be allowed.
        expected: Amount,
    },
}

impl ApproveSharesError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Below { .. } => "",
        }
    }
}

impl Allowance {
    /// What a share contract answers to such a change: no, always.
    ///
    /// Source: `root-contracts §7.8; contracts:common/tokens/ERC20NonTradable.sol:6`.
    #[must_use]
    pub fn refusal(self) -> ApproveSharesError {
        match self {
            Self::Less(expected) if !expected.is_zero() => ApproveSharesError::Below { expected },
            _ => ApproveSharesError::Disabled,
        }
    }
}

/// Source of all: `root-contracts §7.8; contracts:staking/validatorShare/ValidatorShare.sol:398-409`.
impl StakeManager {
    /// Gives the caller's shares away and pays both their rewards. The logs in order.
    ///
    /// # Errors
    /// [`TransferSharesError`].
    pub fn transfer_shares(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        to: Address,
        value: Amount,
    ) -> Result<Vec<StakeEvent>, TransferSharesError> {
        self.transact(|contract, log| contract.move_shares(log, validator, caller, to, value))
    }

    /// What becomes of an attempt to give somebody else's shares away.
    ///
    /// # Errors
    /// [`TransferSharesError`], always.
    // the shares are moved first and the allowance, always zero, is looked at then; all of it is undone.
    pub fn transfer_shares_from(
        &mut self,
        validator: ValidatorId,
        from: Address,
        to: Address,
        value: Amount,
    ) -> Result<Vec<StakeEvent>, TransferSharesError> {
        self.transact(|contract, log| {
            contract.move_shares(log, validator, from, to, value)?;
            Err(Allowance::Less(value).refusal().into())
        })
    }

    pub(super) fn move_shares(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        from: Address,
        to: Address,
        value: Amount,
    ) -> Result<(), TransferSharesError> {
        self.claim::<TransferSharesError>(log, validator, to)?;
        self.claim::<TransferSharesError>(log, validator, from)?;
        if to.is_zero() {
            return Err(TransferSharesError::NoReceiver);
        }
        let pool = self.share_mut(validator)?;
        let mut giver = pool.delegator_or_new(from);
        let got = giver.shares;
        let none = TransferSharesError::Shares { holder: from, got, expected: value };
        giver.shares = got.checked_sub(value).map_err(|_| none)?;
        pool.put(from, giver);
        let mut receiver = pool.delegator_or_new(to);
        receiver.shares = receiver.shares.checked_add(value)?;
        pool.put(to, receiver);
        let event = ShareEvent::Transfer { from, to, value };
        log.push(StakeEvent::Share { share_contract: pool.address(), event });
        Ok(())
    }
}
