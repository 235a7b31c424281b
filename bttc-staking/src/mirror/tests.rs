//! What is odd about the mirror, one test a quirk.

use super::*;
use crate::stake::StakeStatus;
use alloc::vec::Vec;
use bttc_core::{
    hash::keccak256,
    signature::{SecretKey, SignatureWords},
};

const GOVERNANCE: Address = Address::repeat_byte(0x90);
const ONE: U256 = U256::from_limbs([1, 0, 0, 0]);

fn n(number: u64) -> U256 {
    U256::from(number)
}

fn btt(whole: u64) -> Amount {
    Amount::from_btt(whole)
}

fn seat(signer: Address, amount: Amount) -> Seat {
    Seat { signer, amount, activation_epoch: ONE, delegated: Amount::ZERO }
}

/// So many validators of 1 BTT with ids from 1, keys in ascending order of address.
fn mirror(validators: u8) -> (Mirror, Vec<SecretKey>) {
    let mut keys: Vec<SecretKey> =
        (0..validators).map(|byte| SecretKey::from_bytes(&keccak256([byte])).unwrap()).collect();
    keys.sort_by_key(SecretKey::address);
    let mut mirror = Mirror::new(GOVERNANCE, GOVERNANCE, MirrorParams::default());
    for (id, key) in (1..).zip(&keys) {
        mirror.set_validator(GOVERNANCE, n(id), &seat(key.address(), btt(1))).unwrap();
    }
    (mirror, keys)
}

fn sign<'a>(keys: impl IntoIterator<Item = &'a SecretKey>, digest: &B256) -> Vec<SignatureWords> {
    keys.into_iter().map(|key| key.sign(digest).into()).collect()
}

/// Delivers the next message about a validator, signed by all keys.
fn send(mirror: &mut Mirror, keys: &[SecretKey], id: u64, change: MirrorChange) -> Result<MirrorEvent, MessageError> {
    let nonce = mirror.nonce(n(id)) + ONE;
    let message = MirrorMessage { validator: n(id), nonce, change };
    let data = message.to_data();
    mirror.deliver(message.kind(), &data, &sign(keys, &Mirror::vote_hash(&data)))
}

fn exit(epoch: u64) -> MirrorChange {
    MirrorChange::Exit { deactivation_epoch: n(epoch) }
}

/// Ten blocks, all of these keys sign, nobody known proposes.
fn checkpoint(mirror: &mut Mirror, keys: &[SecretKey], epoch: U256) -> Result<MirrorReward, MirrorSignaturesError> {
    let vote = keccak256(b"checkpoint");
    mirror.check_signatures(n(10), epoch, vote, B256::ZERO, Address::repeat_byte(9), &sign(keys, &vote))
}

/// root-contracts §12.2 D.
#[test]
fn reference_result_d() {
    let (mut mirror, keys) = mirror(4);
    let vote = keccak256(b"0..1023");
    let signatures = sign(&keys[..3], &vote);
    let proposer = keys[0].address();
    let paid = mirror.check_signatures(n(1_024), n(7), vote, B256::ZERO, proposer, &signatures).unwrap();
    assert_eq!(paid.reward, Amount::from_word("3028200000000000000000".parse().unwrap()));
    assert_eq!((mirror.epoch(), paid.walk.unsigned), (n(8), Vec::from([n(4)])));

    send(&mut mirror, &keys, 5, MirrorChange::Join(seat(Address::repeat_byte(5), btt(1)))).unwrap();
    send(&mut mirror, &keys, 5, MirrorChange::StakeUpdate { amount: Amount::from_units(500_000_000_000_000_000) })
        .unwrap();
    assert_eq!(mirror.total_staked(), Amount::from_units(5_500_000_000_000_000_000));
    send(&mut mirror, &keys, 5, exit(9)).unwrap();
    assert!(mirror.is_validator(n(5)));
}

#[test]
fn an_account_reads_as_a_line() {
    let (mut mirror, _) = mirror(1);
    let line = |mirror: &Mirror| alloc::string::ToString::to_string(mirror.account(ONE).unwrap());
    assert_eq!(line(&mirror), alloc::format!("{} Active  stake 1 BTT", mirror.signers()[0]));
    mirror.set_validator(GOVERNANCE, n(2), &seat(Address::ZERO, btt(1))).unwrap();
    let signer = mirror.account(ONE).unwrap().signer;
    mirror.force_remove(GOVERNANCE, ONE).unwrap();
    assert_eq!(line(&mirror), alloc::format!("{signer} Unstaked until epoch 1  stake 1 BTT"));
}

