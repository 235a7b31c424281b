//! The exit proof and its ten fields.

use super::{BlockReceipts, CheckpointLeaves, Receipt, contract::BridgeCall, receipt::number, trie};
use crate::{checkpoint::BlockRange, merkle::BranchProof};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use alloy_rlp::{Encodable as _, Header};
use bttc_core::{
    hash::Keccak256,
    id::HeaderBlockId,
    leaf::Leaf,
    rlp::{Item, RlpError},
    root_chain::RootCall,
};
use serde::{Deserialize, Serialize};

/// A recorded checkpoint, as far as proofs need it. Id and range belong to one root chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckpointRef {
    /// Its key in the contract.
    pub id: HeaderBlockId,
    /// Its blocks.
    pub range: BlockRange,
    /// Its root.
    pub root: B256,
}

/// The block of a burn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BurnBlock {
    /// Its four words.
    pub leaf: Leaf,
    /// Its receipts in transaction order, the state-sync receipt left out.
    pub receipts: Vec<Receipt>,
}

/// Which log of the burn's receipt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LogChoice {
    /// The one at this position.
    At(u64),
    /// The n-th, from 0, of those that fit.
    Nth {
        /// First topic.
        topic0: B256,
        /// How many that fit stand before it.
        nth: u64,
        /// Who wrote it; `None` for anyone.
        emitter: Option<Address>,
    },
}

/// Everything a root chain needs to pay for a burn, not yet checked against a checkpoint:
/// [`ExitProof::verify`] does that.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExitProof {
    /// The checkpoint's key in the contract.
    pub header: HeaderBlockId,
    /// The block's siblings in the checkpoint, from its own level upwards.
    pub siblings: Vec<B256>,
    /// The block.
    pub block: Leaf,
    /// The receipt's consensus bytes.
    pub receipt: Bytes,
    /// The receipt trie's nodes, RLP, from the root down.
    pub nodes: Vec<Bytes>,
    /// Position of the burn in its block.
    pub tx_index: u64,
    /// Position of the log in the receipt.
    pub log_index: u64,
}

/// Why no proof can be built, in the order of the checks. [`BuildError::code`] gives a short name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The checkpoint does not cover the block: `block-not-in-checkpoint`.
    #[error("block {got} is outside the checkpoint's {expected}")]
    BlockOutside {
        /// Height of the block.
        got: u64,
        /// Blocks of the checkpoint.
        expected: BlockRange,
    },
    /// The block at that position is another: `leaf-mismatch`.
    #[error("leaf {computed} of block {block} is not the checkpoint's {expected:?}")]
    Leaf {
        /// Height of the block.
        block: u64,
        /// Leaf of the block.
        computed: B256,
        /// Leaf given at its position; `None` when there are too few.
        expected: Option<B256>,
    },
    /// The leaves do not produce the root: `checkpoint-root-mismatch`.
    #[error("computed checkpoint root {computed:?}, expected {expected}")]
    CheckpointRoot {
        /// Root of the leaves, or of the branch; `None` without leaves.
        computed: Option<B256>,
        /// Recorded root.
        expected: B256,
    },
    /// The receipts do not produce the block's receipts root: `receipts-root-mismatch`.
    #[error("computed receipts root {computed}, expected {expected}")]
    ReceiptsRoot {
        /// Root of the receipts.
        computed: B256,
        /// The block's.
        expected: B256,
    },
    /// The block has no such transaction: `tx-not-found`.
    #[error("transaction {got} is not among the block's {receipts}")]
    TransactionNotFound {
        /// Its position.
        got: u64,
        /// Receipts there are.
        receipts: usize,
    },
    /// The burn is in a typed transaction, which the contract cannot read: `typed-receipt`.
    #[error("type-{kind} transaction: the receipt is not a list for the bridge contract")]
    TypedReceipt {
        /// Type of the transaction.
        kind: u8,
    },
    /// The receipt has no such log: `log-not-found`.
    #[error("none of {logs} logs is the one chosen")]
    LogNotFound {
        /// Logs there are.
        logs: usize,
    },
}

impl BuildError {
    /// A short name, as the golden vectors use it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BlockOutside { .. } => "block-not-in-checkpoint",
            Self::Leaf { .. } => "leaf-mismatch",
            Self::CheckpointRoot { .. } => "checkpoint-root-mismatch",
            Self::ReceiptsRoot { .. } => "receipts-root-mismatch",
            Self::TransactionNotFound { .. } => "tx-not-found",
            Self::TypedReceipt { .. } => "typed-receipt",
            Self::LogNotFound { .. } => "log-not-found",
        }
    }
}

