//! Governance: validators propose changes of parameters and features, deposit for them, and vote.
//!
//! ```text
//!  submit ──▶ deposit period ──deposits ≥ minimum──▶ voting period ──its end──▶ tally ──▶ passed, rejected, failed
//!                  │ its end                                                     │
//!                  ▼                                                             │
//!               dropped ────────────────── deposits go back ◀────────────────────┘
//!
//!  B = power of the set, V = power that voted,  passes if
//!  V > 0,  V/B ≥ quorum,  V ≠ abstain,  veto/V ≤ limit,  yes/(V − abstain) > threshold
//! ```
//!
//! Who proposes, deposits or votes signs for a validator that is current, and names its id; deposits and votes are the
//! validator's. A proposal is tried out when it is made, and carried out when it has passed. Deposits always go back.
//!
//! Source: `validation-layer §5.9; delivery:gov/`.
//!
//! ```
//! use bttc_validator::{module::{Context, Refusal, admit, gov}, message::MsgVote, param, store::Stores};
//!
//! let mut stores = Stores::default();
//! param::set_defaults(&mut stores);
//! gov::set_next_id(&mut stores, 1);
//! let context = Context { height: 7, time: Default::default(), tx: b"" };
//! // Nobody is a validator yet.
//! assert_eq!(admit(&MsgVote::default(), &mut stores, &context).map_err(|refusal| refusal.code), Err(1_400));
//! assert_eq!(gov::end_block(&mut stores, &context, &"devnet".into()), Ok(vec![]));
//! # Ok::<(), Refusal>(())
//! ```

mod deposit;
mod end_block;
mod kept;
mod submit;
mod tally;
mod vote;

pub use end_block::end_block;
pub use kept::{
    deposit, deposits, insert_into_queue, next_id, proposal, proposals, save_deposit, save_proposal, save_vote,
    set_next_id, vote, votes,
};
pub(super) use submit::{feature_changes, submit};
pub use tally::standing;

use super::{Codespace, Refusal, checkpoint, staking};
use crate::store::Stores;
use alloy_primitives::Address;
use bttc_core::{id::ValidatorId, root_chain::RootChainId};

/// A code of governance's own.
const fn refusal(code: u32) -> Refusal {
    Refusal::common(code).of(Codespace::Gov)
}

/// There is no such proposal.
const UNKNOWN_PROPOSAL: Refusal = refusal(1);
/// It is not voted on.
const INACTIVE_PROPOSAL: Refusal = refusal(2);
/// Its vote is over.
const FINISHED_PROPOSAL: Refusal = refusal(4);
/// What it says cannot be done.
const INVALID_CONTENT: Refusal = refusal(6);
/// The option has no name.
// Q-243: a genesis without the number of the first proposal has this code too.
const INVALID_VOTE: Refusal = refusal(8);
/// The sender signs for no validator of this id, or a feature is not supported.
const INVALID_MSG: Refusal = Refusal::INVALID_MSG.of(Codespace::Gov);

/// That an address signs for the current validator of this id.
///
/// Source: `delivery:gov/handler.go:161-190`.
pub(super) fn expect_validator(stores: &Stores, signer: Address, id: ValidatorId) -> Result<(), Refusal> {
    let ack_count = checkpoint::count(stores, RootChainId::Tron.into())?;
    let record = staking::record(stores, signer)?;
    let current = record.is_some_and(|record| record.is_current(ack_count) && record.id == id);
    if current { Ok(()) } else { Err(INVALID_MSG) }
}
