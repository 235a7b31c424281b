//! Kinds `exit-payload`, `exit-payload-decode`, `exit-proof` and `exit`, and the vectors W1 to W3 of the specification.

use crate::{
    receipts::receipt,
    vectors::{Case, address, bytes, cases, chain_data, hash, hashes, int, leaf, list, text, word},
};
use alloy_primitives::{Address, B256, Bloom, Bytes, Log, U256, address as addr, b256};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{
        BurnBlock, CheckpointRef, ExitProof, LogChoice, Receipt, Status, Withdrawal,
        contract::{ExitRevert, Predicate, RootChainManager, TokenType},
        prove, receipts_root,
    },
    header_blocks::HeaderBlock,
    merkle::{BranchProof, root_of},
    side_chain::{RecordedBlock, RecordedSideChain},
};
use bttc_core::{hash::keccak256, id::HeaderBlockId, leaf::Leaf, root_chain::RootChainId};
use serde_json::Value;
use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

fn build(input: &Value) -> Result<(CheckpointRef, ExitProof), &'static str> {
    let checkpoint = &input["checkpoint"];
    let range = BlockRange::new(int(&checkpoint["start"]), int(&checkpoint["end"])).unwrap();
    let leaves = hashes(&checkpoint["leaves"]);
    let checkpoint = CheckpointRef {
        id: HeaderBlockId::new(word(&checkpoint["headerNumber"])),
        range,
        root: hash(&checkpoint["root"]),
    };
    let receipts = list(&input["receipts"]).iter().filter(|receipt| receipt["stateSync"] != true);
    let block = BurnBlock { leaf: leaf(&input["block"]), receipts: receipts.map(receipt).collect() };
    let select = &input["select"];
    let choice = match select.get("logIndex") {
        Some(index) => LogChoice::At(int(index)),
        None => LogChoice::Nth {
            topic0: hash(&select["topic0"]),
            nth: int(&select["nth"]),
            emitter: select.get("address").map(address),
        },
    };
    ExitProof::build(&checkpoint, leaves, &block, int(&input["txIndex"]), &choice)
        .map(|proof| (checkpoint, proof))
        .map_err(|error| error.code())
}

fn run_build(case: &Case) {
    let (expect, name) = (&case.expect, &case.name);
    match build(&case.input) {
        Ok((_, proof)) => {
            assert!(expect["error"].is_null(), "{name}: built in spite of {}", expect["error"]);
            assert_eq!(proof.to_payload(), bytes(&expect["payload"]), "{name}");
            assert_eq!(proof.log_index, int(&expect["logIndex"]), "{name}");
            assert_eq!(proof.exit_hash(), hash(&expect["exitHash"]), "{name}");
            assert_eq!(proof.siblings.len(), usize::try_from(int(&expect["siblings"])).unwrap(), "{name}");
            assert_eq!(proof.nodes.len(), usize::try_from(int(&expect["proofNodes"])).unwrap(), "{name}");
            assert_eq!(ExitProof::decode(&proof.to_payload()).as_ref(), Ok(&proof), "{name}");
        }
        Err(code) => assert_eq!(code, text(&expect["error"]), "{name}"),
    }
}

#[test]
fn payloads_are_built_byte_for_byte_and_refusals_are_named() {
    cases("exit-payload").iter().for_each(run_build);
}

#[test]
fn a_real_burn_has_its_recorded_payload() {
    chain_data("exit-payload").iter().flatten().for_each(run_build);
}

