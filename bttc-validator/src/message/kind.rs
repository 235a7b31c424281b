//! Any of the messages.

use super::{
    Invalid, Msg, MsgCheckpoint, MsgCheckpointAck, MsgCheckpointNoAck, MsgCheckpointSync, MsgCheckpointSyncAck,
    MsgDeposit, MsgEventRecord, MsgNewChain, MsgProposeSpan, MsgSend, MsgSignerUpdate, MsgStakeUpdate, MsgStakingSync,
    MsgStakingSyncAck, MsgSubmitFeatureProposal, MsgSubmitProposal, MsgTick, MsgTickAck, MsgTopup, MsgUnjail,
    MsgValidatorExit, MsgValidatorJoin, MsgVote, MsgWithdrawFee,
};
use alloy_primitives::Address;
use bttc_core::{
    amino::{self, AminoError, AnyOf, Interface as _, Json, JsonError, JsonForm},
    amino_interface,
};
use core::str::FromStr;
use serde::{Deserialize, Serialize};

macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident($held:ident),)*) => {
        /// Any of the messages that the network knows.
        ///
        /// Its text is amino's JSON, `{"type":…,"value":{…}}`.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Message {
            $($(#[$doc])* $name($held),)*
        }

        amino_interface!(Message { $($name($held)),* });

        impl Message {
            /// What it holds.
            #[must_use]
            pub fn as_msg(&self) -> &dyn Msg {
                match self {
                    $(Self::$name(held) => held,)*
                }
            }
        }

        $(
            impl From<$held> for Message {
                fn from(held: $held) -> Self {
                    Self::$name(held)
                }
            }
        )*
    };
}

messages! {
    /// A checkpoint is proposed.
    Checkpoint(MsgCheckpoint),
    /// A checkpoint was accepted.
    CheckpointAck(MsgCheckpointAck),
    /// A checkpoint is missing.
    CheckpointNoAck(MsgCheckpointNoAck),
    /// TRON is to be told of a checkpoint.
    CheckpointSync(MsgCheckpointSync),
    /// TRON was told of a checkpoint.
    CheckpointSyncAck(MsgCheckpointSyncAck),
    /// A span is proposed.
    ProposeSpan(MsgProposeSpan),
    /// A state record.
    EventRecord(MsgEventRecord),
    /// A validator joins.
    ValidatorJoin(MsgValidatorJoin),
    /// A validator's stake has changed.
    StakeUpdate(MsgStakeUpdate),
    /// A validator has a new key.
    SignerUpdate(MsgSignerUpdate),
    /// A validator leaves.
    ValidatorExit(MsgValidatorExit),
    /// A mirror is to be told of a staking change.
    StakingSync(MsgStakingSync),
    /// A mirror was told of a staking change.
    StakingSyncAck(MsgStakingSyncAck),
    /// Fees were paid.
    Topup(MsgTopup),
    /// Fees are withdrawn.
    WithdrawFee(MsgWithdrawFee),
    /// A root chain is new.
    NewChain(MsgNewChain),
    /// Amounts are to be slashed.
    Tick(MsgTick),
    /// Amounts were slashed.
    TickAck(MsgTickAck),
    /// A validator leaves jail.
    Unjail(MsgUnjail),
    /// Governance is to decide.
    SubmitProposal(MsgSubmitProposal),
    /// Governance is to decide on feature flags.
    SubmitFeatureProposal(MsgSubmitFeatureProposal),
    /// A deposit for a proposal.
    Deposit(MsgDeposit),
    /// A vote on a proposal.
    Vote(MsgVote),
    /// A transfer.
    Send(MsgSend),
}

/// A text that is no message.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// It is no JSON.
    #[error("got no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is not that of a message.
    #[error(transparent)]
    Message(#[from] JsonError),
}

impl Message {
    /// Its binary form, behind its prefix.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        amino::to_bytes(&AnyOf(Some(self.clone())))
    }

    /// The message of exactly these bytes.
    ///
    /// # Errors
    /// [`AminoError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AminoError> {
        let AnyOf(message) = amino::from_bytes(bytes)?;
        message.ok_or(AminoError::End { got: bytes.len(), expected: 4 })
    }

    /// `{"type":…,"value":{…}}` with 64-bit numbers as texts.
    #[must_use]
    pub fn to_json(&self) -> Json {
        amino::to_json(&AnyOf(Some(self.clone())), JsonForm::Amino)
    }

    /// Its fields alone, with 64-bit numbers as numbers.
    #[must_use]
    pub fn to_plain_json(&self) -> Json {
        match self {
            Self::SubmitFeatureProposal(message) => message.to_plain_json(),
            message => amino::Interface::to_json(message, JsonForm::Plain),
        }
    }

    /// The message of `{"type":…,"value":{…}}`.
    ///
    /// # Errors
    /// [`JsonError`].
    pub fn from_json(json: &Json) -> Result<Self, JsonError> {
        let AnyOf(message) = amino::from_json(json, JsonForm::Amino)?;
        message.ok_or_else(|| JsonError::unexpected("a message", json))
    }

    /// The name that it is registered by.
    #[must_use]
    pub fn amino_name(&self) -> &'static str {
        self.name()
    }
}

impl FromStr for Message {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Ok(Self::from_json(&serde_json::from_str(text)?)?)
    }
}

impl Msg for Message {
    fn route(&self) -> &'static str {
        self.as_msg().route()
    }

    fn kind(&self) -> &'static str {
        self.as_msg().kind()
    }

    fn signer(&self) -> Address {
        self.as_msg().signer()
    }

    fn basic(&self) -> Result<(), Invalid> {
        self.as_msg().basic()
    }

    fn sign_json(&self) -> Json {
        self.as_msg().sign_json()
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        self.as_msg().side_sign_bytes()
    }
}