/// Why bytes are no canonical payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not one canonical RLP item.
    #[error(transparent)]
    Rlp(#[from] RlpError),
    /// Not a list of ten.
    #[error("expected a list of 10 fields, got {got:?}")]
    Fields {
        /// Fields there are; `None` for a string.
        got: Option<usize>,
    },
    /// A field has another form.
    #[error("field {field}: expected {expected}")]
    Field {
        /// Which one.
        field: &'static str,
        /// Its form.
        expected: &'static str,
    },
}

/// H( number(32) ‖ one byte a nibble of rlp(tx index) ‖ log index(32) ): what makes an exit unique on a root chain.
///
/// Source: `withdrawal-proofs §4.5, §7.6`.
#[must_use]
pub fn exit_hash(block: u64, tx_index: u64, log_index: u64) -> B256 {
    exit_hash_of(U256::from(block), &trie::path(tx_index), U256::from(log_index))
}

/// The same for any path, one byte a nibble.
pub(super) fn exit_hash_of(block: U256, path: &[u8], log_index: U256) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(block.to_be_bytes::<32>());
    hasher.update(path);
    hasher.update(log_index.to_be_bytes::<32>());
    hasher.finalize()
}

impl LogChoice {
    /// Position of the log in this receipt.
    #[must_use]
    pub fn find(&self, receipt: &Receipt) -> Option<u64> {
        let logs = (0..).zip(&receipt.logs);
        match self {
            Self::At(index) => logs.map(|(place, _)| place).find(|place| place == index),
            Self::Nth { topic0, nth, emitter } => {
                let fits = |log: &Log| {
                    log.data.topics().first() == Some(topic0) && emitter.is_none_or(|emitter| emitter == log.address)
                };
                let nth = usize::try_from(*nth).ok()?;
                logs.filter(|(_, log)| fits(log)).map(|(place, _)| place).nth(nth)
            }
        }
    }
}

impl ExitProof {
    /// Builds the proof from all leaves of the checkpoint. For several proofs of one checkpoint or block see
    /// [`CheckpointLeaves`].
    ///
    /// Source: `withdrawal-proofs §7.5`.
    ///
    /// # Errors
    /// [`BuildError`], the first check that fails.
    pub fn build(
        checkpoint: &CheckpointRef,
        leaves: Vec<B256>,
        block: &BurnBlock,
        tx_index: u64,
        log: &LogChoice,
    ) -> Result<Self, BuildError> {
        let index = checkpoint.index_of(block.leaf.number)?;
        let expected = usize::try_from(index).ok().and_then(|place| leaves.get(place)).copied();
        let computed = block.leaf.hash();
        if expected != Some(computed) {
            return Err(BuildError::Leaf { block: block.leaf.number, computed, expected });
        }
        CheckpointLeaves::new(*checkpoint, leaves)?.prove(&BlockReceipts::new(block)?, tx_index, log)
    }

    /// Builds the proof from a branch of the checkpoint that was had elsewhere; it is checked.
    ///
    /// # Errors
    /// [`BuildError`], the first check that fails.
    pub fn assemble(
        checkpoint: &CheckpointRef,
        branch: &BranchProof,
        block: &BurnBlock,
        tx_index: u64,
        log: &LogChoice,
    ) -> Result<Self, BuildError> {
        let index = checkpoint.index_of(block.leaf.number)?;
        let siblings = branch.siblings.clone();
        let branch = BranchProof { index, siblings };
        let computed = branch.root(&block.leaf.hash());
        if computed != checkpoint.root || !checkpoint.has_depth(&branch.siblings) {
            return Err(BuildError::CheckpointRoot { computed: Some(computed), expected: checkpoint.root });
        }
        BlockReceipts::new(block)?.proof(checkpoint, branch, tx_index, log)
    }

    /// What makes this exit unique on a root chain.
    #[must_use]
    pub fn exit_hash(&self) -> B256 {
        exit_hash(self.block.number, self.tx_index, self.log_index)
    }

    /// Whether the nodes lead from the block's receipts root to the receipt, and no further.
    #[must_use]
    pub fn holds_receipt(&self) -> bool {
        trie::holds(self.block.receipts_root, self.tx_index, &self.receipt, &self.nodes)
    }

    /// 00 ‖ rlp(tx index).
    #[must_use]
    pub fn branch_mask(&self) -> Vec<u8> {
        let mut mask = [0].to_vec();
        mask.extend(trie::key(self.tx_index));
        mask
    }

