//! What can be wrong with a header.

use crate::{executor::QueryError, header::ExtraError};
use alloy_primitives::{Address, B256, hex};
use bttc_core::schedule::{ApplyError, ScheduleError, SignerError};

/// The first rule that a header breaks. `Display` is the text of the reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// ErrFutureBlock: more than three seconds ahead of the clock.
    #[error("block in the future")]
    FutureBlock {
        /// Time of the block.
        time: u64,
        /// Latest time that is accepted now.
        latest: u64,
    },
    /// Malformed extra-data.
    #[error(transparent)]
    Extra(#[from] ExtraError),
    /// errInvalidMixDigest.
    #[error("non-zero mix digest")]
    MixDigest {
        /// The digest.
        got: B256,
    },
    /// errInvalidUncleHash.
    #[error("non empty uncle hash")]
    UnclesHash {
        /// The hash.
        got: B256,
    },
    /// ErrUnknownAncestor: the parent, or who may follow it, is not known.
    #[error("unknown ancestor")]
    UnknownAncestor {
        /// The parent named.
        parent: B256,
    },
    /// ErrInvalidTimestamp: less than a period after the parent.
    #[error("invalid timestamp")]
    Timestamp {
        /// Time of the block.
        time: u64,
        /// Earliest time for anybody.
        earliest: u64,
    },
    /// errInvalidSpanValidators: the list is not the contract's.
    #[error("invalid validator list on sprint end block")]
    SpanValidators {
        /// Records of the header, re-serialised.
        declared: Vec<u8>,
        /// Records of the contract's answer.
        computed: Vec<u8>,
    },
    /// The contract did not answer.
    #[error(transparent)]
    Contract(#[from] QueryError),
    /// MismatchingValidatorsError: the parent announced others than those who may produce.
    #[error(
        "Mismatching validators at block {block}\nValidatorBytes from snapshot: 0x{}\nValidatorBytes in Header: 0x{}\n",
        hex::encode(computed),
        hex::encode(declared)
    )]
    MismatchingValidators {
        /// Block that announced them.
        block: u64,
        /// Its records.
        declared: Vec<u8>,
        /// Records of those who may produce.
        computed: Vec<u8>,
    },
    /// Nobody's seal.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// UnauthorizedSignerError, UnauthorizedProposerError: the signer has no turn. The block named is the parent.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A header before this one in its batch does not follow, so nobody can say who may produce.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// BlockTooSoonError: before the signer's turn.
    #[error("Block {block} was created too soon. Signer turn-ness number is {succession}\n")]
    TooSoon {
        /// Number of the block.
        block: u64,
        /// Distance of the signer from the producer in turn.
        succession: u64,
    },
    /// WrongDifficultyError.
    #[error(
        "Wrong difficulty at block {block}, expected: {expected}, actual {actual}. Signer was {}\n",
        hex::encode(signer)
    )]
    WrongDifficulty {
        /// Number of the block.
        block: u64,
        /// Difficulty of the signer's turn.
        expected: u64,
        /// Low 64 bits of the header's.
        actual: u64,
        /// Who signed.
        signer: Address,
    },
}
