//! Where transactions stand, as a store keeps it: the number of the block, and the place in it but for synthetic ones.

use super::{Table, Write};
use crate::{block::ImportedBlock, rpc::Place};

/// The places of a block's transactions.
pub(super) fn places(block: &ImportedBlock) -> impl Iterator<Item = Write> {
    let number = block.header().height().to_be_bytes();
    let own = (0_u64..).zip(block.block().transactions()).map(move |(index, transaction)| {
        Write::put(Table::Places, transaction.hash().to_vec(), [number, index.to_be_bytes()].concat())
    });
    own.chain(synthetic(block))
}

/// The place of a block's synthetic transaction.
pub(super) fn synthetic(block: &ImportedBlock) -> Option<Write> {
    let synthetic = block.synthetic()?;
    Some(Write::put(Table::Places, synthetic.tx_hash.to_vec(), block.header().height().to_be_bytes()))
}

/// Forgets the places of a block that is not of the chain any more.
// but for the synthetic one.
pub(super) fn forgotten(block: &ImportedBlock) -> impl Iterator<Item = Write> {
    block.block().transactions().iter().map(|transaction| Write::remove(Table::Places, transaction.hash().to_vec()))
}

/// Reads a place.
pub(super) fn read(bytes: &[u8]) -> Option<Place> {
    let (height, index) = bytes.split_first_chunk::<8>()?;
    let height = u64::from_be_bytes(*height);
    if index.is_empty() {
        return Some(Place::StateSync { height });
    }
    let index = u64::from_be_bytes(index.try_into().ok()?);
    Some(Place::Transaction { height, index: usize::try_from(index).ok()? })
}
