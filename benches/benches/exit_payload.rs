//! Payloads of withdrawals out of blocks of 300 receipts, in a checkpoint of 1,024 blocks.
//!
//! Limit: the Keccak-256 hashes of the checkpoint's tree and of the nodes of each block's receipts trie, inputs laid out
//! ready, each once however many payloads there are. Peer: each payload built alone, as the JavaScript clients do; that it
//! takes in fewer payloads, to end in time, is in its id.

mod burns;

use alloy_primitives::{B256, Bytes};
use benches::{Comparison, criterion};
use bttc_checkpoint::{
    exit::{BlockReceipts, CheckpointLeaves, ExitProof, LogChoice},
    merkle::Backend,
};
use bttc_core::hash::keccak256;
use burns::{Burns, HEADERS, RECEIPTS};

const BURN: LogChoice = LogChoice::At(1);

fn main() {
    let mut criterion = criterion();
    let burns = Burns::new(20);
    let nodes: Vec<Vec<Bytes>> = burns.blocks.iter().map(burns::trie_nodes).collect();
    let places: Vec<(usize, u64)> =
        (0..burns.blocks.len()).flat_map(|block| (0..50).map(move |n| (block, 6 * n))).collect();
    let alone = |(block, tx_index): (usize, u64)| {
        let (leaves, block) = (burns.leaves.clone(), &burns.blocks[block]);
        let proof = ExitProof::build(&burns.checkpoint, leaves, block, tx_index, &BURN);
        proof.expect("it is burned there").to_payload()
    };
    let shared = |places: &[(usize, u64)]| -> Vec<Bytes> {
        let checkpoint = CheckpointLeaves::new(burns.checkpoint, burns.leaves.clone()).expect("its leaves");
        let mut payloads = Vec::with_capacity(places.len());
        for places in places.chunk_by(|one, other| one.0 == other.0) {
            let block = BlockReceipts::new(&burns.blocks[places[0].0]).expect("its receipts");
            payloads.extend(places.iter().map(|(_, tx_index)| {
                checkpoint.prove(&block, *tx_index, &BURN).expect("it is burned there").to_payload()
            }));
        }
        payloads
    };
    assert_eq!(shared(&places), places.iter().copied().map(alone).collect::<Vec<_>>());

    let backend = Backend::best();
    let limit = |blocks: usize| {
        let hashed = nodes.iter().take(blocks).flatten().map(keccak256).fold(B256::ZERO, |sum, hash| sum ^ hash);
        (hashed, backend.permutations(HEADERS - 1))
    };
    let input = |payloads: usize| format!("headers={HEADERS} receipts={RECEIPTS} payloads={payloads}");
    Comparison::new(&mut criterion, "exit::build", input(1), 1)
        .by("limit", || limit(1))
        .by("ExitProof_build", || alone(places[7]));
    Comparison::new(&mut criterion, "exit::prove", input(places.len()), 1_000)
        .by("limit", || limit(nodes.len()))
        .by("shared", || shared(&places));
    let few: Vec<_> = places.iter().copied().step_by(50).collect();
    Comparison::new(&mut criterion, "exit::prove", input(few.len()), 20)
        .by("each_alone", || few.iter().copied().map(alone).collect::<Vec<_>>());
    criterion.final_summary();
}
