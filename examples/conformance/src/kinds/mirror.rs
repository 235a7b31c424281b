//! `mirror`: traces of the staking contract of Ethereum and BSC, the checkpoint contract with it.

use super::Kind;
use crate::{
    case::Case,
    failure::Failure,
    field::Field,
    got::Got,
    log::declared,
    trace::{
        self, Answer, Arguments, Contracts, Done, Outcome, Roles, State, Step, put_headers, root_view, set_next_header,
    },
};
use alloy_primitives::{Address, LogData};
use bttc_checkpoint::{header_blocks::HeaderBlocks, vote::DataLayout};
use bttc_core::{amount::Amount, signature::SignatureWords};
use bttc_staking::mirror::{MessageKind, Mirror, MirrorEvent, MirrorParams, Seat, UserFunction};

/// The kind `mirror`.
#[derive(Debug)]
pub(crate) struct Mirrors;

impl Kind for Mirrors {
    fn name(&self) -> &'static str {
        "mirror"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let input = case.input()?;
        let variant = input.field("variant")?;
        if variant.text()? != "mirror" {
            return Err(variant.refused("mirror"));
        }
        trace::run(case, &mut Deployed::new(&input)?)
    }
}

/// Numbers of the deployment that nothing reads or changes.
///
/// Source: `root-contracts §9.1, §3.3`.
const IDLE: [(&str, u64); 8] = [
    ("WITHDRAWAL_DELAY", 80),
    ("dynasty", 80),
    ("auctionPeriod", 2_048),
    ("minDeposit", 1_000_000_000_000_000_000),
    ("minHeimdallFee", 1_000_000_000_000_000_000),
    ("signerUpdateLimit", 100),
    ("validatorThreshold", 7),
    ("NFTCounter", 1),
];

/// The contracts of one deployment.
struct Deployed {
    roles: Roles,
    mirror: Mirror,
    root: HeaderBlocks,
}

fn units(amount: Amount) -> Got {
    amount.to_word().into()
}

impl Deployed {
    fn new(input: &Field<'_>) -> Result<Self, Failure> {
        let governance = input.field("governance")?.address()?;
        Ok(Self {
            roles: Roles::new(["@manager", "@info", "@hub", "@rootChain"]),
            mirror: Mirror::new(governance, governance, MirrorParams::default()),
            root: HeaderBlocks::new(DataLayout::Mirror, input.field("chainId")?.u64()?, governance),
        })
    }

    /// A log as it is recorded.
    fn shown(&self, at: &str, log: &LogData) -> Got {
        let (event, args) = match declared(log, &|address| self.roles.show(address)) {
            Some(known) => (known.event.into(), known.args),
            None => (Got::Nothing, Got::Nothing),
        };
        Got::object([("at", at.into()), ("event", event), ("args", args)])
    }

    fn logged(&self, event: MirrorEvent) -> Done {
        let at = if let MirrorEvent::RewardParams { .. } = event { "hub" } else { "info" };
        Done::logged([self.shown(at, &event.to_log_data())])
    }

    fn submit(&mut self, data: &[u8], signatures: Vec<SignatureWords>, now: u64) -> Outcome {
        let pending = self.root.open(data, signatures).map_err(|error| error.reason())?;
        let words = *pending.words();
        let epoch = words.epoch.unwrap_or_default();
        // Whether it is recorded shows when it is paid.
        let mut paid = self.mirror.clone();
        let reward = paid.check_signatures(
            pending.block_interval(),
            epoch,
            pending.vote_hash(),
            words.account_root,
            words.proposer,
            pending.signatures(),
        );
        let reward = reward.map_err(|error| error.reason())?.reward;
        let recorded = self.root.accept(pending, reward, now).map_err(|error| error.reason())?;
        self.mirror = paid;
        Ok(Done::logged([self.shown("rootChain", &recorded.to_log_data())]))
    }

    fn message(&mut self, kind: MessageKind, step: &Step<'_>) -> Result<Outcome, Failure> {
        let (data, signatures) = (step.bytes("data")?, step.signatures()?);
        let taken = self.mirror.deliver(kind, &data, &signatures);
        Ok(taken.map(|event| self.logged(event)).map_err(|error| error.reason()))
    }

