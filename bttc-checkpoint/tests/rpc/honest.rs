//! What is asked, and how often.

use super::{Chain, checkpoint, honest_node, node, prove, recorded, side_chain, succeeds};
use crate::server::unknown_method;
use alloy_primitives::B256;
use bttc_checkpoint::{
    exit::{BuildError, BurnBlock, ExitProof, LogChoice, NotExitable},
    prover::{Burn, FileCache, MemoryCache, ProveError, Prover},
    side_chain::{Fetched, SideChain},
};
use bttc_core::leaf::Leaf;
use serde_json::Value;
use std::{
    env, fs, process,
    sync::{Arc, Mutex},
};

/// Headers that were asked for without their transactions.
fn headers(server: &crate::Server) -> usize {
    server.requests("eth_getBlockByNumber").iter().filter(|params| params[1] == false).count()
}

#[tokio::test]
async fn a_proof_is_the_one_that_is_built_by_hand() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let proof = prove(&chain, &[&server], chain.burn(10, 2)).await.unwrap();
    let leaves = chain.blocks[8..16].iter().map(|block| block.leaf.hash()).collect();
    let block = BurnBlock { leaf: chain.blocks[10].leaf, receipts: chain.blocks[10].receipts.clone() };
    let expected = ExitProof::build(&checkpoint(&chain, 2), leaves, &block, 2, &LogChoice::At(0)).unwrap();
    assert_eq!(proof, expected);
    assert_eq!(headers(&server), 8);
    assert_eq!(server.requests("eth_getTransactionReceiptsByBlock").len(), 1);
    assert_eq!(server.requests("eth_getRootHash").len(), 0);
}

#[tokio::test]
async fn many_burns_share_what_can_be_shared() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let (side_chain, records) = (side_chain(&[&server]), recorded(&chain));
    let burns = [
        chain.burn(12, 1),
        B256::repeat_byte(0xee),
        chain.burn(3, 0),
        chain.burn(18, 0),
        chain.burn(10, 2),
        chain.burn(12, 0),
        chain.burn(14, 0),
    ];
    let proofs = Prover::new(&side_chain, &records).prove_all(burns).await;
    for (place, number) in [(0, 2), (2, 1), (4, 2), (5, 2)] {
        proofs[place].as_ref().unwrap().verify(&checkpoint(&chain, number)).unwrap();
    }
    assert_eq!((proofs[0].as_ref().unwrap().tx_index, proofs[5].as_ref().unwrap().tx_index), (1, 0));
    assert!(matches!(proofs[1], Err(ProveError::UnknownTransaction { .. })));
    assert!(matches!(&proofs[3], Err(error @ ProveError::NotCheckpointed { block: 18, .. }) if error.is_transient()));
    assert_eq!(proofs[6], Err(ProveError::NotExitable(NotExitable::TypedReceipt { kind: 1 })));
    // Both checkpoints once; blocks 3, 10, 12 and 14 once.
    assert_eq!(headers(&server), 16);
    assert_eq!(server.requests("eth_getTransactionReceiptsByBlock").len(), 4);
    // One search and one reading again for each.
    assert!(records.reads().len() <= 2 * 3, "{:?}", records.reads());
    assert!(records.pins().iter().all(|at| *at == 1_000));
}

#[tokio::test]
async fn the_second_proof_of_a_checkpoint_costs_no_header() {
    let chain = Arc::new(Chain::new(0));
    let folder = env::temp_dir().join(format!("bttc-prover-{}", process::id()));
    let cache = FileCache::open(&folder).unwrap();
    let records = recorded(&chain);
    let expected = {
        let server = honest_node(&chain).await;
        let side_chain = side_chain(&[&server]);
        Prover::new(&side_chain, &records).with_cache(&cache).prove(chain.burn(10, 2)).await.unwrap()
    };
    // Another process, so to say.
    let server = honest_node(&chain).await;
    let side_chain = side_chain(&[&server]);
    let prover = Prover::new(&side_chain, &records).with_cache(&cache);
    assert_eq!(prover.prove(chain.burn(10, 2)).await.unwrap(), expected);
    prover.prove(chain.burn(12, 0)).await.unwrap().verify(&checkpoint(&chain, 2)).unwrap();
    assert_eq!(headers(&server), 0);

    // One bit of one leaf: fetched again, and kept again.
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&file).unwrap();
    bytes[200] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(prover.prove(chain.burn(10, 2)).await.unwrap(), expected);
    assert_eq!(headers(&server), 8);
    assert_eq!(prover.prove(chain.burn(10, 2)).await.unwrap(), expected);
    assert_eq!(headers(&server), 8);
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_cache_of_another_chain_costs_a_fetch_and_no_wrong_proof() {
    use bttc_checkpoint::prover::CheckpointCache as _;
    let (chain, other) = (Arc::new(Chain::new(0)), Chain::new(9));
    let cache = MemoryCache::new(4);
    let leaves: Vec<Leaf> = other.blocks[8..16].iter().map(|block| block.leaf).collect();
    cache.store(&checkpoint(&chain, 2), &leaves);
    let server = honest_node(&chain).await;
    let (side_chain, records) = (side_chain(&[&server]), recorded(&chain));
    let proof = Prover::new(&side_chain, &records).with_cache(&cache).prove(chain.burn(10, 2)).await.unwrap();
    proof.verify(&checkpoint(&chain, 2)).unwrap();
    assert_eq!(headers(&server), 8);
}

