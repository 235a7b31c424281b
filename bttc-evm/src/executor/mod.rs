//! Where transactions and system calls are executed.
//!
//! ```text
//! transactions in order ─▶ system calls in order ─▶ code replacements ─▶ state root
//!       receipts              nothing but state           state
//! ```
//!
//! [`Executor`] is the seam: block building and import drive it, [`RevmExecutor`] implements it. The rules are Berlin's
//! with BTTC's logs and fees on top. A chain makes one a block by its [`ExecutorFactory`].
//!
//! Source: `block-layer §5; bttc:core/state_processor.go:59-138, bttc:core/state_transition.go:272-364`.
//!
//! ```
//! use bttc_evm::{executor::{BlockContext, Executor, NativeLogs, RevmExecutor}, state::{Account, State}};
//! use alloy_primitives::{Address, Bytes, U256};
//! use std::collections::BTreeMap;
//!
//! let (state, hashes) = (State::from_accounts([]), BTreeMap::new());
//! let context = BlockContext { number: U256::from(64), ..BlockContext::default() };
//! let mut executor = RevmExecutor::new(&state, &hashes, context, NativeLogs::Emit);
//! let call = executor.system_call(Address::repeat_byte(1), Bytes::new());
//! assert!(call.status.is_success()); // calling nothing succeeds
//! assert_eq!(executor.state_root(), state.root()); // and leaves nothing behind
//! ```

mod bor;
mod collision;
#[cfg(feature = "alloy-evm")]
mod embed;
mod native_log;
mod query;
mod revm;
mod simulate;
mod trace;

#[cfg(feature = "alloy-evm")]
pub use bor::Terms;
pub use collision::StorageCollision;
#[cfg(feature = "alloy-evm")]
pub use embed::{BttcEvm, BttcEvmFactory, env};
pub use native_log::{NativeLogs, fee_log, transfer_log};
pub use query::{QUERY_GAS, QueryError, call};
pub use revm::{RevmExecutor, SYSTEM_ADDRESS, SYSTEM_GAS};
pub use simulate::{Ending, Simulated, Simulation, returns, simulate, simulate_watched};
pub use trace::{Accesses, CallFrame, StepLog, StepOptions, Trace, TraceKind};

use crate::{
    receipt::Status,
    state::{Changes, State},
    transaction::{Transaction, TransactionError},
};
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use core::fmt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What code can see of the block around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockContext {
    /// Id of the chain.
    pub chain_id: u64,
    /// Number of the block.
    pub number: U256,
    /// Its time, Unix seconds.
    pub time: u64,
    /// Its difficulty.
    pub difficulty: U256,
    /// Its gas limit.
    pub gas_limit: u64,
    /// Who sealed it: the coinbase of transactions, which receives their fees.
    pub author: Address,
    /// The header's coinbase: the coinbase of system calls.
    pub coinbase: Address,
}

/// What a transaction did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executed {
    /// How it ended.
    pub status: Status,
    /// Gas it used, refund taken off.
    pub gas_used: u64,
    /// Its logs; the fee log is the last.
    pub logs: Vec<Log>,
}

/// What a system call did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemCalled {
    /// How it ended; a failed one left no trace.
    pub status: Status,
    /// Logs it made.
    pub logs: Vec<Log>,
    /// What it returned, or its revert data.
    pub output: Bytes,
}

/// Runs one block. Block building and import call it, in the order of the picture above; [`RevmExecutor`] implements it.
pub trait Executor: fmt::Debug {
    /// Executes the next transaction, sent by `sender`; `gas_left` is what the block still has.
    ///
    /// # Errors
    /// [`TransactionError`] when it cannot stand here; then nothing changed.
    fn transact(
        &mut self,
        transaction: &Transaction,
        sender: Address,
        gas_left: u64,
    ) -> Result<Executed, TransactionError>;

    /// Makes a system call after the last transaction. Its failure is a result like any other.
    fn system_call(&mut self, to: Address, input: Bytes) -> SystemCalled;

    /// Puts code into an account, after the system calls.
    fn set_code(&mut self, account: Address, code: Bytes);

    /// Root of the state after all of it.
    fn state_root(&mut self) -> B256;

    /// What the block changed. Called once, when the block stands.
    fn into_changes(self: Box<Self>) -> Changes;
}

/// Makes the executor of each block. A [`Chain`](crate::chain::Chain) asks it; [`RevmExecutors`] is the chain's own, a
/// host's own is given to [`Chain::with_executors`](crate::chain::Chain::with_executors).
pub trait ExecutorFactory: fmt::Debug + Send + Sync {
    /// An executor for one block on this state. `hashes` maps numbers to hashes of the blocks before.
    fn executor<'a>(
        &self,
        state: &'a State,
        hashes: &'a BTreeMap<u64, B256>,
        context: BlockContext,
        native_logs: NativeLogs,
    ) -> Box<dyn Executor + 'a>;
}

/// Makes [`RevmExecutor`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RevmExecutors;

impl ExecutorFactory for RevmExecutors {
    fn executor<'a>(
        &self,
        state: &'a State,
        hashes: &'a BTreeMap<u64, B256>,
        context: BlockContext,
        native_logs: NativeLogs,
    ) -> Box<dyn Executor + 'a> {
        Box::new(RevmExecutor::new(state, hashes, context, native_logs))
    }
}
