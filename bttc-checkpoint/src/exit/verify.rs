//! The strict verifier: an exit proof against a checkpoint.
//!
//! Source: `withdrawal-proofs §7.7`.

use super::{CheckpointRef, ExitEvent, ExitProof, Receipt, ReceiptError, Withdrawal};
use crate::{checkpoint::BlockRange, merkle::BranchProof};
use alloy_primitives::{Address, B256};
use bttc_core::id::HeaderBlockId;
use serde::Serialize;

/// A burn that a checkpoint proves. It comes from [`ExitProof::verify`] only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Exit {
    child_token: Address,
    event: ExitEvent,
    exit_hash: B256,
    log_index: u64,
    block: u64,
}

impl Exit {
    /// The token on the side chain that was burned.
    #[must_use]
    pub const fn child_token(&self) -> Address {
        self.child_token
    }

    /// Who is paid on the root chain.
    #[must_use]
    pub const fn beneficiary(&self) -> Address {
        self.event.beneficiary
    }

    /// What.
    #[must_use]
    pub const fn withdrawal(&self) -> &Withdrawal {
        &self.event.withdrawal
    }

    /// What makes it unique on a root chain.
    #[must_use]
    pub const fn exit_hash(&self) -> B256 {
        self.exit_hash
    }

    /// Position of the log in the receipt.
    #[must_use]
    pub const fn log_index(&self) -> u64 {
        self.log_index
    }

    /// Height of the burn's block.
    #[must_use]
    pub const fn block(&self) -> u64 {
        self.block
    }
}

/// Why a proof does not hold, in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It names another checkpoint.
    #[error("got a proof for header {got}, expected {expected}")]
    Header {
        /// Header in the proof.
        got: HeaderBlockId,
        /// The checkpoint's.
        expected: HeaderBlockId,
    },
    /// The receipt's bytes are none.
    #[error("receipt: {0}")]
    Receipt(#[from] ReceiptError),
    /// The bridge contract cannot read a typed receipt.
    #[error("type-{kind} transaction: the receipt is not a list for the bridge contract")]
    TypedReceipt {
        /// Type of the transaction.
        kind: u8,
    },
    /// The receipt has no such log.
    #[error("log {got} is not among the receipt's {logs}")]
    LogIndex {
        /// Position in the proof.
        got: u64,
        /// Logs there are.
        logs: usize,
    },
    /// The log is no withdrawal.
    #[error("log {index} of {emitter} is no withdrawal")]
    NoWithdrawal {
        /// Its position.
        index: u64,
        /// Who wrote it.
        emitter: Address,
    },
    /// The trie's nodes do not lead from the block's receipts root to the receipt.
    #[error("the nodes do not lead from receipts root {receipts_root} to receipt {tx_index}")]
    ReceiptBranch {
        /// The block's receipts root.
        receipts_root: B256,
        /// Position of the burn.
        tx_index: u64,
    },
    /// The checkpoint does not cover the block.
    #[error("block {got} is outside the checkpoint's {expected}")]
    BlockOutside {
        /// Height of the block.
        got: u64,
        /// Blocks of the checkpoint.
        expected: BlockRange,
    },
    /// Too few or too many siblings: the block would stand on another level of the tree.
    #[error("got {got} siblings, expected {expected}")]
    Depth {
        /// Siblings there are.
        got: usize,
        /// Levels of the checkpoint's tree.
        expected: u32,
    },
    /// The siblings lead to another root.
    #[error("computed checkpoint root {computed}, expected {expected}")]
    CheckpointRoot {
        /// Root that follows.
        computed: B256,
        /// The checkpoint's.
        expected: B256,
    },
}

impl ExitProof {
    /// Checks the proof against a checkpoint that the caller trusts. Whether the exit was made already, and whether the
    /// token is mapped, only the root chain knows.
    ///
    /// # Errors
    /// [`VerifyError`], the first check that fails.
    pub fn verify(&self, checkpoint: &CheckpointRef) -> Result<Exit, VerifyError> {
        if self.header != checkpoint.id {
            return Err(VerifyError::Header { got: self.header, expected: checkpoint.id });
        }
        let receipt = Receipt::decode(&self.receipt)?;
        if receipt.kind != 0 {
            return Err(VerifyError::TypedReceipt { kind: receipt.kind });
        }
        let place = usize::try_from(self.log_index).ok();
        let log = place
            .and_then(|place| receipt.logs.get(place))
            .ok_or(VerifyError::LogIndex { got: self.log_index, logs: receipt.logs.len() })?;
        let event =
            ExitEvent::read(log).ok_or(VerifyError::NoWithdrawal { index: self.log_index, emitter: log.address })?;
        let receipts_root = self.block.receipts_root;
        if !self.holds_receipt() {
            return Err(VerifyError::ReceiptBranch { receipts_root, tx_index: self.tx_index });
        }
        let number = self.block.number;
        let index = checkpoint
            .range
            .index_of(number)
            .ok_or(VerifyError::BlockOutside { got: number, expected: checkpoint.range })?;
        if !checkpoint.has_depth(&self.siblings) {
            return Err(VerifyError::Depth { got: self.siblings.len(), expected: checkpoint.range.depth() });
        }
        let siblings = self.siblings.clone();
        let computed = BranchProof { index, siblings }.root(&self.block.hash());
        if computed != checkpoint.root {
            return Err(VerifyError::CheckpointRoot { computed, expected: checkpoint.root });
        }
        Ok(Exit {
            child_token: log.address,
            event,
            exit_hash: self.exit_hash(),
            log_index: self.log_index,
            block: number,
        })
    }
}
