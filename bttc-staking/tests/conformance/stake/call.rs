//! A step of a trace as a call of the contracts.

use super::{Done, Outcome, Run, resolve, role, share, validator};
use crate::vectors::{bytes, hash, list, text_of, word};
use alloy_primitives::{Address, I256, U256};
use bttc_core::{
    amount::Amount,
    id::{Epoch, Nonce},
    signature::SignatureWords,
};
use bttc_staking::{
    delegation::Allowance,
    stake::{
        AcceptDelegation, Bid, Delegation, Dethrone, LogWriter, NftEvent, Operator, Reinitialize, StakeEvent, StakeFor,
        StakeRewards,
    },
    token::{TokenError, TokenEvent},
};
use serde_json::{Value, json};

fn words(value: &Value) -> Vec<SignatureWords> {
    list(value)
        .iter()
        .map(|item| {
            let item = bytes(item);
            let word = |place: usize| U256::from_be_slice(&item[32 * place..32 * place + 32]);
            SignatureWords { r: word(0), s: word(1), v: word(2) }
        })
        .collect()
}

/// A number that fits in 64 bits, or the largest that does: where only larger ones differ, all of them are refused.
fn most(value: &Value) -> u64 {
    u64::try_from(word(value)).unwrap_or(u64::MAX)
}

fn done(returned: Vec<Value>, log: impl IntoIterator<Item = StakeEvent>) -> Done {
    Done { returned, log: log.into_iter().map(Into::into).collect() }
}

fn logs(log: Vec<StakeEvent>) -> Done {
    done(Vec::new(), log)
}

fn one(event: StakeEvent) -> Done {
    logs(vec![event])
}

fn none(_: ()) -> Done {
    logs(Vec::new())
}

fn n(amount: Amount) -> Value {
    amount.to_word().to_string().into()
}

/// Runs calls whose errors have a `reason`.
macro_rules! outcome {
    ($result:expr, $done:expr) => {
        $result.map($done).map_err(|error| error.reason().to_owned())
    };
}

fn silent<T, E>(result: Result<T, E>, done: impl FnOnce(T) -> Done) -> Outcome {
    result.map(done).map_err(|_| String::new())
}

fn switch(flag: &Value) -> Delegation {
    if *flag == json!(true) { Delegation::Open } else { Delegation::Closed }
}

fn accepts(flag: &Value) -> AcceptDelegation {
    if *flag == json!(true) { AcceptDelegation::Yes } else { AcceptDelegation::No }
}

impl Run {
    pub(super) fn step(&mut self, step: &Value) -> Outcome {
        let (op, caller, args) = (text_of(&step["op"]), resolve(&step["caller"]), &step["args"]);
        match op.split_once('.') {
            None => self.call(op, caller, args, word(&step["time"])),
            Some(("share", function)) => self.share_call(function, caller, args),
            Some(("token", function)) => self.token_call(function, caller, args),
            Some(("nft", function)) => self.nft_call(function, caller, args),
            Some(("info", function)) => self.info_call(function, caller, args),
            Some(_) => panic!("unknown operation {op}"),
        }
    }

