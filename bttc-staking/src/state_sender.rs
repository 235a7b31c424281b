//! The contract that numbers messages for the side chain.
//!
//! ```text
//! register(sender, receiver)        who may speak to a receiver
//! syncState(receiver, data)  ──▶  StateSynced(1, …), StateSynced(2, …), …      counted on each root chain by itself
//! ```
//!
//! Source: `root-contracts §10; contracts:root/stateSyncer/StateSender.sol`.
//!
//! ```
//! use alloy_primitives::{Address, Bytes};
//! use bttc_staking::state_sender::StateSender;
//!
//! let [owner, bridge, receiver] = [1, 2, 3].map(Address::repeat_byte);
//! let mut contract = StateSender::new(owner);
//! contract.register(owner, bridge, receiver)?;
//! let synced = contract.sync_state(bridge, receiver, Bytes::from_static(b"deposit"))?;
//! assert_eq!(synced.id.get(), 1);
//! # Ok::<(), bttc_staking::state_sender::StateSenderError>(())
//! ```

use alloc::collections::BTreeMap;
use alloy_primitives::{Address, Bytes};
use bttc_core::{id::StateId, root_chain::StateSynced};
use serde::{Deserialize, Serialize};

/// The contract as a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateSender {
    owner: Address,
    counter: StateId,
    registrations: BTreeMap<Address, Address>,
}

/// What a registration writes into the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Registration {
    /// `NewRegistration`.
    New {
        /// Who registered.
        user: Address,
        /// Who may speak.
        sender: Address,
        /// To whom.
        receiver: Address,
    },
    /// `RegistrationUpdated`.
    Updated {
        /// Who registered.
        user: Address,
        /// Who may speak.
        sender: Address,
        /// To whom.
        receiver: Address,
    },
}

/// Ownership changed hands: `OwnershipTransferred`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnershipTransferred {
    /// Whose it was.
    pub previous: Address,
    /// Whose it is; zero for nobody's.
    pub new: Address,
}

/// Why the contract reverts. Displays its text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateSenderError {
    /// Neither the owner nor the one registered for the receiver.
    #[error("StateSender.register: Not authorized to register")]
    NotAuthorized {
        /// Who asked.
        caller: Address,
        /// For which receiver.
        receiver: Address,
    },
    /// Somebody else is registered for the receiver, or nobody.
    #[error("Invalid sender")]
    InvalidSender {
        /// Who asked.
        got: Address,
        /// Who is registered.
        expected: Address,
    },
    /// Only the owner may; no reason on chain.
    #[error("{got} is not the owner {expected}")]
    NotOwner {
        /// Who asked.
        got: Address,
        /// The owner.
        expected: Address,
    },
    /// Ownership cannot go to address zero this way; no reason on chain.
    #[error("the new owner is the zero address")]
    NoOwner,
    /// The counter is used up.
    #[error("no state id follows {last}")]
    LastId {
        /// The last one.
        last: StateId,
    },
}

impl StateSenderError {
    /// The contract's revert text; empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotAuthorized { .. } => "StateSender.register: Not authorized to register",
            Self::InvalidSender { .. } => "Invalid sender",
            Self::NotOwner { .. } | Self::NoOwner | Self::LastId { .. } => "",
        }
    }
}

impl StateSender {
    /// A fresh contract.
    #[must_use]
    pub const fn new(owner: Address) -> Self {
        Self { owner, counter: StateId::new(0), registrations: BTreeMap::new() }
    }

    /// Its owner; zero for nobody.
    #[must_use]
    pub const fn owner(&self) -> Address {
        self.owner
    }

    /// The last id given out; 0 before the first.
    #[must_use]
    pub const fn counter(&self) -> StateId {
        self.counter
    }

    /// Who may speak to this receiver; zero for nobody.
    #[must_use]
    pub fn registered(&self, receiver: Address) -> Address {
        self.registrations.get(&receiver).copied().unwrap_or_default()
    }

    /// Lets a sender speak to a receiver. The owner may, and whoever may speak to it now.
    ///
    /// # Errors
    /// [`StateSenderError::NotAuthorized`].
    pub fn register(
        &mut self,
        caller: Address,
        sender: Address,
        receiver: Address,
    ) -> Result<Registration, StateSenderError> {
        if caller != self.owner && caller != self.registered(receiver) {
            return Err(StateSenderError::NotAuthorized { caller, receiver });
        }
        self.registrations.insert(receiver, sender);
        // Q-39: the new entry is written before the contract looks whether there was one, so only the zero address
        // counts as new.
        Ok(if sender.is_zero() {
            Registration::New { user: caller, sender, receiver }
        } else {
            Registration::Updated { user: caller, sender, receiver }
        })
    }

    /// Sends data to a receiver.
    ///
    /// # Errors
    /// [`StateSenderError::InvalidSender`], [`StateSenderError::LastId`].
    pub fn sync_state(
        &mut self,
        caller: Address,
        receiver: Address,
        data: Bytes,
    ) -> Result<StateSynced, StateSenderError> {
        let expected = self.registered(receiver);
        if caller != expected {
            return Err(StateSenderError::InvalidSender { got: caller, expected });
        }
        let id = self.counter.next().ok_or(StateSenderError::LastId { last: self.counter })?;
        self.counter = id;
        Ok(StateSynced { id, receiver, data })
    }

    /// Hands the ownership on.
    ///
    /// # Errors
    /// [`StateSenderError::NotOwner`], [`StateSenderError::NoOwner`].
    pub fn transfer_ownership(
        &mut self,
        caller: Address,
        new: Address,
    ) -> Result<OwnershipTransferred, StateSenderError> {
        self.only_owner(caller)?;
        if new.is_zero() {
            return Err(StateSenderError::NoOwner);
        }
        Ok(OwnershipTransferred { previous: core::mem::replace(&mut self.owner, new), new })
    }

    /// Gives the ownership up.
    ///
    /// # Errors
    /// [`StateSenderError::NotOwner`].
    pub fn renounce_ownership(&mut self, caller: Address) -> Result<OwnershipTransferred, StateSenderError> {
        self.only_owner(caller)?;
        Ok(OwnershipTransferred { previous: core::mem::take(&mut self.owner), new: Address::ZERO })
    }

    fn only_owner(&self, caller: Address) -> Result<(), StateSenderError> {
        if caller == self.owner {
            Ok(())
        } else {
            Err(StateSenderError::NotOwner { got: caller, expected: self.owner })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q39_only_the_zero_address_is_a_new_registration() {
        let [owner, sender, receiver] = [1, 2, 3].map(Address::repeat_byte);
        let mut contract = StateSender::new(owner);
        assert!(matches!(contract.register(owner, sender, receiver), Ok(Registration::Updated { .. })));
        assert!(matches!(contract.register(sender, Address::ZERO, receiver), Ok(Registration::New { .. })));
    }
}
