//! What a share contract itself writes into its log.

use alloy_primitives::Address;
use bttc_core::amount::Amount;
use serde::{Deserialize, Serialize};

/// A log of a share contract. The rest it has the staking information contract and the events hub write.
///
/// Source: `root-contracts §6.1; contracts:staking/validatorShare/ValidatorShareFactory.sol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShareEvent {
    /// Its proxy got an owner when it was made.
    OwnerUpdate {
        /// The staking contract.
        new: Address,
        /// What made it.
        old: Address,
    },
    /// The contract itself got an owner when it was made.
    OwnershipTransferred {
        /// Address zero.
        previous: Address,
        /// The staking contract.
        new: Address,
    },
    /// Shares changed hands; from or to address zero where they came into being or ended.
    Transfer {
        /// Whose they were.
        from: Address,
        /// Whose they are.
        to: Address,
        /// How many.
        value: Amount,
    },
}
