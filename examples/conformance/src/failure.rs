//! Why a case failed: which field, what came out, what was recorded.

use core::fmt;
use serde::Serialize;

/// The first thing that is wrong with a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Path of the field, as in `expect.validators[3].signer`.
    pub field: String,
    /// What came out, or what stands there.
    pub got: String,
    /// What was recorded, or what should stand there.
    pub expected: String,
}

impl Failure {
    /// Characters kept of each text.
    const TEXT: usize = 300;

    /// A failure at a field. The texts are cut to a readable length and hold no control characters.
    #[must_use]
    pub fn new(field: impl fmt::Display, got: impl fmt::Display, expected: impl fmt::Display) -> Self {
        Self {
            field: printable(&field.to_string(), Self::TEXT),
            got: printable(&got.to_string(), Self::TEXT),
            expected: printable(&expected.to_string(), Self::TEXT),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: got {}, expected {}", self.field, self.got, self.expected)
    }
}

/// The text in one line of at most so many characters: what a file holds must not move the cursor of a terminal.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == limit {
            out.push_str(&format!("… ({} bytes in all)", text.len()));
            break;
        }
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_file_stay_in_one_short_line() {
        let failure = Failure::new("expect.root", "a\n1 passed", "é".repeat(1_000));
        assert_eq!(failure.got, "a\\n1 passed");
        assert!(failure.expected.ends_with("é… (2000 bytes in all)"));
    }
}
