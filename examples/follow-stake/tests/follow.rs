//! The program on its own log and on logs that are none.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn follow(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_follow-stake")).args(arguments).output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = follow(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Five stake 50, 40, 30, 20 and 10: in 150 turns each proposes as often as its power says.
#[test]
fn turns_follow_power() {
    let text = text(&["--turns", "150"]);
    let turns = text.lines().find_map(|line| line.strip_prefix("proposers: ")).unwrap();
    let count = |id: &str| turns.split(", ").filter(|turn| *turn == id).count();
    // Powers are whole tokens, thousands of them; all together are 150 thousand.
    assert_eq!(["1", "2", "3", "4", "5"].map(count), [50, 40, 30, 20, 10], "{turns}");
}

#[test]
fn a_log_that_is_written_and_read_again_says_the_same() {
    let printed = text(&["--log"]);
    let log: Vec<&str> = printed.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!(log.len(), 10); // a fee and a stake for each of five
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stake.jsonl");
    fs::write(&file, log.join("\n")).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(text(&[file]), text(&[]));

    // On the public networks everybody has power 1, so everybody's turn comes in its order.
    let public = text(&["--public", "--turns", "5", file]);
    let turns = public.lines().find_map(|line| line.strip_prefix("proposers: ")).unwrap();
    let mut ids: Vec<&str> = turns.split(", ").collect();
    ids.sort_unstable();
    assert_eq!(ids, ["1", "2", "3", "4", "5"]);
}

#[test]
fn a_line_that_is_no_log_is_named() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken.jsonl");
    fs::write(&file, "\n{\"topics\":[]}\n").unwrap();
    let output = follow(&[file.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("line 2"));
    assert!(!follow(&["no such file"]).status.success());
}
