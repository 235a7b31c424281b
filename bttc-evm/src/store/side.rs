//! Blocks beside the chain, as a store keeps what they changed.

use super::{
    Store, StoreError, Table, Write,
    chain::{code_of, code_writes, damaged, read_block},
};
use crate::{
    chain::Chain,
    header::SealedHeader,
    state::{Flat, State},
};
use alloy_primitives::B256;

/// Under which key a block stands.
pub(super) fn key(number: u64, hash: B256) -> Vec<u8> {
    [number.to_be_bytes().as_slice(), hash.as_slice()].concat()
}

/// What a block changed, so that the state after it follows from the one after its parent.
pub(super) fn put(header: &SealedHeader, before: &State, after: &State, writes: &mut Vec<Write>) {
    let (flat, codes) = before.difference(after);
    code_writes(codes, writes);
    writes.push(Write::put(Table::Sides, key(header.height(), header.hash()), alloy_rlp::encode(flat)));
}

/// Takes a block out.
pub(super) fn removed(header: &SealedHeader) -> Write {
    Write::remove(Table::Sides, key(header.height(), header.hash()))
}

/// Puts the blocks beside a chain that goes on where its store ends. Those that no block can follow any more come back as
/// what to take out.
pub(super) fn restore(chain: &mut Chain, store: &dyn Store) -> Result<Vec<Write>, StoreError> {
    let mut sides = Vec::new();
    // Ascending, so that a parent comes before its children.
    store.scan(Table::Sides, &mut |key, entries| {
        sides.push((key.to_vec(), entries.to_vec()));
        Ok(())
    })?;
    let mut stale = Vec::new();
    for (key, entries) in sides {
        let block = read_block(store, key.get(8..).unwrap_or_default())?;
        let Some(mut state) = chain.state_before(block.header()).cloned() else {
            stale.push(Write::remove(Table::Sides, key));
            continue;
        };
        for entry in alloy_rlp::decode_exact::<Vec<Flat>>(&entries).map_err(damaged)? {
            state.put(entry, &mut |hash| code_of(store, hash)).ok_or_else(|| damaged("a code is not there"))?;
        }
        let (got, expected) = (state.root(), block.header().state_root);
        if got != expected {
            return Err(damaged(format_args!("a block beside the chain has the root {expected}, its state {got}")));
        }
        chain.restore_side(block, state);
    }
    Ok(stale)
}
