//! Transactions that wait for a block.
//!
//! ```text
//!            ┌ pending: nonces without a gap from the account's own, the state's    ─▶ blocks, by price then arrival
//! add ─▶ slot┤
//!            └ queued: the rest, waiting for what fills the gap
//!
//! replacement: price · 100 ≥ old price · (100 + bump)      full: the cheapest goes, if the newcomer pays more
//! ```
//!
//! A plain value without a clock: arrival is counted, and the state is told to it. Its memory is bounded by
//! [`PoolLimits`]: an account has at most so many transactions, the pool at most so many, none longer than 128 KiB.
//!
//! Source: `block-layer §2.10.1, §5.1.9; bttc:core/tx_pool.go:48-220,540-620,680-800`.
//!
//! ```
//! use bttc_evm::{pool::{Pool, PoolLimits}, state::State};
//!
//! let pool = Pool::new(199, PoolLimits::default());
//! assert_eq!(pool.best().count(), 0);
//! assert_eq!(pool.len(), 0);
//! ```

mod error;
mod limits;
mod order;

pub use error::PoolError;
pub use limits::PoolLimits;
pub use order::Best;

use crate::{
    block::ImportedBlock,
    chain::{Chain, HeadChange},
    state::State,
    transaction::{Transaction, TransactionType},
};
use alloy_primitives::{Address, B256, U256, U512};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// A transaction in the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    /// The transaction.
    pub transaction: Transaction,
    /// Who sent it.
    pub sender: Address,
    /// How many came before it.
    pub arrival: u64,
}

/// An account's transactions by nonce, and the account's own nonce.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Account {
    nonce: u64,
    /// Nonces below it have been pending.
    announced: u64,
    by_nonce: BTreeMap<u64, Pooled>,
}

impl Account {
    /// Those that could stand in a block one after the other.
    fn pending(&self) -> impl Iterator<Item = &Pooled> {
        (self.nonce..)
            .zip(self.by_nonce.range(self.nonce..))
            .take_while(|(nonce, (own, _))| nonce == *own)
            .map(|(_, (_, pooled))| pooled)
    }
}

/// Transactions that wait for a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    chain_id: u64,
    limits: PoolLimits,
    arrived: u64,
    accounts: BTreeMap<Address, Account>,
    places: BTreeMap<B256, (Address, u64)>,
    /// The cheapest first; of equal prices the latest.
    by_price: BTreeSet<(U256, core::cmp::Reverse<u64>, B256)>,
    /// The last that became pending, and how many did before them.
    announced: VecDeque<B256>,
    forgotten: u64,
}

impl Pool {
    /// An empty pool for the chain with this id.
    #[must_use]
    pub const fn new(chain_id: u64, limits: PoolLimits) -> Self {
        Self {
            chain_id,
            limits,
            arrived: 0,
            accounts: BTreeMap::new(),
            places: BTreeMap::new(),
            by_price: BTreeSet::new(),
            announced: VecDeque::new(),
            forgotten: 0,
        }
    }

    /// Its limits.
    #[must_use]
    pub const fn limits(&self) -> &PoolLimits {
        &self.limits
    }

    /// How many transactions it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// A transaction by hash.
    #[must_use]
    pub fn transaction(&self, hash: B256) -> Option<&Pooled> {
        let (sender, nonce) = self.places.get(&hash)?;
        self.accounts.get(sender)?.by_nonce.get(nonce)
    }

    /// Those of an account that could stand in a block, in the order of their nonces.
    pub fn pending(&self, sender: Address) -> impl Iterator<Item = &Pooled> {
        self.accounts.get(&sender).into_iter().flat_map(Account::pending)
    }

    /// Those of an account that wait for a nonce before them, in the order of their nonces.
    pub fn queued(&self, sender: Address) -> impl Iterator<Item = &Pooled> {
        let account = self.accounts.get(&sender).into_iter();
        account.flat_map(|account| account.by_nonce.values().skip(account.pending().count()))
    }

    /// Everybody who has a transaction here.
    pub fn senders(&self) -> impl Iterator<Item = Address> {
        self.accounts.keys().copied()
    }

