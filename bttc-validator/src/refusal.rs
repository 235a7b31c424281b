//! What a message or transaction is answered with when it is refused: a code, whose code it is, and the words.

use crate::store::CorruptEntry;
use bttc_core::amino::Json;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Why a transaction is refused, as the reference numbers it.
///
/// Source: `validation-layer §9.4; delivery:common/error.go:15-78`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[error("codespace {codespace}, code {code}")]
pub struct Refusal {
    /// Whose numbers.
    pub codespace: Codespace,
    /// The number.
    pub code: u32,
}

/// Whose numbers a code is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Codespace {
    /// The framework's: `sdk`.
    Sdk,
    /// The common one of most modules: `1`.
    Common,
    /// That of coins: `bank`.
    Bank,
    /// That of fee accounts: `topup`.
    Topup,
    /// That of governance: `gov`.
    Gov,
    /// That of changes of parameters: `params`.
    Params,
    /// That of changes of features: `feature`.
    Feature,
}

impl Codespace {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sdk => "sdk",
            Self::Common => "1",
            Self::Bank => "bank",
            Self::Topup => "topup",
            Self::Gov => "gov",
            Self::Params => "params",
            Self::Feature => "feature",
        }
    }
}

impl fmt::Display for Codespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Refusal {
    /// `sdk`: the reference panics, and recovers.
    pub const INTERNAL: Self = Self::sdk(1);
    /// `sdk`: a message that the module has no handler for.
    pub const UNKNOWN_REQUEST: Self = Self::sdk(6);
    /// `sdk`: an address that may not be.
    pub const INVALID_ADDRESS: Self = Self::sdk(7);
    /// `sdk`: less there than is to be taken.
    pub const INSUFFICIENT_COINS: Self = Self::sdk(10);
    /// `sdk`: an amount that may not be.
    pub const INVALID_COINS: Self = Self::sdk(11);
    /// Coins may not be sent.
    pub const SEND_DISABLED: Self = Self { codespace: Codespace::Bank, code: 101 };
    /// The message is not as it should be.
    pub const INVALID_MSG: Self = Self::common(1_400);
    /// The root event was seen already.
    pub const OLD_TX: Self = Self::common(1_401);
    /// The checkpoint is not as it should be.
    pub const BAD_BLOCK_INPUT: Self = Self::common(1_501);
    /// The ack is not as it should be.
    pub const BAD_ACK: Self = Self::common(1_502);
    /// Another one waits for its ack.
    pub const NO_ACK: Self = Self::common(1_503);
    /// No validator of this id.
    pub const NO_VALIDATOR: Self = Self::common(2_501);
    /// It has left already.
    pub const UNBONDED: Self = Self::common(2_504);
    /// It has joined already.
    pub const JOINED: Self = Self::common(2_507);
    /// The transaction is not there, or not deep enough.
    pub const WAIT: Self = Self::common(2_510);
    /// The transaction's log is not the event.
    pub const DECODE: Self = Self::common(2_512);
    /// The new signer is the old one.
    pub const SAME_SIGNER: Self = Self::common(2_513);
    /// The nonce is not the next one.
    pub const NONCE: Self = Self::common(2_514);
    /// The span does not continue the last one.
    pub const SPAN_GAP: Self = Self::common(3_501);
    /// There is no span.
    pub const NO_SPAN: Self = Self::common(3_503);
    /// For another side chain.
    pub const CHAIN_ID: Self = Self::common(3_506);
    /// The span is not as long as spans are.
    pub const SPAN_DURATION: Self = Self::common(3_507);
    /// The state record is there already.
    pub const RECORD_SYNCED: Self = Self::common(5_400);
    /// The state record cannot be written.
    pub const RECORD_UPDATE: Self = Self::common(5_402);
    /// The verdict is not yes.
    pub const NOT_APPROVED: Self = Self::common(5_502);
    /// The validator is still barred.
    pub const UNJAIL: Self = Self::common(6_502);
    /// What is to be slashed is not what the message says.
    pub const SLASH_INFO: Self = Self::common(6_503);
    /// The tick is not the next one.
    pub const TICK_GAP: Self = Self::common(6_504);
    /// The tick's acknowledgement is not that of the last one.
    pub const TICK_ACK_GAP: Self = Self::common(6_505);
    /// A root chain that nothing is known of.
    pub const WRONG_ROOT_CHAIN: Self = Self::common(6_506);

    /// A code of the framework's.
    #[must_use]
    pub const fn sdk(code: u32) -> Self {
        Self { codespace: Codespace::Sdk, code }
    }

    /// A code of the common codespace.
    #[must_use]
    pub const fn common(code: u32) -> Self {
        Self { codespace: Codespace::Common, code }
    }

    /// The same code of another codespace.
    #[must_use]
    pub const fn of(self, codespace: Codespace) -> Self {
        Self { codespace, code: self.code }
    }
}

impl From<CorruptEntry> for Refusal {
    fn from(_: CorruptEntry) -> Self {
        Self::INTERNAL
    }
}

/// A refusal and its words, as the reference says them.
///
/// Its `Display` is the text alone; [`Fault::log`] is the whole of it as it stands in a transaction's result.
///
/// Source: `validation-layer §1.7, §9.4; delivery:common/error.go:15-110`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    /// The number, and whose it is.
    pub refusal: Refusal,
    /// The words.
    pub text: String,
}

impl Fault {
    /// A number of the framework's.
    pub fn sdk(code: u32, text: impl Into<String>) -> Self {
        Self { refusal: Refusal::sdk(code), text: text.into() }
    }

    /// `1`/1400: a field of the message is not as it should be.
    pub fn invalid_msg(text: impl Into<String>) -> Self {
        Self { refusal: Refusal::INVALID_MSG, text: text.into() }
    }

    /// A number of a module of its own.
    pub fn of(codespace: Codespace, code: u32, text: impl Into<String>) -> Self {
        Self { refusal: Refusal { codespace, code }, text: text.into() }
    }

    /// `sdk`/7: an address is missing.
    pub fn invalid_address(text: impl Into<String>) -> Self {
        Self { refusal: Refusal::INVALID_ADDRESS, text: text.into() }
    }

    /// `{"codespace":…,"code":…,"message":…}`: how a transaction's result tells it.
    ///
    /// Source: `delivery:app/app.go, cosmos-sdk types/errors.go:246-262 (0.37)`.
    #[must_use]
    pub fn log(&self) -> String {
        Json::Object(vec![
            ("codespace".into(), Json::Text(self.refusal.codespace.name().into())),
            ("code".into(), Json::Number(self.refusal.code.into())),
            ("message".into(), Json::Text(self.text.as_str().into())),
        ])
        .with_markup()
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

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        fault.refusal
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        invalid.into_fault().refusal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_tells_codespace_code_and_text() {
        let fault = Fault::invalid_msg("Invalid pub key <0x00>");
        assert_eq!(fault.log(), r#"{"codespace":"1","code":1400,"message":"Invalid pub key <0x00>"}"#);
        assert_eq!(Invalid::Fault(fault.clone()).into_fault(), fault);
        let broken = Invalid::Panic("nil".to_owned()).into_fault();
        assert_eq!(broken.refusal, Refusal::INTERNAL);
    }
}
