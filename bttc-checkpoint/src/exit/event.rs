//! Logs that can be withdrawn.
//!
//! | event | topic 1 | topic 2 | topic 3 | data |
//! |---|---|---|---|---|
//! | `WithdrawTo` | beneficiary | 0 | | amount, or id of an ERC721 |
//! | `WithdrawnBatch` | beneficiary | | | ids |
//! | `TransferWithMetadata` | beneficiary | 0 | id | metadata |
//! | `TransferSingle`, `TransferBatch` | operator | beneficiary | 0 | id and amount, or ids and amounts |
//! | `ChainExit` | beneficiary | | | ids, amounts, bytes |
//!
//! They are read as the predicates read them: of an address the low 20 bytes, of an amount as many bytes as there are,
//! and nothing is made of what lies behind.
//!
//! Source: `withdrawal-proofs §2.1, §5.1`.

use super::{Receipt, contract::coder, topic};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use serde::{Deserialize, Serialize};

/// What a burn gives back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Withdrawal {
    /// An amount in the token's smallest unit; of an ERC721 token, an id.
    One(U256),
    /// Ids.
    Batch(Vec<U256>),
    /// An id with its metadata.
    WithMetadata {
        /// The id.
        id: U256,
        /// The metadata; `None` where it cannot be read, which matters only to a predicate that asks for it.
        metadata: Option<Bytes>,
    },
    /// Amounts of ids, pairwise.
    Counted {
        /// The ids.
        ids: Vec<U256>,
        /// The amounts.
        amounts: Vec<U256>,
    },
    /// Amounts of ids, pairwise, by a token that mints on the root chain.
    ChainExit {
        /// The ids.
        ids: Vec<U256>,
        /// The amounts.
        amounts: Vec<U256>,
        /// What the receiver is told.
        data: Bytes,
    },
}

/// An event that a bridge contract accepts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExitEvent {
    /// Who is paid on the root chain.
    pub beneficiary: Address,
    /// What.
    pub withdrawal: Withdrawal,
}

impl ExitEvent {
    /// Reads a log; `None` when no predicate could pay for it.
    // the beneficiary stands in the topic that `WithdrawTo` calls "from"; its "to" is always zero.
    #[must_use]
    pub fn read(log: &Log) -> Option<Self> {
        let data = log.data.data.as_ref();
        let topic = |place: usize| log.data.topics().get(place).copied();
        let address = |place| topic(place).map(Address::from_word);
        let is_zero = |place| address(place).is_some_and(|receiver| receiver.is_zero());
        let (beneficiary, is_burn, withdrawal) = match topic(0)? {
            topic::WITHDRAW_TO => {
                (address(1)?, is_zero(2), Withdrawal::One(U256::try_from_be_slice(data).filter(|_| data.len() <= 32)?))
            }
            topic::WITHDRAWN_BATCH => (address(1)?, true, Withdrawal::Batch(coder::one_list(data)?)),
            topic::TRANSFER_WITH_METADATA => {
                let metadata = coder::one_bytes(data).map(Bytes::copy_from_slice);
                (address(1)?, is_zero(2), Withdrawal::WithMetadata { id: topic(3).map(B256::into)?, metadata })
            }
            topic::TRANSFER_SINGLE => {
                let (id, amount) = coder::pair(data)?;
                let (ids, amounts) = ([id].into(), [amount].into());
                (address(2)?, is_zero(3), Withdrawal::Counted { ids, amounts })
            }
            topic::TRANSFER_BATCH => {
                let (ids, amounts) = coder::two_lists(data).filter(|(ids, amounts)| ids.len() == amounts.len())?;
                (address(2)?, is_zero(3), Withdrawal::Counted { ids, amounts })
            }
            topic::CHAIN_EXIT => {
                let (ids, amounts, data) = coder::two_lists_and_bytes(data)?;
                let is_some = !ids.is_empty() && ids.len() == amounts.len() && !is_zero(1);
                (address(1)?, is_some, Withdrawal::ChainExit { ids, amounts, data: Bytes::copy_from_slice(data) })
            }
            _ => return None,
        };
        is_burn.then_some(Self { beneficiary, withdrawal })
    }
}

/// A log that can be withdrawn, where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExitLog {
    /// Position in the receipt.
    pub log_index: u64,
    /// The token that wrote it. Only one that is mapped on the root chain pays.
    pub child_token: Address,
    /// What it says.
    pub event: ExitEvent,
}

/// Why nothing of a receipt can be withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotExitable {
    /// The bridge contract reads a receipt as a list, so a burn in a typed transaction is stuck.
    #[error("type-{kind} transaction: the receipt is not a list for the bridge contract")]
    TypedReceipt {
        /// Type of the transaction.
        kind: u8,
    },
    /// No log is a withdrawal.
    #[error("none of {logs} logs is a withdrawal")]
    NoWithdrawal {
        /// Logs there are.
        logs: usize,
    },
}

/// The logs of a receipt that can be withdrawn, in order: each is an exit of its own.
///
/// # Errors
/// [`NotExitable`].
// a burn in a type-1 transaction cannot be withdrawn, though the side chain accepts such transactions.
pub fn exitable(receipt: &Receipt) -> Result<Vec<ExitLog>, NotExitable> {
    if receipt.kind != 0 {
        return Err(NotExitable::TypedReceipt { kind: receipt.kind });
    }
    let exits: Vec<ExitLog> = (0..)
        .zip(&receipt.logs)
        .filter_map(|(log_index, log)| {
            Some(ExitLog { log_index, child_token: log.address, event: ExitEvent::read(log)? })
        })
        .collect();
    if exits.is_empty() {
        return Err(NotExitable::NoWithdrawal { logs: receipt.logs.len() });
    }
    Ok(exits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Status;
    use alloy_primitives::{B256, Bloom};

    fn withdraw(beneficiary: Address) -> Log {
        let topics = [topic::WITHDRAW_TO, beneficiary.into_word(), B256::ZERO];
        Log::new_unchecked(Address::repeat_byte(0xc0), topics.into(), [7; 32].into())
    }

    fn receipt(kind: u8, logs: Vec<Log>) -> Receipt {
        Receipt { kind, status: Status::Succeeded, cumulative_gas_used: 21_000, bloom: Bloom::ZERO, logs }
    }

    #[test]
    fn q67_a_typed_burn_is_refused_with_its_type() {
        let burn = receipt(1, [withdraw(Address::ZERO)].into());
        assert_eq!(exitable(&burn), Err(NotExitable::TypedReceipt { kind: 1 }));
        let nothing = receipt(0, Vec::new());
        assert_eq!(exitable(&nothing), Err(NotExitable::NoWithdrawal { logs: 0 }));
    }

    #[test]
    fn q68_the_beneficiary_is_the_topic_called_from() {
        let beneficiary = Address::repeat_byte(0xbe);
        let found = exitable(&receipt(0, [withdraw(beneficiary)].into())).unwrap();
        assert_eq!(found[0].event.beneficiary, beneficiary);
        let mut other = withdraw(beneficiary);
        other.data.topics_mut()[2] = B256::with_last_byte(1);
        assert_eq!(ExitEvent::read(&other), None);
    }
}
