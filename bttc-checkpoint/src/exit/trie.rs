//! The trie over a block's receipts: key rlp(index), value the receipt's bytes.

use alloc::{boxed::Box, vec::Vec};
use alloy_primitives::{B256, Bytes};
use alloy_rlp::Encodable as _;
use bttc_core::{hash::keccak256, rlp::Item};
use serde::{Deserialize, Serialize};

/// A receipt's way to the receipts root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReceiptBranch {
    /// The receipts root.
    pub root: B256,
    /// RLP of the trie's nodes from the root down.
    pub nodes: Vec<Bytes>,
}

/// rlp(index).
pub(super) fn key(index: u64) -> Vec<u8> {
    alloy_rlp::encode(index)
}

/// Its nibbles.
pub(super) fn path(index: u64) -> Vec<u8> {
    key(index).into_iter().flat_map(|byte| [byte >> 4, byte & 0xf]).collect()
}

/// The trie's own order of keys: 1 … 127, then 0 (whose key is 80), then the rest.
fn positions(count: usize) -> impl Iterator<Item = usize> {
    (1..count.min(128)).chain((count > 0).then_some(0)).chain(128..count)
}

/// The root over receipts' consensus bytes in transaction order.
///
/// Source: `withdrawal-proofs §3.8; block-layer §5.4`.
///
/// ```
/// use bttc_checkpoint::exit::receipts_root;
/// use alloy_primitives::b256;
///
/// let empty = b256!("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
/// assert_eq!(receipts_root::<&[u8]>(&[]), empty);
/// ```
#[must_use]
pub fn receipts_root<B: AsRef<[u8]>>(receipts: &[B]) -> B256 {
    ReceiptTrie::over(receipts).root()
}

/// The branch of the receipt at this position; `None` beyond the last one.
#[must_use]
pub fn receipt_branch<B: AsRef<[u8]>>(receipts: &[B], index: u64) -> Option<ReceiptBranch> {
    usize::try_from(index).ok().and_then(|place| receipts.get(place))?;
    let trie = ReceiptTrie::over(receipts);
    Some(ReceiptBranch { root: trie.root(), nodes: trie.nodes(index) })
}

/// All nodes over a block's receipts, made once for all branches.
#[derive(Clone, Debug)]
pub(super) struct ReceiptTrie {
    nodes: Vec<TrieNode>,
    root: Child,
}

/// A node, and where it leads.
#[derive(Clone, Debug)]
struct TrieNode {
    rlp: Bytes,
    next: Next,
}

#[derive(Clone, Debug)]
enum Next {
    /// To a receipt.
    Leaf,
    /// Past so many nibbles to the only node below.
    Extension(usize, usize),
    /// By the nibble.
    Branch(Box<[Option<usize>; 16]>),
}

/// A node as its parent knows it: its place, and what stands for it in the parent's list.
#[derive(Clone, Debug, Default)]
struct Child {
    place: Option<usize>,
    reference: Vec<u8>,
}

/// A path and what lies at its end, in the order of paths.
type Entry<'a> = (Vec<u8>, &'a [u8]);

impl ReceiptTrie {
    pub(super) fn over<B: AsRef<[u8]>>(receipts: &[B]) -> Self {
        let entry = |place: usize| Some((path(u64::try_from(place).ok()?), receipts.get(place)?.as_ref()));
        let entries: Vec<Entry<'_>> = positions(receipts.len()).filter_map(entry).collect();
        let mut trie = Self { nodes: Vec::with_capacity(entries.len().saturating_mul(2)), root: Child::default() };
        trie.root = trie.build(&entries, 0);
        trie
    }

    /// The hash of the top node, that of an empty string if there is none.
    pub(super) fn root(&self) -> B256 {
        let top = self.root.place.and_then(|place| self.nodes.get(place));
        top.map_or_else(|| keccak256([EMPTY_STRING]), |top| keccak256(&top.rlp))
    }

    /// The nodes from the root down to a receipt. One that is short enough to stand inside its parent is none.
    pub(super) fn nodes(&self, index: u64) -> Vec<Bytes> {
        let path = path(index);
        let (mut rest, mut place) = (path.as_slice(), self.root.place);
        let mut nodes: Vec<Bytes> = Vec::new();
        while let Some(node) = place.and_then(|place| self.nodes.get(place)) {
            if nodes.is_empty() || node.rlp.len() >= HASH {
                nodes.push(node.rlp.clone());
            }
            (rest, place) = match &node.next {
                Next::Leaf => break,
                Next::Extension(skipped, below) => (rest.get(*skipped..).unwrap_or_default(), Some(*below)),
                Next::Branch(children) => match rest.split_first() {
                    Some((nibble, further)) => (further, children.get(usize::from(*nibble)).copied().flatten()),
                    None => break,
                },
            };
        }
        nodes
    }

