//! The files this program reads.
//!
//! | file | what is taken from it |
//! |---|---|
//! | vectors of kind `header` | headers, with the hash, seal hash, signer and turn recorded for each |
//! | vectors of kind `checkpoint-root` | the four words of each block, and the root |
//! | `{ "chainId", "sprint", "headers": ["0x<rlp>", …], "checkpoints": [{ "number", "start", "end", "root", "proposer" }] }` | headers and roots |
//!
//! In a folder every `*.json` and `*.json.gz` is looked at; vectors of other kinds are passed over.

use alloy_primitives::{Address, B64, B256, Bloom, Bytes, U256};
use bttc_core::{
    id::ValidatorId,
    leaf::Leaf,
    schedule::{FixedProducers, Timing},
    validator::{Validator, VotingPower},
};
use bttc_evm::header::{Header, HeaderDecodeError};
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Most bytes of JSON in one file.
const MAX_BYTES: u64 = 512 << 20;

/// All that the files say.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) headers: Vec<HeaderRecord>,
    pub(crate) checkpoints: Vec<CheckpointRecord>,
}

/// A header and what was recorded about it.
#[derive(Debug)]
pub(crate) struct HeaderRecord {
    pub(crate) header: Header,
    pub(crate) timing: Timing,
    pub(crate) hash: Option<B256>,
    pub(crate) seal_hash: Option<B256>,
    pub(crate) signer: Option<Address>,
    /// Who might seal it, and the time of its parent.
    pub(crate) schedule: Option<(FixedProducers, Option<u64>)>,
}

/// A checkpoint on record.
#[derive(Debug)]
pub(crate) struct CheckpointRecord {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) root: B256,
    /// Its blocks; `None` where the headers must supply them.
    pub(crate) blocks: Option<Vec<Leaf>>,
}

/// Why there is nothing to verify.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("{}: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("{}: more than {MAX_BYTES} bytes", path.display())]
    TooLarge { path: PathBuf },
    #[error("{}: {error}", path.display())]
    Json { path: PathBuf, error: serde_json::Error },
    #[error("{}: headers[{place}]: {error}", path.display())]
    Header { path: PathBuf, place: usize, error: HeaderDecodeError },
    #[error("{}: {field} = {got} is beyond 64 bits", path.display())]
    TooBig { path: PathBuf, field: &'static str, got: U256 },
    #[error(
        "neither a header nor a checkpoint in what was named; expected vectors of kind header or checkpoint-root, or a headers.json"
    )]
    Nothing,
}

/// Reads all files.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Evidence, SourceError> {
    let mut evidence = Evidence::default();
    for path in paths {
        for file in files(path).map_err(|error| failed(path, error))? {
            read_file(&file, &mut evidence)?;
        }
    }
    if evidence.headers.is_empty() && evidence.checkpoints.is_empty() {
        return Err(SourceError::Nothing);
    }
    Ok(evidence)
}

fn failed(path: &Path, error: io::Error) -> SourceError {
    SourceError::Read { path: path.to_owned(), error }
}

/// The file itself, or those of a folder in order of their names.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
    let mut files = entries.collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        file.is_file() && (name.ends_with(".json") || name.ends_with(".json.gz"))
    });
    files.sort();
    Ok(files)
}

fn read_file(path: &Path, evidence: &mut Evidence) -> Result<(), SourceError> {
    let file = File::open(path).map_err(|error| failed(path, error))?;
    let mut reader: Box<dyn Read> = match path.extension() {
        Some(extension) if extension == "gz" => Box::new(MultiGzDecoder::new(file)),
        _ => Box::new(file),
    };
    let mut text = Vec::new();
    let limited = reader.as_mut().take(MAX_BYTES + 1).read_to_end(&mut text);
    limited.map_err(|error| failed(path, error))?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > MAX_BYTES) {
        return Err(SourceError::TooLarge { path: path.to_owned() });
    }
    let value: Value = parse(path, serde_json::from_slice(&text))?;
    match (value["schema"].as_str(), value["kind"].as_str()) {
        (Some("bttc-vectors/1"), Some("header")) => {
            let file: Vectors<HeaderInput, HeaderExpect> = typed(path, value)?;
            for case in file.cases {
                evidence.headers.push(case.into_record(path)?);
            }
        }
        (Some("bttc-vectors/1"), Some("checkpoint-root")) => {
            let file: Vectors<RootInput, RootExpect> = typed(path, value)?;
            evidence.checkpoints.extend(file.cases.into_iter().map(|case| CheckpointRecord {
                start: case.expect.start,
                end: case.expect.end,
                root: case.expect.root,
                blocks: Some(case.input.blocks.into_iter().map(Leaf::from).collect()),
            }));
        }
        (Some("bttc-vectors/1"), Some(_)) => {}
        _ => read_export(path, typed(path, value)?, evidence)?,
    }
    Ok(())
}

