//! What a transaction left behind.
//!
//! ```text
//! receipt = type byte (types 1 and 2 only) ‖ rlp([ status, cumulative gas, bloom(256), [[ address, [topics], data ], …] ])
//! root    = Merkle-Patricia root over rlp(index) → receipt
//! ```
//!
//! Source: `block-layer §5.4; bttc:core/types/receipt.go:137-152,336-353`.
//!
//! ```
//! use bttc_evm::receipt::{Receipt, Status, receipts_root};
//! use bttc_evm::transaction::TransactionType;
//!
//! let receipt = Receipt::new(TransactionType::AccessList, Status::Succeeded, 21_000, 21_000, None, vec![]);
//! assert_eq!(&receipt.to_consensus_bytes()[..2], [1, 0xf9]); // behind the type byte a long list
//! assert_ne!(receipts_root(&[receipt]), receipts_root(&[]));
//! ```

use crate::transaction::TransactionType;
use alloy_primitives::{
    Address, B256, Bloom, Log,
    map::{AddressMap, B256Map},
};
use alloy_rlp::{BufMut, Encodable};
use bttc_core::hash::keccak256;
use serde::{Deserialize, Serialize};

/// How execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// It returned.
    Succeeded,
    /// It reverted or ran out of gas; only the fee was taken.
    Failed,
}

impl Status {
    /// As the receipt writes it: 1 or 0.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Succeeded)
    }
}

/// A transaction's receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Type of the transaction.
    pub transaction_type: TransactionType,
    /// How it ended.
    pub status: Status,
    /// Gas it used.
    pub gas_used: u64,
    /// Gas used in the block up to and with it.
    pub cumulative_gas_used: u64,
    /// Where a creation put its contract, or would have put it had it not failed.
    pub contract_address: Option<Address>,
    /// Its logs in order.
    pub logs: Vec<Log>,
    /// Filter over them.
    pub bloom: Bloom,
}

impl Receipt {
    /// The receipt of these facts; the filter is computed.
    #[must_use]
    pub fn new(
        transaction_type: TransactionType,
        status: Status,
        gas_used: u64,
        cumulative_gas_used: u64,
        contract_address: Option<Address>,
        logs: Vec<Log>,
    ) -> Self {
        let bloom = logs_bloom(&logs);
        Self { transaction_type, status, gas_used, cumulative_gas_used, contract_address, logs, bloom }
    }

    /// The bytes that the receipts root commits to, and that a withdrawal proof carries.
    #[must_use]
    pub fn to_consensus_bytes(&self) -> Vec<u8> {
        let mut items = Vec::with_capacity(512);
        self.status.is_success().encode(&mut items);
        self.cumulative_gas_used.encode(&mut items);
        self.bloom.encode(&mut items);
        self.logs.encode(&mut items);
        let mut out = Vec::with_capacity(items.len() + 8);
        if let Some(byte) = self.transaction_type.to_byte() {
            out.put_u8(byte);
        }
        out.extend_from_slice(&crate::header::list(&items));
        out
    }
}

/// Root of a block's receipts.
#[must_use]
pub fn receipts_root(receipts: &[Receipt]) -> B256 {
    let bytes: Vec<_> = receipts.iter().map(Receipt::to_consensus_bytes).collect();
    ordered_root(&bytes)
}

/// The filter of these logs.
#[must_use]
pub fn logs_bloom(logs: &[Log]) -> Bloom {
    Blooms::default().of(logs)
}

/// Makes the filters of a block's receipts. Their addresses and topics repeat, and each is hashed once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blooms {
    addresses: AddressMap<B256>,
    topics: B256Map<B256>,
}

impl Blooms {
    /// The filter of these logs.
    pub(crate) fn of(&mut self, logs: &[Log]) -> Bloom {
        let mut bloom = Bloom::ZERO;
        for log in logs {
            bloom.m3_2048_hashed(self.addresses.entry(log.address).or_insert_with_key(|bytes| keccak256(bytes)));
            for topic in log.topics() {
                bloom.m3_2048_hashed(self.topics.entry(*topic).or_insert_with_key(|bytes| keccak256(bytes)));
            }
        }
        bloom
    }
}

pub(crate) fn ordered_root(items: &[Vec<u8>]) -> B256 {
    alloy_trie::root::ordered_trie_root_encoded(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn a_filter_is_that_of_its_logs_whatever_was_filtered_before(
            logs in prop::collection::vec((0_u8..4, prop::collection::vec(0_u8..4, 0..5)), 0..12), cut in any::<prop::sample::Index>(),
        ) {
            let log = |(address, topics): &(u8, Vec<u8>)| {
                let topics = topics.iter().map(|byte| B256::repeat_byte(*byte)).collect();
                Log::new_unchecked(Address::repeat_byte(*address), topics, Vec::new().into())
            };
            let logs: Vec<_> = logs.iter().map(log).collect();
            let mut blooms = Blooms::default();
            let (first, second) = logs.split_at(cut.index(logs.len() + 1));
            for part in [first, second] {
                prop_assert_eq!(blooms.of(part), part.iter().collect::<Bloom>());
            }
        }
    }
}
