//! Root chains: what is known of them, and how new ones become known.
//!
//! ```text
//! of a name:  parameter `ParamsWithMultiChains` ──else──▶ stored ChainInfo ──else──▶ nothing
//! ```
//!
//! TRON's contracts, and Ethereum's for checks, are parameters of their own.
//!
//! Source: `validation-layer §5.11; delivery:chainmanager/keeper.go:63-162`.

use crate::{
    param::{ChainData, MULTI_CHAIN},
    record::ChainInfo,
    store::{CorruptEntry, StoreName, Stores, prefixed},
};
use bttc_checkpoint::ledger::Destination;
use bttc_core::amino::Text;

const CHAIN_INFO: u8 = 0x11;

/// Under which key a root chain's info stands; all unknown ones share one.
fn key(root_chain: &Text) -> Vec<u8> {
    prefixed(CHAIN_INFO, [Destination::named(root_chain.as_str().unwrap_or_default()).number()])
}

/// What is known of a root chain.
///
/// # Errors
/// [`CorruptEntry`].
pub fn chain_info(stores: &Stores, root_chain: &Text) -> Result<Option<ChainInfo>, CorruptEntry> {
    let params = MULTI_CHAIN.get(stores);
    match root_chain.as_str().and_then(|name| params.chains.get(name)) {
        Some(data) => Ok(Some(set_by_governance(root_chain, data))),
        None => stores.load(StoreName::Chainmanager, &key(root_chain)),
    }
}

fn set_by_governance(root_chain: &Text, data: &ChainData) -> ChainInfo {
    ChainInfo {
        root_chain: root_chain.clone(),
        activation_height: data.activation_height.unwrap_or_default(),
        confirmations: data.confirmations.unwrap_or_default(),
        root_contract: data.root_contract.unwrap_or_default(),
        state_sender: data.state_sender.unwrap_or_default(),
        stake_manager: data.stake_manager.unwrap_or_default(),
        staking_info: data.staking_info.unwrap_or_default(),
        timestamp: 0,
    }
}

/// The side-chain block at which a root chain's first checkpoint starts, 0 for one that nothing is known of.
///
/// # Errors
/// [`CorruptEntry`].
pub fn activation_height(stores: &Stores, root_chain: &Text) -> Result<u64, CorruptEntry> {
    Ok(chain_info(stores, root_chain)?.map_or(0, |info| info.activation_height))
}

/// Stores what is known of a root chain; says whether nothing was stored of it before.
pub fn add_chain(stores: &mut Stores, info: &ChainInfo) -> bool {
    let key = key(&info.root_chain);
    let new = !stores.has(StoreName::Chainmanager, &key);
    if new {
        stores.save(StoreName::Chainmanager, key, info);
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::MultiChainParams;

    #[test]
    fn governance_comes_before_what_is_stored() {
        let mut stores = Stores::default();
        let bsc = Text::from("bsc");
        assert_eq!(activation_height(&stores, &bsc), Ok(0));
        let info = ChainInfo { root_chain: bsc.clone(), activation_height: 7, ..ChainInfo::default() };
        assert!(add_chain(&mut stores, &info) && !add_chain(&mut stores, &info));
        assert_eq!(activation_height(&stores, &bsc), Ok(7));
        let data = ChainData { activation_height: Some(9), ..ChainData::default() };
        MULTI_CHAIN.set(&mut stores, &MultiChainParams { chains: [("bsc".to_owned(), data)].into() });
        assert_eq!(activation_height(&stores, &bsc), Ok(9));
    }
}