    fn call(&mut self, op: &str, caller: Address, args: &Value, now: U256) -> Outcome {
        let contract = &mut self.contract;
        let amount = |field: &str| Amount::from_word(word(&args[field]));
        let at = |field: &str| resolve(&args[field]);
        let id = validator(&args["validatorId"]);
        // The factory's next creation.
        let next_share = share(contract.next_id().get());
        match op {
            "stakeFor" => {
                let stake = StakeFor {
                    user: at("user"),
                    amount: amount("amount"),
                    fee: amount("heimdallFee"),
                    signer_key: bytes(&args["signerPubkey"]),
                    share_contract: (args["acceptDelegation"] == json!(true)).then_some(next_share),
                };
                outcome!(contract.stake_for(caller, &stake), logs)
            }
            "topUpForFee" => outcome!(contract.top_up_for_fee(caller, at("user"), amount("heimdallFee")), logs),
            "claimFee" => {
                let (index, proof) = (word(&args["index"]), bytes(&args["proof"]));
                outcome!(contract.claim_fee(caller, amount("accumFeeAmount"), index, &proof), logs)
            }
            "unstake" => outcome!(contract.unstake(caller, id), logs),
            "forceUnstake" => outcome!(contract.force_unstake(caller, id), logs),
            "unstakeClaim" => outcome!(contract.unstake_claim(caller, id), logs),
            "restake" => {
                let rewards = if args["stakeRewards"] == json!(true) { StakeRewards::Add } else { StakeRewards::Leave };
                outcome!(contract.restake(caller, id, amount("amount"), rewards), logs)
            }
            "withdrawRewards" => outcome!(contract.withdraw_rewards(caller, id), logs),
            "updateSigner" => outcome!(contract.update_signer(caller, id, &bytes(&args["signerPubkey"])), logs),
            "updateCommissionRate" => {
                outcome!(contract.update_commission_rate(caller, id, most(&args["newCommissionRate"])), logs)
            }
            "startAuction" => {
                let bid = Bid {
                    validator: id,
                    amount: amount("amount"),
                    accepts: accepts(&args["acceptDelegation"]),
                    signer_key: bytes(&args["signerPubkey"]),
                };
                outcome!(contract.start_auction(caller, &bid), logs)
            }
            "confirmAuctionBid" => {
                outcome!(contract.confirm_auction_bid(caller, id, amount("heimdallFee"), next_share), logs)
            }
            "dethroneAndStake" => {
                let dethrone = Dethrone {
                    bidder: at("auctionUser"),
                    fee: amount("heimdallFee"),
                    validator: id,
                    bid: amount("auctionAmount"),
                    share_contract: (args["acceptDelegation"] == json!(true)).then_some(next_share),
                    signer_key: bytes(&args["signerPubkey"]),
                };
                outcome!(contract.dethrone_and_stake(caller, &dethrone), logs)
            }
            "migrateDelegation" => {
                let [from, to] = ["fromValidatorId", "toValidatorId"].map(|field| validator(&args[field]));
                outcome!(contract.migrate_delegation(caller, from, to, amount("amount")), logs)
            }
            "updateValidatorState" => {
                let change: I256 = super::text(&args["amount"]).parse().unwrap();
                outcome!(contract.update_validator_state(caller, id, change), none)
            }
            "delegationDeposit" => {
                let taken = contract.delegation_deposit(caller, id, amount("amount"), at("delegator"));
                outcome!(taken, |log| done(vec![json!(true)], log))
            }
            "withdrawDelegatorsReward" => {
                outcome!(contract.withdraw_delegators_reward(caller, id), |reward| done(vec![n(reward)], []))
            }
            "transferFunds" => {
                let paid = contract.transfer_funds(caller, id, amount("amount"), at("delegator"));
                outcome!(paid, |log| done(vec![json!(true)], log))
            }
            "decreaseValidatorDelegatedAmount" => {
                outcome!(contract.decrease_delegated_amount(caller, id, amount("amount")), none)
            }
            "updateValidatorDelegation" => {
                outcome!(contract.update_validator_delegation(caller, switch(&args["delegation"])), none)
            }
            "slash" => Ok(done(vec![n(contract.slash(&bytes(&args["slashingInfoList"])))], [])),
            "unjail" => silent(contract.unjail(caller, id), none),
            "submitCheckpoint" => {
                self.root.submit(&mut self.contract, &bytes(&args["data"]), &words(&args["sigs"]), now)
            }
            "setNextHeaderBlock" => self.root.set_next(caller, word(&args["value"])),
            "submitCheckpointSync" => {
                let synced = contract.submit_checkpoint_sync(&bytes(&args["data"]), &words(&args["sigs"]));
                outcome!(synced, |(_, event)| one(event))
            }
            "checkSignatures" => {
                if caller != contract.deployment().root_chain {
                    return Err(String::new());
                }
                let checked = contract.check_signatures(
                    word(&args["blockInterval"]),
                    hash(&args["voteHash"]),
                    hash(&args["stateRoot"]),
                    at("proposer"),
                    &words(&args["sigs"]),
                );
                outcome!(checked, |paid| done(vec![n(paid.reward)], []))
            }
            _ => self.govern(op, caller, args),
        }
    }

