//! Of fee accounts.

use super::{
    Request, Stop, View,
    form::{number, object, plain, text},
    request::hex,
    result_of,
};
use crate::{module::topup, param, refusal::Fault};
use alloy_primitives::{Address, hex::encode_prefixed};
use bttc_core::{amino::Json, root_chain::RootChainId};

pub(super) fn account(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let account = topup::fee_account(view.stores, hex(request.variable("address")))?;
    account.map(|account| plain(&account)).ok_or_else(|| Fault::sdk(6, "No dividend account found").into())
}

pub(super) fn root(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    let root = topup::fee_accounts(view.stores)?.root();
    let none = |_| Stop::internal("could not fetch accountroothash ", "error: cannot construct tree with no content");
    root.map(|root| plain(&root)).map_err(none)
}

/// A user's proof, if Ethereum's contract has the root of now.
// the contract on Ethereum is asked, though fees are claimed on TRON; and where its root is another one, the
// reference panics.
pub(super) fn proof(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let user: Address = hex(request.variable("address"));
    let contract = param::CHAIN_PARAMS.get(view.stores)?.staking_info;
    let known = view.facts.account_root(RootChainId::Ethereum, contract)?;
    let known = known.ok_or_else(|| Stop::internal("could not fetch account root from onchain ", "not found"))?;
    let accounts = topup::fee_accounts(view.stores)?;
    if accounts.root() != Ok(known) {
        return Err(Fault::sdk(1, "could not fetch merkle proof ").into());
    }
    let proof = accounts.answer(user);
    Ok(object([
        ("user", plain(&user)),
        ("accountProof", text(&encode_prefixed(proof.to_bytes()))),
        ("index", number(proof.index)),
    ]))
}

pub(super) fn verify(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let accounts = topup::fee_accounts(view.stores)?;
    let user: Address = hex(request.variable("address"));
    // Without accounts there is no tree, and nothing is a proof.
    let confirmed = accounts.root().is_ok() && accounts.confirms(user, request.query("proof"));
    Ok(result_of(Json::Bool(confirmed)))
}
