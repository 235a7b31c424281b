//! Of root chains.

use super::{
    Request, Stop, View,
    form::{group, number, object, plain},
};
use crate::{
    module::chainmanager,
    param::{self, ChainParams, MULTI_CHAIN},
};
use bttc_core::{amino::Json, root_chain::RootChainId};

/// The module's parameters, with a root chain's numbers and contracts in place of Ethereum's. For TRON, and root chains
/// that nothing is known of, nothing is replaced.
// what a message made known is told of BSC alone; and if nothing did, BSC's contracts are at address zero.
pub(super) fn params_of(view: &View<'_>, request: &Request) -> Result<Json, Stop> {
    let name = request.variable("root");
    let multi_chain = MULTI_CHAIN.get(view.stores);
    let set = multi_chain.chains.get(name).filter(|_| name != RootChainId::Tron.name());
    if set.is_none() && name != RootChainId::Bsc.name() {
        return group(view.stores, param::CHAINMANAGER);
    }
    let info = chainmanager::chain_info(view.stores, &name.into())?.unwrap_or_default();
    let contracts = param::CHAIN_PARAMS.get(view.stores)?;
    let contracts = ChainParams {
        stake_manager: info.stake_manager,
        slash_manager: set.map_or(contracts.slash_manager, |set| set.slash_manager.unwrap_or_default()),
        root_contract: info.root_contract,
        staking_info: info.staking_info,
        state_sender: info.state_sender,
        ..contracts
    };
    Ok(object([
        ("mainchain_tx_confirmations", number(info.confirmations)),
        ("maticchain_tx_confirmations", number(param::SIDE_CHAIN_CONFIRMATIONS.get(view.stores)?)),
        ("tronchain_tx_confirmations", number(param::TRON_CONFIRMATIONS.get(view.stores)?)),
        ("chain_params", plain(&contracts)),
    ]))
}
