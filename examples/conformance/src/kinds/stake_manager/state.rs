//! What can be read of the contracts.

use super::Tron;
use crate::{
    got::Got,
    trace::{State, id_word, put_headers},
};
use bttc_core::{amount::Amount, id::ValidatorId};
use bttc_staking::{
    delegation::ValidatorShare,
    stake::{AcceptDelegation, Auction, Delegation, StakeAccount, StakeManager},
};

pub(super) fn units(amount: Amount) -> Got {
    amount.to_word().into()
}

impl Tron {
    pub(super) fn readable(&self) -> State {
        let mut state = State::default();
        self.put_figures(&mut state);
        self.put_maps(&mut state);
        let issued = (1..self.contract.next_id().get()).map(ValidatorId::new);
        for id in issued.chain([ValidatorId::default(), StakeManager::RETIRED]) {
            self.put_validator(id, &mut state);
        }
        for pool in self.contract.pools() {
            self.put_pool(pool, &mut state);
        }
        let (token, manager) = (self.contract.token(), self.contract.address());
        for actor in &self.actors {
            state.put(format_args!("token.balance.{actor:#x}"), units(token.balance(*actor)));
            state.put(format_args!("token.allowance.{actor:#x}"), units(token.allowance(*actor, manager)));
        }
        state.put("token.balance.@manager", units(token.balance(manager)));
        put_headers(&self.root, &mut state);
        state
    }

    fn put_figures(&self, state: &mut State) {
        let (contract, params) = (&self.contract, self.contract.params());
        let shape = &params.shape;
        let figures: [(&str, Got); 26] = [
            ("totalStaked", units(contract.total_staked())),
            ("rewardPerStake", contract.reward_per_stake().into()),
            ("prevBlockInterval", contract.previous_intervals().into()),
            ("totalRewards", units(contract.total_rewards())),
            ("totalRewardsLiquidated", units(contract.total_rewards_claimed())),
            ("totalHeimdallFee", units(contract.total_fees())),
            ("accountStateRoot", contract.account_root().into()),
            ("currentEpoch", contract.epoch().get().into()),
            ("WITHDRAWAL_DELAY", params.withdrawal_delay.into()),
            ("dynasty", params.dynasty.into()),
            ("auctionPeriod", params.auction_period.into()),
            ("replacementCoolDown", contract.replacement_cool_down().into()),
            ("minDeposit", units(params.min_deposit)),
            ("minHeimdallFee", units(params.min_fee)),
            ("checkPointBlockInterval", shape.interval.into()),
            ("signerUpdateLimit", params.signer_update_limit.into()),
            ("validatorThreshold", params.validator_threshold.into()),
            ("proposerBonus", shape.proposer_bonus.into()),
            ("NFTCounter", contract.next_id().get().into()),
            ("delegationEnabled", (params.delegation == Delegation::Open).into()),
            ("locked", contract.is_locked().into()),
            ("rewardDecreasePerCheckpoint", shape.decrease.into()),
            ("maxRewardedCheckpoints", shape.max_intervals.into()),
            ("checkpointRewardDelta", shape.delta.into()),
            ("validatorState.amount", units(contract.live().amount)),
            ("validatorState.stakerCount", contract.live().heads.into()),
        ];
        for (name, value) in figures {
            state.put(format_args!("sm.{name}"), value);
        }
    }

    fn put_maps(&self, state: &mut State) {
        let contract = &self.contract;
        state.put("sm.signers", Got::list(contract.signers().iter().map(|signer| self.roles.show(*signer))));
        for (chain, reward) in &contract.params().rewards {
            state.put(format_args!("sm.chainReward.{chain}"), units(*reward));
        }
        for (chain, number) in contract.all_synced() {
            state.put(format_args!("sm.currentHeaderBlockId.{chain}"), number.get());
        }
        // Changes are queued for the epoch after the current one, so each has been that.
        for (epoch, change) in contract.all_queued() {
            state.put(format_args!("sm.stateChange.{epoch}.amount"), change.amount);
            state.put(format_args!("sm.stateChange.{epoch}.stakerCount"), change.heads);
        }
        for (signer, id) in contract.signers_ever() {
            state.put(format_args!("sm.signerToValidator.{}", self.roles.key(signer)), id_word(id));
        }
        for actor in &self.actors {
            state.put(format_args!("sm.userFeeExit.{actor:#x}"), units(contract.fee_claimed(*actor)));
        }
    }

