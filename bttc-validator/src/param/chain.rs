//! Chain id and contracts.

use alloy_primitives::{Address, hex};
use bttc_core::{amino::Text, amino_fields};
use serde::{Deserialize, Serialize};

/// The side chain's id and where the contracts stand. Those on TRON are texts, 21 bytes in hex that begin with 41.
///
/// Source: `validation-layer §1.2, §9.3; delivery:chainmanager/types/params.go:37-57`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainParams {
    /// The side chain's id, in decimal.
    pub chain_id: Text,
    /// The token on Ethereum.
    pub token: Address,
    /// The stake manager on Ethereum.
    pub stake_manager: Address,
    /// The slash manager, of which there is none.
    pub slash_manager: Address,
    /// The root contract on Ethereum.
    pub root_contract: Address,
    /// The staking info on Ethereum.
    pub staking_info: Address,
    /// The state sender on Ethereum.
    pub state_sender: Address,
    /// The root contract on TRON.
    pub tron_root_contract: Text,
    /// The state sender on TRON.
    pub tron_state_sender: Text,
    /// The stake manager on TRON.
    pub tron_stake_manager: Text,
    /// The staking info on TRON.
    // Q-441: its key calls it the state info.
    pub tron_staking_info: Text,
    /// The side chain's contract that takes state records.
    pub state_receiver: Address,
    /// The side chain's contract that keeps validators.
    pub validator_set: Address,
}

amino_fields!(ChainParams {
    chain_id: "bor_chain_id",
    token: "matic_token_address",
    stake_manager: "staking_manager_address",
    slash_manager: "slash_manager_address",
    root_contract: "root_chain_address",
    staking_info: "staking_info_address",
    state_sender: "state_sender_address",
    tron_root_contract: "tron_chain_address",
    tron_state_sender: "tron_state_sender_address",
    tron_stake_manager: "tron_staking_manager_address",
    tron_staking_info: "tron_state_info_address",
    state_receiver: "state_receiver_address",
    validator_set: "validator_set_address",
});

impl ChainParams {
    /// The address of a contract on TRON: an optional `0x` is dropped, and of what the hex digits are, the last 20 bytes
    /// count. A text that is no hex stands for address zero.
    ///
    /// Source: `validation-layer §1.2; delivery:types/address.go:137-145`.
    #[must_use]
    pub fn tron_address(text: &Text) -> Address {
        let bytes = text.as_bytes();
        let digits = bytes.strip_prefix(b"0x").or_else(|| bytes.strip_prefix(b"0X")).unwrap_or(bytes);
        let bytes = hex::decode(digits).unwrap_or_default();
        let mut address = Address::ZERO;
        for (to, from) in address.iter_mut().rev().zip(bytes.iter().rev()) {
            *to = *from;
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::amino::{JsonForm, to_json};

    #[test]
    fn q441_the_staking_info_on_tron_stands_under_another_name() {
        let params = ChainParams { tron_staking_info: "4120".into(), ..ChainParams::default() };
        let json = to_json(&params, JsonForm::Amino).to_string();
        assert!(json.contains(r#""tron_state_info_address":"4120""#), "{json}");
    }

    #[test]
    fn of_a_text_the_last_twenty_bytes_count() {
        let text = "418330108CFDD47544B398C15A3C252AD1D5A5566C".into();
        let address = ChainParams::tron_address(&text);
        assert_eq!(format!("{address:#x}"), "0x8330108cfdd47544b398c15a3c252ad1d5a5566c");
        assert_eq!(ChainParams::tron_address(&"".into()), Address::ZERO);
    }
}
