//! One of many delegators buys shares worth a token, and is paid what his shares have earned.
//!
//! Limit: the entries that change, read and written once, and the divisions. Peer: the contract's text over one map a
//! contract, which to be able to take everything back works on a copy of them.

use alloy_primitives::{Address, U256};
use benches::{Comparison, criterion};
use bttc_core::{amount::Amount, hash::keccak256, id::ValidatorId, signature::SecretKey};
use bttc_staking::{
    stake::{StakeFor, StakeManager, StakeParams},
    token::Token,
};
use std::collections::BTreeMap;

const CONTRACT: Address = Address::repeat_byte(1);
/// Its share contract counts its rate in 10⁻²⁹.
const VALIDATOR: ValidatorId = ValidatorId::new(8);

fn main() {
    let mut criterion = criterion();
    for count in [100, 100_000] {
        let users: Vec<Address> = (0..count).map(user).collect();
        let mut contract = deployed(&users);
        let (mut port, mut limit) = (Port::of(&contract), Port::of(&contract));
        let buyer = users[users.len() / 2];
        let token = Amount::from_btt(1);

        for _ in 0..2 {
            contract.buy_voucher(buyer, VALIDATOR, token, Amount::ZERO).expect("he has allowed it");
            assert!(port.buy(buyer, token.to_word()));
            limit.change(buyer, token.to_word());
            assert_eq!((&port, &limit), (&Port::of(&contract), &port));
        }

        Comparison::new(&mut criterion, "delegation::buy_voucher", format!("delegators={count}"), 1)
            .by("limit", || limit.change(buyer, token.to_word()))
            .by("buy_voucher", || contract.buy_voucher(buyer, VALIDATOR, token, Amount::ZERO).is_ok())
            .by("port", || port.buy(buyer, token.to_word()));
    }
    criterion.final_summary();
}

fn user(number: u64) -> Address {
    Address::from_word(keccak256(number.to_be_bytes()))
}

/// Eight validators, of which the last has the delegators, each with a share.
fn deployed(users: &[Address]) -> StakeManager {
    let mut token = Token::default();
    let keys: Vec<SecretKey> =
        (0..8_u8).map(|byte| SecretKey::from_bytes(&keccak256([byte])).expect("a hash is a key")).collect();
    for user in keys.iter().map(SecretKey::address).chain(users.iter().copied()) {
        token.mint(user, Amount::from_btt(1_000_000_000)).expect("there are few tokens");
        token.approve(user, CONTRACT, Amount::from_btt(1_000_000_000)).expect("nobody is address zero");
    }
    let (none, validator_threshold) = (Amount::ZERO, U256::from(8));
    let params = StakeParams { min_deposit: none, min_fee: none, validator_threshold, ..StakeParams::default() };
    let mut contract = StakeManager::new(CONTRACT, CONTRACT, token, params);
    for (place, key) in (1..).zip(&keys) {
        let (user, signer_key) = (key.address(), key.public_key().coordinates().to_vec().into());
        let (amount, share_contract) = (Amount::from_btt(100), Some(Address::with_last_byte(place)));
        let stake = StakeFor { user, amount, fee: Amount::ZERO, signer_key, share_contract };
        contract.stake_for(user, &stake).expect("there is room for eight");
    }
    for user in users {
        contract.buy_voucher(*user, VALIDATOR, Amount::from_btt(1), Amount::ZERO).expect("he has allowed it");
    }
    contract
}

#[derive(Clone, Debug, PartialEq)]
struct Port {
    balances: BTreeMap<Address, U256>,
    allowances: BTreeMap<(Address, Address), U256>,
    shares: BTreeMap<Address, (U256, U256)>,
    all_shares: U256,
    delegated: U256,
    reward_per_share: U256,
}

impl Port {
    fn of(contract: &StakeManager) -> Self {
        let pool = contract.pool(VALIDATOR).expect("it has a share contract");
        let holders = contract.token().holders().map(|(user, balance)| (user, balance.to_word()));
        let users = pool.delegators().map(|(user, _)| user);
        let allowance = |user| ((user, CONTRACT), contract.token().allowance(user, CONTRACT).to_word());
        let shares = pool
            .delegators()
            .map(|(user, delegator)| (user, (delegator.shares.to_word(), delegator.initial_reward_per_share)));
        Self {
            balances: holders.collect(),
            allowances: users.map(allowance).collect(),
            shares: shares.collect(),
            all_shares: pool.total_shares().to_word(),
            delegated: pool.active_amount().to_word(),
            reward_per_share: pool.reward_per_share(),
        }
    }

    fn buy(&mut self, user: Address, amount: U256) -> bool {
        let before = self.clone();
        let allowed = self.allowances.get(&(user, CONTRACT)).is_some_and(|allowed| *allowed >= amount);
        let there = self.balances.get(&user).is_some_and(|balance| *balance >= amount);
        self.change(user, amount);
        if !allowed || !there {
            *self = before;
        }
        allowed && there
    }

    fn change(&mut self, user: Address, amount: U256) {
        let (shares, initial) = self.shares.get(&user).copied().unwrap_or_default();
        let owed = (self.reward_per_share - initial) * shares / U256::from(10).pow(U256::from(25));
        let one = U256::from(10).pow(U256::from(29));
        let rate = if self.all_shares.is_zero() { one } else { self.delegated * one / self.all_shares };
        let bought = amount * one / rate;
        let taken = rate * bought / one;
        self.shares.insert(user, (shares + bought, self.reward_per_share));
        self.all_shares += bought;
        self.delegated += taken;
        if let Some(allowed) = self.allowances.get_mut(&(user, CONTRACT)) {
            *allowed -= taken;
        }
        for (holder, more, less) in [(user, owed, taken), (CONTRACT, taken, owed)] {
            if let Some(balance) = self.balances.get_mut(&holder) {
                *balance = *balance + more - less;
            }
        }
    }
}
