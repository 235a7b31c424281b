//! `withdraw status` and `withdraw wait`: how far a burn is.

use super::now;
use crate::{
    failure::Failure,
    options::{LogOptions, Until},
    source::Source,
};
use alloy_primitives::B256;
use bttc_checkpoint::prover::{Burn, BurnStatus};
use bttc_core::root_chain::RootChainId;
use futures_util::StreamExt as _;
use serde_json::json;
use std::{pin::pin, time::Duration};

pub(crate) async fn status(
    source: &Source,
    root: RootChainId,
    transaction: Option<B256>,
    log: LogOptions,
    json: bool,
) -> Result<(), Failure> {
    let burn = burn(source, transaction, log)?;
    let status = source.prover(root)?.status(burn.clone()).await?;
    print(burn.transaction, root, &status, json);
    match status {
        BurnStatus::Absent => Err(Failure::NotYet("the burn is in no block")),
        BurnStatus::Burnt { .. } => Err(Failure::NotYet("the burn is not checkpointed yet")),
        BurnStatus::Provable { .. } | BurnStatus::Exited { .. } => Ok(()),
    }
}

/// What to wait for, and how.
pub(crate) async fn wait(
    source: &Source,
    root: RootChainId,
    transaction: Option<B256>,
    log: LogOptions,
    every: u64,
    until: Until,
    json: bool,
) -> Result<(), Failure> {
    let burn = burn(source, transaction, log)?;
    let pause = |_: Option<&BurnStatus>| tokio::time::sleep(Duration::from_secs(every.max(1)));
    let mut states = pin!(source.prover(root)?.watch(burn.clone(), pause));
    while let Some(state) = states.next().await {
        let state = match state {
            Ok(state) => state,
            // A node that is away for a while is no reason to stop waiting.
            Err(error) if error.is_transient() => {
                eprintln!("{error}");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        print(burn.transaction, root, &state, json);
        match (state, until) {
            (BurnStatus::Exited { .. }, _) | (BurnStatus::Provable { .. }, Until::Provable) => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}

fn burn(source: &Source, transaction: Option<B256>, log: LogOptions) -> Result<Burn, Failure> {
    let transactions = source.transactions(transaction.as_slice())?;
    let transaction = transactions.last().copied().ok_or_else(|| Failure::Usage("name a transaction".into()))?;
    Ok(log.burn(transaction))
}

fn print(transaction: B256, root: RootChainId, status: &BurnStatus, json: bool) {
    if json {
        println!("{}", json!({ "transaction": transaction, "rootChain": root, "state": status }));
        return;
    }
    match status {
        BurnStatus::Absent => println!("{transaction} is in no block"),
        BurnStatus::Burnt { place, checkpointed, estimate } => {
            let last = checkpointed.map_or_else(|| "no block".into(), |last| format!("blocks up to {last}"));
            println!("burnt in block {}; {root} has {last}", place.block);
            if let Some(estimate) = estimate {
                let remaining = estimate.remaining(now());
                println!(
                    "its checkpoint is number {} from now, one every {} s: due in about {remaining} s",
                    estimate.checkpoints, estimate.interval
                );
            }
        }
        BurnStatus::Provable { place, checkpoint, exit_hash } => {
            println!("burnt in block {}, provable under checkpoint {} of {root}", place.block, checkpoint.id);
            println!("exit hash {exit_hash}, not paid yet");
        }
        BurnStatus::Exited { place, checkpoint, exit_hash } => {
            println!("burnt in block {}, checkpoint {} of {root}", place.block, checkpoint.id);
            println!("exit hash {exit_hash}, paid");
        }
    }
}
