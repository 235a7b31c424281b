//! `withdraw verify`: a bundle, checked again.

use super::in_words;
use crate::{failure::Failure, options::SourceOptions, source::root_chains};
use alloy_primitives::U256;
use bttc_checkpoint::{
    exit::{Bundle, Exit},
    header_blocks::{HeaderBlock, Question},
};
use bttc_core::root_chain::RootCall;
use serde_json::json;
use std::{fs, path::Path};

pub(crate) async fn verify(file: &Path, options: &SourceOptions, json: bool) -> Result<(), Failure> {
    let bytes = fs::read(file).map_err(Failure::io(file))?;
    let wrong = |error| Failure::Bundle { file: file.to_owned(), error: Box::new(error) };
    let bundle = match std::str::from_utf8(&bytes) {
        Ok(text) if text.trim_start().starts_with('{') => Bundle::from_json(text),
        _ => Bundle::decode(&bytes),
    };
    let bundle = bundle.map_err(wrong)?;
    let exits = bundle.verify().map_err(wrong)?;
    let looked_up = !options.root_rpc.is_empty();
    if looked_up {
        look_up(&bundle, options).await?;
    }
    print(&bundle, &exits, looked_up, json);
    Ok(())
}

/// Asks the root chain for the one record that everything else rests on.
async fn look_up(bundle: &Bundle, options: &SourceOptions) -> Result<(), Failure> {
    let (root_chain, header) = (bundle.root_chain, bundle.checkpoint.id);
    let mut chains = root_chains(options)?;
    let root = chains.remove(&root_chain).ok_or(Failure::NoRootChain { root_chain })?;
    let known = bttc_core::chain::BridgeContracts::of(bundle.side_chain, root_chain);
    // The bundle's own word for the contract counts only where nothing better is known.
    let to = options.contracts.or(known).map_or(bundle.provenance.contract, |contracts| contracts.root_chain);
    let at = root.chain().head().await.map_err(root_failure)?;
    let call = RootCall { to, data: Question::HeaderBlock(header).to_calldata() };
    let answer = root.chain().call(&call, at.number).await.map_err(root_failure)?;
    let expected = HeaderBlock {
        root: bundle.checkpoint.root,
        start: U256::from(bundle.checkpoint.range.start()),
        end: U256::from(bundle.checkpoint.range.end()),
        created_at: U256::from(bundle.created_at),
        proposer: bundle.proposer,
    };
    match HeaderBlock::from_answer(&answer) {
        Some(record) if record == expected => Ok(()),
        _ => Err(Failure::OtherRecord { root_chain, header }),
    }
}

fn root_failure(error: bttc_core::root_chain::RootChainError) -> Failure {
    Failure::Prove(error.into())
}

fn print(bundle: &Bundle, exits: &[Exit], looked_up: bool, json: bool) {
    let (checkpoint, root_chain) = (&bundle.checkpoint, bundle.root_chain);
    for (exit, bundled) in exits.iter().zip(&bundle.exits) {
        if json {
            let line = json!({
                "transaction": bundled.transaction,
                "rootChain": root_chain,
                "headerBlock": checkpoint.id,
                "recordLookedUp": looked_up,
                "exit": exit,
            });
            println!("{line}");
            continue;
        }
        println!("{}", in_words(exit.child_token(), exit.withdrawal()));
        println!("  to {} on {root_chain}, exit hash {}", exit.beneficiary(), exit.exit_hash());
        println!(
            "  burned in block {}, log {}; transaction {} (said, not proven)",
            exit.block(),
            exit.log_index(),
            bundled.transaction
        );
    }
    if !json {
        let range = checkpoint.range;
        let word = if looked_up { "recorded there" } else { "said to be recorded there; --root-rpc looks it up" };
        println!(
            "all hold under checkpoint {} of {root_chain}, blocks {}–{}, root {},",
            checkpoint.id,
            range.start(),
            range.end(),
            checkpoint.root
        );
        println!("which is {word}");
    }
}
