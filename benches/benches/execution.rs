//! A block of a thousand transactions on a state of a thousand accounts: plain transfers, and transfers of an ERC-20
//! token, each to somebody else. Senders are known, and nobody asks for the root.
//!
//! Limit: revm itself on the same state, with its own checks, fees and commits, without the two logs of this chain.

use alloy_consensus::{SignableTransaction, TxEnvelope, TxLegacy};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256};
use benches::{Comparison, criterion, validators};
use bttc_core::{chain::ChainSpec, hash::keccak256};
use bttc_evm::{
    executor::{BlockContext, Executor, NativeLogs, RevmExecutor},
    genesis::{ChildToken, DevnetAllocation, devnet_genesis},
    state::{Account, Pending, State},
    transaction::Transaction,
};
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext,
    context::{BlockEnv, CfgEnv, TxEnv},
    primitives::hardfork::SpecId,
};
use std::collections::BTreeMap;

const TRANSACTIONS: u64 = 1_000;
const GAS_LIMIT: u64 = 100_000;
const TOKEN: Address = ChildToken::Erc20.address();
const AUTHOR: Address = Address::repeat_byte(0xa0);

/// What is moved.
#[derive(Clone, Copy, Debug)]
enum Moved {
    Coin,
    Token,
}

fn main() {
    let mut criterion = criterion();
    for moved in [Moved::Coin, Moved::Token] {
        let work = Work::new(moved);
        let (gas, logs) = match moved {
            Moved::Coin => (Some(21_000), 2),
            Moved::Token => (None, 2),
        };
        let mut executor = work.executor();
        for (transaction, sender) in &work.transactions {
            let executed = executor.transact(transaction, *sender, u64::MAX).expect("everybody can pay");
            assert!(executed.status.is_success() && executed.logs.len() == logs);
            assert!(gas.is_none_or(|gas| gas == executed.gas_used));
        }
        assert_eq!(executor.state_root(), work.by_revm().root());

        let input = format!("moved={moved:?} transactions={TRANSACTIONS}");
        Comparison::new(&mut criterion, "executor::transact", input, TRANSACTIONS)
            .by("limit_revm", || work.by_revm())
            .by("RevmExecutor", || work.by_executor());
    }
    criterion.final_summary();
}

/// A state, and the transactions of a block on it.
struct Work {
    state: State,
    hashes: BTreeMap<u64, B256>,
    context: BlockContext,
    transactions: Vec<(Transaction, Address)>,
}

impl Work {
    fn new(moved: Moved) -> Self {
        let spec = ChainSpec::devnet();
        let holder = |index: u64| Address::from_word(keccak256(index.to_be_bytes()));
        let rich = U256::MAX >> 16;
        let holders = (0..TRANSACTIONS).map(|index| (holder(index), Account::with_balance(rich)));
        let state = State::from_accounts(holders.chain([(TOKEN, token((0..TRANSACTIONS).map(holder)))]));
        let transaction = |index: u64| {
            let other = holder((index + 1) % TRANSACTIONS);
            let (to, value, input) = match moved {
                Moved::Coin => (other, U256::from(1), Bytes::new()),
                Moved::Token => {
                    let selector = &keccak256("transfer(address,uint256)")[..4];
                    let input = [selector, other.into_word().as_slice(), &U256::from(1).to_be_bytes::<32>()].concat();
                    (TOKEN, U256::ZERO, input.into())
                }
            };
            let (chain_id, to) = (Some(spec.chain_id), TxKind::Call(to));
            let body = TxLegacy { chain_id, nonce: 0, gas_price: 1, gas_limit: GAS_LIMIT, to, value, input };
            let signed = TxEnvelope::from(body.into_signed(Signature::test_signature()));
            (Transaction::try_from(&signed).expect("it was just made"), holder(index))
        };
        let context = BlockContext {
            chain_id: spec.chain_id,
            number: U256::from(1),
            gas_limit: u64::MAX,
            author: AUTHOR,
            ..BlockContext::default()
        };
        let transactions = (0..TRANSACTIONS).map(transaction).collect();
        Self { state, hashes: BTreeMap::new(), context, transactions }
    }

    fn executor(&self) -> RevmExecutor<'_> {
        RevmExecutor::new(&self.state, &self.hashes, self.context, NativeLogs::Emit)
    }

    /// The block as the chain executes it; gives the number of logs.
    fn by_executor(&self) -> usize {
        let mut executor = self.executor();
        let executed = self.transactions.iter().map(|(transaction, sender)| {
            executor.transact(transaction, *sender, u64::MAX).expect("everybody can pay").logs.len()
        });
        executed.sum()
    }

    /// The block as revm executes it, each transaction committed.
    fn by_revm(&self) -> Pending<'_> {
        let mut cfg = CfgEnv::new_with_spec(SpecId::BERLIN).with_mainnet_gas_params();
        cfg.chain_id = self.context.chain_id;
        cfg.tx_gas_limit_cap = Some(u64::MAX);
        let block = BlockEnv {
            number: self.context.number,
            beneficiary: AUTHOR,
            gas_limit: self.context.gas_limit,
            basefee: 0,
            ..BlockEnv::default()
        };
        let database = Pending::new(&self.state, &self.hashes);
        let context = Context::mainnet().with_cfg(cfg).with_block(block).with_db(database);
        let mut evm = context.build_mainnet();
        for (transaction, sender) in &self.transactions {
            let tx = TxEnv {
                caller: *sender,
                chain_id: Some(self.context.chain_id),
                gas_limit: GAS_LIMIT,
                gas_price: 1,
                kind: transaction.to(),
                value: transaction.value(),
                data: transaction.input().clone(),
                ..TxEnv::default()
            };
            evm.transact_commit(tx).expect("everybody can pay");
        }
        evm.ctx.journaled_state.database
    }
}

/// The devnet's token, of which each holder has something.
fn token(holders: impl Iterator<Item = Address>) -> Account {
    let allocation = DevnetAllocation {
        time: 0,
        validators: validators(1),
        balances: BTreeMap::new(),
        root_chain: 1,
        root_token: Address::ZERO,
    };
    let genesis = devnet_genesis(&ChainSpec::devnet(), &allocation).expect("there is a validator");
    let balance = |holder: Address| {
        // Slot 5 maps holders to balances.
        let slot = keccak256([holder.into_word().0, U256::from(5).to_be_bytes()].concat());
        (U256::from_be_bytes(slot.0), U256::from(1_000))
    };
    Account::new(1, U256::ZERO, genesis.alloc[&TOKEN].code.clone(), holders.map(balance))
}
