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
//! let layer = Layer::genesis(spec.clone(), [staked], [])?;
//! let genesis = devnet_genesis(&spec, &DevnetAllocation {
//!     time: 1_700_000_000,
//!     validators: layer.validators()?,
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
    duties::{LogPlace, Policy, Sending, is_known, is_same_fact, next_range, next_span, relay},
    engine::Decision,
    layer::{AnyMessage, Layer, LayerEvent, Received},
    message::{Message, Msg as _, MsgCheckpoint, MsgCheckpointNoAck},
    module::{bor, checkpoint, clerk, topup},
    record::EventRecord,
    store::CorruptEntry,
    tx::StdTx,
    vote::SideResult,
};
use alloy_primitives::{Address, B256};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    merkle::root_of,
    signatures::{Signatures, SignedCheckpoint},
    vote::VoteResult,
};
use bttc_core::{
    amino::{AnyOf, Text, Time},
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
    state_sync::{Record, RecordRequest, RecordTime},
    system::Facts,
    transaction::Transaction,
};
use bttc_staking::{snapshot::Snapshot, validator_set::ChangeError};
use core::fmt;
use std::{collections::BTreeMap, sync::Arc};

/// Blocks below the newest whose snapshots a validator keeps.
const SNAPSHOT_DEPTH: u64 = 1_024;

