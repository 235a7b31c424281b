//! The program against draws of the reference.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::{Command, Output};

fn next_span(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_next-span")).args(arguments).output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = next_span(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

// vectors/producer-selection: "new-skewed" and "old-skewed".
const SKEWED: [&str; 15] = [
    "--seed",
    "0x32329639c0fde0323912845a36d37fa00a80ea68e728c32cc587a64b23e0f1b2",
    "1",
    "10",
    "100",
    "1000",
    "10000",
    "1",
    "10",
    "100",
    "1000",
    "10000",
    "5",
    "6",
    "7",
];

#[test]
fn both_rules_draw_what_the_reference_draws() {
    let weighted = text(&SKEWED);
    assert!(weighted.lines().next().unwrap().ends_with("drawn 5, 5, 10, 5, 10, 10, 9, 10, 5, 5, 10"), "{weighted}");
    let shuffle = text(&[&["--rule", "shuffle"], &SKEWED[..]].concat());
    assert!(shuffle.lines().next().unwrap().ends_with("drawn 5, 5, 10, 10, 10, 10, 10, 5, 10, 10, 5"), "{shuffle}");
}

#[test]
fn slots_won_add_up() {
    let table = text(&["--spans", "20", "--slots", "5", "3", "2", "1", "1", "1", "1"]);
    let won =
        table.lines().skip_while(|line| !line.starts_with("validator")).skip(1).take_while(|line| !line.is_empty());
    let won: u64 = won.map(|line| line.split_whitespace().nth(4).unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(won, 100);
}

#[test]
fn a_power_of_nothing_is_refused() {
    assert_eq!(next_span(&["0"]).status.code(), Some(2));
    assert!(String::from_utf8(next_span(&["--seed", "0x12", "1"]).stderr).unwrap().contains("--seed"));
}
