//! What one root chain is told of another: checkpoints, and changes of validators.

use super::{Invalid, Msg, present, root_chain_of, staking};
use alloy_primitives::Address;
use bttc_checkpoint::vote::items;
use bttc_core::{
    amino::Text,
    amino_fields,
    id::{CheckpointNumber, Nonce, ValidatorId},
    root_chain::RootChainId,
};
use serde::{Deserialize, Serialize};

/// TRON is to be told of a checkpoint on another root chain.
///
/// Source: `validation-layer §1.7, §3.7; delivery:checkpoint/types/msg.go:257-314`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgCheckpointSync {
    /// Who sends it.
    pub from: Address,
    /// Its number there.
    pub number: CheckpointNumber,
    /// Who proposed it there.
    pub proposer: Address,
    /// First block.
    pub start_block: u64,
    /// Last block.
    pub end_block: u64,
    /// The root chain that has it.
    pub root_chain_type: Text,
}

// the number's key is `Number`, where every other key is in lower case.
amino_fields!(MsgCheckpointSync as "checkpoint/MsgCheckpointSync" {
    from: "from",
    number: "Number",
    proposer: "proposer",
    start_block: "start_block",
    end_block: "end_block",
    root_chain_type: "root_chain_type",
});

impl Msg for MsgCheckpointSync {
    of_module!("checkpoint", "checkpoint-sync", signed by from, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present(self.proposer, "Invalid from")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        let root_chain = root_chain_of(&self.root_chain_type).map_or(0, RootChainId::number);
        Some(items([
            self.proposer.as_slice(),
            &self.start_block.to_be_bytes(),
            &self.end_block.to_be_bytes(),
            &self.number.get().to_be_bytes(),
            &[root_chain],
        ]))
    }
}

/// TRON was told of a checkpoint on another root chain.
///
/// Source: `validation-layer §1.7, §3.7; delivery:checkpoint/types/msg.go:316-364`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgCheckpointSyncAck {
    /// Left empty by those who send it.
    pub from: Address,
    /// Its number there.
    pub number: CheckpointNumber,
    /// Who sends and signs this message.
    pub proposer: Address,
    /// First block; nothing looks at it.
    pub start_block: u64,
    /// Last block; nothing looks at it.
    pub end_block: u64,
    /// The root chain that has it.
    pub root_chain_type: Text,
}

amino_fields!(MsgCheckpointSyncAck as "checkpoint/MsgCheckpointSyncAck" {
    from: "from",
    number: "Number",
    proposer: "proposer",
    start_block: "start_block",
    end_block: "end_block",
    root_chain_type: "root_chain_type",
});

impl Msg for MsgCheckpointSyncAck {
    of_module!("checkpoint", "checkpoint-sync-ack", signed by proposer, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present(self.proposer, "Invalid from")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

/// The head of a root chain's queue of staking changes is to be submitted there.
///
/// Source: `validation-layer §1.7, §5.6; delivery:staking/types/msg.go:400-456`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgStakingSync {
    /// Who sends it.
    pub from: Address,
    /// The validator whose change it is.
    pub id: ValidatorId,
    /// The change's nonce.
    pub nonce: Nonce,
    /// The root chain.
    pub root: Text,
}

amino_fields!(MsgStakingSync as "staking/MsgStakingSync" { from: "from", id: "id", nonce: "nonce", root: "root" });

impl Msg for MsgStakingSync {
    of_module!("staking", "staking-sync", signed by from, bare);

    fn basic(&self) -> Result<(), Invalid> {
        staking::known(self.id)?;
        present(self.from, "Invalid proposer")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

/// The head of a root chain's queue of staking changes has arrived there.
///
/// Source: `validation-layer §1.7, §5.6; delivery:staking/types/msg.go:458-514`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgStakingSyncAck {
    /// Who sends it.
    pub from: Address,
    /// The validator whose change it is.
    pub id: ValidatorId,
    /// The change's nonce.
    pub nonce: Nonce,
    /// The root chain.
    pub root: Text,
}

amino_fields!(MsgStakingSyncAck as "staking/MsgStakingSyncAck" {
    from: "from",
    id: "id",
    nonce: "nonce",
    root: "root",
});

impl Msg for MsgStakingSyncAck {
    of_module!("staking", "staking-ack", signed by from, bare);

    fn basic(&self) -> Result<(), Invalid> {
        staking::known(self.id)?;
        present(self.from, "Invalid proposer")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;
    use bttc_checkpoint::vote::VoteResult;
    use bttc_core::amino::{Field as _, Json, JsonForm};

    fn golden() -> MsgCheckpointSync {
        MsgCheckpointSync {
            proposer: Address::repeat_byte(1),
            start_block: 256,
            end_block: 511,
            number: CheckpointNumber::new(2),
            root_chain_type: "eth".into(),
            ..Default::default()
        }
    }

    #[test]
    fn what_is_signed_of_a_sync_is_the_golden_value_of_the_specification() {
        let digest = VoteResult::Yes.digest(&golden().side_sign_bytes().unwrap());
        assert_eq!(digest, b256!("eb3d4ff23ba0a1fccf70d297ef3ab621332d4d89fa3f84c5f343cb039de60118"));
        let unknown = MsgCheckpointSync { root_chain_type: "ethereum".into(), ..golden() };
        assert!(unknown.side_sign_bytes().unwrap().ends_with(&[0; 32]));
    }

    #[test]
    fn q402_the_number_has_a_capital() {
        assert_eq!(golden().to_json(JsonForm::Plain).get("Number"), Some(&Json::Number(2)));
        assert_eq!(golden().to_json(JsonForm::Plain).get("number"), None);
    }
}
