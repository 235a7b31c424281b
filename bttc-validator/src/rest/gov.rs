//! Of governance, in amino's form.

use super::{
    Request, Response, Stop, View,
    request::{unsigned, validator_id},
    within,
};
use crate::{
    module::{Codespace, gov},
    param::{AnyParam, DEPOSIT_PARAMS, TALLY_PARAMS, VOTING_PARAMS},
    record::{Proposal, ProposalStatus, TallyResult},
    refusal::Fault,
};
use bttc_core::{
    amino::{self, Field, Json, JsonForm},
    id::ValidatorId,
};

fn amino<F: Field>(value: &F) -> Json {
    amino::to_json(value, JsonForm::Amino)
}

fn list<F: Field>(values: &[F]) -> Json {
    Json::List(values.iter().map(amino).collect())
}

/// How governance decides: `deposit`, `voting` or `tallying`.
pub(super) fn params(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let param: &dyn AnyParam = match request.variable("type") {
        "deposit" => &DEPOSIT_PARAMS,
        "voting" => &VOTING_PARAMS,
        "tallying" => &TALLY_PARAMS,
        other => {
            let words = format!("custom/gov/params/{other} is not a valid query request path");
            return Err(Fault::sdk(6, words).into());
        }
    };
    Ok(param.get_json(view.stores, JsonForm::Amino)?)
}

/// Proposals by number, those alone that a validator voted on or deposited for, or whose status is this.
// of a validator's number that is none the complaint stands in front of the answer. Q-312: more of the latest than
// there ever were are none.
pub(super) fn proposals(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let mut complaints = String::new();
    let mut validator = |key| match request.given(key).map(validator_id) {
        Some(Err(Stop::Refused { status, words })) => {
            complaints.push_str(&Response::error(status, &words).body);
            ValidatorId::new(0)
        }
        Some(Ok(id)) => id,
        _ => ValidatorId::new(0),
    };
    let (voter, depositor) = (validator("voter"), validator("depositor"));
    let found = filtered(view, request, voter, depositor);
    if complaints.is_empty() {
        return found;
    }
    complaints += &match found {
        Ok(found) => within(view.height, &format!("{found:#}")),
        Err(Stop::Refused { status, words }) => Response::error(status, &words).body,
        Err(other) => return Err(other),
    };
    Err(Stop::Written(Response { status: 400, body: complaints }))
}

fn filtered(view: &View<'_>, request: &Request, voter: ValidatorId, depositor: ValidatorId) -> Result<Json, Stop> {
    let stores = view.stores;
    // A name that is none, and that of failed ones, is no condition.
    let status = match request.query("status") {
        "DepositPeriod" | "deposit_period" => Some(ProposalStatus::DEPOSIT),
        "VotingPeriod" | "voting_period" => Some(ProposalStatus::VOTING),
        "Passed" | "passed" => Some(ProposalStatus::PASSED),
        "Rejected" | "rejected" => Some(ProposalStatus::REJECTED),
        _ => None,
    };
    let latest = request.given("limit").map_or(Ok(0), unsigned)?;
    let Some(next) = gov::next_id(stores)? else { return Ok(Json::List(Vec::new())) };
    let ids = next.wrapping_sub(if latest == 0 { next } else { latest })..next;
    let mut found = Vec::new();
    for proposal in gov::proposals(stores)? {
        let id = proposal.id;
        let voted = voter.get() == 0 || gov::vote(stores, id, voter)?.is_some();
        let deposited = depositor.get() == 0 || gov::deposit(stores, id, depositor)?.is_some();
        if ids.contains(&id) && voted && deposited && status.is_none_or(|status| proposal.status == status) {
            found.push(proposal);
        }
    }
    Ok(list(&found))
}

fn found(view: &View<'_>, request: &Request) -> Result<Proposal, Stop> {
    let id = unsigned(request.variable("id"))?;
    let unknown = || Fault::of(Codespace::Gov, 1, format!("unknown proposal with id {id}"));
    Ok(gov::proposal(view.stores, id)?.ok_or_else(unknown)?)
}

pub(super) fn proposal(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    found(view, request).map(|proposal| amino(&proposal))
}

pub(super) fn tally(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let proposal = found(view, request)?;
    Ok(amino(&match proposal.status {
        ProposalStatus::DEPOSIT => TallyResult::default(),
        ProposalStatus::PASSED | ProposalStatus::REJECTED => proposal.result,
        _ => gov::standing(view.stores, proposal.id)?,
    }))
}

/// What stands in the state while a proposal is not decided, `null` for nothing.
fn kept<F: Field>(
    view: &View<'_>,
    request: &Request,
    of: impl FnOnce(u64) -> Result<Vec<F>, crate::store::CorruptEntry>,
) -> Result<Json, Stop> {
    let proposal = found(view, request)?;
    if ![ProposalStatus::DEPOSIT, ProposalStatus::VOTING].contains(&proposal.status) {
        return Err(elsewhere());
    }
    let entries = of(proposal.id)?;
    Ok(if entries.is_empty() { Json::Null } else { list(&entries) })
}

pub(super) fn deposits(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    kept(view, request, |id| gov::deposits(view.stores, id))
}

pub(super) fn votes(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    kept(view, request, |id| gov::votes(view.stores, id))
}

pub(super) fn deposit(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let (id, validator) = (unsigned(request.variable("id"))?, validator_id(request.variable("validator"))?);
    gov::deposit(view.stores, id, validator)?.map_or_else(|| Err(absent(view, id)), |deposit| Ok(amino(&deposit)))
}

pub(super) fn vote(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let (id, validator) = (unsigned(request.variable("id"))?, validator_id(request.variable("validator"))?);
    gov::vote(view.stores, id, validator)?.map_or_else(|| Err(absent(view, id)), |vote| Ok(amino(&vote)))
}

pub(super) fn proposer(_: &View<'_>, request: &Request) -> Result<Json, Stop> {
    unsigned(request.variable("id"))?;
    Err(elsewhere())
}

fn absent(view: &View<'_>, id: u64) -> Stop {
    match gov::proposal(view.stores, id) {
        Ok(Some(_)) => elsewhere(),
        _ => Stop::not_found(&format!("proposalID {id} does not exist")),
    }
}

/// What a node finds among its transactions.
fn elsewhere() -> Stop {
    Stop::Refused { status: 501, words: "only transactions tell of it, and the state has none".to_owned() }
}
