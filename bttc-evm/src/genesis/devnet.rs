//! A genesis for a network of one's own, with the system contracts of this crate.
//!
//! ```text
//! 0x…1000  validator set      sprint, last block of span 0, initial validators in named slots
//! 0x…1001  state receiver
//! 0x…1002  child manager      maps the root chain's BTT to 0x…1010
//! 0x…1003  child tokens       ERC-20, ERC-721 and ERC-1155, each mapped to the root token of its address
//! 0x…1010  native token       owned by the child manager; holds what nobody else holds of 10³⁴
//! ```
//!
//! The slots are those of `contracts/README.md`.

use super::{BorConfig, ChildToken, Genesis, GenesisAccount, GenesisConfig};
use alloy_primitives::{Address, B256, Bytes, U256, address, uint};
use bttc_core::{chain::ChainSpec, hash::keccak256, validator::Validator};
use serde::Deserialize;
use std::collections::BTreeMap;

/// All the BTT there is, in base units.
///
/// Source: `block-layer §1.2.3`.
const TOTAL_SUPPLY: U256 = uint!(10_000_000_000_000_000_000_000_000_000_000_000_U256);

const VALIDATOR_SET: &str = include_str!("../../contracts/artifacts/ValidatorSet.json");
const STATE_RECEIVER: &str = include_str!("../../contracts/artifacts/StateReceiver.json");
const NATIVE_TOKEN: &str = include_str!("../../contracts/artifacts/NativeToken.json");
const CHILD_MANAGER: &str = include_str!("../../contracts/artifacts/ChildChainManager.json");

/// Where [`devnet_genesis`] puts the contract that takes deposits from the state receiver.
#[must_use]
pub const fn child_manager() -> Address {
    address!("0x0000000000000000000000000000000000001002")
}

/// Who starts with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevnetAllocation {
    /// Time of block 0, Unix seconds.
    pub time: u64,
    /// Producers of span 0.
    pub validators: Vec<Validator>,
    /// Base units by account.
    pub balances: BTreeMap<Address, U256>,
    /// Number of the root chain that BTT comes from: 1 TRON, 2 Ethereum, 3 BSC.
    pub root_chain: u64,
    /// BTT's address there.
    pub root_token: Address,
}

