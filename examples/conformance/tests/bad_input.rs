//! Whatever a file holds, a run ends in counts: passed, failed, unknown.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use conformance::{Case, Failure, FailureRecord, KINDS, Kind, Report, Runner, VectorFile};
use flate2::{Compression, write::GzEncoder};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

/// An empty folder of the test's own.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn file(kind: &str, cases: Value) -> String {
    json!({ "schema": "bttc-vectors/1", "kind": kind, "cases": cases }).to_string()
}

fn good() -> String {
    file("rlp", json!([{ "name": "zero", "input": { "encoded": "0x00" }, "expect": { "value": "0x00" } }]))
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn run(folder: &Path) -> Report {
    Runner::new(KINDS.iter().copied()).run(&[folder.to_owned()], &mut ())
}

fn run_case(kind: &str, case: Value) -> (String, Vec<FailureRecord>) {
    let text = file(kind, json!([case]));
    let file = VectorFile::parse("case.json".into(), text.as_bytes()).unwrap();
    let mut report = Report::default();
    Runner::new(KINDS.iter().copied()).run_file(&file, &mut report, &mut ());
    let failures = report.kinds.values().flat_map(|tally| tally.failures.clone()).collect();
    (report.to_string(), failures)
}

/// The failure of a case that fails.
fn failure(kind: &str, case: Value) -> String {
    let (counts, failures) = run_case(kind, case);
    assert_eq!(counts, "0 passed, 1 failed, 0 unknown");
    failures.first().unwrap().failure.to_string()
}

#[test]
fn broken_files_fail_and_the_others_are_run() {
    let folder = folder("broken_files");
    let whole = packed(good().as_bytes());
    let good_text = good();
    let swapped = |from: &str, to: &str| good_text.replace(from, to).into_bytes();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("good.json", good().into_bytes()),
        ("good.json.gz", whole.clone()),
        ("empty.json", Vec::new()),
        ("text.json", b"not JSON".to_vec()),
        ("cut.json", good().as_bytes()[..50].to_vec()),
        ("two.json", good().repeat(2).into_bytes()),
        ("utf8.json", b"{\"schema\":\"bttc-vectors/1\",\"kind\":\"\xff\xfe\",\"cases\":[1]}".to_vec()),
        ("deep.json", "[".repeat(200_000).into_bytes()),
        ("schema.json", swapped("vectors/1", "vectors/2")),
        ("none.json", file("rlp", json!([])).into_bytes()),
        ("twice.json", swapped("\"value\"", "\"value\":\"0x01\",\"value\"")),
        ("infinite.json", swapped("\"0x00\"", "1e999")),
        ("plain.json.gz", good().into_bytes()),
        ("cut.json.gz", whole[..whole.len() - 9].to_vec()),
        ("sum.json.gz", [&whole[..whole.len() - 8], &[0; 8]].concat()),
        ("tail.json.gz", [&whole[..], b"tail"].concat()),
        ("README.md", b"passed over".to_vec()),
        ("data.tar.gz", b"passed over".to_vec()),
        ("data.txt", b"passed over".to_vec()),
    ];
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    let report = run(&folder);
    let broken = report.kinds.get(Report::FILES).unwrap();
    assert_eq!(report.to_string(), "2 passed, 14 failed, 0 unknown", "{broken:#?}");
    assert_eq!((broken.passed, broken.failed, broken.failures.len()), (0, 14, 5));
}

#[cfg(unix)]
#[test]
fn links_neither_hang_nor_count_twice() {
    use std::os::unix::fs::symlink;
    let folder = folder("links");
    let inner = folder.join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("good.json"), good()).unwrap();
    symlink(&folder, inner.join("up")).unwrap();
    symlink(&inner, folder.join("again")).unwrap();
    symlink(inner.join("good.json"), folder.join("same.json")).unwrap();
    symlink(folder.join("round"), folder.join("round")).unwrap();
    symlink("nowhere", folder.join("lock")).unwrap();
    assert_eq!(run(&folder).to_string(), "1 passed, 0 failed, 0 unknown");
    assert_eq!(run(&folder.join("lock")).to_string(), "0 passed, 1 failed, 0 unknown");

    symlink("nowhere", folder.join("gone.json")).unwrap();
    symlink("round.json", folder.join("round.json")).unwrap();
    symlink("/dev/zero", folder.join("zero.json")).unwrap();
    assert_eq!(run(&folder).to_string(), "1 passed, 3 failed, 0 unknown");
}

