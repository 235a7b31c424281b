//! The chain that the program runs comes out as without the watcher, and the watcher saw all of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;

#[test]
fn the_gas_of_every_block_is_in_the_book_once() {
    let output = Command::new(env!("CARGO_BIN_EXE_custom-executor")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let gas = |named: &str| text.lines().find(|line| line.contains(named)).unwrap().split_whitespace().nth(1).unwrap();
    assert!(text.starts_with("3 blocks\n"), "{text}");
    // Three empty creations and three plain transfers: Ethereum's 53,000 and 21,000 each. Blocks are built and imported,
    // and only what was imported counts.
    assert_eq!((gas("creations"), gas("0xEeee")), ("159000", "63000"));
}
