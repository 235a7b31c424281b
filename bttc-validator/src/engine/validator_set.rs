//! Who votes at a height, and whose turn it is to propose.
//!
//! ```text
//! step          every priority += power;  the highest (lowest address among equals) proposes;  its priority −= total
//! increment(n)  bring priorities within 2·total of each other and centre them on 0, then n steps
//! newcomer      starts at −(T + ⌊T / 8⌋), T the total with the change's additions and before its removals
//! ```
//!
//! The set of the next height is this one incremented once, whatever number of rounds this height takes; the proposer
//! of round r is that of a copy incremented r times. The arithmetic is that of `validation-layer §2.1–2.3`, there for
//! checkpoint proposers, here for Tendermint's own.

use super::context;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloy_primitives::Address;
use bttc_core::validator::Validator;

/// Most power a set may have together: ⌊(2⁶³ − 1) / 8⌋.
///
/// Source: `validation-layer §2.1; delivery:types/validator-set.go:25-28`.
const MOST_POWER: i64 = i64::MAX / 8;

/// Why a set cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// Nobody in it.
    #[error("a set needs at least one validator")]
    Empty,
    /// One signer named twice.
    #[error("{validator} is named twice")]
    Twice {
        /// Who.
        validator: Address,
    },
    /// A power that cannot be held: below zero, zero in a first set, or above the most.
    #[error("{validator} cannot have power {got}")]
    Power {
        /// Who.
        validator: Address,
        /// Its power.
        got: i64,
    },
    /// The removal of somebody who is not in it.
    #[error("{validator} is not in the set and cannot leave it")]
    Stranger {
        /// Who.
        validator: Address,
    },
    /// Too much power together.
    #[error("the set would have more power than {most}")]
    Total {
        /// The most: ⌊(2⁶³ − 1) / 8⌋.
        most: i64,
    },
}

/// A validator's seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) address: context::Address,
    pub(super) validator: Validator,
    priority: i64,
}

impl Seat {
    fn new(validator: Validator, priority: i64) -> Self {
        Self { address: context::Address(validator.signer), validator, priority }
    }

    const fn power(&self) -> i64 {
        self.validator.power.get()
    }
}

/// The seats by ascending address; at least one, powers above zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ValidatorSet {
    seats: Arc<[Seat]>,
    total: i64,
    proposer: usize,
}

impl ValidatorSet {
    /// The first set: all are newcomers, incremented once.
    pub(super) fn new(validators: &[Validator]) -> Result<Self, SetError> {
        if let Some(v) = validators.iter().find(|v| v.power.get() == 0) {
            return Err(SetError::Power { validator: v.signer, got: 0 });
        }
        let empty = Self { seats: Arc::new([]), total: 0, proposer: 0 };
        empty.follow(validators)
    }

    /// The set that follows this one: the change-set applied, then one step.
    pub(super) fn follow(&self, changes: &[Validator]) -> Result<Self, SetError> {
        Ok(self.change(changes)?.increment(1))
    }

    /// This set after a change-set; it is nobody's turn until the next increment.
    fn change(&self, changes: &[Validator]) -> Result<Self, SetError> {
        let mut by_signer = BTreeMap::new();
        for change in changes {
            let (validator, got) = (change.signer, change.power.get());
            if !(0..=MOST_POWER).contains(&got) {
                return Err(SetError::Power { validator, got });
            }
            if got == 0 && self.seat(validator).is_none() {
                return Err(SetError::Stranger { validator });
            }
            if by_signer.insert(validator, *change).is_some() {
                return Err(SetError::Twice { validator });
            }
        }
        let mut seats: BTreeMap<Address, Seat> = self.seats.iter().map(|s| (s.address.0, s.clone())).collect();
        if !by_signer.is_empty() {
            let added = by_signer.iter().try_fold(self.total, |total, (signer, change)| {
                let before = seats.get(signer).map_or(0, Seat::power);
                // A removal's power stays in this total, as in the reference.
                let now = if change.power.get() == 0 { before } else { change.power.get() };
                Some(total - before + now).filter(|total| *total <= MOST_POWER)
            });
            let total = added.ok_or(SetError::Total { most: MOST_POWER })?;
            for (signer, change) in by_signer {
                if change.power.get() == 0 {
                    seats.remove(&signer);
                } else {
                    let priority = seats.get(&signer).map_or(-(total + (total >> 3)), |seat| seat.priority);
                    seats.insert(signer, Seat::new(change, priority));
                }
            }
        }
        if seats.is_empty() {
            return Err(SetError::Empty);
        }
        let mut seats: Vec<Seat> = seats.into_values().collect();
        let total = seats.iter().map(Seat::power).sum();
        if !changes.is_empty() {
            settle(&mut seats, total);
        }
        Ok(Self { seats: seats.into(), total, proposer: 0 })
    }

