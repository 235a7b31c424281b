//! One account.

use super::trie::{Trie, Value};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256};
use alloy_rlp::Encodable;
use alloy_trie::TrieAccount;
use bttc_core::hash::keccak256;
use revm::{bytecode::Bytecode, state::AccountInfo};

/// Nonce, balance, code and storage of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub(super) nonce: u64,
    pub(super) balance: U256,
    pub(super) code_hash: B256,
    pub(super) code: Bytecode,
    /// Hash of the slot → its value, never zero.
    pub(super) slots: Trie<U256>,
}

impl Default for Account {
    /// Nothing.
    fn default() -> Self {
        Self {
            nonce: 0,
            balance: U256::ZERO,
            code_hash: KECCAK256_EMPTY,
            code: Bytecode::default(),
            slots: Trie::default(),
        }
    }
}

impl Account {
    /// An account that only holds money.
    #[must_use]
    pub fn with_balance(balance: U256) -> Self {
        Self { balance, ..Self::default() }
    }

    /// The account of these parts; slots of value zero are absent.
    pub fn new(nonce: u64, balance: U256, code: Bytes, storage: impl IntoIterator<Item = (U256, U256)>) -> Self {
        let slots = storage
            .into_iter()
            .filter(|(_, value)| !value.is_zero())
            .map(|(slot, value)| (slot_key(slot), value))
            .collect();
        let mut account = Self { nonce, balance, slots, ..Self::default() };
        account.set_code(code);
        account
    }

    /// Transactions sent, or contracts created plus one.
    #[must_use]
    pub const fn nonce(&self) -> u64 {
        self.nonce
    }

    /// Balance in base units.
    #[must_use]
    pub const fn balance(&self) -> U256 {
        self.balance
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Bytes {
        self.code.original_bytes()
    }

    /// Hash of the code.
    #[must_use]
    pub const fn code_hash(&self) -> B256 {
        self.code_hash
    }

    /// The value of a slot; zero where there is none.
    #[must_use]
    pub fn storage(&self, slot: U256) -> U256 {
        if self.slots.is_empty() {
            return U256::ZERO;
        }
        self.slots.get(&slot_key(slot)).copied().unwrap_or_default()
    }

    /// Its storage: hash of the slot → value, never zero.
    #[must_use]
    pub const fn slots(&self) -> &Trie<U256> {
        &self.slots
    }

    /// Root of its storage.
    #[must_use]
    pub fn storage_root(&self) -> B256 {
        self.slots.root()
    }

    /// Nodes of its storage from the root down to a slot, or to where the way to it ends.
    #[must_use]
    pub fn proof(&self, slot: U256) -> Vec<Bytes> {
        self.slots.proof(&slot_key(slot))
    }

    /// Whether it is empty by EIP-161: no nonce, no balance, no code.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nonce == 0 && self.balance.is_zero() && self.code_hash == KECCAK256_EMPTY
    }

    /// With another nonce.
    pub const fn set_nonce(&mut self, nonce: u64) {
        self.nonce = nonce;
    }

    /// With another balance.
    pub const fn set_balance(&mut self, balance: U256) {
        self.balance = balance;
    }

    /// With another value in a slot.
    pub fn set_storage(&mut self, slot: U256, value: U256) {
        if value.is_zero() {
            self.slots.remove(&slot_key(slot));
        } else {
            self.slots.insert(slot_key(slot), value);
        }
    }

    /// Without storage.
    pub fn clear_storage(&mut self) {
        self.slots = Trie::default();
    }

    /// With other code.
    pub fn set_code(&mut self, code: Bytes) {
        self.code_hash = keccak256(&code);
        // Berlin knows no code with a meaning of its own: what starts with 0xef is plain code as well.
        self.code = Bytecode::new_legacy(code);
    }

    pub(super) fn info(&self) -> AccountInfo {
        AccountInfo {
            balance: self.balance,
            nonce: self.nonce,
            code_hash: self.code_hash,
            code: Some(self.code.clone()),
            ..AccountInfo::default()
        }
    }
}

/// An account where the trie of accounts keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) address: Address,
    pub(super) account: Account,
}

impl Value for Entry {
    fn encode(&self, out: &mut Vec<u8>) {
        let Account { nonce, balance, code_hash, .. } = self.account;
        TrieAccount { nonce, balance, storage_root: self.account.storage_root(), code_hash }.encode(out);
    }
}

/// Where the trie keeps an account.
pub(super) fn account_key(address: Address) -> B256 {
    keccak256(address)
}

/// Where the trie keeps a slot.
pub(super) fn slot_key(slot: U256) -> B256 {
    keccak256(slot.to_be_bytes::<32>())
}
