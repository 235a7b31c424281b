//! The virtual machine with BTTC's value movements.
//!
//! A newtype over revm's machine that overrides one step, the start of a frame, where value moves; and a handler that
//! overrides the buying, returning and paying of gas, so that prices and balances are counted in 256 bits and the journal
//! stays open until the executor closes it.

use super::{
    collision::{self, HoldsStorage},
    native_log::{NativeLogs, transfer_log},
    trace::{self, Recorder},
};
use alloy_primitives::{Address, Bytes, Log, U256};
use revm::{
    Database, Journal,
    context::{
        BlockEnv, CfgEnv, Context, Evm, FrameStack, TxEnv,
        result::{EVMError, ExecutionResult, HaltReason, InvalidTransaction, ResultGas},
    },
    context_interface::{
        Block, ContextTr, JournalTr, LocalContextTr, Transaction,
        context::{ContextError, take_error},
        journaled_state::account::JournaledAccountTr,
    },
    handler::{
        EthFrame, EthPrecompiles, EvmTr, FrameInitOrResult, FrameResult, Handler, ItemOrResult, PrecompileProvider,
        evm::{ContextDbError, FrameInitResult},
        instructions::EthInstructions,
        post_execution,
    },
    interpreter::{
        CallInput, CallInputs, CallScheme, CallValue, FrameInput, Gas, InitialAndFloorGas, InterpreterResult,
        SharedMemory, interpreter::EthInterpreter, interpreter_action::FrameInit,
    },
    primitives::hardfork::SpecId,
};

/// What the machine needs to know of the transaction beyond revm's own form of it.
#[derive(Clone, Debug, Default)]
#[cfg_attr(not(feature = "alloy-evm"), expect(unreachable_pub, reason = "a host's inspector sees it, others do not"))]
pub struct Terms {
    /// Whether value movements are logged.
    pub(super) native_logs: NativeLogs,
    /// Price of a unit of gas, in full width.
    pub(super) gas_price: U256,
    /// Gas used before the first step.
    pub(super) intrinsic_gas: u64,
}

pub(super) type BorContext<DB> = Context<BlockEnv, TxEnv, CfgEnv, DB, Journal<DB>, Terms>;
type Inner<DB, I, P> =
    Evm<BorContext<DB>, I, EthInstructions<EthInterpreter, BorContext<DB>>, P, EthFrame<EthInterpreter>>;

/// revm's machine, with a log where value moves, who watches its steps, and whether storage is in a creation's way.
/// Inspector and precompiles are a host's own where there is one.
pub(super) struct BorEvm<DB: Database, I = (), P = EthPrecompiles> {
    pub(super) inner: Inner<DB, I, P>,
    pub(super) recorder: Option<Box<Recorder>>,
    pub(super) holds_storage: Option<HoldsStorage<DB>>,
}

/// Precompiles that the machine can run.
pub(super) trait Precompiled<DB: Database>:
    PrecompileProvider<BorContext<DB>, Output = InterpreterResult>
{
}

impl<DB: Database, P: PrecompileProvider<BorContext<DB>, Output = InterpreterResult>> Precompiled<DB> for P {}

/// Failures of the database; of a state in memory there are none.
pub(super) type BorError<DB> = EVMError<<DB as Database>::Error, InvalidTransaction>;

impl<DB: Database> BorEvm<DB> {
    /// A machine with nothing warm, not even the precompiles.
    pub(super) fn new(database: DB, chain_id: u64, block: BlockEnv, native_logs: NativeLogs) -> Self {
        let spec = SpecId::BERLIN;
        let mut cfg = CfgEnv::new_with_spec(spec).with_mainnet_gas_params();
        cfg.chain_id = chain_id;
        cfg.tx_gas_limit_cap = Some(u64::MAX);
        let mut context = BorContext::<DB>::new(database, spec);
        context.block = block;
        context.cfg = cfg;
        context.chain.native_logs = native_logs;
        context.journaled_state.set_spec_id(spec);
        let instructions = EthInstructions::new_mainnet_with_spec(spec);
        let inner = Evm::new(context, instructions, EthPrecompiles::new(spec));
        Self { inner, recorder: None, holds_storage: None }
    }
}