#[test]
fn q135_the_signed_epoch_comes_first_and_goes_anywhere() {
    let (mut mirror, keys) = mirror(4);
    for epoch in [n(7), n(3), U256::ZERO, U256::MAX - ONE, n(5)] {
        checkpoint(&mut mirror, &keys, epoch).unwrap();
        assert_eq!(mirror.epoch(), epoch + ONE);
    }
    let before = mirror.clone();
    let last = checkpoint(&mut mirror, &keys, U256::MAX).unwrap_err();
    assert_eq!((last, mirror == before), (MirrorSignaturesError::LastEpoch { epoch: U256::MAX }, true));

    send(&mut mirror, &keys, 4, exit(9)).unwrap();
    assert!(checkpoint(&mut mirror, &keys[1..], n(8)).is_ok(), "id 4 is one of three in epoch 8");
    assert_eq!(checkpoint(&mut mirror, &keys[1..], n(9)).unwrap_err().reason(), "2/3+1 non-majority!");
}

#[test]
fn q136_a_decrease_is_added_to_all_stake() {
    let (mut mirror, keys) = mirror(4);
    let half = Amount::from_units(500_000_000_000_000_000);
    send(&mut mirror, &keys, 1, MirrorChange::StakeUpdate { amount: half }).unwrap();
    assert_eq!(mirror.total_staked().checked_sub(half), Ok(btt(4)));
    assert_eq!(mirror.live().amount.checked_add(half), Ok(btt(4)));
}

#[test]
fn q137_an_exit_takes_out_delegation_that_a_join_never_put_in() {
    let (mut mirror, keys) = mirror(4);
    let delegated = Seat { delegated: btt(2), ..seat(Address::repeat_byte(5), btt(1)) };
    send(&mut mirror, &keys, 5, MirrorChange::Join(delegated)).unwrap();
    assert_eq!((mirror.total_staked(), mirror.live().amount), (btt(5), btt(7)));
    mirror.set_validator(GOVERNANCE, n(6), &Seat { delegated: btt(9), ..seat(Address::ZERO, btt(1)) }).unwrap();
    let before = mirror.clone();
    let error = mirror.force_remove(GOVERNANCE, n(6)).unwrap_err();
    assert_eq!((error.reason(), mirror == before), ("", true), "{error}");
    mirror.force_remove(GOVERNANCE, n(5)).unwrap();
    assert_eq!((mirror.total_staked(), mirror.live().amount), (btt(3), btt(14)));
}

#[test]
fn q138_who_has_left_signs_until_its_epoch_comes() {
    let (mut mirror, keys) = mirror(4);
    send(&mut mirror, &keys, 4, exit(3)).unwrap();
    assert_eq!(mirror.live().amount, btt(3));
    let paid = checkpoint(&mut mirror, &keys, n(2)).unwrap();
    assert_eq!((paid.walk.power, paid.walk.leaving), (btt(4), Vec::from([n(4)])));
    assert!(paid.reward > btt(39), "more than all of it: 4 of 3 signed");
    assert!(!mirror.is_validator(n(4)), "epoch 3 has come");
}

#[test]
fn q139_a_key_update_after_the_exit_costs_the_lowest_signer_its_place() {
    let (mut mirror, keys) = mirror(4);
    send(&mut mirror, &keys, 4, exit(3)).unwrap();
    let signer = Address::repeat_byte(0xee);
    send(&mut mirror, &keys, 4, MirrorChange::SignerUpdate { signer }).unwrap();
    let mut expected = Vec::from([keys[1].address(), keys[2].address(), signer]);
    expected.sort();
    assert_eq!(mirror.signers(), expected);
    assert_eq!(mirror.validator_by_signer(keys[3].address()), Some(Mirror::RETIRED));
}

