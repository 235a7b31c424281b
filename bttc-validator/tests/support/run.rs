//! A layer of four equals whose votes are in one hand, and messages for it.

use super::{START, key, staked};
use alloy_primitives::{Address, B256, Bytes};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    ledger::Ack,
    vote::VoteResult,
};
use bttc_core::{
    chain::ChainSpec,
    id::{CheckpointNumber, StateId},
    root_chain::{RootChainId, RootEvent},
    signature::Signature,
};
use bttc_validator::{
    engine::{Commit, Round},
    layer::{
        Block, CheckpointAck, CheckpointNoAck, Effect, EventRecord, LastCommit, Layer, LayerEvent, LogPlace, Message,
        ProposeCheckpoint, ProposeSpan, Refusal, Settled, StakingEvent, Vote, votes_to_bytes,
    },
};

pub(crate) const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];
pub(crate) const NO_SIGNATURE: Signature = Signature { r: B256::ZERO, s: B256::ZERO, v: 0 };

/// A layer of four equals, and their votes in one hand.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) layer: Layer,
    pub(crate) time: u64,
}

impl Run {
    pub(crate) fn new() -> Self {
        let stakes = (1..).zip(NAMES).map(|(id, name)| staked(id, name, 10));
        let layer = Layer::genesis(ChainSpec::devnet(), stakes).unwrap();
        let mut run = Self { layer, time: START };
        run.empty(2);
        run
    }

    /// The next height: these messages; in its last commit, what these validators attached.
    pub(crate) fn apply(&mut self, messages: &[Message], attached: Vec<(Address, Bytes)>) -> Vec<LayerEvent> {
        let voters = self.layer.registry().validators();
        self.time += 1;
        let block = block(self.layer.height() + 1, self.time, messages, attached);
        let block = Block::from_bytes(&block.to_bytes()).unwrap();
        self.layer.apply(&block, &voters).unwrap()
    }

    pub(crate) fn empty(&mut self, heights: usize) {
        for _ in 0..heights {
            assert_eq!(self.apply(&[], vec![]), []);
        }
    }

    /// Admits a message, or says why not.
    pub(crate) fn admit(&mut self, message: &Message) -> Result<(), Refusal> {
        match &self.apply(std::slice::from_ref(message), vec![])[..] {
            [LayerEvent::Admitted(id)] if *id == message.id() => Ok(()),
            [LayerEvent::Refused(refused)] if refused.0 == *message => Err(refused.1.clone()),
            other => panic!("{other:?}"),
        }
    }

    /// Admits a message and lets everybody say this of it, two heights later.
    pub(crate) fn vote(&mut self, message: &Message, results: [VoteResult; 4]) -> Vec<LayerEvent> {
        self.admit(message).unwrap();
        self.empty(1);
        let votes = NAMES.iter().zip(results).map(|(name, result)| (*name, vec![vote(message, result)]));
        self.apply(&[], attached(votes))
    }

    /// Lets everybody agree to a message, and says what came of it.
    pub(crate) fn pass(&mut self, message: &Message) -> Result<Effect, Refusal> {
        settled(&self.vote(message, [VoteResult::Yes; 4])).outcome.clone()
    }

    /// The checkpoint of these blocks that the layer would admit now.
    pub(crate) fn checkpoint(&self, start: u64, end: u64) -> Checkpoint {
        Checkpoint {
            proposer: self.layer.proposer().unwrap(),
            range: BlockRange::new(start, end).unwrap(),
            root: B256::repeat_byte(7),
            account_root: self.layer.fees().root().unwrap(),
            chain_id: 15_001,
            epoch: self.layer.epoch(),
        }
    }

    /// TRON's checkpoint of these blocks, from proposal to acknowledgement.
    pub(crate) fn checkpointed(&mut self, start: u64, end: u64, number: u64) {
        self.pass(&on_tron(self.checkpoint(start, end))).unwrap();
        let ack = self.layer.ledger().buffered(RootChainId::Tron).unwrap().to_ack(CheckpointNumber::new(number));
        self.pass(&acknowledged(ack)).unwrap();
    }
}

pub(crate) fn block(height: u64, time: u64, messages: &[Message], attached: Vec<(Address, Bytes)>) -> Block {
    let commits = attached.into_iter().map(|(validator, extension)| Commit {
        validator,
        signature: NO_SIGNATURE,
        extension,
        extension_signature: NO_SIGNATURE,
    });
    let last_commit = LastCommit { round: Round::new(0), commits: commits.collect() };
    Block { height, time, last_commit: Some(last_commit), messages: messages.to_vec() }
}

pub(crate) fn vote(message: &Message, result: VoteResult) -> Vote {
    Vote { message: message.id(), result, signature: None }
}

pub(crate) fn attached(votes: impl IntoIterator<Item = (&'static str, Vec<Vote>)>) -> Vec<(Address, Bytes)> {
    votes.into_iter().map(|(name, votes)| (key(name).address(), votes_to_bytes(&votes))).collect()
}

/// The one message that a height settled.
pub(crate) fn settled(events: &[LayerEvent]) -> &Settled {
    let mut settled = events.iter().filter_map(|event| match event {
        LayerEvent::Settled(settled) => Some(&**settled),
        _ => None,
    });
    let (Some(one), None) = (settled.next(), settled.next()) else { panic!("{events:?}") };
    one
}

pub(crate) fn place(block_number: u64, log_index: u64) -> LogPlace {
    LogPlace { block_number, log_index, transaction: B256::repeat_byte(0x77) }
}

pub(crate) fn record(root_chain: RootChainId, id: u64) -> EventRecord {
    EventRecord {
        from: key("alice").address(),
        root_chain,
        place: place(100 + id, 5),
        id: StateId::new(id),
        receiver: Address::repeat_byte(0x20),
        data: Bytes::from_static(b"a message"),
        chain_id: 15_001,
    }
}

pub(crate) fn synced(root_chain: RootChainId, id: u64) -> Message {
    Message::EventRecord(record(root_chain, id))
}

pub(crate) fn staking(event: RootEvent) -> Message {
    Message::Staking(StakingEvent { from: key("bob").address(), place: place(9, 1), event })
}

pub(crate) fn next_span(layer: &Layer) -> ProposeSpan {
    let span = layer.registry().draft_span().unwrap();
    ProposeSpan { proposer: key("carol").address(), span, seed: B256::repeat_byte(3) }
}

pub(crate) fn on_tron(checkpoint: Checkpoint) -> Message {
    Message::Checkpoint(ProposeCheckpoint { checkpoint, root_chain: RootChainId::Tron })
}

pub(crate) fn acknowledged(ack: Ack) -> Message {
    Message::CheckpointAck(CheckpointAck { from: key("dave").address(), root_chain: RootChainId::Tron, ack })
}

pub(crate) fn no_ack() -> Message {
    Message::CheckpointNoAck(CheckpointNoAck { from: key("dave").address() })
}

/// One of each kind that is voted on; a fresh layer admits them all.
pub(crate) fn one_of_each(layer: &Layer) -> Vec<Message> {
    let checkpoint = Run { layer: layer.clone(), time: 0 }.checkpoint(0, 63);
    vec![
        synced(RootChainId::Bsc, 4),
        staking(RootEvent::Staked(staked(5, "erin", 10))),
        Message::ProposeSpan(next_span(layer)),
        on_tron(checkpoint),
        acknowledged(Ack {
            number: CheckpointNumber::new(1),
            proposer: checkpoint.proposer,
            start: 0,
            end: 63,
            root: checkpoint.root,
        }),
    ]
}
