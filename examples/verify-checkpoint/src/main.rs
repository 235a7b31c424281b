//! `verify-checkpoint PATH…`: are these headers sealed as they claim, and are the checkpoints' roots theirs?
//!
//! Exit status 0 when all agrees, 1 when something does not, 2 for unreadable input.

use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_checkpoint::{checkpoint::BlockRange, merkle::root_of};
use bttc_core::{id::CheckpointNumber, schedule::Timing, snapshot::Producer, validator::Validator};
use bttc_evm::{
    header::{Header, SealedHeader},
    seal::{Parent, SealContext, verify},
};
use bttc_staking::snapshot::Snapshot;
use clap::Parser;
use conformance::{FailureRecord, KINDS, Runner, VectorFile, Watch, read_header};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Verifies headers, and rebuilds the roots of checkpoints over them.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// A headers.json of the devnet, or vectors of kind header or checkpoint-root; or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// What the devnet writes.
#[derive(Debug, Deserialize)]
struct Export {
    timing: Timing,
    /// The producers of block 1.
    producers: Vec<Validator>,
    /// RLP of the headers from block 0 on.
    headers: Vec<Bytes>,
    checkpoints: Vec<Recorded>,
}

/// A checkpoint as the root chain keeps it.
#[derive(Debug, Deserialize)]
struct Recorded {
    number: CheckpointNumber,
    range: BlockRange,
    root: B256,
    proposer: Address,
}

fn main() -> ExitCode {
    let mut all_agree = true;
    for path in Arguments::parse().paths {
        let export = if path.is_dir() { path.join("headers.json") } else { path.clone() };
        let checked = if export.ends_with("headers.json") && export.exists() { chain(&export) } else { vectors(path) };
        match checked {
            Ok(agrees) => all_agree &= agrees,
            Err(error) => {
                eprintln!("verify-checkpoint: {error}");
                return ExitCode::from(2);
            }
        }
    }
    println!("{}", if all_agree { "verified" } else { "NOT verified" });
    ExitCode::from(u8::from(!all_agree))
}

/// Follows a chain from its genesis: every rule of a header, every sprint's producers, every checkpoint's root.
fn chain(path: &PathBuf) -> Result<bool, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let export: Export = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut headers = export.headers.iter().map(|rlp| Header::from_rlp(rlp));
    let mut parent = SealedHeader::genesis(headers.next().ok_or("expected the genesis header, got none")??);
    let producers = export.producers.iter().map(|v| Producer::new(v.signer, v.power));
    let mut snapshot = Snapshot::genesis(parent.hash(), producers, export.timing)?;
    let mut leaves = vec![parent.leaf().hash()];
    for header in headers {
        let header = header?;
        let timing = &export.timing;
        // No clock and no state here: the rules about the future and the contract's list are left out.
        let context = SealContext {
            timing,
            now: header.time,
            parent: Some(Parent::from(&parent)),
            schedule: &snapshot,
            contract: None,
        };
        let sealed = match verify(&header, &context) {
            Ok(sealed) => sealed,
            Err(broken) => {
                println!("block {} breaks a rule: {broken}", header.height());
                return Ok(false);
            }
        };
        snapshot.apply(&sealed.to_sprint_header(timing))?;
        leaves.push(sealed.leaf().hash());
        parent = sealed;
    }
    println!("headers 0–{}: hashes, links, times, turns and seals hold", parent.height());
    let mut all_agree = true;
    for Recorded { number, range, root, proposer } in export.checkpoints {
        let (start, end) = (usize::try_from(range.start())?, usize::try_from(range.end())?);
        let agrees = leaves.get(start..=end).and_then(|leaves| root_of(leaves.to_vec())) == Some(root);
        all_agree &= agrees;
        let verdict = if agrees { "agrees" } else { "differs" };
        println!("checkpoint {number}, blocks {range}, by {proposer}: root {root} {verdict}");
    }
    Ok(all_agree)
}

/// Runs vectors, and links the headers among them to each other.
fn vectors(path: PathBuf) -> Result<bool, Box<dyn Error>> {
    let kinds = ["header", "checkpoint-root"];
    let mut found = Found::default();
    let report = Runner::new(KINDS.iter().copied()).only(kinds.map(str::to_owned)).run(&[path], &mut found);
    let [headers, roots] = kinds.map(|kind| report.kinds.get(kind).map_or(0, |tally| tally.passed));
    let follows = |header: &&Header| {
        found.0.get(&header.parent_hash).is_some_and(|p| p.number.checked_add(U256::ONE) == Some(header.number))
    };
    let links = found.0.values().filter(follows).count();
    println!("{headers} headers as recorded, {links} linked to a parent among them; {roots} checkpoint roots rebuilt");
    match headers + roots {
        0 if report.is_clean() => Err("expected a headers.json, or vectors of kind header or checkpoint-root".into()),
        _ => Ok(report.is_clean()),
    }
}

/// Headers that were met on the way.
#[derive(Debug, Default)]
struct Found(BTreeMap<B256, Header>);

impl Watch for Found {
    fn file(&mut self, path: &Path) {
        // A file that does not read is the runner's to report.
        let Ok(file) = VectorFile::read(path) else { return };
        let headers = file.cases().filter_map(|case| read_header(&case.input().ok()?.field("header").ok()?).ok());
        self.0.extend(headers.map(|header| (header.hash(), header)));
    }

    fn failure(&mut self, record: &FailureRecord) {
        println!("{record}");
    }
}
