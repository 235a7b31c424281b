//! `state-tests PATH [PATH…]`: runs Ethereum's general state tests on this chain's executor, its own logs switched off.
//!
//! A line a file with failures, a line a failure below it, what was skipped and why, and the sum on the last line. Exit
//! status 0 when cases ran and none failed, 1 otherwise, 2 for a wrong command line.

use clap::Parser;
use state_tests::{FORK, Report, run_file, visit};
use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

/// Runs the Berlin part of Ethereum's general state tests.
#[derive(Parser, Debug)]
#[command(version)]
struct Arguments {
    /// Folders, .tar.gz archives, or .json files.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let mut sum = Report::default();
    let mut unread = false;
    for path in Arguments::parse().paths {
        let visited = visit(&path, &mut |name, bytes| {
            let report = run_file(bytes);
            if !report.failures.is_empty() {
                println!("{}: {} failed, {} passed", name.display(), report.failures.len(), report.passed);
                report.failures.iter().for_each(|failure| println!("  {}: {}", failure.case, failure.reason));
            }
            sum.add(report);
        });
        if let Err(error) = visited {
            println!("{error}");
            unread = true;
        }
    }
    let mut reasons = BTreeMap::new();
    for skipped in &sum.skipped {
        let names: &mut Vec<_> = reasons.entry(skipped.reason).or_default();
        names.push(&skipped.case);
    }
    for (reason, names) in reasons {
        println!("skipped, {reason}: {}", names.len());
        names.iter().for_each(|name| println!("  {name}"));
    }
    println!("{FORK}: {} passed, {} failed, {} skipped", sum.passed, sum.failures.len(), sum.skipped.len());
    if unread || sum.passed == 0 || !sum.failures.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
