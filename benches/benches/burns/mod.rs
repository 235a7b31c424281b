//! A checkpoint of 1,024 blocks, some of which hold 300 withdrawals of an ERC20 token each.
#![allow(dead_code, reason = "each bench uses a part")]

use alloy_primitives::{Address, B256, Bloom, Bytes, Log, U256, b256};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{BurnBlock, CheckpointRef, Receipt, Status, receipt_branch, receipts_root, topic},
    merkle::root_of,
};
use bttc_core::{hash::keccak256, id::HeaderBlockId, leaf::Leaf};
use std::collections::BTreeSet;

/// Blocks of the checkpoint.
pub(crate) const HEADERS: usize = 1_024;
/// Receipts of a block.
pub(crate) const RECEIPTS: u64 = 300;
/// The token that is burned.
pub(crate) const TOKEN: Address = Address::repeat_byte(0xc0);

/// The checkpoint.
#[derive(Debug)]
pub(crate) struct Burns {
    /// Its record.
    pub(crate) checkpoint: CheckpointRef,
    /// Its leaves.
    pub(crate) leaves: Vec<B256>,
    /// Its blocks with burns, the first ones.
    pub(crate) blocks: Vec<BurnBlock>,
}

/// What a withdrawal leaves: a transfer to zero, the withdrawal, the fee.
fn receipt(block: u64, index: u64) -> Receipt {
    let burner = Address::from_word(keccak256((block * RECEIPTS + index).to_be_bytes()));
    let amount = U256::from(index).to_be_bytes::<32>();
    let transfer = b256!("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    let fee = b256!("4dfe1bbbcf077ddc3e01291eea2d5c70c2b422b415d95645b9adcfd678cb1d63");
    let native = Address::left_padding_from(&[0x10, 0x10]);
    let words = |topics: &[B256]| topics.to_vec();
    let (from, none) = (burner.into_word(), B256::ZERO);
    let logs = vec![
        Log::new_unchecked(TOKEN, words(&[transfer, from, none]), amount.into()),
        Log::new_unchecked(TOKEN, words(&[topic::WITHDRAW_TO, from, none]), amount.into()),
        Log::new_unchecked(native, words(&[fee, native.into_word(), from, none]), vec![7; 160].into()),
    ];
    let cumulative_gas_used = 60_000 * (index + 1);
    let mut receipt = Receipt { kind: 0, status: Status::Succeeded, cumulative_gas_used, bloom: Bloom::ZERO, logs };
    receipt.bloom = receipt.computed_bloom();
    receipt
}

impl Burns {
    /// With so many blocks that hold burns.
    pub(crate) fn new(blocks: u64) -> Self {
        let blocks: Vec<BurnBlock> = (0..blocks)
            .map(|number| {
                let receipts: Vec<Receipt> = (0..RECEIPTS).map(|index| receipt(number, index)).collect();
                let bytes: Vec<Bytes> = receipts.iter().map(Receipt::to_bytes).collect();
                let transactions_root = keccak256(number.to_be_bytes());
                let leaf = Leaf { number, time: 3 * number, transactions_root, receipts_root: receipts_root(&bytes) };
                BurnBlock { leaf, receipts }
            })
            .collect();
        let others = (blocks.len()..HEADERS).map(|place| keccak256(place.to_be_bytes()));
        let leaves: Vec<B256> = blocks.iter().map(|block| block.leaf.hash()).chain(others).collect();
        let checkpoint = CheckpointRef {
            id: HeaderBlockId::new(U256::from(10_000)),
            range: BlockRange::new(0, 1_023).expect("a range"),
            root: root_of(leaves.clone()).expect("there are leaves"),
        };
        Self { checkpoint, leaves, blocks }
    }
}

/// All nodes of a block's receipts trie.
pub(crate) fn trie_nodes(block: &BurnBlock) -> Vec<Bytes> {
    let bytes: Vec<Bytes> = block.receipts.iter().map(Receipt::to_bytes).collect();
    let branches = (0..RECEIPTS).map(|index| receipt_branch(&bytes, index).expect("a receipt"));
    let nodes: BTreeSet<Bytes> = branches.flat_map(|branch| branch.nodes).collect();
    nodes.into_iter().collect()
}
