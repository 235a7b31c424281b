//! Result codes.

use crate::store::CorruptEntry;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Why a phase refuses, as the reference numbers it.
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
