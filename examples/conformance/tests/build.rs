//! Recorded blocks, built anew from what their producer knew.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use alloy_primitives::B256;
use bttc_core::signature::Signature;
use bttc_evm::{
    block::Block,
    header::{Header, VANITY_LENGTH},
    system::Facts,
};
use conformance::{Delivery, Replay, VectorFile, recorded};
use std::path::Path;

/// But for the seal, and for the gas limit where its producer did not aim at the usual ceiling.
#[test]
fn blocks_build_as_the_reference_built_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/chain-replay/sprint8.json.gz");
    let file = VectorFile::read(&path).unwrap();
    let input = recorded(&file).unwrap();
    let mut replay = Replay::open(&input.field("genesis").unwrap()).unwrap();
    let (mut blocks, mut same) = (0, 0);
    for field in input.field("blocks").unwrap().items().unwrap() {
        let block = Block::from_rlp(&field.field("rlp").unwrap().bytes().unwrap()).unwrap();
        let delivery = Delivery::read(&field).unwrap();
        let header = block.header;
        let facts = Facts { now: header.time, ..delivery.facts(replay.snapshot()) };
        let builder = replay.chain().clone().with_vanity(B256::from_slice(&header.extra[..VANITY_LENGTH]));
        let built = builder.build(block.transactions, header.signer().unwrap(), &facts).unwrap();
        assert_eq!(built.left_out(), []);
        if built.header().gas_limit == header.gas_limit {
            let unsealed = header.extra.len() - Signature::LEN;
            let extra = [&header.extra[..unsealed], &[0; Signature::LEN]].concat().into();
            assert_eq!(*built.header(), Header { extra, ..header });
            same += 1;
        } else {
            let known = (header.gas_used, header.receipts_root);
            assert_eq!((built.header().gas_used, built.header().receipts_root), known);
        }
        replay.append(&field).unwrap();
        blocks += 1;
    }
    println!("{same} of {blocks} blocks built bit by bit");
    assert!(same > 0);
}
