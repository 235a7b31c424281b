//! Questions to the contracts.

use super::{Tron, state::units};
use crate::{
    failure::Failure,
    field::Field,
    got::Got,
    trace::{Answer, Arguments, Step, id, id_word, root_view},
};
use alloy_primitives::U256;
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};

/// One value, or a revert without a reason.
fn one(value: Option<impl Into<Got>>) -> Answer {
    value.map(|value| vec![value.into()]).ok_or("")
}

fn checked(amount: Result<Amount, AmountError>) -> Answer {
    one(amount.ok().map(units))
}

impl Tron {
    pub(super) fn ask(&self, step: &Step<'_>) -> Result<Answer, Failure> {
        let (at, function) = (step.arg("at")?, step.arg("fn")?);
        let list = step.args.or_default("args", Field::items)?;
        let arguments = Arguments::Fields(&list);
        let name = function.text()?;
        let answer = match at.text()?.trim_start_matches('@') {
            "manager" => self.ask_manager(name, &arguments),
            "info" => self.ask_info(name, &arguments),
            "rootChain" => root_view(&self.root, name, &arguments),
            "token" => self.ask_token(name, &arguments),
            "nft" => self.ask_nft(name, &arguments),
            share => {
                let validator = share.strip_prefix("share:").and_then(|id| id.parse().ok()).map(ValidatorId::new);
                let validator = validator.filter(|validator| self.contract.pool(*validator).is_some());
                self.ask_share(validator.ok_or_else(|| at.refused("a contract"))?, name, &arguments)
            }
        };
        answer.ok_or_else(|| function.refused("a view of that contract, with its arguments"))
    }

    /// The views that are recorded beside a state: of the staking contract, or of a share contract behind its id.
    pub(super) fn view_by_path(&self, name: &str, parts: &[&str]) -> Option<Answer> {
        if ["validatorReward", "delegatorsReward", "isValidator"].contains(&name) {
            return self.ask_manager(name, &Arguments::Texts(parts));
        }
        let (id, rest) = parts.split_first()?;
        let share = ValidatorId::new(id.parse().ok()?);
        self.contract.pool(share)?;
        self.ask_share(share, name, &Arguments::Texts(rest))
    }

    fn ask_manager(&self, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
        let contract = &self.contract;
        let validator = || arguments.word(0).map(id);
        let account = || validator().map(|id| contract.account(id).copied().unwrap_or_default());
        let value: Got = match name {
            "isValidator" => contract.is_validator(validator()?).into(),
            "validatorReward" => return Some(checked(contract.validator_reward(validator()?))),
            "delegatorsReward" => return Some(checked(contract.delegators_reward(validator()?))),
            "validatorStake" => units(account()?.amount),
            "delegatedAmount" => units(account()?.delegated_amount),
            "getValidatorContract" => self.roles.show(account()?.contract),
            "ownerOf" => return Some(one(contract.owner(validator()?).map(|owner| self.roles.show(owner)))),
            "getValidatorId" => return Some(one(contract.validator_of(arguments.address(0)?).map(id_word))),
            "totalStakedFor" => units(contract.total_staked_for(arguments.address(0)?)),
            "epoch" | "currentEpoch" => contract.epoch().get().into(),
            "withdrawalDelay" | "WITHDRAWAL_DELAY" => contract.params().withdrawal_delay.into(),
            "currentValidatorSetSize" => contract.live().heads.into(),
            "currentValidatorSetTotalStake" => units(contract.live().amount),
            "getCurrentSyncedCheckpoint" | "currentHeaderBlockId" => contract.synced(arguments.word(0)?).get().into(),
            "CHAIN_CHECKPOINT_REWARD" => {
                units(contract.params().rewards.get(&arguments.word(0)?).copied().unwrap_or_default())
            }
            "signers" => {
                let place = usize::try_from(arguments.word(0)?).unwrap_or(usize::MAX);
                return Some(one(contract.signers().get(place).map(|signer| self.roles.show(*signer))));
            }
            "signerToValidator" => {
                contract.validator_by_signer(arguments.address(0)?).map_or(U256::ZERO, id_word).into()
            }
            "latestSignerUpdateEpoch" => contract.latest_signer_update(validator()?).unwrap_or_default().get().into(),
            "userFeeExit" => units(contract.fee_claimed(arguments.address(0)?)),
            "validatorAuction" => {
                let auction = contract.auction(validator()?).cloned().unwrap_or_default();
                return Some(Ok(self.auction_fields(&auction).map(|(_, value)| value).to_vec()));
            }
            "validators" => return Some(Ok(self.account_fields(&account()?).map(|(_, value)| value).to_vec())),
            "validatorState" => return Some(Ok(vec![units(contract.live().amount), contract.live().heads.into()])),
            "validatorStateChanges" => {
                let epoch = u64::try_from(arguments.word(0)?).unwrap_or(u64::MAX);
                let change = contract.queued(bttc_core::id::Epoch::new(epoch));
                return Some(Ok(vec![change.amount.into(), change.heads.into()]));
            }
            // The rest are single words, which are read under their names.
            name => return self.readable_word(name),
        };
        Some(Ok(vec![value]))
    }

