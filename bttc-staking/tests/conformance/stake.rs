//! The staking contract against traces of the executed contracts (kind `stake-manager`).
//!
//! A trace is run up to the first operation that is not modelled yet, and compared entry by entry after every step.
//! Not looked at: what the share contracts and the checkpoint contract keep, and the digest, which covers them.

use crate::vectors::{Case, address, bytes, cases, int, list, number, object, only_fields, text_of, word};
use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_core::{
    amount::Amount,
    hash::keccak256,
    id::{CheckpointNumber, Epoch, ValidatorId},
    signature::SignatureWords,
};
use bttc_staking::{
    reward::CheckpointSync,
    stake::{Delegation, StakeEvent, StakeFor, StakeManager, StakeParams},
    token::{Token, TokenEvent},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const MANAGER: Address = Address::repeat_byte(0x3a);

type Readable = BTreeMap<String, String>;

/// Where the share contract of a validator stands here.
fn share(id: u64) -> Address {
    Address::from_word(keccak256(format!("share {id}")))
}

fn role(who: Address) -> String {
    if who == MANAGER { "@manager".into() } else { format!("{who:#x}") }
}

fn words(value: &Value) -> Vec<SignatureWords> {
    let word = |bytes: &[u8]| U256::from_be_slice(bytes);
    list(value)
        .iter()
        .map(|item| {
            let item = bytes(item);
            SignatureWords { r: word(&item[..32]), s: word(&item[32..64]), v: word(&item[64..]) }
        })
        .collect()
}

struct Run<'a> {
    contract: StakeManager,
    actors: Vec<Address>,
    case: &'a Case,
}

/// What a step came to: events and return value, or the revert reason.
type Outcome = Result<Option<Vec<StakeEvent>>, &'static str>;

impl<'a> Run<'a> {
    fn new(case: &'a Case) -> Self {
        let input = &case.input;
        let mut token = Token::default();
        let managers = word(&input["managerBalance"]);
        token.mint(MANAGER, Amount::from_word(managers)).unwrap();
        let mut actors = Vec::new();
        for actor in list(&input["actors"]) {
            let who = address(&actor["address"]);
            token.mint(who, Amount::from_word(word(&actor["balance"]))).unwrap();
            token.approve(who, MANAGER, Amount::from_word(word(&actor["allowance"]))).unwrap();
            actors.push(who);
        }
        let governance = address(&input["governance"]);
        Self { contract: StakeManager::new(MANAGER, governance, token, StakeParams::default()), actors, case }
    }

    /// Runs a step; `None` if it is not modelled.
    fn step(&mut self, step: &Value, expect: &Value) -> Option<Outcome> {
        let (caller, args) = (address(&step["caller"]), &step["args"]);
        let contract = &mut self.contract;
        let amount = |field: &str| Amount::from_word(word(&args[field]));
        let n = |field: &str| int::<u64>(&args[field]);
        let one = |event| Some(vec![event]);
        let none = |()| Some(Vec::new());
        Some(match text_of(&step["op"]) {
            "stakeFor" => {
                let accepts = args["acceptDelegation"] == true;
                let stake = StakeFor {
                    user: address(&args["user"]),
                    amount: amount("amount"),
                    fee: amount("heimdallFee"),
                    signer_key: bytes(&args["signerPubkey"]),
                    share_contract: accepts.then(|| share(contract.next_id().get())),
                };
                contract.stake_for(caller, &stake).map(Some).map_err(|e| e.reason())
            }
            "topUpForFee" => contract
                .top_up_for_fee(caller, address(&args["user"]), amount("heimdallFee"))
                .map(Some)
                .map_err(|e| e.reason()),
            "withdrawRewards" => {
                contract.withdraw_rewards(caller, ValidatorId::new(n("validatorId"))).map(Some).map_err(|_| "")
            }
            "submitCheckpoint" => return self.checkpoint(args, expect),
            "submitCheckpointSync" => return self.sync(args, expect),
            "updateMinAmounts" => contract
                .set_min_amounts(caller, amount("minDeposit"), amount("minHeimdallFee"))
                .map(none)
                .map_err(|e| e.reason()),
            "updateValidatorThreshold" => {
                contract.set_validator_threshold(caller, n("newThreshold")).map(one).map_err(|e| e.reason())
            }
            "updateDynastyValue" => contract.set_dynasty(caller, n("newDynasty")).map(one).map_err(|e| e.reason()),
            "updateSignerUpdateLimit" => {
                contract.set_signer_update_limit(caller, n("limit")).map(none).map_err(|e| e.reason())
            }
            "updateCheckPointBlockInterval" => {
                contract.set_checkpoint_interval(caller, n("blocks")).map(none).map_err(|e| e.reason())
            }
            "updateChainCheckpointReward" => {
                contract.set_chain_reward(caller, n("chainId"), amount("newReward")).map(one).map_err(|e| e.reason())
            }
            "updateCheckpointRewardParams" => {
                let [decrease, max, delta] =
                    ["rewardDecreasePerCheckpoint", "maxRewardedCheckpoints", "checkpointRewardDelta"].map(n);
                contract.set_reward_shape(caller, decrease, max, delta).map(one).map_err(|e| e.reason())
            }
            "updateProposerBonus" => {
                contract.set_proposer_bonus(caller, n("newProposerBonus")).map(one).map_err(|e| e.reason())
            }
            "setCurrentEpoch" => {
                contract.set_epoch(caller, Epoch::new(n("currentEpoch"))).map(none).map_err(|e| e.reason())
            }
            "setDelegationEnabled" => {
                let delegation = if args["enabled"] == true { Delegation::Open } else { Delegation::Closed };
                contract.set_delegation(caller, delegation).map(none).map_err(|e| e.reason())
            }
            "lock" => contract.lock(caller).map(none).map_err(|e| e.reason()),
            "unlock" => contract.unlock(caller).map(none).map_err(|e| e.reason()),
            "token.approve" if args["spender"] == "@manager" => contract
                .token_mut()
                .approve(caller, MANAGER, amount("value"))
                .map(|event| one(event.into()))
                .map_err(|_| ""),
            "view" => Ok(None),
            _ => return None,
        })
    }

