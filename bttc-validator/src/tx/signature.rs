//! The signature of a transaction.

use alloy_primitives::Bytes;
use bttc_core::{
    amino::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Writer},
    signature::Signature,
};
use serde::{Deserialize, Serialize};

/// The bytes in the place of a signature; any number of them may stand there.
///
/// Source: `validation-layer §1.9; delivery:auth/types/stdtx.go:99-165`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TxSignature(
    /// The bytes.
    pub Bytes,
);

impl From<Signature> for TxSignature {
    fn from(signature: Signature) -> Self {
        Self(Bytes::copy_from_slice(&signature.to_bytes()))
    }
}

impl Field for TxSignature {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    // no bytes are the empty text, where they are `0x` in every other field.
    fn to_json(&self, form: JsonForm) -> Json {
        if self.0.is_empty() { Json::Text("".into()) } else { self.0.to_json(form) }
    }

    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        Field::from_json(json, form).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q412_no_signature_is_the_empty_text() {
        assert_eq!(TxSignature::default().to_json(JsonForm::Amino), Json::Text("".into()));
        assert_eq!(TxSignature(Bytes::from([7])).to_json(JsonForm::Amino), Json::Text("0x07".into()));
        assert_eq!(TxSignature::from_json(&Json::Text("".into()), JsonForm::Amino), Ok(TxSignature::default()));
    }
}
