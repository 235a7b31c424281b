//! State records: messages of all root chains in one sequence.
//!
//! ```text
//! TRON 1, 2, 3 …   ┐                    11 ‖ local id            ──▶ record
//! Ethereum 1, 2 …  ├──▶ 1, 2, 3, 4 …    19 ‖ root chain ‖ its id ──▶ local id
//! BSC 1 …          ┘                    13 ‖ time ‖ local id,  14/15/16 ‖ time ‖ its id of TRON, Ethereum, BSC
//!                                       12 ‖ sequence,  18 ──▶ latest local id
//! ```
//!
//! The order is that in which they were settled; with b the block and l the place of the log on root chain r, its
//! sequence is (100 000·b + l)·100 + r. Times are written `YYYY-MM-DDThh:mm:ss.nnnnnnnnn`, UTC.
//!
//! Source: `validation-layer §1.12, §6.1; delivery:clerk/`.

mod query;

pub use query::{MAX_RECORDS, QueryError, records, records_between, records_from};

use super::{Context, Depth, Event, Facts, Halt, Outcome, Phases, Question, Refusal, chainmanager};
use crate::{
    message::{MsgEventRecord, root_chain_of},
    param::{self, ChainParams, Feature},
    record::EventRecord,
    store::{CorruptEntry, StoreName, Stores, numbered, prefixed, sortable},
};
use alloy_primitives::B256;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::{self, Text, Time},
    id::StateId,
    root_chain::{RootChainId, RootEvent},
};

const RECORD: u8 = 0x11;
const SEQUENCE: u8 = 0x12;
const BY_TIME: u8 = 0x13;
const LATEST: u8 = 0x18;
const BY_ROOT_ID: u8 = 0x19;
const SEEN: &[u8] = &[0x01];

/// The record of this local id.
///
/// # Errors
/// [`CorruptEntry`].
pub fn record(stores: &Stores, id: StateId) -> Result<Option<EventRecord>, CorruptEntry> {
    stores.load(StoreName::Clerk, &numbered(RECORD, id.get()))
}

/// The local id of a root chain's message, if it is a record.
///
/// # Errors
/// [`CorruptEntry`].
pub fn local_id(stores: &Stores, root_chain: &Text, id: StateId) -> Result<Option<StateId>, CorruptEntry> {
    let local = stores.number(StoreName::Clerk, &by_root_id(root_chain, id))?;
    Ok(local.filter(|local| stores.has(StoreName::Clerk, &numbered(RECORD, *local))).map(StateId::new))
}

/// The latest local id, 0 before the first record.
///
/// # Errors
/// [`CorruptEntry`].
pub fn latest_id(stores: &Stores) -> Result<u64, CorruptEntry> {
    Ok(stores.number(StoreName::Clerk, &[LATEST])?.unwrap_or_default())
}

/// All records, in the order of the texts of their ids.
pub fn all(stores: &Stores) -> impl Iterator<Item = Result<EventRecord, CorruptEntry>> + '_ {
    stores.load_all(StoreName::Clerk, &[RECORD])
}

/// Remembers that the log of this sequence became a record.
pub fn mark_seen(stores: &mut Stores, sequence: &[u8]) {
    stores.set(StoreName::Clerk, prefixed(SEQUENCE, sequence), SEEN.to_vec());
}

/// Sequences of logs that became records, in the order of their texts.
pub fn sequences(stores: &Stores) -> impl Iterator<Item = &[u8]> {
    stores.with_prefix(StoreName::Clerk, &[SEQUENCE]).filter_map(|(key, _)| key.get(1..))
}

/// Whether a log of a root chain became a record.
#[must_use]
pub fn is_seen(stores: &Stores, block: u64, log_index: u64, root_chain: &Text) -> bool {
    stores.has(StoreName::Clerk, &sequence(block, log_index, root_chain))
}

/// Where the log of a root chain's message has to be.
///
/// # Errors
/// [`Refusal::WRONG_ROOT_CHAIN`] for one that nothing is known of; [`Refusal::INTERNAL`] without parameters.
// Q-440: the reference means to ask for confirmations and lets every block through, as the head it compares with
// reads 0; only the finalized block is a bound.
pub fn log_of(stores: &Stores, root_chain_type: &Text, tx_hash: B256, log_index: u64) -> Result<Question, Refusal> {
    let root_chain = root_chain_of(root_chain_type).ok_or(Refusal::WRONG_ROOT_CHAIN)?;
    let (depth, contract) = match root_chain {
        RootChainId::Tron => {
            let contracts = param::CHAIN_PARAMS.get(stores)?;
            (Depth::Any, ChainParams::tron_address(&contracts.tron_state_sender))
        }
        RootChainId::Ethereum => {
            let confirmations = param::ETHEREUM_CONFIRMATIONS.get(stores)?;
            let depth = if Feature::FinalizedEth.is_open(stores) {
                Depth::FinalizedOr(confirmations)
            } else {
                Depth::Confirmed(confirmations)
            };
            (depth, param::CHAIN_PARAMS.get(stores)?.state_sender)
        }
        RootChainId::Bsc => {
            let info = chainmanager::chain_info(stores, root_chain_type)?.ok_or(Refusal::WRONG_ROOT_CHAIN)?;
            (Depth::Confirmed(info.confirmations), info.state_sender)
        }
    };
    Ok(Question::Log { root_chain, depth, contract, tx_hash, log_index })
}

