//! What the layer orders.
//!
//! Source: `validation-layer §1.7`.

use super::fact::{Header, Question};
use alloy_primitives::{Address, B256, Bytes};
use bttc_checkpoint::{
    checkpoint::Checkpoint,
    ledger::Ack,
    vote::{self, SignData},
};
use bttc_core::{
    hash::keccak256,
    id::StateId,
    root_chain::{RootChainId, RootEvent, StateSynced},
};
use bttc_staking::registry::{Sequence, SpanProposal};
use serde::{Deserialize, Serialize};

/// Where a root event stands: block, then position among the block's logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogPlace {
    /// Height of the root chain's block.
    pub block_number: u64,
    /// Position among the block's logs.
    pub log_index: u64,
    /// Hash of the transaction.
    pub transaction: B256,
}

impl LogPlace {
    /// The number that makes a staking event unique.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        Sequence::new(self.block_number, self.log_index)
    }
}

/// Something that TRON's stake manager did: a validator joined, changed its key or announced its exit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakingEvent {
    /// Who relays it.
    pub from: Address,
    /// Where the event stands on TRON.
    pub place: LogPlace,
    /// The event.
    pub event: RootEvent,
}

/// A root chain's message for a side-chain contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Who relays it.
    pub from: Address,
    /// Which root chain.
    pub root_chain: RootChainId,
    /// Where the event stands there.
    pub place: LogPlace,
    /// Its number there.
    pub id: StateId,
    /// The side-chain contract that gets it.
    pub receiver: Address,
    /// What it gets.
    pub data: Bytes,
    /// Side chain it is for.
    pub chain_id: u64,
}

/// The next span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposeSpan {
    /// Who proposes.
    pub proposer: Address,
    /// The span.
    pub span: SpanProposal,
    /// Hash of the Ethereum block that decides its producers.
    pub seed: B256,
}

/// A range of side-chain blocks and its root, for a root chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposeCheckpoint {
    /// What is to be signed; its proposer is the proposer of the validator set.
    pub checkpoint: Checkpoint,
    /// Root chain it goes to. Not part of what is signed.
    pub root_chain: RootChainId,
}

/// A root chain accepted a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointAck {
    /// Who relays it.
    pub from: Address,
    /// The root chain.
    pub root_chain: RootChainId,
    /// What it recorded.
    pub ack: Ack,
}

/// Nobody saw a checkpoint in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointNoAck {
    /// Who says so.
    pub from: Address,
}

/// What the layer orders: a root event, a span, a checkpoint or what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "kebab-case")]
pub enum Message {
    /// See [`StakingEvent`].
    Staking(StakingEvent),
    /// See [`EventRecord`].
    EventRecord(EventRecord),
    /// See [`ProposeSpan`].
    ProposeSpan(ProposeSpan),
    /// See [`ProposeCheckpoint`].
    Checkpoint(ProposeCheckpoint),
    /// See [`CheckpointAck`].
    CheckpointAck(CheckpointAck),
    /// See [`CheckpointNoAck`].
    CheckpointNoAck(CheckpointNoAck),
}

/// Names one message in votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(B256);

impl MessageId {
    /// As 32 bytes.
    #[must_use]
    pub const fn get(self) -> B256 {
        self.0
    }
}

