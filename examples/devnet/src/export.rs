//! Headers and checkpoints in a file that `verify-checkpoint` reads.

use crate::network::Network;
use bttc_core::id::CheckpointNumber;
use serde::Serialize;
use std::{error::Error, fs, path::Path};

/// Name of the file in the folder asked for.
pub const FILE: &str = "headers.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    chain_id: u64,
    sprint: u64,
    /// RLP of the headers from block 1 on, as hex.
    headers: Vec<String>,
    checkpoints: Vec<Checkpoint>,
}

#[derive(Serialize)]
struct Checkpoint {
    number: CheckpointNumber,
    start: u64,
    end: u64,
    root: String,
    proposer: String,
}

/// Writes the file; the folder is made if need be.
pub fn write(folder: &Path, network: &Network) -> Result<(), Box<dyn Error>> {
    let chain = network.reference().chain();
    let headers = (0..=network.height()).filter_map(|number| chain.header(number));
    let headers = headers.map(|header| alloy::hex::encode_prefixed(header.to_rlp())).collect();
    let checkpoints = network.tron().inspect(|contracts| {
        let records = contracts.header_blocks().records().filter_map(|(id, record)| {
            let range = record.range()?;
            Some(Checkpoint {
                number: id.number()?,
                start: range.start(),
                end: range.end(),
                root: record.root.to_string(),
                proposer: record.proposer.to_string(),
            })
        });
        records.collect()
    });
    let spec = chain.spec();
    let export = Export { chain_id: spec.chain_id, sprint: spec.timing.sprint, headers, checkpoints };
    fs::create_dir_all(folder)?;
    fs::write(folder.join(FILE), serde_json::to_vec_pretty(&export)?)?;
    Ok(())
}
