//! The mirror against traces of the executed contracts (kinds `mirror` and `contract-log`).
//!
//! Every step is compared whole: verdict, logs, return value, changed entries, digest, views. What the checkpoint
//! contract adds around a checkpoint is played here.

use crate::vectors::{Case, address, bytes, cases, list, number, object, only_fields, text_of, word};
use alloy_primitives::{Address, B256, Bytes, LogData, U256};
use bttc_core::{amount::Amount, hash::keccak256, signature::SignatureWords};
use bttc_staking::mirror::{
    MessageKind, Mirror, MirrorAccount, MirrorChange, MirrorEvent, MirrorMessage, MirrorParams, Seat, UserFunction,
};
use proptest::{
    arbitrary::any, collection::vec, prop_assert, prop_assert_eq, proptest, sample::select, strategy::Strategy as _,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Readable = BTreeMap<String, String>;

const STEP: U256 = U256::from_limbs([10_000, 0, 0, 0]);
const ONE: U256 = U256::from_limbs([1, 0, 0, 0]);

/// Numbers of the deployment that nothing reads or changes.
const IDLE: [(&str, &str); 9] = [
    ("WITHDRAWAL_DELAY", "80"),
    ("dynasty", "80"),
    ("auctionPeriod", "2048"),
    ("minDeposit", "1000000000000000000"),
    ("minHeimdallFee", "1000000000000000000"),
    ("signerUpdateLimit", "100"),
    ("validatorThreshold", "7"),
    ("NFTCounter", "1"),
    ("delegationEnabled", "true"),
];

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

/// A number as the traces write it.
fn numeral(value: U256) -> Value {
    u64::try_from(value).map_or_else(|_| json!(value.to_string()), number)
}

fn units(amount: Amount) -> Value {
    numeral(amount.to_word())
}

/// The checkpoint contract, as far as a trace shows it.
#[derive(Clone)]
struct RootChain {
    chain_id: U256,
    owner: Address,
    next: U256,
    headers: BTreeMap<U256, Header>,
}

#[derive(Clone)]
struct Header {
    root: B256,
    start: U256,
    end: U256,
    created_at: U256,
    proposer: Address,
}

/// What a step came to: logs and, of a view, values; or the revert reason.
type Outcome = Result<(Vec<Value>, Option<Value>), &'static str>;

#[derive(Clone)]
struct Run {
    mirror: Mirror,
    root: RootChain,
}

fn log(at: &str, event: &str, args: Value) -> Value {
    json!({"at": at, "event": event, "args": args})
}

/// A log of the mirror by name and arguments. It has to survive its topics and data.
fn shown(event: MirrorEvent) -> Value {
    assert_eq!(MirrorEvent::decode(&event.to_log_data()), Ok(Some(event)));
    match event {
        MirrorEvent::StakeAck { validator, nonce } => {
            log("info", "StakeAck", json!({"validatorId": numeral(validator), "nonce": numeral(nonce)}))
        }
        MirrorEvent::StakeUpdate { validator, nonce, amount } => {
            let args = json!({"validatorId": numeral(validator), "nonce": numeral(nonce), "newAmount": units(amount)});
            log("info", "StakeUpdate", args)
        }
        MirrorEvent::RewardUpdate { new, old } => {
            log("info", "RewardUpdate", json!({"newReward": units(new), "oldReward": units(old)}))
        }
        MirrorEvent::ProposerBonusChange { new, old } => {
            let args = json!({"newProposerBonus": numeral(new), "oldProposerBonus": numeral(old)});
            log("info", "ProposerBonusChange", args)
        }
        MirrorEvent::RewardParams { decrease, max_intervals, delta } => {
            let args = json!({
                "rewardDecreasePerCheckpoint": numeral(decrease),
                "maxRewardedCheckpoints": numeral(max_intervals),
                "checkpointRewardDelta": numeral(delta),
            });
            log("hub", "RewardParams", args)
        }
    }
}

impl Run {
    fn new(input: &Value) -> Self {
        only_fields(
            input,
            &["variant", "chainId", "governance", "slashingManager", "managerBalance", "actors", "steps", "note"],
            "input",
        );
        assert_eq!(input["variant"], "mirror");
        let governance = address(&input["governance"]);
        Self {
            mirror: Mirror::new(governance, governance, MirrorParams::default()),
            root: RootChain {
                chain_id: word(&input["chainId"]),
                owner: governance,
                next: STEP,
                headers: BTreeMap::new(),
            },
        }
    }

    fn step(&mut self, step: &Value) -> Outcome {
        let (caller, args) = (address(&step["caller"]), &step["args"]);
        let mirror = &mut self.mirror;
        let n = |field: &str| word(&args[field]);
        let amount = |field: &str| Amount::from_word(word(&args[field]));
        let none = |()| (Vec::new(), None);
        let one = |event| (vec![shown(event)], None);
        let user = |mirror: &Mirror, function| mirror.call_user_function(function).map(none).map_err(|e| e.reason());
        let message = |mirror: &mut Mirror, kind| {
            mirror.deliver(kind, &bytes(&args["data"]), &words(&args["sigs"])).map(one).map_err(|e| e.reason())
        };
        match text_of(&step["op"]) {
            "stakeFor" => user(mirror, UserFunction::StakeFor),
            "topUpForFee" => user(mirror, UserFunction::TopUpForFee),
            "startAuction" => user(mirror, UserFunction::StartAuction),
            "confirmAuctionBid" => user(mirror, UserFunction::ConfirmAuctionBid),
            "claimFee" => user(mirror, UserFunction::ClaimFee),
            "migrateDelegation" => user(mirror, UserFunction::MigrateDelegation),
            "unstake" => user(mirror, UserFunction::Unstake),
            "unstakeClaim" => user(mirror, UserFunction::UnstakeClaim),
            "restake" => user(mirror, UserFunction::Restake),
            "withdrawRewards" => user(mirror, UserFunction::WithdrawRewards),
            "updateSigner" => user(mirror, UserFunction::UpdateSigner),
            "updateCommissionRate" => user(mirror, UserFunction::UpdateCommissionRate),
            "validatorJoin" => message(mirror, MessageKind::Join),
            "validatorExit" => message(mirror, MessageKind::Exit),
            "signerUpdate" => message(mirror, MessageKind::SignerUpdate),
            "stakeUpdate" => message(mirror, MessageKind::StakeUpdate),
            "setValidator" => {
                let seat = Seat {
                    signer: address(&args["signer"]),
                    amount: amount("amount"),
                    activation_epoch: n("activationEpoch"),
                    delegated: amount("delegatedAmount"),
                };
                mirror.set_validator(caller, n("validatorId"), &seat).map(none).map_err(|e| e.reason())
            }
            "forceDelValidator" => mirror.force_remove(caller, n("validatorId")).map(none).map_err(|e| e.reason()),
            "insertSigners" => {
                let signers = list(&args["signers"]).iter().map(address).collect();
                mirror.set_signers(caller, signers).map(none).map_err(|e| e.reason())
            }
            "info.updateNonce" => {
                let [ids, nonces] =
                    ["validatorIds", "nonces"].map(|field| list(&args[field]).iter().map(word).collect::<Vec<_>>());
                mirror.set_nonces(caller, &ids, &nonces).map(none).map_err(|e| e.reason())
            }
            "setCurrentEpoch" => mirror.set_epoch(caller, n("currentEpoch")).map(none).map_err(|e| e.reason()),
            "lock" => mirror.lock(caller).map(none).map_err(|e| e.reason()),
            "unlock" => mirror.unlock(caller).map(none).map_err(|e| e.reason()),
            "updateCheckPointBlockInterval" => {
                mirror.set_checkpoint_interval(caller, n("blocks")).map(none).map_err(|e| e.reason())
            }
            "updateCheckpointReward" => {
                mirror.set_checkpoint_reward(caller, amount("newReward")).map(one).map_err(|e| e.reason())
            }
            "updateCheckpointRewardParams" => {
                let [decrease, max, delta] =
                    ["rewardDecreasePerCheckpoint", "maxRewardedCheckpoints", "checkpointRewardDelta"].map(n);
                mirror.set_reward_shape(caller, decrease, max, delta).map(one).map_err(|e| e.reason())
            }
            "updateProposerBonus" => {
                mirror.set_proposer_bonus(caller, n("newProposerBonus")).map(one).map_err(|e| e.reason())
            }
            "submitCheckpoint" => self.checkpoint(&bytes(&args["data"]), &words(&args["sigs"]), word(&step["time"])),
            "setNextHeaderBlock" => self.reset(caller, n("value")),
            "view" => Ok((Vec::new(), Some(json!([self.view(args)?])))),
            op => panic!("unknown step {op}"),
        }
    }

    fn checkpoint(&mut self, data: &Bytes, signatures: &[SignatureWords], time: U256) -> Outcome {
        let fields: Vec<U256> = data.chunks_exact(32).map(U256::from_be_slice).collect();
        let [proposer, start, end, root, account_root, chain_id, epoch, ..] = fields[..] else { return Err("") };
        let proposer = Address::from_word(proposer.into());
        if chain_id != self.root.chain_id {
            return Err("Invalid bor chain id");
        }
        let last = self.root.headers.get(&self.root.next.wrapping_sub(STEP)).map_or(U256::ZERO, |header| header.end);
        let next = if self.root.next <= STEP { U256::ZERO } else { last.wrapping_add(ONE) };
        if start != next {
            return Err("INCORRECT_HEADER_DATA");
        }
        let blocks = end.checked_sub(start).and_then(|blocks| blocks.checked_add(ONE)).ok_or("")?;
        let mut mirror = self.mirror.clone();
        let paid = mirror
            .check_signatures(blocks, epoch, Mirror::vote_hash(data), account_root.into(), proposer, signatures)
            .map_err(|error| error.reason())?;
        if paid.reward.is_zero() {
            return Err("Invalid checkpoint");
        }
        self.mirror = mirror;
        let header = Header { root: root.into(), start, end, created_at: time, proposer };
        self.root.headers.insert(self.root.next, header);
        let args = json!({
            "proposer": proposer, "headerBlockId": numeral(self.root.next), "reward": units(paid.reward),
            "start": numeral(start), "end": numeral(end), "root": B256::from(root),
        });
        self.root.next += STEP;
        Ok((vec![log("rootChain", "NewHeaderBlock", args)], None))
    }

    fn reset(&mut self, caller: Address, value: U256) -> Outcome {
        if caller != self.root.owner {
            return Err("");
        }
        if value % STEP != U256::ZERO {
            return Err("Invalid value");
        }
        self.root.headers.retain(|id, _| *id < value || *id >= self.root.next);
        self.root.next = value;
        let args = json!({"proposer": caller, "headerBlockId": numeral(value)});
        Ok((vec![log("rootChain", "ResetHeaderBlock", args)], None))
    }

    fn view(&self, args: &Value) -> Result<Value, &'static str> {
        let mirror = &self.mirror;
        let arguments = list(&args["args"]);
        let id = || word(&arguments[0]);
        let account = || mirror.account(id()).copied().unwrap_or_default();
        let checked = |amount: Result<Amount, _>| amount.map(units).map_err(|_| "");
        Ok(match (text_of(&args["at"]), text_of(&args["fn"])) {
            ("manager", "isValidator") => mirror.is_validator(id()).into(),
            ("manager", "validatorReward") => checked(mirror.validator_reward(id()))?,
            ("manager", "delegatorsReward") => checked(mirror.delegators_reward(id()))?,
            ("manager", "validatorStake") => units(account().amount),
            ("manager", "delegatedAmount") => units(account().delegated_amount),
            ("manager", "getValidatorContract") => json!(Address::ZERO),
            ("manager", "ownerOf" | "getValidatorId") => return Err(""),
            ("manager", "totalStakedFor") => json!(0),
            ("manager", "epoch") => numeral(mirror.epoch()),
            ("manager", "withdrawalDelay") => json!(80),
            ("manager", "currentValidatorSetSize") => json!(mirror.live().heads),
            ("manager", "currentValidatorSetTotalStake") => units(mirror.live().amount),
            ("manager" | "info", "validatorNonce") => numeral(mirror.nonce(id())),
            ("manager", "signers") => {
                let place = usize::try_from(id()).map_err(|_| "")?;
                json!(mirror.signers().get(place).ok_or("")?)
            }
            ("manager", "signerToValidator") => {
                numeral(mirror.validator_by_signer(address(&arguments[0])).unwrap_or_default())
            }
            ("rootChain", "currentHeaderBlock") => numeral(self.root.next.checked_sub(STEP).ok_or("")?),
            ("rootChain", "getLastChildBlock") => {
                let current = self.root.next.checked_sub(STEP).ok_or("")?;
                numeral(self.root.headers.get(&current).map_or(U256::ZERO, |header| header.end))
            }
            view => panic!("unknown view {view:?}"),
        })
    }

    fn readable(&self) -> Readable {
        let Self { mirror, root } = self;
        let mut map = Readable::new();
        let mut put = |path: String, value: String| {
            let zero = ["0", "false", &format!("{:#x}", Address::ZERO), &format!("{:#x}", B256::ZERO), "0x", ""];
            if !zero.contains(&value.as_str()) {
                map.insert(path, value);
            }
        };
        let units = |amount: Amount| amount.to_word().to_string();
        let params = mirror.params();
        for (name, value) in IDLE {
            put(format!("sm.{name}"), value.to_owned());
        }
        for (name, value) in [
            ("totalStaked", units(mirror.total_staked())),
            ("rewardPerStake", mirror.reward_per_stake().to_string()),
            ("prevBlockInterval", mirror.previous_intervals().to_string()),
            ("accountStateRoot", format!("{:#x}", mirror.account_root())),
            ("currentEpoch", mirror.epoch().to_string()),
            ("CHECKPOINT_REWARD", units(params.reward)),
            ("checkPointBlockInterval", params.shape.interval.to_string()),
            ("rewardDecreasePerCheckpoint", params.shape.decrease.to_string()),
            ("maxRewardedCheckpoints", params.shape.max_intervals.to_string()),
            ("checkpointRewardDelta", params.shape.delta.to_string()),
            ("proposerBonus", params.shape.proposer_bonus.to_string()),
            ("locked", mirror.is_locked().to_string()),
            ("validatorState.amount", units(mirror.live().amount)),
            ("validatorState.stakerCount", mirror.live().heads.to_string()),
            ("signers", mirror.signers().iter().map(|s| format!("{s:#x}")).collect::<Vec<_>>().join(",")),
        ] {
            put(format!("sm.{name}"), value);
        }
        for (id, account) in mirror.accounts() {
            let MirrorAccount {
                amount,
                reward,
                activation_epoch,
                deactivation_epoch,
                signer,
                status,
                delegators_reward,
                delegated_amount,
                initial_reward_per_stake,
            } = account;
            for (field, value) in [
                ("amount", units(*amount)),
                ("reward", units(*reward)),
                ("activationEpoch", activation_epoch.to_string()),
                ("deactivationEpoch", deactivation_epoch.to_string()),
                ("signer", format!("{signer:#x}")),
                ("status", status.number().to_string()),
                ("delegatorsReward", units(*delegators_reward)),
                ("delegatedAmount", units(*delegated_amount)),
                ("initialRewardPerStake", initial_reward_per_stake.to_string()),
            ] {
                put(format!("sm.validator.{id}.{field}"), value);
            }
            put(format!("sm.auction.{id}.startEpoch"), activation_epoch.to_string());
            put(format!("sm.latestSignerUpdateEpoch.{id}"), activation_epoch.to_string());
        }
        for (signer, id) in mirror.known_signers() {
            put(format!("sm.signerToValidator.{signer:#x}"), id.to_string());
        }
        for (id, nonce) in mirror.nonces() {
            put(format!("info.validatorNonce.{id}"), nonce.to_string());
        }
        put("root._nextHeaderBlock".into(), root.next.to_string());
        for (id, header) in &root.headers {
            for (field, value) in [
                ("root", format!("{:#x}", header.root)),
                ("start", header.start.to_string()),
                ("end", header.end.to_string()),
                ("createdAt", header.created_at.to_string()),
                ("proposer", format!("{:#x}", header.proposer)),
            ] {
                put(format!("root.headerBlocks.{id}.{field}"), value);
            }
        }
        map
    }

    /// The recorded views; how many.
    fn check_views(&self, views: &Value, at: &str) -> usize {
        let Value::Object(views) = views else { return 0 };
        for (path, expected) in views {
            let (name, id) = path.split_once('.').unwrap();
            let got = self.view(&json!({"at": "manager", "fn": name, "args": [id]}));
            let got = got.unwrap_or_else(|reason| json!({"revert": reason}));
            assert_eq!(got, *expected, "{at}: {path}");
        }
        views.len()
    }
}

