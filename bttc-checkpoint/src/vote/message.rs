//! What else is signed for the root chains.

use super::{SignData, items};
use alloc::vec::Vec;
use alloy_primitives::Address;
use bttc_core::{
    amount::Amount,
    id::{CheckpointNumber, Epoch, Nonce, ValidatorId},
    root_chain::RootChainId,
};
use serde::{Deserialize, Serialize};

/// TRON is told of a checkpoint that another root chain accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckpointSync {
    /// Who proposed the checkpoint.
    pub proposer: Address,
    /// First block; nothing checks it against the last.
    pub start: u64,
    /// Last block.
    pub end: u64,
    /// Its number there.
    pub number: CheckpointNumber,
    /// The root chain that accepted it.
    pub root_chain: RootChainId,
}

impl SignData for CheckpointSync {
    fn sign_data(&self) -> Vec<u8> {
        items([
            self.proposer.as_slice(),
            &self.start.to_be_bytes(),
            &self.end.to_be_bytes(),
            &self.number.get().to_be_bytes(),
            &[self.root_chain.number()],
        ])
    }
}

/// The mirrors are told of a new validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ValidatorJoin {
    /// Its id.
    pub validator: ValidatorId,
    /// Its nonce on TRON.
    pub nonce: Nonce,
    /// First epoch in which it counts.
    pub activation_epoch: Epoch,
    /// Address it signs with.
    pub signer: Address,
}

impl SignData for ValidatorJoin {
    // the stake is signed as 10¹⁸ whatever was staked, and the delegated amount as 0.
    fn sign_data(&self) -> Vec<u8> {
        items([
            &self.validator.get().to_be_bytes(),
            &self.nonce.get().to_be_bytes(),
            &Amount::UNITS_PER_BTT.to_be_bytes(),
            &self.activation_epoch.get().to_be_bytes(),
            &[],
            self.signer.as_slice(),
        ])
    }
}

/// The mirrors are told of a validator's new signing address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SignerUpdate {
    /// The validator.
    pub validator: ValidatorId,
    /// Its nonce on TRON.
    pub nonce: Nonce,
    /// Address of its new key.
    pub signer: Address,
}

impl SignData for SignerUpdate {
    fn sign_data(&self) -> Vec<u8> {
        items([&self.validator.get().to_be_bytes(), &self.nonce.get().to_be_bytes(), self.signer.as_slice()])
    }
}

/// The mirrors would be told of a validator's new stake. The validation layer no longer sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StakeUpdate {
    /// The validator.
    pub validator: ValidatorId,
    /// Its nonce on TRON.
    pub nonce: Nonce,
    /// Its new stake.
    pub amount: Amount,
}

impl SignData for StakeUpdate {
    fn sign_data(&self) -> Vec<u8> {
        items([
            &self.validator.get().to_be_bytes(),
            &self.nonce.get().to_be_bytes(),
            &self.amount.to_word().to_be_bytes::<32>(),
        ])
    }
}

/// The mirrors are told that a validator leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ValidatorExit {
    /// The validator.
    pub validator: ValidatorId,
    /// Its nonce on TRON.
    pub nonce: Nonce,
    /// First epoch in which it no longer counts.
    pub deactivation_epoch: Epoch,
}

impl SignData for ValidatorExit {
    fn sign_data(&self) -> Vec<u8> {
        items([
            &self.validator.get().to_be_bytes(),
            &self.nonce.get().to_be_bytes(),
            &self.deactivation_epoch.get().to_be_bytes(),
        ])
    }
}
