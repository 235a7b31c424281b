//! `verify-checkpoint PATH [PATH…]`: are these headers sealed as they claim, and is the checkpoint's root theirs?
//!
//! ```text
//! headers ── hash, seal, signer, parent, turn ──▶ verified      leaves ── tree ──▶ root = the recorded one?
//! ```
//!
//! A path is a file or a folder of files: golden vectors of the kinds `header` and `checkpoint-root`, or the
//! `headers.json` that the devnet writes. Exit status 0 when all agrees, 1 when something does not, 2 when the input
//! cannot be read.

extern crate alloc;

mod source;
mod verify;

use clap::Parser;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};
use verify::Findings;

/// Verifies headers, and rebuilds the roots of checkpoints over them.
#[derive(Parser, Debug)]
#[command(version)]
struct Arguments {
    /// Files or folders: vectors of kind "header" or "checkpoint-root", or a "headers.json" of the devnet.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Mismatches that are printed; the rest is counted.
const SHOWN: usize = 10;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let evidence = match source::read(&arguments.paths) {
        Ok(evidence) => evidence,
        Err(error) => {
            let _ = writeln!(io::stderr(), "verify-checkpoint: {error}");
            return ExitCode::from(2);
        }
    };
    let findings = verify::verify(&evidence);
    match print(&findings) {
        Ok(()) if findings.mismatches.is_empty() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn print(findings: &Findings) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if let Some((first, last)) = findings.headers {
        writeln!(
            out,
            "headers     {first}–{last}   {} sealed by {} signers, {} hashes as recorded, {} parents linked, {} turns kept",
            findings.sealed,
            findings.signers.len(),
            findings.hashes,
            findings.parents,
            findings.turns,
        )?;
    }
    for checkpoint in &findings.checkpoints {
        writeln!(
            out,
            "checkpoint  {}–{}   {} blocks in {} levels, {} of them by the headers above   root {}",
            checkpoint.range.start(),
            checkpoint.range.end(),
            checkpoint.range.blocks(),
            checkpoint.range.depth(),
            checkpoint.headers,
            checkpoint.root,
        )?;
    }
    for mismatch in findings.mismatches.iter().take(SHOWN) {
        writeln!(out, "mismatch    {mismatch}")?;
    }
    match findings.mismatches.len() {
        0 => writeln!(out, "verified"),
        count => writeln!(out, "{count} mismatches"),
    }
}
