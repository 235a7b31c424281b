//! Receipts: one form each, and what is read of their logs agrees with the predicates.
#![no_main]

use bttc_checkpoint::{
    exit::{MappedToken, Receipt, TokenMap, contract::Predicate, exitable, scan_receipt},
    side_chain::TransactionPlace,
};
use bttc_core::root_chain::RootChainId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(receipt) = Receipt::decode(data) else { return };
    assert_eq!(receipt.to_bytes().as_ref(), data);
    let exits = exitable(&receipt).unwrap_or_default();
    let place = TransactionPlace { block: 1, index: 2 };
    for predicate in Predicate::ALL {
        let mut tokens = TokenMap::new();
        for log in &receipt.logs {
            let mapped = MappedToken { root_token: log.address, predicate, held: None };
            tokens.insert(RootChainId::Bsc, log.address, mapped);
        }
        for found in scan_receipt(place, &receipt, &tokens, |_, _| false) {
            let Some((_, payout)) = found.open().next() else { continue };
            // A plain ERC1155 batch of other amounts than ids is the token's to refuse.
            if let Some(exit) = exits.iter().find(|exit| exit.log_index == found.log_index) {
                assert_eq!(exit.event.beneficiary, payout.beneficiary);
            } else {
                assert_eq!(predicate, Predicate::Erc1155);
            }
        }
    }
});
