//! The parameters of a module, whatever their types.

use super::{
    AVG_CHECKPOINT_LENGTH, CHAIN_PARAMS, CHECKPOINT_BUFFER_TIME, CHILD_BLOCK_INTERVAL, ETHEREUM_CONFIRMATIONS,
    MAX_CHECKPOINT_LENGTH, MAX_MEMO_CHARACTERS, MAX_TX_GAS, PRODUCER_COUNT, Param, SIDE_CHAIN_CONFIRMATIONS,
    SIG_VERIFY_COST_ED25519, SIG_VERIFY_COST_SECP256K1, SPAN_DURATION, SPRINT_DURATION, STAKING_BUFFER_TIME,
    TRON_CONFIRMATIONS, TX_FEES, TX_SIG_LIMIT, TX_SIZE_COST_PER_BYTE, slashing,
};
use crate::{module::Refusal, store::Stores};
use bttc_core::amino::{self, Field, Json, JsonError, JsonForm};
use core::fmt;

/// A parameter of any type, as JSON.
pub trait AnyParam: fmt::Debug {
    /// Its key in the store of parameters.
    fn path(&self) -> &'static str;

    /// Its value.
    ///
    /// # Errors
    /// [`Refusal::INTERNAL`] where it was never set, or does not read.
    fn get_json(&self, stores: &Stores, form: JsonForm) -> Result<Json, Refusal>;

    /// Sets it; `null` is its type's zero.
    ///
    /// # Errors
    /// [`JsonError`] for another type's value.
    fn set_json(&self, stores: &mut Stores, json: &Json) -> Result<(), JsonError>;
}

impl<F: Field> AnyParam for Param<F> {
    fn path(&self) -> &'static str {
        Self::path(self)
    }

    fn get_json(&self, stores: &Stores, form: JsonForm) -> Result<Json, Refusal> {
        Ok(amino::to_json(&self.get(stores)?, form))
    }

    fn set_json(&self, stores: &mut Stores, json: &Json) -> Result<(), JsonError> {
        self.set(stores, &amino::from_json(json, JsonForm::Amino)?);
        Ok(())
    }
}

const _: fn(&dyn AnyParam) = |_| {};

/// The parameters that a module has in one object, each with its key there, in order.
pub type Group = &'static [(&'static str, &'static dyn AnyParam)];

/// Those of `auth`.
pub const AUTH: Group = &[
    ("max_memo_characters", &MAX_MEMO_CHARACTERS),
    ("tx_sig_limit", &TX_SIG_LIMIT),
    ("tx_size_cost_per_byte", &TX_SIZE_COST_PER_BYTE),
    ("sig_verify_cost_ed25519", &SIG_VERIFY_COST_ED25519),
    ("sig_verify_cost_secp256k1", &SIG_VERIFY_COST_SECP256K1),
    ("max_tx_gas", &MAX_TX_GAS),
    ("tx_fees", &TX_FEES),
];
/// Those of `bor`.
pub const BOR: Group =
    &[("sprint_duration", &SPRINT_DURATION), ("span_duration", &SPAN_DURATION), ("producer_count", &PRODUCER_COUNT)];
/// Those of `chainmanager`; the map of root chains is not among them.
pub const CHAINMANAGER: Group = &[
    ("mainchain_tx_confirmations", &ETHEREUM_CONFIRMATIONS),
    ("maticchain_tx_confirmations", &SIDE_CHAIN_CONFIRMATIONS),
    ("tronchain_tx_confirmations", &TRON_CONFIRMATIONS),
    ("chain_params", &CHAIN_PARAMS),
];
/// Those of `checkpoint`.
pub const CHECKPOINT: Group = &[
    ("checkpoint_buffer_time", &CHECKPOINT_BUFFER_TIME),
    ("avg_checkpoint_length", &AVG_CHECKPOINT_LENGTH),
    ("max_checkpoint_length", &MAX_CHECKPOINT_LENGTH),
    ("child_chain_block_interval", &CHILD_BLOCK_INTERVAL),
];
/// Those of `staking`.
pub const STAKING: Group = &[("staking_buffer_time", &STAKING_BUFFER_TIME)];
/// Those of `slashing`.
pub const SLASHING: Group = &[
    ("signed_blocks_window", &slashing::SIGNED_BLOCKS_WINDOW),
    ("min_signed_per_window", &slashing::MIN_SIGNED_PER_WINDOW),
    ("downtime_jail_duration", &slashing::DOWNTIME_JAIL_DURATION),
    ("slash_fraction_double_sign", &slashing::SLASH_FRACTION_DOUBLE_SIGN),
    ("slash_fraction_downtime", &slashing::SLASH_FRACTION_DOWNTIME),
    ("slash_fraction_limit", &slashing::SLASH_FRACTION_LIMIT),
    ("jail_fraction_limit", &slashing::JAIL_FRACTION_LIMIT),
    ("max_evidence_age", &slashing::MAX_EVIDENCE_AGE),
    ("enable_slashing", &slashing::ENABLE_SLASHING),
];

/// All of them.
pub const GROUPS: [Group; 6] = [AUTH, BOR, CHAINMANAGER, CHECKPOINT, STAKING, SLASHING];
