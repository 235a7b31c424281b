//! The layer: its stores, and what a height does to them.

use super::{
    AnyMessage, Block, LayerEvent, OwnKind, Received,
    genesis::{self, GenesisError},
    step::Step,
};
use crate::{
    message::Fault,
    module::{bank, checkpoint, sidechannel, staking},
    root_chain::Contracts,
    store::{CorruptEntry, StateTree, StoreName, Stores},
    tx::SignDoc,
};
use alloy_primitives::{Address, B256, Bytes};
use bttc_core::{
    amino::Time,
    chain::ChainSpec,
    id::Epoch,
    root_chain::{RootChainId, Staked},
    state_proof::StateProof,
    validator::Validator,
};
use bttc_staking::registry::ValidatorRecord;
use std::sync::Arc;

/// The state of the layer after a height.
#[derive(Clone, Debug)]
pub struct Layer {
    spec: ChainSpec,
    kinds: Vec<Arc<dyn OwnKind>>,
    height: u64,
    time: u64,
    stores: Stores,
    tree: StateTree,
    /// What the last height put to the vote, in the order of its block: the order in which voters name it.
    taken: Vec<B256>,
}

/// Layers are equal that are at one height and hold the same.
impl PartialEq for Layer {
    fn eq(&self, other: &Self) -> bool {
        (self.height, self.time, &self.taken) == (other.height, other.time, &other.taken)
            && (&self.stores, &self.spec) == (&other.stores, &other.spec)
    }
}

impl Eq for Layer {}

/// A block that is not the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongBlock {
    /// Of another height.
    #[error("got block {got}, expected {expected}")]
    Height {
        /// Its height.
        got: u64,
        /// The next one.
        expected: u64,
    },
    /// Of a time that cannot be written down.
    #[error("got a block at {got} seconds, expected a year below 10,000")]
    Time {
        /// Its time, Unix seconds.
        got: u64,
    },
}

impl Layer {
    /// The state before the first height: these validators, in the order in which they staked, and the contracts of
    /// these root chains.
    ///
    /// # Errors
    /// [`GenesisError`].
    pub fn genesis(
        spec: ChainSpec,
        stakes: impl IntoIterator<Item = Staked>,
        contracts: impl IntoIterator<Item = (RootChainId, Contracts)>,
    ) -> Result<Self, GenesisError> {
        let stores = genesis::stores(&spec, stakes, contracts)?;
        Ok(Self::over(spec, stores))
    }

    /// The state before the first height, over these stores.
    #[must_use]
    pub fn over(spec: ChainSpec, stores: Stores) -> Self {
        Self::at(spec, stores, 0, 0)
    }

    pub(super) fn at(spec: ChainSpec, mut stores: Stores, height: u64, time: u64) -> Self {
        stores.take_touched();
        let taken = sidechannel::taken_at(&stores, height).into_iter().map(|(hash, _)| hash).collect();
        Self { spec, kinds: Vec::new(), height, time, tree: StateTree::over(&stores), stores, taken }
    }

    /// The same layer with messages of a user's own.
    #[must_use]
    pub fn with_kind(mut self, kind: impl OwnKind + 'static) -> Self {
        self.kinds.push(Arc::new(kind));
        self
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

    /// All that is kept. The modules read it ([`module`](crate::module)).
    #[must_use]
    pub const fn stores(&self) -> &Stores {
        &self.stores
    }

    /// The application hash: one hash over all that is kept.
    #[must_use]
    pub fn app_hash(&self) -> B256 {
        self.tree.root()
    }

    /// The proof that an entry stands in the stores, or does not.
    #[must_use]
    pub fn prove(&self, store: StoreName, key: &[u8]) -> StateProof {
        self.tree.prove(store, key)
    }

    /// The set's members, in signer order.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn validators(&self) -> Result<Vec<Validator>, CorruptEntry> {
        let set = staking::validator_set(&self.stores)?;
        Ok(set.members().iter().map(ValidatorRecord::to_validator).collect())
    }