    fn govern(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        let (caller, mirror) = (step.caller, &mut self.mirror);
        let silent = match step.op {
            "lock" => mirror.lock(caller),
            "unlock" => mirror.unlock(caller),
            "setCurrentEpoch" => mirror.set_epoch(caller, step.word("currentEpoch")?),
            "updateCheckPointBlockInterval" => mirror.set_checkpoint_interval(caller, step.word("blocks")?),
            "setValidator" => {
                let seat = Seat {
                    signer: step.address("signer")?,
                    amount: step.amount("amount")?,
                    activation_epoch: step.word("activationEpoch")?,
                    delegated: step.amount("delegatedAmount")?,
                };
                mirror.set_validator(caller, step.word("validatorId")?, &seat)
            }
            "forceDelValidator" => mirror.force_remove(caller, step.word("validatorId")?),
            "insertSigners" => {
                let signers = step.arg("signers")?.list(|signer| Roles::read(&signer))?;
                mirror.set_signers(caller, signers)
            }
            "info.updateNonce" => {
                let words = |name: &str| step.arg(name)?.list(|item| item.u256());
                mirror.set_nonces(caller, &words("validatorIds")?, &words("nonces")?)
            }
            _ => return self.govern_logged(step),
        };
        Ok(silent.map(|()| Done::logged([])).map_err(|error| error.reason()))
    }

    /// Those that leave a log.
    fn govern_logged(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        let (caller, mirror) = (step.caller, &mut self.mirror);
        let event = match step.op {
            "updateCheckpointReward" => mirror.set_checkpoint_reward(caller, step.amount("newReward")?),
            "updateCheckpointRewardParams" => {
                let (decrease, most) =
                    (step.word("rewardDecreasePerCheckpoint")?, step.word("maxRewardedCheckpoints")?);
                mirror.set_reward_shape(caller, decrease, most, step.word("checkpointRewardDelta")?)
            }
            "updateProposerBonus" => mirror.set_proposer_bonus(caller, step.word("newProposerBonus")?),
            _ => return Err(step.unknown()),
        };
        Ok(event.map(|event| self.logged(event)).map_err(|error| error.reason()))
    }

    fn ask(&self, at: &str, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
        match at {
            "rootChain" => root_view(&self.root, name, arguments),
            "info" => self.ask_info(name, arguments),
            "manager" => self.ask_manager(name, arguments),
            _ => None,
        }
    }

    fn ask_info(&self, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
        Some(Ok(vec![match name {
            "validatorNonce" => self.mirror.nonce(arguments.word(0)?).into(),
            "getAccountStateRoot" => self.mirror.account_root().into(),
            _ => return None,
        }]))
    }

    fn ask_manager(&self, name: &str, arguments: &Arguments<'_>) -> Option<Answer> {
        let mirror = &self.mirror;
        let account = || arguments.word(0).map(|id| mirror.account(id).copied().unwrap_or_default());
        let checked = |amount: Option<Amount>| amount.map(|amount| vec![units(amount)]).ok_or("");
        Some(Ok(vec![match name {
            "isValidator" => mirror.is_validator(arguments.word(0)?).into(),
            "validatorReward" => return Some(checked(mirror.validator_reward(arguments.word(0)?).ok())),
            "delegatorsReward" => return Some(checked(mirror.delegators_reward(arguments.word(0)?).ok())),
            "validatorStake" => units(account()?.amount),
            "delegatedAmount" => units(account()?.delegated_amount),
            "getValidatorContract" => Address::ZERO.into(),
            // There are no staking tokens.
            "ownerOf" | "getValidatorId" => return Some(Err("")),
            "totalStakedFor" => 0_u64.into(),
            "epoch" | "currentEpoch" => mirror.epoch().into(),
            "withdrawalDelay" => 80_u64.into(),
            "currentValidatorSetSize" => mirror.live().heads.into(),
            "currentValidatorSetTotalStake" => units(mirror.live().amount),
            "CHECKPOINT_REWARD" => units(mirror.params().reward),
            "signers" => {
                let place = usize::try_from(arguments.word(0)?).unwrap_or(usize::MAX);
                let Some(signer) = mirror.signers().get(place) else { return Some(Err("")) };
                self.roles.show(*signer)
            }
            "signerToValidator" => mirror.validator_by_signer(arguments.address(0)?).unwrap_or_default().into(),
            "latestSignerUpdateEpoch" => account()?.activation_epoch.into(),
            "totalStaked" => units(mirror.total_staked()),
            "accountStateRoot" => mirror.account_root().into(),
            "locked" => mirror.is_locked().into(),
            _ => return None,
        }]))
    }
}

/// A function of users that does nothing here.
fn user_function(op: &str) -> Option<UserFunction> {
    Some(match op {
        "stakeFor" => UserFunction::StakeFor,
        "topUpForFee" => UserFunction::TopUpForFee,
        "startAuction" => UserFunction::StartAuction,
        "confirmAuctionBid" => UserFunction::ConfirmAuctionBid,
        "claimFee" => UserFunction::ClaimFee,
        "migrateDelegation" => UserFunction::MigrateDelegation,
        "unstake" => UserFunction::Unstake,
        "unstakeClaim" => UserFunction::UnstakeClaim,
        "restake" => UserFunction::Restake,
        "withdrawRewards" => UserFunction::WithdrawRewards,
        "updateSigner" => UserFunction::UpdateSigner,
        "updateCommissionRate" => UserFunction::UpdateCommissionRate,
        _ => return None,
    })
}

