//! A chain over a store.

use super::{Store, StoreError, Table, Write, place, record, side};
use crate::{
    block::{Block, ImportError, ImportedBlock},
    chain::{Candidate, Chain, HeadChange},
    header::{Header, RecoveredHeader},
    rpc::Place,
    state::{Flat, State},
    system::Facts,
};
use alloy_primitives::{B256, Bytes};
use std::sync::Arc;

/// How far back the states of blocks can be read from the store. Blocks and receipts are always kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Of so many blocks before the head.
    Window(u64),
    /// Of all blocks.
    Archive,
}

/// Why a block was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// It breaks a rule.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// It could not be written down.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A chain that is written down block by block.
#[derive(Debug)]
pub struct StoredChain {
    chain: Chain,
    store: Box<dyn Store>,
    retention: Retention,
}

pub(super) fn damaged(what: impl ToString) -> StoreError {
    StoreError::Damaged(what.to_string())
}

pub(super) fn code_of(store: &dyn Store, hash: B256) -> Option<Bytes> {
    store.read(Table::Codes, hash.as_slice()).ok().flatten().map(Bytes::from)
}

impl StoredChain {
    /// Goes on where the store ends; an empty store begins with the chain, which must be at its genesis. States that the
    /// chain's window keeps are restored with it, and the blocks beside it that another may follow.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails, belongs to another chain, or its state does not have the root of its head.
    pub fn open(mut chain: Chain, mut store: Box<dyn Store>, retention: Retention) -> Result<Self, StoreError> {
        let genesis = chain.head().header().hash();
        match store.read(Table::Head, &[])? {
            None => {
                let mut writes = vec![
                    Write::put(Table::Head, [], genesis.to_vec()),
                    Write::put(Table::Canonical, number(0), genesis.to_vec()),
                ];
                state_writes(&State::default(), chain.state(), &mut writes);
                store.write(&writes)?;
            }
            Some(head) => {
                if store.read(Table::Canonical, &number(0))?.as_deref() != Some(genesis.as_slice()) {
                    return Err(damaged("it belongs to another genesis"));
                }
                if head != genesis.as_slice() {
                    restore(&mut chain, store.as_ref(), B256::try_from(head.as_slice()).map_err(damaged)?)?;
                }
                let stale = side::restore(&mut chain, store.as_ref())?;
                if !stale.is_empty() {
                    store.write(&stale)?;
                }
            }
        }
        Ok(Self { chain, store, retention })
    }

    /// The chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Finds out in advance who sealed headers; see [`Chain::recover`].
    pub fn recover(&mut self, headers: impl IntoIterator<Item = Header>) -> Vec<RecoveredHeader> {
        self.chain.recover(headers)
    }

    /// Judges a block, writes down what it changes, and takes it.
    ///
    /// # Errors
    /// [`StoredError`]; then nothing changed, neither here nor in the store.
    pub fn take(&mut self, block: impl Into<Block>, facts: &Facts<'_>) -> Result<HeadChange, StoredError> {
        let candidate = self.chain.judge(block.into(), facts)?;
        self.store.write(&self.writes(&candidate))?;
        Ok(self.chain.adopt(candidate))
    }

