//! Members in ascending address order, whose turn it is among them, and how both change.
//!
//! A change-set is a list of members; power 0 means *leave*. With T the total after the updates but before the
//! removals:
//!
//! ```text
//! a newcomer's priority = −(T + T/8)        an updated member keeps its priority, whatever the change says
//! then: merge by address, drop the leaving, rescale to 2·(new total), centre
//! ```
//!
//! The proposer is a copy of the member that won the last turn, as it was then: a change-set does not touch it.
//!
//! What the validation layer writes of a set are its members and its proposer; its hash is that of RFC 6962:
//!
//! ```text
//! leaf = SHA-256( 00 ‖ 64 bytes of a member )        node = SHA-256( 01 ‖ left ‖ right )
//! the left subtree has as many leaves as the highest power of two below their number
//! ```
//!
//! Sources: `validation-layer §1.5, §2; delivery:types/validator-set.go` ·
//! `block-layer §3.2; bttc:consensus/bor/validator_set.go`.
//!
//! ```
//! use alloy_primitives::Address;
//! use bttc_core::{snapshot::Producer, validator::VotingPower};
//! use bttc_staking::validator_set::ValidatorSet;
//!
//! let member = |byte: u8, power| Producer::new(Address::repeat_byte(byte), VotingPower::new(power));
//! let mut set = ValidatorSet::new([member(3, 3), member(1, 1), member(2, 2)])?;
//! assert_eq!(set.elected().map(|p| (p.signer[0], p.priority)), Some((3, -3)));
//!
//! set.apply(&[member(4, 4), member(1, 0)])?; // 4 joins, 1 leaves
//! let priorities: Vec<_> = set.members().iter().map(|m| (m.signer[0], m.priority)).collect();
//! assert_eq!(priorities, [(2, 6), (3, 1), (4, -7)]);
//! # Ok::<(), bttc_staking::validator_set::ChangeError>(())
//! ```

use crate::{
    proposer::{self, MAX_TOTAL_POWER, Member, RotationError, WINDOW},
    registry::ValidatorRecord,
};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256};
use bttc_core::{
    amino::{Amino, FieldSink, FieldSource},
    hash::sha256,
    validator::VotingPower,
};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Members in ascending address order and the one whose turn it is.
///
/// Its serde form is the reference's, `validators` and `proposer`, with the total only where it is not the sum of the
/// powers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "Form<M>",
    into = "Form<M>",
    bound(serialize = "M: Member + Serialize", deserialize = "M: Member + Deserialize<'de>")
)]
pub struct ValidatorSet<M> {
    members: Vec<M>,
    /// Whether each signer is above the one before: then no two are alike, and a turn cannot fail half way.
    ascending: bool,
    proposer: Option<M>,
    /// Remembered total; `None` or 0 = add up when asked.
    total: Option<i64>,
}

/// Why a change-set is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Two changes for one signer, or one for address zero.
    #[error("duplicate entry {signer}")]
    Duplicate {
        /// Whose.
        signer: Address,
    },
    /// A power below zero.
    #[error("voting power can't be negative: {signer} has {got}")]
    NegativePower {
        /// Whose.
        signer: Address,
        /// The power.
        got: VotingPower,
    },
    /// A power above what a whole set may have.
    #[error("voting power can't be higher than {max}: {signer} has {got}")]
    PowerTooHigh {
        /// Whose.
        signer: Address,
        /// The power.
        got: VotingPower,
        /// Largest power.
        max: i64,
    },
    /// Power 0 where a set is made.
    #[error("cannot process validators with voting power 0: {signer}")]
    RemovalNotAllowed {
        /// Whose.
        signer: Address,
    },
    /// Somebody leaves who is not there.
    #[error("failed to find validator {signer} to remove")]
    RemovalUnknown {
        /// Who.
        signer: Address,
    },
    /// The total would be too large.
    #[error("failed to add/update validator {signer}, total voting power {got} would exceed the max allowed {max}")]
    TotalTooHigh {
        /// The change at which it became too large.
        signer: Address,
        /// The total with it.
        got: i64,
        /// Largest total.
        max: i64,
    },
    /// All would leave.
    #[error("applying the validator changes would result in empty set")]
    EmptyResult,
    /// The set itself cannot be turned; the reference stops with a panic.
    #[error(transparent)]
    Rotation(#[from] RotationError),
}

/// Whether a change-set may take members away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removals {
    Allowed,
    Forbidden,
}

impl<M> Default for ValidatorSet<M> {
    fn default() -> Self {
        Self { members: Vec::new(), ascending: true, proposer: None, total: Some(0) }
    }
}

