//! The tree of calls, as the reference's tracer makes it from the steps.

use super::{After, Before, Outcome, When};
use crate::transaction::Transaction;
use alloy_primitives::{Address, Bytes, U256};
use core::mem;
use revm::bytecode::opcode;

/// A call, a creation or a self-destruction, and those inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFrame {
    /// Name of the operation.
    pub kind: &'static str,
    /// Who calls.
    pub from: Address,
    /// Whom; `None` for a creation that failed.
    pub to: Option<Address>,
    /// Base units that it moves, where it can move any.
    pub value: Option<U256>,
    /// Gas at its first step; `None` where no step was taken.
    pub gas: Option<u64>,
    /// Gas it used.
    pub gas_used: Option<u64>,
    /// Call data or creation code.
    pub input: Option<Bytes>,
    /// What came back.
    pub output: Option<Bytes>,
    /// Why it failed.
    pub error: Option<String>,
    /// What it called, in order.
    pub calls: Vec<Self>,
}

/// A frame that is open.
#[derive(Clone, Debug, Default)]
struct Open {
    frame: CallFrame,
    gas_in: u64,
    cost: u64,
    /// Where in the caller's memory the answer goes.
    out: (usize, usize),
}

/// Makes the tree.
#[derive(Clone, Debug)]
pub(super) struct CallTracer {
    stack: Vec<Open>,
    descended: bool,
}

impl Default for CallTracer {
    fn default() -> Self {
        Self { stack: vec![Open::default()], descended: false }
    }
}

/// Whether the tracer passes a callee over.
fn is_precompile(to: Address) -> bool {
    let number = U256::from_be_slice(to.as_slice());
    !number.is_zero() && number <= U256::from(9)
}

impl CallTracer {
    pub(super) fn step(&mut self, before: &Before, after: &After, code: impl Fn(Address) -> Bytes) {
        let is_taken = after.fault.as_ref().is_none_or(|fault| fault.when == When::Taken);
        if is_taken {
            self.taken(before, after, code);
        }
        if let Some(fault) = &after.fault {
            self.fault(&fault.text);
        }
    }

    fn push(&mut self, open: Open) {
        self.stack.push(open);
        self.descended = true;
    }

    fn adopt(&mut self, frame: CallFrame) {
        if let Some(parent) = self.stack.last_mut() {
            parent.frame.calls.push(frame);
        }
    }

    // As in the reference: the tree is made from the steps: a callee without code has no gas, precompiles do not appear, and a call that
    // failed without an own reason is an "internal failure".
    fn taken(&mut self, before: &Before, after: &After, code: impl Fn(Address) -> Bytes) {
        let (gas_in, cost, from) = (before.gas, after.cost, before.address);
        let word = |place| usize::try_from(before.top(place)).unwrap_or_default();
        let kind = match before.opcode {
            opcode::CREATE | opcode::CREATE2 => {
                let kind = if before.opcode == opcode::CREATE { "CREATE" } else { "CREATE2" };
                let (value, input) = (Some(before.top(0)), Some(before.memory(1, 2)));
                let frame = CallFrame { kind, from, value, input, ..CallFrame::default() };
                return self.push(Open { frame, gas_in, cost, out: (0, 0) });
            }
            opcode::SELFDESTRUCT => {
                let (to, value) = (Some(before.top_address(0)), Some(before.balance));
                return self.adopt(CallFrame { kind: "SELFDESTRUCT", from, to, value, ..CallFrame::default() });
            }
            opcode::CALL => Some("CALL"),
            opcode::CALLCODE => Some("CALLCODE"),
            opcode::DELEGATECALL => Some("DELEGATECALL"),
            opcode::STATICCALL => Some("STATICCALL"),
            _ => None,
        };
        if let Some(kind) = kind {
            let to = before.top_address(1);
            if is_precompile(to) {
                return;
            }
            let valued = matches!(before.opcode, opcode::CALL | opcode::CALLCODE);
            let place = if valued { 3 } else { 2 };
            let frame = CallFrame {
                kind,
                from,
                to: Some(to),
                value: valued.then(|| before.top(2)),
                input: Some(before.memory(place, place.saturating_add(1))),
                ..CallFrame::default()
            };
            let out = (word(place.saturating_add(2)), word(place.saturating_add(3)));
            return self.push(Open { frame, gas_in, cost, out });
        }
        if mem::take(&mut self.descended)
            && before.depth >= self.stack.len()
            && let Some(open) = self.stack.last_mut()
        {
            open.frame.gas = Some(before.gas);
        }
        if before.opcode == opcode::REVERT {
            if let Some(open) = self.stack.last_mut() {
                open.frame.error = Some("execution reverted".to_owned());
            }
            return;
        }
        if before.depth.saturating_add(1) == self.stack.len()
            && let Some(open) = self.stack.pop()
        {
            self.adopt(closed(open, before, code));
        }
    }

    fn fault(&mut self, text: &str) {
        if self.stack.last().is_some_and(|open| open.frame.error.is_some()) {
            return;
        }
        let Some(Open { mut frame, .. }) = self.stack.pop() else { return };
        frame.error = Some(text.to_owned());
        frame.gas_used = frame.gas;
        if self.stack.is_empty() {
            self.stack.push(Open { frame, ..Open::default() });
        } else {
            self.adopt(frame);
        }
    }

    /// The transaction's own call, with the tree below it.
    pub(super) fn finish(self, transaction: &Transaction, sender: Address, outcome: Outcome) -> CallFrame {
        let root = self.stack.into_iter().next().unwrap_or_default().frame;
        let error = root.error.or_else(|| outcome.ending.error().map(str::to_owned));
        let kept = match &error {
            None => true,
            Some(error) => error == "execution reverted" && !outcome.output.is_empty(),
        };
        let to = transaction.to();
        let created = || sender.create(transaction.nonce());
        CallFrame {
            kind: if to.is_create() { "CREATE" } else { "CALL" },
            from: sender,
            to: Some(to.to().copied().unwrap_or_else(created)),
            value: Some(transaction.value()),
            gas: Some(transaction.gas_limit().saturating_sub(transaction.intrinsic_gas())),
            gas_used: Some(outcome.gas_used),
            input: Some(transaction.input().clone()),
            output: kept.then_some(outcome.output),
            error,
            calls: root.calls,
        }
    }
}

/// A frame that is over, seen from the first step behind it.
fn closed(open: Open, before: &Before, code: impl Fn(Address) -> Bytes) -> CallFrame {
    let Open { mut frame, gas_in, cost, out } = open;
    let used = gas_in.saturating_sub(cost);
    let succeeded = !before.top(0).is_zero();
    if matches!(frame.kind, "CREATE" | "CREATE2") {
        frame.gas_used = Some(used.saturating_sub(before.gas));
        if succeeded {
            let created = before.top_address(0);
            frame.to = Some(created);
            frame.output = Some(code(created));
        }
    } else {
        frame.gas_used = frame.gas.map(|gas| used.saturating_add(gas).saturating_sub(before.gas));
        if succeeded {
            let (offset, length) = out;
            let bytes: Vec<u8> = before.memory.iter().skip(offset).take(length).copied().collect();
            frame.output = Some(bytes.into());
        }
    }
    if !succeeded && frame.error.is_none() {
        frame.error = Some("internal failure".to_owned());
    }
    frame
}
