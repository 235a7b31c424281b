//! `withdraw scan`: what there is to withdraw, and why the rest is not.

use crate::{failure::Failure, source::Source};
use alloy_primitives::B256;
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{ExitState, Finding, FoundLog},
};
use bttc_core::root_chain::RootChainId;
use serde_json::{Value, json};

pub(crate) async fn scan(
    source: &Source,
    root: RootChainId,
    transactions: &[B256],
    blocks: Option<BlockRange>,
    all: bool,
    json: bool,
) -> Result<(), Failure> {
    let prover = source.prover(root)?;
    let mut found = Vec::new();
    match blocks {
        Some(blocks) => found = prover.scan_blocks(blocks).await?,
        None => {
            for transaction in source.transactions(transactions)? {
                found.extend(prover.scan(transaction).await?);
            }
        }
    }
    let (mut shown, mut open) = (0, 0);
    for log in &found {
        open += log.open().count();
        let is_withdrawal = !matches!(log.finding, Finding::NoWithdrawal { .. });
        if all || is_withdrawal {
            shown += 1;
            print(log, root, json);
        }
    }
    if !json {
        eprintln!("{} logs, {shown} shown, {open} open", found.len());
    }
    Ok(())
}

fn print(log: &FoundLog, root: RootChainId, json: bool) {
    let (word, detail, data) = verdict(log, root);
    if json {
        let line = json!({
            "block": log.place.block,
            "transactionIndex": log.place.index,
            "logIndex": log.log_index,
            "emitter": log.emitter,
            "exitHash": log.exit_hash,
            "verdict": word,
            "detail": data,
        });
        println!("{line}");
    } else {
        let place = format!("block {} tx {} log {}", log.place.block, log.place.index, log.log_index);
        println!("{place:<32} {} {word:<14} {detail}", log.emitter);
    }
}

/// In a word, in more words, and for machines.
fn verdict(log: &FoundLog, root: RootChainId) -> (&'static str, String, Value) {
    match &log.finding {
        Finding::NoWithdrawal { topic0 } => {
            ("noWithdrawal", "no log of a withdrawal".into(), json!({ "topic0": topic0 }))
        }
        Finding::TypedReceipt { kind } => {
            let words = format!(
                "a type-{kind} transaction: the bridge contract cannot read its receipt, what was burned is stuck"
            );
            ("typedReceipt", words, json!({ "type": kind }))
        }
        Finding::Unmapped => ("unmapped", format!("the token is not mapped on {root}"), Value::Null),
        Finding::Exits(claims) => {
            let Some(claim) = claims.first() else { return ("unmapped", String::new(), Value::Null) };
            match &claim.state {
                ExitState::Open(payout) => {
                    let words = format!("to {} on {}: {:?}", payout.beneficiary, claim.root_chain, payout.assets);
                    ("open", words, json!(payout))
                }
                ExitState::Processed(payout) => ("exited", format!("paid on {}", claim.root_chain), json!(payout)),
                ExitState::Refused(revert) => {
                    ("refused", format!("{}: {revert}", claim.root_chain), json!(revert.reason()))
                }
            }
        }
    }
}