impl Contracts for Deployed {
    fn state(&self) -> State {
        let (mirror, params) = (&self.mirror, self.mirror.params());
        let mut state = State::default();
        for (name, value) in IDLE {
            state.put(format_args!("sm.{name}"), value);
        }
        let figures: [(&str, Got); 16] = [
            ("delegationEnabled", true.into()),
            ("totalStaked", units(mirror.total_staked())),
            ("rewardPerStake", mirror.reward_per_stake().into()),
            ("prevBlockInterval", mirror.previous_intervals().into()),
            ("accountStateRoot", mirror.account_root().into()),
            ("currentEpoch", mirror.epoch().into()),
            ("CHECKPOINT_REWARD", units(params.reward)),
            ("checkPointBlockInterval", params.shape.interval.into()),
            ("rewardDecreasePerCheckpoint", params.shape.decrease.into()),
            ("maxRewardedCheckpoints", params.shape.max_intervals.into()),
            ("checkpointRewardDelta", params.shape.delta.into()),
            ("proposerBonus", params.shape.proposer_bonus.into()),
            ("locked", mirror.is_locked().into()),
            ("validatorState.amount", units(mirror.live().amount)),
            ("validatorState.stakerCount", mirror.live().heads.into()),
            ("signers", Got::list(mirror.signers().iter().map(|signer| self.roles.show(*signer)))),
        ];
        for (name, value) in figures {
            state.put(format_args!("sm.{name}"), value);
        }
        for (id, account) in mirror.accounts() {
            let fields: [(&str, Got); 9] = [
                ("amount", units(account.amount)),
                ("reward", units(account.reward)),
                ("activationEpoch", account.activation_epoch.into()),
                ("deactivationEpoch", account.deactivation_epoch.into()),
                ("signer", account.signer.into()),
                ("status", account.status.number().into()),
                ("delegatorsReward", units(account.delegators_reward)),
                ("delegatedAmount", units(account.delegated_amount)),
                ("initialRewardPerStake", account.initial_reward_per_stake.into()),
            ];
            for (field, value) in fields {
                state.put(format_args!("sm.validator.{id}.{field}"), value);
            }
            // Two more slots are written with the record and by nothing else.
            state.put(format_args!("sm.auction.{id}.startEpoch"), account.activation_epoch);
            state.put(format_args!("sm.latestSignerUpdateEpoch.{id}"), account.activation_epoch);
        }
        for (signer, id) in mirror.known_signers() {
            state.put(format_args!("sm.signerToValidator.{signer:#x}"), id);
        }
        for (id, nonce) in mirror.nonces() {
            state.put(format_args!("info.validatorNonce.{id}"), nonce);
        }
        put_headers(&self.root, &mut state);
        state
    }

    fn call(&mut self, step: &Step<'_>) -> Result<Outcome, Failure> {
        match step.op {
            "view" => {
                let (at, function) = (step.arg("at")?, step.arg("fn")?);
                let list = step.args.or_default("args", Field::items)?;
                let contract = at.text()?.trim_start_matches('@');
                let answer = self.ask(contract, function.text()?, &Arguments::Fields(&list));
                let answer = answer.ok_or_else(|| function.refused("a view of that contract, with its arguments"))?;
                Ok(answer.map(|ret| Done { events: None, ret }))
            }
            "submitCheckpoint" => {
                let (data, signatures) = (step.bytes("data")?, step.signatures()?);
                Ok(self.submit(&data, signatures, step.time))
            }
            "setNextHeaderBlock" => {
                let reset = set_next_header(&mut self.root, step.caller, step.word("value")?);
                Ok(reset.map(|reset| Done::logged([self.shown("rootChain", &reset.to_log_data())])))
            }
            "validatorJoin" => self.message(MessageKind::Join, step),
            "validatorExit" => self.message(MessageKind::Exit, step),
            "signerUpdate" => self.message(MessageKind::SignerUpdate, step),
            "stakeUpdate" => self.message(MessageKind::StakeUpdate, step),
            op => match user_function(op) {
                Some(function) => {
                    let called = self.mirror.call_user_function(function);
                    Ok(called.map(|()| Done::logged([])).map_err(|error| error.reason()))
                }
                None => self.govern(step),
            },
        }
    }

    fn view(&self, name: &str, arguments: &[&str]) -> Option<Answer> {
        self.ask("manager", name, &Arguments::Texts(arguments))
    }
}
