//! `eth_call` and `eth_estimateGas`.
//!
//! ```text
//! estimate: least gas with which the call does not fail, found by halving between 20,999 and
//!           the gas asked for, or the block's limit; at most what the caller can pay, and the cap
//! ```
//!
//! Source: `bttc:internal/ethapi/api.go:880-1180, bttc:internal/ethapi/transaction_args.go:37-240`.

use super::{
    Node, RpcError, hex,
    params::{self, BlockRef, Unreadable},
};
use crate::{
    executor::{BlockContext, Ending, QUERY_GAS, QueryError, Simulated, Simulation, returns, simulate},
    state::State,
    transaction::TransactionError,
};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Gas of a plain transfer: the least a transaction can use.
const TRANSFER_GAS: u64 = 21_000;

/// A call as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CallRequest {
    pub(super) from: Address,
    pub(super) to: TxKind,
    pub(super) gas: Option<u64>,
    pub(super) gas_price: Option<U256>,
    pub(super) max_fee: Option<U256>,
    pub(super) max_priority_fee: Option<U256>,
    pub(super) value: Option<U256>,
    pub(super) nonce: Option<u64>,
    pub(super) data: Option<Bytes>,
    pub(super) input: Option<Bytes>,
    pub(super) access_list: AccessList,
}

/// The parameter of the methods that call.
pub(super) fn request(value: &Value) -> Result<CallRequest, Unreadable> {
    let none = Map::new();
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Null => &none,
        other => return Err(params::mistyped(other, "ethapi.TransactionArgs")),
    };
    let part = |name| params::part(fields, name);
    let word = |name| part(name).map(params::word).transpose();
    let number = |name| part(name).map(params::quantity).transpose();
    let bytes = |name| part(name).map(params::bytes).transpose();
    word("chainId")?; // it is not looked at, but has to be one
    Ok(CallRequest {
        from: part("from").map_or(Ok(Address::ZERO), params::address)?,
        to: part("to").map_or(Ok(TxKind::Create), |to| params::address(to).map(TxKind::Call))?,
        gas: number("gas")?,
        gas_price: word("gasPrice")?,
        max_fee: word("maxFeePerGas")?,
        max_priority_fee: word("maxPriorityFeePerGas")?,
        value: word("value")?,
        nonce: number("nonce")?,
        data: bytes("data")?,
        input: bytes("input")?,
        access_list: part("accessList").map_or(Ok(AccessList::default()), access_list)?,
    })
}

fn access_list(value: &Value) -> Result<AccessList, Unreadable> {
    let items = params::list(value, "types.AccessList", |item| {
        let Value::Object(fields) = item else { return Err(params::mistyped(item, "types.AccessTuple")) };
        let part = |name| params::part(fields, name);
        let address = part("address").map(params::address).transpose()?;
        let keys = part("storageKeys").map(|keys| params::list(keys, "[]common.Hash", params::hash)).transpose()?;
        let missing = |name| Unreadable(format!("missing required field '{name}' for AccessTuple"));
        let address = address.ok_or_else(|| missing("address"))?;
        Ok(AccessListItem { address, storage_keys: keys.ok_or_else(|| missing("storageKeys"))? })
    });
    items.map(AccessList)
}

/// The hashes that code can ask for.
type Hashes = BTreeMap<u64, B256>;

impl CallRequest {
    /// The call with this gas. Without a base fee nothing but the plain price is looked at.
    pub(super) fn with_gas(&self, gas_limit: u64) -> Simulation {
        Simulation {
            from: self.from,
            to: self.to,
            input: self.input().clone(),
            value: self.value.unwrap_or_default(),
            gas_price: self.gas_price.unwrap_or_default(),
            gas_limit,
            access_list: self.access_list.clone(),
        }
    }

    pub(super) fn input(&self) -> &Bytes {
        static NONE: Bytes = Bytes::new();
        self.input.as_ref().or(self.data.as_ref()).unwrap_or(&NONE)
    }

