//! Root chains as governance set them.

use super::Param;
use crate::store::{StoreName, Stores};
use alloy_primitives::Address;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What is set of a root chain; what is not set is zero.
///
/// Source: `validation-layer §5.11; delivery:chainmanager/types/params.go:190-222`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChainData {
    /// Blocks a transaction has to lie deep.
    #[serde(rename = "tx_confirmations", deserialize_with = "number")]
    pub confirmations: Option<u64>,
    /// Side-chain block at which its first checkpoint starts.
    #[serde(rename = "activate_height", deserialize_with = "number")]
    pub activation_height: Option<u64>,
    /// Its stake manager.
    #[serde(rename = "staking_manager_address")]
    pub stake_manager: Option<Address>,
    /// Its slash manager, of which there is none.
    #[serde(rename = "slash_manager_address")]
    pub slash_manager: Option<Address>,
    /// Its root contract.
    #[serde(rename = "root_chain_address")]
    pub root_contract: Option<Address>,
    /// Its staking info.
    #[serde(rename = "staking_info_address")]
    pub staking_info: Option<Address>,
    /// Its state sender.
    #[serde(rename = "state_sender_address")]
    pub state_sender: Option<Address>,
}

/// What is set of all root chains.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MultiChainParams {
    /// By name.
    #[serde(rename = "chain_parameter_map")]
    pub chains: BTreeMap<String, ChainData>,
}

/// What is set of all root chains.
pub const MULTI_CHAIN: Param<MultiChainParams> = Param::at("chainmanager/ParamsWithMultiChains");

impl Param<MultiChainParams> {
    /// Its value; empty where it was never set, or does not read.
    #[must_use]
    pub fn get(&self, stores: &Stores) -> MultiChainParams {
        let text = stores.get(StoreName::Params, self.path().as_bytes());
        text.and_then(|text| serde_json::from_slice(text).ok()).unwrap_or_default()
    }

    /// Sets it, in the form with numbers and ordered keys.
    pub fn set(&self, stores: &mut Stores, value: &MultiChainParams) {
        super::set_map(stores, self.path(), value);
    }
}

/// A number, in decimals where it was written as amino JSON.
// Q-443: the map was written as amino JSON once, numbers as texts and keys in random order; both forms are read.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    match Option::deserialize(deserializer)? {
        None => Ok(None),
        Some(Either::Number(number)) => Ok(Some(number)),
        Some(Either::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q443_both_forms_of_the_map_are_read() {
        let mut stores = Stores::default();
        let amino = br#"{"chain_parameter_map":{"bsc":{"tx_confirmations":"14","activate_height":"100"}}}"#;
        stores.set(StoreName::Params, MULTI_CHAIN.path().into(), amino.to_vec());
        let read = MULTI_CHAIN.get(&stores);
        let bsc = ChainData { confirmations: Some(14), activation_height: Some(100), ..ChainData::default() };
        assert_eq!(read.chains.get("bsc"), Some(&bsc));
        MULTI_CHAIN.set(&mut stores, &read);
        assert_eq!(MULTI_CHAIN.get(&stores), read);
    }
}
