//! Block 0: what a chain starts from.
//!
//! A [`Genesis`] is the JSON file of the client: header fields, `config` with its `bor` section, `alloc` with the first
//! accounts. Quantities are 0x-hex or decimal text, addresses in any letter case with or without prefix.
//!
//! ```text
//! { "config": { "chainId": 199, …, "bor": { "period": 2, "sprint": 64, …, "blockAlloc": { "841500": { … } } } },
//!   "timestamp": "0x5ce28211", "gasLimit": "0x989680", "difficulty": "0x1", "alloc": { "00…1000": { "code": "0x…" } } }
//! ```
//!
//! Source: `block-layer §1.1.1, §1.2; bttc:core/genesis.go:72-136,266-313, bttc:params/config.go:426-436`.
//!
//! ```
//! use bttc_core::chain::ChainSpec;
//! use bttc_evm::genesis::Genesis;
//! use alloy_primitives::b256;
//!
//! let json = r#"{ "config": { "chainId": 199, "bor": { "period": 2, "producerDelay": 6, "sprint": 64,
//!     "backupMultiplier": 2, "validatorContract": "0x0000000000000000000000000000000000001000",
//!     "stateReceiverContract": "0x0000000000000000000000000000000000001001" } },
//!     "gasLimit": "10000000", "difficulty": "0x1", "alloc": { "00000000000000000000000000000000000000A1": { "balance": "5" } } }"#;
//! let genesis = Genesis::from_json(json)?;
//! assert_eq!(genesis.chain_spec(&ChainSpec::mainnet()).timing, ChainSpec::mainnet().timing);
//! assert_eq!(genesis.state().accounts().count(), 1);
//! # Ok::<(), bttc_evm::genesis::GenesisError>(())
//! ```

mod devnet;
mod json;
mod tokens;

pub use devnet::{DevnetAllocation, DevnetError, child_manager, devnet_genesis};
pub use tokens::ChildToken;

use crate::{
    header::{Header, SealedHeader},
    state::{Account, State},
    system::code_replacement::CodeReplacements,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_core::{
    chain::{ChainSpec, CodeReplacement, GenesisId, SystemContracts},
    hash::keccak256,
    schedule::Timing,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A genesis file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Genesis {
    /// Chain id and rules.
    pub config: GenesisConfig,
    /// Header's nonce.
    #[serde(default, with = "json::u64")]
    pub nonce: u64,
    /// Header's time, Unix seconds.
    #[serde(default, with = "json::u64")]
    pub timestamp: u64,
    /// Header's extra-data; empty on the public networks.
    #[serde(default)]
    pub extra_data: Bytes,
    /// Header's gas limit.
    #[serde(with = "json::u64")]
    pub gas_limit: u64,
    /// Header's difficulty.
    #[serde(with = "json::u256")]
    pub difficulty: U256,
    /// Header's mix digest.
    #[serde(default, rename = "mixHash")]
    pub mix_digest: B256,
    /// Header's coinbase.
    #[serde(default)]
    pub coinbase: Address,
    /// The first accounts.
    pub alloc: BTreeMap<Address, GenesisAccount>,
    /// Header's number.
    #[serde(default, with = "json::u64")]
    pub number: u64,
    /// Header's gas used.
    #[serde(default, with = "json::u64")]
    pub gas_used: u64,
    /// Header's parent.
    #[serde(default)]
    pub parent_hash: B256,
}

/// The `config` of a genesis file, as far as this chain has a use for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GenesisConfig {
    /// Id of the chain.
    pub chain_id: u64,
    /// First block of London's rules. This chain has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub london_block: Option<u64>,
    /// First block of Istanbul's rules, part of Berlin's: zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub istanbul_block: Option<u64>,
    /// First block of Berlin's rules: zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub berlin_block: Option<u64>,
    /// The side chain's own rules.
    pub bor: BorConfig,
}

/// The `bor` section: eight members.
///
/// Source: `block-layer §1.1.1; bttc:params/config.go:426-436`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BorConfig {
    /// Seconds between blocks of a sprint.
    pub period: u64,
    /// Seconds before the first block of a sprint.
    pub producer_delay: u64,
    /// Blocks in a sprint; 0 stands for 64.
    #[serde(default)]
    pub sprint: u64,
    /// Seconds each place in the succession adds.
    pub backup_multiplier: u64,
    /// Where the spans are kept.
    pub validator_contract: Address,
    /// Where state-sync records arrive.
    pub state_receiver_contract: Address,
    /// Block → most records it delivers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "json::by_block")]
    pub override_state_sync_records: BTreeMap<u64, u64>,
    /// Block → accounts that get new code in it; of the accounts only the code counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "json::by_block")]
    pub block_alloc: BTreeMap<u64, BTreeMap<Address, GenesisAccount>>,
}

