//! One account.

use super::trie;
use alloy_primitives::{B256, Bytes, KECCAK256_EMPTY, U256};
use alloy_trie::{EMPTY_ROOT_HASH, TrieAccount};
use bttc_core::hash::keccak256;
use revm::{bytecode::Bytecode, state::AccountInfo};
use std::{collections::BTreeMap, sync::Arc};

/// Nonce, balance, code and storage of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub(super) nonce: u64,
    pub(super) balance: U256,
    pub(super) code_hash: B256,
    pub(super) code: Bytecode,
    /// Hash of the slot → its value, never zero.
    pub(super) slots: Arc<BTreeMap<B256, U256>>,
    pub(super) storage_root: B256,
}

impl Default for Account {
    /// Nothing.
    fn default() -> Self {
        Self {
            nonce: 0,
            balance: U256::ZERO,
            code_hash: KECCAK256_EMPTY,
            code: Bytecode::default(),
            slots: Arc::default(),
            storage_root: EMPTY_ROOT_HASH,
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
        let mut account = Self {
            nonce,
            balance,
            storage_root: trie::storage_root(&slots),
            slots: Arc::new(slots),
            ..Self::default()
        };
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

    /// Its storage as the trie keeps it: hash of the slot → value, in ascending order.
    pub fn slots(&self) -> impl Iterator<Item = (&B256, &U256)> {
        self.slots.iter()
    }

    /// Root of its storage.
    #[must_use]
    pub const fn storage_root(&self) -> B256 {
        self.storage_root
    }

    /// Whether it is empty by EIP-161: no nonce, no balance, no code.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nonce == 0 && self.balance.is_zero() && self.code_hash == KECCAK256_EMPTY
    }

    pub(super) fn set_code(&mut self, code: Bytes) {
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

    pub(super) fn leaf(&self) -> Vec<u8> {
        alloy_rlp::encode(TrieAccount {
            nonce: self.nonce,
            balance: self.balance,
            storage_root: self.storage_root,
            code_hash: self.code_hash,
        })
    }
}

/// Where the trie keeps a slot.
pub(super) fn slot_key(slot: U256) -> B256 {
    keccak256(slot.to_be_bytes::<32>())
}