fn read_export(path: &Path, export: Export, evidence: &mut Evidence) -> Result<(), SourceError> {
    for (place, rlp) in export.headers.iter().enumerate() {
        let header =
            Header::from_rlp(rlp).map_err(|error| SourceError::Header { path: path.to_owned(), place, error })?;
        evidence.headers.push(HeaderRecord {
            header,
            timing: Timing { period: 0, producer_delay: 0, sprint: export.sprint, backup_multiplier: 0 },
            hash: None,
            seal_hash: None,
            signer: None,
            schedule: None,
        });
    }
    let checkpoints = export.checkpoints.into_iter();
    evidence.checkpoints.extend(checkpoints.map(|checkpoint| CheckpointRecord {
        start: checkpoint.start,
        end: checkpoint.end,
        root: checkpoint.root,
        blocks: None,
    }));
    Ok(())
}

fn parse<T>(path: &Path, parsed: serde_json::Result<T>) -> Result<T, SourceError> {
    parsed.map_err(|error| SourceError::Json { path: path.to_owned(), error })
}

fn typed<T: DeserializeOwned>(path: &Path, value: Value) -> Result<T, SourceError> {
    parse(path, serde_json::from_value(value))
}

#[derive(Deserialize)]
struct Vectors<I, E> {
    cases: Vec<VectorCase<I, E>>,
}

#[derive(Deserialize)]
struct VectorCase<I, E> {
    input: I,
    expect: E,
}

#[derive(Deserialize)]
struct RootInput {
    blocks: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Block {
    number: u64,
    time: u64,
    transactions_root: B256,
    receipts_root: B256,
}

impl From<Block> for Leaf {
    fn from(block: Block) -> Self {
        Self {
            number: block.number,
            time: block.time,
            transactions_root: block.transactions_root,
            receipts_root: block.receipts_root,
        }
    }
}

#[derive(Deserialize)]
struct RootExpect {
    start: u64,
    end: u64,
    root: B256,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    sprint: u64,
    headers: Vec<Bytes>,
    #[serde(default)]
    checkpoints: Vec<RootExpect>,
}

#[derive(Deserialize)]
struct HeaderInput {
    header: HeaderJson,
    sprint: u64,
    context: Option<Context>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeaderExpect {
    block_hash: Option<B256>,
    seal_hash: Option<B256>,
    signer: Option<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    validators: Vec<Power>,
    proposer: Address,
    parent_time: Option<u64>,
    #[serde(default)]
    period: u64,
    #[serde(default)]
    producer_delay: u64,
    #[serde(default)]
    backup_multiplier: u64,
}

#[derive(Deserialize)]
struct Power {
    signer: Address,
    power: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeaderJson {
    parent_hash: B256,
    sha3_uncles: B256,
    miner: Address,
    state_root: B256,
    transactions_root: B256,
    receipts_root: B256,
    logs_bloom: Bloom,
    difficulty: U256,
    number: U256,
    gas_limit: U256,
    gas_used: U256,
    timestamp: U256,
    extra_data: Bytes,
    mix_hash: B256,
    nonce: B64,
    base_fee_per_gas: Option<U256>,
}

impl VectorCase<HeaderInput, HeaderExpect> {
    fn into_record(self, path: &Path) -> Result<HeaderRecord, SourceError> {
        let (json, context) = (self.input.header, self.input.context);
        let word = |field, got: U256| {
            let path = path.to_owned();
            u64::try_from(got).map_err(|_| SourceError::TooBig { path, field, got })
        };
        let timing = Timing {
            period: context.as_ref().map_or(0, |context| context.period),
            producer_delay: context.as_ref().map_or(0, |context| context.producer_delay),
            sprint: self.input.sprint,
            backup_multiplier: context.as_ref().map_or(0, |context| context.backup_multiplier),
        };
        let schedule = context.map(|context| {
            let validators = context.validators.into_iter();
            let producers =
                validators.map(|v| Validator::new(ValidatorId::new(0), v.signer, VotingPower::new(v.power)));
            (FixedProducers::new(producers, context.proposer, timing), context.parent_time)
        });
        Ok(HeaderRecord {
            header: Header {
                parent_hash: json.parent_hash,
                uncles_hash: json.sha3_uncles,
                coinbase: json.miner,
                state_root: json.state_root,
                transactions_root: json.transactions_root,
                receipts_root: json.receipts_root,
                logs_bloom: json.logs_bloom,
                difficulty: json.difficulty,
                number: json.number,
                gas_limit: word("gasLimit", json.gas_limit)?,
                gas_used: word("gasUsed", json.gas_used)?,
                time: word("timestamp", json.timestamp)?,
                extra: json.extra_data,
                mix_digest: json.mix_hash,
                nonce: json.nonce,
                base_fee: json.base_fee_per_gas,
            },
            timing,
            hash: self.expect.block_hash,
            seal_hash: self.expect.seal_hash,
            signer: self.expect.signer,
            schedule,
        })
    }
}
