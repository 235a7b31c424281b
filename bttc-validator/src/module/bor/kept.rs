//! What the module keeps: spans, which one is the last, and how far the seeds have come.
//!
//! | key | value |
//! |---|---|
//! | 36 ‖ id | [`SpanRecord`] |
//! | 35 | id of the last span |
//! | 38 | Ethereum block of the last seed, big-endian without leading zeros |
//!
//! Ids are ASCII decimals.
//!
//! Source: `validation-layer §1.12, §4.2; delivery:bor/keeper.go:25-29, 82-84`.

use crate::store::{CorruptEntry, StoreName, Stores, numbered};
use alloy_primitives::U256;
use bttc_core::id::SpanId;
use bttc_staking::registry::SpanRecord;

const STORE: StoreName = StoreName::Bor;
const LAST_SPAN: u8 = 0x35;
const SPAN: u8 = 0x36;
const SEED_BLOCK: u8 = 0x38;

/// A span.
///
/// # Errors
/// [`CorruptEntry`].
pub fn span(stores: &Stores, id: SpanId) -> Result<Option<SpanRecord>, CorruptEntry> {
    stores.load(STORE, &numbered(SPAN, id.get()))
}

/// All spans, in the order of their ids' texts: 0, 1, 10, 2.
pub fn spans(stores: &Stores) -> impl Iterator<Item = Result<SpanRecord, CorruptEntry>> + '_ {
    stores.load_all(STORE, &[SPAN])
}

/// Whether there is a span of this id.
#[must_use]
pub fn has_span(stores: &Stores, id: SpanId) -> bool {
    stores.has(STORE, &numbered(SPAN, id.get()))
}

/// Keeps a span, and that it is the last one.
pub fn save_span(stores: &mut Stores, span: &SpanRecord) {
    stores.save(STORE, numbered(SPAN, span.id.get()), span);
    stores.set_number(STORE, vec![LAST_SPAN], span.id.get());
}

/// The last span. Where none was named as such, it is span 0.
///
/// # Errors
/// [`CorruptEntry`].
pub fn last_span(stores: &Stores) -> Result<Option<SpanRecord>, CorruptEntry> {
    let id = stores.number(STORE, &[LAST_SPAN])?.unwrap_or_default();
    span(stores, SpanId::new(id))
}

/// The Ethereum block whose hash was the last seed; 0 before the first.
///
/// # Errors
/// [`CorruptEntry`] beyond 64 bits.
pub fn seed_block(stores: &Stores) -> Result<u64, CorruptEntry> {
    let Some(bytes) = stores.get(STORE, &[SEED_BLOCK]) else { return Ok(0) };
    let number = U256::try_from_be_slice(bytes).and_then(|number| u64::try_from(number).ok());
    let corrupt = || CorruptEntry {
        store: STORE,
        key: vec![SEED_BLOCK],
        got: bytes.to_vec(),
        expected: "a big-endian number of 64 bits",
    };
    number.ok_or_else(corrupt)
}

/// Sets the Ethereum block of the last seed.
pub fn set_seed_block(stores: &mut Stores, block: u64) {
    let bytes = block.to_be_bytes();
    let digits = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    stores.set(STORE, vec![SEED_BLOCK], digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_block_has_no_leading_zeros() {
        let mut stores = Stores::default();
        for (block, bytes) in [(0, [].as_slice()), (7, &[7]), (256, &[1, 0]), (u64::MAX, &[0xff; 8])] {
            set_seed_block(&mut stores, block);
            assert_eq!((stores.get(STORE, &[SEED_BLOCK]), seed_block(&stores)), (Some(bytes), Ok(block)));
        }
        stores.set(STORE, vec![SEED_BLOCK], vec![1; 9]);
        assert!(seed_block(&stores).is_err());
    }
}
