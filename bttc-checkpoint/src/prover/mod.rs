//! From a burn's hash to its proof, and to its place between burn and payout.
//!
//! ```text
//! burn ──locate──▶ block, index                                    side chain
//!                    │
//!                    ▼ search over header ids, all reads at one block          root chain
//!                  checkpoint ( id, range, root )
//!                    │
//!                    ▼ leaves of the range, from the cache or the side chain:   H(tree) = root
//!                  receipts of the block:                                       H(trie) = receipts root of its leaf
//!                    │
//!                    ▼ the record is read again
//!                  ExitProof
//! ```
//!
//! Neither side is believed further than it can be checked. The root chain's record is the measure, for it is what the
//! bridge pays by; who disagrees with it is named, and no proof comes back that does not hold against it. When everything
//! else is done, the record is read again at the head of then: TRON has no old state to read from, and where there is
//! one, a record that was replaced in the meantime pays for nothing.
//!
//! [`Prover::prove_all`] shares the work: one search and one fetch of leaves for each checkpoint, one fetch of receipts
//! for each block. [`HeaderSearch`] is the search as a value. [`BurnStatus`] says how far a burn is.
//!
//! Source: `withdrawal-proofs §7.1-7.7`.
//!
//! ```no_run
//! use bttc_checkpoint::{prover::{FileCache, Prover}, side_chain::SideChain};
//! use bttc_core::root_chain::RootChain;
//! use alloy_primitives::B256;
//!
//! # async fn example(side_chain: &dyn SideChain, root_chain: &dyn RootChain, burn: B256) -> Result<(), Box<dyn core::error::Error>> {
//! let cache = FileCache::open("checkpoints")?;
//! let prover = Prover::new(side_chain, root_chain).with_cache(&cache);
//! let proof = prover.prove(burn).await?; // fetched, rebuilt, checked; never a wrong one
//! println!("{}", proof.to_payload());
//! # Ok(())
//! # }
//! ```

mod burn;
mod cache;
mod error;
mod records;
mod scan;
mod search;
mod status;
mod tree;

pub use burn::Burn;
pub use cache::{CheckpointCache, NoCache};
#[cfg(feature = "std")]
pub use cache::{FileCache, MemoryCache};
pub use error::{Disagreement, ProveError};
pub use records::CheckpointRecord;
pub use search::{HeaderSearch, Step};
pub use status::{BurnStatus, Estimate};

use crate::{
    checkpoint::BlockRange,
    exit::{BlockReceipts, BuildError, BurnBlock, CheckpointRef, ExitProof, Receipt},
    side_chain::{SideChain, SideChainError, TransactionPlace},
};
use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};
use alloy_primitives::B256;
use bttc_core::{chain::BridgeContracts, root_chain::RootChain};
use futures_util::stream::{self, StreamExt as _};
use tree::LeafTree;

/// Questions to the side chain that are under way at once.
const CONCURRENCY: usize = 8;

/// How often a checkpoint is looked for that changes while it is read.
const ROUNDS: usize = 3;

/// Proves burns of a side chain to a root chain.
#[derive(Clone, Copy, Debug)]
pub struct Prover<'a> {
    side_chain: &'a dyn SideChain,
    root_chain: &'a dyn RootChain,
    contracts: Option<BridgeContracts>,
    cache: &'a dyn CheckpointCache,
}

/// A burn, its position among those asked for, and its position in its block.
struct Wanted<'a> {
    burn: &'a Burn,
    place: usize,
    index: u64,
}

type Proofs = Vec<(usize, Result<ExitProof, ProveError>)>;

impl<'a> Prover<'a> {
    /// A prover from this side chain to this root chain, without a cache, for the contracts of the public network that the
    /// side chain's id names.
    #[must_use]
    pub const fn new(side_chain: &'a dyn SideChain, root_chain: &'a dyn RootChain) -> Self {
        Self { side_chain, root_chain, contracts: None, cache: &NoCache }
    }