    /// A checkpoint goes through the checkpoint contract, whose own refusals are not this crate's.
    fn checkpoint(&mut self, args: &Value, expect: &Value) -> Option<Outcome> {
        let data = bytes(&args["data"]);
        if ["INCORRECT_HEADER_DATA", "Invalid checkpoint"].contains(&text_of(&expect["revert"])) || data.len() < 192 {
            assert_eq!(expect["ok"], false);
            return Some(Err(text_of(&expect["revert"]).to_owned().leak()));
        }
        let field = |i: usize| U256::from_be_slice(&data[32 * i..32 * (i + 1)]);
        let blocks = field(2).wrapping_sub(field(1)).wrapping_add(U256::from(1));
        let proposer = Address::from_word(field(0).into());
        let vote_hash = vote_hash(&data);
        let mut contract = self.contract.clone();
        let result = contract.check_signatures(blocks, vote_hash, field(4).into(), proposer, &words(&args["sigs"]));
        Some(match result {
            Ok(outcome) => {
                let logs = list(&expect["events"]);
                assert_eq!((logs.len(), &logs[0]["event"]), (1, &json!("NewHeaderBlock")), "{}", self.case.name);
                assert_eq!(outcome.reward.to_word(), word(&logs[0]["args"]["reward"]), "{}", self.case.name);
                self.contract = contract;
                Ok(None)
            }
            Err(error) => Err(error.reason()),
        })
    }

    fn sync(&mut self, args: &Value, expect: &Value) -> Option<Outcome> {
        let data = bytes(&args["data"]);
        if data.len() != 160 {
            assert_eq!(expect["ok"], false);
            return Some(Err(""));
        }
        let field = |i: usize| U256::from_be_slice(&data[32 * i..32 * (i + 1)]);
        let sync = CheckpointSync {
            proposer: Address::from_word(field(0).into()),
            start: field(1).try_into().ok()?,
            end: field(2).try_into().ok()?,
            checkpoint: CheckpointNumber::new(field(3).try_into().ok()?),
            root_chain: field(4).try_into().ok()?,
        };
        if sync.to_data() != data {
            return None; // dirty bytes above the address
        }
        let result = self.contract.submit_checkpoint_sync(&sync, &words(&args["sigs"]));
        Some(result.map(|(_, event)| Some(vec![event])).map_err(|e| e.reason()))
    }

