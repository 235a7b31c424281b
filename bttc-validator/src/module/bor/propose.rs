//! A span is proposed.

use super::kept;
use crate::{
    message::MsgProposeSpan,
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal, checkpoint, staking},
    param::{CHAIN_PARAMS, PRODUCER_COUNT, Rules, SPAN_DURATION},
    store::{StoreName, Stores},
};
use alloy_primitives::B256;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::root_chain::RootChainId;
use bttc_staking::{
    registry::{SpanRecord, ValidatorRecord, select_producers},
    selection::{ProducerSelection, SlotShuffle, WeightedDraw},
};

const KIND: &str = "propose-span";

/// No producers can be selected.
const NOBODY: Refusal = Refusal::common(3_502);

impl Phases for MsgProposeSpan {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if CHAIN_PARAMS.get(stores)?.chain_id != self.bor_chain_id {
            return Err(Refusal::CHAIN_ID);
        }
        let last = kept::last_span(stores)?.ok_or(Refusal::NO_SPAN)?;
        let next = (last.id.get().wrapping_add(1), last.end.wrapping_add(1));
        if next != (self.span_id.get(), self.start_block) || self.end_block < self.start_block {
            return Err(Refusal::SPAN_GAP);
        }
        if SPAN_DURATION.get(stores)? != self.end_block.wrapping_sub(self.start_block).wrapping_add(1) {
            return Err(Refusal::SPAN_DURATION);
        }
        Ok(vec![self.describe(Event::admitted(KIND, StoreName::Bor))])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let seed_block = kept::seed_block(stores)?.wrapping_add(1);
        if facts.block_hash(RootChainId::Ethereum, seed_block)? != Some(self.seed.0) {
            return Err(Refusal::INVALID_MSG.into());
        }
        let head = facts.head()?.ok_or(Refusal::INVALID_MSG)?;
        let last = kept::last_span(stores)?.ok_or(Refusal::INVALID_MSG)?;
        let is_in_turn = last.start <= head && head <= last.end;
        if is_in_turn { Ok(VoteResult::Yes) } else { Err(Refusal::INVALID_MSG.into()) }
    }

    // that it follows the last span is not checked again, so of two spans in flight with a gap both are kept.
    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        if verdict != VoteResult::Yes {
            return Err(Refusal::NOT_APPROVED);
        }
        if kept::has_span(stores, self.span_id) {
            return Err(Refusal::OLD_TX);
        }
        let span = SpanRecord {
            id: self.span_id,
            start: self.start_block,
            end: self.end_block,
            set: staking::validator_set(stores)?,
            producers: producers(stores, context.height, self.seed.0)?,
            chain_id: self.bor_chain_id.to_string(),
        };
        let seed_block = kept::seed_block(stores)?.wrapping_add(1);
        kept::set_seed_block(stores, seed_block);
        kept::save_span(stores, &span);
        Ok(vec![self.describe(Event::settled(KIND, StoreName::Bor, context))])
    }
}

impl MsgProposeSpan {
    fn describe(&self, event: Event) -> Event {
        event.with("span-id", self.span_id).with("start-block", self.start_block).with("end-block", self.end_block)
    }
}

/// The producers that a seed gives at a height, in signer order.
///
/// Source: `validation-layer §4.3; delivery:bor/keeper.go:195-258`.
///
/// # Errors
/// Code 3502 where nobody can be selected.
pub fn producers(stores: &Stores, height: u64, seed: B256) -> Result<Vec<ValidatorRecord>, Refusal> {
    let eligible = staking::eligible(stores, checkpoint::count(stores, RootChainId::Tron.into())?)?;
    let is_shuffled = height < Rules::load(stores)?.weighted_draw_from;
    let selection: &dyn ProducerSelection = if is_shuffled { &SlotShuffle } else { &WeightedDraw };
    let record_of = |id| staking::record_of(stores, id).ok().flatten();
    select_producers(eligible, seed, PRODUCER_COUNT.get(stores)?, selection, record_of).map_err(|_| NOBODY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{module, param};
    use bttc_core::id::SpanId;

    #[test]
    fn q477_a_span_is_kept_wherever_it_starts() {
        let mut stores = Stores::default();
        param::set_defaults(&mut stores);
        let context = Context { height: 3, time: Default::default(), tx: &[] };
        let span = |id, start_block| MsgProposeSpan { span_id: SpanId::new(id), start_block, ..Default::default() };
        for (id, start, code) in [(7, 900, Ok(1)), (3, 5, Ok(1)), (7, 0, Err(Refusal::OLD_TX))] {
            let settled = module::settle(&span(id, start), &mut stores, &context, VoteResult::Yes);
            assert_eq!(settled.map(|events| events.len()), code);
        }
        assert_eq!(kept::last_span(&stores).unwrap().map(|span| span.id.get()), Some(3));
        assert_eq!(kept::seed_block(&stores), Ok(2));
        let message = MsgProposeSpan { bor_chain_id: "x".into(), ..span(4, 1) };
        assert_eq!(module::admit(&message, &mut stores, &context), Err(Refusal::CHAIN_ID));
    }
}
