//! The side chain over JSON-RPC, from one endpoint or several, none of which is believed.
//!
//! ```text
//! header     rlp of its fields      ──H──▶ hash                 as stated; parent hash = hash of the block before
//! block      rlp of each transaction ──H──▶ its hash, as stated
//!            trie of them           ──────▶ transactions root   of the header
//! receipts   trie of their bytes    ──────▶ receipts root       of the header
//! locate     block and index that are stated                    the block's own list decides
//! ```
//!
//! What does not hold is a [`Contradiction`](super::Contradiction), which names endpoint, method and field; the question
//! then goes to the next endpoint, and a last time to those that contradicted themselves: a balancer often has a lagging
//! node behind it. What remains is for whoever knows the checkpoint: a chain that holds together may still be another.
//!
//! Receipts come by the first of these that the endpoint knows, which is remembered:
//!
//! 1. `eth_getTransactionReceiptsByBlock`, this chain's own. Its receipts lack the type; the block has it.
//! 2. `eth_getBlockReceipts`.
//! 3. `eth_getTransactionReceipt` for each transaction, in batches.
//!
//! The state-sync transaction that the RPC lists last belongs to neither trie and is dropped.
//!
//! Sources: `block-layer §7.2-7.5` · `withdrawal-proofs §3.8-3.9, §7.3-7.5`.
//!
//! ```no_run
//! use bttc_checkpoint::{checkpoint::BlockRange, side_chain::{RpcSideChain, SideChain}};
//! use bttc_core::endpoint::{Endpoint, Patience};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let endpoints = ["https://rpc.bt.io", "https://another.example"].map(|url| Endpoint::new(url, Patience::default()));
//! let chain = RpcSideChain::connect(endpoints.into_iter().collect::<Result<_, _>>()?).await?;
//! let leaves = chain.leaves(BlockRange::new(1_000, 1_255)?).await?;
//! # Ok(())
//! # }
//! ```

mod block;
mod node;
mod receipts;
mod transaction;

use super::{SideChain, SideChainError, TransactionPlace};
use crate::{
    checkpoint::BlockRange,
    exit::{Receipt, state_sync_transaction},
};
use alloc::{boxed::Box, collections::BTreeMap, format, string::String, sync::Arc, vec::Vec};
use alloy_primitives::B256;
use async_trait::async_trait;
use block::{Block, Header, Mismatch};
use bttc_core::{endpoint::Endpoint, leaf::Leaf};
use core::{fmt, num::NonZeroUsize, ops::RangeInclusive};
use futures_util::{
    future::BoxFuture,
    stream::{self, StreamExt as _},
};
use node::Node;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How far a range is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Blocks that are there and checked.
    pub blocks: u64,
    /// Blocks of the range.
    pub of: u64,
}

type OnProgress = Arc<dyn Fn(Fetched) + Send + Sync>;

/// The side chain as endpoints tell of it, and as far as it can be checked.
pub struct RpcSideChain {
    chain_id: u64,
    nodes: Vec<Node>,
    batch: NonZeroUsize,
    concurrency: NonZeroUsize,
    /// Blocks that were checked lately, for a burn's block is needed twice.
    blocks: Mutex<BTreeMap<u64, Arc<Block>>>,
    progress: Option<OnProgress>,
}

const BATCH: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not zero");
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(4).expect("4 is not zero");

/// Blocks that are kept.
const KEPT: usize = 64;

impl RpcSideChain {
    /// The chain with this id behind these endpoints, not yet asked anything.
    ///
    /// # Errors
    /// [`SideChainError::Permanent`] without endpoints.
    pub fn new(chain_id: u64, endpoints: Vec<Endpoint>) -> Result<Self, SideChainError> {
        if endpoints.is_empty() {
            return Err(SideChainError::Permanent { cause: "expected at least one endpoint, got none".into() });
        }
        let nodes = endpoints.into_iter().map(Node::new).collect();
        let blocks = Mutex::default();
        Ok(Self { chain_id, nodes, batch: BATCH, concurrency: CONCURRENCY, blocks, progress: None })
    }

