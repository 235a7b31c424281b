//! What the vectors of `exit` say of the strict verifier, and the vectors W1 to W3 of the specification. The contract's
//! side of `exit` and its neighbours is the conformance runner's.

use crate::vectors::{bytes, cases, hash, list, word};
use alloy_primitives::{Address, B256, Bloom, Bytes, Log, U256, address as addr, b256};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{
        BurnBlock, CheckpointRef, Exit, ExitProof, LogChoice, Receipt, Status, VerifyError, Withdrawal,
        contract::{Assets, RootChainManager, TokenType},
        receipts_root,
        topic::WITHDRAW_TO,
    },
    header_blocks::HeaderBlock,
    merkle::root_of,
};
use bttc_core::{hash::keccak256, id::HeaderBlockId, leaf::Leaf, root_chain::RootChainId};
use serde_json::Value;

/// `None` where the range has no heights of 64 bits.
fn checkpoint(record: &Value) -> Option<CheckpointRef> {
    let height = |name: &str| u64::try_from(word(&record[name])).ok();
    Some(CheckpointRef {
        id: HeaderBlockId::new(word(&record["id"])),
        range: BlockRange::new(height("start")?, height("end")?).ok()?,
        root: hash(&record["root"]),
    })
}

#[derive(Debug)]
enum Refused {
    /// The payload is not canonical.
    Decode,
    Verify(VerifyError),
}

/// What the strict verifier makes of a payload under the checkpoints of a case.
fn strict(payload: &[u8], checkpoints: &[CheckpointRef]) -> Result<Exit, Refused> {
    let proof = ExitProof::decode(payload).map_err(|_| Refused::Decode)?;
    let checkpoint = checkpoints.iter().find(|checkpoint| checkpoint.id == proof.header).unwrap();
    proof.verify(checkpoint).map_err(Refused::Verify)
}

/// What no block can hold, so that strictness loses nothing: bytes that are not canonical, receipts that no client
/// makes, tries that no receipts have.
fn is_of_form(error: &Refused) -> bool {
    match error {
        Refused::Decode => true,
        Refused::Verify(error) => matches!(error, VerifyError::Receipt(_) | VerifyError::ReceiptBranch { .. }),
    }
}

#[test]
fn every_exit_that_was_paid_verifies_unless_no_block_can_hold_it() {
    let (mut verified, mut refused) = (0, 0);
    for case in cases("exit") {
        let checkpoints: Vec<_> = list(&case.input["checkpoints"]).iter().filter_map(checkpoint).collect();
        let steps = list(&case.input["steps"]).iter().zip(list(&case.expect["steps"]));
        for (step, expect) in steps.filter(|(_, expect)| expect["ok"] == true) {
            match strict(&bytes(&step["payload"]), &checkpoints) {
                Ok(exit) => {
                    assert_eq!(exit.exit_hash(), hash(&expect["exitHash"]), "{}", case.name);
                    verified += 1;
                }
                Err(error) => {
                    assert!(is_of_form(&error), "{}: {error:?}", case.name);
                    assert!(case.input.get("build").is_none(), "{}: built from a block, {error:?}", case.name);
                    refused += 1;
                }
            }
        }
    }
    assert!(verified > 3 * refused, "{verified} verified, {refused} refused");
}

const CHILD: Address = addr!("00000000000000000000000000000000000c0ffe");
const BURNER: Address = addr!("000000000000000000000000000000000000f00d");
const BENEFICIARY: Address = addr!("00000000000000000000000000000000deadbeef");
const TRANSFER: B256 = b256!("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");

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
        assert_eq!(payout.assets, Assets::Amount(U256::from(5 + w.tx_index)));
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
