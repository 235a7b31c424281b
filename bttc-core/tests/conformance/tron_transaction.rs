//! TRON transactions against independently made ones (kind `tron-transaction`).

use crate::vectors::{bytes, cases, text};
use alloy_primitives::hex;
use bttc_core::{
    signature::SecretKey,
    tron::{
        TronAddress,
        transaction::{Lifetime, RecoveryByte, RefBlock, Transaction},
    },
};
use serde_json::Value;

fn address(value: &Value) -> TronAddress {
    TronAddress::from_bytes(&bytes(value)).unwrap()
}

/// A number; 0 where it is absent.
fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| if value.is_null() { 0 } else { panic!("{value} is no number") })
}

#[test]
fn transactions_are_built_and_signed_as_elsewhere() {
    for case in cases("tron-transaction") {
        let (input, expect, name) = (&case.input, &case.expect, &case.name);
        let owner = address(&input["owner"]);
        let builder = match text(&input["type"]) {
            "TriggerSmartContract" => Transaction::trigger(owner, address(&input["contract"]), bytes(&input["data"]))
                .call_value(number(&input["callValue"]))
                .call_tokens(number(&input["tokenId"]), number(&input["callTokenValue"])),
            "TransferContract" => Transaction::transfer(owner, address(&input["to"]), number(&input["amount"])),
            other => panic!("{name}: unknown type {other}"),
        };
        let memo = input.get("memo").map(bytes).unwrap_or_default();
        let transaction = builder
            .fee_limit(number(&input["feeLimit"]))
            .memo(memo)
            .permission(number(&input["permissionId"]).try_into().unwrap())
            .build(
                RefBlock {
                    bytes: text(&input["refBlockBytes"]).parse().unwrap(),
                    hash: text(&input["refBlockHash"]).parse().unwrap(),
                },
                Lifetime { timestamp: number(&input["timestamp"]), expiration: number(&input["expiration"]) },
            );
        assert_eq!(hex::encode_prefixed(transaction.to_raw()), expect["rawData"], "{name}");
        assert_eq!(transaction.id().to_string(), expect["txId"], "{name}");

        let key = SecretKey::from_bytes(&text(&input["privateKey"]).parse().unwrap()).unwrap();
        let signed = transaction.sign(&key).unwrap();
        assert_eq!(signed.signers(), Ok(vec![TronAddress::new(key.address())]), "{name}");
        let recovery = number(&expect["recoveryId"]);
        assert_eq!(u64::from(signed.signatures()[0].v), recovery, "{name}");
        let whole = signed.to_bytes(RecoveryByte::Plus27);
        assert_eq!(hex::encode_prefixed(&whole), expect["signedTransaction"], "{name}");
        assert_eq!(hex::encode_prefixed(&whole[whole.len() - 65..]), expect["signature"], "{name}");
        let bare = signed.to_bytes(RecoveryByte::Bare);
        assert_eq!(bare.split_last(), Some((&u8::try_from(recovery).unwrap(), &whole[..whole.len() - 1])), "{name}");
    }
}