    /// A block of the chain by number, from memory or from the store.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn block(&self, height: u64) -> Result<Option<Arc<ImportedBlock>>, StoreError> {
        if let Some(block) = self.chain.shared(height) {
            return Ok(Some(Arc::clone(block)));
        }
        match self.store.read(Table::Canonical, &number(height))? {
            Some(hash) => read_block(self.store.as_ref(), &hash).map(Some),
            None => Ok(None),
        }
    }

    /// A block of the chain or beside it, from memory or from the store.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn block_by_hash(&self, hash: B256) -> Result<Option<Arc<ImportedBlock>>, StoreError> {
        if let Some(block) = self.chain.shared_by_hash(hash) {
            return Ok(Some(Arc::clone(block)));
        }
        let bytes = self.store.read(Table::Blocks, hash.as_slice())?;
        bytes.map(|bytes| record::decode(&bytes).map(Arc::new).map_err(damaged)).transpose()
    }

    /// Hash of the chain's block of this number.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn hash_of(&self, height: u64) -> Result<Option<B256>, StoreError> {
        if let Some(header) = self.chain.header(height) {
            return Ok(Some(header.hash()));
        }
        let hash = self.store.read(Table::Canonical, &number(height))?;
        hash.map(|hash| B256::try_from(hash.as_slice()).map_err(damaged)).transpose()
    }

    /// Where a transaction of the chain stands, which may be a synthetic one.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn place_of(&self, transaction: B256) -> Result<Option<Place>, StoreError> {
        let place = self.store.read(Table::Places, transaction.as_slice())?;
        place.map(|place| place::read(&place).ok_or_else(|| damaged("a place does not read"))).transpose()
    }

    /// The state after the block of this number, from memory or by undoing the blocks since; `None` where that was
    /// forgotten.
    ///
    /// # Errors
    /// [`StoreError`] when what is needed cannot be read.
    pub fn state_after(&self, height: u64) -> Result<Option<State>, StoreError> {
        let head = self.chain.head().header().height();
        if height > head {
            return Ok(None);
        }
        // From the nearest state above that is in memory.
        let mut above = height;
        while self.chain.state_at(above).is_none() {
            above = above.saturating_add(1);
        }
        let mut state = self.chain.state_at(above).cloned().unwrap_or_default();
        while above > height {
            if !undo(self.store.as_ref(), above, &mut state)? {
                return Ok(None);
            }
            above -= 1;
        }
        Ok(Some(state))
    }

    /// Everything that a block changes in the store, table by table.
    fn writes(&self, Candidate { change, state }: &Candidate) -> Vec<Write> {
        let mut writes = Vec::new();
        let block = change.block();
        writes.push(Write::put(Table::Blocks, block.header().hash().to_vec(), record::encode(block)));
        for block in change.abandoned() {
            let header = block.header();
            writes.push(Write::remove(Table::Canonical, number(header.height())));
            writes.push(Write::remove(Table::Undo, number(header.height())));
            writes.extend(place::forgotten(block));
            self.put_side(block, self.chain.state_at(header.height()), &mut writes);
        }
        match change.adopted().last() {
            Some(head) => self.adopt(change, head, state, &mut writes),
            None => {
                writes.extend(place::synthetic(block));
                self.put_side(block, Some(state), &mut writes);
            }
        }
        writes.sort_by_key(|write| write.table);
        writes
    }

    fn put_side(&self, block: &ImportedBlock, after: Option<&State>, writes: &mut Vec<Write>) {
        if let Some((before, after)) = self.chain.state_before(block.header()).zip(after) {
            side::put(block.header(), before, after, writes);
        }
    }

    /// What changes with the head.
    fn adopt(&self, change: &HeadChange, head: &ImportedBlock, state: &State, writes: &mut Vec<Write>) {
        state_writes(self.chain.state(), state, writes);
        let fork = change.adopted().first().and_then(|block| block.header().height().checked_sub(1));
        let mut before = fork.and_then(|fork| self.chain.state_at(fork));
        for block in change.adopted() {
            let (height, hash) = (block.header().height(), block.header().hash());
            let after = if hash == head.header().hash() { Some(state) } else { self.chain.side_state(height, hash) };
            writes.push(Write::put(Table::Canonical, number(height), hash.to_vec()));
            writes.extend(place::places(block));
            if self.chain.side_block(hash).is_some() {
                writes.push(side::removed(block.header()));
            }
            if let (Some(before), Some(after)) = (before, after) {
                writes.push(Write::put(Table::Undo, number(height), alloy_rlp::encode(after.difference(before).0)));
            }
            if let Retention::Window(window) = self.retention
                && let Some(old) = height.checked_sub(window)
            {
                writes.push(Write::remove(Table::Undo, number(old)));
            }
            before = after;
        }
        // Blocks that fall behind the window: none can follow them any more.
        let [now, then] = [self.chain.head().header(), head.header()].map(|head| self.chain.first_within(head));
        let behind = self.chain.side_blocks().map(|block| block.header());
        writes.extend(behind.filter(|side| side.height() > now && side.height() <= then).map(side::removed));
        writes.push(Write::put(Table::Head, [], head.header().hash().to_vec()));
    }
}

fn number(height: u64) -> [u8; 8] {
    height.to_be_bytes()
}

fn state_writes(old: &State, new: &State, writes: &mut Vec<Write>) {
    let (flat, codes) = old.difference(new);
    code_writes(codes, writes);
    writes.extend(flat.into_iter().map(|entry| {
        let table = match entry {
            Flat::Account(..) => Table::Accounts,
            Flat::Slot(..) => Table::Slots,
        };
        Write { table, key: entry.key(), value: entry.value() }
    }));
}

pub(super) fn code_writes(codes: Vec<(B256, Bytes)>, writes: &mut Vec<Write>) {
    writes.extend(codes.into_iter().map(|(hash, code)| Write::put(Table::Codes, hash.to_vec(), code.to_vec())));
}

pub(super) fn read_block(store: &dyn Store, hash: &[u8]) -> Result<Arc<ImportedBlock>, StoreError> {
    let bytes = store.read(Table::Blocks, hash)?.ok_or_else(|| damaged("a block is not there"))?;
    record::decode(&bytes).map(Arc::new).map_err(damaged)
}

/// Takes a state back by one block. False where it is not known how.
fn undo(store: &dyn Store, height: u64, state: &mut State) -> Result<bool, StoreError> {
    let Some(bytes) = store.read(Table::Undo, &number(height))? else { return Ok(false) };
    for entry in alloy_rlp::decode_exact::<Vec<Flat>>(&bytes).map_err(damaged)? {
        state.put(entry, &mut |hash| code_of(store, hash)).ok_or_else(|| damaged("a code is not there"))?;
    }
    Ok(true)
}

/// Brings a chain that is at its genesis to the head of the store.
fn restore(chain: &mut Chain, store: &dyn Store, head: B256) -> Result<(), StoreError> {
    let mut state = State::default();
    for table in [Table::Accounts, Table::Slots] {
        store.scan(table, &mut |key, value| {
            let entry = Flat::read(key, value).map_err(damaged)?;
            state.put(entry, &mut |hash| code_of(store, hash)).ok_or_else(|| damaged("a code is not there"))
        })?;
    }
    let newest = read_block(store, head.as_slice())?;
    let (got, expected) = (state.root(), newest.header().state_root);
    if got != expected {
        return Err(damaged(format_args!("the state has the root {got}, the head {expected}")));
    }
    let mut restored = vec![(newest, Some(state))];
    while let Some((block, state)) = restored.last()
        && u64::try_from(restored.len()).is_ok_and(|kept| kept < chain.reach())
        && block.header().height() > 1
    {
        let parent = read_block(store, block.header().parent_hash.as_slice())?;
        let mut before = state.clone();
        if let Some(state) = &mut before
            && !undo(store, block.header().height(), state)?
        {
            before = None;
        }
        restored.push((parent, before));
    }
    restored.reverse();
    chain.restore(restored);
    Ok(())
}
