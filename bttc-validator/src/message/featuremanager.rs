//! Feature flags.

use super::{Invalid, Msg, MsgSubmitProposal};
use alloy_primitives::Address;
use bttc_core::amino::{Amino, Field as _, FieldSink, FieldSource, Json, JsonForm};
use serde::{Deserialize, Serialize};

/// Feature flags are to change; the validators vote first on whether they know them.
///
/// Source: `validation-layer §1.7, §5.10; delivery:featuremanager/types/msgs.go:17-45`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MsgSubmitFeatureProposal(
    /// The proposal that governance will be handed.
    pub MsgSubmitProposal,
);

impl Amino for MsgSubmitFeatureProposal {
    const NAME: Option<&'static str> = Some("featuremanager/MsgSubmitProposal");

    fn encode<S: FieldSink>(&self, to: &mut S) {
        to.field("MsgSubmitProposal", &self.0);
    }

    fn decode<S: FieldSource>(from: &mut S) -> Result<Self, S::Error> {
        from.field("MsgSubmitProposal").map(Self)
    }
}

impl MsgSubmitFeatureProposal {
    /// Its standard JSON: the fields of the proposal stand in the message itself, where amino's JSON has a field that
    /// holds it.
    pub(super) fn to_plain_json(&self) -> Json {
        self.0.to_json(JsonForm::Plain)
    }
}

impl Msg for MsgSubmitFeatureProposal {
    fn route(&self) -> &'static str {
        "featuremanager"
    }

    fn kind(&self) -> &'static str {
        "submit_feature_proposal"
    }

    fn signer(&self) -> Address {
        self.0.signer()
    }

    fn basic(&self) -> Result<(), Invalid> {
        self.0.basic()
    }

    // Q-409: it is signed as the proposal that governance will be handed.
    fn sign_json(&self) -> Json {
        self.0.sign_json()
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Content, FeatureChangeProposal};
    use bttc_core::amino::AnyOf;

    #[test]
    fn q409_what_is_signed_has_other_names_than_what_is_sent() {
        let proposal = MsgSubmitProposal {
            content: AnyOf(Some(Content::Features(FeatureChangeProposal::default()))),
            ..MsgSubmitProposal::default()
        };
        let message = MsgSubmitFeatureProposal(proposal);
        let signed = message.sign_json().to_string();
        assert!(
            signed.starts_with(r#"{"type":"gov/MsgSubmitProposal","value":{"content":{"type":"heimdall/FeatureChange"#)
        );
        let sent = bttc_core::amino::to_json(&message, JsonForm::Amino).to_string();
        assert!(sent.contains(r#""type":"featuremanager/FeatureChangeProposal""#));
    }
}
