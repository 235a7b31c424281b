//! Nodes that do not.

use super::{Chain, chain::hash_of, checkpoint, culprit, honest_node, node, prove, recorded, side_chain, succeeds};
use alloy_primitives::{B256, U256};
use bttc_checkpoint::{
    header_blocks::HeaderBlock,
    prover::{ProveError, Prover},
    side_chain::SideChainError,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Every way to receipts, bent.
fn is_receipts(method: &str) -> bool {
    method.contains("Receipt")
}

fn each_receipt(answer: &mut Value, bend: impl Fn(&mut Value)) {
    match answer.as_array_mut() {
        Some(receipts) => receipts.iter_mut().for_each(bend),
        None => bend(answer),
    }
}

#[tokio::test]
async fn receipts_with_another_amount_are_noticed_by_the_root() {
    let chain = Arc::new(Chain::new(0));
    let server = node(&chain, |_, method, _, mut answer| {
        if let (true, Ok(answer)) = (is_receipts(method), &mut answer) {
            each_receipt(answer, |receipt| {
                receipt["logs"][0]["data"] = json!(
                    U256::MAX
                        .to_be_bytes::<32>()
                        .map(|_| 7_u8)
                        .iter()
                        .fold(String::from("0x"), |text, byte| format!("{text}{byte:02x}"))
                )
            });
        }
        answer
    })
    .await;
    let error = prove(&chain, &[&server], chain.burn(10, 2)).await.unwrap_err();
    let method = "eth_getTransactionReceiptsByBlock";
    assert_eq!(culprit(&error), (&*server.name(), method, "receipts of block 10"));
}

#[tokio::test]
async fn receipts_with_another_beneficiary_name_the_transaction() {
    let chain = Arc::new(Chain::new(0));
    let server = node(&chain, |_, method, _, mut answer| {
        if let (true, Ok(answer)) = (is_receipts(method), &mut answer) {
            each_receipt(answer, |receipt| {
                if receipt["logs"][0]["topics"].as_array().is_some_and(|topics| topics.len() == 3) {
                    receipt["logs"][0]["topics"][1] = json!(B256::with_last_byte(0x66));
                }
            });
        }
        answer
    })
    .await;
    let error = prove(&chain, &[&server], chain.burn(10, 2)).await.unwrap_err();
    assert_eq!(culprit(&error).2, "logs of transaction 2 in block 10");
}

#[tokio::test]
async fn missing_receipts_are_named_and_made_up_for_by_another() {
    let chain = Arc::new(Chain::new(0));
    let liar = node(&chain, |_, method, _, answer| match method {
        "eth_getTransactionReceiptsByBlock" => Ok(json!([])),
        method if is_receipts(method) => Ok(Value::Null),
        _ => answer,
    })
    .await;
    let error = prove(&chain, &[&liar], chain.burn(10, 2)).await.unwrap_err();
    let method = "eth_getTransactionReceiptsByBlock";
    assert_eq!(culprit(&error), (&*liar.name(), method, "receipt of transaction 0 in block 10"));
    succeeds(&chain, &[&liar, &honest_node(&chain).await]).await;
}

#[tokio::test]
async fn a_header_with_a_changed_field_has_another_hash() {
    let chain = Arc::new(Chain::new(0));
    let fields = [
        ("timestamp", json!("0x1")),
        ("receiptsRoot", json!(B256::repeat_byte(1))),
        ("stateRoot", json!(B256::repeat_byte(2))),
        ("hash", json!(B256::repeat_byte(3))),
        ("baseFeePerGas", json!("0x7")),
    ];
    for (field, value) in fields {
        let liar = node(&chain, move |_, method, params, mut answer| {
            if let ("eth_getBlockByNumber", Some("0xc"), Ok(block)) = (method, params[0].as_str(), &mut answer) {
                block[field] = value.clone();
            }
            answer
        })
        .await;
        let error = prove(&chain, &[&liar], chain.burn(10, 2)).await.unwrap_err();
        assert_eq!(culprit(&error), (&*liar.name(), "eth_getBlockByNumber", "hash of block 12"), "{field}");
    }
}

#[tokio::test]
async fn a_header_with_a_changed_field_and_the_hash_that_fits_has_no_place_in_the_chain() {
    let chain = Arc::new(Chain::new(0));
    // Alone in its post, first in its post, last in its post: block 12 is in the middle of 11–13.
    for (number, field) in
        [("0xc", "parentHash of block 13"), ("0xb", "parentHash of block 12"), ("0xd", "parentHash of block 14")]
    {
        let liar = node(&chain, move |_, method, params, mut answer| {
            if let ("eth_getBlockByNumber", Some(asked), Ok(block)) = (method, params[0].as_str(), &mut answer)
                && asked == number
            {
                block["receiptsRoot"] = json!(B256::repeat_byte(1));
                block["hash"] = json!(hash_of(block));
            }
            answer
        })
        .await;
        let error = prove(&chain, &[&liar], chain.burn(10, 2)).await.unwrap_err();
        assert_eq!(culprit(&error), (&*liar.name(), "eth_getBlockByNumber", field));
    }
}

#[tokio::test]
async fn an_honest_node_makes_up_for_a_liar_who_is_named_all_the_same() {
    let chain = Arc::new(Chain::new(0));
    let liar = node(&chain, |_, method, _, mut answer| {
        if let ("eth_getBlockByNumber", Ok(block)) = (method, &mut answer) {
            block["timestamp"] = json!("0x1");
        }
        answer
    })
    .await;
    let honest = honest_node(&chain).await;
    let (side_chain, records) = (side_chain(&[&liar, &honest]), recorded(&chain));
    let proof = Prover::new(&side_chain, &records).prove(chain.burn(10, 2)).await.unwrap();
    proof.verify(&checkpoint(&chain, 2)).unwrap();
    let faults = side_chain.faults();
    assert!(matches!(&*faults, [SideChainError::Contradiction(wrong)] if wrong.endpoint == liar.name()), "{faults:?}");
}

#[tokio::test]
async fn a_transaction_is_where_the_block_lists_it() {
    let chain = Arc::new(Chain::new(0));
    let liar = node(&chain, |_, method, _, mut answer| {
        if let ("eth_getTransactionByHash", Ok(transaction)) = (method, &mut answer) {
            transaction["blockNumber"] = json!("0xc");
        }
        answer
    })
    .await;
    let error = prove(&chain, &[&liar], chain.burn(10, 2)).await.unwrap_err();
    assert_eq!(culprit(&error), (&*liar.name(), "eth_getTransactionByHash", "blockNumber"));
    // The index is not even looked at.
    let careless = node(&chain, |_, method, _, mut answer| {
        if let ("eth_getTransactionByHash", Ok(transaction)) = (method, &mut answer) {
            transaction["transactionIndex"] = json!("0x0");
        }
        answer
    })
    .await;
    succeeds(&chain, &[&careless]).await;
}

#[tokio::test]
async fn a_blocks_transactions_are_those_under_its_root() {
    let chain = Arc::new(Chain::new(0));
    let bent = |bend: fn(&mut Vec<Value>)| {
        let chain = chain.clone();
        async move {
            node(&chain, move |_, method, params, mut answer| {
                if let ("eth_getBlockByNumber", Some(true), Ok(block)) = (method, params[1].as_bool(), &mut answer) {
                    bend(block["transactions"].as_array_mut().unwrap());
                }
                answer
            })
            .await
        }
    };
    let swapped = bent(|transactions| transactions.swap(0, 2)).await;
    let error = prove(&chain, &[&swapped], chain.burn(10, 2)).await.unwrap_err();
    assert_eq!(culprit(&error).2, "transactions of block 10");
    let renamed = bent(|transactions| transactions[0]["hash"] = json!(B256::repeat_byte(1))).await;
    let error = prove(&chain, &[&renamed], chain.burn(10, 2)).await.unwrap_err();
    assert_eq!(culprit(&error).2, "hash of transaction 0 in block 10");
    let strange = bent(|transactions| transactions[1]["type"] = json!("0x7e")).await;
    let error = prove(&chain, &[&strange], chain.burn(10, 2)).await.unwrap_err();
    assert_eq!(culprit(&error).2, "type of transaction 1 in block 10");
}

#[tokio::test]
async fn whoever_disagrees_with_the_record_is_named() {
    let (chain, other) = (Chain::new(0), Arc::new(Chain::new(9)));
    let burn = chain.burn(10, 2);
    let expected = chain.root(8, 15);
    let stated_of = |error: &ProveError| match error {
        ProveError::CheckpointRoot(roots) => (roots.computed, roots.stated),
        other => panic!("{other}"),
    };
    // A node of another chain, whole in itself.
    let elsewhere = honest_node(&other).await;
    let error = prove(&chain, &[&elsewhere], burn).await.unwrap_err();
    assert_eq!(stated_of(&error), (Some(other.root(8, 15)), Some(other.root(8, 15))));
    assert!(error.to_string().starts_with(&format!("{} is on another chain", elsewhere.name())), "{error}");
    // One whose headers lie while its own root is right.
    let liar = node(&other, move |_, method, _, answer| match method {
        "eth_getRootHash" => Ok(json!(format!("{expected:x}"))),
        _ => answer,
    })
    .await;
    let error = prove(&chain, &[&liar], burn).await.unwrap_err();
    assert_eq!(stated_of(&error), (Some(other.root(8, 15)), Some(expected)));
    assert!(error.to_string().contains("by its eth_getRootHash knows better"), "{error}");
    // One that tells three different things, and one that tells no root.
    let confused = node(&other, |_, method, _, answer| match method {
        "eth_getRootHash" => Ok(json!("ab".repeat(32))),
        _ => answer,
    })
    .await;
    let error = prove(&chain, &[&confused], burn).await.unwrap_err();
    assert_eq!(stated_of(&error).1, Some(B256::repeat_byte(0xab)));
    let mute = node(&other, |_, method, _, answer| match method {
        "eth_getRootHash" => Ok(json!("0x12")),
        _ => answer,
    })
    .await;
    assert_eq!(stated_of(&prove(&chain, &[&mute], burn).await.unwrap_err()).1, None);
}

#[tokio::test]
async fn a_wrong_root_hash_does_not_hinder_right_headers() {
    let chain = Arc::new(Chain::new(0));
    let server = node(&chain, |_, method, _, answer| match method {
        "eth_getRootHash" => Ok(json!("ab".repeat(32))),
        _ => answer,
    })
    .await;
    succeeds(&chain, &[&server]).await;
}

#[tokio::test]
async fn a_checkpoint_that_changes_while_it_is_read_is_read_anew() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let side_chain = side_chain(&[&server]);
    // Read in the search and found the same twice before it changes: reads 1 and 2 of the first round.
    let wrong = |record: HeaderBlock| HeaderBlock { root: B256::repeat_byte(0xbb), ..record };
    let records = recorded(&chain).with_whim(move |read, record| if read == 3 { wrong(record) } else { record });
    let proof = Prover::new(&side_chain, &records).prove(chain.burn(10, 2)).await.unwrap();
    proof.verify(&checkpoint(&chain, 2)).unwrap();
    assert_eq!(records.reads(), [1, 2, 2, 1, 2, 2]);

    let records = recorded(&chain).with_whim(|read, record| HeaderBlock { created_at: U256::from(read), ..record });
    let error = Prover::new(&side_chain, &records).prove(chain.burn(10, 2)).await.unwrap_err();
    assert!(matches!(error, ProveError::Moved { .. }) && error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_search_that_is_lied_to_answers_no_wrong_checkpoint() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let side_chain = side_chain(&[&server]);
    // Ranges that lead the search astray.
    let records = recorded(&chain).with_whim(|_, record| HeaderBlock { start: U256::from(100), ..record });
    let error = Prover::new(&side_chain, &records).prove(chain.burn(10, 2)).await.unwrap_err();
    assert!(matches!(error, ProveError::NoCheckpoint { block: 10, .. }), "{error}");
    // A range that is much too long for any checkpoint.
    let records =
        recorded(&chain).with_whim(|_, record| HeaderBlock { start: U256::ZERO, end: U256::from(u64::MAX), ..record });
    let error = Prover::new(&side_chain, &records).prove(chain.burn(10, 2)).await.unwrap_err();
    assert!(matches!(error, ProveError::SideChain(SideChainError::Permanent { .. })), "{error}");
}
