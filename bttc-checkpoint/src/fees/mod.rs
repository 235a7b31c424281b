//! Fee accounts, and the root over them that every checkpoint carries.
//!
//! Accounts are sorted by user; n = 3:
//!
//! ```text
//! leaf = H( user(32) ‖ fee(32) )
//!
//!              R
//!          ┌───┴───┐
//!          q₀      q₁             parent = H( left ‖ right )
//!        ┌─┴─┐   ┌─┴─┐
//!        a₀  a₁  a₂  a₂           an odd last leaf or node stands twice, so one account gives H( a₀ ‖ a₀ )
//! ```
//!
//! Unlike the tree over blocks ([`merkle`](crate::merkle)), where zeros fill up. A proof has the same form, and the
//! stake contract checks it by the same rule.
//!
//! ```text
//! balance in the layer ──withdraw──▶ fee account, ever growing ──root──▶ checkpoint ──▶ TRON ◀──claim── user
//! ```
//!
//! Source: `validation-layer §3.2, §5.7; delivery:checkpoint/types/merkel.go:38-90,
//! delivery:types/dividend-account.go:58-100, delivery:topup/handler.go:72-113` · `root-contracts §4.3`.
//!
//! ```
//! use bttc_checkpoint::fees::FeeAccounts;
//! use bttc_core::amount::Amount;
//! use alloy_primitives::{Address, I256};
//!
//! let (alice, bob) = (Address::repeat_byte(1), Address::repeat_byte(2));
//! let mut accounts = FeeAccounts::from_iter([(alice, Amount::ZERO), (bob, Amount::from_btt(1))]);
//! let done = accounts.withdraw(bob, I256::ZERO, Amount::from_btt(2))?; // all there is
//! assert_eq!((done.total, done.left), (Amount::from_btt(3), Amount::ZERO));
//!
//! let claim = accounts.claim(bob).unwrap();
//! assert_eq!(claim.verify(&accounts.root()?), Ok(()));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod claim;
mod withdraw;

pub use claim::{ClaimError, FeeClaim};
pub use withdraw::{WithdrawError, Withdrawn};

use crate::merkle::{BranchProof, parent};
use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec::Vec};
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    hash::Keccak256,
};
use serde::{Deserialize, Serialize};

/// All fee accounts: what each user may claim on TRON, ever, in base units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeeAccounts(BTreeMap<Address, Amount>);

/// There is no root over no accounts: no checkpoint can pass then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected at least one fee account, got none")]
pub struct NoAccounts;

/// Text that is no fee. Reading it stops the reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fee {got:?} is not decimal")]
pub struct FeeTextError {
    /// The text.
    pub got: String,
}

/// H( user ‖ fee ), each 32 bytes.
#[must_use]
pub fn account_leaf(user: Address, fee: Amount) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(user.into_word());
    hasher.update(fee.to_word().to_be_bytes::<32>());
    hasher.finalize()
}

/// The fee that enters a leaf for this decimal text.
///
/// # Errors
/// [`FeeTextError`].
// Q-50: a sign is dropped, and 2²⁵⁶ and more count as 0.
pub fn fee_of(text: &str) -> Result<Amount, FeeTextError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FeeTextError { got: text.to_owned() });
    }
    let value = digits
        .bytes()
        .try_fold(U256::ZERO, |value, digit| value.checked_mul(U256::from(10))?.checked_add(U256::from(digit - b'0')));
    Ok(Amount::from_word(value.unwrap_or_default()))
}

impl FeeAccounts {
    /// No accounts.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Opens an account with nothing in it, unless there is one.
    pub fn open(&mut self, user: Address) {
        self.0.entry(user).or_default();
    }

    /// Adds to an account, opening it if need be.
    ///
    /// # Errors
    /// [`AmountError`] beyond 256 bits.
    pub fn credit(&mut self, user: Address, fee: Amount) -> Result<Amount, AmountError> {
        let sum = self.fee(user).unwrap_or_default().checked_add(fee)?;
        self.0.insert(user, sum);
        Ok(sum)
    }

    /// What is in an account; `None` if there is none.
    #[must_use]
    pub fn fee(&self, user: Address) -> Option<Amount> {
        self.0.get(&user).copied()
    }