/// Heights for which a transaction of somebody else's waits for a block.
const PATIENCE: u64 = 3;

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
    /// Transactions to put into a block, and the height at which each was heard.
    waiting: Vec<(Received, u64)>,
    /// Messages of the program's, to be sent until a block has them.
    brought: Vec<AnyMessage>,
    /// Votes about what the last height admitted.
    votes: Vec<SideResult>,
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
    /// The layer does not have all the records yet that the block may bring.
    #[error(transparent)]
    Records(#[from] clerk::QueryError),
    /// A span of the layer's does not read.
    #[error(transparent)]
    Span(#[from] CorruptEntry),
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
            brought: Vec::new(),
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
        let deep = range.end().checked_add(self.layer.spec().confirmations.side_chain)?;
        self.chain.header(deep)?;
        self.range_root(range, self.layer.spec().checkpoints.max_length)
    }

    /// The root over blocks of its own chain, as its policy sees it; `None` for more than so many blocks, or where it
    /// does not have them all.
    fn range_root(&self, range: BlockRange, max_length: u64) -> Option<B256> {
        (range.blocks() <= max_length).then_some(())?;
        self.chain.header(range.end())?;
        let leaves = (range.start()..=range.end()).map(|number| Some(self.chain.header(number)?.leaf().hash()));
        Some(self.policy.root(root_of(leaves.collect::<Option<Vec<_>>>()?)?))
    }

    /// Hears a transaction that somebody wants in the next block. Bytes that are none are passed over.
    pub fn hear(&mut self, transaction: &[u8]) {
        let Ok(received) = self.layer.read(transaction) else { return };
        if !self.waiting.iter().any(|(waiting, _)| *waiting == received) {
            self.waiting.push((received, self.layer.height()));
        }
    }

    /// Takes a message that it will send, beside those of its duties, until a block has it.
    pub fn bring(&mut self, message: impl Into<AnyMessage>) {
        self.brought.push(message.into());
    }

    /// Transactions it is this validator's turn to send at this time (Unix seconds).
    pub fn duties(&mut self, now: u64) -> Vec<Received> {
        self.now = now;
        let mut messages: Vec<Message> = Vec::new();
        if self.is_on_duty() {
            self.forget_known();
            let relayed = |(at, event): (&_, &_)| relay(self.address(), *at, event, self.layer.stores());
            messages.extend(self.observed.iter().filter_map(relayed));
            messages.extend(self.next_span());
            messages.extend(self.no_ack());
        }
        messages.extend(self.next_checkpoint());
        let under_vote = self.layer.under_vote();
        messages.retain(|message| !under_vote.iter().filter_map(Received::network).any(|m| is_same_fact(m, message)));
        let mut messages: Vec<AnyMessage> = messages.into_iter().map(AnyMessage::Network).collect();
        messages.extend(self.brought.iter().cloned());
        messages.retain(|message| self.policy.sends(message) == Sending::Yes);
        let messages = self.layer.admissible(messages, now);
        self.sign(messages)
    }

    /// Signs messages as transactions of its account, one after the other.
    ///
    /// What does not get into a block is signed anew: the sequences are those that follow the account's.
    pub fn sign(&self, messages: impl IntoIterator<Item = AnyMessage>) -> Vec<Received> {
        let Ok(Some(mut doc)) = self.layer.sign_doc(self.address()) else { return Vec::new() };
        let mut signed = Vec::new();
        for message in messages {
            let memo = Text::default();
            let Ok(signature) = self.signer.sign_digest(&doc.digest(&message, &memo)) else { break };
            let bytes = message.to_tx_bytes(signature.into(), memo.clone()).into();
            let tx = StdTx { message: AnyOf(Some(message)), signature: signature.into(), memo };
            signed.push(Received { bytes, tx });
            doc.sequence = doc.sequence.wrapping_add(1);
        }
        signed
    }

    /// Whether its place in the set is the height modulo the set's size.
    fn is_on_duty(&self) -> bool {
        let members = self.layer.validators().unwrap_or_default();
        let place = members.iter().position(|member| member.signer == self.address());
        let turn = self.layer.height().checked_rem(members.len().try_into().unwrap_or(u64::MAX));
        place.is_some() && place.and_then(|place| u64::try_from(place).ok()) == turn
    }

    /// The next span, once the side chain has reached the last one.
    fn next_span(&self) -> Option<Message> {
        let head = self.chain.head().header().height();
        let seed = self.root_chains.get(&RootChainId::Ethereum)?.seed?;
        next_span(self.layer.stores(), self.address(), head, seed).map(Message::from)
    }

    /// The next checkpoint, when it is this validator's turn to propose.
    fn next_checkpoint(&self) -> Option<Message> {
        let (spec, stores, root_chain) = (self.layer.spec(), self.layer.stores(), RootChainId::Tron);
        if self.layer.proposer().ok()? != Some(self.address()) {
            return None;
        }
        let start = checkpoint::next_start(stores, root_chain).ok()?;
        let wait = spec.checkpoints.buffer_time;
        let (height, now) = (self.chain.head().header().height(), self.now);
        if self.proposed.is_some_and(|(at, when)| at == start && now < when.saturating_add(wait)) {
            return None;
        }
        let latest = height.checked_sub(spec.confirmations.side_chain)?;
        let last = checkpoint::last_checkpoint(stores, root_chain.into()).ok()?;
        let age = last.map(|last| now.saturating_sub(last.timestamp));
        let (start, end) = next_range(start, latest, age, &spec.checkpoints)?;
        let range = BlockRange::new(start, end).ok()?;
        let checkpoint = Checkpoint {
            proposer: self.address(),
            range,
            root: self.root(range)?,
            account_root: topup::fee_accounts(stores).ok()?.root().ok()?,
            chain_id: spec.chain_id,
            epoch: self.layer.epoch().ok()?,
        };
        Some(MsgCheckpoint::of(&checkpoint, root_chain).into())
    }

    /// A no-ack, when the blocks of the next checkpoint have been there for the buffer time and nobody brought it.
    fn no_ack(&self) -> Option<Message> {
        let rules = &self.layer.spec().checkpoints;
        let start = checkpoint::next_start(self.layer.stores(), RootChainId::Tron).ok()?;
        let ready = self.chain.header(start.checked_add(rules.average_length)?)?.time;
        (ready.checked_add(rules.buffer_time)? <= self.now).then_some(())?;
        Some(MsgCheckpointNoAck { from: self.address() }.into())
    }

    /// What the next block of the side chain needs of the layer.
    fn facts(&self) -> Result<(Option<Span>, Vec<Record>), BlockError> {
        let needs = self.chain.needs()?;
        let span = needs.span.map_or(Ok(None), |id| bor::span(self.layer.stores(), id))?;
        let records = needs.records.map_or(Ok(Vec::new()), |wanted| self.records(wanted))?;
        Ok((span.map(|span| span.to_span()), records))
    }

    /// The records from an id on that are older than a time, one page after the other.
    fn records(&self, wanted: RecordRequest) -> Result<Vec<Record>, clerk::QueryError> {
        let (now, to) = (whole_seconds(self.layer.time()), whole_seconds(wanted.before));
        let mut records = Vec::new();
        let mut from = Some(wanted.from);
        while let Some(id) = from {
            let page = clerk::records_from(self.layer.stores(), id, to, clerk::MAX_RECORDS, now)?;
            from = page.last().and_then(|last| last.id.next());
            records.extend(page.iter().map(side_chain_record));
        }
        Ok(records)
    }

    /// The span that the next block has to bring and that the layer does not have yet: until it does there is no block.
    ///
    /// Source: `block-layer §4.1.3; bttc:consensus/bor/rest.go:98-163`.
    ///
    /// # Errors
    /// [`QueryError`] when the validator-set contract does not answer.
    pub fn awaited_span(&self) -> Result<Option<SpanId>, QueryError> {
        Ok(self.chain.needs()?.span.filter(|id| !bor::has_span(self.layer.stores(), *id)))
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
            let (Some(Message::Checkpoint(message)), Ok(_)) = (settled.transaction.network(), &settled.outcome) else {
                continue;
            };
            if message.proposer != self.address() {
                continue;
            }
            let Some(checkpoint) = message.to_checkpoint() else { continue };
            let Some(root_chain) = checkpoint::destination(&message.root_chain_type).root_chain() else { continue };
            let gathered = Signatures::gather(checkpoint, settled.tally.signatures());
            // The layer let it pass, so the quorum of its voters is there; the set may be another by now.
            if let Ok(signed) = gathered.into_signed(&PowerQuorum::over(voters)) {
                self.signed.push((root_chain, signed));
            }
        }
        self.events.extend(events);
    }

    /// Drops observed events that the layer has.
    fn forget_known(&mut self) {
        let stores = self.layer.stores();
        self.observed.retain(|(root_chain, place), event| !is_known(stores, *root_chain, *place, event));
    }

    /// The vote about a transaction, given the one that follows from the facts.
    fn vote(&self, transaction: &Received, honest: VoteResult) -> Option<SideResult> {
        let message = transaction.message()?;
        let result = self.policy.attest(message, honest);
        if result == VoteResult::Skip {
            return None; // a skip is not sent
        }
        let data = message.side_sign_bytes()?;
        let signature = if data.is_empty() { None } else { Some(self.signer.sign_digest(&result.digest(&data)).ok()?) };
        Some(SideResult::new(transaction.hash(), result, signature))
    }
}

/// A time of whole seconds; beyond the last that there is, the last.
fn whole_seconds(seconds: u64) -> Time {
    let seconds = i64::try_from(seconds).unwrap_or(Time::MAX).min(Time::MAX);
    Time::new(seconds, 0).unwrap_or_default()
}

/// A record as the side chain takes it.
fn side_chain_record(record: &EventRecord) -> Record {
    Record {
        id: record.id,
        receiver: record.contract,
        data: record.data.clone(),
        tx_hash: record.tx_hash,
        log_index: record.log_index,
        chain_id: record.chain_id.to_string(),
        time: RecordTime {
            seconds: u64::try_from(record.time.seconds()).unwrap_or_default(),
            nanoseconds: record.time.nanos(),
        },
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
