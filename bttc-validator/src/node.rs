//! One validator: its copy of the layer, its copy of the side chain, its duties, its character.
//!
//! ```text
//!  watch   root events since the last look                         asks the root chains
//!  duties  messages it is this validator's turn to send
//!  attest  votes about what the last height admitted               asks the root chains
//!  (engine decides a height: propose, validate, extend, decide)
//!  submit  signed checkpoints that it proposed                     calls a root chain
//!  build / import  a block of the side chain
//! ```
//!
//! The three steps that ask somebody are async; the rest, the engine's calls included, is not. Time is an argument.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, hash::keccak256, signature::{SecretKey, Signer}};
//! use bttc_core::{amount::Amount, id::{Epoch, Nonce, ValidatorId}, root_chain::Staked};
//! use bttc_evm::genesis::{DevnetAllocation, devnet_genesis};
//! use bttc_validator::{duties::Honest, layer::Layer, node::{Config, Node}};
//! use std::sync::Arc;
//!
//! let (spec, key) = (ChainSpec::devnet(), SecretKey::from_bytes(&keccak256(b"alice"))?);
//! let staked = Staked {
//!     signer: key.address(),
//!     validator: ValidatorId::new(1),
//!     nonce: Nonce::new(1),
//!     activation_epoch: Epoch::new(1),
//!     amount: Amount::from_btt(40),
//!     total: Amount::from_btt(40),
//!     signer_key: key.public_key().coordinates().to_vec().into(),
//! };
//! let layer = Layer::genesis(spec.clone(), [staked])?;
//! let genesis = devnet_genesis(&spec, &DevnetAllocation {
//!     time: 1_700_000_000,
//!     validators: layer.registry().validators(),
//!     balances: Default::default(),
//!     root_chain: 1,
//!     root_token: Default::default(),
//! })?;
//! let mut node = Node::new(Config {
//!     signer: Arc::new(key), policy: Arc::new(Honest), layer, genesis, root_chains: vec![],
//! })?;
//!
//! let block = node.build([], 1_700_000_001)?; // its own turn: it is alone
//! node.import(block, 1_700_000_001)?;
//! assert_eq!(node.chain().head().header().height(), 1);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod application;
mod archive;
mod side_chain;
mod snapshots;
mod watch;

pub use archive::Archive;
pub use side_chain::{CheckpointTree, OwnSideChain};
pub use snapshots::Snapshots;
pub use watch::RootChainAt;

use crate::{
    duties::{Policy, Sending, next_range},
    engine::Decision,
    layer::{
        Answer, CheckpointAck, CheckpointNoAck, Effect, EventRecord, Layer, LayerEvent, LogPlace, Message,
        ProposeCheckpoint, ProposeSpan, Question, StakingEvent, Vote,
    },
};
use alloy_primitives::{Address, B256};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    ledger::Ack,
    merkle::root_of,
    signatures::{Signatures, SignedCheckpoint},
    vote::VoteResult,
};
use bttc_core::{
    id::SpanId,
    quorum::PowerQuorum,
    root_chain::{RootChainError, RootChainId, RootEvent},
    schedule::{ApplyError, ProducerSchedule, ScheduleError, Turn},
    signature::Signer,
    snapshot::Producer,
    span::Span,
    validator::Validator,
};
use bttc_evm::{
    block::{Block, BuildError, ImportError, ImportedBlock, SealedBlock, SealingError},
    chain::Chain,
    executor::QueryError,
    genesis::{Genesis, GenesisError},
    header::RecoveredHeader,
    state_sync::Record,
    system::Facts,
    transaction::Transaction,
};
use bttc_staking::{snapshot::Snapshot, validator_set::ChangeError};
use core::fmt;
use std::{collections::BTreeMap, sync::Arc};

/// Blocks below the newest whose snapshots a validator keeps.
const SNAPSHOT_DEPTH: u64 = 1_024;

/// What a validator starts with.
#[derive(Debug)]
pub struct Config {
    /// Signs its votes and blocks.
    pub signer: Arc<dyn Signer>,
    /// Its character.
    pub policy: Arc<dyn Policy>,
    /// The layer before its first height.
    pub layer: Layer,
    /// The side chain's genesis.
    pub genesis: Genesis,
    /// The root chains it can reach.
    pub root_chains: Vec<RootChainAt>,
}

