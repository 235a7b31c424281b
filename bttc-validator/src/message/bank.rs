//! Transfers.

use super::{Coins, Fault, Invalid, Msg, present_or};
use alloy_primitives::Address;
use bttc_core::amino_fields;
use serde::{Deserialize, Serialize};

/// Coins go from one account to another.
///
/// Source: `validation-layer §1.7; delivery:bank/types/msg.go:12-60`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgSend {
    /// From whom.
    pub from_address: Address,
    /// To whom.
    pub to_address: Address,
    /// How much.
    pub amount: Coins,
}

amino_fields!(MsgSend as "bank/MsgSend" {
    from_address: "from_address",
    to_address: "to_address",
    amount: "amount",
});

impl Msg for MsgSend {
    of_module!("bank", "send", signed by from_address, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present_or(self.from_address, "missing sender address")?;
        present_or(self.to_address, "missing recipient address")?;
        if !self.amount.are_proper()? {
            return Err(Fault::sdk(11, format!("send amount is invalid: {}", self.amount)).into());
        }
        if self.amount.0.is_empty() {
            return Err(Fault::sdk(10, "send amount must be positive").into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_cannot_be_sent() {
        let message = MsgSend {
            from_address: Address::repeat_byte(1),
            to_address: Address::repeat_byte(2),
            amount: Coins::default(),
        };
        assert_eq!(message.basic(), Err(Fault::sdk(10, "send amount must be positive").into()));
        let nobody = MsgSend { to_address: Address::ZERO, ..message };
        assert_eq!(nobody.basic(), Err(Fault::sdk(7, "missing recipient address").into()));
    }
}