    /// This set so many steps along.
    pub(super) fn increment(&self, times: u32) -> Self {
        let mut seats = self.seats.to_vec();
        settle(&mut seats, self.total);
        let mut proposer = self.proposer;
        for _ in 0..times {
            for seat in &mut seats {
                seat.priority = seat.priority.saturating_add(seat.power());
            }
            // Of equals the later wins in `max_by_key`; backwards that is the lower address.
            let most = seats.iter_mut().enumerate().rev().max_by_key(|(_, seat)| seat.priority);
            if let Some((index, seat)) = most {
                seat.priority = seat.priority.saturating_sub(self.total);
                proposer = index;
            }
        }
        Self { seats: seats.into(), total: self.total, proposer }
    }

    /// Whose turn it is in this round.
    pub(super) fn proposer(&self, round: u32) -> &Seat {
        let index = if round == 0 { self.proposer } else { self.increment(round).proposer };
        self.seats.get(index).expect("an increment leaves the index of one of its seats")
    }

    /// Whether it was this validator's turn in one of the rounds so far.
    pub(super) fn had_turn(&self, validator: Address, round: u32) -> bool {
        (0..=round).any(|round| self.proposer(round).address.0 == validator)
    }

    pub(super) fn seats(&self) -> &[Seat] {
        &self.seats
    }

    pub(super) fn seat(&self, signer: Address) -> Option<&Seat> {
        let index = self.seats.binary_search_by(|seat| seat.address.0.cmp(&signer)).ok()?;
        self.seats.get(index)
    }

    pub(super) fn power(&self, signer: Address) -> Option<u64> {
        u64::try_from(self.seat(signer)?.power()).ok()
    }

    pub(super) fn total(&self) -> u64 {
        u64::try_from(self.total).unwrap_or_default()
    }

    pub(super) fn validators(&self) -> Vec<Validator> {
        self.seats.iter().map(|seat| seat.validator).collect()
    }
}

