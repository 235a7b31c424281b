//! The engine's promises: agreement, turns by power, progress with a third at fault, a clear word without it.

#![allow(clippy::unwrap_used, reason = "in helpers too: a test that cannot set up has failed")]

extern crate alloc;

use alloc::collections::BTreeMap;
use alloy_primitives::{Address, Bytes};
use bttc_core::{
    hash::keccak256,
    id::ValidatorId,
    signature::SecretKey,
    validator::{Validator, VotingPower},
};
use bttc_validator::engine::{
    Application, Decision, DecisionError, Engine, EngineError, Height, Hosts, Round, SetError, Simulated, Tally,
    Validity,
};
use core::time::Duration;
use proptest::prelude::*;

const CHAIN: u64 = 199;

/// How a validator behaves where it is free to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Honest,
    ProposesGarbage,
    ProposesNothing,
    LiesInExtensions,
    CallsEverythingInvalid,
}

/// A replica whose state is the list of what it heard.
#[derive(Debug)]
struct Replica {
    me: Address,
    manner: Manner,
    heard: Vec<Decision>,
    /// What to answer to the decision of a height.
    changes: BTreeMap<u64, Vec<Validator>>,
}

impl Replica {
    fn new(key: &SecretKey, manner: Manner) -> Self {
        Self { me: key.address(), manner, heard: Vec::new(), changes: BTreeMap::new() }
    }
}

impl Application for Replica {
    fn propose(&mut self, height: Height, round: Round) -> Option<Bytes> {
        match self.manner {
            Manner::ProposesGarbage => Some(Bytes::from_static(b"garbage")),
            Manner::ProposesNothing => None,
            _ => Some(format!("{height}: {} in round {round}", self.me).into_bytes().into()),
        }
    }

    fn validate(&mut self, height: Height, value: &Bytes, proposer: Address) -> Validity {
        let good = value.starts_with(format!("{height}: {proposer}").as_bytes());
        if good && self.manner != Manner::CallsEverythingInvalid { Validity::Valid } else { Validity::Invalid }
    }

    fn extend(&mut self, height: Height, _: &Bytes) -> Bytes {
        match self.manner {
            Manner::LiesInExtensions => Bytes::from_static(b"lie"),
            _ => format!("{} at {height}", self.me).into_bytes().into(),
        }
    }

    fn verify_extension(&mut self, height: Height, validator: Address, extension: &Bytes) -> Validity {
        let own_lie = self.manner == Manner::LiesInExtensions && validator == self.me;
        let good = extension[..] == *format!("{validator} at {height}").as_bytes();
        if good || own_lie { Validity::Valid } else { Validity::Invalid }
    }

    fn decide(&mut self, decision: &Decision) -> Vec<Validator> {
        self.heard.push(decision.clone());
        self.changes.get(&decision.height.get()).cloned().unwrap_or_default()
    }
}

type Replicas = BTreeMap<Address, Replica>;

fn key(number: u8) -> SecretKey {
    SecretKey::from_bytes(&keccak256([number])).unwrap()
}

fn seat(number: u8, power: i64) -> Validator {
    Validator::new(ValidatorId::new(number.into()), key(number).address(), VotingPower::new(power))
}

/// Validators 1, 2, 3 … of these powers and manners.
fn network(members: &[(i64, Manner)]) -> (Simulated, Vec<Validator>, Replicas) {
    let keys: Vec<SecretKey> = (1..).map(key).take(members.len()).collect();
    let set: Vec<Validator> = (1..).zip(members).map(|(number, (power, _))| seat(number, *power)).collect();
    let replicas = keys.iter().zip(members).map(|(key, (_, manner))| (key.address(), Replica::new(key, *manner)));
    let replicas = replicas.collect();
    (Simulated::new(CHAIN, &set, keys).unwrap(), set, replicas)
}

fn equals(manners: [Manner; 4]) -> (Simulated, Vec<Validator>, Replicas) {
    network(&manners.map(|manner| (10, manner)))
}

fn advance(engine: &mut dyn Engine, hosts: &mut dyn Hosts, heights: usize) -> Vec<Decision> {
    (0..heights).map(|_| engine.advance(hosts).unwrap()).collect()
}

fn committed(decision: &Decision) -> Vec<Address> {
    decision.commits.iter().map(|commit| commit.validator).collect()
}

