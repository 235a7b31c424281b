//! More is deposited for a proposal.

use super::{
    FINISHED_PROPOSAL, UNKNOWN_PROPOSAL, expect_validator,
    kept::{self, Queue, proposal, save_deposit, save_proposal},
    submit::message_event,
};
use crate::{
    message::{Coins, MsgDeposit},
    module::{Context, Event, Outcome, Phases, Refusal, bank, supply},
    param::{DEPOSIT_PARAMS, VOTING_PARAMS},
    record::{ProposalDeposit, ProposalStatus},
    store::Stores,
};
use alloy_primitives::Address;
use bttc_core::id::ValidatorId;

impl Phases for MsgDeposit {
    fn admit(&self, stores: &mut Stores, context: &Context<'_>) -> Outcome {
        expect_validator(stores, self.depositor, self.validator)?;
        let (mut events, started) =
            deposit(stores, context, self.proposal_id, self.depositor, &self.amount, self.validator)?;
        events.push(message_event(self.depositor));
        if started == VotingStarted::Yes {
            events.push(Event::new("proposal_deposit").with("voting_period_start", self.proposal_id));
        }
        Ok(events)
    }
}

/// Whether a deposit was the one that a vote waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VotingStarted {
    Yes,
    No,
}

/// Takes a deposit; the vote begins once there is enough.
///
/// Source: `validation-layer §5.9; delivery:gov/deposit.go:31-81, gov/proposal.go:155-165`.
pub(super) fn deposit(
    stores: &mut Stores,
    context: &Context<'_>,
    id: u64,
    from: Address,
    amount: &Coins,
    validator: ValidatorId,
) -> Result<(Vec<Event>, VotingStarted), Refusal> {
    let mut proposal = proposal(stores, id)?.ok_or(UNKNOWN_PROPOSAL)?;
    if ![ProposalStatus::DEPOSIT, ProposalStatus::VOTING].contains(&proposal.status) {
        return Err(FINISHED_PROPOSAL);
    }
    let to = supply::module_account(stores, supply::GOVERNANCE)?.address;
    let mut events = Vec::from(bank::send_coins(stores, from, to, amount)?);
    proposal.total_deposit = bank::added(&proposal.total_deposit, amount)?;

    let mut started = VotingStarted::No;
    if proposal.status == ProposalStatus::DEPOSIT
        && covers(&proposal.total_deposit, &DEPOSIT_PARAMS.get(stores)?.min_deposit.0)?
    {
        let period = VOTING_PARAMS.get(stores)?.period.0;
        Queue::Depositing.remove(stores, proposal.deposit_end, id);
        proposal.status = ProposalStatus::VOTING;
        proposal.voting_start = context.time;
        proposal.voting_end = context.time.plus(period).map_err(|_| Refusal::INTERNAL)?;
        Queue::Voting.insert(stores, proposal.voting_end, id);
        started = VotingStarted::Yes;
    }
    save_proposal(stores, &proposal);

    let before = kept::deposit(stores, id, validator)?.map_or_else(Coins::default, |deposit| deposit.amount);
    let total = bank::added(&before, amount)?;
    save_deposit(stores, &ProposalDeposit { proposal: id, depositor: validator, amount: total });
    events.push(Event::new("proposal_deposit").with("amount", amount).with("proposal_id", id));
    Ok((events, started))
}

/// Whether there is as much of each token as is asked for.
///
/// Source: `cosmos-sdk fork types/coin.go:371-390, 481-507`.
fn covers(coins: &Coins, asked: &Coins) -> Result<bool, Refusal> {
    if asked.0.is_empty() || coins.0.is_empty() {
        return Ok(asked.0.is_empty());
    }
    for coin in &asked.0 {
        // The reference breaks off at a name that is none, and at an amount that is missing.
        if !coin.has_proper_name() || !coin.amount.is_present() {
            return Err(Refusal::INTERNAL);
        }
        let there = coin.denom.as_str().and_then(|denom| coins.amount_of(denom)).unwrap_or_default();
        if coin.amount.number() > there.number() {
            return Ok(false);
        }
    }
    Ok(true)
}
