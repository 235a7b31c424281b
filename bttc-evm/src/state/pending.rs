//! The state a block is making.
//!
//! ```text
//! read    known ──no──▶ base, and it is known from now on
//! write   known                                            however often: tries are written once, for the root
//! root    base + what was written, by ascending key
//! ```

use super::{
    Account, State,
    account::{account_key, slot_key},
    trie::Trie,
};
use alloy_primitives::{
    Address, B256, Bytes, KECCAK256_EMPTY, U256,
    map::{AddressMap, U256Map},
};
use core::convert::Infallible;
use revm::{
    Database, DatabaseCommit,
    bytecode::Bytecode,
    state::{Account as Touched, AccountInfo},
};
use std::{borrow::Cow, collections::BTreeMap};

/// A layer above a [`State`]: it reads through, and keeps what is written.
#[derive(Clone, Debug)]
pub struct Pending<'a> {
    base: &'a State,
    /// Number → hash of the blocks that code may ask for.
    hashes: &'a BTreeMap<u64, B256>,
    /// Accounts that were asked for or written.
    known: AddressMap<Known<'a>>,
    /// The base with the changes, until more is written.
    after: Option<State>,
}

/// An account as it stands.
#[derive(Clone, Debug, Default)]
struct Known<'a> {
    /// `None` where there is none. Its storage is that of the base, or nothing: what changed stands in `slots`.
    account: Option<Cow<'a, Account>>,
    /// Slots that were asked for or written.
    slots: U256Map<Slot>,
    /// Whether it is other than in the base.
    is_written: bool,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    value: U256,
    is_written: bool,
}

impl<'a> Known<'a> {
    fn read(base: &'a State, address: Address) -> Self {
        Self { account: base.account(address).map(Cow::Borrowed), ..Self::default() }
    }

    fn storage(&mut self, slot: U256) -> U256 {
        let Some(account) = &self.account else { return U256::ZERO };
        self.slots.entry(slot).or_insert_with(|| Slot { value: account.storage(slot), is_written: false }).value
    }

    /// Takes over what a transaction did.
    fn settle(&mut self, touched: Touched) {
        self.is_written = true;
        // Touched and empty accounts go (EIP-161), and those that destroyed themselves.
        if touched.is_selfdestructed() || touched.is_empty() {
            self.account = None;
            self.slots.clear();
            return;
        }
        let account = self.account.get_or_insert_default().to_mut();
        if touched.is_created() {
            account.slots = Trie::default();
            self.slots.clear();
        }
        let AccountInfo { balance, nonce, code_hash, code, .. } = touched.info;
        account.balance = balance;
        account.nonce = nonce;
        if account.code_hash != code_hash {
            account.code_hash = code_hash;
            account.code = code.unwrap_or_default();
        }
        let changed = touched.storage.into_iter().filter(|(_, slot)| slot.is_changed());
        let written = |value| Slot { value, is_written: true };
        self.slots.extend(changed.map(|(slot, value)| (slot, written(value.present_value()))));
    }