// Q-444: a name runs into the number behind it, so that message 11 of `x` and message 1 of `x1` share a key; of the three
// root chains' names none ends in a digit.
fn by_root_id(root_chain: &Text, id: StateId) -> Vec<u8> {
    let mut key = prefixed(BY_ROOT_ID, root_chain.as_bytes());
    key.extend(id.to_string().bytes());
    key
}

fn by_time(prefix: u8, time: Time, id: u64) -> Vec<u8> {
    prefixed(prefix, format!("{}{id}", sortable(time)))
}

fn sequence(block: u64, log_index: u64, root_chain: &Text) -> Vec<u8> {
    // 64 and 24 bits stay below 128.
    let place = u128::from(block) * 100_000 + u128::from(log_index);
    let number = place * 100 + u128::from(chainmanager::number(root_chain));
    prefixed(SEQUENCE, number.to_string())
}

impl Phases for MsgEventRecord {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if local_id(stores, &self.root_chain_type, self.id)?.is_some() {
            return Err(Refusal::RECORD_SYNCED);
        }
        if param::CHAIN_PARAMS.get(stores)?.chain_id != self.bor_chain_id {
            return Err(Refusal::CHAIN_ID);
        }
        if is_seen(stores, self.block_number, self.log_index, &self.root_chain_type) {
            return Err(Refusal::OLD_TX);
        }
        Ok(vec![
            Event::admitted("record", StoreName::Clerk)
                .with("record-id", self.id)
                .with("record-contract", format_args!("{:#x}", self.contract_address))
                .with("record-tx-hash", format_args!("{:#x}", self.tx_hash))
                .with("record-tx-log-index", self.log_index)
                .with("root-chain-type", &self.root_chain_type),
        ])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let question = log_of(stores, &self.root_chain_type, self.tx_hash, self.log_index)?;
        let (block, event) = facts.log(question)?;
        let RootEvent::StateSynced(event) = event else { return Err(Refusal::DECODE.into()) };
        let same = block == self.block_number
            && event.id == self.id
            && event.receiver == self.contract_address
            && event.data == self.data;
        if same { Ok(VoteResult::Yes) } else { Err(Refusal::INVALID_MSG.into()) }
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        if verdict != VoteResult::Yes {
            return Err(Refusal::NOT_APPROVED);
        }
        if local_id(stores, &self.root_chain_type, self.id)?.is_some() {
            return Err(Refusal::OLD_TX);
        }
        let local = insert(stores, self.record(context.time))?;
        // Q-101: whether the sequence was seen is not asked again: two messages with one place, voted on at once, both
        // become records.
        let sequence = sequence(self.block_number, self.log_index, &self.root_chain_type);
        stores.set(StoreName::Clerk, sequence, SEEN.to_vec());
        Ok(vec![
            Event::new("record")
                .with("action", "event-record")
                .with("module", "clerk")
                .with("txhash", format_args!("{:#x}", context.tx_hash()))
                .with("record-tx-log-index", self.log_index)
                .with("side-tx-result", "Yes")
                .with("record-id", local)
                .with("record-contract", format_args!("{:#x}", self.contract_address)),
        ])
    }
}

impl MsgEventRecord {
    /// The record that it becomes, with the id of its root chain.
    fn record(&self, time: Time) -> EventRecord {
        EventRecord {
            id: self.id,
            contract: self.contract_address,
            data: self.data.clone(),
            tx_hash: self.tx_hash,
            log_index: self.log_index,
            chain_id: self.bor_chain_id.clone(),
            time,
            root_chain: self.root_chain_type.clone(),
        }
    }
}