    /// The argument of `exit(bytes)`.
    ///
    /// Source: `withdrawal-proofs §4.4`.
    #[must_use]
    pub fn to_payload(&self) -> Bytes {
        let siblings: Vec<u8> = self.siblings.iter().flat_map(|hash| hash.0).collect();
        let payload_length = self.nodes.iter().map(|node| node.len()).sum();
        let mut nodes = Vec::with_capacity(payload_length + 9);
        Header { list: true, payload_length }.encode(&mut nodes);
        // Each node is a list already.
        self.nodes.iter().for_each(|node| nodes.extend_from_slice(node));
        let mask = self.branch_mask();
        let fields: [&dyn alloy_rlp::Encodable; 10] = [
            &self.header.get(),
            &siblings.as_slice(),
            &self.block.number,
            &self.block.time,
            &self.block.transactions_root,
            &self.block.receipts_root,
            &self.receipt,
            &nodes.as_slice(),
            &mask.as_slice(),
            &self.log_index,
        ];
        let payload_length = fields.iter().map(|field| field.length()).sum();
        let mut out = Vec::with_capacity(payload_length + 9);
        Header { list: true, payload_length }.encode(&mut out);
        fields.iter().for_each(|field| field.encode(&mut out));
        out.into()
    }

    /// The call of this bridge contract.
    #[must_use]
    pub fn to_call(&self, bridge: Address) -> RootCall {
        let payload = self.to_payload();
        BridgeCall::Exit { payload }.to_call(bridge)
    }

    /// Reads a payload in its one canonical form: ten fields, minimal integers, a mask that begins with 00.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let item = Item::decode(payload)?;
        let got = item.as_list().map(<[Item]>::len);
        let fields: Option<&[Item; 10]> = item.as_list().and_then(|items| items.try_into().ok());
        let [header, siblings, block, time, tx_root, receipts_root, receipt, nodes, mask, log_index] =
            fields.ok_or(DecodeError::Fields { got })?;

        let string = |field, item: &Item| -> Result<Vec<u8>, DecodeError> {
            let bytes = item.as_string().ok_or(DecodeError::Field { field, expected: "bytes" })?;
            Ok(bytes.to_vec())
        };
        let integer = |field, item: &Item| {
            number(item)
                .ok_or(DecodeError::Field { field, expected: "an integer of at most 64 bits without leading zeros" })
        };
        let word = |field, item: &Item| {
            let bytes = item.as_string().and_then(|bytes| B256::try_from(bytes).ok());
            bytes.ok_or(DecodeError::Field { field, expected: "32 bytes" })
        };

        let header_bytes = string("header id", header)?;
        let header = U256::try_from_be_slice(&header_bytes).filter(|_| header_bytes.first() != Some(&0)).ok_or(
            DecodeError::Field { field: "header id", expected: "an integer of at most 256 bits without leading zeros" },
        )?;
        let siblings = BranchProof::from_bytes(0, &string("block proof", siblings)?)
            .map_err(|_| DecodeError::Field { field: "block proof", expected: "a multiple of 32 bytes" })?;
        let nodes = Item::decode(&string("receipt proof", nodes)?)?;
        let nodes =
            nodes.as_list().ok_or(DecodeError::Field { field: "receipt proof", expected: "a list of nodes" })?;
        let mask_form = DecodeError::Field { field: "branch mask", expected: "00 and the canonical RLP of an index" };
        let mask = string("branch mask", mask)?;
        let tx_index = match mask.split_first() {
            Some((0, key)) => number(&Item::decode(key)?).ok_or(mask_form)?,
            _ => return Err(mask_form),
        };
        Ok(Self {
            header: HeaderBlockId::new(header),
            siblings: siblings.siblings,
            block: Leaf {
                number: integer("block number", block)?,
                time: integer("block time", time)?,
                transactions_root: word("transactions root", tx_root)?,
                receipts_root: word("receipts root", receipts_root)?,
            },
            receipt: string("receipt", receipt)?.into(),
            nodes: nodes.iter().map(|node| node.to_bytes().into()).collect(),
            tx_index,
            log_index: integer("log index", log_index)?,
        })
    }
}

impl CheckpointRef {
    pub(super) fn index_of(&self, block: u64) -> Result<u64, BuildError> {
        self.range.index_of(block).ok_or(BuildError::BlockOutside { got: block, expected: self.range })
    }

    /// Whether a branch has as many siblings as the range has levels.
    pub(super) fn has_depth(&self, siblings: &[B256]) -> bool {
        u32::try_from(siblings.len()) == Ok(self.range.depth())
    }
}
