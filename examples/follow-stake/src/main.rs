//! `follow-stake [FILE]`: a staking event log in, validator set, priorities and next producers out.
//!
//! FILE holds root-chain logs as JSON, one a line, as a client's `eth_getLogs` gives them: `topics`, `data`,
//! `blockNumber`, `logIndex`. Without FILE a small log is made by the staking contract itself.

use alloy_primitives::{Address, B256, Bytes, LogData, U64};
use bttc_core::{amount::Amount, chain::ChainSpec, hash::keccak256, root_chain::RootEvent, signature::SecretKey};
use bttc_staking::{
    registry::{Registry, Sequence},
    stake::{StakeFor, StakeManager, StakeParams},
    token::Token,
};
use clap::Parser;
use serde::{Deserialize, Serialize};
use std::{error::Error, fs, path::PathBuf};

/// Follows a staking event log.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Logs as JSON, one a line
    file: Option<PathBuf>,
    /// Turns of the proposer to show
    #[arg(long, default_value_t = 8)]
    turns: u64,
    /// Every validator has power 1, as on the public networks; else power is stake in whole tokens
    #[arg(long)]
    public: bool,
    /// Print the log as well
    #[arg(long)]
    log: bool,
}

/// A log, as far as it is read here.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    topics: Vec<B256>,
    data: Bytes,
    block_number: U64,
    log_index: U64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let logs = match &arguments.file {
        Some(file) => read(&fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?)?,
        None => own_log()?,
    };
    let spec = if arguments.public { ChainSpec::mainnet() } else { ChainSpec::devnet() };
    let mut joined = Registry::new(&spec);
    for log in &logs {
        if arguments.log {
            println!("{}", serde_json::to_string(log)?);
        }
        let data = LogData::new_unchecked(log.topics.clone(), log.data.clone());
        let Some(event) = RootEvent::decode(&data)? else { continue };
        let sequence = Sequence::new(log.block_number.to(), log.log_index.to());
        let applied = joined.apply(&event, sequence, 0)?;
        println!("block {:>4} log {:>2}   {applied:?}", log.block_number, log.log_index);
    }

    // A chain that starts with these validators.
    let mut registry = Registry::genesis(&spec, joined.records().cloned(), 0)?;
    println!("\n{}", registry.set());
    let mut turns = Vec::new();
    for _ in 0..arguments.turns {
        turns.extend(registry.proposer().map(|validator| validator.id.to_string()));
        registry.rotate()?;
    }
    println!("proposers: {}", turns.join(", "));
    let seed = keccak256(b"a hash of Ethereum");
    let span = registry.next_span(seed, 0, registry.clone().selection_at(spec.weighted_draw_from))?;
    println!("{span}");
    Ok(())
}

/// Reads a log a line; the error says which line.
fn read(text: &str) -> Result<Vec<Log>, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| serde_json::from_str(line).map_err(|e| format!("line {number}: {e}"))).collect()
}

/// What the contract writes when five stake, 50 to 10 thousand BTT.
fn own_log() -> Result<Vec<Log>, Box<dyn Error>> {
    let (contract, governance) = (Address::repeat_byte(1), Address::repeat_byte(2));
    let (min_deposit, min_fee) = (Amount::from_btt(1_000), Amount::from_btt(1));
    let params = StakeParams { min_deposit, min_fee, ..StakeParams::default() };
    let mut manager = StakeManager::new(contract, governance, Token::default(), params);
    let mut logs = Vec::new();
    for (block, name) in (1_u64..).zip(["alice", "bob", "carol", "dave", "erin"]) {
        let key = SecretKey::from_bytes(&keccak256(name))?.public_key();
        let (owner, amount) = (key.address(), Amount::from_btt(60_000 - block * 10_000));
        let all = amount.checked_add(min_fee)?;
        manager.token_mut().mint(owner, all)?;
        manager.token_mut().approve(owner, contract, all)?;
        let signer_key = key.coordinates().to_vec().into();
        let stake = StakeFor { user: owner, amount, fee: min_fee, signer_key, share_contract: None };
        for (index, event) in (0_u64..).zip(manager.stake_for(owner, &stake)?) {
            let Some(event) = event.to_root_event() else { continue };
            let (topics, data) = event.to_log_data().split();
            logs.push(Log { topics, data, block_number: U64::from(block), log_index: U64::from(index) });
        }
    }
    Ok(logs)
}
