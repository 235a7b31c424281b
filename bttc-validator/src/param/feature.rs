//! Features: what governance opens.

use super::{JsonMap, Param, json_map};
use crate::store::{StoreName, Stores};
use bttc_core::amino::{Json, JsonError, JsonForm, from_json};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Features a program knows by name.
///
/// Source: `validation-layer §5.10; delivery:featuremanager/keeper.go:62-69, featuremanager/types/keys.go:22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Feature {
    /// `feature-x`, which does nothing.
    X,
    /// Ranges without deposits wait: of a validator's duties.
    DynamicCheckpoint,
    /// Maps are written in order.
    SupportMapMarshaling,
    /// Ethereum is read at its finalized block.
    FinalizedEth,
    /// Only a validator may send a no-ack.
    NoAckValidatorCheck,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::X, Self::DynamicCheckpoint, Self::SupportMapMarshaling, Self::FinalizedEth, Self::NoAckValidatorCheck];

    /// That of this name; `None` if this program does not know it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::X => "feature-x",
            Self::DynamicCheckpoint => "DynamicCheckpoint",
            Self::SupportMapMarshaling => "SupportMapMarshaling",
            Self::FinalizedEth => "FinalizedEth",
            Self::NoAckValidatorCheck => "NoAckValidatorCheck",
        }
    }

    /// Whether it is open.
    ///
    /// Source: `validation-layer §5.10; delivery:featuremanager/util/util.go:34-80`.
    // Q-442: where the parameter was never set or does not read, the reference panics, recovers and calls it closed.
    #[must_use]
    pub fn is_open(self, stores: &Stores) -> bool {
        let params = FEATURES.get(stores).unwrap_or_default();
        params.features.get(self.name()).and_then(|data| data.is_open).unwrap_or_default()
    }
}

/// What is set of a feature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeatureData {
    /// Whether it is open.
    pub is_open: Option<bool>,
    /// Its numbers.
    pub int_conf: Option<BTreeMap<String, i64>>,
    /// Its texts.
    pub string_conf: Option<BTreeMap<String, String>>,
}

/// What is set of all features.
///
/// Source: `validation-layer §5.10; delivery:featuremanager/types/params.go`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeatureParams {
    /// By name.
    #[serde(rename = "feature_param_map")]
    pub features: BTreeMap<String, FeatureData>,
}

/// Which features more than two thirds have programs for.
///
/// Source: `validation-layer §5.10; delivery:featuremanager/types/params.go`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SupportedFeatures {
    /// By name.
    #[serde(rename = "feature_support_map")]
    pub features: BTreeMap<String, bool>,
}

/// What is set of all features.
pub const FEATURES: Param<FeatureParams> = Param::at("featuremanager/FeatureParams");
/// Which features more than two thirds have programs for.
pub const SUPPORTED: Param<SupportedFeatures> = Param::at("featuremanager/SupportFeature");

impl Param<FeatureParams> {
    /// Its value; `None` where it was never set, or does not read.
    #[must_use]
    pub fn get(&self, stores: &Stores) -> Option<FeatureParams> {
        serde_json::from_slice(stores.get(StoreName::Params, self.path().as_bytes())?).ok()
    }

    /// Sets it.
    pub fn set(&self, stores: &mut Stores, value: &FeatureParams) {
        super::set_map(stores, self.path(), value);
    }
}

impl Param<SupportedFeatures> {
    /// Its value; `None` where it was never set, or does not read.
    #[must_use]
    pub fn get(&self, stores: &Stores) -> Option<SupportedFeatures> {
        serde_json::from_slice(stores.get(StoreName::Params, self.path().as_bytes())?).ok()
    }

    /// Sets it.
    pub fn set(&self, stores: &mut Stores, value: &SupportedFeatures) {
        super::set_map(stores, self.path(), value);
    }
}

impl FeatureParams {
    /// Those of a proposal, in amino JSON: numbers are texts.
    ///
    /// # Errors
    /// [`JsonError`].
    pub fn from_amino(json: &Json) -> Result<Self, JsonError> {
        let entries = json_map(json, "feature_param_map")?.unwrap_or_default();
        let read = |(name, json): (String, &Json)| Ok((name, FeatureData::from_amino(json)?));
        Ok(Self { features: entries.into_iter().map(read).collect::<Result<_, _>>()? })
    }

