//! Whose turn it is: members gather priority by their power, the one with most is next and pays for it.
//!
//! ```text
//! rescale   if max − min > 2·T:  every priority / ⌈(max − min) / 2T⌉      toward zero      once a call
//! centre    every priority − ⌊Σ priorities / n⌋                           toward −∞        once a call
//! step      every priority + its power; the highest (on a tie the lower address) is next, its priority − T
//! ```
//!
//! T is the total power. All numbers are signed 64 bits; sums and differences saturate. Over T·k steps each member is
//! next in proportion to its power. Nothing here allocates.
//!
//! Both sets of the protocol turn by it: the validation layer's validators and the side chain's producers.
//!
//! Sources: `validation-layer §2.1-2.2; delivery:types/validator-set.go:72-304` ·
//! `block-layer §3.2; bttc:consensus/bor/validator_set.go:83-199`.
//!
//! ```
//! use alloy_primitives::Address;
//! use bttc_core::{snapshot::Producer, validator::VotingPower};
//! use bttc_staking::validator_set::ValidatorSet;
//!
//! let three = [1, 2, 3].map(|power| Producer::new(Address::repeat_byte(power), VotingPower::new(power.into())));
//! let mut set = ValidatorSet::new(three)?;
//! let mut turns = [0; 4];
//! for _ in 0..6 {
//!     let next = set.increment(1)?;
//!     turns[usize::from(next.signer[0])] += 1;
//! }
//! assert_eq!(turns[1..], [1, 2, 3]);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use alloy_primitives::Address;
use bttc_core::validator::VotingPower;
use core::fmt;

/// Largest total power a set may have: ⌊(2⁶³ − 1) / 8⌋.
///
/// Source: `validation-layer §2.1; delivery:types/validator-set.go:25-28`.
pub const MAX_TOTAL_POWER: i64 = i64::MAX / 8;

/// Priorities lie within so many total powers of each other.
///
/// Source: `validation-layer §2.1; delivery:types/validator-set.go:25-28`.
pub const WINDOW: i64 = 2;

/// What takes turns. Rotation and change-sets read and write it; a validator record and a snapshot's producer
/// implement it.
pub trait Member: Clone + fmt::Debug {
    /// Who it is; members stand in ascending order of it.
    fn signer(&self) -> Address;

    /// Its power; 0 in a change-set means it leaves.
    fn power(&self) -> VotingPower;

    /// Gives it another power.
    fn set_power(&mut self, power: VotingPower);

    /// Its priority.
    fn priority(&self) -> i64;

    /// Gives it another priority.
    fn set_priority(&mut self, priority: i64);
}

/// Why a set cannot turn. The reference stops with a panic each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// It has no member.
    #[error("empty validator set")]
    Empty,
    /// It was asked to turn no times.
    #[error("got 0 turns, expected at least 1")]
    NoTurns,
    /// Its total power is too large.
    #[error("total power is {got} or more, expected at most {max}")]
    TotalTooHigh {
        /// The sum up to the member at which it became too large.
        got: i64,
        /// Largest total.
        max: i64,
    },
    /// Two entries of one signer have the highest priority together.
    #[error("two members are {signer} with priority {priority}")]
    Identical {
        /// Whose.
        signer: Address,
        /// The priority.
        priority: i64,
    },
    /// Priorities so far apart that their distance wrapped.
    #[error("priorities {difference} apart cannot be brought within {window}")]
    Distance {
        /// Highest less lowest, wrapped.
        difference: i64,
        /// Where they should be within.
        window: i64,
    },
}

/// The total power, adding up with saturation.
///
/// # Errors
/// [`RotationError::TotalTooHigh`] as soon as the sum is.
pub fn total_power<M: Member>(members: &[M]) -> Result<i64, RotationError> {
    members.iter().try_fold(0_i64, |sum, member| {
        let got = sum.saturating_add(member.power().get());
        if got > MAX_TOTAL_POWER {
            return Err(RotationError::TotalTooHigh { got, max: MAX_TOTAL_POWER });
        }
        Ok(got)
    })
}

/// The average priority, rounded toward −∞; 0 of none.
#[must_use]
pub fn average<M: Member>(members: &[M]) -> i64 {
    Spread::of(members).average()
}

/// Highest less lowest priority; wraps, and is then made positive where that is possible.
#[must_use]
pub fn difference<M: Member>(members: &[M]) -> i64 {
    Spread::of(members).difference()
}

/// What the two preparations of a turn ask of the priorities, in one pass.
struct Spread {
    lowest: i64,
    highest: i64,
    sum: i128,
    count: usize,
}

