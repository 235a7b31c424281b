//! `withdraw prove`: from burns to payloads.

use super::{in_words, now};
use crate::{
    failure::Failure,
    options::{Form, LogOptions},
    source::Source,
};
use alloy_primitives::{Address, B256, Bytes};
use bttc_checkpoint::{
    exit::{Bundle, BundledExit, Exit, ExitProof, Provenance, Withdrawal},
    prover::{CheckpointRecord, Prover},
};
use bttc_core::{id::HeaderBlockId, root_chain::RootChainId};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// What to prove, and what to make of it.
pub(crate) struct Wanted<'a> {
    pub(crate) root: RootChainId,
    pub(crate) transactions: &'a [B256],
    pub(crate) log: LogOptions,
    pub(crate) out: Option<&'a Path>,
    pub(crate) form: Form,
    pub(crate) json: bool,
}

/// A proven burn.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proven<'a> {
    transaction: B256,
    root_chain: RootChainId,
    header_block: HeaderBlockId,
    start: u64,
    end: u64,
    block: u64,
    log_index: u64,
    exit_hash: B256,
    child_token: Address,
    beneficiary: Address,
    withdrawal: &'a Withdrawal,
    to: Address,
    payload: Bytes,
    calldata: Bytes,
}

pub(crate) async fn prove(source: &Source, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let prover = source.prover(wanted.root)?;
    let transactions = source.transactions(wanted.transactions)?;
    let burns = transactions.iter().map(|&transaction| wanted.log.burn(transaction));
    let mut records: BTreeMap<HeaderBlockId, CheckpointRecord> = BTreeMap::new();
    let mut bundles: BTreeMap<HeaderBlockId, Bundle> = BTreeMap::new();
    let mut failed = None;
    for (&transaction, proof) in transactions.iter().zip(prover.prove_all(burns).await) {
        let proof = match proof {
            Ok(proof) => proof,
            Err(error) => {
                eprintln!("{transaction}: {error}");
                failed = failed.or(Some(error));
                continue;
            }
        };
        // Looked up once a checkpoint, however many burns it holds.
        let record = match records.get(&proof.header) {
            Some(record) => *record,
            None => prover.checkpoint_of(proof.block.number).await?,
        };
        records.insert(proof.header, record);
        let exit = proof.verify(&record.checkpoint)?;
        print(wanted, &prover, transaction, &proof, &exit, &record)?;
        let bundle = bundles.entry(proof.header).or_insert_with(|| empty(source, wanted.root, &prover, &record));
        bundle.exits.push(BundledExit { transaction, proof });
    }
    if let Some(file) = wanted.out {
        let alone = bundles.len() == 1;
        for (header, bundle) in &bundles {
            let file = if alone { file.to_owned() } else { with_header(file, *header) };
            let is_json = file.extension().is_some_and(|extension| extension == "json");
            let bytes = if is_json { bundle.to_json().into_bytes() } else { bundle.to_bytes().to_vec() };
            fs::write(&file, bytes).map_err(Failure::io(&file))?;
            eprintln!("{}: {} withdrawals out of checkpoint {header}", file.display(), bundle.exits.len());
        }
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn print(
    wanted: &Wanted<'_>,
    prover: &Prover<'_>,
    transaction: B256,
    proof: &ExitProof,
    exit: &Exit,
    record: &CheckpointRecord,
) -> Result<(), Failure> {
    let call = proof.to_call(prover.contracts()?.root_chain_manager);
    let (payload, range) = (proof.to_payload(), record.checkpoint.range);
    if wanted.json {
        let proven = Proven {
            transaction,
            root_chain: wanted.root,
            header_block: proof.header,
            start: range.start(),
            end: range.end(),
            block: exit.block(),
            log_index: exit.log_index(),
            exit_hash: exit.exit_hash(),
            child_token: exit.child_token(),
            beneficiary: exit.beneficiary(),
            withdrawal: exit.withdrawal(),
            to: call.to,
            payload,
            calldata: call.data,
        };
        println!("{}", serde_json::to_string(&proven).unwrap_or_default());
        return Ok(());
    }
    eprintln!("burn        {transaction}, block {}, log {}", exit.block(), exit.log_index());
    eprintln!("gives       {}", in_words(exit.child_token(), exit.withdrawal()));
    eprintln!("to          {} on {}", exit.beneficiary(), wanted.root);
    eprintln!("checkpoint  {}, blocks {}–{}", proof.header, range.start(), range.end());
    eprintln!("exit hash   {}", exit.exit_hash());
    eprintln!("payload     {} bytes, checked", payload.len());
    match wanted.form {
        Form::Payload => println!("{payload}"),
        Form::Calldata => println!("{}", call.data),
    }
    Ok(())
}

fn empty(source: &Source, root_chain: RootChainId, prover: &Prover<'_>, record: &CheckpointRecord) -> Bundle {
    Bundle {
        side_chain: source.side_chain().chain_id(),
        root_chain,
        checkpoint: record.checkpoint,
        proposer: record.record.proposer,
        created_at: u64::try_from(record.record.created_at).unwrap_or(u64::MAX),
        exits: Vec::new(),
        provenance: Provenance {
            made_by: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            made_at: now(),
            side_chain: source.side_chain().source(),
            root_chain: source.root_name(root_chain).to_owned(),
            contract: prover.contracts().map(|contracts| contracts.root_chain).unwrap_or_default(),
            root_block: record.at.number,
        },
    }
}

/// `name.json` of header 20000 becomes `name.20000.json`.
fn with_header(file: &Path, header: HeaderBlockId) -> PathBuf {
    let mut name: OsString = file.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{header}"));
    if let Some(extension) = file.extension() {
        name.push(".");
        name.push(extension);
    }
    file.with_file_name(name)
}
