//! An executor of one's own: blocks run as on the chain, and every contract's gas is written down beside.
//!
//! ```text
//! Chain ── executor of a block ──▶ GasBook ──▶ Metered ──▶ RevmExecutor
//!                                     ▲           │
//!                                     └── gas ────┘   when the block stands
//! ```

use alloy_primitives::{Address, B256, Bytes};
use bttc_evm::{
    executor::{BlockContext, Executed, Executor, ExecutorFactory, NativeLogs, RevmExecutor, SystemCalled},
    state::{Changes, State},
    transaction::{Transaction, TransactionError},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Gas by what was called; creations under `None`.
type Gas = BTreeMap<Option<Address>, u64>;

/// The gas of all blocks that stand. A clone is the same book.
#[derive(Clone, Debug, Default)]
pub struct GasBook(Arc<Mutex<Gas>>);

impl GasBook {
    /// What was called, and the gas of all calls; the greatest first.
    #[must_use]
    pub fn entries(&self) -> Vec<(Option<Address>, u64)> {
        let mut entries: Vec<_> = self.open().clone().into_iter().collect();
        entries.sort_by_key(|(_, gas)| core::cmp::Reverse(*gas));
        entries
    }

    fn open(&self) -> MutexGuard<'_, Gas> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ExecutorFactory for GasBook {
    fn executor<'a>(
        &self,
        state: &'a State,
        hashes: &'a BTreeMap<u64, B256>,
        context: BlockContext,
        native_logs: NativeLogs,
    ) -> Box<dyn Executor + 'a> {
        let inner = RevmExecutor::new(state, hashes, context, native_logs);
        Box::new(Metered { inner, gas: Gas::new(), book: self.clone() })
    }
}

/// The chain's own executor of one block, watched.
#[derive(Debug)]
struct Metered<'a> {
    inner: RevmExecutor<'a>,
    gas: Gas,
    book: GasBook,
}

impl Executor for Metered<'_> {
    fn transact(&mut self, tx: &Transaction, sender: Address, gas_left: u64) -> Result<Executed, TransactionError> {
        let executed = self.inner.transact(tx, sender, gas_left)?;
        *self.gas.entry(tx.to().into_to()).or_default() += executed.gas_used;
        Ok(executed)
    }

    fn system_call(&mut self, to: Address, input: Bytes) -> SystemCalled {
        self.inner.system_call(to, input)
    }

    fn set_code(&mut self, account: Address, code: Bytes) {
        self.inner.set_code(account, code);
    }

    fn state_root(&mut self) -> B256 {
        self.inner.state_root()
    }

    fn into_changes(self: Box<Self>) -> Changes {
        self.gas.into_iter().for_each(|(called, gas)| *self.book.open().entry(called).or_default() += gas);
        Box::new(self.inner).into_changes()
    }
}
