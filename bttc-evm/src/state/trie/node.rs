//! Leaves and branches, and what changes them.

use super::{
    Reference, Value,
    encoding::{NIBBLES, nibble, parting, write_branch, write_extension, write_leaf},
};
use alloy_primitives::{B256, Bytes};
use std::sync::{Arc, OnceLock};

/// A node, shared by all tries that have it.
#[derive(Debug)]
pub(super) enum Node<V> {
    Leaf(Arc<Leaf<V>>),
    Branch(Arc<Branch<V>>),
}

impl<V> Clone for Node<V> {
    fn clone(&self) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(Arc::clone(leaf)),
            Self::Branch(branch) => Self::Branch(Arc::clone(branch)),
        }
    }
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Leaf<V> {
    pub(super) key: B256,
    pub(super) value: V,
}

/// Two children or more.
#[derive(Debug)]
pub(super) struct Branch<V> {
    /// A key whose first `at` nibbles are those of all keys below.
    pub(super) key: B256,
    /// The nibble by which the keys below part.
    pub(super) at: usize,
    /// Which nibbles have a child.
    mask: u16,
    /// The children, by nibble.
    pub(super) children: Vec<Child<V>>,
}

/// A node where it hangs: below a branch, or at the top.
///
/// Its reference stands here and not in the node: it depends on how far above the branch is, and a branch is written
/// without a look at the nodes below it, of which each would be a trip to memory.
#[derive(Debug)]
pub(super) struct Child<V> {
    pub(super) node: Node<V>,
    reference: OnceLock<Reference>,
}

impl<V> Clone for Child<V> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), reference: self.reference.clone() }
    }
}

impl<V> Clone for Branch<V> {
    fn clone(&self) -> Self {
        // Counting a reference up waits for the counter. Looking at all of them first fetches them at the same time.
        let _ = self.children.iter().fold(0_usize, |sum, child| sum ^ child.node.holders());
        Self { key: self.key, at: self.at, mask: self.mask, children: self.children.clone() }
    }
}

impl<V> Branch<V> {
    /// Whether a nibble has a child, and where it stands or would stand.
    fn place(&self, nibble: u8) -> Result<usize, usize> {
        let bit = 1_u16 << nibble;
        // At most sixteen bits are set.
        let place = usize::try_from((self.mask & (bit - 1)).count_ones()).unwrap_or_default();
        if self.mask & bit == 0 { Err(place) } else { Ok(place) }
    }

    /// The child on the way to a key.
    pub(super) fn toward(&self, key: &B256) -> Option<&Child<V>> {
        self.place(nibble(key, self.at)).ok().and_then(|place| self.children.get(place))
    }

    /// A child for each of the sixteen nibbles.
    pub(super) fn slots(&self) -> impl Iterator<Item = Option<&Child<V>>> {
        (0..16).map(|nibble| self.place(nibble).ok().and_then(|place| self.children.get(place)))
    }
}

impl<V> Node<V> {
    pub(super) fn leaf(key: B256, value: V) -> Self {
        Self::Leaf(Arc::new(Leaf { key, value }))
    }

    /// A key below it.
    pub(super) fn key(&self) -> &B256 {
        match self {
            Self::Leaf(leaf) => &leaf.key,
            Self::Branch(branch) => &branch.key,
        }
    }

    /// How many nibbles the keys below it have in common.
    pub(super) fn at(&self) -> usize {
        match self {
            Self::Leaf(_) => NIBBLES,
            Self::Branch(branch) => branch.at,
        }
    }

