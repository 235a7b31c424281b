//! What can be read of contracts, as a flat map.

use crate::got::Got;
use alloc::collections::BTreeMap;
use bttc_core::hash::Keccak256;
use core::fmt::{self, Write};

/// Path → value. What is zero, false or empty is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State(BTreeMap<String, Got>);

impl State {
    /// Adds an entry, unless it is zero.
    pub(crate) fn put(&mut self, path: impl fmt::Display, value: impl Into<Got>) {
        let value = value.into();
        if !is_zero(&value) {
            self.keep(path, value);
        }
    }

    /// Adds an entry, zero or not.
    pub(crate) fn keep(&mut self, path: impl fmt::Display, value: impl Into<Got>) {
        self.0.insert(path.to_string(), value.into());
    }

    /// The entry under a path; `None` for zero.
    pub(crate) fn get(&self, path: &str) -> Option<&Got> {
        self.0.get(path)
    }

    /// All of it.
    pub(crate) fn to_got(&self) -> Got {
        Got::Map(self.0.clone())
    }

    /// The entries that are not as before, `null` for one that is gone.
    pub(crate) fn changes_since<'a>(&'a self, before: &'a Self) -> Vec<(&'a str, Got)> {
        let mut changes = Vec::new();
        let mut before = before.0.iter().peekable();
        for (path, value) in &self.0 {
            while let Some((gone, _)) = before.next_if(|(old, _)| *old < path) {
                changes.push((gone.as_str(), Got::Nothing));
            }
            let old = before.next_if(|(old, _)| *old == path);
            if old.is_none_or(|(_, old)| old != value) {
                changes.push((path.as_str(), value.clone()));
            }
        }
        changes.extend(before.map(|(gone, _)| (gone.as_str(), Got::Nothing)));
        changes
    }

    /// First 8 bytes of the Keccak-256 of a line `path=value` an entry, paths in the order of their bytes.
    pub(crate) fn digest(&self) -> [u8; 8] {
        let mut text = String::new();
        for (path, value) in &self.0 {
            // Writing into a text does not fail.
            let _ = writeln!(text, "{path}={}", Line(value));
        }
        let mut hasher = Keccak256::new();
        hasher.update(text);
        let [a, b, c, d, e, f, g, h, ..] = hasher.finalize().0;
        [a, b, c, d, e, f, g, h]
    }
}

fn is_zero(value: &Got) -> bool {
    match value {
        Got::Nothing => true,
        Got::Flag(flag) => !flag,
        Got::Integer(digits) => digits == "0",
        Got::Text(text) => text.is_empty(),
        // Addresses and hashes; other bytes are zero only if there are none.
        Got::Bytes(bytes) => bytes.is_empty() || matches!(bytes.len(), 20 | 32) && bytes.iter().all(|byte| *byte == 0),
        Got::List(items) => items.is_empty(),
        Got::Number(_) | Got::Object(_) | Got::Map(_) => false,
    }
}

/// A value as the digest takes it: lists joined with commas, texts bare.
struct Line<'a>(&'a Got);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Got::Integer(text) | Got::Text(text) => f.write_str(text),
            Got::Bytes(bytes) => fmt::Display::fmt(bytes, f),
            Got::List(items) => {
                for (place, item) in items.iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    write!(f, "{comma}{}", Self(item))?;
                }
                Ok(())
            }
            other => fmt::Display::fmt(other, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::hash::keccak256;

    #[test]
    fn the_digest_is_of_the_sorted_lines_and_zeros_are_no_entries() {
        let mut state = State::default();
        state.put("b", Got::list([[0x0a], [0x0b]]));
        state.put("a.2", true);
        state.put("a.10", 7_u64);
        state.put("c", "@manager");
        for path in ["d", "e"] {
            state.put(path, 0_u64);
            state.put(path, [0; 20]);
            state.put(path, false);
        }
        let lines = "a.10=7\na.2=true\nb=0x0a,0x0b\nc=@manager\n";
        assert_eq!(state.digest(), keccak256(lines)[..8]);
    }

    #[test]
    fn changes_are_what_is_new_and_what_is_gone() {
        let (mut before, mut after) = (State::default(), State::default());
        before.put("a", 1_u64);
        before.put("b", 2_u64);
        after.put("b", 2_u64);
        after.put("c", 3_u64);
        assert_eq!(after.changes_since(&before), [("a", Got::Nothing), ("c", 3_u64.into())]);
    }
}
