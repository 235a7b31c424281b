//! What a sender signs.

use crate::message::Msg;
use alloy_primitives::B256;
use bttc_core::{
    amino::{Field as _, Json, JsonForm, Text},
    hash::keccak256,
};

/// What a signature is good for, besides message and memo: one chain, one account, once.
///
/// Source: `validation-layer §1.9; delivery:auth/types/stdsignmsg.go:11-40`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignDoc {
    /// The validation layer's chain id, like `delivery-199`.
    pub chain_id: Text,
    /// Number of the sender's account; 0 in genesis.
    pub account_number: u64,
    /// Transactions that the account has sent before.
    pub sequence: u64,
}

impl SignDoc {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self, message: &dyn Msg, memo: &Text) -> String {
        let doc = Json::Object(vec![
            ("account_number".into(), self.account_number.to_json(JsonForm::Amino)),
            ("chain_id".into(), Json::Text(self.chain_id.clone())),
            ("memo".into(), Json::Text(memo.clone())),
            ("msg".into(), message.sign_json()),
            ("sequence".into(), self.sequence.to_json(JsonForm::Amino)),
        ]);
        sorted(doc).to_string()
    }

    /// H(text): what the signature is over.
    #[must_use]
    pub fn digest(&self, message: &dyn Msg, memo: &Text) -> B256 {
        keccak256(self.text(message, memo))
    }
}

/// JSON whose keys stand in order, and whose texts are UTF-8.
///
/// Source: `validation-layer §1.9; cosmos-sdk fork types/utils.go:8-30`.
// Q-413: sorting reads the text that was written and writes it again, so a byte that is no UTF-8, written as \ufffd,
// becomes the character itself.
#[must_use]
pub fn sorted(json: Json) -> Json {
    match json {
        Json::Text(text) if text.as_str().is_none() => {
            let mut whole = String::new();
            for chunk in text.as_bytes().utf8_chunks() {
                whole.push_str(chunk.valid());
                whole.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
            }
            Json::Text(whole.as_str().into())
        }
        Json::List(entries) => Json::List(entries.into_iter().map(sorted).collect()),
        Json::Object(mut entries) => {
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            Json::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MsgCheckpointNoAck;
    use alloy_primitives::Address;

    #[test]
    fn a_text_is_signed_as_in_the_specification() {
        let doc = SignDoc { chain_id: "delivery-199".into(), account_number: 1, sequence: 0 };
        let message = MsgCheckpointNoAck { from: Address::repeat_byte(0x11) };
        let text = concat!(
            r#"{"account_number":"1","chain_id":"delivery-199","memo":"","#,
            r#""msg":{"type":"checkpoint/MsgCheckpointNoACK","#,
            r#""value":{"from":"0x1111111111111111111111111111111111111111"}},"sequence":"0"}"#
        );
        assert_eq!(doc.text(&message, &"".into()), text);
        assert_eq!(doc.digest(&message, &"".into()), keccak256(text));
    }

    #[test]
    fn q413_bytes_that_are_no_text_are_signed_as_the_replacement_character() {
        let odd = Json::Text(Text::from(&[b'a', 0xff, 0xe2, 0x82, b'<'][..]));
        assert_eq!(odd.to_string(), r#""a\ufffd\ufffd\ufffd\u003c""#);
        assert_eq!(sorted(odd).to_string(), "\"a\u{fffd}\u{fffd}\u{fffd}\\u003c\"");
    }
}
