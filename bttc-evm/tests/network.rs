//! The network definition against the reference's recorded answers: what is asked, and what is read from the answer.
#![cfg(feature = "network")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use alloy_consensus::{Transaction as _, TxEnvelope, TxType, Typed2718};
use alloy_json_rpc::{RequestPacket, Response, ResponsePacket, ResponsePayload};
use alloy_network::{Network, NetworkTransactionBuilder, TransactionBuilder, TransactionBuilderError};
use alloy_primitives::{Address, B256};
use alloy_provider::{
    ProviderBuilder, RootProvider,
    transport::{TransportFut, TransportResult},
};
use alloy_rpc_client::RpcClient;
use alloy_rpc_types_eth::{AccessList, TransactionRequest};
use bttc_evm::network::{BorProvider, Bttc, LaterFork};
use futures::executor::block_on;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{fs::File, path::PathBuf};

/// The recorded cases; none in a package without the repository's vectors.
fn cases() -> Vec<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../vectors/bor-api/sprint8.json.gz");
    let Ok(file) = File::open(path) else {
        println!("did not run, the repository's vectors are not here");
        return Vec::new();
    };
    let mut file: Value = serde_json::from_reader(flate2::read::GzDecoder::new(file)).unwrap();
    serde_json::from_value(file["cases"].take()).unwrap()
}

/// The recorded requests of a method and their answers.
fn recorded(method: &str) -> Vec<(Value, Value)> {
    let pairs =
        cases().into_iter().map(|mut case| (case["input"]["request"].take(), case["expect"]["response"].take()));
    pairs.filter(|(request, _)| request["method"] == method).collect()
}

/// A provider whose node gives this answer to this request and fails at any other.
fn node(request: &Value, answer: &Value) -> RootProvider<Bttc> {
    let (request, answer) = (request.clone(), answer.clone());
    let transport = tower::service_fn(move |packet: RequestPacket| {
        let RequestPacket::Single(asked) = packet else { panic!("one request at a time") };
        let asked_for: Value = serde_json::from_str(asked.serialized().get()).unwrap();
        let params = |request: &Value| request.get("params").cloned().unwrap_or_else(|| json!([]));
        assert_eq!((&asked_for["method"], params(&asked_for)), (&request["method"], params(&request)));
        let payload = match answer.get("error") {
            None => ResponsePayload::Success(serde_json::value::to_raw_value(&answer["result"]).unwrap()),
            Some(error) => ResponsePayload::Failure(serde_json::from_value(error.clone()).unwrap()),
        };
        let response = ResponsePacket::Single(Response { id: asked.id().clone(), payload });
        let answered: TransportFut<'static> = Box::pin(core::future::ready(Ok(response)));
        answered
    });
    ProviderBuilder::<_, _, Bttc>::default().connect_client(RpcClient::new(transport, true))
}

/// Asks what was asked, and compares the answer as it is read, or the error.
fn asks<P, T, F>(method: &str, at_least: usize, ask: F)
where
    P: Serialize + DeserializeOwned,
    T: Serialize,
    F: AsyncFn(RootProvider<Bttc>, P) -> TransportResult<T>,
{
    let mut answered = 0;
    for (request, answer) in recorded(method) {
        // What has no place in the method's parameters cannot be asked.
        let Ok(params) = serde_json::from_value::<P>(request["params"].clone()) else { continue };
        if serde_json::to_value(&params).unwrap() != request["params"] {
            continue;
        }
        let got = block_on(ask(node(&request, &answer), params));
        match (got, answer.get("error")) {
            (Ok(got), None) => {
                let got = serde_json::to_value(got).unwrap();
                let bare = answer["result"].as_str().filter(|text| text.len() == 64);
                let expected = bare.map_or_else(|| answer["result"].clone(), |digits| format!("0x{digits}").into());
                assert_eq!(got, expected, "{request}");
                answered += 1;
            }
            (Err(error), Some(expected)) => {
                assert_eq!(error.as_error_resp().unwrap().message, expected["message"].as_str().unwrap());
            }
            (Err(error), None) => panic!("{request}: {error}"),
            (Ok(_), Some(error)) => panic!("{request}: answered in place of {error}"),
        }
    }
    let present = !cases().is_empty();
    assert!(!present || answered >= at_least, "{method}: {answered}");
}

