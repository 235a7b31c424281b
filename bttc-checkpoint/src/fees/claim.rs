//! What a user hands to the stake manager on TRON to be paid.

use super::{FeeAccounts, account_leaf};
use crate::merkle::{BranchProof, MembershipError, check_membership};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall as _;
use bttc_core::amount::Amount;
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        function claimFee(uint256 accumFeeAmount, uint256 index, bytes proof);
    }
}

/// A user's claim. He is paid what of it he has not been paid before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeClaim {
    /// The user, who has to send it himself.
    pub user: Address,
    /// All that he has ever withdrawn.
    pub fee: Amount,
    /// The way from his account to the root.
    pub proof: BranchProof,
}

/// Why the contract does not believe a claim. `Display` is its exact text.
///
/// Source: `root-contracts §4.3; contracts:staking/stakeManager/StakeManager.sol:349-363`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// The question itself is refused.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    /// The account is not under the root.
    #[error("Wrong acc proof")]
    Root {
        /// Where the proof leads.
        got: B256,
        /// The root in the last checkpoint.
        expected: B256,
    },
}

impl FeeClaim {
    /// Checks it as the contract does against the account root of the last checkpoint on TRON.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub fn verify(&self, account_root: &B256) -> Result<(), ClaimError> {
        let leaf = account_leaf(self.user, self.fee);
        if check_membership(&leaf, U256::from(self.proof.index), account_root, &self.proof.to_bytes())? {
            Ok(())
        } else {
            Err(ClaimError::Root { got: self.proof.root(&leaf), expected: *account_root })
        }
    }

    /// The call `claimFee` with it.
    #[must_use]
    pub fn to_calldata(&self) -> Bytes {
        let (index, proof) = (U256::from(self.proof.index), self.proof.to_bytes().into());
        abi::claimFeeCall { accumFeeAmount: self.fee.to_word(), index, proof }.abi_encode().into()
    }
}

impl FeeAccounts {
    /// A user's claim under [`FeeAccounts::root`]; `None` without an account.
    #[must_use]
    pub fn claim(&self, user: Address) -> Option<FeeClaim> {
        let (fee, proof) = self.fee(user).zip(self.proof(user))?;
        Some(FeeClaim { user, fee, proof })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn a_claim_is_good_for_its_user_and_its_sum_alone() {
        let users = [1, 2, 3].map(Address::repeat_byte);
        let accounts: FeeAccounts = users.into_iter().zip([0, 7, 7].map(Amount::from_btt)).collect();
        let root = accounts.root().unwrap();
        let claim = accounts.claim(users[1]).unwrap();
        assert_eq!(claim.verify(&root), Ok(()));
        // root-contracts §8.4
        assert_eq!(claim.to_calldata()[..4], [0x68, 0xcb, 0x81, 0x2a]);

        let wrong = |claim: FeeClaim| claim.verify(&root).unwrap_err().to_string();
        assert_eq!(wrong(FeeClaim { user: users[2], ..claim.clone() }), "Wrong acc proof");
        assert_eq!(wrong(FeeClaim { fee: Amount::from_btt(8), ..claim.clone() }), "Wrong acc proof");
        let proof = BranchProof { index: 4, ..claim.proof.clone() };
        assert_eq!(wrong(FeeClaim { proof, ..claim }), "Leaf index is too big");
        assert_eq!(accounts.claim(Address::ZERO), None);
    }
}
