//! What a call pretends accounts to be.
//!
//! Source: `bttc:internal/ethapi/api.go:920-969`.

use super::{
    RpcError,
    params::{self, Unreadable},
};
use crate::state::State;
use alloy_primitives::{Address, Bytes, U256};
use serde_json::{Map, Value};

/// What one account is to be. What is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Override {
    nonce: Option<u64>,
    code: Option<Bytes>,
    balance: Option<U256>,
    /// All of its storage.
    state: Option<Slots>,
    /// Some of its slots.
    state_diff: Option<Slots>,
}

type Slots = Vec<(U256, U256)>;

/// What accounts are to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Overrides(Vec<(Address, Override)>);

fn object<'v>(value: &'v Value, wanted: &str) -> Result<&'v Map<String, Value>, Unreadable> {
    value.as_object().ok_or_else(|| params::mistyped(value, wanted))
}

/// The parameter.
pub(super) fn overrides(value: &Value) -> Result<Overrides, Unreadable> {
    let accounts = object(value, "ethapi.StateOverride")?.iter().map(|(address, account)| {
        let address = params::key(address, "Address").map(Address::from)?;
        Ok((address, account_override(account)?))
    });
    accounts.collect::<Result<_, _>>().map(Overrides)
}

fn account_override(value: &Value) -> Result<Override, Unreadable> {
    if value.is_null() {
        return Ok(Override::default());
    }
    let fields = object(value, "ethapi.OverrideAccount")?;
    let part = |name| params::part(fields, name);
    Ok(Override {
        nonce: part("nonce").map(params::quantity).transpose()?,
        code: part("code").map(params::bytes).transpose()?,
        balance: part("balance").map(params::word).transpose()?,
        state: part("state").map(slots).transpose()?,
        state_diff: part("stateDiff").map(slots).transpose()?,
    })
}

fn slots(value: &Value) -> Result<Slots, Unreadable> {
    let slots = object(value, "map[common.Hash]common.Hash")?.iter().map(|(slot, value)| {
        let slot = params::key(slot, "Hash").map(U256::from_be_bytes::<32>)?;
        Ok((slot, params::hash(value)?.into()))
    });
    slots.collect()
}

impl Overrides {
    /// Makes the accounts what they are to be.
    pub(super) fn apply(self, state: &mut State) -> Result<(), RpcError> {
        for (address, change) in self.0 {
            let mut account = state.account(address).cloned().unwrap_or_default();
            change.nonce.into_iter().for_each(|nonce| account.set_nonce(nonce));
            change.code.into_iter().for_each(|code| account.set_code(code));
            change.balance.into_iter().for_each(|balance| account.set_balance(balance));
            if change.state.is_some() && change.state_diff.is_some() {
                let address = address.to_checksum(None);
                return Err(RpcError::failed(format_args!("account {address} has both 'state' and 'stateDiff'")));
            }
            if change.state.is_some() {
                account.clear_storage();
            }
            let slots = change.state.or(change.state_diff).unwrap_or_default();
            slots.into_iter().for_each(|(slot, value)| account.set_storage(slot, value));
            state.insert(address, account);
        }
        Ok(())
    }
}
