//! What the engine's signatures are over.
//!
//! ```text
//! vote       H( "V" ‖ chain 8 ‖ step 1 ‖ height 8 ‖ round 8 ‖ has value 1 ‖ value id 32 ‖ validator 20 )
//! proposal   H( "P" ‖ chain 8 ‖ height 8 ‖ round 8 ‖ round of an earlier quorum 8 ‖ value id 32 ‖ proposer 20 )
//! extension  H( "E" ‖ chain 8 ‖ height 8 ‖ round 8 ‖ value id 32 ‖ validator 20 ‖ extension bytes )
//! peer       H( "N" ‖ chain 8 ‖ statement bytes )
//!
//! value id   H( proposer 20 ‖ value bytes )                          not signed by itself
//! ```
//!
//! Integers are big-endian, rounds signed with −1 for none, step 1 prevote and 2 precommit. Every field but the last
//! has a fixed length, so no two messages share a preimage; none begins with 0, 1 or 2, so no engine signature is a
//! validator's vote for a root chain (`validation-layer §1.10`), though the key is the same.

use super::Height;
use alloy_primitives::{Address, B256};
use bttc_core::hash::Keccak256;

/// What votes name a value by. It binds who built the value, which a later round's proposer may propose again.
pub(super) fn value_id(proposer: Address, value: &[u8]) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(proposer);
    hasher.update(value);
    hasher.finalize()
}

/// Which vote of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The value looks good, or nothing does.
    Prevote,
    /// Commit it, or nothing.
    Precommit,
}

/// The chain whose messages are signed; signatures for one are worth nothing on another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain(u64);

impl Chain {
    pub(super) const fn new(id: u64) -> Self {
        Self(id)
    }

    pub(super) fn vote(self, step: Step, height: Height, round: i64, value: Option<B256>, validator: Address) -> B256 {
        let step = match step {
            Step::Prevote => 1,
            Step::Precommit => 2,
        };
        let mut hasher = self.hasher(b'V');
        hasher.update([step]);
        hasher.update(height.get().to_be_bytes());
        hasher.update(round.to_be_bytes());
        hasher.update([u8::from(value.is_some())]);
        hasher.update(value.unwrap_or_default());
        hasher.update(validator);
        hasher.finalize()
    }

    pub(super) fn proposal(self, height: Height, round: i64, earlier: i64, value: B256, proposer: Address) -> B256 {
        let mut hasher = self.hasher(b'P');
        hasher.update(height.get().to_be_bytes());
        hasher.update(round.to_be_bytes());
        hasher.update(earlier.to_be_bytes());
        hasher.update(value);
        hasher.update(proposer);
        hasher.finalize()
    }

    pub(super) fn extension(self, height: Height, round: i64, value: B256, validator: Address, bytes: &[u8]) -> B256 {
        let mut hasher = self.hasher(b'E');
        hasher.update(height.get().to_be_bytes());
        hasher.update(round.to_be_bytes());
        hasher.update(value);
        hasher.update(validator);
        hasher.update(bytes);
        hasher.finalize()
    }

    pub(super) fn peer(self, statement: &[u8]) -> B256 {
        let mut hasher = self.hasher(b'N');
        hasher.update(statement);
        hasher.finalize()
    }

    fn hasher(self, kind: u8) -> Keccak256 {
        let mut hasher = Keccak256::new();
        hasher.update([kind]);
        hasher.update(self.0.to_be_bytes());
        hasher
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_field_is_bound() {
        let (a, b) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let (x, y) = (B256::repeat_byte(1), B256::repeat_byte(2));
        let (h, k) = (Height::new(1), Height::new(2));
        let chain = Chain::new(199);
        let digests = [
            chain.vote(Step::Prevote, h, 0, Some(x), a),
            chain.vote(Step::Precommit, h, 0, Some(x), a),
            chain.vote(Step::Precommit, k, 0, Some(x), a),
            chain.vote(Step::Precommit, h, 1, Some(x), a),
            chain.vote(Step::Precommit, h, 0, Some(y), a),
            chain.vote(Step::Precommit, h, 0, Some(B256::ZERO), a),
            chain.vote(Step::Precommit, h, 0, None, a),
            chain.vote(Step::Precommit, h, 0, Some(x), b),
            Chain::new(1029).vote(Step::Precommit, h, 0, Some(x), a),
            chain.proposal(h, 0, -1, x, a),
            chain.proposal(h, 0, 0, x, a),
            chain.proposal(h, 1, -1, x, a),
            chain.proposal(k, 0, -1, x, a),
            chain.proposal(h, 0, -1, y, a),
            chain.proposal(h, 0, -1, x, b),
            chain.extension(h, 0, x, a, b""),
            chain.extension(h, 0, x, a, b"e"),
            chain.extension(k, 0, x, a, b"e"),
            chain.extension(h, 1, x, a, b"e"),
            chain.extension(h, 0, y, a, b"e"),
            chain.extension(h, 0, x, b, b"e"),
            chain.peer(b"e"),
        ];
        assert_eq!(digests.iter().collect::<BTreeSet<_>>().len(), digests.len());
    }
}
