//! Something is proposed.

use super::{
    INVALID_CONTENT, INVALID_MSG, INVALID_VOTE,
    deposit::{VotingStarted, deposit},
    expect_validator,
    kept::{Queue, next_id, save_proposal, set_next_id},
};
use crate::{
    message::{Content, FeatureChangeProposal, MsgSubmitProposal, SignedAmount},
    module::{Context, Event, Outcome, Phases, Refusal},
    param::{self, DEPOSIT_PARAMS, FeatureParams, MapForm, SUPPORTED, UpdateError},
    record::{Proposal, ProposalStatus, TallyResult},
    store::Stores,
};
use alloy_primitives::I256;
use bttc_core::amino::{AnyOf, Time};

impl Phases for MsgSubmitProposal {
    fn admit(&self, stores: &mut Stores, context: &Context<'_>) -> Outcome {
        submit(self, stores, context)
    }
}

/// Makes a proposal of a message.
///
/// Source: `validation-layer §5.9, §5.10; delivery:gov/handler.go:35-107, gov/proposal.go:13-52`.
pub(in crate::module) fn submit(message: &MsgSubmitProposal, stores: &mut Stores, context: &Context<'_>) -> Outcome {
    expect_validator(stores, message.proposer, message.validator)?;
    let content = message.content.0.as_ref().ok_or(Refusal::INTERNAL)?;
    if let Content::Features(proposal) = content
        && !are_supported(stores, proposal)
    {
        return Err(INVALID_MSG);
    }
    try_out(stores, content)?;
    let id = next_id(stores)?.ok_or(INVALID_VOTE)?;
    let period = DEPOSIT_PARAMS.get(stores)?.max_period.0;
    let proposal = Proposal {
        content: AnyOf(Some(content.clone())),
        id,
        status: ProposalStatus::DEPOSIT,
        result: no_votes(),
        submitted: context.time,
        deposit_end: context.time.plus(period).map_err(|_| Refusal::INTERNAL)?,
        voting_start: Time::UNSET,
        voting_end: Time::UNSET,
        ..Proposal::default()
    };
    save_proposal(stores, &proposal);
    Queue::Depositing.insert(stores, proposal.deposit_end, id);
    set_next_id(stores, id.wrapping_add(1));

    let mut events = vec![Event::new("submit_proposal").with("proposal_id", id)];
    let (deposited, started) =
        deposit(stores, context, id, message.proposer, &message.initial_deposit, message.validator)?;
    events.extend(deposited);
    events.push(message_event(message.proposer));
    if started == VotingStarted::Yes {
        events.push(Event::new("submit_proposal").with("voting_period_start", id));
    }
    Ok(events)
}

/// What every message of governance ends with.
pub(super) fn message_event(sender: alloy_primitives::Address) -> Event {
    Event::new("message").with("module", "governance").with("sender", format_args!("{sender:#x}"))
}

/// No power on any side.
pub(super) fn no_votes() -> TallyResult {
    // Zero is a number of 255 bits.
    let none = SignedAmount::new(I256::ZERO).unwrap_or_default();
    TallyResult { yes: none, abstain: none, no: none, no_with_veto: none }
}

/// Whether more than two thirds have programs for all the features that a proposal names. What does not read names none.
fn are_supported(stores: &Stores, proposal: &FeatureChangeProposal) -> bool {
    let supported = SUPPORTED.get(stores).unwrap_or_default().features;
    let named = |change| feature_changes(change).unwrap_or_default().features.into_keys();
    let mut names = proposal.changes.iter().flat_map(named);
    names.all(|name| supported.get(&name).copied().unwrap_or_default())
}

/// The features that a change speaks of.
pub(in crate::module) fn feature_changes(change: &crate::message::FeatureChange) -> Option<FeatureParams> {
    let json = param::parse(&"FeatureParams".into(), &change.value).ok()?;
    FeatureParams::from_amino(&json).ok()
}

/// That a proposal could be carried out now; nothing stays of it.
fn try_out(stores: &mut Stores, content: &Content) -> Result<(), Refusal> {
    let tried: Result<(), Result<(), UpdateError>> =
        stores.attempt(|stores| Err(execute(stores, content, MapForm::Standard)));
    match tried {
        Ok(()) | Err(Ok(())) => Ok(()),
        Err(Err(error)) if error.is_answered() => Err(INVALID_CONTENT),
        Err(Err(_)) => Err(Refusal::INTERNAL),
    }
}

/// Carries a proposal out.
///
/// Source: `validation-layer §5.9, §5.10; delivery:params/proposal_handler.go:13-73`.
pub(super) fn execute(stores: &mut Stores, content: &Content, form: MapForm) -> Result<(), UpdateError> {
    match content {
        Content::Parameters(proposal) => {
            proposal.changes.iter().try_for_each(|change| param::update(stores, change, form))
        }
        Content::Features(proposal) => {
            proposal.changes.iter().try_for_each(|change| param::update_features(stores, change))
        }
    }
}
