//! Adding up votes.
//!
//! ```text
//! approved  when  power that says yes ≥ ⌊2·total / 3⌋ + 1          rejected likewise by no, skipped otherwise
//! ```
//!
//! The total is that of everybody who could vote, absent ones included; a validator counts once, by its first result.
//!
//! Source: `validation-layer §3.8; delivery:app/side_tx_processor.go:17-143`.

use crate::vote::SideResult;
use alloy_primitives::{Address, B256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    quorum::{PowerQuorum, Quorum as _, Weight},
    signature::Signature,
    validator::Validator,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The votes about one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Who said what, and signed for the root chain.
    pub votes: BTreeMap<Address, (VoteResult, Option<Signature>)>,
    /// Power that said yes.
    pub yes: Weight,
    /// Power that said no.
    pub no: Weight,
    /// Power of all who could vote.
    pub total: Weight,
}

impl Tally {
    /// What was decided.
    #[must_use]
    pub fn verdict(&self) -> VoteResult {
        let enough = self.total.two_thirds_plus_one();
        if self.yes >= enough {
            VoteResult::Yes
        } else if self.no >= enough {
            VoteResult::No
        } else {
            VoteResult::Skip
        }
    }

    /// Signatures of those who said yes, by ascending address.
    pub fn signatures(&self) -> impl Iterator<Item = (Address, Signature)> + '_ {
        let yes = self.votes.iter().filter(|(_, (result, _))| *result == VoteResult::Yes);
        yes.filter_map(|(voter, (_, signature))| Some((*voter, (*signature)?)))
    }
}

/// The tallies of these transactions, in the order in which they are settled.
///
/// `votes` are those of one commit, by its order of validators.
// Q-102: that order is the one in which votes first name the transactions; those that nobody voted on come last.
pub(super) fn tallies(
    transactions: impl IntoIterator<Item = B256>,
    votes: &[(Address, Vec<SideResult>)],
    voters: &[Validator],
) -> Vec<(B256, Tally)> {
    let quorum = PowerQuorum::over(voters);
    let open = |hash| (hash, Tally { total: quorum.total(), ..Tally::default() });
    let mut open: BTreeMap<B256, Tally> = transactions.into_iter().map(open).collect();
    let mut order = Vec::new();
    for (voter, results) in votes {
        let Some(weight) = quorum.weight(*voter) else { continue };
        for vote in results {
            let Ok(hash) = B256::try_from(&vote.tx_hash.0[..]) else { continue };
            let (Some(tally), Some(result)) = (open.get_mut(&hash), vote.result()) else { continue };
            if !order.contains(&hash) {
                order.push(hash);
            }
            if tally.votes.contains_key(voter) {
                continue;
            }
            tally.votes.insert(*voter, (result, vote.signature()));
            match result {
                VoteResult::Yes => tally.yes = tally.yes.saturating_add(weight),
                VoteResult::No => tally.no = tally.no.saturating_add(weight),
                VoteResult::Skip => {}
            }
        }
    }
    let voted: Vec<_> = order.into_iter().filter_map(|hash| open.remove_entry(&hash)).collect();
    voted.into_iter().chain(open).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::{id::ValidatorId, validator::VotingPower};

    fn vote(hash: B256, result: VoteResult) -> SideResult {
        SideResult::new(hash, result, None)
    }

    fn voters(powers: &[i64]) -> Vec<Validator> {
        let voter = |(n, power): (u8, &i64)| {
            Validator::new(ValidatorId::new(n.into()), Address::repeat_byte(n), VotingPower::new(*power))
        };
        (1..).zip(powers).map(voter).collect()
    }

    #[test]
    fn absent_validators_stay_in_the_total_and_doubles_count_once() {
        let hash = B256::repeat_byte(1);
        let results = [vote(hash, VoteResult::Yes), vote(hash, VoteResult::No), vote(hash, VoteResult::Yes)];
        let voters = voters(&[1, 1, 1, 1]);
        let voted = |count: usize| {
            let votes: Vec<_> = voters.iter().take(count).map(|v| (v.signer, results.to_vec())).collect();
            tallies([hash], &votes, &voters)[0].1.verdict()
        };
        assert_eq!([1, 2, 3, 4].map(voted), [VoteResult::Skip, VoteResult::Skip, VoteResult::Yes, VoteResult::Yes]);
    }

    // validation-layer §3.8: total 7 → 5; 3 → 3; 4 → 3; 6 → 5; 9 → 7; 10 → 7.
    #[test]
    fn enough_is_what_the_specification_counts() {
        for (total, enough) in [(7, 5), (3, 3), (4, 3), (6, 5), (9, 7), (10, 7)] {
            let voters = voters(&vec![1; total]);
            let hash = B256::repeat_byte(1);
            let said = |count: usize, result| {
                let votes: Vec<_> = voters.iter().take(count).map(|v| (v.signer, vec![vote(hash, result)])).collect();
                tallies([hash], &votes, &voters)[0].1.verdict()
            };
            for result in [VoteResult::Yes, VoteResult::No] {
                assert_eq!((said(enough - 1, result), said(enough, result)), (VoteResult::Skip, result), "{total}");
            }
        }
    }

    #[test]
    fn q102_messages_settle_in_the_order_in_which_votes_name_them() {
        let [a, b, c] = [1, 2, 3].map(B256::repeat_byte);
        let voters = voters(&[1, 1]);
        let votes = [
            (voters[0].signer, vec![vote(b, VoteResult::Yes)]),
            (voters[1].signer, vec![vote(a, VoteResult::Yes), vote(b, VoteResult::Yes)]),
        ];
        let order: Vec<_> = tallies([a, b, c], &votes, &voters).into_iter().map(|(hash, _)| hash).collect();
        assert_eq!(order, [b, a, c]);
    }
}
