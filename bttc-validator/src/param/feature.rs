//! Features: what governance opens.

use super::Param;
use crate::store::{StoreName, Stores};
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
    // where the parameter was never set or does not read, the reference panics, recovers and calls it closed.
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
}
