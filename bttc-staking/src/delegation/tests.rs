//! Contracts to test with, and what share contracts do.

use super::*;
use crate::{
    stake::{Delegation, StakeEvent, StakeFor, StakeManager, StakeParams},
    token::Token,
};
use alloc::{string::ToString, vec::Vec};
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::Amount,
    hash::keccak256,
    id::{Epoch, Nonce, ValidatorId},
    signature::{SecretKey, Signer as _},
};

pub(crate) const MANAGER: Address = Address::repeat_byte(0x11);
pub(crate) const GOVERNANCE: Address = Address::repeat_byte(0x22);
pub(crate) const ALICE: Address = Address::repeat_byte(0xa1);
pub(crate) const BOB: Address = Address::repeat_byte(0xb0);
const DIGEST: B256 = B256::repeat_byte(0xd1);

pub(crate) const fn id(number: u64) -> ValidatorId {
    ValidatorId::new(number)
}

pub(crate) fn base(btt: u64) -> Amount {
    Amount::from_btt(btt)
}

/// A validator's key, whose address owns it as well. Keys of higher ids have higher addresses.
pub(crate) fn key(number: u64) -> SecretKey {
    let mut keys: Vec<SecretKey> = (0..9_u8).map(|i| SecretKey::from_bytes(&keccak256([i])).unwrap()).collect();
    keys.sort_by_key(SecretKey::address);
    keys.swap_remove(usize::try_from(number).unwrap() - 1)
}

pub(crate) fn owner(number: u64) -> Address {
    key(number).address()
}

/// Validators 1, 2, … with 100 BTT and a share contract each, on which Alice has delegated so many BTT.
pub(crate) fn delegated(amounts: &[u64]) -> StakeManager {
    let mut token = Token::default();
    token.mint(MANAGER, base(1_000_000)).unwrap();
    let numbers = 1..=u64::try_from(amounts.len()).unwrap();
    for user in numbers.clone().map(owner).chain([ALICE, BOB]) {
        token.mint(user, base(1_000)).unwrap();
        token.approve(user, MANAGER, base(1_000)).unwrap();
    }
    let mut params = StakeParams {
        min_deposit: base(1),
        min_fee: Amount::ZERO,
        validator_threshold: U256::from(100),
        ..StakeParams::default()
    };
    params.rewards.insert(U256::ONE, base(1_000));
    params.shape.interval = U256::ONE;
    let mut contract = StakeManager::new(MANAGER, GOVERNANCE, token, params);
    contract.set_dynasty(GOVERNANCE, U256::from(8)).unwrap();
    for (number, amount) in numbers.zip(amounts) {
        let stake = StakeFor {
            user: owner(number),
            amount: base(100),
            fee: Amount::ZERO,
            signer_key: key(number).public_key().coordinates().to_vec().into(),
            share_contract: Some(Address::with_last_byte(u8::try_from(number).unwrap())),
        };
        contract.stake_for(owner(number), &stake).unwrap();
        if *amount > 0 {
            contract.buy_voucher(ALICE, id(number), base(*amount), Amount::ZERO).unwrap();
        }
    }
    contract
}

/// A checkpoint of full length, signed by all signers.
pub(crate) fn signed_checkpoint(contract: &mut StakeManager) {
    let signing = (1..10).map(key).filter(|key| contract.signers().contains(&key.address()));
    let signatures: Vec<_> = signing.map(|key| key.sign_digest(&DIGEST).unwrap().into()).collect();
    contract.check_signatures(U256::ONE, DIGEST, B256::ZERO, Address::ZERO, &signatures).unwrap();
}

pub(crate) fn at_epoch(contract: &mut StakeManager, epoch: u64) {
    contract.set_epoch(GOVERNANCE, Epoch::new(epoch)).unwrap();
}

#[test]
fn a_delegator_is_paid_what_his_shares_have_earned_since_he_has_them() {
    let mut contract = delegated(&[100]);
    signed_checkpoint(&mut contract);
    // 900 of 1 000 without the bonus, half of it the delegators'.
    assert_eq!(contract.liquid_rewards(id(1), ALICE), Some(Ok(base(450))));
    contract.buy_voucher(BOB, id(1), base(100), Amount::ZERO).unwrap();
    assert_eq!(contract.liquid_rewards(id(1), BOB), Some(Ok(Amount::ZERO)));
    let before = contract.token().balance(ALICE);
    let events = contract.withdraw_delegator_rewards(ALICE, id(1)).unwrap();
    assert_eq!((events.len(), contract.token().balance(ALICE)), (2, before.checked_add(base(450)).unwrap()));
    let again = contract.withdraw_delegator_rewards(ALICE, id(1)).unwrap_err();
    assert_eq!(again.reason(), "Too small rewards amount");
}

