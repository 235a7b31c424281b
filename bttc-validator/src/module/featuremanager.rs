//! Features: the validators vote first on whether their programs know them, then governance on whether they open.
//!
//! ```text
//! admit    is it valid by itself?
//! attest   yes: the sender signs for a current validator, and this program knows every feature;  else no
//! settle   parameter `SupportFeature` gets the names; the proposal goes to governance
//! ```
//!
//! It is the one message that is voted down: all others are skipped.
//!
//! Source: `validation-layer §5.10; delivery:featuremanager/handler.go, featuremanager/side_handler.go:31-163`.
//!
//! ```
//! use bttc_checkpoint::vote::VoteResult;
//! use bttc_validator::{message::MsgSubmitFeatureProposal, module::{Facts, attest}, store::Stores};
//!
//! let (stores, facts) = (Stores::default(), Facts::default());
//! assert_eq!(attest(&MsgSubmitFeatureProposal::default(), &stores, &facts), Ok((VoteResult::No, 0)));
//! ```

use super::{Context, Facts, Halt, Outcome, Phases, Refusal, gov};
use crate::{
    message::{Content, FeatureChangeProposal, Msg as _, MsgSubmitFeatureProposal},
    param::{self, Feature},
    store::Stores,
};
use bttc_checkpoint::vote::VoteResult;

impl Phases for MsgSubmitFeatureProposal {
    fn admit(&self, _: &mut Stores, _: &Context<'_>) -> Outcome {
        self.basic()?;
        Ok(Vec::new())
    }

    fn attest(&self, stores: &Stores, _: &Facts) -> Result<VoteResult, Halt> {
        let Self(proposal) = self;
        let is_sound =
            self.basic().is_ok() && gov::expect_validator(stores, proposal.proposer, proposal.validator).is_ok();
        let known = |proposal: &FeatureChangeProposal| {
            proposal.changes.iter().all(|change| {
                let named = gov::feature_changes(change);
                named.is_some_and(|named| named.features.keys().all(|name| Feature::named(name).is_some()))
            })
        };
        let is_known = matches!(&proposal.content.0, Some(Content::Features(proposal)) if known(proposal));
        Ok(if is_sound && is_known { VoteResult::Yes } else { VoteResult::No })
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        let (Self(message), VoteResult::Yes) = (self, verdict) else { return Err(Refusal::NOT_APPROVED) };
        let Some(Content::Features(proposal)) = &message.content.0 else { return Err(Refusal::NOT_APPROVED) };
        // What does not read names no feature; governance tries it out, and refuses it.
        let named = |change| gov::feature_changes(change).unwrap_or_default().features.into_keys();
        for name in proposal.changes.iter().flat_map(named) {
            // The reference breaks off where what is there does not read.
            param::add_supported(stores, &name).map_err(|_| Refusal::INTERNAL)?;
        }
        gov::submit(message, stores, context)
    }
}
