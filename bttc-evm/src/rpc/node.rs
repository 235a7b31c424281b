//! What requests are answered from, and how it is looked at.

use super::{
    History, LogLimits, Place, RpcError, StateSyncLogs, TransactionIndex,
    call::On,
    params::{BlockRef, Height},
    view,
};
use crate::{
    block::{ImportedBlock, next_gas_limit},
    chain::Chain,
    executor::BlockContext,
    header::SealedHeader,
    pool::Pool,
    state::State,
};
use alloy_primitives::{B256, U256};
use bttc_core::{leaf::RangeRoot, snapshot::SnapshotSource};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// What requests are answered from.
#[derive(Clone, Copy, Debug)]
pub struct Node<'n> {
    /// The chain.
    pub chain: &'n Chain,
    /// The states after its blocks, and what is not in its memory.
    pub history: &'n dyn History,
    /// Where its transactions stand, as far as the history does not know.
    pub index: &'n TransactionIndex,
    /// Transactions that wait for a block.
    pub pool: &'n Pool,
    /// Who may produce, as of its blocks.
    pub snapshots: &'n dyn SnapshotSource,
    /// Makes the roots of ranges.
    pub range_root: &'n dyn RangeRoot,
    /// Whether `eth_getLogs` holds the logs of system calls.
    pub state_sync_logs: StateSyncLogs,
    /// How many logs it looks for.
    pub log_limits: LogLimits,
}

/// Gas limit that a pending block moves toward, where nobody set another.
///
/// Source: `bttc:eth/ethconfig/config.go:85`.
const PENDING_CEILING: u64 = 8_000_000;

/// Heights whose hashes code can ask for.
const VISIBLE_HASHES: u64 = 256;

/// A transaction's block, and its place there; a synthetic one has none.
pub(super) type Found = (Arc<ImportedBlock>, Option<usize>);

impl Node<'_> {
    /// The chain's block of this number.
    pub(super) fn at(&self, number: u64) -> Result<Option<Arc<ImportedBlock>>, RpcError> {
        match self.chain.shared(number) {
            Some(block) => Ok(Some(Arc::clone(block))),
            None if number > self.head() => Ok(None),
            None => Ok(self.history.block(number)?),
        }
    }

    pub(super) fn block(&self, height: Height) -> Result<Option<Arc<ImportedBlock>>, RpcError> {
        self.at(match height {
            Height::Latest | Height::Pending => self.head(),
            Height::At(number) => number,
        })
    }

    /// A block of the chain or beside it.
    pub(super) fn block_by_hash(&self, hash: B256) -> Result<Option<Arc<ImportedBlock>>, RpcError> {
        match self.chain.shared_by_hash(hash) {
            Some(block) => Ok(Some(Arc::clone(block))),
            None => Ok(self.history.block_by_hash(hash)?),
        }
    }

    /// A block of the chain or beside it, which must be there.
    pub(super) fn named(&self, hash: B256) -> Result<Arc<ImportedBlock>, RpcError> {
        self.block_by_hash(hash)?.ok_or_else(|| RpcError::failed("header for hash not found"))
    }

    /// A block of the chain, which must be there.
    pub(super) fn canonical(&self, hash: B256) -> Result<Arc<ImportedBlock>, RpcError> {
        let block = self.named(hash)?;
        let beside = || RpcError::failed("hash is not currently canonical");
        if self.is_canonical(block.header())? { Ok(block) } else { Err(beside()) }
    }

    fn is_canonical(&self, header: &SealedHeader) -> Result<bool, RpcError> {
        Ok(self.hash_of(header.height())? == Some(header.hash()))
    }

    /// Number of the head.
    pub(super) fn head(&self) -> u64 {
        self.chain.head().header().height()
    }

    /// Hash of the chain's block of this number.
    pub(super) fn hash_of(&self, number: u64) -> Result<Option<B256>, RpcError> {
        match self.chain.header(number) {
            Some(header) => Ok(Some(header.hash())),
            None if number > self.head() => Ok(None),
            None => Ok(self.history.hash_of(number)?),
        }
    }

    /// The state after a block of the chain or beside it, as long as it is kept.
    pub(super) fn state_after(&self, header: &SealedHeader) -> Result<Option<State>, RpcError> {
        if self.is_canonical(header)? {
            return Ok(self.history.state_after(header.height())?);
        }
        Ok(self.chain.side_state(header.height(), header.hash()).cloned())
    }

    /// A block, which must be there; `missing` is what is said of a height above the head.
    pub(super) fn referred(&self, block: BlockRef, missing: &str) -> Result<Arc<ImportedBlock>, RpcError> {
        match block {
            BlockRef::Height(height) => self.block(height)?.ok_or_else(|| RpcError::failed(missing)),
            BlockRef::Hash(hash) => self.named(hash),
            BlockRef::Canonical(hash) => self.canonical(hash),
            BlockRef::None => Err(RpcError::failed("invalid arguments; neither block nor hash specified")),
        }
    }

    /// A block and the state after it.
    pub(super) fn on(&self, block: BlockRef) -> Result<On, RpcError> {
        let pending = block == BlockRef::Height(Height::Pending);
        let block = self.referred(block, "header not found")?;
        let header = block.header();
        let missing = || RpcError::failed(format_args!("missing trie node {:x} (path )", header.state_root));
        let state = self.state_after(header)?.ok_or_else(missing)?;
        let mut context = self.context(header);
        let mut before = (header.height(), header.parent_hash);
        if pending {
            context.number = context.number.saturating_add(U256::from(1));
            context.gas_limit = next_gas_limit(context.gas_limit, PENDING_CEILING);
            before = (header.height().saturating_add(1), header.hash());
        }
        Ok(On { context, state, before })
    }

    pub(super) fn context(&self, header: &SealedHeader) -> BlockContext {
        BlockContext {
            chain_id: self.chain.spec().chain_id,
            number: header.number,
            time: header.time,
            difficulty: header.difficulty,
            gas_limit: header.gas_limit,
            author: header.author(),
            coinbase: header.coinbase,
        }
    }

    /// The hashes that code sees in a block of this height and parent.
    pub(super) fn hashes_before(&self, (height, mut parent): (u64, B256)) -> Result<BTreeMap<u64, B256>, RpcError> {
        let mut hashes = BTreeMap::new();
        let mut beside = true;
        for number in (height.saturating_sub(VISIBLE_HASHES)..height).rev() {
            if beside {
                beside = self.hash_of(number)? != Some(parent);
            }
            if !beside {
                hashes.extend(self.hash_of(number)?.map(|hash| (number, hash)));
                continue;
            }
            hashes.insert(number, parent);
            parent = self.named(parent)?.header().parent_hash;
        }
        Ok(hashes)
    }

    /// A transaction of the chain.
    pub(super) fn find(&self, hash: B256) -> Result<Option<Found>, RpcError> {
        let place = match self.index.place(hash) {
            Some(place) => Some(place),
            None => self.history.place_of(hash)?,
        };
        Ok(match place {
            Some(Place::Transaction { height, index }) => self.at(height)?.map(|block| (block, Some(index))),
            Some(Place::StateSync { height }) => self.at(height)?.map(|block| (block, None)),
            None => None,
        })
    }

    pub(super) fn chain_id(&self) -> u64 {
        self.chain.spec().chain_id
    }

    /// Transaction `place` of a block.
    pub(super) fn transaction(&self, block: &ImportedBlock, place: u64) -> Value {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let transaction = block.block().transactions().get(place);
        transaction.map_or(Value::Null, |tx| view::transaction(block.header(), place, tx, self.chain_id()))
    }
}
