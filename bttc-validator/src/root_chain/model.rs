//! A root chain in this process: blocks around [`RootContracts`].

use super::{Contracts, RootContracts};
use alloy_primitives::{Address, B256, Bytes};
use async_trait::async_trait;
use bttc_core::{
    hash::{Keccak256, keccak256},
    root_chain::{BlockRef, LogFilter, RootCall, RootChain, RootChainError, RootChainId, RootLog, RootReceipt},
};
use core::fmt;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A root chain held as contract models. Transactions take effect at once and stand in the block that
/// [`Self::mine`] closes; only closed blocks are reported, so nothing reported ever vanishes.
///
/// Block hashes follow from the seed, so that spans seeded by them are reproducible.
pub struct ModelRootChain {
    id: RootChainId,
    seed: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    contracts: RootContracts,
    /// As of the newest closed block.
    closed: RootContracts,
    blocks: Vec<BlockRef>,
    logs: Vec<RootLog>,
    receipts: BTreeMap<B256, RootReceipt>,
    transactions: u64,
    /// Logs in the open block.
    open_logs: u64,
}

impl ModelRootChain {
    /// A chain with these contracts, whose block 0 has this time (Unix seconds).
    #[must_use]
    pub fn new(id: RootChainId, seed: u64, time: u64, contracts: RootContracts) -> Self {
        let genesis = BlockRef { number: 0, hash: block_hash(id, seed, 0), time };
        let state = State {
            closed: contracts.clone(),
            contracts,
            blocks: vec![genesis],
            logs: Vec::new(),
            receipts: BTreeMap::new(),
            transactions: 0,
            open_logs: 0,
        };
        Self { id, seed, state: Mutex::new(state) }
    }

    /// Closes the open block at this time (Unix seconds).
    pub fn mine(&self, time: u64) -> BlockRef {
        let mut state = self.state();
        let number = state.next_block();
        let block = BlockRef { number, hash: block_hash(self.id, self.seed, number), time };
        state.blocks.push(block);
        state.open_logs = 0;
        state.closed = state.contracts.clone();
        block
    }

    /// Looks at the contracts, open block included.
    pub fn inspect<R>(&self, look: impl FnOnce(&RootContracts) -> R) -> R {
        look(&self.state().contracts)
    }

    /// Sends a transaction and says at once what came of it; [`RootChain::submit`] is the same behind the seam.
    pub fn transact(&self, sender: Address, call: &RootCall) -> RootReceipt {
        let mut state = self.state();
        let block_number = state.next_block();
        let time = state.blocks.last().map_or(0, |block| block.time);
        state.transactions = state.transactions.saturating_add(1);
        let transaction = transaction_hash(self.id, state.transactions, sender, call);
        let block_hash = block_hash(self.id, self.seed, block_number);
        let outcome = state.contracts.transact(sender, call, block_number, time);
        let (logs, revert) = match outcome {
            Ok(logs) => (logs, None),
            Err(reverted) => (Vec::new(), Some(reverted.reason)),
        };
        let first = state.open_logs;
        let logs: Vec<_> = (first..)
            .zip(logs)
            .map(|(log_index, (address, data))| RootLog {
                address,
                data,
                block_number,
                block_hash,
                transaction,
                log_index,
            })
            .collect();
        state.open_logs = first.saturating_add(logs.len().try_into().unwrap_or(u64::MAX));
        state.logs.extend(logs.iter().cloned());
        let receipt = RootReceipt { transaction, block_number, revert, logs };
        state.receipts.insert(transaction, receipt.clone());
        receipt
    }

    /// Where the contracts stand.
    #[must_use]
    pub fn contracts(&self) -> Contracts {
        self.inspect(RootContracts::addresses)
    }

    /// A model whose user panicked is still whole: every change is made at once.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn permanent(&self, cause: impl fmt::Display) -> RootChainError {
        RootChainError::Permanent { root_chain: self.id, cause: cause.to_string() }
    }
}

impl State {
    /// Number of the open block.
    fn next_block(&self) -> u64 {
        self.head().number.saturating_add(1)
    }

    fn head(&self) -> BlockRef {
        // Block 0 is there from the start.
        self.blocks.last().copied().unwrap_or(BlockRef { number: 0, hash: B256::ZERO, time: 0 })
    }
}

impl fmt::Debug for ModelRootChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} model at block {}", self.id, self.state().head().number)
    }
}

fn block_hash(id: RootChainId, seed: u64, number: u64) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(b"block");
    hasher.update([id.number()]);
    hasher.update(seed.to_be_bytes());
    hasher.update(number.to_be_bytes());
    hasher.finalize()
}

fn transaction_hash(id: RootChainId, position: u64, sender: Address, call: &RootCall) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(b"transaction");
    hasher.update([id.number()]);
    hasher.update(position.to_be_bytes());
    hasher.update(sender);
    hasher.update(call.to);
    hasher.update(keccak256(&call.data));
    hasher.finalize()
}

#[async_trait]
impl RootChain for ModelRootChain {
    fn id(&self) -> RootChainId {
        self.id
    }

    async fn head(&self) -> Result<BlockRef, RootChainError> {
        Ok(self.state().head())
    }

    async fn block(&self, number: u64) -> Result<Option<BlockRef>, RootChainError> {
        let place = usize::try_from(number).ok();
        Ok(place.and_then(|place| self.state().blocks.get(place).copied()))
    }

    async fn logs(&self, filter: &LogFilter) -> Result<Vec<RootLog>, RootChainError> {
        let state = self.state();
        let last = filter.to.min(state.head().number);
        let wanted = |log: &&RootLog| {
            (filter.from..=last).contains(&log.block_number)
                && (filter.addresses.is_empty() || filter.addresses.contains(&log.address))
                && (filter.topics.is_empty() || log.data.topics().first().is_some_and(|t| filter.topics.contains(t)))
        };
        Ok(state.logs.iter().filter(wanted).cloned().collect())
    }

    async fn call(&self, call: &RootCall, at: u64) -> Result<Bytes, RootChainError> {
        let state = self.state();
        let head = state.head().number;
        if at != head {
            return Err(self.permanent(format_args!("state of block {at} asked for, only that of {head} is kept")));
        }
        state.closed.call(call).map_err(|reverted| RootChainError::Reverted { reason: reverted.reason })
    }

    async fn submit(&self, sender: Address, call: &RootCall) -> Result<B256, RootChainError> {
        let receipt = self.transact(sender, call);
        match receipt.revert {
            // A client that estimates gas hears of a revert before it sends.
            Some(reason) => Err(RootChainError::Reverted { reason }),
            None => Ok(receipt.transaction),
        }
    }

    async fn receipt(&self, transaction: B256) -> Result<Option<RootReceipt>, RootChainError> {
        let state = self.state();
        let head = state.head().number;
        Ok(state.receipts.get(&transaction).filter(|receipt| receipt.block_number <= head).cloned())
    }
}

const _: fn(&ModelRootChain) -> &dyn RootChain = |chain| chain;
