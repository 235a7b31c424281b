//! What the module keeps: checkpoints of each root chain, those that wait, and when somebody last sent a no-ack.
//!
//! | key | value |
//! |---|---|
//! | 02 ‖ root chain | sync that waits for its acknowledgement |
//! | 11 ‖ root chain | count of acknowledged checkpoints |
//! | 12 ‖ root chain | checkpoint that waits for its acknowledgement |
//! | 13 ‖ n, 21 ‖ n, 22 ‖ n | acknowledged checkpoint n of Ethereum, TRON, BSC |
//! | n | that of an unknown root chain |
//! | 14 | time of the last no-ack, Unix seconds |
//!
//! Root chains are single bytes; numbers and counts are ASCII decimals.
//!
//! Source: `validation-layer §1.12, §3.3; delivery:checkpoint/keeper.go:19-32, 100-219`.

use crate::{
    record::CheckpointRecord,
    store::{CorruptEntry, StoreName, Stores},
};
use bttc_checkpoint::ledger::Destination;
use bttc_core::{id::CheckpointNumber, root_chain::RootChainId};

const STORE: StoreName = StoreName::Checkpoint;
const SYNC: u8 = 0x02;
const COUNT: u8 = 0x11;
const BUFFER: u8 = 0x12;
const ETHEREUM: u8 = 0x13;
const LAST_NO_ACK: u8 = 0x14;
const TRON: u8 = 0x21;
const BSC: u8 = 0x22;

/// Which of a root chain's two waiting places: one entry each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffer {
    /// For a proposed checkpoint.
    Checkpoint,
    /// For a sync, which TRON is told by.
    Sync,
}

impl Buffer {
    fn key(self, destination: Destination) -> Vec<u8> {
        let prefix = match self {
            Self::Checkpoint => BUFFER,
            Self::Sync => SYNC,
        };
        vec![prefix, destination.number()]
    }

    /// What waits.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn get(self, stores: &Stores, destination: Destination) -> Result<Option<CheckpointRecord>, CorruptEntry> {
        stores.load(STORE, &self.key(destination))
    }

    /// Lets something wait, in place of what does.
    pub fn set(self, stores: &mut Stores, destination: Destination, record: &CheckpointRecord) {
        stores.save(STORE, self.key(destination), record);
    }

    /// Lets nothing wait.
    pub fn clear(self, stores: &mut Stores, destination: Destination) {
        stores.remove(STORE, &self.key(destination));
    }
}

/// Acknowledged checkpoints of a root chain.
///
/// # Errors
/// [`CorruptEntry`].
pub fn count(stores: &Stores, destination: Destination) -> Result<u64, CorruptEntry> {
    Ok(stores.number(STORE, &[COUNT, destination.number()])?.unwrap_or_default())
}

/// Sets the count, which a genesis file does.
pub fn set_count(stores: &mut Stores, destination: Destination, count: u64) {
    stores.set_number(STORE, vec![COUNT, destination.number()], count);
}

/// The checkpoint acknowledged under a number.
///
/// # Errors
/// [`CorruptEntry`].
pub fn checkpoint(
    stores: &Stores,
    destination: Destination,
    number: CheckpointNumber,
) -> Result<Option<CheckpointRecord>, CorruptEntry> {
    stores.load(STORE, &checkpoint_key(destination, number))
}

/// A root chain's checkpoints with their numbers, in the order of the numbers' texts: 1, 10, 2.
pub fn checkpoints(
    stores: &Stores,
    root_chain: RootChainId,
) -> impl Iterator<Item = Result<(CheckpointNumber, CheckpointRecord), CorruptEntry>> + '_ {
    let prefix = prefix(root_chain);
    stores.with_prefix(STORE, prefix).map(move |(key, got)| {
        let digits = key.strip_prefix(prefix).and_then(|digits| core::str::from_utf8(digits).ok());
        let number = digits.and_then(|digits| digits.parse().ok()).map(CheckpointNumber::new);
        let record = stores.load(STORE, key)?;
        let corrupt = || CorruptEntry { store: STORE, key: key.to_vec(), got: got.to_vec(), expected: "a checkpoint" };
        number.zip(record).ok_or_else(corrupt)
    })
}

/// Keeps a checkpoint under a number, in place of one that is there.
pub fn save_checkpoint(
    stores: &mut Stores,
    destination: Destination,
    number: CheckpointNumber,
    record: &CheckpointRecord,
) {
    stores.save(STORE, checkpoint_key(destination, number), record);
}

/// A root chain's last checkpoint: the one whose number is the count.
///
/// # Errors
/// [`CorruptEntry`].
pub fn last_checkpoint(stores: &Stores, destination: Destination) -> Result<Option<CheckpointRecord>, CorruptEntry> {
    checkpoint(stores, destination, CheckpointNumber::new(count(stores, destination)?))
}

/// When the last no-ack was sent, Unix seconds; 0 for never.
///
/// # Errors
/// [`CorruptEntry`].
pub fn last_no_ack(stores: &Stores) -> Result<u64, CorruptEntry> {
    Ok(stores.number(STORE, &[LAST_NO_ACK])?.unwrap_or_default())
}

/// Sets when the last no-ack was sent.
pub fn set_last_no_ack(stores: &mut Stores, seconds: u64) {
    stores.set_number(STORE, vec![LAST_NO_ACK], seconds);
}

// a checkpoint of an unknown root chain stands under its number alone.
fn checkpoint_key(destination: Destination, number: CheckpointNumber) -> Vec<u8> {
    let prefix: &[u8] = destination.root_chain().map_or(&[], prefix);
    [prefix, number.to_string().as_bytes()].concat()
}

const fn prefix(root_chain: RootChainId) -> &'static [u8] {
    match root_chain {
        RootChainId::Tron => &[TRON],
        RootChainId::Ethereum => &[ETHEREUM],
        RootChainId::Bsc => &[BSC],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q471_an_unknown_root_chains_checkpoint_has_no_prefix() {
        let mut stores = Stores::default();
        for (name, key) in [("eth", b"\x1312".as_slice()), ("tron", b"\x2112"), ("bsc", b"\x2212"), ("polygon", b"12")]
        {
            save_checkpoint(
                &mut stores,
                Destination::named(name),
                CheckpointNumber::new(12),
                &CheckpointRecord::default(),
            );
            assert!(stores.has(STORE, key), "{name}");
        }
        set_count(&mut stores, Destination::UNKNOWN, 12);
        assert_eq!(last_checkpoint(&stores, Destination::UNKNOWN), Ok(Some(CheckpointRecord::default())));
        assert_eq!(last_checkpoint(&stores, RootChainId::Tron.into()), Ok(None));
    }
}
