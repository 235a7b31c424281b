//! Logs: by name as recorded, and as topics and data, which are made anew from the record here.

use super::{AT, id_word, resolve, role, show, text};
use crate::vectors::{bytes, object, word};
use alloy_primitives::{Address, B256, LogData, U256};
use bttc_core::{amount::Amount, hash::keccak256};
use bttc_staking::{
    delegation::ShareEvent,
    stake::{Delegated, NftEvent, Operator, ShareChange, StakeEvent},
    token::TokenEvent,
};
use serde_json::{Value, json};

/// A log as a contract wrote it.
pub(super) struct Written {
    at: String,
    event: &'static str,
    args: Value,
    /// Emitter, topics and data, where the library writes them.
    raw: Option<(Address, LogData)>,
}

/// The events' declarations in the contracts, by who emits them.
const DECLARATIONS: &[(&str, &str)] = &[
    ("token", "Transfer(address indexed from,address indexed to,uint256 value)"),
    ("token", "Approval(address indexed owner,address indexed spender,uint256 value)"),
    ("nft", "Transfer(address indexed from,address indexed to,uint256 indexed tokenId)"),
    ("nft", "Approval(address indexed owner,address indexed approved,uint256 indexed tokenId)"),
    ("nft", "ApprovalForAll(address indexed owner,address indexed operator,bool approved)"),
    ("share", "Transfer(address indexed from,address indexed to,uint256 value)"),
    ("share", "OwnerUpdate(address _new,address _old)"),
    ("share", "OwnershipTransferred(address indexed previousOwner,address indexed newOwner)"),
    ("manager", "RootChainChanged(address indexed previousRootChain,address indexed newRootChain)"),
    (
        "info",
        "Staked(address indexed signer,uint256 indexed validatorId,uint256 nonce,uint256 indexed activationEpoch,\
         uint256 amount,uint256 total,bytes signerPubkey)",
    ),
    ("info", "Unstaked(address indexed user,uint256 indexed validatorId,uint256 amount,uint256 total)"),
    (
        "info",
        "UnstakeInit(address indexed user,uint256 indexed validatorId,uint256 nonce,uint256 deactivationEpoch,\
         uint256 indexed amount)",
    ),
    (
        "info",
        "SignerChange(uint256 indexed validatorId,uint256 nonce,address indexed oldSigner,address indexed newSigner,\
         bytes signerPubkey)",
    ),
    ("info", "Restaked(uint256 indexed validatorId,uint256 amount,uint256 total)"),
    ("info", "StakeUpdate(uint256 indexed validatorId,uint256 indexed newAmount)"),
    ("info", "ClaimRewards(uint256 indexed validatorId,uint256 indexed amount,uint256 indexed totalAmount)"),
    ("info", "StartAuction(uint256 indexed validatorId,uint256 indexed amount,uint256 indexed auctionAmount)"),
    ("info", "ConfirmAuction(uint256 indexed newValidatorId,uint256 indexed oldValidatorId,uint256 indexed amount)"),
    ("info", "TopUpFee(address indexed user,uint256 indexed fee)"),
    ("info", "ClaimFee(address indexed user,uint256 indexed fee)"),
    (
        "info",
        "CheckpointSyncAck(address indexed proposer,uint256 indexed chainId,uint256 indexed checkpointId,uint256 start,\
         uint256 end)",
    ),
    ("info", "Slashed(uint256 indexed nonce,uint256 indexed amount)"),
    ("info", "ThresholdChange(uint256 newThreshold,uint256 oldThreshold)"),
    ("info", "DynastyValueChange(uint256 newDynasty,uint256 oldDynasty)"),
    ("info", "ProposerBonusChange(uint256 newProposerBonus,uint256 oldProposerBonus)"),
    ("info", "ChainRewardUpdate(uint256 chainId,uint256 newReward,uint256 oldReward)"),
    ("info", "ShareMinted(uint256 indexed validatorId,address indexed user,uint256 indexed amount,uint256 tokens)"),
    ("info", "ShareBurned(uint256 indexed validatorId,address indexed user,uint256 indexed amount,uint256 tokens)"),
    ("info", "DelegatorClaimedRewards(uint256 indexed validatorId,address indexed user,uint256 indexed rewards)"),
    ("info", "DelegatorRestaked(uint256 indexed validatorId,address indexed user,uint256 indexed totalStaked)"),
    ("info", "DelegatorUnstaked(uint256 indexed validatorId,address indexed user,uint256 amount)"),
    (
        "hub",
        "ShareBurnedWithId(uint256 indexed validatorId,address indexed user,uint256 indexed amount,uint256 tokens,\
         uint256 nonce)",
    ),
    ("hub", "DelegatorUnstakeWithId(uint256 indexed validatorId,address indexed user,uint256 amount,uint256 nonce)"),
    (
        "hub",
        "RewardParams(uint256 rewardDecreasePerCheckpoint,uint256 maxRewardedCheckpoints,\
         uint256 checkpointRewardDelta)",
    ),
    (
        "hub",
        "UpdateCommissionRate(uint256 indexed validatorId,uint256 indexed newCommissionRate,\
         uint256 indexed oldCommissionRate)",
    ),
];