    fn put_validator(&self, id: ValidatorId, state: &mut State) {
        let (contract, word) = (&self.contract, id_word(id));
        if let Some(account) = contract.account(id) {
            for (field, value) in self.account_fields(account) {
                state.put(format_args!("sm.validator.{word}.{field}"), value);
            }
        }
        if let Some(auction) = contract.auction(id) {
            for (field, value) in self.auction_fields(auction) {
                state.put(format_args!("sm.auction.{word}.{field}"), value);
            }
        }
        let updated = contract.latest_signer_update(id).unwrap_or_default();
        state.put(format_args!("sm.latestSignerUpdateEpoch.{word}"), updated.get());
        state.put(format_args!("info.validatorNonce.{word}"), contract.nonce(id).get());
        state.put(format_args!("nft.owner.{word}"), contract.owner(id).map(|owner| self.roles.show(owner)));
    }

    /// A validator's record, in the order of the contract's getter.
    pub(super) fn account_fields(&self, account: &StakeAccount) -> [(&'static str, Got); 13] {
        [
            ("amount", units(account.amount)),
            ("reward", units(account.reward)),
            ("activationEpoch", account.activation_epoch.get().into()),
            ("deactivationEpoch", account.deactivation_epoch.get().into()),
            ("jailTime", account.jail_time.into()),
            ("signer", self.roles.show(account.signer)),
            ("contractAddress", self.roles.show(account.contract)),
            ("status", account.status.number().into()),
            ("commissionRate", account.commission_rate.into()),
            ("lastCommissionUpdate", account.last_commission_update.get().into()),
            ("delegatorsReward", units(account.delegators_reward)),
            ("delegatedAmount", units(account.delegated_amount)),
            ("initialRewardPerStake", account.initial_reward_per_stake.into()),
        ]
    }

    /// The auction of a seat, in the order of the contract's getter.
    pub(super) fn auction_fields(&self, auction: &Auction) -> [(&'static str, Got); 5] {
        [
            ("amount", units(auction.bid)),
            ("startEpoch", auction.start.get().into()),
            ("user", self.roles.show(auction.bidder)),
            ("acceptDelegation", (auction.accepts == AcceptDelegation::Yes).into()),
            ("signerPubkey", auction.signer_key.clone().into()),
        ]
    }

    fn put_pool(&self, pool: &ValidatorShare, state: &mut State) {
        let at = format!("share.{}", pool.validator());
        let figures: [(&str, Got); 7] = [
            ("totalSupply", units(pool.total_shares())),
            ("activeAmount", units(pool.active_amount())),
            ("withdrawPool", units(pool.withdraw_pool())),
            ("withdrawShares", units(pool.withdraw_shares())),
            ("rewardPerShare", pool.reward_per_share().into()),
            ("delegation", (pool.delegation() == Delegation::Open).into()),
            ("locked", pool.is_locked().into()),
        ];
        for (name, value) in figures {
            state.put(format_args!("{at}.{name}"), value);
        }
        for (user, delegator) in pool.delegators() {
            let user = self.roles.key(user);
            state.put(format_args!("{at}.balance.{user}"), units(delegator.shares));
            state.put(format_args!("{at}.initalRewardPerShare.{user}"), delegator.initial_reward_per_share);
            state.put(format_args!("{at}.unbondNonce.{user}"), delegator.last_nonce.get());
            let slot = (format!("{at}.unbond.{user}"), &delegator.unbond);
            let numbered = delegator.unbonds.iter();
            let numbered = numbered.map(|(nonce, unbond)| (format!("{at}.unbondNew.{user}.{nonce}"), unbond));
            for (path, unbond) in numbered.chain([slot]) {
                state.put(format_args!("{path}.shares"), units(unbond.shares));
                state.put(format_args!("{path}.withdrawEpoch"), unbond.epoch.get());
            }
        }
    }
}
