//! A tenth of the power, whatever it does, costs its own turns and its own reward only.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use custom_validator::{Character, Told, run};
use std::process::Command;

const BLOCKS: u64 = 120;

fn proposed(told: &Told, name: &str) -> usize {
    told.checkpoints.iter().filter(|(_, proposer)| proposer == name).count()
}

#[test]
fn checkpoints_go_on_with_true_roots_and_only_who_signs_is_paid() {
    let honest = run(None, BLOCKS).unwrap();
    assert!(proposed(&honest, "dave") >= 1 && !honest.earned.is_zero());
    for character in [Character::Withholds, Character::Lags(0.into()), Character::Lies] {
        let (name, is_paid) = (format!("{character:?}"), matches!(character, Character::Lags(_)));
        let told = run(Some(character), BLOCKS).unwrap();
        assert!(told.checkpoints.len() * 2 > honest.checkpoints.len(), "{name}: {told}");
        assert!(["alice", "bob", "carol"].iter().all(|other| proposed(&told, other) >= 1), "{name}: {told}");
        assert_eq!(told.wrong, 0, "{name}");
        assert_eq!(!told.earned.is_zero(), is_paid, "{name}: {told}");
        // Who lags is late and no more; of the others no checkpoint comes.
        assert_eq!(proposed(&told, "dave") > 0, is_paid, "{name}: {told}");
    }
}

#[test]
fn the_program_tells_of_each_character() {
    let output = Command::new(env!("CARGO_BIN_EXE_custom-validator")).arg("30").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].starts_with("dave is honest"), "{text}");
    for (line, word) in lines.iter().zip(["is honest", "withholds", "lags", "lies"]) {
        assert!(line.contains(word) && line.contains("checkpoints up to block"), "{line}");
    }
}