impl<DB: Database, I, P: Precompiled<DB>> BorEvm<DB, I, P> {
    /// Runs a bare call as a system call does: no gas is bought, no nonce moves, no precompile becomes warm, the
    /// journal stays open. The origin is zero, which is not the caller.
    ///
    /// Source: `block-layer §4.0.2-4.0.5; bttc:consensus/bor/bor.go:1355-1395`.
    pub(super) fn bare_call(
        &mut self,
        caller: Address,
        to: Address,
        input: Bytes,
        gas_limit: u64,
    ) -> Result<(FrameResult, Vec<Log>), BorError<DB>> {
        let context = &mut self.inner.ctx;
        context.tx = TxEnv { caller: Address::ZERO, gas_price: 0, gas_limit, ..TxEnv::default() };
        // The callee is warm from here on. In the reference it becomes so with the first slot it reads, which is the first
        // thing that both system contracts do; and is forgotten when the call fails.
        let checkpoint = context.journal_mut().checkpoint();
        let info = context.journal_mut().load_account_with_code(to)?.data.info.clone();
        let mut memory = SharedMemory::new_with_buffer(context.local().shared_memory_buffer().clone());
        memory.set_memory_limit(u64::MAX);
        let frame_input = FrameInput::Call(Box::new(CallInputs {
            input: CallInput::Bytes(input),
            gas_limit,
            target_address: to,
            bytecode_address: to,
            known_bytecode: (info.code_hash, info.code.unwrap_or_default()),
            caller,
            value: CallValue::Transfer(U256::ZERO),
            scheme: CallScheme::Call,
            is_static: false,
            return_memory_offset: 0..0,
            reservoir: 0,
            charged_new_account_state_gas: false,
        }));
        let init = FrameInit { depth: 0, memory, frame_input };
        let result = BorHandler::default().run_exec_loop(self, init)?;
        take_error::<BorError<DB>, _>(self.inner.ctx.error())?;
        let journal = self.inner.ctx.journal_mut();
        if result.interpreter_result().result.is_ok() {
            journal.checkpoint_commit();
        } else {
            journal.checkpoint_revert(checkpoint);
        }
        let logs = journal.take_logs();
        self.inner.ctx.local_mut().clear();
        self.inner.frame_stack.clear();
        Ok((result, logs))
    }

    /// Balance as it stands, without making the account warm.
    pub(super) fn peek(&mut self, address: Address) -> Result<U256, ContextDbError<BorContext<DB>>> {
        let journal = self.inner.ctx.journal_mut();
        match journal.inner.state.get(&address) {
            Some(account) => Ok(account.info.balance),
            None => Ok(journal.database.basic(address)?.map_or(U256::ZERO, |info| info.balance)),
        }
    }

    /// The end of a creation that storage is in the way of; its frame is off the stack again.
    // the reference looks at nonce and code alone, and forgets what was stored.
    fn refused(&mut self) -> Option<FrameResult> {
        let holds_storage = self.holds_storage?;
        let inner = &mut self.inner;
        let refused = collision::refuse(inner.frame_stack.get(), &mut inner.ctx, holds_storage)?;
        inner.frame_stack.pop();
        Some(refused)
    }

    /// Who is about to move how much to whom.
    // CALLCODE, DELEGATECALL and SELFDESTRUCT move or name value without a log.
    fn movement(&mut self, input: &FrameInput) -> Option<(Address, Address, U256)> {
        match input {
            FrameInput::Call(call) if matches!(call.scheme, CallScheme::Call) => {
                let amount = call.transfer_value()?;
                Some((call.caller, call.target_address, amount))
            }
            FrameInput::Create(create) => {
                let caller = self.inner.ctx.journal().inner.state.get(&create.caller());
                let nonce = caller.map_or(0, |account| account.info.nonce);
                Some((create.caller(), create.created_address(nonce), create.value()))
            }
            _ => None,
        }
        .filter(|(_, _, amount)| !amount.is_zero())
    }
}

impl<DB: Database, I, P: Precompiled<DB>> EvmTr for BorEvm<DB, I, P> {
    type Context = BorContext<DB>;
    type Instructions = EthInstructions<EthInterpreter, BorContext<DB>>;
    type Precompiles = P;
    type Frame = EthFrame<EthInterpreter>;

    fn all(&self) -> (&Self::Context, &Self::Instructions, &Self::Precompiles, &FrameStack<Self::Frame>) {
        self.inner.all()
    }

    fn all_mut(
        &mut self,
    ) -> (&mut Self::Context, &mut Self::Instructions, &mut Self::Precompiles, &mut FrameStack<Self::Frame>) {
        self.inner.all_mut()
    }

    /// The log is written after the frame's checkpoint and before its first step, so it precedes the callee's logs and
    /// goes when the frame reverts.
    ///
    /// Source: `block-layer §5.2.2; bttc:core/vm/evm.go:179-234,402-456`.
    fn frame_init(
        &mut self,
        input: FrameInit,
    ) -> Result<FrameInitResult<'_, Self::Frame>, ContextDbError<Self::Context>> {
        let movement = match self.inner.ctx.chain.native_logs {
            NativeLogs::Emit => self.movement(&input.frame_input),
            NativeLogs::Omit => None,
        };
        let before = match movement {
            Some((from, to, _)) => [self.peek(from)?, self.peek(to)?],
            None => [U256::ZERO; 2],
        };
        let done = match self.inner.frame_init(input)? {
            ItemOrResult::Item(_) => self.refused(),
            ItemOrResult::Result(result) => Some(result),
        };
        // A frame that is over already moved value only if it succeeded.
        if let Some((from, to, amount)) = movement
            && done.as_ref().is_none_or(has_moved)
        {
            let after = [self.peek(from)?, self.peek(to)?];
            let log = transfer_log(from, to, amount, before, after);
            self.inner.ctx.journal_mut().log(log);
        }
        Ok(match done {
            None => ItemOrResult::Item(self.inner.frame_stack.get()),
            Some(result) => {
                if self.inner.frame_stack.index().is_none() {
                    trace::ended(self, &result);
                }
                ItemOrResult::Result(result)
            }
        })
    }

    fn frame_run(&mut self) -> Result<FrameInitOrResult<Self::Frame>, ContextDbError<Self::Context>> {
        let Some(recorder) = &mut self.recorder else {
            return self.inner.frame_run();
        };
        let depth = self.inner.frame_stack.index().map_or(0, |place| place.saturating_add(1));
        let frame = self.inner.frame_stack.get();
        let action = trace::run(recorder, &mut frame.interpreter, &self.inner.instruction, &mut self.inner.ctx, depth);
        frame.process_next_action::<_, ContextDbError<Self::Context>>(&mut self.inner.ctx, action).inspect(|next| {
            if next.is_result() {
                frame.set_finished(true);
            }
        })
    }

    fn frame_return_result(
        &mut self,
        result: FrameResult,
    ) -> Result<Option<FrameResult>, ContextDbError<Self::Context>> {
        let result = self.inner.frame_return_result(result)?;
        if let Some(result) = &result {
            trace::ended(self, result);
        }
        Ok(result)
    }
}

