//! The share contract's state.

use super::{Delegator, rate::precision};
use crate::{stake::Delegation, table::Table};
use alloy_primitives::{Address, U256};
use bttc_core::{amount::Amount, id::ValidatorId};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A validator's share contract. Its owner is the staking contract.
///
/// Source: `root-contracts §7; contracts:staking/validatorShare/ValidatorShare.sol:25-69`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorShare {
    address: Address,
    validator: ValidatorId,
    pub(crate) figures: PoolFigures,
    delegators: Table<Address, Delegator>,
}

/// What it keeps in single words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PoolFigures {
    pub(crate) total_shares: Amount,
    pub(crate) reward_per_share: U256,
    pub(crate) active_amount: Amount,
    pub(crate) withdraw_pool: Amount,
    pub(crate) withdraw_shares: Amount,
    pub(crate) delegation: Delegation,
    pub(crate) locked: bool,
}

impl ValidatorShare {
    /// Least reward that can be taken or delegated: one token.
    ///
    /// Source: `root-contracts §0.3; contracts:staking/validatorShare/ValidatorShare.sol:63`.
    pub const MIN_AMOUNT: Amount = Amount::from_word(U256::from_limbs([Amount::UNITS_PER_BTT, 0, 0, 0]));

    pub(crate) fn new(address: Address, validator: ValidatorId) -> Self {
        let figures = PoolFigures {
            total_shares: Amount::ZERO,
            reward_per_share: U256::ZERO,
            active_amount: Amount::ZERO,
            withdraw_pool: Amount::ZERO,
            withdraw_shares: Amount::ZERO,
            delegation: Delegation::Open,
            locked: false,
        };
        Self { address, validator, figures, delegators: Table::default() }
    }

    /// Where it stands.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The validator it was made for.
    #[must_use]
    pub const fn validator(&self) -> ValidatorId {
        self.validator
    }

    /// All shares.
    #[must_use]
    pub const fn total_shares(&self) -> Amount {
        self.figures.total_shares
    }

    /// Reward per share since the beginning, × 10²⁵.
    #[must_use]
    pub const fn reward_per_share(&self) -> U256 {
        self.figures.reward_per_share
    }

    /// Tokens behind the shares.
    #[must_use]
    pub const fn active_amount(&self) -> Amount {
        self.figures.active_amount
    }

    /// Tokens that were sold and not paid out.
    #[must_use]
    pub const fn withdraw_pool(&self) -> Amount {
        self.figures.withdraw_pool
    }

    /// The parts into which those are divided.
    #[must_use]
    pub const fn withdraw_shares(&self) -> Amount {
        self.figures.withdraw_shares
    }

    /// Whether the validator's signer lets delegators in.
    #[must_use]
    pub const fn delegation(&self) -> Delegation {
        self.figures.delegation
    }

    /// Whether buying is locked, which it is for ever once the validator has announced its exit.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.figures.locked
    }

    /// Somebody who ever had to do with it.
    #[must_use]
    pub fn delegator(&self, user: Address) -> Option<&Delegator> {
        self.delegators.get(user)
    }

    /// Everybody who ever had to do with it, in address order.
    pub fn delegators(&self) -> impl Iterator<Item = (Address, &Delegator)> {
        self.delegators.iter()
    }

    pub(super) fn delegator_or_new(&self, user: Address) -> Delegator {
        self.delegators.at(user)
    }

    pub(super) fn shares_of(&self, user: Address) -> Amount {
        self.delegator(user).map_or(Amount::ZERO, |delegator| delegator.shares)
    }

    pub(super) fn put(&mut self, user: Address, delegator: Delegator) {
        self.delegators.put(user, delegator);
    }

    pub(crate) fn begin(&mut self) {
        self.delegators.begin();
    }

    pub(crate) fn keep(&mut self) {
        self.delegators.keep();
    }

    pub(crate) fn take_back(&mut self, figures: PoolFigures) {
        self.delegators.take_back();
        self.figures = figures;
    }
}

/// A number of shares for people, without a unit of money.
struct InShares(Amount);

impl fmt::Display for InShares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = alloc::format!("{}", self.0);
        f.write_str(text.strip_suffix(" BTT").unwrap_or(&text))
    }
}

impl fmt::Display for ValidatorShare {
    /// A table for people; the alternate form has a line for each delegator.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PoolFigures { total_shares, active_amount, withdraw_pool, delegation, locked, .. } = self.figures;
        writeln!(f, "share contract of validator {} at {}", self.validator, self.address)?;
        let state = match (locked, delegation) {
            (true, _) => "locked",
            (false, Delegation::Open) => "open",
            (false, Delegation::Closed) => "closed",
        };
        writeln!(f, "  {state}, precision {}", precision(self.validator).to_word())?;
        writeln!(f, "  delegated   {active_amount} in {} shares", InShares(total_shares))?;
        writeln!(f, "  leaving     {withdraw_pool}")?;
        write!(f, "  delegators  {}", self.delegators.len())?;
        if f.alternate() {
            for (user, delegator) in self.delegators() {
                let open = delegator.unbonds.len().saturating_add(usize::from(!delegator.unbond.shares.is_zero()));
                write!(f, "\n    {user}  {} shares, {open} leaving", InShares(delegator.shares))?;
            }
        }
        Ok(())
    }
}
