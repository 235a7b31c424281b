//! What a validator signs of a vote.

use super::SideResult;
use alloy_primitives::{B256, Bytes};
use bttc_core::{
    amino::{self, Base64, Fixed64, Text, Time},
    amino_fields,
    hash::keccak256,
};
use serde::{Deserialize, Serialize};

/// The parts that a block is sent in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartsRef {
    /// Root over them.
    pub hash: Bytes,
    /// How many.
    pub total: i64,
}

amino_fields!(PartsRef { hash: "hash", total: "total" });

/// Which block; all is empty in a vote for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockRef {
    /// Its hash.
    pub hash: Bytes,
    /// Its parts.
    pub parts: PartsRef,
}

amino_fields!(BlockRef { hash: "hash", parts: "parts" });

impl BlockRef {
    /// Whether it is no block, or one with a hash of 32 bytes and parts.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let (hash, parts, total) = (self.hash.len(), self.parts.hash.len(), self.parts.total);
        (hash, parts, total) == (0, 0, 0) || (hash, parts) == (32, 32) && total > 0
    }
}

/// A vote as it is signed.
///
/// Source: `validation-layer §1.11; peppermint:types/canonical.go:36-46, 87-98`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CanonicalVote {
    /// 1 of a prevote, 2 of a precommit.
    pub kind: u8,
    /// Height of the block.
    pub height: Fixed64,
    /// Round.
    pub round: Fixed64,
    /// What is voted for.
    pub block: BlockRef,
    /// When it was cast.
    pub time: Time,
    /// The layer's chain id.
    pub chain_id: Text,
    /// Empty.
    pub data: Base64,
    /// What it says of the transactions of the block before.
    pub side_results: Vec<SideResult>,
}

amino_fields!(CanonicalVote {
    kind: "@type",
    height: "height",
    round: "round",
    block: "block_id",
    time: "timestamp",
    chain_id: "@chain_id",
    data: "data",
    side_results: "side_tx_results",
});

impl CanonicalVote {
    /// The bytes that are signed.
    #[must_use]
    pub fn sign_bytes(&self) -> Vec<u8> {
        amino::to_prefixed_bytes(self)
    }

    /// H(bytes): what the signature is over.
    #[must_use]
    pub fn digest(&self) -> B256 {
        keccak256(self.sign_bytes())
    }

    /// Whether a validator that knows no state may take it: all that [`CanonicalVote`] has is in its range.
    ///
    /// Source: `peppermint:types/vote.go:139-190`.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self.kind, 1 | 2)
            && self.height.0 >= 0
            && self.round.0 >= 0
            && self.block.is_valid()
            && self.side_results.iter().all(SideResult::is_valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;

    #[test]
    fn numbers_of_a_vote_have_eight_bytes_unless_they_are_zero() {
        let vote = CanonicalVote { kind: 1, height: Fixed64(7), ..CanonicalVote::default() };
        assert_eq!(vote.sign_bytes(), hex!("0b 08 01 11 0700000000000000"));
        assert!(vote.is_valid());
        assert!(!CanonicalVote { kind: 32, ..vote.clone() }.is_valid());
        assert!(!CanonicalVote { round: Fixed64(-1), ..vote.clone() }.is_valid());
        let half = BlockRef { hash: [1; 32].into(), parts: PartsRef::default() };
        assert!(!CanonicalVote { block: half, ..vote }.is_valid());
    }
}
