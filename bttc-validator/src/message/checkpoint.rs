//! Checkpoints: proposed, acknowledged, missed.

use super::{Fault, Invalid, Msg, present};
use alloy_primitives::{Address, B256};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    vote::{chain_id_of, items},
};
use bttc_core::{
    amino::Text,
    amino_fields,
    id::{CheckpointNumber, Epoch},
    root_chain::RootChainId,
};
use serde::{Deserialize, Serialize};

/// A range of side-chain blocks is to become a checkpoint.
///
/// Source: `validation-layer §1.7; delivery:checkpoint/types/msg.go:20-107`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgCheckpoint {
    /// Who proposes it.
    pub proposer: Address,
    /// First block.
    pub start_block: u64,
    /// Last block.
    pub end_block: u64,
    /// Root over the blocks.
    pub root_hash: B256,
    /// Root over the fee accounts.
    pub account_root_hash: B256,
    /// The side chain's id in decimal digits.
    pub bor_chain_id: Text,
    /// TRON's epoch.
    pub epoch: Epoch,
    /// The root chain it is for.
    pub root_chain_type: Text,
}

amino_fields!(MsgCheckpoint as "checkpoint/MsgCheckpoint" {
    proposer: "proposer",
    start_block: "start_block",
    end_block: "end_block",
    root_hash: "root_hash",
    account_root_hash: "account_root_hash",
    bor_chain_id: "bor_chain_id",
    epoch: "epoch",
    root_chain_type: "root_chain_type",
});

impl MsgCheckpoint {
    /// The checkpoint that it proposes; `None` for a range that ends before it starts.
    #[must_use]
    pub fn to_checkpoint(&self) -> Option<Checkpoint> {
        Some(Checkpoint {
            proposer: self.proposer,
            range: BlockRange::new(self.start_block, self.end_block).ok()?,
            root: self.root_hash,
            account_root: self.account_root_hash,
            chain_id: chain_id_of(self.bor_chain_id.as_bytes()),
            epoch: self.epoch,
        })
    }

    /// The message that proposes a checkpoint for a root chain.
    #[must_use]
    pub fn of(checkpoint: &Checkpoint, root_chain: RootChainId) -> Self {
        Self {
            proposer: checkpoint.proposer,
            start_block: checkpoint.range.start(),
            end_block: checkpoint.range.end(),
            root_hash: checkpoint.root,
            account_root_hash: checkpoint.account_root,
            bor_chain_id: checkpoint.chain_id.to_string().as_str().into(),
            epoch: checkpoint.epoch,
            root_chain_type: root_chain.name().into(),
        }
    }
}

impl Msg for MsgCheckpoint {
    of_module!("checkpoint", "checkpoint", signed by proposer, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        if self.root_hash.is_zero() {
            return Err(Fault::invalid_msg("Invalid rootHash ").into());
        }
        present(self.proposer, "Invalid proposer")?;
        if self.start_block >= self.end_block {
            let (start, end) = (self.start_block, self.end_block);
            return Err(Fault::invalid_msg(format!("Invalid startBlock {start} or/and endBlock {end}")).into());
        }
        Ok(())
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        let chain_id = chain_id_of(self.bor_chain_id.as_bytes());
        Some(items([
            self.proposer.as_slice(),
            &self.start_block.to_be_bytes(),
            &self.end_block.to_be_bytes(),
            self.root_hash.as_slice(),
            self.account_root_hash.as_slice(),
            &chain_id.to_be_bytes(),
            &self.epoch.get().to_be_bytes(),
        ]))
    }
}

/// A root chain has accepted a checkpoint.
///
/// Source: `validation-layer §1.7; delivery:checkpoint/types/msg.go:109-210`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgCheckpointAck {
    /// Who tells of it.
    pub from: Address,
    /// Its number on the root chain.
    pub number: CheckpointNumber,
    /// Who proposed it.
    pub proposer: Address,
    /// First block.
    pub start_block: u64,
    /// Last block.
    pub end_block: u64,
    /// Root over the blocks.
    pub root_hash: B256,
    /// The root chain's transaction; nothing looks at it.
    pub tx_hash: B256,
    /// Place of the log in its block; nothing looks at it.
    pub log_index: u64,
    /// The root chain.
    pub root_chain_type: Text,
}

amino_fields!(MsgCheckpointAck as "checkpoint/MsgCheckpointACK" {
    from: "from",
    number: "number",
    proposer: "proposer",
    start_block: "start_block",
    end_block: "end_block",
    root_hash: "root_hash",
    tx_hash: "tx_hash",
    log_index: "log_index",
    root_chain_type: "root_chain_type",
});

impl Msg for MsgCheckpointAck {
    of_module!("checkpoint", "checkpoint-ack", signed by from, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present(self.from, "Invalid from")?;
        if self.proposer.is_zero() {
            return Err(Fault::invalid_msg("Invalid empty proposer").into());
        }
        if self.root_hash.is_zero() {
            return Err(Fault::invalid_msg("Invalid empty root hash").into());
        }
        Ok(())
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

/// No checkpoint was acknowledged for too long: the next proposer's turn.
///
/// Source: `validation-layer §1.7, §3.6; delivery:checkpoint/types/msg.go:212-249`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgCheckpointNoAck {
    /// Who complains.
    pub from: Address,
}

amino_fields!(MsgCheckpointNoAck as "checkpoint/MsgCheckpointNoACK" { from: "from" });

impl Msg for MsgCheckpointNoAck {
    of_module!("checkpoint", "checkpoint-no-ack", signed by from, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present(self.from, "Invalid from")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;
    use bttc_checkpoint::vote::{SignData as _, VoteResult};

    #[test]
    fn what_is_signed_of_a_checkpoint_is_the_golden_value_of_the_specification() {
        let message = MsgCheckpoint {
            proposer: Address::repeat_byte(1),
            end_block: 255,
            root_hash: B256::repeat_byte(0xaa),
            account_root_hash: B256::repeat_byte(0xbb),
            bor_chain_id: "199".into(),
            epoch: Epoch::new(1),
            ..Default::default()
        };
        let digest = VoteResult::Yes.digest(&message.side_sign_bytes().unwrap());
        let checkpoint = message.to_checkpoint().unwrap();
        assert_eq!(checkpoint.sign_data(), message.side_sign_bytes().unwrap());
        assert_eq!(digest, b256!("57c03cc6a48c49cb3a1f590d3c6fbf61d66a9d03f36b5171f8d3f2fb9f666f23"));
    }
}
