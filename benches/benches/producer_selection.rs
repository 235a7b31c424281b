//! The selection of the producers of a span, 11 slots as on the main network.
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

const SLOTS: u64 = 11;
const ROUNDS: u8 = 90;
/// Hash of Ethereum's block 1.
const SEED: B256 = b256!("0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6");

fn main() {
    let mut criterion = criterion();
    for count in [100, 10_000] {
        let eligible = validators(count);
        weighted_draw(&mut criterion, count, &eligible);
        slot_shuffle(&mut criterion, count, &eligible);
    }
    criterion.final_summary();
}

fn weighted_draw(criterion: &mut Criterion, count: u64, eligible: &[Validator]) {
    let select = || WeightedDraw.select(eligible, SEED, SLOTS);
    let scanned = || scanned(eligible, SEED);
    assert_eq!(select().as_deref(), Ok(scanned().as_slice()));
    Comparison::new(criterion, "selection::weighted_draw", format!("validators={count} slots={SLOTS}"), SLOTS)
        .by("limit", || {
            let mut stream = GoRand::new(go_seed(SEED));
            let total = eligible.iter().fold(0, |sum, validator| sum + power(validator));
            (0..SLOTS).fold(0, |all, _| all ^ draw(&mut stream, total))
        })
        .by("select", select)
        .by("port", scanned);
}

fn slot_shuffle(criterion: &mut Criterion, count: u64, eligible: &[Validator]) {
    let select = || SlotShuffle.select(eligible, SEED, SLOTS);
    let shuffled = || shuffled(eligible, SEED);
    assert_eq!(select().as_deref(), Ok(shuffled().as_slice()));
    let rounds = || (0..ROUNDS).map(|round| [SEED.as_slice(), &[round]].concat());
    let pivots: Vec<Vec<u8>> = rounds().collect();
    let places: Vec<Vec<u8>> = rounds().map(|start| [start.as_slice(), &[0; 4]].concat()).collect();
    Comparison::new(criterion, "selection::slot_shuffle", format!("validators={count} slots={SLOTS}"), SLOTS)
        .by("limit", || {
            let all = pivots.iter().fold(B256::ZERO, |all, pivot| all ^ keccak256(pivot));
            let places = || places.iter().fold(B256::ZERO, |all, place| all ^ keccak256(place));
            (0..SLOTS).fold(all, |all, _| all ^ places())
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

fn scanned(eligible: &[Validator], hash: B256) -> Vec<ValidatorId> {
    let mut stream = GoRand::new(go_seed(hash));
    let mut sums = Vec::new();
    for validator in eligible {
        sums.push(sums.last().copied().unwrap_or(0) + power(validator));
    }
    let total = sums.last().copied().unwrap_or(0);
    let limit = u64::MAX - u64::MAX % total - 1;
    let mut drawn = Vec::new();
    for _ in 0..SLOTS {
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

fn shuffled(eligible: &[Validator], seed: B256) -> Vec<ValidatorId> {
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
    slots.truncate(usize::try_from(SLOTS).unwrap_or(0));
    slots
}
