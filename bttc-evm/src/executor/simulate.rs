//! Calls and creations of anybody's making, tried on a state and thrown away.
//!
//! ```text
//! no signature, no nonce; but who is named must be able to pay gas · price + value, and the gas must cover the start
//! ```
//!
//! Source: `bttc:internal/ethapi/api.go:880-1000, bttc:core/state_transition.go:192-310`.

use super::{
    BlockContext, NativeLogs,
    bor::{BorEvm, BorHandler, Terms},
    revm::{block_env, never},
    trace::{Accesses, Recorder},
};
use crate::{
    state::{Pending, State},
    transaction::{TransactionError, cost, intrinsic_gas},
};
use alloy_eips::eip2930::AccessList;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, U512};
use revm::{
    context::{TxEnv, result::ExecutionResult},
    handler::Handler,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulation {
    /// Who calls.
    pub from: Address,
    /// Whom, or a creation.
    pub to: TxKind,
    /// Call data or creation code.
    pub input: Bytes,
    /// Base units it moves.
    pub value: U256,
    /// Base units a unit of gas costs.
    pub gas_price: U256,
    /// Gas it may use.
    pub gas_limit: u64,
    /// Accounts and slots that start warm.
    pub access_list: AccessList,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// It returned.
    Returned,
    /// It reverted.
    Reverted,
    /// It ran out of gas.
    OutOfGas,
    /// It ran into this fault, in the reference's words.
    Fault(String),
}

impl Ending {
    /// That of a fault with this text.
    pub(super) fn fault(text: &str) -> Self {
        if text == "out of gas" { Self::OutOfGas } else { Self::Fault(text.to_owned()) }
    }

    /// What the reference calls it, unless it returned.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Returned => None,
            Self::Reverted => Some("execution reverted"),
            Self::OutOfGas => Some("out of gas"),
            Self::Fault(text) => Some(text),
        }
    }
}

/// What a try did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulated {
    /// How it ended.
    pub ending: Ending,
    /// Gas it used, refund taken off.
    pub gas_used: u64,
    /// What it returned, or its revert data.
    pub output: Bytes,
}

/// Tries a call or creation on a state.
///
/// ```
/// use bttc_evm::{executor::{BlockContext, Ending, Simulation, simulate}, state::State};
/// use std::collections::BTreeMap;
///
/// let (state, hashes) = (State::from_accounts([]), BTreeMap::new());
/// let tried = simulate(&state, &hashes, &BlockContext::default(), &Simulation { gas_limit: 60_000, ..Default::default() })?;
/// assert_eq!((tried.ending, tried.gas_used), (Ending::Returned, 53_000)); // an empty creation
/// # Ok::<(), bttc_evm::transaction::TransactionError>(())
/// ```
///
/// # Errors
/// [`TransactionError`] when it cannot begin: funds, then gas.
pub fn simulate(
    state: &State,
    hashes: &BTreeMap<u64, B256>,
    context: &BlockContext,
    simulation: &Simulation,
) -> Result<Simulated, TransactionError> {
    let tried = run(state, hashes, context, simulation, None)?.0;
    if matches!(tried.ending, Ending::Returned | Ending::Reverted) {
        return Ok(tried);
    }
    // The machine does not say all that the text needs: what failed is watched as it fails again.
    watched(state, hashes, context, simulation, Recorder::of_ending()).map(|(tried, _)| tried)
}

/// Whether a call or creation like that of [`simulate`] returns.
///
/// # Errors
/// [`TransactionError`] when it cannot begin: funds, then gas.
pub fn returns(
    state: &State,
    hashes: &BTreeMap<u64, B256>,
    context: &BlockContext,
    simulation: &Simulation,
) -> Result<bool, TransactionError> {
    run(state, hashes, context, simulation, None).map(|(tried, _)| tried.ending == Ending::Returned)
}

/// Tries a call or creation like [`simulate`], and adds to `accesses` what it touches.
///
/// # Errors
/// [`TransactionError`] when it cannot begin: funds, then gas.
pub fn simulate_watched(
    state: &State,
    hashes: &BTreeMap<u64, B256>,
    context: &BlockContext,
    simulation: &Simulation,
    accesses: Accesses,
) -> Result<(Simulated, Accesses), TransactionError> {
    watched(state, hashes, context, simulation, Recorder::of_accesses(accesses))
}

fn watched(
    state: &State,
    hashes: &BTreeMap<u64, B256>,
    context: &BlockContext,
    simulation: &Simulation,
    recorder: Recorder,
) -> Result<(Simulated, Accesses), TransactionError> {
    let (tried, recorder) = run(state, hashes, context, simulation, Some(Box::new(recorder)))?;
    Ok(match recorder {
        None => (tried, Accesses::default()),
        Some(recorder) => {
            let (ending, accesses) = recorder.into_parts();
            (Simulated { ending, ..tried }, accesses)
        }
    })
}

/// Whatever is neither return nor revert is out of gas here: a recorder knows more.
fn run(
    state: &State,
    hashes: &BTreeMap<u64, B256>,
    context: &BlockContext,
    simulation: &Simulation,
    recorder: Option<Box<Recorder>>,
) -> Result<(Simulated, Option<Box<Recorder>>), TransactionError> {
    let Simulation { from: sender, to, input, value, gas_price, gas_limit, access_list } = simulation.clone();
    let got = state.balance(sender);
    let expected = cost(gas_price, gas_limit, value);
    if U512::from(got) < expected {
        return Err(TransactionError::InsufficientFunds { sender, got, expected });
    }
    let intrinsic_gas = intrinsic_gas(to, &input, &access_list);
    if gas_limit < intrinsic_gas {
        return Err(TransactionError::IntrinsicGas { got: gas_limit, expected: intrinsic_gas });
    }
    let price = u128::try_from(gas_price).map_err(|_| TransactionError::GasPrice { got: gas_price })?;
    let block = block_env(context, context.author);
    let mut evm = BorEvm::new(Pending::new(state, hashes), context.chain_id, block, NativeLogs::Omit);
    evm.recorder = recorder;
    evm.inner.ctx.chain = Terms { gas_price, intrinsic_gas, ..Terms::default() };
    evm.inner.ctx.tx = TxEnv {
        tx_type: u8::from(!access_list.is_empty()),
        caller: sender,
        gas_limit,
        gas_price: price,
        kind: to,
        value,
        data: input,
        access_list,
        ..TxEnv::default()
    };
    let result = BorHandler::default().run(&mut evm);
    let result = result.unwrap_or_else(|error| never(error));
    let gas_used = result.tx_gas_used();
    let (ending, output) = match result {
        ExecutionResult::Success { output, .. } => (Ending::Returned, output.into_data()),
        ExecutionResult::Revert { output, .. } => (Ending::Reverted, output),
        ExecutionResult::Halt { .. } => (Ending::OutOfGas, Bytes::new()),
    };
    Ok((Simulated { ending, gas_used, output }, evm.recorder))
}