#[test]
fn rewards_become_shares_without_a_token_moving() {
    let mut contract = delegated(&[100]);
    signed_checkpoint(&mut contract);
    let held = contract.token().balance(MANAGER);
    let ([bought, owed], _) = contract.restake_delegator_rewards(ALICE, id(1)).unwrap();
    assert_eq!((bought, owed, contract.token().balance(MANAGER)), (base(450), base(450), held));
    assert_eq!(contract.total_stake(id(1), ALICE), Some(Ok((base(550), Amount::from_units(100)))));
}

#[test]
fn q114_what_is_credited_while_there_are_no_shares_is_lost() {
    let contract = delegated(&[0, 100]);
    let later = |number| contract.pool(id(number)).unwrap().reward_per_share_with(base(5)).unwrap();
    assert_eq!(later(1), U256::ZERO);
    assert!(later(2) > U256::ZERO);
}

#[test]
fn q116_the_first_seven_validators_count_in_hundredths() {
    let of = |number| rate::precision(id(number)).to_word();
    assert_eq!([of(1), of(7), of(8)], [U256::from(100), U256::from(100), U256::from(10).pow(U256::from(29))]);
}

#[test]
fn q121_a_second_sale_by_the_old_interface_restarts_the_first() {
    let mut contract = delegated(&[100]);
    contract.sell_voucher(ALICE, id(1), base(40), base(40)).unwrap();
    at_epoch(&mut contract, 8);
    contract.sell_voucher(ALICE, id(1), base(10), base(10)).unwrap();
    at_epoch(&mut contract, 9);
    let early = contract.unstake_claim_tokens(ALICE, id(1)).unwrap_err();
    assert_eq!(early.reason(), "Incomplete withdrawal period");
    let bought = contract.buy_voucher(ALICE, id(1), base(1), Amount::ZERO).unwrap_err();
    assert_eq!(bought.reason(), "Ongoing exit");
    at_epoch(&mut contract, 16);
    let events = contract.unstake_claim_tokens(ALICE, id(1)).unwrap();
    assert!(matches!(events.last(), Some(StakeEvent::DelegatorUnstaked(paid)) if paid.amount == base(50)));
}

#[test]
fn q122_a_sale_of_nothing_uses_up_a_number() {
    let mut contract = delegated(&[100]);
    contract.sell_voucher_new(ALICE, id(1), Amount::ZERO, Amount::ZERO).unwrap();
    contract.sell_voucher_new(ALICE, id(1), base(1), base(1)).unwrap();
    at_epoch(&mut contract, 20);
    assert!(contract.unstake_claim_tokens_new(ALICE, id(1), Nonce::new(1)).is_err());
    assert!(contract.unstake_claim_tokens_new(ALICE, id(1), Nonce::new(2)).is_ok());
    assert!(contract.unstake_claim_tokens_new(ALICE, id(1), Nonce::new(2)).is_err(), "paid once");
}

#[test]
fn q123_an_allowance_is_looked_at_after_the_shares_have_moved_and_undoes_it() {
    let mut contract = delegated(&[100]);
    let before = contract.clone();
    let mut reason = |value| contract.transfer_shares_from(id(1), ALICE, BOB, value).unwrap_err().reason();
    assert_eq!([reason(Amount::ZERO), reason(base(1))], ["disabled", ""]);
    assert_eq!(contract, before);
    assert_eq!(Allowance::To(base(1)).refusal().reason(), "disabled");
}

#[test]
fn q128_the_delay_is_that_of_the_claim() {
    let mut contract = delegated(&[100]);
    contract.sell_voucher_new(ALICE, id(1), base(40), base(40)).unwrap();
    at_epoch(&mut contract, 5);
    assert!(contract.unstake_claim_tokens_new(ALICE, id(1), Nonce::new(1)).is_err());
    contract.set_dynasty(GOVERNANCE, U256::from(4)).unwrap();
    assert!(contract.unstake_claim_tokens_new(ALICE, id(1), Nonce::new(1)).is_ok());
}

