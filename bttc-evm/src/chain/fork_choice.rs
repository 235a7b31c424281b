//! Which of two blocks is the head.
//!
//! ```text
//! more difficulty in total ─▶ smaller number ─▶ one's own ─▶ a coin
//! ```
//!
//! Source: `block-layer §8.1; bttc:core/blockchain.go:1614-1642`.

use crate::block::ImportedBlock;
use alloy_primitives::Address;
use core::cmp::Ordering;
use std::collections::BTreeSet;

/// Which block is to be the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// The one that is.
    Head,
    /// The other.
    Candidate,
    /// The rule does not say.
    Coin,
}

/// Weighs a block against the head; blocks of these authors are one's own.
// Q-230: between strangers' blocks of one total difficulty and number the reference tosses a coin.
#[must_use]
pub fn prefer(head: &ImportedBlock, candidate: &ImportedBlock, own: &BTreeSet<Address>) -> Preference {
    let weight = candidate.total_difficulty().cmp(&head.total_difficulty());
    match weight.then_with(|| head.header().number.cmp(&candidate.header().number)) {
        Ordering::Greater => Preference::Candidate,
        Ordering::Less => Preference::Head,
        Ordering::Equal if own.contains(&head.header().author()) => Preference::Head,
        Ordering::Equal if own.contains(&candidate.header().author()) => Preference::Candidate,
        Ordering::Equal => Preference::Coin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::{Header, SealedHeader};
    use alloy_primitives::U256;

    fn block(total: u64, number: u64, author: u8) -> ImportedBlock {
        let header = Header { number: U256::from(number), ..Header::default() };
        ImportedBlock {
            total_difficulty: U256::from(total),
            ..ImportedBlock::empty(SealedHeader::of(header, Address::repeat_byte(author)))
        }
    }

    #[test]
    fn q230_weight_then_number_then_ones_own_then_a_coin() {
        let (nobody, two) = (BTreeSet::new(), BTreeSet::from([Address::repeat_byte(2)]));
        let head = block(10, 5, 1);
        assert_eq!(prefer(&head, &block(11, 9, 2), &nobody), Preference::Candidate);
        assert_eq!(prefer(&head, &block(9, 1, 2), &two), Preference::Head);
        assert_eq!(prefer(&head, &block(10, 4, 2), &nobody), Preference::Candidate);
        assert_eq!(prefer(&head, &block(10, 6, 2), &two), Preference::Head);
        assert_eq!(prefer(&head, &block(10, 5, 2), &nobody), Preference::Coin);
        assert_eq!(prefer(&head, &block(10, 5, 2), &two), Preference::Candidate);
        assert_eq!(prefer(&block(10, 5, 2), &head, &two), Preference::Head);
    }
}
