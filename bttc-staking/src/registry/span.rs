//! Spans: who is put forward for one, who is selected, and what is kept of it.

use super::{Registry, ValidatorRecord};
use crate::{
    selection::{ProducerSelection, SelectionError, SlotShuffle, WeightedDraw},
    validator_set::ValidatorSet,
};
use alloc::{
    collections::BTreeMap,
    string::{String, ToString as _},
    vec::Vec,
};
use alloy_primitives::B256;
use bttc_core::{
    amino_fields,
    id::{SpanId, ValidatorId},
    span::Span,
    validator::{Validator, VotingPower},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span as the validation layer keeps it. Its serde form is the reference's; [`amino`](bttc_core::amino) has the exact
/// bytes and texts. The default one is what the reference answers with where there is none.
///
/// Source: `validation-layer §1.6; delivery:types/span.go:10-17`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRecord {
    /// Its number.
    #[serde(rename = "span_id")]
    pub id: SpanId,
    /// First block.
    #[serde(rename = "start_block")]
    pub start: u64,
    /// Last block.
    #[serde(rename = "end_block")]
    pub end: u64,
    /// The whole set when the span was agreed, its proposer included.
    #[serde(rename = "validator_set")]
    pub set: ValidatorSet<ValidatorRecord>,
    /// The producers, in signer order; power counts the slots each won.
    #[serde(rename = "selected_producers", with = "null_for_none")]
    pub producers: Vec<ValidatorRecord>,
    /// Side chain the span is for, in decimal.
    // Q-151: the id is a text, and read back whatever it says.
    #[serde(rename = "bor_chain_id")]
    pub chain_id: String,
}

amino_fields!(SpanRecord {
    id: "span_id",
    start: "start_block",
    end: "end_block",
    set: "validator_set",
    producers: "selected_producers",
    chain_id: "bor_chain_id",
});

impl SpanRecord {
    /// The span as other crates speak of it. A chain id that is no number is 0, which no chain has.
    #[must_use]
    pub fn to_span(&self) -> Span {
        let triples = |records: &[ValidatorRecord]| records.iter().map(ValidatorRecord::to_validator).collect();
        Span {
            id: self.id,
            start: self.start,
            end: self.end,
            validators: triples(self.set.members()),
            producers: triples(&self.producers),
            chain_id: self.chain_id.parse().unwrap_or_default(),
        }
    }
}

/// A list as the reference writes it.
// Q-150: without entries it is `null`.
mod null_for_none {
    use super::{Deserialize, Deserializer, Serialize as _, Serializer, ValidatorRecord, Vec};

    pub(super) fn serialize<S: Serializer>(list: &[ValidatorRecord], serializer: S) -> Result<S::Ok, S::Error> {
        Some(list).filter(|list| !list.is_empty()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ValidatorRecord>, D::Error> {
        Option::deserialize(deserializer).map(Option::unwrap_or_default)
    }
}

/// Whether a validator may be selected for a span: it is current, and has announced no exit.
///
/// Source: `validation-layer §4.3; delivery:staking/keeper.go:208-223`.
#[must_use]
pub fn is_eligible(record: &ValidatorRecord, ack_count: u64) -> bool {
    record.end_epoch.get() == 0 && record.is_current(ack_count)
}

/// The producers that a seed gives for so many slots, in signer order. All eligible with their own power, if they are no
/// more than slots; else each that was drawn, its power the slots it won, as `record_of` has it.
///
/// Source: `validation-layer §4.3; delivery:bor/keeper.go:195-258`.
///
/// # Errors
/// [`SelectionError`].
pub fn select_producers(
    eligible: Vec<ValidatorRecord>,
    seed: B256,
    slots: u64,
    selection: &dyn ProducerSelection,
    record_of: impl Fn(ValidatorId) -> Option<ValidatorRecord>,
) -> Result<Vec<ValidatorRecord>, SelectionError> {
    if u64::try_from(eligible.len()).is_ok_and(|there| there <= slots) {
        return Ok(eligible);
    }
    let candidates: Vec<Validator> = eligible.iter().map(ValidatorRecord::to_validator).collect();
    let mut won: BTreeMap<ValidatorId, i64> = BTreeMap::new();
    for id in selection.select(&candidates, seed, slots)? {
        let slots = won.entry(id).or_default();
        *slots = slots.saturating_add(1);
    }
    let drawn = won
        .into_iter()
        .filter_map(|(id, slots)| Some(ValidatorRecord { power: VotingPower::new(slots), ..record_of(id)? }));
    let mut producers: Vec<ValidatorRecord> = drawn.collect();
    producers.sort_by_key(|record| record.signer);
    Ok(producers)
}

/// A span that somebody puts forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanProposal {
    /// Its number.
    pub id: SpanId,
    /// First block.
    pub start: u64,
    /// Last block.
    pub end: u64,
    /// Side chain it is for.
    pub chain_id: u64,
}

/// Why a span is refused. [`SpanError::code`] is the reference's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// For another side chain.
    #[error("got a span for chain {got}, expected {expected}")]
    Chain {
        /// Its chain.
        got: u64,
        /// Ours.
        expected: u64,
    },
    /// There is no span to follow.
    #[error("there is no span to follow")]
    NoSpan,
    /// It does not follow the last one, or ends before it starts.
    #[error("got span {} of blocks {} to {}, expected {id} from {start}", .got.id, .got.start, .got.end)]
    Gap {
        /// The span.
        got: SpanProposal,
        /// Number of the next.
        id: SpanId,
        /// First block of the next.
        start: u64,
    },
    /// It has another length.
    #[error("got a span of {got} blocks, expected {expected}")]
    Duration {
        /// Its length.
        got: u64,
        /// Length of a span.
        expected: u64,
    },
    /// A span with this number is kept already.
    #[error("span {id} is already settled")]
    OldTx {
        /// Its number.
        id: SpanId,
    },
    /// Nobody can be selected.
    #[error(transparent)]
    Selection(#[from] SelectionError),
}

impl SpanError {
    /// The result code of the reference.
    ///
    /// Source: `validation-layer §4.2, §9.4; delivery:common/error.go:15-78`.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::OldTx { .. } => 1_401,
            Self::Gap { .. } => 3_501,
            Self::Selection(_) => 3_502,
            Self::NoSpan => 3_503,
            Self::Chain { .. } => 3_506,
            Self::Duration { .. } => 3_507,
        }
    }
}

