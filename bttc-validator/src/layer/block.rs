//! A height of the layer: messages, and the votes that settle those of two heights before.
//!
//! ```text
//!   height     H                    H + 1                      H + 2
//!   block      messages             …                          last commit = precommits of H + 1
//!   votes                           precommits carry           ──▶ tallied, settled
//!                                   votes on messages of H
//! ```
//!
//! Source: `validation-layer §1.11, §3.8; peppermint:state/execution.go:346-404, 606-680`.

use super::message::{Message, MessageId};
use crate::engine::Commit;
use alloy_primitives::Bytes;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::signature::Signature;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What the engine decides on at a height.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Block {
    /// The height.
    pub height: u64,
    /// Its time, Unix seconds.
    pub time: u64,
    /// Who signed the height before; `None` at the first.
    pub last_commit: Option<LastCommit>,
    /// The messages in order.
    pub messages: Vec<Message>,
}

/// The precommits of the height before, as the proposer of this one saw them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LastCommit {
    /// Round in which it was decided.
    pub round: crate::engine::Round,
    /// The precommits, by ascending address.
    pub commits: Vec<Commit>,
}

/// Bytes that are no block, or no votes, of this form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("got {bytes} bytes that do not read: {reason}")]
pub struct BlockError {
    /// How many bytes.
    pub bytes: usize,
    /// What the reader says.
    pub reason: String,
}

impl Block {
    /// As the bytes that are decided on: JSON without spaces.
    ///
    /// # Panics
    /// Never: every part of a block has a JSON form.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        serde_json::to_vec(self).expect("numbers, texts and lists have a JSON form").into()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`BlockError`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BlockError> {
        read(bytes, Self::to_bytes)
    }
}

/// Reads JSON that is written in one way only: what is decided on has one form.
fn read<T: DeserializeOwned>(bytes: &[u8], write: impl FnOnce(&T) -> Bytes) -> Result<T, BlockError> {
    let error = |reason| BlockError { bytes: bytes.len(), reason };
    let value = serde_json::from_slice(bytes).map_err(|e| error(e.to_string()))?;
    if *write(&value) != *bytes {
        return Err(error("it is written in another way than the layer writes".to_owned()));
    }
    Ok(value)
}

/// A validator's vote about a message of the height before, and its signature for the root chain where the message has
/// one to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vote {
    /// The message.
    pub message: MessageId,
    /// What the validator found.
    pub result: VoteResult,
    /// Over the digest of the sign data; absent where the message has none.
    pub signature: Option<Signature>,
}

/// Reads the votes of a precommit's extension.
///
/// # Errors
/// [`BlockError`] for bytes that are no list of votes.
pub fn votes_from_bytes(extension: &[u8]) -> Result<Vec<Vote>, BlockError> {
    if extension.is_empty() {
        return Ok(Vec::new());
    }
    read(extension, |votes: &Vec<Vote>| votes_to_bytes(votes))
}

/// Writes the votes of a precommit's extension; no votes are no bytes.
///
/// # Panics
/// Never: every vote has a JSON form.
#[must_use]
pub fn votes_to_bytes(votes: &[Vote]) -> Bytes {
    if votes.is_empty() {
        return Bytes::new();
    }
    serde_json::to_vec(votes).expect("votes have a JSON form").into()
}
