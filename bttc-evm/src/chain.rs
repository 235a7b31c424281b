//! A chain of blocks in memory: it builds, seals and imports, and answers what it knows.
//!
//! ```text
//! needs() ─▶ facts from outside ─▶ build(transactions, author, facts) ─▶ seal(signer) ─▶ import(block, facts)
//! ```
//!
//! ```text
//!              ┌─ 8' ── 9'                 branches, with their states, as far back as the window reaches
//! … 5 ── 6 ── 7 ── 8 ── 9 ── 10            the chain: 10 is the head
//!   └ states ──────────────┘
//! ```
//!
//! A block may follow any block in the [`Window`]. If its branch is the heavier one it becomes the head, and a
//! [`HeadChange`] says what was abandoned and adopted. Without a window the chain grows at its head only: a block on another
//! parent is refused by name.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, hash::keccak256, id::ValidatorId, schedule::FixedProducers, signature::SecretKey};
//! use bttc_core::validator::{Validator, VotingPower};
//! use bttc_evm::{chain::Chain, genesis::{DevnetAllocation, devnet_genesis}, system::Facts};
//! use alloy_primitives::Address;
//!
//! let spec = ChainSpec::devnet();
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let alice = Validator::new(ValidatorId::new(1), key.address(), VotingPower::new(1));
//! let genesis = devnet_genesis(&spec, &DevnetAllocation {
//!     time: 1_700_000_000, validators: vec![alice], balances: Default::default(), root_chain: 1, root_token: Address::ZERO,
//! })?;
//! let mut chain = Chain::open(spec.clone(), &genesis)?;
//! let producers = FixedProducers::new(chain.producers(1)?, key.address(), spec.timing);
//!
//! let facts = Facts::new(1_700_000_001, &producers);
//! let block = chain.build([], key.address(), &facts)?.seal(&key)?;
//! let imported = chain.import(block, &facts)?;
//! assert_eq!((imported.header().height(), imported.header().author()), (1, key.address()));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod branches;
mod fork_choice;
mod head;

pub use fork_choice::{Preference, prefer};
pub use head::{Behind, HeadChange, Window};

use crate::{
    block::{Block, BuildError, ImportError, ImportedBlock, Judged, Unsealed, build, judge, prepare},
    executor::{self, BlockContext, Executor, ExecutorFactory, NativeLogs, QueryError, RevmExecutors},
    genesis::{Genesis, GenesisError},
    header::{Header, RecoveredHeader, SealedHeader},
    receipt::Receipt,
    seal::{self, Parent, SealContext, SealError, SignerCache},
    state::State,
    state_sync::{RecordRequest, SyntheticReceipt, select},
    system::{
        Answer, Facts, Needs, SystemError, SystemWork, code_replacement::CodeReplacements, commit_span, commit_state,
    },
    threads::Threads,
    transaction::Transaction,
};
use alloy_primitives::{Address, B256, Bytes};
use branches::{Branches, SideBlock};
use bttc_core::{
    chain::ChainSpec,
    id::{SpanId, StateId},
    span::Span,
    validator::Validator,
};
use core::fmt;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// Blocks whose hashes code can ask for.
///
/// Source: `block-layer §5.1.8; bttc:core/evm.go:84-107`.
const VISIBLE_HASHES: u64 = 256;

/// A block that another can follow, and what that is executed on.
struct Tip<'c> {
    block: &'c ImportedBlock,
    state: &'c State,
    /// The hashes that code can ask for.
    hashes: Cow<'c, BTreeMap<u64, B256>>,
}

impl Tip<'_> {
    fn header(&self) -> &SealedHeader {
        self.block.header()
    }

    fn next_number(&self) -> u64 {
        self.header().height().saturating_add(1)
    }
}

/// A block that turned out right, the state after it, and what it does to the head.
pub(crate) struct Candidate {
    pub(crate) change: HeadChange,
    pub(crate) state: State,
}

