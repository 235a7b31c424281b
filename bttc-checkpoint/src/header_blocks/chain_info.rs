//! Root chains that the contract on TRON makes known.

use alloy_primitives::{Address, LogData, U256};
use alloy_sol_types::SolEvent as _;
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        event NewChain(uint256 indexed rootChainId, uint256 activationHeight, uint256 txConfirmations,
            address rootChainAddress, address stateSenderAddress, address stakingManagerAddress,
            address stakingInfoAddress);
    }
}

/// What the validation layer has to know of a root chain: by this it learns of BSC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChainInfo {
    /// The root chain's number; 3 is BSC. Nothing checks that there is such a chain.
    pub root_chain: U256,
    /// First block that is checkpointed there.
    pub activation_height: U256,
    /// Blocks behind which a transaction there counts.
    pub confirmations: U256,
    /// Its contract of checkpoints.
    pub header_blocks: Address,
    /// Its contract of messages to the side chain.
    pub state_sender: Address,
    /// Its mirror of the validators.
    pub stake_manager: Address,
    /// Its contract that logs them.
    pub staking_info: Address,
    /// A time, as told; it is not logged.
    pub time: U256,
}

impl ChainInfo {
    /// The contract's `NewChain` log.
    #[must_use]
    pub fn to_log_data(&self) -> LogData {
        abi::NewChain {
            rootChainId: self.root_chain,
            activationHeight: self.activation_height,
            txConfirmations: self.confirmations,
            rootChainAddress: self.header_blocks,
            stateSenderAddress: self.state_sender,
            stakingManagerAddress: self.stake_manager,
            stakingInfoAddress: self.staking_info,
        }
        .encode_log_data()
    }
}
