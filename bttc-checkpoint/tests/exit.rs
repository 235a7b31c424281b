//! Laws of withdrawals, and bytes thrown at their decoders.
#![allow(clippy::unwrap_used, reason = "a value that cannot be made is a failed test")]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc, reason = "tests run on a host")]

use alloy_primitives::{Address, B256, Bloom, Log, U256};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{
        BlockReceipts, BuildError, Bundle, BundleError, BundledExit, BurnBlock, BurnCall, CheckpointLeaves,
        CheckpointRef, Exit, ExitEvent, ExitProof, LogChoice, MappedToken, Provenance, Receipt, Status, TokenMap,
        VerifyError, Withdrawal,
        contract::{Assets, Predicate, RootChainManager, TokenType},
        receipts_root, scan_blocks, topic,
    },
    header_blocks::HeaderBlock,
    merkle::StoredTree,
};
use bttc_core::{hash::keccak256, id::HeaderBlockId, leaf::Leaf, root_chain::RootChainId};
use proptest::prelude::*;

const TOKEN: Address = Address::repeat_byte(0xc0);

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

/// The n-th receipt: two burns, of n and of n + 1.
fn receipt(n: u64) -> Receipt {
    let log = |amount: u64| {
        let topics = vec![topic::WITHDRAW_TO, Address::with_last_byte(0xbe).into_word(), B256::ZERO];
        Log::new_unchecked(TOKEN, topics, U256::from(amount).to_be_bytes::<32>().into())
    };
    Receipt {
        kind: 0,
        status: Status::Succeeded,
        cumulative_gas_used: 60_000 * (n + 1),
        bloom: Bloom::ZERO,
        logs: vec![log(n), log(n + 1)],
    }
}

/// Blocks 10 … 10 + `blocks` − 1 with so many receipts each, and the checkpoint over them.
fn world(blocks: u64, receipts: u64) -> (CheckpointRef, Vec<BurnBlock>) {
    let blocks: Vec<BurnBlock> = (10..10 + blocks)
        .map(|number| {
            let receipts: Vec<Receipt> = (0..receipts).map(receipt).collect();
            let encodings: Vec<_> = receipts.iter().map(Receipt::to_bytes).collect();
            let leaf = Leaf {
                number,
                time: 2 * number,
                transactions_root: keccak256(number.to_be_bytes()),
                receipts_root: receipts_root(&encodings),
            };
            BurnBlock { leaf, receipts }
        })
        .collect();
    let root = StoredTree::build(leaves(&blocks)).unwrap().root();
    let range = BlockRange::new(10, 10 + u64::try_from(blocks.len()).unwrap() - 1).unwrap();
    (CheckpointRef { id: HeaderBlockId::new(U256::from(10_000)), range, root }, blocks)
}

fn leaves(blocks: &[BurnBlock]) -> Vec<B256> {
    blocks.iter().map(|block| block.leaf.hash()).collect()
}

fn built(checkpoint: &CheckpointRef, blocks: &[BurnBlock], block: usize, tx_index: u64, log: u64) -> ExitProof {
    ExitProof::build(checkpoint, leaves(blocks), &blocks[block], tx_index, &LogChoice::At(log)).unwrap()
}

fn bundle() -> Bundle {
    let (checkpoint, blocks) = world(3, 2);
    let exits = [(0, 1, 0), (2, 0, 1)].map(|(block, tx_index, log)| BundledExit {
        transaction: B256::repeat_byte(7),
        proof: built(&checkpoint, &blocks, block, tx_index, log),
    });
    Bundle {
        side_chain: 199,
        root_chain: RootChainId::Bsc,
        checkpoint,
        proposer: Address::repeat_byte(9),
        created_at: 1_700_000_000,
        exits: exits.into(),
        provenance: Provenance { made_by: "a test".into(), made_at: 1_700_000_001, ..Provenance::default() },
    }
}

fn verified(bundle: &Bundle) -> Result<Vec<Exit>, BundleError> {
    let read = Bundle::decode(&bundle.to_bytes())?;
    assert_eq!(&read, bundle);
    assert_eq!(Bundle::from_json(&bundle.to_json()).as_ref(), Ok(bundle));
    read.verify()
}

#[test]
fn a_bundle_is_read_in_both_forms_and_verifies() {
    let exits = verified(&bundle()).unwrap();
    assert_eq!(exits.len(), 2);
    let withdrawals: Vec<_> = exits.iter().map(Exit::withdrawal).collect();
    assert_eq!(withdrawals, [&Withdrawal::One(U256::from(1)), &Withdrawal::One(U256::from(1))]);
}

