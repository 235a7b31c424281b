//! What the module keeps: validators, their set, events seen, and what the mirrors have yet to be told.
//!
//! | key | value |
//! |---|---|
//! | 21 ‖ signer | [`ValidatorRecord`] |
//! | 22 ‖ id | signer |
//! | 23 | [`ValidatorSet`] |
//! | 24 ‖ sequence | 01 |
//! | 31 ‖ number of a root chain | queue of [`SyncRecord`] |
//!
//! Ids and sequences are ASCII decimals.
//!
//! Source: `validation-layer §1.12; delivery:staking/keeper.go:19-33`.

use crate::{
    module::Refusal,
    store::{CorruptEntry, StoreName, Stores, numbered, prefixed},
};
use alloy_primitives::Address;
use bttc_checkpoint::ledger::Destination;
use bttc_core::{id::ValidatorId, root_chain::RootChainId};
use bttc_staking::{
    registry::{Sequence, SyncRecord, ValidatorRecord, is_eligible},
    validator_set::ValidatorSet,
};

const STORE: StoreName = StoreName::Staking;
const VALIDATOR: u8 = 0x21;
const SIGNER_OF: u8 = 0x22;
const SET: u8 = 0x23;
const SEQUENCE: u8 = 0x24;
const QUEUE: u8 = 0x31;

/// A validator, by its signer.
///
/// # Errors
/// [`CorruptEntry`].
pub fn record(stores: &Stores, signer: Address) -> Result<Option<ValidatorRecord>, CorruptEntry> {
    stores.load(STORE, &prefixed(VALIDATOR, signer))
}

/// Who signs for a validator.
#[must_use]
pub fn signer_of(stores: &Stores, id: ValidatorId) -> Option<Address> {
    let signer = stores.get(STORE, &numbered(SIGNER_OF, id.get()))?;
    Address::try_from(signer).ok()
}

/// A validator, by its id.
///
/// # Errors
/// [`CorruptEntry`].
pub fn record_of(stores: &Stores, id: ValidatorId) -> Result<Option<ValidatorRecord>, CorruptEntry> {
    signer_of(stores, id).map_or(Ok(None), |signer| record(stores, signer))
}

/// All validators, in signer order.
pub fn records(stores: &Stores) -> impl Iterator<Item = Result<ValidatorRecord, CorruptEntry>> + '_ {
    stores.load_all(STORE, &[VALIDATOR])
}

/// Those that may be selected for a span, in signer order.
///
/// # Errors
/// [`CorruptEntry`].
pub fn eligible(stores: &Stores, ack_count: u64) -> Result<Vec<ValidatorRecord>, CorruptEntry> {
    let may_be = |record: &Result<ValidatorRecord, _>| record.as_ref().map_or(true, |r| is_eligible(r, ack_count));
    records(stores).filter(may_be).collect()
}

/// Keeps a validator under its signer, and its signer under its id.
pub fn save_record(stores: &mut Stores, record: &ValidatorRecord) {
    stores.save(STORE, prefixed(VALIDATOR, record.signer), record);
    stores.set(STORE, numbered(SIGNER_OF, record.id.get()), record.signer.to_vec());
}

/// The set; without members where none is kept.
///
/// # Errors
/// [`CorruptEntry`].
pub fn validator_set(stores: &Stores) -> Result<ValidatorSet<ValidatorRecord>, CorruptEntry> {
    Ok(stores.load(STORE, &[SET])?.unwrap_or_default())
}

/// Keeps the set.
pub fn save_set(stores: &mut Stores, set: &ValidatorSet<ValidatorRecord>) {
    stores.save(STORE, vec![SET], set);
}

/// Turns the set once; answers with who is the proposer now.
///
/// Source: `validation-layer §2.4; delivery:checkpoint/side_handler.go:458-461, handler.go:269-270`.
///
/// # Errors
/// [`Refusal::INTERNAL`] without members.
pub fn rotate(stores: &mut Stores) -> Result<Address, Refusal> {
    let mut set = validator_set(stores)?;
    let proposer = set.increment(1).map_err(|_| Refusal::INTERNAL)?.signer;
    save_set(stores, &set);
    Ok(proposer)
}

/// Whether a root event was settled.
#[must_use]
pub fn is_settled(stores: &Stores, sequence: Sequence) -> bool {
    stores.has(STORE, &prefixed(SEQUENCE, sequence.to_string()))
}

/// Remembers that a root event was settled.
pub fn mark_settled(stores: &mut Stores, sequence: Sequence) {
    mark_seen(stores, sequence.to_string().as_bytes());
}

/// The same of a sequence as a genesis file has it: any text.
pub fn mark_seen(stores: &mut Stores, sequence: &[u8]) {
    stores.set(STORE, prefixed(SEQUENCE, sequence), vec![1]);
}

/// Sequences of root events that were settled, in the order of their texts.
pub fn sequences(stores: &Stores) -> impl Iterator<Item = &[u8]> {
    stores.with_prefix(STORE, &[SEQUENCE]).filter_map(|(key, _)| key.get(1..))
}

/// What a root chain has to be told, in order. TRON knows it already, and unknown ones are never told.
///
/// # Errors
/// [`CorruptEntry`].
pub fn queue(stores: &Stores, mirror: Destination) -> Result<Vec<SyncRecord>, CorruptEntry> {
    Ok(stores.load(STORE, &queue_key(mirror))?.unwrap_or_default())
}

/// Keeps what a root chain has to be told; nothing, if that is nothing.
pub fn save_queue(stores: &mut Stores, mirror: Destination, queue: &Vec<SyncRecord>) {
    if queue.is_empty() {
        stores.remove(STORE, &queue_key(mirror));
    } else {
        stores.save(STORE, queue_key(mirror), queue);
    }
}

/// Puts a record behind the others, for both mirrors.
///
/// # Errors
/// [`CorruptEntry`].
pub fn enqueue(stores: &mut Stores, record: &SyncRecord) -> Result<(), CorruptEntry> {
    for mirror in [RootChainId::Ethereum, RootChainId::Bsc].map(Destination::from) {
        let mut queue = queue(stores, mirror)?;
        queue.push(record.clone());
        save_queue(stores, mirror, &queue);
    }
    Ok(())
}

fn queue_key(mirror: Destination) -> Vec<u8> {
    vec![QUEUE, mirror.number()]
}
