//! What a step asks for before it is taken: gas, and memory.
//!
//! ```text
//! cost = constant + dynamic       memory(w words) = 3·w + w² / 512
//! constant: charged first; then memory is counted in 64 bits; then dynamic is
//! ```
//!
//! The machine charges the same in another order and with other intermediate sums, which a step that fails would show.
//!
//! Source: `bttc:core/vm/gas_table.go:28-440, bttc:core/vm/operations_acl.go:27-260, bttc:core/vm/memory_table.go:19-118`.

use super::Before;
use crate::executor::bor::BorContext;
use alloy_primitives::{Address, U256};
use revm::{Database, bytecode::opcode as op, context_interface::ContextTr, interpreter::instructions::GasTable};

/// Gas of what is warm.
const WARM: u64 = 100;
/// Gas of an account's first use.
const COLD_ACCOUNT: u64 = 2_600;
/// Gas of a slot's first use.
const COLD_SLOT: u64 = 2_100;
/// Gas with which nothing is stored.
const SENTRY: u64 = 2_300;
/// The largest memory whose gas is counted, in bytes.
const MOST_MEMORY: u64 = 0x1f_ffff_ffe0;

/// What a step asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Price {
    /// Gas that follows from the operation.
    pub(super) constant: u64,
    /// Gas that follows from operands and state; `None` where it is beyond count.
    pub(super) dynamic: Option<u64>,
    /// Bytes of memory, in whole words; `None` beyond 64 bits.
    pub(super) memory: Option<u64>,
}

/// A slot as a step finds it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    pub(super) value: U256,
    /// What it was before the transaction.
    original: U256,
    is_cold: bool,
}

impl Price {
    pub(super) fn of<DB: Database>(before: &Before, constants: &GasTable, context: &mut BorContext<DB>) -> Self {
        let constant = constant(before.opcode, constants);
        let memory = memory(before);
        Self { constant, memory, dynamic: memory.and_then(|memory| dynamic(before, constant, memory, context)) }
    }

    /// All of it; sums wrap, as they do where nothing could pay them.
    pub(super) fn cost(&self) -> u64 {
        self.constant.wrapping_add(self.dynamic.unwrap_or(0))
    }
}

fn constant(opcode: u8, constants: &GasTable) -> u64 {
    match opcode {
        op::EXP | op::SLOAD | op::LOG0..=op::LOG4 => 0,
        op::CREATE | op::CREATE2 => 32_000,
        _ => constants.get(usize::from(opcode)).copied().map_or(0, u64::from),
    }
}

fn memory(before: &Before) -> Option<u64> {
    let end = |offset: usize, length: U256| {
        let length = u64::try_from(length).ok()?;
        if length == 0 { Some(0) } else { u64::try_from(before.top(offset)).ok()?.checked_add(length) }
    };
    let range = |offset: usize, length: usize| end(offset, before.top(length));
    let end = match before.opcode {
        op::KECCAK256 | op::RETURN | op::REVERT | op::LOG0..=op::LOG4 => range(0, 1),
        op::CALLDATACOPY | op::CODECOPY | op::RETURNDATACOPY => range(0, 2),
        op::EXTCODECOPY => range(1, 3),
        op::MLOAD | op::MSTORE => end(0, U256::from(32)),
        op::MSTORE8 => end(0, U256::ONE),
        op::CREATE | op::CREATE2 => range(1, 2),
        op::CALL | op::CALLCODE => Some(range(5, 6)?.max(range(3, 4)?)),
        op::DELEGATECALL | op::STATICCALL => Some(range(4, 5)?.max(range(2, 3)?)),
        _ => Some(0),
    };
    end?.div_ceil(32).checked_mul(32)
}

/// Gas of growing the memory to this size.
fn growth(before: &Before, memory: u64) -> Option<u64> {
    let fee = |size: u64| {
        let words = size.div_ceil(32);
        words.checked_mul(3)?.checked_add(words.checked_mul(words)?.checked_div(512)?)
    };
    let held = u64::try_from(before.size).ok()?;
    let fee = (memory <= MOST_MEMORY).then(|| fee(memory))??.saturating_sub(fee(held)?);
    Some(fee)
}