impl Registry {
    /// A span, by its number.
    #[must_use]
    pub fn span(&self, id: SpanId) -> Option<&SpanRecord> {
        self.spans.get(&id)
    }

    /// All spans, by number.
    pub fn spans(&self) -> impl Iterator<Item = &SpanRecord> {
        self.spans.values()
    }

    /// The span settled last.
    #[must_use]
    pub fn last_span(&self) -> Option<&SpanRecord> {
        self.last_span.and_then(|id| self.span(id))
    }

    /// Height of the Ethereum block whose hash seeds the next span: that of the last seed, plus one.
    ///
    /// Source: `validation-layer §4.2; delivery:bor/side_handler.go:49-99`.
    #[must_use]
    pub const fn next_seed_block(&self) -> u64 {
        self.seed_block.saturating_add(1)
    }

    /// The rule that holds at a height of the validation layer.
    // Q-35: the height at which the rule changes is that of another chain, on every network that does not say
    // otherwise.
    #[must_use]
    pub const fn selection_at(&self, height: u64) -> &'static dyn ProducerSelection {
        if height < self.weighted_draw_from { &SlotShuffle } else { &WeightedDraw }
    }

    /// The span to put forward next.
    ///
    /// # Errors
    /// [`SpanError::NoSpan`].
    pub fn draft_span(&self) -> Result<SpanProposal, SpanError> {
        let last = self.last_span().ok_or(SpanError::NoSpan)?;
        let start = last.end.saturating_add(1);
        Ok(SpanProposal {
            id: SpanId::new(last.id.get().saturating_add(1)),
            start,
            end: start.saturating_add(self.rules.length.saturating_sub(1)),
            chain_id: self.chain_id,
        })
    }

    /// Whether a span may be put forward.
    ///
    /// Source: `validation-layer §4.2; delivery:bor/handler.go:27-90`.
    ///
    /// # Errors
    /// [`SpanError`].
    pub fn admit_span(&self, span: &SpanProposal) -> Result<(), SpanError> {
        if span.chain_id != self.chain_id {
            return Err(SpanError::Chain { got: span.chain_id, expected: self.chain_id });
        }
        let last = self.last_span().ok_or(SpanError::NoSpan)?;
        let (id, start) = (last.id.get().wrapping_add(1), last.end.wrapping_add(1));
        if span.id.get() != id || span.start != start || span.end < span.start {
            return Err(SpanError::Gap { got: *span, id: SpanId::new(id), start });
        }
        let got = (span.end - span.start).wrapping_add(1);
        if got != self.rules.length {
            return Err(SpanError::Duration { got, expected: self.rules.length });
        }
        Ok(())
    }

    /// Lets an attested span happen: selects its producers and keeps it. Only that its number is new is checked again.
    ///
    /// Source: `validation-layer §4.2; delivery:bor/side_handler.go:102-146`.
    ///
    /// # Errors
    /// [`SpanError::OldTx`], [`SpanError::Selection`].
    pub fn settle_span(
        &mut self,
        span: &SpanProposal,
        seed: B256,
        ack_count: u64,
        selection: &dyn ProducerSelection,
    ) -> Result<&SpanRecord, SpanError> {
        if self.spans.contains_key(&span.id) {
            return Err(SpanError::OldTx { id: span.id });
        }
        let record = SpanRecord {
            id: span.id,
            start: span.start,
            end: span.end,
            set: self.set.clone(),
            producers: self.producers(seed, ack_count, selection)?,
            chain_id: span.chain_id.to_string(),
        };
        self.seed_block = self.seed_block.saturating_add(1);
        self.last_span = Some(span.id);
        Ok(self.spans.entry(span.id).insert_entry(record).into_mut())
    }

    /// Drafts, admits and settles the next span.
    ///
    /// # Errors
    /// [`SpanError`].
    pub fn next_span(
        &mut self,
        seed: B256,
        ack_count: u64,
        selection: &dyn ProducerSelection,
    ) -> Result<Span, SpanError> {
        let draft = self.draft_span()?;
        self.admit_span(&draft)?;
        self.settle_span(&draft, seed, ack_count, selection).map(SpanRecord::to_span)
    }

    /// The producers that a seed gives, in signer order.
    ///
    /// # Errors
    /// [`SelectionError`].
    pub fn producers(
        &self,
        seed: B256,
        ack_count: u64,
        selection: &dyn ProducerSelection,
    ) -> Result<Vec<ValidatorRecord>, SelectionError> {
        let eligible = self.eligible(ack_count).cloned().collect();
        select_producers(eligible, seed, self.rules.producers, selection, |id| self.record_of(id).cloned())
    }

    /// Span 0, with the first members of the set for producers.
    pub(super) fn found_first_span(&mut self) {
        let id = SpanId::new(0);
        let (start, end) = self.rules.range(id).unwrap_or_default();
        let slots = usize::try_from(self.rules.producers).unwrap_or(usize::MAX);
        let record = SpanRecord {
            id,
            start,
            end,
            set: self.set.clone(),
            producers: self.set.members().iter().take(slots).cloned().collect(),
            chain_id: self.chain_id.to_string(),
        };
        self.spans.insert(id, record);
        self.last_span = Some(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use bttc_core::{
        amino::{self, JsonForm},
        chain::ChainSpec,
    };
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn a_span_takes_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..80), place: prop::sample::Index) {
            let span = Registry::genesis(&ChainSpec::mainnet(), [ValidatorRecord::default()], 0).unwrap();
            let mut almost = amino::to_bytes(span.span(SpanId::new(0)).unwrap());
            let place = place.index(almost.len());
            for (to, from) in almost[place..].iter_mut().zip(bytes.iter().take(3)) {
                *to = *from;
            }
            for bytes in [bytes, almost] {
                if let Ok(span) = amino::from_bytes::<SpanRecord>(&bytes) {
                    prop_assert_eq!(amino::from_bytes(&amino::to_bytes(&span)), Ok(span));
                }
            }
        }
    }

    #[test]
    fn q150_a_list_without_entries_is_null() {
        let text = amino::to_json(&SpanRecord::default(), JsonForm::Plain).to_string();
        let lists = r#""validator_set":{"validators":null,"proposer":null},"selected_producers":null"#;
        assert!(text.contains(lists), "{text}");
        assert_eq!(serde_json::to_string(&SpanRecord::default()).unwrap(), text);
        assert_eq!(serde_json::from_str::<SpanRecord>(&text).unwrap(), SpanRecord::default());
    }

    #[test]
    fn q151_a_side_chains_id_is_a_text() {
        let span = SpanRecord { chain_id: "no number".into(), ..SpanRecord::default() };
        let bytes = amino::to_bytes(&span);
        assert_eq!(amino::from_bytes::<SpanRecord>(&bytes).as_ref(), Ok(&span));
        assert_eq!(span.to_span().chain_id, 0);
    }

    #[test]
    fn q35_the_rule_changes_at_the_height_of_another_chain() {
        let mainnet = Registry::genesis(&ChainSpec::mainnet(), [], 0).unwrap();
        let rule = |height| format!("{:?}", mainnet.selection_at(height));
        assert_eq!((rule(375_299), rule(375_300)), ("SlotShuffle".into(), "WeightedDraw".into()));
    }

    #[test]
    fn spans_follow_one_another_and_are_settled_once() {
        let mut registry = Registry::genesis(&ChainSpec::mainnet(), [], 0).unwrap();
        let draft = registry.draft_span().unwrap();
        assert_eq!((draft.id.get(), draft.start, draft.end), (1, 256, 6_655));
        let wrong = [
            (SpanProposal { chain_id: 1, ..draft }, 3_506),
            (SpanProposal { start: 255, ..draft }, 3_501),
            (SpanProposal { end: 255, ..draft }, 3_501),
            (SpanProposal { end: 6_656, ..draft }, 3_507),
        ];
        for (span, code) in wrong {
            assert_eq!(registry.admit_span(&span).map_err(|e| e.code()), Err(code));
        }
        assert_eq!(registry.next_seed_block(), 1);
        registry.next_span(B256::ZERO, 0, &WeightedDraw).unwrap();
        assert_eq!(registry.next_seed_block(), 2);
        let again = registry.settle_span(&draft, B256::ZERO, 0, &WeightedDraw);
        assert_eq!(again, Err(SpanError::OldTx { id: draft.id }));
        assert_eq!(Registry::new(&ChainSpec::mainnet()).draft_span(), Err(SpanError::NoSpan));
    }
}
