//! What the module keeps: proposals, which of them end when, deposits, votes.
//!
//! | key | value |
//! |---|---|
//! | 00 ‖ id | [`Proposal`] |
//! | 01 ‖ time ‖ id | id; it is voted on until then |
//! | 02 ‖ time ‖ id | id; it waits for deposits until then |
//! | 03 | id of the next proposal |
//! | 10 ‖ id ‖ validator | [`ProposalDeposit`] |
//! | 20 ‖ id ‖ validator | [`ProposalVote`] |
//!
//! Ids are eight bytes, little-endian; validators ASCII decimals; times texts of nine decimals. Every value stands
//! behind its length.
//!
//! Source: `validation-layer §1.12; delivery:gov/types/keys.go:27-120`.

use crate::{
    module::Refusal,
    record::{Proposal, ProposalDeposit, ProposalStatus, ProposalVote},
    store::{CorruptEntry, StoreName, Stores, prefixed, sortable},
};
use bttc_core::{
    amino::{Field, Time, from_prefixed_bytes, to_prefixed_bytes},
    id::ValidatorId,
};

const STORE: StoreName = StoreName::Gov;
const PROPOSAL: u8 = 0x00;
const VOTING: u8 = 0x01;
const DEPOSITING: u8 = 0x02;
const NEXT_ID: u8 = 0x03;
const DEPOSIT: u8 = 0x10;
const VOTE: u8 = 0x20;

/// Which proposals wait for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queue {
    /// Those that are voted on.
    Voting,
    /// Those that wait for deposits.
    Depositing,
}

// ids are written with their lowest byte first, so that proposal 256 comes before proposal 1.
fn of_proposal(prefix: u8, id: u64) -> Vec<u8> {
    prefixed(prefix, id.to_le_bytes())
}

fn of_validator(prefix: u8, id: u64, validator: ValidatorId) -> Vec<u8> {
    let mut key = of_proposal(prefix, id);
    key.extend(validator.to_string().bytes());
    key
}

impl Queue {
    fn by_time(self, time: Time) -> Vec<u8> {
        let prefix = match self {
            Self::Voting => VOTING,
            Self::Depositing => DEPOSITING,
        };
        prefixed(prefix, sortable(time))
    }

    fn key(self, time: Time, id: u64) -> Vec<u8> {
        let mut key = self.by_time(time);
        key.extend(id.to_le_bytes());
        key
    }

    pub(super) fn insert(self, stores: &mut Stores, time: Time, id: u64) {
        stores.set(STORE, self.key(time, id), to_prefixed_bytes(&id));
    }

    pub(super) fn remove(self, stores: &mut Stores, time: Time, id: u64) {
        stores.remove(STORE, &self.key(time, id));
    }

    /// Proposals whose time has come, by time and the bytes of their ids.
    pub(super) fn due(self, stores: &Stores, now: Time) -> Result<Vec<Proposal>, Refusal> {
        let (mut from, mut to) = (self.by_time(Time::UNSET), self.by_time(now));
        from.truncate(1);
        // Behind all ids of this time.
        to.extend([0xff; 9]);
        let mut due = Vec::new();
        for (_, value) in stores.range(STORE, &from, &to) {
            let id = from_prefixed_bytes(value).map_err(|_| Refusal::INTERNAL)?;
            due.push(proposal(stores, id)?.ok_or(Refusal::INTERNAL)?);
        }
        Ok(due)
    }
}

fn read<F: Field>(key: &[u8], value: &[u8]) -> Result<F, CorruptEntry> {
    from_prefixed_bytes(value).map_err(|_| CorruptEntry {
        store: STORE,
        key: key.to_vec(),
        got: value.to_vec(),
        expected: core::any::type_name::<F>(),
    })
}

fn load<F: Field>(stores: &Stores, key: &[u8]) -> Result<Option<F>, CorruptEntry> {
    stores.get(STORE, key).map(|value| read(key, value)).transpose()
}

fn load_all<F: Field>(stores: &Stores, prefix: &[u8]) -> Result<Vec<F>, CorruptEntry> {
    stores.with_prefix(STORE, prefix).map(|(key, value)| read(key, value)).collect()
}

/// The number that the next proposal gets; `None` before genesis set it.
///
/// # Errors
/// [`CorruptEntry`].
pub fn next_id(stores: &Stores) -> Result<Option<u64>, CorruptEntry> {
    load(stores, &[NEXT_ID])
}

/// Sets the number that the next proposal gets.
pub fn set_next_id(stores: &mut Stores, id: u64) {
    stores.set(STORE, vec![NEXT_ID], to_prefixed_bytes(&id));
}

/// A proposal; `None` if there is none of this id, or it was dropped.
///
/// # Errors
/// [`CorruptEntry`].
pub fn proposal(stores: &Stores, id: u64) -> Result<Option<Proposal>, CorruptEntry> {
    load(stores, &of_proposal(PROPOSAL, id))
}

