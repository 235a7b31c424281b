//! A transaction watched step by step.
//!
//! ```text
//! before a step: operation, gas, stack, memory ─▶ step ─▶ cost, fault ─▶ call tracer or struct logger
//! ```
//!
//! Source: `bttc:core/vm/interpreter.go:165-290, bttc:core/vm/logger.go:100-230, bttc:eth/tracers/internal/tracers/call_tracer.js`.

mod accesses;
mod calls;
mod steps;

pub use accesses::Accesses;
pub use calls::CallFrame;
pub use steps::{StepLog, StepOptions};

use super::{
    bor::{BorContext, BorEvm},
    revm::RevmExecutor,
};
use crate::transaction::{Transaction, TransactionError};
use alloy_eips::eip2930::AccessList;
use alloy_primitives::{Address, Bytes, U256};
use calls::CallTracer;
use revm::{
    Database,
    bytecode::opcode::{self, OpCode},
    context_interface::ContextTr,
    handler::{FrameResult, instructions::EthInstructions},
    interpreter::{
        InstructionResult, Interpreter, InterpreterAction,
        interpreter::EthInterpreter,
        interpreter_types::{InputsTr, Jumps, LoopControl, MemoryTr},
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

/// What the machine is before a step.
#[derive(Clone, Debug)]
struct Before {
    opcode: u8,
    pc: u64,
    gas: u64,
    depth: usize,
    address: Address,
    /// From the top down.
    stack: Vec<U256>,
    memory: Vec<u8>,
    /// Balance of the account whose code runs.
    balance: U256,
}

impl Before {
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
    fault: Option<Fault>,
    /// What stands on the top of the stack.
    top: U256,
}

/// Why a step failed.
#[derive(Clone, Debug)]
enum Fault {
    /// It was not taken.
    Refused(String),
    /// It was taken and failed.
    Taken(String),
}

impl Fault {
    fn of(result: InstructionResult, before: &Before) -> Option<Self> {
        use InstructionResult as R;
        let op = OpCode::new(before.opcode);
        let refused = match result {
            R::OutOfGas | R::MemoryOOG | R::MemoryLimitOOG | R::ReentrancySentryOOG => "out of gas".to_owned(),
            R::InvalidOperandOOG => "gas uint64 overflow".to_owned(),
            R::StackUnderflow => {
                let wanted = op.map_or(0, |op| op.inputs());
                format!("stack underflow ({} <=> {wanted})", before.stack.len())
            }
            R::StackOverflow => format!("stack limit reached {} (1023)", before.stack.len()),
            R::StateChangeDuringStaticCall | R::CallNotAllowedInsideStatic => "write protection".to_owned(),
            R::OpcodeNotFound | R::NotActivated | R::InvalidFEOpcode => {
                format!("invalid opcode: opcode {:#x} not defined", before.opcode)
            }
            R::InvalidJump => return Some(Self::Taken("invalid jump destination".to_owned())),
            R::OutOfOffset => return Some(Self::Taken("return data out of bounds".to_owned())),
            _ => return None,
        };
        Some(Self::Refused(refused))
    }
}

/// How the transaction's own call or creation ended.
#[derive(Clone, Debug, Default)]
struct Outcome {
    gas_used: u64,
    output: Bytes,
    error: Option<String>,
}

/// Collects while a transaction runs.
#[derive(Clone, Debug)]
pub(super) struct Recorder {
    tracer: Tracer,
    outcome: Outcome,
}

#[derive(Clone, Debug)]
enum Tracer {
    Calls(CallTracer),
    Steps(StepLogger),
    Accesses(Accesses),
}

impl Recorder {
    fn new(kind: TraceKind) -> Self {
        let tracer = match kind {
            TraceKind::Calls => Tracer::Calls(CallTracer::default()),
            TraceKind::Steps(options) => Tracer::Steps(StepLogger::new(options)),
            TraceKind::Accesses => Tracer::Accesses(Accesses::default()),
        };
        Self { tracer, outcome: Outcome::default() }
    }

    /// One that collects what is touched.
    pub(super) fn of_accesses(accesses: Accesses) -> Self {
        Self { tracer: Tracer::Accesses(accesses), outcome: Outcome::default() }
    }

    /// What was touched.
    pub(super) fn into_accesses(self) -> Accesses {
        match self.tracer {
            Tracer::Accesses(accesses) => accesses,
            Tracer::Calls(_) | Tracer::Steps(_) => Accesses::default(),
        }
    }

    fn step<DB: Database>(&mut self, before: &Before, after: &After, context: &BorContext<DB>) {
        let code = |address: Address| {
            let account = context.journal().inner.state.get(&address);
            let code = account.and_then(|account| account.info.code.as_ref());
            code.map_or_else(Bytes::new, revm::bytecode::Bytecode::original_bytes)
        };
        match &mut self.tracer {
            Tracer::Calls(calls) => calls.step(before, after, code),
            Tracer::Steps(steps) => steps.step(before, after),
            Tracer::Accesses(accesses) => accesses.step(before),
        }
    }

    /// The transaction's own call or creation is over.
    pub(super) fn end(&mut self, result: &FrameResult) {
        let result = result.interpreter_result();
        let kept = if result.result.is_halt() { 0 } else { result.gas.remaining() };
        let error = match result.result {
            result if result.is_ok() => None,
            InstructionResult::Revert => Some("execution reverted"),
            InstructionResult::CreateContractSizeLimit => Some("max code size exceeded"),
            InstructionResult::CreateCollision => Some("contract address collision"),
            InstructionResult::StateChangeDuringStaticCall => Some("write protection"),
            InstructionResult::InvalidJump => Some("invalid jump destination"),
            InstructionResult::OutOfOffset => Some("return data out of bounds"),
            _ => Some("out of gas"),
        };
        self.outcome = Outcome {
            gas_used: result.gas.limit().saturating_sub(kept),
            output: result.output.clone(),
            error: error.map(str::to_owned),
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
    loop {
        let address = interpreter.input.target_address();
        let account = context.journal().inner.state.get(&address);
        let before = Before {
            opcode: interpreter.bytecode.opcode(),
            pc: u64::try_from(interpreter.bytecode.pc()).unwrap_or(u64::MAX),
            gas: interpreter.gas.remaining(),
            depth,
            address,
            stack: interpreter.stack.data().iter().rev().copied().collect(),
            memory: interpreter.memory.slice(0..interpreter.memory.size()).to_vec(),
            balance: account.map_or(U256::ZERO, |account| account.info.balance),
        };
        let result = interpreter.step(instructions.instruction_table(), instructions.gas_table(), context).err();
        let left = interpreter.gas.remaining();
        if let Some(result) = result
            && interpreter.bytecode.action().is_none()
        {
            interpreter.halt(result);
        }
        let mut cost = before.gas.saturating_sub(left);
        // What a creation hands on is no part of its cost.
        if matches!(before.opcode, opcode::CREATE | opcode::CREATE2)
            && let Some(InterpreterAction::NewFrame(revm::interpreter::FrameInput::Create(create))) =
                interpreter.bytecode.action()
        {
            cost = cost.saturating_sub(create.gas_limit());
        }
        let fault = result.and_then(|result| Fault::of(result, &before));
        let top = interpreter.stack.data().last().copied().unwrap_or_default();
        recorder.step(&before, &After { cost, fault, top }, context);
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
        let Recorder { tracer, outcome } = recorder.map_or_else(|| Recorder::new(kind), |recorder| *recorder);
        Ok(match tracer {
            Tracer::Calls(calls) => Trace::Calls(Box::new(calls.finish(transaction, sender, outcome))),
            Tracer::Steps(steps) => Trace::Steps {
                gas_used: executed.gas_used,
                failed: !executed.status.is_success(),
                output: outcome.output,
                steps: steps.finish(),
            },
            Tracer::Accesses(accesses) => Trace::Accesses(accesses.list()),
        })
    }
}

/// Tells the recorder of a result that comes out of the first frame.
pub(super) fn ended<DB: Database, I, P>(evm: &mut BorEvm<DB, I, P>, result: &FrameResult) {
    if let Some(recorder) = &mut evm.recorder {
        recorder.end(result);
    }
}
