//! A part of the archive; `scripts/state-tests.sh` runs all of it.

use state_tests::{Report, run_file, visit};
use std::{env, path::PathBuf};

/// Every so many files one is run.
const STRIDE: usize = 20;

/// The folder whose tests say by their name that they take long; the script runs it too.
const SLOW: &str = "stTimeConsuming";

#[test]
fn a_part_of_the_archive_passes() {
    let Some(data) = env::var_os("BTTC_CHAIN_DATA") else {
        println!("not run: BTTC_CHAIN_DATA does not name the folder of the public chains' data");
        return;
    };
    let archive = PathBuf::from(data).join("state-tests/berlin.tar.gz");
    let (mut sum, mut files) = (Report::default(), 0_usize);
    visit(&archive, &mut |name, bytes| {
        if files.is_multiple_of(STRIDE) && !name.starts_with(SLOW) {
            sum.add(run_file(bytes));
        }
        files += 1;
    })
    .unwrap();
    assert!(sum.passed > 0);
    assert_eq!((sum.failures, sum.skipped), (vec![], vec![]));
}

#[test]
fn what_is_no_fixture_fails_by_itself() {
    let report = run_file(b"{ \"a\": 1 }");
    assert_eq!((report.passed, report.failures.len()), (0, 1));
    assert!(visit(&PathBuf::from("no such file.json"), &mut |_, _| ()).is_err());
}
