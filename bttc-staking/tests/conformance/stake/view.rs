//! Read-only calls.

use super::{Run, id_word, resolve, show, text, validator};
use crate::vectors::{object, word};
use alloy_primitives::{Address, U256};
use bttc_core::amount::{Amount, AmountError};
use bttc_staking::stake::AcceptDelegation;
use serde_json::{Value, json};

/// What a call returned, or its revert text.
type Answer = Result<Vec<Value>, String>;

fn number(word: U256) -> Value {
    word.to_string().into()
}

fn units(amount: Amount) -> Value {
    number(amount.to_word())
}

fn checked(amount: Result<Amount, AmountError>) -> Answer {
    amount.map(|amount| vec![units(amount)]).map_err(|_| String::new())
}

/// Views of a share contract that must be there.
fn of_pool<T>(answer: Option<T>) -> T {
    answer.expect("there is such a share contract")
}

impl Run {
    pub(super) fn view(&self, at: &str, function: &str, args: &[Value]) -> Answer {
        let first = args.first().unwrap_or(&Value::Null);
        match at {
            "manager" => self.manager(function, first),
            "info" => self.info(function, first),
            "rootChain" => {
                let known = |word: Option<U256>| word.map(|word| vec![number(word)]).ok_or_else(String::new);
                match function {
                    "currentHeaderBlock" => known(self.root.current()),
                    "getLastChildBlock" => known(self.root.last_child_block()),
                    "headerBlocks" => Ok(self.root.record(word(first))),
                    other => panic!("unknown view {other} of the root chain"),
                }
            }
            "token" => {
                let token = self.contract.token();
                Ok(vec![units(match function {
                    "balanceOf" => token.balance(resolve(first)),
                    "allowance" => token.allowance(resolve(first), resolve(&args[1])),
                    "totalSupply" => token.supply(),
                    other => panic!("unknown view {other} of the token"),
                })])
            }
            "nft" => {
                let nft = self.contract.nft();
                match function {
                    "ownerOf" => nft.owner(validator(first)).map(|owner| vec![json!(show(owner))]).ok_or_default(),
                    "balanceOf" if resolve(first).is_zero() => Err(String::new()),
                    "balanceOf" => Ok(vec![json!(u8::from(nft.seat_of(resolve(first)).is_some()))]),
                    other => panic!("unknown view {other} of the staking tokens"),
                }
            }
            pool => self.pool_view(pool.strip_prefix("share:").expect("is a share contract"), function, first),
        }
    }

    fn manager(&self, function: &str, first: &Value) -> Answer {
        let contract = &self.contract;
        let id = validator(first);
        let account = contract.account(id).copied().unwrap_or_default();
        let one = match function {
            "isValidator" => json!(contract.is_validator(id)),
            "validatorReward" => return checked(contract.validator_reward(id)),
            "delegatorsReward" => return checked(contract.delegators_reward(id)),
            "validatorStake" => units(account.amount),
            "delegatedAmount" => units(account.delegated_amount),
            "getValidatorContract" => json!(show(account.contract)),
            "ownerOf" => return contract.owner(id).map(|owner| vec![json!(show(owner))]).ok_or_default(),
            "getValidatorId" => {
                let seat = contract.validator_of(resolve(first));
                return seat.map(|id| vec![number(id_word(id))]).ok_or_default();
            }
            "totalStakedFor" => units(contract.total_staked_for(resolve(first))),
            "epoch" | "currentEpoch" => json!(contract.epoch()),
            "withdrawalDelay" | "WITHDRAWAL_DELAY" => number(contract.params().withdrawal_delay),
            "currentValidatorSetSize" => json!(contract.live().heads),
            "currentValidatorSetTotalStake" => units(contract.live().amount),
            "getCurrentSyncedCheckpoint" | "currentHeaderBlockId" => json!(contract.synced(word(first))),
            "CHAIN_CHECKPOINT_REWARD" => {
                units(contract.params().rewards.get(&word(first)).copied().unwrap_or_default())
            }
            "signers" => {
                let signer = usize::try_from(word(first)).ok().and_then(|place| contract.signers().get(place));
                return signer.map(|signer| vec![json!(signer)]).ok_or_default();
            }
            "signerToValidator" => number(contract.validator_by_signer(resolve(first)).map_or(U256::ZERO, id_word)),
            "latestSignerUpdateEpoch" => json!(contract.latest_signer_update(id).unwrap_or_default()),
            "userFeeExit" => units(contract.fee_claimed(resolve(first))),
            "totalStaked" => units(contract.total_staked()),
            "totalRewards" => units(contract.total_rewards()),
            "totalHeimdallFee" => units(contract.total_fees()),
            "NFTCounter" => json!(contract.next_id()),
            "locked" => json!(contract.is_locked()),
            "validatorAuction" => {
                let auction = contract.auction(id).cloned().unwrap_or_default();
                return Ok(vec![
                    units(auction.bid),
                    json!(auction.start),
                    json!(auction.bidder),
                    json!(auction.accepts == AcceptDelegation::Yes),
                    json!(auction.signer_key),
                ]);
            }
            "validators" => {
                return Ok(vec![
                    units(account.amount),
                    units(account.reward),
                    json!(account.activation_epoch),
                    json!(account.deactivation_epoch),
                    json!(account.jail_time),
                    json!(account.signer),
                    json!(show(account.contract)),
                    json!(account.status.number()),
                    json!(account.commission_rate),
                    json!(account.last_commission_update),
                    units(account.delegators_reward),
                    units(account.delegated_amount),
                    number(account.initial_reward_per_stake),
                ]);
            }
            other => panic!("unknown view {other} of the staking contract"),
        };
        Ok(vec![one])
    }

