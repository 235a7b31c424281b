//! The engine in one process: all validators, one thread, a clock that jumps.
//!
//! ```text
//!   agenda   (virtual time, sequence) ──next task──▶ node i: consensus core + its application
//!      ▲                                                   │
//!      └── to itself, at a timeout ◀────── orders ─────────┤
//!      └── to every live node, after the latency ◀─────────┘
//! ```
//!
//! Each node is a whole Tendermint core that signs, sends and checks as it would in its own process; only the network
//! and the clock are ours. A node lives for one height; what outlasts it is the agenda's clock and the sets.

mod agenda;
mod node;

use super::checker::Checker;
use super::context::Context;
use super::validator_set::{SetError, ValidatorSet};
use super::{Commit, Decision, Engine, EngineError, Height, Hosts, Round, Tally};
use agenda::Agenda;
use alloc::collections::{BTreeMap, VecDeque};
use alloy_primitives::{Address, Bytes};
use arc_malachitebft_core_types::{SignedVote, ThresholdParams, Vote as _};
use bttc_core::{signature::SecretKey, validator::Validator};
use core::{fmt, time::Duration};
use node::{Bench, Node, Order};

/// How long a height may take before it counts as stalled.
const PATIENCE: Duration = Duration::from_secs(300);

/// The deterministic engine: every validator in one process.
///
/// Nothing waits: a timeout of three seconds costs no more than an entry in the agenda. Equal inputs give equal
/// decisions, signature for signature; chance enters only by the seed of [`Self::with_jitter`].
///
/// A height is over when a validator has decided and no message is under way, so the decision lists the commit of every
/// live validator that committed, late ones included, unless its extension was refused. A validator that could not
/// decide by itself (its application called the value invalid) is told the decision like one that was silent.
///
/// Faults come with the hosts: an application that proposes garbage, judges wrongly or lies in its extensions is an
/// [`Application`](super::Application) like any other, and a silent validator is one that the [`Hosts`] do not have. It
/// hears nothing from then on and loses no memory; decisions are kept until each validator with a key here has heard
/// them. Messages between live validators are delayed, never lost or forged.
///
/// Timeouts are Tendermint's defaults: 3 s to propose and 1 s to gather votes of each kind, 0.5 s more each round; a
/// vote that led to nothing is sent again after 5 s, 1.5 s more each round.
pub struct Simulated {
    chain_id: u64,
    height: Height,
    /// Who votes at this height, and at the next.
    sets: [ValidatorSet; 2],
    seats: BTreeMap<Address, Seat>,
    agenda: Agenda,
    /// Decisions that not every validator has heard yet.
    past: VecDeque<Past>,
    patience: Duration,
    checker: Checker,
    failed: Option<EngineError>,
}

/// A validator the engine has the key of, in the set or not.
#[derive(Debug)]
struct Seat {
    key: SecretKey,
    /// Found among the hosts.
    live: bool,
    /// The next height its application is to hear of.
    next: Height,
    /// Its part in the height at hand, once it has one.
    node: Option<Node>,
}

/// A decision, and the changes of the set that applications drew from it.
#[derive(Debug)]
struct Past {
    decision: Decision,
    /// Whose answer it is.
    by: Address,
    changes: Vec<Validator>,
}

impl fmt::Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain_id, height, seats, .. } = self;
        let (keys, now) = (seats.len(), self.elapsed());
        write!(f, "Simulated {{ chain {chain_id}, height {height}, {keys} keys, {now:?} }}")
    }
}

impl Simulated {
    /// The engine of a chain at its first height. `chain_id` enters every signature. A validator without a key here is
    /// silent; a key without a seat in the set hears the decisions, and votes once a change brings it in.
    ///
    /// # Errors
    /// [`SetError`] if these cannot be a set.
    pub fn new(
        chain_id: u64,
        validators: &[Validator],
        keys: impl IntoIterator<Item = SecretKey>,
    ) -> Result<Self, SetError> {
        let set = ValidatorSet::new(validators)?;
        let next = set.increment(1);
        let mut engine = Self {
            chain_id,
            height: Height::FIRST,
            sets: [set, next],
            seats: BTreeMap::new(),
            agenda: Agenda::new(),
            past: VecDeque::new(),
            patience: PATIENCE,
            checker: Checker::new(chain_id),
            failed: None,
        };
        for key in keys {
            engine.add_key(key);
        }
        Ok(engine)
    }

