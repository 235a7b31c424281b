//! A chain of blocks in memory: it builds, seals and imports, and answers what it knows.
//!
//! ```text
//! needs() ─▶ facts from outside ─▶ build(transactions, author, facts) ─▶ seal(signer) ─▶ import(block, facts)
//! ```
//!
//! It grows at its head only: a block on another parent is refused by name.
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

use crate::{
    block::{Block, BuildError, ImportError, ImportedBlock, Judged, SealedBlock, Unsealed, build, judge, prepare},
    executor::{self, BlockContext, Executor, ExecutorFactory, NativeLogs, QueryError, RevmExecutors},
    genesis::{Genesis, GenesisError},
    header::{Header, SealedHeader},
    receipt::Receipt,
    seal::{self, Parent, SealContext, SealError},
    state::State,
    state_sync::{RecordRequest, SyntheticReceipt, select},
    system::{
        Answer, Facts, Needs, SystemError, SystemWork, code_replacement::CodeReplacements, commit_span, commit_state,
    },
    transaction::Transaction,
};
use alloy_primitives::{Address, B256, Bytes};
use bttc_core::{
    chain::ChainSpec,
    id::{SpanId, StateId},
    span::Span,
    validator::Validator,
};
use core::fmt;
use std::{collections::BTreeMap, sync::Arc};

/// Blocks whose hashes code can ask for.
///
/// Source: `block-layer §5.1.8; bttc:core/evm.go:84-107`.
const VISIBLE_HASHES: u64 = 256;

/// A chain and its state at the head. A clone shares storage and code with the original.
#[derive(Clone)]
pub struct Chain {
    spec: ChainSpec,
    native_logs: NativeLogs,
    executors: Arc<dyn ExecutorFactory>,
    vanity: B256,
    replacements: CodeReplacements,
    state: State,
    /// By number; block 0 is always there.
    genesis: ImportedBlock,
    blocks: Vec<ImportedBlock>,
    numbers: BTreeMap<B256, u64>,
    /// The hashes that code can ask for.
    hashes: BTreeMap<u64, B256>,
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
            vanity: B256::ZERO,
            replacements,
            state,
            genesis: ImportedBlock {
                total_difficulty: header.difficulty,
                block: SealedBlock { header, transactions: Vec::new() },
                receipts: Vec::new(),
                synthetic: None,
                delivered: Vec::new(),
                committed: None,
            },
            blocks: Vec::new(),
            numbers: BTreeMap::from([(hash, 0)]),
            hashes: BTreeMap::from([(0, hash)]),
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

    /// With this vanity in the blocks it builds.
    #[must_use]
    pub fn with_vanity(self, vanity: B256) -> Self {
        Self { vanity, ..self }
    }

    /// The rules.
    #[must_use]
    pub const fn spec(&self) -> &ChainSpec {
        &self.spec
    }

    /// The newest block.
    #[must_use]
    pub fn head(&self) -> &ImportedBlock {
        self.blocks.last().unwrap_or(&self.genesis)
    }

    /// A block by number.
    #[must_use]
    pub fn block(&self, number: u64) -> Option<&ImportedBlock> {
        match number.checked_sub(1) {
            None => Some(&self.genesis),
            Some(place) => usize::try_from(place).ok().and_then(|place| self.blocks.get(place)),
        }
    }

    /// A block by hash.
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

    /// Calls a contract on that state, from the zero address, and throws away what the call changed.
    ///
    /// # Errors
    /// [`QueryError`] when it reverts or halts.
    pub fn call(&self, to: Address, input: Bytes) -> Result<Bytes, QueryError> {
        let head = self.head().header();
        let context = self.context(head, head.author());
        executor::call(&self.state, &self.hashes, &context, to, input)
    }

    /// Who produces block `number`, as the validator-set contract says at the head, in its order.
    ///
    /// Source: `block-layer §4.1.11; bttc:consensus/bor/bor.go:979-1031`.
    ///
    /// # Errors
    /// [`QueryError`] when the contract does not answer.
    pub fn producers(&self, number: u64) -> Result<Vec<Validator>, QueryError> {
        let call = commit_span::validators_call(number);
        let answer = self.call(self.spec.contracts.validator_set, call)?;
        commit_span::read_validators(&answer)
    }

    /// Id of the state-sync record delivered last.
    ///
    /// # Errors
    /// [`QueryError`] when the state receiver does not answer.
    pub fn last_state_id(&self) -> Result<StateId, QueryError> {
        let call = commit_state::last_state_id_call();
        let answer = self.call(self.spec.contracts.state_receiver, call)?;
        commit_state::read_last_state_id(&answer)
    }

    /// The span that the contract calls current at the head.
    ///
    /// # Errors
    /// [`QueryError`] when the contract does not answer.
    pub fn current_span(&self) -> Result<commit_span::CurrentSpan, QueryError> {
        let answer = self.call(self.spec.contracts.validator_set, commit_span::current_span_call())?;
        commit_span::read_current_span(&answer)
    }

    /// What the next block needs from the validation layer.
    ///
    /// # Errors
    /// [`QueryError`] when a system contract does not answer.
    pub fn needs(&self) -> Result<Needs, QueryError> {
        let number = self.next_number();
        if !self.spec.timing.is_sprint_start(number) {
            return Ok(Needs::default());
        }
        Ok(Needs { span: self.span_due(number)?, records: Some(self.record_request(number)?) })
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
        let parent = self.head().header();
        let number = self.next_number();
        let turn = facts.schedule.turn(number, author)?;
        let next_producers =
            if self.spec.timing.is_sprint_end(number) { Some(self.producers(number.saturating_add(1))?) } else { None };
        let header = prepare(parent, &turn, facts.now, self.vanity, next_producers, self.spec.gas_ceiling)?;
        let mut work = SystemWork::default();
        self.plan(number, facts, &mut work)?;
        let context = self.context(&header, author);
        let mut executor = self.executor(context);
        Ok(build(&mut *executor, header, author, transactions, &work, &self.spec))
    }

