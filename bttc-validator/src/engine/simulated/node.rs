//! One validator: the consensus core's state for the height at hand, and the answers to what it asks for.

use crate::engine::checker::Checker;
use crate::engine::context::{Address, Context, Part, Value};
use crate::engine::digest::value_id;
use crate::engine::validator_set::ValidatorSet;
use crate::engine::{Application, Height, Round, Validity};
use alloc::collections::{BTreeMap, BTreeSet};
use alloy_primitives::{B256, Bytes};
use arc_malachitebft_core_consensus::{
    ConsensusMsg, Effect, Error, Input, LivenessMsg, LocallyProposedValue, Params, ProposedValue, Resumable as _,
    Resume, SignedConsensusMsg, State, VoteExtensionError, process,
};
use arc_malachitebft_core_types as mt;
use arc_malachitebft_core_types::{
    CertificateError, LinearTimeouts, SignedExtension, SignedMessage, SignedVote, Timeout, ValueOrigin, ValuePayload,
    VoteExtensionPolicy, VoteExtensionScope,
};
use arc_malachitebft_metrics::Metrics;
use arc_malachitebft_signing::VerifierExt as _;
use bttc_core::signature::{SecretKey, Signature};
use core::{convert::Infallible, fmt, time::Duration};
use futures::FutureExt as _;

/// What falls due for a validator.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// Vote, proposal or certificate of another.
    Consensus(Box<Input<Context>>),
    /// Proposed bytes of another.
    Part(Part),
    /// A timer of its own, with its number: a timer set again or stopped is void.
    Timer(Timeout, u64),
    /// Its turn to propose.
    Propose(mt::Round),
}

impl Task {
    /// Whether it came from another validator.
    pub(super) const fn is_message(&self) -> bool {
        matches!(self, Self::Consensus(_) | Self::Part(_))
    }
}

/// What a validator wants done.
#[derive(Debug)]
pub(super) enum Order {
    /// To itself, later.
    Plan(Duration, Task),
    /// To all others.
    Send(Task),
}

/// A validator that takes part in a height.
pub(super) struct Node {
    core: State<Context>,
    /// The core's gauges; they follow its steps, so each core has its own.
    metrics: Metrics,
    desk: Desk,
    /// Its own tasks that fell due while it was silent.
    pub(super) parked: Vec<Task>,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("height", &self.core.height().0).field("round", &self.core.round()).finish()
    }
}

impl Node {
    /// The validator at the start of a height; [`Self::start`] begins it.
    pub(super) fn new(key: &SecretKey, height: Height, set: ValidatorSet) -> Self {
        let me = Address(key.address());
        let params = Params {
            address: me,
            threshold_params: mt::ThresholdParams::default(),
            // With `ProposalOnly` the core never asks the application whether a value is valid.
            value_payload: ValuePayload::ProposalAndParts,
            enabled: true,
        };
        Self {
            // The queue is for messages of later heights, of which there are none.
            core: State::new(Context, height.into(), set, params, 1, 1),
            metrics: Metrics::new(),
            desk: Desk {
                me,
                key: key.clone(),
                height,
                timers: Vec::new(),
                timers_set: 0,
                orders: Vec::new(),
                values: BTreeMap::new(),
                verdicts: BTreeMap::new(),
                signed: BTreeSet::new(),
                decided: None,
            },
            parked: Vec::new(),
        }
    }

    pub(super) fn start(&mut self, bench: &mut Bench<'_>) -> Result<(), String> {
        let set = self.core.validator_set().clone();
        let height = self.desk.height.into();
        self.put(Input::StartHeight(height, set, false, None, VoteExtensionPolicy::Required), bench)
    }