/// A validator.
pub struct Node {
    signer: Arc<dyn Signer>,
    policy: Arc<dyn Policy>,
    layer: Layer,
    chain: Chain,
    snapshot: Snapshot,
    snapshots: Snapshots,
    root_chains: BTreeMap<RootChainId, RootChainAt>,
    /// Root events seen and not yet in the layer.
    observed: BTreeMap<(RootChainId, LogPlace), RootEvent>,
    /// Messages to put into a block.
    waiting: Vec<Message>,
    /// Votes about what the last height admitted.
    votes: Vec<Vote>,
    /// The last decision, whose commits go into the next block.
    last: Option<Decision>,
    /// Signed checkpoints to hand over.
    signed: Vec<(RootChainId, SignedCheckpoint)>,
    /// Start and time of its last proposal, so that one is not repeated at once.
    proposed: Option<(u64, u64)>,
    events: Vec<LayerEvent>,
    now: u64,
}

/// Why a validator cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The genesis is not the network's.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The validator-set contract does not answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Its producers make no set.
    #[error(transparent)]
    Producers(#[from] ChangeError),
}

/// Why a block is not built or not taken.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// The system contracts do not tell what the block needs.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// It cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// It cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealingError),
    /// It breaks a rule.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// It does not fit the producers on record.
    #[error(transparent)]
    Snapshot(#[from] ApplyError),
}

/// What became of a signed checkpoint.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// Where it went.
    pub root_chain: RootChainId,
    /// The checkpoint and its signatures.
    pub signed: SignedCheckpoint,
    /// The transaction, or why there is none.
    pub outcome: Result<B256, RootChainError>,
}