#[tokio::test]
async fn receipts_come_by_whatever_the_endpoint_knows_and_that_is_remembered() {
    let chain = Arc::new(Chain::new(0));
    let told = chain.clone();
    let server = node(&chain, move |_, method, params, answer| match method {
        "eth_getTransactionReceiptsByBlock" => Err(unknown_method()),
        "eth_getBlockReceipts" => told.answer("eth_getTransactionReceiptsByBlock", params),
        _ => answer,
    })
    .await;
    let (by_block, records) = (side_chain(&[&server]), recorded(&chain));
    let prover = Prover::new(&by_block, &records);
    prover.prove(chain.burn(10, 2)).await.unwrap();
    prover.prove(chain.burn(12, 0)).await.unwrap();
    assert_eq!(server.requests("eth_getTransactionReceiptsByBlock").len(), 1);
    assert_eq!(server.requests("eth_getBlockReceipts").len(), 2);

    let server = node(&chain, |_, method, _, answer| match method {
        "eth_getTransactionReceiptsByBlock" => Err(unknown_method()),
        _ => answer,
    })
    .await;
    succeeds(&chain, &[&server]).await;
    assert_eq!(server.requests("eth_getTransactionReceipt").len(), 3);
}

#[tokio::test]
async fn several_withdrawals_of_one_transaction_are_chosen_from() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let burn = chain.burn(13, 0);
    let error = prove(&chain, &[&server], burn).await.unwrap_err();
    assert_eq!(error, ProveError::SeveralExits { transaction: burn, logs: vec![0, 1] });
    let second = prove(&chain, &[&server], Burn::log(burn, LogChoice::At(1))).await.unwrap();
    assert_eq!(second.verify(&checkpoint(&chain, 2)).unwrap().log_index(), 1);
    let beyond = prove(&chain, &[&server], Burn::log(burn, LogChoice::At(3))).await.unwrap_err();
    assert_eq!(beyond, ProveError::Build(BuildError::LogNotFound { logs: 3 }));
}

#[tokio::test]
async fn q211_a_state_syncs_transaction_is_no_transaction() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let synthetic = chain.blocks[10].synthetic.unwrap();
    let error = prove(&chain, &[&server], synthetic).await.unwrap_err();
    assert_eq!(error, ProveError::UnknownTransaction { got: synthetic });
    assert_eq!(side_chain(&[&server]).receipts(10).await.unwrap(), chain.blocks[10].receipts);
}

#[tokio::test]
async fn q212_types_come_from_the_block_because_receipts_lack_them() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let kinds: Vec<u8> = side_chain(&[&server]).receipts(10).await.unwrap().iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [0, 1, 0]);
    let told = chain.answer("eth_getTransactionReceiptsByBlock", &serde_json::json!(["0xa"])).unwrap();
    assert!(told.as_array().unwrap().iter().all(|receipt| receipt["type"] == Value::Null));
}

#[tokio::test]
async fn q213_the_root_is_asked_for_by_numbers_and_comes_without_0x() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let range = checkpoint(&chain, 2).range;
    assert_eq!(side_chain(&[&server]).root(range).await.unwrap(), chain.root(8, 15));
    assert_eq!(server.requests("eth_getRootHash"), [serde_json::json!([8, 15])]);
}

#[tokio::test]
async fn progress_is_told_up_to_the_end() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    let told: Arc<Mutex<Vec<Fetched>>> = Arc::default();
    let teller = told.clone();
    let side_chain = side_chain(&[&server]).with_progress(move |fetched| teller.lock().unwrap().push(fetched));
    side_chain.leaves(checkpoint(&chain, 2).range).await.unwrap();
    let steps: Vec<u64> = told.lock().unwrap().iter().map(|fetched| fetched.blocks).collect();
    assert_eq!(steps, [3, 6, 8]);
}

#[tokio::test]
async fn endpoints_of_different_chains_are_not_mixed() {
    use crate::endpoint;
    use bttc_checkpoint::side_chain::RpcSideChain;
    let chain = Arc::new(Chain::new(0));
    let here = honest_node(&chain).await;
    let there = node(&chain, |_, _, _, _| Ok("0x405".into())).await;
    let both = RpcSideChain::connect(vec![endpoint(&here), endpoint(&there)]).await.unwrap_err().to_string();
    assert_eq!(both, format!("{}, eth_chainId: chain id is 1029, expected 199", there.name()));
    let one = RpcSideChain::connect(vec![endpoint(&here)]).await.unwrap();
    assert_eq!((one.chain_id(), one.head().await.unwrap()), (199, 23));
    assert_eq!(one.source(), here.name());
}
