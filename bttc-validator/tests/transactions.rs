//! Laws of messages and transactions that hold for any input.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use alloy_primitives::{Address, B256, Bytes, FixedBytes, I256};
use bttc_core::{
    amino::{AnyOf, Text},
    hash::keccak256,
    id::{Epoch, Nonce, StateId, ValidatorId},
    signature::SecretKey,
};
use bttc_validator::{
    message::{
        Coin, Coins, Content, FeatureChange, FeatureChangeProposal, Message, Msg as _, MsgCheckpoint, MsgEventRecord,
        MsgProposeSpan, MsgSend, MsgSubmitFeatureProposal, MsgSubmitProposal, MsgValidatorJoin, SignedAmount, SpanSeed,
    },
    tx::{SignDoc, StdTx, TxSignature},
};
use proptest::{collection::vec, prelude::*};

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        4 => ".{0,12}".prop_map(|text| Text::from(text.as_str())),
        1 => vec(any::<u8>(), 0..8).prop_map(|bytes| Text::from(&bytes[..])),
    ]
}

fn amount() -> impl Strategy<Value = SignedAmount> {
    any::<[u8; 32]>().prop_map(|bytes| SignedAmount::new(I256::from_be_bytes(bytes)).unwrap_or_default())
}

fn coins() -> impl Strategy<Value = Coins> {
    let coin = (text(), amount()).prop_map(|(denom, amount)| Coin { denom, amount });
    vec(coin, 0..3).prop_map(Coins)
}

type Parts = (B256, B256, [u64; 4], Text, Text, SignedAmount, Coins);

fn build(kind: u8, (one, other, [a, b, c, d], name, words, amount, coins): Parts) -> Message {
    let from = Address::from_word(one);
    match kind {
        0 => Message::from(MsgCheckpoint {
            proposer: from,
            start_block: a,
            end_block: b,
            root_hash: one,
            account_root_hash: other,
            bor_chain_id: name,
            epoch: Epoch::new(c),
            root_chain_type: words,
        }),
        1 => Message::from(MsgEventRecord {
            from,
            tx_hash: other,
            log_index: a,
            block_number: b,
            contract_address: Address::from_word(other),
            data: Bytes::copy_from_slice(words.as_bytes()),
            id: StateId::new(c),
            bor_chain_id: name.clone(),
            root_chain_type: name,
        }),
        2 => Message::from(MsgValidatorJoin {
            from,
            id: ValidatorId::new(a),
            activation_epoch: Epoch::new(b),
            amount,
            pub_key: FixedBytes::right_padding_from(other.as_slice()),
            tx_hash: other,
            log_index: c,
            block_number: d,
            nonce: Nonce::new(d),
        }),
        3 => Message::from(MsgProposeSpan {
            proposer: from,
            start_block: a,
            seed: SpanSeed(other),
            ..Default::default()
        }),
        4 => Message::from(MsgSend { from_address: from, to_address: Address::from_word(other), amount: coins }),
        _ => {
            let changes = vec![FeatureChange { value: name.clone() }, FeatureChange::default()];
            let content = Content::Features(FeatureChangeProposal { title: name, description: words, changes });
            Message::from(MsgSubmitFeatureProposal(MsgSubmitProposal {
                content: AnyOf(Some(content)),
                initial_deposit: coins,
                proposer: from,
                validator: ValidatorId::new(d),
            }))
        }
    }
}

fn message() -> impl Strategy<Value = Message> {
    let parts = (any::<[u8; 32]>(), any::<[u8; 32]>(), any::<[u64; 4]>(), text(), text(), amount(), coins());
    (0_u8..6, parts).prop_map(|(kind, (one, other, numbers, name, words, amount, coins))| {
        build(kind, (one.into(), other.into(), numbers, name, words, amount, coins))
    })
}

fn tx() -> impl Strategy<Value = StdTx> {
    (prop::option::weighted(0.9, message()), vec(any::<u8>(), 0..70), text()).prop_map(|(message, signature, memo)| {
        StdTx { message: AnyOf(message), signature: TxSignature(signature.into()), memo }
    })
}

/// What a decoder may do with bytes: refuse them, or read what it writes the same way again.
fn is_read_as_written(bytes: &[u8]) {
    if let Ok(tx) = StdTx::<Message>::from_bytes(bytes) {
        let written = tx.to_bytes();
        assert_eq!(StdTx::<Message>::from_bytes(&written).unwrap().to_bytes(), written);
        let _ = tx.to_json().to_string();
        if let Some(message) = &tx.message.0 {
            let _ = (message.basic(), message.side_sign_bytes(), message.signer(), message.kind());
            let doc = SignDoc { chain_id: "c".into(), account_number: 1, sequence: 1 };
            let _ = (doc.text(message, &tx.memo), tx.sender(&doc));
        }
    }
    if let Ok(message) = Message::from_bytes(bytes) {
        let written = message.to_bytes();
        assert_eq!(Message::from_bytes(&written).unwrap().to_bytes(), written);
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(tx in tx()) {
        // An amount that is not there is written as 0, and bytes decide then.
        let bytes = tx.to_bytes();
        prop_assert_eq!(StdTx::<Message>::from_bytes(&bytes).unwrap().to_bytes(), bytes);
        if let Some(message) = tx.message.0 {
            let bytes = message.to_bytes();
            prop_assert_eq!(Message::from_bytes(&bytes).unwrap().to_bytes(), bytes);
            let json = message.to_json();
            // A seed is not read as it is written, nor are bytes that are no text.
            if let (Ok(read), false) = (Message::from_json(&json), matches!(message, Message::ProposeSpan(_))) {
                prop_assert_eq!(read.to_json(), json);
            }
        }
    }

    #[test]
    fn any_bytes_are_refused_or_read(bytes in vec(any::<u8>(), 0..200)) {
        is_read_as_written(&bytes);
    }

    #[test]
    fn damaged_transactions_are_refused_or_read(tx in tx(), place in any::<prop::sample::Index>(), damage in 0_u8..255) {
        let mut bytes = tx.to_bytes();
        let place = place.index(bytes.len());
        match damage % 3 {
            0 => bytes[place] ^= 1 << (damage % 8),
            1 => drop(bytes.remove(place)),
            _ => bytes.insert(place, damage),
        }
        is_read_as_written(&bytes);
    }

    #[test]
    fn a_transaction_is_its_signers_alone(message in message(), memo in text(), sequence: u64, damage in any::<prop::sample::Index>()) {
        let key = SecretKey::from_bytes(&keccak256(b"alice")).unwrap();
        let doc = SignDoc { chain_id: "delivery-199".into(), account_number: 7, sequence };
        let mut tx = StdTx::signed(message, memo, &doc, &key);
        prop_assert_eq!(tx.sender(&doc).unwrap().address(), key.address());
        let later = SignDoc { sequence: sequence.wrapping_add(1), ..doc.clone() };
        prop_assert_ne!(tx.sender(&later).ok().map(|key| key.address()), Some(key.address()));
        let mut signature = tx.signature.0.to_vec();
        let place = damage.index(signature.len());
        signature[place] ^= 1;
        tx.signature = TxSignature(signature.into());
        prop_assert_ne!(tx.sender(&doc).ok().map(|key| key.address()), Some(key.address()));
    }
}