/// First 8 bytes of the hash over a readable state. The map's order is that of the paths' bytes.
fn digest(state: &Readable) -> String {
    let text: String = state.iter().map(|(path, value)| format!("{path}={value}\n")).collect();
    Bytes::copy_from_slice(&keccak256(text)[..8]).to_string()
}

/// Entries of a readable state as text; `None` for one that became zero.
fn entries(value: &Value) -> impl Iterator<Item = (String, Option<String>)> + '_ {
    object(value).iter().map(|(path, value)| {
        let text = match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Array(items) => Some(items.iter().map(text_of).collect::<Vec<_>>().join(",")),
            other => Some(other.to_string()),
        };
        (path.clone(), text)
    })
}

fn whole(value: &Value) -> Readable {
    entries(value).map(|(path, value)| (path, value.unwrap())).collect()
}

fn run(case: &Case) -> (usize, usize, usize) {
    let name = &case.name;
    only_fields(&case.expect, &["initial", "steps"], name);
    let mut run = Run::new(&case.input);
    let mut expected = whole(&case.expect["initial"]);
    assert_eq!(run.readable(), expected, "{name}: initial");
    let (mut refusals, mut views) = (0, 0);
    let steps = list(&case.input["steps"]);
    assert_eq!(steps.len(), list(&case.expect["steps"]).len(), "{name}");
    for (index, (step, expect)) in steps.iter().zip(list(&case.expect["steps"])).enumerate() {
        let at = format!("{name}: step {index} {}", step["op"]);
        only_fields(expect, &["ok", "revert", "ret", "events", "changed", "digest", "state", "views"], &at);
        let before = run.mirror.clone();
        match run.step(step) {
            Ok((events, returned)) => {
                assert_eq!(expect["ok"], true, "{at}");
                assert!(expect.get("revert").is_none(), "{at}");
                assert_eq!(expect.get("ret"), returned.as_ref(), "{at}");
                assert_eq!(list(&expect["events"]), events, "{at}");
            }
            Err(reason) => {
                assert_eq!((&expect["ok"], &expect["revert"]), (&json!(false), &json!(reason)), "{at}");
                assert_eq!(run.mirror, before, "{at}: a refusal changed the state");
                refusals += 1;
            }
        }
        for (path, value) in expect.get("changed").into_iter().flat_map(entries) {
            match value {
                Some(value) => expected.insert(path, value),
                None => expected.remove(&path),
            };
        }
        let state = run.readable();
        assert_eq!(state, expected, "{at}");
        if let Some(whole_state) = expect.get("state") {
            assert_eq!(state, whole(whole_state), "{at}");
        }
        if let Some(short) = expect.get("digest") {
            assert_eq!(digest(&state), text_of(short), "{at}");
        }
        views += run.check_views(&expect["views"], &at);
    }
    let text = serde_json::to_string(&run.mirror).unwrap();
    assert_eq!(serde_json::from_str::<Mirror>(&text).unwrap(), run.mirror, "{name}: serde");
    (steps.len(), refusals, views)
}

