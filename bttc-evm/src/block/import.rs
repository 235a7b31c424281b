//! Judging a block that somebody else made.

use super::{Block, SealedBlock, Stepped, Steps, synthetic_receipt};
use crate::{
    executor::Executor,
    header::SealedHeader,
    receipt::{Receipt, Status},
    seal::SealError,
    state_sync::{Record, SyntheticReceipt},
    system::{SystemError, SystemWork},
    threads::Threads,
    transaction::{Transaction, TransactionError, transactions_root},
};
use alloy_primitives::{B256, Bloom, U256, hex};
use bttc_core::{chain::ChainSpec, id::SpanId};

/// The first rule that a block breaks. `Display` is the text of the reference.
///
/// Source: `block-layer §2.8.5; bttc:core/block_validator.go:52-103, bttc:core/state_processor.go:59-138`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The block follows neither the head nor one that the chain's window reaches.
    #[error("block {number} follows {parent}, the head is block {head} with hash {expected}")]
    NotOnHead {
        /// Number of the block.
        number: u64,
        /// Its parent.
        parent: B256,
        /// Number of the head.
        head: u64,
        /// Hash of the head.
        expected: B256,
    },
    /// ErrKnownBlock: it is in the chain or in a branch.
    #[error("block already known")]
    Known {
        /// Its hash.
        hash: B256,
    },
    /// The header breaks a rule.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The facts do not hold what [`needs`](crate::chain::Chain::needs) asked for.
    #[error(transparent)]
    Facts(SystemError),
    /// Nobody may name uncles.
    #[error("uncles not allowed")]
    Uncles {
        /// How many it names.
        got: usize,
    },
    /// The transactions are not those of the header.
    #[error("transaction root hash mismatch: have {}, want {}", hex::encode(computed), hex::encode(declared))]
    TransactionsRoot {
        /// In the header.
        declared: B256,
        /// Of the transactions.
        computed: B256,
    },
    /// A transaction cannot stand where it stands.
    #[error("could not apply tx {index} [{hash}]: {error}")]
    Transaction {
        /// Its place.
        index: usize,
        /// Its hash.
        hash: B256,
        /// Why.
        error: Box<TransactionError>,
    },
    /// Another amount of gas was used.
    #[error("invalid gas used (remote: {declared} local: {computed})")]
    GasUsed {
        /// In the header.
        declared: u64,
        /// By execution.
        computed: u64,
    },
    /// Other logs were made.
    #[error("invalid bloom (remote: {}  local: {})", hex::encode(declared.as_slice()), hex::encode(computed.as_slice()))]
    Bloom {
        /// In the header.
        declared: Box<Bloom>,
        /// By execution.
        computed: Box<Bloom>,
    },
    /// Other receipts came out.
    #[error("invalid receipt root hash (remote: {} local: {})", hex::encode(declared), hex::encode(computed))]
    ReceiptsRoot {
        /// In the header.
        declared: B256,
        /// By execution.
        computed: B256,
    },
    /// Another state came out.
    #[error("invalid merkle root (remote: {} local: {})", hex::encode(declared), hex::encode(computed))]
    StateRoot {
        /// In the header.
        declared: B256,
        /// By execution.
        computed: B256,
    },
}

/// A block of the chain and what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedBlock {
    pub(crate) block: SealedBlock,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) synthetic: Option<SyntheticReceipt>,
    pub(crate) delivered: Vec<Record>,
    pub(crate) committed: Option<(SpanId, Status)>,
    pub(crate) total_difficulty: U256,
}

impl ImportedBlock {
    /// A block in which nothing happened.
    pub(crate) const fn empty(header: SealedHeader) -> Self {
        Self {
            total_difficulty: header.header().difficulty,
            block: SealedBlock { header, transactions: Vec::new() },
            receipts: Vec::new(),
            synthetic: None,
            delivered: Vec::new(),
            committed: None,
        }
    }

