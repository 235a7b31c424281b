//! The stores that a network of one's own begins with.

use crate::{
    message::Coins,
    module::{Refusal, bank, bor, chainmanager, checkpoint, staking, supply, topup},
    param::{self, CHAIN_PARAMS, ChainParams, Rules},
    record::{ChainInfo, DividendAccount},
    root_chain::Contracts,
    store::Stores,
};
use alloy_primitives::{Address, hex};
use bttc_core::{
    amino::Text,
    amount::Amount,
    chain::ChainSpec,
    id::SpanId,
    root_chain::{RootChainId, RootEvent, Staked},
};
use bttc_staking::{
    registry::{Registry, Sequence, StakingEventError, ValidatorRecord},
    validator_set::ChangeError,
};

/// What each validator has for fees, in BTT.
///
/// Source: `validation-layer §9.3; delivery:helper/allocs/mainnet.json`.
const BALANCE: u64 = 100_000;

/// Why there is no such layer to begin with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// A stake does not make a validator.
    #[error(transparent)]
    Stake(#[from] StakingEventError),
    /// The validators make no set.
    #[error(transparent)]
    Set(#[from] ChangeError),
    /// An account refuses its coins.
    #[error(transparent)]
    Coins(#[from] Refusal),
}

/// The stores of these validators, in the order in which they staked, with the contracts of these root chains.
///
/// Each validator has an account with coins, and an empty fee account, as the network's genesis has it: over no fee
/// accounts no checkpoint can pass.
///
/// Source: `validation-layer §2.4, §9.1, §9.3; delivery:staking/genesis.go:10-46, delivery:bor/genesis.go:11-27`.
pub(super) fn stores(
    spec: &ChainSpec,
    stakes: impl IntoIterator<Item = Staked>,
    contracts: impl IntoIterator<Item = (RootChainId, Contracts)>,
) -> Result<Stores, GenesisError> {
    let mut stores = Stores::default();
    params(spec, contracts, &mut stores);
    let mut joined = Registry::new(spec);
    let mut signers: Vec<Address> = Vec::new();
    for (place, staked) in (0..).zip(stakes) {
        signers.push(staked.signer);
        joined.apply(&RootEvent::Staked(staked), Sequence::new(0, place), 0)?;
    }
    let records = joined.records().map(|record| ValidatorRecord { last_updated: String::new(), ..record.clone() });
    let registry = Registry::genesis(spec, records, 0)?;
    for record in registry.records() {
        staking::save_record(&mut stores, record);
    }
    staking::save_set(&mut stores, registry.set());
    if let Some(span) = registry.span(SpanId::new(0)) {
        bor::save_span(&mut stores, span);
    }
    for root_chain in [RootChainId::Tron, RootChainId::Ethereum] {
        checkpoint::set_count(&mut stores, root_chain.into(), 0);
    }
    for signer in signers {
        bank::set_coins(&mut stores, signer, Coins::btt(Amount::from_btt(BALANCE).into()))?;
        topup::set_fee_account(&mut stores, &DividendAccount { user: signer, fee: "0".to_owned() });
    }
    supply::module_account(&mut stores, supply::FEE_COLLECTOR)?;
    Ok(stores)
}

fn params(spec: &ChainSpec, contracts: impl IntoIterator<Item = (RootChainId, Contracts)>, stores: &mut Stores) {
    param::set_defaults(stores);
    Rules::of(spec).save(stores);
    param::CHECKPOINT_BUFFER_TIME.set(stores, &nanos(spec.checkpoints.buffer_time));
    param::AVG_CHECKPOINT_LENGTH.set(stores, &spec.checkpoints.average_length);
    param::MAX_CHECKPOINT_LENGTH.set(stores, &spec.checkpoints.max_length);
    param::SPRINT_DURATION.set(stores, &spec.timing.sprint);
    param::SPAN_DURATION.set(stores, &spec.spans.length);
    param::PRODUCER_COUNT.set(stores, &spec.spans.producers);
    param::ETHEREUM_CONFIRMATIONS.set(stores, &spec.confirmations.ethereum);
    param::SIDE_CHAIN_CONFIRMATIONS.set(stores, &spec.confirmations.side_chain);
    param::TRON_CONFIRMATIONS.set(stores, &spec.confirmations.tron);
    let mut params = ChainParams {
        chain_id: spec.chain_id.to_string().as_str().into(),
        state_receiver: spec.contracts.state_receiver,
        validator_set: spec.contracts.validator_set,
        ..ChainParams::default()
    };
    for (root_chain, at) in contracts {
        match root_chain {
            RootChainId::Tron => {
                params.tron_root_contract = on_tron(at.root_chain);
                params.tron_state_sender = on_tron(at.state_sender);
                params.tron_stake_manager = on_tron(at.stake_manager);
                params.tron_staking_info = on_tron(at.staking_info);
            }
            RootChainId::Ethereum => {
                params.token = at.token;
                params.stake_manager = at.stake_manager;
                params.root_contract = at.root_chain;
                params.staking_info = at.staking_info;
                params.state_sender = at.state_sender;
            }
            RootChainId::Bsc => {
                let info = ChainInfo {
                    root_chain: root_chain.name().into(),
                    activation_height: 0,
                    confirmations: spec.confirmations.bsc,
                    root_contract: at.root_chain,
                    state_sender: at.state_sender,
                    stake_manager: at.stake_manager,
                    staking_info: at.staking_info,
                    timestamp: 0,
                };
                chainmanager::add_chain(stores, &info);
            }
        }
    }
    CHAIN_PARAMS.set(stores, &params);
}

/// Seconds in nanoseconds, as far as there are such.
fn nanos(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000_000)
}

/// An address as it stands for a contract on TRON: 21 bytes in hex that begin with 41.
///
/// Source: `validation-layer §1.2`.
fn on_tron(address: Address) -> Text {
    format!("41{}", hex::encode(address)).as_str().into()
}
