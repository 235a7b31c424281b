//! A state as plain entries, as a store keeps it.
//!
//! ```text
//! account   H(address)             → rlp([ address, nonce, balance, code hash ])
//! slot      H(address) ‖ H(slot)   → rlp(value)
//! code      H(code)                → code
//! ```
//!
//! Roots are not kept: they follow.

use super::{Account, State, account::Entry, trie::Trie};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_rlp::{Decodable, Encodable, RlpDecodable, RlpEncodable};
use revm::bytecode::Bytecode;

/// One entry of a state: what it is now, or that it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flat {
    /// An account without its storage, by the hash of its address.
    Account(B256, Option<Plain>),
    /// A slot, by the hashes of address and slot; zero is gone.
    Slot(B256, B256, U256),
}

/// An account without its storage.
#[derive(Clone, Debug, PartialEq, Eq, RlpEncodable, RlpDecodable)]
pub(crate) struct Plain {
    address: Address,
    nonce: u64,
    balance: U256,
    pub(crate) code_hash: B256,
}

impl Plain {
    fn of(entry: &Entry) -> Self {
        let Entry { address, account: Account { nonce, balance, code_hash, .. } } = entry;
        Self { address: *address, nonce: *nonce, balance: *balance, code_hash: *code_hash }
    }
}

impl State {
    /// What leads from this state to another, accounts before their slots, and the code that the other has anew.
    pub(crate) fn difference(&self, other: &Self) -> (Vec<Flat>, Vec<(B256, Bytes)>) {
        let (mut flat, mut codes, none) = (Vec::new(), Vec::new(), Trie::default());
        self.accounts.difference(&other.accounts, &mut |key, old, new| {
            let plain = |entry: Option<&Entry>| entry.map(Plain::of);
            if plain(old) != plain(new) {
                flat.push(Flat::Account(key, plain(new)));
            }
            if let Some(new) = new
                && old.is_none_or(|old| old.account.code_hash != new.account.code_hash)
            {
                codes.push((new.account.code_hash, new.account.code()));
            }
            let slots = |entry: Option<&'_ Entry>| entry.map_or(none.clone(), |entry| entry.account.slots.clone());
            slots(old).difference(&slots(new), &mut |slot, _, value| {
                flat.push(Flat::Slot(key, slot, value.copied().unwrap_or_default()));
            });
        });
        (flat, codes)
    }

    /// Takes over an entry. Code is looked up by its hash; `None` where it is not there.
    pub(crate) fn put(&mut self, entry: Flat, code: &mut dyn FnMut(B256) -> Option<Bytes>) -> Option<()> {
        match entry {
            Flat::Account(key, None) => self.accounts.remove(&key),
            Flat::Account(key, Some(Plain { address, nonce, balance, code_hash })) => {
                let old = self.accounts.get(&key).map(|old| old.account.clone()).unwrap_or_default();
                let code = if old.code_hash == code_hash { old.code } else { Bytecode::new_legacy(code(code_hash)?) };
                let account = Account { nonce, balance, code_hash, code, slots: old.slots };
                self.accounts.insert(key, Entry { address, account });
            }
            Flat::Slot(key, slot, value) => {
                // The slots of an account that is gone went with it.
                let Some(entry) = self.accounts.get(&key) else { return Some(()) };
                let mut entry = entry.clone();
                if value.is_zero() {
                    entry.account.slots.remove(&slot);
                } else {
                    entry.account.slots.insert(slot, value);
                }
                self.accounts.insert(key, entry);
            }
        }
        Some(())
    }
}

impl Encodable for Flat {
    fn encode(&self, out: &mut dyn alloy_rlp::BufMut) {
        let (key, value) = (self.key(), self.value().unwrap_or_default());
        let payload_length = key.as_slice().length() + value.as_slice().length();
        alloy_rlp::Header { list: true, payload_length }.encode(out);
        key.as_slice().encode(out);
        value.as_slice().encode(out);
    }
}

impl Decodable for Flat {
    fn decode(bytes: &mut &[u8]) -> alloy_rlp::Result<Self> {
        let mut items = alloy_rlp::Header::decode_bytes(bytes, true)?;
        let key = alloy_rlp::Header::decode_bytes(&mut items, false)?;
        let value = alloy_rlp::Header::decode_bytes(&mut items, false)?;
        if !items.is_empty() {
            return Err(alloy_rlp::Error::UnexpectedLength);
        }
        Self::read(key, value)
    }
}

impl Flat {
    /// Where a store keeps it.
    pub(crate) fn key(&self) -> Vec<u8> {
        match self {
            Self::Account(key, _) => key.to_vec(),
            Self::Slot(key, slot, _) => [key.as_slice(), slot.as_slice()].concat(),
        }
    }

    /// What a store keeps; `None` where it is gone.
    pub(crate) fn value(&self) -> Option<Vec<u8>> {
        match self {
            Self::Account(_, plain) => plain.as_ref().map(alloy_rlp::encode),
            Self::Slot(_, _, value) => (!value.is_zero()).then(|| alloy_rlp::encode(value)),
        }
    }

    /// What a key and a value, empty where it is gone, stand for.
    pub(crate) fn read(key: &[u8], value: &[u8]) -> alloy_rlp::Result<Self> {
        let (account, slot) = key.split_at_checked(32).ok_or(alloy_rlp::Error::UnexpectedLength)?;
        let account = B256::from_slice(account);
        match slot.len() {
            0 if value.is_empty() => Ok(Self::Account(account, None)),
            0 => Ok(Self::Account(account, Some(alloy_rlp::decode_exact(value)?))),
            32 if value.is_empty() => Ok(Self::Slot(account, B256::from_slice(slot), U256::ZERO)),
            32 => Ok(Self::Slot(account, B256::from_slice(slot), alloy_rlp::decode_exact(value)?)),
            _ => Err(alloy_rlp::Error::UnexpectedLength),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
    use std::collections::BTreeMap;

    fn state(accounts: &BTreeMap<u8, (u8, u8)>) -> State {
        State::from_accounts(accounts.iter().map(|(who, (balance, slots))| {
            let storage = (1..=*slots % 5).map(|slot| (U256::from(slot), U256::from(*balance)));
            let code = vec![*slots; usize::from(*slots % 3)].into();
            (Address::repeat_byte(*who), Account::new(1, U256::from(*balance), code, storage))
        }))
    }

    proptest! {
        #[test]
        fn a_difference_leads_to_the_other_state(
            old in prop::collection::btree_map(0_u8..20, any::<(u8, u8)>(), 0..12),
            new in prop::collection::btree_map(0_u8..20, any::<(u8, u8)>(), 0..12),
        ) {
            let (mut old, new) = (state(&old), state(&new));
            let (flat, codes) = old.difference(&new);
            let codes: BTreeMap<_, _> = codes.into_iter().collect();
            for entry in flat {
                let read = alloy_rlp::decode_exact::<Flat>(alloy_rlp::encode(&entry)).unwrap();
                prop_assert_eq!(&read, &entry);
                prop_assert!(old.put(entry, &mut |hash| codes.get(&hash).cloned()).is_some());
            }
            prop_assert_eq!(old.root(), new.root());
        }

        #[test]
        fn any_bytes_are_an_entry_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = alloy_rlp::decode_exact::<Flat>(&bytes);
            let _ = Flat::read(&bytes, &bytes);
        }
    }
}
