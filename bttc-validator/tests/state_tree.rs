//! Laws of the application hash and its proofs.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use bttc_validator::store::{StateTree, StoreName, Stores};
use proptest::{collection::vec, prelude::*};

/// A write, or a removal.
type Write = (u8, u8, Option<u8>);

fn name(number: u8) -> StoreName {
    StoreName::ALL[usize::from(number) % StoreName::ALL.len()]
}

fn write(stores: &mut Stores, (store, key, value): Write) {
    match value {
        Some(value) => stores.set(name(store), vec![key], vec![value]),
        None => stores.remove(name(store), &[key]),
    }
}

proptest! {
    #[test]
    fn the_hash_is_that_of_what_stands_there_however_it_came_there(
        blocks in vec(vec((any::<u8>(), 0_u8..40, any::<Option<u8>>()), 0..30), 0..6),
        failing in vec((any::<u8>(), 0_u8..40, any::<Option<u8>>()), 0..10),
    ) {
        let (mut stores, mut tree) = (Stores::default(), StateTree::default());
        for block in blocks {
            for change in block {
                write(&mut stores, change);
            }
            let failed: Result<(), ()> = stores.attempt(|stores| {
                failing.iter().for_each(|change| write(stores, *change));
                Err(())
            });
            prop_assert!(failed.is_err());
            tree.update(&mut stores);
            prop_assert_eq!(tree.root(), StateTree::over(&stores).root());
        }
        // What is saved and restored has the same hash.
        let text = serde_json::to_string(&stores.names().flat_map(|store| {
            stores.entries(store).map(move |(key, value)| (store, key.to_vec(), value.to_vec()))
        }).collect::<Vec<_>>()).unwrap();
        let entries: Vec<(StoreName, Vec<u8>, Vec<u8>)> = serde_json::from_str(&text).unwrap();
        let mut restored = Stores::default();
        for (store, key, value) in entries.into_iter().rev() {
            restored.set(store, key, value);
        }
        prop_assert_eq!(StateTree::over(&restored).root(), tree.root());
    }

    #[test]
    fn every_entry_is_proven_and_every_other_is_denied(
        writes in vec((any::<u8>(), any::<u8>(), any::<u8>()), 0..60),
        asked in vec((any::<u8>(), any::<u8>()), 1..20),
    ) {
        let mut stores = Stores::default();
        for (store, key, value) in writes {
            write(&mut stores, (store, key, Some(value)));
        }
        let tree = StateTree::over(&stores);
        for (store, key) in asked {
            let (store, key) = (name(store), [key]);
            let proof = tree.prove(store, &key);
            match stores.get(store, &key) {
                Some(value) => {
                    prop_assert_eq!(proof.confirm(tree.root(), store.name(), &key, value), Ok(()));
                    let other = [value, &[0]].concat();
                    prop_assert!(proof.confirm(tree.root(), store.name(), &key, &other).is_err());
                    prop_assert!(proof.deny(tree.root(), store.name(), &key).is_err());
                }
                None => {
                    prop_assert_eq!(proof.deny(tree.root(), store.name(), &key), Ok(()));
                    prop_assert!(proof.confirm(tree.root(), store.name(), &key, &[0]).is_err());
                }
            }
        }
    }
}

#[test]
fn one_entry_is_a_leaf_and_none_is_zero() {
    let mut stores = Stores::default();
    assert!(StateTree::over(&stores).root().is_zero());
    stores.set(StoreName::Bor, b"5".to_vec(), b"8".to_vec());
    let place = bttc_core::state_proof::place("bor", b"5");
    assert_eq!(StateTree::over(&stores).root(), bttc_core::state_proof::leaf(place, b"8"));
    stores.remove(StoreName::Bor, b"5");
    assert!(StateTree::over(&stores).root().is_zero());
}
