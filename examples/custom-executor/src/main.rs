//! `custom-executor`: runs three blocks of a network of one's own and prints the gas by what was called.

use alloy_consensus::{SignableTransaction, TxEnvelope, TxLegacy};
use alloy_primitives::{Address, Signature, TxKind, U256};
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    schedule::FixedProducers,
    signature::SecretKey,
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    chain::Chain,
    genesis::{DevnetAllocation, devnet_genesis},
    system::Facts,
    transaction::Transaction,
};
use custom_executor::GasBook;
use std::{collections::BTreeMap, error::Error, sync::Arc};

fn main() -> Result<(), Box<dyn Error>> {
    let (spec, alice) = (ChainSpec::devnet(), SecretKey::from_bytes(&keccak256("alice"))?);
    let genesis = devnet_genesis(
        &spec,
        &DevnetAllocation {
            time: 1_700_000_000,
            validators: vec![Validator::new(ValidatorId::new(1), alice.address(), VotingPower::new(1))],
            balances: BTreeMap::from([(alice.address(), U256::MAX >> 150)]),
            root_chain: 1,
            root_token: Address::ZERO,
        },
    )?;
    let book = GasBook::default();
    let mut chain = Chain::open(spec.clone(), &genesis)?.with_executors(Arc::new(book.clone()));
    let producers = FixedProducers::new(chain.producers(1)?, alice.address(), spec.timing);
    for (block, nonce) in (1_u64..=3).zip([0, 3, 6]) {
        let facts = Facts::new(1_700_000_000 + block, &producers);
        let called =
            [TxKind::Call(spec.contracts.native_token), TxKind::Call(Address::repeat_byte(0xee)), TxKind::Create];
        let offered = called.into_iter().zip(nonce..).map(|(to, nonce)| transaction(&alice, &spec, nonce, to));
        let offered: Vec<_> = offered.collect::<Result<_, _>>()?;
        let sealed = chain.build(offered, alice.address(), &facts)?.seal(&alice)?;
        chain.import(sealed, &facts)?;
    }
    println!("{} blocks", chain.head().header().height());
    for (called, gas) in book.entries() {
        let called = called.map_or_else(|| "creations".to_owned(), |to| to.to_string());
        println!("{called:42}  {gas:>9} gas");
    }
    Ok(())
}

/// Asks the token for its name, sends nothing to somebody, or makes an empty contract.
fn transaction(from: &SecretKey, spec: &ChainSpec, nonce: u64, to: TxKind) -> Result<Transaction, Box<dyn Error>> {
    let input = if to.to() == Some(&spec.contracts.native_token) { keccak256("name()")[..4].to_vec() } else { vec![] };
    let (chain_id, gas_limit) = (Some(spec.chain_id), 60_000);
    let body = TxLegacy { chain_id, nonce, gas_price: 1, gas_limit, to, input: input.into(), ..TxLegacy::default() };
    let seal = from.sign(&body.signature_hash());
    let signature = Signature::new(seal.r.into(), seal.s.into(), seal.v == 1);
    Ok(Transaction::try_from(&TxEnvelope::from(body.into_signed(signature)))?)
}
