//! Every step, as the struct logger writes them.

use super::{After, Before, OPERANDS, View, When, fault};
use alloy_primitives::{Address, U256};
use revm::bytecode::opcode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a step's record holds beyond operation and gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StepOptions {
    /// No stack.
    pub disable_stack: bool,
    /// No memory.
    pub disable_memory: bool,
    /// No storage.
    pub disable_storage: bool,
    /// Steps at most; 0 is all of them, and less than that none.
    pub limit: i64,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLog {
    /// Where it stands in the code.
    pub pc: u64,
    /// The operation.
    pub opcode: u8,
    /// Gas before it.
    pub gas: u64,
    /// Gas it asked for; a call's holds what it hands on.
    pub cost: u64,
    /// 1 in the transaction's own call.
    pub depth: usize,
    /// Why it was not taken.
    pub error: Option<String>,
    /// The stack before it, from the bottom up.
    pub stack: Option<Vec<U256>>,
    /// The memory before it, grown to what it needs if it was taken.
    pub memory: Option<Vec<u8>>,
    /// The slots that the contract has read or written, with the one that it is about to.
    pub storage: Option<BTreeMap<U256, U256>>,
}

impl StepLog {
    /// The operation's name.
    #[must_use]
    pub fn name(&self) -> String {
        fault::name(self.opcode)
    }
}

/// Collects steps.
#[derive(Clone, Debug)]
pub(super) struct StepLogger {
    options: StepOptions,
    steps: Vec<StepLog>,
    storage: BTreeMap<Address, BTreeMap<U256, U256>>,
}

impl StepLogger {
    pub(super) fn new(options: StepOptions) -> Self {
        Self { options, steps: Vec::new(), storage: BTreeMap::new() }
    }

    pub(super) fn view(&self) -> View {
        View {
            stack: if self.options.disable_stack { OPERANDS } else { usize::MAX },
            memory: if self.options.disable_memory { 0 } else { usize::MAX },
        }
    }

    pub(super) fn step(&mut self, before: &Before, after: &After) {
        let limit = usize::try_from(self.options.limit).ok();
        if self.options.limit != 0 && limit.is_none_or(|limit| limit <= self.steps.len()) {
            return;
        }
        // a read or write that fails counts as made, if its operands are there.
        let slot = match (before.opcode, before.held) {
            (opcode::SLOAD, 1..) => Some((before.top(0), before.slot.value)),
            (opcode::SSTORE, 2..) => Some((before.top(0), before.top(1))),
            _ => None,
        };
        let storage = slot.filter(|_| !self.options.disable_storage).map(|(slot, value)| {
            let slots = self.storage.entry(before.address).or_default();
            slots.insert(slot, value);
            slots.clone()
        });
        // one that fails as it runs was recorded before.
        let refused = after.fault.as_ref().filter(|fault| fault.when != When::Taken);
        let memory = || {
            let mut memory = before.memory.clone();
            memory.resize(after.memory, 0);
            memory
        };
        self.steps.push(StepLog {
            pc: before.pc,
            opcode: before.opcode,
            gas: before.gas,
            cost: after.cost,
            depth: before.depth,
            error: refused.map(|fault| fault.text.clone()),
            stack: (!self.options.disable_stack).then(|| before.stack.iter().rev().copied().collect()),
            memory: (!self.options.disable_memory).then(memory),
            storage,
        });
    }

    pub(super) fn finish(self) -> Vec<StepLog> {
        self.steps
    }
}
