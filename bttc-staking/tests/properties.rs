//! Laws that hold for any input.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_core::{
    amount::Amount,
    chain::ChainSpec,
    hash::keccak256,
    id::{Epoch, Nonce, SpanId, ValidatorId},
    root_chain::{RootEvent, SignerChange, StakeUpdate, Staked, UnstakeInit},
    schedule::{BlockSchedule, ProducerSchedule as _, SprintHeader, Timing},
    signature::{SecretKey, SignatureWords, Signer as _},
    snapshot::Producer,
    span::Span,
    validator::{Validator, VotingPower},
};
use bttc_staking::{
    registry::{Applied, Registry, Sequence},
    reward::CheckpointSync,
    selection::{ProducerSelection, SlotShuffle, WeightedDraw, shuffled_index},
    snapshot::{ForesightError, Snapshot},
    stake::{AcceptDelegation, Bid, Delegation, StakeFor, StakeManager, StakeParams, StakeRewards},
    token::Token,
    validator_set::ValidatorSet,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::LazyLock};

const MANAGER: Address = Address::repeat_byte(0x11);
const GOVERNANCE: Address = Address::repeat_byte(0x22);
const DIGEST: B256 = B256::repeat_byte(0xd1);
const TIMING: Timing = Timing { period: 1, producer_delay: 1, sprint: 4, backup_multiplier: 1 };

