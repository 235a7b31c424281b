//! The layer's state, and what a height does to it.

use super::{
    block::{Block, Vote, votes_from_bytes},
    message::{Attested, Message, MessageId, ProposeCheckpoint},
    records::Records,
    refusal::Refusal,
    tally::{Tally, tallies},
};
use alloy_primitives::{Address, B256};
use bttc_checkpoint::{
    checkpoint::Checkpoint,
    fees::FeeAccounts,
    ledger::{Acknowledged, Ledger, NoAckSender, ProposalFacts, Proposer},
    vote::VoteResult,
};
use bttc_core::{
    chain::{ChainSpec, PowerRule},
    hash::keccak256,
    id::Epoch,
    root_chain::{RootChainId, RootEvent, Staked},
    span::Span,
    validator::Validator,
};
use bttc_evm::state_sync::Record;
use bttc_staking::{
    proposer::RotationError,
    registry::{Registry, Sequence, SetUpdate, StakingEventError},
    validator_set::ChangeError,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// First height whose messages are voted on.
///
/// Source: `validation-layer §3.8; delivery:app/side_tx_processor.go:17-143`.
const FIRST_ATTESTED: u64 = 3;

/// The state of the layer after a height.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    spec: ChainSpec,
    height: u64,
    time: u64,
    registry: Registry,
    ledger: Ledger,
    fees: FeeAccounts,
    records: Records,
    /// Messages under vote, by the height that admitted them.
    in_flight: BTreeMap<u64, Vec<Message>>,
}

/// Why there is no such layer to begin with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// A stake does not make a validator.
    #[error(transparent)]
    Stake(#[from] StakingEventError),
    /// The validators make no set.
    #[error(transparent)]
    Set(#[from] ChangeError),
}

/// A block that is not the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("got block {got}, expected {expected}")]
pub struct WrongHeight {
    /// Its height.
    pub got: u64,
    /// The next one.
    pub expected: u64,
}

/// What a message brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A validator joined, changed its key or its power, or announced its exit.
    Staking,
    /// A record for the side chain.
    Recorded(Record),
    /// The next span.
    Span(Span),
    /// A checkpoint waits for its root chain; its signatures are in the votes.
    Buffered(Checkpoint),
    /// A root chain took a checkpoint.
    Acknowledged(Acknowledged),
    /// Nobody saw a checkpoint in time: the turn passed on.
    TurnPassed,
}

/// A message that was voted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The message.
    pub message: Message,
    /// The votes.
    pub tally: Tally,
    /// What came of it.
    pub outcome: Result<Effect, Refusal>,
}

/// Something that happened in a height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerEvent {
    /// A message of two heights before was settled.
    Settled(Box<Settled>),
    /// A message was admitted and is voted on now, except in the first two heights.
    Admitted(MessageId),
    /// A message took effect without a vote.
    Done(MessageId, Effect),
    /// A message was refused.
    Refused(Box<(Message, Refusal)>),
    /// The set changes.
    SetChanged(Vec<SetUpdate>),
    /// The set should have changed and could not.
    SetStayed(ChangeError),
}

impl Layer {
    /// The state before the first height: these validators, in the order in which they staked.
    ///
    /// Each gets an empty fee account, as the network's genesis has it: over no accounts no checkpoint can pass.
    ///
    /// # Errors
    /// [`GenesisError`].
    pub fn genesis(spec: ChainSpec, stakes: impl IntoIterator<Item = Staked>) -> Result<Self, GenesisError> {
        let mut joined = Registry::new(&spec);
        for (place, staked) in (0..).zip(stakes) {
            joined.apply(&RootEvent::Staked(staked), Sequence::new(0, place), 0)?;
        }
        let mut fees = FeeAccounts::new();
        for record in joined.records() {
            fees.open(record.signer);
        }
        Ok(Self {
            registry: Registry::genesis(&spec, joined.records().cloned(), 0)?,
            ledger: Ledger::new(spec.checkpoints.buffer_time),
            spec,
            height: 0,
            time: 0,
            fees,
            records: Records::default(),
            in_flight: BTreeMap::new(),
        })
    }

