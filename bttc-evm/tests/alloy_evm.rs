//! A host that speaks alloy's `Evm` gets this chain's logs.
#![cfg(feature = "alloy-evm")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use alloy_evm::{Evm, EvmFactory};
use alloy_primitives::{Address, Bytes, Log, TxKind, U256};
use bttc_evm::{
    executor::{BlockContext, BttcEvmFactory, NativeLogs, SYSTEM_ADDRESS, env, fee_log, transfer_log},
    state::{Account, Pending, State},
};
use revm::{Inspector, context::TxEnv};
use std::collections::BTreeMap;

const SENDER: Address = Address::repeat_byte(0x5e);
const AUTHOR: Address = Address::repeat_byte(0xa0);
const RECEIVER: Address = Address::repeat_byte(0x07);
const FAILS: Address = Address::repeat_byte(0xfa);

fn state() -> State {
    State::from_accounts([
        (SENDER, Account::with_balance(U256::from(1_000_000))),
        (RECEIVER, Account::with_balance(U256::from(100))),
        (FAILS, Account::new(1, U256::ZERO, Bytes::from_static(&[0xfe]), [])),
    ])
}

fn block() -> BlockContext {
    BlockContext { chain_id: 199, author: AUTHOR, gas_limit: 1_000_000, ..BlockContext::default() }
}

fn transaction(to: Address, value: u64) -> TxEnv {
    TxEnv {
        caller: SENDER,
        chain_id: Some(199),
        gas_limit: 200_000,
        gas_price: 1,
        kind: TxKind::Call(to),
        value: U256::from(value),
        ..TxEnv::default()
    }
}

fn words<const N: usize>(numbers: [u64; N]) -> [U256; N] {
    numbers.map(U256::from)
}

/// What the client logs: balances after gas was bought, then the fee on balances from before.
fn logs() -> [Log; 2] {
    let [amount, fee] = words([5, 21_000]);
    [
        transfer_log(SENDER, RECEIVER, amount, words([800_000, 100]), words([799_995, 105])),
        fee_log(SENDER, AUTHOR, fee, words([1_000_000, 0])),
    ]
}

#[derive(Debug, Default)]
struct Seen(Vec<Log>);

impl<CTX> Inspector<CTX> for Seen {
    fn log(&mut self, _: &mut CTX, log: Log) {
        self.0.push(log);
    }
}

#[test]
fn a_transfer_through_the_factory_logs_the_transfer_and_the_fee() {
    let (state, hashes) = (state(), BTreeMap::new());
    let factory = BttcEvmFactory::new(NativeLogs::Emit);
    let mut evm = factory.create_evm(Pending::new(&state, &hashes), env(&block()));
    let result = evm.transact_commit(transaction(RECEIVER, 5)).unwrap();
    assert_eq!((result.is_success(), result.tx_gas_used(), result.logs()), (true, 21_000, &logs()[..]));
    let after = evm.db_mut();
    let balances = [SENDER, RECEIVER, AUTHOR].map(|account| after.balance(account));
    assert_eq!(balances, words([1_000_000 - 21_005, 105, 21_000]));

    let failed = evm.transact_commit(TxEnv { nonce: 1, gas_limit: 30_000, ..transaction(FAILS, 5) }).unwrap();
    assert_eq!((failed.is_success(), failed.logs().len()), (false, 1)); // the fee alone
    assert!(evm.transact(transaction(RECEIVER, 5)).is_err()); // revm's own checks hold: the nonce is used
}

#[test]
fn an_inspector_sees_the_transfer_and_logs_can_be_left_out() {
    let (state, hashes) = (state(), BTreeMap::new());
    let factory = BttcEvmFactory::new(NativeLogs::Emit);
    let mut evm = factory.create_evm_with_inspector(Pending::new(&state, &hashes), env(&block()), Seen::default());
    assert_eq!(evm.transact(transaction(RECEIVER, 5)).unwrap().result.logs(), logs());
    assert_eq!(evm.inspector().0, logs()[..1]); // no frame makes the fee log

    let plain = BttcEvmFactory::new(NativeLogs::Omit);
    let mut evm = plain.create_evm(Pending::new(&state, &hashes), env(&block()));
    assert!(evm.transact(transaction(RECEIVER, 5)).unwrap().result.logs().is_empty());
}

#[test]
fn a_system_call_buys_no_gas_and_a_failed_one_leaves_no_trace() {
    let (state, hashes) = (state(), BTreeMap::new());
    let mut evm = BttcEvmFactory::default().create_evm(Pending::new(&state, &hashes), env(&block()));
    let called = evm.transact_system_call(SYSTEM_ADDRESS, RECEIVER, Bytes::new()).unwrap();
    assert!(called.result.is_success() && !called.state.contains_key(&SYSTEM_ADDRESS));
    let failed = evm.transact_system_call(SYSTEM_ADDRESS, FAILS, Bytes::new()).unwrap();
    assert!(failed.result.is_halt() && failed.state.values().all(|account| !account.is_touched()));
}