    /// Does what fell due.
    pub(super) fn run(&mut self, task: Task, bench: &mut Bench<'_>) -> Result<(), String> {
        let height = self.desk.height;
        let input = match task {
            Task::Consensus(input) => *input,
            Task::Timer(timeout, number) => {
                if !self.desk.timers.contains(&(timeout, number)) {
                    return Ok(());
                }
                self.desk.stop(timeout);
                Input::TimeoutElapsed(timeout)
            }
            Task::Propose(round) => {
                let number = Round::new(round.as_u32().unwrap_or(0));
                let Some(value) = bench.application.propose(height, number) else {
                    return Ok(());
                };
                let me = self.desk.me;
                let id = self.desk.keep(me, &value);
                self.desk.verdicts.insert(id, Validity::Valid);
                let part = Part { height: height.into(), round, sender: me, proposer: me, value };
                self.desk.orders.push(Order::Send(Task::Part(part)));
                Input::Propose(LocallyProposedValue::new(height.into(), round, Value(id)))
            }
            Task::Part(Part { height: at, round, sender, proposer, value }) => {
                let id = self.desk.keep(proposer, &value);
                let application = &mut bench.application;
                let set = self.core.validator_set();
                let judge = || {
                    if set.had_turn(proposer.0, round.as_u32().unwrap_or(0)) {
                        application.validate(height, &value, proposer.0)
                    } else {
                        Validity::Invalid
                    }
                };
                let verdict = *self.desk.verdicts.entry(id).or_insert_with(judge);
                let validity = mt::Validity::from_bool(verdict == Validity::Valid);
                let valid_round = mt::Round::Nil;
                let proposed =
                    ProposedValue { height: at, round, valid_round, proposer: sender, value: Value(id), validity };
                Input::ProposedValue(proposed, ValueOrigin::Consensus)
            }
        };
        self.put(input, bench)
    }

    /// What it wants done since it was last asked.
    pub(super) fn take_orders(&mut self) -> Vec<Order> {
        core::mem::take(&mut self.desk.orders)
    }

    /// The round and value it has decided on.
    pub(super) const fn decided(&self) -> Option<(u32, B256)> {
        self.desk.decided
    }

    /// A value it has seen, and who built it.
    pub(super) fn value(&self, id: &B256) -> Option<&(Address, Bytes)> {
        self.desk.values.get(id)
    }

    /// The precommits for a value that it has accepted.
    pub(super) fn precommits(&self, round: u32, id: B256) -> Vec<SignedVote<Context>> {
        self.core.restore_precommits(self.desk.height.into(), mt::Round::new(round), &Value(id))
    }

    /// The round it is in, and the power that prevoted and precommitted there.
    pub(super) fn standing(&self) -> (u32, u64, u64) {
        let round = self.core.round();
        let power = |step| self.core.driver.votes().per_round(round).map_or(0, |votes| votes.votes().weight_sum(step));
        (round.as_u32().unwrap_or(0), power(mt::VoteType::Prevote), power(mt::VoteType::Precommit))
    }

    fn put(&mut self, input: Input<Context>, bench: &mut Bench<'_>) -> Result<(), String> {
        let (state, desk, metrics) = (&mut self.core, &mut self.desk, &self.metrics);
        let done: Result<(), Error<Context>> = process!(
            input: input,
            state: state,
            metrics: metrics,
            with: effect => Ok::<_, Infallible>(desk.answer(effect, bench))
        );
        done.map_err(|error| error.to_string())
    }
}

/// What a validator works with while it works.
pub(super) struct Bench<'a> {
    pub(super) application: &'a mut dyn Application,
    pub(super) checker: &'a Checker,
}

/// All of a validator but the core's state, which the core holds while it asks.
struct Desk {
    me: Address,
    key: SecretKey,
    height: Height,
    timers: Vec<(Timeout, u64)>,
    timers_set: u64,
    orders: Vec<Order>,
    /// Values seen, with who built them.
    values: BTreeMap<B256, (Address, Bytes)>,
    verdicts: BTreeMap<B256, Validity>,
    /// Its own signatures, which it need not check.
    signed: BTreeSet<(B256, Signature)>,
    decided: Option<(u32, B256)>,
}

