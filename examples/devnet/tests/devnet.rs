//! The program as people run it: what it tells, what it refuses, how it ends.

#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Command, Stdio},
};

/// How a run ended.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn program(arguments: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_devnet"));
    program.args(arguments.split_whitespace());
    program
}

fn run(arguments: &str) -> Ended {
    let output = program(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A run that ends well.
fn told(arguments: &str) -> String {
    let Ended { code, out, err } = run(arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{arguments}\n{out}");
    out
}

/// Its lines as JSON.
fn lines(arguments: &str) -> Vec<Value> {
    let out = told(&format!("{arguments} --json"));
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An empty folder of the test's own.
fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("devnet").join(test);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// Whether these texts stand in this order, each in a line of its own.
fn in_order(out: &str, texts: &[&str]) {
    let mut lines = out.lines();
    for text in texts {
        assert!(lines.any(|line| line.contains(text)), "no {text:?} in its place:\n{out}");
    }
}

#[test]
fn the_whole_loop_is_shown_and_twice_the_same() {
    let out = told("--fast --blocks 90");
    in_order(
        &out,
        &[
            "BTTC devnet · chain 15001 · 4 validators",
            "alice 40 %  bob 30 %  carol 20 %  dave 10 %",
            "deposits 10 BTT",
            "becomes record 1",
            "→ 10 BTT to 0x",
            "3 BTT at block",
            "blocks 0–63   root 0x",
            "blocks 0–63   rewards alice",
            "3 BTT paid to T",
            "EXIT_ALREADY_PROCESSED",
            "checkpoint 1 is on TRON",
            "90 blocks, 1 checkpoint, epoch 2, head 0x",
        ],
    );
    assert!(out.contains("span 1 ") && out.contains("signed by 100 % of the power"), "{out}");
    assert!(out.contains("all copies equal, supply conserved"), "{out}");
    assert_eq!(told("--fast --blocks 90"), out);
    let other = told("--fast --blocks 90 --seed 8");
    assert!(other.contains("seed 8") && other.contains("EXIT_ALREADY_PROCESSED"));
    let head = |out: &str| out.split("head 0x").nth(1).unwrap().to_owned();
    assert_ne!(head(&other), head(&out));
}

#[test]
fn every_line_for_machines_is_an_object_with_place_event_and_text() {
    let lines = lines("--fast --blocks 90");
    assert!(lines.len() > 15);
    for line in &lines {
        let place = line["place"].as_str().unwrap();
        assert!(["tron", "layer", "chain", "devnet"].contains(&place), "{line}");
        assert!(["event", "text"].iter().all(|field| !line[field].as_str().unwrap().is_empty()), "{line}");
    }
    let of = |event: &str| lines.iter().find(|line| line["event"] == event).unwrap_or_else(|| panic!("no {event}"));
    assert_eq!(of("stake")["data"]["validators"].as_array().unwrap().len(), 4);
    assert_eq!(of("checkpoint")["data"]["range"]["end"], 63);
    assert_eq!(of("record")["data"]["id"], 1);
    assert_eq!(of("accepted")["data"]["rewards"].as_object().unwrap().len(), 4);
    let summary = &of("summary")["data"];
    assert_eq!((&summary["blocks"], &summary["checkpoints"], &summary["epoch"]), (&90.into(), &1.into(), &2.into()));
    let blocks = summary["validators"].as_array().unwrap().iter().map(|v| v["blocks"].as_u64().unwrap());
    assert_eq!(blocks.sum::<u64>(), 90);
}

#[test]
fn one_liar_is_outvoted_by_name_and_checkpoints_go_on() {
    let out = told("--fast --blocks 150 --byzantine 1");
    in_order(&out, &["1 liar", "outvoted: dave", "blocks 0–63   rewards", "outvoted: dave", "blocks 64–127   rewards"]);
    assert!(out.contains("lies about roots") && out.contains("2 checkpoints"), "{out}");
}

#[test]
fn two_liars_halt_checkpoints_by_tron_s_head_count() {
    let out = told("--fast --blocks 90 --byzantine 2");
    in_order(&out, &["2 liars", "signed by 70 %", "2/3+1 non-majority!", "0 checkpoints"]);
    let outvoted = out.lines().find_map(|line| line.split_once("outvoted: ")).unwrap().1;
    assert!(outvoted.contains("carol") && outvoted.contains("dave"), "{outvoted}");
    assert!(out.contains("2 heads signed"), "{out}");
    assert!(out.contains("checkpoints halted, as expected with 2 liars"), "{out}");
    assert!(!out.contains("rewards"), "{out}");
}

#[test]
fn a_wrong_root_that_tron_takes_is_an_error() {
    let Ended { code, out, err } = run("--fast --blocks 90 --byzantine 4");
    assert_eq!(code, Some(1), "{out}");
    assert!(err.starts_with("error: TRON accepted 0x") && err.contains("blocks 0–63, whose root is"), "{err}");
    let root = err.split("0x").nth(1).unwrap();
    assert!(!err.ends_with(&root[..64]), "{err}");
}

#[test]
fn options_that_make_no_sense_are_named_with_what_was_expected() {
    let cases: [(&str, &[&str]); 14] = [
        ("--span 60", &["--span 60", "--sprint 16"]),
        ("--span 16", &["--span 16", "two sprints"]),
        ("--span 0", &["--span 0"]),
        ("--validators 0", &["'0'", "--validators", "1..=26"]),
        ("--validators 27", &["'27'", "1..=26"]),
        ("--validators 300", &["'300'", "1..=26"]),
        ("--byzantine 9", &["--byzantine 9", "--validators 4"]),
        ("--blocks x", &["'x'", "--blocks", "digit"]),
        ("--blocks -1", &["-1"]),
        ("--period 0", &["'0'", "--period", "1..=3600"]),
        ("--sprint 1", &["'1'", "--sprint", "2..=1024"]),
        ("--checkpoint 1", &["'1'", "--checkpoint", "2..=1024"]),
        ("--seed", &["--seed"]),
        ("--nonsense", &["--nonsense"]),
    ];
    for (arguments, names) in cases {
        let Ended { code, out, err } =
            run(&format!("--fast --blocks 1 {arguments}").replace("--blocks 1 --blocks", "--blocks"));
        assert!(code.is_some_and(|code| code != 0), "{arguments}: {code:?}");
        assert_eq!(out, "", "{arguments}");
        assert!(err.starts_with("error: "), "{arguments}: {err}");
        assert!(names.iter().all(|name| err.contains(name)), "{arguments}: {err}");
    }
}

#[test]
fn an_export_holds_every_header_and_every_checkpoint() {
    let folder = folder("export");
    let out = told(&format!("--fast --blocks 140 --export {}", folder.display()));
    assert!(out.contains("headers.json"), "{out}");
    let export: Value = serde_json::from_slice(&fs::read(folder.join("headers.json")).unwrap()).unwrap();
    let headers = export["headers"].as_array().unwrap();
    assert_eq!(headers.len(), 141);
    assert!(headers.iter().all(|header| header.as_str().unwrap().starts_with("0xf9")));
    assert_eq!(export["checkpoints"].as_array().unwrap().len(), 2);
}

#[test]
fn an_export_that_cannot_be_written_is_an_error() {
    let file = folder("in-the-way").with_extension("file");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "").unwrap();
    let Ended { code, err, .. } = run(&format!("--fast --blocks 1 --export {}", file.display()));
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: "), "{err}");
}

#[test]
fn one_validator_and_seven_walk_too() {
    let out = told("--fast --blocks 70 --validators 1");
    assert!(out.contains("alice 100 %") && out.contains("1 checkpoint,"), "{out}");
    let out = told("--fast --blocks 70 --validators 7");
    assert!(out.contains("7 validators") && out.contains("grace") && out.contains("1 checkpoint,"), "{out}");
}

#[test]
fn blocks_wait_for_their_span_however_short_a_sprint_is() {
    for sprint in [2, 3, 5] {
        let out = told(&format!("--fast --blocks 60 --sprint {sprint} --span {} --checkpoint 8", 2 * sprint));
        assert!(out.contains("60 blocks") && out.contains("EXIT_ALREADY_PROCESSED"), "{out}");
    }
}

#[test]
fn nothing_asked_for_is_nothing_done() {
    let out = told("--fast --blocks 0");
    assert!(out.contains("0 blocks, 0 checkpoints, epoch 1"), "{out}");
}

#[test]
fn help_names_every_option_and_the_version_is_told() {
    let out = told("--help");
    for option in [
        "validators",
        "blocks",
        "fast",
        "seed",
        "period",
        "sprint",
        "span",
        "checkpoint",
        "byzantine",
        "json",
        "export",
    ] {
        assert!(out.contains(&format!("--{option}")), "{option}: {out}");
    }
    assert!(told("--version").starts_with("devnet "));
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_fail() {
    let mut child = program("--fast --blocks 30").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

/// Starts a run without end, asks it to stop once it has told something, and hears it out.
#[cfg(unix)]
fn interrupted(arguments: &str) -> String {
    let mut child = program(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut out = String::new();
    for line in lines.by_ref() {
        let line = line.unwrap();
        out += &format!("{line}\n");
        if line.contains("stake") {
            break;
        }
    }
    let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    lines.for_each(|line| out += &format!("{}\n", line.unwrap()));
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""), "{out}");
    out
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_it_with_the_summary() {
    for arguments in ["--fast", "", "--fast --json"] {
        let out = interrupted(arguments);
        let last = out.lines().last().unwrap();
        assert!(last.contains("summary") && last.contains("supply conserved"), "{out}");
    }
}

/// The answer to a request over HTTP.
fn asked(address: &str, method: &str, params: &str) -> Value {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let answer: Value = serde_json::from_str(answer.split("\r\n\r\n").last().unwrap()).unwrap();
    answer["result"].clone()
}

#[test]
fn it_serves_and_tells_funded_accounts() {
    let mut child = program("--rpc 127.0.0.1:0 --json --blocks 60").stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let mut data = |event: &str| lines.find(|line| line["event"] == event).unwrap()["data"].clone();
    let accounts = data("accounts");
    let address = data("rpc")["address"].as_str().unwrap().to_owned();
    // The first account of the mnemonic that every local chain has.
    let first = &accounts["accounts"][0]["address"];
    assert_eq!(first, "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
    assert_eq!(asked(&address, "eth_getBalance", &format!("[{first},\"latest\"]")), "0x21e19e0c9bab2400000");
    assert_eq!(asked(&address, "eth_chainId", "[]"), "0x3a99");
    assert!(asked(&address, "bor_getSnapshot", "[]")["validatorSet"]["proposer"].is_object());
    child.kill().unwrap();
    child.wait().unwrap();
}