#[test]
fn finished_payloads_are_taken_apart() {
    for case in cases("exit-payload-decode") {
        let (expect, name) = (&case.expect, &case.name);
        let payload = bytes(&case.input["payload"]);
        let proof = ExitProof::decode(&payload).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(proof.to_payload(), payload, "{name}");
        assert_eq!(proof.header.get(), word(&expect["headerNumber"]), "{name}");
        let block = Leaf {
            number: int(&expect["blockNumber"]),
            time: int(&expect["blockTime"]),
            transactions_root: hash(&expect["txRoot"]),
            receipts_root: hash(&expect["receiptsRoot"]),
        };
        assert_eq!((proof.block, proof.block.hash()), (block, hash(&expect["leaf"])), "{name}");
        assert_eq!((proof.tx_index, proof.log_index), (int(&expect["txIndex"]), int(&expect["logIndex"])), "{name}");
        assert_eq!(Bytes::from(proof.branch_mask()), bytes(&expect["mask"]), "{name}");
        assert_eq!(proof.receipt, bytes(&expect["receipt"]), "{name}");
        assert_eq!(proof.nodes.len(), usize::try_from(int(&expect["proofNodes"])).unwrap(), "{name}");
        assert_eq!(proof.exit_hash(), hash(&expect["exitHash"]), "{name}");
        let receipt = Receipt::decode(&proof.receipt).unwrap();
        assert_eq!(u64::from(receipt.kind), int(&expect["receiptType"]), "{name}");
        let log = &receipt.logs[usize::try_from(proof.log_index).unwrap()];
        assert_eq!(log.address, address(&expect["log"]["address"]), "{name}");
        assert_eq!(log.data.topics(), hashes(&expect["log"]["topics"]), "{name}");
        assert_eq!(log.data.data, bytes(&expect["log"]["data"]), "{name}");
        let siblings: Vec<u8> = proof.siblings.iter().flat_map(|hash| hash.0).collect();
        assert_eq!(Bytes::from(siblings), bytes(&expect["blockProof"]), "{name}");
        if let Some(start) = case.input.get("start") {
            let siblings = proof.siblings.clone();
            let index = proof.block.number - int(start);
            let root = BranchProof { index, siblings }.root(&proof.block.hash());
            assert_eq!(root, hash(&expect["root"]), "{name}");
        }
    }
}

fn stored<'a>(records: &'a [Value], id: &'static str) -> impl Fn(HeaderBlockId) -> HeaderBlock + 'a {
    move |wanted| {
        let record = records.iter().rfind(|record| word(&record[id]) == wanted.get());
        record.map_or_else(HeaderBlock::default, |record| HeaderBlock {
            root: hash(&record["root"]),
            start: word(&record["start"]),
            end: word(&record["end"]),
            ..HeaderBlock::default()
        })
    }
}

#[test]
fn any_payload_has_the_contracts_outcome() {
    for case in cases("exit-proof") {
        let (input, expect, name) = (&case.input, &case.expect, &case.name);
        let mut manager = RootChainManager::new(RootChainId::Tron, Address::ZERO);
        for (root_token, child_token) in (1..).map(Address::with_last_byte).zip(list(&input["childTokens"])) {
            manager.map_token(root_token, address(child_token), TokenType::ERC20).unwrap();
        }
        let before = manager.clone();
        let payload = bytes(&input["payload"]);
        let headers = list(&input["headers"]);
        let outcome = manager.exit(&payload, stored(headers, "headerNumber"));
        match text(&expect["result"]) {
            "accepted" => {
                let payout = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(payout.exit_hash, hash(&expect["exitHash"]), "{name}");
                assert_eq!(payout.child_token, address(&expect["childToken"]), "{name}");
                assert_eq!(payout.beneficiary, address(&expect["beneficiary"]), "{name}");
                assert_eq!(payout.amount, word(&expect["amount"]), "{name}");
                let again = manager.exit(&payload, stored(headers, "headerNumber")).unwrap_err();
                assert_eq!(again.to_string(), "RootChainManager: EXIT_ALREADY_PROCESSED", "{name}");
                continue;
            }
            "revert" => {
                let reason = outcome.unwrap_err().reason();
                assert_eq!(reason.as_deref(), expect["reason"].as_str(), "{name}");
            }
            "empty-revert" => assert_eq!(outcome, Err(ExitRevert::Empty), "{name}"),
            _ => assert_eq!(outcome, Err(ExitRevert::InvalidOpcode), "{name}"),
        }
        assert_eq!(manager, before, "{name}");
    }
}

fn token_type(name: &str) -> TokenType {
    TokenType::new(keccak256(name))
}

/// The predicate that the crate models for a type.
fn modelled(name: &str) -> Option<Predicate> {
    match name {
        "ERC20" => Some(Predicate::Erc20),
        "MintableERC20" => Some(Predicate::MintableErc20),
        "Ether" => Some(Predicate::Ether),
        _ => None,
    }
}

