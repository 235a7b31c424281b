//! Validators that join, change their signer, leave.

use super::{Fault, Invalid, Msg, SignedAmount, present};
use alloy_primitives::{Address, B256, FixedBytes};
use bttc_checkpoint::vote::{self, SignData as _};
use bttc_core::{
    amino_fields,
    hash::keccak256,
    id::{Epoch, Nonce, ValidatorId},
};
use serde::{Deserialize, Serialize};

/// The address of a key, whether it is a key or not.
///
/// Source: `validation-layer §1.1; delivery:types/pubkey.go:54-60`.
fn address_of(key: &FixedBytes<65>) -> Address {
    let [_, coordinates @ ..] = &key.0;
    Address::from_word(keccak256(coordinates))
}

/// That a validator has an id.
pub(super) fn known(id: ValidatorId) -> Result<(), Invalid> {
    if id.get() == 0 { Err(Fault::invalid_msg("Invalid validator ID 0").into()) } else { Ok(()) }
}

fn keyed(key: &FixedBytes<65>) -> Result<(), Invalid> {
    if key.is_zero() { Err(Fault::invalid_msg(format!("Invalid pub key {key:#x}")).into()) } else { Ok(()) }
}

/// A validator has staked on TRON.
///
/// Source: `validation-layer §1.7, §5.2; delivery:staking/types/msg.go:24-125`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgValidatorJoin {
    /// Who tells of it.
    pub from: Address,
    /// Its id.
    pub id: ValidatorId,
    /// First epoch in which it counts.
    pub activation_epoch: Epoch,
    /// Its stake.
    pub amount: SignedAmount,
    /// Its key.
    pub pub_key: FixedBytes<65>,
    /// TRON's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
    /// Its nonce.
    pub nonce: Nonce,
}

amino_fields!(MsgValidatorJoin as "staking/MsgValidatorJoin" {
    from: "from",
    id: "id",
    activation_epoch: "activationEpoch",
    amount: "amount",
    pub_key: "pub_key",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
    nonce: "nonce",
});

impl MsgValidatorJoin {
    /// Address of its key.
    #[must_use]
    pub fn new_signer(&self) -> Address {
        address_of(&self.pub_key)
    }
}

impl Msg for MsgValidatorJoin {
    of_module!("staking", "validator-join", signed by from, bare);

    fn basic(&self) -> Result<(), Invalid> {
        known(self.id)?;
        keyed(&self.pub_key)?;
        present(self.from, "Invalid proposer")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        let join = vote::ValidatorJoin {
            validator: self.id,
            nonce: self.nonce,
            activation_epoch: self.activation_epoch,
            signer: self.new_signer(),
        };
        Some(join.sign_data())
    }
}

/// A validator's stake has changed. It is taken into blocks and changes nothing.
///
/// Source: `validation-layer §1.7, §5.4; delivery:staking/types/msg.go:127-216`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgStakeUpdate {
    /// Who tells of it.
    pub from: Address,
    /// The validator.
    pub id: ValidatorId,
    /// Its new stake.
    pub amount: SignedAmount,
    /// TRON's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
    /// Its nonce.
    pub nonce: Nonce,
}

amino_fields!(MsgStakeUpdate as "staking/MsgStakeUpdate" {
    from: "from",
    id: "id",
    amount: "amount",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
    nonce: "nonce",
});

impl Msg for MsgStakeUpdate {
    of_module!("staking", "validator-stake-update", signed by from, bare);

    fn basic(&self) -> Result<(), Invalid> {
        known(self.id)?;
        present(self.from, "Invalid proposer")
    }

    // a negative stake is signed without its sign.
    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        let update = vote::StakeUpdate { validator: self.id, nonce: self.nonce, amount: self.amount.magnitude() };
        Some(update.sign_data())
    }
}

/// A validator has a new key.
///
/// Source: `validation-layer §1.7, §5.3; delivery:staking/types/msg.go:218-315`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgSignerUpdate {
    /// Who tells of it.
    pub from: Address,
    /// The validator.
    pub id: ValidatorId,
    /// Its new key.
    pub pub_key: FixedBytes<65>,
    /// TRON's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
    /// Its nonce.
    pub nonce: Nonce,
}

amino_fields!(MsgSignerUpdate as "staking/MsgSignerUpdate" {
    from: "from",
    id: "id",
    pub_key: "pubKey",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
    nonce: "nonce",
});

impl MsgSignerUpdate {
    /// Address of the new key.
    #[must_use]
    pub fn new_signer(&self) -> Address {
        address_of(&self.pub_key)
    }
}

impl Msg for MsgSignerUpdate {
    of_module!("staking", "signer-update", signed by from, bare);

    fn basic(&self) -> Result<(), Invalid> {
        known(self.id)?;
        present(self.from, "Invalid proposer")?;
        keyed(&self.pub_key)
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        let update = vote::SignerUpdate { validator: self.id, nonce: self.nonce, signer: self.new_signer() };
        Some(update.sign_data())
    }
}

/// A validator leaves.
///
/// Source: `validation-layer §1.7, §5.5; delivery:staking/types/msg.go:317-400`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgValidatorExit {
    /// Who tells of it.
    pub from: Address,
    /// The validator.
    pub id: ValidatorId,
    /// First epoch in which it no longer counts.
    pub deactivation_epoch: Epoch,
    /// TRON's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
    /// Its nonce.
    pub nonce: Nonce,
}

amino_fields!(MsgValidatorExit as "staking/MsgValidatorExit" {
    from: "from",
    id: "id",
    deactivation_epoch: "deactivationEpoch",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
    nonce: "nonce",
});

impl Msg for MsgValidatorExit {
    of_module!("staking", "validator-exit", signed by from, bare);

    fn basic(&self) -> Result<(), Invalid> {
        known(self.id)?;
        present(self.from, "Invalid proposer")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        let exit =
            vote::ValidatorExit { validator: self.id, nonce: self.nonce, deactivation_epoch: self.deactivation_epoch };
        Some(exit.sign_data())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::amino::Json;

    #[test]
    fn q404_a_staking_message_is_signed_without_its_name() {
        let json = MsgValidatorExit::default().sign_json();
        assert_eq!((json.get("type"), json.get("id")), (None, Some(&Json::Text("0".into()))));
    }

    #[test]
    fn q405_a_negative_stake_loses_its_sign() {
        let of = |text: &str| {
            let amount = SignedAmount::parse(text.as_bytes()).unwrap();
            MsgStakeUpdate { amount, ..MsgStakeUpdate::default() }.side_sign_bytes()
        };
        assert_eq!(of("-7"), of("7"));
        assert_eq!(of("7").unwrap()[64..], B256::with_last_byte(7)[..]);
    }
}
