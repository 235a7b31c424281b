//! Which phases a message of the network has.

use super::Phases;
use crate::message::Message;

/// The phases of a message: all of the network's have some.
#[must_use]
pub fn phases(message: &Message) -> &dyn Phases {
    match message {
        Message::EventRecord(message) => message,
        Message::Topup(message) => message,
        Message::WithdrawFee(message) => message,
        Message::NewChain(message) => message,
        Message::Send(message) => message,
        Message::Checkpoint(message) => message,
        Message::CheckpointAck(message) => message,
        Message::CheckpointNoAck(message) => message,
        Message::CheckpointSync(message) => message,
        Message::CheckpointSyncAck(message) => message,
        Message::ProposeSpan(message) => message,
        Message::ValidatorJoin(message) => message,
        Message::StakeUpdate(message) => message,
        Message::SignerUpdate(message) => message,
        Message::ValidatorExit(message) => message,
        Message::StakingSync(message) => message,
        Message::StakingSyncAck(message) => message,
        Message::SubmitProposal(message) => message,
        Message::Deposit(message) => message,
        Message::Vote(message) => message,
        Message::SubmitFeatureProposal(message) => message,
        Message::Tick(message) => message,
        Message::TickAck(message) => message,
        Message::Unjail(message) => message,
    }
}
