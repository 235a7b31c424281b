//! Parameters: values that the chain agreed on, each under its own key.
//!
//! ```text
//! store `params`:  subspace ‖ "/" ‖ key ──▶ amino JSON         "checkpoint/MaxCheckpointLength" ──▶ "1024"
//!                                       ──▶ standard JSON      for the three whose value is a map
//! ```
//!
//! Source: `validation-layer §5.10, §5.11, §9.1; delivery:params/subspace/subspace.go:29-55, 121-140`.
//!
//! ```
//! use bttc_validator::{param, store::Stores};
//!
//! let mut stores = Stores::default();
//! param::MAX_CHECKPOINT_LENGTH.set(&mut stores, &1_024);
//! assert_eq!(param::MAX_CHECKPOINT_LENGTH.get(&stores)?, 1_024);
//! assert!(param::SPAN_DURATION.get(&stores).is_err()); // nobody set it
//! # Ok::<(), bttc_validator::module::Refusal>(())
//! ```

mod chain;
mod decimal;
mod default;
mod feature;
mod fork;
mod gov;
mod group;
mod multi_chain;
mod rules;
pub mod slashing;
mod update;

pub use chain::ChainParams;
pub use decimal::Decimal;
pub use default::{STATE_RECEIVER, VALIDATOR_SET, set_defaults};
pub use feature::{FEATURES, Feature, FeatureData, FeatureParams, SUPPORTED, SupportedFeatures};
pub use fork::MapForm;
pub use gov::{DEPOSIT_PARAMS, DepositParams, SomeCoins, TALLY_PARAMS, TallyParams, VOTING_PARAMS, VotingParams};
pub use group::{AUTH, AnyParam, BOR, CHAINMANAGER, CHECKPOINT, GROUPS, Group, SLASHING, STAKING};
pub use multi_chain::{ChainData, MULTI_CHAIN, MultiChainParams};
pub use rules::Rules;
pub(crate) use update::parse;
pub use update::{UpdateError, add_supported, update, update_features};

use crate::{
    module::Refusal,
    store::{StoreName, Stores},
};
use bttc_core::amino::{self, Field, Json, JsonError, JsonForm};
use core::{fmt, marker::PhantomData};
use serde::Serialize;
use std::collections::BTreeMap;

/// Where a parameter stands, and what it is.
pub struct Param<F> {
    path: &'static str,
    value: PhantomData<fn() -> F>,
}