fn world(input: &Value) -> RootChainManager {
    let mut manager = RootChainManager::new(RootChainId::Tron, Address::ZERO);
    for mapping in list(&input["world"]["mappings"]) {
        // A type whose predicate is not modelled gets another one's; what that would pay is not looked at.
        let name = text(&mapping["type"]);
        let predicate = modelled(name).unwrap_or(Predicate::Erc20);
        manager.register_predicate(token_type(name), Some(predicate));
        let (root_token, child_token) = (address(&mapping["rootToken"]), address(&mapping["childToken"]));
        manager.map_token(root_token, child_token, token_type(name)).unwrap();
    }
    for change in input["governance"].as_array().into_iter().flatten() {
        match text(&change["op"]) {
            "registerPredicate" => manager.register_predicate(token_type(text(&change["type"])), None),
            "cleanMapToken" => manager.clean_map_token(address(&change["rootToken"]), address(&change["childToken"])),
            _ => {}
        }
    }
    manager
}

/// What tokens and receivers say for themselves; the library leaves it to them.
fn is_token_text(revert: &str) -> bool {
    let tokens = [
        "ERC20: transfer amount exceeds balance",
        "ERC20: transfer to the zero address",
        "SafeMath: addition overflow",
        "no thanks",
    ];
    tokens.contains(&revert) || revert.contains("INSUFFICIENT_PERMISSIONS")
}

#[test]
fn the_bridge_checks_exits_of_every_type_as_the_contract_does() {
    for case in cases("exit") {
        let mut manager = world(&case.input);
        let checkpoints = list(&case.input["checkpoints"]);
        for (place, (step, expect)) in list(&case.input["steps"]).iter().zip(list(&case.expect["steps"])).enumerate() {
            let name = format!("{} step {place}", case.name);
            let call = manager.check(&bytes(&step["payload"]), stored(checkpoints, "id"));
            let revert = expect["revert"].as_str();
            let Some(expected) = expect.get("predicateCall") else {
                match (call.unwrap_err(), revert.unwrap()) {
                    (error, "invalid") => assert_eq!(error, ExitRevert::InvalidOpcode, "{name}"),
                    (error, reason) => assert_eq!(error.reason().as_deref(), Some(reason), "{name}"),
                }
                continue;
            };
            let call = call.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(call.token_type, token_type(text(&expected["predicate"])), "{name}");
            assert_eq!(call.root_token, address(&expected["rootToken"]), "{name}");
            assert_eq!(call.log, bytes(&expected["log"]), "{name}");
            let is_modelled = modelled(text(&expected["predicate"])).is_some();
            let payout = call.payout();
            match (&payout, revert) {
                _ if !is_modelled => {}
                (Ok(payout), None) => check_paid(payout.amount, payout.beneficiary, expect, &name),
                // A coin that cannot be sent has no words.
                (Ok(payout), Some("")) => assert_eq!(payout.predicate, Predicate::Ether, "{name}"),
                (Ok(_), Some(reason)) => assert!(is_token_text(reason), "{name}: {reason}"),
                (Err(error), Some(reason)) => {
                    assert_eq!(error.reason().unwrap_or_default(), reason, "{name}");
                }
                (Err(error), None) => panic!("{name}: {error}"),
            }
            if expect["ok"] == true {
                assert_eq!(call.exit_hash, hash(&expect["exitHash"]), "{name}");
                manager.settle(&call);
            }
        }
    }
}

fn check_paid(amount: U256, beneficiary: Address, expect: &Value, name: &str) {
    let exited = list(&expect["events"])
        .iter()
        .find(|event| text(&event["event"]).starts_with("Exited"))
        .unwrap_or_else(|| panic!("{name}: no exit event"));
    let args = &exited["args"];
    assert_eq!(amount, word(&args["amount"]), "{name}");
    let paid = args.get("withdrawer").or_else(|| args.get("exitor")).unwrap();
    assert_eq!(beneficiary, address(paid), "{name}");
}

