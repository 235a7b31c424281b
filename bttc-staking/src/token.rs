//! The token that stake, fees and rewards are paid in.
//!
//! An ERC-20 of OpenZeppelin 2.2 as a value. Every refusal is a revert without a reason.
//!
//! ```text
//! Σ balances = supply                         in base units, 10⁻¹⁸ BTT
//! transfer_from(spender, from, to, value)     balance(from) − value, then allowance(from → spender) − value
//! ```
//!
//! Source: `root-contracts §0.2, §6.1; openzeppelin-solidity 2.2.0 token/ERC20/ERC20.sol`.
//!
//! ```
//! use alloy_primitives::Address;
//! use bttc_core::amount::Amount;
//! use bttc_staking::token::Token;
//!
//! let [alice, bob, shop] = [1, 2, 3].map(Address::repeat_byte);
//! let mut token = Token::default();
//! token.mint(alice, Amount::from_btt(10))?;
//! token.approve(alice, shop, Amount::from_btt(4))?;
//! token.transfer_from(shop, alice, bob, Amount::from_btt(3))?;
//! assert_eq!(token.balance(bob), Amount::from_btt(3));
//! assert_eq!(token.allowance(alice, shop), Amount::from_btt(1));
//! # Ok::<(), bttc_staking::token::TokenError>(())
//! ```

use crate::table::Table;
use alloc::collections::BTreeMap;
use alloy_primitives::Address;
use bttc_core::amount::{Amount, AmountError};
use serde::{Deserialize, Serialize};

/// Balances and allowances. Holders of nothing are not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    supply: Amount,
    balances: Table<Address, Amount>,
    allowances: Table<Address, BTreeMap<Address, Amount>>,
}

/// A log of the token contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenEvent {
    /// Tokens moved; from address zero when they came into being.
    Transfer {
        /// Whose they were.
        from: Address,
        /// Whose they are.
        to: Address,
        /// How many.
        value: Amount,
    },
    /// A spender may take so much from now on.
    Approval {
        /// Whose tokens.
        owner: Address,
        /// Who may take them.
        spender: Address,
        /// How many.
        value: Amount,
    },
}

/// Why the token refuses. On chain each is a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Address zero neither holds, gets nor spends.
    #[error("{role} is the zero address")]
    ZeroAddress {
        /// Whose place it took.
        role: &'static str,
    },
    /// More than there is.
    #[error("{holder} has {got}, expected {expected}")]
    Balance {
        /// Whose balance.
        holder: Address,
        /// What it is.
        got: Amount,
        /// What it would have to be.
        expected: Amount,
    },
    /// More than was allowed.
    #[error("{spender} may take {got} of {owner}, expected {expected}")]
    Allowance {
        /// Whose tokens.
        owner: Address,
        /// Who would take them.
        spender: Address,
        /// What is allowed.
        got: Amount,
        /// What would have to be.
        expected: Amount,
    },
    /// A sum would leave 256 bits, or an allowance fall below zero.
    #[error(transparent)]
    Overflow(#[from] AmountError),
    /// There is no such token, so a call of it reverts.
    #[error("no token stands at {got}")]
    NotAToken {
        /// Where it was looked for.
        got: Address,
    },
}

impl Token {
    /// All there is.
    #[must_use]
    pub const fn supply(&self) -> Amount {
        self.supply
    }

    /// What somebody has.
    #[must_use]
    pub fn balance(&self, holder: Address) -> Amount {
        self.balances.at(holder)
    }

    /// Those that have something, in address order.
    pub fn holders(&self) -> impl Iterator<Item = (Address, Amount)> {
        self.balances.iter().map(|(holder, balance)| (holder, *balance))
    }

    /// What a spender may still take of an owner's tokens.
    #[must_use]
    pub fn allowance(&self, owner: Address, spender: Address) -> Amount {
        let of_owner = self.allowances.get(owner);
        of_owner.and_then(|spenders| spenders.get(&spender)).copied().unwrap_or_default()
    }

    /// Brings tokens into being. Who may do so is not this contract's matter here.
    ///
    /// # Errors
    /// [`TokenError::ZeroAddress`], [`TokenError::Overflow`].
    pub fn mint(&mut self, to: Address, value: Amount) -> Result<TokenEvent, TokenError> {
        not_zero("the receiver", to)?;
        let supply = self.supply.checked_add(value)?;
        // A balance is at most the supply.
        let balance = self.balance(to).checked_add(value)?;
        self.supply = supply;
        self.set_balance(to, balance);
        Ok(TokenEvent::Transfer { from: Address::ZERO, to, value })
    }

    /// Allows a spender to take so much, whatever was allowed before.
    ///
    /// # Errors
    /// [`TokenError::ZeroAddress`].
    pub fn approve(&mut self, owner: Address, spender: Address, value: Amount) -> Result<TokenEvent, TokenError> {
        not_zero("the owner", owner)?;
        not_zero("the spender", spender)?;
        let mut spenders = self.allowances.at(owner);
        if value.is_zero() {
            spenders.remove(&spender);
        } else {
            spenders.insert(spender, value);
        }
        self.allowances.put(owner, spenders);
        Ok(TokenEvent::Approval { owner, spender, value })
    }

    /// Allows a spender to take so much more.
    ///
    /// # Errors
    /// [`TokenError::Overflow`], [`TokenError::ZeroAddress`].
    pub fn increase_allowance(
        &mut self,
        owner: Address,
        spender: Address,
        more: Amount,
    ) -> Result<TokenEvent, TokenError> {
        self.approve(owner, spender, self.allowance(owner, spender).checked_add(more)?)
    }

