//! What a validator does by itself: its transactions, its votes, what it hands over.

use super::{MOST_WAITING, Node};
use crate::{
    duties::{Sending, checkpoint_rules, is_known, is_same_fact, next_range, next_span, relay},
    layer::{AnyMessage, LayerEvent, Received},
    message::{Message, Msg as _, MsgCheckpoint, MsgCheckpointNoAck},
    module::{checkpoint, topup},
    param::{MAX_CHECKPOINT_LENGTH, SIDE_CHAIN_CONFIRMATIONS},
    tx::StdTx,
    vote::SideResult,
};
use alloy_primitives::B256;
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    merkle::root_of,
    signatures::Signatures,
    vote::VoteResult,
};
use bttc_core::{
    amino::{AnyOf, Text},
    quorum::PowerQuorum,
    root_chain::RootChainId,
    validator::Validator,
};

impl Node {
    /// The root over blocks of its own chain, as its policy sees it; `None` while it does not have them all as deep as
    /// they must lie, and for more than a checkpoint may hold.
    ///
    /// Source: `validation-layer §3.1, §3.4; delivery:helper/call.go:326-346`.
    #[must_use]
    pub fn root(&self, range: BlockRange) -> Option<B256> {
        let stores = self.layer.stores();
        let deep = range.end().checked_add(SIDE_CHAIN_CONFIRMATIONS.get(stores).ok()?)?;
        self.chain.header(deep)?;
        self.range_root(range, MAX_CHECKPOINT_LENGTH.get(stores).ok()?)
    }

    /// The root over blocks of its own chain, as its policy sees it; `None` for more than so many blocks, or where it
    /// does not have them all.
    pub(super) fn range_root(&self, range: BlockRange, max_length: u64) -> Option<B256> {
        (range.blocks() <= max_length).then_some(())?;
        self.chain.header(range.end())?;
        let leaves = (range.start()..=range.end()).map(|number| Some(self.chain.header(number)?.leaf().hash()));
        Some(self.policy.root(root_of(leaves.collect::<Option<Vec<_>>>()?)?))
    }

    /// Hears a transaction that somebody wants in the next block. Bytes that are none are passed over, and so is all that
    /// comes while too many wait.
    pub fn hear(&mut self, transaction: &[u8]) {
        let Ok(received) = self.layer.read(transaction) else { return };
        let is_known = self.waiting.iter().any(|(waiting, _)| *waiting == received);
        if !is_known && self.waiting.len() < MOST_WAITING {
            self.waiting.push((received, self.layer.height()));
        }
    }

    /// Takes a message that it will send, beside those of its duties, until a block has it.
    pub fn bring(&mut self, message: impl Into<AnyMessage>) {
        self.brought.push(message.into());
    }

    /// Transactions it is this validator's turn to send at this time (Unix seconds).
    pub fn duties(&mut self, now: u64) -> Vec<Received> {
        self.now = now;
        let mut messages: Vec<Message> = Vec::new();
        if self.is_on_duty() {
            self.forget_known();
            let relayed = |(at, event): (&_, &_)| relay(self.address(), *at, event, self.layer.stores());
            messages.extend(self.observed.iter().filter_map(relayed));
            messages.extend(self.next_span());
            messages.extend(self.no_ack());
        }
        messages.extend(self.next_checkpoint());
        let under_vote = self.layer.under_vote();
        messages.retain(|message| !under_vote.iter().filter_map(Received::network).any(|m| is_same_fact(m, message)));
        let mut messages: Vec<AnyMessage> = messages.into_iter().map(AnyMessage::Network).collect();
        messages.extend(self.brought.iter().cloned());
        messages.retain(|message| self.policy.sends(message) == Sending::Yes);
        let messages = self.layer.admissible(messages, now);
        self.sign(messages)
    }

    /// Signs messages as transactions of its account, one after the other.
    ///
    /// What does not get into a block is signed anew: the sequences are those that follow the account's.
    pub fn sign(&self, messages: impl IntoIterator<Item = AnyMessage>) -> Vec<Received> {
        let Ok(Some(mut doc)) = self.layer.sign_doc(self.address()) else { return Vec::new() };
        let mut signed = Vec::new();
        for message in messages {
            let memo = Text::default();
            let Ok(signature) = self.signer.sign_digest(&doc.digest(&message, &memo)) else { break };
            let bytes = message.to_tx_bytes(signature.into(), memo.clone()).into();
            let tx = StdTx { message: AnyOf(Some(message)), signature: signature.into(), memo };
            signed.push(Received { bytes, tx });
            doc.sequence = doc.sequence.wrapping_add(1);
        }
        signed
    }

