//! A map from 32-byte keys that knows its Merkle-Patricia root.
//!
//! ```text
//!              branch at nibble 0            leaf      = rlp([ path, value ])
//!             ╱        │         ╲           branch    = rlp([ child 0, …, child 15, "" ])
//!        leaf 3…    branch at 4    leaf e…   extension = rlp([ path, branch ])      where a branch hangs lower
//!                  ╱  7a5c ┊ ╲
//!           leaf 7a5c0…    leaf 7a5cf…       reference = rlp            below 32 bytes
//!                                                        H(rlp)         otherwise
//! path = flag and nibbles, two a byte        root      = H(rlp of the topmost node)
//! ```
//!
//! There are two kinds of nodes in memory, leaves and branches; an extension is what a branch looks like to a parent that
//! is more than one nibble above it. Nodes are shared: a clone costs a pointer, a change copies the way from the root
//! to the leaf as far as somebody else still holds it. A branch remembers the references of its children, so that a root
//! costs what changed since the last one, and a difference of two tries what differs.
//!
//! Source: `block-layer §5.5; bttc:trie/trie.go, bttc:trie/hasher.go`.
//!
//! ```
//! use bttc_evm::state::Trie;
//! use alloy_primitives::{B256, U256};
//! use alloy_trie::EMPTY_ROOT_HASH;
//!
//! let mut trie = Trie::default();
//! trie.insert(B256::repeat_byte(7), U256::from(1));
//! let before = trie.clone();
//! trie.insert(B256::repeat_byte(8), U256::from(2));
//! assert_ne!(trie.root(), before.root());
//! trie.remove(&B256::repeat_byte(8));
//! assert_eq!(trie.root(), before.root());
//! assert_eq!(before.iter().count(), 1);
//! assert_eq!(Trie::<U256>::default().root(), EMPTY_ROOT_HASH);
//! ```

mod difference;
mod encoding;
mod node;

use alloy_primitives::{B256, Bytes, U256};
use alloy_rlp::Encodable;
use alloy_trie::EMPTY_ROOT_HASH;
use bttc_core::hash::keccak256;
use core::fmt;
use encoding::Reference;
use node::{Child, Leaf, Node};

/// What a leaf holds.
pub trait Value: Clone {
    /// Appends the bytes that the root commits to.
    fn encode(&self, out: &mut Vec<u8>);
}

impl Value for U256 {
    fn encode(&self, out: &mut Vec<u8>) {
        Encodable::encode(self, out);
    }
}

/// A map from 32-byte keys, ordered, with a Merkle-Patricia root. A clone shares all nodes.
#[derive(Clone)]
pub struct Trie<V> {
    top: Option<Child<V>>,
}

impl<V> Default for Trie<V> {
    /// Nothing in it.
    fn default() -> Self {
        Self { top: None }
    }
}

impl<V> Trie<V> {
    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.top.is_none()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &B256) -> Option<&V> {
        self.top.as_ref()?.node.get(key)
    }

    /// Everything in ascending order of keys.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, V> {
        Iter { ahead: self.top.iter().map(|top| &top.node).collect() }
    }
}

impl<V: Value> Trie<V> {
    /// Puts a value in; one that was there before goes.
    pub fn insert(&mut self, key: B256, value: V) {
        match &mut self.top {
            Some(top) => top.insert(key, value),
            None => self.top = Some(Node::leaf(key, value).into()),
        }
    }

    /// Takes a value out, if it is there.
    pub fn remove(&mut self, key: &B256) {
        if self.get(key).is_none() {
            return;
        }
        match &mut self.top {
            Some(top @ Child { node: Node::Branch(_), .. }) => top.remove(key),
            Some(Child { node: Node::Leaf(_), .. }) | None => self.top = None,
        }
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> B256 {
        let Some(top) = &self.top else { return EMPTY_ROOT_HASH };
        let reference = top.reference(0, &mut Vec::with_capacity(encoding::BRANCH_BYTES));
        reference.hash().unwrap_or_else(|| keccak256(reference.as_slice()))
    }

    /// Nodes from the top down to a key, or to where the way to it ends; none of an empty trie. A node of fewer than 32
    /// bytes stands in the one above it.
    ///
    /// Source: `bttc:trie/proof.go:31-92`.
    #[must_use]
    pub fn proof(&self, key: &B256) -> Vec<Bytes> {
        let mut nodes = Vec::new();
        if let Some(top) = &self.top {
            top.node.prove(key, &mut nodes);
        }
        nodes
    }

    /// Calls `found` for every key whose values differ, with the value here and the one in `other`.
    pub fn difference<'t>(&'t self, other: &'t Self, found: &mut dyn FnMut(B256, Option<&'t V>, Option<&'t V>))
    where
        V: PartialEq,
    {
        let node = |trie: &'t Self| trie.top.as_ref().map(|top| &top.node);
        difference::walk(node(self), node(other), found);
    }
}

/// Two tries with one root hold the same.
impl<V: Value> PartialEq for Trie<V> {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl<V: Value> Eq for Trie<V> {}

impl<V: fmt::Debug> fmt::Debug for Trie<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<V: Value> Extend<(B256, V)> for Trie<V> {
    fn extend<I: IntoIterator<Item = (B256, V)>>(&mut self, items: I) {
        items.into_iter().for_each(|(key, value)| self.insert(key, value));
    }
}

impl<V: Value> FromIterator<(B256, V)> for Trie<V> {
    fn from_iter<I: IntoIterator<Item = (B256, V)>>(items: I) -> Self {
        let mut trie = Self::default();
        trie.extend(items);
        trie
    }
}

impl<'t, V> IntoIterator for &'t Trie<V> {
    type Item = (&'t B256, &'t V);
    type IntoIter = Iter<'t, V>;