    fn govern(&mut self, op: &str, caller: Address, args: &Value) -> Outcome {
        let contract = &mut self.contract;
        let number = |field: &str| word(&args[field]);
        let amount = |field: &str| Amount::from_word(word(&args[field]));
        let at = |field: &str| resolve(&args[field]);
        let id = validator(&args["validatorId"]);
        match op {
            "lock" => outcome!(contract.lock(caller), none),
            "unlock" => outcome!(contract.unlock(caller), none),
            "updateValidatorThreshold" => {
                outcome!(contract.set_validator_threshold(caller, number("newThreshold")), one)
            }
            "updateCheckPointBlockInterval" => {
                outcome!(contract.set_checkpoint_interval(caller, number("blocks")), none)
            }
            "updateChainCheckpointReward" => {
                outcome!(contract.set_chain_reward(caller, number("chainId"), amount("newReward")), one)
            }
            "updateCheckpointRewardParams" => {
                let [decrease, max, delta] =
                    ["rewardDecreasePerCheckpoint", "maxRewardedCheckpoints", "checkpointRewardDelta"].map(number);
                outcome!(contract.set_reward_shape(caller, decrease, max, delta), one)
            }
            "updateDynastyValue" => outcome!(contract.set_dynasty(caller, number("newDynasty")), one),
            "stopAuctions" => outcome!(contract.stop_auctions(caller, number("forNCheckpoints")), none),
            "updateProposerBonus" => {
                outcome!(contract.set_proposer_bonus(caller, most(&args["newProposerBonus"])), one)
            }
            "updateSignerUpdateLimit" => outcome!(contract.set_signer_update_limit(caller, number("limit")), none),
            "updateMinAmounts" => {
                outcome!(contract.set_min_amounts(caller, amount("minDeposit"), amount("minHeimdallFee")), none)
            }
            "setDelegationEnabled" => outcome!(contract.set_delegation(caller, switch(&args["enabled"])), none),
            "setCurrentEpoch" => {
                let epoch = u64::try_from(number("currentEpoch")).expect("epochs are kept in 64 bits");
                outcome!(contract.set_epoch(caller, Epoch::new(epoch)), none)
            }
            "setStakingToken" => outcome!(contract.set_staking_token(caller, at("token")), none),
            "updateValidatorContractAddress" => {
                outcome!(contract.set_share_contract(caller, id, at("newContractAddress")), none)
            }
            "drain" => outcome!(contract.drain(caller, at("destination"), amount("amount")), logs),
            "drainValidatorShares" => {
                let (token, destination) = (at("tokenAddr"), at("destination"));
                outcome!(contract.drain_validator_shares(caller, id, token, destination, amount("amount")), logs)
            }
            "reinitialize" => {
                let next = Reinitialize {
                    nft: at("NFTContract"),
                    info: at("stakingLogger"),
                    share_factory: at("validatorShareFactory"),
                    extension: at("extensionCode"),
                };
                outcome!(contract.reinitialize(caller, &next), none)
            }
            "insertSigners" => {
                let signers = list(&args["signers"]).iter().map(resolve).collect();
                outcome!(contract.insert_signers(caller, signers), none)
            }
            "migrateValidatorsData" => {
                outcome!(contract.migrate_accounts(caller, number("validatorIdFrom"), number("validatorIdTo")), none)
            }
            "changeRootChain" => outcome!(contract.change_root_chain(caller, at("newRootChain")), one),
            "view" => self
                .view(text_of(&args["at"]), text_of(&args["fn"]), list(&args["args"]))
                .map(|returned| Done { returned, log: Vec::new() }),
            _ => panic!("unknown operation {op}"),
        }
    }

    fn share_call(&mut self, function: &str, caller: Address, args: &Value) -> Outcome {
        let contract = &mut self.contract;
        let id = validator(&args["share"]);
        let amount = |field: &str| Amount::from_word(word(&args[field]));
        let at = |field: &str| resolve(&args[field]);
        match function {
            "buyVoucher" => {
                let bought = contract.buy_voucher(caller, id, amount("amount"), amount("minSharesToMint"));
                outcome!(bought, |(taken, log)| done(vec![n(taken)], log))
            }
            "restake" => {
                let restaked = contract.restake_delegator_rewards(caller, id);
                outcome!(restaked, |(both, log)| done(both.map(n).to_vec(), log))
            }
            "sellVoucher" => {
                outcome!(contract.sell_voucher(caller, id, amount("claimAmount"), amount("maximumSharesToBurn")), logs)
            }
            "sellVoucher_new" => {
                let (claim, most) = (amount("claimAmount"), amount("maximumSharesToBurn"));
                outcome!(contract.sell_voucher_new(caller, id, claim, most), logs)
            }
            "unstakeClaimTokens" => outcome!(contract.unstake_claim_tokens(caller, id), logs),
            "unstakeClaimTokens_new" => {
                let nonce = Nonce::new(most(&args["unbondNonce"]));
                outcome!(contract.unstake_claim_tokens_new(caller, id, nonce), logs)
            }
            "withdrawRewards" => outcome!(contract.withdraw_delegator_rewards(caller, id), logs),
            "transfer" => {
                let moved = contract.transfer_shares(caller, id, at("to"), amount("value"));
                outcome!(moved, |log| done(vec![json!(true)], log))
            }
            "transferFrom" => {
                outcome!(contract.transfer_shares_from(id, at("from"), at("to"), amount("value")), logs)
            }
            "approve" => Err(Allowance::To(amount("value")).refusal().reason().into()),
            "increaseAllowance" => Err(Allowance::More(amount("addedValue")).refusal().reason().into()),
            "decreaseAllowance" => Err(Allowance::Less(amount("subtractedValue")).refusal().reason().into()),
            "lock" => outcome!(contract.lock_pool(caller, id), none),
            "unlock" => outcome!(contract.unlock_pool(caller, id), none),
            "updateDelegation" => {
                outcome!(contract.set_pool_delegation(caller, id, switch(&args["delegation"])), none)
            }
            "migrateOut" => outcome!(contract.migrate_out(caller, id, at("user"), amount("amount")), logs),
            "migrateIn" => outcome!(contract.migrate_in(caller, id, at("user"), amount("amount")), logs),
            "slash" => {
                let [stake, delegated, total] = ["validatorStake", "delegatedAmount", "totalAmountToSlash"].map(amount);
                let slashed = contract.slash_pool(caller, id, stake, delegated, total);
                outcome!(slashed, |slashed| done(vec![n(slashed)], []))
            }
            "drain" => {
                outcome!(contract.drain_pool(caller, id, at("token"), at("destination"), amount("amount")), logs)
            }
            "initialize" => outcome!(contract.initialize_pool(id), none),
            _ => panic!("unknown function {function} of a share contract"),
        }
    }

