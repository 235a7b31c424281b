//! The end of a block: what time has run out for.

use super::{
    kept::{self, Queue, deposits, remove_deposit, save_proposal},
    submit::execute,
    tally::tally,
};
use crate::{
    module::{Context, Event, Refusal, bank, staking, supply},
    param::MapForm,
    record::{Proposal, ProposalStatus},
    store::Stores,
};
use bttc_core::amino::Text;

/// Drops the proposals for which too little was deposited, and decides those whose vote is over: what passes is carried
/// out. All deposits go back.
///
/// Source: `validation-layer §5.9; delivery:gov/endblocker.go:12-95`.
///
/// # Errors
/// [`Refusal::INTERNAL`] where the reference stops: an entry does not read, or a depositor's validator is gone. Then
/// nothing changed.
pub fn end_block(stores: &mut Stores, context: &Context<'_>, chain_id: &Text) -> Result<Vec<Event>, Refusal> {
    stores.attempt(|stores| {
        let mut events = Vec::new();
        for proposal in Queue::Depositing.due(stores, context.time)? {
            events.extend(refund(stores, &proposal)?);
            kept::remove_proposal(stores, &proposal);
            events.push(outcome("inactive_proposal", proposal.id, "proposal_dropped"));
        }
        let form = MapForm::at(chain_id, context.height);
        for proposal in Queue::Voting.due(stores, context.time)? {
            events.extend(decide(stores, proposal, form)?);
        }
        Ok(events)
    })
}

fn decide(stores: &mut Stores, mut proposal: Proposal, form: MapForm) -> Result<Vec<Event>, Refusal> {
    let (passes, result) = tally(stores, proposal.id)?;
    let mut events = refund(stores, &proposal)?;
    let (status, told) = if passes {
        let content = proposal.content.0.as_ref().ok_or(Refusal::INTERNAL)?;
        match stores.attempt(|stores| execute(stores, content, form)) {
            Ok(()) => (ProposalStatus::PASSED, "proposal_passed"),
            Err(error) if error.is_answered() => (ProposalStatus::FAILED, "proposal_failed"),
            Err(_) => return Err(Refusal::INTERNAL),
        }
    } else {
        (ProposalStatus::REJECTED, "proposal_rejected")
    };
    proposal.status = status;
    proposal.result = result;
    save_proposal(stores, &proposal);
    Queue::Voting.remove(stores, proposal.voting_end, proposal.id);
    events.push(outcome("active_proposal", proposal.id, told));
    Ok(events)
}

// a deposit goes to who signs for the validator now, not to who made it.
fn refund(stores: &mut Stores, proposal: &Proposal) -> Result<Vec<Event>, Refusal> {
    let from = supply::module_address(supply::GOVERNANCE);
    let mut events = Vec::new();
    for deposit in deposits(stores, proposal.id)? {
        let validator = staking::record_of(stores, deposit.depositor)?.ok_or(Refusal::INTERNAL)?;
        let sent = bank::send_coins(stores, from, validator.signer, &deposit.amount);
        events.extend(sent.map_err(|_| Refusal::INTERNAL)?);
        remove_deposit(stores, &deposit);
    }
    Ok(events)
}

fn outcome(kind: &str, id: u64, result: &str) -> Event {
    Event::new(kind).with("proposal_id", id).with("proposal_result", result)
}
