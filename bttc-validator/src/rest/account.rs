//! Of accounts and their coins, in amino's form.

use super::{Request, Stop, View, form::object, request::hex};
use crate::{
    module::bank,
    record::{Account, StoredAccount},
};
use alloy_primitives::Address;
use bttc_core::amino::{self, AnyOf, Json, JsonForm};

/// An account.
// of an address without one, an account of zeros is told, whose address is zero too.
pub(super) fn account(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let account = bank::account(view.stores, address(request)?)?.unwrap_or_default();
    Ok(amino::to_json(&AnyOf(Some(StoredAccount::from(account))), JsonForm::Amino))
}

/// An account's numbers alone; of an address without one as much as [`account`] tells.
pub(super) fn sequence(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let Some(Account { address, number, sequence, .. }) = bank::account(view.stores, address(request)?)? else {
        return account(view, request);
    };
    let amino = |number: &u64| amino::to_json(number, JsonForm::Amino);
    Ok(object([
        ("address", amino::to_json(&address, JsonForm::Amino)),
        ("account_number", amino(&number)),
        ("sequence", amino(&sequence)),
    ]))
}

fn address(request: &Request) -> Result<Address, Stop> {
    let address: Address = hex(request.variable("address"));
    if address.is_zero() { Err(Stop::not_found("Invalid address")) } else { Ok(address) }
}

pub(super) fn balances(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let coins = bank::coins(view.stores, hex(request.variable("address")))?;
    Ok(amino::to_json(&coins, JsonForm::Amino))
}