/// Brings the priorities within twice the total of each other, and centres them.
fn settle(seats: &mut [Seat], total: i64) {
    let window = total.saturating_mul(2);
    let priorities = || seats.iter().map(|seat| seat.priority);
    let (most, least) = (priorities().max().unwrap_or(0), priorities().min().unwrap_or(0));
    let spread = most.saturating_sub(least);
    if window > 0 && spread > window {
        let ratio = spread.saturating_add(window - 1) / window;
        for seat in seats.iter_mut() {
            seat.priority /= ratio;
        }
    }
    let sum: i128 = seats.iter().map(|seat| i128::from(seat.priority)).sum();
    let count = i128::try_from(seats.len().max(1)).unwrap_or(1);
    let average = i64::try_from(sum.div_euclid(count)).unwrap_or(0);
    for seat in seats {
        seat.priority = seat.priority.saturating_sub(average);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::{id::ValidatorId, validator::VotingPower};
    use proptest::prelude::*;

    fn validator(label: u8, power: i64) -> Validator {
        Validator::new(ValidatorId::new(label.into()), Address::repeat_byte(label), VotingPower::new(power))
    }

    fn set(powers: &[i64]) -> ValidatorSet {
        let validators: Vec<_> = (1..).zip(powers).map(|(label, power)| validator(label, *power)).collect();
        ValidatorSet::new(&validators).unwrap()
    }

    /// The proposer's label and the priorities by ascending address.
    fn state(set: &ValidatorSet) -> (u8, Vec<i64>) {
        (set.proposer(0).address.0[0], set.seats().iter().map(|seat| seat.priority).collect())
    }

    // The rows of `validation-layer §2.5`.

    #[test]
    fn three_validators_take_turns_by_power() {
        let mut set = set(&[1, 2, 3]);
        assert_eq!(state(&set), (3, vec![1, 2, -3]));
        for row in [
            (2, vec![2, -2, 0]),
            (1, vec![-3, 0, 3]),
            (3, vec![-2, 2, 0]),
            (2, vec![-1, -2, 3]),
            (3, vec![0, 0, 0]),
            (3, vec![1, 2, -3]),
        ] {
            set = set.increment(1);
            assert_eq!(state(&set), row);
        }

        set = set.change(&[validator(4, 4)]).unwrap();
        assert_eq!(state(&set).1, [4, 5, 0, -8]);
        for row in [(2, vec![5, -3, 3, -4]), (1, vec![-4, -1, 6, 0]), (3, vec![-3, 1, -1, 4]), (4, vec![-2, 3, 2, -2])]
        {
            set = set.increment(1);
            assert_eq!(state(&set), row);
        }

        set = set.change(&[validator(3, 0)]).unwrap();
        assert_eq!(state(&set).1, [-1, 4, -1]);
        assert_eq!(state(&set.increment(1)), (2, vec![0, -1, 3]));
    }

    #[test]
    fn seven_equals_cycle_by_address_and_an_eighth_waits() {
        let mut set = set(&[1; 7]);
        assert_eq!(state(&set), (1, vec![-6, 1, 1, 1, 1, 1, 1]));
        let swapped = set.change(&[validator(9, 1), validator(3, 0)]).unwrap();
        assert_eq!(state(&swapped).1, [-4, 3, 3, 3, 3, 3, -7]);
        assert_eq!(state(&swapped.increment(1)), (2, vec![-3, -3, 4, 4, 4, 4, -6]));

        set = set.change(&[validator(8, 1)]).unwrap();
        assert_eq!(state(&set).1, [-4, 3, 3, 3, 3, 3, 3, -7]);
        let proposers = [(); 13].map(|()| {
            set = set.increment(1);
            state(&set).0
        });
        assert_eq!(proposers, [2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn far_priorities_are_brought_together() {
        let mut set = set(&[1, 1, 1]);
        let forced: Vec<Seat> = (1..).zip([-100, 0, 101]).map(|(l, p)| Seat::new(validator(l, 1), p)).collect();
        set.seats = forced.into();
        assert_eq!(state(&set.increment(1)), (3, vec![-1, 1, 0]));
    }

    #[test]
    fn what_cannot_be_a_set_is_refused() {
        let [a, b] = [1, 2].map(Address::repeat_byte);
        assert_eq!(ValidatorSet::new(&[]), Err(SetError::Empty));
        assert_eq!(ValidatorSet::new(&[validator(1, 0)]), Err(SetError::Power { validator: a, got: 0 }));
        assert_eq!(ValidatorSet::new(&[validator(1, -1)]), Err(SetError::Power { validator: a, got: -1 }));
        let twice = [validator(1, 1), validator(1, 2)];
        assert_eq!(ValidatorSet::new(&twice), Err(SetError::Twice { validator: a }));
        let much = [validator(1, MOST_POWER), validator(2, 1)];
        assert_eq!(ValidatorSet::new(&much), Err(SetError::Total { most: MOST_POWER }));
        let one = set(&[5]);
        assert_eq!(one.change(&[validator(2, 0)]), Err(SetError::Stranger { validator: b }));
        assert_eq!(one.change(&[validator(1, 0)]), Err(SetError::Empty));
        assert_eq!(one.change(&[]), Ok(one));
    }

    proptest! {
        #[test]
        fn everyone_proposes_by_its_share(powers in prop::collection::vec(1_i64..50, 1..8)) {
            let mut set = set(&powers);
            let mut turns = vec![0_i64; powers.len()];
            for _ in 0..set.total {
                turns[usize::from(set.proposer(0).address.0[0]) - 1] += 1;
                set = set.increment(1);
            }
            prop_assert_eq!(turns, powers); // exactly: as many turns as power in `total` steps
        }

        #[test]
        fn priorities_stay_centred_and_near(powers in prop::collection::vec(1_i64..=MOST_POWER / 8, 1..8), n in 1_u32..40) {
            let set = set(&powers).increment(n);
            let (most, least) = (set.seats.iter().map(|s| s.priority).max(), set.seats.iter().map(|s| s.priority).min());
            prop_assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 3 * set.total));
            prop_assert_eq!(set.proposer(0), set.proposer(0));
        }
    }
}