#[test]
fn q140_a_join_of_a_known_id_writes_it_anew() {
    let (mut mirror, keys) = mirror(4);
    checkpoint(&mut mirror, &keys, n(1)).unwrap();
    assert!(!mirror.validator_reward(n(1)).unwrap().is_zero());
    send(&mut mirror, &keys, 1, MirrorChange::Join(seat(keys[0].address(), btt(1)))).unwrap();
    assert_eq!(mirror.signers()[..2], [keys[0].address(); 2]);
    assert_eq!((mirror.live().heads, mirror.validator_reward(n(1))), (5, Ok(Amount::ZERO)));
    send(&mut mirror, &keys, 9, MirrorChange::Join(seat(Address::ZERO, Amount::ZERO))).unwrap();
    assert_eq!((mirror.signers()[0], mirror.is_validator(n(9))), (Address::ZERO, false));
}

#[test]
fn q141_a_second_exit_and_an_exit_of_nobody_pass() {
    let (mut mirror, keys) = mirror(5);
    send(&mut mirror, &keys, 5, exit(9)).unwrap();
    send(&mut mirror, &keys, 5, exit(9)).unwrap();
    assert_eq!(mirror.signers(), [1, 2, 3].map(|i: usize| keys[i].address()));
    assert_eq!((mirror.live().amount, mirror.live().heads), (btt(3), 3));
    send(&mut mirror, &keys, 77, exit(9)).unwrap();
    assert_eq!(mirror.signers(), [2, 3].map(|i: usize| keys[i].address()));
    assert_eq!((mirror.live().amount, mirror.live().heads, mirror.total_staked()), (btt(3), 2, btt(3)));
}

#[test]
fn q142_an_exit_in_epoch_zero_leaves_a_validator() {
    let (mut mirror, keys) = mirror(4);
    send(&mut mirror, &keys, 4, exit(0)).unwrap();
    assert!(mirror.is_validator(n(4)));
    assert_eq!((mirror.live().heads, mirror.signers().contains(&keys[3].address())), (3, false));
}

#[test]
fn q143_the_bytes_of_one_kind_are_taken_by_two_others() {
    let (fresh, keys) = mirror(4);
    let change = MirrorChange::StakeUpdate { amount: btt(2) };
    let data = MirrorMessage { validator: n(1), nonce: ONE, change }.to_data();
    let signatures = sign(&keys, &Mirror::vote_hash(&data));
    for kind in [MessageKind::Exit, MessageKind::SignerUpdate, MessageKind::StakeUpdate] {
        let mut mirror = fresh.clone();
        mirror.deliver(kind, &data, &signatures).unwrap();
        let again = mirror.deliver(MessageKind::StakeUpdate, &data, &signatures).unwrap_err();
        assert_eq!(again.reason(), "Invalid staking nonce");
    }
    let mut mirror = fresh;
    let join = mirror.deliver(MessageKind::Join, &data, &signatures).unwrap_err();
    assert!(matches!(join, MessageError::Short(ShortMessage { got: 96, expected: 192, .. })), "{join}");
}

#[test]
fn q144_a_signature_behind_enough_is_not_looked_at() {
    let (mut mirror, keys) = mirror(4);
    let data = MirrorMessage { validator: n(1), nonce: ONE, change: exit(2) }.to_data();
    let mut signatures = sign(&keys, &Mirror::vote_hash(&data));
    signatures[3].r = U256::ZERO; // no key has it
    let consensus = mirror.consensus(&Mirror::vote_hash(&data), &signatures).unwrap();
    assert_eq!((consensus.read, consensus.is_met()), (3, true));
    signatures[2].r = U256::ZERO;
    let error = mirror.deliver(MessageKind::Exit, &data, &signatures).unwrap_err();
    assert!(matches!(error, MessageError::Recover(_)), "{error}");
}

#[test]
fn q145_functions_of_users_do_nothing_or_cannot_be_called() {
    use UserFunction::{ClaimFee, MigrateDelegation, Restake, StakeFor, Unstake};
    let (mut mirror, _) = mirror(1);
    assert_eq!([StakeFor, ClaimFee].map(|f| mirror.call_user_function(f)), [Ok(()); 2]);
    assert_eq!(mirror.call_user_function(Restake).unwrap_err().reason(), "");
    mirror.lock(GOVERNANCE).unwrap();
    assert_eq!(mirror.call_user_function(MigrateDelegation), Ok(()));
    assert_eq!([StakeFor, Restake].map(|f| mirror.call_user_function(f).unwrap_err().reason()), ["locked"; 2]);
    assert_eq!(mirror.call_user_function(Unstake).unwrap_err().reason(), "");
}

