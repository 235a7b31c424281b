//! The table against figures computed by hand.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;

/// The table's rows: month, commission, shares, earned, in hand, and what happens.
fn year(arguments: &[&str]) -> Vec<Vec<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_delegate")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let row = |line: &str| {
        let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let rest = words.split_off(6).join(" ");
        words.remove(2); // the percent sign
        words.push(rest);
        words
    };
    text.lines().skip(1).take(12).map(row).collect()
}

/// A checkpoint pays 100: 10 to its proposer, 90 to the stakes 30, 20 and 20 thousand. Of the 38.5714 of validator 1 and
/// its delegators a third is Dora's, less the commission.
#[test]
fn the_year_of_a_third() {
    let year = year(&[]);
    let cell = |month: usize, column: usize| year[month - 1][column].as_str();
    // 90 · 30/70 · 1/3 · 95 % = 12.2142 a checkpoint, 30 of them a month; with 20 % commission 10.2857.
    assert_eq!([cell(1, 3), cell(3, 3), cell(4, 3)], ["366.4285", "1,099.2857", "1,407.8571"]);
    assert_eq!(cell(6, 5), "takes 1,716.4285");
    assert_eq!([cell(6, 4), cell(8, 3)], ["1,716.4285", "925.7142"]);
    // What was earned until month 9 becomes shares; half of all is sold, and paid after a month of epochs.
    assert_eq!([cell(9, 2), cell(11, 2), cell(12, 2)], ["10,925.7142", "5,462.8571", "5,462.8571"]);
    // 1,716.4285 + 665.4721 that a sale pays out + 5,462.8571
    assert_eq!([cell(11, 4), cell(12, 4)], ["2,381.9006", "7,844.7578"]);
}

#[test]
fn what_the_contract_refuses_is_told_in_its_words() {
    let year = year(&["--amount", "0", "--commission", "5", "101"]);
    let happens: Vec<&str> = year.iter().map(|row| row[5].as_str()).filter(|text| !text.is_empty()).collect();
    let expected = [
        "buys shares for 0 BTT",
        "refused: Incorrect value",
        "refused: Too small rewards amount",
        "refused: Too small rewards to restake",
        "refused: Too much requested",
        "refused: Incomplete withdrawal period",
    ];
    assert_eq!(happens, expected);
}
