//! A vote is counted.

use super::kept::{remove_vote, votes};
use crate::{
    message::{SignedAmount, VoteOption},
    module::{Refusal, staking},
    param::{Decimal, TALLY_PARAMS, TallyParams},
    record::TallyResult,
    store::Stores,
};
use alloy_primitives::I256;
use bttc_core::id::ValidatorId;
use std::collections::BTreeMap;

/// Power by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) all: i64,
    pub(super) yes: i64,
    pub(super) abstain: i64,
    pub(super) no: i64,
    pub(super) veto: i64,
}

impl Tally {
    /// Counts the votes on a proposal by the power of the set's members.
    ///
    /// Source: `validation-layer §5.9; delivery:gov/tally.go:29-78`.
    fn count(stores: &Stores, id: u64) -> Result<Self, Refusal> {
        let set = staking::validator_set(stores)?;
        let mut members: BTreeMap<ValidatorId, (i64, Option<VoteOption>)> =
            set.members().iter().map(|member| (member.id, (member.power.get(), None))).collect();
        for vote in votes(stores, id)? {
            if let Some((_, option)) = members.get_mut(&vote.voter) {
                *option = Some(vote.option);
            }
        }
        let mut tally = Self::default();
        for (power, option) in members.into_values() {
            add(&mut tally.all, power)?;
            let side = match option {
                None => continue,
                Some(VoteOption::YES) => &mut tally.yes,
                Some(VoteOption::ABSTAIN) => &mut tally.abstain,
                Some(VoteOption::NO) => &mut tally.no,
                Some(VoteOption::NO_WITH_VETO) => &mut tally.veto,
                // The reference breaks off; no message brings such a vote.
                Some(_) => return Err(Refusal::INTERNAL),
            };
            add(side, power)?;
        }
        Ok(tally)
    }

    /// Whether that is enough.
    ///
    /// Source: `validation-layer §5.9; delivery:gov/tally.go:80-108`.
    pub(super) fn passes(self, params: &TallyParams) -> Result<bool, Refusal> {
        let sides = [self.yes, self.abstain, self.no, self.veto];
        let mut voted = 0;
        sides.into_iter().try_for_each(|side| add(&mut voted, side))?;
        if voted == 0 {
            return Ok(false);
        }
        if share(voted, self.all)? < limit(params.quorum)? || voted == self.abstain {
            return Ok(false);
        }
        if share(self.veto, voted)? > limit(params.veto)? {
            return Ok(false);
        }
        let decided = voted.checked_sub(self.abstain).ok_or(Refusal::INTERNAL)?;
        Ok(share(self.yes, decided)? > limit(params.threshold)?)
    }

    pub(super) fn result(self) -> TallyResult {
        // Numbers of 64 bits are numbers of 255 bits.
        let amount = |power| I256::try_from(power).ok().and_then(SignedAmount::new).unwrap_or_default();
        TallyResult {
            yes: amount(self.yes),
            abstain: amount(self.abstain),
            no: amount(self.no),
            no_with_veto: amount(self.veto),
        }
    }
}

/// How a vote stands.
///
/// # Errors
/// [`Refusal::INTERNAL`] for an entry that does not read.
pub fn standing(stores: &Stores, id: u64) -> Result<TallyResult, Refusal> {
    Tally::count(stores, id).map(Tally::result)
}

/// Counts a vote and removes it; says whether the proposal passes.
pub(super) fn tally(stores: &mut Stores, id: u64) -> Result<(bool, TallyResult), Refusal> {
    let tally = Tally::count(stores, id)?;
    votes(stores, id)?.iter().for_each(|vote| remove_vote(stores, vote));
    Ok((tally.passes(&TALLY_PARAMS.get(stores)?)?, tally.result()))
}

fn add(sum: &mut i64, power: i64) -> Result<(), Refusal> {
    // A set's power stays below 2⁶⁰.
    *sum = sum.checked_add(power).ok_or(Refusal::INTERNAL)?;
    Ok(())
}

fn share(part: i64, whole: i64) -> Result<I256, Refusal> {
    Decimal::ratio(part, whole).and_then(Decimal::units).ok_or(Refusal::INTERNAL)
}

/// A limit that was set.
fn limit(limit: Decimal) -> Result<I256, Refusal> {
    limit.units().ok_or(Refusal::INTERNAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> TallyParams {
        let third = Decimal::permille(334);
        TallyParams { quorum: third, threshold: Decimal::permille(500), veto: third }
    }

    fn passes(all: i64, [yes, abstain, no, veto]: [i64; 4]) -> bool {
        Tally { all, yes, abstain, no, veto }.passes(&params()).unwrap()
    }

    // validation-layer §5.9, by hand: 0.334, 0.5, 0.334, each at its edge.
    #[test]
    fn a_proposal_passes_by_quorum_threshold_and_veto() {
        assert!(!passes(7, [0, 0, 0, 0]));
        // 334 of 1000 are the quorum, 333 are not, nor is a third.
        assert!(passes(1_000, [334, 0, 0, 0]) && !passes(1_000, [333, 0, 0, 0]) && !passes(3, [1, 0, 0, 0]));
        // More than half of those that do not abstain.
        assert!(!passes(4, [2, 0, 2, 0]) && passes(4, [2, 1, 1, 0]) && passes(1_000, [501, 0, 499, 0]));
        assert!(!passes(7, [0, 7, 0, 0]) && passes(7, [1, 6, 0, 0]));
        // 334 of 1000 vetoes are none yet, 335 are; those that abstain count among the votes.
        assert!(passes(1_000, [666, 0, 0, 334]) && !passes(1_000, [665, 0, 0, 335]));
        assert!(passes(2_000, [400, 600, 0, 334]) && !passes(2_000, [400, 265, 0, 335]));
    }

    #[test]
    fn a_limit_that_was_never_set_breaks_off_where_it_is_asked_for() {
        let none = TallyParams::default();
        assert_eq!(Tally { all: 3, ..Tally::default() }.passes(&none), Ok(false));
        assert_eq!(Tally { all: 3, yes: 3, ..Tally::default() }.passes(&none), Err(Refusal::INTERNAL));
    }
}
