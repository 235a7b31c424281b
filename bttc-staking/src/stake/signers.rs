//! The ascending list of signers.

use alloc::vec::Vec;
use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

/// Signers of those that have not announced their exit. Ascending as long as only the contract's own insertions
/// changed it.
///
/// Source: `root-contracts §3.6; contracts:staking/stakeManager/StakeManager.sol:1159-1197`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignerList(Vec<Address>);

/// There is no signer to take off the list. On chain a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list of signers is empty, expected {signer}")]
pub struct NoSigners {
    /// Who was looked for.
    pub signer: Address,
}

impl SignerList {
    /// In stored order.
    #[must_use]
    pub const fn as_slice(&self) -> &[Address] {
        self.0.as_slice()
    }

    /// Puts a signer in front of the elements at the end that are not less than it.
    pub(crate) fn insert(&mut self, signer: Address) {
        let behind = self.0.iter().rev().take_while(|other| **other >= signer).count();
        // `behind` elements at most are behind.
        self.0.insert(self.0.len().saturating_sub(behind), signer);
    }

    /// Removes a signer, the last of its kind, and answers with who was removed.
    // who is looked for and not there costs the first of the list its place.
    pub(crate) fn remove(&mut self, signer: Address) -> Result<Address, NoSigners> {
        if self.0.is_empty() {
            return Err(NoSigners { signer });
        }
        let place = self.0.iter().rposition(|other| *other == signer).unwrap_or(0);
        Ok(self.0.remove(place))
    }
}

impl From<Vec<Address>> for SignerList {
    fn from(list: Vec<Address>) -> Self {
        Self(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(bytes: &[u8]) -> SignerList {
        Vec::from_iter(bytes.iter().map(|byte| Address::repeat_byte(*byte))).into()
    }

    #[test]
    fn newcomers_find_their_place_from_the_end() {
        let mut signers = SignerList::default();
        for byte in [5, 1, 9, 5] {
            signers.insert(Address::repeat_byte(byte));
        }
        assert_eq!(signers, list(&[1, 5, 5, 9]));
    }

    #[test]
    fn q110_removing_a_stranger_drops_the_first() {
        let mut signers = list(&[1, 5, 5, 9]);
        assert_eq!(signers.remove(Address::repeat_byte(5)), Ok(Address::repeat_byte(5)));
        assert_eq!(signers, list(&[1, 5, 9]));
        assert_eq!(signers.remove(Address::repeat_byte(7)), Ok(Address::repeat_byte(1)));
        assert_eq!(signers, list(&[5, 9]));
        assert!(SignerList::default().remove(Address::ZERO).is_err());
    }
}
