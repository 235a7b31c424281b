//! Checkpoints.

use super::{
    error::Wrong,
    json::{get, json, object, params, read_params},
};
use crate::{
    module::checkpoint::{Buffer, checkpoints, count, last_no_ack, save_checkpoint, set_count, set_last_no_ack},
    param::{AVG_CHECKPOINT_LENGTH, CHECKPOINT, CHILD_BLOCK_INTERVAL, MAX_CHECKPOINT_LENGTH},
    record::CheckpointRecord,
    store::Stores,
};
use bttc_core::{
    amino::Json,
    id::CheckpointNumber,
    root_chain::RootChainId::{self, Ethereum, Tron},
};

pub(super) struct Checkpoint {
    buffered: Option<CheckpointRecord>,
    last_no_ack: u64,
    ethereum: Acknowledged,
    tron: Acknowledged,
}

struct Acknowledged {
    count: u64,
    checkpoints: Vec<CheckpointRecord>,
}

impl Acknowledged {
    fn is_complete(&self) -> bool {
        self.checkpoints.is_empty() || usize::try_from(self.count) == Ok(self.checkpoints.len())
    }

    /// Numbers the checkpoints from 1 by their times.
    fn init(mut self, root_chain: RootChainId, stores: &mut Stores) {
        self.checkpoints.sort_by_key(|checkpoint| checkpoint.timestamp);
        for (number, checkpoint) in (1..).map(CheckpointNumber::new).zip(&self.checkpoints) {
            save_checkpoint(stores, root_chain.into(), number, checkpoint);
        }
        set_count(stores, root_chain.into(), self.count);
    }
}

/// Source: `delivery:checkpoint/types/params.go:99-115, checkpoint/types/genesis.go:55-72`.
pub(super) fn read(state: &Json, stores: &mut Stores) -> Result<Checkpoint, Wrong> {
    read_params(state, CHECKPOINT, stores)?;
    let (max, avg) = (MAX_CHECKPOINT_LENGTH.get(stores)?, AVG_CHECKPOINT_LENGTH.get(stores)?);
    if max == 0 || avg == 0 {
        return Err(Wrong::text("MaxCheckpointLength, AvgCheckpointLength should be non-zero"));
    }
    if max < avg {
        return Err(Wrong::text("AvgCheckpointLength should not be greater than MaxCheckpointLength"));
    }
    if CHILD_BLOCK_INTERVAL.get(stores)? == 0 {
        return Err(Wrong::text("ChildBlockInterval should be greater than zero"));
    }
    let ethereum = Acknowledged { count: get(state, "ack_count")?, checkpoints: get(state, "checkpoints")? };
    if !ethereum.is_complete() {
        return Err(Wrong::text("Incorrect state in state-dump , Please Check"));
    }
    Ok(Checkpoint {
        buffered: get(state, "buffered_checkpoint")?,
        last_no_ack: get(state, "last_no_ack")?,
        ethereum,
        tron: Acknowledged { count: get(state, "tron_ack_count")?, checkpoints: get(state, "tron_checkpoints")? },
    })
}

impl Checkpoint {
    /// How many checkpoints Ethereum acknowledged.
    pub(super) const fn ethereum_count(&self) -> u64 {
        self.ethereum.count
    }

    /// Source: `delivery:checkpoint/genesis.go:12-64`.
    pub(super) fn init(self, stores: &mut Stores) -> Result<(), Wrong> {
        if self.last_no_ack > 0 {
            set_last_no_ack(stores, self.last_no_ack);
        }
        self.ethereum.init(Ethereum, stores);
        if let Some(buffered) = self.buffered {
            Buffer::Checkpoint.set(stores, Ethereum.into(), &buffered);
        }
        if !self.tron.is_complete() {
            return Err(Wrong::text("Incorrect state in state-dump , Please Check "));
        }
        self.tron.init(Tron, stores);
        Ok(())
    }
}

/// Source: `delivery:checkpoint/genesis.go:67-81, checkpoint/keeper.go:321-360`.
// both lists are those of TRON, so that an export with as many checkpoints of Ethereum as of TRON takes the one for
// the other, and any other export cannot be read again.
pub(super) fn export(stores: &Stores) -> Result<Json, Wrong> {
    let mut tron = checkpoints(stores, Tron)
        .map(|entry| entry.map(|(_, record)| record))
        .collect::<Result<Vec<CheckpointRecord>, _>>()?;
    tron.sort_by_key(|checkpoint| checkpoint.timestamp);
    let tron = json(&tron);
    Ok(object([
        ("params", params(CHECKPOINT, stores)?),
        ("buffered_checkpoint", json(&Buffer::Checkpoint.get(stores, Ethereum.into())?)),
        ("last_no_ack", json(&last_no_ack(stores)?)),
        ("ack_count", json(&count(stores, Ethereum.into())?)),
        ("checkpoints", tron.clone()),
        ("tron_ack_count", json(&count(stores, Tron.into())?)),
        ("tron_checkpoints", tron),
    ]))
}
