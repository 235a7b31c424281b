//! Whose turn it is to produce a block, how difficult that makes it, and when it may come.
//!
//! The producers stand in ascending address order, `n` of them, `p` the place of the proposer, `i` that of the signer:
//!
//! ```text
//! succession = (i − p) mod n          0 is in turn, n − 1 the last backup
//! difficulty = n − succession
//! delay      = (number mod sprint = 0 ? producer delay : period) + succession · backup multiplier   seconds
//! earliest   = parent's time + delay
//! ```
//!
//! Source: `block-layer §2.4–2.5; bttc:consensus/bor/snapshot.go:172-223, bttc:consensus/bor/bor.go:187-198`.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, id::ValidatorId, schedule::{BlockSchedule, FixedProducers, ProducerSchedule}};
//! use bttc_core::validator::{Validator, VotingPower};
//! use alloy_primitives::Address;
//!
//! let [a, b, c] = [1, 2, 3].map(Address::repeat_byte);
//! let producers = [c, a, b].map(|s| Validator::new(ValidatorId::new(0), s, VotingPower::new(1)));
//! let schedule = FixedProducers::new(producers, b, ChainSpec::mainnet().timing);
//!
//! let turn = schedule.turn(128, c)?; // right after the proposer, at the start of a sprint
//! assert_eq!((turn.succession, turn.difficulty, turn.earliest(1_000)), (1, 2, Some(1_008)));
//!
//! let block = BlockSchedule::of(&schedule, 128)?; // and everybody else's
//! assert_eq!(block.sealers.iter().map(|sealer| sealer.signer).collect::<Vec<_>>(), [b, c, a]);
//! println!("{block}");
//! # Ok::<(), bttc_core::schedule::ScheduleError>(())
//! ```

mod sprint;

pub use sprint::{ApplyError, SignerError, SprintHeader, SprintSchedule};

use crate::validator::Validator;
use alloc::vec::Vec;
use alloy_primitives::Address;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The scalars that time a chain, in seconds and blocks.
///
/// Source: `block-layer §1.1; bttc:params/config.go:242-245`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Seconds between blocks of a sprint.
    pub period: u64,
    /// Seconds before the first block of a sprint.
    pub producer_delay: u64,
    /// Blocks in a sprint.
    pub sprint: u64,
    /// Seconds each place in the succession adds.
    pub backup_multiplier: u64,
}

impl Timing {
    /// Whether the block is the first of a sprint.
    #[must_use]
    pub const fn is_sprint_start(&self, number: u64) -> bool {
        number.is_multiple_of(self.sprint)
    }

    /// Whether the block is the last of a sprint.
    #[must_use]
    pub const fn is_sprint_end(&self, number: u64) -> bool {
        number.wrapping_add(1).is_multiple_of(self.sprint)
    }

    /// First block of the sprint after the one that holds this block; `None` past the last block number, and without
    /// sprints.
    #[must_use]
    pub const fn next_sprint(&self, number: u64) -> Option<u64> {
        match number.checked_rem(self.sprint) {
            Some(within) => (number - within).checked_add(self.sprint),
            None => None,
        }
    }

    /// Seconds a producer at this place must leave after the parent. 64-bit wrapping as in the reference.
    #[must_use]
    pub const fn delay(&self, number: u64, succession: u64) -> u64 {
        let base = if self.is_sprint_start(number) { self.producer_delay } else { self.period };
        base.wrapping_add(succession.wrapping_mul(self.backup_multiplier))
    }
}

/// A signer's turn at a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Distance from the producer in turn; 0 is in turn.
    pub succession: u64,
    /// Difficulty the header must carry.
    pub difficulty: u64,
    /// Seconds after the parent's time before which the block may not be dated.
    pub delay: u64,
}

impl Turn {
    /// Whether it is this signer's own turn rather than a backup's.
    #[must_use]
    pub const fn is_in_turn(&self) -> bool {
        self.succession == 0
    }

    /// Least time of the block, Unix seconds; `None` past the end of time.
    #[must_use]
    pub const fn earliest(&self, parent_time: u64) -> Option<u64> {
        parent_time.checked_add(self.delay)
    }
}

/// Why a signer has no turn. The texts are those of the reference.
///
/// Source: `block-layer §2.9; bttc:consensus/bor/errors.go:10-143`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The signer is no producer as of the block named.
    #[error("Signer 0x{signer:x} is not a part of the producer set at block {block}")]
    UnauthorizedSigner {
        /// Block whose snapshot was asked: the one before the block in question.
        block: u64,
        /// Who signed.
        signer: Address,
    },
    /// The producers' own proposer is not among them.
    #[error("Proposer 0x{proposer:x} is not a part of the producer set at block {block}")]
    UnauthorizedProposer {
        /// Block whose snapshot was asked.
        block: u64,
        /// The proposer on record.
        proposer: Address,
    },
}

/// Who may produce. Header verification and block building ask it; staking's `Snapshot` and [`FixedProducers`]
/// implement it.
pub trait ProducerSchedule: fmt::Debug + Send + Sync {
    /// The signer's turn at this block.
    ///
    /// # Errors
    /// [`ScheduleError`] when the signer, or the proposer on record, is no producer.
    fn turn(&self, number: u64, signer: Address) -> Result<Turn, ScheduleError>;

    /// The producers in ascending signer order.
    fn producers(&self) -> Vec<Validator>;
}

const _: fn(&FixedProducers) -> &dyn ProducerSchedule = |schedule| schedule;

