//! What became of the cases.

use crate::{case, case::FORK, fixture::Fixture};
use std::collections::BTreeMap;

/// The verdicts of one file or of many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases that came out as they must.
    pub passed: usize,
    /// Those that did not.
    pub failures: Vec<Failure>,
    /// What was not run.
    pub skipped: Vec<Skipped>,
}

/// A case that came out wrong, or a file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The test's name and the place in its table of outcomes; empty for a whole file.
    pub case: String,
    /// What is wrong.
    pub reason: String,
}

/// What was not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The test's name, with the place in its table where it is one case.
    pub case: String,
    /// Why not.
    pub reason: &'static str,
}

impl Report {
    /// Takes over the verdicts of another.
    pub fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failures.extend(other.failures);
        self.skipped.extend(other.skipped);
    }

    fn fail(&mut self, case: String, reason: impl ToString) {
        self.failures.push(Failure { case, reason: reason.to_string() });
    }
}

/// Runs every case of one file.
#[must_use]
pub fn run_file(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    match serde_json::from_slice::<BTreeMap<String, Fixture>>(bytes) {
        Ok(fixtures) => fixtures.iter().for_each(|(name, fixture)| run_fixture(name, fixture, &mut report)),
        Err(error) => report.fail(String::new(), error),
    }
    report
}

fn run_fixture(name: &str, fixture: &Fixture, report: &mut Report) {
    let Some(outcomes) = fixture.post.get(FORK) else {
        report.skipped.push(Skipped { case: name.into(), reason: "has no outcome for Berlin" });
        return;
    };
    let (state, block) = match (case::state(fixture), case::block(&fixture.env)) {
        (Ok(state), Ok(block)) => (state, block),
        (Err(error), _) | (_, Err(error)) => {
            (0..outcomes.len()).for_each(|i| report.fail(format!("{name} [{i}]"), &error));
            return;
        }
    };
    for (i, outcome) in outcomes.iter().enumerate() {
        let case = format!("{name} [{i}]");
        let Some(encoded) = &outcome.txbytes else {
            report.skipped.push(Skipped { case, reason: "carries no encoded transaction" });
            continue;
        };
        match case::run(&state, &block, encoded, outcome) {
            Ok(()) => report.passed = report.passed.saturating_add(1),
            Err(mismatch) => report.fail(case, mismatch),
        }
    }
}
