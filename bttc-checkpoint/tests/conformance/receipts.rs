//! Kind `receipts-root`.

use crate::vectors::{Case, bytes, cases, chain_data, hash, int, list};
use alloy_primitives::{Address, Bloom, Bytes, Log, U256};
use bttc_checkpoint::exit::{Receipt, Status, receipt_branch, receipts_root};
use bttc_core::hash::keccak256;
use serde_json::Value;

pub(crate) fn receipt(value: &Value) -> Receipt {
    let log = |log: &Value| {
        let topics = list(&log["topics"]).iter().map(hash).collect();
        let address: Address = crate::vectors::address(&log["address"]);
        Log::new_unchecked(address, topics, bytes(&log["data"]))
    };
    Receipt {
        kind: int(&value["type"]).try_into().unwrap(),
        status: match int(&value["status"]) {
            0 => Status::Failed,
            _ => Status::Succeeded,
        },
        cumulative_gas_used: int(&value["cumulativeGasUsed"]),
        bloom: Bloom::from_slice(&bytes(&value["logsBloom"])),
        logs: list(&value["logs"]).iter().map(log).collect(),
    }
}

fn run(case: &Case) {
    let (expect, name) = (&case.expect, &case.name);
    let receipts: Vec<Receipt> = list(&case.input["receipts"]).iter().map(receipt).collect();
    let encodings: Vec<Bytes> = receipts.iter().map(Receipt::to_bytes).collect();
    let root = hash(&expect["receiptsRoot"]);
    assert_eq!(receipts_root(&encodings), root, "{name}");

    let blooms_match = receipts.iter().all(|receipt| receipt.bloom == receipt.computed_bloom());
    assert_eq!(Some(blooms_match), expect["bloomsMatch"].as_bool(), "{name}");
    let mut bloom = Bloom::ZERO;
    receipts.iter().for_each(|receipt| bloom |= receipt.bloom);
    assert_eq!(bloom, Bloom::from_slice(&bytes(&expect["blockBloom"])), "{name}");

    for (receipt, encoding) in receipts.iter().zip(&encodings) {
        assert_eq!(Receipt::decode(encoding).as_ref(), Ok(receipt), "{name}");
    }
    for expected in list(&expect["proofs"]) {
        let index = int(&expected["txIndex"]);
        let receipt = &encodings[usize::try_from(index).unwrap()];
        assert_eq!(keccak256(receipt), hash(&expected["receiptHash"]), "{name} {index}");
        assert_eq!(U256::from(receipt.len()), U256::from(int(&expected["receiptLength"])), "{name} {index}");
        let branch = receipt_branch(&encodings, index).unwrap();
        let nodes: Vec<Bytes> = list(&expected["nodes"]).iter().map(bytes).collect();
        assert_eq!((branch.root, branch.nodes), (root, nodes), "{name} {index}");
    }
}

#[test]
fn receipts_roots_and_branches_are_the_recorded_ones() {
    cases("receipts-root").iter().for_each(run);
}

#[test]
fn real_blocks_have_their_receipts_roots() {
    chain_data("receipts-root").iter().flatten().for_each(run);
}