/// Who may seal a block, in the order in which they may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockSchedule {
    /// The block.
    pub number: u64,
    /// The producer in turn, then its backups.
    pub sealers: Vec<Sealer>,
}

/// Somebody who may seal a block, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealer {
    /// Address of the key it seals with.
    pub signer: Address,
    /// Its turn.
    pub turn: Turn,
}

impl BlockSchedule {
    /// Everybody's turn at this block.
    ///
    /// # Errors
    /// [`ScheduleError::UnauthorizedProposer`] when the proposer on record is no producer.
    pub fn of(schedule: &dyn ProducerSchedule, number: u64) -> Result<Self, ScheduleError> {
        let sealer = |producer: Validator| {
            let signer = producer.signer;
            schedule.turn(number, signer).map(|turn| Sealer { signer, turn })
        };
        let mut sealers = schedule.producers().into_iter().map(sealer).collect::<Result<Vec<_>, _>>()?;
        sealers.sort_by_key(|sealer| sealer.turn.succession);
        Ok(Self { number, sealers })
    }
}

impl fmt::Display for BlockSchedule {
    /// A table, a line a sealer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block {:<36} {:>10} {:>12}", self.number, "difficulty", "after parent")?;
        for Sealer { signer, turn } in &self.sealers {
            write!(f, "\n{signer:#x} {:>10} {:>10} s", turn.difficulty, turn.delay)?;
        }
        Ok(())
    }
}

/// The place of a signer behind the proposer among producers in ascending signer order.
///
/// `block` is the block whose snapshot is asked and only enters the error.
///
/// # Errors
/// [`ScheduleError`] when the proposer (looked at first) or the signer is not among them.
pub fn succession(
    producers: &[Validator],
    proposer: Address,
    signer: Address,
    block: u64,
) -> Result<u64, ScheduleError> {
    let place = |who: Address| producers.iter().position(|v| v.signer == who);
    let first = place(proposer).ok_or(ScheduleError::UnauthorizedProposer { block, proposer })?;
    let own = place(signer).ok_or(ScheduleError::UnauthorizedSigner { block, signer })?;
    let behind = if own >= first { own - first } else { own + producers.len() - first };
    // A list in memory is shorter than 2⁶⁴.
    Ok(u64::try_from(behind).unwrap_or(u64::MAX))
}

/// The turn of a signer among producers in ascending signer order.
///
/// # Errors
/// As [`succession`].
pub fn turn(
    producers: &[Validator],
    proposer: Address,
    timing: &Timing,
    number: u64,
    signer: Address,
) -> Result<Turn, ScheduleError> {
    let succession = succession(producers, proposer, signer, number.wrapping_sub(1))?;
    let count = u64::try_from(producers.len()).unwrap_or(u64::MAX);
    Ok(Turn { succession, difficulty: count - succession, delay: timing.delay(number, succession) })
}

/// Producers that never change: one sprint of a known set, or a chain with a single producer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedProducers {
    producers: Vec<Validator>,
    proposer: Address,
    timing: Timing,
}

impl FixedProducers {
    /// These producers in any order, and the one in turn.
    pub fn new(producers: impl IntoIterator<Item = Validator>, proposer: Address, timing: Timing) -> Self {
        let mut producers: Vec<_> = producers.into_iter().collect();
        producers.sort_by_key(|v| v.signer);
        Self { producers, proposer, timing }
    }
}

impl ProducerSchedule for FixedProducers {
    fn turn(&self, number: u64, signer: Address) -> Result<Turn, ScheduleError> {
        turn(&self.producers, self.proposer, &self.timing, number, signer)
    }

    fn producers(&self) -> Vec<Validator> {
        self.producers.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::ValidatorId, validator::VotingPower};
    use alloc::string::ToString;

    #[test]
    fn strangers_have_no_turn_and_the_error_names_the_block_before() {
        let only = Validator::new(ValidatorId::new(0), Address::repeat_byte(1), VotingPower::new(1));
        let timing = Timing { period: 2, producer_delay: 6, sprint: 64, backup_multiplier: 2 };
        let stranger = Address::repeat_byte(2);
        let error = FixedProducers::new([only], only.signer, timing).turn(8, stranger).unwrap_err();
        assert_eq!(error, ScheduleError::UnauthorizedSigner { block: 7, signer: stranger });
        assert_eq!(
            error.to_string(),
            "Signer 0x0202020202020202020202020202020202020202 is not a part of the producer set at block 7"
        );
        let headless = FixedProducers::new([only], stranger, timing);
        let expected = ScheduleError::UnauthorizedProposer { block: 7, proposer: stranger };
        assert_eq!(headless.turn(8, only.signer), Err(expected));
        assert_eq!(BlockSchedule::of(&headless, 8), Err(expected));
    }

    #[test]
    fn a_blocks_schedule_is_a_table() {
        let [a, b] =
            [1, 2].map(|byte| Validator::new(ValidatorId::new(0), Address::repeat_byte(byte), VotingPower::new(1)));
        let timing = Timing { period: 2, producer_delay: 6, sprint: 64, backup_multiplier: 3 };
        let schedule = BlockSchedule::of(&FixedProducers::new([a, b], b.signer, timing), 64).unwrap();
        let lines = [
            "block 64                                   difficulty after parent",
            "0x0202020202020202020202020202020202020202          2          6 s",
            "0x0101010101010101010101010101010101010101          1          9 s",
        ];
        assert_eq!(schedule.to_string(), lines.join("\n"));
    }
}
