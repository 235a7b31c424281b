//! Transactions and messages of the validation layer: what is read is written as bytes that read the same, and every
//! check of it answers.
#![no_main]

use bttc_validator::{
    message::{Message, Msg as _},
    tx::{SignDoc, StdTx},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(tx) = StdTx::<Message>::from_bytes(data) {
        let written = tx.to_bytes();
        assert_eq!(StdTx::<Message>::from_bytes(&written).map(|again| again.to_bytes()), Ok(written));
        let _ = tx.to_json().to_string();
        let doc = SignDoc { chain_id: "delivery-199".into(), account_number: 1, sequence: 1 };
        let _ = tx.sender(&doc);
        if let Some(message) = &tx.message.0 {
            let _ = (message.basic(), message.side_sign_bytes(), message.signer());
        }
    }
    if let Ok(message) = Message::from_bytes(data) {
        let written = message.to_bytes();
        assert_eq!(Message::from_bytes(&written).map(|again| again.to_bytes()), Ok(written));
    }
    if let Ok(message) = core::str::from_utf8(data).unwrap_or_default().parse::<Message>() {
        let _ = (message.to_plain_json().to_string(), message.basic());
    }
});