    /// How many tries' branches hold it.
    fn holders(&self) -> usize {
        match self {
            Self::Leaf(leaf) => Arc::strong_count(leaf),
            Self::Branch(branch) => Arc::strong_count(branch),
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaf(one), Self::Leaf(other)) => Arc::ptr_eq(one, other),
            (Self::Branch(one), Self::Branch(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    pub(super) fn get(&self, key: &B256) -> Option<&V> {
        let mut node = self;
        loop {
            match node {
                Self::Leaf(leaf) => return (leaf.key == *key).then_some(&leaf.value),
                Self::Branch(branch) => node = &branch.toward(key)?.node,
            }
        }
    }
}

impl<V> From<Node<V>> for Child<V> {
    fn from(node: Node<V>) -> Self {
        Self { node, reference: OnceLock::new() }
    }
}

impl<V: Value> Child<V> {
    pub(super) fn insert(&mut self, key: B256, value: V) {
        self.reference.take();
        self.node.insert(key, value);
    }

    /// Takes out a key that is below this branch. A branch with one child left is that child.
    pub(super) fn remove(&mut self, key: &B256) {
        self.reference.take();
        self.node.remove(key);
    }

    /// Its reference below a parent whose path ends before nibble `from`. `scratch` is room to write in.
    pub(super) fn reference(&self, from: usize, scratch: &mut Vec<u8>) -> Reference {
        *self.reference.get_or_init(|| self.node.reference(from, scratch))
    }
}

impl<V: Value> Node<V> {
    fn insert(&mut self, key: B256, value: V) {
        let parting = parting(self.key(), &key);
        if parting < self.at() {
            // The key leaves before this node: both go below a new branch.
            let leaf = Self::leaf(key, value);
            let old = core::mem::replace(self, leaf.clone());
            let (old_bit, new_bit) = (1 << nibble(old.key(), parting), 1 << nibble(&key, parting));
            let mask = old_bit | new_bit;
            let children =
                if old_bit < new_bit { vec![old.into(), leaf.into()] } else { vec![leaf.into(), old.into()] };
            *self = Self::Branch(Arc::new(Branch { key, at: parting, mask, children }));
            return;
        }
        match self {
            Self::Leaf(leaf) => match Arc::get_mut(leaf) {
                Some(leaf) => leaf.value = value,
                None => *self = Self::leaf(key, value),
            },
            Self::Branch(branch) => {
                let branch = Arc::make_mut(branch);
                let nibble = nibble(&key, branch.at);
                match branch.place(nibble) {
                    Ok(place) => branch.children[place].insert(key, value),
                    Err(place) => {
                        branch.mask |= 1 << nibble;
                        branch.children.insert(place, Self::leaf(key, value).into());
                    }
                }
            }
        }
    }

    fn remove(&mut self, key: &B256) {
        let Self::Branch(branch) = self else { return };
        let branch = Arc::make_mut(branch);
        let nibble = nibble(key, branch.at);
        let Ok(place) = branch.place(nibble) else { return };
        match &mut branch.children[place] {
            child @ Child { node: Self::Branch(_), .. } => child.remove(key),
            Child { node: Self::Leaf(_), .. } => {
                branch.children.remove(place);
                branch.mask &= !(1 << nibble);
                if branch.children.len() == 1
                    && let Some(last) = branch.children.pop()
                {
                    *self = last.node;
                }
            }
        }
    }

    fn reference(&self, from: usize, scratch: &mut Vec<u8>) -> Reference {
        match self {
            Self::Leaf(leaf) => {
                write_leaf(&leaf.key, from, &leaf.value, scratch);
                Reference::of(scratch)
            }
            Self::Branch(branch) => {
                branch.write(scratch);
                let own = Reference::of(scratch);
                if branch.at == from {
                    return own;
                }
                write_extension(&branch.key, from..branch.at, own, scratch);
                Reference::of(scratch)
            }
        }
    }

    /// Collects the nodes on the way to a key.
    pub(super) fn prove(&self, key: &B256, nodes: &mut Vec<Bytes>) {
        let (mut node, mut from, mut scratch) = (self, 0, Vec::new());
        // A short node stands in the one above; the topmost has none above.
        let mut add = |bytes: &[u8]| {
            if nodes.is_empty() || Reference::of(bytes).hash().is_some() {
                nodes.push(Bytes::copy_from_slice(bytes));
            }
        };
        loop {
            match node {
                Self::Leaf(leaf) => {
                    write_leaf(&leaf.key, from, &leaf.value, &mut scratch);
                    return add(&scratch);
                }
                Self::Branch(branch) => {
                    branch.write(&mut scratch);
                    if from < branch.at {
                        let own = scratch.clone();
                        write_extension(&branch.key, from..branch.at, Reference::of(&own), &mut scratch);
                        add(&scratch);
                        if parting(&branch.key, key) < branch.at {
                            return;
                        }
                        add(&own);
                    } else {
                        add(&scratch);
                    }
                    match branch.toward(key) {
                        Some(child) => (node, from) = (&child.node, branch.at + 1),
                        None => return,
                    }
                }
            }
        }
    }
}

impl<V: Value> Branch<V> {
    /// Writes it as a branch, without the way to it.
    fn write(&self, out: &mut Vec<u8>) {
        let below = self.at + 1;
        let mut references = [Reference::EMPTY; 16];
        for (slot, child) in references.iter_mut().zip(self.slots()) {
            if let Some(child) = child {
                *slot = child.reference(below, out);
            }
        }
        write_branch(&references, out);
    }
}
