//! Events: what an accepted message tells those who watch the chain.

use super::Context;
use crate::store::StoreName;
use core::fmt::{self, Display};
use serde::{Deserialize, Serialize};

/// An event: its type and its attributes in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its type.
    pub kind: String,
    /// Keys and values; a key may come twice.
    pub attributes: Vec<(String, String)>,
}

impl Event {
    /// An event without attributes.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self { kind: kind.to_owned(), attributes: Vec::new() }
    }

    /// How the event of a message begins that was just admitted.
    #[must_use]
    pub fn admitted(kind: &str, module: StoreName) -> Self {
        Self::new(kind).with("module", module)
    }

    /// How the event of a message begins that more than two thirds said yes to.
    #[must_use]
    pub fn settled(kind: &str, module: StoreName, context: &Context<'_>) -> Self {
        let event = Self::new(kind).with("action", kind).with("module", module);
        event.with("txhash", context.tx_hash()).with("side-tx-result", "Yes")
    }

    /// The same with one more attribute.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Display) -> Self {
        self.attributes.push((key.to_owned(), value.to_string()));
        self
    }

    /// The first attribute of this key.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }
}

/// Type, then attributes.
impl Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        self.attributes.iter().try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}