    /// The chain behind these endpoints, all of which must name the same chain id.
    ///
    /// # Errors
    /// [`SideChainError`].
    pub async fn connect(endpoints: Vec<Endpoint>) -> Result<Self, SideChainError> {
        let mut chain = Self::new(0, endpoints)?;
        let mut ids = Vec::new();
        for node in &chain.nodes {
            let id = node.chain_id().await?;
            let expected = ids.first().copied().unwrap_or(id);
            if id != expected {
                return Err(node.contradiction(node::CHAIN_ID, Mismatch::new("chain id", id, expected)));
            }
            ids.push(id);
        }
        chain.chain_id = ids.first().copied().unwrap_or_default();
        Ok(chain)
    }

    /// The same, with so many headers in a post (64).
    #[must_use]
    pub const fn with_batch(mut self, headers: NonZeroUsize) -> Self {
        self.batch = headers;
        self
    }

    /// The same, with so many posts under way at once (4).
    #[must_use]
    pub const fn with_concurrency(mut self, posts: NonZeroUsize) -> Self {
        self.concurrency = posts;
        self
    }

    /// The same, telling how far a range is fetched.
    #[must_use]
    pub fn with_progress(mut self, tell: impl Fn(Fetched) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(tell));
        self
    }

    /// What was last wrong with each endpoint: also what another endpoint made up for.
    #[must_use]
    pub fn faults(&self) -> Vec<SideChainError> {
        self.nodes.iter().filter_map(Node::fault).collect()
    }

    /// Nodes, this one first.
    fn nodes_from(&self, first: usize) -> impl Iterator<Item = &Node> {
        let first = first % self.nodes.len();
        self.nodes.iter().skip(first).chain(self.nodes.iter().take(first))
    }

    /// Asks one node after the other, and once more those that contradicted themselves. The error is the first
    /// contradiction, or else the first failure.
    async fn ask<'a, T>(
        &'a self,
        first: usize,
        question: impl Fn(&'a Node) -> BoxFuture<'a, Result<T, SideChainError>>,
    ) -> Result<T, SideChainError> {
        let mut worst: Option<SideChainError> = None;
        let mut nodes: Vec<&Node> = self.nodes_from(first).collect();
        for _ in 0..2 {
            let mut again = Vec::new();
            for node in nodes {
                let error = match question(node).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error,
                };
                node.note(&error);
                let contradicts = matches!(error, SideChainError::Contradiction(_));
                if contradicts {
                    again.push(node);
                }
                if worst.is_none() || contradicts && !matches!(worst, Some(SideChainError::Contradiction(_))) {
                    worst = Some(error);
                }
            }
            nodes = again;
        }
        Err(worst.unwrap_or(SideChainError::Permanent { cause: "no endpoint was asked".into() }))
    }

    /// A block with its transactions, checked.
    async fn block(&self, number: u64) -> Result<Arc<Block>, SideChainError> {
        if let Some(block) = self.kept().get(&number) {
            return Ok(block.clone());
        }
        let block = Arc::new(self.ask(0, |node| Box::pin(node.block(number))).await?);
        let mut kept = self.kept();
        if kept.len() >= KEPT {
            kept.pop_first();
        }
        kept.insert(number, block.clone());
        Ok(block)
    }

    /// Every change of it is one insertion or removal.
    fn kept(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Block>>> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place that the block's own list gives a transaction; `None` for the state-sync transaction.
    async fn place(
        &self,
        node: &Node,
        transaction: B256,
        stated: u64,
    ) -> Result<Option<TransactionPlace>, SideChainError> {
        let block = self.block(stated).await?;
        if transaction == state_sync_transaction(stated, block.hash) {
            return Ok(None);
        }
        let index = block.transactions.iter().position(|(hash, _)| *hash == transaction);
        match index.and_then(|index| u64::try_from(index).ok()) {
            Some(index) => Ok(Some(TransactionPlace { block: stated, index })),
            None => {
                // It may be the block that is old.
                self.kept().remove(&stated);
                let expected = format!("the block that lists {transaction}");
                Err(node.contradiction(node::LOCATE, Mismatch::new("blockNumber", stated, expected)))
            }
        }
    }

    /// The posts that fetch a range.
    fn chunks(&self, range: BlockRange) -> impl Iterator<Item = RangeInclusive<u64>> + use<> {
        let size = u64::try_from(self.batch.get()).unwrap_or(u64::MAX);
        let starts = core::iter::successors(Some(range.start()), move |start| start.checked_add(size));
        let end = range.end();
        starts.take_while(move |start| *start <= end).map(move |start| start..=start.saturating_add(size - 1).min(end))
    }

    /// A part of a range, and who told it.
    async fn headers(&self, first: usize, chunk: RangeInclusive<u64>) -> Result<(String, Vec<Header>), SideChainError> {
        let question = |node| -> BoxFuture<'_, _> { Box::pin(told_headers(node, chunk.clone())) };
        self.ask(first, question).await
    }
}

