//! A transaction from its bytes to its sender: read, its message checked, the sign document written and hashed, the
//! signer recovered. 100 transactions of the kinds that blocks hold.
//!
//! Limit: the recoveries alone. Peer: the same, its sign document sorted the obvious way, by a JSON library.

use alloy_primitives::{Address, B256};
use benches::{Comparison, criterion};
use bttc_core::{
    hash::keccak256,
    id::{Epoch, StateId},
    signature::{SecretKey, Signature},
};
use bttc_validator::{
    message::{Message, Msg as _, MsgCheckpoint, MsgEventRecord},
    tx::{SignDoc, StdTx},
};
use serde_json::{Value, json};

const TRANSACTIONS: u64 = 100;

fn message(number: u64, from: Address) -> Message {
    let hash = keccak256(number.to_be_bytes());
    if number.is_multiple_of(10) {
        return Message::from(MsgCheckpoint {
            proposer: from,
            start_block: number,
            end_block: number + 255,
            root_hash: hash,
            account_root_hash: hash,
            bor_chain_id: "199".into(),
            epoch: Epoch::new(number),
            root_chain_type: "tron".into(),
        });
    }
    Message::from(MsgEventRecord {
        from,
        tx_hash: hash,
        log_index: number,
        block_number: number,
        contract_address: from,
        data: hash.repeat(8).into(),
        id: StateId::new(number),
        bor_chain_id: "199".into(),
        root_chain_type: "eth".into(),
    })
}

fn doc(sequence: u64) -> SignDoc {
    SignDoc { chain_id: "delivery-199".into(), account_number: 7, sequence }
}

fn main() {
    let mut criterion = criterion();
    let wires: Vec<Vec<u8>> = (0..TRANSACTIONS)
        .map(|number| {
            let key = SecretKey::from_bytes(&keccak256((number + 1).to_be_bytes())).expect("a hash is a key");
            StdTx::signed(message(number, key.address()), "".into(), &doc(number), &key).to_bytes()
        })
        .collect();
    let read = |wire: &[u8]| StdTx::<Message>::from_bytes(wire).expect("it was written");
    let signed: Vec<(B256, Signature)> = (0..TRANSACTIONS)
        .zip(&wires)
        .map(|(number, wire)| {
            let tx = read(wire);
            let message = tx.message.0.as_ref().expect("it was written with one");
            let signature = Signature::try_from(&tx.signature.0[..]).expect("65 bytes");
            (doc(number).digest(message, &tx.memo), signature)
        })
        .collect();
    let recovered = || {
        let keys = signed.iter().filter_map(|(digest, signature)| signature.recover_seal(digest).ok());
        keys.map(|key| key.address()).fold(Address::ZERO, Ord::max)
    };
    let verified = || {
        let senders = (0..TRANSACTIONS).zip(&wires).filter_map(|(number, wire)| {
            let tx = read(wire);
            tx.message.0.as_ref()?.basic().ok()?;
            tx.sender(&doc(number)).ok()
        });
        senders.map(|key| key.address()).fold(Address::ZERO, Ord::max)
    };
    let sorted_by_library = || {
        let senders = (0..TRANSACTIONS).zip(&wires).filter_map(|(number, wire)| {
            let tx = read(wire);
            let message = tx.message.0.as_ref()?;
            message.basic().ok()?;
            let value: Value = serde_json::from_str(&message.to_json().to_string()).ok()?;
            let text = json!({
                "account_number": "7", "chain_id": "delivery-199", "memo": "", "msg": value,
                "sequence": number.to_string(),
            });
            let signature = Signature::try_from(&tx.signature.0[..]).ok()?;
            signature.recover_seal(&keccak256(text.to_string())).ok()
        });
        senders.map(|key| key.address()).fold(Address::ZERO, Ord::max)
    };
    let decoded = || wires.iter().map(|wire| read(wire).signature.0.len()).sum::<usize>();

    assert_eq!(recovered(), verified());
    assert_eq!(recovered(), sorted_by_library());
    assert_eq!(decoded(), 6_500);

    Comparison::new(&mut criterion, "tx::verify", format!("transactions={TRANSACTIONS}"), TRANSACTIONS)
        .by("limit", recovered)
        .by("StdTx", verified)
        .by("StdTx_decode", decoded)
        .by("serde_json", sorted_by_library);
    criterion.final_summary();
}
