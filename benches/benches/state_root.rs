//! Root of the state after a block that changed 1,000 of 10⁴ … 10⁷ accounts.
//!
//! Limit: the hashes of the nodes that the block changed, once each. Peer: alloy's builder over all leaves, which are
//! hashed, encoded and sorted before.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_trie::{HashBuilder, Nibbles, TrieAccount};
use benches::{Comparison, criterion};
use bttc_core::hash::keccak256;
use bttc_evm::state::{Account, State};
use std::collections::{BTreeMap, BTreeSet};

const CHANGED: u64 = 1_000;

fn main() {
    let mut criterion = criterion();
    for accounts in [10_000, 100_000, 1_000_000, 10_000_000] {
        let state = State::from_accounts((0..accounts).map(|i| (address(i), account(i))));
        assert!(!state.root().is_zero());
        let changes: Vec<_> =
            (0..CHANGED).map(|i| (address(i * (accounts / CHANGED)), account(i + accounts))).collect();
        let changed = || {
            let mut after = state.clone();
            changes.iter().for_each(|(address, account)| after.insert(*address, account.clone()));
            after
        };
        let root = changed().root();
        let nodes: BTreeSet<Bytes> = {
            let after = changed();
            changes.iter().flat_map(|(address, _)| after.proof(*address)).collect()
        };
        let input = format!("accounts={accounts} changed={CHANGED}");
        let mut comparison = Comparison::new(&mut criterion, "state::root", input, CHANGED);
        comparison
            .by("limit", || nodes.iter().fold(B256::ZERO, |sum, node| sum ^ keccak256(node)))
            .by("state", || changed().root());
        // A rebuild of ten million takes half a minute.
        if accounts < 10_000_000 {
            let leaves: BTreeMap<B256, Vec<u8>> =
                changed().accounts().map(|(address, account)| (keccak256(address), leaf(account))).collect();
            assert_eq!(rebuilt(&leaves), root);
            comparison.by("alloy_rebuild", || rebuilt(&leaves));
        }
    }
    criterion.final_summary();
}

fn address(i: u64) -> Address {
    Address::from_word(U256::from(i).into())
}

fn account(i: u64) -> Account {
    Account::with_balance(U256::from(1_000_000_000_000_000_000_u64) + U256::from(i))
}

fn leaf(account: &Account) -> Vec<u8> {
    alloy_rlp::encode(TrieAccount { balance: account.balance(), ..TrieAccount::default() })
}

fn rebuilt(leaves: &BTreeMap<B256, Vec<u8>>) -> B256 {
    let mut builder = HashBuilder::default();
    leaves.iter().for_each(|(key, leaf)| builder.add_leaf(Nibbles::unpack(key), leaf));
    builder.root()
}