impl Node {
    /// A validator at the genesis of both chains.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn new(config: Config) -> Result<Self, StartError> {
        let Config { signer, policy, layer, genesis, root_chains } = config;
        let chain = Chain::open(layer.spec().clone(), &genesis)?;
        let producers = chain.producers(1)?;
        let producers = producers.iter().map(|v| Producer::new(v.signer, v.power));
        let snapshot = Snapshot::genesis(chain.head().header().hash(), producers, layer.spec().timing)?;
        Ok(Self {
            signer,
            policy,
            layer,
            chain,
            snapshots: Snapshots::new(snapshot.clone(), SNAPSHOT_DEPTH),
            snapshot,
            root_chains: root_chains.into_iter().map(|at| (at.chain.id(), at)).collect(),
            observed: BTreeMap::new(),
            waiting: Vec::new(),
            votes: Vec::new(),
            last: None,
            signed: Vec::new(),
            proposed: None,
            events: Vec::new(),
            now: 0,
        })
    }

    /// Address of its key.
    #[must_use]
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// Its copy of the layer.
    #[must_use]
    pub const fn layer(&self) -> &Layer {
        &self.layer
    }

    /// Its copy of the side chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Who may produce the next block.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Who may produce, as of each of the last 1,024 blocks.
    #[must_use]
    pub const fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// Its turn at the next block.
    ///
    /// # Errors
    /// [`ScheduleError`] when it is no producer.
    pub fn turn(&self) -> Result<Turn, ScheduleError> {
        self.snapshot.turn(self.chain.head().header().height().saturating_add(1), self.address())
    }

    /// What happened in the layer since this was last asked.
    pub fn take_events(&mut self) -> Vec<LayerEvent> {
        core::mem::take(&mut self.events)
    }

    /// The root over blocks of its own chain, as its policy sees it; `None` while it does not have them all as deep as
    /// they must lie, and for more than a checkpoint may hold.
    ///
    /// Source: `validation-layer §3.1, §3.4; delivery:helper/call.go:326-346`.
    #[must_use]
    pub fn root(&self, range: BlockRange) -> Option<B256> {
        (range.blocks() <= self.layer.spec().checkpoints.max_length).then_some(())?;
        let deep = range.end().checked_add(self.layer.spec().confirmations.side_chain)?;
        self.chain.header(deep)?;
        let leaves = (range.start()..=range.end()).map(|number| Some(self.chain.header(number)?.leaf().hash()));
        Some(self.policy.root(root_of(leaves.collect::<Option<Vec<_>>>()?)?))
    }

    /// Hears a message that somebody wants in the next block.
    pub fn hear(&mut self, message: &Message) {
        if !self.waiting.contains(message) {
            self.waiting.push(message.clone());
        }
    }

    /// Messages it is this validator's turn to send at this time (Unix seconds).
    pub fn duties(&mut self, now: u64) -> Vec<Message> {
        self.now = now;
        let mut messages = Vec::new();
        if self.is_on_duty() {
            self.forget_settled();
            messages.extend(self.observed.iter().filter_map(|(at, event)| self.relay(*at, event)));
            messages.extend(self.next_span());
            messages.extend(self.no_ack());
        }
        messages.extend(self.next_checkpoint());
        messages.retain(|message| {
            let new = !self.layer.in_flight().any(|other| is_same_fact(other, message));
            new && self.policy.sends(message) == Sending::Yes && self.layer.check(message, now).is_ok()
        });
        for message in &messages {
            if let Message::Checkpoint(m) = message {
                self.proposed = Some((m.checkpoint.range.start(), now));
            }
        }
        messages
    }

    /// Whether its place in the set is the height modulo the set's size.
    fn is_on_duty(&self) -> bool {
        let members = self.layer.registry().set().members();
        let place = members.iter().position(|member| member.signer == self.address());
        let turn = self.layer.height().checked_rem(members.len().try_into().unwrap_or(u64::MAX));
        place.is_some() && place.and_then(|place| u64::try_from(place).ok()) == turn
    }

    /// The message that brings a root event into the layer.
    fn relay(&self, (root_chain, place): (RootChainId, LogPlace), event: &RootEvent) -> Option<Message> {
        let from = self.address();
        Some(match event {
            RootEvent::StateSynced(e) => Message::EventRecord(EventRecord {
                from,
                root_chain,
                place,
                id: e.id,
                receiver: e.receiver,
                data: e.data.clone(),
                chain_id: self.layer.spec().chain_id,
            }),
            RootEvent::NewHeaderBlock(e) => Message::CheckpointAck(CheckpointAck {
                from,
                root_chain,
                ack: Ack {
                    number: e.header_block.number()?,
                    proposer: e.proposer,
                    start: e.start,
                    end: e.end,
                    root: e.root,
                },
            }),
            _ => Message::Staking(StakingEvent { from, place, event: event.clone() }),
        })
    }

    /// The next span, once the side chain has reached the last one.
    fn next_span(&self) -> Option<Message> {
        let last = self.layer.registry().last_span()?;
        let head = self.chain.head().header().height();
        let seed = self.root_chains.get(&RootChainId::Ethereum)?.seed?;
        (last.start..=last.end).contains(&head).then_some(())?;
        let span = self.layer.registry().draft_span().ok()?;
        Some(Message::ProposeSpan(ProposeSpan { proposer: self.address(), span, seed }))
    }

    /// The next checkpoint, when it is this validator's turn to propose.
    fn next_checkpoint(&self) -> Option<Message> {
        let (spec, root_chain) = (self.layer.spec(), RootChainId::Tron);
        if self.layer.proposer() != Some(self.address()) {
            return None;
        }
        let start = self.layer.ledger().next_start(root_chain, 0);
        let wait = spec.checkpoints.buffer_time;
        let (height, now) = (self.chain.head().header().height(), self.now);
        if self.proposed.is_some_and(|(at, when)| at == start && now < when.saturating_add(wait)) {
            return None;
        }
        let latest = height.checked_sub(spec.confirmations.side_chain)?;
        let age = self.layer.ledger().last(root_chain).map(|last| now.saturating_sub(last.time));
        let (start, end) = next_range(start, latest, age, &spec.checkpoints)?;
        let range = BlockRange::new(start, end).ok()?;
        let checkpoint = Checkpoint {
            proposer: self.address(),
            range,
            root: self.root(range)?,
            account_root: self.layer.fees().root().ok()?,
            chain_id: spec.chain_id,
            epoch: self.layer.epoch(),
        };
        Some(Message::Checkpoint(ProposeCheckpoint { checkpoint, root_chain }))
    }

    /// A no-ack, when the blocks of the next checkpoint have been there for the buffer time and nobody brought it.
    fn no_ack(&self) -> Option<Message> {
        let rules = &self.layer.spec().checkpoints;
        let start = self.layer.ledger().next_start(RootChainId::Tron, 0);
        let ready = self.chain.header(start.checked_add(rules.average_length)?)?.time;
        (ready.checked_add(rules.buffer_time)? <= self.now).then_some(())?;
        Some(Message::CheckpointNoAck(CheckpointNoAck { from: self.address() }))
    }

    /// What the next block of the side chain needs of the layer.
    fn facts(&self) -> Result<(Option<Span>, Vec<Record>), QueryError> {
        let needs = self.chain.needs()?;
        let span = needs.span.and_then(|id| self.layer.registry().span(id)).map(|record| record.to_span());
        let records = needs.records.map(|wanted| self.layer.records().from_until(wanted.from, wanted.before));
        Ok((span, records.unwrap_or_default()))
    }

    /// The span that the next block has to bring and that the layer does not have yet: until it does there is no block.
    ///
    /// Source: `block-layer §4.1.3; bttc:consensus/bor/rest.go:98-163`.
    ///
    /// # Errors
    /// [`QueryError`] when the validator-set contract does not answer.
    pub fn awaited_span(&self) -> Result<Option<SpanId>, QueryError> {
        Ok(self.chain.needs()?.span.filter(|id| self.layer.registry().span(*id).is_none()))
    }

    /// Builds and seals the next block at this time (Unix seconds) from these transactions.
    ///
    /// # Errors
    /// [`BlockError`] when it has no turn or does not know enough.
    pub fn build(
        &self,
        transactions: impl IntoIterator<Item = Transaction>,
        now: u64,
    ) -> Result<SealedBlock, BlockError> {
        let (span, records) = self.facts()?;
        let facts = facts(now, &self.snapshot, span.as_ref(), &records);
        Ok(self.chain.build(transactions, self.address(), &facts)?.seal(self.signer.as_ref())?)
    }

    /// Judges a block at this time (Unix seconds) and takes it.
    ///
    /// # Errors
    /// [`BlockError`], the first rule broken; then nothing changed.
    pub fn import(&mut self, block: impl Into<Block>, now: u64) -> Result<&ImportedBlock, BlockError> {
        let block = block.into();
        let (span, records) = self.facts()?;
        let mut snapshot = self.snapshot.clone();
        let header = RecoveredHeader::recover(block.header.clone());
        let fits = snapshot.apply(&header.to_sprint_header(snapshot.timing()));
        // Number and signer are also looked at by the rules of the header, which come first and in their order.
        if let Err(error @ ApplyError::Rotation { .. }) = fits {
            return Err(error.into());
        }
        self.chain.import(block, &facts(now, &self.snapshot, span.as_ref(), &records))?;
        fits?;
        self.snapshots.insert(snapshot.clone());
        self.snapshot = snapshot;
        Ok(self.chain.head())
    }

    /// Notes what a height brought, and what it leaves to do. `voters` are those who could vote on it.
    fn note(&mut self, events: Vec<LayerEvent>, voters: &[Validator]) {
        for event in &events {
            let LayerEvent::Settled(settled) = event else { continue };
            let Ok(Effect::Buffered(checkpoint)) = &settled.outcome else {
                continue;
            };
            let Message::Checkpoint(proposal) = &settled.message else {
                continue;
            };
            if checkpoint.proposer != self.address() {
                continue;
            }
            let gathered = Signatures::gather(*checkpoint, settled.tally.signatures());
            // The layer let it pass, so the quorum of its voters is there; the set may be another by now.
            if let Ok(signed) = gathered.into_signed(&PowerQuorum::over(voters)) {
                self.signed.push((proposal.root_chain, signed));
            }
        }
        self.events.extend(events);
    }

    /// Drops observed events that the layer has.
    fn forget_settled(&mut self) {
        let layer = &self.layer;
        let ledger = layer.ledger();
        self.observed.retain(|(root_chain, place), event| match event {
            RootEvent::StateSynced(e) => !layer.records().is_known(*root_chain, e.id),
            RootEvent::NewHeaderBlock(e) => {
                e.header_block.number().is_some_and(|n| ledger.recorded(*root_chain, n).is_none())
            }
            RootEvent::Staked(e) => layer.registry().record_of(e.validator).is_none(),
            _ => !layer.registry().is_settled(place.sequence()),
        });
    }

    /// The vote about a message, given what was found outside.
    fn vote(&self, message: &Message, question: Option<&Question>, answer: &Answer) -> Option<Vote> {
        let honest = question.map_or(VoteResult::Yes, |question| question.verdict(answer));
        let result = self.policy.attest(message, honest);
        if result == VoteResult::Skip {
            return None; // a skip is not sent
        }
        let data = message.sign_data();
        let signature = if data.is_empty() { None } else { Some(self.signer.sign_digest(&result.digest(&data)).ok()?) };
        Some(Vote { message: message.id(), result, signature })
    }
}

/// Whether two messages bring the same fact, whoever sends them.
fn is_same_fact(one: &Message, other: &Message) -> bool {
    match (one, other) {
        (Message::Staking(a), Message::Staking(b)) => a.place == b.place,
        (Message::EventRecord(a), Message::EventRecord(b)) => (a.root_chain, a.id) == (b.root_chain, b.id),
        (Message::ProposeSpan(a), Message::ProposeSpan(b)) => a.span == b.span,
        (Message::Checkpoint(a), Message::Checkpoint(b)) => {
            (a.root_chain, a.checkpoint.range) == (b.root_chain, b.checkpoint.range)
        }
        (Message::CheckpointAck(a), Message::CheckpointAck(b)) => {
            (a.root_chain, a.ack.number) == (b.root_chain, b.ack.number)
        }
        _ => false,
    }
}

fn facts<'a>(now: u64, schedule: &'a Snapshot, span: Option<&'a Span>, records: &'a [Record]) -> Facts<'a> {
    let facts = Facts::new(now, schedule).with_records(records);
    match span {
        Some(span) => facts.with_span(span),
        None => facts,
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (height, block) = (self.layer.height(), self.chain.head().header().height());
        write!(f, "validator {} at height {height}, block {block}", self.address())
    }
}
