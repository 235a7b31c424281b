//! What users could call on TRON and can call in vain here.

use super::Mirror;
use serde::{Deserialize, Serialize};

/// A function that has no body on Ethereum and BSC.
///
/// Source: `root-contracts §9.1; contracts@unstake:staking/stakeManager/StakeManager.sol:360-700`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum UserFunction {
    /// `stakeFor`.
    StakeFor,
    /// `topUpForFee`.
    TopUpForFee,
    /// `startAuction`.
    StartAuction,
    /// `confirmAuctionBid`.
    ConfirmAuctionBid,
    /// `claimFee`.
    ClaimFee,
    /// `migrateDelegation`.
    MigrateDelegation,
    /// `unstake`.
    Unstake,
    /// `unstakeClaim`.
    UnstakeClaim,
    /// `restake`.
    Restake,
    /// `withdrawRewards`.
    WithdrawRewards,
    /// `updateSigner`.
    UpdateSigner,
    /// `updateCommissionRate`.
    UpdateCommissionRate,
}

/// Why even a function without a body reverts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserFunctionError {
    /// It is for an unlocked contract.
    #[error("locked")]
    Locked,
    /// It is for the owner of a validator's staking token, and there is no such token; no reason on chain.
    #[error("{function:?} is for the owner of a staking token, and nobody has one here")]
    NoStakingToken {
        /// What was called.
        function: UserFunction,
    },
}

impl UserFunctionError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::NoStakingToken { .. } => "",
        }
    }
}

impl Mirror {
    /// Calls a function that has no body, whoever calls and with whatever arguments. It writes no log.
    ///
    /// # Errors
    /// [`UserFunctionError`]: who may call is still looked at.
    // so half of them take the call and do nothing, and the other half can never be called.
    pub const fn call_user_function(&self, function: UserFunction) -> Result<(), UserFunctionError> {
        use UserFunction as F;
        match function {
            F::StakeFor | F::TopUpForFee | F::StartAuction | F::ConfirmAuctionBid | F::Restake if self.locked => {
                Err(UserFunctionError::Locked)
            }
            F::Unstake
            | F::UnstakeClaim
            | F::Restake
            | F::WithdrawRewards
            | F::UpdateSigner
            | F::UpdateCommissionRate => Err(UserFunctionError::NoStakingToken { function }),
            F::StakeFor
            | F::TopUpForFee
            | F::StartAuction
            | F::ConfirmAuctionBid
            | F::ClaimFee
            | F::MigrateDelegation => Ok(()),
        }
    }
}
