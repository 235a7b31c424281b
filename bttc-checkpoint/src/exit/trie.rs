//! The trie over a block's receipts: key rlp(index), value the receipt's bytes.

use alloc::vec::Vec;
use alloy_primitives::{B256, Bytes};
use alloy_trie::{HashBuilder, Nibbles, proof::ProofRetainer};
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

pub(super) fn path(index: u64) -> Nibbles {
    Nibbles::unpack(key(index))
}

/// The trie's own order of keys: 1 … 127, then 0 (whose key is 80), then the rest.
fn positions(count: usize) -> impl Iterator<Item = usize> {
    (1..count.min(128)).chain((count > 0).then_some(0)).chain(128..count)
}

fn build<B: AsRef<[u8]>>(mut trie: HashBuilder, receipts: &[B]) -> (B256, HashBuilder) {
    for place in positions(receipts.len()) {
        if let (Some(receipt), Ok(index)) = (receipts.get(place), u64::try_from(place)) {
            trie.add_leaf(path(index), receipt.as_ref());
        }
    }
    (trie.root(), trie)
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
    build(HashBuilder::default(), receipts).0
}

/// The branch of the receipt at this position; `None` beyond the last one.
#[must_use]
pub fn receipt_branch<B: AsRef<[u8]>>(receipts: &[B], index: u64) -> Option<ReceiptBranch> {
    usize::try_from(index).ok().and_then(|place| receipts.get(place))?;
    let retainer = ProofRetainer::from_iter([path(index)]);
    let (root, mut trie) = build(HashBuilder::default().with_proof_retainer(retainer), receipts);
    let nodes = trie.take_proof_nodes().into_nodes_sorted();
    Some(ReceiptBranch { root, nodes: nodes.into_iter().map(|(_, node)| node).collect() })
}

/// Whether the receipt at this position has these bytes, by these nodes and no others.
///
/// Done by hand: the trie library's own check panics on nodes whose paths add up to more than 64 nibbles.
pub(super) fn holds(root: B256, index: u64, receipt: &[u8], nodes: &[Bytes]) -> bool {
    let path = path(index).to_vec();
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

    #[test]
    fn paths_that_add_up_to_more_than_any_key_are_refused() {
        let node = |next: B256| Item::list([Item::string(&[0; 33]), Item::string(next.as_slice())]).to_bytes();
        let low = node(B256::ZERO);
        let high = node(keccak256(&low));
        assert!(!holds(keccak256(&high), 0, &[], &[high.into(), low.into()]));
    }
}
