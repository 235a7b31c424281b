//! A transition that is refused leaves the value as it was: every one of them, whoever asks and whatever for.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use alloy_primitives::{Address, B256, I256, U256};
use bttc_core::{
    amount::Amount,
    chain::ChainSpec,
    hash::keccak256,
    id::{Epoch, Nonce, SpanId, ValidatorId},
    root_chain::{RootChainId, RootEvent, SignerChange, Staked, UnstakeInit},
    schedule::{SprintHeader, Timing},
    signature::{PublicKey, SecretKey},
    snapshot::Producer,
    validator::VotingPower,
};
use bttc_staking::{
    mirror::{MessageKind, Mirror, MirrorParams, Seat},
    registry::{Applied, Registry, Sequence, SpanProposal, SyncQueues, SyncRecord},
    selection::WeightedDraw,
    snapshot::Snapshot,
    stake::{AcceptDelegation, Bid, Delegation, Dethrone, Operator, Reinitialize, StakeFor, StakeManager, StakeParams},
    state_sender::StateSender,
    token::Token,
    validator_set::ValidatorSet,
};
use core::fmt::Debug;
use std::{fs, path::Path};

const MANAGER: Address = Address::repeat_byte(0x11);
const GOVERNANCE: Address = Address::repeat_byte(0x22);
const DELEGATOR: Address = Address::repeat_byte(0xd1);
const BIDDER: Address = Address::repeat_byte(0xb1);
const POOL: Address = Address::repeat_byte(0x51);
const STRANGER: Address = Address::repeat_byte(0x99);

/// Who asks, about what.
#[derive(Clone, Copy, Debug)]
struct Asked {
    caller: Address,
    other: Address,
    number: u64,
    amount: Amount,
}

impl Asked {
    const fn id(&self) -> ValidatorId {
        ValidatorId::new(self.number)
    }

    const fn nonce(&self) -> Nonce {
        Nonce::new(self.number)
    }

    fn word(&self) -> U256 {
        U256::from(self.number)
    }

    fn units(&self) -> U256 {
        self.amount.to_word()
    }
}

fn all() -> impl Iterator<Item = Asked> {
    let callers = [GOVERNANCE, MANAGER, owner(1), DELEGATOR, BIDDER, POOL, STRANGER, Address::ZERO];
    let amounts = [Amount::ZERO, Amount::from_btt(1), Amount::from_btt(1_000_000), Amount::from_word(U256::MAX)];
    callers.into_iter().flat_map(move |caller| {
        [STRANGER, owner(1), Address::ZERO].into_iter().flat_map(move |other| {
            [0, 1, 2, 9, 200, u64::MAX]
                .into_iter()
                .flat_map(move |number| amounts.into_iter().map(move |amount| Asked { caller, other, number, amount }))
        })
    })
}

type Transition<'a, T> = (&'a str, fn(&mut T, &Asked) -> bool);