impl<M: Member> ValidatorSet<M> {
    /// The set of these members in any order, turned once: the first proposer has most power, on a tie the lowest
    /// address.
    ///
    /// # Errors
    /// [`ChangeError`]; members may not have power 0.
    pub fn new(members: impl IntoIterator<Item = M>) -> Result<Self, ChangeError> {
        let members: Vec<M> = members.into_iter().collect();
        let mut set = Self::default();
        if let Some(merged) = set.merge(&members, Removals::Forbidden)? {
            set = set.closed(merged)?;
            set.increment(1)?;
        }
        Ok(set)
    }

    /// The set as somebody stored it: these members in this order with their priorities, and that proposer.
    #[must_use]
    pub fn from_parts(members: Vec<M>, proposer: Option<M>) -> Self {
        let total = proposer::total_power(&members).ok();
        Self { ascending: ascending(&members), members, proposer, total }
    }

    /// The members, in ascending address order.
    #[must_use]
    pub fn members(&self) -> &[M] {
        &self.members
    }

    /// The member with this signer.
    #[must_use]
    pub fn get(&self, signer: Address) -> Option<&M> {
        let place = self.members.partition_point(|member| member.signer() < signer);
        self.members.get(place).filter(|member| member.signer() == signer)
    }

    /// The total power.
    ///
    /// # Errors
    /// [`RotationError::TotalTooHigh`] for a set read from outside.
    pub fn total_power(&self) -> Result<i64, RotationError> {
        match self.total {
            Some(total) if total != 0 => Ok(total),
            _ => proposer::total_power(&self.members),
        }
    }

    /// The winner of the last turn, as it was then; it may have left meanwhile. `None` before the first turn.
    #[must_use]
    pub const fn elected(&self) -> Option<&M> {
        self.proposer.as_ref()
    }

    /// The winner of the last turn, else the member with most priority; `None` if there is no member.
    ///
    /// # Errors
    /// [`RotationError::Identical`].
    pub fn proposer(&self) -> Result<Option<&M>, RotationError> {
        if self.members.is_empty() {
            return Ok(None);
        }
        match &self.proposer {
            Some(proposer) => Ok(Some(proposer)),
            None => Ok(self.members.get(proposer::highest(&self.members)?)),
        }
    }

    /// Turns so many times and answers with the proposer. Allocates nothing once there has been a proposer.
    ///
    /// # Errors
    /// [`RotationError`].
    pub fn increment(&mut self, times: u64) -> Result<&M, RotationError> {
        if self.members.is_empty() {
            return Err(RotationError::Empty);
        }
        if times == 0 {
            return Err(RotationError::NoTurns);
        }
        let total = self.total_power()?;
        let winner = if self.ascending {
            proposer::increment(&mut self.members, total, times)?
        } else {
            let mut members = self.members.clone();
            let winner = proposer::increment(&mut members, total, times)?;
            self.members = members;
            winner
        };
        match (&mut self.proposer, self.members.get(winner)) {
            (Some(proposer), Some(winner)) => proposer.clone_from(winner),
            (proposer, winner) => *proposer = winner.cloned(),
        }
        self.proposer.as_ref().ok_or(RotationError::Empty)
    }

    /// A copy that has turned so many times.
    ///
    /// # Errors
    /// [`RotationError`].
    pub fn incremented(&self, times: u64) -> Result<Self, RotationError> {
        let mut copy = self.clone();
        copy.increment(times)?;
        Ok(copy)
    }

