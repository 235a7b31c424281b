//! How governance changes a parameter.
//!
//! ```text
//! "subspace", "key", JSON ──▶ old value, overwritten by the JSON ──▶ new value
//! ```
//!
//! A value is replaced. Of governance's own objects and of the two maps those parts stay that the JSON does not speak
//! of; of `chain_params` they become zero.
//!
//! Source: `validation-layer §5.9-5.11; delivery:params/proposal_handler.go:29-73, params/subspace/subspace.go:245-290`.

use super::{
    AnyParam, DEPOSIT_PARAMS, FEATURES, FeatureParams, GROUPS, MULTI_CHAIN, MapForm, MultiChainParams, SEND_ENABLED,
    SUPPORTED, TALLY_PARAMS, VOTING_PARAMS,
};
use crate::{
    message::{FeatureChange, ParameterChange},
    store::{StoreName, Stores},
};
use bttc_core::amino::{Json, JsonError, JsonForm, Text};

/// Modules that have parameters, or might.
const SUBSPACES: [&str; 12] = [
    "sidechannel",
    "auth",
    "bank",
    "supply",
    "gov",
    "chainmanager",
    "staking",
    "slashing",
    "checkpoint",
    "bor",
    "clerk",
    "topup",
];
/// The one whose parameters are changed by proposals of their own.
const FEATUREMANAGER: &str = "featuremanager";

/// Why a change cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// No module of this name: `params`/1 of the reference.
    #[error("unknown subspace {got}")]
    Subspace {
        /// The name.
        got: Text,
    },
    /// The module has no such parameter. The reference breaks off.
    #[error("got {subspace}/{key}, expected a parameter that is registered")]
    Unregistered {
        /// The module.
        subspace: Text,
        /// The parameter.
        key: Text,
    },
    /// Not JSON: `params`/2 of the reference.
    #[error("error setting parameter {key}: got no JSON: {error}")]
    Json {
        /// The parameter.
        key: Text,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// Not a value of the parameter's type: `params`/2 of the reference.
    #[error("error setting parameter {key}: {error}")]
    Value {
        /// The parameter.
        key: Text,
        /// What is wrong.
        error: JsonError,
    },
    /// What is there does not read. The reference breaks off.
    #[error("got an entry at {path} that does not read, expected the parameter")]
    Corrupt {
        /// Its key in the store.
        path: &'static str,
    },
}

impl UpdateError {
    /// Whether the reference answers, or breaks off.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        matches!(self, Self::Subspace { .. } | Self::Json { .. } | Self::Value { .. })
    }
}

/// Changes a parameter; `form` is that of the map of root chains. What is addressed to the features is passed over.
///
/// # Errors
/// [`UpdateError`]; nothing changed then.
pub fn update(stores: &mut Stores, change: &ParameterChange, form: MapForm) -> Result<(), UpdateError> {
    let ParameterChange { subspace, key, value } = change;
    let (Some(space), name) = (subspace.as_str(), key.as_str()) else {
        return Err(UpdateError::Subspace { got: subspace.clone() });
    };
    if space == FEATUREMANAGER {
        return Ok(());
    }
    if !SUBSPACES.contains(&space) {
        return Err(UpdateError::Subspace { got: subspace.clone() });
    }
    let wrong = |error| UpdateError::Value { key: key.clone(), error };
    let path = format!("{space}/{}", name.unwrap_or_default());
    if path == MULTI_CHAIN.path() {
        let changes = MultiChainParams::from_amino(&parse(key, value)?).map_err(wrong)?;
        let old = MULTI_CHAIN.read(stores).map_err(|_| UpdateError::Corrupt { path: MULTI_CHAIN.path() })?;
        let mut params = old.unwrap_or_default();
        params.merge(changes);
        MULTI_CHAIN.set_in(stores, &params, form);
        return Ok(());
    }
    let merged: [&dyn AnyParam; 3] = [&DEPOSIT_PARAMS, &VOTING_PARAMS, &TALLY_PARAMS];
    if let Some(param) = merged.into_iter().find(|param| param.path() == path) {
        let json = overlaid(current(stores, param)?, parse(key, value)?);
        return param.set_json(stores, &json).map_err(wrong);
    }
    // Q-242: what a change of the chain's contracts does not speak of becomes zero.
    let others = GROUPS.into_iter().flatten().map(|(_, param)| *param).chain([&SEND_ENABLED as &dyn AnyParam]);
    let Some(param) = others.into_iter().find(|param| param.path() == path) else {
        return Err(UpdateError::Unregistered { subspace: subspace.clone(), key: key.clone() });
    };
    current(stores, param)?;
    param.set_json(stores, &parse(key, value)?).map_err(wrong)
}

/// Changes the features.
///
/// # Errors
/// [`UpdateError`]; nothing changed then.
pub fn update_features(stores: &mut Stores, change: &FeatureChange) -> Result<(), UpdateError> {
    let key = || Text::from("FeatureParams");
    let changes = FeatureParams::from_amino(&parse(&key(), &change.value)?);
    let changes = changes.map_err(|error| UpdateError::Value { key: key(), error })?;
    let is_set = stores.has(StoreName::Params, FEATURES.path().as_bytes());
    let mut params = match FEATURES.get(stores) {
        Some(params) => params,
        None if is_set => return Err(UpdateError::Corrupt { path: FEATURES.path() }),
        None => FeatureParams::default(),
    };
    params.merge(changes);
    FEATURES.set(stores, &params);
    Ok(())
}

