//! What the reference's contracts paid, and how they read signatures.

use super::*;
use crate::{
    stake::{StakeAccount, StakeFor, StakeManager, StakeParams},
    token::Token,
};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::Amount,
    hash::keccak256,
    id::{CheckpointNumber, Epoch, ValidatorId},
    signature::{SecretKey, SignatureWords, Signer},
};

const MANAGER: Address = Address::repeat_byte(0x11);
const GOVERNANCE: Address = Address::repeat_byte(0x22);

/// A contract with these stakes (in units of `unit`), the keys in ascending address order. Id i + 1 is stake i.
fn staked(stakes: &[u64], unit: Amount, params: StakeParams) -> (StakeManager, Vec<SecretKey>) {
    let mut keys: Vec<SecretKey> =
        (0..stakes.len()).map(|i| SecretKey::from_bytes(&keccak256([i as u8])).unwrap()).collect();
    keys.sort_by_key(SecretKey::address);
    let params = StakeParams {
        min_deposit: Amount::from_units(1),
        min_fee: Amount::ZERO,
        validator_threshold: U256::from(100),
        ..params
    };
    let mut contract = StakeManager::new(MANAGER, GOVERNANCE, Token::default(), params);
    for (stake, key) in stakes.iter().zip(&keys) {
        let amount = Amount::from_units(*stake).checked_mul(unit).unwrap();
        let user = key.address();
        contract.token.mint(user, amount).unwrap();
        contract.token.approve(user, MANAGER, amount).unwrap();
        let stake = StakeFor {
            user,
            amount,
            fee: Amount::ZERO,
            signer_key: key.public_key().coordinates().to_vec().into(),
            share_contract: None,
        };
        contract.stake_for(user, &stake).unwrap();
    }
    (contract, keys)
}

fn words<'a>(keys: impl IntoIterator<Item = &'a SecretKey>, digest: &B256) -> Vec<SignatureWords> {
    keys.into_iter().map(|key| key.sign_digest(digest).unwrap().into()).collect()
}

fn base(text: &str) -> Amount {
    Amount::from_word(text.parse().unwrap())
}

fn e30() -> Amount {
    base("1000000000000000000000000000000")
}

const DIGEST: B256 = B256::repeat_byte(0xd1);

fn check(
    contract: &mut StakeManager,
    blocks: u64,
    proposer: Address,
    signatures: &[SignatureWords],
) -> Result<CheckpointReward, CheckSignaturesError> {
    contract.check_signatures(U256::from(blocks), DIGEST, B256::ZERO, proposer, signatures)
}

/// root-contracts §12.2 A. Our keys are not the reference's, so the five signers hold its stakes in our order:
/// stakes 1, 2, 3, 4, 5 sign, 6 and 100 do not; the proposer has stake 1.
#[test]
fn reference_result_a_five_of_seven_heads_with_an_eighth_of_the_stake() {
    let (mut contract, keys) = staked(&[1, 2, 3, 4, 5, 6, 100], e30(), StakeParams::default());
    let outcome = check(&mut contract, 1_024, keys[0].address(), &words(&keys[..5], &DIGEST)).unwrap();
    assert_eq!(outcome.reward, base("3689437190082644628099173"));
    assert_eq!(contract.reward_per_stake(), base("2213662314049586776").to_word());
    assert_eq!(contract.epoch(), Epoch::new(2));
    let rewards = [
        "590309950413223140409917",
        "442732462809917355200000",
        "664098694214876032800000",
        "885464925619834710400000",
        "1106831157024793388000000",
        "0",
        "0",
    ];
    for (id, expected) in (1..).zip(rewards) {
        assert_eq!(contract.validator_reward(ValidatorId::new(id)), Ok(base(expected)), "id {id}");
    }
}

/// root-contracts §12.2 B.
#[test]
fn reference_result_b_delegators_and_commission() {
    let mut params = StakeParams::default();
    params.shape.interval = U256::ONE;
    params.rewards.insert(U256::ONE, Amount::from_btt(10_000));
    let stakes = [100, 101, 102, 103, 104, 105, 106, 107, 108];
    let (mut contract, keys) = staked(&stakes, Amount::from_btt(1), params);
    for (id, delegated) in [(1, 33), (9, 7)] {
        let account = *contract.account(ValidatorId::new(id)).unwrap();
        let delegated_amount = Amount::from_btt(delegated);
        contract.accounts.put(ValidatorId::new(id), StakeAccount { delegated_amount, ..account });
        let live = &mut contract.figures.live;
        live.amount = live.amount.checked_add(delegated_amount).unwrap();
    }
    let account = *contract.account(ValidatorId::new(1)).unwrap();
    contract.accounts.put(ValidatorId::new(1), StakeAccount { commission_rate: 13, ..account });
    check(&mut contract, 1, keys[3].address(), &words(&keys, &DIGEST)).unwrap();
    let first = ValidatorId::new(1);
    assert_eq!(contract.reward_per_stake(), base("92213114754098360655737704").to_word());
    assert_eq!(contract.validator_reward(first), Ok(base("961690573770491803278")));
    assert_eq!(contract.delegators_reward(first), Ok(base("264743852459016393443")));
}

