//! TRON's staking events: where they stand, and what all their messages have in common.

use super::kept;
use crate::{
    module::{Context, Depth, Event, Facts, Halt, Question, Refusal},
    param::{CHAIN_PARAMS, ChainParams},
    store::{StoreName, Stores},
};
use alloy_primitives::B256;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    id::{Nonce, ValidatorId},
    root_chain::{RootChainId, RootEvent},
};
use bttc_staking::registry::{Applied, Sequence, SyncRecord, ValidatorRecord};

/// A log on TRON, as a message names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) tx_hash: B256,
    pub(super) log_index: u64,
    pub(super) block_number: u64,
}

impl Source {
    pub(super) fn sequence(self) -> Sequence {
        Sequence::new(self.block_number, self.log_index)
    }

    /// That it was not settled yet.
    // a sequence has no root chain in it, and two logs of one block are told apart only below index 100000.
    pub(super) fn expect_new(self, stores: &Stores) -> Result<Sequence, Refusal> {
        let sequence = self.sequence();
        if kept::is_settled(stores, sequence) { Err(Refusal::OLD_TX) } else { Ok(sequence) }
    }

    /// Answers yes if there is this log in this block, and it says what the message does. However deep it lies: the
    /// receipt of a transaction that may yet be undone counts.
    pub(super) fn attest(
        self,
        stores: &Stores,
        facts: &Facts,
        says_so: impl FnOnce(&RootEvent) -> Result<bool, Refusal>,
    ) -> Result<VoteResult, Halt> {
        let (block, event) = facts.log(Question::Log {
            root_chain: RootChainId::Tron,
            depth: Depth::Any,
            contract: ChainParams::tron_address(&CHAIN_PARAMS.get(stores)?.tron_staking_info),
            tx_hash: self.tx_hash,
            log_index: self.log_index,
        })?;
        let said = says_so(event)?;
        if said && block == self.block_number { Ok(VoteResult::Yes) } else { Err(Refusal::INVALID_MSG.into()) }
    }
}

pub(super) fn expect_yes(verdict: VoteResult) -> Result<(), Refusal> {
    if verdict == VoteResult::Yes { Ok(()) } else { Err(Refusal::NOT_APPROVED) }
}

pub(super) fn expect_record(stores: &Stores, id: ValidatorId) -> Result<ValidatorRecord, Refusal> {
    kept::record_of(stores, id)?.ok_or(Refusal::NO_VALIDATOR)
}

/// That an event is the next of its validator.
pub(super) fn expect_next(record: &ValidatorRecord, nonce: Nonce) -> Result<(), Refusal> {
    let next = Nonce::new(record.nonce.get().wrapping_add(1));
    if nonce == next { Ok(()) } else { Err(Refusal::NONCE) }
}

/// What an admitted message's watchers are told.
pub(super) fn admitted(kind: &str, id: ValidatorId, nonce: Nonce) -> Event {
    describe(Event::admitted(kind, StoreName::Staking), id, nonce)
}

/// What a settled message's watchers are told.
pub(super) fn settled(kind: &str, context: &Context<'_>, id: ValidatorId, nonce: Nonce) -> Event {
    describe(Event::settled(kind, StoreName::Staking, context), id, nonce)
}

fn describe(event: Event, id: ValidatorId, nonce: Nonce) -> Event {
    event.with("validator-id", id).with("validator-nonce", nonce)
}

/// Queues what the mirrors have to learn.
pub(super) fn enqueue(
    stores: &mut Stores,
    applied: Applied,
    nonce: Nonce,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    match SyncRecord::of(applied, nonce, context.height.cast_signed(), context.tx_hash()) {
        Some(record) => Ok(kept::enqueue(stores, &record)?),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q474_far_logs_of_one_block_count_as_those_of_the_next() {
        let source = |block_number, log_index| Source { tx_hash: B256::ZERO, log_index, block_number };
        let mut stores = Stores::default();
        kept::mark_settled(&mut stores, source(1, 100_000).sequence());
        assert_eq!(source(2, 0).expect_new(&stores), Err(Refusal::OLD_TX));
        assert!(source(1, 0).expect_new(&stores).is_ok());
    }
}
