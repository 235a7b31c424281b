//! Accounts.

use super::{
    error::Wrong,
    json::{get, json, list, object, params, read_params},
};
use crate::{
    message::Coins,
    module::{Refusal, bank, supply},
    param::{self, AUTH},
    record::{Account, ModuleRole},
    store::Stores,
};
use alloy_primitives::Address;
use bttc_core::{
    amino::{Json, JsonForm, Text, from_json},
    amino_fields,
};
use std::collections::BTreeSet;

/// An account as a genesis file has it: without key.
#[derive(Clone, Debug, Default)]
struct GenesisAccount {
    address: Address,
    coins: Coins,
    sequence: u64,
    number: u64,
    module: Text,
    permissions: Vec<Text>,
}

amino_fields!(GenesisAccount {
    address: "address",
    coins: "coins",
    sequence: "sequence_number",
    number: "account_number",
    module: "module_name",
    permissions: "module_permissions",
});

pub(super) struct Auth(Vec<GenesisAccount>);

/// Source: `delivery:auth/types/genesis.go:46-92, auth/types/params.go:205-240`.
pub(super) fn read(state: &Json, stores: &mut Stores) -> Result<Auth, Wrong> {
    read_params(state, AUTH, stores)?;
    // The reference asks of the memo's length what it asks of a signature's cost.
    let positive = [
        (&param::TX_SIG_LIMIT, "invalid tx signature limit: 0"),
        (&param::SIG_VERIFY_COST_ED25519, "invalid ED25519 signature verification cost: 0"),
        (&param::SIG_VERIFY_COST_SECP256K1, "invalid SECK256k1 signature verification cost: 0"),
        (&param::MAX_MEMO_CHARACTERS, "invalid SECK256k1 signature verification cost: 0"),
        (&param::TX_SIZE_COST_PER_BYTE, "invalid tx size cost per byte: 0"),
        (&param::MAX_TX_GAS, "invalid max tx gas: 0"),
    ];
    for (param, text) in positive {
        if param.get(stores)? == 0 {
            return Err(Wrong::text(text));
        }
    }
    let fees = param::TX_FEES.get(stores)?;
    if fees.trim().is_empty() {
        return Err(Wrong::text(format!("invalid tx fees: {fees}")));
    }
    let digits = fees.strip_prefix(['-', '+']).unwrap_or(&fees);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Wrong::text(format!("invalid tx fees: {fees}, should be valid big integer")));
    }
    let read = |json| from_json(json, JsonForm::Amino);
    let accounts = list(state, "accounts")?.iter().map(read).collect::<Result<Vec<GenesisAccount>, _>>();
    let accounts = accounts.map_err(|error| Wrong::Value { key: "accounts".into(), error })?;
    let mut seen = BTreeSet::new();
    for account in &accounts {
        let address = account.address;
        if !seen.insert(address) {
            return Err(Wrong::text(format!("duplicate account found in genesis state; address: {address:#x}")));
        }
        if is_blank(&account.module) && !account.module.as_bytes().is_empty() {
            let text = "error: module account name cannot be blank";
            return Err(Wrong::text(format!("invalid account found in genesis state; address: {address:#x}, {text}")));
        }
    }
    Ok(Auth(accounts))
}

fn is_blank(text: &Text) -> bool {
    text.as_str().is_some_and(|text| text.trim().is_empty())
}

impl Auth {
    /// Source: `delivery:app/app.go:531-535, auth/genesis.go:10-30, auth/types/genesis.go:58-71`.
    // the fee collector comes to be before the accounts of the file, and all are numbered anew: whoever was number
    // n in an export is n + 1 in what is made of it.
    pub(super) fn init(mut self, stores: &mut Stores) -> Result<(), Wrong> {
        self.0.sort_by_key(|account| account.number);
        for mut account in self.0 {
            account.coins.0.sort_by(|a, b| a.denom.cmp(&b.denom));
            let module = match account.module.as_bytes() {
                [] => None,
                _ if account.permissions.iter().any(is_blank) => return Err(Wrong::text("module permission is empty")),
                _ => Some(ModuleRole { name: account.module, permissions: account.permissions }),
            };
            let new = bank::new_account(stores, account.address)?;
            let account = Account { coins: account.coins, sequence: account.sequence, module, ..new };
            bank::set_account(stores, &account);
        }
        Ok(())
    }
}

pub(super) fn export(stores: &Stores) -> Result<Json, Wrong> {
    let mut accounts = Vec::new();
    for account in bank::accounts(stores) {
        let account = account?;
        let role = account.module.unwrap_or_default();
        accounts.push(GenesisAccount {
            address: account.address,
            coins: account.coins,
            sequence: account.sequence,
            number: account.number,
            module: role.name,
            permissions: role.permissions,
        });
    }
    accounts.sort_by_key(|account| account.number);
    Ok(object([("params", params(AUTH, stores)?), ("accounts", json(&accounts))]))
}

/// Whether coins may be sent: all that `bank` has.
pub(super) fn read_bank(state: &Json, stores: &mut Stores) -> Result<(), Wrong> {
    param::SEND_ENABLED.set(stores, &get(state, "send_enabled")?);
    Ok(())
}

pub(super) fn export_bank(stores: &Stores) -> Result<Json, Wrong> {
    Ok(object([("send_enabled", json(&param::SEND_ENABLED.get(stores)?))]))
}

/// The total of each token; empty for what the accounts have.
pub(super) struct Supply(Coins);

/// Source: `delivery:supply/types/supply.go:47-53`.
pub(super) fn read_supply(state: &Json) -> Result<Supply, Wrong> {
    let total: Coins = get(state.get("supply").unwrap_or(&Json::Null), "total")?;
    match total.are_proper() {
        Ok(true) => Ok(Supply(total)),
        _ => Err(Wrong::text(format!("invalid total supply: {total}"))),
    }
}

impl Supply {
    /// Source: `delivery:supply/genesis.go:14-27`.
    pub(super) fn init(self, stores: &mut Stores) -> Result<(), Wrong> {
        let Self(mut total) = self;
        if total.0.is_empty() {
            for account in bank::accounts(stores) {
                total = bank::added(&total, &account?.coins)?;
            }
        }
        supply::set_total(stores, total);
        Ok(())
    }
}

pub(super) fn export_supply(stores: &Stores) -> Result<Json, Wrong> {
    let total = supply::total(stores)?.ok_or(Refusal::INTERNAL)?;
    Ok(object([("supply", object([("total", json(&total))]))]))
}
