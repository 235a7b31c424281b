//! The state a block is making.

use super::{Account, State, account::slot_key, trie};
use alloy_primitives::{Address, B256, Bytes, U256, map::AddressMap};
use bttc_core::hash::keccak256;
use core::convert::Infallible;
use revm::{
    Database, DatabaseCommit,
    bytecode::Bytecode,
    state::{Account as Touched, AccountInfo},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A layer above a [`State`]: it reads through, and keeps what is written.
#[derive(Clone, Debug)]
pub struct Pending<'a> {
    base: &'a State,
    /// Number → hash of the blocks that code may ask for.
    hashes: &'a BTreeMap<u64, B256>,
    /// Changed accounts; `None` where one is gone.
    accounts: BTreeMap<Address, Option<Account>>,
    /// Those of them whose storage root is out of date.
    stale: BTreeSet<Address>,
}

/// What a block changed, and the root after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    pub(super) accounts: BTreeMap<Address, Option<Account>>,
    pub(super) leaves: BTreeMap<B256, Option<Vec<u8>>>,
    pub(super) root: B256,
}

impl Changes {
    /// Root of the state with these changes.
    #[must_use]
    pub const fn root(&self) -> B256 {
        self.root
    }
}

impl<'a> Pending<'a> {
    /// Nothing written yet. `hashes` answers the code that asks for the hash of a block.
    #[must_use]
    pub const fn new(base: &'a State, hashes: &'a BTreeMap<u64, B256>) -> Self {
        Self { base, hashes, accounts: BTreeMap::new(), stale: BTreeSet::new() }
    }

    /// An account; `None` where there is none.
    #[must_use]
    pub fn account(&self, address: Address) -> Option<&Account> {
        match self.accounts.get(&address) {
            Some(changed) => changed.as_ref(),
            None => self.base.account(address),
        }
    }

    /// Balance in base units.
    #[must_use]
    pub fn balance(&self, address: Address) -> U256 {
        self.account(address).map_or(U256::ZERO, Account::balance)
    }

    /// Puts code into an account; nonce, balance and storage stay, a missing account is made.
    pub fn set_code(&mut self, address: Address, code: Bytes) {
        let mut account = self.account(address).cloned().unwrap_or_default();
        account.set_code(code);
        let kept = Some(account).filter(|account| !account.is_empty());
        self.accounts.insert(address, kept);
    }

    /// Root with what is written.
    pub fn root(&mut self) -> B256 {
        let leaves = self.changed_leaves();
        merged_root(&self.base.leaves, &leaves)
    }

    /// The changes and their root.
    #[must_use]
    pub fn into_changes(mut self) -> Changes {
        let leaves = self.changed_leaves();
        let root = merged_root(&self.base.leaves, &leaves);
        Changes { accounts: self.accounts, leaves, root }
    }

    fn changed_leaves(&mut self) -> BTreeMap<B256, Option<Vec<u8>>> {
        for address in core::mem::take(&mut self.stale) {
            if let Some(Some(account)) = self.accounts.get_mut(&address) {
                account.storage_root = trie::storage_root(&account.slots);
            }
        }
        let leaf = |account: &Option<Account>| account.as_ref().map(Account::leaf);
        let changed = self.accounts.iter();
        changed.map(|(address, account)| (keccak256(address), leaf(account))).collect()
    }