/// Compares logs with those recorded.
pub(super) fn check(written: &[Written], recorded: &[Value], at: &str) {
    let short = |event: &Value| format!("{} {}", event["at"], event["event"]);
    let names: Vec<String> = written.iter().map(|log| format!("{:?} {:?}", log.at, log.event)).collect();
    assert_eq!(names, recorded.iter().map(short).collect::<Vec<_>>(), "{at}");
    for (log, record) in written.iter().zip(recorded) {
        let flat = |args: &Value| -> Vec<(String, String)> {
            object(args).iter().map(|(name, value)| (name.clone(), text(value))).collect()
        };
        assert_eq!(flat(&log.args), flat(&record["args"]), "{at}: {}", log.event);
        if let Some(raw) = &log.raw {
            assert_eq!(*raw, encode(record), "{at}: {}", log.event);
        }
    }
}

/// A recorded log as topics and data, by the contract's declaration.
fn encode(record: &Value) -> (Address, LogData) {
    let (at, name) = (text(&record["at"]), text(&record["event"]));
    let emitter = at.split(':').next().unwrap();
    let is_it = |(by, declaration): &&(&str, &str)| {
        *by == emitter && declaration.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('('))
    };
    let (_, declaration) = DECLARATIONS.iter().find(is_it).unwrap_or_else(|| panic!("{at}: {name} is not declared"));
    let inner = &declaration[name.len() + 1..declaration.len() - 1];
    let params: Vec<Vec<&str>> = inner.split(',').map(|param| param.split(' ').collect()).collect();
    let types: Vec<&str> = params.iter().map(|param| param[0]).collect();
    let mut topics = vec![keccak256(format!("{name}({})", types.join(",")))];
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    let heads = params.iter().filter(|param| param.len() == 2).count();
    for param in &params {
        let (kind, value) = (param[0], &record["args"][*param.last().unwrap()]);
        let word = match kind {
            "address" => resolve(value).into_word(),
            "uint256" => word(value).into(),
            "bool" => U256::from(value == &json!(true)).into(),
            "bytes" => {
                let content = bytes(value);
                let offset = 32 * heads + tail.len();
                tail.extend(B256::from(U256::from(content.len())));
                tail.extend(&content);
                tail.resize(tail.len().next_multiple_of(32), 0);
                U256::from(offset).into()
            }
            other => panic!("{other} is no known type"),
        };
        if param.len() == 3 { topics.push(word) } else { head.extend(word) }
    }
    head.extend(tail);
    (resolve(&json!(format!("@{at}"))), LogData::new_unchecked(topics, head.into()))
}

fn n(word: U256) -> Value {
    word.to_string().into()
}

fn units(amount: Amount) -> Value {
    n(amount.to_word())
}

impl Written {
    /// A log of a contract that is not the library's.
    pub(super) fn elsewhere(at: &str, event: &'static str, args: Value) -> Self {
        Self { at: at.into(), event, args, raw: None }
    }
}