impl Spread {
    fn of<M: Member>(members: &[M]) -> Self {
        let none = Self { lowest: i64::MAX, highest: i64::MIN, sum: 0, count: members.len() };
        members.iter().map(Member::priority).fold(none, |spread, priority| Self {
            lowest: spread.lowest.min(priority),
            highest: spread.highest.max(priority),
            sum: spread.sum + i128::from(priority),
            ..spread
        })
    }

    const fn difference(&self) -> i64 {
        self.highest.wrapping_sub(self.lowest).wrapping_abs()
    }

    fn average(&self) -> i64 {
        let count = i128::try_from(self.count).unwrap_or(i128::MAX);
        // An average of 64-bit numbers has 64 bits.
        i64::try_from(self.sum.checked_div_euclid(count).unwrap_or(0)).unwrap_or(0)
    }

    /// What priorities are to be divided by, if they are further apart than the window.
    fn ratio(&self, window: i64) -> Result<Option<i64>, RotationError> {
        let difference = self.difference();
        if window <= 0 || difference <= window {
            return Ok(None);
        }
        // Q-26: near 2⁶³ the sum wraps: the ratio can come out negative, or zero, where the reference stops.
        match difference.wrapping_add(window).wrapping_sub(1) / window {
            0 => Err(RotationError::Distance { difference, window }),
            ratio => Ok(Some(ratio)),
        }
    }
}

/// Brings priorities within a window. Changes nothing on an error.
pub(crate) fn rescale<M: Member>(members: &mut [M], window: i64) -> Result<(), RotationError> {
    rescaled(members, window).map(|_| ())
}

/// As [`rescale`], and answers with the average priority after it.
fn rescaled<M: Member>(members: &mut [M], window: i64) -> Result<i64, RotationError> {
    if members.is_empty() {
        return Err(RotationError::Empty);
    }
    let spread = Spread::of(members);
    let Some(ratio) = spread.ratio(window)? else {
        return Ok(spread.average());
    };
    for member in &mut *members {
        // Q-24: this division rounds toward zero, the one of `average` toward −∞.
        member.set_priority(member.priority().wrapping_div(ratio));
    }
    Ok(average(members))
}

/// Brings the average priority to zero.
pub(crate) fn centre<M: Member>(members: &mut [M]) -> Result<(), RotationError> {
    if members.is_empty() {
        return Err(RotationError::Empty);
    }
    let average = average(members);
    for member in members {
        member.set_priority(member.priority().saturating_sub(average));
    }
    Ok(())
}

/// The member with most priority; on a tie the lower address.
pub(crate) fn highest<M: Member>(members: &[M]) -> Result<usize, RotationError> {
    let mut leader = Leader::new(members.first().ok_or(RotationError::Empty)?);
    for (place, member) in members.iter().enumerate().skip(1) {
        leader.challenge(place, member.priority(), member)?;
    }
    Ok(leader.place)
}

/// Rescales and centres once, then takes so many steps, at least one; the place of the last winner.
///
/// The only error that leaves priorities changed is [`RotationError::Identical`].
pub(crate) fn increment<M: Member>(members: &mut [M], total: i64, times: u64) -> Result<usize, RotationError> {
    // Centring goes with the first step: a pass less over the members.
    let mut above = rescaled(members, total.wrapping_mul(WINDOW))?;
    let mut winner = 0;
    for _ in 0..times {
        winner = step(members, above, total)?;
        above = 0;
    }
    Ok(winner)
}

/// A step of members whose average priority is to be brought down by `above` before it.
fn step<M: Member>(members: &mut [M], above: i64, total: i64) -> Result<usize, RotationError> {
    let gather = |member: &mut M| {
        let priority = member.priority().saturating_sub(above).saturating_add(member.power().get());
        member.set_priority(priority);
        priority
    };
    let (first, others) = members.split_first_mut().ok_or(RotationError::Empty)?;
    gather(first);
    let mut leader = Leader::new(first);
    for (place, member) in (1..).zip(others) {
        let priority = gather(member);
        leader.challenge(place, priority, member)?;
    }
    if let Some(winner) = members.get_mut(leader.place) {
        winner.set_priority(leader.priority.saturating_sub(total));
    }
    Ok(leader.place)
}

/// The best so far.
struct Leader {
    place: usize,
    priority: i64,
    signer: Address,
}

impl Leader {
    fn new<M: Member>(first: &M) -> Self {
        Self { place: 0, priority: first.priority(), signer: first.signer() }
    }

    fn challenge<M: Member>(&mut self, place: usize, priority: i64, member: &M) -> Result<(), RotationError> {
        if priority < self.priority {
            return Ok(());
        }
        let signer = member.signer();
        if priority == self.priority && signer == self.signer {
            return Err(RotationError::Identical { signer, priority });
        }
        if priority > self.priority || signer < self.signer {
            *self = Self { place, priority, signer };
        }
        Ok(())
    }
}