    fn readable(&self) -> Readable {
        let contract = &self.contract;
        let params = contract.params();
        let mut map = Readable::new();
        let mut put = |path: String, value: String| {
            let zero = ["0", "false", &format!("{:#x}", Address::ZERO), &format!("{:#x}", B256::ZERO), "0x", ""];
            if !zero.contains(&value.as_str()) {
                map.insert(path, value);
            }
        };
        let units = |amount: Amount| amount.to_word().to_string();
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
        let signers: Vec<String> = contract.signers().iter().map(|s| format!("{s:#x}")).collect();
        put("sm.signers".into(), signers.join(","));
        for (chain, reward) in &params.rewards {
            put(format!("sm.chainReward.{chain}"), units(*reward));
        }
        for chain in 0..256 {
            put(format!("sm.currentHeaderBlockId.{chain}"), contract.synced(chain).to_string());
        }
        for (id, a) in contract.accounts() {
            let own = a.contract == share(id.get());
            for (field, value) in [
                ("amount", units(a.amount)),
                ("reward", units(a.reward)),
                ("activationEpoch", a.activation_epoch.to_string()),
                ("deactivationEpoch", a.deactivation_epoch.to_string()),
                ("jailTime", a.jail_time.to_string()),
                ("signer", format!("{:#x}", a.signer)),
                ("contractAddress", if own { format!("@share:{id}") } else { String::new() }),
                ("status", a.status.number().to_string()),
                ("commissionRate", a.commission_rate.to_string()),
                ("lastCommissionUpdate", a.last_commission_update.to_string()),
                ("delegatorsReward", units(a.delegators_reward)),
                ("delegatedAmount", units(a.delegated_amount)),
                ("initialRewardPerStake", a.initial_reward_per_stake.to_string()),
            ] {
                put(format!("sm.validator.{id}.{field}"), value);
            }
            put(format!("sm.signerToValidator.{:#x}", a.signer), id.to_string());
            put(format!("info.validatorNonce.{id}"), contract.nonce(id).to_string());
            let updated = contract.latest_signer_update(id).unwrap_or_default();
            put(format!("sm.latestSignerUpdateEpoch.{id}"), updated.to_string());
            let start = contract.auction(id).map_or(Epoch::new(0), |auction| auction.start);
            put(format!("sm.auction.{id}.startEpoch"), start.to_string());
            put(format!("nft.owner.{id}"), contract.owner(id).map_or(String::new(), role));
        }
        for actor in self.actors.iter().copied() {
            put(format!("token.balance.{}", role(actor)), units(contract.token().balance(actor)));
            let allowance = contract.token().allowance(actor, MANAGER);
            put(format!("token.allowance.{}", role(actor)), units(allowance));
        }
        put("token.balance.@manager".into(), units(contract.token().balance(MANAGER)));
        map
    }

    /// The views this crate has, where they are recorded.
    fn check_views(&self, views: &Value, at: &str) -> usize {
        let Value::Object(views) = views else { return 0 };
        let mut checked = 0;
        for (path, expected) in views {
            let mut parts = path.split('.');
            let (Some(name), Some(id), None) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let id = id.parse().map_or(StakeManager::RETIRED, ValidatorId::new);
            let amount = |reward: Result<Amount, _>| match reward {
                Ok(amount) => json!(amount.to_word().to_string()),
                Err(_) => json!({"revert": ""}),
            };
            let got = match name {
                "validatorReward" => amount(self.contract.validator_reward(id)),
                "delegatorsReward" => amount(self.contract.delegators_reward(id)),
                "isValidator" => self.contract.is_validator(id).into(),
                _ => continue,
            };
            let expected = if expected.is_number() { json!(expected.to_string()) } else { expected.clone() };
            assert_eq!(got, expected, "{at}: {path}");
            checked += 1;
        }
        checked
    }
}

fn vote_hash(data: &Bytes) -> B256 {
    keccak256([&[1], data.as_ref()].concat())
}

/// The part of a readable state that this crate keeps.
fn ours(value: &Value) -> BTreeMap<String, Option<String>> {
    let kept = |path: &str| ["sm.", "info.", "nft.", "token."].iter().any(|p| path.starts_with(p));
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().map(text_of).collect::<Vec<_>>().join(",")),
        other => Some(other.to_string()),
    };
    object(value).iter().filter(|(path, _)| kept(path)).map(|(path, value)| (path.clone(), text(value))).collect()
}

