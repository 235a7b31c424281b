//! TRON has seen no checkpoint for too long.

use super::{last_checkpoint, last_no_ack, set_last_no_ack};
use crate::{
    message::MsgCheckpointNoAck,
    module::{Context, Event, Outcome, Phases, Refusal, staking},
    param::{CHECKPOINT_BUFFER_TIME, Feature},
    store::{StoreName, Stores},
};
use bttc_core::{amino::Time, root_chain::RootChainId};

/// The last checkpoint is too young, or the sender no validator.
const TOO_EARLY: Refusal = Refusal::common(1_505);
/// The last no-ack is too young.
const TOO_MANY: Refusal = Refusal::common(1_506);

impl Phases for MsgCheckpointNoAck {
    fn admit(&self, stores: &mut Stores, context: &Context<'_>) -> Outcome {
        let wait = CHECKPOINT_BUFFER_TIME.get(stores)?;
        let last = last_checkpoint(stores, RootChainId::Tron.into())?.map_or(0, |last| last.timestamp);
        if !has_passed(last, wait, context.time) {
            return Err(TOO_EARLY);
        }
        let stranger = || Ok::<_, Refusal>(staking::validator_set(stores)?.get(self.from).is_none());
        if Feature::NoAckValidatorCheck.is_open(stores) && stranger()? {
            return Err(TOO_EARLY);
        }
        if !has_passed(last_no_ack(stores)?, wait, context.time) {
            return Err(TOO_MANY);
        }
        set_last_no_ack(stores, context.seconds());
        let proposer = staking::rotate(stores)?;
        let event = Event::admitted("checkpoint-noack", StoreName::Checkpoint);
        Ok(vec![event.with("new-proposer", format_args!("{proposer:#x}"))])
    }
}

/// Whether so many nanoseconds have passed since then, given in seconds.
fn has_passed(then: u64, nanos: i64, now: Time) -> bool {
    const NANOS: i128 = 1_000_000_000;
    let since = (i128::from(now.seconds()) - i128::from(then.cast_signed())) * NANOS + i128::from(now.nanos());
    since >= 0 && since.min(i64::MAX.into()) >= nanos.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nanoseconds_count() {
        let at = |seconds, nanos| Time::new(seconds, nanos).unwrap();
        assert!(!has_passed(100, 1_500_000_000, at(101, 499_999_999)));
        assert!(has_passed(100, 1_500_000_000, at(101, 500_000_000)));
        assert!(!has_passed(102, 0, at(101, 999_999_999)));
        // A time beyond what counts as one stands for one long ago.
        assert!(has_passed(u64::MAX, 1, at(0, 0)));
    }
}
