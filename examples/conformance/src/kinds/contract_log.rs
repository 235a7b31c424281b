//! `contract-log`: topics and data of the contracts' logs, both ways.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
    log::{Declaration, declared, root_event},
    trace::{id, id_word},
};
use alloy_primitives::{Address, LogData};
use bttc_checkpoint::header_blocks::PointerReset;
use bttc_core::{
    amount::Amount,
    id::{CheckpointNumber, HeaderBlockId, Nonce},
    root_chain::{EventError, RootEvent},
};
use bttc_staking::{
    delegation::ShareEvent,
    mirror::MirrorEvent,
    stake::{CheckpointSyncAck, Delegated, NftEvent, ShareChange, StakeEvent},
    token::TokenEvent,
};

/// The kind `contract-log`.
#[derive(Debug)]
pub(crate) struct ContractLogs;

impl Kind for ContractLogs {
    fn name(&self) -> &'static str {
        "contract-log"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let (topics, data) = (input.field("topics")?, input.field("data")?);
        let words = topics.list(|topic| topic.b256())?;
        let log = LogData::new(words, data.bytes()?).ok_or_else(|| topics.refused("at most 4 topics"))?;
        read(&log, &topics, &expect)?;
        decoded(&log, &topics, &expect)?;
        if let (Some(event), Some(args)) = (expect.field("event")?, expect.field("args")?) {
            let contract = input.field("contract")?;
            let event = (contract.text()?, event.read().text()?);
            let written = match input.field("variant")?.text()? {
                "tron" => written(event, args.read(), topics.items()?.len())?,
                _ => None,
            };
            if written.is_some_and(|written| written != log) {
                return Err(topics.failed("the event of these arguments is written as another log"));
            }
        }
        Ok(())
    }
}

/// By the declaration of the event.
fn read(log: &LogData, topics: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    if let Some(known) = declared(log, &Got::from) {
        expect.check("declaration", known.declaration)?;
        expect.check("event", known.event)?;
        return expect.check("args", known.args);
    }
    // One that only this file declares.
    let Some(declaration) = expect.field("declaration")? else {
        return Err(topics.failed("no event has this log"));
    };
    let event = Declaration::parse(declaration.read().text()?);
    let event = event.ok_or_else(|| declaration.differs("no declaration of an event"))?;
    let args = event.arguments(log, &Got::from).ok_or_else(|| declaration.differs("the log of another event"))?;
    expect.check("event", event.name.as_str())?;
    expect.check("args", Got::object(args))
}

/// By the crates' decoders.
fn decoded(log: &LogData, topics: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let back = |again: LogData| {
        if again == *log { Ok(()) } else { Err(topics.failed("the event that was read is written as another log")) }
    };
    match RootEvent::decode(log) {
        Ok(Some(event)) => {
            back(event.to_log_data())?;
            let (name, args) = root_event(&event);
            expect.check("event", name)?;
            expect.check("args", args)?;
        }
        // The protocol does not react to it; or to numbers so large, which the contracts never give out.
        Ok(None) | Err(EventError::TooLarge { .. }) => {}
        Err(error) => return Err(topics.failed(error)),
    }
    match MirrorEvent::decode(log) {
        Ok(Some(event)) => back(event.to_log_data()),
        Ok(None) => Ok(()),
        Err(error) => Err(topics.failed(error)),
    }
}

