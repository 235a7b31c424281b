//! The transaction.

use super::{SignDoc, TxSignature};
use crate::message::{Fault, Message, Msg};
use alloy_primitives::B256;
use bttc_core::{
    amino::{self, Amino, AnyOf, FieldSink, FieldSource, Interface, Json, JsonForm, Text},
    hash::sha256,
    signature::{PublicKey, SecretKey, Signature},
};
use serde::{Deserialize, Serialize};

/// A transaction: a message of `M`, which is any of the network's messages unless an enum of a user's own stands there.
///
/// Source: `validation-layer §1.9; delivery:auth/types/stdtx.go:16-97`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StdTx<M = Message> {
    /// The message; the wire form has room for none.
    pub message: AnyOf<M>,
    /// Its sender's signature.
    pub signature: TxSignature,
    /// Words.
    pub memo: Text,
}

impl<M> Default for StdTx<M> {
    fn default() -> Self {
        Self { message: AnyOf(None), signature: TxSignature::default(), memo: Text::default() }
    }
}

impl<M: Interface> Amino for StdTx<M> {
    const NAME: Option<&'static str> = Some("auth/StdTx");

    fn encode<S: FieldSink>(&self, to: &mut S) {
        to.field("msg", &self.message).field("signature", &self.signature).field("memo", &self.memo);
    }

    fn decode<S: FieldSource>(from: &mut S) -> Result<Self, S::Error> {
        Ok(Self { message: from.field("msg")?, signature: from.field("signature")?, memo: from.field("memo")? })
    }
}

impl<M: Interface> StdTx<M> {
    /// The wire form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        amino::to_prefixed_bytes(self)
    }

    /// The transaction of exactly these bytes.
    ///
    /// Source: `delivery:auth/types/stdtx.go:201-219`.
    ///
    /// # Errors
    /// `sdk`/2, with the text of the reference.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.is_empty() {
            return Err(Fault::sdk(2, "txBytes are empty"));
        }
        amino::from_prefixed_bytes(bytes).map_err(|_| Fault::sdk(2, "error decoding transaction"))
    }

    /// Amino's JSON, as clients are given it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        amino::to_json(self, JsonForm::Amino)
    }
}

impl<M: Msg> StdTx<M> {
    /// The transaction that carries this message, signed.
    #[must_use]
    pub fn signed(message: M, memo: Text, doc: &SignDoc, key: &SecretKey) -> Self {
        let signature = key.sign(&doc.digest(&message, &memo)).into();
        Self { message: AnyOf(Some(message)), signature, memo }
    }

    /// The key that signed it.
    ///
    /// # Errors
    /// `sdk`/4 if no key did.
    pub fn sender(&self, doc: &SignDoc) -> Result<PublicKey, Fault> {
        let message = self.message.0.as_ref();
        let digest = message.map(|message| doc.digest(message, &self.memo));
        let signature = Signature::try_from(&self.signature.0[..]).ok();
        let recovered = digest.zip(signature).and_then(|(digest, signature)| signature.recover_seal(&digest).ok());
        recovered.ok_or_else(unverified)
    }
}

/// The signature is not that of the sender for this chain, account and sequence.
pub(super) fn unverified() -> Fault {
    Fault::sdk(4, "signature verification failed; verify correct account sequence and chain-id")
}

/// A transaction's hash, over its bytes as they were received.
///
/// Source: `validation-layer §1.9; delivery:auth/types/stdtx.go:201-226`.
#[must_use]
pub fn hash(bytes: &[u8]) -> B256 {
    sha256(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MsgCheckpointNoAck;
    use alloy_primitives::{Address, b256, hex};

    #[test]
    fn the_golden_transaction_of_the_specification() {
        let tx = StdTx::<Message> {
            message: AnyOf(Some(MsgCheckpointNoAck { from: Address::repeat_byte(0x11) }.into())),
            signature: TxSignature((0..=0x40).collect()),
            memo: Text::default(),
        };
        let wire = tx.to_bytes();
        assert!(wire.starts_with(&hex!("63 f0625dee 0a1a 17cac1ff 0a14 11")));
        assert_eq!(hash(&wire), b256!("8d4a14b33ff82b367956ba1d2b704957f9c78490255cd8bdb2a4bc0263922eae"));
        assert_eq!(StdTx::from_bytes(&wire), Ok(tx));
    }

    #[test]
    fn what_is_no_transaction_is_refused_in_the_words_of_the_reference() {
        assert_eq!(StdTx::<Message>::from_bytes(&[]), Err(Fault::sdk(2, "txBytes are empty")));
        assert_eq!(StdTx::<Message>::from_bytes(&[1, 2, 3]), Err(Fault::sdk(2, "error decoding transaction")));
    }
}