#[test]
fn four_validators_decide_alike() {
    let (mut engine, set, mut replicas) = equals([Manner::Honest; 4]);
    let decisions = advance(&mut engine, &mut replicas, 20);
    for (height, decision) in (1..).zip(&decisions) {
        assert_eq!((decision.height, decision.round), (Height::new(height), Round::new(0)));
        assert_eq!(decision.value[..], *format!("{height}: {} in round 0", decision.proposer).as_bytes());
        assert_eq!(decision.commits.len(), 4);
        assert!(decision.commits.is_sorted_by_key(|commit| commit.validator));
        for commit in &decision.commits {
            assert_eq!(commit.extension[..], *format!("{} at {height}", commit.validator).as_bytes());
        }
        decision.verify(CHAIN, &set).unwrap();
    }
    assert!(replicas.values().all(|replica| replica.heard == decisions));
    assert_eq!(engine.height(), Height::new(21));
    assert_eq!(engine.elapsed(), Duration::ZERO); // no latency, no timeout
}

#[test]
fn validators_propose_in_proportion_to_their_power() {
    let (mut engine, set, mut replicas) = network(&[40, 30, 20, 10].map(|power| (power, Manner::Honest)));
    let decisions = advance(&mut engine, &mut replicas, 50);
    for validator in set {
        let turns = decisions.iter().filter(|decision| decision.proposer == validator.signer).count();
        assert_eq!(i64::try_from(turns).unwrap() * 2, validator.power.get());
    }
}

#[test]
fn one_silent_validator_costs_a_round_at_its_turn_and_catches_up() {
    let (mut engine, set, mut replicas) = equals([Manner::Honest; 4]);
    let silent = set[2].signer;
    let away = replicas.remove(&silent).unwrap();
    let mut decisions = advance(&mut engine, &mut replicas, 8);
    let rounds: Vec<u32> = decisions.iter().map(|decision| decision.round.get()).collect();
    assert_eq!(rounds.iter().filter(|round| **round == 1).count(), 2, "{rounds:?}"); // its turns in eight heights
    assert_eq!(rounds.iter().filter(|round| **round == 0).count(), 6);
    assert!(decisions.iter().all(|decision| decision.commits.len() == 3 && decision.proposer != silent));

    replicas.insert(silent, away);
    decisions.extend(advance(&mut engine, &mut replicas, 4));
    assert!(replicas.values().all(|replica| replica.heard == decisions));
    assert!(decisions[8..].iter().all(|decision| decision.round == Round::new(0) && decision.commits.len() == 4));
}

#[test]
fn two_silent_of_four_stall_and_one_back_goes_on() {
    let (engine, set, mut replicas) = equals([Manner::Honest; 4]);
    let mut engine = engine.with_patience(Duration::from_secs(60)).with_latency(Duration::from_millis(20));
    advance(&mut engine, &mut replicas, 3);
    let mut away: Replicas = [2, 3].map(|i| (set[i].signer, replicas.remove(&set[i].signer).unwrap())).into();
    let stalled = engine.advance(&mut replicas).unwrap_err();
    let EngineError::Stalled { height, waited, tally, .. } = &stalled else { panic!("{stalled}") };
    assert_eq!((*height, *waited), (Height::new(4), Duration::from_secs(60)));
    assert_eq!(*tally, Tally { live: 20, prevotes: 20, precommits: 0, needed: 27, total: 40 });
    let text = "height 4 stalled in round 0 after 60 s: \
                20 of 40 power live, 20 prevoted, 0 precommitted, 27 needed";
    assert_eq!(stalled.to_string(), text);
    assert!(matches!(engine.advance(&mut replicas), Err(EngineError::Stalled { .. })));
    assert!(replicas.values().all(|replica| replica.heard.len() == 3));

    replicas.append(&mut away);
    let after = advance(&mut engine, &mut replicas, 2);
    assert_eq!(after[0].height, Height::new(4));
    assert!(replicas.values().all(|replica| replica.heard.len() == 5 && replica.heard[3..] == after));
}

#[test]
fn nobody_hosted_is_a_stall_too() {
    let (mut engine, ..) = equals([Manner::Honest; 4]);
    let none = engine.advance(&mut Replicas::new());
    assert!(matches!(none, Err(EngineError::Stalled { tally: Tally { live: 0, prevotes: 0, .. }, .. })));
}

