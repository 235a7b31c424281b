//! Adding up votes.
//!
//! ```text
//! approved  when  power that says yes ≥ ⌊2·total / 3⌋ + 1          rejected likewise by no, skipped otherwise
//! ```
//!
//! The total is that of everybody who could vote, absent ones included; a validator counts once, by its first vote.
//!
//! Source: `validation-layer §3.8; delivery:app/side_tx_processor.go:17-143`.

use super::{block::Vote, message::MessageId};
use alloy_primitives::Address;
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    quorum::{PowerQuorum, Quorum as _, Weight},
    signature::Signature,
    validator::Validator,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The votes about one message.
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

/// The tallies of these messages, in the order in which they are settled.
///
/// `votes` are those of one commit, by its order of validators.
// Q-102: that order is the one in which votes first name the messages; those that nobody voted on come last.
pub(super) fn tallies(
    messages: impl IntoIterator<Item = MessageId>,
    votes: &[(Address, Vec<Vote>)],
    voters: &[Validator],
) -> Vec<(MessageId, Tally)> {
    let quorum = PowerQuorum::over(voters);
    let mut open: BTreeMap<MessageId, Tally> =
        messages.into_iter().map(|id| (id, Tally { total: quorum.total(), ..Tally::default() })).collect();
    let mut order = Vec::new();
    for (voter, votes) in votes {
        let Some(weight) = quorum.weight(*voter) else { continue };
        for vote in votes {
            let Some(tally) = open.get_mut(&vote.message) else {
                continue;
            };
            if !order.contains(&vote.message) {
                order.push(vote.message);
            }
            if tally.votes.contains_key(voter) {
                continue;
            }
            tally.votes.insert(*voter, (vote.result, vote.signature));
            match vote.result {
                VoteResult::Yes => tally.yes = tally.yes.saturating_add(weight),
                VoteResult::No => tally.no = tally.no.saturating_add(weight),
                VoteResult::Skip => {}
            }
        }
    }
    let voted: Vec<_> = order.into_iter().filter_map(|id| open.remove_entry(&id)).collect();
    voted.into_iter().chain(open).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{CheckpointNoAck, Message};
    use bttc_core::{id::ValidatorId, validator::VotingPower};

    fn message(n: u8) -> MessageId {
        Message::CheckpointNoAck(CheckpointNoAck { from: Address::repeat_byte(n) }).id()
    }

    fn vote(message: MessageId, result: VoteResult) -> Vote {
        Vote { message, result, signature: None }
    }

    fn voters(powers: &[i64]) -> Vec<Validator> {
        let voter = |(n, power): (u8, &i64)| {
            Validator::new(ValidatorId::new(n.into()), Address::repeat_byte(n), VotingPower::new(*power))
        };
        (1..).zip(powers).map(voter).collect()
    }

    #[test]
    fn absent_validators_stay_in_the_total_and_doubles_count_once() {
        let id = message(1);
        let yes = vote(id, VoteResult::Yes);
        let voters = voters(&[1, 1, 1, 1]);
        let voted = |count: usize| {
            let votes: Vec<_> = voters.iter().take(count).map(|v| (v.signer, vec![yes, yes])).collect();
            tallies([id], &votes, &voters)[0].1.verdict()
        };
        assert_eq!([1, 2, 3, 4].map(voted), [VoteResult::Skip, VoteResult::Skip, VoteResult::Yes, VoteResult::Yes]);
    }

    #[test]
    fn q102_messages_settle_in_the_order_in_which_votes_name_them() {
        let [a, b, c] = [1, 2, 3].map(message);
        let voters = voters(&[1, 1]);
        let votes = [
            (voters[0].signer, vec![vote(b, VoteResult::Yes)]),
            (voters[1].signer, vec![vote(a, VoteResult::Yes), vote(b, VoteResult::Yes)]),
        ];
        let order: Vec<_> = tallies([a, b, c], &votes, &voters).into_iter().map(|(id, _)| id).collect();
        assert_eq!(order, [b, a, c]);
    }
}
