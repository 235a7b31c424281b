//! The next span.

use crate::{
    message::{MsgProposeSpan, SpanSeed},
    module::bor,
    param::{CHAIN_PARAMS, SPAN_DURATION},
    store::Stores,
};
use alloy_primitives::{Address, B256};

/// The span that follows the last one, once the side chain's head is in that. `seed` is the hash of the Ethereum block
/// that comes after the last seed's.
///
/// Source: `validation-layer §4.2; delivery:bridge/setu/processor/span.go`.
///
/// ```
/// use alloy_primitives::{Address, B256};
/// use bttc_staking::registry::SpanRecord;
/// use bttc_validator::{duties::next_span, module::bor, param, store::Stores};
///
/// let mut stores = Stores::default();
/// param::set_defaults(&mut stores);
/// bor::save_span(&mut stores, &SpanRecord { end: 255, ..Default::default() });
/// let span = next_span(&stores, Address::repeat_byte(1), 100, B256::repeat_byte(2)).expect("block 100 is in span 0");
/// assert_eq!((span.span_id.get(), span.start_block, span.end_block), (1, 256, 6_655));
/// assert_eq!(next_span(&stores, Address::repeat_byte(1), 256, B256::ZERO), None);
/// ```
#[must_use]
pub fn next_span(stores: &Stores, proposer: Address, head: u64, seed: B256) -> Option<MsgProposeSpan> {
    let last = bor::last_span(stores).ok()??;
    (last.start..=last.end).contains(&head).then_some(())?;
    let start_block = last.end.checked_add(1)?;
    Some(MsgProposeSpan {
        span_id: last.id.next()?,
        proposer,
        start_block,
        end_block: last.end.checked_add(SPAN_DURATION.get(stores).ok()?)?,
        bor_chain_id: CHAIN_PARAMS.get(stores).ok()?.chain_id,
        seed: SpanSeed(seed),
    })
}
