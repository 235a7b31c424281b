//! What is wrong with a genesis file.

use crate::{module::Refusal, store::CorruptEntry};
use alloy_primitives::B256;
use bttc_core::amino::JsonError;

/// Why a file is no genesis, or a state cannot be written as one.
///
/// Where the reference has a text, it is the variant's; `module` names whose state it is about.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// It is no JSON.
    #[error("got no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The file around the modules' states is not as it should be.
    #[error("{text}")]
    Document {
        /// What is wrong; the reference's text where it has one.
        text: String,
    },
    /// A module's state is missing.
    #[error("{module}: UnmarshalJSON cannot decode empty bytes")]
    Missing {
        /// The module.
        module: &'static str,
    },
    /// A value is of another type.
    #[error("{module}: {key}: {error}")]
    Value {
        /// The module; empty for the file around.
        module: &'static str,
        /// The value's key.
        key: String,
        /// What is wrong with it.
        error: JsonError,
    },
    /// A value may not be.
    #[error("{module}: {text}")]
    Invalid {
        /// The module.
        module: &'static str,
        /// The reference's text.
        text: String,
    },
    /// The reference breaks off: an amount has too many digits, a parameter is missing, an entry does not read.
    #[error("{module}: {refusal}")]
    State {
        /// The module.
        module: &'static str,
        /// How it would answer a transaction.
        refusal: Refusal,
    },
    /// The state is not the one that was exported.
    #[error("got a state of application hash {got}, expected {expected}")]
    AppHash {
        /// That of what the file holds.
        got: B256,
        /// The one it names.
        expected: B256,
    },
}

/// What is wrong with a module's state, before it is known whose it is.
#[derive(Debug)]
pub(super) enum Wrong {
    Value { key: String, error: JsonError },
    Text(String),
    Refused(Refusal),
}

impl Wrong {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn of(self, module: &'static str) -> GenesisError {
        match self {
            Self::Value { key, error } => GenesisError::Value { module, key, error },
            Self::Text(text) => GenesisError::Invalid { module, text },
            Self::Refused(refusal) => GenesisError::State { module, refusal },
        }
    }
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<CorruptEntry> for Wrong {
    fn from(entry: CorruptEntry) -> Self {
        Self::Refused(entry.into())
    }
}