    /// Takes over what a proposal says, feature by feature.
    ///
    /// Source: `validation-layer §5.10; delivery:params/subspace/util.go:33-133`.
    pub fn merge(&mut self, changes: Self) {
        for (name, change) in changes.features {
            match self.features.get_mut(&name) {
                Some(data) => data.merge(change),
                None => {
                    self.features.insert(name, change);
                }
            }
        }
    }
}

impl FeatureData {
    fn from_amino(json: &Json) -> Result<Self, JsonError> {
        fn values<F: bttc_core::amino::Field>(map: JsonMap<'_>) -> Result<BTreeMap<String, F>, JsonError> {
            map.into_iter().map(|(name, json)| Ok((name, from_json(json, JsonForm::Amino)?))).collect()
        }
        let is_open = match json.get("is_open") {
            None | Some(Json::Null) => None,
            Some(json) => Some(from_json(json, JsonForm::Amino)?),
        };
        Ok(Self {
            is_open,
            int_conf: json_map(json, "int_conf")?.map(values).transpose()?,
            string_conf: json_map(json, "string_conf")?.map(values).transpose()?,
        })
    }

    fn merge(&mut self, change: Self) {
        self.is_open = change.is_open.or(self.is_open);
        if let Some(numbers) = change.int_conf {
            self.int_conf.get_or_insert_default().extend(numbers);
        }
        if let Some(texts) = change.string_conf {
            self.string_conf.get_or_insert_default().extend(texts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q442_a_feature_that_nobody_spoke_of_is_closed() {
        let mut stores = Stores::default();
        assert!(!Feature::FinalizedEth.is_open(&stores));
        stores.set(StoreName::Params, FEATURES.path().into(), b"[]".to_vec());
        assert!(!Feature::FinalizedEth.is_open(&stores));
        let open = FeatureData { is_open: Some(true), ..FeatureData::default() };
        let features = [("FinalizedEth".to_owned(), open)].into();
        FEATURES.set(&mut stores, &FeatureParams { features });
        assert!(Feature::FinalizedEth.is_open(&stores) && !Feature::X.is_open(&stores));
    }

    fn read(text: &str) -> Result<FeatureParams, JsonError> {
        FeatureParams::from_amino(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn a_change_keeps_what_it_does_not_speak_of() {
        let mut stores = Stores::default();
        let mut features = FeatureParams::default();
        for change in [
            r#"{"feature_param_map":{"DynamicCheckpoint":{"is_open":true,"int_conf":{"maxLength":"64","eth":"1"}}}}"#,
            r#"{"feature_param_map":{"DynamicCheckpoint":{"int_conf":{"eth":"0"},"string_conf":{"<":"&"}},"y":{}}}"#,
            r#"{"feature_param_map":null}"#,
        ] {
            features.merge(read(change).unwrap());
        }
        FEATURES.set(&mut stores, &features);
        // Standard JSON of Go: keys in order, nil maps as null, signs of HTML escaped.
        let text = stores.get(StoreName::Params, b"featuremanager/FeatureParams").map(String::from_utf8_lossy);
        let expected = concat!(
            r#"{"feature_param_map":{"DynamicCheckpoint":{"is_open":true,"int_conf":{"eth":0,"maxLength":64},"#,
            r#""string_conf":{"\u003c":"\u0026"}},"y":{"is_open":null,"int_conf":null,"string_conf":null}}}"#
        );
        assert_eq!(text.as_deref(), Some(expected));
        assert_eq!(FEATURES.get(&stores), Some(features));
    }

    #[test]
    fn numbers_of_a_proposal_are_texts() {
        assert!(read(r#"{"feature_param_map":{"x":{"int_conf":{"a":1}}}}"#).is_err());
        assert!(read(r#"{"feature_param_map":[]}"#).is_err());
        assert!(read("7").is_err());
        assert_eq!(read("{}"), Ok(FeatureParams::default()));
    }
}