    /// Users and fees, ascending by user.
    pub fn iter(&self) -> impl Iterator<Item = (Address, Amount)> + '_ {
        self.0.iter().map(|(user, fee)| (*user, *fee))
    }

    /// The root over all accounts.
    ///
    /// # Errors
    /// [`NoAccounts`].
    pub fn root(&self) -> Result<B256, NoAccounts> {
        if self.0.is_empty() {
            return Err(NoAccounts);
        }
        let mut level = self.leaves();
        climb(&mut level, |_| {});
        level.first().copied().ok_or(NoAccounts)
    }

    /// The proof of a user's account; `None` if there is none.
    #[must_use]
    pub fn proof(&self, user: Address) -> Option<BranchProof> {
        let mut place = self.0.keys().position(|key| *key == user)?;
        let index = u64::try_from(place).ok()?;
        let mut siblings = Vec::new();
        climb(&mut self.leaves(), |level| {
            let own = level.get(place);
            siblings.extend(level.get(place ^ 1).or(own));
            place /= 2;
        });
        Some(BranchProof { index, siblings })
    }

    /// The proof that the validation layer answers with.
    // Q-51: for a user without account it searches for address zero: that account's proof with index 0, or no sibling
    // and index 0 where there is none.
    #[must_use]
    pub fn answer(&self, user: Address) -> BranchProof {
        self.proof(user).unwrap_or_else(|| BranchProof {
            index: 0,
            siblings: self.proof(Address::ZERO).map_or_else(Vec::new, |proof| proof.siblings),
        })
    }

    /// Whether the validation layer says of this text that it is a user's proof. It compares with its own
    /// [answer](Self::answer): hex in either case, with `0x` or without, of which it reads what is in front of the first
    /// other character.
    #[must_use]
    pub fn confirms(&self, user: Address, proof: &str) -> bool {
        let digits = proof.strip_prefix("0x").or_else(|| proof.strip_prefix("0X")).unwrap_or(proof);
        // An odd number of digits lacks a leading zero.
        let zero = Some(0).filter(|_| digits.len() % 2 == 1);
        let nibbles = zero.into_iter().chain(digits.chars().map_while(|digit| digit.to_digit(16)));
        let answer = self.answer(user).to_bytes();
        let answered = answer.iter().flat_map(|byte| [byte >> 4, byte & 0xf]).map(u32::from);
        // A digit that is left alone is not read either.
        let read = nibbles.clone().count() / 2 * 2;
        nibbles.take(read).eq(answered)
    }

    fn leaves(&self) -> Vec<B256> {
        self.iter().map(|(user, fee)| account_leaf(user, fee)).collect()
    }
}

/// Folds leaves to their root, showing each level below it. A single leaf is still hashed with itself.
fn climb(level: &mut Vec<B256>, mut below: impl FnMut(&[B256])) {
    loop {
        below(level);
        *level = level.chunks(2).filter_map(|pair| Some(parent(pair.first()?, pair.last()?))).collect();
        if level.len() <= 1 {
            return;
        }
    }
}

impl FromIterator<(Address, Amount)> for FeeAccounts {
    fn from_iter<I: IntoIterator<Item = (Address, Amount)>>(accounts: I) -> Self {
        Self(accounts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    fn accounts(fees: &[&str]) -> FeeAccounts {
        (1..).zip(fees).map(|(byte, fee)| (Address::repeat_byte(byte), fee_of(fee).unwrap())).collect()
    }

    #[test]
    fn the_roots_are_those_of_the_specification() {
        // validation-layer §3.2
        let fees = ["0", "1000000000000000000", "5", "7", "123456789"];
        for (count, root) in [
            (1, b256!("a2a660dfa30d64575e5b50c22cdcb25d3644c0107eb5e26d5c3ef10ad1283878")),
            (2, b256!("0352b081a09849a02179a3d838f7bd4b2afbe5bdf764cf421ae1ddc89ec88581")),
            (3, b256!("1b23caf551fde470d8bacd7c3f1812dbdc0fd4096a5972a1b66291f278b1fcd7")),
            (5, b256!("ba1ca3079e46af3e4580614642215f057f5af9ce15da6a63c2760f5bf43f8d0f")),
        ] {
            assert_eq!(accounts(&fees[..count]).root(), Ok(root), "{count} accounts");
        }
        assert_eq!(FeeAccounts::new().root(), Err(NoAccounts));
    }

    #[test]
    fn q50_a_fee_loses_its_sign_and_wraps_to_nothing_beyond_256_bits() {
        assert_eq!(fee_of("-5"), Ok(Amount::from_units(5)));
        let large = alloc::format!("{}0", U256::MAX);
        assert_eq!(fee_of(&large), Ok(Amount::ZERO));
        for text in ["", "-", "1.5", "0x10", " 1"] {
            assert!(fee_of(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn q51_an_unknown_user_gets_the_proof_of_address_zero() {
        let mut accounts = accounts(&["1", "2"]);
        let stranger = Address::repeat_byte(9);
        assert_eq!(accounts.proof(stranger), None);
        assert_eq!(accounts.answer(stranger).siblings, Vec::<B256>::new());
        accounts.open(Address::ZERO);
        let answer = accounts.answer(stranger);
        assert_eq!(Some(answer.siblings), accounts.proof(Address::ZERO).map(|proof| proof.siblings));
    }
}
