//! The workspace's own vectors, and the public chains' where they are at hand.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

extern crate alloc;

use alloc::collections::BTreeSet;
use conformance::{FailureRecord, KINDS, Report, Runner, VectorFile, Watch};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Kinds of the public chains' data alone, without a folder under `vectors/`.
const PUBLIC_ONLY: &[&str] = &["checkpoint-record", "native-log", "proposer-sequence", "span-commit"];

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

fn known() -> BTreeSet<String> {
    KINDS.iter().map(|kind| kind.name().to_owned()).collect()
}

fn public_only() -> BTreeSet<String> {
    PUBLIC_ONLY.iter().map(|&kind| kind.to_owned()).collect()
}

/// Names in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[derive(Default)]
struct Seen {
    files: BTreeSet<PathBuf>,
    failures: Vec<String>,
}

impl Watch for Seen {
    fn file(&mut self, path: &Path) {
        self.files.insert(path.to_owned());
    }

    fn failure(&mut self, record: &FailureRecord) {
        self.failures.push(record.to_string());
    }
}

fn run(folder: &Path, kinds: BTreeSet<String>) -> (Report, Seen) {
    let mut seen = Seen::default();
    let runner = Runner::new(KINDS.iter().copied()).only(kinds);
    let report = runner.run(&[folder.to_owned()], &mut seen);
    for failure in seen.failures.iter().take(20) {
        println!("{failure}");
    }
    for (kind, tally) in &report.kinds {
        println!("{kind}: {tally}");
    }
    (report, seen)
}

#[test]
fn every_folder_is_a_known_kind() {
    let mut folders = names(&vectors());
    assert!(folders.remove("README.md"));
    assert_eq!(folders, known().difference(&public_only()).cloned().collect());
}

#[test]
fn every_case_of_a_known_kind_passes_and_every_file_is_read() {
    let (report, seen) = run(&vectors(), known());
    assert_eq!(seen.failures.len(), 0, "{report}");
    assert_eq!(report.total().unknown, 0);
    let ran: BTreeSet<String> = report.kinds.keys().cloned().collect();
    assert_eq!(ran, known().difference(&public_only()).cloned().collect());
    for kind in names(&vectors()).difference(&BTreeSet::from(["README.md".to_owned()])) {
        let folder = vectors().join(kind);
        let mut files = names(&folder);
        assert!(files.remove("SCHEMA.md"), "{kind} has no SCHEMA.md");
        for path in files.iter().map(|name| folder.join(name)) {
            assert!(seen.files.contains(&path), "{} is not read", path.display());
            if known().contains(kind) {
                assert_eq!(VectorFile::read(&path).unwrap().kind(), kind, "{}", path.display());
            }
        }
    }
}

#[test]
fn the_public_chains_agree() {
    let Some(folder) = env::var_os("BTTC_CHAIN_DATA") else {
        println!("not run: BTTC_CHAIN_DATA does not name the folder of the public chains' data");
        return;
    };
    let (report, seen) = run(Path::new(&folder), known());
    assert_eq!(seen.failures.len(), 0, "{report}");
    let ran: BTreeSet<String> = report.kinds.keys().cloned().collect();
    assert!(ran.is_superset(&public_only()), "only {ran:?} in {}", folder.display());
}