/// All proposals, in the order of their ids.
///
/// # Errors
/// [`CorruptEntry`].
pub fn proposals(stores: &Stores) -> Result<Vec<Proposal>, CorruptEntry> {
    let mut all: Vec<Proposal> = load_all(stores, &[PROPOSAL])?;
    all.sort_by_key(|proposal| proposal.id);
    Ok(all)
}

/// Keeps a proposal.
pub fn save_proposal(stores: &mut Stores, proposal: &Proposal) {
    stores.set(STORE, of_proposal(PROPOSAL, proposal.id), to_prefixed_bytes(proposal));
}

pub(super) fn remove_proposal(stores: &mut Stores, proposal: &Proposal) {
    Queue::Depositing.remove(stores, proposal.deposit_end, proposal.id);
    Queue::Voting.remove(stores, proposal.voting_end, proposal.id);
    stores.remove(STORE, &of_proposal(PROPOSAL, proposal.id));
}

/// Lets a proposal that is not decided yet wait for its time.
pub fn insert_into_queue(stores: &mut Stores, proposal: &Proposal) {
    match proposal.status {
        ProposalStatus::DEPOSIT => Queue::Depositing.insert(stores, proposal.deposit_end, proposal.id),
        ProposalStatus::VOTING => Queue::Voting.insert(stores, proposal.voting_end, proposal.id),
        _ => {}
    }
}

/// What a validator deposited for a proposal.
///
/// # Errors
/// [`CorruptEntry`].
pub fn deposit(stores: &Stores, id: u64, by: ValidatorId) -> Result<Option<ProposalDeposit>, CorruptEntry> {
    load(stores, &of_validator(DEPOSIT, id, by))
}

/// What was deposited for a proposal, in the order of the texts of the validators' ids.
///
/// # Errors
/// [`CorruptEntry`].
pub fn deposits(stores: &Stores, id: u64) -> Result<Vec<ProposalDeposit>, CorruptEntry> {
    load_all(stores, &of_proposal(DEPOSIT, id))
}

/// Keeps what a validator deposited.
pub fn save_deposit(stores: &mut Stores, deposit: &ProposalDeposit) {
    let key = of_validator(DEPOSIT, deposit.proposal, deposit.depositor);
    stores.set(STORE, key, to_prefixed_bytes(deposit));
}

pub(super) fn remove_deposit(stores: &mut Stores, deposit: &ProposalDeposit) {
    stores.remove(STORE, &of_validator(DEPOSIT, deposit.proposal, deposit.depositor));
}

/// How a validator voted on a proposal.
///
/// # Errors
/// [`CorruptEntry`].
pub fn vote(stores: &Stores, id: u64, by: ValidatorId) -> Result<Option<ProposalVote>, CorruptEntry> {
    load(stores, &of_validator(VOTE, id, by))
}

/// How was voted on a proposal, in the order of the texts of the validators' ids. When a vote is over, its votes go.
///
/// # Errors
/// [`CorruptEntry`].
pub fn votes(stores: &Stores, id: u64) -> Result<Vec<ProposalVote>, CorruptEntry> {
    load_all(stores, &of_proposal(VOTE, id))
}

/// Keeps how a validator voted, in place of how it did.
pub fn save_vote(stores: &mut Stores, vote: &ProposalVote) {
    stores.set(STORE, of_validator(VOTE, vote.proposal, vote.voter), to_prefixed_bytes(vote));
}

pub(super) fn remove_vote(stores: &mut Stores, vote: &ProposalVote) {
    stores.remove(STORE, &of_validator(VOTE, vote.proposal, vote.voter));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q244_proposals_of_one_time_end_in_the_order_of_their_lowest_bytes() {
        let (mut stores, time) = (Stores::default(), Time::new(1_640_000_000, 0).unwrap());
        for id in [1, 256, 2] {
            save_proposal(&mut stores, &Proposal { id, ..Proposal::default() });
            Queue::Voting.insert(&mut stores, time, id);
        }
        let due = |now| {
            let due = Queue::Voting.due(&stores, now).unwrap();
            due.into_iter().map(|proposal| proposal.id).collect::<Vec<_>>()
        };
        assert_eq!(due(time), [256, 1, 2]);
        assert_eq!(due(time.plus(-1).unwrap()), [0_u64; 0]);
        assert_eq!(Queue::Depositing.due(&stores, time), Ok(vec![]));
        assert_eq!(proposals(&stores).unwrap().len(), 3);
        // delivery:gov/types/keys.go:27-120, by hand.
        assert!(stores.has(STORE, b"\x00\x00\x01\0\0\0\0\0\0"));
        let key = b"\x012021-12-20T11:33:20.000000000\x02\0\0\0\0\0\0\0";
        assert_eq!(stores.get(STORE, key), Some([1, 2].as_slice()));
        let vote = ProposalVote { proposal: 2, voter: ValidatorId::new(10), ..ProposalVote::default() };
        save_vote(&mut stores, &vote);
        assert!(stores.has(STORE, b"\x20\x02\0\0\0\0\0\0\x0010"));
    }
}
