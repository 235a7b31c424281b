//! The staking tokens: who owns which validator's seat.
//!
//! ```text
//! mint(owner, id)            when a validator stakes
//! transfer_from(.., id)      by the owner, or whom he approved       one seat for each owner, always
//! burn(id)                   when it takes its stake out
//! ```
//!
//! Source: `root-contracts §6; contracts:staking/stakeManager/StakingNFT.sol; openzeppelin-solidity 2.2.0
//! token/ERC721/ERC721Full.sol`.

use crate::table::Table;
use alloc::collections::BTreeSet;
use alloy_primitives::Address;
use bttc_core::id::ValidatorId;
use serde::{Deserialize, Serialize};

/// Owners and approvals. A token's number is the validator's id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakingNft {
    owners: Table<ValidatorId, Address>,
    seats: Table<Address, ValidatorId>,
    approvals: Table<ValidatorId, Address>,
    operators: Table<Address, BTreeSet<Address>>,
}

/// A log of the staking tokens' contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NftEvent {
    /// A seat changed hands; from or to address zero where it came into being or ended.
    Transfer {
        /// Whose it was.
        from: Address,
        /// Whose it is.
        to: Address,
        /// The validator.
        validator: ValidatorId,
    },
    /// Somebody may move one seat; address zero for nobody.
    Approval {
        /// Whose it is.
        owner: Address,
        /// Who may move it.
        approved: Address,
        /// The validator.
        validator: ValidatorId,
    },
    /// Somebody may move, or no longer, whatever an owner has.
    ApprovalForAll {
        /// Whose seats.
        owner: Address,
        /// Who.
        operator: Address,
        /// Whether he may.
        operators: Operator,
    },
}

/// Whether somebody may move whatever an owner has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// He may.
    Approved,
    /// He may not.
    Refused,
}

/// Why a seat stays where it is. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NftError {
    /// Nobody owns this seat; no reason on chain.
    #[error("no staking token {validator}")]
    NoToken {
        /// The validator.
        validator: ValidatorId,
    },
    /// The caller may not; no reason on chain.
    #[error("{caller} may not do this with staking token {validator} of {owner}")]
    NotApproved {
        /// Who asked.
        caller: Address,
        /// The validator.
        validator: ValidatorId,
        /// Who may.
        owner: Address,
    },
    /// Address zero cannot own a seat; no reason on chain.
    #[error("the owner would be the zero address")]
    NoOwner,
    /// Somebody would own two seats.
    #[error("Validators MUST NOT own multiple stake position")]
    SecondPosition {
        /// Who.
        user: Address,
        /// The seat he has.
        validator: ValidatorId,
    },
    /// It is not his whose it is said to be; no reason on chain.
    #[error("staking token {validator} is not of {got} but of {expected}")]
    NotOf {
        /// The validator.
        validator: ValidatorId,
        /// Whose it was said to be.
        got: Address,
        /// Whose it is.
        expected: Address,
    },
    /// Nobody needs his own approval; no reason on chain.
    #[error("{user} would approve himself")]
    Oneself {
        /// Who.
        user: Address,
    },
}

impl NftError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::SecondPosition { .. } => "Validators MUST NOT own multiple stake position",
            _ => "",
        }
    }
}

impl StakingNft {
    /// Owner of a validator's seat.
    #[must_use]
    pub fn owner(&self, validator: ValidatorId) -> Option<Address> {
        self.owners.get(validator).copied()
    }

    /// The seat somebody owns.
    #[must_use]
    pub fn seat_of(&self, owner: Address) -> Option<ValidatorId> {
        self.seats.get(owner).copied()
    }

    /// Who besides its owner may move a seat; zero for nobody.
    #[must_use]
    pub fn approved(&self, validator: ValidatorId) -> Address {
        self.approvals.at(validator)
    }

    /// Whether somebody may move whatever an owner has.
    #[must_use]
    pub fn is_operator(&self, owner: Address, operator: Address) -> bool {
        self.operators.get(owner).is_some_and(|operators| operators.contains(&operator))
    }

    /// Lets somebody move a seat.
    ///
    /// # Errors
    /// [`NftError`].
    pub fn approve(
        &mut self,
        caller: Address,
        approved: Address,
        validator: ValidatorId,
    ) -> Result<NftEvent, NftError> {
        let owner = self.owner(validator).ok_or(NftError::NoToken { validator })?;
        if approved == owner {
            return Err(NftError::Oneself { user: owner });
        }
        if caller != owner && !self.is_operator(owner, caller) {
            return Err(NftError::NotApproved { caller, validator, owner });
        }
        self.approvals.put(validator, approved);
        Ok(NftEvent::Approval { owner, approved, validator })
    }