    /// Allows a spender to take so much less.
    ///
    /// # Errors
    /// [`TokenError::Overflow`], [`TokenError::ZeroAddress`].
    pub fn decrease_allowance(
        &mut self,
        owner: Address,
        spender: Address,
        less: Amount,
    ) -> Result<TokenEvent, TokenError> {
        self.approve(owner, spender, self.allowance(owner, spender).checked_sub(less)?)
    }

    /// Moves one's own tokens.
    ///
    /// # Errors
    /// [`TokenError::ZeroAddress`] for the receiver, [`TokenError::Balance`].
    pub fn transfer(&mut self, from: Address, to: Address, value: Amount) -> Result<TokenEvent, TokenError> {
        self.check_transfer(from, to, value)?;
        self.set_balance(from, self.balance(from).wrapping_sub(value));
        self.set_balance(to, self.balance(to).wrapping_add(value));
        Ok(TokenEvent::Transfer { from, to, value })
    }

    /// Moves somebody's tokens within what he allowed. The logs in order.
    ///
    /// # Errors
    /// As [`Token::transfer`], then [`TokenError::Allowance`] and [`TokenError::ZeroAddress`] for the spender.
    pub fn transfer_from(
        &mut self,
        spender: Address,
        from: Address,
        to: Address,
        value: Amount,
    ) -> Result<[TokenEvent; 2], TokenError> {
        let left = self.check_transfer_from(spender, from, to, value)?;
        // Q-10: an unlimited allowance shrinks like any other, and what is left is logged as an approval.
        let approval = self.approve(from, spender, left)?;
        let transfer = self.transfer(from, to, value)?;
        Ok([transfer, approval])
    }

    /// Whether [`Token::transfer`] would go through.
    pub(crate) fn check_transfer(&self, from: Address, to: Address, value: Amount) -> Result<(), TokenError> {
        not_zero("the receiver", to)?;
        let got = self.balance(from);
        if got < value {
            return Err(TokenError::Balance { holder: from, got, expected: value });
        }
        Ok(())
    }

    /// Whether [`Token::transfer_from`] would go through, and the allowance it would leave.
    pub(crate) fn check_transfer_from(
        &self,
        spender: Address,
        from: Address,
        to: Address,
        value: Amount,
    ) -> Result<Amount, TokenError> {
        self.check_transfer(from, to, value)?;
        let got = self.allowance(from, spender);
        let left =
            got.checked_sub(value).map_err(|_| TokenError::Allowance { owner: from, spender, got, expected: value })?;
        not_zero("the owner", from)?;
        not_zero("the spender", spender)?;
        Ok(left)
    }

    /// From here on balances and allowances can be taken back; see [`Table`].
    pub(crate) fn begin(&mut self) {
        self.balances.begin();
        self.allowances.begin();
    }

    pub(crate) fn keep(&mut self) {
        self.balances.keep();
        self.allowances.keep();
    }

    pub(crate) fn take_back(&mut self) {
        self.balances.take_back();
        self.allowances.take_back();
    }

    fn set_balance(&mut self, holder: Address, balance: Amount) {
        self.balances.put(holder, balance);
    }
}

fn not_zero(role: &'static str, address: Address) -> Result<(), TokenError> {
    if address.is_zero() {
        return Err(TokenError::ZeroAddress { role });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::U256;

    const ALICE: Address = Address::repeat_byte(1);
    const BOB: Address = Address::repeat_byte(2);
    const SHOP: Address = Address::repeat_byte(3);

    fn ten() -> Token {
        let mut token = Token::default();
        token.mint(ALICE, Amount::from_btt(10)).unwrap();
        token
    }

    #[test]
    fn q10_an_unlimited_allowance_is_used_up_and_logged() {
        let mut token = ten();
        token.approve(ALICE, SHOP, Amount::from_word(U256::MAX)).unwrap();
        let [_, approval] = token.transfer_from(SHOP, ALICE, BOB, Amount::from_units(5)).unwrap();
        let left = Amount::from_word(U256::MAX - U256::from(5));
        assert_eq!(approval, TokenEvent::Approval { owner: ALICE, spender: SHOP, value: left });
        assert_eq!(token.allowance(ALICE, SHOP), left);
    }

    #[test]
    fn the_balance_is_looked_at_before_the_allowance_and_a_refusal_changes_nothing() {
        let mut token = ten();
        let before = token.clone();
        let (ten, eleven) = (Amount::from_btt(10), Amount::from_btt(11));
        assert_eq!(
            token.transfer_from(SHOP, ALICE, BOB, eleven),
            Err(TokenError::Balance { holder: ALICE, got: ten, expected: eleven })
        );
        assert_eq!(
            token.transfer_from(SHOP, ALICE, BOB, ten),
            Err(TokenError::Allowance { owner: ALICE, spender: SHOP, got: Amount::ZERO, expected: ten })
        );
        assert_eq!(token.transfer(ALICE, Address::ZERO, ten), Err(TokenError::ZeroAddress { role: "the receiver" }));
        assert_eq!(token, before);
    }

    #[test]
    fn a_transfer_to_oneself_changes_nothing() {
        let mut token = ten();
        token.transfer(ALICE, ALICE, Amount::from_btt(7)).unwrap();
        assert_eq!(token, ten());
    }
}
