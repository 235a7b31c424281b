//! A turn of the validator set.
//!
//! Limit: two passes over the members, one for the extremes and the sum of the priorities, one that takes the average
//! away, adds the power and looks for the highest, saturating as the rules do; it cannot begin before the first is done.
//! Peer: the rules one after another as they are written down, each answering with a new list.

use benches::{Comparison, criterion, validators};
use bttc_core::snapshot::Producer;
use bttc_staking::validator_set::ValidatorSet;

fn main() {
    let mut criterion = criterion();
    for count in [10, 100, 10_000] {
        let set = ValidatorSet::new(validators(count).into_iter().map(Producer::from)).expect("powers are 1 … 100");
        let total = set.total_power().expect("powers are 1 … 100");

        let (mut ours, mut plain, mut passes) = (set.clone(), set.members().to_vec(), set.members().to_vec());
        for _ in 0..200 {
            let elected = *ours.increment(1).expect("there are members");
            let (list, winner) = turned(&plain);
            plain = list;
            assert_eq!((winner, plain.as_slice()), (elected, ours.members()));
            assert_eq!((two_passes(&mut passes, total), passes.as_slice()), (elected, ours.members()));
        }

        Comparison::new(&mut criterion, "validator_set::increment", format!("validators={count}"), count)
            .by("limit", || two_passes(&mut passes, total))
            .by("increment", || ours.increment(1).copied())
            .by("port", || {
                let (list, winner) = turned(&plain);
                plain = list;
                winner
            });
    }
    criterion.final_summary();
}

/// A turn of members in ascending order, no two alike, none to be rescaled.
fn two_passes(members: &mut [Producer], total: i64) -> Producer {
    let (mut low, mut high, mut sum) = (i64::MAX, i64::MIN, 0_i128);
    for member in &*members {
        low = low.min(member.priority);
        high = high.max(member.priority);
        sum += i128::from(member.priority);
    }
    assert!(high - low <= 2 * total, "a set that takes its turns stays within the window");
    let average = i64::try_from(sum.div_euclid(count(members))).unwrap_or(0);
    let (mut best, mut winner) = (i64::MIN, 0);
    for (place, member) in members.iter_mut().enumerate() {
        member.priority = member.priority.saturating_sub(average).saturating_add(member.power.get());
        // Members stand in ascending order, so on a tie the first one is right.
        if member.priority > best {
            (best, winner) = (member.priority, place);
        }
    }
    let winner = &mut members[winner];
    winner.priority = winner.priority.saturating_sub(total);
    *winner
}

/// The list after a turn, and who won it.
fn turned(members: &[Producer]) -> (Vec<Producer>, Producer) {
    let total = members.iter().fold(0_i64, |sum, member| sum.saturating_add(member.power.get()));
    let with = |member: &Producer, priority| Producer { priority, ..*member };

    let window = 2 * total;
    let highest = members.iter().map(|member| member.priority).max().unwrap_or(0);
    let lowest = members.iter().map(|member| member.priority).min().unwrap_or(0);
    let difference = highest.wrapping_sub(lowest).wrapping_abs();
    let ratio = difference.wrapping_add(window).wrapping_sub(1) / window;
    let rescaled: Vec<Producer> = match difference > window {
        true => members.iter().map(|member| with(member, member.priority / ratio)).collect(),
        false => members.to_vec(),
    };

    let sum: i128 = rescaled.iter().map(|member| i128::from(member.priority)).sum();
    let average = i64::try_from(sum.div_euclid(count(&rescaled))).unwrap_or(0);
    let centred: Vec<Producer> =
        rescaled.iter().map(|member| with(member, member.priority.saturating_sub(average))).collect();

    let mut stepped: Vec<Producer> =
        centred.iter().map(|member| with(member, member.priority.saturating_add(member.power.get()))).collect();
    let mut winner = stepped[0];
    for member in &stepped {
        if member.priority > winner.priority || (member.priority == winner.priority && member.signer < winner.signer) {
            winner = *member;
        }
    }
    for member in &mut stepped {
        if member.signer == winner.signer {
            member.priority = member.priority.saturating_sub(total);
            winner = *member;
        }
    }
    (stepped, winner)
}

fn count(members: &[Producer]) -> i128 {
    i128::try_from(members.len()).unwrap_or(i128::MAX)
}
