//! Checkpoints that other root chains took.

use super::{CheckSignaturesError, CheckpointReward};
use crate::stake::{CheckpointSyncAck, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::{Address, U256};
use bttc_core::{amount::Amount, hash::Keccak256, id::CheckpointNumber, signature::SignatureWords};
use serde::{Deserialize, Serialize};

/// A checkpoint that another root chain took, told here so that its signers are paid.
///
/// Source: `root-contracts §5.6; contracts:staking/stakeManager/StakeManager.sol:606-623`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointSync {
    /// Who proposed it.
    pub proposer: Address,
    /// First block.
    pub start: U256,
    /// Last block.
    pub end: U256,
    /// Its number there.
    pub checkpoint: U256,
    /// Number of that root chain.
    pub root_chain: U256,
}

impl CheckpointSync {
    /// The 160 bytes that validators sign behind a `01`: five words.
    #[must_use]
    pub fn to_data(&self) -> Vec<u8> {
        let mut data = self.proposer.into_word().to_vec();
        for number in [self.start, self.end, self.checkpoint, self.root_chain] {
            data.extend_from_slice(&number.to_be_bytes::<32>());
        }
        data
    }

    /// Reads five words; bytes behind them are ignored.
    ///
    /// # Errors
    /// [`CheckpointSyncError::ShortData`].
    // the 12 bytes above the proposer's address are ignored, yet signed.
    pub fn decode(data: &[u8]) -> Result<Self, CheckpointSyncError> {
        let short = CheckpointSyncError::ShortData { got: data.len() };
        let word = |place: usize| data.get(32 * place..32 * place + 32).map(U256::from_be_slice).ok_or(short);
        Ok(Self {
            proposer: Address::from_word(word(0)?.into()),
            start: word(1)?,
            end: word(2)?,
            checkpoint: word(3)?,
            root_chain: word(4)?,
        })
    }
}

/// Why a report is refused. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointSyncError {
    /// The data is shorter than five words; no reason on chain.
    #[error("{got} bytes of data, expected 160")]
    ShortData {
        /// Bytes there are.
        got: usize,
    },
    /// Not the next checkpoint of that root chain.
    #[error("INCORRECT_HEADER_DATA")]
    IncorrectHeaderData {
        /// Number reported.
        got: U256,
        /// The last one reported.
        last: CheckpointNumber,
    },
    /// The signatures or the payment are refused.
    #[error(transparent)]
    Signatures(#[from] CheckSignaturesError),
}

impl CheckpointSyncError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::IncorrectHeaderData { .. } => "INCORRECT_HEADER_DATA",
            Self::ShortData { .. } => "",
            Self::Signatures(error) => error.reason(),
        }
    }
}

impl StakeManager {
    /// Takes the report of a checkpoint that another root chain took, [`CheckpointSync::to_data`], and pays for it.
    /// Anybody may. The log.
    ///
    /// # Errors
    /// [`CheckpointSyncError`].
    // no epoch begins, and a root chain without a reward pays nothing but is kept all the same.
    pub fn submit_checkpoint_sync(
        &mut self,
        data: &[u8],
        signatures: &[SignatureWords],
    ) -> Result<(CheckpointReward, StakeEvent), CheckpointSyncError> {
        let sync = CheckpointSync::decode(data)?;
        let last = self.synced(sync.root_chain);
        let number = last.next().filter(|next| U256::from(next.get()) == sync.checkpoint);
        let Some(checkpoint) = number else {
            return Err(CheckpointSyncError::IncorrectHeaderData { got: sync.checkpoint, last });
        };
        let mut hasher = Keccak256::new();
        hasher.update([1]);
        hasher.update(data);
        let length = Amount::from_word(sync.end)
            .checked_sub(Amount::from_word(sync.start))
            .and_then(|length| length.checked_add(Amount::from_units(1)))
            .map_err(CheckSignaturesError::from)?;
        let payment = self.payment(sync.root_chain, length.to_word(), &hasher.finalize(), sync.proposer, signatures)?;
        self.synced.put(sync.root_chain, checkpoint);
        let CheckpointSync { proposer, root_chain, start, end, .. } = sync;
        let ack = CheckpointSyncAck { proposer, root_chain, checkpoint, start, end };
        Ok((self.settle_payment(payment), StakeEvent::CheckpointSyncAck(ack)))
    }
}