#[test]
fn a_proof_builder_produces_the_executed_payloads() {
    for case in cases("exit") {
        let Some(build) = case.input.get("build") else { continue };
        let receipts: Vec<Receipt> =
            list(&build["receipts"]).iter().map(|receipt| Receipt::decode(&bytes(receipt)).unwrap()).collect();
        let header = &build["header"];
        let leaves = hashes(&build["leaves"]);
        let checkpoint = CheckpointRef {
            id: HeaderBlockId::new(word(&header["id"])),
            range: BlockRange::new(int(&header["start"]), int(&header["end"])).unwrap(),
            root: root_of(leaves.clone()).unwrap(),
        };
        let block = BurnBlock {
            leaf: Leaf {
                number: int(&build["number"]),
                time: int(&build["time"]),
                transactions_root: hash(&build["txRoot"]),
                receipts_root: hash(&build["receiptRoot"]),
            },
            receipts,
        };
        for (exit, step) in list(&build["exits"]).iter().zip(list(&case.input["steps"])) {
            let choice = LogChoice::At(int(&exit["logIndex"]));
            let proof = ExitProof::build(&checkpoint, leaves.clone(), &block, int(&exit["txIndex"]), &choice).unwrap();
            assert_eq!(proof.to_payload(), bytes(&step["payload"]), "{}", case.name);
        }
    }
}