/// An account of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenesisAccount {
    /// Base units.
    #[serde(with = "json::u256")]
    pub balance: U256,
    /// Transactions sent, or contracts created plus one.
    #[serde(default, skip_serializing_if = "json::is_zero", with = "json::u64")]
    pub nonce: u64,
    /// Code.
    #[serde(default, skip_serializing_if = "json::no_bytes")]
    pub code: Bytes,
    /// Slot → value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "json::storage")]
    pub storage: BTreeMap<U256, U256>,
}

/// Why a genesis is not the chain's.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// Not the JSON of a genesis.
    #[error("not the JSON of a genesis: {0}")]
    Json(#[from] serde_json::Error),
    /// Rules that this chain does not have.
    #[error("fork {fork} at block {got:?}; this chain has Berlin's rules from block 0 and no later ones")]
    Fork {
        /// Name of the fork.
        fork: &'static str,
        /// Block in the file.
        got: Option<u64>,
    },
    /// The spec is another chain's.
    #[error("the genesis says {field} = {got}, the spec {expected}")]
    Config {
        /// What differs.
        field: &'static str,
        /// In the genesis.
        got: String,
        /// In the spec.
        expected: String,
    },
    /// The accounts make another state.
    #[error("the genesis has state root {computed}, the spec declares {declared}")]
    StateRoot {
        /// In the spec.
        declared: B256,
        /// Of the accounts.
        computed: B256,
    },
    /// The header is another one.
    #[error("the genesis has hash {computed}, the spec declares {declared}")]
    Hash {
        /// In the spec.
        declared: B256,
        /// Of the header.
        computed: B256,
    },
    /// The code of a replacement is not in the file.
    #[error("code {code_hash} for {account} at block {block} is not in the genesis")]
    ReplacementMissing {
        /// Block of the replacement.
        block: u64,
        /// Account that gets the code.
        account: Address,
        /// Hash of the code.
        code_hash: B256,
    },
}

impl Genesis {
    /// Reads the JSON file.
    ///
    /// # Errors
    /// [`GenesisError::Json`], or [`GenesisError::Fork`] for other rules than Berlin's.
    pub fn from_json(json: &str) -> Result<Self, GenesisError> {
        let genesis: Self = serde_json::from_str(json)?;
        genesis.check_forks()?;
        Ok(genesis)
    }

    fn check_forks(&self) -> Result<(), GenesisError> {
        let config = &self.config;
        let forks = [("istanbul", config.istanbul_block), ("berlin", config.berlin_block)];
        for (fork, got) in forks {
            if got.is_some_and(|block| block != 0) {
                return Err(GenesisError::Fork { fork, got });
            }
        }
        match config.london_block {
            None => Ok(()),
            got => Err(GenesisError::Fork { fork: "london", got }),
        }
    }

    /// Block times and sprint.
    #[must_use]
    pub const fn timing(&self) -> Timing {
        let bor = &self.config.bor;
        Timing {
            period: bor.period,
            producer_delay: bor.producer_delay,
            sprint: if bor.sprint == 0 { 64 } else { bor.sprint },
            backup_multiplier: bor.backup_multiplier,
        }
    }

    /// The spec of this chain: what the file says, the rest as in `base`.
    #[must_use]
    pub fn chain_spec(&self, base: &ChainSpec) -> ChainSpec {
        let bor = &self.config.bor;
        let state = self.state();
        let replacements = self.code_replacements();
        ChainSpec {
            chain_id: self.config.chain_id,
            layer_chain_id: format!("delivery-{}", self.config.chain_id),
            genesis: Some(GenesisId { hash: self.header(state.root()).hash(), state_root: state.root() }),
            timing: self.timing(),
            contracts: SystemContracts {
                validator_set: bor.validator_contract,
                state_receiver: bor.state_receiver_contract,
                ..base.contracts
            },
            code_replacements: replacements
                .iter()
                .map(|(block, account, code)| CodeReplacement { block, account, code_hash: keccak256(code) })
                .collect(),
            state_sync_limits: bor.override_state_sync_records.clone(),
            ..base.clone()
        }
    }

    /// The code replacements of the file.
    #[must_use]
    pub fn code_replacements(&self) -> CodeReplacements {
        let mut replacements = CodeReplacements::default();
        for (block, accounts) in &self.config.bor.block_alloc {
            for (address, account) in accounts {
                replacements.insert(*block, *address, account.code.clone());
            }
        }
        replacements
    }

    /// The first accounts as a state.
    #[must_use]
    pub fn state(&self) -> State {
        State::from_accounts(self.alloc.iter().map(|(address, account)| {
            let storage = account.storage.iter().map(|(slot, value)| (*slot, *value));
            let account = Account::new(account.nonce, account.balance, account.code.clone(), storage);
            (*address, account)
        }))
    }