/// A chain and its state at the head. A clone shares storage and code with the original.
#[derive(Clone)]
pub struct Chain {
    spec: ChainSpec,
    native_logs: NativeLogs,
    executors: Arc<dyn ExecutorFactory>,
    threads: Threads,
    vanity: B256,
    replacements: CodeReplacements,
    window: Window,
    own: BTreeSet<Address>,
    /// Who sealed the blocks that came by.
    signers: SignerCache,
    /// After the head.
    state: State,
    /// After the blocks that another may follow, by number; the head's among them.
    states: BTreeMap<u64, State>,
    /// Block 0 is always there.
    genesis: Arc<ImportedBlock>,
    /// The blocks up to the head without a gap.
    blocks: VecDeque<Arc<ImportedBlock>>,
    numbers: BTreeMap<B256, u64>,
    /// The hashes that code can ask for, and those before them as far as the window reaches.
    hashes: BTreeMap<u64, B256>,
    branches: Branches,
}

impl Chain {
    /// A chain that consists of its genesis.
    ///
    /// # Errors
    /// [`GenesisError`] when the genesis is not the spec's.
    pub fn open(spec: ChainSpec, genesis: &Genesis) -> Result<Self, GenesisError> {
        let (header, state, replacements) = genesis.open(&spec)?;
        let hash = header.hash();
        Ok(Self {
            spec,
            native_logs: NativeLogs::Emit,
            executors: Arc::new(RevmExecutors),
            threads: Threads::ONE,
            vanity: B256::ZERO,
            replacements,
            window: Window::default(),
            own: BTreeSet::new(),
            signers: SignerCache::default(),
            states: BTreeMap::from([(0, state.clone())]),
            state,
            genesis: Arc::new(ImportedBlock::empty(header)),
            blocks: VecDeque::new(),
            numbers: BTreeMap::from([(hash, 0)]),
            hashes: BTreeMap::from([(0, hash)]),
            branches: Branches::default(),
        })
    }

    /// With or without the client's own logs; a rule of the chain, so the same for all who follow it.
    #[must_use]
    pub fn with_native_logs(self, native_logs: NativeLogs) -> Self {
        Self { native_logs, ..self }
    }

    /// With the host's own executors for the blocks it builds and imports.
    #[must_use]
    pub fn with_executors(self, executors: Arc<dyn ExecutorFactory>) -> Self {
        Self { executors, ..self }
    }

    /// With this many threads: they recover senders ahead of the execution, and compute roots side by side.
    #[must_use]
    pub fn with_threads(self, threads: Threads) -> Self {
        Self { threads, ..self }
    }

    /// With this vanity in the blocks it builds.
    #[must_use]
    pub fn with_vanity(self, vanity: B256) -> Self {
        Self { vanity, ..self }
    }

    /// With this window.
    #[must_use]
    pub fn with_window(self, window: Window) -> Self {
        Self { window, ..self }
    }

    /// With these authors as one's own: between blocks of one weight theirs is preferred.
    #[must_use]
    pub fn with_own(self, own: impl IntoIterator<Item = Address>) -> Self {
        Self { own: own.into_iter().collect(), ..self }
    }

    /// The rules.
    #[must_use]
    pub const fn spec(&self) -> &ChainSpec {
        &self.spec
    }

    /// The newest block.
    #[must_use]
    pub fn head(&self) -> &ImportedBlock {
        self.blocks.back().unwrap_or(&self.genesis)
    }

    /// A block by number, if it is in memory.
    #[must_use]
    pub fn block(&self, number: u64) -> Option<&ImportedBlock> {
        self.shared(number).map(Arc::as_ref)
    }

    /// A block by number, if it is in memory, to be kept.
    pub(crate) fn shared(&self, number: u64) -> Option<&Arc<ImportedBlock>> {
        if number == 0 {
            return Some(&self.genesis);
        }
        let first = self.blocks.front()?.header().height();
        let place = usize::try_from(number.checked_sub(first)?).ok()?;
        self.blocks.get(place)
    }

