//! Transactions under vote: what a height took and the height after next settles.
//!
//! ```text
//! store `sidechannel`:  11 ‖ height 8 ‖ hash 32 ──▶ place in the block 8 ‖ transaction        integers big-endian
//! ```
//!
//! That they come in the order of their hashes is the reference's; the place is kept for those who vote, who name them
//! in the order of the block.
//!
//! Source: `validation-layer §1.11, §3.8; delivery:sidechannel/module.go:140-161`.

use crate::store::{StoreName, Stores, prefixed};
use alloy_primitives::{B256, Bytes};

const STORE: StoreName = StoreName::Sidechannel;
const UNDER_VOTE: u8 = 0x11;

fn of_height(height: u64) -> Vec<u8> {
    prefixed(UNDER_VOTE, height.to_be_bytes())
}

/// Puts a transaction to the vote.
pub(super) fn put(stores: &mut Stores, height: u64, place: u64, hash: B256, bytes: &[u8]) {
    let key = [of_height(height).as_slice(), hash.as_slice()].concat();
    stores.set(STORE, key, [&place.to_be_bytes(), bytes].concat());
}

/// The transactions that a height took, in the order of the block.
pub(super) fn taken_at(stores: &Stores, height: u64) -> Vec<Bytes> {
    listed(stores, &of_height(height))
}

/// All that are under vote, oldest first.
pub(super) fn all(stores: &Stores) -> Vec<Bytes> {
    listed(stores, &[UNDER_VOTE])
}

fn listed(stores: &Stores, prefix: &[u8]) -> Vec<Bytes> {
    // Height, then place.
    let entry = |(key, value): (&[u8], &[u8])| {
        let (_, key) = key.split_first()?;
        let (height, _) = key.split_at_checked(8)?;
        let (place, bytes) = value.split_at_checked(8)?;
        Some(((height.to_vec(), place.to_vec()), Bytes::copy_from_slice(bytes)))
    };
    let mut entries: Vec<_> = stores.with_prefix(STORE, prefix).filter_map(entry).collect();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    entries.into_iter().map(|(_, bytes)| bytes).collect()
}

/// Takes the transactions of a height off the vote, in the order of their hashes.
pub(super) fn take(stores: &mut Stores, height: u64) -> Vec<(B256, Bytes)> {
    let prefix = of_height(height);
    let entry = |(key, value): (&[u8], &[u8])| {
        let hash = B256::try_from(key.get(prefix.len()..)?).ok()?;
        Some((hash, Bytes::copy_from_slice(value.get(8..)?)))
    };
    let taken: Vec<_> = stores.with_prefix(STORE, &prefix).filter_map(entry).collect();
    for (hash, _) in &taken {
        stores.remove(STORE, &[prefix.as_slice(), hash.as_slice()].concat());
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voters_see_the_order_of_the_block_and_leftovers_come_by_hash() {
        let mut stores = Stores::default();
        for (height, place, hash) in [(3, 0, 9), (3, 1, 1), (4, 0, 5)] {
            put(&mut stores, height, place, B256::repeat_byte(hash), &[hash]);
        }
        assert_eq!(taken_at(&stores, 3), [Bytes::from([9]), Bytes::from([1])]);
        assert_eq!(all(&stores), [Bytes::from([9]), Bytes::from([1]), Bytes::from([5])]);
        let taken: Vec<_> = take(&mut stores, 3).into_iter().map(|(_, bytes)| bytes).collect();
        assert_eq!(taken, [Bytes::from([1]), Bytes::from([9])]);
        assert_eq!((taken_at(&stores, 3).len(), taken_at(&stores, 4).len()), (0, 1));
    }
}
