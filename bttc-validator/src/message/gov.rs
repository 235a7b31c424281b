//! Governance.

use super::{Coins, Content, Fault, Invalid, Msg, present_or};
use crate::module::Codespace;
use alloy_primitives::Address;
use bttc_core::{
    amino::{self, AminoError, AnyOf, Field, Json, JsonError, JsonForm, Reader, Shape, Text, Writer},
    amino_fields,
    id::ValidatorId,
};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Something is to be decided.
///
/// Source: `validation-layer §1.7, §5.9; delivery:gov/types/msgs.go:22-76`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgSubmitProposal {
    /// What.
    pub content: AnyOf<Content>,
    /// What the proposer deposits.
    pub initial_deposit: Coins,
    /// Who proposes it.
    pub proposer: Address,
    /// The proposer's validator.
    pub validator: ValidatorId,
}

amino_fields!(MsgSubmitProposal as "gov/MsgSubmitProposal" {
    content: "content",
    initial_deposit: "initial_deposit",
    proposer: "proposer",
    validator: "validator",
});

impl Msg for MsgSubmitProposal {
    of_module!("gov", "submit_proposal", signed by proposer);

    fn basic(&self) -> Result<(), Invalid> {
        let Some(content) = &self.content.0 else {
            return Err(Fault::of(Codespace::Gov, 6, "invalid proposal content: missing content").into());
        };
        present_or(self.proposer, format!("{:#x}", self.proposer))?;
        proper(&self.initial_deposit)?;
        if self.validator.get() == 0 {
            // the reference hands its formatter more than the text has room for, and the formatter says so.
            let text = "Invalid validator id%!(EXTRA string=proposalType, string=";
            return Err(Fault::of(Codespace::Gov, 1_400, format!("{text}{})", content.proposal_type())).into());
        }
        content.basic()
    }

    // its content goes by another name than in the transaction.
    fn sign_json(&self) -> Json {
        let mut json = amino::to_json(self, JsonForm::Amino);
        let named = entry(&mut json, "value")
            .and_then(|value| entry(value, "content"))
            .and_then(|content| entry(content, "type"));
        if let (Some(name), Some(content)) = (named, &self.content.0) {
            *name = Json::Text(content.signed_name().into());
        }
        json
    }
}

/// The value under a key.
fn entry<'a>(json: &'a mut Json, key: &str) -> Option<&'a mut Json> {
    let Json::Object(entries) = json else { return None };
    entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn proper(coins: &Coins) -> Result<(), Invalid> {
    if coins.are_proper()? { Ok(()) } else { Err(Fault::sdk(11, coins.to_string()).into()) }
}

fn validated(id: ValidatorId) -> Result<(), Invalid> {
    if id.get() == 0 { Err(Fault::of(Codespace::Gov, 1_400, "Invalid validator id").into()) } else { Ok(()) }
}

/// More is deposited for a proposal.
///
/// Source: `validation-layer §1.7, §5.9; delivery:gov/types/msgs.go:78-118`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgDeposit {
    /// The proposal.
    pub proposal_id: u64,
    /// Who deposits.
    pub depositor: Address,
    /// How much.
    pub amount: Coins,
    /// The depositor's validator.
    pub validator: ValidatorId,
}

amino_fields!(MsgDeposit as "gov/MsgDeposit" {
    proposal_id: "proposal_id",
    depositor: "depositor",
    amount: "amount",
    validator: "validator",
});

impl Msg for MsgDeposit {
    of_module!("gov", "deposit", signed by depositor, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present_or(self.depositor, format!("{:#x}", self.depositor))?;
        proper(&self.amount)?;
        validated(self.validator)
    }
}

/// A vote on a proposal.
///
/// Source: `validation-layer §1.7, §5.9; delivery:gov/types/msgs.go:120-170`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgVote {
    /// The proposal.
    pub proposal_id: u64,
    /// Who votes.
    pub voter: Address,
    /// What for.
    pub option: VoteOption,
    /// The voter's validator.
    pub validator: ValidatorId,
}

amino_fields!(MsgVote as "gov/MsgVote" {
    proposal_id: "proposal_id",
    voter: "voter",
    option: "option",
    validator: "validator",
});

impl Msg for MsgVote {
    of_module!("gov", "vote", signed by voter, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present_or(self.voter, format!("{:#x}", self.voter))?;
        if self.option.name().is_none() {
            return Err(Fault::of(Codespace::Gov, 8, "'' is not a valid voting option").into());
        }
        validated(self.validator)
    }
}

/// What is voted for. Any byte may stand in a message; four have names.
///
/// Source: `validation-layer §1.7; delivery:gov/types/vote.go:55-150`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VoteOption(u8);

impl VoteOption {
    /// For the proposal.
    pub const YES: Self = Self(1);
    /// Counted, on no side.
    pub const ABSTAIN: Self = Self(2);
    /// Against it.
    pub const NO: Self = Self(3);
    /// Against it, and against its having been proposed.
    pub const NO_WITH_VETO: Self = Self(4);

    /// Its name, if it has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::YES => "Yes",
            Self::ABSTAIN => "Abstain",
            Self::NO => "No",
            Self::NO_WITH_VETO => "NoWithVeto",
            _ => return None,
        })
    }
}

impl fmt::Display for VoteOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or_default())
    }
}

impl fmt::Debug for VoteOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => fmt::Debug::fmt(&self.0, f),
        }
    }
}

impl Field for VoteOption {
    const SHAPE: Shape = Shape::Varint;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    // an option without a name is the empty text, which cannot be read back.
    fn to_json(&self, _: JsonForm) -> Json {
        Json::Text(self.name().unwrap_or_default().into())
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let text = if let Json::Text(text) = json { Text::as_str(text) } else { None };
        let named = [Self::YES, Self::ABSTAIN, Self::NO, Self::NO_WITH_VETO];
        let found = named.into_iter().find(|option| text.is_some() && option.name() == text);
        found.ok_or_else(|| JsonError::unexpected("Yes, Abstain, No or NoWithVeto", json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::ParameterChangeProposal;

    #[test]
    fn q410_a_missing_validator_is_told_with_the_formatters_own_complaint() {
        let message = MsgSubmitProposal {
            content: AnyOf(Some(Content::Parameters(ParameterChangeProposal::default()))),
            proposer: Address::repeat_byte(1),
            ..Default::default()
        };
        let text = "Invalid validator id%!(EXTRA string=proposalType, string=ParameterChange)";
        assert_eq!(message.basic(), Err(Fault::of(Codespace::Gov, 1_400, text).into()));
        assert_eq!(
            MsgSubmitProposal::default().basic(),
            Err(Fault::of(Codespace::Gov, 6, "invalid proposal content: missing content").into())
        );
    }

    #[test]
    fn q411_an_option_without_a_name_is_the_empty_text() {
        let odd = VoteOption(5);
        assert_eq!(odd.to_json(JsonForm::Amino), Json::Text("".into()));
        assert!(VoteOption::from_json(&Json::Text("".into()), JsonForm::Amino).is_err());
        assert_eq!(
            VoteOption::from_json(&Json::Text("NoWithVeto".into()), JsonForm::Amino),
            Ok(VoteOption::NO_WITH_VETO)
        );
        let message = MsgVote { voter: Address::repeat_byte(1), option: odd, ..Default::default() };
        assert_eq!(message.basic(), Err(Fault::of(Codespace::Gov, 8, "'' is not a valid voting option").into()));
    }
}
