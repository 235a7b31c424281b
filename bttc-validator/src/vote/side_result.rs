//! What a vote says of one transaction.

use alloy_primitives::{B256, Bytes};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{amino::Base64, amino_fields, signature::Signature};
use serde::{Deserialize, Serialize};

/// A validator's answer about one transaction of the block before, as it stands in its vote.
///
/// Source: `validation-layer §1.11; peppermint:types/side_tx.go:10-47`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SideResult {
    /// The transaction's hash, 32 bytes in a valid vote.
    pub tx_hash: Base64,
    /// The answer: 0 skip, 1 yes, 2 no in a valid vote.
    pub result: i32,
    /// The signature over answer and data: 65 bytes or, of a message without data, none.
    pub signature: Base64,
}

amino_fields!(SideResult { tx_hash: "tx_hash", result: "result", signature: "sig" });

impl SideResult {
    /// The answer about a transaction whose message has this data; `sign` is asked only if there is any.
    #[must_use]
    pub fn signed(tx_hash: B256, result: VoteResult, data: &[u8], sign: impl FnOnce(&B256) -> Signature) -> Self {
        Self::new(tx_hash, result, (!data.is_empty()).then(|| sign(&result.digest(data))))
    }

    /// The answer about a transaction with this signature.
    #[must_use]
    pub fn new(tx_hash: B256, result: VoteResult, signature: Option<Signature>) -> Self {
        let signature = signature.map_or_else(Bytes::new, |signature| Bytes::copy_from_slice(&signature.to_bytes()));
        Self { tx_hash: Base64(tx_hash.into()), result: result.byte().into(), signature: Base64(signature) }
    }

    /// The answer; `None` for a number that is none.
    #[must_use]
    pub const fn result(&self) -> Option<VoteResult> {
        match self.result {
            0 => Some(VoteResult::Skip),
            1 => Some(VoteResult::Yes),
            2 => Some(VoteResult::No),
            _ => None,
        }
    }

    /// The signature, if it is one.
    #[must_use]
    pub fn signature(&self) -> Option<Signature> {
        Signature::try_from(&self.signature.0[..]).ok()
    }

    /// Whether hash, answer and signature are as long and as large as they may be. Who signed is not looked at.
    ///
    /// Source: `peppermint:types/vote.go:174-190`.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self.signature.0.len(), 0 | 65) && (0..=2).contains(&self.result) && self.tx_hash.0.len() == 32
    }
}
