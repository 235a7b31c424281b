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
mod block;
mod duty;
mod side_chain;
mod snapshots;
mod watch;

pub use archive::Archive;
pub use side_chain::{CheckpointTree, OwnSideChain};
pub use snapshots::Snapshots;
pub use watch::RootChainAt;

use crate::{
    duties::{LogPlace, Policy},
    engine::Decision,
    layer::{AnyMessage, Layer, LayerEvent, Received},
    module::clerk,
    store::CorruptEntry,
    vote::SideResult,
};
use alloy_primitives::{Address, B256};
use bttc_checkpoint::signatures::SignedCheckpoint;
use bttc_core::{
    root_chain::{RootChainError, RootChainId, RootEvent},
    schedule::{ApplyError, ProducerSchedule as _, ScheduleError, Turn},
    signature::Signer,
    snapshot::Producer,
};
use bttc_evm::{
    block::{BuildError, ImportError, SealingError},
    chain::Chain,
    executor::QueryError,
    genesis::{Genesis, GenesisError},
};
use bttc_staking::{snapshot::Snapshot, validator_set::ChangeError};
use core::fmt;
use std::{collections::BTreeMap, sync::Arc};

/// Blocks below the newest whose snapshots a validator keeps.
const SNAPSHOT_DEPTH: u64 = 1_024;

/// Transactions that wait at most.
///
/// Source: Tendermint's `mempool.size`.
const MOST_WAITING: usize = 5_000;

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
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (height, block) = (self.layer.height(), self.chain.head().header().height());
        write!(f, "validator {} at height {height}, block {block}", self.address())
    }
}
