//! The selection of the first heights: a slot for every unit of power, shuffled, the first ones taken.
//!
//! ```text
//! 90 rounds r, n slots, H = Keccak-256:
//!   pivot  = LE64(H(seed ‖ r)[0..8]) mod n            flip = (pivot − i) mod n
//!   place  = max(i, flip)                             bit `place` of H(seed ‖ r ‖ LE32(place / 256)) …
//!   i      = flip if the bit is set
//! ```
//!
//! Each round swaps pairs, so where a slot of the shuffled list came from is found by going through the rounds
//! backwards; the list itself is never made.

use super::{ProducerSelection, SelectionError, all};
use alloc::vec::Vec;
use alloy_primitives::B256;
use bttc_core::{hash::Keccak256, id::ValidatorId, validator::Validator};

/// Power that one slot costs.
///
/// Source: `validation-layer §4.1; delivery:bor/types/params.go:11-22`.
const SLOT_COST: u64 = 1;

const ROUNDS: u8 = 90;

/// Most slots that can be shuffled: places are numbered with 32 bits of 256 each.
const MAX_SLOTS: u64 = 1 << 40;

/// Shuffles as many slots as there is power, and takes the first.
///
/// Source: `validation-layer §4.5; delivery:bor/selection.go:15-43`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlotShuffle;

impl ProducerSelection for SlotShuffle {
    fn select(&self, eligible: &[Validator], seed: B256, count: u64) -> Result<Vec<ValidatorId>, SelectionError> {
        if let Some(all) = all(eligible, count) {
            return Ok(all);
        }
        let mut slots = 0_u64;
        let next = |validator: &Validator| {
            slots = slots.saturating_add(u64::try_from(validator.power.get()).unwrap_or(0) / SLOT_COST);
            slots
        };
        let ends: Vec<u64> = eligible.iter().map(next).collect();
        if slots < count {
            return Err(SelectionError::TooFewSlots { got: slots, expected: count });
        }
        if slots > MAX_SLOTS {
            return Err(SelectionError::TooManySlots { got: slots, max: MAX_SLOTS });
        }
        let shuffle = Shuffle::new(seed, slots);
        let taken = (0..count).filter_map(|place| {
            let slot = shuffle.origin(place);
            let owner = ends.partition_point(|end| *end <= slot);
            eligible.get(owner).map(|validator| validator.id)
        });
        Ok(taken.collect())
    }
}

/// Where the slot that stands at `place` of the shuffled list of `slots` came from; `place` itself outside the list
/// or where there is nothing to shuffle.
///
/// Source: `validation-layer §4.5; delivery:bor/shuffle.go:11-250`.
#[must_use]
pub fn shuffled_index(seed: B256, slots: u64, place: u64) -> u64 {
    if place >= slots || slots > MAX_SLOTS {
        return place;
    }
    Shuffle::new(seed, slots).origin(place)
}

/// A shuffle with its pivots at hand.
struct Shuffle {
    seed: B256,
    slots: u64,
    pivots: [u64; 90],
}

impl Shuffle {
    fn new(seed: B256, slots: u64) -> Self {
        let mut pivots = [0; 90];
        for (round, pivot) in (0..ROUNDS).zip(&mut pivots) {
            // Q-29: Keccak-256 where the algorithm was published with SHA-256.
            let mut hasher = Keccak256::new();
            hasher.update(seed);
            hasher.update([round]);
            let [a, b, c, d, e, f, g, h, ..] = hasher.finalize().0;
            *pivot = u64::from_le_bytes([a, b, c, d, e, f, g, h]) % slots.max(1);
        }
        Self { seed, slots, pivots }
    }

    fn origin(&self, mut place: u64) -> u64 {
        if self.slots <= 1 {
            return place;
        }
        for (round, pivot) in (0..ROUNDS).zip(&self.pivots).rev() {
            let flip = (pivot + self.slots - place) % self.slots;
            let larger = place.max(flip);
            // Places have at most 40 bits.
            let block = u32::try_from(larger >> 8).unwrap_or(u32::MAX);
            let mut hasher = Keccak256::new();
            hasher.update(self.seed);
            hasher.update([round]);
            hasher.update(block.to_le_bytes());
            let [.., within] = larger.to_be_bytes();
            let byte = hasher.finalize().0[usize::from(within >> 3)];
            if (byte >> (within & 7)) & 1 == 1 {
                place = flip;
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q29_the_shuffle_hashes_with_keccak() {
        // validation-layer §4.6, outputs of the reference.
        let mut seed = B256::ZERO;
        seed.0[..3].copy_from_slice(&[1, 128, 12]);
        let shuffled: Vec<u64> = (0..10).map(|place| shuffled_index(seed, 10, place)).collect();
        assert_eq!(shuffled, [6, 1, 2, 8, 0, 5, 9, 7, 4, 3]);
    }

    #[test]
    fn nothing_to_shuffle_stays_where_it_is() {
        assert_eq!(shuffled_index(B256::ZERO, 1, 0), 0);
        assert_eq!(shuffled_index(B256::ZERO, 0, 5), 5);
    }
}