    /// Applies a change-set; its order does not matter. An empty one changes nothing at all.
    ///
    /// Source: `validation-layer §2.3; delivery:types/validator-set.go:524-570`.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn apply(&mut self, changes: &[M]) -> Result<(), ChangeError> {
        if let Some(merged) = self.merge(changes, Removals::Allowed)? {
            // Q-25: the proposer stays who it was, even if it leaves, until the next turn.
            *self = self.closed(merged)?;
        }
        Ok(())
    }

    /// Brings priorities within a window; one of the two preparations of a turn.
    ///
    /// # Errors
    /// [`RotationError::Empty`], [`RotationError::Distance`].
    pub fn rescale(&mut self, window: i64) -> Result<(), RotationError> {
        proposer::rescale(&mut self.members, window)
    }

    /// Brings the average priority to zero; the other preparation of a turn.
    ///
    /// # Errors
    /// [`RotationError::Empty`].
    pub fn centre(&mut self) -> Result<(), RotationError> {
        proposer::centre(&mut self.members)
    }

    /// Members by themselves, to be changed in place, but for their signers.
    pub(crate) fn members_mut(&mut self) -> &mut [M] {
        &mut self.members
    }

    /// Puts merged members in place, with the old total if theirs is too large; what the side chain does.
    pub(crate) fn install(&mut self, merged: Vec<M>) -> Result<(), RotationError> {
        let Ok(total) = proposer::total_power(&merged) else {
            self.ascending = ascending(&merged);
            self.members = merged;
            return Ok(());
        };
        *self = self.prepared(merged, total)?;
        Ok(())
    }

    /// The members after a change-set, newcomers with their first priority; `None` if nothing is asked.
    pub(crate) fn merge(&self, changes: &[M], removals: Removals) -> Result<Option<Vec<M>>, ChangeError> {
        if changes.is_empty() {
            return Ok(None);
        }
        let (updates, leaving) = sorted(changes)?;
        if let (Some(&signer), Removals::Forbidden) = (leaving.first(), removals) {
            return Err(ChangeError::RemovalNotAllowed { signer });
        }
        if let Some(&signer) = leaving.iter().find(|signer| self.get(**signer).is_none()) {
            return Err(ChangeError::RemovalUnknown { signer });
        }
        // Q-23: the total that may not be too large still holds those that leave in the same change-set.
        let mut total = self.total_power()?;
        let mut newcomers = 0_usize;
        for update in &updates {
            let old = self.get(update.signer()).map(|old| old.power().get());
            newcomers = newcomers.saturating_add(usize::from(old.is_none()));
            total = total.saturating_add(update.power().get()).saturating_sub(old.unwrap_or(0));
            if total > MAX_TOTAL_POWER {
                return Err(ChangeError::TotalTooHigh { signer: update.signer(), got: total, max: MAX_TOTAL_POWER });
            }
        }
        if newcomers == 0 && leaving.len() == self.members.len() {
            return Err(ChangeError::EmptyResult);
        }

        let first = total.saturating_add(total >> 3).saturating_neg();
        let with_priority = |update: &M, priority| {
            let mut member = update.clone();
            member.set_priority(priority);
            member
        };
        let mut merged = Vec::with_capacity(self.members.len().saturating_add(newcomers));
        let mut updates = updates.into_iter().peekable();
        for old in &self.members {
            while let Some(newcomer) = updates.next_if(|update| update.signer() < old.signer()) {
                merged.push(with_priority(newcomer, first));
            }
            if let Some(update) = updates.next_if(|update| update.signer() == old.signer()) {
                merged.push(with_priority(update, old.priority()));
            } else if leaving.binary_search(&old.signer()).is_err() {
                merged.push(old.clone());
            }
        }
        merged.extend(updates.map(|newcomer| with_priority(newcomer, first)));
        Ok(Some(merged))
    }

    /// The set of merged members, rescaled and centred.
    fn closed(&self, merged: Vec<M>) -> Result<Self, RotationError> {
        let total = proposer::total_power(&merged)?;
        self.prepared(merged, total)
    }

    fn prepared(&self, mut members: Vec<M>, total: i64) -> Result<Self, RotationError> {
        proposer::rescale(&mut members, total.wrapping_mul(WINDOW))?;
        proposer::centre(&mut members)?;
        Ok(Self { ascending: ascending(&members), members, proposer: self.proposer.clone(), total: Some(total) })
    }
}

impl ValidatorSet<ValidatorRecord> {
    /// The root over its members' [hash bytes](ValidatorRecord::to_hash_bytes); `None` if there is none.
    ///
    /// Source: `validation-layer §1.5; delivery:types/validator-set.go:308-317`.
    #[must_use]
    pub fn hash(&self) -> Option<B256> {
        let leaf = |member: &ValidatorRecord| {
            let mut leaf = [0; 65];
            for (to, from) in leaf.iter_mut().skip(1).zip(member.to_hash_bytes()) {
                *to = from;
            }
            sha256(leaf)
        };
        let leaves: Vec<B256> = self.members.iter().map(leaf).collect();
        (!leaves.is_empty()).then(|| root(&leaves))
    }
}

/// The root over leaves, of which there is at least one.
fn root(leaves: &[B256]) -> B256 {
    let highest = leaves.len().saturating_sub(1).checked_ilog2();
    let Some((left, right)) = highest.and_then(|power| leaves.split_at_checked(1 << power)) else {
        return leaves.first().copied().unwrap_or_default();
    };
    let mut node = [1; 65];
    let children = root(left).into_iter().chain(root(right));
    for (to, from) in node.iter_mut().skip(1).zip(children) {
        *to = from;
    }
    sha256(node)
}