impl Desk {
    fn keep(&mut self, proposer: Address, value: &Bytes) -> B256 {
        let id = value_id(proposer.0, value);
        self.values.insert(id, (proposer, value.clone()));
        id
    }

    fn stop(&mut self, timeout: Timeout) {
        self.timers.retain(|(set, _)| *set != timeout);
    }

    fn sign(&mut self, digest: B256) -> Signature {
        let signature = self.key.sign(&digest);
        self.signed.insert((digest, signature));
        signature
    }

    fn is_signed(&self, by: alloy_primitives::Address, digest: B256, signature: &Signature, checker: &Checker) -> bool {
        let own = by == self.me.0 && self.signed.contains(&(digest, *signature));
        own || checker.is_signed_by(by, digest, signature)
    }

    fn send(&mut self, input: Input<Context>) {
        self.orders.push(Order::Send(Task::Consensus(Box::new(input))));
    }

    /// Answers what the core asks for; what it only reports is noted or let pass.
    fn answer(&mut self, effect: Effect<Context>, bench: &mut Bench<'_>) -> Resume<Context> {
        let checker = bench.checker;
        match effect {
            // Time.
            Effect::ScheduleTimeout(timeout, r) => {
                self.stop(timeout);
                self.timers_set += 1;
                self.timers.push((timeout, self.timers_set));
                let after = LinearTimeouts::default().duration_for(timeout);
                self.orders.push(Order::Plan(after, Task::Timer(timeout, self.timers_set)));
                r.resume_with(())
            }
            Effect::CancelTimeout(timeout, r) => {
                self.stop(timeout);
                r.resume_with(())
            }
            Effect::CancelAllTimeouts(r) => {
                self.timers.clear();
                r.resume_with(())
            }

            // Messages to the others.
            Effect::PublishConsensusMsg(message, r) => {
                self.send(match message {
                    SignedConsensusMsg::Vote(vote) => Input::Vote(vote),
                    SignedConsensusMsg::Proposal(proposal) => Input::Proposal(proposal),
                });
                r.resume_with(())
            }
            Effect::PublishLivenessMsg(message, r) => {
                self.send(match message {
                    LivenessMsg::Vote(vote) => Input::Vote(vote),
                    LivenessMsg::PolkaCertificate(certificate) => Input::PolkaCertificate(certificate),
                    LivenessMsg::SkipRoundCertificate(certificate) => Input::RoundCertificate(certificate),
                });
                r.resume_with(())
            }
            Effect::RepublishVote(vote, r) => {
                self.send(Input::Vote(vote));
                r.resume_with(())
            }
            Effect::RepublishRoundCertificate(certificate, r) => {
                self.send(Input::RoundCertificate(certificate));
                r.resume_with(())
            }
            Effect::RestreamProposal(height, round, _, sender, id, r) => {
                if let Some((proposer, value)) = self.values.get(&id).cloned() {
                    self.orders.push(Order::Send(Task::Part(Part { height, round, sender, proposer, value })));
                }
                r.resume_with(())
            }

            // The application.
            Effect::GetValue(_, round, _, r) => {
                // The core takes the value as an input of its own, so it comes after this one.
                self.orders.push(Order::Plan(Duration::ZERO, Task::Propose(round)));
                r.resume_with(())
            }
            Effect::ExtendVote(height, round, id, _, r) => {
                let Some((_, value)) = self.values.get(&id) else {
                    return r.resume_with(None); // the core reports that an extension is missing
                };
                let extension = bench.application.extend(self.height, value).0;
                let scope = VoteExtensionScope::new(height, round, id, self.me);
                let signature = self.sign(checker.extension(&scope, &extension));
                r.resume_with(Some(SignedMessage::new(extension, signature)))
            }
            Effect::VerifyVoteExtension(height, round, id, validator, extension, _, r) => {
                let scope = VoteExtensionScope::new(height, round, id, validator);
                r.resume_with(self.accept(&scope, &extension, bench))
            }
            Effect::Decide(certificate, _, r) => {
                self.decided = certificate.round.as_u32().map(|round| (round, certificate.value_id));
                r.resume_with(())
            }

            // Signatures.
            Effect::SignVote(vote, r) => {
                let signature = self.sign(checker.vote(&vote));
                r.resume_with(SignedMessage::new(vote, signature))
            }
            Effect::SignProposal(proposal, r) => {
                let signature = self.sign(checker.proposal(&proposal));
                r.resume_with(SignedMessage::new(proposal, signature))
            }
            Effect::VerifySignature(SignedMessage { message, signature }, signer, r) => {
                let digest = match &message {
                    ConsensusMsg::Vote(vote) => checker.vote(vote),
                    ConsensusMsg::Proposal(proposal) => checker.proposal(proposal),
                };
                r.resume_with(self.is_signed(signer, digest, &signature, checker))
            }
            Effect::VerifyCommitCertificate(certificate, set, thresholds, r) => {
                r.resume_with(at_once(checker.verify_commit_certificate(&Context, &certificate, &set, thresholds)))
            }
            Effect::VerifyPolkaCertificate(certificate, set, thresholds, r) => {
                r.resume_with(at_once(checker.verify_polka_certificate(&Context, &certificate, &set, thresholds)))
            }
            Effect::VerifyRoundCertificate(certificate, set, thresholds, r) => {
                r.resume_with(at_once(checker.verify_round_certificate(&Context, &certificate, &set, thresholds)))
            }
            Effect::VerifyExtendedCommitCertificate(certificate, set, thresholds, policy, r) => {
                let checked =
                    checker.verify_extended_commit_certificate(&Context, &certificate, &set, thresholds, policy);
                let refused = certificate.commit_signatures.iter().find(|commit| {
                    let bytes = commit.extension.as_ref().map(|extension| Bytes(extension.message.clone()));
                    bytes.is_some_and(|bytes| {
                        let verdict = bench.application.verify_extension(self.height, commit.address.0, &bytes);
                        verdict == Validity::Invalid
                    })
                });
                let refused = refused.map(|commit| CertificateError::InvalidVoteExtension(commit.address));
                r.resume_with(at_once(checked).and(refused.map_or(Ok(()), Err)))
            }

            // A validator here loses no memory, so it keeps no log; and it is told missed decisions, so it never syncs.
            Effect::WalAppend(_, _, r)
            | Effect::StartRound(_, _, _, _, r)
            | Effect::Finalize(_, _, _, r)
            | Effect::CertVerifiedSyncValue(_, _, r)
            | Effect::CertRejectedSyncValue(_, _, _, r) => r.resume_with(()),
        }
    }

    fn accept(
        &self,
        scope: &VoteExtensionScope<Context>,
        extension: &SignedExtension<Context>,
        bench: &mut Bench<'_>,
    ) -> Result<(), VoteExtensionError> {
        let validator = scope.validator_address.0;
        let digest = bench.checker.extension(scope, &extension.message);
        if !self.is_signed(validator, digest, &extension.signature, bench.checker) {
            return Err(VoteExtensionError::InvalidSignature);
        }
        match bench.application.verify_extension(self.height, validator, &Bytes(extension.message.clone())) {
            Validity::Valid => Ok(()),
            Validity::Invalid => Err(VoteExtensionError::InvalidVoteExtension),
        }
    }
}

/// The answer of a future that waits for nothing: our checker computes and returns.
fn at_once<T>(
    future: impl Future<Output = Result<T, CertificateError<Context>>>,
) -> Result<T, CertificateError<Context>> {
    future.now_or_never().unwrap_or(Err(CertificateError::VerificationError(None)))
}
