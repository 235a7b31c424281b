//! A block on revm.

use super::{
    BlockContext, Executed, Executor, NativeLogs, StorageCollision, SystemCalled,
    bor::{BorEvm, BorHandler, Terms},
    native_log::fee_log,
};
use crate::{
    receipt::Status,
    state::{Changes, Pending, State},
    transaction::{Transaction, TransactionError},
};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, U512, address, map::AddressMap};
use core::{convert::Infallible, fmt};
use revm::{
    DatabaseCommit,
    context::{BlockEnv, TxEnv, result::ExecutionResult},
    context_interface::{ContextTr, JournalTr},
    handler::Handler,
};
use std::collections::BTreeMap;

/// Who makes system calls.
///
/// Source: `block-layer §4.0.2; bttc:consensus/bor/bor.go:65`.
pub const SYSTEM_ADDRESS: Address = address!("0xfffffffffffffffffffffffffffffffffffffffe");

/// Gas of a system call: 2⁶³ − 1.
///
/// Source: `block-layer §4.0.2; bttc:consensus/bor/bor.go:1355-1366`.
pub const SYSTEM_GAS: u64 = u64::MAX / 2;

/// Executes one block above a state. The journal of the last transaction stays open: the system calls go on in it.
pub struct RevmExecutor<'a> {
    pub(super) evm: BorEvm<Pending<'a>>,
    context: BlockContext,
    phase: Phase,
}

/// What the open journal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// A transaction, or nothing.
    Transactions,
    /// System calls.
    SystemCalls,
}

/// What becomes of the warm set when the journal is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WarmSet {
    Keep,
    Drop,
}

impl<'a> RevmExecutor<'a> {
    /// An executor for one block on this state. `hashes` maps numbers to hashes of the blocks before.
    #[must_use]
    pub fn new(
        state: &'a State,
        hashes: &'a BTreeMap<u64, B256>,
        context: BlockContext,
        native_logs: NativeLogs,
    ) -> Self {
        let pending = Pending::new(state, hashes);
        Self {
            evm: BorEvm::new(pending, context.chain_id, block_env(&context, context.author), native_logs),
            context,
            phase: Phase::Transactions,
        }
    }

    /// With this answer to creations at an address that holds storage.
    #[must_use]
    pub fn with_storage_collision(mut self, collision: StorageCollision) -> Self {
        self.evm.holds_storage = match collision {
            StorageCollision::Reset => None,
            StorageCollision::Refuse => Some(Pending::has_storage),
        };
        self
    }

    fn pending(&mut self) -> &mut Pending<'a> {
        &mut self.evm.inner.ctx.journaled_state.database
    }

    /// Closes the journal: empty and destroyed accounts go, everything else is written down.
    fn settle(&mut self, warm_set: WarmSet) {
        let journal = self.evm.inner.ctx.journal_mut();
        let warm = match warm_set {
            WarmSet::Drop => None,
            WarmSet::Keep => {
                let id = journal.inner.transaction_id;
                let mut warm = journal.inner.warm_addresses.access_list().clone();
                let accounts = journal.inner.state.iter();
                accounts.filter(|(_, account)| !account.is_cold_transaction_id(id)).for_each(|(address, account)| {
                    let slots = account.storage.iter();
                    let slots = slots.filter(|(_, slot)| !slot.is_cold_transaction_id(id));
                    let entry = warm.entry(*address).or_default();
                    entry.extend(slots.map(|(slot, _)| *slot));
                });
                Some(warm)
            }
        };
        let state = journal.finalize();
        journal.database.commit(state);
        journal.warm_access_list(warm.unwrap_or_else(AddressMap::default));
    }

    /// The checks before a transaction, in the reference's order.
    ///
    /// Source: `block-layer §5.1.5; bttc:core/state_transition.go:192-310`.
    fn check(&mut self, tx: &Transaction, sender: Address, gas_left: u64) -> Result<u128, TransactionError> {
        let pending = self.pending();
        let (got, expected) = (tx.nonce(), pending.nonce(sender));
        if got > expected {
            return Err(TransactionError::NonceTooHigh { sender, got, expected });
        }
        if got < expected {
            return Err(TransactionError::NonceTooLow { sender, got, expected });
        }
        let code_hash = pending.code_hash(sender);
        if code_hash != KECCAK256_EMPTY {
            return Err(TransactionError::SenderHasCode { sender, code_hash });
        }
        let got = pending.balance(sender);
        let expected = tx.cost();
        if U512::from(got) < expected {
            return Err(TransactionError::InsufficientFunds { sender, got, expected });
        }
        let got = tx.gas_limit();
        if got > gas_left {
            return Err(TransactionError::BlockGas { got, left: gas_left });
        }
        let expected = tx.intrinsic_gas();
        if got < expected {
            return Err(TransactionError::IntrinsicGas { got, expected });
        }
        let got = tx.gas_price();
        u128::try_from(got).map_err(|_| TransactionError::GasPrice { got })
    }
}

