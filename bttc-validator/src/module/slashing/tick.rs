//! What is to be slashed is told to the contract.

use super::kept::{Slashes, clear_total, set_tick_count, tick_count, total_slashed};
use crate::{
    message::MsgTick,
    module::{Context, Event, Facts, Halt, Outcome, Phases, Refusal},
    record::SlashingInfo,
    store::Stores,
};
use alloy_primitives::{FixedBytes, U256};
use alloy_rlp::RlpEncodable;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::amount::Amount;

#[derive(RlpEncodable)]
struct Slash {
    id: u64,
    amount: U256,
    barred: FixedBytes<1>,
}

/// The amounts as the contract takes them: RLP of `[[id, amount·10¹⁸, barred], …]`, ids going up, `barred` one byte.
///
/// Source: `validation-layer §5.8; delivery:slashing/types/infohash.go:28-75`.
///
/// # Errors
/// [`Refusal::SLASH_INFO`] for an amount beyond 63 bits, which the reference reads as negative.
pub fn encode(infos: &[SlashingInfo]) -> Result<Vec<u8>, Refusal> {
    let slash = |info: &SlashingInfo| {
        let amount = Amount::from_btt(info.amount).to_word();
        let slash = Slash { id: info.id.get(), amount, barred: [u8::from(info.jailed)].into() };
        if info.amount.cast_signed() < 0 { Err(Refusal::SLASH_INFO) } else { Ok(slash) }
    };
    let mut slashes = infos.iter().map(slash).collect::<Result<Vec<_>, _>>()?;
    slashes.sort_by_key(|slash| slash.id);
    Ok(alloy_rlp::encode(&slashes))
}

impl MsgTick {
    /// That it is the next tick, of just what is to be slashed.
    fn check(&self, stores: &Stores) -> Result<(), Refusal> {
        if self.id != tick_count(stores).wrapping_add(1) {
            return Err(Refusal::TICK_GAP);
        }
        let expected = encode(&Slashes::Buffer.all(stores)?)?;
        if self.slashing_info.as_ref() == expected { Ok(()) } else { Err(Refusal::SLASH_INFO) }
    }
}

/// Source: `validation-layer §5.8; delivery:slashing/handler.go:44-100, slashing/side_handler.go:57-63, 146-225`.
impl Phases for MsgTick {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if total_slashed(stores) == 0 {
            return Err(Refusal::INVALID_MSG);
        }
        self.check(stores)?;
        if Slashes::Tick.all(stores)?.is_empty() { Ok(Vec::new()) } else { Err(Refusal::SLASH_INFO) }
    }

    fn attest(&self, _: &Stores, _: &Facts) -> Result<VoteResult, Halt> {
        Ok(VoteResult::Yes)
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        if verdict != VoteResult::Yes {
            return Err(Refusal::NOT_APPROVED);
        }
        self.check(stores)?;
        for info in Slashes::Buffer.all(stores)? {
            Slashes::Tick.set(stores, &info);
            Slashes::Buffer.remove(stores, info.id);
        }
        clear_total(stores);
        set_tick_count(stores, self.id);
        let event = Event::new("tick-confirm").with("action", "tick").with("module", "slashing");
        Ok(vec![
            event
                .with("txhash", context.tx_hash())
                .with("side-tx-result", "Yes")
                .with("proposer", format_args!("{:#x}", self.proposer))
                .with("slash-info-bytes", &self.slashing_info),
        ])
    }
}
