//! Of features.

use super::{Request, Stop, View, form::of_serde};
use crate::param::{FEATURES, FeatureData};
use bttc_core::amino::Json;

/// What is set of a feature; whether it is open is told of all.
pub(super) fn target(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let params = FEATURES.get(view.stores).unwrap_or_default();
    let data = params.features.get(request.variable("feature")).cloned().unwrap_or_default();
    Ok(of_serde(&FeatureData { is_open: Some(data.is_open.unwrap_or_default()), ..data }))
}

pub(super) fn map(view: &View<'_>, _: &Request) -> Result<Json, Stop> {
    Ok(of_serde(&FEATURES.get(view.stores).unwrap_or_default()))
}
