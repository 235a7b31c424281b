//! Which root chain.

use alloc::{borrow::ToOwned, string::String};
use core::{fmt, str::FromStr};
use serde::{Deserialize, Serialize};

/// One of the three root chains.
///
/// Source: `validation-layer §1.3; delivery:types/chaintype.go:3-27`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RootChainId {
    /// TRON: stake, fees, epochs, and the checkpoint that rotates the proposer.
    #[serde(rename = "tron")]
    Tron,
    /// Ethereum: checkpoints, deposits, and the seed of spans.
    #[serde(rename = "eth")]
    Ethereum,
    /// BNB Smart Chain: checkpoints and deposits.
    #[serde(rename = "bsc")]
    Bsc,
}

/// A name or number that is none of the three.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("root chain {got:?} is none of tron (1), eth (2), bsc (3)")]
pub struct UnknownRootChain {
    /// What was asked for.
    pub got: String,
}

impl RootChainId {
    /// All three, by number.
    pub const ALL: [Self; 3] = [Self::Tron, Self::Ethereum, Self::Bsc];

    /// Its number in messages and contracts.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Tron => 1,
            Self::Ethereum => 2,
            Self::Bsc => 3,
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tron => "tron",
            Self::Ethereum => "eth",
            Self::Bsc => "bsc",
        }
    }
}

impl FromStr for RootChainId {
    type Err = UnknownRootChain;

    /// By the name on the wire; `ethereum` is understood too.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "tron" => Ok(Self::Tron),
            "eth" | "ethereum" => Ok(Self::Ethereum),
            "bsc" => Ok(Self::Bsc),
            _ => Err(UnknownRootChain { got: text.to_owned() }),
        }
    }
}

impl fmt::Display for RootChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
