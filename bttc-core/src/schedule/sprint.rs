//! Producers that move on from header to header.
//!
//! ```text
//! header n ──apply──▶ who may seal n + 1        at the end of a sprint the header's own list takes over
//! ```
//!
//! The block layer verifies headers in batches, each judged by the producers that the ones before it lead to; staking
//! keeps those producers. They meet here.
//!
//! Source: `block-layer §3.3.3; bttc:consensus/bor/snapshot.go:107-169`.
//!
//! ```
//! use alloy_primitives::{Address, B256};
//! use bttc_core::schedule::{ApplyError, FixedProducers, ScheduleError, SprintHeader, SprintSchedule as _};
//! use bttc_core::{chain::ChainSpec, id::ValidatorId, validator::{Validator, VotingPower}};
//!
//! let [alice, stranger] = [0xa1, 0xb2].map(Address::repeat_byte);
//! let alone = Validator::new(ValidatorId::new(0), alice, VotingPower::new(1));
//! let mut producers = FixedProducers::new([alone], alice, ChainSpec::mainnet().timing);
//! let header = |signer| SprintHeader { number: 1, hash: B256::ZERO, signer: Ok(signer), producers: None };
//! let refused = ScheduleError::UnauthorizedSigner { block: 1, signer: stranger };
//! assert_eq!(producers.apply(&header(stranger)), Err(ApplyError::Schedule(refused)));
//! assert_eq!(producers.apply(&header(alice)), Ok(()));
//! ```

use super::{FixedProducers, ProducerSchedule, ScheduleError};
use crate::{signature::RecoverError, validator::Validator};
use alloc::{string::String, vec::Vec};
use alloy_primitives::{Address, B256};

/// What the producers after a header are found out from. That its parent is the right one is for the caller to see to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SprintHeader {
    /// Height.
    pub number: u64,
    /// Hash.
    pub hash: B256,
    /// Who sealed it.
    pub signer: Result<Address, SignerError>,
    /// The list in its extra-data, empty where it does not read as one; `None` where the extra-data is too short for
    /// vanity and seal. It counts at the end of a sprint only.
    pub producers: Option<Vec<Validator>>,
}

/// Why a header has no signer. The texts are those of the reference.
///
/// Source: `block-layer §2.3.3; bttc:consensus/bor/bor.go:131-153`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// errMissingSignature: fewer than 65 bytes of extra-data, or at the end of a sprint fewer than 97.
    #[error("extra-data 65 byte signature suffix missing")]
    MissingSignature,
    /// The 65 bytes are no signature of anyone's.
    #[error(transparent)]
    Recover(#[from] RecoverError),
}

/// Why a header does not follow. The texts are those of the reference.
///
/// Source: `block-layer §3.3.3; bttc:consensus/bor/snapshot.go:107-169`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// errOutOfRangeChain: not the next block.
    #[error("out of range or non-contiguous chain")]
    OutOfRangeChain {
        /// Its height.
        got: u64,
        /// Height of the block that the producers are as of.
        after: u64,
    },
    /// Nobody's seal, or no room for one beside the list.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// Its signer, or the proposer on record, is no producer. The block named is the header's own.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The producers cannot turn; the reference stops with a panic.
    #[error("{reason}")]
    Rotation {
        /// Why.
        reason: String,
    },
}

/// Producers that follow headers. Verification of a batch of headers asks it; staking's `Snapshot` and
/// [`FixedProducers`] implement it.
pub trait SprintSchedule: ProducerSchedule {
    /// Moves on to the producers after this header.
    ///
    /// # Errors
    /// [`ApplyError`]; then nothing changed.
    fn apply(&mut self, header: &SprintHeader) -> Result<(), ApplyError>;
}

const _: fn(&mut FixedProducers) -> &mut dyn SprintSchedule = |schedule| schedule;

impl SprintSchedule for FixedProducers {
    /// Whoever may seal one header may seal the next.
    fn apply(&mut self, header: &SprintHeader) -> Result<(), ApplyError> {
        // A turn's error names the block before the one it is asked for.
        self.turn(header.number.wrapping_add(1), header.signer?)?;
        Ok(())
    }
}
