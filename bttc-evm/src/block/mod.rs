//! Blocks, and the one list of steps that both builds and imports them.
//!
//! ```text
//! 1  author                       who signs, or who signed
//! 2  transactions in order        receipts, gas, logs
//! 3  system work                  span, state-sync records, code
//! 4  roots                        gas used, bloom, receipts root, state root
//! 5  build: write them down       import: compare them
//! ```
//!
//! Source: `block-layer §5.5; bttc:core/state_processor.go:59-138, bttc:core/block_validator.go:52-103`.
//!
//! ```
//! use bttc_evm::{block::Block, header::Header};
//!
//! let block = Block { header: Header::default(), transactions: vec![], uncles: vec![] };
//! assert_eq!(Block::from_rlp(&block.to_rlp())?, block);
//! # Ok::<(), bttc_evm::block::BlockDecodeError>(())
//! ```

mod build;
mod import;

pub use build::{BuildError, SealingError, Unsealed, next_gas_limit};
pub(crate) use build::{build, prepare};
pub use import::{ImportError, ImportedBlock};
pub(crate) use import::{Judged, judge};

use crate::{
    executor::Executor,
    header::{Header, SealedHeader, list},
    receipt::{Blooms, Receipt, receipts_root},
    system::{SystemDone, SystemWork},
    threads::Threads,
    transaction::{Transaction, TransactionDecodeError, TransactionError},
};
use alloy_primitives::{Address, B256, Bloom, Log};
use alloy_rlp::{Decodable, Encodable};
use bttc_core::chain::SystemContracts;
use serde::{Deserialize, Serialize};

/// A block as it travels; nothing about it is proven.
///
/// Source: `block-layer §2.1.4; bttc:core/types/block.go:178-183`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its header.
    pub header: Header,
    /// Its transactions.
    pub transactions: Vec<Transaction>,
    /// Other blocks' headers; no valid block has any.
    pub uncles: Vec<Header>,
}

/// Bytes that are not exactly one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockDecodeError {
    /// Not the RLP of a block.
    #[error("not the RLP of a block: {0}")]
    Rlp(#[from] alloy_rlp::Error),
    /// One of its transactions is none.
    #[error("transaction {index}: {error}")]
    Transaction {
        /// Its place.
        index: usize,
        /// What is wrong with it.
        error: TransactionDecodeError,
    },
}

impl Block {
    /// Reads exactly one block.
    ///
    /// # Errors
    /// [`BlockDecodeError`].
    pub fn from_rlp(mut bytes: &[u8]) -> Result<Self, BlockDecodeError> {
        let mut items = alloy_rlp::Header::decode_bytes(&mut bytes, true)?;
        let header = Header::decode(&mut items)?;
        let mut list = alloy_rlp::Header::decode_bytes(&mut items, true)?;
        let mut transactions = Vec::new();
        while !list.is_empty() {
            let transaction = read_transaction(&mut list);
            let index = transactions.len();
            transactions.push(transaction.map_err(|error| BlockDecodeError::Transaction { index, error })?);
        }
        let uncles = Vec::decode(&mut items)?;
        if !items.is_empty() || !bytes.is_empty() {
            return Err(alloy_rlp::Error::UnexpectedLength.into());
        }
        Ok(Self { header, transactions, uncles })
    }

    /// Its bytes.
    #[must_use]
    pub fn to_rlp(&self) -> Vec<u8> {
        write(&self.header, &self.transactions, &self.uncles)
    }
}

/// A list is a transaction of the first form, a string holds a typed one.
fn read_transaction(bytes: &mut &[u8]) -> Result<Transaction, TransactionDecodeError> {
    let whole = *bytes;
    let head = alloy_rlp::Header::decode(bytes)?;
    let (payload, rest) = bytes.split_at_checked(head.payload_length).ok_or(alloy_rlp::Error::InputTooShort)?;
    *bytes = rest;
    if head.list {
        let length = whole.len() - rest.len();
        Transaction::from_bytes(whole.get(..length).unwrap_or_default())
    } else {
        // A string that looks like a list inside is no typed transaction.
        match payload.first() {
            Some(&got) if got >= alloy_rlp::EMPTY_LIST_CODE => Err(TransactionDecodeError::Type { got }),
            _ => Transaction::from_bytes(payload),
        }
    }
}

