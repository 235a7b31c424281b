//! Laws that hold for any input.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::Amount,
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    schedule::{ProducerSchedule as _, Timing},
    signature::{SecretKey, Signer as _},
    validator::{Validator, VotingPower},
};
use bttc_staking::{
    selection::{ProducerSelection, SlotShuffle, WeightedDraw, shuffled_index},
    snapshot::{Producer, Snapshot, SprintHeader},
    stake::{StakeFor, StakeManager, StakeParams},
    token::Token,
    validator_set::ValidatorSet,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::LazyLock};

const MANAGER: Address = Address::repeat_byte(0x11);
const DIGEST: B256 = B256::repeat_byte(0xd1);
const TIMING: Timing = Timing { period: 1, producer_delay: 1, sprint: 4, backup_multiplier: 1 };

static KEYS: LazyLock<Vec<SecretKey>> = LazyLock::new(|| {
    let key = |i: u8| SecretKey::from_bytes(&keccak256([i])).unwrap();
    let mut keys: Vec<SecretKey> = (0..6).map(key).collect();
    keys.sort_by_key(SecretKey::address);
    keys
});

fn producer(byte: u8, power: i64) -> Producer {
    Producer::new(Address::repeat_byte(byte), VotingPower::new(power))
}

/// Members with distinct signers.
fn members(powers: core::ops::Range<i64>, max: usize) -> impl Strategy<Value = Vec<Producer>> {
    prop::collection::btree_map(1_u8.., powers, 1..max)
        .prop_map(|map| map.into_iter().map(|(byte, power)| producer(byte, power)).collect())
}

#[derive(Clone, Debug)]
enum Op {
    Stake { user: u8, key: u8, amount: u64, fee: u64 },
    TopUp { user: u8, fee: u64 },
    Withdraw { user: u8, id: u64 },
    Checkpoint { blocks: u16, proposer: u8, signers: u8 },
    Send { from: u8, to: u8, amount: u64 },
}

fn op() -> impl Strategy<Value = Op> {
    let user = 0_u8..6;
    prop_oneof![
        3 => (user.clone(), user.clone(), 0_u64..40, 0_u64..4)
            .prop_map(|(user, key, amount, fee)| Op::Stake { user, key, amount, fee }),
        1 => (user.clone(), 0_u64..4).prop_map(|(user, fee)| Op::TopUp { user, fee }),
        2 => (user.clone(), 1_u64..5).prop_map(|(user, id)| Op::Withdraw { user, id }),
        3 => (any::<u16>(), user.clone(), any::<u8>())
            .prop_map(|(blocks, proposer, signers)| Op::Checkpoint { blocks, proposer, signers }),
        1 => (user.clone(), user, 0_u64..50).prop_map(|(from, to, amount)| Op::Send { from, to, amount }),
    ]
}

fn user(i: u8) -> Address {
    Address::repeat_byte(0xa0 + i)
}

