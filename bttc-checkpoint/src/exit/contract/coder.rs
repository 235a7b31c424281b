//! Event data as the predicates' compiler reads it.
//!
//! ```text
//! head   a word a parameter: the value, or where its tail begins, counted from the head
//! tail   length, then as many bytes or words
//! ```
//!
//! It checks that head, length and content lie inside the data, and that offset and length are at most 2³²; nothing else:
//! not the order of tails, not whether they overlap, not what lies behind or pads them. What it refuses is a revert
//! without a reason, `None` here.
//!
//! Source: `withdrawal-proofs §5.1`; the first coder of solc 0.6.6.

use alloc::vec::Vec;
use alloy_primitives::U256;

fn word(data: &[u8], at: usize) -> Option<U256> {
    let word = data.get(at..at.checked_add(32)?)?;
    Some(U256::from_be_slice(word))
}

fn small(word: U256) -> Option<usize> {
    (word <= U256::from(1_u64 << 32)).then(|| usize::try_from(word).ok()).flatten()
}

/// Length and beginning of the tail of the parameter at this place.
// Q-180: a tail may stand anywhere, on the head or on another tail; what pads or follows it is not looked at.
fn tail(data: &[u8], place: usize) -> Option<(usize, usize)> {
    let offset = small(word(data, place * 32)?)?;
    Some((small(word(data, offset)?)?, offset.checked_add(32)?))
}

fn bytes(data: &[u8], place: usize) -> Option<&[u8]> {
    let (length, start) = tail(data, place)?;
    data.get(start..start.checked_add(length)?)
}

fn words(data: &[u8], place: usize) -> Option<Vec<U256>> {
    let (length, start) = tail(data, place)?;
    let content = data.get(start..start.checked_add(length.checked_mul(32)?)?)?;
    Some(content.chunks_exact(32).map(U256::from_be_slice).collect())
}

/// The head lies inside the data as a whole before any of it is read.
fn head(data: &[u8], parameters: usize) -> Option<&[u8]> {
    (data.len() >= parameters * 32).then_some(data)
}

/// `(uint256, uint256)`.
pub(in crate::exit) fn pair(data: &[u8]) -> Option<(U256, U256)> {
    Some((word(data, 0)?, word(data, 32)?))
}

/// `(bytes)`.
pub(in crate::exit) fn one_bytes(data: &[u8]) -> Option<&[u8]> {
    bytes(data, 0)
}

/// `(uint256[])`.
pub(in crate::exit) fn one_list(data: &[u8]) -> Option<Vec<U256>> {
    words(data, 0)
}

/// `(uint256[], uint256[])`.
pub(in crate::exit) fn two_lists(data: &[u8]) -> Option<(Vec<U256>, Vec<U256>)> {
    let data = head(data, 2)?;
    Some((words(data, 0)?, words(data, 1)?))
}

/// `(uint256[], uint256[], bytes)`.
pub(in crate::exit) fn two_lists_and_bytes(data: &[u8]) -> Option<(Vec<U256>, Vec<U256>, &[u8])> {
    let data = head(data, 3)?;
    Some((words(data, 0)?, words(data, 1)?, bytes(data, 2)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn encode(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| U256::from(*word).to_be_bytes::<32>()).collect()
    }

    #[test]
    fn q180_tails_may_stand_anywhere_even_on_the_head() {
        assert_eq!(one_list(&encode(&[0x40, 99, 1, 2])), Some(vec![U256::from(2)]));
        // The offset 0 makes the head its own length: none.
        assert_eq!(one_list(&encode(&[0])), Some(vec![]));
        assert_eq!(two_lists(&encode(&[0x40, 0x40, 1, 7])), Some((vec![U256::from(7)], vec![U256::from(7)])));
        let mut unpadded = encode(&[0x20, 5]);
        unpadded.extend_from_slice(b"hello, and more");
        assert_eq!(one_bytes(&unpadded), Some(&b"hello"[..]));
    }

    #[test]
    fn what_runs_past_the_end_is_refused() {
        for words in [&[][..], &[0x20], &[0x20, 1], &[u64::MAX, 1, 1], &[0x20, u64::MAX, 1]] {
            assert_eq!(one_list(&encode(words)), None, "{words:?}");
        }
        assert_eq!(pair(&encode(&[5, 10])[..63]), None);
        assert_eq!(two_lists_and_bytes(&encode(&[0, 0])), None);
    }
}
