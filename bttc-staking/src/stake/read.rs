//! What is stored, to be read.

use super::{Auction, Deployment, LiveSet, LiveSetChange, StakeAccount, StakeManager, StakeParams, StakingNft};
use crate::{delegation::ValidatorShare, token::Token};
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::Amount,
    id::{CheckpointNumber, Epoch, Nonce, ValidatorId},
};

impl StakeManager {
    /// Where it stands.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.deployment.manager
    }

    /// Who may turn its knobs.
    #[must_use]
    pub const fn governance(&self) -> Address {
        self.deployment.governance
    }

    /// Where it and the contracts around it stand.
    #[must_use]
    pub const fn deployment(&self) -> &Deployment {
        &self.deployment
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

    /// The staking tokens.
    #[must_use]
    pub const fn nft(&self) -> &StakingNft {
        &self.nft
    }

    /// The staking tokens, for everybody's own transfers and approvals.
    pub const fn nft_mut(&mut self) -> &mut StakingNft {
        &mut self.nft
    }

    /// The numbers it works by.
    #[must_use]
    pub const fn params(&self) -> &StakeParams {
        &self.params
    }

    /// Whether staking, topping up, restaking and auctions are locked.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.figures.locked
    }

    /// The current epoch.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.figures.epoch
    }

    /// A validator's account. Id 0 and [`StakeManager::RETIRED`] are there once a bonus for a proposer nobody knows
    /// went to them.
    #[must_use]
    pub fn account(&self, id: ValidatorId) -> Option<&StakeAccount> {
        self.accounts.get(id)
    }

    /// All accounts, in id order.
    pub fn accounts(&self) -> impl Iterator<Item = (ValidatorId, &StakeAccount)> {
        self.accounts.iter()
    }

    /// The share contract that was made for a validator.
    #[must_use]
    pub fn pool(&self, id: ValidatorId) -> Option<&ValidatorShare> {
        self.pools.get(&id)
    }

    /// All share contracts, in the order of their validators' ids.
    pub fn pools(&self) -> impl Iterator<Item = &ValidatorShare> {
        self.pools.values()
    }

    /// The validator for which a share contract was made.
    #[must_use]
    pub fn validator_at(&self, share_contract: Address) -> Option<ValidatorId> {
        self.pool_at.get(share_contract).copied()
    }

    /// Owner of a validator's staking token.
    #[must_use]
    pub fn owner(&self, id: ValidatorId) -> Option<Address> {
        self.nft.owner(id)
    }

    /// The validator whose staking token somebody owns; nobody owns two.
    #[must_use]
    pub fn validator_of(&self, owner: Address) -> Option<ValidatorId> {
        self.nft.seat_of(owner)
    }

    /// The validator a signer key was ever used for; [`StakeManager::RETIRED`] once it was replaced.
    #[must_use]
    pub fn validator_by_signer(&self, signer: Address) -> Option<ValidatorId> {
        self.signer_to_validator.get(signer).copied()
    }

    /// Every signer ever used, in address order, and its validator.
    pub fn signers_ever(&self) -> impl Iterator<Item = (Address, ValidatorId)> {
        self.signer_to_validator.iter().map(|(signer, id)| (signer, *id))
    }

    /// The nonce of a validator's last numbered event; 0 before the first.
    #[must_use]
    pub fn nonce(&self, id: ValidatorId) -> Nonce {
        self.nonces.at(id)
    }

    /// The auction of a validator's seat; there from the moment it staked.
    #[must_use]
    pub fn auction(&self, id: ValidatorId) -> Option<&Auction> {
        self.auctions.get(id)
    }

    /// Epoch in which a validator last set its signer key, staking included.
    #[must_use]
    pub fn latest_signer_update(&self, id: ValidatorId) -> Option<Epoch> {
        self.latest_signer_update.get(id).copied()
    }

    /// Signers of those that have not announced their exit, ascending.
    #[must_use]
    pub const fn signers(&self) -> &[Address] {
        self.signers.as_slice()
    }

    /// The id the next validator gets.
    #[must_use]
    pub const fn next_id(&self) -> ValidatorId {
        self.figures.next_id
    }

    /// Stake and heads now.
    #[must_use]
    pub const fn live(&self) -> LiveSet {
        self.figures.live
    }

    /// What an epoch will change; nothing if none is queued.
    #[must_use]
    pub fn queued(&self, epoch: Epoch) -> LiveSetChange {
        self.queued.at(epoch)
    }

    /// All changes that are kept, by epoch. Those of an epoch stay until the next one begins.
    pub fn all_queued(&self) -> impl Iterator<Item = (Epoch, LiveSetChange)> {
        self.queued.iter().map(|(epoch, change)| (epoch, *change))
    }

    /// First epoch in which auctions start again.
    #[must_use]
    pub const fn replacement_cool_down(&self) -> U256 {
        self.figures.replacement_cool_down
    }

    /// Reward per base unit of stake since the beginning, × 10²⁵.
    #[must_use]
    pub const fn reward_per_stake(&self) -> U256 {
        self.figures.reward_per_stake
    }

    /// Full intervals of the last checkpoint that had any, on whichever root chain.
    #[must_use]
    pub const fn previous_intervals(&self) -> U256 {
        self.figures.previous_intervals
    }

    /// Last checkpoint of another root chain that was reported here; 0 before the first.
    #[must_use]
    pub fn synced(&self, root_chain: U256) -> CheckpointNumber {
        self.synced.at(root_chain)
    }

    /// All root chains of which a checkpoint was reported here, and the last one of each.
    pub fn all_synced(&self) -> impl Iterator<Item = (U256, CheckpointNumber)> {
        self.synced.iter().map(|(root_chain, number)| (root_chain, *number))
    }

    /// Root over the fee accounts, from the last checkpoint.
    #[must_use]
    pub const fn account_root(&self) -> B256 {
        self.figures.account_root
    }

    /// What somebody has claimed from his fee account in all.
    #[must_use]
    pub fn fee_claimed(&self, user: Address) -> Amount {
        self.fees_claimed.at(user)
    }

    /// All self-stake, that of leaving validators included.
    #[must_use]
    pub const fn total_staked(&self) -> Amount {
        self.figures.total_staked
    }

    /// All rewards of all checkpoints.
    #[must_use]
    pub const fn total_rewards(&self) -> Amount {
        self.figures.total_rewards
    }

    /// All rewards validators took out.
    #[must_use]
    pub const fn total_rewards_claimed(&self) -> Amount {
        self.figures.total_rewards_claimed
    }

    /// All fees topped up and not claimed back.
    #[must_use]
    pub const fn total_fees(&self) -> Amount {
        self.figures.total_fees
    }
}