const CHILD: Address = addr!("00000000000000000000000000000000000c0ffe");
const BURNER: Address = addr!("000000000000000000000000000000000000f00d");
const BENEFICIARY: Address = addr!("00000000000000000000000000000000deadbeef");
const TRANSFER: B256 = b256!("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
const WITHDRAW_TO: B256 = b256!("67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8");

/// The common data of withdrawal-proofs §9.2.
fn derived_receipt(place: u64) -> Receipt {
    let log = |topic: B256, who: Address| {
        let amount = U256::from(5 + place).to_be_bytes::<32>();
        Log::new_unchecked(CHILD, vec![topic, who.into_word(), B256::ZERO], amount.into())
    };
    Receipt {
        kind: 0,
        status: Status::Succeeded,
        cumulative_gas_used: 50_000 * (place + 1),
        bloom: Bloom::ZERO,
        logs: vec![log(TRANSFER, BURNER), log(WITHDRAW_TO, BENEFICIARY)],
    }
}

struct Derived {
    checkpoint: CheckpointRef,
    leaves: Vec<B256>,
    block: BurnBlock,
    tx_index: u64,
}

fn derived(id: u64, start: u64, receipts: u64, tx_index: u64) -> Derived {
    let receipts: Vec<Receipt> = (0..receipts).map(derived_receipt).collect();
    let encodings: Vec<Bytes> = receipts.iter().map(Receipt::to_bytes).collect();
    let leaf = Leaf {
        number: 1234,
        time: 1_700_000_000,
        transactions_root: keccak256(b"tx"),
        receipts_root: receipts_root(&encodings),
    };
    let others = (0..1234 - start).map(|place| keccak256([u8::try_from(place).unwrap()]));
    let leaves: Vec<B256> = others.chain([leaf.hash()]).collect();
    Derived {
        checkpoint: CheckpointRef {
            id: HeaderBlockId::new(U256::from(id)),
            range: BlockRange::new(start, 1234).unwrap(),
            root: root_of(leaves.clone()).unwrap(),
        },
        leaves,
        block: BurnBlock { leaf, receipts },
        tx_index,
    }
}

fn bridge() -> RootChainManager {
    let mut manager = RootChainManager::new(RootChainId::Tron, Address::ZERO);
    manager.map_token(Address::repeat_byte(1), CHILD, TokenType::ERC20).unwrap();
    manager
}

fn header_block(checkpoint: &CheckpointRef) -> impl Fn(HeaderBlockId) -> HeaderBlock {
    let checkpoint = *checkpoint;
    move |id| match id == checkpoint.id {
        true => HeaderBlock {
            root: checkpoint.root,
            start: U256::from(checkpoint.range.start()),
            end: U256::from(checkpoint.range.end()),
            ..HeaderBlock::default()
        },
        false => HeaderBlock::default(),
    }
}

#[test]
fn the_derived_vectors_of_the_specification_hold() {
    let expected = [
        (
            derived(1, 1232, 3, 2),
            b256!("89208037cd31fa89eb52e787e0332d9b6947cbc23baf91dbe5bba06ba8e3bb2b"),
            b256!("bb2f00ce3022b30902924dd7b84505bf21514217482ed616a38b5f69ae09b045"),
            b256!("ce587458a1777aa71a99a09d10585ee0de7b16aaa397350c4dbcbd790e2c939e"),
            (1498, b256!("ac711cb68694d05b76ac4f66fa730f4f358c85c66b62d530d099377d2a6916d2")),
        ),
        (
            derived(2, 1230, 130, 128),
            b256!("c7bb54f7d7ca4eafdc7d3cf0a6d06dc823aa91d4c6a41cc93b1b93a9f912a944"),
            b256!("8854c262d1380583f8ba871e4d05b5d0aab5d4dbd47edbef927cf635ff1f02d5"),
            b256!("8a238fa4384ad18767a006152f70edeb4086dcf65af6ee3e3ec9395ca7f1c4e8"),
            (1874, b256!("4a510c306511aeeb966ceb843992adcd7a6148d2133e2c6d6f34ff479c16ccd0")),
        ),
        (
            derived(3, 1234, 300, 256),
            b256!("f9e755c99e83a8c0cb2d37c1e07a26bdb76ac58e45ffec86c8a32eec16e63371"),
            b256!("caaeb027e0b3f2aaff445d88fb73dfeae48a001232b883d6cddfb50c90ec3499"),
            b256!("4a266d322dacc51384af30162b0ccbb93b0c886df92f9c4005c8137e6909ebfb"),
            (2376, b256!("9c38790924f4f15550e7c2d18a412870eeb931e3dc12dd1a319e8c6e743c9fbf")),
        ),
    ];
    for (w, receipts_root, root, exit_hash, (length, payload_hash)) in expected {
        assert_eq!((w.block.leaf.receipts_root, w.checkpoint.root), (receipts_root, root));
        let choice = LogChoice::Nth { topic0: WITHDRAW_TO, nth: 0, emitter: Some(CHILD) };
        let proof = ExitProof::build(&w.checkpoint, w.leaves, &w.block, w.tx_index, &choice).unwrap();
        let payload = proof.to_payload();
        assert_eq!((payload.len(), keccak256(&payload)), (length, payload_hash));

        let exit = ExitProof::decode(&payload).unwrap().verify(&w.checkpoint).unwrap();
        assert_eq!((exit.exit_hash(), exit.child_token(), exit.beneficiary()), (exit_hash, CHILD, BENEFICIARY));
        assert_eq!(*exit.withdrawal(), Withdrawal::One(U256::from(5 + w.tx_index)));

        let payout = bridge().exit(&payload, header_block(&w.checkpoint)).unwrap();
        assert_eq!((payout.exit_hash, payout.beneficiary), (exit_hash, BENEFICIARY));
        assert_eq!(payout.amount, U256::from(5 + w.tx_index));
    }
}

#[test]
fn q63_a_failed_burn_with_surplus_fields_is_paid() {
    let mut w = derived(1, 1234, 1, 0);
    w.block.receipts[0].status = Status::Failed;
    w.block.leaf.receipts_root = receipts_root(&[w.block.receipts[0].to_bytes()]);
    w.leaves = vec![w.block.leaf.hash()];
    w.checkpoint.root = w.leaves[0];
    let proof = ExitProof::build(&w.checkpoint, w.leaves, &w.block, 0, &LogChoice::At(1)).unwrap();
    let payload = bttc_core::rlp::Item::decode(&proof.to_payload()).unwrap();
    let surplus = payload.as_list().unwrap().iter().cloned().chain([bttc_core::rlp::Item::string(b"more")]);
    let payload = bttc_core::rlp::Item::list(surplus).to_bytes();
    assert!(bridge().exit(&payload, header_block(&w.checkpoint)).is_ok());
    assert!(ExitProof::decode(&payload).is_err());
}

/// Runs what never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a recording does not wait"),
    }
}

#[test]
fn a_prover_builds_the_same_proof_from_a_recorded_side_chain() {
    let w = derived(1, 1234, 3, 2);
    let mut recorded = RecordedSideChain::new(199);
    let transactions: Vec<B256> = (1..=3).map(B256::repeat_byte).collect();
    recorded.record(RecordedBlock {
        leaf: w.block.leaf,
        transactions: transactions.clone(),
        receipts: w.block.receipts.clone(),
    });
    let written = serde_json::to_string(&recorded).unwrap();
    let recorded: RecordedSideChain = serde_json::from_str(&written).unwrap();
    let proof = ready(prove(&recorded, &w.checkpoint, transactions[2], &LogChoice::At(1)));
    let built = ExitProof::build(&w.checkpoint, w.leaves, &w.block, 2, &LogChoice::At(1));
    assert_eq!(proof.unwrap(), built.unwrap());
    assert!(ready(prove(&recorded, &w.checkpoint, B256::ZERO, &LogChoice::At(1))).is_err());
}
