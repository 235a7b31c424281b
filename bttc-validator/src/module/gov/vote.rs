//! A validator votes.

use super::{
    INACTIVE_PROPOSAL, INVALID_VOTE, UNKNOWN_PROPOSAL, expect_validator,
    kept::{proposal, save_vote},
    submit::message_event,
};
use crate::{
    message::MsgVote,
    module::{Context, Event, Outcome, Phases},
    record::{ProposalStatus, ProposalVote},
    store::Stores,
};

/// Source: `validation-layer §5.9; delivery:gov/handler.go:137-160, gov/vote.go:11-38`.
impl Phases for MsgVote {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        expect_validator(stores, self.voter, self.validator)?;
        let proposal = proposal(stores, self.proposal_id)?.ok_or(UNKNOWN_PROPOSAL)?;
        if proposal.status != ProposalStatus::VOTING {
            return Err(INACTIVE_PROPOSAL);
        }
        let option = self.option.name().ok_or(INVALID_VOTE)?;
        save_vote(stores, &ProposalVote { proposal: self.proposal_id, voter: self.validator, option: self.option });
        let event = Event::new("proposal_vote").with("option", option).with("proposal_id", self.proposal_id);
        Ok(vec![event, message_event(self.voter)])
    }
}
