//! Of spans.

use super::{
    Request, Stop, View,
    form::{list as listed, plain, text},
    request::unsigned,
};
use crate::{
    module::{bor, staking},
    param,
};
use alloy_primitives::B256;
use bttc_core::{amino::Json, id::SpanId, root_chain::RootChainId};
use bttc_staking::registry::SpanRecord;
use core::fmt;

/// Spans that one answer holds at most.
const MOST: u64 = 20;

pub(super) fn span(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let id = SpanId::new(unsigned(request.variable("id"))?);
    bor::span(view.stores, id)?.map(|span| plain(&span)).ok_or_else(no_span)
}

/// The last span; one of zeros where there is none at all.
pub(super) fn latest(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    if bor::spans(view.stores).next().is_none() {
        return Ok(plain(&SpanRecord::default()));
    }
    bor::last_span(view.stores)?.map(|span| plain(&span)).ok_or_else(no_span)
}

fn no_span() -> Stop {
    Stop::internal("could not get span", "span not found for id")
}

/// A page, in the order of the ids' texts: 0, 1, 10, 2.
pub(super) fn list(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let page = request.page(MOST)?;
    Ok(listed(&page.of(bor::spans(view.stores)).filter_map(Result::ok).collect::<Vec<_>>()))
}

/// The hash of the Ethereum block behind that of the last seed.
fn next_seed(view: &View<'_>, tried: impl fmt::Display) -> Result<B256, Stop> {
    let block = bor::seed_block(view.stores)?.wrapping_add(1);
    let hash = view.facts.block_hash(RootChainId::Ethereum, block)?;
    hash.ok_or_else(|| Stop::internal(tried, "not found"))
}

pub(super) fn seed(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    next_seed(view, "Error fetching next span seed").map(|seed| text(&format!("{seed:#x}")))
}

/// The span that could be proposed now. Id, start and chain are taken from the request as they come.
pub(super) fn prepare(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let id = SpanId::new(unsigned(request.query("span_id"))?);
    let start = unsigned(request.query("start_block"))?;
    let length = param::SPAN_DURATION.get(view.stores)?;
    let set = staking::validator_set(view.stores)?;
    let seed = next_seed(view, "cannot fetch next span seed from keeper")?;
    let producers = bor::producers(view.stores, view.height, seed)
        .map_err(|refusal| Stop::internal("cannot fetch next producers from keeper", refusal))?;
    let end = start.wrapping_add(length).wrapping_sub(1);
    Ok(plain(&SpanRecord { id, start, end, set, producers, chain_id: request.query("chain_id").to_owned() }))
}
