//! Root chains: what is known of them, and how new ones become known.
//!
//! ```text
//! of a name:  parameter `ParamsWithMultiChains` ──else──▶ stored ChainInfo ──else──▶ nothing
//! ```
//!
//! TRON's contracts, and Ethereum's for checks, are parameters of their own.
//!
//! Source: `validation-layer §5.11; delivery:chainmanager/keeper.go:63-162`.

use super::{Context, Depth, Event, Facts, Halt, Outcome, Phases, Question, Refusal};
use crate::{
    message::{MsgNewChain, root_chain_of},
    param::{self, ChainData, ChainParams, MULTI_CHAIN},
    record::ChainInfo,
    store::{CorruptEntry, StoreName, Stores, prefixed},
};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::Text,
    root_chain::{RootChainId, RootEvent},
};

const CHAIN_INFO: u8 = 0x11;

/// A root chain's number, 0 for an unknown one.
///
/// Source: `validation-layer §1.3; delivery:types/chaintype.go:3-27`.
#[must_use]
pub fn number(root_chain: &Text) -> u8 {
    root_chain_of(root_chain).map_or(0, RootChainId::number)
}

/// Under which key a root chain's info stands; all unknown ones share one.
fn key(root_chain: &Text) -> Vec<u8> {
    prefixed(CHAIN_INFO, [number(root_chain)])
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

/// Root chains that messages made known, in the order of their numbers.
pub fn chain_infos(stores: &Stores) -> impl Iterator<Item = Result<ChainInfo, CorruptEntry>> + '_ {
    stores.load_all(StoreName::Chainmanager, &[CHAIN_INFO])
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

/// The root chain is none of the three; or, when it is settled, known by now.
const WRONG_ROOT_CHAIN: Refusal = Refusal::common(1_512);
/// Something is known of it already.
const CHAIN_EXISTS: Refusal = Refusal::common(1_514);

impl Phases for MsgNewChain {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if root_chain_of(&self.root_chain_type).is_none() {
            return Err(WRONG_ROOT_CHAIN);
        }
        if chain_info(stores, &self.root_chain_type)?.is_some() {
            return Err(CHAIN_EXISTS);
        }
        Ok(vec![
            Event::admitted("new-chain", StoreName::Chainmanager)
                .with("root-chain", &self.root_chain_type)
                .with("activation-height", self.activation_height),
        ])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let contracts = param::CHAIN_PARAMS.get(stores)?;
        let (block, event) = facts.log(Question::Log {
            root_chain: RootChainId::Tron,
            depth: Depth::Any,
            contract: ChainParams::tron_address(&contracts.tron_root_contract),
            tx_hash: self.tx_hash,
            log_index: self.log_index,
        })?;
        let RootEvent::NewChain(event) = event else { return Err(Refusal::DECODE.into()) };
        let same = block == self.block_number
            && event.root_chain == u64::from(number(&self.root_chain_type))
            && event.confirmations == self.tx_confirmations
            && event.activation_height == self.activation_height
            && event.root_contract == self.root_chain_address
            && event.state_sender == self.state_sender_address
            && event.staking_info == self.staking_info_address
            && event.stake_manager == self.staking_manager_address;
        if same { Ok(VoteResult::Yes) } else { Err(Refusal::INVALID_MSG.into()) }
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        if verdict != VoteResult::Yes {
            return Err(Refusal::NOT_APPROVED);
        }
        let info = ChainInfo {
            root_chain: self.root_chain_type.clone(),
            activation_height: self.activation_height,
            confirmations: self.tx_confirmations,
            root_contract: self.root_chain_address,
            state_sender: self.state_sender_address,
            stake_manager: self.staking_manager_address,
            staking_info: self.staking_info_address,
            timestamp: context.seconds(),
        };
        if !add_chain(stores, &info) {
            return Err(WRONG_ROOT_CHAIN);
        }
        Ok(vec![
            Event::new("new-chain")
                .with("action", "new-chain")
                .with("module", "chainmanager")
                .with("txhash", format_args!("{:#x}", context.tx_hash()))
                .with("tx-log-index", self.log_index)
                .with("side-tx-result", "Yes")
                .with("activation-height", self.activation_height)
                .with("root-chain", &self.root_chain_type),
        ])
    }
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