impl From<StakeEvent> for Written {
    fn from(event: StakeEvent) -> Self {
        let emitter = event.emitter(&AT);
        let at = role(emitter).unwrap();
        let raw = Some((emitter, event.to_log_data()));
        let (event, args) = named(&event);
        Self { at, event, args, raw }
    }
}

fn shares(change: &ShareChange) -> Value {
    let ShareChange { validator, user, amount, shares } = *change;
    json!({
        "validatorId": n(id_word(validator)), "user": show(user), "amount": units(amount), "tokens": units(shares)
    })
}

fn delegated(change: &Delegated, amount: &str) -> Value {
    json!({ "validatorId": n(id_word(change.validator)), "user": show(change.user), amount: units(change.amount) })
}

fn with_nonce(mut args: Value, nonce: bttc_core::id::Nonce) -> Value {
    args["nonce"] = json!(nonce);
    args
}

fn named(event: &StakeEvent) -> (&'static str, Value) {
    let id = |validator| n(id_word(validator));
    match event {
        StakeEvent::Token(TokenEvent::Transfer { from, to, value })
        | StakeEvent::Share { event: ShareEvent::Transfer { from, to, value }, .. } => {
            ("Transfer", json!({ "from": show(*from), "to": show(*to), "value": units(*value) }))
        }
        StakeEvent::Token(TokenEvent::Approval { owner, spender, value }) => {
            ("Approval", json!({ "owner": show(*owner), "spender": show(*spender), "value": units(*value) }))
        }
        StakeEvent::Nft(NftEvent::Transfer { from, to, validator }) => {
            ("Transfer", json!({ "from": show(*from), "to": show(*to), "tokenId": id(*validator) }))
        }
        StakeEvent::Nft(NftEvent::Approval { owner, approved, validator }) => {
            ("Approval", json!({ "owner": show(*owner), "approved": show(*approved), "tokenId": id(*validator) }))
        }
        StakeEvent::Nft(NftEvent::ApprovalForAll { owner, operator, operators }) => {
            let approved = *operators == Operator::Approved;
            ("ApprovalForAll", json!({ "owner": show(*owner), "operator": show(*operator), "approved": approved }))
        }
        StakeEvent::Share { event: ShareEvent::OwnerUpdate { new, old }, .. } => {
            ("OwnerUpdate", json!({ "_new": show(*new), "_old": show(*old) }))
        }
        StakeEvent::Share { event: ShareEvent::OwnershipTransferred { previous, new }, .. } => {
            ("OwnershipTransferred", json!({ "previousOwner": show(*previous), "newOwner": show(*new) }))
        }
        StakeEvent::RootChainChanged { previous, new } => {
            ("RootChainChanged", json!({ "previousRootChain": show(*previous), "newRootChain": show(*new) }))
        }
        StakeEvent::TopUpFee(e) => ("TopUpFee", json!({ "user": show(e.user), "fee": units(e.fee) })),
        StakeEvent::ClaimFee { user, fee } => ("ClaimFee", json!({ "user": show(*user), "fee": units(*fee) })),
        StakeEvent::Staked(e) => {
            let args = json!({
                "signer": e.signer,
                "validatorId": id(e.validator),
                "nonce": e.nonce,
                "activationEpoch": e.activation_epoch,
                "amount": units(e.amount),
                "total": units(e.total),
                "signerPubkey": e.signer_key,
            });
            ("Staked", args)
        }
        StakeEvent::UnstakeInit(e) => {
            let args = json!({
                "user": show(e.owner),
                "validatorId": id(e.validator),
                "nonce": e.nonce,
                "deactivationEpoch": e.deactivation_epoch,
                "amount": units(e.amount),
            });
            ("UnstakeInit", args)
        }
        StakeEvent::Unstaked { user, validator, amount, total } => {
            let args = json!({
                "user": show(*user), "validatorId": id(*validator), "amount": units(*amount), "total": units(*total)
            });
            ("Unstaked", args)
        }
        StakeEvent::SignerChange(e) => {
            let args = json!({
                "validatorId": id(e.validator),
                "nonce": e.nonce,
                "oldSigner": e.old_signer,
                "newSigner": e.new_signer,
                "signerPubkey": e.signer_key,
            });
            ("SignerChange", args)
        }
        StakeEvent::StakeUpdate(e) => {
            ("StakeUpdate", json!({ "validatorId": id(e.validator), "newAmount": units(e.new_amount) }))
        }
        StakeEvent::Restaked { validator, amount, total } => {
            ("Restaked", json!({ "validatorId": id(*validator), "amount": units(*amount), "total": units(*total) }))
        }
        StakeEvent::ClaimRewards { validator, amount, total } => {
            let args = json!({ "validatorId": id(*validator), "amount": units(*amount), "totalAmount": units(*total) });
            ("ClaimRewards", args)
        }
        StakeEvent::StartAuction { validator, amount, bid } => {
            let args = json!({ "validatorId": id(*validator), "amount": units(*amount), "auctionAmount": units(*bid) });
            ("StartAuction", args)
        }
        StakeEvent::ConfirmAuction { new, old, amount } => {
            let args = json!({ "newValidatorId": id(*new), "oldValidatorId": id(*old), "amount": units(*amount) });
            ("ConfirmAuction", args)
        }
        StakeEvent::CheckpointSyncAck(e) => {
            let args = json!({
                "proposer": show(e.proposer),
                "chainId": n(e.root_chain),
                "checkpointId": e.checkpoint,
                "start": n(e.start),
                "end": n(e.end),
            });
            ("CheckpointSyncAck", args)
        }
        StakeEvent::ThresholdChange { new, old } => {
            ("ThresholdChange", json!({ "newThreshold": n(*new), "oldThreshold": n(*old) }))
        }
        StakeEvent::DynastyValueChange { new, old } => {
            ("DynastyValueChange", json!({ "newDynasty": n(*new), "oldDynasty": n(*old) }))
        }
        StakeEvent::ProposerBonusChange { new, old } => {
            ("ProposerBonusChange", json!({ "newProposerBonus": new, "oldProposerBonus": old }))
        }
        StakeEvent::ChainRewardUpdate { root_chain, new, old } => {
            let args = json!({ "chainId": n(*root_chain), "newReward": units(*new), "oldReward": units(*old) });
            ("ChainRewardUpdate", args)
        }
        StakeEvent::RewardParams { decrease, max_intervals, delta } => {
            let args = json!({
                "rewardDecreasePerCheckpoint": n(*decrease),
                "maxRewardedCheckpoints": n(*max_intervals),
                "checkpointRewardDelta": n(*delta),
            });
            ("RewardParams", args)
        }
        StakeEvent::UpdateCommissionRate { validator, new, old } => {
            let args = json!({ "validatorId": id(*validator), "newCommissionRate": new, "oldCommissionRate": old });
            ("UpdateCommissionRate", args)
        }
        StakeEvent::Slashed { nonce, amount } => ("Slashed", json!({ "nonce": n(*nonce), "amount": units(*amount) })),
        StakeEvent::ShareMinted(change) => ("ShareMinted", shares(change)),
        StakeEvent::ShareBurned(change) => ("ShareBurned", shares(change)),
        StakeEvent::ShareBurnedWithId { burned, nonce } => ("ShareBurnedWithId", with_nonce(shares(burned), *nonce)),
        StakeEvent::DelegatorUnstaked(change) => ("DelegatorUnstaked", delegated(change, "amount")),
        StakeEvent::DelegatorUnstakeWithId { unstaked, nonce } => {
            ("DelegatorUnstakeWithId", with_nonce(delegated(unstaked, "amount"), *nonce))
        }
        StakeEvent::DelegatorClaimedRewards(change) => ("DelegatorClaimedRewards", delegated(change, "rewards")),
        StakeEvent::DelegatorRestaked(change) => ("DelegatorRestaked", delegated(change, "totalStaked")),
    }
}