/// By the crates' types of the logs on TRON: the log with these arguments; `None` where there is no such type.
fn written(event: (&str, &str), args: &Field<'_>, topics: usize) -> Result<Option<LogData>, Failure> {
    let word = |name: &str| args.field(name)?.u256();
    let amount = |name: &str| word(name).map(Amount::from_word);
    let address = |name: &str| args.field(name)?.address();
    let validator = |name: &str| word(name).map(id);
    let number = |name: &str| args.field(name)?.u64();
    for name in ["validatorId", "newValidatorId", "oldValidatorId", "tokenId", "checkpointId", "nonce"] {
        // No contract counts so far, and no type of the crates does.
        if args.optional(name)?.is_some() && id_word(id(word(name)?)) != word(name)? {
            return Ok(None);
        }
    }
    let delegated = |amount_name: &str| {
        let (validator, user) = (validator("validatorId")?, address("user")?);
        Ok::<_, Failure>(Delegated { validator, user, amount: amount(amount_name)? })
    };
    let shares = || {
        let (validator, user) = (validator("validatorId")?, address("user")?);
        Ok::<_, Failure>(ShareChange { validator, user, amount: amount("amount")?, shares: amount("tokens")? })
    };
    let event = match event {
        ("Token", "Transfer") if topics == 3 => StakeEvent::Token(TokenEvent::Transfer {
            from: address("from")?,
            to: address("to")?,
            value: amount("value")?,
        }),
        ("Token", "Approval") if topics == 3 => StakeEvent::Token(TokenEvent::Approval {
            owner: address("owner")?,
            spender: address("spender")?,
            value: amount("value")?,
        }),
        ("StakingNFT", "Transfer") => StakeEvent::Nft(NftEvent::Transfer {
            from: address("from")?,
            to: address("to")?,
            validator: validator("tokenId")?,
        }),
        ("ValidatorShare", name) => {
            let event = match name {
                "OwnerUpdate" => ShareEvent::OwnerUpdate { new: address("_new")?, old: address("_old")? },
                "OwnershipTransferred" => {
                    ShareEvent::OwnershipTransferred { previous: address("previousOwner")?, new: address("newOwner")? }
                }
                "Transfer" => {
                    ShareEvent::Transfer { from: address("from")?, to: address("to")?, value: amount("value")? }
                }
                _ => return Ok(None),
            };
            StakeEvent::Share { share_contract: Address::ZERO, event }
        }
        (_, "ResetHeaderBlock") => {
            let next = HeaderBlockId::new(word("headerBlockId")?);
            return Ok(Some(PointerReset { owner: address("proposer")?, next }.to_log_data()));
        }
        (_, "RootChainChanged") => {
            StakeEvent::RootChainChanged { previous: address("previousRootChain")?, new: address("newRootChain")? }
        }
        (_, "ClaimFee") => StakeEvent::ClaimFee { user: address("user")?, fee: amount("fee")? },
        (_, "Unstaked") => StakeEvent::Unstaked {
            user: address("user")?,
            validator: validator("validatorId")?,
            amount: amount("amount")?,
            total: amount("total")?,
        },
        (_, "Restaked") => StakeEvent::Restaked {
            validator: validator("validatorId")?,
            amount: amount("amount")?,
            total: amount("total")?,
        },
        (_, "ClaimRewards") => StakeEvent::ClaimRewards {
            validator: validator("validatorId")?,
            amount: amount("amount")?,
            total: amount("totalAmount")?,
        },
        (_, "StartAuction") => StakeEvent::StartAuction {
            validator: validator("validatorId")?,
            amount: amount("amount")?,
            bid: amount("auctionAmount")?,
        },
        (_, "ConfirmAuction") => StakeEvent::ConfirmAuction {
            new: validator("newValidatorId")?,
            old: validator("oldValidatorId")?,
            amount: amount("amount")?,
        },
        (_, "CheckpointSyncAck") => StakeEvent::CheckpointSyncAck(CheckpointSyncAck {
            proposer: address("proposer")?,
            root_chain: word("chainId")?,
            checkpoint: CheckpointNumber::new(number("checkpointId")?),
            start: word("start")?,
            end: word("end")?,
        }),
        (_, "ThresholdChange") => {
            StakeEvent::ThresholdChange { new: word("newThreshold")?, old: word("oldThreshold")? }
        }
        (_, "DynastyValueChange") => {
            StakeEvent::DynastyValueChange { new: word("newDynasty")?, old: word("oldDynasty")? }
        }
        (_, "ChainRewardUpdate") => StakeEvent::ChainRewardUpdate {
            root_chain: word("chainId")?,
            new: amount("newReward")?,
            old: amount("oldReward")?,
        },
        (_, "RewardParams") => StakeEvent::RewardParams {
            decrease: word("rewardDecreasePerCheckpoint")?,
            max_intervals: word("maxRewardedCheckpoints")?,
            delta: word("checkpointRewardDelta")?,
        },
        (_, "ShareMinted") => StakeEvent::ShareMinted(shares()?),
        (_, "ShareBurned") => StakeEvent::ShareBurned(shares()?),
        (_, "ShareBurnedWithId") => {
            StakeEvent::ShareBurnedWithId { burned: shares()?, nonce: Nonce::new(number("nonce")?) }
        }
        (_, "DelegatorUnstaked") => StakeEvent::DelegatorUnstaked(delegated("amount")?),
        (_, "DelegatorUnstakeWithId") => {
            let nonce = Nonce::new(number("nonce")?);
            StakeEvent::DelegatorUnstakeWithId { unstaked: delegated("amount")?, nonce }
        }
        (_, "DelegatorClaimedRewards") => StakeEvent::DelegatorClaimedRewards(delegated("rewards")?),
        (_, "DelegatorRestaked") => StakeEvent::DelegatorRestaked(delegated("totalStaked")?),
        _ => return Ok(None),
    };
    Ok(Some(event.to_log_data()))
}
