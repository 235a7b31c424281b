//! What a file holds.

use alloy_primitives::{Address, B256, Bytes, U256};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One named test.
#[derive(Debug, Deserialize)]
pub(crate) struct Fixture {
    pub(crate) env: Surroundings,
    pub(crate) pre: BTreeMap<Address, Before>,
    /// Fork → outcomes.
    pub(crate) post: BTreeMap<String, Vec<Outcome>>,
}

/// The block around the transaction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Surroundings {
    pub(crate) current_coinbase: Address,
    pub(crate) current_difficulty: U256,
    pub(crate) current_gas_limit: U256,
    pub(crate) current_number: U256,
    pub(crate) current_timestamp: U256,
}

/// An account before the transaction.
#[derive(Debug, Deserialize)]
pub(crate) struct Before {
    pub(crate) nonce: U256,
    pub(crate) balance: U256,
    pub(crate) code: Bytes,
    pub(crate) storage: BTreeMap<U256, U256>,
}

/// What must come of one transaction.
#[derive(Debug, Deserialize)]
pub(crate) struct Outcome {
    /// Root of the state.
    pub(crate) hash: B256,
    /// Hash of the encoded logs.
    pub(crate) logs: B256,
    /// The encoded transaction; old fixtures lack it.
    pub(crate) txbytes: Option<Bytes>,
    /// Why the transaction is refused.
    #[serde(rename = "expectException")]
    pub(crate) exception: Option<String>,
}
