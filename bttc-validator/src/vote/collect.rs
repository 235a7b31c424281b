//! The signatures that a root contract is handed.

use super::SideResult;
use alloy_primitives::{Address, B256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::signature::{Signature, SignatureWords};
use serde::{Deserialize, Serialize};

/// What a commit keeps of one validator's vote.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CommitVote {
    /// Whose vote.
    pub validator: Address,
    /// What it says of the transactions of the block before.
    pub side_results: Vec<SideResult>,
}

/// The signatures over yes to this transaction's data in a commit's votes, by validator.
///
/// Results that say otherwise, have no 65 bytes of signature, or one of somebody else than the voter are passed over.
///
/// Source: `validation-layer §3.9; delivery:helper/util.go:183-244`.
// nobody counts whether these are enough, and who answers twice is listed twice.
pub fn collect<'v>(
    tx_hash: &B256,
    data: &[u8],
    votes: impl IntoIterator<Item = &'v CommitVote>,
) -> Vec<SignatureWords> {
    let digest = VoteResult::Yes.digest(data);
    let mut signed: Vec<(Address, Signature)> = Vec::new();
    for vote in votes {
        let yes = vote.side_results.iter().filter(|result| {
            result.tx_hash.0.as_ref() == tx_hash.as_slice() && result.result() == Some(VoteResult::Yes)
        });
        let signatures = yes.filter_map(SideResult::signature);
        let own = signatures
            .filter(|signature| signature.recover_seal(&digest).is_ok_and(|key| key.address() == vote.validator));
        signed.extend(own.map(|signature| (vote.validator, signature)));
    }
    signed.sort_by_key(|(validator, _)| *validator);
    signed.into_iter().map(|(_, signature)| signature.into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::{hash::keccak256, signature::SecretKey};

    #[test]
    fn q416_who_answers_twice_is_listed_twice() {
        let key = SecretKey::from_bytes(&keccak256(b"alice")).unwrap();
        let tx = B256::repeat_byte(1);
        let result = |said| SideResult::signed(tx, said, b"data", |digest| key.sign(digest));
        let side_results = vec![result(VoteResult::Yes), result(VoteResult::No), result(VoteResult::Yes)];
        let vote = CommitVote { validator: key.address(), side_results };
        assert_eq!(collect(&tx, b"data", [&vote]).len(), 2);
        assert_eq!(collect(&tx, b"other data", [&vote]), []);
        let foreign = CommitVote { validator: Address::ZERO, ..vote };
        assert_eq!(collect(&tx, b"data", [&foreign]), []);
    }
}
