//! What a message or transaction is answered with when it is not as it should be.

use serde::{Deserialize, Serialize};

/// An answer of failure in the reference's numbers and words.
///
/// Its `Display` is the text alone; [`Fault::log`] is the whole of it as it stands in a transaction's result.
///
/// Source: `validation-layer §1.7, §9.4; delivery:common/error.go:15-110`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    /// Whose numbers: `sdk` of the framework, `1` of most modules, or a module's own name.
    pub codespace: String,
    /// The number.
    pub code: u32,
    /// The words.
    pub text: String,
}

impl Fault {
    /// A number of the framework's.
    pub fn sdk(code: u32, text: impl Into<String>) -> Self {
        Self { codespace: "sdk".into(), code, text: text.into() }
    }

    /// `1`/1400: a field of the message is not as it should be.
    pub fn invalid_msg(text: impl Into<String>) -> Self {
        Self { codespace: "1".into(), code: 1_400, text: text.into() }
    }

    /// A number of a module of its own.
    pub fn of(codespace: &str, code: u32, text: impl Into<String>) -> Self {
        Self { codespace: codespace.into(), code, text: text.into() }
    }

    /// `sdk`/7: an address is missing.
    pub fn invalid_address(text: impl Into<String>) -> Self {
        Self::sdk(7, text)
    }

    /// `{"codespace":…,"code":…,"message":…}`: how a transaction's result tells it.
    ///
    /// Source: `delivery:app/app.go, cosmos-sdk types/errors.go (0.37)`.
    #[must_use]
    pub fn log(&self) -> String {
        use bttc_core::amino::Json;
        Json::Object(vec![
            ("codespace".into(), Json::Text(self.codespace.as_str().into())),
            ("code".into(), Json::Number(self.code.into())),
            ("message".into(), Json::Text(self.text.as_str().into())),
        ])
        .to_string()
    }
}

/// Why a message is not valid by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum Invalid {
    /// It is refused.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The reference's check breaks off; a node recovers, and answers with `sdk`/1.
    #[error("the check breaks off: {0}")]
    Panic(String),
}

impl Invalid {
    /// What a transaction that holds the message is answered with.
    #[must_use]
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Panic(text) => Fault::sdk(1, format!("recovered: {text}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_tells_codespace_code_and_text() {
        let fault = Fault::invalid_msg("Invalid pub key <0x00>");
        assert_eq!(fault.log(), r#"{"codespace":"1","code":1400,"message":"Invalid pub key \u003c0x00\u003e"}"#);
        assert_eq!(Invalid::Fault(fault.clone()).into_fault(), fault);
        let broken = Invalid::Panic("nil".to_owned()).into_fault();
        assert_eq!((broken.codespace.as_str(), broken.code), ("sdk", 1));
    }
}
