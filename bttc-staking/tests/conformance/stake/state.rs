//! The readable state, as the kind's schema lists it.

use super::{AT, Readable, Run, id_word, show};
use alloy_primitives::{Address, B256};
use bttc_core::{amount::Amount, id::ValidatorId};
use bttc_staking::{
    delegation::{Unbond, ValidatorShare},
    stake::{Delegation, StakeManager},
};

fn units(amount: Amount) -> String {
    amount.to_word().to_string()
}

impl Run {
    pub(super) fn readable(&self) -> Readable {
        let mut map = Readable::new();
        let zero = ["0".to_owned(), "false".into(), format!("{:#x}", Address::ZERO), format!("{:#x}", B256::ZERO)];
        let mut put = |path: String, value: String| {
            if !value.is_empty() && value != "0x" && !zero.contains(&value) {
                map.insert(path, value);
            }
        };
        self.globals(&mut put);
        self.accounts(&mut put);
        for pool in self.contract.pools() {
            read_pool(pool, &mut put);
        }
        let token = self.contract.token();
        for actor in &self.actors {
            put(format!("token.balance.{actor:#x}"), units(token.balance(*actor)));
            put(format!("token.allowance.{actor:#x}"), units(token.allowance(*actor, AT.manager)));
        }
        put("token.balance.@manager".into(), units(token.balance(AT.manager)));
        self.root.read(&mut put);
        map
    }

    fn globals(&self, put: &mut dyn FnMut(String, String)) {
        let contract = &self.contract;
        let params = contract.params();
        let shape = &params.shape;
        for (name, value) in [
            ("totalStaked", units(contract.total_staked())),
            ("rewardPerStake", contract.reward_per_stake().to_string()),
            ("prevBlockInterval", contract.previous_intervals().to_string()),
            ("totalRewards", units(contract.total_rewards())),
            ("totalRewardsLiquidated", units(contract.total_rewards_claimed())),
            ("totalHeimdallFee", units(contract.total_fees())),
            ("accountStateRoot", format!("{:#x}", contract.account_root())),
            ("currentEpoch", contract.epoch().to_string()),
            ("WITHDRAWAL_DELAY", params.withdrawal_delay.to_string()),
            ("dynasty", params.dynasty.to_string()),
            ("auctionPeriod", params.auction_period.to_string()),
            ("replacementCoolDown", contract.replacement_cool_down().to_string()),
            ("minDeposit", units(params.min_deposit)),
            ("minHeimdallFee", units(params.min_fee)),
            ("checkPointBlockInterval", shape.interval.to_string()),
            ("signerUpdateLimit", params.signer_update_limit.to_string()),
            ("validatorThreshold", params.validator_threshold.to_string()),
            ("proposerBonus", shape.proposer_bonus.to_string()),
            ("NFTCounter", contract.next_id().to_string()),
            ("delegationEnabled", (params.delegation == Delegation::Open).to_string()),
            ("locked", contract.is_locked().to_string()),
            ("rewardDecreasePerCheckpoint", shape.decrease.to_string()),
            ("maxRewardedCheckpoints", shape.max_intervals.to_string()),
            ("checkpointRewardDelta", shape.delta.to_string()),
            ("validatorState.amount", units(contract.live().amount)),
            ("validatorState.stakerCount", contract.live().heads.to_string()),
        ] {
            put(format!("sm.{name}"), value);
        }
        let signers: Vec<String> = contract.signers().iter().map(|signer| format!("{signer:#x}")).collect();
        put("sm.signers".into(), signers.join(","));
        for (chain, reward) in &params.rewards {
            put(format!("sm.chainReward.{chain}"), units(*reward));
        }
        for (chain, number) in contract.all_synced() {
            put(format!("sm.currentHeaderBlockId.{chain}"), number.to_string());
        }
        for (epoch, change) in contract.all_queued() {
            put(format!("sm.stateChange.{epoch}.amount"), change.amount.to_string());
            put(format!("sm.stateChange.{epoch}.stakerCount"), change.heads.to_string());
        }
        for (signer, id) in contract.signers_ever() {
            put(format!("sm.signerToValidator.{signer:#x}"), id_word(id).to_string());
        }
        for actor in &self.actors {
            put(format!("sm.userFeeExit.{actor:#x}"), units(contract.fee_claimed(*actor)));
        }
    }