fn ascending<M: Member>(members: &[M]) -> bool {
    members.is_sorted_by(|a, b| a.signer() < b.signer())
}

/// Changes in address order, apart: those that update or join, and the signers that leave.
fn sorted<M: Member>(changes: &[M]) -> Result<(Vec<&M>, Vec<Address>), ChangeError> {
    let mut sorted: Vec<&M> = changes.iter().collect();
    sorted.sort_by_key(|change| change.signer());
    let (mut updates, mut leaving) = (Vec::new(), Vec::new());
    // Q-22: the search for repetitions starts from address zero, so a change for it is always one.
    let mut previous = Address::ZERO;
    for change in sorted {
        let (signer, got) = (change.signer(), change.power());
        if signer == previous {
            return Err(ChangeError::Duplicate { signer });
        }
        if got < VotingPower::ZERO {
            return Err(ChangeError::NegativePower { signer, got });
        }
        if got.get() > MAX_TOTAL_POWER {
            return Err(ChangeError::PowerTooHigh { signer, got, max: MAX_TOTAL_POWER });
        }
        if got == VotingPower::ZERO {
            leaving.push(signer);
        } else {
            updates.push(change);
        }
        previous = signer;
    }
    Ok((updates, leaving))
}

impl<M: Member> fmt::Display for ValidatorSet<M> {
    /// A table, the proposer marked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:42} {:>20} {:>20}", "signer", "power", "priority")?;
        let proposer = self.proposer.as_ref().map(Member::signer);
        for member in &self.members {
            let mark = if proposer == Some(member.signer()) { '*' } else { ' ' };
            write!(f, "\n{mark} {:#x} {:>20} {:>20}", member.signer(), member.power().get(), member.priority())?;
        }
        Ok(())
    }
}

/// The reference's form: the remembered total is not written.
impl<M: Member + Amino> Amino for ValidatorSet<M> {
    fn encode<S: FieldSink>(&self, to: &mut S) {
        to.field("validators", &self.members).field("proposer", &self.proposer);
    }

    fn decode<S: FieldSource>(from: &mut S) -> Result<Self, S::Error> {
        let members = from.field("validators")?;
        Ok(Self::from_parts(members, from.field("proposer")?))
    }
}

/// The form in which a set is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form<M> {
    // Q-150: `null` for none.
    validators: Option<Vec<M>>,
    proposer: Option<M>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
}

impl<M: Member> From<ValidatorSet<M>> for Form<M> {
    fn from(set: ValidatorSet<M>) -> Self {
        let sum = proposer::total_power(&set.members).ok();
        Self {
            total: set.total.filter(|_| set.total != sum),
            validators: Some(set.members).filter(|members| !members.is_empty()),
            proposer: set.proposer,
        }
    }
}