/// Whether a frame that was over at once let its value move. A creation is never over at once but by refusal.
fn has_moved(result: &FrameResult) -> bool {
    match result {
        FrameResult::Call(call) => call.result.result.is_ok(),
        FrameResult::Create(_) => false,
    }
}

/// The steps around a transaction. Validation is the executor's: here a transaction is one that can stand.
pub(super) struct BorHandler<DB, I = (), P = EthPrecompiles>(core::marker::PhantomData<(DB, I, P)>);

impl<DB, I, P> Default for BorHandler<DB, I, P> {
    fn default() -> Self {
        Self(core::marker::PhantomData)
    }
}

impl<DB: Database, I, P: Precompiled<DB>> BorHandler<DB, I, P> {
    fn pay(evm: &mut BorEvm<DB, I, P>, to: Address, gas: u64) -> Result<(), BorError<DB>> {
        let context = &mut evm.inner.ctx;
        let amount = context.chain.gas_price.wrapping_mul(U256::from(gas));
        context.journal_mut().load_account_mut(to)?.data.incr_balance(amount);
        Ok(())
    }

    /// Gas that was used, refund taken off.
    fn used(gas: &Gas) -> u64 {
        gas.limit().saturating_sub(gas.remaining()).saturating_sub(u64::try_from(gas.refunded()).unwrap_or(0))
    }
}

impl<DB: Database, I, P: Precompiled<DB>> Handler for BorHandler<DB, I, P> {
    type Evm = BorEvm<DB, I, P>;
    type Error = BorError<DB>;
    type HaltReason = HaltReason;

    /// Buys the gas and counts the nonce of a call up.
    fn validate(&self, evm: &mut Self::Evm) -> Result<InitialAndFloorGas, Self::Error> {
        let context = &mut evm.inner.ctx;
        let terms = context.chain.clone();
        let (caller, kind, gas_limit) = (context.tx.caller(), context.tx.kind(), context.tx.gas_limit());
        let mut account = context.journal_mut().load_account_with_code_mut(caller)?.data;
        let cost = terms.gas_price.wrapping_mul(U256::from(gas_limit));
        let (balance, nonce) = (account.balance().wrapping_sub(cost), account.nonce());
        account.set_balance(balance);
        if kind.is_call() {
            account.set_nonce(nonce.wrapping_add(1));
        }
        Ok(InitialAndFloorGas::new(terms.intrinsic_gas, 0))
    }

    fn reimburse_caller(&self, evm: &mut Self::Evm, result: &mut FrameResult) -> Result<(), Self::Error> {
        let caller = evm.inner.ctx.tx.caller();
        let gas = result.gas();
        Self::pay(evm, caller, gas.limit().saturating_sub(Self::used(gas)))
    }

    /// All of the fee goes to the author.
    ///
    /// Source: `block-layer §5.3.1; bttc:core/state_transition.go:335-340`.
    fn reward_beneficiary(&self, evm: &mut Self::Evm, result: &mut FrameResult) -> Result<(), Self::Error> {
        let author = evm.inner.ctx.block.beneficiary();
        Self::pay(evm, author, Self::used(result.gas()))
    }

    /// Leaves the journal open: what became warm stays so for the system calls behind the last transaction.
    fn execution_result(
        &mut self,
        evm: &mut Self::Evm,
        result: FrameResult,
        result_gas: ResultGas,
    ) -> Result<ExecutionResult<HaltReason>, Self::Error> {
        take_error::<Self::Error, _>(evm.inner.ctx.error())?;
        let outcome = post_execution::output(&mut evm.inner.ctx, result, result_gas);
        evm.inner.ctx.local_mut().clear();
        evm.inner.frame_stack.clear();
        Ok(outcome)
    }
}

const _: fn(ContextError<core::convert::Infallible>) -> EVMError<core::convert::Infallible, InvalidTransaction> =
    From::from;