    fn accounts(&self, put: &mut dyn FnMut(String, String)) {
        let contract = &self.contract;
        let issued = (1..contract.next_id().get()).map(ValidatorId::new);
        for id in issued.chain([ValidatorId::default(), StakeManager::RETIRED]) {
            let word = id_word(id);
            if let Some(a) = contract.account(id) {
                for (field, value) in [
                    ("amount", units(a.amount)),
                    ("reward", units(a.reward)),
                    ("activationEpoch", a.activation_epoch.to_string()),
                    ("deactivationEpoch", a.deactivation_epoch.to_string()),
                    ("jailTime", a.jail_time.to_string()),
                    ("signer", format!("{:#x}", a.signer)),
                    ("contractAddress", show(a.contract)),
                    ("status", a.status.number().to_string()),
                    ("commissionRate", a.commission_rate.to_string()),
                    ("lastCommissionUpdate", a.last_commission_update.to_string()),
                    ("delegatorsReward", units(a.delegators_reward)),
                    ("delegatedAmount", units(a.delegated_amount)),
                    ("initialRewardPerStake", a.initial_reward_per_stake.to_string()),
                ] {
                    put(format!("sm.validator.{word}.{field}"), value);
                }
            }
            if let Some(auction) = contract.auction(id) {
                let accepts = auction.accepts == bttc_staking::stake::AcceptDelegation::Yes;
                for (field, value) in [
                    ("amount", units(auction.bid)),
                    ("startEpoch", auction.start.to_string()),
                    ("user", format!("{:#x}", auction.bidder)),
                    ("acceptDelegation", accepts.to_string()),
                    ("signerPubkey", auction.signer_key.to_string()),
                ] {
                    put(format!("sm.auction.{word}.{field}"), value);
                }
            }
            let updated = contract.latest_signer_update(id).unwrap_or_default();
            put(format!("sm.latestSignerUpdateEpoch.{word}"), updated.to_string());
            put(format!("info.validatorNonce.{word}"), contract.nonce(id).to_string());
            put(format!("nft.owner.{word}"), contract.owner(id).map_or_else(String::new, show));
        }
    }
}

fn read_pool(pool: &ValidatorShare, put: &mut dyn FnMut(String, String)) {
    let at = format!("share.{}", pool.validator());
    for (name, value) in [
        ("totalSupply", units(pool.total_shares())),
        ("activeAmount", units(pool.active_amount())),
        ("withdrawPool", units(pool.withdraw_pool())),
        ("withdrawShares", units(pool.withdraw_shares())),
        ("rewardPerShare", pool.reward_per_share().to_string()),
        ("delegation", (pool.delegation() == Delegation::Open).to_string()),
        ("locked", pool.is_locked().to_string()),
    ] {
        put(format!("{at}.{name}"), value);
    }
    for (user, delegator) in pool.delegators() {
        let user = show(user);
        put(format!("{at}.balance.{user}"), units(delegator.shares));
        put(format!("{at}.initalRewardPerShare.{user}"), delegator.initial_reward_per_share.to_string());
        put(format!("{at}.unbondNonce.{user}"), delegator.last_nonce.to_string());
        let mut unbond = |path: String, unbond: &Unbond| {
            put(format!("{path}.shares"), units(unbond.shares));
            put(format!("{path}.withdrawEpoch"), unbond.epoch.to_string());
        };
        unbond(format!("{at}.unbond.{user}"), &delegator.unbond);
        for (nonce, one) in &delegator.unbonds {
            unbond(format!("{at}.unbondNew.{user}.{nonce}"), one);
        }
    }
}
