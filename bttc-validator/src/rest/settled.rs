//! Whether an event on a root chain was settled. The outside world is asked in which block its transaction is.

use super::{
    Request, Stop, View,
    request::{hex, unsigned},
};
use crate::{
    message::root_chain_of,
    module::{Depth, Question, chainmanager, clerk, slashing, staking, topup},
    param::{self, ChainParams},
    refusal::Fault,
    store::Stores,
};
use alloy_primitives::B256;
use bttc_core::{
    amino::{Json, Text},
    root_chain::RootChainId,
};
use bttc_staking::registry::Sequence;

pub(super) fn staking(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    on_tron(view, request, staking::is_settled)
}

pub(super) fn topup(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    on_tron(view, request, topup::is_seen)
}

pub(super) fn slashing(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    on_tron(view, request, slashing::is_seen)
}

fn on_tron(view: &View<'_>, request: &Request, is_settled: fn(&Stores, Sequence) -> bool) -> Result<Json, Stop> {
    let (log_index, tx_hash) = named(request)?;
    let contract = ChainParams::tron_address(&param::CHAIN_PARAMS.get(view.stores)?.tron_staking_info);
    let question = Question::Log { root_chain: RootChainId::Tron, depth: Depth::Any, contract, tx_hash, log_index };
    told(is_settled(view.stores, Sequence::new(block(view, question)?, log_index)))
}

pub(super) fn record(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let (log_index, tx_hash) = named(request)?;
    let name = request.given("rootchaintype").ok_or(Stop::Silent)?;
    let root_chain = Text::from(name);
    let wrong = |hint: &str| Fault::sdk(1, format!("wrong chain type = {name}{hint}"));
    match root_chain_of(&root_chain) {
        None => return Err(wrong("please pass correct chainType like eth or tron").into()),
        Some(RootChainId::Bsc) if chainmanager::chain_info(view.stores, &root_chain)?.is_none() => {
            return Err(wrong("plealse pass correct chainType like bsc").into());
        }
        Some(_) => {}
    }
    let block = block(view, clerk::log_of(view.stores, &root_chain, tx_hash, log_index)?)?;
    told(clerk::is_seen(view.stores, block, log_index, &root_chain))
}

/// Place and transaction of the log.
// where the transaction or the root chain is not named, the answer is empty and its status 200.
fn named(request: &Request) -> Result<(u64, B256), Stop> {
    let log_index = unsigned(request.query("logindex"))?;
    Ok((log_index, hex(request.given("txhash").ok_or(Stop::Silent)?)))
}

fn block(view: &View<'_>, question: Question) -> Result<u64, Stop> {
    let unknown = || Fault::sdk(1, "Transaction is not confirmed yet. Please wait for sometime and try again");
    Ok(view.facts.block_of(question)?.ok_or_else(unknown)?)
}

fn told(is_settled: bool) -> Result<Json, Stop> {
    if is_settled { Ok(Json::Bool(true)) } else { Err(Stop::not_found("No sequence found")) }
}