fn dynamic<DB: Database>(before: &Before, constant: u64, memory: u64, context: &mut BorContext<DB>) -> Option<u64> {
    let growth = growth(before, memory)?;
    let words = |place, gas| growth.checked_add(u64::try_from(before.top(place)).ok()?.div_ceil(32).checked_mul(gas)?);
    let cold = |context: &BorContext<DB>, place, gas| if is_cold(context, before.top_address(place)) { gas } else { 0 };
    match before.opcode {
        op::EXP => u64::try_from(before.top(1).byte_len()).ok()?.checked_mul(50)?.checked_add(10),
        op::KECCAK256 => words(1, 6),
        op::CREATE2 => words(2, 6),
        op::CALLDATACOPY | op::CODECOPY | op::RETURNDATACOPY => words(2, 3),
        op::EXTCODECOPY => words(3, 3)?.checked_add(cold(context, 0, COLD_ACCOUNT - WARM)),
        op::BALANCE | op::EXTCODESIZE | op::EXTCODEHASH => Some(cold(context, 0, COLD_ACCOUNT - WARM)),
        op::LOG0..=op::LOG4 => {
            let topics = u64::from(before.opcode.saturating_sub(op::LOG0));
            let data = u64::try_from(before.top(1)).ok()?.checked_mul(8)?;
            growth.checked_add(topics.saturating_add(1).saturating_mul(375))?.checked_add(data)
        }
        op::SLOAD => Some(if before.slot.is_cold { COLD_SLOT } else { WARM }),
        op::SSTORE => store(before),
        op::SELFDESTRUCT => {
            let heir = before.top_address(0);
            let new = if !before.balance.is_zero() && is_empty(context, heir) { 25_000 } else { 0 };
            cold(context, 0, COLD_ACCOUNT).checked_add(new)
        }
        op::CALL | op::CALLCODE | op::DELEGATECALL | op::STATICCALL => {
            let cold = cold(context, 1, COLD_ACCOUNT - WARM);
            let left = before.gas.checked_sub(constant)?.checked_sub(cold)?;
            let valued = matches!(before.opcode, op::CALL | op::CALLCODE) && !before.top(2).is_zero();
            let transfer = if valued { 9_000 } else { 0 };
            let new = valued && before.opcode == op::CALL && is_empty(context, before.top_address(1));
            let base = growth.checked_add(transfer)?.checked_add(if new { 25_000 } else { 0 })?;
            // Q-329: what is left wraps where it does not reach.
            let left = left.wrapping_sub(base);
            let most = U256::from(left.saturating_sub(left.wrapping_shr(6)));
            let handed_on = u64::try_from(before.top(0).min(most)).ok()?;
            Some(base.checked_add(handed_on)?.wrapping_add(cold))
        }
        _ => Some(growth),
    }
}

fn store(before: &Before) -> Option<u64> {
    let Slot { value, original, is_cold } = before.slot;
    if before.gas <= SENTRY {
        return None;
    }
    let change = match original {
        _ if value == before.top(1) || original != value => WARM,
        U256::ZERO => 20_000,
        _ => 5_000 - COLD_SLOT,
    };
    change.checked_add(if is_cold { COLD_SLOT } else { 0 })
}

fn is_cold<DB: Database>(context: &BorContext<DB>, address: Address) -> bool {
    let journal = &context.journal().inner;
    let account = journal.state.get(&address);
    account.is_none_or(|account| account.is_cold_transaction_id(journal.transaction_id))
        && !journal.warm_addresses.is_warm(&address)
}

fn is_empty<DB: Database>(context: &mut BorContext<DB>, address: Address) -> bool {
    let journal = context.journal_mut();
    match journal.inner.state.get(&address) {
        Some(account) => account.is_empty(),
        None => journal.database.basic(address).ok().flatten().is_none_or(|info| info.is_empty()),
    }
}

impl Slot {
    /// As it stands, without making it warm.
    pub(super) fn of<DB: Database>(context: &mut BorContext<DB>, address: Address, place: U256) -> Self {
        let journal = context.journal_mut();
        let (inner, database) = (&journal.inner, &mut journal.database);
        let account = inner.state.get(&address);
        let warm = inner.warm_addresses.is_storage_warm(&address, &place);
        if let Some(slot) = account.and_then(|account| account.storage.get(&place)) {
            let now = slot.transaction_id.get() == inner.transaction_id.get();
            return Self {
                value: slot.present_value,
                original: if now { slot.original_value } else { slot.present_value },
                is_cold: !warm && slot.is_cold_transaction_id(inner.transaction_id),
            };
        }
        let created = account.is_some_and(|account| account.is_created());
        let value = if created { U256::ZERO } else { database.storage(address, place).unwrap_or_default() };
        Self { value, original: value, is_cold: !warm }
    }
}