    /// Whether its place in the set is the height modulo the set's size.
    fn is_on_duty(&self) -> bool {
        let members = self.layer.validators().unwrap_or_default();
        let place = members.iter().position(|member| member.signer == self.address());
        let turn = self.layer.height().checked_rem(members.len().try_into().unwrap_or(u64::MAX));
        place.is_some() && place.and_then(|place| u64::try_from(place).ok()) == turn
    }

    /// The next span, once the side chain has reached the last one.
    fn next_span(&self) -> Option<Message> {
        let head = self.chain.head().header().height();
        let seed = self.root_chains.get(&RootChainId::Ethereum)?.seed?;
        next_span(self.layer.stores(), self.address(), head, seed).map(Message::from)
    }

    /// The next checkpoint, when it is this validator's turn to propose.
    fn next_checkpoint(&self) -> Option<Message> {
        let (stores, root_chain) = (self.layer.stores(), RootChainId::Tron);
        let rules = checkpoint_rules(stores).ok()?;
        if self.layer.proposer().ok()? != Some(self.address()) {
            return None;
        }
        let start = checkpoint::next_start(stores, root_chain).ok()?;
        let wait = rules.buffer_time;
        let (height, now) = (self.chain.head().header().height(), self.now);
        if self.proposed.is_some_and(|(at, when)| at == start && now < when.saturating_add(wait)) {
            return None;
        }
        let latest = height.checked_sub(SIDE_CHAIN_CONFIRMATIONS.get(stores).ok()?)?;
        let last = checkpoint::last_checkpoint(stores, root_chain.into()).ok()?;
        let age = last.map(|last| now.saturating_sub(last.timestamp));
        let (start, end) = next_range(start, latest, age, &rules)?;
        let range = BlockRange::new(start, end).ok()?;
        let checkpoint = Checkpoint {
            proposer: self.address(),
            range,
            root: self.root(range)?,
            account_root: topup::fee_accounts(stores).ok()?.root().ok()?,
            chain_id: self.layer.spec().chain_id,
            epoch: self.layer.epoch().ok()?,
        };
        Some(MsgCheckpoint::of(&checkpoint, root_chain).into())
    }

    /// A no-ack, when the blocks of the next checkpoint have been there for the buffer time and nobody brought it.
    fn no_ack(&self) -> Option<Message> {
        let rules = checkpoint_rules(self.layer.stores()).ok()?;
        let start = checkpoint::next_start(self.layer.stores(), RootChainId::Tron).ok()?;
        let ready = self.chain.header(start.checked_add(rules.average_length)?)?.time;
        (ready.checked_add(rules.buffer_time)? <= self.now).then_some(())?;
        Some(MsgCheckpointNoAck { from: self.address() }.into())
    }

    /// Notes what a height brought, and what it leaves to do. `voters` are those who could vote on it.
    pub(super) fn note(&mut self, events: Vec<LayerEvent>, voters: &[Validator]) {
        for event in &events {
            let LayerEvent::Settled(settled) = event else { continue };
            let (Some(Message::Checkpoint(message)), Ok(_)) = (settled.transaction.network(), &settled.outcome) else {
                continue;
            };
            if message.proposer != self.address() {
                continue;
            }
            let Some(checkpoint) = message.to_checkpoint() else { continue };
            let Some(root_chain) = checkpoint::destination(&message.root_chain_type).root_chain() else { continue };
            let gathered = Signatures::gather(checkpoint, settled.tally.signatures());
            // The layer let it pass, so the quorum of its voters is there; the set may be another by now.
            if let Ok(signed) = gathered.into_signed(&PowerQuorum::over(voters)) {
                self.signed.push((root_chain, signed));
            }
        }
        self.events.extend(events);
    }

    /// Drops observed events that the layer has.
    fn forget_known(&mut self) {
        let stores = self.layer.stores();
        self.observed.retain(|(root_chain, place), event| !is_known(stores, *root_chain, *place, event));
    }

    /// The vote about a transaction, given the one that follows from the facts.
    pub(super) fn vote(&self, transaction: &Received, honest: VoteResult) -> Option<SideResult> {
        let message = transaction.message()?;
        let result = self.policy.attest(message, honest);
        if result == VoteResult::Skip {
            return None; // a skip is not sent
        }
        let data = message.side_sign_bytes()?;
        let signature = if data.is_empty() { None } else { Some(self.signer.sign_digest(&result.digest(&data)).ok()?) };
        Some(SideResult::new(transaction.hash(), result, signature))
    }
}