#[test]
fn a_field_that_nothing_is_compared_with_fails_its_case() {
    let case = |expect: Value| json!({ "name": "case", "input": { "encoded": "0x00" }, "expect": expect });
    assert_eq!(
        failure("rlp", case(json!({ "value": "0x00", "other": 1 }))),
        "expect.other: got a field that is not checked, expected 1"
    );
    assert_eq!(
        failure("rlp", case(json!({ "value": "0x00", "other": {} }))),
        "expect.other: got a field that is not checked, expected {}"
    );
    assert_eq!(failure("rlp", case(json!({}))), "expect: got no field, expected what was recorded");
    assert_eq!(failure("rlp", case(json!({ "error": "invalid" }))), "expect.error: got an item, expected \"invalid\"");
}

#[test]
fn a_case_without_its_parts_fails_whatever_its_kind() {
    for kind in ["rlp", "no-such-kind"] {
        for (case, field) in [
            (json!(7), "cases[0]"),
            (json!({ "input": {}, "expect": { "a": 1 } }), "cases[0].name"),
            (json!({ "name": 1, "input": {}, "expect": { "a": 1 } }), "cases[0].name"),
            (json!({ "name": "case", "expect": { "a": 1 } }), "input"),
            (json!({ "name": "case", "input": [], "expect": { "a": 1 } }), "input"),
            (json!({ "name": "case", "input": {} }), "expect"),
            (json!({ "name": "case", "input": {}, "expect": null }), "expect"),
        ] {
            let got = failure(kind, case);
            assert!(got.starts_with(&format!("{field}: ")), "{got}");
        }
    }
}

#[test]
fn a_kind_that_is_not_known_is_neither_passed_nor_failed() {
    let case = json!({ "name": "case", "input": {}, "expect": { "a": 1 } });
    assert_eq!(run_case("no-such-kind", case).0, "0 passed, 0 failed, 1 unknown");
}

#[test]
fn signatures_that_ask_for_much_are_refused() {
    for signature in [
        "(".repeat(100_000),
        format!("f{}{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("f(uint256{})", "[]".repeat(100_000)),
        "f(uint256[1000000000][])".to_owned(),
        "f(uint256[4294967295][4294967295][])".to_owned(),
        "f(uint256[99999999999999999999][])".to_owned(),
        "f(uint256[0][])".to_owned(),
        "f(tuple)".to_owned(),
        "f(uint257)".to_owned(),
        "f(,)".to_owned(),
        "f(address".to_owned(),
        "fé(address)".to_owned(),
    ] {
        let case = json!({ "name": "case", "expect": { "selector": "0x00000000" },
            "input": { "kind": "function", "signature": signature, "args": [[]] } });
        let got = failure("abi", case);
        assert!(got.starts_with("input.signature: "), "{got}");
    }
}

#[test]
fn cases_that_ask_for_much_are_refused() {
    let all = u64::MAX.to_string();
    let one = json!({ "signer": format!("0x{}", "11".repeat(20)), "power": 1, "priority": 0 });
    let go = |op: Value| ("go-rand", json!({ "seed": 1, "ops": [op] }), json!({ "values": [[]] }));
    let set = |step: Value| {
        let expect = json!({ "steps": [{ "error": "panic-times" }] });
        ("validator-set", json!({ "mode": "trace", "new": [one], "steps": [step] }), expect)
    };
    let seed = format!("0x{}", "00".repeat(32));
    let log = |length: &str| {
        // A list of so many ids, none of which is there.
        let topic = "0x3aac8d61bb07986b8ddef1c1db336d70a830548eb4cea358c23b67795ae0f63e";
        let data = format!("0x{:064x}{length}", 32);
        let input = json!({ "variant": "bridge", "contract": "Token", "topics": [topic, seed, seed], "data": data });
        ("contract-log", input, json!({ "event": "ExitedERC721Batch" }))
    };
    for (kind, input, expect) in [
        go(json!({ "op": "skip", "n": all })),
        go(json!({ "op": "perm", "n": all })),
        go(json!({ "op": "shuffle", "n": all })),
        go(json!({ "op": "uint64", "times": all })),
        go(json!({ "op": "perm", "n": 1 << 20, "times": 1 << 20 })),
        set(json!({ "op": "increment", "times": i64::MAX.to_string() })),
        set(json!({ "op": "copyIncrement", "times": i64::MAX.to_string() })),
        ("producer-selection", json!({ "mode": "shuffle", "seed": seed, "slots": all }), json!({ "list": [] })),
        (
            "proposer-sequence",
            json!({ "mode": "rotation", "sprint": 1, "initial": [one], "spans": [], "block": all }),
            json!({ "sequence": [] }),
        ),
        (
            "proposer-sequence",
            json!({ "mode": "state", "validators": [one], "proposer": one["signer"], "sprints": all }),
            json!({ "proposers": [] }),
        ),
        log(&"f".repeat(64)),
        log(&format!("{:064x}", u32::MAX)),
        log(&format!("{:064x}", u64::MAX)),
        {
            let (_, mut case) = CASES.iter().find(|(kind, _)| kind == "exit").cloned().unwrap();
            case["input"]["world"]["holdings"]["ERC721"]["predicate"] = json!([0, u64::MAX]);
            ("exit", case["input"].take(), case["expect"].take())
        },
    ] {
        let got = failure(kind, json!({ "name": "case", "input": input, "expect": expect }));
        assert!(!got.is_empty());
    }
}

/// Reads the chain its case names.
#[derive(Debug)]
struct NeedsChain;

impl Kind for NeedsChain {
    fn name(&self) -> &'static str {
        "needs-chain"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (chain, same) = (case.chain()?, case.chain()?);
        assert!(core::ptr::eq(&*chain, &*same));
        case.expect()?.check("cases", chain.cases().count())
    }
}