    /// Prices of both kinds do not go together.
    pub(super) fn check_prices(&self) -> Result<(), RpcError> {
        if self.gas_price.is_some() && (self.max_fee.is_some() || self.max_priority_fee.is_some()) {
            let text = "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified";
            return Err(RpcError::failed(text));
        }
        Ok(())
    }

    fn try_with(&self, on: &On, hashes: &Hashes, gas: u64) -> Result<Simulated, TransactionError> {
        simulate(&on.state, hashes, &on.context, &self.with_gas(gas))
    }
}

/// A block and the state after it.
#[derive(Clone, Debug)]
pub(super) struct On {
    /// What code sees of the block.
    pub(super) context: BlockContext,
    pub(super) state: State,
    /// Height and parent of the block that code runs in.
    pub(super) before: (u64, B256),
}

fn begun<T>(tried: Result<T, TransactionError>, gas: u64) -> Result<T, RpcError> {
    tried.map_err(|error| RpcError::failed(format_args!("err: {error} (supplied gas {gas})")))
}

/// A call that did not return, as it is told.
fn outcome(tried: Simulated) -> Result<Bytes, RpcError> {
    match tried.ending.error() {
        None => Ok(tried.output),
        Some(_) if tried.ending == Ending::Reverted && !tried.output.is_empty() => {
            let data = tried.output;
            let text = QueryError::Reverted { data: data.clone() }.to_string();
            Err(RpcError::reverted(text, &data))
        }
        Some(text) => Err(RpcError::failed(text)),
    }
}

/// `eth_call`.
pub(super) fn call(node: &Node<'_>, on: &On, request: &CallRequest) -> Result<Value, RpcError> {
    request.check_prices()?;
    let gas = request.gas.unwrap_or(u64::MAX).min(QUERY_GAS);
    let tried = begun(request.try_with(on, &node.hashes_before(on.before)?, gas), gas)?;
    Ok(hex::bytes(&outcome(tried)?))
}

/// `eth_estimateGas`.
pub(super) fn estimate(node: &Node<'_>, block: BlockRef, request: &CallRequest) -> Result<u64, RpcError> {
    let asked = request.gas.filter(|gas| *gas >= TRANSFER_GAS);
    if asked.is_none() {
        // Its gas limit is what is asked for then.
        node.referred(block, "block not found")?;
    }
    request.check_prices()?;
    let on = &node.on(block)?;
    let hashes = node.hashes_before(on.before)?;
    let mut most = asked.unwrap_or(on.context.gas_limit);
    let price = request.gas_price.or(request.max_fee).unwrap_or_default();
    if !price.is_zero() {
        let mut available = on.state.balance(request.from);
        if let Some(value) = request.value {
            let left = available.checked_sub(value).filter(|left| !left.is_zero());
            available = left.ok_or_else(|| RpcError::failed("insufficient funds for transfer"))?;
        }
        let allowed = available.checked_div(price).unwrap_or_default();
        most = most.min(u64::try_from(allowed).unwrap_or(u64::MAX));
    }
    most = most.min(QUERY_GAS);
    let cap = most;
    let mut failing = TRANSFER_GAS.saturating_sub(1);
    // Too little to begin with is too little; whatever else keeps the call from beginning ends the search.
    let works = |gas: u64| match returns(&on.state, &hashes, &on.context, &request.with_gas(gas)) {
        Err(TransactionError::IntrinsicGas { .. }) => Ok(false),
        tried => begun(tried, gas),
    };
    while failing.saturating_add(1) < most {
        let middle = failing.midpoint(most);
        if works(middle)? {
            most = middle;
        } else {
            failing = middle;
        }
    }
    if most == cap {
        let tried = match request.try_with(on, &hashes, most) {
            Err(TransactionError::IntrinsicGas { .. }) => None,
            tried => Some(begun(tried, most)?).filter(|tried| tried.ending != Ending::OutOfGas),
        };
        let short = || RpcError::failed(format_args!("gas required exceeds allowance ({cap})"));
        outcome(tried.ok_or_else(short)?)?;
    }
    Ok(most)
}
