//! What the root contracts are asked.

use crate::{
    module::{Refusal, chainmanager},
    param::{CHAIN_PARAMS, CHILD_BLOCK_INTERVAL, ChainParams},
    store::Stores,
};
use alloy_primitives::{Address, U256};
use bttc_checkpoint::ledger::Destination;
use bttc_core::{
    id::{CheckpointNumber, HeaderBlockId},
    root_chain::RootChainId,
};

/// A root chain and its root contract.
///
/// # Errors
/// [`Refusal::INTERNAL`] for an unknown root chain: nobody can be asked. [`Refusal::WRONG_ROOT_CHAIN`] for BSC while
/// nothing is known of it.
pub(super) fn root_contract(stores: &Stores, destination: Destination) -> Result<(RootChainId, Address), Refusal> {
    let root_chain = destination.root_chain().ok_or(Refusal::INTERNAL)?;
    let contract = match root_chain {
        RootChainId::Tron => ChainParams::tron_address(&CHAIN_PARAMS.get(stores)?.tron_root_contract),
        RootChainId::Ethereum => CHAIN_PARAMS.get(stores)?.root_contract,
        RootChainId::Bsc => {
            let info = chainmanager::chain_info(stores, &root_chain.name().into())?;
            info.ok_or(Refusal::WRONG_ROOT_CHAIN)?.root_contract
        }
    };
    Ok((root_chain, contract))
}

/// The id under which a root contract keeps a checkpoint of this number.
pub(super) fn header_id(stores: &Stores, number: CheckpointNumber) -> Result<HeaderBlockId, Refusal> {
    // Neither number has more than 64 bits.
    Ok(HeaderBlockId::new(U256::from(number.get()) * U256::from(CHILD_BLOCK_INTERVAL.get(stores)?)))
}