/// Whether it went through.
fn run(contract: &mut StakeManager, op: &Op) -> bool {
    match *op {
        Op::Stake { user: u, key, amount, fee } => {
            let stake = StakeFor {
                user: user(u),
                amount: Amount::from_btt(amount),
                fee: Amount::from_btt(fee),
                signer_key: KEYS[usize::from(key)].public_key().coordinates().to_vec().into(),
                share_contract: None,
            };
            contract.stake_for(user(u), &stake).is_ok()
        }
        Op::TopUp { user: u, fee } => contract.top_up_for_fee(user(u), user(0), Amount::from_btt(fee)).is_ok(),
        Op::Withdraw { user: u, id } => contract.withdraw_rewards(user(u), ValidatorId::new(id)).is_ok(),
        Op::Checkpoint { blocks, proposer, signers } => {
            let signing = KEYS.iter().enumerate().filter(|(i, _)| signers >> i & 1 == 1);
            let signatures: Vec<_> = signing.map(|(_, key)| key.sign_digest(&DIGEST).unwrap().into()).collect();
            let proposer = KEYS[usize::from(proposer)].address();
            let blocks = U256::from(blocks);
            contract.check_signatures(blocks, DIGEST, B256::ZERO, proposer, &signatures).is_ok()
        }
        Op::Send { from, to, amount } => {
            let (from, to) = (user(from), user(to));
            contract.token_mut().transfer(from, to, Amount::from_btt(amount)).is_ok()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_a_change_set_does_not_matter(
        initial in members(1..100, 8),
        (changes, shuffled) in members(0..100, 8).prop_flat_map(|c| (Just(c.clone()), Just(c).prop_shuffle())),
    ) {
        let set = ValidatorSet::new(initial).unwrap();
        let (mut a, mut b) = (set.clone(), set.clone());
        let (first, second) = (a.apply(&changes), b.apply(&shuffled));
        prop_assert_eq!(first, second);
        prop_assert_eq!(&a, &b);
        if first.is_err() {
            prop_assert_eq!(a, set);
        }
    }

    #[test]
    fn turns_are_in_proportion_to_power_within_one(initial in members(1..30, 7), rounds in 1_i64..4) {
        let mut set = ValidatorSet::new(initial.clone()).unwrap();
        let total = set.total_power().unwrap();
        let mut turns: BTreeMap<Address, i64> = BTreeMap::new();
        for _ in 0..total * rounds {
            *turns.entry(set.increment(1).unwrap().signer).or_default() += 1;
        }
        for member in &initial {
            let got = turns.get(&member.signer).copied().unwrap_or(0);
            prop_assert!((got - member.power.get() * rounds).abs() <= 1, "{} of {}", got, member.power);
        }
    }

    #[test]
    fn priorities_stay_centred_and_within_the_window(
        initial in members(1..1_000, 8),
        changes in members(0..1_000, 4),
    ) {
        let mut set = ValidatorSet::new(initial).unwrap();
        if set.apply(&changes).is_ok() {
            let sum: i64 = set.members().iter().map(|m| m.priority).sum();
            let count = i64::try_from(set.members().len()).unwrap();
            prop_assert!((0..count).contains(&sum));
            let window = 2 * set.total_power().unwrap();
            prop_assert!(bttc_staking::proposer::difference(set.members()) <= window);
        }
        set.increment(1).unwrap();
    }

    #[test]
    fn tokens_are_neither_made_nor_lost_and_a_refusal_changes_nothing(ops in prop::collection::vec(op(), 1..25)) {
        let mut token = Token::default();
        token.mint(MANAGER, Amount::from_btt(1_000)).unwrap();
        for i in 0..6 {
            token.mint(user(i), Amount::from_btt(60)).unwrap();
            token.approve(user(i), MANAGER, Amount::from_btt(50)).unwrap();
        }
        let supply = token.supply();
        let mut params = StakeParams {
            min_deposit: Amount::from_btt(5),
            min_fee: Amount::from_btt(1),
            validator_threshold: 4,
            ..StakeParams::default()
        };
        params.rewards.insert(1, Amount::from_btt(3));
        let mut contract = StakeManager::new(MANAGER, Address::ZERO, token, params);
        for op in &ops {
            let before = contract.clone();
            if !run(&mut contract, op) {
                prop_assert_eq!(&contract, &before, "{:?}", op);
            }
            let held = contract.token().holders().fold(Amount::ZERO, |sum, (_, b)| sum.checked_add(b).unwrap());
            prop_assert_eq!((held, contract.token().supply()), (supply, supply));
            let stakes = contract.accounts().fold(Amount::ZERO, |sum, (_, a)| sum.checked_add(a.amount).unwrap());
            prop_assert_eq!(stakes, contract.total_staked());
            prop_assert_eq!(stakes, contract.live().amount);
            // What is credited never exceeds what checkpoints paid.
            let mut owed = contract.total_rewards_claimed();
            for (id, _) in contract.accounts().filter(|(id, _)| id.get() != 0) {
                owed = owed.checked_add(contract.validator_reward(id).unwrap()).unwrap();
            }
            prop_assert!(owed <= contract.total_rewards());
        }
        let text = serde_json::to_string(&contract).unwrap();
        prop_assert_eq!(serde_json::from_str::<StakeManager>(&text).unwrap(), contract);
    }

    #[test]
    fn snapshots_survive_both_of_their_forms(
        initial in members(1..50, 6),
        headers in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(members(-1..50, 5))), 1..20),
    ) {
        let mut snapshot = Snapshot::genesis(B256::repeat_byte(9), initial, TIMING).unwrap();
        for (signer, list) in headers {
            let producers = snapshot.producers();
            let header = SprintHeader {
                number: snapshot.number() + 1,
                hash: keccak256(snapshot.hash()),
                signer: signer.get(&producers).signer,
                producers: list.map(|list| list.iter().map(Producer::to_validator).collect()),
            };
            snapshot.apply(&header).unwrap();
            let text = serde_json::to_string(&snapshot).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Snapshot>(&text).unwrap(), &snapshot);
            let stored = snapshot.to_stored();
            let text = serde_json::to_string(&stored).unwrap();
            let back = Snapshot::from_stored(serde_json::from_str(&text).unwrap(), TIMING).unwrap();
            prop_assert_eq!(back.to_stored(), stored);
        }
    }

    #[test]
    fn stored_snapshots_of_any_shape_are_read_or_refused(
        height in ".{0,6}",
        validators in prop::collection::vec((any::<u8>(), any::<i64>(), any::<i64>()), 0..4),
        signer in any::<u8>(),
    ) {
        let member = |(byte, power, accum): &(u8, i64, i64)| {
            serde_json::json!({"ID": 0, "signer": Address::repeat_byte(*byte), "power": power, "accum": accum})
        };
        let value = serde_json::json!({
            "number": 3,
            "hash": B256::ZERO,
            "validatorSet": {"validators": validators.iter().map(member).collect::<Vec<_>>(), "proposer": null},
            "recents": {height: Address::ZERO},
        });
        let stored = serde_json::from_value(value).unwrap();
        if let Ok(mut snapshot) = Snapshot::from_stored(stored, TIMING) {
            let header = SprintHeader {
                number: 4,
                hash: B256::ZERO,
                signer: Address::repeat_byte(signer),
                producers: None,
            };
            let _ = (snapshot.turn(4, header.signer), snapshot.difficulty(header.signer), snapshot.apply(&header));
        }
    }

    #[test]
    fn a_selection_fills_every_slot_with_somebody_eligible(
        powers in prop::collection::vec(1_i64..50, 1..40),
        seed in any::<[u8; 32]>(),
        slots in 0_u64..20,
    ) {
        let eligible: Vec<Validator> = (1..)
            .zip(&powers)
            .map(|(id, power)| Validator::new(ValidatorId::new(id), Address::ZERO, VotingPower::new(*power)))
            .collect();
        for rule in [&WeightedDraw as &dyn ProducerSelection, &SlotShuffle] {
            let drawn = rule.select(&eligible, seed.into(), slots).unwrap();
            let expected = slots.min(u64::try_from(eligible.len()).unwrap());
            let enough = eligible.len() as u64 > slots;
            prop_assert_eq!(drawn.len() as u64, if enough { slots } else { expected });
            prop_assert!(drawn.iter().all(|id| eligible.iter().any(|v| v.id == *id)));
        }
    }

    #[test]
    fn a_shuffle_loses_no_slot(seed in any::<[u8; 32]>(), slots in 0_u64..200) {
        let mut origins: Vec<u64> = (0..slots).map(|place| shuffled_index(seed.into(), slots, place)).collect();
        origins.sort_unstable();
        prop_assert_eq!(origins, (0..slots).collect::<Vec<_>>());
    }
}

/// A devnet's four validators with stakes 40, 30, 20, 10 propose in that proportion.
#[test]
fn proposers_follow_stake() {
    assert_eq!(ChainSpec::devnet().spans.producers, 11);
    let mut set = ValidatorSet::new([(1, 40), (2, 30), (3, 20), (4, 10)].map(|(b, p)| producer(b, p))).unwrap();
    let mut turns = [0; 5];
    for _ in 0..100 {
        turns[usize::from(set.increment(1).unwrap().signer[0])] += 1;
    }
    assert_eq!(turns[1..], [40, 30, 20, 10]);
}
