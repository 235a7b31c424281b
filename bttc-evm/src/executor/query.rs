//! Read-only calls, as `eth_call` makes them.
//!
//! ```text
//! from zero, gas price 0, value 0, gas 50,000,000, NUMBER and COINBASE of the block whose state is read
//! ```
//!
//! Source: `block-layer §4.0.7; bttc:internal/ethapi/api.go:971-1072`.

use super::{
    BlockContext, NativeLogs,
    bor::{BorEvm, BorHandler, Terms},
    revm::{block_env, never},
};
use crate::state::{Pending, State};
use alloy_primitives::{Address, B256, Bytes, TxKind};
use alloy_sol_types::{Revert, SolError};
use revm::{
    context::{TxEnv, result::ExecutionResult},
    handler::Handler,
};
use std::collections::BTreeMap;

/// Gas of a query: the default cap of the reference.
///
/// Source: `block-layer §4.0.7; bttc:eth/ethconfig/config.go:93`.
pub const QUERY_GAS: u64 = 50_000_000;

/// Why a query has no answer. `Display` is the text of the reference where it has one.
///
/// Source: `block-layer §2.7.7`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The contract reverted.
    #[error("execution reverted{}", reason(data))]
    Reverted {
        /// Its revert data.
        data: Bytes,
    },
    /// The call ran into a fault or out of gas.
    #[error("{reason}")]
    Halted {
        /// The fault.
        reason: String,
    },
    /// No code there.
    #[error("abi: attempting to unmarshall an empty string while arguments are expected")]
    Empty,
    /// The answer is not what the function returns.
    #[error("abi: improperly formatted output: {answer}")]
    Malformed {
        /// What it answered.
        answer: Bytes,
    },
}

fn reason(data: &[u8]) -> String {
    Revert::abi_decode(data).map_or_else(|_| String::new(), |revert| format!(": {}", revert.reason))
}

/// Calls `to` on a state and throws away what the call changed.
///
/// # Errors
/// [`QueryError::Reverted`] or [`QueryError::Halted`].
pub fn call(
    state: &State,
    hashes: &BTreeMap<u64, B256>,
    context: &BlockContext,
    to: Address,
    input: Bytes,
) -> Result<Bytes, QueryError> {
    let block = block_env(context, context.author);
    let mut evm = BorEvm::new(Pending::new(state, hashes), context.chain_id, block, NativeLogs::Omit);
    let data = input.iter().map(|&byte| if byte == 0 { 4 } else { 16 });
    evm.inner.ctx.chain =
        Terms { intrinsic_gas: data.fold(21_000, |sum: u64, gas| sum.saturating_add(gas)), ..Terms::default() };
    evm.inner.ctx.tx = TxEnv {
        caller: Address::ZERO,
        gas_limit: QUERY_GAS,
        gas_price: 0,
        kind: TxKind::Call(to),
        data: input,
        ..TxEnv::default()
    };
    let result = BorHandler::default().run(&mut evm);
    match result.unwrap_or_else(|error| never(error)) {
        ExecutionResult::Success { output, .. } => Ok(output.into_data()),
        ExecutionResult::Revert { output, .. } => Err(QueryError::Reverted { data: output }),
        ExecutionResult::Halt { reason, .. } => Err(QueryError::Halted { reason: format!("{reason:?}") }),
    }
}
