//! Of validators.

use super::{
    Request, Stop, View,
    form::{list, plain},
    request::{hex, unsigned},
    result_number, result_of,
};
use crate::{
    module::{checkpoint, staking},
    refusal::Fault,
};
use alloy_primitives::Address;
use bttc_checkpoint::ledger::Destination;
use bttc_core::{amino::Json, id::ValidatorId, root_chain::RootChainId};
use bttc_staking::registry::SyncRecord;

/// The power of the set's first member.
// the walk over the set is told to stop by what should let it go on.
pub(super) fn total_power(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    let set = staking::validator_set(view.stores)?;
    let power = set.members().first().map_or(0, |member| member.power.get());
    let refused = |_| Stop::bad_request(format!("json: cannot unmarshal number {power} into Go value of type uint64"));
    u64::try_from(power).map(result_number).map_err(refused)
}

pub(super) fn signer(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let record = staking::record(view.stores, hex(request.variable("address")))?;
    let nobody = || Stop::internal("Error while getting validator by signer", "Validator not found");
    record.map(|record| plain(&record)).ok_or_else(nobody)
}

/// Whether a signer's validator is current; of nobody it is not.
pub(super) fn status(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let address: Address = hex(request.variable("address"));
    let ack_count = checkpoint::count(view.stores, RootChainId::Tron.into())?;
    let record = staking::record(view.stores, address).ok().flatten();
    Ok(result_of(Json::Bool(record.is_some_and(|record| record.is_current(ack_count)))))
}

pub(super) fn validator(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let id = ValidatorId::new(unsigned(request.variable("id"))?);
    let record = staking::record_of(view.stores, id)?;
    record.map(|record| plain(&record)).ok_or_else(|| Fault::sdk(6, "No validator found").into())
}

pub(super) fn set(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    Ok(plain(&staking::validator_set(view.stores)?))
}

/// The next proposers, the current one first: as many as asked for, and no more than the set has members.
// a number of 2⁶³ or more counts as negative, so that nobody is listed.
pub(super) fn proposers(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let times = unsigned(request.variable("times"))?;
    let mut set = staking::validator_set(view.stores)?;
    let times = usize::try_from(times.cast_signed()).unwrap_or_default().min(set.members().len());
    let mut proposers = Vec::with_capacity(times);
    for _ in 0..times {
        proposers.extend(set.proposer().map_err(|why| Fault::sdk(1, why.to_string()))?.cloned());
        set.increment(1).map_err(|why| Fault::sdk(1, why.to_string()))?;
    }
    Ok(list(&proposers))
}

pub(super) fn proposer(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    let set = staking::validator_set(view.stores)?;
    let proposer = set.proposer().map_err(|why| Fault::sdk(1, why.to_string()))?;
    Ok(proposer.map_or(Json::Null, plain))
}

// the module has nothing to answer it with.
pub(super) fn bonus(_: &View<'_>, _: &Request) -> Result<Json, Stop> {
    Err(Fault::sdk(6, "unknown staking query endpoint").into())
}

/// What a mirror has to be told next; of nothing a record of zeros.
pub(super) fn next(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let queue = staking::queue(view.stores, Destination::named(request.variable("root")))?;
    Ok(queue.first().map_or_else(|| plain(&SyncRecord::default()), plain))
}

pub(super) fn queue(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let queue = staking::queue(view.stores, Destination::named(request.variable("root")))?;
    Ok(Json::List(queue.iter().map(plain).collect()))
}
