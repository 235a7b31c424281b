//! The staking contract on TRON as a value: who staked what, who signs for it, what it has earned.
//!
//! ```text
//!  owner ──stake_for(amount, fee, key)──▶ account ──Staked──▶ validation layer
//!                                           │  ▲
//!                     check_signatures ─────┘  └── reward index (see `reward`)
//!                          │
//!                          └──▶ epoch E + 1, and the changes of the live set queued for it
//! ```
//!
//! Amounts are base units, epochs count acknowledged TRON checkpoints from 1. Ids start at 1; the contract's
//! "no validator", 2²⁵⁶ − 1, is [`StakeManager::RETIRED`].
//!
//! Source: `root-contracts §3-4; contracts:staking/stakeManager/StakeManager.sol,
//! contracts:staking/stakeManager/StakeManagerStorage.sol`.
//!
//! ```
//! use alloy_primitives::Address;
//! use bttc_core::{amount::Amount, root_chain::RootChainId};
//! use bttc_staking::{stake::{StakeManager, StakeParams}, token::Token};
//!
//! let contract = StakeManager::new(
//!     Address::repeat_byte(1),
//!     Address::repeat_byte(2),
//!     Token::default(),
//!     StakeParams::default(), // those of the public networks
//! );
//! let reward = contract.params().rewards[&RootChainId::Tron.number().into()];
//! assert_eq!(reward, Amount::from_btt(29_761_460));
//! assert_eq!(contract.epoch().get(), 1);
//! ```

mod account;
mod event;
mod governance;
mod params;
mod signers;
mod staking;

pub use account::{StakeAccount, StakeStatus};
pub use event::StakeEvent;
pub use governance::{Delegation, GovernanceError};
pub use params::{RewardShape, StakeParams};
pub use signers::SignerList;
pub use staking::{StakeFor, StakeForError, TopUpError, WithdrawError};

use crate::token::Token;
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256, Bytes, I256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{CheckpointNumber, Epoch, Nonce, ValidatorId},
    quorum::HeadQuorum,
};
use serde::{Deserialize, Serialize};

/// The contract's state, the staking information contract's nonces and the staking tokens' owners included.
///
/// Source: `root-contracts §3.2; contracts:staking/stakeManager/StakeManagerStorage.sol:55-97`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeManager {
    pub(crate) address: Address,
    pub(crate) governance: Address,
    pub(crate) token: Token,
    pub(crate) params: StakeParams,
    pub(crate) locked: bool,
    pub(crate) accounts: BTreeMap<ValidatorId, StakeAccount>,
    pub(crate) owners: BTreeMap<ValidatorId, Address>,
    pub(crate) nonces: BTreeMap<ValidatorId, Nonce>,
    pub(crate) auctions: BTreeMap<ValidatorId, Auction>,
    pub(crate) signers: SignerList,
    pub(crate) signer_to_validator: BTreeMap<Address, ValidatorId>,
    pub(crate) latest_signer_update: BTreeMap<ValidatorId, Epoch>,
    pub(crate) next_id: ValidatorId,
    pub(crate) live: LiveSet,
    pub(crate) queued: BTreeMap<Epoch, LiveSetChange>,
    pub(crate) epoch: Epoch,
    pub(crate) replacement_cool_down: Epoch,
    pub(crate) reward_per_stake: U256,
    pub(crate) previous_intervals: U256,
    pub(crate) synced: BTreeMap<u64, CheckpointNumber>,
    pub(crate) account_root: B256,
    pub(crate) total_staked: Amount,
    pub(crate) total_rewards: Amount,
    pub(crate) total_rewards_claimed: Amount,
    pub(crate) total_fees: Amount,
}

/// Stake and heads of those that are validators now.
///
/// Source: `root-contracts §3.2 "validatorState"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSet {
    /// Their stake and what is delegated to them.
    pub amount: Amount,
    /// How many they are.
    pub heads: u64,
}

/// What an epoch will change in the live set when it comes.
///
/// Source: `root-contracts §3.2 "validatorStateChanges"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSetChange {
    /// Stake and delegation, signed.
    pub amount: I256,
    /// Heads, signed.
    pub heads: i64,
}

