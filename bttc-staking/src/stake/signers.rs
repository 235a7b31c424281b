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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcomers_find_their_place_from_the_end() {
        let mut list = SignerList::default();
        for byte in [5, 1, 9, 5] {
            list.insert(Address::repeat_byte(byte));
        }
        assert_eq!(list.as_slice(), [1, 5, 5, 9].map(Address::repeat_byte));
    }
}
