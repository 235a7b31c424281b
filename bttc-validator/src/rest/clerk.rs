//! Of state records.

use super::{
    Request, Stop, View,
    form::{list as listed, plain},
    request::{integer, unsigned},
};
use crate::{
    module::clerk::{self, MAX_RECORDS, QueryError},
    store::Page,
};
use bttc_core::{
    amino::{Json, Time},
    id::StateId,
};

pub(super) fn record(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let id = StateId::new(unsigned(request.variable("id"))?);
    let none = || Stop::internal("could not get state record", "No record found");
    clerk::record(view.stores, id)?.map(|record| plain(&record)).ok_or_else(none)
}

/// Records between two times; from an id up to a time; or a page of all.
pub(super) fn list(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let page = request.given("page").map_or(Ok(1), unsigned)?;
    let limit = request.given("limit").map_or(Ok(MAX_RECORDS), unsigned)?.min(MAX_RECORDS);
    let page = Page { number: page, limit };
    let (from_time, from_id, to) = (request.given("from-time"), request.given("from-id"), request.given("to-time"));
    match (from_time, from_id, to) {
        (Some(from), _, Some(to)) => {
            let (from, to) = (time(integer(from)?)?, time(integer(to)?)?);
            let records = clerk::records_between(view.stores, from, to, page, view.time);
            records.map(|records| listed(&records)).map_err(|why| too_early(from, to, &why))
        }
        (None, Some(from), Some(to)) => {
            let (from, to) = (StateId::new(unsigned(from)?), time(integer(to)?)?);
            let first = clerk::record(view.stores, from)?.map_or(Ok(to), |first| time(first.time.seconds()))?;
            let records = clerk::records_from(view.stores, from, to, limit, view.time);
            let records = records.map_err(|why| too_early(first, to, &why))?;
            Ok(Json::List(records.iter().map(plain).collect()))
        }
        _ => Ok(listed(&clerk::records(view.stores, page)?)),
    }
}

fn time(seconds: i64) -> Result<Time, Stop> {
    let refused = |_| Stop::Refused { status: 500, words: "Time.MarshalJSON: year outside of range [0,9999]".into() };
    Time::new(seconds, 0).map_err(refused)
}

fn too_early(from: Time, to: Time, why: &QueryError) -> Stop {
    let (from, to) = (spelt(from), spelt(to));
    let tried = format!("could not fetch record list with fromTime {from} and toTime {to}");
    match why {
        QueryError::Early { .. } => Stop::internal(tried, "latest block time is before toTime"),
        QueryError::Corrupt(entry) => Stop::internal(tried, entry),
    }
}

/// A time as Go prints it.
fn spelt(time: Time) -> String {
    time.to_string().replace('T', " ").replace('Z', " +0000 UTC")
}
