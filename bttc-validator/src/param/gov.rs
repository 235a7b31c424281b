//! How governance decides.
//!
//! Each of these objects leaves out what is zero when it is written, and keeps what it had where a change leaves
//! something out.

use super::{Decimal, Param};
use crate::message::Coins;
use bttc_core::{
    amino::{AminoError, Field, Json, JsonError, JsonForm, OmittedZero, Reader, Shape, Writer},
    amino_fields,
};

/// How a proposal comes to a vote.
///
/// Source: `validation-layer §5.9; delivery:gov/types/params.go:27-31`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepositParams {
    /// What has to be deposited for it.
    pub min_deposit: SomeCoins,
    /// How long that may take, in nanoseconds.
    pub max_period: OmittedZero,
}

amino_fields!(DepositParams { min_deposit: "min_deposit", max_period: "max_deposit_period" });

/// How long is voted.
///
/// Source: `validation-layer §5.9; delivery:gov/types/params.go:76-79`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VotingParams {
    /// Nanoseconds.
    pub period: OmittedZero,
}

amino_fields!(VotingParams { period: "voting_period" });

/// What a vote has to come to.
///
/// Source: `validation-layer §5.9; delivery:gov/types/params.go:52-57`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TallyParams {
    /// Share of the power that has to vote.
    pub quorum: Decimal,
    /// Share of the votes that do not abstain above which it passes.
    pub threshold: Decimal,
    /// Share of the votes above which a veto holds.
    pub veto: Decimal,
}

amino_fields!(TallyParams { quorum: "quorum", threshold: "threshold", veto: "veto" });

/// How a proposal comes to a vote.
pub const DEPOSIT_PARAMS: Param<DepositParams> = Param::at("gov/depositparams");
/// How long is voted.
pub const VOTING_PARAMS: Param<VotingParams> = Param::at("gov/votingparams");
/// What a vote has to come to.
pub const TALLY_PARAMS: Param<TallyParams> = Param::at("gov/tallyparams");

/// Coins that have no key in JSON while there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SomeCoins(
    /// The coins.
    pub Coins,
);

impl Field for SomeCoins {
    const SHAPE: Shape = Shape::Nested;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        self.0.to_json(form)
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        Field::from_json(json, form).map(Self)
    }

    fn is_in_json(&self) -> bool {
        !self.0.0.is_empty()
    }

    fn write_field(&self, number: u32, to: &mut Writer) {
        self.0.write_field(number, to);
    }

    fn read_field(number: u32, from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read_field(number, from).map(Self)
    }
}