    /// Begins at this height instead of the first. To be called before the first advance.
    #[must_use]
    pub fn starting_at(mut self, height: Height) -> Self {
        self.height = height;
        for seat in self.seats.values_mut() {
            seat.next = height;
        }
        self
    }

    /// Lets every message take so long; without it, none.
    #[must_use]
    pub const fn with_latency(mut self, latency: Duration) -> Self {
        self.agenda.latency = latency;
        self
    }

    /// Lets every message take up to so much longer, drawn from this seed; messages can overtake one another.
    #[must_use]
    pub const fn with_jitter(mut self, jitter: Duration, seed: u64) -> Self {
        self.agenda.jitter = jitter;
        self.agenda.chance = seed;
        self
    }

    /// How much virtual time without a decision is a stall; 300 s unless set.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Adds the key of a validator that is to join. Its application has heard of all heights before the one at hand.
    pub fn add_key(&mut self, key: SecretKey) {
        let seat = Seat { key, live: false, next: self.height, node: None };
        self.seats.entry(seat.key.address()).or_insert(seat);
    }

    /// The virtual time that has passed.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.agenda.now()
    }

    const fn set(&self) -> &ValidatorSet {
        let [set, _] = &self.sets;
        set
    }

    /// Sees who is there, tells them what they missed, and lets them begin or go on with the height at hand.
    fn muster(&mut self, hosts: &mut dyn Hosts) -> Result<(), EngineError> {
        let mut returned = Vec::new();
        for (address, seat) in &mut self.seats {
            let was_live = core::mem::replace(&mut seat.live, false);
            let Some(application) = hosts.application(*address) else {
                continue;
            };
            seat.live = true;
            for Past { decision, by, changes } in &self.past {
                if decision.height >= seat.next {
                    let (height, validator, other) = (decision.height, *address, *by);
                    let got = application.decide(decision);
                    if got != *changes {
                        let expected = changes.clone();
                        return Err(EngineError::Diverged { height, validator, other, got, expected });
                    }
                }
            }
            seat.next = self.height;
            if !was_live || seat.node.is_none() {
                returned.push(*address);
            }
        }
        for address in returned {
            let [set, _] = &self.sets;
            let Some(seat) = self.seats.get_mut(&address).filter(|_| set.seat(address).is_some()) else {
                continue;
            };
            if let Some(node) = &mut seat.node {
                for task in node.parked.drain(..) {
                    self.agenda.plan(Duration::ZERO, address, task);
                }
            } else {
                seat.node = Some(Node::new(&seat.key, self.height, set.clone()));
                self.work(address, hosts, Node::start)?;
            }
        }
        Ok(())
    }

    /// Runs the height at hand until it is over.
    fn run(&mut self, hosts: &mut dyn Hosts) -> Result<Decision, EngineError> {
        let until = self.agenda.now().saturating_add(self.patience);
        loop {
            if self.agenda.under_way() == 0
                && let Some(decision) = self.decision()
            {
                return Ok(decision);
            }
            let Some((address, task)) = self.agenda.next_by(until) else {
                return self.decision().ok_or_else(|| self.stalled());
            };
            match self.seats.get_mut(&address) {
                Some(Seat { live: true, .. }) => self.work(address, hosts, |node, bench| node.run(task, bench))?,
                Some(Seat { node: Some(node), .. }) if !task.is_message() => node.parked.push(task),
                _ => {}
            }
        }
    }

    /// Lets a node do something, and carries out what it orders.
    fn work(
        &mut self,
        address: Address,
        hosts: &mut dyn Hosts,
        job: impl FnOnce(&mut Node, &mut Bench<'_>) -> Result<(), String>,
    ) -> Result<(), EngineError> {
        let Some(node) = self.seats.get_mut(&address).and_then(|seat| seat.node.as_mut()) else {
            return Ok(());
        };
        let (height, validator) = (self.height, address);
        let application = hosts.application(address).ok_or(EngineError::Left { height, validator })?;
        let mut bench = Bench { application, checker: &self.checker };
        let done = job(node, &mut bench);
        let orders = node.take_orders();
        done.map_err(|reason| EngineError::Core { height, validator, reason })?;
        for order in orders {
            match order {
                Order::Plan(after, task) => self.agenda.plan(after, address, task),
                Order::Send(message) => {
                    for (to, seat) in &self.seats {
                        if *to != address && seat.live && seat.node.is_some() {
                            self.agenda.send(*to, message.clone());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The live nodes.
    fn nodes(&self) -> impl Iterator<Item = (Address, &Node)> {
        let live = self.seats.iter().filter(|(_, seat)| seat.live);
        live.filter_map(|(address, seat)| Some((*address, seat.node.as_ref()?)))
    }

    /// What was decided and by whom committed, once somebody decided and the commits that count are enough.
    fn decision(&self) -> Option<Decision> {
        let set = self.set();
        let alone = self.nodes().count() == 1;
        self.nodes().find_map(|(_, decider)| {
            let (round, id) = decider.decided()?;
            let (proposer, value) = decider.value(&id)?;
            let mut commits = BTreeMap::new();
            for (holder, node) in self.nodes() {
                // A precommit that only its author accepts has been refused by all others, and does not count.
                let votes = node.precommits(round, id).into_iter();
                commits.extend(votes.filter_map(commit).filter(|(validator, _)| alone || *validator != holder));
            }
            let power = commits.keys().filter_map(|validator| set.power(*validator)).sum();
            ThresholdParams::default().quorum.is_met(power, set.total()).then_some(())?;
            Some(Decision {
                height: self.height,
                round: Round::new(round),
                value: value.clone(),
                proposer: proposer.0,
                validators: set.validators(),
                commits: commits.into_values().collect(),
            })
        })
    }

    /// Ends the height: every hosted application hears of it, and what they answer becomes the set after the next.
    fn close(&mut self, decision: Decision, hosts: &mut dyn Hosts) -> Result<Decision, EngineError> {
        let height = self.height;
        let following = height.next().ok_or(EngineError::LastHeight { height })?;

        let mut past: Option<Past> = None;
        for (address, seat) in self.seats.iter_mut().filter(|(_, seat)| seat.live) {
            let validator = *address;
            let application = hosts.application(validator).ok_or(EngineError::Left { height, validator })?;
            let got = application.decide(&decision);
            seat.next = following;
            match &past {
                Some(Past { by, changes, .. }) if got != *changes => {
                    let (other, expected) = (*by, changes.clone());
                    return Err(EngineError::Diverged { height, validator, other, got, expected });
                }
                Some(_) => {}
                None => past = Some(Past { decision: decision.clone(), by: validator, changes: got }),
            }
        }
        let changes = past.as_ref().map_or(&[][..], |past| &past.changes);
        let [_, next] = &self.sets;
        let after = next.follow(changes).map_err(|source| EngineError::Change { height, source })?;

        self.sets = [next.clone(), after];
        self.height = following;
        self.agenda.clear();
        self.checker.forget();
        for seat in self.seats.values_mut() {
            seat.node = None;
        }
        self.past.extend(past);
        let heard = self.seats.values().map(|seat| seat.next).min().unwrap_or(following);
        while self.past.front().is_some_and(|past| past.decision.height < heard) {
            self.past.pop_front();
        }
        Ok(decision)
    }

    fn stalled(&self) -> EngineError {
        let set = self.set();
        let (round, prevotes, precommits) = self.nodes().map(|(_, node)| node.standing()).max().unwrap_or_default();
        EngineError::Stalled {
            height: self.height,
            round: Round::new(round),
            waited: self.patience,
            tally: Tally {
                live: self.nodes().filter_map(|(address, _)| set.power(address)).sum(),
                prevotes,
                precommits,
                needed: ThresholdParams::default().quorum.min_expected(set.total()),
                total: set.total(),
            },
        }
    }
}

impl Engine for Simulated {
    fn height(&self) -> Height {
        self.height
    }

    fn validators(&self) -> Vec<Validator> {
        self.set().validators()
    }

    fn advance(&mut self, hosts: &mut dyn Hosts) -> Result<Decision, EngineError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let ran = self.muster(hosts).and_then(|()| self.run(hosts));
        let done = ran.and_then(|decision| self.close(decision, hosts));
        if let Err(error) = &done
            && !matches!(error, EngineError::Stalled { .. })
        {
            self.failed = Some(error.clone());
        }
        done
    }
}

/// The commit in a precommit for a value, by its validator.
fn commit(mut vote: SignedVote<Context>) -> Option<(Address, Commit)> {
    let validator = vote.message.validator_address().0;
    let extension = vote.message.take_extension()?;
    let commit = Commit {
        validator,
        signature: vote.signature,
        extension: Bytes(extension.message),
        extension_signature: extension.signature,
    };
    Some((validator, commit))
}
