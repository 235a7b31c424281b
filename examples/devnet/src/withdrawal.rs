//! From a burn to its proof.

use alloy::primitives::{B256, b256};
use bttc_checkpoint::exit::{CheckpointRef, Exit, ExitProof, LogChoice, prove};
use bttc_validator::{
    node::{Node, OwnSideChain},
    root_chain::ModelRootChain,
};
use futures::executor::block_on;
use std::error::Error;

/// First topic of the log that a root chain pays for.
///
/// Source: `withdrawal-proofs §2.1`.
const WITHDRAW_TO: B256 = b256!("0x67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8");

/// The checkpoint on TRON that holds a block, if there is one yet.
pub fn checkpoint_of(tron: &ModelRootChain, block: u64) -> Option<CheckpointRef> {
    tron.inspect(|contracts| {
        let (id, record) = contracts.header_blocks().find(block)?;
        Some(CheckpointRef { id, range: record.range()?, root: record.root })
    })
}

/// The proof of a burn in this block, once TRON has its checkpoint.
pub fn proof(
    node: &Node,
    tron: &ModelRootChain,
    burn: B256,
    block: u64,
) -> Result<Option<(ExitProof, Exit)>, Box<dyn Error>> {
    let Some(checkpoint) = checkpoint_of(tron, block) else {
        return Ok(None);
    };
    let log = LogChoice::Nth { topic0: WITHDRAW_TO, nth: 0, emitter: None };
    let proof = block_on(prove(&OwnSideChain(node.chain()), &checkpoint, burn, &log))?;
    let exit = proof.verify(&checkpoint)?;
    Ok(Some((proof, exit)))
}