impl<M: Member> From<Form<M>> for ValidatorSet<M> {
    fn from(form: Form<M>) -> Self {
        let mut set = Self::from_parts(form.validators.unwrap_or_default(), form.proposer);
        set.total = form.total.or(set.total);
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use bttc_core::snapshot::Producer;

    fn member(byte: u8, power: i64) -> Producer {
        Producer::new(Address::with_last_byte(byte), VotingPower::new(power))
    }

    fn set(powers: &[i64]) -> ValidatorSet<Producer> {
        ValidatorSet::new((1..).zip(powers).map(|(byte, power)| member(byte, *power))).unwrap()
    }

    fn forced(members: &[(i64, i64)]) -> ValidatorSet<Producer> {
        let members = (1..)
            .zip(members)
            .map(|(byte, (power, priority))| Producer { priority: *priority, ..member(byte, *power) });
        ValidatorSet::from_parts(members.collect(), None)
    }

    fn state(set: &ValidatorSet<Producer>) -> (u8, Vec<i64>) {
        let proposer = set.elected().map_or(0, |p| p.signer[19]);
        (proposer, set.members().iter().map(|m| m.priority).collect())
    }

    fn turn(set: &mut ValidatorSet<Producer>) -> (u8, Vec<i64>) {
        set.increment(1).unwrap();
        state(set)
    }

    // validation-layer §2.5, row by row.

    #[test]
    fn the_table_of_three_then_four_then_three() {
        let mut set = set(&[1, 2, 3]);
        assert_eq!(state(&set), (3, [1, 2, -3].into()));
        for (proposer, priorities) in
            [(2, [2, -2, 0]), (1, [-3, 0, 3]), (3, [-2, 2, 0]), (2, [-1, -2, 3]), (3, [0, 0, 0]), (3, [1, 2, -3])]
        {
            assert_eq!(turn(&mut set), (proposer, priorities.into()));
        }
        set.apply(&[member(4, 4)]).unwrap();
        assert_eq!(state(&set), (3, [4, 5, 0, -8].into()));
        for (proposer, priorities) in
            [(2, [5, -3, 3, -4]), (1, [-4, -1, 6, 0]), (3, [-3, 1, -1, 4]), (4, [-2, 3, 2, -2])]
        {
            assert_eq!(turn(&mut set), (proposer, priorities.into()));
        }
        set.apply(&[member(3, 0)]).unwrap();
        assert_eq!(state(&set), (4, [-1, 4, -1].into()));
        assert_eq!(turn(&mut set), (2, [0, -1, 3].into()));
    }

    #[test]
    fn q24_rescaling_rounds_toward_zero_and_centring_toward_minus_infinity() {
        let mut set = forced(&[(1, -100), (1, 0), (1, 101)]);
        set.rescale(6).unwrap(); // ratio (201 + 5) / 6 = 34
        assert_eq!(state(&set).1, [-2, 0, 2]);
        assert_eq!(turn(&mut set), (3, [-1, 1, 0].into()));
        assert_eq!(proposer::average(forced(&[(1, -1), (1, 0), (1, 0)]).members()), -1);
    }

    #[test]
    fn seven_equals_take_turns_in_address_order_and_an_eighth_waits() {
        let mut seven = set(&[1; 7]);
        assert_eq!(state(&seven), (1, [-6, 1, 1, 1, 1, 1, 1].into()));
        let mut changed = seven.clone();
        seven.apply(&[member(8, 1)]).unwrap();
        assert_eq!(state(&seven).1, [-4, 3, 3, 3, 3, 3, 3, -7]);
        for expected in [2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7] {
            assert_eq!(turn(&mut seven).0, expected);
        }
        changed.apply(&[member(3, 0), member(9, 1)]).unwrap();
        assert_eq!(state(&changed).1, [-4, 3, 3, 3, 3, 3, -7]);
        assert_eq!(turn(&mut changed), (2, [-3, -3, 4, 4, 4, 4, -6].into()));
    }

    #[test]
    fn q22_a_change_for_address_zero_counts_as_repeated() {
        let zero = Address::ZERO;
        assert_eq!(set(&[1, 2]).apply(&[member(0, 5)]), Err(ChangeError::Duplicate { signer: zero }));
    }

    #[test]
    fn q23_the_leaving_still_count_while_the_total_is_checked() {
        let mut full = set(&[MAX_TOTAL_POWER - 1, 1]);
        let before = full.clone();
        assert!(matches!(full.apply(&[member(1, 0), member(3, 1)]), Err(ChangeError::TotalTooHigh { .. })));
        assert_eq!(full, before);
    }

    #[test]
    fn q25_a_proposer_that_left_stays_until_the_next_turn() {
        let mut set = set(&[1, 5]);
        set.apply(&[member(2, 0), member(3, 1)]).unwrap();
        assert_eq!(set.elected().map(|p| p.signer), Some(Address::with_last_byte(2)));
        assert_eq!(set.proposer().unwrap().map(|p| p.signer[19]), Some(2));
        assert_ne!(turn(&mut set).0, 2);
    }

    #[test]
    fn q26_priorities_too_far_apart_stop_the_reference() {
        // (2⁶³ − 1) + 6 − 1 wraps to a negative number, and so does the ratio.
        let mut wrapped = forced(&[(1, 0), (1, 0), (1, i64::MAX)]);
        wrapped.rescale(6).unwrap();
        assert!(wrapped.members()[2].priority < 0);
        let window = i64::MAX - 1;
        let mut stuck = forced(&[(1, 0), (1, i64::MAX)]);
        let before = stuck.clone();
        let ratio = i64::MAX.wrapping_add(window).wrapping_sub(1) / window;
        assert_eq!(ratio, 0);
        assert!(matches!(stuck.rescale(window), Err(RotationError::Distance { .. })));
        assert_eq!(stuck, before);
    }

    #[test]
    fn nobody_cannot_take_turns() {
        let mut nobody = ValidatorSet::<Producer>::new([]).unwrap();
        assert_eq!(nobody.increment(1), Err(RotationError::Empty));
        assert_eq!(set(&[1]).increment(0), Err(RotationError::NoTurns));
        assert_eq!(nobody.proposer(), Ok(None));
    }

    #[test]
    fn the_table_marks_the_proposer() {
        let lines = set(&[1, 2]).to_string();
        assert!(lines.lines().nth(2).is_some_and(|line| line.starts_with("* 0x0000")), "{lines}");
    }
}
