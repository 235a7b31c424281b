//! A checkpoint's reward, shared out on TRON: three quarters of the validators sign, the others are settled.
//!
//! Limit: the recoveries of the signatures. Peer: the contract's text as it stands, over one map, with the recovery that
//! alloy brings; to be able to take everything back it works on a copy of what it may change.

use alloy_primitives::{Address, B256, U256};
use benches::{Comparison, criterion};
use bttc_core::{
    amount::Amount,
    hash::keccak256,
    signature::{SecretKey, SignatureWords},
};
use bttc_staking::{
    stake::{StakeFor, StakeManager, StakeParams},
    token::Token,
};
use std::collections::BTreeMap;

const CONTRACT: Address = Address::repeat_byte(1);

fn main() {
    let mut criterion = criterion().sample_size(10);
    for count in [100, 10_000] {
        let mut keys: Vec<SecretKey> = (0..count).map(key).collect();
        keys.sort_by_key(SecretKey::address);
        let mut contract = deployed(&keys);
        let mut port = Port::of(&contract);
        let vote = keccak256(b"a checkpoint");
        let signing = keys.iter().enumerate().filter(|(place, _)| place % 4 != 3);
        let signatures: Vec<SignatureWords> = signing.map(|(_, key)| key.sign(&vote).into()).collect();
        let proposer = keys[0].address();
        let blocks = contract.params().shape.interval;

        for _ in 0..2 {
            let paid = contract.check_signatures(blocks, vote, B256::ZERO, proposer, &signatures).expect("enough sign");
            assert_eq!(port.pay(&vote, proposer, &signatures), paid.reward.to_word());
            assert_eq!(port, Port::of(&contract));
        }

        let elements = signatures.len().try_into().unwrap_or(u64::MAX);
        Comparison::new(&mut criterion, "reward::check_signatures", format!("validators={count}"), elements)
            .by("limit", || signatures.iter().filter(|words| words.recover(&vote).is_ok()).count())
            .by("check_signatures", || contract.check_signatures(blocks, vote, B256::ZERO, proposer, &signatures))
            .by("port", || port.pay(&vote, proposer, &signatures));
    }
    criterion.final_summary();
}

fn key(number: u64) -> SecretKey {
    SecretKey::from_bytes(&keccak256(number.to_be_bytes())).expect("a hash is a key")
}

/// Everybody stakes 100 to 109 tokens.
fn deployed(keys: &[SecretKey]) -> StakeManager {
    let mut token = Token::default();
    let params = StakeParams {
        min_deposit: Amount::from_btt(1),
        min_fee: Amount::ZERO,
        validator_threshold: U256::from(keys.len()),
        ..StakeParams::default()
    };
    for key in keys {
        token.mint(key.address(), Amount::from_btt(1_000)).expect("there are few tokens");
        token.approve(key.address(), CONTRACT, Amount::from_btt(1_000)).expect("nobody is address zero");
    }
    let mut contract = StakeManager::new(CONTRACT, CONTRACT, token, params);
    for (place, key) in (0..).zip(keys) {
        let (user, signer_key) = (key.address(), key.public_key().coordinates().to_vec().into());
        let amount = Amount::from_btt(100 + place % 10);
        let stake = StakeFor { user, amount, fee: Amount::ZERO, signer_key, share_contract: None };
        contract.stake_for(user, &stake).expect("there is room for everybody");
    }
    contract
}

#[derive(Clone, Debug, PartialEq)]
struct Account {
    amount: U256,
    reward: U256,
    initial: U256,
}

#[derive(Clone, Debug, PartialEq)]
struct Port {
    signers: BTreeMap<Address, Account>,
    index: U256,
    previous: U256,
    full: U256,
    bonus: U256,
}

impl Port {
    fn of(contract: &StakeManager) -> Self {
        let accounts = contract.accounts().map(|(_, account)| {
            let (amount, reward) = (account.amount.to_word(), account.reward.to_word());
            (account.signer, Account { amount, reward, initial: account.initial_reward_per_stake })
        });
        Self {
            signers: accounts.collect(),
            index: contract.reward_per_stake(),
            previous: contract.previous_intervals(),
            full: contract.params().rewards[&U256::ONE].to_word(),
            bonus: U256::from(contract.params().shape.proposer_bonus),
        }
    }

    /// A checkpoint of full length, with everybody's stake in no share contract.
    fn pay(&mut self, vote: &B256, proposer: Address, signatures: &[SignatureWords]) -> U256 {
        let (mut next, mut last, mut power, mut heads) = (self.signers.clone(), Address::ZERO, U256::ZERO, 0);
        let (mut unsigned, mut rest) = (Vec::new(), self.signers.keys().peekable());
        for words in signatures {
            let signer = by_alloy(vote, words).unwrap_or_default();
            if signer <= last {
                break;
            }
            let Some(account) = self.signers.get(&signer) else { continue };
            (last, power, heads) = (signer, power + account.amount, heads + 1);
            for other in rest.by_ref() {
                if *other == signer {
                    break;
                }
                unsigned.push(*other);
            }
        }
        unsigned.extend(rest.copied());
        assert!(heads > 2 * self.signers.len() / 3, "2/3+1 non-majority!");

        let all: U256 = self.signers.values().fold(U256::ZERO, |sum, account| sum + account.amount);
        let reward = self.full * power / all;
        let bonus = reward * self.bonus / U256::from(100);
        let index = self.index + (reward - bonus) * precision() / power;
        if let Some(account) = next.get_mut(&proposer) {
            account.reward += bonus;
        }
        for signer in unsigned {
            if let Some(account) = next.get_mut(&signer) {
                if account.initial < self.index {
                    account.reward += (self.index - account.initial) * account.amount / precision();
                }
                account.initial = index;
            }
        }
        self.signers = next;
        self.index = index;
        reward
    }
}

fn precision() -> U256 {
    U256::from(10).pow(U256::from(25))
}

fn by_alloy(vote: &B256, words: &SignatureWords) -> Option<Address> {
    let odd = words.v.byte(0) % 27 == 1;
    let signature = alloy_primitives::Signature::from_scalars_and_parity(words.r.into(), words.s.into(), odd);
    signature.recover_address_from_prehash(vote).ok()
}