fn logs(event: &StakeEvent) -> Vec<Value> {
    let units = |amount: &Amount| {
        let word = amount.to_word();
        u64::try_from(word).map_or_else(|_| json!(word.to_string()), number)
    };
    let log = |at: &str, event: &str, args: Value| vec![json!({"at": at, "event": event, "args": args})];
    match event {
        StakeEvent::Token(TokenEvent::Transfer { from, to, value }) => {
            log("token", "Transfer", json!({"from": role(*from), "to": role(*to), "value": units(value)}))
        }
        StakeEvent::Token(TokenEvent::Approval { owner, spender, value }) => {
            let args = json!({"owner": role(*owner), "spender": role(*spender), "value": units(value)});
            log("token", "Approval", args)
        }
        StakeEvent::ShareContract { share_contract } => {
            let id = (1..1_000).find(|id| share(*id) == *share_contract).unwrap();
            let at = format!("share:{id}");
            let owners = json!({"previousOwner": Address::ZERO, "newOwner": "@manager"});
            [
                log(&at, "OwnerUpdate", json!({"_new": "@manager", "_old": "@factory"})),
                log(&at, "OwnershipTransferred", owners),
            ]
            .concat()
        }
        StakeEvent::StakingToken { from, to, validator } => {
            log("nft", "Transfer", json!({"from": from, "to": to, "tokenId": validator}))
        }
        StakeEvent::TopUpFee(e) => log("info", "TopUpFee", json!({"user": e.user, "fee": units(&e.fee)})),
        StakeEvent::Staked(e) => {
            let args = json!({
                "signer": e.signer,
                "validatorId": e.validator,
                "nonce": e.nonce,
                "activationEpoch": e.activation_epoch,
                "amount": units(&e.amount),
                "total": units(&e.total),
                "signerPubkey": e.signer_key,
            });
            log("info", "Staked", args)
        }
        StakeEvent::ClaimRewards { validator, amount, total } => {
            let args = json!({"validatorId": validator, "amount": units(amount), "totalAmount": units(total)});
            log("info", "ClaimRewards", args)
        }
        StakeEvent::CheckpointSyncAck(e) => {
            let args = json!({
                "proposer": e.proposer,
                "chainId": number(e.root_chain),
                "checkpointId": e.checkpoint,
                "start": number(e.start),
                "end": number(e.end),
            });
            log("info", "CheckpointSyncAck", args)
        }
        StakeEvent::ThresholdChange { new, old } => {
            log("info", "ThresholdChange", json!({"newThreshold": new, "oldThreshold": old}))
        }
        StakeEvent::DynastyValueChange { new, old } => {
            log("info", "DynastyValueChange", json!({"newDynasty": new, "oldDynasty": old}))
        }
        StakeEvent::ProposerBonusChange { new, old } => {
            log("info", "ProposerBonusChange", json!({"newProposerBonus": new, "oldProposerBonus": old}))
        }
        StakeEvent::ChainRewardUpdate { root_chain, new, old } => {
            let args = json!({"chainId": root_chain, "newReward": units(new), "oldReward": units(old)});
            log("info", "ChainRewardUpdate", args)
        }
        StakeEvent::RewardParams { decrease, max_intervals, delta } => {
            let args = json!({
                "rewardDecreasePerCheckpoint": decrease,
                "maxRewardedCheckpoints": max_intervals,
                "checkpointRewardDelta": delta,
            });
            log("hub", "RewardParams", args)
        }
    }
}

#[test]
fn the_contract_behaves_as_the_executed_one() {
    let (mut steps, mut whole, mut views) = (0, 0, 0);
    let mut unmodelled = BTreeSet::new();
    for case in cases("stake-manager") {
        let name = &case.name;
        only_fields(&case.expect, &["initial", "steps"], name);
        let mut run = Run::new(&case);
        let present = |(path, value): (String, Option<String>)| value.map(|value| (path, value));
        let mut expected: Readable = ours(&case.expect["initial"]).into_iter().filter_map(present).collect();
        assert_eq!(run.readable(), expected, "{name}: initial");
        let mut complete = true;
        for (index, (step, expect)) in list(&case.input["steps"]).iter().zip(list(&case.expect["steps"])).enumerate() {
            let at = format!(
                "{name}: step {index} {} {}",
                step["op"],
                &step["args"].to_string()[..80.min(step["args"].to_string().len())]
            );
            let known = ["ok", "revert", "ret", "events", "changed", "digest", "state", "views"];
            only_fields(expect, &known, &at);
            let before = run.contract.clone();
            let Some(outcome) = run.step(step, expect) else {
                unmodelled.insert(text_of(&step["op"]).to_owned());
                complete = false;
                break;
            };
            match outcome {
                Ok(events) => {
                    if step["op"] != "view" {
                        assert_eq!(expect["ok"], true, "{at}");
                    }
                    if let Some(events) = events {
                        let got: Vec<Value> = events.iter().flat_map(logs).collect();
                        assert_eq!(Value::from(got), expect["events"], "{at}");
                    }
                }
                Err(reason) => {
                    assert_eq!(expect["ok"], false, "{at}: got {reason:?}");
                    assert_eq!(expect["revert"], reason, "{at}");
                    assert_eq!(run.contract, before, "{at}: a refusal changed the state");
                }
            }
            if let Some(changed) = expect.get("changed") {
                for (path, value) in ours(changed) {
                    match value {
                        Some(value) => expected.insert(path, value),
                        None => expected.remove(&path),
                    };
                }
            }
            assert_eq!(run.readable(), expected, "{at}");
            views += run.check_views(&expect["views"], &at);
            steps += 1;
        }
        whole += usize::from(complete);
    }
    println!("{steps} steps, {whole} whole traces, {views} views; not modelled: {unmodelled:?}");
    assert!(steps > 2_000 && whole > 20 && views > 100, "{steps} steps, {whole} traces, {views} views");
}
