//! The application hash: one hash over all entries, kept up at the cost of what changed.
//!
//! ```text
//! Stores ──touched keys──▶ StateTree ──▶ root        the application hash
//!                              └──▶ StateProof       that an entry stands there, or does not
//! ```
//!
//! What is hashed and how is told in [`bttc_core::state_proof`], where proofs are verified without this crate. The tree
//! holds a hash a subtree; an update walks down to the touched places and hashes the subtrees on the way back, each
//! once.
//!
//! ```
//! use bttc_validator::store::{StateTree, StoreName, Stores};
//!
//! let mut stores = Stores::default();
//! stores.set(StoreName::Bor, b"5".to_vec(), b"8".to_vec());
//! let mut tree = StateTree::over(&stores);
//! let proof = tree.prove(StoreName::Bor, b"5");
//! assert_eq!(proof.confirm(tree.root(), "bor", b"5", b"8"), Ok(()));
//!
//! stores.set(StoreName::Bor, b"5".to_vec(), b"9".to_vec());
//! tree.update(&mut stores);
//! assert_eq!(tree.root(), StateTree::over(&stores).root());
//! ```

use super::{StoreName, Stores};
use alloy_primitives::B256;
use bttc_core::{
    hash::keccak256,
    state_proof::{EMPTY, Entry, Side, StateProof, node, place, side},
};

/// Hashes of all subtrees.
#[derive(Clone, Debug, Default)]
pub struct StateTree {
    root: Option<Box<Subtree>>,
}

/// A subtree with entries.
#[derive(Clone, Debug)]
enum Subtree {
    /// One.
    Leaf(Entry, B256),
    /// More.
    Node(B256, [Option<Box<Self>>; 2]),
}

/// What becomes of a place: the hash of its value, `None` for no entry.
type Change = (B256, Option<B256>);

impl StateTree {
    /// The tree over these stores.
    #[must_use]
    pub fn over(stores: &Stores) -> Self {
        let entries =
            stores.names().flat_map(|store| stores.entries(store).map(move |(key, value)| (store, key, value)));
        let mut changes: Vec<Change> =
            entries.map(|(store, key, value)| (place(store.name(), key), Some(keccak256(value)))).collect();
        changes.sort_unstable_by_key(|(place, _)| *place);
        Self { root: updated(None, &changes, 0) }
    }

    /// Brings it up to what was touched in the stores since the last time.
    pub fn update(&mut self, stores: &mut Stores) {
        let touched = stores.take_touched();
        let mut changes: Vec<Change> = touched
            .iter()
            .map(|(store, key)| (place(store.name(), key), stores.get(*store, key).map(keccak256)))
            .collect();
        changes.sort_unstable_by_key(|(place, _)| *place);
        self.root = updated(self.root.take(), &changes, 0);
    }

    /// The application hash.
    #[must_use]
    pub fn root(&self) -> B256 {
        hash(self.root.as_deref())
    }

    /// The proof that an entry stands in the stores, or does not.
    #[must_use]
    pub fn prove(&self, store: StoreName, key: &[u8]) -> StateProof {
        let place = place(store.name(), key);
        let (mut subtree, mut siblings) = (self.root.as_deref(), Vec::new());
        while let Some(Subtree::Node(_, [left, right])) = subtree {
            let (own, other) = match side(&place, siblings.len()) {
                Side::Left => (left, right),
                Side::Right => (right, left),
            };
            siblings.push(hash(other.as_deref()));
            subtree = own.as_deref();
        }
        let end = match subtree {
            Some(Subtree::Leaf(entry, _)) if entry.place != place => Some(*entry),
            _ => None,
        };
        StateProof { siblings, end }
    }
}

fn hash(subtree: Option<&Subtree>) -> B256 {
    match subtree {
        None => EMPTY,
        Some(Subtree::Leaf(_, hash) | Subtree::Node(hash, _)) => *hash,
    }
}

/// A subtree after changes to its places, which are in order and none twice.
fn updated(subtree: Option<Box<Subtree>>, changes: &[Change], depth: usize) -> Option<Box<Subtree>> {
    let [left, right] = match (subtree, changes) {
        (subtree, []) => return subtree,
        (None, [change]) => return alone(*change),
        (None, _) => [None, None],
        (Some(subtree), changes) => match *subtree {
            Subtree::Node(_, halves) => halves,
            Subtree::Leaf(entry, _) => match changes {
                [change] if change.0 == entry.place => return alone(*change),
                _ => match side(&entry.place, depth) {
                    Side::Left => [Some(subtree), None],
                    Side::Right => [None, Some(subtree)],
                },
            },
        },
    };
    let (to_left, to_right) = changes.split_at(changes.partition_point(|(place, _)| side(place, depth) == Side::Left));
    let below = depth.saturating_add(1);
    let halves = [updated(left, to_left, below), updated(right, to_right, below)];
    match halves {
        [None, None] => None,
        // An entry alone stands for all subtrees that it is alone in.
        [Some(alone), None] | [None, Some(alone)] if matches!(*alone, Subtree::Leaf(..)) => Some(alone),
        [left, right] => {
            let hash = node(hash(left.as_deref()), hash(right.as_deref()));
            Some(Box::new(Subtree::Node(hash, [left, right])))
        }
    }
}

fn alone((place, value): Change) -> Option<Box<Subtree>> {
    let entry = Entry { place, value: value? };
    Some(Box::new(Subtree::Leaf(entry, entry.hash())))
}
