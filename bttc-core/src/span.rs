//! A span: a range of blocks with a fixed list of producers.
//!
//! ```text
//! span 0                span 1                    span 2
//! 0 ……… first−1 │ first ……… first+length−1 │ …
//!                 ├ sprint ┤├ sprint ┤ …
//! ```
//!
//! Source: `validation-layer §4.1; delivery:bor/types/params.go:11-22`.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, id::SpanId};
//!
//! let spans = ChainSpec::mainnet().spans;
//! assert_eq!(spans.range(SpanId::new(0)), Some((0, 255)));
//! assert_eq!(spans.range(SpanId::new(1)), Some((256, 6_655)));
//! assert_eq!(spans.at(6_656), SpanId::new(2));
//! ```

use crate::{id::SpanId, validator::Validator};
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A range of blocks and who may produce them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its number.
    pub id: SpanId,
    /// First block.
    pub start: u64,
    /// Last block.
    pub end: u64,
    /// The validator set when the span was agreed, in ascending signer order.
    pub validators: Vec<Validator>,
    /// The producers, in ascending signer order; power counts the draws each won.
    pub producers: Vec<Validator>,
    /// Side chain the span is for.
    pub chain_id: u64,
}

impl Span {
    /// Whether the block lies in this span.
    #[must_use]
    pub const fn contains(&self, block: u64) -> bool {
        self.start <= block && block <= self.end
    }
}

impl fmt::Display for Span {
    /// A table, a line a producer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "span {}, blocks {}–{} of chain {}", self.id, self.start, self.end, self.chain_id)?;
        for producer in &self.producers {
            write!(f, "\n  {:#x} {:>10}  validator {}", producer.signer, producer.power.get(), producer.id)?;
        }
        Ok(())
    }
}

/// How the blocks are divided into spans, and how many slots a span has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRules {
    /// Blocks of span 0.
    pub first: u64,
    /// Blocks of every later span.
    pub length: u64,
    /// Producer slots of a span.
    pub producers: u64,
}

impl SpanRules {
    /// First and last block of a span; `None` past the last block number.
    #[must_use]
    pub const fn range(&self, id: SpanId) -> Option<(u64, u64)> {
        let Some(before) = id.get().checked_sub(1) else {
            return Some((0, self.first.saturating_sub(1)));
        };
        let Some(offset) = self.length.checked_mul(before) else {
            return None;
        };
        let Some(start) = self.first.checked_add(offset) else {
            return None;
        };
        match start.checked_add(self.length.saturating_sub(1)) {
            Some(end) => Some((start, end)),
            None => None,
        }
    }

    /// The span that holds a block. A length of zero counts as one.
    #[must_use]
    pub const fn at(&self, block: u64) -> SpanId {
        match block.checked_sub(self.first) {
            None => SpanId::new(0),
            Some(past) => SpanId::new((past / if self.length == 0 { 1 } else { self.length }).saturating_add(1)),
        }
    }
}