#[test]
fn a_chain_is_found_next_to_the_folder_or_missed_by_its_path() {
    let root = folder("chains");
    for name in ["block-wrong", "chain-replay"] {
        fs::create_dir(root.join(name)).unwrap();
    }
    fs::write(root.join("chain-replay/here.json"), good()).unwrap();
    let case = |chain: &str| json!({ "name": chain, "input": { "chain": chain }, "expect": { "cases": 1 } });
    let chains = [
        "chain-replay/here.json",
        "here.json",
        "chain-replay/gone.json",
        "chain-replay/../block-wrong/cases.json",
        "/etc/passwd",
        "..",
        "",
    ];
    let cases: Vec<_> = chains.into_iter().map(case).collect();
    fs::write(root.join("block-wrong/cases.json"), file("needs-chain", json!(cases))).unwrap();

    let kind: &dyn Kind = &NeedsChain;
    let report = Runner::new([kind]).run(&[root.join("block-wrong")], &mut ());
    assert_eq!(report.to_string(), "2 passed, 5 failed, 0 unknown");
    let tally = report.kinds.get("needs-chain").unwrap();
    let missed = tally.failures.first().unwrap().failure.to_string();
    let path = root.join("block-wrong").join("..").join("chain-replay").join("gone.json");
    assert!(missed.starts_with(&format!("input.chain: got {}: cannot be read", path.display())), "{missed}");
}

fn conformance(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_conformance")).args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn the_command_line_closes_with_the_sum_and_tells_by_its_status() {
    let folder = folder("command_line");
    let at = folder.to_str().unwrap();
    let (status, out, _) = conformance(&[at]);
    assert_eq!((status, out.as_str()), (Some(0), "0 passed, 0 failed, 0 unknown\n"));

    fs::write(folder.join("good.json"), good()).unwrap();
    let (status, out, err) = conformance(&[at]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert_eq!(out, "rlp: 1 passed, 0 failed, 0 unknown\n1 passed, 0 failed, 0 unknown\n");

    let other = json!([{ "name": "a\n9 passed", "input": {}, "expect": { "a": 1 } }]);
    fs::write(folder.join("other.json"), file("other", other)).unwrap();
    let (status, out, _) = conformance(&[at, at]);
    assert_eq!((status, out.lines().last()), (Some(1), Some("1 passed, 0 failed, 1 unknown")));
    let (status, out, _) = conformance(&["--kind", "rlp", at]);
    assert_eq!((status, out.lines().last()), (Some(0), Some("1 passed, 0 failed, 0 unknown")));
    let (status, out, _) = conformance(&["--kind", "rlp", "--kind", "other", "--case", "=zero", at]);
    assert_eq!((status, out.lines().last()), (Some(0), Some("1 passed, 0 failed, 0 unknown")));
    let (status, out, _) = conformance(&["--case", "no such case", at]);
    assert_eq!((status, out.lines().last()), (Some(1), Some("0 passed, 0 failed, 0 unknown")));

    let wrong = json!([{ "name": "zero", "input": { "encoded": "0x01" }, "expect": { "value": "0x02" } }]);
    fs::write(folder.join("wrong.json"), file("rlp", wrong)).unwrap();
    fs::write(folder.join("text.json"), "not JSON").unwrap();
    let (status, out, _) = conformance(&[at, "no/such/path"]);
    assert_eq!((status, out.lines().last()), (Some(1), Some("1 passed, 3 failed, 1 unknown")));
    assert!(out.contains("wrong.json: zero: expect.value: got "), "{out}");
    assert!(out.contains("no/such/path: cannot be read: "), "{out}");

    let (status, out, err) = conformance(&["--json", at]);
    assert_eq!((status, err.as_str()), (Some(1), "1 passed, 2 failed, 1 unknown\n"));
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2 + 3);
    let failed = lines.iter().find(|line| line["case"] == "zero").unwrap();
    assert_eq!((&failed["kind"], &failed["field"]), (&json!("rlp"), &json!("expect.value")));
    assert!(lines.contains(&json!({ "kind": "other", "passed": 0, "failed": 0, "unknown": 1 })));

    assert_eq!(conformance(&[]).0, Some(2));
    assert_eq!(conformance(&["--no-such-option", at]).0, Some(2));
}

