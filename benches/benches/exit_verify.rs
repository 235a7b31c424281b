//! One payload, verified: strictly, and as the bridge contract does.
//!
//! Limit: the Keccak-256 hashes that lead from the receipt to the checkpoint's root, inputs laid out ready. Peer: alloy's
//! check of the trie's branch, which is a part of the work.

mod burns;

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_trie::{Nibbles, proof::verify_proof};
use benches::{Comparison, criterion};
use bttc_checkpoint::{
    exit::{
        ExitProof, LogChoice,
        contract::{Assets, RootChainManager, TokenType},
    },
    header_blocks::HeaderBlock,
    merkle::parent,
};
use bttc_core::{hash::keccak256, root_chain::RootChainId};
use burns::{Burns, HEADERS, RECEIPTS, TOKEN};

const TX_INDEX: u64 = 256;

fn main() {
    let mut criterion = criterion();
    let burns = Burns::new(1);
    let proof = ExitProof::build(&burns.checkpoint, burns.leaves, &burns.blocks[0], TX_INDEX, &LogChoice::At(1));
    let proof = proof.expect("it is burned there");
    let payload = proof.to_payload();
    let mut bridge = RootChainManager::new(RootChainId::Tron, Address::ZERO);
    bridge.map_token(Address::repeat_byte(1), TOKEN, TokenType::ERC20).expect("a new token");
    let header = HeaderBlock { root: burns.checkpoint.root, ..HeaderBlock::default() };

    let strict = || ExitProof::decode(&payload).expect("a payload").verify(&burns.checkpoint).expect("a proof");
    let contract = || bridge.check(&payload, |_| header).and_then(|call| call.payout()).expect("an exit");
    let limit = || {
        let nodes = proof.nodes.iter().map(keccak256).fold(B256::ZERO, |sum, hash| sum ^ hash);
        (nodes, proof.siblings.iter().fold(proof.block.hash(), |hash, sibling| parent(&hash, sibling)))
    };
    let alloy = || {
        let path = Nibbles::unpack(alloy_rlp_of(TX_INDEX));
        verify_proof(proof.block.receipts_root, path, Some(proof.receipt.to_vec()), &proof.nodes)
    };
    assert_eq!(strict().exit_hash(), contract().exit_hash);
    assert_eq!(contract().assets, Assets::Amount(U256::from(TX_INDEX)));
    assert_eq!(limit().1, burns.checkpoint.root); // the first block, so that each sibling stands on the right
    assert_eq!(alloy(), Ok(()));

    let input = format!("headers={HEADERS} receipts={RECEIPTS} bytes={}", payload.len());
    Comparison::new(&mut criterion, "exit::verify", input, 1)
        .by("limit", limit)
        .by("ExitProof_decode_verify", strict)
        .by("RootChainManager_check_payout", contract)
        .by("alloy_verify_proof_trie_alone", alloy);
    criterion.final_summary();
}

/// rlp(index) of an index of two bytes.
fn alloy_rlp_of(index: u64) -> Bytes {
    let [.., high, low] = index.to_be_bytes();
    [0x82, high, low].into()
}