    /// The nonce of an account's next transaction, behind those that are pending.
    #[must_use]
    pub fn next_nonce(&self, sender: Address) -> Option<u64> {
        let last = self.pending(sender).last()?;
        last.transaction.nonce().checked_add(1)
    }

    /// How many transactions have become pending.
    #[must_use]
    pub fn announced(&self) -> u64 {
        self.forgotten.saturating_add(u64::try_from(self.announced.len()).unwrap_or(u64::MAX))
    }

    /// Those that have become pending since there were so many, in that order; of long ago only the last are known, as
    /// many as the pool holds at most.
    pub fn announced_since(&self, count: u64) -> impl Iterator<Item = B256> {
        let known = usize::try_from(count.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        self.announced.iter().skip(known).copied()
    }

    /// What a block is built from: the best price first, of equal prices the first that came, each account's in the order
    /// of their nonces.
    #[must_use]
    pub fn best(&self) -> Best<'_> {
        Best::new(self.accounts.values().map(|account| account.pending().collect()))
    }

    /// Takes a transaction in. `gas_limit` is the head's. Returns the transactions that had to go for it: the one it
    /// replaces, and the cheapest where the pool is full.
    ///
    /// # Errors
    /// [`PoolError`], the first check that failed; then nothing changed.
    pub fn add(&mut self, transaction: Transaction, state: &State, gas_limit: u64) -> Result<Vec<Pooled>, PoolError> {
        let sender = self.check(&transaction, state, gas_limit)?;
        let nonce = transaction.nonce();
        let old = self.accounts.get(&sender).and_then(|account| account.by_nonce.get(&nonce));
        let mut gone = Vec::new();
        match old.map(|old| (old.transaction.gas_price(), old.transaction.hash())) {
            Some((price, hash)) => {
                let (got, expected) = (transaction.gas_price(), self.limits.replacement_price(price));
                if got < expected {
                    return Err(PoolError::Underpriced { got, expected });
                }
                gone.extend(self.remove(hash));
            }
            None => {
                let held = self.accounts.get(&sender).map_or(0, |account| account.by_nonce.len());
                if held >= self.limits.per_account {
                    return Err(PoolError::AccountFull { limit: self.limits.per_account });
                }
                if self.len() >= self.limits.total {
                    let cheapest = self.by_price.first().map(|(price, _, hash)| (*price, *hash));
                    match cheapest.filter(|(price, _)| *price < transaction.gas_price()) {
                        Some((_, hash)) => gone.extend(self.remove(hash)),
                        None => return Err(PoolError::Full),
                    }
                }
            }
        }
        self.insert(Pooled { transaction, sender, arrival: self.arrived }, state.nonce(sender));
        Ok(gone)
    }

    /// The checks in the reference's order.
    ///
    /// Source: `bttc:core/tx_pool.go:540-610`.
    fn check(&self, tx: &Transaction, state: &State, gas_limit: u64) -> Result<Address, PoolError> {
        if self.places.contains_key(&tx.hash()) {
            return Err(PoolError::Known);
        }
        if tx.form() == TransactionType::DynamicFee {
            return Err(PoolError::Type { got: tx.form() });
        }
        let got = tx.bytes().len();
        if got > PoolLimits::LONGEST {
            return Err(PoolError::Oversized { got, limit: PoolLimits::LONGEST });
        }
        let got = tx.gas_limit();
        if got > gas_limit {
            return Err(PoolError::GasLimit { got, limit: gas_limit });
        }
        let sender = tx.sender(self.chain_id).map_err(PoolError::Sender)?;
        let (got, floor) = (tx.gas_price(), self.limits.price_floor);
        if got < floor {
            return Err(PoolError::BelowFloor { got, floor });
        }
        let (got, expected) = (tx.nonce(), state.nonce(sender));
        if got < expected {
            return Err(PoolError::NonceTooLow { got, expected });
        }
        let (got, expected) = (state.balance(sender), tx.cost());
        if U512::from(got) < expected {
            return Err(PoolError::InsufficientFunds { got, expected });
        }
        let others = self.pending(sender).filter(|pooled| pooled.transaction.nonce() != tx.nonce());
        let expected = others.fold(expected, |sum, pooled| sum.saturating_add(pooled.transaction.cost()));
        if U512::from(got) < expected {
            return Err(PoolError::Overdraft { got, expected });
        }
        let (got, expected) = (tx.gas_limit(), tx.intrinsic_gas());
        if got < expected {
            return Err(PoolError::IntrinsicGas { got, expected });
        }
        Ok(sender)
    }

