//! Kind `sign-bytes`, as far as it is about data, digests and collected signatures.

use crate::vectors::{address, bytes, cases, hash, list, text, word};
use alloy_primitives::{Address, Bytes, U256};
use bttc_checkpoint::{
    signatures::Signatures,
    vote::{
        CheckpointSync, CheckpointWords, SignData, SignerUpdate, StakeUpdate, ValidatorExit, ValidatorJoin, VoteResult,
        chain_id_of, padded,
    },
};
use bttc_core::{
    amount::Amount,
    hash::keccak256,
    id::{CheckpointNumber, Epoch, Nonce, ValidatorId},
    signature::{PublicKey, SecretKey, Signature},
};
use serde_json::Value;
use std::collections::BTreeSet;

fn number(value: &Value) -> u64 {
    text(value).parse().unwrap()
}

fn signer(value: &Value) -> Address {
    // A key of zeros is none, but has an address.
    let key = bytes(value);
    PublicKey::from_bytes(&key).map_or_else(|_| Address::from_word(keccak256(&key[1..])), |key| key.address())
}

/// The data of a message that carries signatures; `None` for other messages.
fn data(kind: &str, m: &Value) -> Option<Vec<u8>> {
    let validator = || ValidatorId::new(number(&m["id"]));
    let nonce = || Nonce::new(number(&m["nonce"]));
    Some(match kind {
        "checkpoint/MsgCheckpoint" => CheckpointWords {
            proposer: address(&m["proposer"]),
            start: U256::from(number(&m["start_block"])),
            end: U256::from(number(&m["end_block"])),
            root: hash(&m["root_hash"]),
            account_root: hash(&m["account_root_hash"]),
            chain_id: U256::from(chain_id_of(text(&m["bor_chain_id"]))),
            epoch: Some(U256::from(number(&m["epoch"]))),
        }
        .sign_data(),
        "checkpoint/MsgCheckpointSync" => {
            let (proposer, start, end) = (address(&m["proposer"]), number(&m["start_block"]), number(&m["end_block"]));
            let checkpoint = number(&m["Number"]);
            match text(&m["root_chain_type"]).parse() {
                Ok(root_chain) => {
                    CheckpointSync { proposer, start, end, number: CheckpointNumber::new(checkpoint), root_chain }
                        .sign_data()
                }
                // An unknown root chain counts as number 0; the library's type has no such value.
                Err(_) => {
                    [proposer.as_slice(), &start.to_be_bytes(), &end.to_be_bytes(), &checkpoint.to_be_bytes(), &[]]
                        .iter()
                        .flat_map(|item| padded(item).0)
                        .collect()
                }
            }
        }
        "staking/MsgValidatorJoin" => ValidatorJoin {
            validator: validator(),
            nonce: nonce(),
            activation_epoch: Epoch::new(number(&m["activationEpoch"])),
            signer: signer(&m["pub_key"]),
        }
        .sign_data(),
        "staking/MsgSignerUpdate" => {
            SignerUpdate { validator: validator(), nonce: nonce(), signer: signer(&m["pubKey"]) }.sign_data()
        }
        "staking/MsgStakeUpdate" => StakeUpdate {
            validator: validator(),
            nonce: nonce(),
            // The magnitude is signed.
            amount: Amount::from_word(word(&text(&m["amount"]).trim_start_matches('-').into())),
        }
        .sign_data(),
        "staking/MsgValidatorExit" => ValidatorExit {
            validator: validator(),
            nonce: nonce(),
            deactivation_epoch: Epoch::new(number(&m["deactivationEpoch"])),
        }
        .sign_data(),
        _ => return None,
    })
}

#[test]
fn data_digests_and_signatures_are_those_of_the_validation_layer() {
    let mut run = 0;
    for case in cases("sign-bytes").iter().filter(|case| case.input["mode"] == "side") {
        let (message, expect, name) = (&case.input["msg"], &case.expect, &case.name);
        let Some(data) = data(text(&message["type"]), &message["value"]) else {
            continue;
        };
        assert_eq!(Bytes::from(data.clone()), bytes(&expect["data"]), "{name}");
        assert_eq!(keccak256(&data), hash(&expect["dataKeccak"]), "{name}");
        let key = SecretKey::from_bytes(&hash(&case.input["privateKey"])).unwrap();
        for (result, digest, signature) in [
            (VoteResult::Yes, "digestYes", "signatureYes"),
            (VoteResult::No, "digestNo", "signatureNo"),
            (VoteResult::Skip, "digestSkip", ""),
        ] {
            assert_eq!(result.digest(&data), hash(&expect[digest]), "{name} {digest}");
            if !signature.is_empty() {
                let signed = key.sign(&result.digest(&data));
                assert_eq!(Bytes::from(signed.to_bytes()), bytes(&expect[signature]), "{name} {signature}");
            }
        }
        run += 1;
    }
    assert_eq!(run, 130);
}

#[test]
fn collected_signatures_are_the_reference_s_without_repetitions() {
    for case in cases("sign-bytes").iter().filter(|case| case.input["mode"] == "collect") {
        let (input, name) = (&case.input, &case.name);
        let mut votes: Vec<(Address, Signature)> = Vec::new();
        for vote in list(&input["votes"]).iter().filter(|vote| !vote.is_null()) {
            for result in list(&vote["sideTxResults"]) {
                // What is no 65-byte signature of a yes to this transaction is not offered.
                let sent = result.get("sig").map_or_else(Bytes::new, bytes);
                let signature = Signature::try_from(sent.as_ref());
                if result["txHash"] == input["txHash"] && result["result"] == 1 {
                    votes.extend(signature.map(|signature| (address(&vote["validator"]), signature)));
                }
            }
        }
        let signatures = Signatures::gather(input.get("data").map_or_else(Bytes::new, bytes), votes);
        let everyone = bttc_core::quorum::HeadQuorum::over(signatures.signers());
        let words = match signatures.into_signed(&everyone) {
            Ok(signed) => signed.to_words(),
            Err(nobody) => {
                assert_eq!(nobody.signatures.signers().count(), 0, "{name}");
                Vec::new()
            }
        };
        let mut seen = BTreeSet::new();
        let expected: Vec<[U256; 3]> = list(&case.expect["sigs"])
            .iter()
            .map(|triple| [0, 1, 2].map(|place| word(&triple[place])))
            .filter(|triple| seen.insert(*triple))
            .collect();
        let words: Vec<_> = words.iter().map(|words| [words.r, words.s, words.v]).collect();
        assert_eq!(words, expected, "{name}");
    }
}
