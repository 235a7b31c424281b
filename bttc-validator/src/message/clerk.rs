//! State records.

use super::{Fault, Invalid, Msg, present_or};
use alloy_primitives::{Address, B256, Bytes};
use bttc_core::{amino::Text, amino_fields, id::StateId};
use serde::{Deserialize, Serialize};

/// A root chain's state sender has sent something to the side chain.
///
/// Source: `validation-layer §1.7, §6.1; delivery:clerk/types/msg.go:10-97`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgEventRecord {
    /// Who tells of it.
    pub from: Address,
    /// The root chain's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
    /// Whom it is sent to.
    pub contract_address: Address,
    /// What is sent.
    pub data: Bytes,
    /// Its id on that root chain.
    pub id: StateId,
    /// The side chain's id in decimal digits.
    pub bor_chain_id: Text,
    /// The root chain.
    pub root_chain_type: Text,
}

amino_fields!(MsgEventRecord as "cosmos-sdk/MsgEventRecord" {
    from: "from",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
    contract_address: "contract_address",
    data: "data",
    id: "id",
    bor_chain_id: "bor_chain_id",
    root_chain_type: "root_chain_type",
});

impl Msg for MsgEventRecord {
    of_module!("clerk", "event-record", signed by from, as sent);

    // an id of 0 passes, and so does a zero contract.
    fn basic(&self) -> Result<(), Invalid> {
        present_or(self.from, "missing sender address")?;
        if self.tx_hash.is_zero() { Err(Fault::invalid_address("missing tx hash").into()) } else { Ok(()) }
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q406_of_a_state_record_only_sender_and_transaction_are_looked_at() {
        let bare = MsgEventRecord {
            from: Address::repeat_byte(1),
            tx_hash: B256::repeat_byte(2),
            ..MsgEventRecord::default()
        };
        assert_eq!(bare.basic(), Ok(()));
        let unknown = MsgEventRecord { tx_hash: B256::ZERO, ..bare };
        assert_eq!(unknown.basic(), Err(Fault::sdk(7, "missing tx hash").into()));
    }
}
