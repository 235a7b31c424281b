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
//! use bttc_core::validator::VotingPower;
//! use bttc_staking::{snapshot::Producer, validator_set::ValidatorSet};
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
    let sum: i128 = members.iter().map(|member| i128::from(member.priority())).sum();
    let count = i128::try_from(members.len()).unwrap_or(i128::MAX);
    // An average of 64-bit numbers has 64 bits.
    i64::try_from(sum.checked_div_euclid(count).unwrap_or(0)).unwrap_or(0)
}

/// Highest less lowest priority; wraps, and is then made positive where that is possible.
#[must_use]
pub fn difference<M: Member>(members: &[M]) -> i64 {
    let (lowest, highest) =
        members.iter().map(Member::priority).fold((i64::MAX, i64::MIN), |(low, high), p| (low.min(p), high.max(p)));
    highest.wrapping_sub(lowest).wrapping_abs()
}

/// Brings priorities within a window. Changes nothing on an error.
pub(crate) fn rescale<M: Member>(members: &mut [M], window: i64) -> Result<(), RotationError> {
    if members.is_empty() {
        return Err(RotationError::Empty);
    }
    if window <= 0 {
        return Ok(());
    }
    let difference = difference(members);
    if difference > window {
        // Q-26: near 2⁶³ the sum wraps: the ratio can come out negative, or zero, where the reference stops.
        let ratio = difference.wrapping_add(window).wrapping_sub(1) / window;
        if ratio == 0 {
            return Err(RotationError::Distance { difference, window });
        }
        for member in members {
            // Q-24: this division rounds toward zero, the one of `average` toward −∞.
            member.set_priority(member.priority().wrapping_div(ratio));
        }
    }
    Ok(())
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
        leader.challenge(place, member.priority(), member.signer())?;
    }
    Ok(leader.place)
}

/// Rescales and centres once, then takes so many steps; the place of the last winner.
///
/// The only error that leaves priorities changed is [`RotationError::Identical`].
pub(crate) fn increment<M: Member>(members: &mut [M], total: i64, times: u64) -> Result<usize, RotationError> {
    rescale(members, total.wrapping_mul(WINDOW))?;
    centre(members)?;
    let mut winner = 0;
    for _ in 0..times {
        winner = step(members, total)?;
    }
    Ok(winner)
}

fn step<M: Member>(members: &mut [M], total: i64) -> Result<usize, RotationError> {
    let gather = |member: &mut M| {
        let priority = member.priority().saturating_add(member.power().get());
        member.set_priority(priority);
        priority
    };
    let (first, others) = members.split_first_mut().ok_or(RotationError::Empty)?;
    gather(first);
    let mut leader = Leader::new(first);
    for (place, member) in (1..).zip(others) {
        let priority = gather(member);
        leader.challenge(place, priority, member.signer())?;
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

    fn challenge(&mut self, place: usize, priority: i64, signer: Address) -> Result<(), RotationError> {
        if priority == self.priority && signer == self.signer {
            return Err(RotationError::Identical { signer, priority });
        }
        if priority > self.priority || (priority == self.priority && signer < self.signer) {
            *self = Self { place, priority, signer };
        }
        Ok(())
    }
}
