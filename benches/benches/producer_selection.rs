//! The selection of the producers of a span, 11 slots as on the main network; 5 of 10 validators, for with more slots than
//! validators nothing is drawn.
//!
//! | rule | limit | peer |
//! |---|---|---|
//! | weighted draw | seed the generator, add up the powers once, draw | a list of running sums, searched from its start |
//! | slot shuffle | the hashes of the places alone | the list of all slots, shuffled round by round |

use alloy_primitives::{B256, b256};
use benches::{Comparison, criterion, validators};
use bttc_core::{hash::keccak256, id::ValidatorId, validator::Validator};
use bttc_staking::selection::{GoRand, ProducerSelection as _, SlotShuffle, WeightedDraw, draw};
use criterion::Criterion;

const ROUNDS: u8 = 90;
/// Hash of Ethereum's block 1.
const SEED: B256 = b256!("0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6");

fn main() {
    let mut criterion = criterion();
    for count in [10, 100, 10_000] {
        let eligible = validators(count);
        let slots = 11.min(count / 2);
        weighted_draw(&mut criterion, &eligible, slots);
        slot_shuffle(&mut criterion, &eligible, slots);
    }
    criterion.final_summary();
}

fn weighted_draw(criterion: &mut Criterion, eligible: &[Validator], slots: u64) {
    let select = || WeightedDraw.select(eligible, SEED, slots);
    let scanned = || scanned(eligible, SEED, slots);
    assert_eq!(select().as_deref(), Ok(scanned().as_slice()));
    Comparison::new(
        criterion,
        "selection::weighted_draw",
        format!("validators={} slots={slots}", eligible.len()),
        slots,
    )
    .by("limit", || {
        let mut stream = GoRand::new(go_seed(SEED));
        let total = eligible.iter().fold(0, |sum, validator| sum + power(validator));
        (0..slots).fold(0, |all, _| all ^ draw(&mut stream, total))
    })
    .by("select", select)
    .by("port", scanned);
}

fn slot_shuffle(criterion: &mut Criterion, eligible: &[Validator], slots: u64) {
    let select = || SlotShuffle.select(eligible, SEED, slots);
    let shuffled = || shuffled(eligible, SEED, slots);
    assert_eq!(select().as_deref(), Ok(shuffled().as_slice()));
    let rounds = || (0..ROUNDS).map(|round| [SEED.as_slice(), &[round]].concat());
    let pivots: Vec<Vec<u8>> = rounds().collect();
    let places: Vec<Vec<u8>> = rounds().map(|start| [start.as_slice(), &[0; 4]].concat()).collect();
    Comparison::new(
        criterion,
        "selection::slot_shuffle",
        format!("validators={} slots={slots}", eligible.len()),
        slots,
    )
    .by("limit", || {
        let all = pivots.iter().fold(B256::ZERO, |all, pivot| all ^ keccak256(pivot));
        let places = || places.iter().fold(B256::ZERO, |all, place| all ^ keccak256(place));
        (0..slots).fold(all, |all, _| all ^ places())
    })
    .by("select", select)
    .by("port", shuffled);
}

fn power(validator: &Validator) -> u64 {
    validator.power.get().unsigned_abs()
}

fn go_seed(hash: B256) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = hash.0;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn scanned(eligible: &[Validator], hash: B256, slots: u64) -> Vec<ValidatorId> {
    let mut stream = GoRand::new(go_seed(hash));
    let mut sums = Vec::new();
    for validator in eligible {
        sums.push(sums.last().copied().unwrap_or(0) + power(validator));
    }
    let total = sums.last().copied().unwrap_or(0);
    let limit = u64::MAX - u64::MAX % total - 1;
    let mut drawn = Vec::new();
    for _ in 0..slots {
        let weight = loop {
            let number = stream.next_u64();
            if number < limit {
                break 1 + number % total;
            }
        };
        drawn.extend(sums.iter().position(|sum| *sum >= weight).map(|place| eligible[place].id));
    }
    drawn
}

fn shuffled(eligible: &[Validator], seed: B256, wanted: u64) -> Vec<ValidatorId> {
    let mut slots: Vec<ValidatorId> = Vec::new();
    for validator in eligible {
        slots.extend((0..power(validator)).map(|_| validator.id));
    }
    let count = slots.len();
    let modulus = u64::try_from(count).unwrap_or(u64::MAX);
    for round in 0..ROUNDS {
        let start = [seed.as_slice(), &[round]].concat();
        let [a, b, c, d, e, f, g, h, ..] = keccak256(&start).0;
        let pivot = usize::try_from(u64::from_le_bytes([a, b, c, d, e, f, g, h]) % modulus).unwrap_or(0);
        let mut hashed: Option<(usize, B256)> = None;
        // Mirrored pairs up to the pivot, and behind it; the larger place decides.
        for (first, last) in [(0, pivot), (pivot + 1, count - 1)] {
            let mut pair = (first, last);
            while pair.0 < pair.1 {
                let (smaller, larger) = pair;
                let block = larger / 256;
                let bits = match hashed {
                    Some((of, bits)) if of == block => bits,
                    _ => {
                        keccak256([start.as_slice(), &u32::try_from(block).unwrap_or(u32::MAX).to_le_bytes()].concat())
                    }
                };
                hashed = Some((block, bits));
                if bits[larger % 256 / 8] >> (larger % 8) & 1 == 1 {
                    slots.swap(smaller, larger);
                }
                pair = (smaller + 1, larger - 1);
            }
        }
    }
    slots.truncate(usize::try_from(wanted).unwrap_or(0));
    slots
}