    fn token_call(&mut self, function: &str, caller: Address, args: &Value) -> Outcome {
        let governance = self.governance;
        let token = self.contract.token_mut();
        let amount = |field: &str| Amount::from_word(word(&args[field]));
        let at = |field: &str| resolve(&args[field]);
        let one = |event: Result<TokenEvent, TokenError>| event.map(|event| vec![event]);
        let events = match function {
            "approve" => one(token.approve(caller, at("spender"), amount("value"))),
            "increaseAllowance" => one(token.increase_allowance(caller, at("spender"), amount("addedValue"))),
            "decreaseAllowance" => one(token.decrease_allowance(caller, at("spender"), amount("subtractedValue"))),
            "transfer" => one(token.transfer(caller, at("to"), amount("value"))),
            "transferFrom" => {
                token.transfer_from(caller, at("from"), at("to"), amount("value")).map(|events| events.to_vec())
            }
            "mint" if caller == governance => {
                let to = if args["to"].is_null() { at("account") } else { at("to") };
                let value = if args["value"].is_null() { amount("amount") } else { amount("value") };
                one(token.mint(to, value))
            }
            "mint" => return Err(String::new()),
            _ => panic!("unknown function {function} of the token"),
        };
        silent(events, |events| done(vec![json!(true)], events.into_iter().map(StakeEvent::Token)))
    }

    fn nft_call(&mut self, function: &str, caller: Address, args: &Value) -> Outcome {
        let nft = self.contract.nft_mut();
        let at = |field: &str| resolve(&args[field]);
        let id = validator(&args["tokenId"]);
        let one = |event: NftEvent| one(event.into());
        match function {
            "transferFrom" => outcome!(nft.transfer_from(caller, at("from"), at("to"), id), one),
            "safeTransferFrom" => {
                let mut moved = nft.clone();
                let event = moved.transfer_from(caller, at("from"), at("to"), id);
                let event = event.map_err(|error| error.reason().to_owned())?;
                // None of the contracts here says that it takes staking tokens.
                if role(at("to")).is_some() {
                    return Err(String::new());
                }
                *nft = moved;
                Ok(one(event))
            }
            "approve" => outcome!(nft.approve(caller, at("to"), id), one),
            "setApprovalForAll" => {
                let approved = args["approved"] == json!(true);
                let operators = if approved { Operator::Approved } else { Operator::Refused };
                outcome!(nft.set_operator(caller, at("to"), operators), one)
            }
            "mint" | "burn" => Err(String::new()), // the staking contract's alone
            _ => panic!("unknown function {function} of the staking tokens"),
        }
    }

    fn info_call(&mut self, function: &str, caller: Address, args: &Value) -> Outcome {
        let contract = &mut self.contract;
        let id = validator(&args["validatorId"]);
        let writer = match function {
            "updateNonce" => {
                let ids: Vec<_> = list(&args["validatorIds"]).iter().map(validator).collect();
                let nonces: Vec<_> = list(&args["nonces"]).iter().map(|nonce| Nonce::new(most(nonce))).collect();
                return outcome!(contract.update_nonces(caller, &ids, &nonces), none);
            }
            "logSlashed" => {
                let (nonce, amount) = (word(&args["nonce"]), Amount::from_word(word(&args["amount"])));
                return outcome!(contract.log_slashed(caller, nonce, amount), one);
            }
            "logStakeUpdate" => LogWriter::Either(id),
            "logShareMinted"
            | "logShareBurned"
            | "logDelegatorClaimRewards"
            | "logDelegatorRestaked"
            | "logDelegatorUnstaked"
            | "logUpdateCommissionRate" => LogWriter::ShareContract(id),
            other if other.starts_with("log") => LogWriter::StakeManager,
            _ => panic!("unknown function {function} of the staking information contract"),
        };
        let allowed = contract.check_log(caller, writer);
        outcome!(allowed, |()| panic!("{caller} may write the log of {function}"))
    }
}
