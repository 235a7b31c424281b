//! A chain that has walked the whole loop.

use crate::{Account, Form, Network, Options};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    side_chain::{RecordedBlock, RecordedSideChain, SideChain},
};
use bttc_core::chain::BridgeContracts;
use bttc_validator::{node::OwnSideChain, root_chain::ModelRootChain};
use futures::executor::block_on;
use std::{
    error::Error,
    sync::{Arc, atomic::AtomicBool},
};

/// A side chain and its root chain as they stand after stake, blocks, a deposit, checkpoints and a withdrawal.
#[derive(Clone, Debug)]
pub struct Walked {
    /// All blocks.
    pub side_chain: RecordedSideChain,
    /// TRON.
    pub tron: Arc<ModelRootChain>,
    /// Where its contracts stand.
    pub contracts: BridgeContracts,
    /// Burns, the oldest first.
    pub burns: Vec<alloy::primitives::B256>,
}

/// Walks a network that takes no time, at least until all is shown.
///
/// # Errors
/// Whatever a step of the network comes upon, and a loop that is not closed within a thousand blocks.
pub fn walk(options: &Options) -> Result<Walked, Box<dyn Error>> {
    const ENOUGH: u64 = 1_000;
    let (account, never) = (Account::new(Form::Silent, 0), AtomicBool::new(false));
    let options = Options { fast: true, ..options.clone() };
    options.check()?;
    let mut network = Network::start(&options, &account)?;
    while !network.is_loop_shown() || options.blocks.is_some_and(|blocks| network.height() < blocks) {
        network.step(&account, &never)?;
        if !network.is_loop_shown() && network.height() > ENOUGH {
            return Err(format!("the loop is not closed after {ENOUGH} blocks").into());
        }
    }

    let chain = network.reference().chain();
    let own = OwnSideChain(chain);
    let leaves = block_on(own.leaves(BlockRange::new(0, network.height())?))?;
    let mut side_chain = RecordedSideChain::new(own.chain_id());
    for leaf in leaves {
        let block = chain.block(leaf.number);
        let transactions = block.into_iter().flat_map(|block| block.block().transactions());
        let transactions = transactions.map(|transaction| transaction.hash()).collect();
        side_chain.record(RecordedBlock { leaf, transactions, receipts: block_on(own.receipts(leaf.number))? });
    }
    let tron = network.tron();
    let at = tron.contracts();
    let contracts = BridgeContracts { root_chain: at.root_chain, root_chain_manager: at.root_chain_manager };
    Ok(Walked { side_chain, tron, contracts, burns: network.burns() })
}
