//! The accounts, in memory, and their root.
//!
//! ```text
//! account leaf = rlp([ nonce, balance, storage root, code hash ])     at H(address)
//! storage leaf = rlp(value)                                           at H(slot), value ≠ 0
//! ```
//!
//! [`State`] is what the last block left. A block runs on a [`Pending`] state above it, which hands its changes over
//! when the block turned out right. Accounts and storage stand in tries that share their nodes: a clone of a state costs
//! nothing, the states of a thousand heights little more than what changed between them, and a root what changed since
//! the last one.
//!
//! Source: `block-layer §5.5; bttc:core/state/statedb.go:890-902`.
//!
//! ```
//! use bttc_evm::state::{Account, Pending, State};
//! use alloy_primitives::{Address, U256};
//! use std::collections::BTreeMap;
//!
//! let alice = Address::repeat_byte(0xa1);
//! let state = State::from_accounts([(alice, Account::with_balance(U256::from(5)))]);
//! let unchanged = Pending::new(&state, &BTreeMap::new()).into_changes();
//! assert_eq!(unchanged.root(), state.root());
//! assert_eq!(state.balance(alice), U256::from(5));
//! ```

mod account;
mod flat;
mod pending;
mod trie;

pub use account::Account;
pub(crate) use flat::Flat;
pub use pending::{Changes, Pending};
pub use trie::{Iter, Trie, Value};

use account::{Entry, account_key};
use alloy_primitives::{Address, B256, Bytes, U256};

/// Every account, as the last block left it. A clone shares all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    accounts: Trie<Entry>,
}

impl State {
    /// The state of these accounts; empty ones are kept, as in a genesis block.
    ///
    /// Source: `block-layer §1.2.2; bttc:core/genesis.go:282`.
    pub fn from_accounts(accounts: impl IntoIterator<Item = (Address, Account)>) -> Self {
        let mut state = Self::default();
        accounts.into_iter().for_each(|(address, account)| state.insert(address, account));
        state
    }

    /// Puts an account in; one that was there before goes.
    pub fn insert(&mut self, address: Address, account: Account) {
        self.accounts.insert(account_key(address), Entry { address, account });
    }

    /// Takes an account out, if it is there.
    pub fn remove(&mut self, address: Address) {
        self.accounts.remove(&account_key(address));
    }

    /// What stands at a key from now on.
    fn set(&mut self, key: B256, address: Address, account: Option<Account>) {
        match account {
            Some(account) => self.accounts.insert(key, Entry { address, account }),
            None => self.accounts.remove(&key),
        }
    }

    /// Root of the accounts.
    #[must_use]
    pub fn root(&self) -> B256 {
        self.accounts.root()
    }

    /// An account; `None` where there is none.
    #[must_use]
    pub fn account(&self, address: Address) -> Option<&Account> {
        self.accounts.get(&account_key(address)).map(|entry| &entry.account)
    }

    /// Every account in ascending order of the hashes of the addresses.
    pub fn accounts(&self) -> impl Iterator<Item = (&Address, &Account)> {
        self.accounts.iter().map(|(_, entry)| (&entry.address, &entry.account))
    }

    /// Nodes from the root down to an account, or to where the way to it ends.
    #[must_use]
    pub fn proof(&self, address: Address) -> Vec<Bytes> {
        self.accounts.proof(&account_key(address))
    }

    /// Balance in base units.
    #[must_use]
    pub fn balance(&self, address: Address) -> U256 {
        self.account(address).map_or(U256::ZERO, Account::balance)
    }

    /// Transactions sent, or contracts created plus one.
    #[must_use]
    pub fn nonce(&self, address: Address) -> u64 {
        self.account(address).map_or(0, Account::nonce)
    }

    /// Code; empty where there is none.
    #[must_use]
    pub fn code(&self, address: Address) -> Bytes {
        self.account(address).map_or_else(Bytes::new, Account::code)
    }

    /// The value of a slot; zero where there is none.
    #[must_use]
    pub fn storage(&self, address: Address, slot: U256) -> U256 {
        self.account(address).map_or(U256::ZERO, |account| account.storage(slot))
    }

    /// Takes over what a block changed. The changes must come from a [`Pending`] state above this one.
    pub fn apply(&mut self, changes: Changes) {
        *self = changes.after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_trie::{EMPTY_ROOT_HASH, TrieAccount, root::state_root_unhashed};
    use bttc_core::hash::keccak256;

    #[test]
    fn no_accounts_have_the_empty_root_and_many_the_root_of_a_full_rebuild() {
        assert_eq!(State::from_accounts([]).root(), EMPTY_ROOT_HASH);
        let accounts = (0..200_u64).map(|i| {
            let balance = U256::from(i * i);
            (Address::from_word(keccak256(i.to_be_bytes())), balance)
        });
        let state =
            State::from_accounts(accounts.clone().map(|(address, balance)| (address, Account::with_balance(balance))));
        let expected = state_root_unhashed(accounts.map(|(address, balance)| {
            let account = TrieAccount { balance, ..TrieAccount::default() };
            (address, account)
        }));
        assert_eq!(state.root(), expected);
    }
}
