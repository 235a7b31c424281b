//! A file of vectors: one JSON object, plain or under gzip.
//!
//! ```text
//! { "schema": "bttc-vectors/1", "kind": …, "cases": [ { "name", "input": {…}, "expect": {…} }, … ] }
//! ```

use crate::{case::Case, failure::printable, json, shelf::Shelf};
use flate2::bufread::MultiGzDecoder;
use serde_json::Value;
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

/// The form this runner reads.
pub const SCHEMA: &str = "bttc-vectors/1";

/// Most bytes of JSON in one file, after decompression.
pub const MAX_BYTES: u64 = 512 << 20;

/// Vectors of one kind.
#[derive(Debug)]
pub struct VectorFile {
    path: PathBuf,
    kind: String,
    cases: Vec<Value>,
    shelf: Shelf,
}

/// Why a file cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Nothing there, no permission, no gzip.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A pipe, a device.
    #[error("is no regular file")]
    NotRegular,
    /// More than memory should hold.
    #[error("holds more than the {expected} bytes that are read")]
    TooLarge {
        /// [`MAX_BYTES`].
        expected: u64,
    },
    /// Not JSON, or a key twice.
    #[error("is not the JSON of vectors: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON of another form.
    #[error("field {field}: got {got}, expected {expected}")]
    Form {
        /// Name of the field.
        field: &'static str,
        /// What stands there.
        got: String,
        /// What should.
        expected: &'static str,
    },
}

impl VectorFile {
    /// Whether a file of this name is read: `*.json` or `*.json.gz`.
    #[must_use]
    pub fn has_name(path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.ends_with(".json") || name.ends_with(".json.gz"))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let file = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (about, file) = file?;
        if !about.is_file() {
            return Err(FileError::NotRegular);
        }
        let packed = path.extension().is_some_and(|extension| extension == "gz");
        let reader = BufReader::new(file);
        let text = if packed { limited(MultiGzDecoder::new(reader), MAX_BYTES)? } else { limited(reader, MAX_BYTES)? };
        Self::parse(path.to_owned(), &text)
    }

    /// Reads the JSON of a file; the path is where it stands, or would stand.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn parse(path: PathBuf, text: &[u8]) -> Result<Self, FileError> {
        let mut value = json::parse(text)?;
        let schema = value.get("schema").unwrap_or(&Value::Null);
        if schema != SCHEMA {
            return Err(form("schema", schema, SCHEMA));
        }
        let kind = value.get("kind").unwrap_or(&Value::Null);
        let Some(kind) = kind.as_str().filter(|kind| !kind.is_empty()).map(str::to_owned) else {
            return Err(form("kind", kind, "the name of a kind"));
        };
        let cases = value.get_mut("cases").map_or(Value::Null, Value::take);
        match cases {
            Value::Array(cases) if !cases.is_empty() => Ok(Self { path, kind, cases, shelf: Shelf::default() }),
            other => Err(form("cases", &other, "an array of cases")),
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Kind of its cases.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its cases in order, each by its name or, failing that, its place.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        let cases = self.cases.iter().enumerate();
        cases.map(|(place, value)| Case::new(self.path(), &self.shelf, place, value))
    }
}

fn form(field: &'static str, got: &Value, expected: &'static str) -> FileError {
    FileError::Form {
        field,
        got: match got {
            Value::Null => "nothing".to_owned(),
            other => printable(&other.to_string(), 100),
        },
        expected,
    }
}

fn limited(reader: impl Read, most: u64) -> Result<Vec<u8>, FileError> {
    let mut text = Vec::new();
    let read = reader.take(most.saturating_add(1)).read_to_end(&mut text)?;
    if u64::try_from(read).is_ok_and(|read| read <= most) {
        Ok(text)
    } else {
        Err(FileError::TooLarge { expected: most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_without_end_is_given_up() {
        assert!(matches!(limited(io::repeat(b' '), 1_000), Err(FileError::TooLarge { expected: 1_000 })));
        assert_eq!(limited(io::repeat(b' ').take(1_000), 1_000).map(|text| text.len()).ok(), Some(1_000));
    }

    #[test]
    fn a_file_of_another_form_is_refused_by_the_field() {
        for (text, field) in [
            ("[]", "schema"),
            (r#"{"schema":"bttc-vectors/2","kind":"rlp","cases":[{}]}"#, "schema"),
            (r#"{"schema":"bttc-vectors/1","kind":7,"cases":[{}]}"#, "kind"),
            (r#"{"schema":"bttc-vectors/1","kind":"rlp"}"#, "cases"),
            (r#"{"schema":"bttc-vectors/1","kind":"rlp","cases":[]}"#, "cases"),
            (r#"{"schema":"bttc-vectors/1","kind":"rlp","cases":{"a":{}}}"#, "cases"),
        ] {
            let error = VectorFile::parse(PathBuf::new(), text.as_bytes()).unwrap_err();
            assert!(matches!(error, FileError::Form { field: got, .. } if got == field), "{text}: {error}");
        }
    }
}
