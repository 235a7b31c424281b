//! What accounts hold, and proofs of it.
//!
//! Source: `bttc:internal/ethapi/api.go:548-610,744-800`.

use super::hex;
use crate::state::{Account, State};
use alloy_primitives::{Address, Bytes, KECCAK256_EMPTY, U256};
use alloy_trie::EMPTY_ROOT_HASH;
use serde_json::{Value, json};

/// Nodes of a trie.
fn nodes(proof: &[Bytes]) -> Vec<Value> {
    proof.iter().map(|node| hex::bytes(node)).collect()
}

/// `eth_getProof`. The keys are answered as they were asked.
pub(super) fn proof(state: &State, address: Address, keys: &[&str]) -> Value {
    let account = state.account(address);
    let storage = keys.iter().map(|key| {
        let slot = slot(key);
        json!({
            "key": key,
            "value": hex::word(state.storage(address, slot)),
            "proof": nodes(&account.map_or_else(Vec::new, |account| account.proof(slot))),
        })
    });
    let storage: Vec<_> = storage.collect();
    json!({
        "address": hex::address(address),
        "accountProof": nodes(&state.proof(address)),
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
    use alloy_primitives::B256;
    use alloy_trie::{Nibbles, TrieAccount, proof::verify_proof};
    use bttc_core::hash::keccak256;

    fn read(nodes: &Value) -> Vec<Bytes> {
        nodes.as_array().unwrap().iter().map(|node| node.as_str().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn a_verifier_that_has_nothing_but_the_root_accepts_the_proofs() {
        let account =
            |i: u64| Account::new(i, U256::from(i), vec![1; 3].into(), (1..i).map(|s| (U256::from(s), U256::from(s))));
        let state = State::from_accounts((1..60).map(|i| (Address::with_last_byte(i), account(i.into()))));
        // The last account is not there, nor is the last slot.
        for who in [7, 59, 77] {
            let address = Address::with_last_byte(who);
            let answer = proof(&state, address, &["0x1", "0x39"]);
            let storage_root: B256 = answer["storageHash"].as_str().unwrap().parse().unwrap();
            let leaf = state.account(address).map(|account| {
                let (nonce, balance, code_hash) = (account.nonce(), account.balance(), account.code_hash());
                alloy_rlp::encode(TrieAccount { nonce, balance, storage_root, code_hash })
            });
            let key = Nibbles::unpack(keccak256(address));
            verify_proof(state.root(), key, leaf, &read(&answer["accountProof"])).unwrap();
            for (slot, shown) in [1, 0x39].into_iter().map(U256::from).zip(answer["storageProof"].as_array().unwrap()) {
                let value = state.storage(address, slot);
                assert_eq!(shown["value"], hex::word(value));
                let leaf = (!value.is_zero()).then(|| alloy_rlp::encode(value));
                let key = Nibbles::unpack(keccak256(slot.to_be_bytes::<32>()));
                verify_proof(storage_root, key, leaf, &read(&shown["proof"])).unwrap();
            }
        }
    }

    #[test]
    fn q262_slots_are_read_leniently() {
        assert_eq!(slot("0x1"), U256::from(1));
        assert_eq!(slot("10"), U256::from(16));
        assert_eq!(slot("zz"), U256::ZERO);
    }
}