#[test]
fn q146_the_largest_stake_is_one_of_minus_one() {
    let (mut mirror, keys) = mirror(4);
    send(&mut mirror, &keys, 1, MirrorChange::StakeUpdate { amount: Amount::from_word(U256::MAX) }).unwrap();
    let unit = Amount::from_units(1);
    assert_eq!(mirror.live().amount.checked_add(unit), Ok(btt(3)));
    assert_eq!(mirror.total_staked().checked_sub(unit), Ok(btt(5)));
}

#[test]
fn q147_a_validator_with_id_zero_is_everybody_unknown() {
    let (mut mirror, keys) = mirror(1);
    mirror.set_validator(GOVERNANCE, U256::ZERO, &seat(Address::ZERO, btt(5))).unwrap();
    let mut strangers: Vec<SecretKey> =
        (10_u8..13).map(|byte| SecretKey::from_bytes(&keccak256([byte])).unwrap()).collect();
    strangers.sort_by_key(SecretKey::address);
    let vote = keccak256(b"vote");
    let power = |mirror: &Mirror, keys: &[SecretKey]| mirror.consensus(&vote, &sign(keys, &vote)).unwrap().power;
    assert_eq!(power(&mirror, &strangers[..1]), btt(5));
    let walk = mirror.walk_signatures(ONE, &vote, &sign(&strangers, &vote)).unwrap();
    assert_eq!(walk.power, btt(15), "three times the same one");

    mirror.set_validator(GOVERNANCE, Mirror::RETIRED, &seat(Address::ZERO, btt(8))).unwrap();
    let signer = Address::repeat_byte(0xee);
    let change = MirrorChange::SignerUpdate { signer };
    let data = MirrorMessage { validator: ONE, nonce: ONE, change }.to_data();
    let signatures = sign(&strangers, &Mirror::vote_hash(&data));
    mirror.deliver(MessageKind::SignerUpdate, &data, &signatures).unwrap();
    assert_eq!(power(&mirror, &keys), btt(8));
}

#[test]
fn q148_dirty_and_surplus_bytes_are_signed_and_ignored() {
    let (mut mirror, keys) = mirror(4);
    let signer = Address::repeat_byte(0xee);
    let message = MirrorMessage { validator: ONE, nonce: ONE, change: MirrorChange::SignerUpdate { signer } };
    let clean = message.to_data();
    let mut data = clean.clone();
    data[64..76].fill(0xff);
    data.extend([1, 2, 3]);
    assert_eq!(MirrorMessage::decode(MessageKind::SignerUpdate, &data), Ok(message));
    let unsigned = mirror.deliver(MessageKind::SignerUpdate, &data, &sign(&keys, &Mirror::vote_hash(&clean)));
    assert!(unsigned.is_err(), "other bytes were signed");
    mirror.deliver(MessageKind::SignerUpdate, &data, &sign(&keys, &Mirror::vote_hash(&data))).unwrap();
    assert_eq!(mirror.account(ONE).unwrap().signer, signer);
}

#[test]
fn q149_after_the_exit_delegators_still_see_what_the_validator_does_not() {
    let (mut mirror, keys) = mirror(4);
    let id = n(1);
    let delegated = Seat { delegated: btt(1), ..seat(keys[0].address(), btt(1)) };
    mirror.force_remove(GOVERNANCE, id).unwrap();
    mirror.set_validator(GOVERNANCE, id, &delegated).unwrap();
    checkpoint(&mut mirror, &keys, ONE).unwrap();
    let (own, others) = (mirror.validator_reward(id).unwrap(), mirror.delegators_reward(id).unwrap());
    assert!(own == others && !own.is_zero());
    mirror.force_remove(GOVERNANCE, id).unwrap();
    assert_eq!(mirror.account(id).unwrap().status, StakeStatus::Unstaked);
    assert_eq!((mirror.validator_reward(id), mirror.delegators_reward(id)), (Ok(Amount::ZERO), Ok(others)));
}