#[test]
fn a_bad_or_missing_proposal_costs_a_round() {
    for manner in [Manner::ProposesGarbage, Manner::ProposesNothing] {
        let (mut engine, set, mut replicas) = equals([manner, Manner::Honest, Manner::Honest, Manner::Honest]);
        let decisions = advance(&mut engine, &mut replicas, 4);
        let late: Vec<&Decision> = decisions.iter().filter(|decision| decision.round > Round::new(0)).collect();
        assert_eq!(late.len(), 1); // once in four heights it is the first one's turn
        assert_ne!(late[0].proposer, set[0].signer);
        assert!(late[0].value.ends_with(b"in round 1"));
        late[0].verify(CHAIN, &set).unwrap();
    }
}

#[test]
fn a_refused_extension_voids_its_commit_only() {
    let (mut engine, set, mut replicas) =
        equals([Manner::Honest, Manner::LiesInExtensions, Manner::Honest, Manner::Honest]);
    let decisions = advance(&mut engine, &mut replicas, 8);
    for decision in &decisions {
        assert_eq!((decision.round, decision.commits.len()), (Round::new(0), 3));
        assert!(!committed(decision).contains(&set[1].signer));
        decision.verify(CHAIN, &set).unwrap();
    }
    assert!(replicas.values().all(|replica| replica.heard == decisions)); // the liar hears it all the same
}

#[test]
fn too_many_refused_extensions_stall() {
    // The liar and the two who refuse it are three quarters, but the two alone are too few.
    let (mut engine, set, mut replicas) =
        equals([Manner::Honest, Manner::LiesInExtensions, Manner::Honest, Manner::Honest]);
    replicas.remove(&set[0].signer);
    let stalled = engine.advance(&mut replicas);
    assert!(matches!(stalled, Err(EngineError::Stalled { .. })), "{stalled:?}");
    assert!(replicas.values().all(|replica| replica.heard.is_empty()));
}

#[test]
fn who_calls_every_value_invalid_hears_what_the_others_decided() {
    let naysayer = Manner::CallsEverythingInvalid;
    let (mut engine, set, mut replicas) = equals([Manner::Honest, Manner::Honest, Manner::Honest, naysayer]);
    let decisions = advance(&mut engine, &mut replicas, 4);
    let others = decisions.iter().filter(|decision| decision.proposer != set[3].signer);
    assert!(others.clone().count() > 0 && others.into_iter().all(|decision| decision.commits.len() == 3));
    assert!(replicas.values().all(|replica| replica.heard == decisions));
}

#[test]
fn a_change_of_the_set_holds_two_heights_later() {
    let (mut engine, set, mut replicas) = equals([Manner::Honest; 4]);
    engine.add_key(key(5));
    replicas.insert(key(5).address(), Replica::new(&key(5), Manner::Honest));
    for replica in replicas.values_mut() {
        replica.changes.insert(2, vec![seat(5, 30), seat(1, 0)]);
    }
    let decisions = advance(&mut engine, &mut replicas, 12);
    let has = |decision: &Decision, number: u8| {
        let signer = key(number).address();
        let votes = decision.validators.iter().any(|validator| validator.signer == signer);
        assert_eq!(votes, committed(decision).contains(&signer));
        votes
    };
    for (height, decision) in (1..).zip(&decisions) {
        assert_eq!((has(decision, 1), has(decision, 5)), (height < 4, height >= 4), "at {height}");
        decision.verify(CHAIN, &decision.validators).unwrap();
    }
    assert!(decisions[0].verify(CHAIN, &set).is_ok() && decisions[11].verify(CHAIN, &set).is_err());
    let turns = decisions[3..9].iter().filter(|decision| decision.proposer == key(5).address()).count();
    assert!((2..=3).contains(&turns), "half of the power, a newcomer's wait: {turns} of 6");
    assert!(replicas.values().all(|replica| replica.heard == decisions)); // in the set or not
}

#[test]
fn replicas_that_are_none_end_the_run() {
    let (mut engine, set, mut replicas) = equals([Manner::Honest; 4]);
    let changes = vec![seat(3, 5)];
    replicas.get_mut(&set[1].signer).unwrap().changes.insert(1, changes.clone());
    let diverged = engine.advance(&mut replicas).unwrap_err();
    let EngineError::Diverged { height, validator, got, expected, .. } = &diverged else { panic!("{diverged}") };
    assert_eq!(*height, Height::new(1));
    let odd_one = if *validator == set[1].signer { got } else { expected };
    assert_eq!(*odd_one, changes);
    assert_eq!(engine.advance(&mut replicas), Err(diverged)); // for good

    let (mut engine, _, mut replicas) = equals([Manner::Honest; 4]);
    replicas.values_mut().for_each(|replica| _ = replica.changes.insert(1, vec![seat(9, 0)]));
    let source = SetError::Stranger { validator: key(9).address() };
    assert_eq!(engine.advance(&mut replicas), Err(EngineError::Change { height: Height::new(1), source }));
}

