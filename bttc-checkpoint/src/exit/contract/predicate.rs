//! The contracts that pay: one for each type of token.
//!
//! | predicate | accepts | beneficiary | amount |
//! |---|---|---|---|
//! | `ERC20Predicate`, `MintableERC20Predicate`, `EtherPredicate` | `WithdrawTo`, topic 2 = 0 | topic 1 | data, any string of at most 32 bytes |
//!
//! Source: `withdrawal-proofs §5.1; pos-portal:contracts/root/TokenPredicates/ERC20Predicate.sol:70-101`.

use super::{
    ExitCall, ExitRevert,
    reader::{Item, low_address},
};
use alloy_primitives::{Address, B256, U256, b256};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A predicate contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Predicate {
    /// Pays out of what it holds.
    Erc20,
    /// Pays out of what it holds and mints what is missing.
    MintableErc20,
    /// Pays the root chain's own coin.
    Ether,
}

impl fmt::Display for Predicate {
    /// Its name in revert texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Erc20 => "ERC20Predicate",
            Self::MintableErc20 => "MintableERC20Predicate",
            Self::Ether => "EtherPredicate",
        })
    }
}

/// What a predicate pays.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Payout {
    /// The predicate that pays.
    pub predicate: Predicate,
    /// The token on the root chain.
    pub root_token: Address,
    /// The token that was burned.
    pub child_token: Address,
    /// Who is paid.
    pub beneficiary: Address,
    /// How much, in the token's smallest unit.
    pub amount: U256,
    /// What makes the exit unique here.
    pub exit_hash: B256,
}

const WITHDRAW_TO: B256 = b256!("67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8");

impl ExitCall {
    /// What the predicate makes of the log.
    ///
    /// # Errors
    /// [`ExitRevert`]; [`ExitRevert::Empty`] without a predicate.
    // an abort inside the predicate reaches the caller as a revert without a reason.
    pub fn payout(&self) -> Result<Payout, ExitRevert> {
        let predicate = self.predicate.ok_or(ExitRevert::Empty)?;
        let (beneficiary, amount) = read(predicate, &self.log).map_err(|revert| match revert {
            ExitRevert::InvalidOpcode => ExitRevert::Empty,
            other => other,
        })?;
        Ok(Payout {
            predicate,
            root_token: self.root_token,
            child_token: self.child_token,
            beneficiary,
            amount,
            exit_hash: self.exit_hash,
        })
    }
}

fn at<'a>(items: &[Item<'a>], place: usize) -> Result<Item<'a>, ExitRevert> {
    items.get(place).copied().ok_or(ExitRevert::InvalidOpcode)
}

// of a topic that holds an address only the low 20 bytes are looked at, also where it has to be zero.
fn read(predicate: Predicate, log: &[u8]) -> Result<(Address, U256), ExitRevert> {
    let fields = Item::new(log)?.to_list()?;
    let topics = at(&fields, 1)?.to_list()?;
    let signature = B256::from(at(&topics, 0)?.to_uint()?);
    if signature != WITHDRAW_TO {
        return Err(ExitRevert::Signature { predicate, got: signature });
    }
    let beneficiary = low_address(at(&topics, 1)?.to_uint()?);
    let receiver = low_address(at(&topics, 2)?.to_uint()?);
    if !receiver.is_zero() {
        return Err(ExitRevert::Receiver { predicate, got: receiver });
    }
    Ok((beneficiary, at(&fields, 2)?.to_uint()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use bttc_core::rlp;

    fn log(topics: &[B256], data: &[u8]) -> Vec<u8> {
        let topics = rlp::Item::list(topics.iter().map(|topic| rlp::Item::string(topic.as_slice())));
        rlp::Item::list([rlp::Item::string(&[0xc0; 20]), topics, rlp::Item::string(data)]).to_bytes()
    }

    fn call(log: Vec<u8>) -> ExitCall {
        ExitCall {
            exit_hash: B256::ZERO,
            child_token: Address::ZERO,
            root_token: Address::ZERO,
            token_type: super::super::TokenType::ERC20,
            predicate: Some(Predicate::Erc20),
            log: log.into(),
        }
    }

    #[test]
    fn q61_dirty_address_words_are_masked() {
        let mut dirty = [0xff; 32];
        dirty[12..].fill(0);
        let topics = [WITHDRAW_TO, B256::repeat_byte(0xbe), B256::new(dirty)];
        let payout = call(log(&topics, &[5])).payout().unwrap();
        assert_eq!(payout.beneficiary, Address::repeat_byte(0xbe));
        assert_eq!(payout.amount, U256::from(5));
    }

    #[test]
    fn q62_a_missing_topic_is_a_revert_without_a_reason() {
        let short = call(log(&[WITHDRAW_TO, B256::ZERO], &[5]));
        assert_eq!(short.payout(), Err(ExitRevert::Empty));
        let other = call(log(&[B256::ZERO], &[5])).payout().unwrap_err();
        assert_eq!(other.reason().unwrap(), "ERC20Predicate: INVALID_SIGNATURE");
    }
}
