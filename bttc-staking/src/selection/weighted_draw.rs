//! The selection of today: a draw a slot, weighted by power.
//!
//! ```text
//! seed    first 8 bytes of the hash, big-endian          ranges   running sums of power, T the last
//! w       1 + v mod T, v the generator's next number below a limit
//! drawn   the first with range ≥ w
//! ```

use super::{GoRand, ProducerSelection, SelectionError, all};
use alloc::vec::Vec;
use alloy_primitives::B256;
use bttc_core::{id::ValidatorId, validator::Validator};

/// Draws with replacement, weighted by power.
///
/// Source: `validation-layer §4.4; delivery:bor/selection.go:50-133`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WeightedDraw;

impl ProducerSelection for WeightedDraw {
    fn select(&self, eligible: &[Validator], seed: B256, count: u64) -> Result<Vec<ValidatorId>, SelectionError> {
        if let Some(all) = all(eligible, count) {
            return Ok(all);
        }
        let [a, b, c, d, e, f, g, h, ..] = seed.0;
        // Q-28: the reference draws from a generator that the whole process shares, so a node can in theory draw
        // otherwise; what is meant is a stream of this selection's own.
        let mut stream = GoRand::new(i64::from_be_bytes([a, b, c, d, e, f, g, h]));
        let mut total = 0_u64;
        let next = |validator: &Validator| {
            total = total.wrapping_add(validator.power.get().cast_unsigned());
            total
        };
        let ranges: Vec<u64> = eligible.iter().map(next).collect();
        let draws = (0..count).filter_map(|_| {
            let place = lower_bound(&ranges, draw(&mut stream, total));
            eligible.get(place).map(|validator| validator.id)
        });
        Ok(draws.collect())
    }
}

/// A number in 1 … `max`, each as likely; `max` itself, and no number drawn, if it is 0 or 1.
///
/// Source: `validation-layer §4.4; delivery:bor/selection.go:104-133`.
pub fn draw(stream: &mut GoRand, max: u64) -> u64 {
    if max <= 1 {
        return max;
    }
    // Q-27: one less than would do, so a number is now and then drawn again for nothing.
    let limit = u64::MAX - u64::MAX % max - 1;
    loop {
        let number = stream.next_u64();
        if number < limit {
            return 1 + number % max;
        }
    }
}

/// The first place whose range reaches `weight`, found in halves; the last place if none does.
fn lower_bound(ranges: &[u64], weight: u64) -> usize {
    let (mut left, mut right) = (0, ranges.len().saturating_sub(1));
    while left < right {
        let middle = left + (right - left) / 2;
        if ranges.get(middle).is_some_and(|range| *range >= weight) {
            right = middle;
        } else {
            left = middle + 1;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{Address, b256};
    use bttc_core::validator::VotingPower;

    const SEED: B256 = b256!("0x8f5bab218b6bb34476f51ca588e9f4553a3a7ce5e13a66c660a5283e97e9a85a");

    fn eligible(powers: &[(u64, i64)]) -> Vec<Validator> {
        powers
            .iter()
            .map(|(id, power)| Validator::new(ValidatorId::new(*id), Address::ZERO, VotingPower::new(*power)))
            .collect()
    }

    #[test]
    fn the_draws_of_the_references_test_come_out() {
        // validation-layer §4.6.
        let five = eligible(&[3, 4, 5, 1, 2].map(|id| (id, 10_000)));
        let drawn = WeightedDraw.select(&five, SEED, 4).unwrap();
        assert_eq!(drawn, [2, 4, 4, 1].map(ValidatorId::new));
        let mut stream = GoRand::new(-8_116_705_742_843_825_340);
        assert_eq!(core::array::from_fn(|_| draw(&mut stream, 50_000)), [49_196, 19_017, 14_411, 31_950]);
    }

    #[test]
    fn q27_a_power_of_two_refuses_more_numbers_than_it_has_to() {
        // 2⁶⁴ is a multiple of 2⁶³, so no number would have to be refused; half of them and one more are.
        let max = 1 << 63;
        let mut stream = GoRand::new(7);
        let mut numbers = stream.clone();
        for _ in 0..50 {
            let expected = loop {
                let number = numbers.next_u64();
                if number < max - 1 {
                    break number + 1;
                }
            };
            assert_eq!(draw(&mut stream, max), expected);
        }
        assert_eq!((draw(&mut stream, 1), draw(&mut stream, 0)), (1, 0));
    }

    #[test]
    fn q28_two_selections_do_not_share_a_stream() {
        let many = eligible(&(1..=40).map(|id| (id, id as i64)).collect::<Vec<_>>());
        let first = WeightedDraw.select(&many, SEED, 11);
        assert_eq!(WeightedDraw.select(&many, SEED, 11), first);
    }
}
