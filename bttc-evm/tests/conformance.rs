//! Vectors of the specification, run through this crate. The recorded ones are `examples/conformance`'s.

use alloy_primitives::{Address, B256, U256};
use bttc_core::hash::keccak256;
use bttc_evm::{
    executor::{fee_log, transfer_log},
    receipt::{Receipt, Status, receipts_root},
    transaction::TransactionType,
};

/// Vector D13: log words, receipt, bloom and root of a plain transfer.
#[test]
fn a_plain_transfer_leaves_the_derived_receipt() {
    let [sender, recipient, author] = [0x11, 0x22, 0x33].map(Address::repeat_byte);
    let units = |tenths: u64| U256::from(tenths) * U256::from(10).pow(U256::from(17));
    let transfer = transfer_log(sender, recipient, units(10), [units(9_850), units(50)], [units(9_840), units(60)]);
    let fee = fee_log(sender, author, units(63), [units(10_000), units(70)]);
    let receipt = Receipt::new(TransactionType::Legacy, Status::Succeeded, 21_000, 21_000, None, vec![transfer, fee]);
    let encoded = receipt.to_consensus_bytes();
    assert_eq!(encoded.len(), 909);
    let hashes = [keccak256(&encoded), keccak256(receipt.bloom), receipts_root(&[receipt])];
    let expected = [
        "0xf25ff0b787e6bad4b0af028e9eebc6f5d5b94674f4655217119cb3d381469632",
        "0x6fa1d5461a412f1bda4b07a80ba1f57246d9891815700fd87fde7027c59dc0c6",
        "0x4542cf9a10136a335f7e3437dfaf52d3cde5730de6245bc5e7054149f7d68520",
    ];
    assert_eq!(hashes, expected.map(|hash| hash.parse::<B256>().unwrap()));
}