/// Short cases of every kind, as they are recorded.
static CASES: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    let public = env::var_os("BTTC_CHAIN_DATA").map(PathBuf::from);
    let mut cases = Vec::new();
    for kind in KINDS {
        let folders = [Some(vectors.as_path()), public.as_deref()].into_iter().flatten();
        let folders = folders.map(|folder| folder.join(kind.name())).filter(|folder| folder.is_dir());
        for entry in folders.flat_map(|folder| fs::read_dir(folder).unwrap()) {
            let path = entry.unwrap().path();
            if !VectorFile::has_name(&path) {
                continue;
            }
            let text = fs::read(&path).unwrap();
            let value: Value = if path.extension().is_some_and(|extension| extension == "gz") {
                serde_json::from_reader(flate2::read::GzDecoder::new(&text[..])).unwrap()
            } else {
                serde_json::from_slice(&text).unwrap()
            };
            let short = |case: &Value| case.to_string().len() < 20_000;
            let whole = value["cases"].as_array().unwrap().iter().map(cut).filter(short);
            let step = |(place, _): &(usize, Value)| place % 7 == 0;
            let chosen = whole.enumerate().filter(step).take(12);
            cases.extend(chosen.map(|(_, case)| (kind.name().to_owned(), case)));
        }
    }
    cases
});

/// The first steps of a trace are a trace.
fn cut(case: &Value) -> Value {
    let mut case = case.clone();
    for part in ["input", "expect"] {
        if let Some(Value::Array(steps)) = case[part].get_mut("steps") {
            steps.truncate(8);
        }
    }
    case
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// The node with this number, counted from the root in the order of writing.
fn node<'v>(value: &'v mut Value, number: &mut usize) -> Option<&'v mut Value> {
    if *number == 0 {
        return Some(value);
    }
    *number -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| node(item, number)),
        Value::Object(map) => map.values_mut().find_map(|item| node(item, number)),
        _ => None,
    }
}

/// Another value of the same form.
fn changed(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Null => json!("0x00"),
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_i64().map_or(0, |number| number ^ 1)),
        Value::String(text) if text == "0x" => json!("0x00"),
        Value::String(text) => {
            let (rest, last) = text.split_at(text.char_indices().next_back().map_or(0, |(at, _)| at));
            json!(format!("{rest}{}", if last == "0" { "1" } else { "0" }))
        }
        Value::Array(_) | Value::Object(_) => return None,
    })
}

#[test]
fn every_recorded_value_counts() {
    // The text of a panic only informs.
    let cases = CASES.iter().filter(|(_, case)| case["expect"].get("abort").is_none());
    for (number, (kind, case)) in cases.enumerate() {
        // Of many values some, and of the next case others.
        let places = count(&case["expect"]);
        let step = places.div_ceil(50);
        for place in (1 + number % step..places).step_by(step) {
            let mut wrong = case.clone();
            let node = node(&mut wrong["expect"], &mut place.clone()).unwrap();
            let Some(value) = changed(node) else { continue };
            *node = value;
            let (counts, _) = run_case(kind, wrong.clone());
            assert_eq!(counts, "0 passed, 1 failed, 0 unknown", "{kind}: {wrong}");
        }
    }
}

fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_u64..300).prop_map(Value::from),
        (0_u64..300).prop_map(|number| json!(number.to_string())),
        ".{0,40}".prop_map(Value::from),
        "0x([0-9a-f]{2}){0,70}".prop_map(Value::from),
        "-?[0-9]{1,90}".prop_map(Value::from),
        "[a-z]{0,3}\\((uint256|bytes|string|int8|bool|\\(address\\))(\\[[0-9]{0,3}\\]){0,3}( indexed)?\\)"
            .prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[[[]]], {}])),
        Just(json!({ "a": { "b": [null] } })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_case_with_values_replaced_still_ends_in_a_verdict(
        chosen in any::<Index>(),
        replaced in prop::collection::vec((any::<Index>(), hostile()), 1..4),
    ) {
        let (kind, case) = chosen.get(&CASES);
        let mut case = case.clone();
        for (place, value) in replaced {
            let mut number = place.index(count(&case));
            if let Some(node) = node(&mut case, &mut number) {
                *node = value;
            }
        }
        let (counts, failures) = run_case(kind, case);
        prop_assert!(counts == "1 passed, 0 failed, 0 unknown" && failures.is_empty()
            || counts == "0 passed, 1 failed, 0 unknown" && failures.len() == 1);
    }

    #[test]
    fn any_bytes_are_no_file_or_are_one(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = VectorFile::parse(PathBuf::new(), &bytes);
    }
}
