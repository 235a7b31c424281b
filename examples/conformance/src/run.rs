//! Runs every case of the files below the paths, and counts.

use crate::{
    case::Case,
    failure::{Failure, printable},
    file::{FileError, VectorFile},
    kinds::Kind,
    walk::walk,
};
use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Which kinds are known, and which cases to run.
#[derive(Clone, Debug)]
pub struct Runner<'k> {
    kinds: Vec<&'k dyn Kind>,
    only: BTreeSet<String>,
    case: Option<String>,
    keep: usize,
}

impl<'k> Runner<'k> {
    /// A runner that knows these kinds and runs all cases.
    pub fn new(kinds: impl IntoIterator<Item = &'k dyn Kind>) -> Self {
        Self { kinds: kinds.into_iter().collect(), only: BTreeSet::new(), case: None, keep: 5 }
    }

    /// Passes over the files of all kinds but those named so.
    #[must_use]
    pub fn only(mut self, kinds: impl IntoIterator<Item = String>) -> Self {
        self.only.extend(kinds);
        self
    }

    /// Passes over the cases whose name does not hold this text, or, where it starts with `=`, is not the rest of it.
    #[must_use]
    pub fn case(mut self, pattern: Option<String>) -> Self {
        self.case = pattern;
        self
    }

    /// Keeps this many failures of each kind in the report; 5 unless told.
    #[must_use]
    pub fn keep(mut self, failures: usize) -> Self {
        self.keep = failures;
        self
    }

    /// Whether some cases are passed over.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        !self.only.is_empty() || self.case.is_some()
    }

    /// Runs all there is below the paths: folders, with all below them, and files of vectors.
    pub fn run(&self, paths: &[PathBuf], watch: &mut dyn Watch) -> Report {
        let found = walk(paths);
        watch.found(found.files.len());
        let mut report = Report::default();
        for (path, error) in found.errors {
            self.broken(&mut report, watch, &path, &FileError::Read(error));
        }
        for path in found.files {
            watch.file(&path);
            match VectorFile::read(&path) {
                Ok(file) => self.run_file(&file, &mut report, watch),
                Err(error) => self.broken(&mut report, watch, &path, &error),
            }
        }
        report
    }

    /// Runs the cases of one file.
    pub fn run_file(&self, file: &VectorFile, report: &mut Report, watch: &mut dyn Watch) {
        if !self.only.is_empty() && !self.only.contains(file.kind()) {
            return;
        }
        let kind = self.kinds.iter().find(|kind| kind.name() == file.kind());
        let tally = report.kinds.entry(printable(file.kind(), 60)).or_default();
        for case in file.cases().filter(|case| self.selects(&case.name())) {
            let outcome = case.form().and_then(|()| match kind {
                Some(kind) => run_case(*kind, &case).map(|()| Verdict::Passed),
                None => Ok(Verdict::Unknown),
            });
            match outcome {
                Ok(Verdict::Passed) => tally.passed += 1,
                Ok(Verdict::Unknown) => tally.unknown += 1,
                Err(failure) => {
                    let record = FailureRecord {
                        kind: printable(file.kind(), 60),
                        file: file.path().to_owned(),
                        case: Some(printable(&case.name(), 200)),
                        failure,
                    };
                    tally.fail(record, self.keep, watch);
                }
            }
        }
    }

    fn selects(&self, name: &str) -> bool {
        self.case.as_ref().is_none_or(|pattern| match pattern.strip_prefix('=') {
            Some(exact) => name == exact,
            None => name.contains(pattern),
        })
    }

    fn broken(&self, report: &mut Report, watch: &mut dyn Watch, path: &Path, error: &FileError) {
        let record = FailureRecord {
            kind: Report::FILES.to_owned(),
            file: path.to_owned(),
            case: None,
            failure: Failure::new("file", error, "a file of vectors"),
        };
        let tally = report.kinds.entry(Report::FILES.to_owned()).or_default();
        tally.fail(record, self.keep, watch);
    }
}

enum Verdict {
    Passed,
    Unknown,
}

fn run_case(kind: &dyn Kind, case: &Case<'_>) -> Result<(), Failure> {
    kind.run(case)?;
    case.all_checked()
}

/// Told how a run goes on. The command line draws a bar and writes lines; `()` looks away.
pub trait Watch {
    /// So many files will be read.
    fn found(&mut self, files: usize) {
        let _ = files;
    }

    /// This one is next.
    fn file(&mut self, path: &Path) {
        let _ = path;
    }

    /// This failed.
    fn failure(&mut self, record: &FailureRecord) {
        let _ = record;
    }
}

impl Watch for () {}

/// The counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By kind; files that could not be run stand under [`Report::FILES`].
    pub kinds: BTreeMap<String, Tally>,
}

impl Report {
    /// Stands in the place of a kind for files that could not be run.
    pub const FILES: &'static str = "(files)";

    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.kinds.values().fold(Tally::default(), |sum, tally| Tally {
            passed: sum.passed + tally.passed,
            failed: sum.failed + tally.failed,
            unknown: sum.unknown + tally.unknown,
            failures: Vec::new(),
        })
    }

    /// Whether nothing failed and nothing was unknown.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let total = self.total();
        total.failed == 0 && total.unknown == 0
    }
}

impl fmt::Display for Report {
    /// The line that closes a run.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.total(), f)
    }
}

/// Cases by outcome.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tally {
    /// Met every expectation.
    pub passed: u64,
    /// Did not.
    pub failed: u64,
    /// Were not run, because nothing here knows their kind.
    pub unknown: u64,
    /// The first failures.
    #[serde(skip)]
    pub failures: Vec<FailureRecord>,
}

impl Tally {
    fn fail(&mut self, record: FailureRecord, keep: usize, watch: &mut dyn Watch) {
        watch.failure(&record);
        self.failed += 1;
        if self.failures.len() < keep {
            self.failures.push(record);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} unknown", self.passed, self.failed, self.unknown)
    }
}

/// What failed where.
#[derive(Clone, Debug, Serialize)]
pub struct FailureRecord {
    /// The kind, or [`Report::FILES`].
    pub kind: String,
    /// The file.
    #[serde(serialize_with = "lossy")]
    pub file: PathBuf,
    /// Name of the case; `None` where the file as a whole could not be run.
    pub case: Option<String>,
    /// How.
    #[serde(flatten)]
    pub failure: Failure,
}

fn lossy<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

impl fmt::Display for FailureRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = printable(&self.file.display().to_string(), 1_000);
        match &self.case {
            Some(case) => write!(f, "{file}: {case}: {}", self.failure),
            None => write!(f, "{file}: {}", self.failure.got),
        }
    }
}