    /// Follows what a block did to the head: what the chain's blocks hold or make impossible goes, and what abandoned blocks
    /// held comes back, as if it were sent again. Answers what is gone.
    ///
    /// Source: `bttc:core/tx_pool.go:1202-1370`.
    // As in the reference: where the head's number jumps by more than 64 nothing comes back.
    pub fn follow_change(&mut self, change: &HeadChange, chain: &Chain) -> Vec<Pooled> {
        let mut gone = self.follow(chain.state());
        let number = |block: Option<&Arc<ImportedBlock>>| block.map(|block| block.header().height());
        let jump = number(change.abandoned().first()).zip(number(change.adopted().last()));
        if jump.is_some_and(|(old, new)| old.abs_diff(new) <= Self::DEEPEST_JUMP) {
            let gas_limit = chain.head().header().gas_limit;
            for transaction in change.returned() {
                // One that cannot stand any more, or pays too little, stays away.
                gone.extend(self.add(transaction.clone(), chain.state(), gas_limit).unwrap_or_default());
            }
        }
        gone
    }

    /// Blocks by which the head's number may change so that transactions come back.
    const DEEPEST_JUMP: u64 = 64;

    /// Follows the chain to a new head that grew from the old one: what its blocks hold or make impossible goes.
    pub fn follow(&mut self, state: &State) -> Vec<Pooled> {
        let mut gone = Vec::new();
        let senders: Vec<_> = self.accounts.keys().copied().collect();
        for sender in senders {
            let (nonce, balance) = (state.nonce(sender), U512::from(state.balance(sender)));
            let Some(account) = self.accounts.get_mut(&sender) else { continue };
            account.nonce = nonce;
            let impossible = |pooled: &&Pooled| {
                let tx = &pooled.transaction;
                tx.nonce() < nonce || balance < tx.cost()
            };
            let hashes = account.by_nonce.values().filter(impossible).map(|pooled| pooled.transaction.hash());
            let hashes: Vec<_> = hashes.collect();
            gone.extend(hashes.into_iter().filter_map(|hash| self.remove(hash)));
        }
        gone
    }

    /// Takes a transaction out; those of its sender behind it wait.
    pub fn remove(&mut self, hash: B256) -> Option<Pooled> {
        let (sender, nonce) = self.places.remove(&hash)?;
        let account = self.accounts.get_mut(&sender)?;
        let pooled = account.by_nonce.remove(&nonce)?;
        if account.by_nonce.is_empty() {
            self.accounts.remove(&sender);
        }
        self.by_price.remove(&(pooled.transaction.gas_price(), core::cmp::Reverse(pooled.arrival), hash));
        Some(pooled)
    }

    fn insert(&mut self, pooled: Pooled, nonce: u64) {
        self.arrived = self.arrived.saturating_add(1);
        let tx = &pooled.transaction;
        self.places.insert(tx.hash(), (pooled.sender, tx.nonce()));
        self.by_price.insert((tx.gas_price(), core::cmp::Reverse(pooled.arrival), tx.hash()));
        let (own, hash) = (tx.nonce(), tx.hash());
        let account = self.accounts.entry(pooled.sender).or_default();
        account.nonce = nonce;
        account.by_nonce.insert(own, pooled);
        let mut announced = Vec::new();
        if own < account.announced {
            announced.push(hash); // in the place of one that was pending
        }
        for pooled in account.pending().skip_while(|pooled| pooled.transaction.nonce() < account.announced) {
            announced.push(pooled.transaction.hash());
        }
        let last = account.pending().last().map_or(0, |pooled| pooled.transaction.nonce().saturating_add(1));
        account.announced = account.announced.max(last);
        for hash in announced {
            self.announced.push_back(hash);
            if self.announced.len() > self.limits.total {
                self.announced.pop_front();
                self.forgotten = self.forgotten.saturating_add(1);
            }
        }
    }
}
