//! What the module keeps: how well validators sign, and what they are to lose.
//!
//! | key | value |
//! |---|---|
//! | 01 ‖ id | [`SigningInfo`] |
//! | 02 ‖ id ‖ place | 08 01: the block at this place of the ring was missed |
//! | 04 | sum of what is to be slashed |
//! | 05 ‖ id, 06 ‖ id | [`SlashingInfo`]: since the last tick, and of the last tick until it is acknowledged |
//! | 07 ‖ sequence | 01: the log on TRON was settled |
//! | 08 | count of ticks |
//!
//! Ids, sequences, sums and counts are ASCII decimals; places eight bytes, little-endian.
//!
//! Source: `validation-layer §5.2, §5.8; delivery:slashing/types/keys.go:31-80, slashing/keeper.go:54-560`.

use crate::{
    module::Refusal,
    record::{SigningInfo, SlashingInfo},
    store::{CorruptEntry, StoreName, Stores, numbered, prefixed},
};
use bttc_core::id::ValidatorId;
use bttc_staking::registry::Sequence;

const STORE: StoreName = StoreName::Slashing;
const SIGNING_INFO: u8 = 0x01;
const MISSED: u8 = 0x02;
const TOTAL: u8 = 0x04;
const BUFFER: u8 = 0x05;
const TICK: u8 = 0x06;
const SEQUENCE: u8 = 0x07;
const TICK_COUNT: u8 = 0x08;
/// A struct whose first field is true.
const YES: [u8; 2] = [0x08, 0x01];

/// How well a validator signs; `None` for one that never joined.
///
/// # Errors
/// [`CorruptEntry`].
pub fn signing_info(stores: &Stores, id: ValidatorId) -> Result<Option<SigningInfo>, CorruptEntry> {
    stores.load(STORE, &numbered(SIGNING_INFO, id.get()))
}

/// All of them, in the order of the texts of their ids.
pub fn signing_infos(stores: &Stores) -> impl Iterator<Item = Result<SigningInfo, CorruptEntry>> + '_ {
    stores.load_all(STORE, &[SIGNING_INFO])
}

/// Keeps how well a validator signs.
pub fn save_signing_info(stores: &mut Stores, info: &SigningInfo) {
    stores.save(STORE, numbered(SIGNING_INFO, info.id.get()), info);
}

// an id runs into the place behind it, so that clearing the ring of validator 1 clears that of validator 10 too.
fn ring(id: ValidatorId) -> Vec<u8> {
    numbered(MISSED, id.get())
}

fn missed_key(id: ValidatorId, place: i64) -> Vec<u8> {
    let mut key = ring(id);
    key.extend(place.to_le_bytes());
    key
}

/// Whether a validator missed the block at a place of its ring.
pub(super) fn is_missed(stores: &Stores, id: ValidatorId, place: i64) -> Result<bool, Refusal> {
    match stores.get(STORE, &missed_key(id, place)) {
        None | Some([] | [0x08, 0x00]) => Ok(false),
        Some(value) if value == YES => Ok(true),
        Some(_) => Err(Refusal::INTERNAL),
    }
}

/// The places of a ring of so many blocks that were missed, and those that were and are not any more.
///
/// # Errors
/// [`Refusal::INTERNAL`] for an entry that does not read.
pub fn missed_blocks(stores: &Stores, id: ValidatorId, window: i64) -> Result<Vec<(i64, bool)>, Refusal> {
    let key = ring(id);
    let mut places = Vec::new();
    for (key, _) in stores.with_prefix(STORE, &key).filter(|(found, _)| found.len() == key.len().saturating_add(8)) {
        let place = key.last_chunk().map_or(0, |place| i64::from_le_bytes(*place));
        if (0..window).contains(&place) {
            places.push((place, is_missed(stores, id, place)?));
        }
    }
    places.sort_unstable();
    Ok(places)
}

/// Notes that a validator missed the block at a place of its ring.
pub fn save_missed_block(stores: &mut Stores, id: ValidatorId, place: i64) {
    stores.set(STORE, missed_key(id, place), YES.to_vec());
}

pub(super) fn clear_ring(stores: &mut Stores, id: ValidatorId) {
    let key = ring(id);
    let keys: Vec<_> = stores.with_prefix(STORE, &key).map(|(key, _)| key.to_vec()).collect();
    keys.iter().for_each(|key| stores.remove(STORE, key));
}

/// What is to be slashed in all. What does not read counts as nothing.
#[must_use]
pub fn total_slashed(stores: &Stores) -> u64 {
    stores.number(STORE, &[TOTAL]).ok().flatten().unwrap_or_default()
}

pub(super) fn add_to_total(stores: &mut Stores, amount: u64) {
    let total = total_slashed(stores).wrapping_add(amount);
    stores.set_number(STORE, vec![TOTAL], total);
}

pub(super) fn clear_total(stores: &mut Stores) {
    stores.remove(STORE, &[TOTAL]);
}

/// Which amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slashes {
    /// Those since the last tick.
    Buffer,
    /// Those of the last tick, until it is acknowledged.
    Tick,
}

impl Slashes {
    const fn prefix(self) -> u8 {
        match self {
            Self::Buffer => BUFFER,
            Self::Tick => TICK,
        }
    }

    /// A validator's.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn get(self, stores: &Stores, id: ValidatorId) -> Result<Option<SlashingInfo>, CorruptEntry> {
        stores.load(STORE, &numbered(self.prefix(), id.get()))
    }

    /// All, in the order of the texts of the validators' ids.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn all(self, stores: &Stores) -> Result<Vec<SlashingInfo>, CorruptEntry> {
        stores.load_all(STORE, &[self.prefix()]).collect()
    }

    /// Keeps a validator's.
    pub fn set(self, stores: &mut Stores, info: &SlashingInfo) {
        stores.save(STORE, numbered(self.prefix(), info.id.get()), info);
    }

    pub(super) fn remove(self, stores: &mut Stores, id: ValidatorId) {
        stores.remove(STORE, &numbered(self.prefix(), id.get()));
    }
}

/// Whether a log on TRON was settled.
#[must_use]
pub fn is_seen(stores: &Stores, sequence: Sequence) -> bool {
    stores.has(STORE, &prefixed(SEQUENCE, sequence.to_string()))
}

pub(super) fn mark_seen(stores: &mut Stores, sequence: Sequence) {
    stores.set(STORE, prefixed(SEQUENCE, sequence.to_string()), vec![1]);
}

/// Ticks that were settled. What does not read counts as none.
#[must_use]
pub fn tick_count(stores: &Stores) -> u64 {
    stores.number(STORE, &[TICK_COUNT]).ok().flatten().unwrap_or_default()
}

/// Sets the count of ticks.
pub fn set_tick_count(stores: &mut Stores, count: u64) {
    stores.set_number(STORE, vec![TICK_COUNT], count);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q246_clearing_validator_1_clears_validator_10() {
        let mut stores = Stores::default();
        for id in [1, 10, 2] {
            save_missed_block(&mut stores, ValidatorId::new(id), 5);
        }
        let missed = |stores: &Stores, id| missed_blocks(stores, ValidatorId::new(id), 100);
        assert_eq!(missed(&stores, 1), Ok(vec![(5, true)]));
        assert_eq!(missed_blocks(&stores, ValidatorId::new(1), 5), Ok(vec![]));
        clear_ring(&mut stores, ValidatorId::new(1));
        assert_eq!([1, 10, 2].map(|id| missed(&stores, id).unwrap().len()), [0, 0, 1]);
    }
}
