//! Accounts and slots that code touches, as an access list names them.
//!
//! Source: `bttc:core/vm/access_list_tracer.go:112-165`.

use super::Before;
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{Address, B256};
use revm::bytecode::opcode;
use std::collections::{BTreeMap, BTreeSet};

/// Accounts and slots that were touched, but for those that every transaction touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accesses {
    excluded: BTreeSet<Address>,
    touched: BTreeMap<Address, BTreeSet<B256>>,
}

impl Accesses {
    /// What a list names. The excluded accounts come into it only by their slots.
    #[must_use]
    pub fn new(list: &AccessList, excluded: BTreeSet<Address>) -> Self {
        let mut accesses = Self { excluded, touched: BTreeMap::new() };
        for AccessListItem { address, storage_keys } in &list.0 {
            accesses.touch(*address);
            storage_keys.iter().for_each(|slot| accesses.touch_slot(*address, *slot));
        }
        accesses
    }

    /// The list, in ascending order.
    #[must_use]
    pub fn list(&self) -> AccessList {
        let items = self.touched.iter().map(|(address, slots)| AccessListItem {
            address: *address,
            storage_keys: slots.iter().copied().collect(),
        });
        AccessList(items.collect())
    }

    fn touch(&mut self, address: Address) {
        if !self.excluded.contains(&address) {
            self.touched.entry(address).or_default();
        }
    }

    fn touch_slot(&mut self, address: Address, slot: B256) {
        self.touched.entry(address).or_default().insert(slot);
    }

    pub(super) fn step(&mut self, before: &Before) {
        match (before.opcode, before.held) {
            (opcode::SLOAD | opcode::SSTORE, 1..) => self.touch_slot(before.address, before.top(0).into()),
            (
                opcode::EXTCODECOPY
                | opcode::EXTCODEHASH
                | opcode::EXTCODESIZE
                | opcode::BALANCE
                | opcode::SELFDESTRUCT,
                1..,
            ) => self.touch(before.top_address(0)),
            (opcode::CALL | opcode::CALLCODE | opcode::DELEGATECALL | opcode::STATICCALL, 5..) => {
                self.touch(before.top_address(1));
            }
            _ => {}
        }
    }
}
