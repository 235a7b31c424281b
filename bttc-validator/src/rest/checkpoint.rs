//! Of checkpoints.

use super::{
    Request, Stop, View,
    form::{list as listed, number, object, plain, text},
    request::{digits, unsigned},
    result_number,
};
use crate::{
    message::root_chain_of,
    module::{
        chainmanager,
        checkpoint::{self, Buffer},
        staking,
    },
    param,
    record::CheckpointRecord,
};
use bttc_checkpoint::ledger::Destination;
use bttc_core::{
    amino::{Json, Text, Time},
    id::CheckpointNumber,
    root_chain::RootChainId,
};

/// Checkpoints that one answer holds at most.
const MOST: u64 = 20;

fn root(request: &Request) -> Destination {
    Destination::named(request.variable("root"))
}

/// TRON's count, the buffer, the set and the last no-ack at once; what does not read is left out.
// the buffer is that of the root chains nobody knows, whose number is 0.
pub(super) fn overview(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    let stores = view.stores;
    let buffer = Buffer::Checkpoint.get(stores, Destination::UNKNOWN).ok().flatten();
    let set = staking::validator_set(stores).unwrap_or_default();
    let last = checkpoint::last_no_ack(stores).unwrap_or_default();
    // the reference writes the time in the zone that the host is in; here it is UTC.
    let last = Time::new(last.cast_signed(), 0)
        .map_err(|_| Stop::bad_request("Time.MarshalJSON: year outside of range [0,9999]"))?;
    Ok(object([
        ("ack_count", number(checkpoint::count(stores, RootChainId::Tron.into()).unwrap_or_default())),
        ("checkpoint_buffer", buffer.map_or(Json::Null, |record| plain(&record))),
        ("validator_count", number(u64::try_from(set.members().len()).unwrap_or(u64::MAX))),
        ("validator_set", plain(&set)),
        ("last_noack_time", plain(&last)),
    ]))
}

pub(super) fn buffer(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let record = Buffer::Checkpoint.get(view.stores, root(request))?;
    let none = || Stop::internal("could not fetch checkpoint buffer", "No checkpoint found in buffer");
    record.map(|record| plain(&record)).ok_or_else(none)
}

pub(super) fn sync(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let record = Buffer::Sync.get(view.stores, root(request))?;
    let none = || Stop::internal("could not fetch checkpoint buffer", "no checkpoint sync found in buffer");
    record.map(|record| plain(&record)).ok_or_else(none)
}

pub(super) fn count(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    Ok(result_number(checkpoint::count(view.stores, root(request))?))
}

pub(super) fn epoch(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    Ok(result_number(checkpoint::epoch(view.stores)?))
}

pub(super) fn last_no_ack(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    Ok(result_number(checkpoint::last_no_ack(view.stores)?))
}

pub(super) fn activation_height(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    Ok(result_number(chainmanager::activation_height(view.stores, &request.variable("root").into())?))
}

pub(super) fn latest(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    numbered(view, request, checkpoint::count(view.stores, root(request))?)
}

pub(super) fn by_number(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    numbered(view, request, unsigned(request.variable("number"))?)
}

/// A checkpoint with its number in front.
fn numbered(view: &View<'_>, request: &Request, id: u64) -> Result<Json, Stop> {
    let record = checkpoint::checkpoint(view.stores, root(request), CheckpointNumber::new(id))?;
    let record: CheckpointRecord = record.ok_or_else(|| {
        let tried = format!("could not fetch checkpoint by index {id} {}", request.variable("root"));
        Stop::internal(tried, "Invalid checkpoint Index")
    })?;
    let mut entries = vec![("id".into(), number(id))];
    if let Json::Object(fields) = plain(&record) {
        entries.extend(fields);
    }
    Ok(Json::Object(entries))
}

/// A page, in the order of the numbers' texts: 1, 10, 2.
pub(super) fn list(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let name = request.query("root");
    let Some(root_chain) = root_chain_of(&Text::from(name)) else {
        return Err(Stop::bad_request(format!("valid root chain {name}")));
    };
    let page = request.page(MOST)?;
    let entries = page.of(checkpoint::checkpoints(view.stores, root_chain));
    Ok(listed(&entries.filter_map(|entry| entry.ok().map(|(_, record)| record)).collect::<Vec<_>>()))
}

/// What the checkpoint over a range would be. The set's last winner would propose it.
pub(super) fn prepare(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let (Some(start), Some(end)) = (request.given("start"), request.given("end")) else {
        return Err(Stop::bad_request("`start` and `end` query params required"));
    };
    let bound = |text: &str| {
        let refused = |why| Stop::Refused { status: 500, words: format!("strconv.ParseUint: parsing {text:?}: {why}") };
        digits(text).map_err(refused)
    };
    let (start, end) = (bound(start)?, bound(end)?);
    let most = param::MAX_CHECKPOINT_LENGTH.get(view.stores)?;
    if start > end {
        return Err(Stop::bad_request("start is greater than end"));
    }
    if end.wrapping_sub(start).wrapping_add(1) > most {
        return Err(Stop::bad_request("number of headers requested exceeds"));
    }
    let unknown = || Stop::bad_request("Could not fetch roothash from matic chain");
    let root = view.facts.range_root(start, end, most)?.ok_or_else(unknown)?;
    let set = staking::validator_set(view.stores)?;
    // Without a winner the reference panics.
    let proposer = set.elected().ok_or_else(|| Stop::bad_request("there is no proposer"))?.signer;
    Ok(object([
        ("proposer", plain(&proposer)),
        ("rootHash", text(&format!("{root:#x}"))),
        ("startBlock", number(start)),
        ("endBlock", number(end)),
    ]))
}
