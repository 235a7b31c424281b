//! Votes become a signed checkpoint.
//!
//! ```text
//! digest d = H( 01 ‖ data )
//! vote (a, σ) counts  ⇔  recover(d, σ) = a              each a once, ascending: the contract stops at the first
//! tally    = Σ weight(a)                                address that is not above the one before
//! signed   ⇔  tally ≥ threshold of the quorum
//! ```
//!
//! [`Signatures`] gathers, [`Signed`] is the proof that enough were gathered: it cannot be had otherwise.
//! [`SignatureWalk`] is the other end: how a contract reads the list that it is handed, and why.
//!
//! Source: `validation-layer §3.9; delivery:helper/util.go:183-244` · `root-contracts §5.2-5.3`.
//!
//! ```
//! use bttc_checkpoint::signatures::Signatures;
//! use alloy_primitives::{Bytes, B256};
//! use bttc_core::{quorum::HeadQuorum, signature::SecretKey};
//!
//! let keys = [1, 2, 3].map(|byte| SecretKey::from_bytes(&B256::repeat_byte(byte)).unwrap());
//! let quorum = HeadQuorum::over(keys.iter().map(SecretKey::address));
//! let mut signatures = Signatures::over(Bytes::from_static(b"what is signed"));
//! for key in &keys {
//!     signatures.admit(key.address(), key.sign(&signatures.digest()))?;
//! }
//! let signed = signatures.into_signed(&quorum)?;
//! assert!(signed.signatures().is_sorted_by_key(|(signer, _)| *signer));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod walk;

pub use walk::{Outcome, Reader, Reading, SignatureRead, SignatureWalk};

use crate::{
    checkpoint::Checkpoint,
    vote::{SignData, VoteResult},
};
use alloc::{
    boxed::Box,
    collections::{BTreeMap, btree_map::Entry},
    vec::Vec,
};
use alloy_primitives::{Address, B256, Bytes};
use bttc_core::{
    quorum::{Quorum, Weight},
    signature::{RecoverError, Signature, SignatureWords},
};
use serde::Serialize;

/// Signatures under one message, each checked, each signer once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signatures<T> {
    message: T,
    digest: B256,
    by_signer: BTreeMap<Address, Signature>,
}

/// What came of a vote that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is the signer's first.
    New,
    /// The signer had signed already; the first signature stays.
    Repeated,
}

/// Why a vote does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoteError {
    /// No key signed this.
    #[error(transparent)]
    Unrecoverable(#[from] RecoverError),
    /// Somebody else, or something else, was signed.
    #[error("recovered {got}, expected {expected}")]
    Signer {
        /// Whose signature it is.
        got: Address,
        /// Whose it is said to be.
        expected: Address,
    },
}

impl<T: SignData> Signatures<T> {
    /// A message that nobody has signed.
    pub fn over(message: T) -> Self {
        let digest = VoteResult::Yes.digest(&message.sign_data());
        Self { message, digest, by_signer: BTreeMap::new() }
    }

    /// A message with those of these votes that count.
    pub fn gather(message: T, votes: impl IntoIterator<Item = (Address, Signature)>) -> Self {
        let mut signatures = Self::over(message);
        for (validator, signature) in votes {
            // What does not count is left out, as the layer leaves it out.
            let _ = signatures.admit(validator, signature);
        }
        signatures
    }

    /// Takes the signature that this validator voted with.
    ///
    /// # Errors
    /// [`VoteError`] when it does not count.
    // Q-46: the reference hands signatures over with repetitions and without looking for a quorum; here each signer is
    // taken once, which the contract reads the same way.
    pub fn admit(&mut self, validator: Address, signature: Signature) -> Result<Admission, VoteError> {
        // The layer's reader knows v = 0 … 3 and no 27, like that of seals.
        let got = signature.recover_seal(&self.digest)?.address();
        if got != validator {
            return Err(VoteError::Signer { got, expected: validator });
        }
        Ok(match self.by_signer.entry(validator) {
            Entry::Vacant(place) => {
                place.insert(signature);
                Admission::New
            }
            Entry::Occupied(_) => Admission::Repeated,
        })
    }

    /// What is signed.
    #[must_use]
    pub const fn message(&self) -> &T {
        &self.message
    }

    /// The 32 bytes that are signed.
    #[must_use]
    pub const fn digest(&self) -> B256 {
        self.digest
    }

