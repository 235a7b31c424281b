//! Slashing: off on the networks, its messages known all the same.

use super::{Invalid, Msg, present, staking};
use alloy_primitives::{Address, B256, Bytes};
use bttc_core::{amino_fields, id::ValidatorId};
use serde::{Deserialize, Serialize};

/// The slashed amounts are to be submitted to the stake contract.
///
/// Source: `validation-layer §1.7, §5.8; delivery:slashing/types/msg.go:65-135`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgTick {
    /// Its number.
    pub id: u64,
    /// Who proposes it.
    pub proposer: Address,
    /// RLP of the amounts by validator.
    pub slashing_info: Bytes,
}

amino_fields!(MsgTick as "slashing/MsgTick" { id: "id", proposer: "proposer", slashing_info: "slashinginfobytes" });

impl Msg for MsgTick {
    of_module!("slashing", "tick", signed by proposer, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present(self.proposer, "Invalid proposer")
    }

    // the contract's encoding of (uint256, address, bytes) is meant, but its encoder refuses the reference's own
    // types, and nobody asks whether it did: no bytes come out, so nothing is signed.
    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

/// The stake contract has slashed.
///
/// Source: `validation-layer §1.7, §5.8; delivery:slashing/types/msg.go:137-204`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgTickAck {
    /// Who tells of it.
    pub from: Address,
    /// Its number.
    pub tick_id: u64,
    /// How much was slashed.
    pub slashed_amount: u64,
    /// The root chain's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
}

amino_fields!(MsgTickAck as "slashing/MsgTickAck" {
    from: "from",
    tick_id: "tick_id",
    slashed_amount: "slashed_amount",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
});

impl Msg for MsgTickAck {
    of_module!("slashing", "tick-ack", signed by from, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present(self.from, "Invalid from")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

/// A jailed validator comes back.
///
/// Source: `validation-layer §1.7, §5.8; delivery:slashing/types/msg.go:17-63`.
// it is not voted on, so what its votes would bring about never happens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgUnjail {
    /// Who tells of it.
    pub from: Address,
    /// The validator.
    pub id: ValidatorId,
    /// The root chain's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
}

amino_fields!(MsgUnjail as "slashing/MsgUnjail" {
    from: "from",
    id: "id",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
});

impl Msg for MsgUnjail {
    of_module!("slashing", "unjail", signed by from, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        staking::known(self.id)?;
        present(self.from, "Invalid proposer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q417_a_tick_is_voted_on_and_not_signed() {
        let tick = MsgTick { id: 1, proposer: Address::repeat_byte(1), slashing_info: Bytes::from([7]) };
        assert_eq!(tick.side_sign_bytes(), Some(Vec::new()));
    }

    #[test]
    fn q408_an_unjail_is_not_voted_on() {
        assert_eq!(MsgUnjail::default().side_sign_bytes(), None);
        assert_eq!(MsgTickAck::default().side_sign_bytes(), Some(Vec::new()));
    }
}
