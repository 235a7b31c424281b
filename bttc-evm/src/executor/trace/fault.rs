//! Why a step fails, in the reference's words and in the order in which it looks.
//!
//! ```text
//! defined ─▶ stack ─▶ write protection ─▶ constant gas ─▶ memory in 64 bits ─▶ gas ─▶ it runs
//! └── shown with the cost of the step before ──┘
//! ```
//!
//! Source: `bttc:core/vm/interpreter.go:186-290, bttc:core/vm/errors.go:25-72, bttc:core/vm/opcodes.go:212-390`.

use super::{Before, Price};
use revm::{
    bytecode::opcode::{self as op, OpCode},
    interpreter::{InstructionResult, STACK_LIMIT},
};

/// Why a step failed.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) text: String,
    pub(super) when: When,
}

/// How far a failed step had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// It had no price yet.
    Unpriced,
    /// This much of its price was known.
    Priced(u64),
    /// It was taken.
    Taken,
}

/// An operation of Berlin.
fn defined(opcode: u8) -> Option<OpCode> {
    let is_defined = matches!(opcode,
        op::STOP..=op::SIGNEXTEND | op::LT..=op::SAR | op::KECCAK256 | op::ADDRESS..=op::EXTCODEHASH
        | op::BLOCKHASH..=op::SELFBALANCE | op::POP..=op::JUMPDEST | op::PUSH1..=op::SWAP16 | op::LOG0..=op::LOG4
        | op::CREATE..=op::CREATE2 | op::STATICCALL | op::REVERT | op::SELFDESTRUCT);
    OpCode::new(opcode).filter(|_| is_defined)
}

/// An operation's name.
// Q-324: some bytes have a name, and yet are no operation.
pub(super) fn name(opcode: u8) -> String {
    let name = match opcode {
        op::KECCAK256 => Some("SHA3"),
        op::BASEFEE => Some("BASEFEE"),
        0xb0 => Some("PUSH"),
        0xb1 => Some("DUP"),
        0xb2 => Some("SWAP"),
        _ => defined(opcode).map(OpCode::as_str),
    };
    name.map_or_else(|| format!("opcode {opcode:#x} not defined"), str::to_owned)
}

impl Fault {
    /// That of a step which the machine did not get past.
    pub(super) fn of(result: InstructionResult, before: &Before, price: &Price) -> Self {
        let unpriced = |text| Self { text, when: When::Unpriced };
        let priced = |text: &str, cost| Self { text: text.to_owned(), when: When::Priced(cost) };
        let Some(operation) = defined(before.opcode) else {
            return unpriced(format!("invalid opcode: {}", name(before.opcode)));
        };
        let (held, takes) = (before.held, usize::from(operation.inputs()));
        let most = STACK_LIMIT.saturating_add(takes).saturating_sub(usize::from(operation.outputs()));
        if held < takes {
            return unpriced(format!("stack underflow ({held} <=> {takes})"));
        }
        if held > most {
            return unpriced(format!("stack limit reached {held} ({most})"));
        }
        if before.is_static && writes(before) {
            return unpriced("write protection".to_owned());
        }
        let Some(left) = before.gas.checked_sub(price.constant) else {
            return priced("out of gas", price.constant);
        };
        if price.memory.is_none() {
            return priced("gas uint64 overflow", price.constant);
        }
        let taken = match result {
            InstructionResult::InvalidJump => Some("invalid jump destination"),
            InstructionResult::OutOfOffset => Some("return data out of bounds"),
            _ => None,
        };
        let paid = price.dynamic.is_some_and(|dynamic| dynamic <= left);
        match taken.filter(|_| paid) {
            Some(text) => Self { text: text.to_owned(), when: When::Taken },
            None => priced("out of gas", price.cost()),
        }
    }
}

/// Whether a step is kept from whom may not write.
fn writes(before: &Before) -> bool {
    match before.opcode {
        op::SSTORE | op::LOG0..=op::LOG4 | op::CREATE | op::CREATE2 | op::SELFDESTRUCT => true,
        op::CALL => !before.top(2).is_zero(),
        _ => false,
    }
}