    /// Adds what lies under entries that agree in so many nibbles.
    fn build(&mut self, entries: &[Entry<'_>], depth: usize) -> Child {
        let (Some((first, value)), Some((last, _))) = (entries.first(), entries.last()) else {
            return Child::default();
        };
        if entries.len() == 1 {
            let partial = hex_prefix(first.get(depth..).unwrap_or_default(), 2);
            return self.add(&[Field::String(&partial), Field::String(value)], Next::Leaf);
        }
        // In order, all between the first and the last agree in what those two do.
        let agreed = first.iter().zip(last).skip(depth).take_while(|(one, other)| one == other).count();
        if agreed > 0 {
            let fork = depth.saturating_add(agreed);
            let below = self.build(entries, fork);
            let partial = hex_prefix(first.get(depth..fork).unwrap_or_default(), 0);
            let next = below.place.map_or(Next::Leaf, |place| Next::Extension(agreed, place));
            return self.add(&[Field::String(&partial), Field::Rlp(&below.reference)], next);
        }
        let mut children: [Child; 16] = Default::default();
        for below in entries.chunk_by(|one, other| one.0.get(depth) == other.0.get(depth)) {
            // No key is a prefix of another, so each has a nibble here.
            let nibble = below.first().and_then(|entry| entry.0.get(depth)).copied().map(usize::from);
            let child = self.build(below, depth.saturating_add(1));
            if let Some(slot) = nibble.and_then(|nibble| children.get_mut(nibble)) {
                *slot = child;
            }
        }
        let mut fields = [Field::String(&[]); 17];
        for (field, child) in fields.iter_mut().zip(&children).filter(|(_, child)| child.place.is_some()) {
            *field = Field::Rlp(&child.reference);
        }
        let places = children.each_ref().map(|child| child.place);
        self.add(&fields, Next::Branch(Box::new(places)))
    }

    fn add(&mut self, fields: &[Field<'_>], next: Next) -> Child {
        let payload_length = fields.iter().map(Field::length).sum();
        let mut rlp = Vec::with_capacity(payload_length + 9);
        alloy_rlp::Header { list: true, payload_length }.encode(&mut rlp);
        fields.iter().for_each(|field| field.encode(&mut rlp));
        let reference = if rlp.len() < HASH { rlp.clone() } else { alloy_rlp::encode(keccak256(&rlp)) };
        let place = Some(self.nodes.len());
        self.nodes.push(TrieNode { rlp: rlp.into(), next });
        Child { place, reference }
    }
}

/// A field of a node.
#[derive(Clone, Copy)]
enum Field<'a> {
    /// A string, not yet encoded.
    String(&'a [u8]),
    /// RLP already.
    Rlp(&'a [u8]),
}

impl Field<'_> {
    fn length(&self) -> usize {
        match self {
            Self::String(bytes) => bytes.length(),
            Self::Rlp(rlp) => rlp.len(),
        }
    }

    fn encode(&self, to: &mut Vec<u8>) {
        match self {
            Self::String(bytes) => bytes.encode(to),
            Self::Rlp(rlp) => to.extend_from_slice(rlp),
        }
    }
}

/// Bytes from which on a node stands in its parent by its hash.
const HASH: usize = 32;

/// RLP of the empty string.
const EMPTY_STRING: u8 = 0x80;

/// Nibbles in bytes, behind a nibble that says whether they are odd and what kind of node they are of.
fn hex_prefix(nibbles: &[u8], flag: u8) -> Vec<u8> {
    let (head, pairs) = match nibbles.split_first() {
        Some((first, rest)) if nibbles.len() % 2 == 1 => ((flag | 1) << 4 | first, rest),
        _ => (flag << 4, nibbles),
    };
    let pair = |pair: &[u8]| pair.iter().fold(0, |byte, nibble| byte << 4 | nibble);
    core::iter::once(head).chain(pairs.chunks(2).map(pair)).collect()
}

/// Whether the receipt at this position has these bytes, by these nodes and no others.
///
/// Done by hand: the trie library's own check panics on nodes whose paths add up to more than 64 nibbles.
pub(super) fn holds(root: B256, index: u64, receipt: &[u8], nodes: &[Bytes]) -> bool {
    let path = path(index);
    let (mut expected, mut rest) = (root, path.as_slice());
    for (place, node) in nodes.iter().enumerate() {
        if keccak256(node) != expected {
            return false;
        }
        match step(node, rest) {
            Some(Step::Down(hash, further)) => (expected, rest) = (hash, further),
            Some(Step::Value(value)) => return *value == *receipt && place + 1 == nodes.len(),
            None => return false,
        }
    }
    false
}

/// Where a node leads along a path.
enum Step<'a> {
    /// To the node of this hash, with this path left.
    Down(B256, &'a [u8]),
    /// To a value, with nothing left.
    Value(Bytes),
}

/// `None` where a node has no canonical form or does not lead along the path. No key is a prefix of another, so no
/// value stands in a branch; no receipt is short enough for its node to stand inside another.
fn step<'a>(node: &[u8], path: &'a [u8]) -> Option<Step<'a>> {
    let node = Item::decode(node).ok()?;
    let hash = |item: &Item| B256::try_from(item.as_string()?).ok();
    match node.as_list()? {
        [partial, next] => {
            let (first, bytes) = partial.as_string()?.split_first()?;
            let (is_odd, is_leaf) = match first >> 4 {
                flag @ 0..4 => (flag & 1 == 1, flag & 2 == 2),
                _ => return None,
            };
            let low = first & 0xf;
            if !is_odd && low != 0 {
                return None;
            }
            let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
            let partial: Vec<u8> = is_odd.then_some(low).into_iter().chain(nibbles).collect();
            match (path.strip_prefix(partial.as_slice())?, is_leaf) {
                ([], true) => Some(Step::Value(Bytes::copy_from_slice(next.as_string()?))),
                (further, false) if !partial.is_empty() => Some(Step::Down(hash(next)?, further)),
                _ => None,
            }
        }
        fields if fields.len() == 17 => {
            let (nibble, further) = path.split_first()?;
            Some(Step::Down(hash(fields.get(usize::from(*nibble))?)?, further))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_trie::{HashBuilder, Nibbles, proof::ProofRetainer};
    use proptest::prelude::*;

    #[test]
    fn every_receipt_of_a_block_is_found_and_no_other_bytes_are() {
        let receipts: Vec<Vec<u8>> = (0..300_u16).map(|n| n.to_be_bytes().repeat(20)).collect();
        for index in [0, 1, 127, 128, 255, 256, 299] {
            let ReceiptBranch { root, nodes } = receipt_branch(&receipts, index).unwrap();
            let receipt = &receipts[usize::try_from(index).unwrap()];
            assert!(holds(root, index, receipt, &nodes), "{index}");
            assert!(!holds(root, index, &receipt[1..], &nodes), "{index}");
            assert!(!holds(root, index + 1, receipt, &nodes), "{index}");
            assert!(!holds(root, index, receipt, &nodes[..nodes.len() - 1]), "{index}");
            let surplus: Vec<Bytes> = nodes.iter().chain(nodes.last()).cloned().collect();
            assert!(!holds(root, index, receipt, &surplus), "{index}");
        }
    }

    proptest! {
        #[test]
        fn root_and_branches_are_those_of_the_trie_library(
            receipts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..400),
            index: prop::sample::Index,
        ) {
            let index = index.index(receipts.len());
            let unpacked = |place: usize| Nibbles::unpack(key(u64::try_from(place).unwrap()));
            let mut library = HashBuilder::default().with_proof_retainer(ProofRetainer::from_iter([unpacked(index)]));
            for place in positions(receipts.len()) {
                library.add_leaf(unpacked(place), &receipts[place]);
            }
            let ours = ReceiptTrie::over(&receipts);
            prop_assert_eq!(ours.root(), library.root());
            let nodes: Vec<Bytes> = library.take_proof_nodes().into_nodes_sorted().into_iter().map(|(_, node)| node).collect();
            // The library lists those that stand inside their parents as well.
            let apart = nodes.iter().enumerate().filter(|(place, node)| *place == 0 || node.len() >= HASH);
            let apart: Vec<Bytes> = apart.map(|(_, node)| node.clone()).collect();
            prop_assert_eq!(ours.nodes(u64::try_from(index).unwrap()), apart);
        }
    }

    #[test]
    fn paths_that_add_up_to_more_than_any_key_are_refused() {
        let node = |next: B256| Item::list([Item::string(&[0; 33]), Item::string(next.as_slice())]).to_bytes();
        let low = node(B256::ZERO);
        let high = node(keccak256(&low));
        assert!(!holds(keccak256(&high), 0, &[], &[high.into(), low.into()]));
    }
}
