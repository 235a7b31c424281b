//! Spans.

use super::{Invalid, Msg, present_or};
use alloy_primitives::{Address, B256, hex};
use bttc_core::{
    amino::{AminoError, Base64, Field, Json, JsonError, JsonForm, Reader, Shape, Text, Writer},
    amino_fields,
    id::SpanId,
};
use serde::{Deserialize, Serialize};

/// The next span is to be this one.
///
/// Source: `validation-layer §1.7, §4.2; delivery:bor/types/msg.go:16-80`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MsgProposeSpan {
    /// Its id.
    pub span_id: SpanId,
    /// Who proposes it.
    pub proposer: Address,
    /// First block.
    pub start_block: u64,
    /// Last block.
    pub end_block: u64,
    /// The side chain's id in decimal digits.
    pub bor_chain_id: Text,
    /// Hash of the Ethereum block that its producers are drawn with.
    pub seed: SpanSeed,
}

amino_fields!(MsgProposeSpan as "bor/MsgProposeSpan" {
    span_id: "span_id",
    proposer: "proposer",
    start_block: "start_block",
    end_block: "end_block",
    bor_chain_id: "bor_chain_id",
    seed: "seed",
});

impl Msg for MsgProposeSpan {
    of_module!("bor", "propose-span", signed by proposer, as sent);

    fn basic(&self) -> Result<(), Invalid> {
        present_or(self.proposer, format!("{:#x}", self.proposer))
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }
}

/// A span's seed: a hash whose JSON is its own.
///
/// Source: `validation-layer §1.8; delivery:bor/types/msg.go:16-30`.
// amino's JSON holds base64, which cannot be read back: what is read is hex, `0x` and 64 digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpanSeed(
    /// The hash.
    pub B256,
);

impl Field for SpanSeed {
    const SHAPE: Shape = Shape::Bytes;

    fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        Field::read(from).map(Self)
    }

    fn to_json(&self, form: JsonForm) -> Json {
        let text = match form {
            JsonForm::Amino => Base64(self.0.to_vec().into()).to_text(),
            JsonForm::Plain => hex::encode_prefixed(self.0),
        };
        Json::Text(text.as_str().into())
    }

    fn from_json(json: &Json, _: JsonForm) -> Result<Self, JsonError> {
        let Json::Text(text) = json else { return Err(JsonError::unexpected("a hex text", json)) };
        let hash = match text.as_bytes() {
            [b'0', b'x' | b'X', digits @ ..] if digits.len() == 64 => hex::decode(digits).ok(),
            _ => None,
        };
        hash.map(|hash| Self(B256::from_slice(&hash)))
            .ok_or_else(|| JsonError::unexpected("0x and 64 hex digits", json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q403_a_seed_is_written_as_base64_and_read_as_hex() {
        let seed = SpanSeed(B256::repeat_byte(0xff));
        let hex = seed.to_json(JsonForm::Plain);
        assert_eq!(hex, Json::Text(format!("0x{}", "ff".repeat(32)).as_str().into()));
        assert_eq!(SpanSeed::from_json(&hex, JsonForm::Amino), Ok(seed));
        let written = seed.to_json(JsonForm::Amino);
        assert_eq!(written, Json::Text("//////////////////////////////////////////8=".into()));
        assert!(SpanSeed::from_json(&written, JsonForm::Amino).is_err());
        for text in ["", "0x", &"ff".repeat(32), &format!("0x{}", "ff".repeat(31)), &format!("0x0x{}", "ff".repeat(32))]
        {
            assert!(SpanSeed::from_json(&Json::Text(text.into()), JsonForm::Amino).is_err(), "{text}");
        }
    }
}