    /// The same, for contracts elsewhere.
    #[must_use]
    pub const fn with_contracts(mut self, contracts: BridgeContracts) -> Self {
        self.contracts = Some(contracts);
        self
    }

    /// The same, with leaves of checkpoints kept here.
    #[must_use]
    pub const fn with_cache(mut self, cache: &'a dyn CheckpointCache) -> Self {
        self.cache = cache;
        self
    }

    /// The contracts it asks and proves to.
    ///
    /// # Errors
    /// [`ProveError::NoContracts`].
    pub fn contracts(&self) -> Result<BridgeContracts, ProveError> {
        let (chain_id, root_chain) = (self.side_chain.chain_id(), self.root_chain.id());
        let contracts = self.contracts.or_else(|| BridgeContracts::of(chain_id, root_chain));
        contracts.ok_or(ProveError::NoContracts { chain_id, root_chain })
    }

    /// The proof of a burn: of its only withdrawal, or of the log that is chosen.
    ///
    /// # Errors
    /// [`ProveError`].
    pub async fn prove(&self, burn: impl Into<Burn>) -> Result<ExitProof, ProveError> {
        let burn = burn.into();
        let unknown = ProveError::UnknownTransaction { got: burn.transaction };
        self.prove_all([burn]).await.pop().unwrap_or(Err(unknown))
    }

    /// The proofs of burns, in their order. Work is shared; one that fails does not hinder the others.
    pub async fn prove_all<B: Into<Burn>>(
        &self,
        burns: impl IntoIterator<Item = B>,
    ) -> Vec<Result<ExitProof, ProveError>> {
        let burns: Vec<Burn> = burns.into_iter().map(Into::into).collect();
        // Over owned hashes: with borrowed ones the future could not be sent to another thread.
        let hashes: Vec<B256> = burns.iter().map(|burn| burn.transaction).collect();
        let places = stream::iter(hashes).map(|hash| self.locate(hash)).buffered(CONCURRENCY);
        let places: Vec<_> = places.collect().await;
        let mut proofs: Proofs = Vec::new();
        let mut blocks: BTreeMap<u64, Vec<Wanted<'_>>> = BTreeMap::new();
        for ((place, burn), found) in burns.iter().enumerate().zip(places) {
            match found {
                Ok(TransactionPlace { block, index }) => {
                    blocks.entry(block).or_default().push(Wanted { burn, place, index });
                }
                Err(error) => proofs.push((place, Err(error))),
            }
        }
        let mut rounds = ROUNDS;
        while let Some(&first) = blocks.keys().next() {
            let found = match self.checkpoint_of(first).await {
                Ok(found) => found,
                Err(error) => {
                    let failed = blocks.remove(&first).unwrap_or_default();
                    proofs.extend(failed.into_iter().map(|wanted| (wanted.place, Err(error.clone()))));
                    continue;
                }
            };
            let range = found.checkpoint.range;
            match self.prove_within(&found, &blocks).await {
                Ok(more) => proofs.extend(more),
                Err(ProveError::Moved { .. }) if rounds > 1 => {
                    rounds -= 1;
                    continue;
                }
                Err(error) => {
                    let failed = blocks.range(range.start()..=range.end()).flat_map(|(_, wanted)| wanted);
                    proofs.extend(failed.map(|wanted| (wanted.place, Err(error.clone()))));
                }
            }
            blocks.retain(|block, _| !range.contains(*block));
            rounds = ROUNDS;
        }
        proofs.sort_by_key(|(place, _)| *place);
        proofs.into_iter().map(|(_, proof)| proof).collect()
    }

    /// Where a burn stands and what it left: what its logs can be chosen from.
    ///
    /// # Errors
    /// [`ProveError`].
    pub async fn receipt(&self, transaction: B256) -> Result<(TransactionPlace, Receipt), ProveError> {
        let place = self.locate(transaction).await?;
        Ok((place, self.receipt_at(place).await?))
    }