/// Remembers that more than two thirds have programs for a feature.
///
/// # Errors
/// [`UpdateError::Corrupt`].
pub fn add_supported(stores: &mut Stores, feature: &str) -> Result<(), UpdateError> {
    let is_set = stores.has(StoreName::Params, SUPPORTED.path().as_bytes());
    let mut supported = match SUPPORTED.get(stores) {
        None if is_set => return Err(UpdateError::Corrupt { path: SUPPORTED.path() }),
        supported => supported.unwrap_or_default(),
    };
    supported.features.insert(feature.to_owned(), true);
    SUPPORTED.set(stores, &supported);
    Ok(())
}

/// Reads a proposal's JSON; bytes that are no UTF-8 read as U+FFFD.
pub(crate) fn parse(key: &Text, value: &Text) -> Result<Json, UpdateError> {
    let text = String::from_utf8_lossy(value.as_bytes());
    serde_json::from_str(&text).map_err(|error| UpdateError::Json { key: key.clone(), error })
}

/// The value, `null` where it was never set.
fn current(stores: &Stores, param: &dyn AnyParam) -> Result<Json, UpdateError> {
    if !stores.has(StoreName::Params, param.path().as_bytes()) {
        return Ok(Json::Null);
    }
    param.get_json(stores, JsonForm::Amino).map_err(|_| UpdateError::Corrupt { path: param.path() })
}

/// An object whose entries the other's overwrite; the other itself if it is none.
fn overlaid(old: Json, new: Json) -> Json {
    match (old, new) {
        // Of several entries of one key the last one counts.
        (Json::Object(mut entries), Json::Object(new)) => {
            entries.extend(new);
            Json::Object(entries)
        }
        (_, new) => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        message::Coins,
        param::{CHAIN_PARAMS, ChainParams, MAX_CHECKPOINT_LENGTH, TX_FEES, set_defaults},
    };
    use bttc_core::{amino::OmittedZero, amount::Amount};

    fn change(subspace: &str, key: &str, value: &str) -> ParameterChange {
        ParameterChange { subspace: subspace.into(), key: key.into(), value: value.into() }
    }

    fn defaults() -> Stores {
        let mut stores = Stores::default();
        set_defaults(&mut stores);
        stores
    }

    #[test]
    fn a_value_is_replaced() {
        let mut stores = defaults();
        update(&mut stores, &change("checkpoint", "MaxCheckpointLength", "\"2048\""), MapForm::Standard).unwrap();
        update(&mut stores, &change("auth", "TxFees", "\"7\""), MapForm::Standard).unwrap();
        update(&mut stores, &change("bank", "sendenabled", "false"), MapForm::Standard).unwrap();
        assert_eq!(MAX_CHECKPOINT_LENGTH.get(&stores), Ok(2_048));
        assert_eq!(TX_FEES.get(&stores), Ok("7".to_owned()));
        assert_eq!(SEND_ENABLED.get(&stores), Ok(false));
        // A number has to be a text.
        let before = stores.clone();
        let error = update(&mut stores, &change("checkpoint", "MaxCheckpointLength", "1"), MapForm::Standard);
        assert!(matches!(error, Err(UpdateError::Value { .. })), "{error:?}");
        let error = update(&mut stores, &change("checkpoint", "MaxCheckpointLength", "\"1"), MapForm::Standard);
        assert!(matches!(error, Err(UpdateError::Json { .. })), "{error:?}");
        assert_eq!(stores, before);
    }

    // validation-layer §5.9.
    #[test]
    fn of_governances_objects_stays_what_is_not_spoken_of() {
        let mut stores = defaults();
        let period = r#"{"max_deposit_period":"5"}"#;
        update(&mut stores, &change("gov", "depositparams", period), MapForm::Standard).unwrap();
        let params = DEPOSIT_PARAMS.get(&stores).unwrap();
        assert_eq!(params.max_period, OmittedZero(5));
        assert_eq!(params.min_deposit.0, Coins::btt(Amount::from_btt(10).into()));
        update(&mut stores, &change("gov", "tallyparams", r#"{"veto":null,"quorum":"0.5"}"#), MapForm::Standard)
            .unwrap();
        let text = stores.get(StoreName::Params, b"gov/tallyparams").map(String::from_utf8_lossy);
        let expected = r#"{"quorum":"0.500000000000000000","threshold":"0.500000000000000000"}"#;
        assert_eq!(text.as_deref(), Some(expected));
    }

    #[test]
    fn q242_of_the_chains_contracts_goes_what_is_not_spoken_of() {
        let mut stores = defaults();
        update(&mut stores, &change("chainmanager", "ChainParams", r#"{"bor_chain_id":"199"}"#), MapForm::Standard)
            .unwrap();
        let expected = ChainParams { chain_id: "199".into(), ..ChainParams::default() };
        assert_eq!(CHAIN_PARAMS.get(&stores), Ok(expected));
    }

    #[test]
    fn an_unknown_module_is_refused_and_an_unknown_parameter_breaks_off() {
        let mut stores = defaults();
        let error = update(&mut stores, &change("nobody", "x", "1"), MapForm::Standard).unwrap_err();
        assert!(error.is_answered() && error.to_string() == "unknown subspace nobody");
        for (subspace, key) in [("bor", "x"), ("clerk", "x"), ("gov", "")] {
            let error = update(&mut stores, &change(subspace, key, "1"), MapForm::Standard).unwrap_err();
            assert!(!error.is_answered(), "{subspace}/{key}");
        }
    }

    #[test]
    fn features_are_changed_by_their_own_proposals_alone() {
        let mut stores = defaults();
        let value = r#"{"feature_param_map":{"FinalizedEth":{"is_open":true}}}"#;
        let before = stores.clone();
        update(&mut stores, &change("featuremanager", "FeatureParams", value), MapForm::Standard).unwrap();
        assert_eq!(stores, before);
        update_features(&mut stores, &FeatureChange { value: value.into() }).unwrap();
        assert!(crate::param::Feature::FinalizedEth.is_open(&stores));
    }
}
