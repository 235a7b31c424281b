//! Kind `header-blocks`: submissions and resets. The other entry points of the contract touch neither.

use crate::vectors::{address, bytes, cases, hash, int, list, text, word};
use alloy_primitives::{LogData, U256};
use bttc_checkpoint::{
    header_blocks::{HeaderBlock, HeaderBlocks, ResetError},
    vote::DataLayout,
};
use bttc_core::{amount::Amount, id::HeaderBlockId, signature::SignatureWords};
use serde_json::Value;

fn signatures(value: &Value) -> Vec<SignatureWords> {
    list(value)
        .iter()
        .map(|words| {
            let words = bytes(words);
            let [r, s, v] = [0, 32, 64].map(|at| U256::from_be_slice(&words[at..at + 32]));
            SignatureWords { r, s, v }
        })
        .collect()
}

fn event(value: &Value) -> LogData {
    let topics = list(&value["topics"]).iter().map(hash).collect();
    LogData::new_unchecked(topics, bytes(&value["data"]))
}

/// The log, or the revert text.
fn step(contract: &mut HeaderBlocks, step: &Value, expect: &Value, name: &str) -> Option<Result<LogData, String>> {
    let args = &step["args"];
    match text(&step["op"]) {
        "submitCheckpoint" => {
            let pending = contract.open(&bytes(&args["data"]), signatures(&args["sigs"]));
            if let (Ok(pending), Some(forwarded)) = (&pending, expect.get("forwarded")) {
                assert_eq!(pending.block_interval(), word(&forwarded["blockInterval"]), "{name}");
                assert_eq!(pending.vote_hash(), hash(&forwarded["voteHash"]), "{name}");
                assert_eq!(pending.account_root(), hash(&forwarded["stateRoot"]), "{name}");
                assert_eq!(pending.proposer(), address(&forwarded["proposer"]), "{name}");
                assert_eq!(pending.epoch(), forwarded.get("epoch").map(word), "{name}");
                assert_eq!(pending.signatures(), signatures(&forwarded["sigs"]), "{name}");
            }
            let (reward, now) = (Amount::from_word(word(&args["reward"])), int(&step["time"]));
            Some(
                pending
                    .and_then(|pending| contract.accept(pending, reward, now))
                    .map(|recorded| recorded.to_log_data())
                    .map_err(|error| error.reason().to_owned()),
            )
        }
        "setNextHeaderBlock" => Some(
            contract.set_next(address(&step["caller"]), word(&args["value"])).map(|reset| reset.to_log_data()).map_err(
                |error| match error {
                    ResetError::Owner { .. } => String::new(),
                    other => other.to_string(),
                },
            ),
        ),
        _ => None,
    }
}

#[test]
fn submissions_and_resets_go_as_in_the_contract() {
    for case in cases("header-blocks") {
        let input = &case.input;
        let layout = match text(&input["variant"]) {
            "tron" => DataLayout::Tron,
            _ => DataLayout::Mirror,
        };
        let mut contract = HeaderBlocks::new(layout, int(&input["chainId"]), address(&input["owner"]));
        for (place, (input, expect)) in list(&input["steps"]).iter().zip(list(&case.expect["steps"])).enumerate() {
            let name = format!("{} step {place}", case.name);
            let before = contract.clone();
            if let Some(result) = step(&mut contract, input, expect, &name) {
                let expected = match expect["ok"].as_bool().unwrap() {
                    true => Ok(event(&expect["events"][0])),
                    false => Err(text(&expect["revert"]).to_owned()),
                };
                assert_eq!(result, expected, "{name}");
                if result.is_err() {
                    assert_eq!(contract, before, "{name}");
                }
            }
            check_getters(&contract, &expect["getters"], &name);
        }
    }
}

fn check_getters(contract: &HeaderBlocks, getters: &Value, name: &str) {
    assert_eq!(contract.next_id().get(), word(&getters["_nextHeaderBlock"]), "{name}");
    let answers = [
        (contract.current_id().map(HeaderBlockId::get), "currentHeaderBlock"),
        (contract.last_child_block(), "getLastChildBlock"),
    ];
    for (answer, getter) in answers {
        let expected = match getters[getter].get("revert") {
            Some(reason) => Err(text(reason)),
            None => Ok(word(&getters[getter])),
        };
        assert_eq!(answer.as_ref().map_err(|error| error.reason()).copied(), expected, "{name} {getter}");
    }
    let expected: Vec<(U256, HeaderBlock)> = getters["headerBlocks"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, record)| {
            let record = HeaderBlock {
                root: hash(&record["root"]),
                start: word(&record["start"]),
                end: word(&record["end"]),
                created_at: word(&record["createdAt"]),
                proposer: address(&record["proposer"]),
            };
            (U256::from_str_radix(id, 10).unwrap(), record)
        })
        .collect();
    for (id, record) in &expected {
        assert_eq!(contract.record(HeaderBlockId::new(*id)), *record, "{name}");
    }
    assert_eq!(contract.records().count(), expected.len(), "{name}");
}