    async fn receipt_at(&self, place: TransactionPlace) -> Result<Receipt, ProveError> {
        let receipts = self.side_chain.receipts(place.block).await?;
        let missing = BuildError::TransactionNotFound { got: place.index, receipts: receipts.len() };
        let receipt = usize::try_from(place.index).ok().and_then(|index| receipts.into_iter().nth(index));
        Ok(receipt.ok_or(missing)?)
    }

    async fn locate(&self, transaction: B256) -> Result<TransactionPlace, ProveError> {
        let place = self.side_chain.locate(transaction).await?;
        place.ok_or(ProveError::UnknownTransaction { got: transaction })
    }

    /// Proves what lies in this checkpoint. An error concerns all of it.
    async fn prove_within(
        &self,
        found: &CheckpointRecord,
        blocks: &BTreeMap<u64, Vec<Wanted<'_>>>,
    ) -> Result<Proofs, ProveError> {
        let range = found.checkpoint.range;
        let tree = self.tree(&found.checkpoint).await?;
        let wanted: Vec<_> = blocks.range(range.start()..=range.end()).collect();
        let numbers: Vec<u64> = wanted.iter().map(|(block, _)| **block).collect();
        let fetched = stream::iter(numbers).map(|block| self.burn_block(&tree, block)).buffered(CONCURRENCY);
        let fetched: Vec<_> = fetched.collect().await;
        let mut proofs = Proofs::new();
        for ((_, wanted), block) in wanted.into_iter().zip(fetched) {
            let receipts = block.as_ref().map_err(Clone::clone);
            let receipts = receipts.and_then(|block| Ok(BlockReceipts::new(block)?));
            let proof =
                |wanted: &Wanted<'_>| tree.prove(receipts.as_ref().map_err(Clone::clone)?, wanted.index, wanted.burn);
            proofs.extend(wanted.iter().map(|wanted| (wanted.place, proof(wanted))));
        }
        self.still(found).await?;
        Ok(proofs)
    }

    /// The leaves of a checkpoint as a tree with its root.
    async fn tree(&self, checkpoint: &CheckpointRef) -> Result<LeafTree, ProveError> {
        // What was kept may have been damaged: it counts only if the root still follows.
        if let Some(Ok(tree)) = self.cache.load(checkpoint).map(|leaves| LeafTree::over(checkpoint, leaves)) {
            return Ok(tree);
        }
        let leaves = self.side_chain.leaves(checkpoint.range).await?;
        match LeafTree::over(checkpoint, leaves) {
            Ok(tree) => {
                self.cache.store(checkpoint, tree.leaves());
                Ok(tree)
            }
            Err(computed) => Err(ProveError::CheckpointRoot(Box::new(Disagreement {
                side_chain: self.side_chain.source(),
                root_chain: self.root_chain.id(),
                header: checkpoint.id,
                computed,
                stated: self.side_chain.root(checkpoint.range).await.ok(),
                expected: checkpoint.root,
            }))),
        }
    }

    /// A block of the checkpoint with its receipts, as long as the side chain means the same block.
    async fn burn_block(&self, tree: &LeafTree, number: u64) -> Result<BurnBlock, ProveError> {
        let leaf = tree.leaf(number)?;
        let alone = BlockRange::new(number, number).expect("a height is not above itself");
        let own = self.side_chain.leaves(alone).await?.first().copied();
        if own != Some(leaf) {
            let (side_chain, computed) = (self.side_chain.source(), own.map(|own| own.hash()));
            return Err(ProveError::OtherBlock { side_chain, block: number, computed, expected: leaf.hash() });
        }
        let receipts = self.side_chain.receipts(number).await?;
        Ok(BurnBlock { leaf, receipts })
    }
}

impl From<SideChainError> for ProveError {
    fn from(error: SideChainError) -> Self {
        Self::SideChain(error)
    }
}

/// Whoever proves may do so on many threads.
const _: fn(Prover<'_>) = |prover| {
    fn sent<T: Send>(_: T) {}
    sent(prover.prove(B256::ZERO));
    sent(prover.prove_all([B256::ZERO]));
    sent(prover.status(B256::ZERO));
    sent(prover.scan(B256::ZERO));
};