#[test]
fn a_single_validator_decides_alone() {
    let set = [seat(1, 1)];
    let mut host = (set[0].signer, Replica::new(&key(1), Manner::Honest));
    let mut engine = Simulated::new(CHAIN, &set, [key(1)]).unwrap().starting_at(Height::new(7));
    let decisions = advance(&mut engine, &mut host, 3);
    assert_eq!((decisions[0].height, decisions[2].height), (Height::new(7), Height::new(9)));
    decisions[2].verify(CHAIN, &set).unwrap();
    assert_eq!(host.1.heard, decisions);
}

#[test]
fn a_decision_proves_itself_and_nothing_else() {
    let (mut engine, set, mut replicas) = equals([Manner::Honest; 4]);
    let decision = engine.advance(&mut replicas).unwrap();
    let validator = decision.commits[0].validator;
    assert_eq!(decision.verify(CHAIN, &set).unwrap().to_string(), "40");
    assert_eq!(decision.verify(1029, &set), Err(DecisionError::Signature { validator }));

    let altered = |alter: fn(&mut Decision)| {
        let mut decision = decision.clone();
        alter(&mut decision);
        decision.verify(CHAIN, &set).unwrap_err()
    };
    assert_eq!(altered(|d| d.value = Bytes::from_static(b"other")), DecisionError::Signature { validator });
    assert_eq!(altered(|d| d.height = Height::new(2)), DecisionError::Signature { validator });
    assert_eq!(altered(|d| d.commits[0].extension = Bytes::new()), DecisionError::Extension { validator });
    assert_eq!(altered(|d| d.commits[1] = d.commits[0].clone()), DecisionError::Twice { validator });
    assert_eq!(
        altered(|d| d.commits[0].validator = Address::ZERO),
        DecisionError::Stranger { validator: Address::ZERO }
    );
    assert!(matches!(altered(|d| d.commits.truncate(2)), DecisionError::Power { .. }));
    assert!(decision.verify(CHAIN, &set[..1]).is_err());
}

#[test]
fn equal_inputs_give_equal_decisions() {
    let run = |seed| {
        let (engine, set, mut replicas) =
            equals([Manner::Honest, Manner::Honest, Manner::Honest, Manner::ProposesGarbage]);
        let latency = Duration::from_millis(40);
        let mut engine = engine.with_latency(latency).with_jitter(Duration::from_millis(400), seed);
        let mut decisions = advance(&mut engine, &mut replicas, 6);
        replicas.remove(&set[0].signer);
        decisions.extend(advance(&mut engine, &mut replicas, 6));
        (decisions, engine.elapsed())
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7).1, run(8).1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn less_than_a_third_at_fault_changes_nothing(
        powers in prop::collection::vec(1_i64..20, 4..7),
        manner in prop::sample::select(vec![
            Manner::ProposesGarbage,
            Manner::ProposesNothing,
            Manner::LiesInExtensions,
            Manner::CallsEverythingInvalid,
        ]),
        latency in 0_u64..300,
        jitter in 0_u64..2_000,
        seed: u64,
    ) {
        let third = powers.iter().sum::<i64>() / 3;
        let mut faulty = 0;
        let members: Vec<(i64, Manner)> = powers.iter().map(|power| {
            let turns = faulty + power < third;
            faulty += if turns { *power } else { 0 };
            (*power, if turns { manner } else { Manner::Honest })
        }).collect();
        let (engine, set, mut replicas) = network(&members);
        let (latency, jitter) = (Duration::from_millis(latency), Duration::from_millis(jitter));
        let mut engine = engine.with_latency(latency).with_jitter(jitter, seed);
        let decisions = advance(&mut engine, &mut replicas, 5);
        for decision in &decisions {
            decision.verify(CHAIN, &set).unwrap();
            let good = format!("{}: {}", decision.height, decision.proposer);
            prop_assert!(decision.value.starts_with(good.as_bytes()));
        }
        prop_assert!(replicas.values().all(|replica| replica.heard == decisions));
    }
}