#[test]
fn the_mirror_behaves_as_the_executed_one() {
    let (mut steps, mut refusals, mut views) = (0, 0, 0);
    for case in cases("mirror") {
        let counted = run(&case);
        (steps, refusals, views) = (steps + counted.0, refusals + counted.1, views + counted.2);
    }
    println!("{steps} steps, {refusals} of them refused, {views} views");
    assert!(steps > 1_800 && refusals > 250 && views > 3_000, "{steps} steps, {refusals} refused, {views} views");
}

#[test]
fn logs_are_read_and_written_as_the_executed_contracts_wrote_them() {
    let mut seen = BTreeMap::new();
    for case in cases("contract-log") {
        let topics: Vec<B256> =
            list(&case.input["topics"]).iter().map(|topic| topic.as_str().unwrap().parse().unwrap()).collect();
        let raw = LogData::new_unchecked(topics, bytes(&case.input["data"]));
        let Some(event) = MirrorEvent::decode(&raw).unwrap() else { continue };
        assert_eq!(event.to_log_data(), raw, "{}", case.name);
        let shown = shown(event);
        assert_eq!((&shown["event"], &shown["args"]), (&case.expect["event"], &case.expect["args"]), "{}", case.name);
        *seen.entry(text_of(&case.expect["event"]).to_owned()).or_insert(0) += 1;
    }
    let seen: Vec<&str> = seen.keys().map(String::as_str).collect();
    assert_eq!(seen, ["ProposerBonusChange", "RewardParams", "RewardUpdate", "StakeAck"]);
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_too_short(kind in select(&MessageKind::ALL[..]), data in vec(any::<u8>(), 0..260)) {
        match MirrorMessage::decode(kind, &data) {
            Ok(message) => {
                prop_assert_eq!(message.kind(), kind);
                prop_assert_eq!(MirrorMessage::decode(kind, &message.to_data()), Ok(message));
                if !matches!(message.change, MirrorChange::Join(_) | MirrorChange::SignerUpdate { .. }) {
                    prop_assert_eq!(&message.to_data(), &data[..kind.bytes()]);
                }
            }
            Err(short) => prop_assert_eq!((short.got, data.len() < kind.bytes()), (data.len(), true)),
        }
    }

    #[test]
    fn any_log_is_an_event_another_or_misshapen(
        event in 0..5_usize,
        topics in vec(any::<[u8; 32]>().prop_map(B256::from), 0..4),
        data in vec(any::<u8>(), 0..100),
    ) {
        let (a, b, c) = (U256::from(1), U256::from(2), U256::from(3));
        let known = [
            MirrorEvent::StakeAck { validator: a, nonce: b },
            MirrorEvent::StakeUpdate { validator: a, nonce: b, amount: Amount::from_word(c) },
            MirrorEvent::RewardUpdate { new: Amount::from_word(a), old: Amount::from_word(b) },
            MirrorEvent::ProposerBonusChange { new: a, old: b },
            MirrorEvent::RewardParams { decrease: a, max_intervals: b, delta: c },
        ][event];
        let log = LogData::new_unchecked(topics.clone(), data.clone().into());
        prop_assert_eq!(MirrorEvent::decode(&log), Ok(None));
        let first = known.to_log_data().topics()[0];
        let log = LogData::new_unchecked([vec![first], topics].concat(), data.into());
        if let Ok(event) = MirrorEvent::decode(&log) {
            let written = event.unwrap().to_log_data();
            prop_assert_eq!(written.topics(), log.topics());
            prop_assert!(log.data.starts_with(&written.data), "surplus data is ignored");
        }
    }
}
