//! A chain of one producer with a payer, for tests of what is asked of it.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use alloy_consensus::{SignableTransaction, TxEnvelope, TxLegacy};
use alloy_primitives::{Address, B256, TxKind, U256};
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    leaf::RangeRoot,
    signature::SecretKey,
    snapshot::{SnapshotSource, SnapshotView},
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    chain::Chain,
    genesis::{DevnetAllocation, devnet_genesis},
    transaction::Transaction,
};
use std::collections::BTreeMap;

/// Knows the empty snapshot, and takes the first leaf for the root.
#[derive(Debug)]
pub(crate) struct Nobody;

impl SnapshotSource for Nobody {
    fn snapshot(&self, _: B256) -> Option<SnapshotView> {
        Some(SnapshotView::default())
    }
}

impl RangeRoot for Nobody {
    fn root_of(&self, leaves: Vec<B256>) -> Option<B256> {
        leaves.first().copied()
    }
}

/// The producer's key, who is the payer too.
pub(crate) fn key() -> SecretKey {
    SecretKey::from_bytes(&keccak256(b"alice")).unwrap()
}

/// The chain at its genesis.
pub(crate) fn chain() -> Chain {
    chain_of(ChainSpec::devnet())
}

/// The chain of this spec at its genesis.
pub(crate) fn chain_of(spec: ChainSpec) -> Chain {
    let allocation = DevnetAllocation {
        time: 1_700_000_000,
        validators: vec![Validator::new(ValidatorId::new(1), key().address(), VotingPower::new(1))],
        balances: BTreeMap::from([(key().address(), U256::from(10).pow(U256::from(25)))]),
        root_chain: 1,
        root_token: Address::ZERO,
    };
    Chain::open(spec.clone(), &devnet_genesis(&spec, &allocation).unwrap()).unwrap()
}

/// A payment of one base unit with this nonce.
pub(crate) fn payment(nonce: u64) -> Transaction {
    payment_at(nonce, 1_000_000_000)
}

/// A payment of one base unit with this nonce, at this price of gas.
pub(crate) fn payment_at(nonce: u64, gas_price: u128) -> Transaction {
    let body = TxLegacy {
        chain_id: Some(ChainSpec::devnet().chain_id),
        nonce,
        gas_price,
        gas_limit: 21_000,
        to: TxKind::Call(Address::repeat_byte(0xb0)),
        value: U256::from(1),
        ..TxLegacy::default()
    };
    let s = key().sign(&body.signature_hash());
    let signature = alloy_primitives::Signature::new(s.r.into(), s.s.into(), s.v == 1);
    Transaction::try_from(&TxEnvelope::from(body.into_signed(signature))).unwrap()
}
