//! Root chains as governance set them.

use super::{MapForm, Param, json_map};
use crate::store::{StoreName, Stores};
use alloy_primitives::Address;
use bttc_core::amino::{Field, Json, JsonError, JsonForm, from_json, to_json};
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
        self.read(stores).ok().flatten().unwrap_or_default()
    }

    /// Its value; `None` where it was never set.
    ///
    /// # Errors
    /// Where it does not read.
    pub(super) fn read(&self, stores: &Stores) -> Result<Option<MultiChainParams>, serde_json::Error> {
        let Some(text) = stores.get(StoreName::Params, self.path().as_bytes()) else { return Ok(None) };
        serde_json::from_slice(text).map(Some)
    }

    /// Sets it, in the form with numbers and ordered keys.
    pub fn set(&self, stores: &mut Stores, value: &MultiChainParams) {
        super::set_map(stores, self.path(), value);
    }

    /// Sets it in a form.
    pub fn set_in(&self, stores: &mut Stores, value: &MultiChainParams, form: MapForm) {
        let text = match form {
            MapForm::Standard => return self.set(stores, value),
            MapForm::Forced(text) => text.to_owned(),
            MapForm::Amino => value.to_amino().to_string(),
        };
        stores.set(StoreName::Params, self.path().as_bytes().to_vec(), text.into_bytes());
    }
}

impl MultiChainParams {
    /// Those of a proposal, in amino JSON: numbers are texts.
    ///
    /// # Errors
    /// [`JsonError`].
    pub fn from_amino(json: &Json) -> Result<Self, JsonError> {
        let entries = json_map(json, "chain_parameter_map")?.unwrap_or_default();
        let read = |(name, json): (String, &Json)| Ok((name, ChainData::from_amino(json)?));
        Ok(Self { chains: entries.into_iter().map(read).collect::<Result<_, _>>()? })
    }

    /// In amino JSON, names going up.
    fn to_amino(&self) -> Json {
        let chain = |(name, data): (&String, &ChainData)| (name.clone().into(), data.to_amino());
        let chains = Json::Object(self.chains.iter().map(chain).collect());
        Json::Object(vec![("chain_parameter_map".into(), chains)])
    }

    /// Takes over what a proposal says, root chain by root chain.
    ///
    /// Source: `validation-layer §5.10; delivery:params/subspace/util.go:33-133`.
    pub fn merge(&mut self, changes: Self) {
        for (name, change) in changes.chains {
            let data = self.chains.entry(name).or_default();
            *data = ChainData {
                confirmations: change.confirmations.or(data.confirmations),
                activation_height: change.activation_height.or(data.activation_height),
                stake_manager: change.stake_manager.or(data.stake_manager),
                slash_manager: change.slash_manager.or(data.slash_manager),
                root_contract: change.root_contract.or(data.root_contract),
                staking_info: change.staking_info.or(data.staking_info),
                state_sender: change.state_sender.or(data.state_sender),
            };
        }
    }
}

impl ChainData {
    fn from_amino(json: &Json) -> Result<Self, JsonError> {
        fn pointer<F: Field>(json: &Json, key: &str) -> Result<Option<F>, JsonError> {
            match json.get(key) {
                None | Some(Json::Null) => Ok(None),
                Some(json) => from_json(json, JsonForm::Amino).map(Some),
            }
        }
        if !matches!(json, Json::Object(_) | Json::Null) {
            return Err(JsonError::unexpected("an object", json));
        }
        Ok(Self {
            confirmations: pointer(json, "tx_confirmations")?,
            activation_height: pointer(json, "activate_height")?,
            stake_manager: pointer(json, "staking_manager_address")?,
            slash_manager: pointer(json, "slash_manager_address")?,
            root_contract: pointer(json, "root_chain_address")?,
            staking_info: pointer(json, "staking_info_address")?,
            state_sender: pointer(json, "state_sender_address")?,
        })
    }

    fn to_amino(&self) -> Json {
        fn pointer<F: Field>(value: Option<&F>) -> Json {
            value.map_or(Json::Null, |value| to_json(value, JsonForm::Amino))
        }
        Json::Object(vec![
            ("tx_confirmations".into(), pointer(self.confirmations.as_ref())),
            ("activate_height".into(), pointer(self.activation_height.as_ref())),
            ("staking_manager_address".into(), pointer(self.stake_manager.as_ref())),
            ("slash_manager_address".into(), pointer(self.slash_manager.as_ref())),
            ("root_chain_address".into(), pointer(self.root_contract.as_ref())),
            ("staking_info_address".into(), pointer(self.staking_info.as_ref())),
            ("state_sender_address".into(), pointer(self.state_sender.as_ref())),
        ])
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

    #[test]
    fn a_change_keeps_what_it_does_not_speak_of_and_every_form_reads_back() {
        let read = |text: &str| MultiChainParams::from_amino(&serde_json::from_str(text).unwrap()).unwrap();
        let mut params = read(r#"{"chain_parameter_map":{"bsc":{"tx_confirmations":"14","activate_height":"100"}}}"#);
        params.merge(read(r#"{"chain_parameter_map":{"bsc":{"tx_confirmations":"16"},"eth":{}}}"#));
        let bsc = ChainData { confirmations: Some(16), activation_height: Some(100), ..ChainData::default() };
        assert_eq!(params.chains.get("bsc"), Some(&bsc));
        let mut stores = Stores::default();
        for form in [MapForm::Amino, MapForm::Standard] {
            MULTI_CHAIN.set_in(&mut stores, &params, form);
            assert_eq!(MULTI_CHAIN.get(&stores), params, "{form:?}");
        }
        MULTI_CHAIN.set_in(&mut stores, &params, MapForm::Forced("{}"));
        assert_eq!(MULTI_CHAIN.get(&stores), MultiChainParams::default());
    }

    #[test]
    fn q240_in_amino_json_names_go_up() {
        let chains = ["eth", "bsc"].map(|name| (name.to_owned(), ChainData::default()));
        let text = MultiChainParams { chains: chains.into() }.to_amino().to_string();
        assert!(text.starts_with(r#"{"chain_parameter_map":{"bsc":{"tx_confirmations":null,"#), "{text}");
        assert!(text.find("bsc") < text.find("eth"));
    }
}
