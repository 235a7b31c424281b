//! What the chain's own methods answer.

use alloy_primitives::{Address, B256, Bloom};
use alloy_rpc_types_eth::Log;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use std::collections::BTreeMap;

/// A validator with its place in the rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankedValidator {
    /// Its id; zero where the node read the set from a header.
    #[serde(rename = "ID")]
    pub id: u64,
    /// The key that seals.
    pub signer: Address,
    /// Voting power.
    pub power: i64,
    /// Priority.
    #[serde(rename = "accum")]
    pub priority: i64,
}

/// A set of validators and who proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankedValidators {
    /// In ascending order of signers.
    pub validators: Vec<RankedValidator>,
    /// Who is in turn.
    pub proposer: Option<RankedValidator>,
}

/// Who may produce as of a block (`bor_getSnapshot`).
///
/// Source: `block-layer §7.2; bttc:consensus/bor/snapshot.go:17-29`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignersSnapshot {
    /// The block.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Who may produce the next.
    pub validator_set: RankedValidators,
    /// Block → who sealed it.
    pub recents: BTreeMap<u64, Address>,
}

/// A receipt as `eth_getTransactionReceiptsByBlock` lists it: without the type of its transaction.
///
/// Source: `block-layer §7.3.4; bttc:internal/ethapi/bor_api.go:73-180`.
// What is left out decides the receipt's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UntypedReceipt {
    /// Hash of the block.
    pub block_hash: B256,
    /// Its number.
    #[serde(with = "quantity")]
    pub block_number: u64,
    /// The contract that was created.
    pub contract_address: Option<Address>,
    /// Gas of the block up to here.
    #[serde(with = "quantity")]
    pub cumulative_gas_used: u64,
    /// Who sent it.
    pub from: Address,
    /// Gas of this one.
    #[serde(with = "quantity")]
    pub gas_used: u64,
    /// Its logs.
    pub logs: Vec<Log>,
    /// Their filter.
    pub logs_bloom: Bloom,
    /// 1 where it succeeded.
    #[serde(with = "quantity")]
    pub status: u64,
    /// Whom it called.
    pub to: Option<Address>,
    /// Its hash; derived from the block for state sync.
    pub transaction_hash: B256,
    /// Its place.
    #[serde(with = "quantity")]
    pub transaction_index: u64,
}

/// 64 hex digits, with 0x or without.
#[derive(Debug)]
pub(super) struct BareHash(pub(super) B256);

// root hashes come without 0x.
impl<'de> Deserialize<'de> for BareHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// Numbers in 0x-hex.
mod quantity {
    use super::{Deserialize, Deserializer, Error};
    use alloy_primitives::U64;
    use serde::Serializer;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
    pub(super) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{number:#x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        U64::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}
