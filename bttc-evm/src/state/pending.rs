//! The state a block is making.

use super::{Account, State, account::slot_key, trie::Trie};
use alloy_primitives::{Address, B256, Bytes, U256, map::AddressMap};
use core::convert::Infallible;
use revm::{
    Database, DatabaseCommit,
    bytecode::Bytecode,
    state::{Account as Touched, AccountInfo},
};
use std::collections::BTreeMap;

/// A layer above a [`State`]: it reads through, and keeps what is written.
#[derive(Clone, Debug)]
pub struct Pending<'a> {
    base: &'a State,
    /// Number → hash of the blocks that code may ask for.
    hashes: &'a BTreeMap<u64, B256>,
    /// Accounts of the base that were asked for.
    read: AddressMap<Option<&'a Account>>,
    /// Changed accounts; `None` where one is gone.
    accounts: BTreeMap<Address, Option<Account>>,
    /// The base with the changes, until more is written.
    after: Option<State>,
}

/// What a block changed, as the state after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    pub(super) after: State,
}

impl Changes {
    /// Root of the state with these changes.
    #[must_use]
    pub fn root(&self) -> B256 {
        self.after.root()
    }

    /// The state with these changes.
    #[must_use]
    pub fn into_state(self) -> State {
        self.after
    }
}

impl<'a> Pending<'a> {
    /// Nothing written yet. `hashes` answers the code that asks for the hash of a block.
    #[must_use]
    pub fn new(base: &'a State, hashes: &'a BTreeMap<u64, B256>) -> Self {
        Self { base, hashes, read: AddressMap::default(), accounts: BTreeMap::new(), after: None }
    }

    /// An account; `None` where there is none.
    #[must_use]
    pub fn account(&self, address: Address) -> Option<&Account> {
        match self.accounts.get(&address) {
            Some(changed) => changed.as_ref(),
            None => self.read.get(&address).copied().unwrap_or_else(|| self.base.account(address)),
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
        self.write(address, kept);
    }

    /// Root with what is written.
    pub fn root(&mut self) -> B256 {
        self.after().root()
    }

    /// The changes and their root.
    #[must_use]
    pub fn into_changes(mut self) -> Changes {
        Changes { after: self.after().clone() }
    }

    fn after(&mut self) -> &State {
        self.after.get_or_insert_with(|| {
            let mut after = self.base.clone();
            for (address, account) in &self.accounts {
                match account {
                    Some(account) => after.insert(*address, account.clone()),
                    None => after.remove(*address),
                }
            }
            after
        })
    }

    fn write(&mut self, address: Address, account: Option<Account>) {
        self.after = None;
        self.accounts.insert(address, account);
    }

    /// Takes over what a transaction did to one account.
    fn settle(&mut self, address: Address, touched: Touched) {
        if !touched.is_touched() {
            return;
        }
        // Touched and empty accounts go (EIP-161), and those that destroyed themselves.
        if touched.is_selfdestructed() || touched.is_empty() {
            self.write(address, None);
            return;
        }
        let mut account = self.account(address).cloned().unwrap_or_default();
        if touched.is_created() {
            account.slots = Trie::default();
        }
        let AccountInfo { balance, nonce, code_hash, code, .. } = touched.info;
        account.balance = balance;
        account.nonce = nonce;
        if account.code_hash != code_hash {
            account.code_hash = code_hash;
            account.code = code.unwrap_or_default();
        }
        for (slot, value) in touched.storage.into_iter().filter(|(_, slot)| slot.is_changed()) {
            let (key, value) = (slot_key(slot), value.present_value());
            if value.is_zero() {
                account.slots.remove(&key);
            } else {
                account.slots.insert(key, value);
            }
        }
        self.write(address, Some(account));
    }
}

impl Database for Pending<'_> {
    type Error = Infallible;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        if !self.accounts.contains_key(&address) {
            self.read.entry(address).or_insert_with(|| self.base.account(address));
        }
        Ok(self.account(address).map(Account::info))
    }

    /// Accounts come with their code, so nobody asks; the answer is right all the same.
    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, Infallible> {
        let changed = self.accounts.values().flatten();
        let mut all = changed.chain(self.base.accounts().map(|(_, account)| account));
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
            new.into_iter().for_each(|(a, v)| pending.write(address(a), v.map(of)));
            let mut applied = base.clone();
            applied.apply(pending.into_changes());
            prop_assert_eq!(applied, whole);
        }
    }
}