    /// Judges a block and appends it.
    ///
    /// # Errors
    /// [`ImportError`], the first rule broken; then nothing changed.
    pub fn import(&mut self, block: impl Into<Block>, facts: &Facts<'_>) -> Result<&ImportedBlock, ImportError> {
        let block = block.into();
        let (judged, changes) = {
            let header = self.verify(&block.header, facts)?;
            let number = header.height();
            let context = self.context(&header, header.author());
            let mut executor = self.executor(context);
            let work = || self.imported_work(number, facts);
            let judged = judge(&mut *executor, header, block, work, &self.spec)?;
            (judged, executor.into_changes())
        };
        let Judged { block, receipts, synthetic, delivered, committed } = judged;
        let total = self.head().total_difficulty;
        let imported = ImportedBlock {
            total_difficulty: total.wrapping_add(block.header.difficulty),
            block,
            receipts,
            synthetic,
            delivered,
            committed,
        };
        let (number, hash) = (self.next_number(), imported.header().hash());
        self.state.apply(changes);
        self.numbers.insert(hash, number);
        self.hashes.insert(number, hash);
        if let Some(past) = number.checked_sub(VISIBLE_HASHES) {
            self.hashes.remove(&past);
        }
        self.blocks.push(imported);
        Ok(self.head())
    }

    /// The header rules on the head.
    fn verify(&self, header: &Header, facts: &Facts<'_>) -> Result<SealedHeader, ImportError> {
        let head = self.head().header();
        let timing = &self.spec.timing;
        let on_head = header.parent_hash == head.hash();
        let ends_sprint = timing.is_sprint_end(header.height());
        let contract = (on_head && ends_sprint).then(|| self.producers(header.height().wrapping_add(1)));
        let verified = seal::verify(
            header,
            &SealContext {
                timing,
                now: facts.now,
                parent: on_head.then(|| Parent::from(head)),
                schedule: facts.schedule,
                contract: contract.as_ref(),
            },
        );
        let elsewhere = || ImportError::NotOnHead {
            number: header.height(),
            parent: header.parent_hash,
            head: head.height(),
            expected: head.hash(),
        };
        match verified {
            Ok(sealed) if on_head && sealed.height() == self.next_number() => Ok(sealed),
            Ok(_) => Err(elsewhere()),
            Err(SealError::UnknownAncestor { parent }) if !on_head && self.numbers.contains_key(&parent) => {
                Err(elsewhere())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn next_number(&self) -> u64 {
        // More blocks than 64 bits count do not fit into memory.
        u64::try_from(self.blocks.len()).unwrap_or(u64::MAX).saturating_add(1)
    }

    fn executor(&self, context: BlockContext) -> Box<dyn Executor + '_> {
        self.executors.executor(&self.state, &self.hashes, context, self.native_logs)
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
    fn span_due(&self, number: u64) -> Result<Option<SpanId>, QueryError> {
        let current = self.current_span()?;
        let due = commit_span::is_due(&current, number, self.spec.timing.sprint);
        Ok(due.then(|| SpanId::new(current.id.wrapping_add(1))))
    }

    /// Source: `block-layer §4.2.2-4.2.4`.
    fn record_request(&self, number: u64) -> Result<RecordRequest, QueryError> {
        let last = self.last_state_id()?;
        let bound = number.saturating_sub(self.spec.timing.sprint);
        Ok(RecordRequest {
            from: StateId::new(last.get().wrapping_add(1)),
            before: self.header(bound).map_or(0, |header| header.time),
        })
    }

    /// Fills in the work of block `number` as far as the facts go. On an error `work` holds the steps before it.
    fn plan(&self, number: u64, facts: &Facts<'_>, work: &mut SystemWork) -> Result<(), SystemError> {
        if self.spec.timing.is_sprint_start(number) {
            if let Some(id) = self.span_due(number)? {
                work.span = Some(self.span_given(id, facts)?.clone());
            }
            let RecordRequest { from, before } = self.record_request(number)?;
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
    fn imported_work(&self, number: u64, facts: &Facts<'_>) -> Result<SystemWork, SystemError> {
        let mut work = SystemWork::default();
        match self.plan(number, facts, &mut work) {
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
        let devnet = ChainSpec::devnet();
        let spec = ChainSpec {
            timing: Timing { sprint: 1, ..devnet.timing },
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
    fn q88_an_importer_goes_on_without_the_layer_and_a_producer_does_not() {
        let (chain, key, producers) = chain();
        let span_1 = SpanId::new(1);
        assert_eq!(chain.needs().unwrap().span, Some(span_1));
        let facts = Facts { span: Some(Answer::Unavailable), ..Facts::new(1_001, &producers) };
        assert_eq!(chain.imported_work(1, &facts), Ok(SystemWork::default()));
        let unavailable = SystemError::SpanUnavailable { id: span_1 };
        assert_eq!(chain.plan(1, &facts, &mut SystemWork::default()), Err(unavailable));
        assert!(chain.build([], key.address(), &facts).is_err());

        // Not to have asked is the caller's fault, not the layer's.
        let unasked = chain.imported_work(1, &Facts::new(1_001, &producers));
        assert_eq!(unasked, Err(SystemError::SpanMissing { id: span_1 }));
    }
}