type Block = (alloy_eips::BlockNumberOrTag,);

#[test]
fn the_chains_own_methods_ask_and_read_as_recorded() {
    asks("bor_getAuthor", 10, async |node, (block,): Block| node.author(block).await);
    asks("bor_getSnapshot", 10, async |node, (block,): Block| node.snapshot(block).await);
    asks("bor_getSnapshotAtHash", 1, async |node, (hash,): (B256,)| node.snapshot_at_hash(hash).await);
    asks("bor_getSigners", 5, async |node, (block,): Block| node.signers(block).await);
    asks("bor_getSignersAtHash", 1, async |node, (hash,): (B256,)| node.signers_at_hash(hash).await);
    asks("bor_getCurrentValidators", 1, async |node, _: Vec<()>| node.current_validators().await);
    asks("eth_getTransactionReceiptsByBlock", 8, async |node, (block,): (alloy_eips::BlockId,)| {
        node.receipts_by_block(block).await
    });
}

// numbers go out as JSON numbers, the root comes back without 0x.
#[test]
fn roots_are_asked_for_by_both_names() {
    asks("eth_getRootHash", 8, async |node, (start, end): (u64, u64)| node.root_hash(start..=end).await);
    asks("bor_getRootHash", 8, async |node, (start, end): (u64, u64)| node.bor_root_hash(start..=end).await);
}

fn reads<T: DeserializeOwned>(method: &str) -> Vec<T> {
    let answers = recorded(method).into_iter().map(|(_, mut answer)| answer["result"].take());
    answers.filter(|result| !result.is_null()).map(|result| serde_json::from_value(result).unwrap()).collect()
}

#[test]
fn recorded_blocks_transactions_and_receipts_are_read_as_the_networks_types() {
    let blocks = reads::<<Bttc as Network>::BlockResponse>("eth_getBlockByNumber");
    let transactions = reads::<<Bttc as Network>::TransactionResponse>("eth_getTransactionByHash");
    let receipts = reads::<<Bttc as Network>::ReceiptResponse>("eth_getTransactionReceipt");
    assert!(blocks.iter().all(|block| block.header.base_fee_per_gas.is_none()));
    assert!(receipts.iter().all(|receipt| !receipt.transaction_hash.is_zero()));
    if !cases().is_empty() {
        // The state-sync transaction is one of them: from nobody, priced nothing, its hash derived from the block.
        assert!(transactions.iter().any(|tx| tx.inner.signer() == Address::ZERO && tx.gas_limit() == 0));
        assert!(blocks.len() > 10 && receipts.len() > 10);
    }
}

fn built(request: TransactionRequest) -> Result<TxEnvelope, TransactionBuilderError<Bttc>> {
    let request = request.with_nonce(1).with_gas_limit(21_000).with_to(Address::ZERO).with_chain_id(199);
    let unsigned = NetworkTransactionBuilder::<Bttc>::build_unsigned(request).map_err(|unbuilt| unbuilt.error)?;
    Ok(unsigned.into_envelope(alloy_primitives::Signature::test_signature()))
}

#[test]
fn a_request_becomes_a_transaction_of_type_0_or_1_or_none() {
    let priced = TransactionRequest::default().with_gas_price(7);
    assert_eq!(built(priced.clone()).unwrap().ty(), 0);
    assert_eq!(built(priced.clone().with_access_list(AccessList::default())).unwrap().ty(), 1);
    let missing = built(TransactionRequest::default()).unwrap_err();
    assert!(
        matches!(missing, TransactionBuilderError::InvalidTransactionRequest(TxType::Legacy, fields) if fields == ["gas_price"])
    );
    let refused = built(priced.with_max_fee_per_gas(1)).unwrap_err();
    let TransactionBuilderError::Custom(refused) = refused else { panic!("{refused}") };
    assert_eq!(refused.downcast_ref(), Some(&LaterFork { field: "maxFeePerGas" }));
}
