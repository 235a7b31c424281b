//! What the protocol does by itself in the first block of a sprint, and at the height of a code replacement.
//!
//! ```text
//! after the transactions    [commit_span]  →  [commit_state] · records  →  [code_replacement]  →  state root
//! ```
//!
//! None of it makes a receipt or uses the block's gas; only the state root shows it. What to do follows from the parent's
//! state ([`Needs`]) and from the validation layer's answers; a [`SystemWork`] is the outcome, and block building and
//! import carry it out alike.
//!
//! Source: `block-layer §4, §2.8.3; bttc:consensus/bor/bor.go:692-801`.
//!
//! ```
//! use bttc_evm::system::{Answer, Facts};
//! use bttc_core::{chain::ChainSpec, schedule::FixedProducers};
//! use alloy_primitives::Address;
//!
//! let producers = FixedProducers::new([], Address::ZERO, ChainSpec::devnet().timing);
//! let facts = Facts::new(1_700_000_000, &producers).with_records(&[]);
//! assert!(matches!(facts.records, Answer::Known([])));
//! ```

pub mod code_replacement;
pub mod commit_span;
pub mod commit_state;

use crate::{
    executor::{Executor, QueryError},
    receipt::Status,
    state_sync::{Record, RecordRequest},
};
use alloy_primitives::{Address, Bytes, Log};
use bttc_core::{
    chain::SystemContracts,
    id::{SpanId, StateId},
    schedule::ProducerSchedule,
    span::Span,
};
use serde::{Deserialize, Serialize};

/// What the validation layer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// This.
    Known(T),
    /// Something that does not decode, or nothing.
    Unavailable,
}

impl<T> Answer<T> {
    /// The same, borrowed.
    #[must_use]
    pub const fn as_ref(&self) -> Answer<&T> {
        match self {
            Self::Known(value) => Answer::Known(value),
            Self::Unavailable => Answer::Unavailable,
        }
    }

    /// With this made of what is known.
    #[must_use]
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Known(value) => Answer::Known(make(value)),
            Self::Unavailable => Answer::Unavailable,
        }
    }
}

/// The facts from outside that a block needs. Which ones, [`Chain::needs`](crate::chain::Chain::needs) tells.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The clock, Unix seconds.
    pub now: u64,
    /// Who may produce, as of the parent.
    pub schedule: &'a dyn ProducerSchedule,
    /// The span asked for, when one was.
    pub span: Option<Answer<&'a Span>>,
    /// The state-sync records asked for, in any order.
    pub records: Answer<&'a [Record]>,
}

impl<'a> Facts<'a> {
    /// No span and no records.
    #[must_use]
    pub const fn new(now: u64, schedule: &'a dyn ProducerSchedule) -> Self {
        Self { now, schedule, span: None, records: Answer::Known(&[]) }
    }

    /// With the span asked for.
    #[must_use]
    pub const fn with_span(self, span: &'a Span) -> Self {
        Self { span: Some(Answer::Known(span)), ..self }
    }

    /// With the records asked for.
    #[must_use]
    pub const fn with_records(self, records: &'a [Record]) -> Self {
        Self { records: Answer::Known(records), ..self }
    }
}

/// What the next block needs to know from the validation layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// The span to commit, if one is due.
    pub span: Option<SpanId>,
    /// The records to deliver, in the first block of a sprint.
    pub records: Option<RecordRequest>,
}

/// Why the work of a block cannot be told. A producer builds no block then; an importer goes on without the rest of the
/// work, except where the caller did not ask the layer at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SystemError {
    /// A span is due and the caller brought none.
    #[error("span {id} is due; the facts hold none")]
    SpanMissing {
        /// The span.
        id: SpanId,
    },
    /// The validation layer has no usable answer for the span.
    #[error("the validation layer has no usable answer for span {id}")]
    SpanUnavailable {
        /// The span.
        id: SpanId,
    },
    /// The span is another chain's.
    #[error("the span is of chain {got}, expected {expected}")]
    SpanChain {
        /// Chain of the span.
        got: u64,
        /// This chain.
        expected: u64,
    },
    /// The validation layer has no usable answer for the records.
    #[error("the validation layer has no usable answer for the records from {from} on")]
    RecordsUnavailable {
        /// First record asked for.
        from: StateId,
    },
    /// A system contract did not answer.
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// What a block does after its transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemWork {
    /// The span to commit.
    pub span: Option<Span>,
    /// The records to deliver, in order.
    pub records: Vec<Record>,
    /// Accounts that get new code.
    pub code: Vec<(Address, Bytes)>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SystemDone {
    /// How the span's call ended.
    pub(crate) span: Option<(SpanId, Status)>,
    /// Logs of everything, in order.
    pub(crate) logs: Vec<Log>,
}

impl SystemWork {
    /// Carries it out. A call that fails is passed over.
    ///
    /// Source: `block-layer §4.0.1, §4.0.4; bttc:consensus/bor/bor.go:692-727,1389-1394`.
    // Q-82: a failed system call is swallowed and the block goes on as if it had succeeded.
    pub(crate) fn carry_out(&self, executor: &mut dyn Executor, contracts: &SystemContracts) -> SystemDone {
        let mut done = SystemDone::default();
        if let Some(span) = &self.span {
            let called = executor.system_call(contracts.validator_set, commit_span::calldata(span));
            done.span = Some((span.id, called.status));
            done.logs.extend(called.logs);
        }
        for record in &self.records {
            let called = executor.system_call(contracts.state_receiver, commit_state::calldata(record));
            done.logs.extend(called.logs);
        }
        for (account, code) in &self.code {
            executor.set_code(*account, code.clone());
        }
        done
    }
}
