//! Golden vectors of the reference, of which this crate answers a part: traces of the whole validation layer, and
//! encodings of its records. Kinds that it answers whole are run by the conformance program.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod amino;
mod registry;
mod vectors;