/// Seconds that a proposed checkpoint is waited for, in nanoseconds.
pub const CHECKPOINT_BUFFER_TIME: Param<i64> = Param::at("checkpoint/CheckpointBufferTime");
/// Blocks that a checkpoint has on average.
pub const AVG_CHECKPOINT_LENGTH: Param<u64> = Param::at("checkpoint/AvgCheckpointLength");
/// Blocks that a checkpoint has at most.
pub const MAX_CHECKPOINT_LENGTH: Param<u64> = Param::at("checkpoint/MaxCheckpointLength");
/// What checkpoint numbers are multiplied by in the root contracts.
pub const CHILD_BLOCK_INTERVAL: Param<u64> = Param::at("checkpoint/ChildBlockInterval");
/// Blocks of a sprint.
pub const SPRINT_DURATION: Param<u64> = Param::at("bor/SprintDuration");
/// Blocks of a span.
pub const SPAN_DURATION: Param<u64> = Param::at("bor/SpanDuration");
/// Slots of a span.
pub const PRODUCER_COUNT: Param<u64> = Param::at("bor/ProducerCount");
/// For how long a staking sync is nobody else's to carry, in nanoseconds.
pub const STAKING_BUFFER_TIME: Param<i64> = Param::at("staking/StakingBufferTime");
/// Blocks that an Ethereum transaction has to lie deep.
pub const ETHEREUM_CONFIRMATIONS: Param<u64> = Param::at("chainmanager/MainchainTxConfirmations");
/// Blocks that a block of the side chain has to lie deep.
pub const SIDE_CHAIN_CONFIRMATIONS: Param<u64> = Param::at("chainmanager/MaticchainTxConfirmations");
/// Blocks that a TRON transaction has to lie deep.
pub const TRON_CONFIRMATIONS: Param<u64> = Param::at("chainmanager/TronchainTxConfirmations");
/// Chain id and contracts.
pub const CHAIN_PARAMS: Param<ChainParams> = Param::at("chainmanager/ChainParams");
/// Whether coins may be sent.
pub const SEND_ENABLED: Param<bool> = Param::at("bank/sendenabled");
/// Bytes of a memo at most.
pub const MAX_MEMO_CHARACTERS: Param<u64> = Param::at("auth/MaxMemoCharacters");
/// Signatures of a transaction at most.
pub const TX_SIG_LIMIT: Param<u64> = Param::at("auth/TxSigLimit");
/// Gas for a byte of a transaction, never charged.
pub const TX_SIZE_COST_PER_BYTE: Param<u64> = Param::at("auth/TxSizeCostPerByte");
/// Gas for an Ed25519 signature, of which there are none.
pub const SIG_VERIFY_COST_ED25519: Param<u64> = Param::at("auth/SigVerifyCostED25519");
/// Gas for a signature.
pub const SIG_VERIFY_COST_SECP256K1: Param<u64> = Param::at("auth/SigVerifyCostSecp256k1");
/// Gas of a transaction.
pub const MAX_TX_GAS: Param<u64> = Param::at("auth/MaxTxGas");
/// Base units that a transaction costs, in decimal.
pub const TX_FEES: Param<String> = Param::at("auth/TxFees");

impl<F> Param<F> {
    const fn at(path: &'static str) -> Self {
        Self { path, value: PhantomData }
    }

    /// Its key in the store of parameters.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }
}

impl<F: Field> Param<F> {
    /// Its value.
    ///
    /// # Errors
    /// [`Refusal::INTERNAL`] where it was never set, or does not read: there the reference panics.
    pub fn get(&self, stores: &Stores) -> Result<F, Refusal> {
        let text = stores.get(StoreName::Params, self.path.as_bytes()).ok_or(Refusal::INTERNAL)?;
        let json: Json = serde_json::from_slice(text).map_err(|_| Refusal::INTERNAL)?;
        amino::from_json(&json, JsonForm::Amino).map_err(|_| Refusal::INTERNAL)
    }

    /// Sets it.
    pub fn set(&self, stores: &mut Stores, value: &F) {
        let text = amino::to_json(value, JsonForm::Amino).to_string();
        stores.set(StoreName::Params, self.path.as_bytes().to_vec(), text.into_bytes());
    }
}

/// Sets a parameter that holds a map, in Go's standard JSON.
fn set_map(stores: &mut Stores, path: &str, value: &impl Serialize) {
    // Maps of texts and whole numbers always serialize, and are such JSON.
    let text = serde_json::to_vec(value).unwrap_or_default();
    let json: Json = serde_json::from_slice(&text).unwrap_or(Json::Null);
    stores.set(StoreName::Params, path.as_bytes().to_vec(), json.to_string().into_bytes());
}

/// Entries of a JSON object, by key; of several of one key the last.
type JsonMap<'a> = BTreeMap<String, &'a Json>;

/// The map in a field of an object; `None` where the field is missing or `null`.
fn json_map<'a>(json: &'a Json, field: &str) -> Result<Option<JsonMap<'a>>, JsonError> {
    if !matches!(json, Json::Object(_) | Json::Null) {
        return Err(JsonError::unexpected("an object", json));
    }
    match json.get(field) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(entries)) => {
            Ok(Some(entries.iter().map(|(key, json)| (key.clone().into_owned(), json)).collect()))
        }
        Some(other) => Err(JsonError::unexpected("an object", other)),
    }
}

impl<F> fmt::Debug for Param<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}