fn write(header: &Header, transactions: &[Transaction], uncles: &[Header]) -> Vec<u8> {
    let mut body = Vec::new();
    for transaction in transactions {
        match transaction.form().to_byte() {
            None => body.extend_from_slice(transaction.bytes()),
            Some(_) => transaction.bytes().encode(&mut body),
        }
    }
    let mut items = header.to_rlp();
    items.extend_from_slice(&list(&body));
    let uncles: Vec<_> = uncles.iter().flat_map(Header::to_rlp).collect();
    items.extend_from_slice(&list(&uncles));
    list(&items)
}

/// A block whose author is known: it was sealed here, or its seal was recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBlock {
    pub(crate) header: SealedHeader,
    pub(crate) transactions: Vec<Transaction>,
}

impl SealedBlock {
    /// Its header, with hash and author.
    #[must_use]
    pub const fn header(&self) -> &SealedHeader {
        &self.header
    }

    /// Its transactions.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Its bytes.
    #[must_use]
    pub fn to_rlp(&self) -> Vec<u8> {
        write(&self.header, &self.transactions, &[])
    }
}

impl From<SealedBlock> for Block {
    fn from(block: SealedBlock) -> Self {
        Self { header: block.header.into_header(), transactions: block.transactions, uncles: Vec::new() }
    }
}

/// The steps of a block, taken one after the other.
#[derive(Debug)]
pub(crate) struct Steps<'e> {
    executor: &'e mut dyn Executor,
    gas_left: u64,
    gas_used: u64,
    receipts: Vec<Receipt>,
    blooms: Blooms,
}

/// What the steps came to.
#[derive(Clone, Debug)]
pub(crate) struct Stepped {
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) gas_used: u64,
    pub(crate) bloom: Bloom,
    pub(crate) receipts_root: B256,
    pub(crate) state_root: B256,
    pub(crate) system: SystemDone,
}

impl<'e> Steps<'e> {
    /// None taken.
    pub(crate) fn new(executor: &'e mut dyn Executor, gas_limit: u64) -> Self {
        Self { executor, gas_left: gas_limit, gas_used: 0, receipts: Vec::new(), blooms: Blooms::default() }
    }

    /// Executes the next transaction, of this sender. On an error nothing changed.
    pub(crate) fn transact(
        &mut self,
        transaction: &Transaction,
        sender: Result<Address, TransactionError>,
    ) -> Result<(), TransactionError> {
        let sender = sender?;
        let executed = self.executor.transact(transaction, sender, self.gas_left)?;
        self.gas_left = self.gas_left.saturating_sub(executed.gas_used);
        self.gas_used = self.gas_used.saturating_add(executed.gas_used);
        // The address of a creation stands in the receipt whether or not the creation succeeded.
        let created = transaction.to().is_create();
        self.receipts.push(Receipt {
            transaction_type: transaction.form(),
            status: executed.status,
            gas_used: executed.gas_used,
            cumulative_gas_used: self.gas_used,
            contract_address: created.then(|| sender.create(transaction.nonce())),
            bloom: self.blooms.of(&executed.logs),
            logs: executed.logs,
        });
        Ok(())
    }

    /// Carries out the system work and computes the roots.
    pub(crate) fn finish(self, work: &SystemWork, contracts: &SystemContracts, threads: Threads) -> Stepped {
        let Self { executor, gas_used, receipts, .. } = self;
        let system = work.carry_out(executor, contracts);
        let bloom = receipts.iter().fold(Bloom::ZERO, |sum, receipt| sum | receipt.bloom);
        let (receipts_root, state_root) = threads.join(|| receipts_root(&receipts), || executor.state_root());
        Stepped { gas_used, bloom, receipts_root, state_root, receipts, system }
    }
}

/// The state-sync receipt of a block, if its system calls logged anything.
pub(crate) fn synthetic_receipt(
    header: &SealedHeader,
    receipts: &[Receipt],
    logs: &[Log],
) -> Option<crate::state_sync::SyntheticReceipt> {
    // Q-87: records that were delivered without a log leave no receipt.
    if logs.is_empty() {
        return None;
    }
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Some(crate::state_sync::SyntheticReceipt {
        tx_hash: crate::state_sync::synthetic_hash(header.height(), header.hash()),
        transaction_index: count(receipts.len()),
        first_log_index: receipts.iter().map(|receipt| count(receipt.logs.len())).sum(),
        logs: logs.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q87_state_sync_without_a_log_leaves_no_receipt() {
        let header = SealedHeader::genesis(Header::default());
        assert_eq!(synthetic_receipt(&header, &[], &[]), None);
        let log = Log::new_unchecked(Address::ZERO, vec![], vec![].into());
        assert!(synthetic_receipt(&header, &[], &[log]).is_some());
    }
}
