//! The contract has slashed.

use super::kept::{Slashes, is_seen, mark_seen, tick_count};
use crate::{
    message::MsgTickAck,
    module::{Context, Depth, Event, Facts, Halt, Outcome, Phases, Question, Refusal, staking},
    param::CHAIN_PARAMS,
    record::SlashingInfo,
    store::Stores,
};
use alloy_primitives::B256;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{root_chain::RootChainId, validator::VotingPower};
use bttc_staking::registry::Sequence;

/// Source: `validation-layer §5.8; delivery:slashing/handler.go:136-175, slashing/side_handler.go:66-102, 233-308`.
impl Phases for MsgTickAck {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if is_seen(stores, self.sequence()) {
            return Err(Refusal::OLD_TX);
        }
        if self.tick_id == tick_count(stores) { Ok(Vec::new()) } else { Err(Refusal::TICK_ACK_GAP) }
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        attest(stores, facts, self.tx_hash, self.log_index)
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        if verdict != VoteResult::Yes {
            return Err(Refusal::NOT_APPROVED);
        }
        if self.tick_id != tick_count(stores) {
            return Err(Refusal::TICK_ACK_GAP);
        }
        if is_seen(stores, self.sequence()) {
            return Err(Refusal::OLD_TX);
        }
        let infos = Slashes::Tick.all(stores)?;
        if infos.is_empty() {
            return Err(Refusal::SLASH_INFO);
        }
        for info in infos {
            take(stores, &info)?;
            Slashes::Tick.remove(stores, info.id);
        }
        mark_seen(stores, self.sequence());
        let event = Event::new("tick-ack").with("module", "slashing").with("action", "tick-ack");
        let event = event.with("module", "slashing");
        Ok(vec![event.with("txhash", context.tx_hash()).with("side-tx-result", "Yes")])
    }
}

impl MsgTickAck {
    fn sequence(&self) -> Sequence {
        Sequence::new(self.block_number, self.log_index)
    }
}

/// Asks for a log on TRON that a contract of Ethereum's would have had to write.
///
/// Source: `validation-layer §5.8; delivery:slashing/side_handler.go:74-90, 112-130`.
// nobody finds such a log, so nobody says yes: what is found is never the event, and none is an event here.
pub(super) fn attest(stores: &Stores, facts: &Facts, tx_hash: B256, log_index: u64) -> Result<VoteResult, Halt> {
    let contract = CHAIN_PARAMS.get(stores)?.staking_info;
    facts.log(Question::Log { root_chain: RootChainId::Tron, depth: Depth::Any, contract, tx_hash, log_index })?;
    Err(Refusal::DECODE.into())
}

/// Takes from a validator what it is to lose; no more than it has.
///
/// Source: `validation-layer §5.8; delivery:staking/keeper.go:458-483`.
fn take(stores: &mut Stores, info: &SlashingInfo) -> Result<(), Refusal> {
    let mut record = staking::record_of(stores, info.id)?.ok_or(Refusal::SLASH_INFO)?;
    let (power, amount) = (record.power.get(), info.amount.cast_signed());
    record.power = VotingPower::new(if power >= amount { power.wrapping_sub(amount) } else { 0 });
    record.jailed = info.jailed;
    staking::save_record(stores, &record);
    Ok(())
}
