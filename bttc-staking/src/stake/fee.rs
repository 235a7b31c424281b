//! Fee accounts of the validation layer: paid in here, claimed back by proof.
//!
//! ```text
//! leaf = Keccak-256( user as a word ‖ all he may ever have claimed )        root: from the last checkpoint
//! paid = all he may ever have claimed − what he has claimed
//! ```

use super::{Money, StakeEvent, StakeManager};
use crate::token::TokenError;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    hash::{Keccak256, keccak256},
    root_chain::TopUpFee,
};

/// The fee is too small. Displays the contract's revert text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fee too small")]
pub struct FeeTooSmall {
    /// The fee.
    pub got: Amount,
    /// Least fee.
    pub expected: Amount,
}

impl FeeTooSmall {
    /// The reason the contract reverts with.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        "fee too small"
    }
}

/// Why a top-up is refused, in the order of the checks. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopUpError {
    /// The contract is locked.
    #[error("locked")]
    Locked,
    /// The fee is too small.
    #[error(transparent)]
    Fee(#[from] FeeTooSmall),
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
            Self::Fee(error) => error.reason(),
            Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Why a claim is refused, in the order of the checks. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFeeError {
    /// The proof is no list of hashes.
    #[error("Invalid proof length")]
    ProofLength {
        /// Bytes it has.
        got: usize,
    },
    /// A proof of this length proves no such leaf.
    #[error("Leaf index is too big")]
    Index {
        /// The leaf's place.
        got: U256,
        /// Leaves there can be.
        leaves: U256,
    },
    /// It leads elsewhere.
    #[error("Wrong acc proof")]
    Root {
        /// Where it leads.
        got: B256,
        /// The last checkpoint's root over the fee accounts.
        expected: B256,
    },
    /// The contract has not enough tokens; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// More was claimed before, or than there is; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl ClaimFeeError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::ProofLength { .. } => "Invalid proof length",
            Self::Index { .. } => "Leaf index is too big",
            Self::Root { .. } => "Wrong acc proof",
            Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

impl StakeManager {
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
        self.transact(|contract, log| {
            if contract.figures.locked {
                return Err(TopUpError::Locked);
            }
            contract.top_up(log, user, caller, fee, Amount::ZERO)
        })
    }

    /// Pays to the caller what his fee account holds and he has not claimed. `all` is what he may ever have claimed,
    /// `index` and `proof` (32 bytes a level, from below) lead from there to [`StakeManager::account_root`]. The logs
    /// in order.
    ///
    /// Source: `root-contracts §4.3, withdrawal-proofs §3.4; contracts:staking/stakeManager/StakeManager.sol:349-363,
    /// contracts:common/lib/Merkle.sol`.
    ///
    /// # Errors
    /// [`ClaimFeeError`].
    pub fn claim_fee(
        &mut self,
        caller: Address,
        all: Amount,
        index: U256,
        proof: &[u8],
    ) -> Result<Vec<StakeEvent>, ClaimFeeError> {
        self.transact(|contract, log| {
            let leaf = keccak256([caller.into_word().0, all.to_word().to_be_bytes::<32>()].concat());
            let got = root_from(leaf, index, proof)?;
            let expected = contract.figures.account_root;
            if got != expected {
                return Err(ClaimFeeError::Root { got, expected });
            }
            let fee = all.checked_sub(contract.fees_claimed.at(caller))?;
            contract.figures.total_fees = contract.figures.total_fees.checked_sub(fee)?;
            log.push(StakeEvent::ClaimFee { user: caller, fee });
            contract.fees_claimed.put(caller, all);
            contract.pay(log, caller, fee)?;
            Ok(())
        })
    }

    /// Takes a fee, and more if there is more to be taken, and credits the fee to somebody.
    pub(super) fn top_up<E: Money + From<FeeTooSmall>>(
        &mut self,
        log: &mut Vec<StakeEvent>,
        user: Address,
        from: Address,
        fee: Amount,
        more: Amount,
    ) -> Result<(), E> {
        if fee < self.params.min_fee {
            return Err(FeeTooSmall { got: fee, expected: self.params.min_fee }.into());
        }
        self.pull(log, from, fee.checked_add(more)?)?;
        self.figures.total_fees = self.figures.total_fees.checked_add(fee)?;
        log.push(StakeEvent::TopUpFee(TopUpFee { user, fee }));
        Ok(())
    }
}

/// Where a leaf at this place leads.
fn root_from(leaf: B256, mut index: U256, proof: &[u8]) -> Result<B256, ClaimFeeError> {
    if !proof.len().is_multiple_of(32) {
        return Err(ClaimFeeError::ProofLength { got: proof.len() });
    }
    // Q-115: the bound 2ⁿ is computed in 256 bits, so for 256 hashes and more it is 0 and no place is small enough.
    let leaves = U256::ONE.checked_shl(proof.len() / 32).unwrap_or_default();
    if index >= leaves {
        return Err(ClaimFeeError::Index { got: index, leaves });
    }
    let mut node = leaf;
    for sibling in proof.chunks(32) {
        let mut hasher = Keccak256::new();
        let pair = if index.bit(0) { [sibling, node.as_slice()] } else { [node.as_slice(), sibling] };
        hasher.update(pair.concat());
        node = hasher.finalize();
        index >>= 1;
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q115_no_place_is_small_enough_for_a_proof_of_256_hashes() {
        let root = |hashes: usize| root_from(B256::ZERO, U256::ZERO, &alloc::vec![0; 32 * hashes]);
        assert!(root(255).is_ok());
        assert_eq!(root(256), Err(ClaimFeeError::Index { got: U256::ZERO, leaves: U256::ZERO }));
        let odd = root_from(B256::ZERO, U256::MAX, &[0; 33]);
        assert_eq!(odd.unwrap_err().reason(), "Invalid proof length");
    }

    #[test]
    fn a_place_s_bits_say_on_which_side_a_hash_is() {
        let [a, b] = [1, 2].map(B256::repeat_byte);
        let node = keccak256([a, b].concat());
        assert_eq!(root_from(a, U256::ZERO, b.as_slice()), Ok(node));
        assert_eq!(root_from(b, U256::ONE, a.as_slice()), Ok(node));
        assert_eq!(root_from(node, U256::ZERO, &[]), Ok(node));
    }
}
