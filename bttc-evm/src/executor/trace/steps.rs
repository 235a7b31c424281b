//! Every step, as the struct logger writes them.

use super::{After, Before, Fault};
use alloy_primitives::{Address, U256};
use revm::bytecode::opcode::{self, OpCode};
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
    /// Gas it took; a call's holds what it hands on.
    pub cost: u64,
    /// 1 in the transaction's own call.
    pub depth: usize,
    /// Why it failed.
    pub error: Option<String>,
    /// The stack before it, from the bottom up.
    pub stack: Option<Vec<U256>>,
    /// The memory before it.
    pub memory: Option<Vec<u8>>,
    /// The slots that the contract has read or written, after a read or write.
    pub storage: Option<BTreeMap<U256, U256>>,
}

impl StepLog {
    /// The operation's name.
    #[must_use]
    pub fn name(&self) -> String {
        match OpCode::new(self.opcode) {
            _ if self.opcode == opcode::INVALID => "opcode 0xfe not defined".to_owned(),
            None => format!("opcode {:#x} not defined", self.opcode),
            Some(_) if self.opcode == opcode::KECCAK256 => "SHA3".to_owned(),
            Some(op) => op.as_str().to_owned(),
        }
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

    pub(super) fn step(&mut self, before: &Before, after: &After) {
        let slot = match before.opcode {
            opcode::SLOAD => Some((before.top(0), after.top)),
            opcode::SSTORE => Some((before.top(0), before.top(1))),
            _ => None,
        };
        let storage = slot.filter(|_| after.fault.is_none() && !self.options.disable_storage).map(|(slot, value)| {
            let slots = self.storage.entry(before.address).or_default();
            slots.insert(slot, value);
            slots.clone()
        });
        self.steps.push(StepLog {
            pc: before.pc,
            opcode: before.opcode,
            gas: before.gas,
            cost: after.cost,
            depth: before.depth,
            error: after.fault.as_ref().map(|(Fault::Refused(text) | Fault::Taken(text))| text.clone()),
            stack: (!self.options.disable_stack).then(|| before.stack.iter().rev().copied().collect()),
            memory: (!self.options.disable_memory).then(|| before.memory.clone()),
            storage,
        });
    }

    pub(super) fn finish(self) -> Vec<StepLog> {
        self.steps
    }
}