    /// Lets somebody move whatever the caller has, or no longer.
    ///
    /// # Errors
    /// [`NftError::Oneself`].
    pub fn set_operator(
        &mut self,
        caller: Address,
        operator: Address,
        operators: Operator,
    ) -> Result<NftEvent, NftError> {
        if operator == caller {
            return Err(NftError::Oneself { user: caller });
        }
        let mut all = self.operators.at(caller);
        match operators {
            Operator::Approved => all.insert(operator),
            Operator::Refused => all.remove(&operator),
        };
        self.operators.put(caller, all);
        Ok(NftEvent::ApprovalForAll { owner: caller, operator, operators })
    }

    /// Moves a seat.
    ///
    /// # Errors
    /// [`NftError`], in this order: the caller's right, the receiver, the giver.
    pub fn transfer_from(
        &mut self,
        caller: Address,
        from: Address,
        to: Address,
        validator: ValidatorId,
    ) -> Result<NftEvent, NftError> {
        let owner = self.owner(validator).ok_or(NftError::NoToken { validator })?;
        if caller != owner && caller != self.approved(validator) && !self.is_operator(owner, caller) {
            return Err(NftError::NotApproved { caller, validator, owner });
        }
        self.check_receiver(to)?;
        if from != owner {
            return Err(NftError::NotOf { validator, got: from, expected: owner });
        }
        self.remove(owner, validator);
        self.owners.put(validator, to);
        self.seats.put(to, validator);
        Ok(NftEvent::Transfer { from, to, validator })
    }

    pub(crate) fn mint(&mut self, to: Address, validator: ValidatorId) -> Result<NftEvent, NftError> {
        self.check_receiver(to)?;
        self.owners.put(validator, to);
        self.seats.put(to, validator);
        Ok(NftEvent::Transfer { from: Address::ZERO, to, validator })
    }

    pub(crate) fn burn(&mut self, validator: ValidatorId) -> Result<NftEvent, NftError> {
        let from = self.owner(validator).ok_or(NftError::NoToken { validator })?;
        self.remove(from, validator);
        Ok(NftEvent::Transfer { from, to: Address::ZERO, validator })
    }

    /// A receiver needs an address and no seat yet, so that nobody can give himself his own.
    fn check_receiver(&self, to: Address) -> Result<(), NftError> {
        if to.is_zero() {
            return Err(NftError::NoOwner);
        }
        self.seat_of(to).map_or(Ok(()), |validator| Err(NftError::SecondPosition { user: to, validator }))
    }

    fn remove(&mut self, owner: Address, validator: ValidatorId) {
        self.owners.put(validator, Address::ZERO);
        self.approvals.put(validator, Address::ZERO);
        self.seats.put(owner, ValidatorId::default());
    }

    pub(crate) fn begin(&mut self) {
        self.owners.begin();
        self.seats.begin();
        self.approvals.begin();
        self.operators.begin();
    }

    pub(crate) fn keep(&mut self) {
        self.owners.keep();
        self.seats.keep();
        self.approvals.keep();
        self.operators.keep();
    }

    pub(crate) fn take_back(&mut self) {
        self.owners.take_back();
        self.seats.take_back();
        self.approvals.take_back();
        self.operators.take_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Address = Address::repeat_byte(1);
    const BOB: Address = Address::repeat_byte(2);
    const CAROL: Address = Address::repeat_byte(3);
    const FIRST: ValidatorId = ValidatorId::new(1);
    const SECOND: ValidatorId = ValidatorId::new(2);

    fn two() -> StakingNft {
        let mut nft = StakingNft::default();
        nft.mint(ALICE, FIRST).unwrap();
        nft.mint(BOB, SECOND).unwrap();
        nft
    }

    #[test]
    fn nobody_owns_two_seats_not_even_his_own_twice() {
        let mut nft = two();
        let before = nft.clone();
        for to in [BOB, ALICE] {
            let error = nft.transfer_from(ALICE, ALICE, to, FIRST).unwrap_err();
            assert_eq!(error.reason(), "Validators MUST NOT own multiple stake position");
        }
        assert_eq!(nft.transfer_from(ALICE, ALICE, Address::ZERO, FIRST), Err(NftError::NoOwner));
        assert_eq!(nft, before);
        nft.transfer_from(ALICE, ALICE, CAROL, FIRST).unwrap();
        assert_eq!((nft.seat_of(ALICE), nft.seat_of(CAROL), nft.owner(FIRST)), (None, Some(FIRST), Some(CAROL)));
    }

    #[test]
    fn an_approval_is_for_one_move() {
        let mut nft = two();
        assert!(nft.transfer_from(CAROL, ALICE, CAROL, FIRST).is_err());
        nft.approve(ALICE, CAROL, FIRST).unwrap();
        nft.transfer_from(CAROL, ALICE, CAROL, FIRST).unwrap();
        nft.set_operator(CAROL, BOB, Operator::Approved).unwrap();
        nft.transfer_from(BOB, CAROL, ALICE, FIRST).unwrap();
        let again = nft.transfer_from(CAROL, ALICE, CAROL, FIRST).unwrap_err();
        assert_eq!(again, NftError::NotApproved { caller: CAROL, validator: FIRST, owner: ALICE });
    }
}
