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
//! Source: `withdrawal-proofs §2.1, §5.1`.

use super::Receipt;
use alloc::vec::Vec;
use alloy_primitives::{Address, Bytes, Log, U256};
use alloy_sol_types::SolEvent;
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        event WithdrawTo(address indexed from, address indexed to, uint256 amount);
        event WithdrawnBatch(address indexed user, uint256[] tokenIds);
        event TransferWithMetadata(address indexed from, address indexed to, uint256 indexed tokenId, bytes metaData);
        event TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value);
        event TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values);
        event ChainExit(address indexed to, uint256[] tokenId, uint256[] amount, bytes data);
    }
}

/// What a burn gives back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Withdrawal {
    /// An amount in the token's smallest unit; of an ERC721 token, an id.
    One(U256),
    /// Ids.
    Batch(Vec<U256>),
    /// An id with its metadata, as ABI-encoded text by default.
    WithMetadata {
        /// The id.
        id: U256,
        /// The metadata.
        metadata: Bytes,
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

fn read<E: SolEvent>(log: &Log) -> Option<E> {
    E::decode_raw_log_validate(log.data.topics().iter().copied(), &log.data.data).ok()
}

impl ExitEvent {
    /// Reads a log; `None` when it is no such event in its clean form.
    // the beneficiary stands in the topic that `WithdrawTo` calls "from"; its "to" is always zero.
    #[must_use]
    pub fn read(log: &Log) -> Option<Self> {
        let first = *log.data.topics().first()?;
        let (beneficiary, receiver, withdrawal) = match first {
            abi::WithdrawTo::SIGNATURE_HASH => {
                let event: abi::WithdrawTo = read(log)?;
                (event.from, event.to, Withdrawal::One(event.amount))
            }
            abi::WithdrawnBatch::SIGNATURE_HASH => {
                let event: abi::WithdrawnBatch = read(log)?;
                (event.user, Address::ZERO, Withdrawal::Batch(event.tokenIds))
            }
            abi::TransferWithMetadata::SIGNATURE_HASH => {
                let event: abi::TransferWithMetadata = read(log)?;
                let (id, metadata) = (event.tokenId, event.metaData);
                (event.from, event.to, Withdrawal::WithMetadata { id, metadata })
            }
            abi::TransferSingle::SIGNATURE_HASH => {
                let event: abi::TransferSingle = read(log)?;
                let (ids, amounts) = ([event.id].into(), [event.value].into());
                (event.from, event.to, Withdrawal::Counted { ids, amounts })
            }
            abi::TransferBatch::SIGNATURE_HASH => {
                let event: abi::TransferBatch = read(log)?;
                let (ids, amounts) = (event.ids, event.values);
                (event.from, event.to, Withdrawal::Counted { ids, amounts })
            }
            abi::ChainExit::SIGNATURE_HASH => {
                let event: abi::ChainExit = read(log)?;
                let (ids, amounts, data) = (event.tokenId, event.amount, event.data);
                (event.to, Address::ZERO, Withdrawal::ChainExit { ids, amounts, data })
            }
            _ => return None,
        };
        receiver.is_zero().then_some(Self { beneficiary, withdrawal })
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
    use alloy_primitives::{B256, Bloom, b256};

    fn withdraw(beneficiary: Address) -> Log {
        let topics = [abi::WithdrawTo::SIGNATURE_HASH, beneficiary.into_word(), B256::ZERO];
        Log::new_unchecked(Address::repeat_byte(0xc0), topics.into(), [7; 32].into())
    }

    fn receipt(kind: u8, logs: Vec<Log>) -> Receipt {
        Receipt { kind, status: Status::Succeeded, cumulative_gas_used: 21_000, bloom: Bloom::ZERO, logs }
    }

    #[test]
    fn the_topics_are_those_of_the_specification() {
        // withdrawal-proofs §2.1
        let expected = [
            b256!("67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8"),
            b256!("f871896b17e9cb7a64941c62c188a4f5c621b86800e3d15452ece01ce56073df"),
            b256!("f94915c6d1fd521cee85359239227480c7e8776d7caf1fc3bacad5c269b66a14"),
            b256!("c3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62"),
            b256!("4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb"),
            b256!("c7b80b68f1c661da97dbd7e6e143a0c7c587dfc522cb2ac508b9084fecc492bc"),
        ];
        let topics = [
            abi::WithdrawTo::SIGNATURE_HASH,
            abi::WithdrawnBatch::SIGNATURE_HASH,
            abi::TransferWithMetadata::SIGNATURE_HASH,
            abi::TransferSingle::SIGNATURE_HASH,
            abi::TransferBatch::SIGNATURE_HASH,
            abi::ChainExit::SIGNATURE_HASH,
        ];
        assert_eq!(topics, expected);
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
