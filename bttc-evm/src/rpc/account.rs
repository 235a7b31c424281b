//! What accounts hold, and proofs of it.
//!
//! Source: `bttc:internal/ethapi/api.go:548-610,744-800`.

use super::hex;
use crate::state::{Account, State};
use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256};
use alloy_rlp::Encodable;
use alloy_trie::{EMPTY_ROOT_HASH, HashBuilder, Nibbles, TrieAccount, proof::ProofRetainer};
use bttc_core::hash::keccak256;
use serde_json::{Value, json};

/// Nodes from the root of a trie down to a key, or to where the way to it ends; none of an empty trie.
fn branch(leaves: impl Iterator<Item = (B256, Vec<u8>)>, key: B256) -> Vec<Value> {
    let key = Nibbles::unpack(key);
    let mut builder = HashBuilder::default().with_proof_retainer(ProofRetainer::new(vec![key]));
    let mut empty = true;
    for (at, leaf) in leaves {
        empty = false;
        builder.add_leaf(Nibbles::unpack(at), &leaf);
    }
    if empty {
        return Vec::new();
    }
    builder.root();
    let nodes = builder.take_proof_nodes().into_nodes_sorted().into_iter();
    nodes.filter(|(path, _)| key.starts_with(path)).map(|(_, node)| hex::bytes(&node)).collect()
}

fn account_leaf(account: &Account) -> Vec<u8> {
    alloy_rlp::encode(TrieAccount {
        nonce: account.nonce(),
        balance: account.balance(),
        storage_root: account.storage_root(),
        code_hash: account.code_hash(),
    })
}

fn slot_leaf(value: &U256) -> Vec<u8> {
    let mut leaf = Vec::new();
    value.encode(&mut leaf);
    leaf
}

/// `eth_getProof`. The keys are answered as they were asked.
pub(super) fn proof(state: &State, address: Address, keys: &[&str]) -> Value {
    let account = state.account(address);
    let mut leaves: Vec<_> = state.accounts().map(|(address, account)| (keccak256(address), account)).collect();
    leaves.sort_unstable_by_key(|(key, _)| *key);
    let leaves = leaves.into_iter().map(|(key, account)| (key, account_leaf(account)));
    let storage = keys.iter().map(|key| {
        let slot = slot(key);
        let slots = account.into_iter().flat_map(Account::slots).map(|(key, value)| (*key, slot_leaf(value)));
        json!({
            "key": key,
            "value": hex::word(state.storage(address, slot)),
            "proof": branch(slots, keccak256(slot.to_be_bytes::<32>())),
        })
    });
    let storage: Vec<_> = storage.collect();
    json!({
        "address": hex::address(address),
        "accountProof": branch(leaves, keccak256(address)),
        "balance": hex::word(state.balance(address)),
        "codeHash": hex::hash(account.map_or(KECCAK256_EMPTY, Account::code_hash)),
        "nonce": hex::quantity(state.nonce(address)),
        "storageHash": hex::hash(account.map_or(EMPTY_ROOT_HASH, Account::storage_root)),
        "storageProof": storage,
    })
}

/// A slot as the reference reads one: digits that cannot be read make an empty key, of long ones the last 32 bytes count.
///
/// Source: `bttc:common/types.go:64-77, bttc:common/bytes.go:39-48`.
// a slot that is no hex is slot zero.
pub(super) fn slot(text: &str) -> U256 {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let even = if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") };
    // What was read before the first wrong digit counts.
    let plain = even.bytes().take_while(u8::is_ascii_hexdigit).count() / 2 * 2;
    let bytes = alloy_primitives::hex::decode(even.get(..plain).unwrap_or_default()).unwrap_or_default();
    let start = bytes.len().saturating_sub(32);
    U256::from_be_slice(bytes.get(start..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q262_slots_are_read_leniently() {
        assert_eq!(slot("0x1"), U256::from(1));
        assert_eq!(slot("10"), U256::from(16));
        assert_eq!(slot("zz"), U256::ZERO);
    }
}