#[test]
fn a_bundle_that_does_not_hold_says_which_exit() {
    let with = |change: &dyn Fn(&mut Bundle)| {
        let mut changed = bundle();
        change(&mut changed);
        verified(&changed).unwrap_err()
    };
    let root = with(&|bundle| bundle.checkpoint.root = B256::ZERO);
    let is_root = matches!(root, BundleError::Verify { exit: 0, error: VerifyError::CheckpointRoot { .. } });
    assert!(is_root, "{root}");
    let id = with(&|bundle| bundle.exits[1].proof.header = HeaderBlockId::new(U256::from(1)));
    assert!(matches!(id, BundleError::Verify { exit: 1, error: VerifyError::Header { .. } }), "{id}");
    let twice = with(&|bundle| bundle.exits[1] = bundle.exits[0].clone());
    assert!(matches!(twice, BundleError::Repeated { exit: 1, .. }), "{twice}");
    assert_eq!(with(&|bundle| bundle.exits.clear()), BundleError::NoExits);
}

#[test]
fn json_is_read_strictly() {
    let json = bundle().to_json();
    let changed = |from: &str, to: &str| {
        assert!(json.contains(from));
        Bundle::from_json(&json.replace(from, to)).unwrap_err()
    };
    let digest = changed("\"createdAt\": 1700000000", "\"createdAt\": 1700000009");
    assert!(matches!(digest, BundleError::Digest { .. }), "{digest}");
    let format = changed("bttc-exit-bundle/1", "bttc-exit-bundle/2");
    assert!(matches!(format, BundleError::Format { .. }), "{format}");
    let unknown = changed("\"proposer\"", "\"proposed\"");
    assert!(matches!(unknown, BundleError::Json { .. }), "{unknown}");
}

#[test]
fn shared_work_gives_the_same_proofs() {
    let (checkpoint, blocks) = world(5, 140);
    let shared = CheckpointLeaves::new(checkpoint, leaves(&blocks)).unwrap();
    let receipts = BlockReceipts::new(&blocks[3]).unwrap();
    for tx_index in [0, 1, 126, 127, 128, 139] {
        let choice = LogChoice::At(1);
        let proof = shared.prove(&receipts, tx_index, &choice).unwrap();
        assert_eq!(proof, built(&checkpoint, &blocks, 3, tx_index, 1), "{tx_index}");
        assert!(proof.verify(&checkpoint).is_ok());
    }
    let beyond = shared.prove(&receipts, 140, &LogChoice::At(0));
    assert_eq!(beyond, Err(BuildError::TransactionNotFound { got: 140, receipts: 140 }));
    let other = Leaf { time: 0, ..blocks[3].leaf };
    assert!(matches!(shared.branch(&other), Err(BuildError::Leaf { block: 13, .. })));
    let short = CheckpointLeaves::new(checkpoint, leaves(&blocks[..4]));
    assert!(matches!(short, Err(BuildError::CheckpointRoot { .. })));
}