/// Asks for each transition in every way. What is refused has changed nothing, and something is.
fn refusals_change_nothing<T: Clone + PartialEq + Debug>(value: &T, transitions: &[Transition<'_, T>]) {
    for (name, transition) in transitions {
        let mut refused = 0;
        for asked in all() {
            let mut copy = value.clone();
            if !transition(&mut copy, &asked) {
                refused += 1;
                assert!(copy == *value, "{name} was refused and changed something: {asked:?}\n{copy:?}\n{value:?}");
            }
        }
        assert!(refused > 0, "{name} is never refused");
    }
}

fn key(number: u64) -> PublicKey {
    SecretKey::from_bytes(&keccak256(number.to_be_bytes())).unwrap().public_key()
}

fn owner(number: u64) -> Address {
    key(number).address()
}

/// Two validators, the first with a share contract, a delegator who is leaving with a part, and an auction.
fn staking() -> StakeManager {
    let mut token = Token::default();
    token.mint(MANAGER, Amount::from_btt(1_000)).unwrap();
    for user in [owner(1), owner(2), DELEGATOR, BIDDER] {
        token.mint(user, Amount::from_btt(1_000)).unwrap();
        token.approve(user, MANAGER, Amount::from_btt(1_000)).unwrap();
    }
    let params = StakeParams {
        min_deposit: Amount::from_btt(1),
        min_fee: Amount::ZERO,
        auction_period: U256::from(2),
        dynasty: U256::from(2),
        ..StakeParams::default()
    };
    let mut contract = StakeManager::new(MANAGER, GOVERNANCE, token, params);
    for number in [1, 2] {
        let stake = StakeFor {
            user: owner(number),
            amount: Amount::from_btt(100),
            fee: Amount::ZERO,
            signer_key: key(number).coordinates().to_vec().into(),
            share_contract: (number == 1).then_some(POOL),
        };
        contract.stake_for(owner(number), &stake).unwrap();
    }
    let one = ValidatorId::new(1);
    contract.buy_voucher(DELEGATOR, one, Amount::from_btt(100), Amount::ZERO).unwrap();
    contract.sell_voucher(DELEGATOR, one, Amount::from_btt(10), Amount::from_btt(10)).unwrap();
    contract.sell_voucher_new(DELEGATOR, one, Amount::from_btt(10), Amount::from_btt(10)).unwrap();
    contract.set_epoch(GOVERNANCE, Epoch::new(5)).unwrap();
    let signer_key = key(3).coordinates().to_vec().into();
    let bid = Bid {
        validator: ValidatorId::new(2),
        amount: Amount::from_btt(500),
        accepts: AcceptDelegation::No,
        signer_key,
    };
    contract.start_auction(BIDDER, &bid).unwrap();
    contract
}

#[test]
fn of_the_staking_contract() {
    refusals_change_nothing(
        &staking(),
        &[
            ("migrate_out", |c, a| c.migrate_out(a.caller, a.id(), a.other, a.amount).is_ok()),
            ("migrate_in", |c, a| c.migrate_in(a.caller, a.id(), a.other, a.amount).is_ok()),
            ("lock_pool", |c, a| c.lock_pool(a.caller, a.id()).is_ok()),
            ("unlock_pool", |c, a| c.unlock_pool(a.caller, a.id()).is_ok()),
            ("set_pool_delegation", |c, a| c.set_pool_delegation(a.caller, a.id(), Delegation::Closed).is_ok()),
            ("drain_pool", |c, a| {
                let token = c.deployment().token;
                c.drain_pool(a.caller, a.id(), token, a.other, a.amount).is_ok()
            }),
            ("slash_pool", |c, a| c.slash_pool(a.caller, a.id(), a.amount, a.amount, a.amount).is_ok()),
            ("check_signatures", |c, a| c.check_signatures(a.word(), B256::ZERO, B256::ZERO, a.caller, &[]).is_ok()),
            ("assess_checkpoint", |c, a| c.assess_checkpoint(a.word(), B256::ZERO, B256::ZERO, a.caller, &[]).is_ok()),
            ("dethrone_and_stake", |c, a| {
                let signer_key = key(a.number).coordinates().to_vec().into();
                let (validator, bid) = (a.id(), a.amount);
                let fee = Amount::ZERO;
                let dethrone = Dethrone { bidder: a.other, fee, validator, bid, share_contract: None, signer_key };
                c.dethrone_and_stake(a.caller, &dethrone).is_ok()
            }),
            ("set_validator_threshold", |c, a| c.set_validator_threshold(a.caller, a.word()).is_ok()),
            ("set_min_amounts", |c, a| c.set_min_amounts(a.caller, a.amount, a.amount).is_ok()),
            ("set_checkpoint_interval", |c, a| c.set_checkpoint_interval(a.caller, a.word()).is_ok()),
            ("set_chain_reward", |c, a| c.set_chain_reward(a.caller, a.word(), a.amount).is_ok()),
            ("set_reward_shape", |c, a| c.set_reward_shape(a.caller, a.word(), a.units(), a.word()).is_ok()),
            ("set_proposer_bonus", |c, a| c.set_proposer_bonus(a.caller, a.number).is_ok()),
            ("set_dynasty", |c, a| c.set_dynasty(a.caller, a.units()).is_ok()),
            ("stop_auctions", |c, a| c.stop_auctions(a.caller, a.units()).is_ok()),
            ("set_signer_update_limit", |c, a| c.set_signer_update_limit(a.caller, a.word()).is_ok()),
            ("set_delegation", |c, a| c.set_delegation(a.caller, Delegation::Closed).is_ok()),
            ("update_validator_state", |c, a| {
                c.update_validator_state(a.caller, a.id(), I256::from_raw(a.units())).is_ok()
            }),
            ("delegation_deposit", |c, a| c.delegation_deposit(a.caller, a.id(), a.amount, a.other).is_ok()),
            ("withdraw_delegators_reward", |c, a| c.withdraw_delegators_reward(a.caller, a.id()).is_ok()),
            ("transfer_funds", |c, a| c.transfer_funds(a.caller, a.id(), a.amount, a.other).is_ok()),
            ("decrease_delegated_amount", |c, a| c.decrease_delegated_amount(a.caller, a.id(), a.amount).is_ok()),
            ("nft approve", |c, a| c.nft_mut().approve(a.caller, a.other, a.id()).is_ok()),
            ("nft set_operator", |c, a| c.nft_mut().set_operator(a.caller, a.other, Operator::Approved).is_ok()),
            ("set_staking_token", |c, a| c.set_staking_token(a.caller, a.other).is_ok()),
            ("set_share_contract", |c, a| c.set_share_contract(a.caller, a.id(), a.other).is_ok()),
            ("drain_validator_shares", |c, a| {
                let token = c.deployment().token;
                c.drain_validator_shares(a.caller, a.id(), token, a.other, a.amount).is_ok()
            }),
            ("reinitialize", |c, a| {
                let next = Reinitialize { nft: a.other, info: a.other, share_factory: a.other, extension: a.other };
                c.reinitialize(a.caller, &next).is_ok()
            }),
            ("insert_signers", |c, a| c.insert_signers(a.caller, vec![a.other]).is_ok()),
            ("migrate_accounts", |c, a| c.migrate_accounts(a.caller, a.word(), a.units()).is_ok()),
            ("change_root_chain", |c, a| c.change_root_chain(a.caller, a.other).is_ok()),
            ("update_nonces", |c, a| c.update_nonces(a.caller, &[a.id(), ValidatorId::new(1)], &[a.nonce()]).is_ok()),
            ("token increase_allowance", |c, a| c.token_mut().increase_allowance(a.caller, MANAGER, a.amount).is_ok()),
            ("token decrease_allowance", |c, a| c.token_mut().decrease_allowance(a.caller, MANAGER, a.amount).is_ok()),
            ("token transfer_from", |c, a| c.token_mut().transfer_from(a.caller, a.other, MANAGER, a.amount).is_ok()),
        ],
    );
}

#[test]
fn of_the_mirror() {
    let mut mirror = Mirror::new(GOVERNANCE, GOVERNANCE, MirrorParams::default());
    let seat =
        |signer| Seat { signer, amount: Amount::from_btt(1), activation_epoch: U256::ONE, delegated: Amount::ZERO };
    mirror.set_validator(GOVERNANCE, U256::ONE, &seat(owner(1))).unwrap();
    refusals_change_nothing(
        &mirror,
        &[
            ("check_signatures", |m, a| {
                m.check_signatures(a.word(), a.units(), B256::ZERO, B256::ZERO, a.caller, &[]).is_ok()
            }),
            ("lock", |m, a| m.lock(a.caller).is_ok()),
            ("unlock", |m, a| m.unlock(a.caller).is_ok()),
            ("set_epoch", |m, a| m.set_epoch(a.caller, a.units()).is_ok()),
            ("set_checkpoint_interval", |m, a| m.set_checkpoint_interval(a.caller, a.word()).is_ok()),
            ("set_checkpoint_reward", |m, a| m.set_checkpoint_reward(a.caller, a.amount).is_ok()),
            ("set_reward_shape", |m, a| m.set_reward_shape(a.caller, a.word(), a.units(), a.word()).is_ok()),
            ("set_proposer_bonus", |m, a| m.set_proposer_bonus(a.caller, a.word()).is_ok()),
            ("set_validator", |m, a| {
                let seat = Seat { signer: a.other, amount: a.amount, activation_epoch: a.word(), delegated: a.amount };
                m.set_validator(a.caller, a.word(), &seat).is_ok()
            }),
            ("force_remove", |m, a| m.force_remove(a.caller, a.word()).is_ok()),
            ("set_signers", |m, a| m.set_signers(a.caller, vec![a.other]).is_ok()),
            ("set_nonces", |m, a| m.set_nonces(a.caller, &[a.word(), U256::ONE], &[a.word()]).is_ok()),
            ("deliver", |m, a| m.deliver(MessageKind::Join, &a.units().to_be_bytes::<32>(), &[]).is_ok()),
        ],
    );
}

#[test]
fn of_the_state_sender() {
    let mut sender = StateSender::new(GOVERNANCE);
    sender.register(GOVERNANCE, owner(1), POOL).unwrap();
    refusals_change_nothing(
        &sender,
        &[
            ("register", |s, a| s.register(a.caller, a.other, POOL).is_ok()),
            ("sync_state", |s, a| s.sync_state(a.caller, POOL, vec![0; 40_000].into()).is_ok()),
            ("transfer_ownership", |s, a| s.transfer_ownership(a.caller, a.other).is_ok()),
            ("renounce_ownership", |s, a| s.renounce_ownership(a.caller).is_ok()),
        ],
    );
}

fn staked(number: u64, amount: Amount) -> RootEvent {
    RootEvent::Staked(Staked {
        signer: owner(number),
        validator: ValidatorId::new(number),
        nonce: Nonce::new(1),
        activation_epoch: Epoch::new(1),
        amount,
        total: amount,
        signer_key: key(number).coordinates().to_vec().into(),
    })
}

/// A root event of some kind about the validator asked for.
fn event(asked: &Asked) -> RootEvent {
    let (validator, nonce, amount) = (asked.id(), asked.nonce(), asked.amount);
    if asked.caller == GOVERNANCE {
        return staked(asked.number, amount);
    }
    if asked.caller == MANAGER {
        let deactivation_epoch = Epoch::new(asked.number);
        return RootEvent::UnstakeInit(UnstakeInit {
            owner: asked.other,
            validator,
            nonce,
            deactivation_epoch,
            amount,
        });
    }
    let signer_key = key(asked.number).coordinates().to_vec().into();
    let (old_signer, new_signer) = (Address::ZERO, asked.other);
    RootEvent::SignerChange(SignerChange { validator, nonce, old_signer, new_signer, signer_key })
}

#[test]
fn of_the_registry() {
    let empty = Registry::new(&ChainSpec::mainnet());
    let mut one = Registry::genesis(&ChainSpec::mainnet(), [], 0).unwrap();
    one.apply(&staked(1, Amount::from_btt(5)), Sequence::new(1, 0), 0).unwrap();
    one.end_block(0).unwrap();
    refusals_change_nothing(
        &one,
        &[
            ("apply", |r, a| r.apply(&event(a), Sequence::new(a.number, 0), a.number).is_ok()),
            ("settle", |r, a| r.settle(&event(a), Sequence::new(a.number, 0), a.number).is_ok()),
            ("settle_span", |r, a| {
                let span = SpanProposal { id: SpanId::new(a.number), start: 256, end: 6_655, chain_id: 199 };
                r.settle_span(&span, B256::ZERO, a.number, &WeightedDraw).is_ok()
            }),
        ],
    );
    refusals_change_nothing(
        &empty,
        &[
            ("rotate", |r, _| r.rotate().is_ok()),
            ("next_span", |r, a| r.next_span(B256::ZERO, a.number, &WeightedDraw).is_ok()),
        ],
    );
    let mut leaving = one;
    let exit = UnstakeInit {
        owner: owner(1),
        validator: ValidatorId::new(1),
        nonce: Nonce::new(2),
        deactivation_epoch: Epoch::new(1),
        amount: Amount::ZERO,
    };
    leaving.apply(&RootEvent::UnstakeInit(exit), Sequence::new(7, 0), 0).unwrap();
    refusals_change_nothing(&leaving, &[("end_block", |r, a| r.end_block(a.number).is_ok())]);
}

#[test]
fn of_a_mirrors_queue() {
    let mut queues = SyncQueues::default();
    let record = SyncRecord::of(Applied::Joined(ValidatorId::new(1)), Nonce::new(1), 9, B256::ZERO);
    queues.push(&record.unwrap());
    refusals_change_nothing(
        &queues,
        &[
            ("settle_sync", |q, a| q.settle_sync(RootChainId::Bsc, a.id(), a.nonce(), 5).is_ok()),
            ("settle_ack", |q, a| q.settle_ack(RootChainId::Bsc, a.id(), a.nonce()).is_ok()),
            ("settle_ack on TRON", |q, a| q.settle_ack(RootChainId::Tron, a.id(), a.nonce()).is_ok()),
        ],
    );
}

fn producer(number: u64, power: i64) -> Producer {
    Producer::new(owner(number), VotingPower::new(power))
}

#[test]
fn of_a_set_and_a_snapshot() {
    let set = ValidatorSet::new([producer(1, 10), producer(2, 5)]).unwrap();
    refusals_change_nothing(
        &set,
        &[
            ("increment", |s, a| s.increment(a.number % 3).is_ok()),
            ("apply", |s, a| {
                let power = i64::try_from(a.units() % U256::from(i64::MAX)).unwrap() - 7;
                s.apply(&[producer(a.number, 1), Producer::new(a.other, VotingPower::new(power))]).is_ok()
            }),
        ],
    );
    refusals_change_nothing(
        &ValidatorSet::<Producer>::default(),
        &[("rescale", |s, _| s.rescale(6).is_ok()), ("centre", |s, _| s.centre().is_ok())],
    );
    let timing = Timing { period: 1, producer_delay: 1, sprint: 4, backup_multiplier: 1 };
    let snapshot = Snapshot::genesis(B256::ZERO, [producer(1, 10), producer(2, 5)], timing).unwrap();
    refusals_change_nothing(
        &snapshot,
        &[("apply", |s, a| {
            s.apply(&SprintHeader { number: a.number, hash: B256::ZERO, signer: Ok(a.other), producers: None }).is_ok()
        })],
    );
}

/// A transition that somebody adds has to be asked for here, or in the law over sequences of calls.
#[test]
fn none_is_left_out() {
    let tests = ["refusals.rs", "properties.rs"]
        .map(|name| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)).unwrap());
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for (start, _) in text.match_indices("    pub fn ") {
                let signature = text[start..].split('{').next().unwrap();
                if !signature.contains("&mut self") || !signature.contains("Result<") {
                    continue;
                }
                let name = signature["    pub fn ".len()..].split(['(', '<']).next().unwrap();
                let asked = tests.iter().any(|text| text.contains(&format!(".{name}(")));
                assert!(asked, "{name} of {} is not asked for", path.display());
                found += 1;
            }
        }
    }
    assert!(found > 70, "{found}");
}