static KEYS: LazyLock<Vec<SecretKey>> = LazyLock::new(|| {
    let key = |i: u8| SecretKey::from_bytes(&keccak256([i])).unwrap();
    let mut keys: Vec<SecretKey> = (0..18).map(key).collect();
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

/// Calls of the staking contracts. What a call makes of its numbers is said where it is made.
#[derive(Clone, Copy, Debug)]
enum Function {
    Stake,
    TopUp,
    ClaimFee,
    Withdraw,
    Restake,
    Unstake,
    ForceUnstake,
    UnstakeClaim,
    UpdateSigner,
    Commission,
    Bid,
    Confirm,
    Checkpoint,
    Sync,
    Send,
    GiveSeat,
    Buy,
    RestakeShares,
    Sell,
    SellNew,
    Unbond,
    UnbondNew,
    Rewards,
    GiveShares,
    TakeShares,
    Migrate,
    SwitchDelegation,
    Epochs,
    Lock,
    Drain,
}

const FUNCTIONS: &[Function] = {
    use Function::*;
    &[
        Stake,
        Stake,
        TopUp,
        ClaimFee,
        Withdraw,
        Restake,
        Unstake,
        ForceUnstake,
        UnstakeClaim,
        UpdateSigner,
        Commission,
        Bid,
        Bid,
        Confirm,
        Confirm,
        Checkpoint,
        Checkpoint,
        Checkpoint,
        Sync,
        Send,
        GiveSeat,
        Buy,
        Buy,
        Buy,
        RestakeShares,
        Sell,
        Sell,
        SellNew,
        SellNew,
        Unbond,
        Unbond,
        UnbondNew,
        UnbondNew,
        Rewards,
        GiveShares,
        TakeShares,
        Migrate,
        SwitchDelegation,
        Epochs,
        Epochs,
        Lock,
        Lock,
        Drain,
    ]
};

#[derive(Clone, Copy, Debug)]
struct Call {
    function: Function,
    user: u8,
    other: u8,
    id: u64,
    amount: u64,
}

fn call() -> impl Strategy<Value = Call> {
    let ids = prop_oneof![4 => 1_u64..4, 2 => 8_u64..10, 1 => 1_u64..14];
    (prop::sample::select(FUNCTIONS), 0_u8..12, 0_u8..18, ids, 0_u64..64)
        .prop_map(|(function, user, other, id, amount)| Call { function, user, other, id, amount })
}

fn user(i: u8) -> Address {
    Address::repeat_byte(0xa0 + i)
}

/// Twelve users with 300 BTT, the first nine with a validator each, the last three delegating to every one.
fn nine_validators() -> StakeManager {
    let mut token = Token::default();
    token.mint(MANAGER, Amount::from_btt(1_000)).unwrap();
    for i in 0..12 {
        token.mint(user(i), Amount::from_btt(300)).unwrap();
        token.approve(user(i), MANAGER, Amount::from_btt(280)).unwrap();
    }
    let [one, two] = [1, 2].map(U256::from);
    let mut params = StakeParams {
        min_deposit: Amount::from_btt(5),
        min_fee: Amount::from_btt(1),
        validator_threshold: U256::from(11),
        withdrawal_delay: two,
        dynasty: two,
        auction_period: two,
        signer_update_limit: one,
        ..StakeParams::default()
    };
    params.rewards = [one, two].map(|root_chain| (root_chain, Amount::from_btt(30))).into();
    let mut contract = StakeManager::new(MANAGER, GOVERNANCE, token, params);
    for i in 0..9 {
        let stake = StakeFor {
            user: user(i),
            amount: Amount::from_btt(20 + u64::from(i)),
            fee: Amount::from_btt(1),
            signer_key: KEYS[usize::from(i)].public_key().coordinates().to_vec().into(),
            share_contract: (i != 2).then_some(Address::with_last_byte(i + 1)),
        };
        contract.stake_for(user(i), &stake).unwrap();
        for delegator in (9..12).filter(|_| i != 2) {
            let id = ValidatorId::new(u64::from(i) + 1);
            contract.buy_voucher(user(delegator), id, Amount::from_btt(5), Amount::ZERO).unwrap();
        }
    }
    contract
}

/// Whether it went through.
fn run(contract: &mut StakeManager, call: Call) -> bool {
    let Call { function, user: u, other, id: number, amount: n } = call;
    let (stranger, friend, id) = (user(u), user(other), ValidatorId::new(number));
    let few = matches!(function, Function::Sell | Function::SellNew | Function::GiveShares | Function::Migrate);
    let amount = Amount::from_btt(if few { n / 8 } else { n });
    // Mostly somebody with a right to it.
    let auction = contract.auction(id).filter(|auction| !auction.bidder.is_zero()).map(|auction| auction.bidder);
    let somebody = match function {
        _ if n % 8 == 0 => None,
        Function::Confirm => auction,
        Function::Bid => (0..12).map(user).find(|user| contract.validator_of(*user).is_none()),
        Function::Withdraw | Function::Restake | Function::Unstake | Function::UnstakeClaim => contract.owner(id),
        Function::UpdateSigner | Function::Commission | Function::GiveSeat => contract.owner(id),
        Function::Send | Function::TopUp | Function::Stake => None,
        _ => Some(user(9 + u % 3)),
    };
    let caller = somebody.unwrap_or(stranger);
    let key = &KEYS[usize::from(other)];
    let signer_key = || -> Bytes { key.public_key().coordinates().to_vec().into() };
    let next_share = Address::with_last_byte(u8::try_from(contract.next_id().get()).unwrap());
    let signing = |digest: &B256| -> Vec<SignatureWords> {
        let keys = KEYS.iter().zip(0..).filter(|(_, i)| *i != n % 18 && *i != u64::from(u) && (n > 5 || *i < n));
        keys.map(|(key, _)| key.sign_digest(digest).unwrap().into()).collect()
    };
    let most = Amount::from_word(U256::MAX);
    match function {
        Function::Stake => {
            let share_contract = (number % 4 > 0).then_some(next_share);
            let fee = Amount::from_btt(1);
            let stake = StakeFor { user: caller, amount, fee, signer_key: signer_key(), share_contract };
            contract.stake_for(caller, &stake).is_ok()
        }
        Function::TopUp => contract.top_up_for_fee(caller, friend, amount).is_ok(),
        Function::ClaimFee => contract.claim_fee(caller, amount, U256::ZERO, &[]).is_ok(),
        Function::Withdraw => contract.withdraw_rewards(caller, id).is_ok(),
        Function::Restake => {
            let rewards = if n % 2 == 0 { StakeRewards::Add } else { StakeRewards::Leave };
            contract.restake(caller, id, amount, rewards).is_ok()
        }
        Function::Unstake => contract.unstake(caller, id).is_ok(),
        Function::ForceUnstake => contract.force_unstake(GOVERNANCE, id).is_ok(),
        Function::UnstakeClaim => contract.unstake_claim(caller, id).is_ok(),
        Function::UpdateSigner => contract.update_signer(caller, id, &signer_key()).is_ok(),
        Function::Commission => contract.update_commission_rate(caller, id, n).is_ok(),
        Function::Bid => {
            let accepts = if n % 2 == 0 { AcceptDelegation::Yes } else { AcceptDelegation::No };
            let amount = Amount::from_btt(n + 60);
            let bid = Bid { validator: id, amount, accepts, signer_key: signer_key() };
            contract.start_auction(caller, &bid).is_ok()
        }
        Function::Confirm => contract.confirm_auction_bid(caller, id, Amount::from_btt(1), next_share).is_ok(),
        Function::Checkpoint => {
            let blocks = U256::from(100 * number);
            contract.check_signatures(blocks, DIGEST, B256::ZERO, key.address(), &signing(&DIGEST)).is_ok()
        }
        Function::Sync => {
            let root_chain = U256::from(2 + number % 2);
            let sync = CheckpointSync {
                proposer: key.address(),
                start: U256::ZERO,
                end: U256::from(100 * number),
                checkpoint: U256::from(contract.synced(root_chain).get() + 1),
                root_chain,
            };
            let data = sync.to_data();
            let signatures = signing(&keccak256([&[1], &data[..]].concat()));
            contract.submit_checkpoint_sync(&data, &signatures).is_ok()
        }
        Function::Send => contract.token_mut().transfer(caller, friend, amount).is_ok(),
        Function::GiveSeat => contract.nft_mut().transfer_from(caller, caller, friend, id).is_ok(),
        Function::Buy => contract.buy_voucher(caller, id, amount, Amount::ZERO).is_ok(),
        Function::RestakeShares => contract.restake_delegator_rewards(caller, id).is_ok(),
        Function::Sell => contract.sell_voucher(caller, id, amount, most).is_ok(),
        Function::SellNew => contract.sell_voucher_new(caller, id, amount, most).is_ok(),
        Function::Unbond => contract.unstake_claim_tokens(caller, id).is_ok(),
        Function::UnbondNew => contract.unstake_claim_tokens_new(caller, id, Nonce::new(1 + n % 3)).is_ok(),
        Function::Rewards => contract.withdraw_delegator_rewards(caller, id).is_ok(),
        Function::GiveShares => contract.transfer_shares(caller, id, friend, amount).is_ok(),
        Function::TakeShares => contract.transfer_shares_from(id, caller, friend, amount).is_ok(),
        Function::Migrate => {
            let to = ValidatorId::new(8 + u64::from(other) % 2);
            contract.migrate_delegation(caller, id, to, amount).is_ok()
        }
        Function::SwitchDelegation => {
            let delegation = if n % 2 == 0 { Delegation::Open } else { Delegation::Closed };
            contract.update_validator_delegation(key.address(), delegation).is_ok()
        }
        Function::Epochs => {
            let epoch = Epoch::new(contract.epoch().get() + n % 3);
            contract.set_epoch(GOVERNANCE, epoch).is_ok()
        }
        Function::Lock if n % 16 == 0 => contract.lock(GOVERNANCE).is_ok(),
        Function::Lock => contract.unlock(GOVERNANCE).is_ok(),
        Function::Drain => contract.drain(GOVERNANCE, friend, amount).is_ok(),
    }
}

/// A root event of some kind.
fn root_event(kind: u8, validator: ValidatorId, nonce: Nonce, key: &SecretKey) -> RootEvent {
    let (signer, signer_key) = (key.address(), key.public_key().coordinates().to_vec().into());
    let amount = Amount::from_btt(nonce.get());
    match kind {
        0 => {
            let activation_epoch = Epoch::new(1);
            RootEvent::Staked(Staked { signer, validator, nonce, activation_epoch, amount, total: amount, signer_key })
        }
        1 => {
            let old_signer = Address::ZERO;
            RootEvent::SignerChange(SignerChange { validator, nonce, old_signer, new_signer: signer, signer_key })
        }
        2 => {
            let deactivation_epoch = Epoch::new(3);
            RootEvent::UnstakeInit(UnstakeInit { owner: signer, validator, nonce, deactivation_epoch, amount })
        }
        _ => RootEvent::StakeUpdate(StakeUpdate { validator, new_amount: amount }),
    }
}

fn sum(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    amounts.into_iter().fold(Amount::ZERO, |sum, amount| sum.checked_add(amount).unwrap())
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
    fn staking_makes_and_loses_no_token_and_no_share_and_a_refusal_changes_nothing(
        calls in prop::collection::vec(call(), 40..160),
    ) {
        let mut contract = nine_validators();
        let supply = contract.token().supply();
        for call in calls {
            let before = contract.clone();
            if !run(&mut contract, call) {
                prop_assert_eq!(&contract, &before, "{:?}", call);
            }
            let held = sum(contract.token().holders().map(|(_, balance)| balance));
            prop_assert_eq!((held, contract.token().supply()), (supply, supply));
            prop_assert_eq!(sum(contract.accounts().map(|(_, account)| account.amount)), contract.total_staked());
            for pool in contract.pools() {
                prop_assert_eq!(sum(pool.delegators().map(|(_, delegator)| delegator.shares)), pool.total_shares());
                let account = contract.account(pool.validator()).unwrap();
                prop_assert_eq!(account.delegated_amount, pool.active_amount());
            }
            // What is credited never exceeds what checkpoints paid.
            let ids: Vec<ValidatorId> = contract.accounts().map(|(id, _)| id).collect();
            let known = ids.iter().filter(|id| contract.account(**id).unwrap().activation_epoch.get() > 0);
            let credited = known.map(|id| contract.validator_reward(*id).unwrap());
            let owed = sum(credited).checked_add(contract.total_rewards_claimed()).unwrap();
            prop_assert!(owed <= contract.total_rewards(), "{:?}", call);
        }
        let text = serde_json::to_string(&contract).unwrap();
        prop_assert_eq!(serde_json::from_str::<StakeManager>(&text).unwrap(), contract);
    }

    #[test]
    fn a_log_replayed_from_anywhere_gives_the_same_registry(
        events in prop::collection::vec((0_u8..4, 1_u64..6, 1_u64..4, 0_u8..18, 0_u64..3), 1..60),
        from in any::<prop::sample::Index>(),
    ) {
        let spec = ChainSpec::devnet();
        let mut registry = Registry::new(&spec);
        let (mut log, mut stages) = (Vec::new(), vec![registry.clone()]);
        for (place, (kind, id, nonce, key, acks)) in (1..).zip(events) {
            let event = root_event(kind, ValidatorId::new(id), Nonce::new(nonce), &KEYS[usize::from(key)]);
            let step = (event, Sequence::new(place, 0), acks);
            // What is refused is no part of the log, and repeating it changes nothing.
            if let Ok(applied) = registry.apply(&step.0, step.1, step.2) {
                let again = registry.clone();
                prop_assert!(applied == Applied::Ignored || registry.apply(&step.0, step.1, step.2).is_err());
                prop_assert_eq!(&registry, &again);
                let _ = registry.end_block(acks);
                log.push(step);
                stages.push(registry.clone());
            }
        }
        // From the beginning, and from what was written down at some place.
        for start in [0, from.index(stages.len())] {
            let text = serde_json::to_string(&stages[start]).unwrap();
            let mut replayed: Registry = serde_json::from_str(&text).unwrap();
            for (event, sequence, acks) in &log[start..] {
                replayed.apply(event, *sequence, *acks).unwrap();
                let _ = replayed.end_block(*acks);
            }
            prop_assert_eq!(&replayed, &registry);
        }
    }

    #[test]
    fn a_report_of_any_bytes_is_read_or_refused(data in prop::collection::vec(any::<u8>(), 0..400)) {
        let read = CheckpointSync::decode(&data);
        prop_assert_eq!(read.is_ok(), data.len() >= 160);
        if let Ok(sync) = read {
            prop_assert_eq!(&sync.to_data()[12..], &data[12..160]);
        }
    }

    #[test]
    fn snapshots_survive_both_of_their_forms(
        initial in members(1..50, 6),
        headers in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(members(-1..50, 5))), 1..20),
        back_from in 1_u64..20,
    ) {
        let mut snapshot = Snapshot::genesis(B256::repeat_byte(9), initial, TIMING).unwrap();
        // Read back at some block, and moved on from there.
        let mut resumed = snapshot.clone();
        for (signer, list) in headers {
            let producers = snapshot.producers();
            let header = SprintHeader {
                number: snapshot.number() + 1,
                hash: keccak256(snapshot.hash()),
                signer: Ok(signer.get(&producers).signer),
                producers: Some(list.iter().flatten().map(Producer::to_validator).collect()),
            };
            snapshot.apply(&header).unwrap();
            resumed.apply(&header).unwrap();
            prop_assert_eq!(&resumed, &snapshot);
            let text = serde_json::to_string(&snapshot).unwrap();
            let back = serde_json::from_str::<Snapshot>(&text).unwrap();
            prop_assert_eq!(&back, &snapshot);
            if header.number == back_from {
                resumed = back;
            }
            let stored = snapshot.to_stored();
            let text = serde_json::to_string(&stored).unwrap();
            let back = Snapshot::from_stored(serde_json::from_str(&text).unwrap(), TIMING).unwrap();
            prop_assert_eq!(back.to_stored(), stored);
        }
    }

    #[test]
    fn what_is_foreseen_comes_if_headers_list_what_spans_say(
        initial in members(1..50, 6),
        lists in prop::collection::vec(members(1..50, 6), 3),
        from in 0_u64..30,
    ) {
        let spans: Vec<Span> = (0..).zip([(0, 9), (10, 21), (22, 40)]).zip(&lists).map(|((id, (start, end)), list)| {
            let producers = list.iter().map(Producer::to_validator).collect();
            Span { id: SpanId::new(id), start, end, validators: Vec::new(), producers, chain_id: 199 }
        }).collect();
        let mut snapshot = Snapshot::genesis(B256::repeat_byte(9), initial, TIMING).unwrap();
        let mut foreseen = Vec::new();
        for number in 1..=40 {
            if snapshot.number() == from {
                foreseen = (number..=40).map(|block| (block, snapshot.foresee(block, &spans).unwrap())).collect();
                let error = snapshot.foresee(44, &spans).unwrap_err();
                prop_assert_eq!(error, ForesightError::NoSpan { block: 44 });
            }
            if let Some((block, schedule)) = foreseen.first().filter(|(block, _)| *block == number) {
                let schedule = BlockSchedule::of(schedule, *block).unwrap();
                prop_assert_eq!(schedule, BlockSchedule::of(&snapshot, number).unwrap());
                foreseen.remove(0);
            }
            // Sealed by the producer in turn; the list at the end of a sprint is that of the next block's span.
            let signer = Ok(BlockSchedule::of(&snapshot, number).unwrap().sealers[0].signer);
            let next = spans.iter().find(|span| span.contains(number + 1));
            let producers = next.filter(|_| TIMING.is_sprint_end(number)).map(|span| span.producers.clone());
            snapshot.apply(&SprintHeader { number, hash: B256::ZERO, signer, producers }).unwrap();
        }
        prop_assert!(foreseen.is_empty());
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
            let signer = Address::repeat_byte(signer);
            let header = SprintHeader { number: 4, hash: B256::ZERO, signer: Ok(signer), producers: None };
            let _ = (snapshot.turn(4, signer), snapshot.difficulty(signer), snapshot.apply(&header));
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

/// Pearson's statistic over 10,000 draws on fixed seeds; its expectation is the degrees of freedom, and beyond the
/// quantile it is once in a thousand times.
#[test]
fn the_chance_to_be_drawn_is_in_proportion_to_power() {
    let powers: [i64; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 30];
    let quantile_of_11_degrees = 31_264; // 31.264, for 0.999
    let eligible: Vec<Validator> = (1..)
        .zip(powers)
        .map(|(id, p)| Validator::new(ValidatorId::new(id), Address::ZERO, VotingPower::new(p)))
        .collect();
    for rule in [&WeightedDraw as &dyn ProducerSelection, &SlotShuffle] {
        for start in 0..3_u8 {
            let mut seed = keccak256([start]);
            let mut won = [0_i64; 12];
            // One slot a seed: with the shuffle, the slots of one seed are not drawn independently.
            for _ in 0..10_000 {
                for id in rule.select(&eligible, seed, 1).unwrap() {
                    won[usize::try_from(id.get()).unwrap() - 1] += 1;
                }
                seed = keccak256(seed);
            }
            assert_eq!(won.iter().sum::<i64>(), 10_000);
            // In thousandths; all powers are 100 together, so 100 draws are expected for each of them.
            let term = |(won, power): (i64, i64)| (won - 100 * power).pow(2) * 1_000 / (100 * power);
            let statistic: i64 = won.into_iter().zip(powers).map(term).sum();
            assert!((1..quantile_of_11_degrees).contains(&statistic), "{rule:?} from {start}: {statistic} of {won:?}");
        }
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