impl Message {
    /// What the reference calls its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Staking(m) => match m.event {
                RootEvent::Staked(_) => "validator-join",
                RootEvent::SignerChange(_) => "signer-update",
                RootEvent::UnstakeInit(_) => "validator-exit",
                _ => "validator-stake-update",
            },
            Self::EventRecord(_) => "event-record",
            Self::ProposeSpan(_) => "propose-span",
            Self::Checkpoint(_) => "checkpoint",
            Self::CheckpointAck(_) => "checkpoint-ack",
            Self::CheckpointNoAck(_) => "checkpoint-no-ack",
        }
    }

    /// Who stands for it.
    #[must_use]
    pub const fn sender(&self) -> Address {
        match self {
            Self::Staking(m) => m.from,
            Self::EventRecord(m) => m.from,
            Self::ProposeSpan(m) => m.proposer,
            Self::Checkpoint(m) => m.checkpoint.proposer,
            Self::CheckpointAck(m) => m.from,
            Self::CheckpointNoAck(m) => m.from,
        }
    }

    /// The name of a field that is empty and must not be.
    ///
    /// Source: `validation-layer §1.7 "Stateless validity"`.
    pub(super) fn missing(&self) -> Option<&'static str> {
        if self.sender().is_zero() {
            return Some("sender");
        }
        match self {
            Self::EventRecord(m) if m.place.transaction.is_zero() => Some("transaction"),
            Self::Staking(m) => {
                let (validator, key) = match &m.event {
                    RootEvent::Staked(e) => (e.validator, Some(&e.signer_key)),
                    RootEvent::SignerChange(e) => (e.validator, Some(&e.signer_key)),
                    RootEvent::UnstakeInit(e) => (e.validator, None),
                    _ => return None,
                };
                if validator.get() == 0 {
                    Some("validator")
                } else {
                    key.is_some_and(|key| key.iter().all(|byte| *byte == 0)).then_some("signer key")
                }
            }
            _ => None,
        }
    }

    /// What names it in votes: the hash of its JSON form.
    ///
    /// # Panics
    /// Never: every message has a JSON form.
    #[must_use]
    pub fn id(&self) -> MessageId {
        MessageId(keccak256(serde_json::to_vec(self).expect("numbers, texts and lists have a JSON form")))
    }

    /// Whether validators vote on it before it takes effect.
    #[must_use]
    pub const fn is_attested(&self) -> Attested {
        match self {
            Self::CheckpointNoAck(_) => Attested::No,
            _ => Attested::Yes,
        }
    }

    /// The bytes that validators sign for the root chains; empty where none of them needs a signature.
    ///
    /// Source: `validation-layer §1.10`.
    #[must_use]
    pub fn sign_data(&self) -> Vec<u8> {
        match self {
            Self::Checkpoint(m) => m.checkpoint.sign_data(),
            Self::Staking(m) => match &m.event {
                RootEvent::Staked(e) => vote::ValidatorJoin {
                    validator: e.validator,
                    nonce: e.nonce,
                    activation_epoch: e.activation_epoch,
                    signer: e.signer,
                }
                .sign_data(),
                RootEvent::SignerChange(e) => {
                    vote::SignerUpdate { validator: e.validator, nonce: e.nonce, signer: e.new_signer }.sign_data()
                }
                RootEvent::UnstakeInit(e) => vote::ValidatorExit {
                    validator: e.validator,
                    nonce: e.nonce,
                    deactivation_epoch: e.deactivation_epoch,
                }
                .sign_data(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// What must hold outside for the message to be true, given the last span's blocks and the Ethereum block that seeds
    /// the next; `None` for a message about nothing outside.
    #[must_use]
    pub fn question(&self, last_span: (u64, u64), seed_block: u64) -> Option<Question> {
        Some(match self {
            Self::Staking(m) => {
                Question::Event { root_chain: RootChainId::Tron, place: m.place, expected: m.event.clone() }
            }
            Self::EventRecord(m) => Question::Event {
                root_chain: m.root_chain,
                place: m.place,
                expected: RootEvent::StateSynced(StateSynced { id: m.id, receiver: m.receiver, data: m.data.clone() }),
            },
            Self::ProposeSpan(m) => Question::Seed { block: seed_block, expected: m.seed, last_span },
            Self::Checkpoint(m) => Question::RangeRoot {
                start: m.checkpoint.range.start(),
                end: m.checkpoint.range.end(),
                expected: m.checkpoint.root,
            },
            Self::CheckpointAck(m) => Question::Header {
                root_chain: m.root_chain,
                number: m.ack.number,
                expected: Header { root: m.ack.root, start: m.ack.start, end: m.ack.end, proposer: m.ack.proposer },
            },
            Self::CheckpointNoAck(_) => return None,
        })
    }
}

/// Whether validators vote on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attested {
    /// They do, and it takes effect two heights later.
    Yes,
    /// It takes effect at once.
    No,
}
