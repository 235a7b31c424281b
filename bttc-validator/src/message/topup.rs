//! Fee accounts.

use super::{Invalid, Msg, SignedAmount, present_or};
use alloy_primitives::{Address, B256};
use bttc_core::amino_fields;
use serde::{Deserialize, Serialize};

/// Somebody has paid for fees on TRON.
///
/// Source: `validation-layer §1.7, §5.7; delivery:topup/types/msg.go:15-92`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgTopup {
    /// Who tells of it.
    pub from_address: Address,
    /// Whom it is for.
    pub user: Address,
    /// How much.
    pub fee: SignedAmount,
    /// TRON's transaction.
    pub tx_hash: B256,
    /// Place of the log in its block.
    pub log_index: u64,
    /// Its block.
    pub block_number: u64,
}

amino_fields!(MsgTopup as "topup/MsgTopup" {
    from_address: "from_address",
    user: "user",
    fee: "fee",
    tx_hash: "tx_hash",
    log_index: "log_index",
    block_number: "block_number",
});

impl Msg for MsgTopup {
    of_module!("topup", "topup", signed by from_address, as sent);

    // neither user nor fee is looked at: nobody, nothing, and less than nothing pass.
    fn basic(&self) -> Result<(), Invalid> {
        present_or(self.from_address, "missing sender address")
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

/// Fees are to be paid out on the root chains.
///
/// Source: `validation-layer §1.7, §5.7; delivery:topup/types/msg.go:94-146`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgWithdrawFee {
    /// Whose fees.
    pub from_address: Address,
    /// How much; 0 is all there is.
    pub amount: SignedAmount,
}

amino_fields!(MsgWithdrawFee as "topup/MsgWithdrawFee" { from_address: "from_address", amount: "amount" });

impl Msg for MsgWithdrawFee {
    of_module!("topup", "withdraw", signed by from_address, as sent);

    // a negative amount passes.
    fn basic(&self) -> Result<(), Invalid> {
        present_or(self.from_address, "missing sender address")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Fault;

    #[test]
    fn q407_of_fees_only_the_sender_is_looked_at() {
        let from_address = Address::repeat_byte(1);
        let negative = SignedAmount::parse(b"-1").unwrap();
        assert_eq!(MsgTopup { from_address, fee: negative, ..MsgTopup::default() }.basic(), Ok(()));
        assert_eq!(MsgWithdrawFee { from_address, amount: negative }.basic(), Ok(()));
        assert_eq!(MsgWithdrawFee::default().basic(), Err(Fault::sdk(7, "missing sender address").into()));
    }
}
