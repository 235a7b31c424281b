//! Any payload given to the contract-exact bridge with all predicates behind it, and to the strict verifier: what the
//! strict one accepts the contract accepts, as the same exit.
//!
//! Input: header root (32), header start (8), payload. Tokens 0x…c0ffee0001 to 0008 are mapped, one of each type.
#![no_main]

use alloy_primitives::{Address, B256, Log, U256, address};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{
        CheckpointRef, Exit, ExitProof,
        contract::{ExitRevert, Predicate, RootChainManager, RootTokens, TokenCall, TokenRevert},
    },
    header_blocks::HeaderBlock,
};
use bttc_core::root_chain::RootChainId;
use libfuzzer_sys::fuzz_target;

/// Holds 60 of everything and obeys.
struct Obedient;

impl RootTokens for Obedient {
    fn address_of(&self, _: Predicate) -> Address {
        Address::repeat_byte(0xa7)
    }

    fn balance(&self, _: Address, _: Address) -> U256 {
        U256::from(60)
    }

    fn exists(&self, _: Address, id: U256) -> bool {
        id < U256::from(60)
    }

    fn count(&self, _: Address, _: Address, _: U256) -> U256 {
        U256::from(60)
    }

    fn call(&mut self, _: Address, _: Address, call: TokenCall) -> Result<Vec<Log>, TokenRevert> {
        // A token refuses what does not pair.
        match &call {
            TokenCall::TransferBatch { ids, amounts, .. } | TokenCall::MintBatch { ids, amounts, .. } => {
                if ids.len() == amounts.len() { Ok(Vec::new()) } else { Err(TokenRevert::default()) }
            }
            _ => Ok(Vec::new()),
        }
    }
}

fn strict(payload: &[u8], root: B256, start: u64) -> Option<Exit> {
    let proof = ExitProof::decode(payload).ok()?;
    // The range that has as many levels as the proof.
    let blocks = 1_u64.checked_shl(u32::try_from(proof.siblings.len()).ok()?)?;
    let range = BlockRange::new(start, start.checked_add(blocks - 1)?).ok()?;
    proof.verify(&CheckpointRef { id: proof.header, range, root }).ok()
}

fuzz_target!(|data: &[u8]| {
    let Some((root, rest)) = data.split_first_chunk::<32>() else { return };
    let Some((start, payload)) = rest.split_first_chunk::<8>() else { return };
    let (root, start) = (B256::new(*root), u64::from_be_bytes(*start));
    let mut bridge = RootChainManager::new(RootChainId::Tron, Address::ZERO);
    for (last, predicate) in (1..).zip(Predicate::ALL) {
        let token_type = predicate.token_type();
        bridge.register_predicate(token_type, Some(predicate));
        let mut child = address!("000000000000000000000000000000c0ffee0000");
        child.0[19] = last;
        bridge.map_token(Address::with_last_byte(last), child, token_type).expect("a new token");
    }
    let header = HeaderBlock { root, start: U256::from(start), ..HeaderBlock::default() };
    let exit = strict(payload, root, start);
    let call = bridge.check(payload, |_| header);
    match (&exit, &call) {
        (None, _) | (Some(_), Err(ExitRevert::TokenNotMapped { .. })) => {}
        (Some(exit), Ok(call)) => {
            assert_eq!((exit.exit_hash(), exit.child_token()), (call.exit_hash, call.child_token))
        }
        (Some(exit), Err(revert)) => panic!("{exit:?} is verified and reverts: {revert}"),
    }
    let Ok(call) = call else { return };
    if let Ok(payout) = call.payout() {
        let _ = payout.pay(&mut Obedient);
        if let Some(exit) = exit {
            assert_eq!(exit.beneficiary(), payout.beneficiary);
        }
    }
    bridge.settle(&call);
    assert!(matches!(bridge.check(payload, |_| header), Err(ExitRevert::AlreadyProcessed { .. })));
});
