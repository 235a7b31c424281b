//! From a burn to its proof.

use alloy::primitives::B256;
use bttc_checkpoint::{
    exit::{Exit, ExitProof, LogChoice, topic},
    prover::{Burn, ProveError, Prover},
};
use bttc_core::chain::BridgeContracts;
use bttc_validator::{
    node::{Node, OwnSideChain},
    root_chain::ModelRootChain,
};
use futures::executor::block_on;
use std::error::Error;

/// The proof of a burn in this block, once TRON has its checkpoint.
pub(crate) fn proof(
    node: &Node,
    tron: &ModelRootChain,
    burn: B256,
    block: u64,
) -> Result<Option<(ExitProof, Exit)>, Box<dyn Error>> {
    let log = LogChoice::Nth { topic0: topic::WITHDRAW_TO, nth: 0, emitter: None };
    let at = tron.contracts();
    let contracts = BridgeContracts { root_chain: at.root_chain, root_chain_manager: at.root_chain_manager };
    let side_chain = OwnSideChain(node.chain());
    let prover = Prover::new(&side_chain, tron).with_contracts(contracts);
    let found = match block_on(prover.checkpoint_of(block)) {
        Ok(found) => found,
        Err(ProveError::NotCheckpointed { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let proof = block_on(prover.prove(Burn::log(burn, log)))?;
    let exit = proof.verify(&found.checkpoint)?;
    Ok(Some((proof, exit)))
}
