//! Who signed and who is to be slashed.

use bttc_core::{amino::OmittedZero, amino_fields, id::ValidatorId};
use serde::{Deserialize, Serialize};

/// How well a validator signs blocks.
///
/// Source: `validation-layer §1.6, §5.8; delivery:types/val-signing-info.go:12-24`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningInfo {
    /// The validator.
    pub id: ValidatorId,
    /// Height from which it is watched.
    pub start_height: i64,
    /// Blocks watched.
    pub index_offset: i64,
    /// Blocks missed among the last.
    pub missed: OmittedZero,
}

amino_fields!(SigningInfo {
    id: "valID",
    start_height: "startHeight",
    index_offset: "indexOffset",
    missed: "missed_blocks_counter",
});

/// What a validator is to lose.
///
/// Source: `validation-layer §1.6, §5.8; delivery:types/val-slashing-info.go:10-15`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlashingInfo {
    /// The validator.
    pub id: ValidatorId,
    /// Power it loses.
    pub amount: u64,
    /// Whether it is barred.
    pub jailed: bool,
}

amino_fields!(SlashingInfo { id: "ID", amount: "SlashedAmount", jailed: "IsJailed" });
