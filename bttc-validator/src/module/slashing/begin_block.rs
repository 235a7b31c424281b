//! The begin of a block: who was absent, who signed twice.

use super::kept::{self, Slashes, clear_ring, is_missed, save_missed_block, save_signing_info, signing_info};
use crate::{
    module::{Context, Event, Refusal, staking},
    param::{Decimal, slashing as params},
    record::SlashingInfo,
    store::Stores,
};
use alloy_primitives::Address;
use bttc_core::{amino::Time, id::ValidatorId};
use bttc_staking::registry::ValidatorRecord;

/// Whether a validator signed the last block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockVote {
    /// Who should have.
    pub signer: Address,
    /// Whether it did.
    pub has_signed: bool,
}

/// A proof that a validator signed two blocks of one height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoubleSign {
    /// Who.
    pub signer: Address,
    /// When.
    pub time: Time,
}

/// Looks at who signed the last block and who signed twice, if slashing is on.
///
/// Source: `validation-layer §5.8; delivery:slashing/abci.go:13-46, slashing/infractions.go:13-151`.
///
/// # Errors
/// [`Refusal::INTERNAL`] where the reference stops: a parameter is missing, an entry does not read, a validator has no
/// signing info, or a block that was missed is signed now. Then nothing changed.
pub fn begin_block(
    stores: &mut Stores,
    context: &Context<'_>,
    double_signs: &[DoubleSign],
    votes: &[BlockVote],
) -> Result<Vec<Event>, Refusal> {
    if !params::ENABLE_SLASHING.get(stores)? {
        return Ok(Vec::new());
    }
    stores.attempt(|stores| {
        let mut events = Vec::new();
        for proof in double_signs {
            events.extend(take_double_sign(stores, context, proof)?);
        }
        for vote in votes {
            events.extend(take_vote(stores, context, vote)?);
        }
        Ok(events)
    })
}

fn take_double_sign(stores: &mut Stores, context: &Context<'_>, proof: &DoubleSign) -> Result<Option<Event>, Refusal> {
    let Some(record) = staking::record(stores, proof.signer)? else { return Ok(None) };
    if context.time.since(proof.time) > params::MAX_EVIDENCE_AGE.get(stores)? {
        return Ok(None);
    }
    if signing_info(stores, record.id)?.is_none() {
        return Err(Refusal::INTERNAL);
    }
    if is_barred(stores, &record)? {
        return Ok(None);
    }
    slash(stores, record.id, params::SLASH_FRACTION_DOUBLE_SIGN.get(stores)?)
}

fn take_vote(stores: &mut Stores, context: &Context<'_>, vote: &BlockVote) -> Result<Option<Event>, Refusal> {
    let Some(record) = staking::record(stores, vote.signer)? else { return Ok(None) };
    let mut info = signing_info(stores, record.id)?.ok_or(Refusal::INTERNAL)?;
    let window = params::SIGNED_BLOCKS_WINDOW.get(stores)?;
    let place = info.index_offset.checked_rem(window).ok_or(Refusal::INTERNAL)?;
    info.index_offset = info.index_offset.wrapping_add(1);
    match (is_missed(stores, record.id, place)?, vote.has_signed) {
        (false, false) => {
            save_missed_block(stores, record.id, place);
            info.missed.0 = info.missed.0.wrapping_add(1);
        }
        // "not missed" is written as no bytes at all, which the reference's store does not take: its node stops.
        (true, true) => return Err(Refusal::INTERNAL),
        _ => {}
    }
    let fewest = params::MIN_SIGNED_PER_WINDOW.get(stores)?.times_rounded(window).ok_or(Refusal::INTERNAL)?;
    let watched_from = info.start_height.wrapping_add(window);
    let is_late = context.height.cast_signed() > watched_from && info.missed.0 > window.wrapping_sub(fewest);
    let mut event = None;
    if is_late && !is_barred(stores, &record)? {
        event = slash(stores, record.id, params::SLASH_FRACTION_DOWNTIME.get(stores)?)?;
        info.missed.0 = 0;
        info.index_offset = 0;
        clear_ring(stores, record.id);
    }
    save_signing_info(stores, &info);
    Ok(event)
}

/// Whether it is barred already, or will be with the next tick.
fn is_barred(stores: &Stores, record: &ValidatorRecord) -> Result<bool, Refusal> {
    Ok(record.jailed || Slashes::Buffer.get(stores, record.id)?.is_some_and(|info| info.jailed))
}

/// Adds to what a validator is to lose.
///
/// Source: `validation-layer §5.8; delivery:slashing/keeper.go:231-340`.
// with power 1 the amount is 0, and so are both limits, which it reaches: every slash bars the validator and tells
// that the limit is reached, yet a tick over a sum of 0 is refused.
fn slash(stores: &mut Stores, id: ValidatorId, share: Decimal) -> Result<Option<Event>, Refusal> {
    let Some(record) = staking::record_of(stores, id)? else { return Ok(None) };
    if share.units().is_none_or(|units| units.is_negative()) {
        return Err(Refusal::INTERNAL);
    }
    let part = |share: Decimal, power| share.times_truncated(power).ok_or(Refusal::INTERNAL);
    let amount = part(share, record.power.get())?.cast_unsigned();
    let mut info = Slashes::Buffer.get(stores, id)?.unwrap_or(SlashingInfo { id, amount: 0, jailed: false });
    info.amount = info.amount.wrapping_add(amount);
    let limit = part(params::JAIL_FRACTION_LIMIT.get(stores)?, record.power.get())?;
    if info.amount >= limit.cast_unsigned() {
        info.jailed = true;
    }
    Slashes::Buffer.set(stores, &info);
    kept::add_to_total(stores, amount);

    // the whole power is that of the set's first member.
    let whole = staking::validator_set(stores)?.members().first().map_or(0, |member| member.power.get());
    let limit = part(params::SLASH_FRACTION_LIMIT.get(stores)?, whole)?;
    let total = kept::total_slashed(stores);
    let is_reached = total >= limit.cast_unsigned();
    Ok(is_reached.then(|| Event::new("slash-limit").with("slashed-amount", total)))
}
