//! A block's JSON, and whether it holds together.

use super::transaction::TransactionJson;
use crate::{
    exit::{receipts_root, state_sync_transaction},
    side_chain::{Contradiction, SideChainError},
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};
use alloy_primitives::{Address, B64, B256, Bloom, Bytes, U64, U256};
use bttc_core::{hash::keccak256, leaf::Leaf, rlp::Item};
use serde::Deserialize;

/// A field that is not what follows from the others.
pub(super) struct Mismatch {
    field: String,
    got: String,
    expected: String,
}

impl Mismatch {
    pub(super) fn new(field: impl Into<String>, got: impl ToString, expected: impl ToString) -> Self {
        Self { field: field.into(), got: got.to_string(), expected: expected.to_string() }
    }

    pub(super) fn told_by(self, endpoint: &str, method: &str) -> SideChainError {
        let Self { field, got, expected } = self;
        let (endpoint, method) = (endpoint.into(), method.into());
        SideChainError::Contradiction(Box::new(Contradiction { endpoint, method, field, got, expected }))
    }
}

/// A header and what stands under `transactions`: hashes, or the transactions themselves.
///
/// Source: `block-layer §7.5.1`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockJson<T> {
    number: U64,
    hash: B256,
    parent_hash: B256,
    nonce: B64,
    mix_hash: B256,
    sha3_uncles: B256,
    logs_bloom: Bloom,
    state_root: B256,
    // the header's coinbase, which is zero, and not whoever sealed the block.
    miner: Address,
    difficulty: U256,
    extra_data: Bytes,
    gas_limit: U64,
    gas_used: U64,
    timestamp: U64,
    transactions_root: B256,
    receipts_root: B256,
    base_fee_per_gas: Option<U256>,
    transactions: Vec<T>,
}

/// A header whose hash is right.
pub(super) struct Header {
    pub(super) leaf: Leaf,
    pub(super) hash: B256,
    pub(super) parent: B256,
}

/// A block whose header's hash, transactions' hashes and transactions root are right.
pub(super) struct Block {
    pub(super) leaf: Leaf,
    pub(super) hash: B256,
    /// Hash and type of each, the state-sync transaction left out.
    pub(super) transactions: Vec<(B256, u8)>,
}

/// A number in its shortest form.
pub(super) fn integer(number: U256) -> Item {
    Item::from(number.to_be_bytes_trimmed_vec())
}

impl<T> BlockJson<T> {
    /// The hash that its fields give.
    fn computed_hash(&self) -> B256 {
        let word = |word: &B256| Item::string(word.as_slice());
        let short = |number: U64| integer(U256::from(number));
        let fields = [
            word(&self.parent_hash),
            word(&self.sha3_uncles),
            Item::string(self.miner.as_slice()),
            word(&self.state_root),
            word(&self.transactions_root),
            word(&self.receipts_root),
            Item::string(self.logs_bloom.as_slice()),
            integer(self.difficulty),
            short(self.number),
            short(self.gas_limit),
            short(self.gas_used),
            short(self.timestamp),
            Item::String(self.extra_data.clone()),
            word(&self.mix_hash),
            Item::string(self.nonce.as_slice()),
        ];
        keccak256(Item::list(fields.into_iter().chain(self.base_fee_per_gas.map(integer))).to_bytes())
    }

    /// Checks the header of the block that was asked for.
    pub(super) fn header(&self, number: u64) -> Result<Header, Mismatch> {
        let got = self.number.to::<u64>();
        if got != number {
            return Err(Mismatch::new(format!("number of block {number}"), got, number));
        }
        let computed = self.computed_hash();
        if self.hash != computed {
            return Err(Mismatch::new(
                format!("hash of block {number}"),
                self.hash,
                format!("{computed} by its fields"),
            ));
        }
        let leaf = Leaf {
            number,
            time: self.timestamp.to(),
            transactions_root: self.transactions_root,
            receipts_root: self.receipts_root,
        };
        Ok(Header { leaf, hash: computed, parent: self.parent_hash })
    }
}