/// Gives a record, which has the id of its root chain, the next local id, and writes it with its indexes; answers with
/// the local id.
///
/// Source: `validation-layer §6.1; delivery:clerk/keeper.go:82-160`.
///
/// # Errors
/// [`Refusal::RECORD_UPDATE`] for an unknown root chain, or a key that is there already. What was written until then
/// stays.
pub fn insert(stores: &mut Stores, record: EventRecord) -> Result<u64, Refusal> {
    let (local, own) = (latest_id(stores)?.wrapping_add(1), record.id);
    let record = EventRecord { id: StateId::new(local), ..record };
    put(stores, by_root_id(&record.root_chain, own), local.to_string().into_bytes())?;
    put(stores, numbered(RECORD, local), amino::to_bytes(&record))?;
    stores.set_number(StoreName::Clerk, vec![LATEST], local);
    let prefix = match root_chain_of(&record.root_chain) {
        Some(RootChainId::Tron) => 0x14,
        Some(RootChainId::Ethereum) => 0x15,
        Some(RootChainId::Bsc) => 0x16,
        None => return Err(Refusal::RECORD_UPDATE),
    };
    put(stores, by_time(prefix, record.time, own.get()), amino::to_bytes(&own))?;
    put(stores, by_time(BY_TIME, record.time, local), amino::to_bytes(&local))?;
    Ok(local)
}

fn put(stores: &mut Stores, key: Vec<u8>, value: Vec<u8>) -> Result<(), Refusal> {
    if stores.has(StoreName::Clerk, &key) {
        return Err(Refusal::RECORD_UPDATE);
    }
    stores.set(StoreName::Clerk, key, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        module::{Answer, admit, settle},
        param::{FeatureData, FeatureParams},
    };
    use alloy_primitives::Address;
    use bttc_core::root_chain::StateSynced;

    fn message(root_chain: &str, id: u64) -> MsgEventRecord {
        MsgEventRecord {
            from: Address::repeat_byte(1),
            tx_hash: B256::repeat_byte(2),
            log_index: 5,
            block_number: 100,
            contract_address: Address::repeat_byte(3),
            data: [7].into(),
            id: StateId::new(id),
            bor_chain_id: "199".into(),
            root_chain_type: root_chain.into(),
        }
    }

    fn question(message: &MsgEventRecord, stores: &Stores) -> Result<Question, Refusal> {
        log_of(stores, &message.root_chain_type, message.tx_hash, message.log_index)
    }

    fn stores() -> Stores {
        let mut stores = Stores::default();
        param::set_defaults(&mut stores);
        let chain_id = "199".into();
        param::CHAIN_PARAMS.set(&mut stores, &ChainParams { chain_id, ..ChainParams::default() });
        stores
    }

    fn context() -> Context<'static> {
        Context { height: 7, time: Time::new(1_640_000_000, 5).unwrap(), tx: b"tx" }
    }

    #[test]
    fn q440_only_the_finalized_block_is_a_bound() {
        let mut stores = stores();
        let depth = |stores: &Stores| match question(&message("eth", 1), stores) {
            Ok(Question::Log { depth, .. }) => depth,
            other => unreachable!("{other:?}"),
        };
        assert_eq!(depth(&stores), Depth::Confirmed(6));
        let open = FeatureData { is_open: Some(true), ..FeatureData::default() };
        let features = [(Feature::FinalizedEth.name().to_owned(), open)].into();
        param::FEATURES.set(&mut stores, &FeatureParams { features });
        assert_eq!(depth(&stores), Depth::FinalizedOr(6));
        // What is asked of a block is the caller's to keep; an answer is taken as it is.
        let (message, mut facts) = (message("eth", 1), Facts::default());
        let event = RootEvent::StateSynced(StateSynced {
            id: message.id,
            receiver: message.contract_address,
            data: message.data.clone(),
        });
        let answer = Answer::Log { block: 100, event: Some(event) };
        facts.insert(question(&message, &stores).unwrap(), Some(answer)).unwrap();
        assert_eq!(message.attest(&stores, &facts), Ok(VoteResult::Yes));
    }

    #[test]
    fn q444_a_name_runs_into_the_number_behind_it() {
        assert_eq!(by_root_id(&"x".into(), StateId::new(11)), by_root_id(&"x1".into(), StateId::new(1)));
    }

    #[test]
    fn q101_two_messages_with_one_place_both_become_records() {
        let mut stores = stores();
        for (id, local) in [(9, "1"), (3, "2")] {
            let events = settle(&message("tron", id), &mut stores, &context(), VoteResult::Yes).unwrap();
            assert_eq!(events[0].attribute("record-id"), Some(local));
        }
        assert_eq!(admit(&message("tron", 4), &mut stores, &context()), Err(Refusal::OLD_TX));
        // validation-layer §6.1: block 100, log 5 of TRON.
        assert!(stores.has(StoreName::Clerk, b"\x121000000501"));
    }

    #[test]
    fn of_one_second_the_text_of_the_id_decides() {
        let time = Time::new(1_639_011_723, 123_456_789).unwrap();
        assert!(by_time(BY_TIME, time, 10) < by_time(BY_TIME, time, 9));
    }
}
