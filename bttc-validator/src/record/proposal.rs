//! What is to be decided, who deposited for it and how was voted.

use crate::message::{Coins, Content, SignedAmount, VoteOption};
use bttc_core::{
    amino::{AminoError, AnyOf, Field, Json, JsonError, JsonForm, Reader, Shape, Text, Time, Writer},
    amino_fields,
    id::ValidatorId,
};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A proposal and how it goes. A time that has not come yet is [`Time::UNSET`].
///
/// Source: `validation-layer §5.9; delivery:gov/types/proposal.go:12-28`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What is to be decided.
    pub content: AnyOf<Content>,
    /// Its number.
    pub id: u64,
    /// How far it is.
    pub status: ProposalStatus,
    /// How was voted, once that is over.
    pub result: TallyResult,
    /// When it was proposed.
    pub submitted: Time,
    /// Until when enough has to be deposited.
    pub deposit_end: Time,
    /// What is deposited.
    pub total_deposit: Coins,
    /// When the vote began.
    pub voting_start: Time,
    /// When the vote ends.
    pub voting_end: Time,
}

amino_fields!(Proposal {
    content: "content",
    id: "id",
    status: "proposal_status",
    result: "final_tally_result",
    submitted: "submit_time",
    deposit_end: "deposit_end_time",
    total_deposit: "total_deposit",
    voting_start: "voting_start_time",
    voting_end: "voting_end_time",
});

/// How far a proposal is. Any byte may stand in a store; five have names.
///
/// Source: `validation-layer §5.9; delivery:gov/types/proposal.go:82-200`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProposalStatus(u8);

impl ProposalStatus {
    /// It waits for deposits.
    pub const DEPOSIT: Self = Self(1);
    /// It is voted on.
    pub const VOTING: Self = Self(2);
    /// It passed, and was carried out.
    pub const PASSED: Self = Self(3);
    /// It did not pass.
    pub const REJECTED: Self = Self(4);
    /// It passed, and could not be carried out.
    pub const FAILED: Self = Self(5);

    /// Its name, if it has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::DEPOSIT => "DepositPeriod",
            Self::VOTING => "VotingPeriod",
            Self::PASSED => "Passed",
            Self::REJECTED => "Rejected",
            Self::FAILED => "Failed",
            _ => return None,
        })
    }
}

impl fmt::Display for ProposalStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or_default())
    }
}

impl fmt::Debug for ProposalStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => fmt::Debug::fmt(&self.0, f),
        }
    }
}

/// In JSON its name, empty for none.
impl Field for ProposalStatus {
    const SHAPE: Shape = Shape::Varint;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    fn to_json(&self, _: JsonForm) -> Json {
        Json::Text(self.name().unwrap_or_default().into())
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let text = if let Json::Text(text) = json { Text::as_str(text) } else { None };
        let named = [Self::default(), Self::DEPOSIT, Self::VOTING, Self::PASSED, Self::REJECTED, Self::FAILED];
        let found = named.into_iter().find(|status| text == Some(status.name().unwrap_or_default()));
        found.ok_or_else(|| JsonError::unexpected("the name of a proposal's status", json))
    }
}

/// Power by what it voted for.
///
/// Source: `validation-layer §5.9; delivery:gov/types/proposal.go:215-222`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyResult {
    /// For it.
    pub yes: SignedAmount,
    /// On no side.
    pub abstain: SignedAmount,
    /// Against it.
    pub no: SignedAmount,
    /// Against it, and against its having been proposed.
    pub no_with_veto: SignedAmount,
}

amino_fields!(TallyResult { yes: "yes", abstain: "abstain", no: "no", no_with_veto: "no_with_veto" });

/// What a validator deposited for a proposal.
///
/// Source: `validation-layer §5.9; delivery:gov/types/deposit.go:12-17`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalDeposit {
    /// The proposal.
    pub proposal: u64,
    /// The validator.
    pub depositor: ValidatorId,
    /// How much in all.
    pub amount: Coins,
}

amino_fields!(ProposalDeposit { proposal: "proposal_id", depositor: "depositor", amount: "amount" });

/// How a validator voted on a proposal.
///
/// Source: `validation-layer §5.9; delivery:gov/types/vote.go:10-15`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalVote {
    /// The proposal.
    pub proposal: u64,
    /// The validator.
    pub voter: ValidatorId,
    /// What for.
    pub option: VoteOption,
}

amino_fields!(ProposalVote { proposal: "proposal_id", voter: "voter", option: "option" });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{ParameterChange, ParameterChangeProposal};
    use alloy_primitives::hex;
    use bttc_core::amino::{from_prefixed_bytes, to_prefixed_bytes};

    fn amount(text: &str) -> SignedAmount {
        SignedAmount::parse(text.as_bytes()).unwrap()
    }

    /// Bytes of go-amino v0.16.0 for structs of the same fields.
    #[test]
    fn proposals_deposits_and_votes_are_written_as_in_the_reference() {
        let change = ParameterChange { subspace: "bor".into(), key: "SprintDuration".into(), value: "\"64\"".into() };
        let content = ParameterChangeProposal { title: "t".into(), description: "d".into(), changes: vec![change] };
        let submitted = Time::new(1_640_000_000, 5).unwrap();
        let none = amount("0");
        let proposal = Proposal {
            content: AnyOf(Some(Content::Parameters(content))),
            id: 3,
            status: ProposalStatus::DEPOSIT,
            result: TallyResult { yes: none, abstain: none, no: none, no_with_veto: none },
            submitted,
            deposit_end: submitted.plus(172_800_000_000_000).unwrap(),
            total_deposit: Coins::default(),
            voting_start: Time::UNSET,
            voting_end: Time::UNSET,
        };
        let expected = hex!(
            "690a27da50739f0a01741201641a1b0a03626f72120e537072696e744475726174696f6e1a042236342210031801220c0a0130"
            "1201301a01302201302a080880d4818e061005320808809a8c8e061005420b088092b8c398feffffff014a0b088092b8c398fe"
            "ffffff01"
        );
        assert_eq!(hex::encode(to_prefixed_bytes(&proposal)), hex::encode(expected));
        assert_eq!(from_prefixed_bytes(&expected), Ok(proposal));
        let deposit =
            ProposalDeposit { proposal: 3, depositor: ValidatorId::new(300), amount: Coins::btt(amount("7")) };
        assert_eq!(to_prefixed_bytes(&deposit), hex!("0f080310ac021a080a03627474120137"));
        let vote = ProposalVote { proposal: 3, voter: ValidatorId::new(300), option: VoteOption::NO_WITH_VETO };
        assert_eq!(to_prefixed_bytes(&vote), hex!("07080310ac021804"));
    }

    #[test]
    fn a_status_is_its_name_and_none_is_the_empty_text() {
        for status in [ProposalStatus::default(), ProposalStatus::VOTING, ProposalStatus::FAILED] {
            let json = status.to_json(JsonForm::Amino);
            assert_eq!(ProposalStatus::from_json(&json, JsonForm::Amino), Ok(status));
        }
        assert!(ProposalStatus::from_json(&Json::Text("Voting".into()), JsonForm::Amino).is_err());
    }
}
