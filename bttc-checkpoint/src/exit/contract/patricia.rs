//! The contract's Merkle-Patricia check.
//!
//! Source: `withdrawal-proofs §3.6-3.7; pos-portal:contracts/lib/MerklePatriciaProof.sol:20-164`.

use super::{ExitRevert, reader::Item};
use alloc::vec::Vec;
use alloy_primitives::B256;
use bttc_core::hash::keccak256;

/// The path that a mask or a node's first field stands for, one byte a nibble.
// only first nibbles 1 and 3 mean an odd path; 0, 2 and 4 … 15 mean an even one, whose second nibble is ignored. So
// 224 first bytes of a mask are the same exit.
pub(super) fn nibbles(bytes: &[u8]) -> Vec<u8> {
    let Some((first, rest)) = bytes.split_first() else {
        return Vec::new();
    };
    let odd = matches!(first >> 4, 1 | 3).then_some(first & 0xf);
    odd.into_iter().chain(rest.iter().flat_map(|byte| [byte >> 4, byte & 0xf])).collect()
}

/// How many of these nodes it takes from the root along the path to the value; `None` when they do not lead there.
// leaf and extension are told apart by whether the path ends, never by the flag in the node; nodes behind the one
// that decides are ignored; every step must be a 32-byte hash.
pub(super) fn verify(value: &[u8], path: &[u8], nodes: &[Item<'_>], root: B256) -> Result<Option<usize>, ExitRevert> {
    if path.is_empty() {
        return Ok(None);
    }
    let decide = |place, bytes: &[u8]| (keccak256(bytes) == keccak256(value)).then_some(place);
    let (mut key, mut at) = (root, 0);
    for (place, node) in (1..).zip(nodes) {
        if at > path.len() || keccak256(node.raw()) != key {
            return Ok(None);
        }
        let fields = node.to_list()?;
        match fields.as_slice() {
            [children @ .., last] if children.len() == 16 => match path.get(at) {
                None => return Ok(decide(place, last.to_bytes()?)),
                Some(nibble) => {
                    // A nibble is below 16.
                    let child = children.get(usize::from(*nibble)).ok_or(ExitRevert::InvalidOpcode)?;
                    key = child.to_word()?;
                    at += 1;
                }
            },
            [partial, next] => {
                let partial = nibbles(partial.to_bytes()?);
                // the partial path is read beside the path before they are compared; past its end is an abort.
                let beside = path.get(at..at.saturating_add(partial.len()));
                let beside = beside.ok_or(ExitRevert::InvalidOpcode)?;
                let step = if beside == partial.as_slice() { partial.len() } else { 0 };
                if at + step == path.len() {
                    return Ok(decide(place, next.to_bytes()?));
                }
                if step == 0 {
                    return Ok(None);
                }
                at += step;
                key = next.to_word()?;
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q55_two_first_nibbles_are_odd_and_fourteen_even() {
        let same = (0..=255_u8).filter(|first| nibbles(&[*first, 0x80]) == [8, 0]).count();
        assert_eq!(same, 224);
        assert_eq!(nibbles(&[0x1a, 0x80]), [0xa, 8, 0]);
        assert!(nibbles(&[]).is_empty());
    }

    fn walk(value: &[u8], mask: &[u8], nodes: &[u8], root: B256) -> Result<Option<usize>, ExitRevert> {
        verify(value, &nibbles(mask), &Item::new(nodes)?.to_list()?, root)
    }

    fn one_node(fields: &[&[u8]]) -> (Vec<u8>, B256) {
        let fields: Vec<_> = fields.iter().map(|field| bttc_core::rlp::Item::string(field)).collect();
        let node = bttc_core::rlp::Item::list(fields);
        let root = keccak256(node.to_bytes());
        (bttc_core::rlp::Item::list([node]).to_bytes(), root)
    }

    #[test]
    fn q59_an_extension_that_ends_the_path_is_a_leaf() {
        let value = [7; 40];
        for flag in [0x00, 0x20] {
            let (nodes, root) = one_node(&[&[flag, 0x80], &value]);
            assert_eq!(walk(&value, &[0, 0x80], &nodes, root), Ok(Some(1)));
        }
    }

    #[test]
    fn q60_a_partial_path_past_the_end_aborts() {
        let (nodes, root) = one_node(&[&[0x20, 0x80, 0x80], &[7; 40]]);
        assert_eq!(walk(&[7; 40], &[0, 0x80], &nodes, root), Err(ExitRevert::InvalidOpcode));
    }
}
