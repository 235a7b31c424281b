//! A transaction watched step by step.
//!
//! ```text
//! before a step: operation, gas, stack, memory ─▶ price ─▶ step ─▶ fault ─▶ call tracer or struct logger
//! ```
//!
//! Source: `bttc:core/vm/interpreter.go:165-290, bttc:core/vm/logger.go:100-230, bttc:eth/tracers/internal/tracers/call_tracer.js`.

mod accesses;
mod calls;
mod fault;
mod precompile;
mod price;
mod steps;

pub use accesses::Accesses;
pub use calls::CallFrame;
pub use steps::{StepLog, StepOptions};

use super::{
    bor::{BorContext, BorEvm},
    revm::RevmExecutor,
    simulate::Ending,
};
use crate::transaction::{Transaction, TransactionError};
use alloy_eips::eip2930::AccessList;
use alloy_primitives::{Address, Bytes, U256};
use calls::CallTracer;
use fault::{Fault, When};
use price::{Price, Slot};
use revm::{
    Database,
    bytecode::opcode,
    context::TxEnv,
    context_interface::ContextTr,
    handler::{FrameResult, instructions::EthInstructions},
    interpreter::{
        InstructionResult, Interpreter, InterpreterAction,
        interpreter::EthInterpreter,
        interpreter_types::{InputsTr, Jumps, LegacyBytecode, LoopControl, MemoryTr, RuntimeFlag},
    },
};
use steps::StepLogger;

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceKind {
    /// The tree of calls.
    Calls,
    /// Every step.
    Steps(StepOptions),
    /// Accounts and slots that are touched.
    Accesses,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trace {
    /// The tree of calls.
    Calls(Box<CallFrame>),
    /// Accounts and slots that code touched.
    Accesses(AccessList),
    /// Every step, and how the transaction ended.
    Steps {
        /// Gas it used, refund taken off.
        gas_used: u64,
        /// Whether it reverted or ran into a fault.
        failed: bool,
        /// What it returned, or its revert data.
        output: Bytes,
        /// The steps.
        steps: Vec<StepLog>,
    },
}

/// How much of the machine is looked at before each step. Copies take longer than steps, and whoever asks for a call
/// has a say in how much there is to copy.
#[derive(Clone, Copy, Debug)]
struct View {
    /// Words from the stack's top.
    stack: usize,
    /// Bytes of memory.
    memory: usize,
}

/// The most operands that an operation has.
const OPERANDS: usize = 7;

/// What the machine is before a step.
#[derive(Clone, Debug)]
struct Before {
    opcode: u8,
    pc: u64,
    gas: u64,
    depth: usize,
    address: Address,
    /// Whether nothing may be written.
    is_static: bool,
    /// From the top down, as far as it is looked at.
    stack: Vec<U256>,
    /// Words on the stack in all.
    held: usize,
    /// As far as it is looked at.
    memory: Vec<u8>,
    /// Bytes of memory in all.
    size: usize,
    /// Balance of the account whose code runs.
    balance: U256,
    /// The slot that it reads or writes, where it does.
    slot: Slot,
}

impl Before {
    fn of<DB: Database>(
        interpreter: &Interpreter<EthInterpreter>,
        context: &mut BorContext<DB>,
        depth: usize,
        view: View,
    ) -> Self {
        let (opcode, address) = (interpreter.bytecode.opcode(), interpreter.input.target_address());
        let account = context.journal().inner.state.get(&address);
        let (stack, size) = (interpreter.stack.data(), interpreter.memory.size());
        let mut before = Self {
            opcode,
            pc: u64::try_from(interpreter.bytecode.pc()).unwrap_or(u64::MAX),
            gas: interpreter.gas.remaining(),
            depth,
            address,
            is_static: interpreter.runtime_flag.is_static(),
            stack: stack.iter().rev().take(view.stack).copied().collect(),
            held: stack.len(),
            memory: interpreter.memory.slice(0..size.min(view.memory)).to_vec(),
            size,
            balance: account.map_or(U256::ZERO, |account| account.info.balance),
            slot: Slot::default(),
        };
        if matches!(opcode, opcode::SLOAD | opcode::SSTORE) {
            before.slot = Slot::of(context, address, before.top(0));
        }
        before
    }

    fn top(&self, place: usize) -> U256 {
        self.stack.get(place).copied().unwrap_or_default()
    }

    fn top_address(&self, place: usize) -> Address {
        Address::from_word(self.top(place).into())
    }

    /// A piece of memory named by two words of the stack, for which the step has paid; what lies beyond its end is zero.
    fn memory(&self, offset: usize, length: usize) -> Bytes {
        let word = |place| usize::try_from(self.top(place)).ok();
        let (offset, length) = word(offset).zip(word(length)).unwrap_or_default();
        let mut bytes: Vec<u8> = self.memory.iter().skip(offset).take(length).copied().collect();
        bytes.resize(length, 0);
        bytes.into()
    }
}

/// How a step went.
#[derive(Clone, Debug)]
struct After {
    cost: u64,
    /// Bytes of memory there were when it was taken.
    memory: usize,
    fault: Option<Fault>,
}

/// How the transaction's own call or creation ended.
#[derive(Clone, Debug)]
struct Outcome {
    gas_used: u64,
    output: Bytes,
    ending: Ending,
}

/// Collects while a transaction runs.
#[derive(Clone, Debug)]
pub(super) struct Recorder {
    tracer: Tracer,
    outcome: Outcome,
    /// Cost of the last step of each open frame.
    costs: Vec<u64>,
    /// Why the transaction's own call or creation could not go on.
    fault: Option<String>,
}

#[derive(Clone, Debug)]
enum Tracer {
    Nothing,
    Calls(CallTracer),
    Steps(StepLogger),
    Accesses(Accesses),
}

impl Recorder {
    fn new(kind: TraceKind) -> Self {
        Self::of(match kind {
            TraceKind::Calls => Tracer::Calls(CallTracer::default()),
            TraceKind::Steps(options) => Tracer::Steps(StepLogger::new(options)),
            TraceKind::Accesses => Tracer::Accesses(Accesses::default()),
        })
    }

    fn of(tracer: Tracer) -> Self {
        let outcome = Outcome { gas_used: 0, output: Bytes::new(), ending: Ending::Returned };
        Self { tracer, outcome, costs: Vec::new(), fault: None }
    }

    /// One that collects what is touched.
    pub(super) fn of_accesses(accesses: Accesses) -> Self {
        Self::of(Tracer::Accesses(accesses))
    }

    /// One that learns how it ends.
    pub(super) fn of_ending() -> Self {
        Self::of(Tracer::Nothing)
    }

    /// How it ended, and what was touched.
    pub(super) fn into_parts(self) -> (Ending, Accesses) {
        let accesses = match self.tracer {
            Tracer::Accesses(accesses) => accesses,
            Tracer::Calls(_) | Tracer::Steps(_) | Tracer::Nothing => Accesses::default(),
        };
        (self.outcome.ending, accesses)
    }

    fn view(&self) -> View {
        match &self.tracer {
            Tracer::Nothing | Tracer::Accesses(_) => View { stack: OPERANDS, memory: 0 },
            Tracer::Calls(_) => View { stack: OPERANDS, memory: usize::MAX },
            Tracer::Steps(steps) => steps.view(),
        }
    }

    fn step<DB: Database>(&mut self, before: &Before, price: &Price, fault: Option<Fault>, context: &BorContext<DB>) {
        if let (1, Some(fault)) = (before.depth, &fault) {
            self.fault = Some(fault.text.clone());
        }
        self.costs.resize(before.depth, 0);
        let when = fault.as_ref().map_or(When::Taken, |fault| fault.when);
        // Q-325: a step that has no price yet is shown with that of the step before.
        let cost = match when {
            When::Unpriced => self.costs.last().copied().unwrap_or(0),
            When::Priced(cost) => cost,
            When::Taken => price.cost(),
        };
        if let Some(last) = self.costs.last_mut() {
            *last = cost;
        }
        let grown = price.memory.filter(|_| when == When::Taken).and_then(|size| usize::try_from(size).ok());
        let after = After { cost, memory: before.size.max(grown.unwrap_or(0)), fault };
        let code = |address: Address| {
            let account = context.journal().inner.state.get(&address);
            let code = account.and_then(|account| account.info.code.as_ref());
            code.map_or_else(Bytes::new, revm::bytecode::Bytecode::original_bytes)
        };
        match &mut self.tracer {
            Tracer::Nothing => {}
            Tracer::Calls(calls) => calls.step(before, &after, code),
            Tracer::Steps(steps) => steps.step(before, &after),
            Tracer::Accesses(accesses) => accesses.step(before),
        }
    }

    /// The transaction's own call or creation is over.
    pub(super) fn end(&mut self, result: &FrameResult, transaction: &TxEnv) {
        let is_creation = matches!(result, FrameResult::Create(_));
        let result = result.interpreter_result();
        let precompile = || precompile::fault(transaction.kind.to().copied().unwrap_or_default(), &transaction.data);
        let ending = match (result.result, self.fault.take()) {
            (ending, _) if ending.is_ok() => Ending::Returned,
            (InstructionResult::Revert, _) => Ending::Reverted,
            (_, Some(fault)) => Ending::fault(&fault),
            (InstructionResult::CreateContractSizeLimit, None) => Ending::fault("max code size exceeded"),
            (InstructionResult::CreateCollision, None) => Ending::fault("contract address collision"),
            (InstructionResult::PrecompileError, None) => Ending::fault(precompile()),
            // No step failed: what the code's place costs is not there.
            (_, None) if is_creation => Ending::fault("contract creation code storage out of gas"),
            (_, None) => Ending::OutOfGas,
        };
        let returned = matches!(ending, Ending::Returned | Ending::Reverted);
        self.outcome = Outcome {
            gas_used: result.gas.limit().saturating_sub(if returned { result.gas.remaining() } else { 0 }),
            output: if returned { result.output.clone() } else { Bytes::new() },
            ending,
        };
    }
}

/// Runs a frame until it ends or calls.
pub(super) fn run<DB: Database>(
    recorder: &mut Recorder,
    interpreter: &mut Interpreter<EthInterpreter>,
    instructions: &EthInstructions<EthInterpreter, BorContext<DB>>,
    context: &mut BorContext<DB>,
    depth: usize,
) -> InterpreterAction {
    let (table, constants) = (instructions.instruction_table(), instructions.gas_table());
    // Where there is no code the reference takes no step; the machine takes one that stops.
    if interpreter.bytecode.bytecode_len() == 0 {
        return interpreter.run_plain(table, constants, context);
    }
    let view = recorder.view();
    loop {
        let before = Before::of(interpreter, context, depth, view);
        let price = Price::of(&before, constants, context);
        let result = interpreter.step(table, constants, context).err();
        if let Some(result) = result
            && interpreter.bytecode.action().is_none()
        {
            interpreter.halt(result);
        }
        let halted = result.filter(|result| result.is_halt());
        let fault = halted.map(|result| Fault::of(result, &before, &price));
        recorder.step(&before, &price, fault, context);
        if interpreter.bytecode.is_end() {
            return interpreter.take_next_action();
        }
    }
}

impl RevmExecutor<'_> {
    /// Executes the next transaction like [`Executor::transact`](super::Executor::transact), and watches it.
    ///
    /// # Errors
    /// [`TransactionError`] when it cannot stand here.
    pub fn trace(
        &mut self,
        transaction: &Transaction,
        sender: Address,
        gas_left: u64,
        kind: TraceKind,
    ) -> Result<Trace, TransactionError> {
        self.evm.recorder = Some(Box::new(Recorder::new(kind)));
        let executed = super::Executor::transact(self, transaction, sender, gas_left);
        let recorder = self.evm.recorder.take();
        let executed = executed?;
        let Recorder { tracer, outcome, .. } = recorder.map_or_else(|| Recorder::new(kind), |recorder| *recorder);
        Ok(match tracer {
            Tracer::Calls(calls) => Trace::Calls(Box::new(calls.finish(transaction, sender, outcome))),
            Tracer::Steps(steps) => Trace::Steps {
                gas_used: executed.gas_used,
                failed: !executed.status.is_success(),
                output: outcome.output,
                steps: steps.finish(),
            },
            Tracer::Accesses(accesses) => Trace::Accesses(accesses.list()),
            Tracer::Nothing => Trace::Accesses(AccessList::default()),
        })
    }
}

/// Tells the recorder of a result that comes out of the first frame.
pub(super) fn ended<DB: Database, I, P>(evm: &mut BorEvm<DB, I, P>, result: &FrameResult) {
    if let Some(recorder) = &mut evm.recorder {
        recorder.end(result, &evm.inner.ctx.tx);
    }
}