    /// The header of block 0 over a state with this root.
    ///
    /// Source: `block-layer §1.2.1; bttc:core/genesis.go:266-313`.
    #[must_use]
    pub fn header(&self, state_root: B256) -> Header {
        Header {
            parent_hash: self.parent_hash,
            coinbase: self.coinbase,
            state_root,
            difficulty: self.difficulty,
            number: U256::from(self.number),
            gas_limit: self.gas_limit,
            gas_used: self.gas_used,
            time: self.timestamp,
            extra: self.extra_data.clone(),
            mix_digest: self.mix_digest,
            nonce: self.nonce.to_be_bytes().into(),
            ..Header::default()
        }
    }

    /// Block 0, its state and the code replacements, checked against the spec.
    ///
    /// # Errors
    /// [`GenesisError`] naming what differs.
    pub fn open(&self, spec: &ChainSpec) -> Result<(SealedHeader, State, CodeReplacements), GenesisError> {
        self.check_forks()?;
        same("chainId", self.config.chain_id, spec.chain_id)?;
        let (timing, bor) = (self.timing(), &self.config.bor);
        same("period", timing.period, spec.timing.period)?;
        same("producerDelay", timing.producer_delay, spec.timing.producer_delay)?;
        same("sprint", timing.sprint, spec.timing.sprint)?;
        same("backupMultiplier", timing.backup_multiplier, spec.timing.backup_multiplier)?;
        same("validatorContract", bor.validator_contract, spec.contracts.validator_set)?;
        same("stateReceiverContract", bor.state_receiver_contract, spec.contracts.state_receiver)?;
        let (got, expected) = (&bor.override_state_sync_records, &spec.state_sync_limits);
        same("overrideStateSyncRecords", Listed(got), Listed(expected))?;
        let mut replacements = CodeReplacements::default();
        for &CodeReplacement { block, account, code_hash } in &spec.code_replacements {
            let listed = bor.block_alloc.get(&block);
            let code = listed.and_then(|accounts| accounts.get(&account)).map(|a| &a.code);
            let code = code.filter(|code| keccak256(code) == code_hash);
            let code = code.ok_or(GenesisError::ReplacementMissing { block, account, code_hash })?;
            replacements.insert(block, account, code.clone());
        }
        let blocks: BTreeSet<_> = self.code_replacements().iter().map(|(block, ..)| block).collect();
        same("blockAlloc", Listed(&blocks), Listed(&replacements.iter().map(|(block, ..)| block).collect()))?;
        let state = self.state();
        let header = SealedHeader::genesis(self.header(state.root()));
        if let Some(declared) = spec.genesis {
            let computed = state.root();
            if computed != declared.state_root {
                let declared = declared.state_root;
                return Err(GenesisError::StateRoot { declared, computed });
            }
            let computed = header.hash();
            if computed != declared.hash {
                let declared = declared.hash;
                return Err(GenesisError::Hash { declared, computed });
            }
        }
        Ok((header, state, replacements))
    }
}

/// Shown by its `Debug` form.
#[derive(PartialEq)]
struct Listed<'a, T>(&'a T);

impl<T: fmt::Debug> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn same<T: PartialEq + ToString>(field: &'static str, got: T, expected: T) -> Result<(), GenesisError> {
    if got == expected {
        Ok(())
    } else {
        Err(GenesisError::Config { field, got: got.to_string(), expected: expected.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    /// Block 0 of both public networks differs in the state root only.
    #[test]
    fn the_public_networks_headers_hash_to_their_known_hashes() {
        let genesis = Genesis {
            config: GenesisConfig {
                chain_id: 199,
                london_block: None,
                istanbul_block: Some(0),
                berlin_block: Some(0),
                bor: BorConfig {
                    period: 2,
                    producer_delay: 6,
                    sprint: 0,
                    backup_multiplier: 2,
                    validator_contract: SystemContracts::STANDARD.validator_set,
                    state_receiver_contract: SystemContracts::STANDARD.state_receiver,
                    override_state_sync_records: BTreeMap::new(),
                    block_alloc: BTreeMap::new(),
                },
            },
            nonce: 0,
            timestamp: 0x5ce2_8211,
            extra_data: Bytes::new(),
            gas_limit: 0x98_9680,
            difficulty: U256::from(1),
            mix_digest: B256::ZERO,
            coinbase: Address::ZERO,
            alloc: BTreeMap::new(),
            number: 0,
            gas_used: 0,
            parent_hash: B256::ZERO,
        };
        for spec in [ChainSpec::mainnet(), ChainSpec::donau()] {
            let known = spec.genesis.unwrap();
            let header = genesis.header(known.state_root);
            assert_eq!((header.hash(), header.to_rlp().len()), (known.hash, 503));
        }
        assert_eq!(genesis.timing().sprint, 64);
        // Vector D3.
        assert_eq!(
            genesis.header(B256::ZERO).leaf().hash(),
            b256!("0x1200fc044836f9bdeae31c0262f8dca88577a8b889c4e2b32f6c5b65afc2ca24")
        );
        let written = serde_json::to_string(&genesis).unwrap();
        assert_eq!(Genesis::from_json(&written).unwrap(), genesis);
    }
}
