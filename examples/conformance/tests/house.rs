//! The rules of the house that no compiler checks: who may import whom, and that what the documents say is there is there.

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Longest Rust file, in lines. A file is one noun; past this it is several.
const MOST_LINES: usize = 800;

/// The repository, or `None` where this package stands without it.
fn repository() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    (root.join(".git").exists() && root.join("bttc-core/Cargo.toml").exists()).then_some(root)
}

/// The text files of the repository: path from its root, text. Ignored files are left out.
fn texts(root: &Path) -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .expect("git lists the files of its repository");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    String::from_utf8(listed.stdout)
        .expect("paths are UTF-8")
        .split_terminator('\0')
        .filter_map(|path| Some((path.to_owned(), fs::read_to_string(root.join(path)).ok()?)))
        .collect()
}

/// The Rust files among them, this one left out: it names what it looks for.
fn rust(root: &Path) -> impl Iterator<Item = (String, String)> {
    texts(root).into_iter().filter(|(path, _)| path.ends_with(".rs") && !path.ends_with("tests/house.rs"))
}

/// What a package depends on, tests and build scripts included.
fn dependencies(root: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let told = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root)
        .output()
        .expect("cargo describes its workspace");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("cargo writes JSON");
    let name = |value: &serde_json::Value| value["name"].as_str().expect("has a name").to_owned();
    let list = |value: &serde_json::Value| value.as_array().expect("is a list").clone();
    list(&told["packages"])
        .iter()
        .map(|package| (name(package), list(&package["dependencies"]).iter().map(name).collect()))
        .collect()
}

#[test]
fn siblings_never_import_each_other() {
    let Some(root) = repository() else { return };
    let all = dependencies(&root);
    let allowed: [(&str, &[&str]); 5] = [
        ("bttc-core", &[]),
        ("bttc-staking", &["bttc-core"]),
        ("bttc-checkpoint", &["bttc-core"]),
        ("bttc-evm", &["bttc-core"]),
        ("bttc-validator", &["bttc-core", "bttc-staking", "bttc-checkpoint", "bttc-evm"]),
    ];
    for (package, allowed) in allowed {
        for dependency in &all[package] {
            // Whatever else the workspace holds stands above the family: nothing in the family may reach up to it. A
            // package that names itself switches features on for its tests.
            let ours = dependency != package && all.contains_key(dependency);
            assert!(
                !ours || allowed.contains(&dependency.as_str()),
                "{package} depends on {dependency}; only {allowed:?} may be"
            );
        }
    }
}

#[test]
fn every_path_in_the_readme_s_concept_table_exists() {
    let Some(root) = repository() else { return };
    let readme = fs::read_to_string(root.join("README.md")).expect("there is a README");
    let rows: Vec<&str> = readme
        .lines()
        .skip_while(|line| *line != "| concept | where it lives |")
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .collect();
    assert!(!rows.is_empty(), "the README has no table `| concept | where it lives |`");
    for row in rows {
        let place = row.trim_matches('|').rsplit('|').next().unwrap_or_default();
        let paths: Vec<&str> = place.split('`').skip(1).step_by(2).collect();
        assert!(!paths.is_empty(), "no path in backticks in {row:?}");
        for path in paths {
            assert!(root.join(path).exists(), "{path} of {row:?} is not there");
        }
    }
}

/// The digits at the start of a text.
fn digits(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
}

/// Numbers that stand between these two in a line.
fn numbers<'a>(line: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    line.split(before).skip(1).filter_map(move |rest| {
        let number = digits(rest);
        (!number.is_empty() && rest[number.len()..].starts_with(after)).then_some(number)
    })
}

#[test]
fn every_quirk_has_a_row_a_comment_and_a_test() {
    let Some(root) = repository() else { return };
    let page = fs::read_to_string(root.join("docs/quirks.md")).expect("docs/quirks.md lists the quirks");
    let mut rows = BTreeSet::new();
    for row in page.lines().filter(|line| line.starts_with("| Q-")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let number = digits(&cells[0][2..]);
        assert!(cells.len() == 4 && cells[0].len() == number.len() + 2, "malformed: {row}");
        assert!(rows.insert((cells[1].to_owned(), number.to_owned())), "Q-{number} stands twice");
    }

    let (mut comments, mut tests) = (BTreeSet::new(), BTreeSet::new());
    for (path, text) in rust(&root) {
        let home = path.split('/').next().unwrap_or_default();
        for line in text.lines() {
            let comment = line.split_once("//").map_or("", |(_, comment)| comment);
            comments.extend(numbers(comment, "Q-", ":").map(|n| (home.to_owned(), n.to_owned())));
            tests.extend(numbers(line, "fn q", "_").map(ToOwned::to_owned));
        }
    }
    let odd: Vec<_> = rows.symmetric_difference(&comments).collect();
    assert!(odd.is_empty(), "only in docs/quirks.md or only as `// Q-nn:` in the code: {odd:?}");
    let listed: BTreeSet<String> = rows.into_iter().map(|(_, number)| number).collect();
    let odd: Vec<_> = listed.symmetric_difference(&tests).collect();
    assert!(odd.is_empty(), "only in docs/quirks.md or only as a test named `qnn_…`: {odd:?}");
}

#[test]
fn no_text_names_a_place_of_one_machine() {
    let Some(root) = repository() else { return };
    let relative = concat!("..", "/shared");
    let absolute = ["work", "root", "home", "Users"].map(|folder| format!("/{folder}/"));
    for (path, text) in texts(&root) {
        if path == ".ci/run" {
            continue; // it is what knows the machine
        }
        for (number, line) in (1..).zip(text.lines()) {
            let starts_a_path =
                |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-/)}*>:".contains(c));
            let found = line.contains(relative)
                || absolute.iter().any(|folder| line.match_indices(folder.as_str()).any(|(at, _)| starts_a_path(at)));
            assert!(!found, "{path}:{number}: {line}");
        }
    }
}

#[test]
fn no_rust_file_is_longer_than_one_noun() {
    let Some(root) = repository() else { return };
    for (path, text) in rust(&root) {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{path}: {lines} lines, at most {MOST_LINES}");
    }
}

/// The text from an opening `#[` or `#![` to the bracket that closes it.
fn attribute(text: &str) -> &str {
    let mut open = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => open += 1,
            ']' if open == 1 => return &text[..=at],
            ']' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    text
}

#[test]
fn every_lint_exception_has_a_reason() {
    let Some(root) = repository() else { return };
    for (path, text) in rust(&root) {
        let starts = text.match_indices('#').map(|(at, _)| at);
        for at in starts.filter(|at| text[*at..].starts_with("#[") || text[*at..].starts_with("#![")) {
            let attribute = attribute(&text[at..]);
            let lifts = ["allow(", "expect("].iter().any(|lift| {
                attribute.match_indices(lift).any(|(at, _)| attribute[..at].ends_with(['[', ' ', '(', ',']))
            });
            assert!(!lifts || attribute.contains("reason = \""), "{path}: no `reason = \"…\"` in {attribute}");
        }
    }
    for (path, text) in texts(&root) {
        if !path.ends_with("Cargo.toml") {
            continue;
        }
        for line in text.lines().filter(|line| line.contains("\"allow\"")) {
            assert!(line.contains('#'), "{path}: no reason beside {line}");
        }
    }
}