async fn told_headers(node: &Node, chunk: RangeInclusive<u64>) -> Result<(String, Vec<Header>), SideChainError> {
    Ok((node.name().into(), node.headers(chunk).await?))
}

#[async_trait]
impl SideChain for RpcSideChain {
    fn chain_id(&self) -> u64 {
        self.chain_id
    }

    fn source(&self) -> String {
        let names: Vec<&str> = self.nodes.iter().map(Node::name).collect();
        names.join(", ")
    }

    async fn head(&self) -> Result<u64, SideChainError> {
        self.ask(0, |node| Box::pin(node.head())).await
    }

    async fn locate(&self, transaction: B256) -> Result<Option<TransactionPlace>, SideChainError> {
        let mut worst = None;
        for node in &self.nodes {
            let place = match node.locate(transaction).await {
                Ok(Some(stated)) => self.place(node, transaction, stated).await,
                // Another may be further.
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            match place {
                Ok(place) => return Ok(place),
                Err(error) => {
                    node.note(&error);
                    worst.get_or_insert(error);
                }
            }
        }
        worst.map_or(Ok(None), Err)
    }

    async fn leaves(&self, range: BlockRange) -> Result<Vec<Leaf>, SideChainError> {
        if range.blocks() > BlockRange::MAX_QUERY {
            let cause = format!(
                "{} blocks are more than the {} that a checkpoint may have",
                range.blocks(),
                BlockRange::MAX_QUERY
            );
            return Err(SideChainError::Permanent { cause });
        }
        // A burn's block is there already.
        if let (1, Some(block)) = (range.blocks(), self.kept().get(&range.start())) {
            return Ok([block.leaf].into());
        }
        let posts = self.chunks(range).enumerate().map(|(place, chunk)| self.headers(place, chunk));
        let mut posts = stream::iter(posts).buffered(self.concurrency.get());
        let mut leaves = Vec::new();
        let mut before: Option<(String, B256)> = None;
        while let Some(post) = posts.next().await {
            let (name, headers) = post?;
            if let (Some((other, hash)), Some(header)) = (&before, headers.first())
                && header.parent != *hash
            {
                let field = format!("parentHash of block {}", header.leaf.number);
                let expected = format!("{hash} by {other}");
                let mismatch = Mismatch::new(field, header.parent, expected);
                return Err(mismatch.told_by(&name, node::HEADER));
            }
            before = headers.last().map(|header| (name, header.hash));
            leaves.extend(headers.into_iter().map(|header| header.leaf));
            if let Some(tell) = &self.progress {
                tell(Fetched { blocks: u64::try_from(leaves.len()).unwrap_or(u64::MAX), of: range.blocks() });
            }
        }
        Ok(leaves)
    }

    async fn receipts(&self, block: u64) -> Result<Vec<Receipt>, SideChainError> {
        let whole = self.block(block).await?;
        let receipts = self.ask(0, |node| Box::pin(told_receipts(node, whole.clone()))).await;
        receipts.inspect_err(|_| {
            self.kept().remove(&block);
        })
    }

    async fn root(&self, range: BlockRange) -> Result<B256, SideChainError> {
        self.ask(0, |node| Box::pin(node.root(range))).await
    }
}

async fn told_receipts(node: &Node, block: Arc<Block>) -> Result<Vec<Receipt>, SideChainError> {
    node.receipts(&block).await
}

impl fmt::Debug for RpcSideChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "side chain {} by {}", self.chain_id, self.source())
    }
}

const _: fn(&RpcSideChain) -> &dyn SideChain = |chain| chain;