/// root-contracts §12.2 C.
#[test]
fn q21_reference_result_c_an_unknown_proposers_bonus_is_lost() {
    let (mut contract, keys) = staked(&[5, 5, 5, 5], e30(), StakeParams::default());
    let outcome = check(&mut contract, 10, Address::repeat_byte(9), &words(&keys, &DIGEST)).unwrap();
    assert_eq!(outcome.proposer, ValidatorId::new(0));
    let lost = contract.account(ValidatorId::new(0)).unwrap();
    assert_eq!(lost.reward, base("29063925781250000000000"));
    assert!(!contract.is_validator(ValidatorId::new(0)));
}

#[test]
fn q18_a_whale_alone_is_one_head() {
    let (mut contract, keys) = staked(&[99, 1, 1, 1], e30(), StakeParams::default());
    let before = contract.clone();
    let whale = words(core::iter::repeat_n(&keys[0], 4), &DIGEST);
    assert_eq!(
        check(&mut contract, 1, keys[0].address(), &whale),
        Err(CheckSignaturesError::NonMajority { got: 1, needed: 3 })
    );
    assert_eq!(
        check(&mut contract, 1, keys[0].address(), &whale[..2]),
        Err(CheckSignaturesError::TooShort { got: 2, needed: 3 })
    );
    assert_eq!(contract, before);
    assert!(check(&mut contract, 1, keys[0].address(), &words(&keys[1..], &DIGEST)).is_ok());
}

#[test]
fn q19_a_bad_signature_is_passed_over_in_front_and_cuts_the_list_off_behind() {
    use Reading::{Counted, Descending, Repeated};
    let (contract, keys) = staked(&[1, 1, 1, 1], e30(), StakeParams::default());
    let good = words(&keys, &DIGEST);
    let bad = SignatureWords { v: U256::from(29), ..good[0] };
    let walk = |list: &[SignatureWords]| contract.walk_signatures(&DIGEST, list).unwrap();
    let readings = |walk: &SignatureWalk| walk.read.iter().map(|r| r.reading).collect::<Vec<_>>();
    let [first, second] = [1, 2].map(|id| Counted(ValidatorId::new(id)));

    let front = walk(&[bad, good[0], good[1], good[3]]);
    assert_eq!(readings(&front)[..3], [Repeated, first, second]);
    assert_eq!((front.heads, front.unsigned), (3, Vec::from([ValidatorId::new(3)])));

    let behind = walk(&[good[0], bad, good[1], good[2]]);
    assert_eq!(readings(&behind), [first, Descending]);
    assert_eq!((behind.heads, behind.unread, behind.unsigned.len()), (1, 2, 3));
}

#[test]
fn q20_a_report_from_another_root_chain_begins_no_epoch() {
    let (mut contract, keys) = staked(&[1, 1, 1, 1], e30(), StakeParams::default());
    let sync = CheckpointSync {
        proposer: keys[0].address(),
        start: U256::ZERO,
        end: U256::from(1_023),
        checkpoint: U256::ONE,
        root_chain: U256::from(77),
    };
    let data = sync.to_data();
    let signatures = words(&keys, &keccak256([&[1], &data[..]].concat()));
    let (outcome, event) = contract.submit_checkpoint_sync(&data, &signatures).unwrap();
    assert_eq!((outcome.reward, contract.epoch()), (Amount::ZERO, Epoch::new(1)));
    assert!(event.to_root_event().is_some());
    assert_eq!(contract.synced(U256::from(77)), CheckpointNumber::new(1));
    let again = contract.submit_checkpoint_sync(&data, &signatures).unwrap_err();
    assert_eq!(again.reason(), "INCORRECT_HEADER_DATA");
}

#[test]
fn q119_bytes_above_the_proposer_are_signed_and_ignored() {
    let (mut contract, keys) = staked(&[1, 1, 1, 1], e30(), StakeParams::default());
    let sync = CheckpointSync {
        proposer: keys[0].address(),
        start: U256::ZERO,
        end: U256::MAX >> 1,
        checkpoint: U256::ONE,
        root_chain: U256::MAX,
    };
    let clean = sync.to_data();
    let mut dirty = clean.clone();
    dirty[0] = 0xff;
    assert_eq!(CheckpointSync::decode(&dirty), Ok(sync));
    let signatures = words(&keys, &keccak256([&[1], &dirty[..]].concat()));
    assert!(contract.submit_checkpoint_sync(&clean, &signatures).is_err());
    let before = contract.clone();
    assert_eq!(contract.submit_checkpoint_sync(&dirty[1..], &signatures).unwrap_err().reason(), "");
    assert_eq!(contract, before);
    let (_, event) = contract.submit_checkpoint_sync(&dirty, &signatures).unwrap();
    // The protocol keeps these numbers in 64 bits.
    assert_eq!(event.to_root_event(), None);
}

#[test]
fn an_assessed_checkpoint_that_is_dropped_has_paid_nothing() {
    let (mut contract, keys) = staked(&[5, 5, 5, 5], e30(), StakeParams::default());
    let before = contract.clone();
    let signatures = words(&keys, &DIGEST);
    let proposer = keys[0].address();
    let assessed = contract.assess_checkpoint(U256::from(9), DIGEST, B256::ZERO, proposer, &signatures).unwrap();
    let reward = assessed.outcome().reward;
    drop(assessed);
    assert_eq!(contract, before);
    assert_eq!(check(&mut contract, 9, proposer, &signatures).unwrap().reward, reward);
}
