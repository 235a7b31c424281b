//! A checkpoint's data, word by word, and how the contracts read it.

use super::{SignData, items};
use crate::checkpoint::Checkpoint;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use bttc_core::root_chain::RootChainId;
use serde::{Deserialize, Serialize};

/// Which contract reads the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DataLayout {
    /// TRON's: six words, a seventh ignored.
    Tron,
    /// Ethereum's and BSC's: seven words, the last is the epoch.
    Mirror,
}

impl DataLayout {
    /// The layout on this root chain.
    #[must_use]
    pub const fn of(root_chain: RootChainId) -> Self {
        match root_chain {
            RootChainId::Tron => Self::Tron,
            RootChainId::Ethereum | RootChainId::Bsc => Self::Mirror,
        }
    }

    /// Least bytes of data.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Tron => 192,
            Self::Mirror => 224,
        }
    }
}

/// The words of a checkpoint's data, whatever they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckpointWords {
    /// Who proposed it.
    pub proposer: Address,
    /// First block.
    pub start: U256,
    /// Last block.
    pub end: U256,
    /// Root over the blocks.
    pub root: B256,
    /// Root over the fee accounts.
    pub account_root: B256,
    /// Id of the side chain.
    pub chain_id: U256,
    /// The seventh word; `None` where the contract does not read it.
    pub epoch: Option<U256>,
}

/// The data ends before its last word: the call reverts with no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected at least {expected} bytes of checkpoint data, got {got}")]
pub struct ShortData {
    /// Bytes there are.
    pub got: usize,
    /// Bytes the contract reads.
    pub expected: usize,
}

impl CheckpointWords {
    /// Reads data as the contract does.
    ///
    /// Source: `root-contracts §8.2; contracts:root/RootChain.sol:27-53`.
    ///
    /// # Errors
    /// [`ShortData`].
    // the upper 12 bytes of the proposer's word and all bytes behind the last word are ignored, yet signed.
    pub fn decode(data: &[u8], layout: DataLayout) -> Result<Self, ShortData> {
        let short = ShortData { got: data.len(), expected: layout.bytes() };
        let read = data.get(..layout.bytes()).ok_or(short)?;
        let mut words = read.as_chunks::<32>().0.iter().copied().map(B256::new);
        let mut word = || words.next().ok_or(short);
        Ok(Self {
            proposer: Address::from_word(word()?),
            start: word()?.into(),
            end: word()?.into(),
            root: word()?,
            account_root: word()?,
            chain_id: word()?.into(),
            epoch: match layout {
                DataLayout::Tron => None,
                DataLayout::Mirror => Some(word()?.into()),
            },
        })
    }
}

impl SignData for CheckpointWords {
    fn sign_data(&self) -> Vec<u8> {
        let [start, end, chain_id] = [self.start, self.end, self.chain_id].map(|word| word.to_be_bytes::<32>());
        let mut data = items([
            self.proposer.as_slice(),
            &start,
            &end,
            self.root.as_slice(),
            self.account_root.as_slice(),
            &chain_id,
        ]);
        data.extend(self.epoch.iter().flat_map(U256::to_be_bytes::<32>));
        data
    }
}

impl From<&Checkpoint> for CheckpointWords {
    fn from(checkpoint: &Checkpoint) -> Self {
        Self {
            proposer: checkpoint.proposer,
            start: U256::from(checkpoint.range.start()),
            end: U256::from(checkpoint.range.end()),
            root: checkpoint.root,
            account_root: checkpoint.account_root,
            chain_id: U256::from(checkpoint.chain_id),
            epoch: Some(U256::from(checkpoint.epoch.get())),
        }
    }
}

impl SignData for Checkpoint {
    // the root chain is not among the items, so one signed checkpoint is good on every root chain.
    fn sign_data(&self) -> Vec<u8> {
        CheckpointWords::from(self).sign_data()
    }
}
