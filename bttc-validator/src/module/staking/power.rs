//! What a stake weighs.

use crate::{message::SignedAmount, module::Refusal, param::Rules, store::Stores};
use bttc_core::{chain::PowerRule, validator::VotingPower};
use bttc_staking::registry::whole_tokens;

/// The power of a stake: 1 on the public networks, whole tokens where power is stake.
///
/// Source: `validation-layer §5.1; delivery:helper/util.go:742-749`.
pub(super) fn power_of(stores: &Stores, stake: SignedAmount) -> Result<VotingPower, Refusal> {
    match Rules::load(stores)?.power {
        PowerRule::One => Ok(VotingPower::new(1)),
        PowerRule::Stake => {
            let power = stake.to_amount().and_then(|stake| whole_tokens(stake).ok());
            power.ok_or(Refusal::INVALID_MSG)
        }
    }
}