impl BlockJson<TransactionJson> {
    /// Checks the block that was asked for.
    pub(super) fn block(mut self, number: u64) -> Result<Block, Mismatch> {
        let Header { leaf, hash, .. } = self.header(number)?;
        // the state-sync transaction is listed last though the transactions root does not know it.
        let synthetic = state_sync_transaction(number, hash);
        self.transactions.pop_if(|last| last.hash == synthetic);
        let (mut transactions, mut encodings) = (Vec::new(), Vec::new());
        for (index, transaction) in self.transactions.iter().enumerate() {
            let named = |field| format!("{field} of transaction {index} in block {number}");
            let kind = transaction.kind();
            let bytes = transaction
                .to_bytes()
                .ok_or_else(|| Mismatch::new(named("type"), kind, "0, 1 or 2, with the fields of that type"))?;
            let computed = keccak256(&bytes);
            if transaction.hash != computed {
                let expected = format!("{computed} by its fields");
                return Err(Mismatch::new(named("hash"), transaction.hash, expected));
            }
            transactions.push((computed, u8::try_from(kind).unwrap_or(u8::MAX)));
            encodings.push(bytes);
        }
        // Transactions stand in a trie of the same form as receipts.
        let computed = receipts_root(&encodings);
        if computed != leaf.transactions_root {
            let field = format!("transactions of block {number}");
            let expected = format!("those with root {}", leaf.transactions_root);
            return Err(Mismatch::new(field, format!("{} with root {computed}", transactions.len()), expected));
        }
        Ok(Block { leaf, hash, transactions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::IgnoredAny;
    use serde_json::{Value, from_value, json};

    /// A block that the reference recorded: `vectors/header`, case chain-n1-block-62.
    fn recorded() -> Value {
        json!({
            "number": "0x3e", "timestamp": "0x6462738d", "gasLimit": "0x1706fdf", "gasUsed": "0x57444", "difficulty": "0x1",
            "hash": "0xb94cf724d177b5071fe8d81fb2b82e58f2cc0813a03bf8ae8a5999ff6d9635a8",
            "parentHash": "0x364d91165d627c45588ba9d7e52459c2a998fa87ab072aaec482d040294112db",
            "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
            "stateRoot": "0x665f94d150705c6e61cbdf3a6b5c47e7a95f4fb24ad965ce57e4df1720393ff0",
            "transactionsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
            "receiptsRoot": "0x75963795797561547cc4b1bca897cf0dec5a911ee450bcb30b77f5e3728ff0d9",
            "extraData": concat!(
                "0x0000000000000000000000000000000000000000000000000000000000000000",
                "42910bbd23c55251ad09b0221a6d560f77b7b7a5c967d7c3d860198ef24303c5",
                "66f3a6107d5fe8e08837c2f2fa2eb3903fed515971493b4ddbfed1798837431b01"
            ),
            "mixHash": B256::ZERO, "nonce": "0x0000000000000000", "miner": Address::ZERO, "logsBloom": Bloom::ZERO,
            "transactions": [],
        })
    }

    fn header(block: Value, number: u64) -> Result<Header, String> {
        let json: BlockJson<IgnoredAny> = from_value(block).unwrap();
        json.header(number).map_err(|mismatch| mismatch.field)
    }

    #[test]
    fn q210_a_recorded_block_has_its_hash_with_miner_as_coinbase() {
        assert_eq!(header(recorded(), 62).unwrap().leaf.time, 1_684_173_709);
    }

    #[test]
    fn any_other_field_changes_the_hash() {
        for (field, other) in [
            ("timestamp", json!("0x6462738e")),
            ("receiptsRoot", json!(B256::repeat_byte(1))),
            ("miner", json!(Address::repeat_byte(1))),
            ("baseFeePerGas", json!("0x0")),
        ] {
            let mut block = recorded();
            block[field] = other;
            assert_eq!(header(block, 62).err().unwrap(), "hash of block 62", "{field}");
        }
        assert_eq!(header(recorded(), 63).err().unwrap(), "number of block 63");
    }

    proptest! {
        #[test]
        fn whatever_is_told_is_read_or_refused(text in ".{0,200}", field in 0..20_usize, value in "(0x)?[0-9a-f]{0,70}") {
            let _ = serde_json::from_str::<BlockJson<TransactionJson>>(&text);
            let mut block = recorded();
            let name = block.as_object().and_then(|fields| fields.keys().nth(field)).cloned();
            block[name.unwrap_or_default()] = value.into();
            if let Some(block) = from_value::<BlockJson<TransactionJson>>(block).ok().and_then(|json| json.block(62).ok()) {
                prop_assert_eq!(json!(block.hash), recorded()["hash"].clone());
            }
        }
    }
}