#[test]
fn delegation_goes_to_validators_from_the_eighth_on_and_takes_its_tokens_with_it() {
    let mut contract = delegated(&[100, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(contract.migrate_delegation(ALICE, id(1), id(7), base(1)).unwrap_err().reason(), "Invalid migration");
    let held = contract.token().balance(MANAGER);
    contract.migrate_delegation(ALICE, id(1), id(8), base(30)).unwrap();
    let active = |number| contract.pool(id(number)).unwrap().active_amount();
    assert_eq!((active(1), active(8), contract.token().balance(MANAGER)), (base(70), base(30), held));
    let much = contract.migrate_delegation(ALICE, id(1), id(8), base(71)).unwrap_err();
    assert_eq!(much.reason(), "Migrating too much");
}

#[test]
fn only_the_staking_contract_commands_a_share_contract() {
    let mut contract = delegated(&[100]);
    let before = contract.clone();
    assert!(contract.lock_pool(GOVERNANCE, id(1)).is_err());
    assert!(contract.set_pool_delegation(ALICE, id(1), Delegation::Closed).is_err());
    assert!(contract.migrate_out(ALICE, id(1), ALICE, base(1)).is_err());
    assert!(contract.migrate_in(ALICE, id(1), ALICE, base(1)).is_err());
    assert!(contract.slash_pool(ALICE, id(1), base(1), base(1), base(1)).is_err());
    assert!(contract.drain_pool(ALICE, id(1), Address::ZERO, ALICE, base(1)).is_err());
    assert_eq!(contract.initialize_pool(id(1)).unwrap_err().reason(), "already inited");
    assert_eq!(contract, before);
}

#[test]
fn slashing_would_take_from_active_and_leaving_alike() {
    let mut contract = delegated(&[0, 0, 0, 0, 0, 0, 0, 100]);
    contract.sell_voucher_new(ALICE, id(8), base(40), base(40)).unwrap();
    // 20 of 100 + 100.
    let slashed = contract.slash_pool(MANAGER, id(8), base(100), base(60), base(20)).unwrap();
    assert_eq!(slashed, base(10));
    let pool = contract.pool(id(8)).unwrap();
    assert_eq!((pool.active_amount(), pool.withdraw_pool()), (base(54), base(36)));
    let rate = U256::from(10).pow(U256::from(29)) * U256::from(9) / U256::from(10);
    assert_eq!(contract.exchange_rate(id(8)), Some(Ok(Amount::from_word(rate))));
    assert_eq!(contract.withdraw_exchange_rate(id(8)), Some(Ok(Amount::from_word(rate))));
}

#[test]
fn what_a_share_contract_holds_can_be_drained() {
    let mut contract = delegated(&[100, 0]);
    let [first, second] = [1, 2].map(Address::with_last_byte);
    let token = contract.deployment().token;
    contract.token_mut().transfer(MANAGER, first, base(7)).unwrap();
    contract.transfer_shares(ALICE, id(1), second, base(3)).unwrap();
    contract.drain_validator_shares(GOVERNANCE, id(1), token, BOB, base(7)).unwrap();
    contract.drain_validator_shares(GOVERNANCE, id(2), first, BOB, base(3)).unwrap();
    assert_eq!(contract.pool(id(1)).unwrap().delegator(BOB).map(|bob| bob.shares), Some(base(3)));
    assert!(contract.drain_validator_shares(GOVERNANCE, id(1), token, BOB, base(1)).is_err());
    assert!(contract.drain_validator_shares(GOVERNANCE, id(1), Address::ZERO, BOB, base(1)).is_err());
    assert!(contract.drain_validator_shares(GOVERNANCE, id(9), token, BOB, base(1)).is_err());
}

#[test]
fn a_share_contract_reads_as_a_table() {
    let mut contract = delegated(&[100]);
    contract.sell_voucher_new(ALICE, id(1), base(40), base(40)).unwrap();
    let pool = contract.pool(id(1)).unwrap();
    assert_eq!(
        pool.to_string(),
        "share contract of validator 1 at 0x0000000000000000000000000000000000000001\n  \
         open, precision 100\n  delegated   60 BTT in 60 shares\n  leaving     40 BTT\n  delegators  1"
    );
    assert!(alloc::format!("{pool:#}").ends_with("60 shares, 1 leaving"));
}

/// Slow if anything is copied or walked for each.
#[test]
fn a_hundred_thousand_delegators_are_no_burden_to_one() {
    let mut contract = delegated(&[0]);
    for number in 0..100_000_u32 {
        let user = Address::from_word(U256::from(number + 1_000).into());
        contract.token_mut().mint(user, base(1)).unwrap();
        contract.token_mut().approve(user, MANAGER, base(1)).unwrap();
        contract.buy_voucher(user, id(1), base(1), Amount::ZERO).unwrap();
    }
    signed_checkpoint(&mut contract);
    assert_eq!(contract.pool(id(1)).unwrap().delegators().count(), 100_000);
    let events = contract.sell_voucher_new(ALICE, id(1), base(1), base(1));
    assert_eq!(events.unwrap_err().reason(), "Too much requested");
    let user = Address::from_word(U256::from(1_000).into());
    assert_eq!(contract.sell_voucher_new(user, id(1), base(1), base(1)).unwrap().len(), 5);
}
