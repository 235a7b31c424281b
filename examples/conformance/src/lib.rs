//! Runs golden vectors against the crates of the family.
//!
//! ```text
//! folders ──walk──▶ files ──read──▶ cases ──kind──▶ crates' public API ──compare──▶ passed · failed · unknown
//! ```
//!
//! A file holds the cases of one kind; a kind is one file under `kinds/`, listed in [`KINDS`]. Whatever a file holds, its
//! cases end in one of the three: a field of `expect` that is not compared fails its case, a kind that is not known
//! leaves its cases unknown, and nothing panics.
//!
//! ```
//! use conformance::{KINDS, Report, Runner, VectorFile};
//!
//! let text = br#"{ "schema": "bttc-vectors/1", "kind": "rlp", "cases": [
//!     { "name": "zero", "input": { "encoded": "0x00" }, "expect": { "value": "0x00" } },
//!     { "name": "long", "input": { "encoded": "0x8100" }, "expect": { "value": "0x00" } } ] }"#;
//! let file = VectorFile::parse("rlp.json".into(), text)?;
//!
//! let mut report = Report::default();
//! Runner::new(KINDS.iter().copied()).run_file(&file, &mut report, &mut ());
//! assert_eq!(report.to_string(), "1 passed, 1 failed, 0 unknown");
//! # Ok::<(), conformance::FileError>(())
//! ```

extern crate alloc;

mod case;
mod failure;
mod field;
mod file;
mod got;
mod json;
mod kinds;
mod layer_trace;
mod location;
mod log;
mod read;
mod replay;
mod run;
mod shelf;
mod trace;
mod walk;

pub use case::{Case, Expect};
pub use failure::Failure;
pub use field::Field;
pub use file::{FileError, MAX_BYTES, SCHEMA, VectorFile};
pub use got::Got;
pub use kinds::{KINDS, Kind, read_header};
pub use replay::{Delivery, Replay, recorded};
pub use run::{FailureRecord, Report, Runner, Tally, Watch};

/// The first example that a reader of the project meets has to compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
