//! What governance may decide.

use super::{Fault, Invalid};
use crate::module::Codespace;
use bttc_core::{amino::Text, amino_fields, amino_interface};
use serde::{Deserialize, Serialize};

/// Bytes of the longest title.
const MAX_TITLE: usize = 140;
/// Bytes of the longest description.
const MAX_DESCRIPTION: usize = 5_000;

/// A parameter's new value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ParameterChange {
    /// The module.
    pub subspace: Text,
    /// The parameter.
    pub key: Text,
    /// Its value as JSON.
    pub value: Text,
}

amino_fields!(ParameterChange { subspace: "subspace", key: "key", value: "value" });

/// Parameters are to change.
///
/// Source: `validation-layer §5.9; delivery:params/types/proposal.go:14-125`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ParameterChangeProposal {
    /// What for.
    pub title: Text,
    /// In more words.
    pub description: Text,
    /// The changes in order.
    pub changes: Vec<ParameterChange>,
}

amino_fields!(ParameterChangeProposal as "heimdall/ParameterChangeProposal" {
    title: "title",
    description: "description",
    changes: "changes",
});

/// A change of feature flags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FeatureChange {
    /// The flags as JSON.
    pub value: Text,
}

amino_fields!(FeatureChange { value: "value" });

/// Feature flags are to change.
///
/// Source: `validation-layer §5.10; delivery:featuremanager/types/proposal.go:14-120`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FeatureChangeProposal {
    /// What for.
    pub title: Text,
    /// In more words.
    pub description: Text,
    /// The changes in order.
    pub changes: Vec<FeatureChange>,
}

amino_fields!(FeatureChangeProposal as "featuremanager/FeatureChangeProposal" {
    title: "title",
    description: "description",
    changes: "changes",
});

/// What a proposal is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Content {
    /// Parameters.
    Parameters(ParameterChangeProposal),
    /// Feature flags.
    Features(FeatureChangeProposal),
}

amino_interface!(Content { Parameters(ParameterChangeProposal), Features(FeatureChangeProposal) });

impl Content {
    /// Its name among the kinds of proposals.
    #[must_use]
    pub const fn proposal_type(&self) -> &'static str {
        match self {
            Self::Parameters(_) => "ParameterChange",
            Self::Features(_) => "FeatureChange",
        }
    }

    /// Name of the module that carries it out.
    #[must_use]
    pub const fn route(&self) -> &'static str {
        match self {
            Self::Parameters(_) => "params",
            Self::Features(_) => "featuremanager",
        }
    }

    /// The name it is signed by.
    // what is signed calls a change of features `heimdall/FeatureChangeProposal`, the transaction calls it
    // `featuremanager/FeatureChangeProposal`.
    pub(crate) const fn signed_name(&self) -> &'static str {
        match self {
            Self::Parameters(_) => "heimdall/ParameterChangeProposal",
            Self::Features(_) => "heimdall/FeatureChangeProposal",
        }
    }

    /// Whose numbers its faults have.
    const fn codespace(&self) -> Codespace {
        match self {
            Self::Parameters(_) => Codespace::Params,
            Self::Features(_) => Codespace::Feature,
        }
    }

    /// What for.
    #[must_use]
    pub const fn title(&self) -> &Text {
        match self {
            Self::Parameters(proposal) => &proposal.title,
            Self::Features(proposal) => &proposal.title,
        }
    }

    /// In more words.
    #[must_use]
    pub const fn description(&self) -> &Text {
        match self {
            Self::Parameters(proposal) => &proposal.description,
            Self::Features(proposal) => &proposal.description,
        }
    }

    /// Whether it is valid by itself.
    ///
    /// Source: `delivery:gov/types/content.go:35-60, params/types/proposal.go:57-125`.
    ///
    /// # Errors
    /// [`Invalid`]: the first thing that is wrong.
    pub(super) fn basic(&self) -> Result<(), Invalid> {
        let title = self.title();
        // Bytes that are no text are not blank.
        if title.as_str().is_some_and(|title| title.trim().is_empty()) {
            return Err(self.fault("proposal title cannot be blank"));
        }
        if title.as_bytes().len() > MAX_TITLE {
            return Err(self.fault(&format!("proposal title is longer than max length of {MAX_TITLE}")));
        }
        let description = self.description().as_bytes();
        if description.is_empty() {
            return Err(self.fault("proposal description cannot be blank"));
        }
        if description.len() > MAX_DESCRIPTION {
            return Err(self.fault(&format!("proposal description is longer than max length of {MAX_DESCRIPTION}")));
        }
        let empty = match self {
            Self::Parameters(proposal) if proposal.changes.is_empty() => Some("submitted parameter changes are empty"),
            Self::Features(proposal) if proposal.changes.is_empty() => Some("submitted parameter changes are empty"),
            Self::Parameters(proposal) => proposal.changes.iter().find_map(|change| {
                let fields = [
                    (&change.subspace, "parameter subspace is empty"),
                    (&change.key, "parameter key is empty"),
                    (&change.value, "parameter value is empty"),
                ];
                fields.into_iter().find(|(field, _)| field.as_bytes().is_empty()).map(|(_, text)| text)
            }),
            Self::Features(proposal) => {
                let empty = proposal.changes.iter().any(|change| change.value.as_bytes().is_empty());
                empty.then_some("parameter value is empty")
            }
        };
        empty.map_or(Ok(()), |text| Err(Fault::of(self.codespace(), 3, text).into()))
    }

    fn fault(&self, text: &str) -> Invalid {
        Fault::of(self.codespace(), 6, format!("invalid proposal content: {text}")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::Refusal;

    fn parameters(title: &str, description: &str, changes: &[[&str; 3]]) -> Content {
        Content::Parameters(ParameterChangeProposal {
            title: title.into(),
            description: description.into(),
            changes: changes
                .iter()
                .map(|&[subspace, key, value]| ParameterChange {
                    subspace: subspace.into(),
                    key: key.into(),
                    value: value.into(),
                })
                .collect(),
        })
    }

    fn refusal(content: &Content) -> Option<Refusal> {
        match content.basic() {
            Err(Invalid::Fault(fault)) => Some(fault.refusal),
            _ => None,
        }
    }

    #[test]
    fn a_proposal_says_what_changes_and_what_for() {
        let change: &[[&str; 3]] = &[["bor", "k", "v"]];
        assert_eq!(refusal(&parameters("t", "d", change)), None);
        let wrong: [(&str, &str, &[[&str; 3]], u32); 7] = [
            (" \u{a0}\n", "d", change, 6),
            (&"t".repeat(141), "d", change, 6),
            ("t", "", change, 6),
            ("t", &"d".repeat(5_001), change, 6),
            ("t", "d", &[], 3),
            ("t", "d", &[["bor", "k", "v"], ["", "k", "v"]], 3),
            ("t", "d", &[["bor", "k", ""]], 3),
        ];
        for (title, description, changes, expected) in wrong {
            let expected = Refusal { codespace: Codespace::Params, code: expected };
            assert_eq!(refusal(&parameters(title, description, changes)), Some(expected));
        }
        let features = FeatureChangeProposal { title: "t".into(), description: "d".into(), changes: vec![] };
        let expected = Refusal { codespace: Codespace::Feature, code: 3 };
        assert_eq!(refusal(&Content::Features(features)), Some(expected));
    }
}