impl Executor for RevmExecutor<'_> {
    fn transact(
        &mut self,
        transaction: &Transaction,
        sender: Address,
        gas_left: u64,
    ) -> Result<Executed, TransactionError> {
        self.settle(WarmSet::Drop);
        let gas_price = self.check(transaction, sender, gas_left)?;
        let author = self.context.author;
        let before = [self.pending().balance(sender), self.pending().balance(author)];
        let ctx = &mut self.evm.inner.ctx;
        ctx.tx = TxEnv {
            tx_type: transaction.form().to_byte().unwrap_or(0),
            caller: sender,
            gas_limit: transaction.gas_limit(),
            gas_price,
            kind: transaction.to(),
            value: transaction.value(),
            data: transaction.input().clone(),
            nonce: transaction.nonce(),
            access_list: transaction.access_list().clone(),
            ..TxEnv::default()
        };
        ctx.chain = Terms {
            gas_price: transaction.gas_price(),
            intrinsic_gas: transaction.intrinsic_gas(),
            ..ctx.chain.clone()
        };
        let result = BorHandler::default().run(&mut self.evm);
        let result = result.unwrap_or_else(|error| never(error));
        let (status, gas_used) = (status(&result), result.tx_gas_used());
        let mut logs = result.into_logs();
        let fee = transaction.gas_price().wrapping_mul(U256::from(gas_used));
        // the fee log stands in failed transactions as well, where it is the only one.
        if self.evm.inner.ctx.chain.native_logs == NativeLogs::Emit && !fee.is_zero() {
            logs.push(fee_log(sender, author, fee, before));
        }
        Ok(Executed { status, gas_used, logs })
    }

    // the warm set of the last transaction lasts through the system calls, and these share one view of the original
    // storage until one of them fails.
    fn system_call(&mut self, to: Address, input: Bytes) -> SystemCalled {
        if self.phase == Phase::Transactions {
            self.settle(WarmSet::Keep);
            self.evm.inner.ctx.block = block_env(&self.context, self.context.coinbase);
            self.phase = Phase::SystemCalls;
        }
        let called = self.evm.bare_call(SYSTEM_ADDRESS, to, input, SYSTEM_GAS);
        let (result, logs) = called.unwrap_or_else(|error| never(error));
        let result = result.into_interpreter_result();
        let status = if result.result.is_ok() {
            Status::Succeeded
        } else {
            // only a failed call has the pending state finalised.
            self.settle(WarmSet::Keep);
            Status::Failed
        };
        SystemCalled { status, logs, output: result.output }
    }

    fn set_code(&mut self, account: Address, code: Bytes) {
        self.settle(WarmSet::Drop);
        self.pending().set_code(account, code);
    }

    fn state_root(&mut self) -> B256 {
        self.settle(WarmSet::Drop);
        self.pending().root()
    }

    fn into_changes(mut self: Box<Self>) -> Changes {
        self.settle(WarmSet::Drop);
        self.evm.inner.ctx.journaled_state.database.into_changes()
    }
}

impl fmt::Debug for RevmExecutor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevmExecutor of block {}", self.context.number)
    }
}

pub(super) fn block_env(context: &BlockContext, beneficiary: Address) -> BlockEnv {
    BlockEnv {
        number: context.number,
        beneficiary,
        timestamp: U256::from(context.time),
        gas_limit: context.gas_limit,
        basefee: 0,
        difficulty: context.difficulty,
        ..BlockEnv::default()
    }
}

pub(super) fn status<H>(result: &ExecutionResult<H>) -> Status {
    match result {
        ExecutionResult::Success { .. } => Status::Succeeded,
        ExecutionResult::Revert { .. } | ExecutionResult::Halt { .. } => Status::Failed,
    }
}

