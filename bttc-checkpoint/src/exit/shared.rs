//! Work that many burns share: one tree a checkpoint, one trie a block.
//!
//! ```text
//! CheckpointLeaves   all leaves ──one tree──▶ siblings of any block
//! BlockReceipts      all receipts ──one trie──▶ nodes to any receipt
//! ```
//!
//! Both are checked against their root once, when they are made.
//!
//! ```
//! # use bttc_checkpoint::{checkpoint::BlockRange, exit::*};
//! # use bttc_core::{id::HeaderBlockId, leaf::Leaf};
//! # use alloy_primitives::{Address, Bloom, Log, B256, U256};
//! # let topics = vec![topic::WITHDRAW_TO, B256::repeat_byte(7), B256::ZERO];
//! # let receipt = Receipt {
//! #     kind: 0, status: Status::Succeeded, cumulative_gas_used: 60_000, bloom: Bloom::ZERO,
//! #     logs: vec![Log::new_unchecked(Address::ZERO, topics, [0; 32].into()); 2],
//! # };
//! # let receipts_root = receipts_root(&[receipt.to_bytes()]);
//! # let leaf = Leaf { number: 70, time: 7, transactions_root: B256::ZERO, receipts_root };
//! # let checkpoint = CheckpointRef {
//! #     id: HeaderBlockId::new(U256::from(10_000)), range: BlockRange::new(70, 70)?, root: leaf.hash(),
//! # };
//! # let leaves = vec![leaf.hash()];
//! # let block = BurnBlock { leaf, receipts: vec![receipt] };
//! let checkpoint = CheckpointLeaves::new(checkpoint, leaves)?;
//! let receipts = BlockReceipts::new(&block)?;
//! for log_index in 0..2 {
//!     checkpoint.prove(&receipts, 0, &LogChoice::At(log_index))?.verify(checkpoint.checkpoint())?;
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use super::{BuildError, BurnBlock, CheckpointRef, ExitProof, LogChoice, Receipt, trie::ReceiptTrie};
use crate::merkle::{BranchProof, StoredTree};
use alloc::vec::Vec;
use alloy_primitives::{B256, Bytes};
use bttc_core::leaf::Leaf;

/// A checkpoint with the tree over its leaves.
#[derive(Clone, Debug)]
pub struct CheckpointLeaves {
    checkpoint: CheckpointRef,
    tree: StoredTree,
}

impl CheckpointLeaves {
    /// Builds the tree over all leaves of the range, in order.
    ///
    /// # Errors
    /// [`BuildError::CheckpointRoot`] when their root is another than the recorded one.
    pub fn new(checkpoint: CheckpointRef, leaves: Vec<B256>) -> Result<Self, BuildError> {
        let expected = checkpoint.root;
        let tree = StoredTree::build(leaves).ok_or(BuildError::CheckpointRoot { computed: None, expected })?;
        if tree.root() != expected || tree.depth() != checkpoint.range.depth() {
            return Err(BuildError::CheckpointRoot { computed: Some(tree.root()), expected });
        }
        Ok(Self { checkpoint, tree })
    }

    /// The checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> &CheckpointRef {
        &self.checkpoint
    }

    /// A block's way to the root.
    ///
    /// # Errors
    /// [`BuildError::BlockOutside`], [`BuildError::Leaf`].
    pub fn branch(&self, block: &Leaf) -> Result<BranchProof, BuildError> {
        let index = self.checkpoint.index_of(block.number)?;
        let expected = usize::try_from(index).ok().and_then(|place| self.tree.leaves().get(place)).copied();
        let computed = block.hash();
        let known = self.tree.branch(index).filter(|_| expected == Some(computed));
        known.ok_or(BuildError::Leaf { block: block.number, computed, expected })
    }

    /// The proof of one burn.
    ///
    /// # Errors
    /// [`BuildError`], the first check that fails.
    pub fn prove(&self, block: &BlockReceipts<'_>, tx_index: u64, log: &LogChoice) -> Result<ExitProof, BuildError> {
        block.proof(&self.checkpoint, self.branch(&block.block.leaf)?, tx_index, log)
    }
}

/// A block's receipts with the trie over them.
#[derive(Clone, Debug)]
pub struct BlockReceipts<'a> {
    block: &'a BurnBlock,
    bytes: Vec<Bytes>,
    trie: ReceiptTrie,
}

impl<'a> BlockReceipts<'a> {
    /// Builds the trie over all receipts.
    ///
    /// # Errors
    /// [`BuildError::ReceiptsRoot`] when their root is another than the block's.
    pub fn new(block: &'a BurnBlock) -> Result<Self, BuildError> {
        let bytes: Vec<Bytes> = block.receipts.iter().map(Receipt::to_bytes).collect();
        let trie = ReceiptTrie::over(&bytes);
        let (computed, expected) = (trie.root(), block.leaf.receipts_root);
        if computed != expected {
            return Err(BuildError::ReceiptsRoot { computed, expected });
        }
        Ok(Self { block, bytes, trie })
    }

    /// The block.
    #[must_use]
    pub const fn block(&self) -> &'a BurnBlock {
        self.block
    }

    pub(super) fn proof(
        &self,
        checkpoint: &CheckpointRef,
        branch: BranchProof,
        tx_index: u64,
        log: &LogChoice,
    ) -> Result<ExitProof, BuildError> {
        let receipts = &self.block.receipts;
        let place = usize::try_from(tx_index).ok();
        let found = place.and_then(|place| receipts.get(place).zip(self.bytes.get(place)));
        let (receipt, bytes) =
            found.ok_or(BuildError::TransactionNotFound { got: tx_index, receipts: receipts.len() })?;
        if receipt.kind != 0 {
            return Err(BuildError::TypedReceipt { kind: receipt.kind });
        }
        let log_index = log.find(receipt).ok_or(BuildError::LogNotFound { logs: receipt.logs.len() })?;
        Ok(ExitProof {
            header: checkpoint.id,
            siblings: branch.siblings,
            block: self.block.leaf,
            receipt: bytes.clone(),
            nodes: self.trie.nodes(tx_index),
            tx_index,
            log_index,
        })
    }
}
