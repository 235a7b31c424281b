//! Transactions under vote: what a height took and the height after next settles.
//!
//! ```text
//! store `sidechannel`:  01 ‖ height ‖ hash ──▶ transaction          heights of eight bytes, big-endian
//! ```
//!
//! Source: `validation-layer §1.12, §3.8; delivery:sidechannel/types/keys.go:27-60, sidechannel/module.go:140-161`.

use crate::{
    store::{StoreName, Stores, prefixed},
    tx,
};
use alloy_primitives::{B256, Bytes};

const STORE: StoreName = StoreName::Sidechannel;
const TX: u8 = 0x01;

fn key(height: u64, hash: B256) -> Vec<u8> {
    [of_height(height).as_slice(), hash.as_slice()].concat()
}

fn of_height(height: u64) -> Vec<u8> {
    prefixed(TX, height.to_be_bytes())
}

/// Puts a transaction to the vote.
pub(crate) fn put(stores: &mut Stores, height: u64, tx: &[u8]) {
    stores.set(STORE, key(height, tx::hash(tx)), tx.to_vec());
}

/// The transaction that a height took under this hash, if it is still under vote.
pub(crate) fn get(stores: &Stores, height: u64, hash: B256) -> Option<Bytes> {
    stores.get(STORE, &key(height, hash)).map(Bytes::copy_from_slice)
}

/// All that are under vote with their heights, oldest first, those of a height in the order of their hashes. A key that
/// holds no height is passed over.
pub(crate) fn all(stores: &Stores) -> impl Iterator<Item = (u64, Bytes)> {
    stores.with_prefix(STORE, &[TX]).filter_map(|(key, tx)| {
        let height = key.get(1..9)?.try_into().ok()?;
        Some((u64::from_be_bytes(height), Bytes::copy_from_slice(tx)))
    })
}

/// Those that a height took, in the order of their hashes.
pub(crate) fn taken_at(stores: &Stores, height: u64) -> Vec<(B256, Bytes)> {
    let prefix = of_height(height);
    stores.with_prefix(STORE, &prefix).map(|(_, tx)| (tx::hash(tx), Bytes::copy_from_slice(tx))).collect()
}

/// Takes the transactions of a height off the vote, in the order of their hashes.
pub(crate) fn take(stores: &mut Stores, height: u64) -> Vec<(B256, Bytes)> {
    let taken = taken_at(stores, height);
    taken.iter().for_each(|(hash, _)| stores.remove(STORE, &key(height, *hash)));
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_comes_by_height_and_hash() {
        let mut stores = Stores::default();
        for (height, tx) in [(4, [9]), (3, [1]), (3, [2])] {
            put(&mut stores, height, &tx);
        }
        let mut at_three = [Bytes::from([1]), Bytes::from([2])];
        at_three.sort_by_key(|tx| tx::hash(tx));
        let expected: Vec<_> = at_three.iter().map(|tx| (3, tx.clone())).chain([(4, Bytes::from([9]))]).collect();
        assert_eq!(all(&stores).collect::<Vec<_>>(), expected);
        let taken: Vec<_> = take(&mut stores, 3).into_iter().map(|(_, tx)| tx).collect();
        assert_eq!(taken, at_three);
        let left = tx::hash(&[9]);
        assert_eq!((get(&stores, 4, left), get(&stores, 3, left)), (Some(Bytes::from([9])), None));
    }
}