    /// Whose turn it is to propose a checkpoint.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn proposer(&self) -> Result<Option<Address>, CorruptEntry> {
        Ok(staking::validator_set(&self.stores)?.elected().map(|proposer| proposer.signer))
    }

    /// The epoch: TRON's acknowledged checkpoints plus one.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn epoch(&self) -> Result<Epoch, CorruptEntry> {
        checkpoint::epoch(&self.stores).map(Epoch::new)
    }

    /// Reads a transaction.
    ///
    /// # Errors
    /// [`Fault`] for bytes that are none.
    pub fn read(&self, bytes: &[u8]) -> Result<Received, Fault> {
        Received::read(bytes, &self.kinds)
    }

    /// What the next transaction of an account is signed with; `None` where there is no account.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn sign_doc(&self, sender: Address) -> Result<Option<SignDoc>, CorruptEntry> {
        let account = bank::account(&self.stores, sender)?;
        Ok(account.map(|account| SignDoc {
            chain_id: self.spec.layer_chain_id.as_str().into(),
            account_number: account.number,
            sequence: account.sequence,
        }))
    }

    /// Transactions under vote, oldest first.
    #[must_use]
    pub fn under_vote(&self) -> Vec<Received> {
        self.read_all(sidechannel::all(&self.stores).map(|(_, tx)| tx))
    }

    /// Transactions that the last height admitted, in the order of its block: to be attested now.
    #[must_use]
    pub fn to_attest(&self) -> Vec<Received> {
        self.read_all(self.taken.iter().filter_map(|hash| sidechannel::get(&self.stores, self.height, *hash)))
    }

    /// Hashes of what the last height put to the vote, in the order of its block.
    pub(super) fn taken(&self) -> &[B256] {
        &self.taken
    }

    /// The same layer, at whose last height this was the order of the block.
    pub(super) fn with_taken(self, taken: Vec<B256>) -> Self {
        Self { taken, ..self }
    }

    fn read_all(&self, transactions: impl Iterator<Item = Bytes>) -> Vec<Received> {
        transactions.filter_map(|bytes| self.read(&bytes).ok()).collect()
    }

    /// The messages that would be admitted in the next block at this time, one after the other.
    pub fn admissible(&mut self, messages: Vec<AnyMessage>, time: u64) -> Vec<AnyMessage> {
        let Ok(time) = layer_time(time) else { return Vec::new() };
        let (step, stores) = self.step(time);
        let mut admitted = Vec::new();
        undone(stores, |stores| {
            admitted = messages.into_iter().filter(|message| step.try_message(stores, message).is_ok()).collect();
        });
        admitted
    }

    /// Of a block's transactions those that would be admitted, one after the other.
    pub fn selected(&mut self, block: &Block, voters: &[Validator]) -> Vec<Bytes> {
        let Ok(time) = layer_time(block.time) else { return Vec::new() };
        let (step, stores) = self.step(time);
        let mut admitted = Vec::new();
        undone(stores, |stores| {
            step.begin(stores, block.last_commit.as_ref(), voters);
            step.settle(stores, block.last_commit.as_ref(), voters);
            for bytes in &block.transactions {
                let tried: Result<(), ()> = stores.attempt(|stores| {
                    let taken = step.deliver(stores, bytes);
                    if matches!(taken, LayerEvent::Admitted(_)) { Ok(()) } else { Err(()) }
                });
                if tried.is_ok() {
                    admitted.push(bytes.clone());
                }
            }
        });
        admitted
    }

    /// Carries out a block. `voters` are those who could vote in its last commit.
    ///
    /// # Errors
    /// [`WrongBlock`]; then nothing changed.
    pub fn apply(&mut self, block: &Block, voters: &[Validator]) -> Result<Vec<LayerEvent>, WrongBlock> {
        let expected = self.height.saturating_add(1);
        if block.height != expected {
            return Err(WrongBlock::Height { got: block.height, expected });
        }
        let time = layer_time(block.time)?;
        let (step, stores) = self.step(time);
        step.begin(stores, block.last_commit.as_ref(), voters);
        let mut events = step.settle(stores, block.last_commit.as_ref(), voters);
        let delivered: Vec<_> = block.transactions.iter().map(|bytes| step.deliver(stores, bytes)).collect();
        let ended = step.end(stores, block.proposer);
        self.taken = delivered.iter().filter_map(LayerEvent::put_to_vote).collect();
        events.extend(delivered.into_iter().chain(ended));
        self.tree.update(&mut self.stores);
        (self.height, self.time) = (block.height, block.time);
        Ok(events)
    }

    /// The next height, at this time, and the stores that it changes.
    fn step(&mut self, time: Time) -> (Step<'_>, &mut Stores) {
        let step = Step {
            chain_id: &self.spec.layer_chain_id,
            kinds: &self.kinds,
            height: self.height.saturating_add(1),
            time,
        };
        (step, &mut self.stores)
    }
}

/// Lets something happen to the stores, and takes it back.
fn undone(stores: &mut Stores, change: impl FnOnce(&mut Stores)) {
    let _: Result<(), ()> = stores.attempt(|stores| {
        change(stores);
        Err(())
    });
}

fn layer_time(seconds: u64) -> Result<Time, WrongBlock> {
    let wrong = WrongBlock::Time { got: seconds };
    Time::new(i64::try_from(seconds).map_err(|_| wrong)?, 0).map_err(|_| wrong)
}