    /// The account with its storage.
    fn whole(&self) -> Option<Account> {
        let mut account = self.account.clone()?.into_owned();
        let written = self.slots.iter().filter(|(_, slot)| slot.is_written);
        let mut written: Vec<_> = written.map(|(slot, written)| (slot_key(*slot), written.value)).collect();
        written.sort_unstable_by_key(|(key, _)| *key);
        for (key, value) in written {
            if value.is_zero() {
                account.slots.remove(&key);
            } else {
                account.slots.insert(key, value);
            }
        }
        Some(account)
    }
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
        Self { base, hashes, known: AddressMap::default(), after: None }
    }

    /// An account without its storage; `None` where there is none.
    fn account(&mut self, address: Address) -> Option<&Account> {
        self.known(address).account.as_deref()
    }

    /// Balance in base units.
    #[must_use]
    pub fn balance(&mut self, address: Address) -> U256 {
        self.account(address).map_or(U256::ZERO, Account::balance)
    }

    /// Transactions sent, or contracts created plus one.
    #[must_use]
    pub fn nonce(&mut self, address: Address) -> u64 {
        self.account(address).map_or(0, Account::nonce)
    }

    /// Hash of the code; of no code where there is no account.
    #[must_use]
    pub fn code_hash(&mut self, address: Address) -> B256 {
        self.account(address).map_or(KECCAK256_EMPTY, Account::code_hash)
    }

    /// Whether a slot is other than zero.
    #[must_use]
    pub fn has_storage(&self, address: Address) -> bool {
        match self.known.get(&address) {
            Some(known) => known.whole().is_some_and(|account| !account.slots.is_empty()),
            None => self.base.account(address).is_some_and(|account| !account.slots.is_empty()),
        }
    }

    /// Puts code into an account; nonce, balance and storage stay, a missing account is made.
    pub fn set_code(&mut self, address: Address, code: Bytes) {
        self.after = None;
        let known = self.known(address);
        known.is_written = true;
        known.account.get_or_insert_default().to_mut().set_code(code);
        if known.account.as_deref().is_some_and(Account::is_empty) {
            *known = Known { is_written: true, ..Known::default() };
        }
    }

    /// Root with what is written.
    pub fn root(&mut self) -> B256 {
        self.after().root()
    }

    /// The changes and their root.
    #[must_use]
    pub fn into_changes(mut self) -> Changes {
        self.after();
        Changes { after: self.after.unwrap_or_default() }
    }

    fn after(&mut self) -> &State {
        let (base, known) = (self.base, &self.known);
        self.after.get_or_insert_with(|| {
            let mut after = base.clone();
            let written = known.iter().filter(|(_, known)| known.is_written);
            let mut written: Vec<_> = written.map(|(address, known)| (account_key(*address), address, known)).collect();
            // Neighbours share the way to them.
            written.sort_unstable_by_key(|(key, ..)| *key);
            for (key, address, known) in written {
                after.set(key, *address, known.whole());
            }
            after
        })
    }

    fn known(&mut self, address: Address) -> &mut Known<'a> {
        let base = self.base;
        self.known.entry(address).or_insert_with(|| Known::read(base, address))
    }
}

