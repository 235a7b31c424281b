//! Where two tries differ. What they share is not walked.

use super::{Child, Leaf, Node};
use crate::state::trie::encoding::{nibble, parting};
use alloy_primitives::B256;
use core::cmp::Ordering;

/// Told of a key and its two values.
type Found<'f, 't, V> = &'f mut dyn FnMut(B256, Option<&'t V>, Option<&'t V>);

pub(super) fn walk<'t, V: PartialEq>(old: Option<&'t Node<V>>, new: Option<&'t Node<V>>, found: Found<'_, 't, V>) {
    match (old, new) {
        (None, None) => {}
        (Some(old), None) => all(old, &mut |leaf| found(leaf.key, Some(&leaf.value), None)),
        (None, Some(new)) => all(new, &mut |leaf| found(leaf.key, None, Some(&leaf.value))),
        (Some(old), Some(new)) if old.is(new) => {}
        (Some(old), Some(new)) => both(old, new, found),
    }
}

fn both<'t, V: PartialEq>(old: &'t Node<V>, new: &'t Node<V>, found: Found<'_, 't, V>) {
    if parting(old.key(), new.key()) < old.at().min(new.at()) {
        walk(Some(old), None, found);
        return walk(None, Some(new), found);
    }
    match (old, new, old.at().cmp(&new.at())) {
        (Node::Branch(old), Node::Branch(new), Ordering::Equal) => {
            old.slots().zip(new.slots()).for_each(|(old, new)| walk(node(old), node(new), found));
        }
        // One of them hangs below the other.
        (Node::Branch(branch), _, Ordering::Less) => {
            let way = nibble(new.key(), branch.at);
            (0..).zip(branch.slots()).for_each(|(at, child)| walk(node(child), (at == way).then_some(new), found));
        }
        (_, Node::Branch(branch), Ordering::Greater) => {
            let way = nibble(old.key(), branch.at);
            (0..).zip(branch.slots()).for_each(|(at, child)| walk((at == way).then_some(old), node(child), found));
        }
        (Node::Leaf(old), Node::Leaf(new), _) => {
            if old.value != new.value {
                found(old.key, Some(&old.value), Some(&new.value));
            }
        }
        // A leaf is never above a branch.
        (Node::Leaf(_), Node::Branch(_), _) | (Node::Branch(_), Node::Leaf(_), _) => {}
    }
}

fn node<V>(child: Option<&Child<V>>) -> Option<&Node<V>> {
    child.map(|child| &child.node)
}

fn all<'t, V>(node: &'t Node<V>, each: &mut dyn FnMut(&'t Leaf<V>)) {
    match node {
        Node::Leaf(leaf) => each(leaf),
        Node::Branch(branch) => branch.children.iter().for_each(|child| all(&child.node, each)),
    }
}
