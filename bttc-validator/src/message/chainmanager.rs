//! New root chains.

use super::{Fault, Invalid, Msg, present};
use alloy_primitives::{Address, B256};
use bttc_core::{amino::Text, amino_fields};
use serde::{Deserialize, Serialize};

/// TRON's root contract was told of a new root chain.
///
/// Source: `validation-layer §1.7, §5.11; delivery:chainmanager/types/msg.go:21-135`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgNewChain {
    /// Who tells of it.
    pub from: Address,
    /// Its name.
    pub root_chain_type: Text,
    /// Side-chain block that its first checkpoint starts at.
    pub activation_height: u64,
    /// How many blocks deep its transactions have to lie.
    pub tx_confirmations: u64,
    /// Its checkpoint contract.
    pub root_chain_address: Address,
    /// Its state sender.
    pub state_sender_address: Address,
    /// Its stake manager.
    pub staking_manager_address: Address,
    /// The contract that logs its staking.
    pub staking_info_address: Address,
    /// TRON's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
}

amino_fields!(MsgNewChain as "chainmanager/MsgNewChain" {
    from: "from",
    root_chain_type: "root_chain_type",
    activation_height: "activation_height",
    tx_confirmations: "tx_confirmations",
    root_chain_address: "root_chain_address",
    state_sender_address: "state_sender_address",
    staking_manager_address: "staking_manager_address",
    staking_info_address: "staking_info_address",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
});

impl Msg for MsgNewChain {
    of_module!("chainmanager", "new-chain", signed by from, bare);

    fn basic(&self) -> Result<(), Invalid> {
        if self.root_chain_type.as_bytes().is_empty() {
            return Err(Fault::invalid_msg("Invalid validator ID ").into());
        }
        present(self.root_chain_address, "Invalid root address")?;
        present(self.state_sender_address, "Invalid state send address")?;
        present(self.staking_manager_address, "Invalid staking manager address")?;
        present(self.staking_info_address, "Invalid staking info address")?;
        present(self.from, "Invalid proposer")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}
