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
    context::{
        TxEnv,
        result::{ExecutionResult, HaltReason},
    },
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
    run(state, hashes, context, simulation, None).map(|(simulated, _)| simulated)
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
    let recorder = Some(Box::new(Recorder::of_accesses(accesses)));
    let (simulated, recorder) = run(state, hashes, context, simulation, recorder)?;
    Ok((simulated, recorder.map(|recorder| recorder.into_accesses()).unwrap_or_default()))
}

type Watched = (Simulated, Option<Box<Recorder>>);

fn run(
    state: &State,
    hashes: &BTreeMap<u64, B256>,
    context: &BlockContext,
    simulation: &Simulation,
    recorder: Option<Box<Recorder>>,
) -> Result<Watched, TransactionError> {
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
        ExecutionResult::Halt { reason, .. } => (fault(&reason), Bytes::new()),
    };
    Ok((Simulated { ending, gas_used, output }, evm.recorder))
}

/// Source: `bttc:core/vm/errors.go:25-72`.
fn fault(reason: &HaltReason) -> Ending {
    let text = match reason {
        HaltReason::OutOfGas(_) => return Ending::OutOfGas,
        HaltReason::InvalidFEOpcode => "invalid opcode: opcode 0xfe not defined",
        HaltReason::OpcodeNotFound => "invalid opcode",
        HaltReason::InvalidJump => "invalid jump destination",
        HaltReason::StackUnderflow => "stack underflow",
        HaltReason::StackOverflow => "stack limit reached 1024 (1023)",
        HaltReason::OutOfOffset => "return data out of bounds",
        HaltReason::CreateCollision => "contract address collision",
        HaltReason::CreateContractSizeLimit => "max code size exceeded",
        HaltReason::StateChangeDuringStaticCall => "write protection",
        HaltReason::CallTooDeep => "max call depth exceeded",
        HaltReason::OutOfFunds => "insufficient balance for transfer",
        other => return Ending::Fault(format!("{other:?}")),
    };
    Ending::Fault(text.to_owned())
}
