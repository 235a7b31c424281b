//! How JSON is spelt.

use super::Json;
use core::fmt::{self, Write as _};

/// Spacing and escapes.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Depth, where each entry has a line of its own.
    pub(super) indent: Option<usize>,
    pub(super) markup: Markup,
}

/// What becomes of `<`, `>` and `&`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    Escaped,
    Itself,
}

/// JSON whose markup is not escaped.
pub(super) struct WithMarkup<'a>(pub(super) &'a Json);

impl fmt::Display for WithMarkup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_json(self.0, Style { indent: None, markup: Markup::Itself }, f)
    }
}

impl Style {
    const fn deeper(self) -> Self {
        let indent = match self.indent {
            Some(depth) => Some(depth.saturating_add(1)),
            None => None,
        };
        Self { indent, ..self }
    }

    /// A new line of this depth.
    fn line(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(depth) = self.indent else { return Ok(()) };
        f.write_char('\n')?;
        (0..depth).try_for_each(|_| f.write_str("  "))
    }
}

pub(super) fn write_json(json: &Json, style: Style, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match json {
        Json::Null => f.write_str("null"),
        Json::Bool(value) => write!(f, "{value}"),
        Json::Number(number) => write!(f, "{number}"),
        Json::Text(text) => quoted(text.as_bytes(), style.markup, f),
        Json::List(entries) => {
            f.write_char('[')?;
            for (place, entry) in entries.iter().enumerate() {
                begin(place, style, f)?;
                write_json(entry, style.deeper(), f)?;
            }
            end(entries.is_empty(), ']', style, f)
        }
        Json::Object(entries) => {
            f.write_char('{')?;
            for (place, (key, value)) in entries.iter().enumerate() {
                begin(place, style, f)?;
                quoted(key.as_bytes(), style.markup, f)?;
                f.write_str(if style.indent.is_some() { ": " } else { ":" })?;
                write_json(value, style.deeper(), f)?;
            }
            end(entries.is_empty(), '}', style, f)
        }
    }
}

fn begin(place: usize, style: Style, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if place > 0 {
        f.write_char(',')?;
    }
    style.deeper().line(f)
}

fn end(empty: bool, bracket: char, style: Style, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !empty {
        style.line(f)?;
    }
    f.write_char(bracket)
}

fn quoted(text: &[u8], markup: Markup, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '<' | '>' | '&' if markup == Markup::Itself => f.write_char(character)?,
                '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    write!(f, "\\u{:04x}", u32::from(character))?;
                }
                _ => f.write_char(character)?,
            }
        }
        for _ in chunk.invalid() {
            f.write_str("\\ufffd")?;
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    // The expected texts are those of Go's json.Indent and of its Encoder with SetEscapeHTML(false).
    #[test]
    fn json_is_spelt_as_go_spells_it() {
        let json = Json::Object(alloc::vec![
            ("a".into(), Json::List(alloc::vec![Json::Number(1), Json::Object(alloc::vec![])])),
            ("<b>".into(), Json::List(alloc::vec![])),
            ("c".into(), Json::Text("1 < 2 & \\u003c".into())),
        ]);
        let indented = "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"\\u003cb\\u003e\": [],\n  \
                        \"c\": \"1 \\u003c 2 \\u0026 \\\\u003c\"\n}";
        assert_eq!(format!("{json:#}"), indented);
        let markup = r#"{"a":[1,{}],"<b>":[],"c":"1 < 2 & \\u003c"}"#;
        assert_eq!(json.with_markup().to_string(), markup);
    }
}