    /// The rules.
    #[must_use]
    pub const fn spec(&self) -> &ChainSpec {
        &self.spec
    }

    /// The last height.
    #[must_use]
    pub const fn height(&self) -> u64 {
        self.height
    }

    /// Its time, Unix seconds.
    #[must_use]
    pub const fn time(&self) -> u64 {
        self.time
    }

    /// Validators, their set and the spans.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Checkpoints.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Fee accounts.
    #[must_use]
    pub const fn fees(&self) -> &FeeAccounts {
        &self.fees
    }

    /// State records.
    #[must_use]
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// Whose turn it is to propose a checkpoint.
    #[must_use]
    pub fn proposer(&self) -> Option<Address> {
        self.registry.proposer().map(|validator| validator.signer)
    }

    /// The epoch: TRON's acknowledged checkpoints plus one.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.ledger.epoch()
    }

    /// Messages under vote, oldest first.
    pub fn in_flight(&self) -> impl Iterator<Item = &Message> {
        self.in_flight.values().flatten()
    }

    /// Messages that the last height admitted: to be attested now.
    #[must_use]
    pub fn to_attest(&self) -> &[Message] {
        self.in_flight.get(&self.height).map_or(&[], Vec::as_slice)
    }

    /// A hash of the whole state: equal states, equal hashes.
    ///
    /// # Panics
    /// Never: every part of the state has a JSON form.
    #[must_use]
    pub fn digest(&self) -> B256 {
        keccak256(serde_json::to_vec(self).expect("the state is made of plain values"))
    }

    /// Whether a message would be admitted into the next block at this time.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn check(&self, message: &Message, time: u64) -> Result<(), Refusal> {
        self.clone().try_admit(message, time)
    }

    /// Admits a message into the block under construction on this copy of the state.
    pub(crate) fn try_admit(&mut self, message: &Message, time: u64) -> Result<(), Refusal> {
        self.admit(message, time).map(drop)
    }

    /// Carries out a block. `voters` are those who could vote in its last commit.
    ///
    /// # Errors
    /// [`WrongHeight`]; then nothing changed.
    pub fn apply(&mut self, block: &Block, voters: &[Validator]) -> Result<Vec<LayerEvent>, WrongHeight> {
        let expected = self.height.saturating_add(1);
        if block.height != expected {
            return Err(WrongHeight { got: block.height, expected });
        }
        self.height = block.height;
        self.time = block.time;
        let mut events = self.settle_all(block, voters);
        events.extend(self.admit_all(block));
        match self.registry.end_block(self.ledger.count(RootChainId::Tron)) {
            Ok(updates) if updates.is_empty() => {}
            Ok(updates) => events.push(LayerEvent::SetChanged(updates)),
            Err(error) => events.push(LayerEvent::SetStayed(error)),
        }
        Ok(events)
    }

    fn settle_all(&mut self, block: &Block, voters: &[Validator]) -> Vec<LayerEvent> {
        let due = self.height.checked_sub(2).and_then(|height| self.in_flight.remove(&height)).unwrap_or_default();
        let commits = block.last_commit.iter().flat_map(|commit| &commit.commits);
        let votes: Vec<(Address, Vec<Vote>)> =
            commits.map(|c| (c.validator, votes_from_bytes(&c.extension).unwrap_or_default())).collect();
        let mut due: BTreeMap<MessageId, Message> = due.into_iter().map(|message| (message.id(), message)).collect();
        let ids: Vec<MessageId> = due.keys().copied().collect();
        let settle = |(id, tally): (MessageId, Tally)| {
            let message = due.remove(&id)?;
            let outcome = self.settle(&message, tally.verdict());
            Some(LayerEvent::Settled(Box::new(Settled { message, tally, outcome })))
        };
        tallies(ids, &votes, voters).into_iter().filter_map(settle).collect()
    }

    fn admit_all(&mut self, block: &Block) -> Vec<LayerEvent> {
        let mut admitted: Vec<Message> = Vec::new();
        let mut events = Vec::new();
        for message in &block.messages {
            let outcome = if admitted.contains(message) { Err(Refusal::Twice) } else { self.admit(message, self.time) };
            events.push(match outcome {
                Ok(None) => {
                    admitted.push(message.clone());
                    LayerEvent::Admitted(message.id())
                }
                Ok(Some(effect)) => LayerEvent::Done(message.id(), effect),
                Err(refusal) => LayerEvent::Refused(Box::new((message.clone(), refusal))),
            });
        }
        // what the first two heights admit is never voted on, and so never takes effect.
        if !admitted.is_empty() && self.height >= FIRST_ATTESTED {
            self.in_flight.insert(self.height, admitted);
        }
        events
    }

    /// Checks a message; `Some` effect for one that needs no vote.
    fn admit(&mut self, message: &Message, time: u64) -> Result<Option<Effect>, Refusal> {
        if let Some(field) = message.missing() {
            return Err(Refusal::Missing { kind: message.kind(), field });
        }
        match message {
            Message::Staking(m) => {
                match m.event {
                    RootEvent::Staked(_) | RootEvent::SignerChange(_) | RootEvent::UnstakeInit(_) => {}
                    RootEvent::StakeUpdate(_) if self.spec.power == PowerRule::Stake => {}
                    _ => return Err(Refusal::UnknownRequest),
                }
                self.registry.admit(&m.event, m.place.sequence())?;
            }
            Message::EventRecord(m) => self.records.admit(m, self.spec.chain_id)?,
            Message::ProposeSpan(m) => self.registry.admit_span(&m.span)?,
            Message::Checkpoint(ProposeCheckpoint { checkpoint, root_chain }) => {
                let facts = ProposalFacts {
                    activation_height: 0,
                    account_root: self.fees.root().ok(),
                    proposer: self.proposer(),
                };
                self.ledger.propose(*root_chain, checkpoint, &facts, time)?;
            }
            Message::CheckpointAck(m) => self.ledger.check_ack(m.root_chain, &m.ack)?,
            Message::CheckpointNoAck(_) => {
                // Anybody may: the feature that asks for a place in the set is closed from genesis on.
                let mut ledger = self.ledger.clone();
                self.turn(ledger.no_ack(NoAckSender::Admitted, time)?)?;
                self.ledger = ledger;
            }
        }
        Ok(match message.is_attested() {
            Attested::Yes => None,
            Attested::No => Some(Effect::TurnPassed),
        })
    }

    /// Lets a message take effect, if that is what was voted.
    fn settle(&mut self, message: &Message, verdict: VoteResult) -> Result<Effect, Refusal> {
        let ack_count = self.ledger.count(RootChainId::Tron);
        Ok(match message {
            // These two say by themselves what they make of the vote.
            Message::Checkpoint(ProposeCheckpoint { checkpoint, root_chain }) => {
                self.ledger.buffer(*root_chain, checkpoint, verdict, 0, self.time)?;
                Effect::Buffered(*checkpoint)
            }
            Message::CheckpointAck(m) => {
                let mut ledger = self.ledger.clone();
                let acknowledged = ledger.acknowledge(m.root_chain, &m.ack, verdict)?;
                self.turn(acknowledged.proposer)?;
                self.ledger = ledger;
                Effect::Acknowledged(acknowledged)
            }
            _ if verdict != VoteResult::Yes => return Err(Refusal::Verdict { got: verdict }),
            Message::Staking(m) => {
                self.registry.settle(&m.event, m.place.sequence(), ack_count)?;
                Effect::Staking
            }
            Message::EventRecord(m) => Effect::Recorded(self.records.settle(m, self.time)?),
            Message::ProposeSpan(m) => {
                let selection = self.registry.selection_at(self.height);
                let span = self.registry.settle_span(&m.span, m.seed, ack_count, selection)?;
                Effect::Span(span.to_span())
            }
            Message::CheckpointNoAck(_) => Effect::TurnPassed,
        })
    }

    fn turn(&mut self, proposer: Proposer) -> Result<(), RotationError> {
        match proposer {
            Proposer::Rotates => self.registry.rotate(),
            Proposer::Stays => Ok(()),
        }
    }
}
