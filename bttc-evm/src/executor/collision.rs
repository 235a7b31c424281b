//! Creation at an address that already holds storage.
//!
//! ```text
//! nonce ≠ 0 or code      refused: all gas used, the creator's nonce counts up          both
//! storage alone          Reset   created; what was stored is gone                      the reference
//!                        Refuse  refused likewise, what was stored stays               EIP-7610
//! ```
//!
//! No chain that had EIP-161 from its first block can come to storage without a nonce: the choice shows in Ethereum's state
//! tests and on states of one's own making.
//!
//! Source: `block-layer §5.1.10; bttc:core/vm/evm.go:389-410`.

use super::bor::BorContext;
use alloy_primitives::{Address, Bytes};
use revm::{
    Database,
    context_interface::{ContextTr, JournalTr},
    handler::{EthFrame, FrameData, FrameResult},
    interpreter::{CreateOutcome, FrameInput, Gas, InstructionResult, InterpreterResult},
};
use serde::{Deserialize, Serialize};

/// What a creation does to an address without nonce and code that holds storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StorageCollision {
    /// The account begins anew, its storage is gone; its balance stays.
    #[default]
    Reset,
    /// The creation fails as at an address with code (EIP-7610).
    Refuse,
}

/// The question of [`StorageCollision::Refuse`] to the state: whether an account holds storage.
pub(super) type HoldsStorage<DB> = fn(&DB, Address) -> bool;

/// Takes back a creation that has just begun, if storage was in its way: what the frame changed goes with its checkpoint,
/// what stands before it (the creator's nonce, the warm address) stays.
pub(super) fn refuse<DB: Database>(
    frame: &EthFrame,
    context: &mut BorContext<DB>,
    holds_storage: HoldsStorage<DB>,
) -> Option<FrameResult> {
    let (FrameData::Create(created), FrameInput::Create(inputs)) = (&frame.data, &frame.input) else {
        return None;
    };
    let journal = context.journal_mut();
    if !holds_storage(&journal.database, created.created_address) {
        return None;
    }
    journal.checkpoint_revert(frame.checkpoint);
    Some(FrameResult::Create(CreateOutcome {
        result: InterpreterResult {
            result: InstructionResult::CreateCollision,
            gas: Gas::new_with_regular_gas_and_reservoir(inputs.gas_limit(), inputs.reservoir()),
            output: Bytes::new(),
        },
        address: None,
        charged_create_state_gas: inputs.charged_create_state_gas(),
    }))
}
