//! Headers and checkpoints in a file that `verify-checkpoint` reads.

use crate::network::Network;
use alloy::primitives::{Address, B256, Bytes};
use bttc_checkpoint::checkpoint::BlockRange;
use bttc_core::{id::CheckpointNumber, schedule::Timing, validator::Validator};
use serde::Serialize;
use std::{error::Error, fs, path::Path};

/// Name of the file in the folder asked for.
pub const EXPORT_FILE: &str = "headers.json";

#[derive(Serialize)]
struct Export<'a> {
    timing: &'a Timing,
    /// The producers of block 1.
    producers: Vec<Validator>,
    /// RLP of the headers from block 0 on.
    headers: Vec<Bytes>,
    checkpoints: Vec<Checkpoint>,
}

#[derive(Serialize)]
struct Checkpoint {
    number: CheckpointNumber,
    range: BlockRange,
    root: B256,
    proposer: Address,
}

/// Writes the file; the folder is made if need be.
///
/// # Errors
/// What the file system comes upon.
pub fn export(folder: &Path, network: &Network) -> Result<(), Box<dyn Error>> {
    let chain = network.reference().chain();
    let headers = (0..=network.height()).filter_map(|number| chain.header(number));
    let headers = headers.map(|header| header.to_rlp().into()).collect();
    let checkpoints = network.tron().inspect(|contracts| {
        let records = contracts.header_blocks().records().filter_map(|(id, record)| {
            let (number, range) = (id.number()?, record.range()?);
            Some(Checkpoint { number, range, root: record.root, proposer: record.proposer })
        });
        records.collect()
    });
    let export = Export { timing: &chain.spec().timing, producers: network.first_producers(), headers, checkpoints };
    fs::create_dir_all(folder)?;
    fs::write(folder.join(EXPORT_FILE), serde_json::to_vec_pretty(&export)?)?;
    Ok(())
}
