//! Which phases a message of the network has.

use super::Phases;
use crate::message::Message;

/// The phases of a message; `None` for one whose module the layer does not have.
#[must_use]
pub fn phases(message: &Message) -> Option<&dyn Phases> {
    Some(match message {
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
        _ => return None,
    })
}
