//! How nodes are written.
//!
//! Source: `bttc:trie/encoding.go:37-70, bttc:trie/hasher.go:66-180`.

use super::Value;
use alloy_primitives::B256;
use alloy_rlp::{EMPTY_STRING_CODE, Encodable, Header};
use bttc_core::hash::keccak256;
use core::ops::Range;

/// Nibbles of a key.
pub(super) const NIBBLES: usize = 64;

/// Bytes of the longest branch.
pub(super) const BRANCH_BYTES: usize = 3 + 16 * 33 + 1;

/// Nibble `at` of a key.
pub(super) fn nibble(key: &B256, at: usize) -> u8 {
    let byte = key.get(at / 2).copied().unwrap_or_default();
    if at.is_multiple_of(2) { byte >> 4 } else { byte & 0x0f }
}

/// The first nibble in which two keys differ; 64 when none does.
pub(super) fn parting(one: &B256, other: &B256) -> usize {
    match one.iter().zip(other).position(|(a, b)| a != b) {
        None => NIBBLES,
        Some(byte) => 2 * byte + usize::from(nibble(one, 2 * byte) == nibble(other, 2 * byte)),
    }
}

/// What a node is to the one above it: its own bytes where they are few, or the RLP of their hash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    bytes: [u8; 33],
    length: u8,
}

impl Reference {
    /// No node.
    pub(super) const EMPTY: Self = {
        let mut bytes = [0; 33];
        bytes[0] = EMPTY_STRING_CODE;
        Self { bytes, length: 1 }
    };

    /// Of a node with these bytes.
    pub(super) fn of(node: &[u8]) -> Self {
        let mut bytes = [0; 33];
        let hash;
        let (head, written) = match u8::try_from(node.len()) {
            Ok(length @ ..32) => (length, node),
            _ => {
                hash = keccak256(node);
                bytes[0] = EMPTY_STRING_CODE + 32;
                (33, hash.as_slice())
            }
        };
        let start = usize::from(head == 33);
        bytes.iter_mut().skip(start).zip(written).for_each(|(to, from)| *to = *from);
        Self { bytes, length: head }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// The hash; `None` where the node itself stands.
    pub(super) fn hash(&self) -> Option<B256> {
        match self.bytes.split_first() {
            Some((_, hash)) if self.length == 33 => Some(B256::from_slice(hash)),
            _ => None,
        }
    }
}

/// Whose path it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Extension,
    Leaf,
}

/// Part of a key as RLP: a nibble of flags, an odd nibble or a zero one, the rest two a byte.
fn write_path(key: &B256, part: Range<usize>, owner: Owner, out: &mut Vec<u8>) {
    let odd = part.len() % 2;
    let flag = match owner {
        Owner::Extension => 0,
        Owner::Leaf => 0x20,
    };
    let first = if odd == 1 { 0x10 | nibble(key, part.start) } else { 0 };
    if let Some(length @ 2..) = path_length(&part) {
        out.push(EMPTY_STRING_CODE + length);
    }
    out.push(flag | first);
    let rest = (part.start + odd..part.end).step_by(2);
    out.extend(rest.map(|at| nibble(key, at) << 4 | nibble(key, at + 1)));
}

/// Bytes of a path, at most 33.
fn path_length(part: &Range<usize>) -> Option<u8> {
    u8::try_from(1 + part.len() / 2).ok()
}

/// Bytes of a path as RLP.
fn path_bytes(part: &Range<usize>) -> usize {
    let length = 1 + part.len() / 2;
    length + usize::from(length > 1)
}

fn start_list(payload_length: usize, out: &mut Vec<u8>) {
    out.clear();
    Header { list: true, payload_length }.encode(out);
}

pub(super) fn write_leaf(key: &B256, from: usize, value: &impl Value, out: &mut Vec<u8>) {
    let mut bytes = Vec::with_capacity(112);
    value.encode(&mut bytes);
    let part = from..NIBBLES;
    start_list(path_bytes(&part) + bytes.as_slice().length(), out);
    write_path(key, part, Owner::Leaf, out);
    bytes.as_slice().encode(out);
}

pub(super) fn write_extension(key: &B256, part: Range<usize>, below: Reference, out: &mut Vec<u8>) {
    start_list(path_bytes(&part) + below.as_slice().len(), out);
    write_path(key, part, Owner::Extension, out);
    out.extend_from_slice(below.as_slice());
}

pub(super) fn write_branch(children: &[Reference; 16], out: &mut Vec<u8>) {
    let payload: usize = children.iter().map(|child| child.as_slice().len()).sum();
    start_list(payload + 1, out);
    children.iter().for_each(|child| out.extend_from_slice(child.as_slice()));
    out.push(EMPTY_STRING_CODE);
}