/// Why there is no such network.
#[derive(Debug, thiserror::Error)]
pub enum DevnetError {
    /// Nobody could produce block 1.
    #[error("a network needs a validator to produce its first span")]
    NoValidators,
    /// Powers are counted from 1.
    #[error("validator {signer} has power {got}, expected at least 1")]
    Power {
        /// The validator.
        signer: Address,
        /// Its power.
        got: i64,
    },
    /// Block 0 ends no sprint: spans are whole sprints.
    #[error("span 0 has {got} blocks, expected a multiple of the sprint of {sprint}")]
    FirstSpan {
        /// Blocks of span 0.
        got: u64,
        /// Blocks of a sprint.
        sprint: u64,
    },
    /// More than all there is.
    #[error("the balances exceed the supply of {TOTAL_SUPPLY}")]
    Supply,
    /// An artifact of this crate is damaged.
    #[error("contract artifact: {0}")]
    Artifact(#[from] serde_json::Error),
}

/// Makes the genesis of a network with this spec.
///
/// ```
/// use bttc_core::{chain::ChainSpec, id::ValidatorId, validator::{Validator, VotingPower}};
/// use bttc_evm::genesis::{DevnetAllocation, devnet_genesis};
/// use alloy_primitives::{Address, U256};
/// use std::collections::BTreeMap;
///
/// let alice = Validator::new(ValidatorId::new(1), Address::repeat_byte(0xa1), VotingPower::new(40));
/// let genesis = devnet_genesis(&ChainSpec::devnet(), &DevnetAllocation {
///     time: 1_700_000_000,
///     validators: vec![alice],
///     balances: BTreeMap::from([(alice.signer, U256::from(1_000))]),
///     root_chain: 1,
///     root_token: Address::repeat_byte(0x77),
/// })?;
/// let supply = genesis.alloc.values().fold(U256::ZERO, |sum, account| sum + account.balance);
/// assert_eq!(supply, U256::from(10).pow(U256::from(34)));
/// # Ok::<(), bttc_evm::genesis::DevnetError>(())
/// ```
///
/// # Errors
/// [`DevnetError`].
pub fn devnet_genesis(spec: &ChainSpec, allocation: &DevnetAllocation) -> Result<Genesis, DevnetError> {
    let DevnetAllocation { time, validators, balances, root_chain, root_token } = allocation;
    let sprint = spec.timing.sprint;
    let first = spec.spans.first;
    if first == 0 || !first.is_multiple_of(sprint) {
        return Err(DevnetError::FirstSpan { got: first, sprint });
    }
    let circulating = balances.values().try_fold(U256::ZERO, |sum, balance| sum.checked_add(*balance));
    let circulating = circulating.ok_or(DevnetError::Supply)?;
    let reserve = TOTAL_SUPPLY.checked_sub(circulating).ok_or(DevnetError::Supply)?;

    let contracts = &spec.contracts;
    let mut alloc: BTreeMap<_, _> =
        balances.iter().map(|(holder, balance)| (*holder, account(*balance, Bytes::new(), BTreeMap::new()))).collect();
    alloc.insert(
        contracts.validator_set,
        account(U256::ZERO, runtime(VALIDATOR_SET)?, validator_set_storage(sprint, first, validators)?),
    );
    alloc.insert(contracts.state_receiver, account(U256::ZERO, runtime(STATE_RECEIVER)?, BTreeMap::new()));
    alloc.insert(
        contracts.native_token,
        account(
            reserve,
            runtime(NATIVE_TOKEN)?,
            BTreeMap::from([
                (U256::from(0), number(child_manager())),
                (U256::from(2), number(*root_token)),
                (U256::from(6), circulating),
                (U256::from(7), U256::from(1)),
            ]),
        ),
    );
    let mut mappings = BTreeMap::from([(U256::from(0), number(contracts.state_receiver))]);
    let mut map = |root: Address, child: Address| {
        let (root, child) = (number(root), number(child));
        mappings.insert(entry((U256::from(*root_chain) << 160) | root, 1), child);
        mappings.insert(entry(child, 2), root);
    };
    map(*root_token, contracts.native_token);
    for token in ChildToken::ALL {
        map(token.address(), token.address());
        alloc.insert(token.address(), token.account(child_manager())?);
    }
    alloc.insert(child_manager(), account(U256::ZERO, runtime(CHILD_MANAGER)?, mappings));
    Ok(Genesis {
        config: GenesisConfig {
            chain_id: spec.chain_id,
            london_block: None,
            istanbul_block: Some(0),
            berlin_block: Some(0),
            bor: BorConfig {
                period: spec.timing.period,
                producer_delay: spec.timing.producer_delay,
                sprint,
                backup_multiplier: spec.timing.backup_multiplier,
                validator_contract: contracts.validator_set,
                state_receiver_contract: contracts.state_receiver,
                override_state_sync_records: spec.state_sync_limits.clone(),
                block_alloc: BTreeMap::new(),
            },
        },
        nonce: 0,
        timestamp: *time,
        extra_data: Bytes::new(),
        gas_limit: spec.gas_ceiling,
        difficulty: U256::from(1),
        mix_digest: B256::ZERO,
        coinbase: Address::ZERO,
        alloc,
        number: 0,
        gas_used: 0,
        parent_hash: B256::ZERO,
    })
}

fn validator_set_storage(
    sprint: u64,
    first: u64,
    validators: &[Validator],
) -> Result<BTreeMap<U256, U256>, DevnetError> {
    if validators.is_empty() {
        return Err(DevnetError::NoValidators);
    }
    let named = |name: &str| keccak256(name);
    let list = named("bttc.genesis.initialValidators");
    let items = U256::from_be_bytes(keccak256(list).0);
    let mut sorted = validators.to_vec();
    sorted.sort_by_key(|validator| validator.signer);
    let mut storage = BTreeMap::from([
        (named("bttc.genesis.sprint").into(), U256::from(sprint)),
        (named("bttc.genesis.firstEndBlock").into(), U256::from(first - 1)),
        (list.into(), U256::from(sorted.len())),
    ]);
    for (place, validator) in sorted.iter().enumerate() {
        let got = validator.power.get();
        let signer = validator.signer;
        let power = u64::try_from(got).ok().filter(|power| *power > 0);
        let power = power.ok_or(DevnetError::Power { signer, got })?;
        let slot = items.wrapping_add(U256::from(place));
        storage.insert(slot, (U256::from(power) << 160) | number(signer));
    }
    Ok(storage)
}

/// The slot of a mapping's entry.
fn entry(key: U256, slot: u64) -> U256 {
    let bytes = [key.to_be_bytes::<32>(), U256::from(slot).to_be_bytes::<32>()].concat();
    keccak256(bytes).into()
}

pub(super) fn number(address: Address) -> U256 {
    address.into_word().into()
}

pub(super) const fn account(balance: U256, code: Bytes, storage: BTreeMap<U256, U256>) -> GenesisAccount {
    GenesisAccount { balance, nonce: 0, code, storage }
}

pub(super) fn runtime(artifact: &str) -> Result<Bytes, serde_json::Error> {
    #[derive(Deserialize)]
    struct Artifact {
        runtime: Bytes,
    }
    serde_json::from_str::<Artifact>(artifact).map(|artifact| artifact.runtime)
}