    fn info(&self, function: &str, first: &Value) -> Answer {
        let contract = &self.contract;
        let id = validator(first);
        match function {
            "totalValidatorStake" => {
                contract.total_validator_stake(id).map(|stake| vec![units(stake)]).map_err(|_| String::new())
            }
            "getStakerDetails" => {
                let of = contract.staker_details(id).map_err(|_| String::new())?;
                Ok(vec![
                    units(of.amount),
                    units(of.reward),
                    json!(of.activation_epoch),
                    json!(of.deactivation_epoch),
                    json!(of.signer),
                    json!(of.status.number()),
                ])
            }
            "getAccountStateRoot" => Ok(vec![json!(contract.account_root())]),
            "getValidatorContractAddress" => {
                Ok(vec![json!(show(contract.account(id).map_or(Address::ZERO, |account| account.contract)))])
            }
            "validatorNonce" => Ok(vec![json!(contract.nonce(id))]),
            other => panic!("unknown view {other} of the staking information contract"),
        }
    }

    fn pool_view(&self, id: &str, function: &str, first: &Value) -> Answer {
        let contract = &self.contract;
        let id = validator(&json!(id));
        let pool = of_pool(contract.pool(id));
        let user = || resolve(first);
        match function {
            "exchangeRate" => checked(of_pool(contract.exchange_rate(id))),
            "withdrawExchangeRate" => checked(of_pool(contract.withdraw_exchange_rate(id))),
            "getLiquidRewards" => checked(of_pool(contract.liquid_rewards(id, user()))),
            "getRewardPerShare" => checked(of_pool(contract.current_reward_per_share(id)).map(Amount::from_word)),
            "getTotalStake" => {
                let both = of_pool(contract.total_stake(id, user()));
                both.map(|(stake, rate)| vec![units(stake), units(rate)]).map_err(|_| String::new())
            }
            "balanceOf" => Ok(vec![units(pool.delegator(user()).map_or(Amount::ZERO, |delegator| delegator.shares))]),
            "totalSupply" => Ok(vec![units(pool.total_shares())]),
            "activeAmount" => Ok(vec![units(pool.active_amount())]),
            "locked" => Ok(vec![json!(pool.is_locked())]),
            "validatorId" => Ok(vec![json!(pool.validator())]),
            other => panic!("unknown view {other} of a share contract"),
        }
    }

    /// Compares the views that are recorded beside a state, and counts them.
    pub(super) fn check_views(&self, views: &Value, at: &str) -> usize {
        if views.is_null() {
            return 0;
        }
        for (path, expected) in object(views) {
            let parts: Vec<&str> = path.split('.').collect();
            let [function, id, users @ ..] = &parts[..] else { panic!("{at}: {path} is no view") };
            let of_share = !["validatorReward", "delegatorsReward", "isValidator"].contains(function);
            let got = if of_share {
                let users: Vec<Value> = users.iter().map(|user| json!(user)).collect();
                self.view(&format!("share:{id}"), function, &users)
            } else {
                self.view("manager", function, &[json!(id)])
            };
            let expected = match expected.get("revert") {
                Some(reason) => Err(text(reason)),
                None => Ok(text(expected)),
            };
            assert_eq!(got.map(|answer| text(&Value::Array(answer))), expected, "{at}: {path}");
        }
        object(views).len()
    }
}

/// Nothing is a revert without a reason.
trait OkOrDefault<T> {
    fn ok_or_default(self) -> Result<T, String>;
}

impl<T> OkOrDefault<T> for Option<T> {
    fn ok_or_default(self) -> Result<T, String> {
        self.ok_or_else(String::new)
    }
}
