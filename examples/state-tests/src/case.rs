//! One transaction on one state.

use crate::fixture::{Fixture, Outcome, Surroundings};
use alloy_primitives::{B256, Log, U256};
use bttc_core::hash::keccak256;
use bttc_evm::{
    executor::{BlockContext, Executor, NativeLogs, RevmExecutor, StorageCollision},
    state::{Account, State},
    transaction::Transaction,
};
use std::collections::BTreeMap;

/// The fork whose outcomes are compared: the rules that this chain runs.
pub const FORK: &str = "Berlin";

/// The tests' chain.
const CHAIN_ID: u64 = 1;

/// What the tests expect where creation meets storage; the reference resets it.
const COLLISION: StorageCollision = StorageCollision::Refuse;

/// Blocks whose hashes code may ask for.
const HASHES: u64 = 256;

/// How an outcome differs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Another state.
    #[error("state root {got}, expected {expected}")]
    Root {
        /// The executor's.
        got: B256,
        /// The test's.
        expected: B256,
    },
    /// Other logs.
    #[error("logs hash {got}, expected {expected}")]
    Logs {
        /// The executor's.
        got: B256,
        /// The test's.
        expected: B256,
    },
    /// A good transaction was refused.
    #[error("refused: {0}")]
    Refused(String),
    /// A bad transaction was executed.
    #[error("executed, expected {0}")]
    Executed(String),
    /// A number that no block of this chain can have.
    #[error("{field} is {got}, more than 64 bits")]
    TooLarge {
        /// Whose number.
        field: &'static str,
        /// The number.
        got: U256,
    },
}

fn narrow(field: &'static str, got: U256) -> Result<u64, Mismatch> {
    u64::try_from(got).map_err(|_| Mismatch::TooLarge { field, got })
}

/// The state before.
pub(crate) fn state(fixture: &Fixture) -> Result<State, Mismatch> {
    let accounts = fixture.pre.iter().map(|(address, before)| {
        let slots = before.storage.iter().map(|(slot, value)| (*slot, *value));
        let nonce = narrow("nonce", before.nonce)?;
        Ok((*address, Account::new(nonce, before.balance, before.code.clone(), slots)))
    });
    Ok(State::from_accounts(accounts.collect::<Result<Vec<_>, _>>()?))
}

/// The block, and the hashes of those before it: in these tests H(number in decimal).
pub(crate) fn block(env: &Surroundings) -> Result<(BlockContext, BTreeMap<u64, B256>), Mismatch> {
    let number = narrow("currentNumber", env.current_number)?;
    let context = BlockContext {
        chain_id: CHAIN_ID,
        number: env.current_number,
        time: narrow("currentTimestamp", env.current_timestamp)?,
        difficulty: env.current_difficulty,
        gas_limit: narrow("currentGasLimit", env.current_gas_limit)?,
        author: env.current_coinbase,
        coinbase: env.current_coinbase,
    };
    let hashes = (number.saturating_sub(HASHES)..number).map(|n| (n, keccak256(n.to_string()))).collect();
    Ok((context, hashes))
}

/// Executes the encoded transaction and compares what came of it.
pub(crate) fn run(
    state: &State,
    (context, hashes): &(BlockContext, BTreeMap<u64, B256>),
    encoded: &[u8],
    outcome: &Outcome,
) -> Result<(), Mismatch> {
    let executor = RevmExecutor::new(state, hashes, *context, NativeLogs::Omit);
    let mut executor = executor.with_storage_collision(COLLISION);
    let logs = match (execute(&mut executor, context, encoded), &outcome.exception) {
        (Ok(logs), None) => logs,
        (Err(_), Some(_)) => Vec::new(),
        (Err(refusal), None) => return Err(Mismatch::Refused(refusal)),
        (Ok(_), Some(exception)) => return Err(Mismatch::Executed(exception.clone())),
    };
    let (got, expected) = (executor.state_root(), outcome.hash);
    if got != expected {
        return Err(Mismatch::Root { got, expected });
    }
    let (got, expected) = (keccak256(alloy_rlp::encode(logs)), outcome.logs);
    if got != expected {
        return Err(Mismatch::Logs { got, expected });
    }
    Ok(())
}

/// The logs of the transaction, or why it is refused.
fn execute(executor: &mut RevmExecutor<'_>, context: &BlockContext, encoded: &[u8]) -> Result<Vec<Log>, String> {
    let transaction = Transaction::from_bytes(encoded).map_err(|error| error.to_string())?;
    let sender = transaction.sender(CHAIN_ID).map_err(|error| error.to_string())?;
    let executed = executor.transact(&transaction, sender, context.gas_limit).map_err(|error| error.to_string())?;
    Ok(executed.logs)
}
