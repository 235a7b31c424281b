//! Making the next block.
//!
//! ```text
//! time       = max(parent's time + delay, now)
//! gas limit  → toward the ceiling, by less than 1/1024 of the parent's
//! extra      = vanity(32) ‖ next producers at the end of a sprint ‖ 65 zero bytes for the seal
//! ```

use super::{SealedBlock, Steps};
use crate::{
    executor::{Executor, QueryError},
    header::{Header, SealedHeader, VANITY_LENGTH, record_bytes},
    system::{SystemError, SystemWork},
    threads::Threads,
    transaction::{Transaction, TransactionError, transactions_root},
};
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    chain::ChainSpec,
    schedule::{ScheduleError, SignerError, Turn},
    signature::{RecoverError, SignError, Signature, Signer},
    validator::Validator,
};

/// Least gas limit of a block.
///
/// Source: `block-layer §2.6.2; bttc:core/block_validator.go:108-129`.
const MIN_GAS_LIMIT: u64 = 5_000;

/// Why no block can be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The author has no turn.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The work at the start of a sprint cannot be told.
    #[error(transparent)]
    System(#[from] SystemError),
    /// The validator-set contract does not name the next producers.
    #[error(transparent)]
    Producers(#[from] QueryError),
    /// Past the last number, or past the end of time.
    #[error("there is no block after number {head} at time {time}")]
    End {
        /// Number of the head.
        head: u64,
        /// Its time.
        time: u64,
    },
}

/// A block that lacks its seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    author: Address,
    header: Header,
    transactions: Vec<Transaction>,
    left_out: Vec<(Transaction, TransactionError)>,
}

/// Why a block was not sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealingError {
    /// The signer would not.
    #[error(transparent)]
    Refused(#[from] SignError),
    /// The signature is nobody's.
    #[error(transparent)]
    Unusable(#[from] SignerError),
    /// The block was built for another author, who receives its fees.
    #[error("the block was built for {expected}, the signature is {got}'s")]
    NotTheAuthor {
        /// Who signed.
        got: Address,
        /// Whom it was built for.
        expected: Address,
    },
}

impl From<RecoverError> for SealingError {
    fn from(error: RecoverError) -> Self {
        Self::Unusable(error.into())
    }
}

impl Unsealed {
    /// Its header, with room for the seal.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Whom it was built for.
    #[must_use]
    pub const fn author(&self) -> Address {
        self.author
    }

    /// Its transactions.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Transactions that could not stand in it, and why.
    #[must_use]
    pub fn left_out(&self) -> &[(Transaction, TransactionError)] {
        &self.left_out
    }

    /// Adds the author's seal.
    ///
    /// Source: `block-layer §2.10.3; bttc:consensus/bor/bor.go:815-890`.
    ///
    /// # Errors
    /// [`SealingError`] when the signer refuses or is not the author.
    pub fn seal(self, signer: &dyn Signer) -> Result<SealedBlock, SealingError> {
        let Self { author, mut header, transactions, .. } = self;
        let digest = header.seal_hash().ok_or(SignerError::MissingSignature)?;
        let seal = signer.sign_digest(&digest)?;
        let got = seal.recover_seal(&digest)?.address();
        if got != author {
            let expected = author;
            return Err(SealingError::NotTheAuthor { got, expected });
        }
        let mut extra = header.extra.to_vec();
        extra.truncate(extra.len().saturating_sub(Signature::LEN));
        extra.extend_from_slice(&seal.to_bytes());
        header.extra = extra.into();
        Ok(SealedBlock { header: SealedHeader::of(header, author), transactions })
    }
}

/// Gas limit of the block after one with limit `parent`, moving toward `ceiling`.
///
/// Source: `block-layer §2.6.2; bttc:core/block_validator.go:108-129`.
#[must_use]
pub const fn next_gas_limit(parent: u64, ceiling: u64) -> u64 {
    let wanted = if ceiling < MIN_GAS_LIMIT { MIN_GAS_LIMIT } else { ceiling };
    let step = (parent / 1_024).saturating_sub(1);
    if parent < wanted {
        let raised = parent.saturating_add(step);
        if raised < wanted { raised } else { wanted }
    } else {
        let lowered = parent.saturating_sub(step);
        if lowered > wanted { lowered } else { wanted }
    }
}

/// The header of the next block as far as it is known before execution.
///
/// Source: `block-layer §2.6; bttc:consensus/bor/bor.go:627-688`.
pub(crate) fn prepare(
    parent: &SealedHeader,
    turn: &Turn,
    now: u64,
    vanity: B256,
    next_producers: Option<Vec<Validator>>,
    gas_ceiling: u64,
) -> Result<Header, BuildError> {
    let end = BuildError::End { head: parent.height(), time: parent.time };
    let number = parent.height().checked_add(1).ok_or(end.clone())?;
    let earliest = turn.earliest(parent.time).ok_or(end)?;
    let mut producers = next_producers.unwrap_or_default();
    producers.sort_by_key(|producer| producer.signer);
    let records = record_bytes(&producers);
    let mut extra = Vec::with_capacity(VANITY_LENGTH + records.len() + Signature::LEN);
    extra.extend_from_slice(vanity.as_slice());
    extra.extend_from_slice(&records);
    extra.extend_from_slice(&[0; Signature::LEN]);
    Ok(Header {
        parent_hash: parent.hash(),
        difficulty: U256::from(turn.difficulty),
        number: U256::from(number),
        gas_limit: next_gas_limit(parent.gas_limit, gas_ceiling),
        time: earliest.max(now),
        extra: extra.into(),
        ..Header::default()
    })
}

/// Executes what fits into a prepared header and completes it.
pub(crate) fn build(
    executor: &mut dyn Executor,
    mut header: Header,
    author: Address,
    offered: impl IntoIterator<Item = Transaction>,
    work: &SystemWork,
    spec: &ChainSpec,
    threads: Threads,
) -> Unsealed {
    let mut steps = Steps::new(executor, header.gas_limit);
    let (mut transactions, mut left_out) = (Vec::new(), Vec::new());
    for transaction in offered {
        match steps.transact(&transaction, transaction.sender(spec.chain_id)) {
            Ok(()) => transactions.push(transaction),
            Err(error) => left_out.push((transaction, error)),
        }
    }
    let stepped = steps.finish(work, &spec.contracts, threads);
    header.transactions_root = transactions_root(&transactions);
    header.gas_used = stepped.gas_used;
    header.logs_bloom = stepped.bloom;
    header.receipts_root = stepped.receipts_root;
    header.state_root = stepped.state_root;
    Unsealed { author, header, transactions, left_out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gas_limit_moves_by_less_than_a_1024th_and_stops_at_the_ceiling() {
        assert_eq!(next_gas_limit(10_000_000, 20_000_000), 10_000_000 + 9_764);
        assert_eq!(next_gas_limit(19_999_999, 20_000_000), 20_000_000);
        assert_eq!(next_gas_limit(30_000_000, 20_000_000), 30_000_000 - 29_295);
        assert_eq!(next_gas_limit(20_000_000, 20_000_000), 20_000_000);
        assert_eq!(next_gas_limit(5_001, 0), 5_000);
    }
}
