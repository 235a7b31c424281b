//! Where a checkpoint goes.

use alloc::{borrow::ToOwned, string::String};
use bttc_core::root_chain::RootChainId;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A root chain, or one that nobody knows.
///
/// Source: `validation-layer §1.3; delivery:types/chaintype.go:3-27`.
// a message may name any root chain. All that are none of the three are number 0, and have one count, one buffer
// and one list of records, like a fourth root chain that no contract stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Destination(Option<RootChainId>);

impl Destination {
    /// None of the three.
    pub const UNKNOWN: Self = Self(None);

    /// By the name in a message, to the letter.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(RootChainId::ALL.into_iter().find(|root_chain| root_chain.name() == name))
    }

    /// The root chain; `None` for an unknown one.
    #[must_use]
    pub const fn root_chain(self) -> Option<RootChainId> {
        self.0
    }

    /// Its number, 0 for an unknown one.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self.0 {
            Some(root_chain) => root_chain.number(),
            None => 0,
        }
    }

    /// Its name, `no-chain` for an unknown one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Some(root_chain) => root_chain.name(),
            None => "no-chain",
        }
    }
}

impl From<RootChainId> for Destination {
    fn from(root_chain: RootChainId) -> Self {
        Self(Some(root_chain))
    }
}

impl From<String> for Destination {
    fn from(name: String) -> Self {
        Self::named(&name)
    }
}

impl From<Destination> for String {
    fn from(destination: Destination) -> Self {
        destination.name().to_owned()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