    /// Takes over what a transaction did to one account.
    fn settle(&mut self, address: Address, touched: Touched) {
        if !touched.is_touched() {
            return;
        }
        // Touched and empty accounts go (EIP-161), and those that destroyed themselves.
        if touched.is_selfdestructed() || touched.is_empty() {
            self.accounts.insert(address, None);
            return;
        }
        let mut account = self.account(address).cloned().unwrap_or_default();
        if touched.is_created() {
            account.slots = Arc::default();
            self.stale.insert(address);
        }
        let AccountInfo { balance, nonce, code_hash, code, .. } = touched.info;
        account.balance = balance;
        account.nonce = nonce;
        if account.code_hash != code_hash {
            account.code_hash = code_hash;
            account.code = code.unwrap_or_default();
        }
        let mut written = touched.storage.into_iter().filter(|(_, slot)| slot.is_changed()).peekable();
        if written.peek().is_some() {
            let slots = Arc::make_mut(&mut account.slots);
            written.for_each(|(slot, value)| {
                let (key, value) = (slot_key(slot), value.present_value());
                if value.is_zero() {
                    slots.remove(&key);
                } else {
                    slots.insert(key, value);
                }
            });
            self.stale.insert(address);
        }
        self.accounts.insert(address, Some(account));
    }
}

/// Root of the base's leaves with some of them replaced or removed.
fn merged_root(base: &BTreeMap<B256, Vec<u8>>, changed: &BTreeMap<B256, Option<Vec<u8>>>) -> B256 {
    let mut base = base.iter().peekable();
    let mut changed = changed.iter().peekable();
    let merged = core::iter::from_fn(|| {
        loop {
            let ahead = match (base.peek(), changed.peek()) {
                (Some((old, _)), Some((new, _))) => old < new,
                (Some(_), None) => true,
                (None, _) => false,
            };
            if ahead {
                return base.next().map(|(key, leaf)| (key, leaf.as_slice()));
            }
            let (key, leaf) = changed.next()?;
            if base.peek().is_some_and(|(old, _)| *old == key) {
                base.next();
            }
            if let Some(leaf) = leaf {
                return Some((key, leaf.as_slice()));
            }
        }
    });
    trie::root(merged)
}

impl Database for Pending<'_> {
    type Error = Infallible;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        Ok(self.account(address).map(Account::info))
    }

    /// Accounts come with their code, so nobody asks; the answer is right all the same.
    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, Infallible> {
        let changed = self.accounts.values().flatten();
        let mut all = changed.chain(self.base.accounts.values());
        let found = all.find(|account| account.code_hash == code_hash);
        Ok(found.map(|account| account.code.clone()).unwrap_or_default())
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Infallible> {
        Ok(self.account(address).map_or(U256::ZERO, |account| account.storage(slot)))
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Infallible> {
        Ok(self.hashes.get(&number).copied().unwrap_or_default())
    }
}

impl DatabaseCommit for Pending<'_> {
    fn commit(&mut self, changes: AddressMap<Touched>) {
        changes.into_iter().for_each(|(address, touched)| self.settle(address, touched));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    fn account(balance: u8, slot: u8) -> Account {
        Account::new(1, U256::from(balance), Bytes::new(), [(U256::from(slot), U256::from(slot))])
    }

    proptest! {
        /// Changing accounts above a state gives the root of a state made with them.
        #[test]
        fn a_layer_has_the_root_of_the_whole(
            old in prop::collection::btree_map(0_u8..40, any::<(u8, u8)>(), 0..30),
            new in prop::collection::btree_map(0_u8..40, prop::option::of(any::<(u8, u8)>()), 0..30),
        ) {
            let address = Address::repeat_byte;
            let of = |(balance, slot): (u8, u8)| account(balance, slot);
            let base = State::from_accounts(old.iter().map(|(a, v)| (address(*a), of(*v))));
            let mut whole = old;
            for (a, v) in &new {
                match v {
                    Some(v) => whole.insert(*a, *v),
                    None => whole.remove(a),
                };
            }
            let whole = State::from_accounts(whole.into_iter().map(|(a, v)| (address(a), of(v))));
            let hashes = BTreeMap::new();
            let mut pending = Pending::new(&base, &hashes);
            pending.accounts = new.into_iter().map(|(a, v)| (address(a), v.map(of))).collect();
            let mut applied = base.clone();
            applied.apply(pending.into_changes());
            prop_assert_eq!(applied, whole);
        }
    }
}