/// The machine fails for its database or for an invalid transaction: the state in memory never fails, and transactions
/// are checked before they come here.
#[expect(clippy::panic, reason = "no input leads here")]
pub(super) fn never<E: fmt::Debug>(error: revm::context::result::EVMError<Infallible, E>) -> ! {
    panic!("the virtual machine failed by itself: {error:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Account;
    use alloy_primitives::{TxKind, hex};
    use alloy_rlp::Encodable;

    const SENDER: Address = Address::repeat_byte(0x5e);
    const AUTHOR: Address = Address::repeat_byte(0xa0);
    const CONTRACT: Address = Address::repeat_byte(0xc0);
    const OTHER: Address = Address::repeat_byte(0x07);
    const SOME: Address = Address::repeat_byte(0x50);

    /// Returns the gas that BALANCE of [`SOME`] costs, and 7 for what stands around it.
    const BALANCE_METER: &[u8] = &hex!("5a7350505050505050505050505050505050505050503150 5a9003 60005260206000f3");
    /// Stores its input's first word in slot 0; returns the gas that took, and 11 for what stands around it.
    const STORE_METER: &[u8] = &hex!("5a 600035 600055 5a9003 60005260206000f3");
    /// Calls [`OTHER`] by the operation in place 39 with value 1, and stops.
    const CALLER: &[u8] = &hex!("6000600060006000600173070707070707070707070707070707070707070761fffff100");
    const DESTROYS_ITSELF: &[u8] = &hex!("730707070707070707070707070707070707070707ff");
    const FAILS: &[u8] = &hex!("fe");

    fn state(code: &[u8]) -> State {
        let contract = |code: &[u8]| Account::new(1, U256::from(100), Bytes::copy_from_slice(code), []);
        State::from_accounts([
            (SENDER, Account::with_balance(U256::from(1_000_000))),
            (CONTRACT, contract(code)),
            (OTHER, contract(FAILS)),
        ])
    }

    /// With a signature of nobody; the executor is told the sender.
    fn transaction(nonce: u64, to: impl Into<TxKind>, value: u64) -> Transaction {
        let mut items = Vec::new();
        nonce.encode(&mut items);
        1_u64.encode(&mut items);
        200_000_u64.encode(&mut items);
        to.into().encode(&mut items);
        value.encode(&mut items);
        Bytes::new().encode(&mut items);
        for word in [27_u64, 1, 1] {
            word.encode(&mut items);
        }
        Transaction::from_bytes(&crate::header::list(&items)).unwrap()
    }

    fn run<T>(state: &State, f: impl FnOnce(&mut RevmExecutor<'_>) -> T) -> T {
        let context = BlockContext { chain_id: 1, author: AUTHOR, gas_limit: 1_000_000, ..BlockContext::default() };
        let hashes = BTreeMap::new();
        f(&mut RevmExecutor::new(state, &hashes, context, NativeLogs::Emit))
    }

    fn executed(code: &[u8], value: u64) -> Executed {
        run(&state(code), |executor| executor.transact(&transaction(0, CONTRACT, value), SENDER, 1_000_000).unwrap())
    }

    fn words(executed: &Executed, log: usize) -> Vec<u64> {
        let data = &executed.logs[log].data.data;
        data.chunks(32).map(|word| U256::from_be_slice(word).to()).collect()
    }

    fn metered(executor: &mut RevmExecutor<'_>, input: u64) -> u64 {
        let input = U256::from(input).to_be_bytes::<32>().to_vec();
        let called = executor.system_call(CONTRACT, input.into());
        assert_eq!(called.status, Status::Succeeded);
        U256::from_be_slice(&called.output).to()
    }

    #[test]
    fn a_transfer_logs_live_balances_after_gas_was_bought() {
        let plain = executed(&[], 5);
        assert_eq!((plain.status, plain.gas_used, plain.logs.len()), (Status::Succeeded, 21_000, 2));
        assert_eq!(words(&plain, 0), [5, 800_000, 100, 799_995, 105]);
    }

    #[test]
    fn q77_the_fee_log_computes_on_balances_from_before_the_transaction() {
        assert_eq!(words(&executed(&[], 5), 1), [21_000, 1_000_000, 0, 979_000, 21_000]);
    }

    #[test]
    fn q78_callcode_and_self_destruction_move_value_without_a_log() {
        let events = |code: &[u8]| executed(code, 0).logs.len();
        let with = |operation: u8| {
            let mut code = CALLER.to_vec();
            code[34] = operation;
            // A callee that stops, so that a call keeps its log.
            let state = {
                let contract = |code: Vec<u8>| Account::new(1, U256::from(100), code.into(), []);
                State::from_accounts([
                    (SENDER, Account::with_balance(U256::from(1_000_000))),
                    (CONTRACT, contract(code)),
                    (OTHER, contract(vec![0])),
                ])
            };
            run(&state, |executor| {
                executor.transact(&transaction(0, CONTRACT, 0), SENDER, 1_000_000).unwrap().logs.len()
            })
        };
        assert_eq!((with(0xf1), with(0xf2)), (2, 1)); // CALL, CALLCODE; the last is the fee
        assert_eq!(events(CALLER), 1); // the callee fails, and the log goes with its frame
        assert_eq!(events(DESTROYS_ITSELF), 1);
    }

    #[test]
    fn q79_a_failed_transaction_carries_the_fee_log_alone() {
        let failed = executed(FAILS, 5);
        assert_eq!((failed.status, failed.gas_used, failed.logs.len()), (Status::Failed, 200_000, 1));
        assert_eq!(words(&failed, 0)[0], 200_000);
    }

    #[test]
    fn q80_what_a_transaction_or_a_system_call_warmed_stays_warm() {
        let (cold, warm) = (2_607, 107);
        let state = state(BALANCE_METER);
        let without = run(&state, |executor| [metered(executor, 0), metered(executor, 0)]);
        assert_eq!(without, [cold, warm]);
        let after = run(&state, |executor| {
            executor.transact(&transaction(0, SOME, 1), SENDER, 1_000_000).unwrap();
            metered(executor, 0)
        });
        assert_eq!(after, warm);
        let next_transaction = run(&state, |executor| {
            executor.transact(&transaction(0, SOME, 1), SENDER, 1_000_000).unwrap();
            executor.transact(&transaction(1, OTHER, 0), SENDER, 1_000_000).unwrap();
            metered(executor, 0)
        });
        assert_eq!(next_transaction, cold);
    }

    #[test]
    fn q81_storage_counts_as_original_until_a_system_call_fails() {
        let (fresh, dirty, clean) = (22_111, 111, 2_911);
        let state = state(STORE_METER);
        let in_one = run(&state, |executor| [metered(executor, 1), metered(executor, 2)]);
        assert_eq!(in_one, [fresh, dirty]);
        let apart = run(&state, |executor| {
            let first = metered(executor, 1);
            assert_eq!(executor.system_call(OTHER, Bytes::new()).status, Status::Failed);
            [first, metered(executor, 2)]
        });
        assert_eq!(apart, [fresh, clean]);
    }

    #[test]
    fn q82_a_failed_system_call_leaves_no_trace() {
        let state = state(FAILS);
        run(&state, |executor| {
            assert_eq!(executor.system_call(CONTRACT, Bytes::new()).status, Status::Failed);
            assert_eq!(executor.state_root(), state.root());
        });
    }

    #[test]
    fn q320_a_creation_resets_what_was_stored_at_its_address() {
        let (created, slot) = (SENDER.create(0), U256::from(1));
        let holding = Account::new(0, U256::from(9), Bytes::new(), [(slot, slot)]);
        let state = State::from_accounts([(SENDER, Account::with_balance(U256::from(1_000_000))), (created, holding)]);
        let (hashes, context) = (BTreeMap::new(), BlockContext { chain_id: 1, ..BlockContext::default() });
        let after = |collision| {
            let executor = RevmExecutor::new(&state, &hashes, context, NativeLogs::Emit);
            let mut executor = executor.with_storage_collision(collision);
            let executed = executor.transact(&transaction(0, TxKind::Create, 5), SENDER, 1_000_000).unwrap();
            let mut after = state.clone();
            after.apply(Box::new(executor).into_changes());
            (executed.status, executed.gas_used, executed.logs.len(), after)
        };
        let (status, gas_used, logs, reset) = after(StorageCollision::Reset);
        assert_eq!((status, gas_used, logs), (Status::Succeeded, 53_000, 2));
        let account = reset.account(created).unwrap();
        assert_eq!((account.nonce(), account.balance(), account.storage(slot)), (1, U256::from(14), U256::ZERO));

        let (status, gas_used, logs, refused) = after(StorageCollision::Refuse);
        assert_eq!((status, gas_used, logs), (Status::Failed, 200_000, 1)); // the fee log alone
        assert_eq!((refused.account(created), refused.nonce(SENDER)), (state.account(created), 1));
    }

    #[test]
    fn refusals_change_nothing_and_come_in_order() {
        let state = state(&[]);
        run(&state, |executor| {
            let high = executor.transact(&transaction(1, OTHER, 0), SENDER, 0);
            assert!(matches!(high, Err(TransactionError::NonceTooHigh { got: 1, expected: 0, .. })));
            let poor = executor.transact(&transaction(0, OTHER, 900_000), SENDER, 0);
            assert!(matches!(poor, Err(TransactionError::InsufficientFunds { .. })));
            let full = executor.transact(&transaction(0, OTHER, 0), SENDER, 199_999);
            assert_eq!(full, Err(TransactionError::BlockGas { got: 200_000, left: 199_999 }));
            assert_eq!(executor.state_root(), state.root());
        });
    }

    #[test]
    fn logs_can_be_left_out_by_configuration() {
        let (state, hashes) = (state(&[]), BTreeMap::new());
        let mut executor = RevmExecutor::new(&state, &hashes, BlockContext::default(), NativeLogs::Omit);
        let plain = executor.transact(&transaction(0, CONTRACT, 5), SENDER, 1_000_000).unwrap();
        assert_eq!(plain.logs, []);
    }
}