    /// Who signed, ascending.
    pub fn signers(&self) -> impl Iterator<Item = Address> + '_ {
        self.by_signer.keys().copied()
    }

    /// What the signatures weigh.
    #[must_use]
    pub fn tally(&self, quorum: &dyn Quorum) -> Weight {
        quorum.tally(self.signers())
    }

    /// The signed message, once enough have signed.
    ///
    /// # Errors
    /// [`NoQuorum`], which hands the signatures back.
    pub fn into_signed(self, quorum: &dyn Quorum) -> Result<Signed<T>, NoQuorum<T>> {
        let (tally, threshold) = (self.tally(quorum), quorum.threshold());
        if !quorum.is_met(tally) {
            return Err(NoQuorum { signatures: Box::new(self), tally, threshold });
        }
        Ok(Signed {
            data: self.message.sign_data().into(),
            message: self.message,
            signatures: self.by_signer.into_iter().collect(),
            tally,
            threshold,
        })
    }
}

/// Not enough have signed yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signatures weigh {tally}, expected at least {threshold}")]
pub struct NoQuorum<T> {
    /// The signatures so far.
    pub signatures: Box<Signatures<T>>,
    /// Their weight.
    pub tally: Weight,
    /// The weight that is enough.
    pub threshold: Weight,
}

/// A message that a quorum signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed<T> {
    message: T,
    data: Bytes,
    signatures: Vec<(Address, Signature)>,
    tally: Weight,
    threshold: Weight,
}

/// A checkpoint that a quorum signed.
pub type SignedCheckpoint = Signed<Checkpoint>;

impl<T> Signed<T> {
    /// What was signed.
    #[must_use]
    pub const fn message(&self) -> &T {
        &self.message
    }

    /// The signed bytes, without the result byte.
    #[must_use]
    pub const fn data(&self) -> &Bytes {
        &self.data
    }

    /// Signers and their signatures, ascending by address.
    #[must_use]
    pub fn signatures(&self) -> &[(Address, Signature)] {
        &self.signatures
    }

    /// What the signatures weigh.
    #[must_use]
    pub const fn tally(&self) -> Weight {
        self.tally
    }

    /// What would have been enough.
    #[must_use]
    pub const fn threshold(&self) -> Weight {
        self.threshold
    }

    /// The signatures as contracts take them, `uint256[3][]`: r, s, v + 27, ascending by signer.
    #[must_use]
    pub fn to_words(&self) -> Vec<SignatureWords> {
        self.signatures.iter().map(|(_, signature)| (*signature).into()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::{quorum::HeadQuorum, signature::SecretKey};

    fn keys() -> Vec<SecretKey> {
        (1..=4).map(|n| SecretKey::from_bytes(&B256::repeat_byte(n)).unwrap()).collect()
    }

    #[test]
    fn three_of_four_make_a_signed_message_in_ascending_order() {
        let keys = keys();
        let quorum = HeadQuorum::over(keys.iter().map(SecretKey::address));
        let mut signatures = Signatures::over(Bytes::from_static(b"data"));
        let digest = signatures.digest();
        for key in &keys[..2] {
            assert_eq!(signatures.admit(key.address(), key.sign(&digest)), Ok(Admission::New));
        }
        let refused = signatures.into_signed(&quorum).unwrap_err();
        assert_eq!((refused.tally.get().to::<u64>(), refused.threshold.get().to::<u64>()), (2, 3));

        let mut signatures = *refused.signatures;
        signatures.admit(keys[2].address(), keys[2].sign(&digest)).unwrap();
        let signed = signatures.into_signed(&quorum).unwrap();
        let recovered: Vec<Address> = signed.to_words().iter().map(|words| words.recover(&digest).unwrap()).collect();
        assert!(recovered.is_sorted());
        assert_eq!(recovered.len(), 3);
    }

    #[test]
    fn q46_a_repeated_signer_counts_once() {
        let (key, data) = (&keys()[0], Bytes::from_static(b"data"));
        let signature = key.sign(&VoteResult::Yes.digest(&data));
        let mut signatures = Signatures::gather(data, [(key.address(), signature); 2]);
        assert_eq!(signatures.signers().count(), 1);
        assert_eq!(signatures.admit(key.address(), signature), Ok(Admission::Repeated));
    }

    #[test]
    fn a_foreign_signature_and_a_no_do_not_count() {
        let keys = keys();
        let mut signatures = Signatures::over(Bytes::from_static(b"data"));
        let foreign = keys[0].sign(&signatures.digest());
        assert!(matches!(signatures.admit(keys[1].address(), foreign), Err(VoteError::Signer { .. })));
        let no = keys[0].sign(&VoteResult::No.digest(b"data"));
        assert!(signatures.admit(keys[0].address(), no).is_err());
        assert_eq!(signatures.signers().count(), 0);
    }
}