    /// A word of the staking contract that the readable state has as well.
    fn readable_word(&self, name: &str) -> Option<Answer> {
        let zero: Got = match name {
            "delegationEnabled" | "locked" => false.into(),
            "accountStateRoot" => [0; 32].into(),
            "totalStaked"
            | "rewardPerStake"
            | "prevBlockInterval"
            | "totalRewards"
            | "totalRewardsLiquidated"
            | "totalHeimdallFee"
            | "dynasty"
            | "auctionPeriod"
            | "replacementCoolDown"
            | "minDeposit"
            | "minHeimdallFee"
            | "checkPointBlockInterval"
            | "signerUpdateLimit"
            | "validatorThreshold"
            | "proposerBonus"
            | "NFTCounter"
            | "rewardDecreasePerCheckpoint"
            | "maxRewardedCheckpoints"
            | "checkpointRewardDelta" => 0_u64.into(),
            _ => return None,
        };
        Some(Ok(vec![self.readable().get(&format!("sm.{name}")).cloned().unwrap_or(zero)]))
    }

    fn ask_info(&self, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
        let contract = &self.contract;
        let validator = || arguments.word(0).map(id);
        Some(match name {
            "totalValidatorStake" => one(contract.total_validator_stake(validator()?).ok().map(units)),
            "getStakerDetails" => contract.staker_details(validator()?).map_err(|_| "").map(|details| {
                vec![
                    units(details.amount),
                    units(details.reward),
                    details.activation_epoch.get().into(),
                    details.deactivation_epoch.get().into(),
                    self.roles.show(details.signer),
                    details.status.number().into(),
                ]
            }),
            "getAccountStateRoot" => one(Some(contract.account_root())),
            "getValidatorContractAddress" => {
                let account = contract.account(validator()?).copied().unwrap_or_default();
                one(Some(self.roles.show(account.contract)))
            }
            "validatorNonce" => one(Some(contract.nonce(validator()?).get())),
            _ => return None,
        })
    }

    fn ask_token(&self, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
        let token = self.contract.token();
        let amount = match name {
            "balanceOf" => token.balance(arguments.address(0)?),
            "allowance" => token.allowance(arguments.address(0)?, arguments.address(1)?),
            "totalSupply" => token.supply(),
            _ => return None,
        };
        Some(one(Some(units(amount))))
    }

    fn ask_nft(&self, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
        let nft = self.contract.nft();
        Some(match name {
            "ownerOf" => one(nft.owner(arguments.word(0).map(id)?).map(|owner| self.roles.show(owner))),
            "balanceOf" => {
                let owner = arguments.address(0)?;
                one((!owner.is_zero()).then(|| u8::from(nft.seat_of(owner).is_some())))
            }
            "tokenOfOwnerByIndex" => {
                let first = arguments.word(1)?.is_zero();
                one(nft.seat_of(arguments.address(0)?).filter(|_| first).map(id_word))
            }
            "getApproved" => {
                let token = arguments.word(0).map(id)?;
                one(nft.owner(token).map(|_| self.roles.show(nft.approved(token))))
            }
            "isApprovedForAll" => one(Some(nft.is_operator(arguments.address(0)?, arguments.address(1)?))),
            _ => return None,
        })
    }

    fn ask_share(&self, share: ValidatorId, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
        let (contract, pool) = (&self.contract, self.contract.pool(share)?);
        let user = || arguments.address(0);
        let delegator = || user().map(|user| pool.delegator(user).cloned().unwrap_or_default());
        let value: Got = match name {
            "exchangeRate" => return contract.exchange_rate(share).map(checked),
            "withdrawExchangeRate" => return contract.withdraw_exchange_rate(share).map(checked),
            "getLiquidRewards" => return contract.liquid_rewards(share, user()?).map(checked),
            "getRewardPerShare" => {
                return contract.current_reward_per_share(share).map(|index| checked(index.map(Amount::from_word)));
            }
            "getTotalStake" => {
                let both = contract.total_stake(share, user()?)?;
                return Some(both.map(|(stake, rate)| vec![units(stake), units(rate)]).map_err(|_| ""));
            }
            "balanceOf" => units(delegator()?.shares),
            "initalRewardPerShare" => delegator()?.initial_reward_per_share.into(),
            "unbondNonces" => delegator()?.last_nonce.get().into(),
            "unbonds" => {
                let slot = delegator()?.unbond;
                return Some(Ok(vec![units(slot.shares), slot.epoch.get().into()]));
            }
            "unbonds_new" => {
                let nonce = bttc_core::id::Nonce::new(u64::try_from(arguments.word(1)?).unwrap_or(u64::MAX));
                let unbond = delegator()?.unbonds.get(&nonce).copied().unwrap_or_default();
                return Some(Ok(vec![units(unbond.shares), unbond.epoch.get().into()]));
            }
            "totalSupply" => units(pool.total_shares()),
            "activeAmount" => units(pool.active_amount()),
            "withdrawPool" => units(pool.withdraw_pool()),
            "withdrawShares" => units(pool.withdraw_shares()),
            "rewardPerShare" => pool.reward_per_share().into(),
            "delegation" => (pool.delegation() == bttc_staking::stake::Delegation::Open).into(),
            "locked" => pool.is_locked().into(),
            "validatorId" => id_word(pool.validator()).into(),
            _ => return None,
        };
        Some(Ok(vec![value]))
    }
}
