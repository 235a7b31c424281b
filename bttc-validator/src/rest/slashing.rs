//! Of slashing.

use super::{
    Request, Stop, View,
    form::{number, plain, text},
    request::{signed, validator_id},
};
use crate::{
    module::slashing::{self, Slashes},
    refusal::Fault,
};
use alloy_primitives::hex;
use bttc_core::amino::{Field, Json};

pub(super) fn tick_count(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    Ok(number(slashing::tick_count(view.stores)))
}

pub(super) fn signing_info(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let info = slashing::signing_info(view.stores, validator_id(request.variable("id"))?)?;
    let none = || Fault::sdk(1, "Error while getting validator signing info");
    Ok(plain(&info.ok_or_else(none)?))
}

pub(super) fn signing_infos(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let infos = slashing::signing_infos(view.stores).collect::<Result<Vec<_>, _>>()?;
    part(&infos, request)
}

pub(super) fn slash(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let info = Slashes::Buffer.get(view.stores, validator_id(request.variable("id"))?)?;
    let none = || Fault::sdk(1, " slashing info not found for given val");
    Ok(plain(&info.ok_or_else(none)?))
}

pub(super) fn slashes(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    part(&Slashes::Buffer.all(view.stores)?, request)
}

pub(super) fn tick_slashes(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    part(&Slashes::Tick.all(view.stores)?, request)
}

/// What the next tick has to say, as the contract takes it.
pub(super) fn bytes(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    let infos = Slashes::Buffer.all(view.stores)?;
    let bytes = slashing::encode(&infos).map_err(|why| Stop::internal("could not fetch slashingInfoBytes ", why))?;
    Ok(text(&hex::encode_prefixed(bytes)))
}

/// The page of a list that is asked for, `[]` where there is none: the first of all entries, if nothing is asked for.
///
/// Source: `delivery:types/rest/rest.go:180-230; cosmos-sdk client/utils.go:8-34 (0.37)`.
fn part<F: Field>(entries: &[F], request: &Request) -> Result<Json, Stop> {
    let all = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let (page, limit) = (positive(request, "page", 1)?, positive(request, "limit", 0)?);
    let limit = if limit == 0 { all } else { limit };
    let start = page.wrapping_sub(1).wrapping_mul(limit);
    let end = limit.wrapping_add(start).min(all);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let part = range.and_then(|(start, end)| entries.get(start..end)).unwrap_or_default();
    Ok(Json::List(part.iter().map(plain).collect()))
}

fn positive(request: &Request, key: &str, default: i64) -> Result<i64, Stop> {
    let Some(text) = request.given(key) else { return Ok(default) };
    match signed(text) {
        Ok(number) if number > 0 => Ok(number),
        Ok(_) => Err(Stop::bad_request(format!("{key} must greater than 0"))),
        Err(why) => Err(Stop::bad_request(format!("strconv.Atoi: parsing {text:?}: {why}"))),
    }
}
