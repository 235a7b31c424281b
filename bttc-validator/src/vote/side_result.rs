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
        let signature = (!data.is_empty()).then(|| sign(&result.digest(data)).to_bytes());
        Self {
            tx_hash: Base64(tx_hash.into()),
            result: result.byte().into(),
            signature: Base64(signature.map_or_else(Bytes::new, |bytes| Bytes::copy_from_slice(&bytes))),
        }
    }

    /// Whether hash, answer and signature are as long and as large as they may be. Who signed is not looked at.
    ///
    /// Source: `peppermint:types/vote.go:174-190`.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self.signature.0.len(), 0 | 65) && (0..=2).contains(&self.result) && self.tx_hash.0.len() == 32
    }
}