#[test]
fn a_scan_finds_what_can_be_built() {
    let (checkpoint, blocks) = world(2, 3);
    let mut tokens = TokenMap::new();
    let mapped = MappedToken { root_token: TOKEN, predicate: Predicate::Erc20, held: None };
    tokens.insert(RootChainId::Tron, TOKEN, mapped);
    let found = scan_blocks(&blocks, &tokens, |_, _| false);
    assert_eq!(found.len(), 12);
    for log in found {
        let block = usize::try_from(log.place.block - 10).unwrap();
        let exit = built(&checkpoint, &blocks, block, log.place.index, log.log_index).verify(&checkpoint).unwrap();
        let (_, payout) = log.open().next().unwrap();
        assert_eq!((exit.exit_hash(), exit.beneficiary()), (log.exit_hash, payout.beneficiary));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_receipt_is_read_back_or_refused(data in bytes(400)) {
        if let Ok(receipt) = Receipt::decode(&data) {
            prop_assert_eq!(receipt.to_bytes(), data);
        }
    }

    #[test]
    fn any_payload_is_refused_by_both_readers_without_a_panic(data in bytes(400)) {
        prop_assert!(ExitProof::decode(&data).is_err());
        prop_assert!(ExitProof::decode_permissive(&data).is_err());
        let mut manager = RootChainManager::new(RootChainId::Tron, Address::ZERO);
        prop_assert!(manager.exit(&data, |_| HeaderBlock::default()).is_err());
    }

    #[test]
    fn any_bundle_or_calldata_is_refused_without_a_panic(mut data in bytes(400), which in 0_usize..8) {
        prop_assert!(Bundle::decode(&data).is_err());
        prop_assert!(Bundle::from_json(&String::from_utf8_lossy(&data)).is_err());
        let selectors = [0x2e1a_7d4d_u32, 0x205c_2878, 0x9c8d_4156, 0xff9f_d262, 0xa5e5_84dc, 0x8ce7_cee4, 0x2262_f53f, 0x5c5f_b521];
        if let Some(selector) = data.first_chunk_mut::<4>() {
            *selector = selectors[which].to_be_bytes();
        }
        let _ = BurnCall::decode(&data);
    }

    /// An event is read from a log exactly when a predicate that takes such events takes it.
    #[test]
    fn events_are_read_as_predicates_read_them(
        which in 0_usize..6, topics in 0_usize..4, zeros in any::<[bool; 3]>(), words in prop::collection::vec(0_u64..5, 0..8), more in bytes(40),
    ) {
        let zeros = zeros.iter().take(topics).map(|zero| if *zero { B256::ZERO } else { B256::repeat_byte(0xbe) });
        let topics: Vec<B256> = [topic::ALL[which]].into_iter().chain(zeros).collect();
        // Offsets that may be some.
        let words = words.into_iter().map(|word| U256::from(if word < 3 { word } else { 32 * (word - 1) }));
        let data: Vec<u8> = words.flat_map(|word| word.to_be_bytes::<32>()).chain(more).collect();
        let log = Log::new(TOKEN, topics, data.into()).unwrap();
        let predicates = Predicate::ALL.into_iter().filter(|predicate| predicate.accepts(topic::ALL[which]));
        let mut bridge = RootChainManager::new(RootChainId::Tron, Address::ZERO);
        let mut taken = false;
        for predicate in predicates {
            let token_type = predicate.token_type();
            bridge.register_predicate(token_type, Some(predicate));
            let mut tokens = TokenMap::new();
            tokens.insert(RootChainId::Tron, TOKEN, MappedToken { root_token: TOKEN, predicate, held: None });
            let receipt = Receipt { logs: vec![log.clone()], ..receipt(0) };
            let place = bttc_checkpoint::side_chain::TransactionPlace { block: 1, index: 0 };
            let found = bttc_checkpoint::exit::scan_receipt(place, &receipt, &tokens, |_, _| false);
            taken |= found[0].open().next().is_some();
        }
        let lengths_differ = which == 4; // a plain ERC1155 batch leaves that to the token
        let read = ExitEvent::read(&log).is_some();
        prop_assert!(read == taken || lengths_differ && taken, "{log:?}");
    }

    #[test]
    fn a_damaged_payload_never_verifies(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (checkpoint, blocks) = world(1, 1);
        let mut payload = built(&checkpoint, &blocks, 0, 0, 1).to_payload().to_vec();
        let place = place.index(payload.len());
        payload[place] ^= 1 << bit;
        if let Ok(exit) = ExitProof::decode(&payload).map_err(|_| ()).and_then(|damaged| damaged.verify(&checkpoint).map_err(|_| ())) {
            // The last byte is the log's position, and the other log is a withdrawal too.
            prop_assert_eq!(exit.log_index(), 0);
        }
        let mut manager = RootChainManager::new(RootChainId::Tron, Address::ZERO);
        manager.map_token(Address::repeat_byte(1), TOKEN, TokenType::ERC20).unwrap();
        let start = U256::from(checkpoint.range.start());
        let header = HeaderBlock { root: checkpoint.root, start, ..HeaderBlock::default() };
        if let Ok(proof) = ExitProof::decode_permissive(&payload) {
            prop_assert_eq!(ExitProof::decode(&proof.to_payload()), Ok(proof));
        }
        // Whatever the permissive reader lets through is still a burn of that receipt.
        if let Ok(payout) = manager.exit(&payload, |_| header) {
            prop_assert!(matches!(payout.assets, Assets::Amount(amount) if amount <= U256::from(1)));
            prop_assert_eq!(payout.beneficiary, Address::with_last_byte(0xbe));
        }
    }

    #[test]
    fn a_damaged_bundle_is_none(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let whole = bundle().to_bytes();
        let mut damaged = whole.to_vec();
        damaged[place.index(whole.len())] ^= 1 << bit;
        prop_assert!(Bundle::decode(&damaged).is_err());
    }
}