    fn into_iter(self) -> Iter<'t, V> {
        self.iter()
    }
}

/// Keys and values in ascending order of keys.
#[derive(Clone)]
pub struct Iter<'t, V> {
    /// Nodes to come, the next one last.
    ahead: Vec<&'t Node<V>>,
}

impl<'t, V> Iterator for Iter<'t, V> {
    type Item = (&'t B256, &'t V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.ahead.pop()? {
                Node::Leaf(leaf) => return Some((&leaf.key, &leaf.value)),
                Node::Branch(branch) => self.ahead.extend(branch.children.iter().rev().map(|child| &child.node)),
            }
        }
    }
}

impl<V> fmt::Debug for Iter<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_trie::{HashBuilder, Nibbles, proof::verify_proof};
    use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
    use std::collections::BTreeMap;

    /// What alloy's builder makes of the same leaves.
    fn root_of(leaves: &BTreeMap<B256, U256>) -> B256 {
        let mut builder = HashBuilder::default();
        for (key, value) in leaves {
            builder.add_leaf(Nibbles::unpack(key), &alloy_rlp::encode(value));
        }
        builder.root()
    }

    /// Keys that share long beginnings and long ends, so that paths are long and nodes stand in others.
    fn key() -> impl Strategy<Value = B256> {
        (0_usize..32, any::<u8>(), 0_usize..32, 0_u8..4).prop_map(|(at, byte, other, small)| {
            let mut key = B256::repeat_byte(0x11);
            key[at] = byte;
            key[other] = small;
            key
        })
    }

    fn value() -> impl Strategy<Value = U256> {
        (1_u64.., any::<bool>()).prop_map(|(low, short)| U256::from(if short { low % 100 + 1 } else { low }) << 3)
    }

    proptest! {
        /// After every change the root is alloy's, and the tries before are what they were.
        #[test]
        fn a_root_is_that_of_the_sorted_leaves(
            steps in prop::collection::vec((key(), prop::option::weighted(0.7, value())), 1..60),
        ) {
            let (mut trie, mut leaves) = (Trie::default(), BTreeMap::new());
            let mut past = Vec::new();
            for (key, value) in steps {
                past.push((trie.clone(), trie.root()));
                match value {
                    Some(value) => {
                        trie.insert(key, value);
                        leaves.insert(key, value);
                    }
                    None => {
                        trie.remove(&key);
                        leaves.remove(&key);
                    }
                }
                prop_assert_eq!(trie.root(), root_of(&leaves));
                prop_assert_eq!(trie.get(&key), leaves.get(&key));
            }
            prop_assert!(trie.iter().eq(leaves.iter()));
            for (trie, root) in past {
                prop_assert_eq!(trie.iter().map(|(key, value)| (*key, *value)).collect::<Trie<_>>().root(), root);
            }
        }

        /// What is put in and taken out again leaves the root as it was, though it was asked for in between.
        #[test]
        fn taking_out_restores(
            kept in prop::collection::btree_map(key(), value(), 0..30),
            gone in prop::collection::btree_map(key(), value(), 0..30),
        ) {
            let mut trie: Trie<_> = kept.clone().into_iter().collect();
            let root = trie.root();
            trie.extend(gone.clone());
            prop_assert!(trie.root() != root || gone.iter().all(|(key, value)| kept.get(key) == Some(value)));
            for key in gone.keys() {
                match kept.get(key) {
                    Some(value) => trie.insert(*key, *value),
                    None => trie.remove(key),
                }
            }
            prop_assert_eq!(trie.root(), root);
            prop_assert_eq!(trie.is_empty(), kept.is_empty());
        }

        /// Alloy's verifier accepts a proof of what is there and of what is not.
        #[test]
        fn proofs_verify(leaves in prop::collection::btree_map(key(), value(), 0..40), asked in key()) {
            let trie: Trie<_> = leaves.clone().into_iter().collect();
            for key in leaves.keys().chain([&asked]) {
                let expected = leaves.get(key).map(alloy_rlp::encode);
                let proof = trie.proof(key);
                let verified = verify_proof(trie.root(), Nibbles::unpack(key), expected, &proof);
                prop_assert!(verified.is_ok(), "{:?}", verified);
            }
        }

        /// A difference holds exactly the keys whose values differ, whatever the two tries share.
        #[test]
        fn a_difference_leads_from_one_to_the_other(
            old in prop::collection::btree_map(key(), value(), 0..30),
            changes in prop::collection::btree_map(key(), prop::option::of(value()), 0..30),
        ) {
            let before: Trie<_> = old.clone().into_iter().collect();
            let (mut after, mut new) = (before.clone(), old.clone());
            for (key, value) in changes {
                match value {
                    Some(value) => {
                        after.insert(key, value);
                        new.insert(key, value);
                    }
                    None => {
                        after.remove(&key);
                        new.remove(&key);
                    }
                }
            }
            let unshared: Trie<_> = new.clone().into_iter().collect();
            for after in [after, unshared] {
                let mut found = BTreeMap::new();
                before.difference(&after, &mut |key, old, new| { found.insert(key, (old.copied(), new.copied())); });
                let keys = old.keys().chain(new.keys());
                let expected: BTreeMap<_, _> = keys
                    .map(|key| (*key, (old.get(key).copied(), new.get(key).copied())))
                    .filter(|(_, (old, new))| old != new)
                    .collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