/// The auction of a validator's seat.
///
/// Source: `root-contracts §3.2 "validatorAuction"`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auction {
    /// Highest bid; nothing while there is none.
    pub bid: Amount,
    /// Epoch from which the auction's periods are counted.
    pub start: Epoch,
    /// Who bid; zero while nobody did.
    pub bidder: Address,
    /// Share contract the bidder would have, if he takes delegation.
    pub share_contract: Option<Address>,
    /// Key the bidder would sign with, not yet looked at.
    pub signer_key: Bytes,
}

impl StakeManager {
    /// What a replaced signer key stands for instead of a validator: 2²⁵⁶ − 1 in the contract.
    pub const RETIRED: ValidatorId = ValidatorId::new(u64::MAX);

    /// The contract as deployed at `address`, holding its token.
    #[must_use]
    pub fn new(address: Address, governance: Address, token: Token, params: StakeParams) -> Self {
        Self {
            address,
            governance,
            token,
            params,
            locked: false,
            accounts: BTreeMap::new(),
            owners: BTreeMap::new(),
            nonces: BTreeMap::new(),
            auctions: BTreeMap::new(),
            signers: SignerList::default(),
            signer_to_validator: BTreeMap::new(),
            latest_signer_update: BTreeMap::new(),
            next_id: ValidatorId::new(1),
            live: LiveSet::default(),
            queued: BTreeMap::new(),
            epoch: Epoch::new(1),
            replacement_cool_down: Epoch::new(0),
            reward_per_stake: U256::ZERO,
            previous_intervals: U256::ZERO,
            synced: BTreeMap::new(),
            account_root: B256::ZERO,
            total_staked: Amount::ZERO,
            total_rewards: Amount::ZERO,
            total_rewards_claimed: Amount::ZERO,
            total_fees: Amount::ZERO,
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Who may turn its knobs.
    #[must_use]
    pub const fn governance(&self) -> Address {
        self.governance
    }

    /// The token it is paid in.
    #[must_use]
    pub const fn token(&self) -> &Token {
        &self.token
    }

    /// The token, for everybody's own transfers and approvals.
    pub const fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }

    /// The numbers it works by.
    #[must_use]
    pub const fn params(&self) -> &StakeParams {
        &self.params
    }

    /// Whether staking and topping up are locked.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// The current epoch.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// A validator's account. Id 0 is there once an unknown proposer's bonus went to it.
    #[must_use]
    pub fn account(&self, id: ValidatorId) -> Option<&StakeAccount> {
        self.accounts.get(&id)
    }

    /// All accounts, in id order.
    pub fn accounts(&self) -> impl Iterator<Item = (ValidatorId, &StakeAccount)> {
        self.accounts.iter().map(|(id, account)| (*id, account))
    }

    /// Owner of a validator's staking token.
    #[must_use]
    pub fn owner(&self, id: ValidatorId) -> Option<Address> {
        self.owners.get(&id).copied()
    }

    /// The validator whose staking token somebody owns; nobody owns two.
    #[must_use]
    pub fn validator_of(&self, owner: Address) -> Option<ValidatorId> {
        self.owners.iter().find(|(_, o)| **o == owner).map(|(id, _)| *id)
    }

    /// The validator a signer key was ever used for; [`StakeManager::RETIRED`] once it was replaced.
    #[must_use]
    pub fn validator_by_signer(&self, signer: Address) -> Option<ValidatorId> {
        self.signer_to_validator.get(&signer).copied()
    }

    /// The nonce of a validator's last numbered event; 0 before the first.
    #[must_use]
    pub fn nonce(&self, id: ValidatorId) -> Nonce {
        self.nonces.get(&id).copied().unwrap_or_default()
    }

    /// The auction of a validator's seat; there from the moment it staked.
    #[must_use]
    pub fn auction(&self, id: ValidatorId) -> Option<&Auction> {
        self.auctions.get(&id)
    }

    /// Epoch in which a validator last set its signer key, staking included.
    #[must_use]
    pub fn latest_signer_update(&self, id: ValidatorId) -> Option<Epoch> {
        self.latest_signer_update.get(&id).copied()
    }

    /// Signers of those that have not announced their exit, ascending.
    #[must_use]
    pub fn signers(&self) -> &[Address] {
        self.signers.as_slice()
    }

    /// The id the next validator gets.
    #[must_use]
    pub const fn next_id(&self) -> ValidatorId {
        self.next_id
    }

    /// Stake and heads now.
    #[must_use]
    pub const fn live(&self) -> LiveSet {
        self.live
    }

    /// What an epoch will change; nothing if none is queued.
    #[must_use]
    pub fn queued(&self, epoch: Epoch) -> LiveSetChange {
        self.queued.get(&epoch).copied().unwrap_or_default()
    }

    /// First epoch in which auctions start again.
    #[must_use]
    pub const fn replacement_cool_down(&self) -> Epoch {
        self.replacement_cool_down
    }

    /// Reward per base unit of stake since the beginning, × 10²⁵.
    #[must_use]
    pub const fn reward_per_stake(&self) -> U256 {
        self.reward_per_stake
    }

    /// Full intervals of the last checkpoint that had any, on whichever root chain.
    #[must_use]
    pub const fn previous_intervals(&self) -> U256 {
        self.previous_intervals
    }

    /// Last checkpoint of another root chain that was reported here; 0 before the first.
    #[must_use]
    pub fn synced(&self, root_chain: u64) -> CheckpointNumber {
        self.synced.get(&root_chain).copied().unwrap_or_default()
    }

    /// Root over the fee accounts, from the last checkpoint.
    #[must_use]
    pub const fn account_root(&self) -> B256 {
        self.account_root
    }

    /// All self-stake, that of leaving validators included.
    #[must_use]
    pub const fn total_staked(&self) -> Amount {
        self.total_staked
    }

    /// All rewards of all checkpoints.
    #[must_use]
    pub const fn total_rewards(&self) -> Amount {
        self.total_rewards
    }

    /// All rewards validators took out.
    #[must_use]
    pub const fn total_rewards_claimed(&self) -> Amount {
        self.total_rewards_claimed
    }

    /// All fees topped up and not claimed back.
    #[must_use]
    pub const fn total_fees(&self) -> Amount {
        self.total_fees
    }

    /// Whether somebody is a validator in the current epoch.
    #[must_use]
    pub fn is_validator(&self, id: ValidatorId) -> bool {
        self.account(id).is_some_and(|account| account.is_validator_at(self.epoch))
    }

    /// Who has a vote in the current epoch, one head each, whatever the stake.
    #[must_use]
    pub fn quorum(&self) -> HeadQuorum {
        let live = self.accounts.values().filter(|a| a.is_validator_at(self.epoch));
        HeadQuorum::over(live.map(|a| a.signer))
    }

    /// What a validator could take out: credited and not yet credited.
    ///
    /// # Errors
    /// [`AmountError`] where the contract reverts: for an unknown id, which has not even the one unit to subtract.
    pub fn validator_reward(&self, id: ValidatorId) -> Result<Amount, AmountError> {
        let mut account = self.account(id).copied().unwrap_or_default();
        account.settle(self.reward_per_stake)?;
        account.reward.checked_sub(StakeAccount::BIAS)
    }

    /// What a validator's delegators could take out together.
    ///
    /// # Errors
    /// As [`StakeManager::validator_reward`].
    pub fn delegators_reward(&self, id: ValidatorId) -> Result<Amount, AmountError> {
        let mut account = self.account(id).copied().unwrap_or_default();
        account.settle(self.reward_per_stake)?;
        account.delegators_reward.checked_sub(StakeAccount::BIAS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reward_of_an_unknown_id_reverts() {
        let contract = StakeManager::new(
            Address::repeat_byte(1),
            Address::repeat_byte(2),
            Token::default(),
            StakeParams::default(),
        );
        assert_eq!(contract.validator_reward(ValidatorId::new(9)), Err(AmountError::Sub(U256::ZERO, U256::from(1))));
    }
}
