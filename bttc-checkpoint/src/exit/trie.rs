//! The trie over a block's receipts: key rlp(index), value the receipt's bytes.

use alloc::vec::Vec;
use alloy_primitives::{B256, Bytes};
use alloy_trie::{
    HashBuilder, Nibbles,
    proof::{ProofRetainer, verify_proof},
};
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
    Some(ReceiptBranch {
        root,
        nodes: nodes.into_iter().map(|(_, node)| node).collect(),
    })
}

/// Whether the receipt at this position has these bytes, by these nodes and no others.
pub(super) fn holds(root: B256, index: u64, receipt: &Bytes, nodes: &[Bytes]) -> bool {
    verify_proof(root, path(index), Some(receipt.to_vec()), nodes).is_ok()
}