    /// The blocks in memory up to the head, the oldest first.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = &Arc<ImportedBlock>> {
        self.blocks.iter()
    }

    /// The blocks beside the chain that are in memory, the lowest first. Some were of the chain once; those behind the
    /// window are kept as long as the chain's own of their numbers.
    pub fn side_blocks(&self) -> impl Iterator<Item = &Arc<ImportedBlock>> {
        self.branches.blocks()
    }

    /// A block beside the chain.
    #[must_use]
    pub fn side_block(&self, hash: B256) -> Option<&ImportedBlock> {
        self.branches.by_hash(hash).map(Arc::as_ref)
    }

    /// A block of the chain or beside it, if it is in memory, to be kept.
    pub(crate) fn shared_by_hash(&self, hash: B256) -> Option<&Arc<ImportedBlock>> {
        match self.numbers.get(&hash) {
            Some(number) => self.shared(*number),
            None => self.branches.by_hash(hash),
        }
    }

    /// A block of the chain by hash.
    #[must_use]
    pub fn block_by_hash(&self, hash: B256) -> Option<&ImportedBlock> {
        self.numbers.get(&hash).and_then(|number| self.block(*number))
    }

    /// A header by number.
    #[must_use]
    pub fn header(&self, number: u64) -> Option<&SealedHeader> {
        self.block(number).map(ImportedBlock::header)
    }

    /// Receipts of a block's transactions.
    #[must_use]
    pub fn receipts(&self, number: u64) -> Option<&[Receipt]> {
        self.block(number).map(ImportedBlock::receipts)
    }

    /// Receipt of the logs that a block's system calls made, if they made any.
    #[must_use]
    pub fn synthetic_receipt(&self, number: u64) -> Option<&SyntheticReceipt> {
        self.block(number).and_then(ImportedBlock::synthetic)
    }

    /// The state after the newest block.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The state after the block of this number of the chain, if it is kept: the head's always, others in the window.
    #[must_use]
    pub fn state_at(&self, number: u64) -> Option<&State> {
        if number == self.head().header().height() { Some(&self.state) } else { self.states.get(&number) }
    }

    /// Calls a contract on the head's state, from the zero address, and throws away what the call changed.
    ///
    /// # Errors
    /// [`QueryError`] when it reverts or halts.
    pub fn call(&self, to: Address, input: Bytes) -> Result<Bytes, QueryError> {
        self.call_on(&self.tip(), to, input)
    }

    fn call_on(&self, tip: &Tip<'_>, to: Address, input: Bytes) -> Result<Bytes, QueryError> {
        let header = tip.header();
        let context = self.context(header, header.author());
        executor::call(tip.state, &tip.hashes, &context, to, input)
    }

    /// Who produces block `number`, as the validator-set contract says at the head, in its order.
    ///
    /// Source: `block-layer §4.1.11; bttc:consensus/bor/bor.go:979-1031`.
    ///
    /// # Errors
    /// [`QueryError`] when the contract does not answer.
    pub fn producers(&self, number: u64) -> Result<Vec<Validator>, QueryError> {
        self.producers_on(&self.tip(), number)
    }

    fn producers_on(&self, tip: &Tip<'_>, number: u64) -> Result<Vec<Validator>, QueryError> {
        let call = commit_span::validators_call(number);
        let answer = self.call_on(tip, self.spec.contracts.validator_set, call)?;
        commit_span::read_validators(&answer)
    }

    /// Id of the state-sync record delivered last.
    ///
    /// # Errors
    /// [`QueryError`] when the state receiver does not answer.
    pub fn last_state_id(&self) -> Result<StateId, QueryError> {
        self.last_state_id_on(&self.tip())
    }

    fn last_state_id_on(&self, tip: &Tip<'_>) -> Result<StateId, QueryError> {
        let call = commit_state::last_state_id_call();
        let answer = self.call_on(tip, self.spec.contracts.state_receiver, call)?;
        commit_state::read_last_state_id(&answer)
    }

    /// The span that the contract calls current at the head.
    ///
    /// # Errors
    /// [`QueryError`] when the contract does not answer.
    pub fn current_span(&self) -> Result<commit_span::CurrentSpan, QueryError> {
        self.current_span_on(&self.tip())
    }

    fn current_span_on(&self, tip: &Tip<'_>) -> Result<commit_span::CurrentSpan, QueryError> {
        let answer = self.call_on(tip, self.spec.contracts.validator_set, commit_span::current_span_call())?;
        commit_span::read_current_span(&answer)
    }

    /// What the next block needs from the validation layer.
    ///
    /// # Errors
    /// [`QueryError`] when a system contract does not answer.
    pub fn needs(&self) -> Result<Needs, QueryError> {
        let tip = self.tip();
        if !self.spec.timing.is_sprint_start(tip.next_number()) {
            return Ok(Needs::default());
        }
        Ok(Needs { span: self.span_due(&tip)?, records: Some(self.record_request(&tip)?) })
    }

    /// Builds the next block for this author from the transactions that can stand in it, in their order.
    ///
    /// # Errors
    /// [`BuildError`] when the author has no turn, or the facts do not suffice.
    pub fn build(
        &self,
        transactions: impl IntoIterator<Item = Transaction>,
        author: Address,
        facts: &Facts<'_>,
    ) -> Result<Unsealed, BuildError> {
        let tip = self.tip();
        let parent = tip.header();
        let number = tip.next_number();
        let turn = facts.schedule.turn(number, author)?;
        let next_producers =
            if self.spec.timing.is_sprint_end(number) { Some(self.producers(number.saturating_add(1))?) } else { None };
        let header = prepare(parent, &turn, facts.now, self.vanity, next_producers, self.spec.gas_ceiling)?;
        let mut work = SystemWork::default();
        self.plan(&tip, facts, &mut work)?;
        let context = self.context(&header, author);
        let mut executor = self.executor(&tip, context);
        Ok(build(&mut *executor, header, author, transactions, &work, &self.spec, self.threads))
    }

    /// Finds out who sealed headers, shared among the chain's threads, and remembers it: the blocks of headers that were
    /// verified before, by [`verify_batch`](seal::verify_batch) as a rule, are then judged without another recovery.
    pub fn recover(&mut self, headers: impl IntoIterator<Item = Header>) -> Vec<RecoveredHeader> {
        self.signers.recover(headers, self.threads)
    }

    /// Judges a block and takes it into the chain or into a branch.
    ///
    /// # Errors
    /// [`ImportError`], the first rule broken; then nothing changed.
    pub fn import(&mut self, block: impl Into<Block>, facts: &Facts<'_>) -> Result<&ImportedBlock, ImportError> {
        let hash = self.take(block, facts)?.block.header().hash();
        // What was just taken is in one of the two places.
        Ok(if self.head().header().hash() == hash { self.head() } else { self.side_block(hash).unwrap_or(self.head()) })
    }

    /// Judges a block, takes it into the chain or into a branch, and says what that did to the head.
    ///
    /// # Errors
    /// [`ImportError`], the first rule broken; then nothing changed.
    pub fn take(&mut self, block: impl Into<Block>, facts: &Facts<'_>) -> Result<HeadChange, ImportError> {
        let candidate = self.judge(block.into(), facts)?;
        Ok(self.adopt(candidate))
    }

    /// Judges a block. Nothing changes yet but what is known of its signer.
    pub(crate) fn judge(&mut self, mut block: Block, facts: &Facts<'_>) -> Result<Candidate, ImportError> {
        let header = core::mem::take(&mut block.header);
        let hash = header.hash();
        if self.branches.get(header.height(), hash).is_some() || self.numbers.contains_key(&hash) {
            return Err(ImportError::Known { hash });
        }
        let header = self.signers.recover_one(header, hash);
        let tip = self.tip_at(&header);
        let (tip, header) = self.verify(tip, header, facts)?;
        let context = self.context(&header, header.author());
        let mut executor = self.executor(&tip, context);
        let work = || self.imported_work(&tip, facts);
        let judged = judge(&mut *executor, header, block, work, &self.spec, self.threads)?;
        let state = executor.into_changes().into_state();
        let Judged { block, receipts, synthetic, delivered, committed } = judged;
        let block = Arc::new(ImportedBlock {
            total_difficulty: tip.block.total_difficulty.wrapping_add(block.header.difficulty),
            block,
            receipts,
            synthetic,
            delivered,
            committed,
        });
        Ok(Candidate { change: self.change(block), state })
    }

    /// Whether a block becomes the head where another one is. Of two between which a coin decides, the first that came stays.
    pub(crate) fn prefers(&self, head: &ImportedBlock, candidate: &ImportedBlock) -> bool {
        prefer(head, candidate, &self.own) == Preference::Candidate
    }

    /// What a block does to the head.
    fn change(&self, block: Arc<ImportedBlock>) -> HeadChange {
        let beside = HeadChange { block: Arc::clone(&block), abandoned: Vec::new(), adopted: Vec::new() };
        if !self.prefers(self.head(), &block) {
            return beside;
        }
        let mut adopted = vec![block];
        let fork = loop {
            let Some(lowest) = adopted.last().map(|block| block.header()) else { return beside };
            if let Some(fork) = self.numbers.get(&lowest.parent_hash) {
                break *fork;
            }
            match self.branches.get(lowest.height().wrapping_sub(1), lowest.parent_hash) {
                Some(side) => adopted.push(Arc::clone(&side.block)),
                None => return beside,
            }
        };
        adopted.reverse();
        let abandoned = self.blocks.iter().rev().take_while(|block| block.header().height() > fork);
        HeadChange { abandoned: abandoned.cloned().collect(), adopted, ..beside }
    }

    /// Takes a block that was judged on this chain as it is.
    pub(crate) fn adopt(&mut self, Candidate { change, state }: Candidate) -> HeadChange {
        let place = |block: &ImportedBlock| (block.header().height(), block.header().hash());
        self.branches.insert(Arc::clone(&change.block), Some(state));
        for block in &change.abandoned {
            let (number, hash) = place(block);
            self.blocks.pop_back();
            self.numbers.remove(&hash);
            self.hashes.remove(&number);
            let state = self.states.remove(&number);
            self.branches.insert(Arc::clone(block), state);
        }
        for block in &change.adopted {
            let (number, hash) = place(block);
            if let Some(SideBlock { state: Some(state), .. }) = self.branches.remove(number, hash) {
                self.states.insert(number, state.clone());
                self.state = state;
            }
            self.numbers.insert(hash, number);
            self.hashes.insert(number, hash);
            self.blocks.push_back(Arc::clone(block));
        }
        if !change.adopted.is_empty() {
            self.prune();
        }
        // Not before: the blocks that were adopted were among them.
        self.branches.make_room();
        change
    }

    /// Forgets what is behind the window.
    fn prune(&mut self) {
        let first = self.first_within(self.head().header());
        let visible = first.saturating_sub(VISIBLE_HASHES);
        self.states = self.states.split_off(&first);
        self.hashes = self.hashes.split_off(&visible);
        let Self { branches, numbers, .. } = self;
        branches.forget_states(first, |parent| numbers.get(&parent).is_some_and(|number| *number >= first));
        if self.window.behind == Behind::Dropped {
            self.branches.forget_below(visible);
            while let Some(block) = self.blocks.front().filter(|block| block.header().height() < visible) {
                self.numbers.remove(&block.header().hash());
                self.blocks.pop_front();
            }
        }
    }

    /// The head, and what the next block is executed on.
    fn tip(&self) -> Tip<'_> {
        Tip { block: self.head(), state: &self.state, hashes: Cow::Borrowed(&self.hashes) }
    }

    /// The state after a block of a branch.
    pub(crate) fn side_state(&self, number: u64, hash: B256) -> Option<&State> {
        self.branches.get(number, hash).and_then(|side| side.state.as_ref())
    }

    /// The state after the parent of a block of the chain or beside it.
    pub(crate) fn state_before(&self, header: &SealedHeader) -> Option<&State> {
        let (number, parent) = (header.height().wrapping_sub(1), header.parent_hash);
        if self.numbers.contains_key(&parent) { self.state_at(number) } else { self.side_state(number, parent) }
    }

    /// Number of the lowest block that another may follow when this one is the head.
    pub(crate) fn first_within(&self, head: &SealedHeader) -> u64 {
        head.height().saturating_sub(self.window.depth)
    }

    /// Puts a block and the state after it beside the chain.
    pub(crate) fn restore_side(&mut self, block: Arc<ImportedBlock>, state: State) {
        self.branches.insert(block, Some(state));
    }

    /// How many blocks behind the head it looks at.
    pub(crate) const fn reach(&self) -> u64 {
        self.window.depth.saturating_add(VISIBLE_HASHES)
    }

    /// Goes on behind these blocks, the newest last, with the states after them as far as they are known.
    pub(crate) fn restore(&mut self, blocks: Vec<(Arc<ImportedBlock>, Option<State>)>) {
        for (block, state) in blocks {
            let (number, hash) = (block.header().height(), block.header().hash());
            self.numbers.insert(hash, number);
            self.hashes.insert(number, hash);
            self.blocks.push_back(block);
            if let Some(state) = state {
                self.states.insert(number, state.clone());
                self.state = state;
            }
        }
        self.prune();
    }

    /// The block that a header names as its parent, where another may follow it.
    fn tip_at(&self, header: &Header) -> Option<Tip<'_>> {
        let parent = header.parent_hash;
        let head = self.head().header();
        if parent == head.hash() {
            return Some(self.tip());
        }
        if let Some(number) = self.numbers.get(&parent) {
            let reached = number.saturating_add(self.window.depth) >= head.height();
            let state = self.states.get(number).filter(|_| reached)?;
            let hashes = self.hashes.range(..=*number).map(|(number, hash)| (*number, *hash)).collect();
            return Some(Tip { block: self.block(*number)?, state, hashes: Cow::Owned(hashes) });
        }
        let SideBlock { block, state: Some(state) } = self.branches.get(header.height().wrapping_sub(1), parent)?
        else {
            return None;
        };
        let mut above = BTreeMap::from([(block.header().height(), parent)]);
        let mut lowest = block.header();
        let fork = loop {
            match self.numbers.get(&lowest.parent_hash) {
                Some(fork) => break *fork,
                None => lowest = self.branches.get(lowest.height().wrapping_sub(1), lowest.parent_hash)?.block.header(),
            }
            above.insert(lowest.height(), lowest.hash());
        };
        above.extend(self.hashes.range(..=fork));
        Some(Tip { block, state, hashes: Cow::Owned(above) })
    }

    /// The header rules on a parent.
    fn verify<'c>(
        &self,
        tip: Option<Tip<'c>>,
        header: RecoveredHeader,
        facts: &Facts<'_>,
    ) -> Result<(Tip<'c>, SealedHeader), ImportError> {
        let (number, parent) = (header.height(), header.parent_hash);
        let timing = &self.spec.timing;
        let ends_sprint = timing.is_sprint_end(number);
        let contract = tip.as_ref().filter(|_| ends_sprint);
        let contract = contract.map(|tip| self.producers_on(tip, number.wrapping_add(1)));
        let verified = seal::verify_recovered(
            header,
            &SealContext {
                timing,
                now: facts.now,
                parent: tip.as_ref().map(|tip| Parent::from(tip.header())),
                schedule: facts.schedule,
                contract: contract.as_ref(),
            },
        );
        let head = self.head().header();
        let elsewhere = || ImportError::NotOnHead { number, parent, head: head.height(), expected: head.hash() };
        match (verified, tip) {
            (Ok(sealed), Some(tip)) if sealed.height() == tip.next_number() => Ok((tip, sealed)),
            (Ok(_), _) => Err(elsewhere()),
            (Err(SealError::UnknownAncestor { parent }), None) if self.shared_by_hash(parent).is_some() => {
                Err(elsewhere())
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    fn executor<'t>(&self, tip: &'t Tip<'_>, context: BlockContext) -> Box<dyn Executor + 't> {
        self.executors.executor(tip.state, &tip.hashes, context, self.native_logs)
    }

    fn context(&self, header: &Header, author: Address) -> BlockContext {
        BlockContext {
            chain_id: self.spec.chain_id,
            number: header.number,
            time: header.time,
            difficulty: header.difficulty,
            gas_limit: header.gas_limit,
            author,
            coinbase: header.coinbase,
        }
    }

    /// Source: `block-layer §4.1.1-4.1.3`.
    fn span_due(&self, tip: &Tip<'_>) -> Result<Option<SpanId>, QueryError> {
        let current = self.current_span_on(tip)?;
        let due = commit_span::is_due(&current, tip.next_number(), self.spec.timing.sprint);
        Ok(due.then(|| SpanId::new(current.id.wrapping_add(1))))
    }

    /// Source: `block-layer §4.2.2-4.2.4`.
    fn record_request(&self, tip: &Tip<'_>) -> Result<RecordRequest, QueryError> {
        let last = self.last_state_id_on(tip)?;
        let bound = tip.next_number().saturating_sub(self.spec.timing.sprint);
        Ok(RecordRequest {
            from: StateId::new(last.get().wrapping_add(1)),
            before: self.header_before(tip, bound).map_or(0, |header| header.time),
        })
    }

    /// The header of this number among those that lead to a block.
    fn header_before(&self, tip: &Tip<'_>, number: u64) -> Option<&SealedHeader> {
        let beside = tip.hashes.get(&number).and_then(|hash| self.branches.get(number, *hash));
        beside.map_or_else(|| self.header(number), |side| Some(side.block.header()))
    }

    /// Fills in the work of the block after this one as far as the facts go. On an error `work` holds the steps before it.
    fn plan(&self, tip: &Tip<'_>, facts: &Facts<'_>, work: &mut SystemWork) -> Result<(), SystemError> {
        let number = tip.next_number();
        if self.spec.timing.is_sprint_start(number) {
            if let Some(id) = self.span_due(tip)? {
                work.span = Some(self.span_given(id, facts)?.clone());
            }
            let RecordRequest { from, before } = self.record_request(tip)?;
            let Answer::Known(records) = facts.records else {
                return Err(SystemError::RecordsUnavailable { from });
            };
            let last = StateId::new(from.get().wrapping_sub(1));
            let limit = self.spec.state_sync_limits.get(&number).copied();
            work.records = select(records, last, before, self.spec.chain_id, limit);
        }
        work.code = self.replacements.at(number);
        Ok(())
    }

    fn span_given<'f>(&self, id: SpanId, facts: &Facts<'f>) -> Result<&'f Span, SystemError> {
        let span = match facts.span {
            None => return Err(SystemError::SpanMissing { id }),
            Some(Answer::Unavailable) => return Err(SystemError::SpanUnavailable { id }),
            Some(Answer::Known(span)) => span,
        };
        let (got, expected) = (span.chain_id, self.spec.chain_id);
        if got == expected { Ok(span) } else { Err(SystemError::SpanChain { got, expected }) }
    }

    /// The work of a block that somebody else made.
    ///
    /// Source: `block-layer §2.8.3; bttc:consensus/bor/bor.go:700-718`.
    // Q-88: where the facts fail, the rest of the work is left out and the state root decides.
    fn imported_work(&self, tip: &Tip<'_>, facts: &Facts<'_>) -> Result<SystemWork, SystemError> {
        let mut work = SystemWork::default();
        match self.plan(tip, facts, &mut work) {
            Err(error @ SystemError::SpanMissing { .. }) => Err(error),
            Ok(()) | Err(_) => Ok(work),
        }
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.head().header();
        write!(f, "Chain {} at block {} {}", self.spec.chain_id, head.height(), head.hash())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genesis::{DevnetAllocation, devnet_genesis};
    use alloy_primitives::Address;
    use bttc_core::{
        hash::keccak256,
        id::ValidatorId,
        schedule::{FixedProducers, Timing},
        signature::SecretKey,
        span::SpanRules,
        validator::VotingPower,
    };

    /// Every block starts and ends a sprint.
    fn chain() -> (Chain, SecretKey, FixedProducers) {
        chain_of(1)
    }

    fn chain_of(sprint: u64) -> (Chain, SecretKey, FixedProducers) {
        let devnet = ChainSpec::devnet();
        let spec = ChainSpec {
            timing: Timing { sprint, ..devnet.timing },
            spans: SpanRules { first: 4, ..devnet.spans },
            ..devnet
        };
        let key = SecretKey::from_bytes(&keccak256(b"alice")).unwrap();
        let alice = Validator::new(ValidatorId::new(1), key.address(), VotingPower::new(1));
        let allocation = DevnetAllocation {
            time: 1_000,
            validators: vec![alice],
            balances: BTreeMap::new(),
            root_chain: 1,
            root_token: Address::ZERO,
        };
        let genesis = devnet_genesis(&spec, &allocation).unwrap();
        let chain = Chain::open(spec, &genesis).unwrap();
        let producers = FixedProducers::new([], key.address(), chain.spec.timing);
        (chain, key, producers)
    }

    #[test]
    fn a_header_that_came_by_before_is_not_recovered_again() {
        // Block 1 neither starts nor ends a sprint.
        let (mut chain, key, _) = chain_of(4);
        let producers = FixedProducers::new(chain.producers(1).unwrap(), key.address(), chain.spec.timing);
        let facts = Facts::new(1_001, &producers);
        let block: Block = chain.build([], key.address(), &facts).unwrap().seal(&key).unwrap().into();
        // Whoever is remembered as the signer is believed to be him.
        let mut fooled = chain.clone();
        fooled.signers.remember(block.header.hash(), Address::repeat_byte(7));
        let refused = fooled.import(block.clone(), &facts).unwrap_err();
        assert!(matches!(refused, ImportError::Seal(SealError::Schedule(_))), "{refused}");

        let [recovered] = &chain.recover([block.header.clone()])[..] else { return };
        assert_eq!((recovered.signer(), chain.signers.len()), (Ok(key.address()), 1));
        assert_eq!(chain.import(block, &facts).unwrap().header().author(), key.address());
        assert_eq!(chain.signers.len(), 1);
    }

    #[test]
    fn q88_an_importer_goes_on_without_the_layer_and_a_producer_does_not() {
        let (chain, key, producers) = chain();
        let span_1 = SpanId::new(1);
        assert_eq!(chain.needs().unwrap().span, Some(span_1));
        let facts = Facts { span: Some(Answer::Unavailable), ..Facts::new(1_001, &producers) };
        assert_eq!(chain.imported_work(&chain.tip(), &facts), Ok(SystemWork::default()));
        let unavailable = SystemError::SpanUnavailable { id: span_1 };
        assert_eq!(chain.plan(&chain.tip(), &facts, &mut SystemWork::default()), Err(unavailable));
        assert!(chain.build([], key.address(), &facts).is_err());

        // Not to have asked is the caller's fault, not the layer's.
        let unasked = chain.imported_work(&chain.tip(), &Facts::new(1_001, &producers));
        assert_eq!(unasked, Err(SystemError::SpanMissing { id: span_1 }));
    }
}
