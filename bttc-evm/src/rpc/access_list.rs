//! `eth_createAccessList`: what a call touches, found by calling until nothing more is touched.
//!
//! Source: `bttc:internal/ethapi/api.go:1468-1560, bttc:internal/ethapi/transaction_args.go:73-165`.

use super::{
    Node, RpcError,
    call::{CallRequest, On, estimate},
    fee, hex,
    params::{BlockRef, Height},
    view,
};
use crate::executor::{Accesses, QUERY_GAS, simulate_watched};
use alloy_consensus::{SignableTransaction, TxEip2930};
use alloy_primitives::{Address, B256, Signature, TxKind, U256};
use serde_json::{Map, Value};

/// Precompiles, which every transaction finds warm: addresses 1 to 9.
const PRECOMPILES: core::ops::RangeInclusive<u8> = 1..=9;

/// Fills in what a transaction needs beside gas, and sees to it that it could be one.
fn filled(node: &Node<'_>, mut request: CallRequest) -> Result<CallRequest, RpcError> {
    request.check_prices()?;
    match (request.max_fee, request.max_priority_fee) {
        (Some(most), Some(tip)) if most < tip => {
            return Err(RpcError::failed(format_args!("maxFeePerGas ({most:#x}) < maxPriorityFeePerGas ({tip:#x})")));
        }
        (Some(_), Some(_)) => {}
        (None, None) => request.gas_price = Some(request.gas_price.map_or_else(|| fee::suggestion(node), Ok)?),
        _ => {
            let text = "maxFeePerGas or maxPriorityFeePerGas specified but london is not active yet";
            return Err(RpcError::failed(text));
        }
    }
    request.value = request.value.or(Some(U256::ZERO));
    let next = || node.pool.next_nonce(request.from).unwrap_or(node.chain.state().nonce(request.from));
    request.nonce = Some(request.nonce.unwrap_or_else(next));
    if let (Some(data), Some(input)) = (&request.data, &request.input)
        && data != input
    {
        let text = r#"both "data" and "input" are set and not equal. Please use "input" to pass transaction call data"#;
        return Err(RpcError::failed(text));
    }
    if request.to.is_create() && request.input().is_empty() {
        return Err(RpcError::failed("contract creation without any data provided"));
    }
    Ok(request)
}

/// The accounts that a list does not name.
fn excluded(request: &CallRequest) -> impl Iterator<Item = Address> {
    let to = match request.to {
        TxKind::Call(to) => to,
        TxKind::Create => request.from.create(request.nonce.unwrap_or_default()),
    };
    PRECOMPILES.map(Address::with_last_byte).chain([request.from, to])
}

/// Hash of the transaction as nobody signed it.
fn hash(node: &Node<'_>, request: &CallRequest, gas_limit: u64) -> B256 {
    let unsigned = TxEip2930 {
        chain_id: node.chain_id(),
        nonce: request.nonce.unwrap_or_default(),
        gas_price: u128::try_from(request.gas_price.unwrap_or_default()).unwrap_or(u128::MAX),
        gas_limit,
        to: request.to,
        value: request.value.unwrap_or_default(),
        access_list: request.access_list.clone(),
        input: request.input().clone(),
    };
    *unsigned.into_signed(Signature::new(U256::ZERO, U256::ZERO, false)).hash()
}

/// `eth_createAccessList`.
pub(super) fn create(node: &Node<'_>, on: &On, request: CallRequest) -> Result<Value, RpcError> {
    let mut request = filled(node, request)?;
    let (asked, hashes) = (request.gas.take(), node.hashes_before(on.before)?);
    let excluded: std::collections::BTreeSet<_> = excluded(&request).collect();
    let mut before = Accesses::new(&request.access_list, excluded.clone());
    loop {
        let list = before.list();
        // Q-323: gas follows from the list of the try before.
        let gas = match asked {
            Some(gas) => gas,
            None => estimate(node, BlockRef::Height(Height::Pending), &request)?,
        };
        request.access_list = list.clone();
        let call = request.with_gas(gas.min(QUERY_GAS));
        let accesses = Accesses::new(&list, excluded.clone());
        let tried = simulate_watched(&on.state, &hashes, &on.context, &call, accesses);
        let (tried, accesses) = tried.map_err(|error| {
            let hash = hash(node, &request, gas);
            RpcError::failed(format_args!("failed to apply transaction: {hash} err: {error}"))
        })?;
        if accesses != before {
            before = accesses;
            continue;
        }
        let mut answer = Map::new();
        answer.insert("accessList".to_owned(), view::access_list(&list));
        answer.extend(tried.ending.error().map(|error| ("error".to_owned(), error.into())));
        answer.insert("gasUsed".to_owned(), hex::quantity(tried.gas_used));
        return Ok(answer.into());
    }
}