    /// The block.
    #[must_use]
    pub const fn block(&self) -> &SealedBlock {
        &self.block
    }

    /// Its header, with hash and author.
    #[must_use]
    pub const fn header(&self) -> &SealedHeader {
        &self.block.header
    }

    /// Receipts of its transactions, in order.
    #[must_use]
    pub fn receipts(&self) -> &[Receipt] {
        &self.receipts
    }

    /// Receipt of the logs that its system calls made.
    #[must_use]
    pub const fn synthetic(&self) -> Option<&SyntheticReceipt> {
        self.synthetic.as_ref()
    }

    /// State-sync records that it delivered, in order, whatever their receivers made of them.
    ///
    /// Source: `block-layer §4.2.11; bttc:consensus/bor/bor.go:1247-1253`.
    #[must_use]
    pub fn delivered(&self) -> &[Record] {
        &self.delivered
    }

    /// The span that it submitted, and whether the contract took it.
    #[must_use]
    pub const fn committed(&self) -> Option<(SpanId, Status)> {
        self.committed
    }

    /// Sum of the difficulties up to it.
    #[must_use]
    pub const fn total_difficulty(&self) -> U256 {
        self.total_difficulty
    }
}

/// A block that turned out right, before its place in the chain is known.
pub(crate) struct Judged {
    pub(crate) block: SealedBlock,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) synthetic: Option<SyntheticReceipt>,
    pub(crate) delivered: Vec<Record>,
    pub(crate) committed: Option<(SpanId, Status)>,
}

/// Executes a block whose header was verified and compares what came out.
pub(crate) fn judge(
    executor: &mut dyn Executor,
    header: SealedHeader,
    block: Block,
    work: impl FnOnce() -> Result<SystemWork, SystemError>,
    spec: &ChainSpec,
    threads: Threads,
) -> Result<Judged, ImportError> {
    if !block.uncles.is_empty() {
        let got = block.uncles.len();
        return Err(ImportError::Uncles { got });
    }
    let (declared, computed) = (header.transactions_root, transactions_root(&block.transactions));
    if declared != computed {
        return Err(ImportError::TransactionsRoot { declared, computed });
    }
    let mut steps = Steps::new(executor, header.gas_limit);
    let sender = |transaction: &Transaction| transaction.sender(spec.chain_id);
    threads.ahead(&block.transactions, sender, |senders| {
        block.transactions.iter().zip(senders).enumerate().try_for_each(|(index, (transaction, sender))| {
            steps.transact(transaction, sender).map_err(|error| ImportError::Transaction {
                index,
                hash: transaction.hash(),
                error: Box::new(error),
            })
        })
    })?;
    let work = work().map_err(ImportError::Facts)?;
    let stepped = steps.finish(&work, &spec.contracts, threads);
    compare(&header, &stepped)?;
    let Stepped { receipts, system, .. } = stepped;
    Ok(Judged {
        synthetic: synthetic_receipt(&header, &receipts, &system.logs),
        block: SealedBlock { header, transactions: block.transactions },
        receipts,
        delivered: work.records,
        committed: system.span,
    })
}

/// Source: `block-layer §2.8.2; bttc:core/block_validator.go:81-103`.
fn compare(header: &SealedHeader, stepped: &Stepped) -> Result<(), ImportError> {
    let (declared, computed) = (header.gas_used, stepped.gas_used);
    if declared != computed {
        return Err(ImportError::GasUsed { declared, computed });
    }
    if header.logs_bloom != stepped.bloom {
        return Err(ImportError::Bloom { declared: Box::new(header.logs_bloom), computed: Box::new(stepped.bloom) });
    }
    let (declared, computed) = (header.receipts_root, stepped.receipts_root);
    if declared != computed {
        return Err(ImportError::ReceiptsRoot { declared, computed });
    }
    let (declared, computed) = (header.state_root, stepped.state_root);
    if declared != computed {
        return Err(ImportError::StateRoot { declared, computed });
    }
    Ok(())
}
