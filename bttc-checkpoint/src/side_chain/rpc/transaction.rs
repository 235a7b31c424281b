//! A transaction's JSON, and the bytes that its hash is of.
//!
//! ```text
//! legacy   rlp([ nonce, gas price, gas, to, value, input, v, r, s ])
//! type 1   01 ‖ rlp([ chain id, nonce, gas price, gas, to, value, input, access list, v, r, s ])
//! type 2   02 ‖ rlp([ chain id, nonce, tip, most, gas, to, value, input, access list, v, r, s ])
//! ```
//!
//! Source: `block-layer §5.1`, EIP-2930, EIP-1559.

use super::block::integer;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, U64, U256};
use bttc_core::rlp::Item;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TransactionJson {
    pub(super) hash: B256,
    #[serde(rename = "type", default)]
    kind: U64,
    chain_id: Option<U256>,
    nonce: U64,
    #[serde(default)]
    gas_price: U256,
    max_priority_fee_per_gas: Option<U256>,
    max_fee_per_gas: Option<U256>,
    gas: U64,
    to: Option<Address>,
    value: U256,
    input: Bytes,
    access_list: Option<Vec<Access>>,
    v: U256,
    r: U256,
    s: U256,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Access {
    address: Address,
    storage_keys: Vec<B256>,
}

impl TransactionJson {
    /// Its type.
    pub(super) fn kind(&self) -> u64 {
        self.kind.to()
    }

    /// Its bytes; `None` for a type that is not known or lacks a field.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let to = self.to.map_or_else(|| Item::string(&[]), |to| Item::string(to.as_slice()));
        let nonce = integer(U256::from(self.nonce));
        let gas = integer(U256::from(self.gas));
        let (value, input) = (integer(self.value), Item::String(self.input.clone()));
        let signature = [self.v, self.r, self.s].map(integer);
        let list = |items: Vec<Item>| Item::list(items.into_iter().chain(signature.clone())).to_bytes();
        let typed = |items| [[self.kind.byte(0)].as_slice(), &list(items)].concat();
        match self.kind() {
            0 => Some(list([nonce, integer(self.gas_price), gas, to, value, input].into())),
            1 => {
                let (chain, access) = (integer(self.chain_id?), self.access()?);
                Some(typed([chain, nonce, integer(self.gas_price), gas, to, value, input, access].into()))
            }
            2 => {
                let (chain, access) = (integer(self.chain_id?), self.access()?);
                let (tip, most) = (integer(self.max_priority_fee_per_gas?), integer(self.max_fee_per_gas?));
                Some(typed([chain, nonce, tip, most, gas, to, value, input, access].into()))
            }
            _ => None,
        }
    }

    fn access(&self) -> Option<Item> {
        let entry = |entry: &Access| {
            let keys = entry.storage_keys.iter().map(|key| Item::string(key.as_slice()));
            Item::list([Item::string(entry.address.as_slice()), Item::list(keys)])
        };
        self.access_list.as_ref().map(|list| Item::list(list.iter().map(entry)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;
    use serde_json::{from_value, json};

    #[test]
    fn a_legacy_transaction_has_the_bytes_of_eip_155s_example() {
        let json = json!({
            "hash": B256::ZERO, "nonce": "0x9", "gasPrice": "0x4a817c800", "gas": "0x5208",
            "to": "0x3535353535353535353535353535353535353535", "value": "0xde0b6b3a7640000", "input": "0x", "v": "0x25",
            "r": "0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276",
            "s": "0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
        });
        let transaction: TransactionJson = from_value(json).unwrap();
        let expected = hex!(
            "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195"
            "fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
        );
        assert_eq!(transaction.to_bytes().unwrap(), expected);
    }

    #[test]
    fn a_type_that_lacks_a_field_or_is_not_known_has_no_bytes() {
        let json = json!({
            "hash": B256::ZERO, "type": "0x2", "nonce": "0x1", "chainId": "0x1", "gas": "0x5208", "to": null, "value": "0x0",
            "input": "0x", "accessList": [], "v": "0x0", "r": "0x1", "s": "0x1",
        });
        for kind in ["0x2", "0x3", "0x7f"] {
            let mut json = json.clone();
            json["type"] = kind.into();
            let transaction: TransactionJson = from_value(json).unwrap();
            assert_eq!(transaction.to_bytes(), None, "{kind}");
        }
    }
}
