//! Records, questions about them, and the logs they leave.

use crate::checkpoint::BlockRange;
use alloy_primitives::{Address, B256, Bytes, LogData, U256};
use alloy_sol_types::{SolCall as _, SolEvent as _};
use bttc_core::{amount::Amount, id::HeaderBlockId};
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        event NewHeaderBlock(address indexed proposer, uint256 indexed headerBlockId, uint256 indexed reward,
            uint256 start, uint256 end, bytes32 root);
        event ResetHeaderBlock(address indexed proposer, uint256 indexed headerBlockId);
        function headerBlocks(uint256 id) returns (bytes32 root, uint256 start, uint256 end, uint256 createdAt,
            address proposer);
        function currentHeaderBlock() returns (uint256 id);
        function getLastChildBlock() returns (uint256 block);
    }
}

/// A recorded checkpoint. All zeros where nothing is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HeaderBlock {
    /// Root over the blocks.
    pub root: B256,
    /// First block.
    pub start: U256,
    /// Last block.
    pub end: U256,
    /// When it was recorded, Unix seconds.
    pub created_at: U256,
    /// Who proposed it.
    pub proposer: Address,
}

impl HeaderBlock {
    /// Whether this block is in it.
    #[must_use]
    pub fn contains(&self, block: u64) -> bool {
        let block = U256::from(block);
        self.start <= block && block <= self.end
    }

    /// Its blocks; `None` for heights beyond 64 bits.
    #[must_use]
    pub fn range(&self) -> Option<BlockRange> {
        BlockRange::new(self.start.try_into().ok()?, self.end.try_into().ok()?).ok()
    }

    /// The contract's answer to [`Question::HeaderBlock`].
    #[must_use]
    pub fn to_answer(&self) -> Bytes {
        abi::headerBlocksCall::abi_encode_returns(&abi::headerBlocksReturn {
            root: self.root,
            start: self.start,
            end: self.end,
            createdAt: self.created_at,
            proposer: self.proposer,
        })
        .into()
    }

    /// Reads the contract's answer; `None` when it has another shape.
    #[must_use]
    pub fn from_answer(answer: &[u8]) -> Option<Self> {
        let read = abi::headerBlocksCall::abi_decode_returns(answer).ok()?;
        Some(Self {
            root: read.root,
            start: read.start,
            end: read.end,
            created_at: read.createdAt,
            proposer: read.proposer,
        })
    }
}

/// A question to the contract that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Question {
    /// `headerBlocks(id)`: the record under an id, zeros if there is none.
    HeaderBlock(HeaderBlockId),
    /// `currentHeaderBlock()`: the newest record's id, one word.
    CurrentHeaderBlock,
    /// `getLastChildBlock()`: the last checkpointed block, one word.
    LastChildBlock,
}

impl Question {
    /// Selector and arguments.
    #[must_use]
    pub fn to_calldata(&self) -> Bytes {
        match *self {
            Self::HeaderBlock(id) => abi::headerBlocksCall { id: id.get() }.abi_encode(),
            Self::CurrentHeaderBlock => abi::currentHeaderBlockCall {}.abi_encode(),
            Self::LastChildBlock => abi::getLastChildBlockCall {}.abi_encode(),
        }
        .into()
    }

    /// Reads calldata; `None` for another function or too few arguments.
    #[must_use]
    pub fn decode(calldata: &[u8]) -> Option<Self> {
        let (selector, arguments) = calldata.split_first_chunk::<4>()?;
        match *selector {
            abi::headerBlocksCall::SELECTOR => {
                let call = abi::headerBlocksCall::abi_decode_raw(arguments).ok()?;
                Some(Self::HeaderBlock(HeaderBlockId::new(call.id)))
            }
            abi::currentHeaderBlockCall::SELECTOR => Some(Self::CurrentHeaderBlock),
            abi::getLastChildBlockCall::SELECTOR => Some(Self::LastChildBlock),
            _ => None,
        }
    }
}

/// A checkpoint was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its id.
    pub id: HeaderBlockId,
    /// Reward the stake manager paid.
    pub reward: Amount,
    /// The record.
    pub record: HeaderBlock,
}

impl Recorded {
    /// The contract's `NewHeaderBlock` log.
    #[must_use]
    pub fn to_log_data(&self) -> LogData {
        abi::NewHeaderBlock {
            proposer: self.record.proposer,
            headerBlockId: self.id.get(),
            reward: self.reward.to_word(),
            start: self.record.start,
            end: self.record.end,
            root: self.record.root,
        }
        .encode_log_data()
    }
}

/// The pointer was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointerReset {
    /// Who set it.
    pub owner: Address,
    /// The next id.
    pub next: HeaderBlockId,
}

impl PointerReset {
    /// The contract's `ResetHeaderBlock` log.
    #[must_use]
    pub fn to_log_data(&self) -> LogData {
        abi::ResetHeaderBlock { proposer: self.owner, headerBlockId: self.next.get() }.encode_log_data()
    }
}