impl Database for Pending<'_> {
    type Error = Infallible;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        Ok(self.account(address).map(Account::info))
    }

    /// Accounts come with their code, so nobody asks; the answer is right all the same.
    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, Infallible> {
        let known = self.known.values().filter_map(|known| known.account.as_deref());
        let mut all = known.chain(self.base.accounts().map(|(_, account)| account));
        let found = all.find(|account| account.code_hash == code_hash);
        Ok(found.map(|account| account.code.clone()).unwrap_or_default())
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Infallible> {
        Ok(self.known(address).storage(slot))
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Infallible> {
        Ok(self.hashes.get(&number).copied().unwrap_or_default())
    }
}

impl DatabaseCommit for Pending<'_> {
    fn commit(&mut self, changes: AddressMap<Touched>) {
        for (address, touched) in changes.into_iter().filter(|(_, touched)| touched.is_touched()) {
            self.after = None;
            self.known(address).settle(touched);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, prop, prop_assert_eq, prop_oneof, proptest};
    use revm::state::{AccountStatus, EvmStorageSlot, TransactionId};

    /// Nonce, and slot → value.
    type Plain = (u64, BTreeMap<u8, u8>);

    #[derive(Clone, Debug)]
    enum Change {
        /// A call that writes slots.
        Write(BTreeMap<u8, u8>),
        /// A creation that writes slots.
        Create(BTreeMap<u8, u8>),
        Destroy,
        /// Code is put in.
        Code,
        /// A slot is asked for.
        Read(u8),
        /// The root is asked for in between.
        Root,
    }

    fn slots() -> impl Strategy<Value = BTreeMap<u8, u8>> {
        prop::collection::btree_map(0_u8..6, 0_u8..4, 0..4)
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            4 => slots().prop_map(Change::Write),
            2 => slots().prop_map(Change::Create),
            1 => Just(Change::Destroy),
            1 => Just(Change::Code),
            2 => (0_u8..6).prop_map(Change::Read),
            1 => Just(Change::Root),
        ]
    }

    fn account((nonce, slots): &Plain, has_code: bool) -> Account {
        let code = if has_code { Bytes::from_static(&[0]) } else { Bytes::new() };
        Account::new(
            *nonce,
            U256::ZERO,
            code,
            slots.iter().map(|(slot, value)| (U256::from(*slot), U256::from(*value))),
        )
    }

    fn touched(nonce: u64, slots: &BTreeMap<u8, u8>, old: &BTreeMap<u8, u8>, status: AccountStatus) -> Touched {
        let slot = |(slot, value): (&u8, &u8)| {
            let was = old.get(slot).copied().unwrap_or_default();
            let value = EvmStorageSlot::new_changed(U256::from(was), U256::from(*value), TransactionId::ZERO);
            (U256::from(*slot), value)
        };
        let info = AccountInfo { nonce, ..AccountInfo::default() };
        let mut touched = Touched::from(info);
        touched.storage = slots.iter().map(slot).collect();
        touched.status = status;
        touched
    }

    proptest! {
        /// Whatever is written above a state, and asked in between, the root is that of a state made with it.
        #[test]
        fn a_layer_has_the_root_of_the_whole(
            old in prop::collection::btree_map(0_u8..5, (1_u64..9, slots()), 0..5),
            changes in prop::collection::vec((0_u8..5, change()), 0..40),
        ) {
            let address = Address::repeat_byte;
            let state = |plain: &BTreeMap<u8, (Plain, bool)>| {
                State::from_accounts(plain.iter().map(|(at, (plain, code))| (address(*at), account(plain, *code))))
            };
            let mut plain: BTreeMap<u8, (Plain, bool)> = old.into_iter().map(|(at, plain)| (at, (plain, false))).collect();
            let (base, hashes) = (state(&plain), BTreeMap::new());
            let mut pending = Pending::new(&base, &hashes);
            for (at, change) in changes {
                let there = plain.get(&at).cloned();
                let ((nonce, slots), code) = there.clone().unwrap_or_default();
                let mut commit = |touched: Touched| pending.commit(core::iter::once((address(at), touched)).collect());
                match change {
                    // The machine knows the code of what it touches.
                    Change::Write(_) | Change::Create(_) if code => {}
                    Change::Write(new) => {
                        commit(touched(nonce + 1, &new, &slots, AccountStatus::Touched));
                        plain.insert(at, ((nonce + 1, slots.into_iter().chain(new).collect()), false));
                    }
                    Change::Create(new) => {
                        let status = AccountStatus::Touched | AccountStatus::Created;
                        commit(touched(1, &new, &BTreeMap::new(), status));
                        plain.insert(at, ((1, new), false));
                    }
                    Change::Destroy => {
                        let status = AccountStatus::Touched | AccountStatus::SelfDestructed;
                        commit(touched(nonce, &BTreeMap::new(), &slots, status));
                        plain.remove(&at);
                    }
                    Change::Code => {
                        pending.set_code(address(at), Bytes::from_static(&[0]));
                        plain.insert(at, ((nonce, slots), true));
                    }
                    Change::Read(slot) => {
                        let value = pending.storage(address(at), U256::from(slot)).unwrap();
                        prop_assert_eq!(value, U256::from(slots.get(&slot).copied().unwrap_or_default()));
                        prop_assert_eq!(pending.nonce(address(at)), nonce);
                        prop_assert_eq!(pending.has_storage(address(at)), slots.values().any(|value| *value > 0));
                    }
                    Change::Root => prop_assert_eq!(pending.root(), state(&plain).root()),
                }
            }
            let mut applied = base.clone();
            applied.apply(pending.into_changes());
            prop_assert_eq!(applied, state(&plain));
        }
    }
}
