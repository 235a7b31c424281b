//! A layer of four equals whose votes are in one hand, and messages for it.

use super::{START, key, staked};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256, Bytes, FixedBytes};
use bttc_checkpoint::{
    checkpoint::{BlockRange, Checkpoint},
    vote::VoteResult,
};
use bttc_core::{
    chain::ChainSpec,
    id::{CheckpointNumber, Epoch, Nonce, StateId, ValidatorId},
    root_chain::RootChainId,
    signature::{SecretKey, Signature},
};
use bttc_validator::{
    duties,
    engine::{Commit, Round},
    layer::{Block, LastCommit, Layer, LayerEvent, Rejection, Settled, Vote, votes_to_bytes},
    message::{
        Message, Msg as _, MsgCheckpoint, MsgCheckpointAck, MsgCheckpointNoAck, MsgEventRecord, MsgProposeSpan,
        MsgValidatorJoin,
    },
    module::{Event, Refusal, bor, checkpoint, topup},
    root_chain::Contracts,
    tx::StdTx,
    vote::SideResult,
};

pub(crate) const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];
pub(crate) const NO_SIGNATURE: Signature = Signature { r: B256::ZERO, s: B256::ZERO, v: 0 };

/// A layer of four equals, and their votes in one hand.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) layer: Layer,
    pub(crate) time: u64,
}

/// The layer of these validators before its first height.
pub(crate) fn genesis(spec: ChainSpec) -> Layer {
    let stakes = (1..).zip(NAMES).map(|(id, name)| staked(id, name, 10));
    Layer::genesis(spec, stakes, RootChainId::ALL.map(|root_chain| (root_chain, Contracts::MODEL))).unwrap()
}

impl Run {
    pub(crate) fn new() -> Self {
        Self::with(ChainSpec::devnet())
    }

    pub(crate) fn with(spec: ChainSpec) -> Self {
        let mut run = Self { layer: genesis(spec), time: START };
        run.empty(2);
        run
    }

    /// These messages as transactions of their signers, for the next block.
    pub(crate) fn signed(&self, messages: &[Message]) -> Vec<Bytes> {
        let mut docs = BTreeMap::new();
        let sign = |message: &Message| {
            let signer = signer_of(message);
            // Who has no account signs as somebody who has one, and is refused.
            let doc = docs.entry(signer.address()).or_insert_with(|| {
                let known = self.layer.sign_doc(signer.address()).unwrap();
                known.or_else(|| self.layer.sign_doc(key("alice").address()).unwrap()).expect("alice has an account")
            });
            let tx = StdTx::signed(message.clone(), "".into(), doc, &signer).to_bytes().into();
            doc.sequence += 1;
            tx
        };
        messages.iter().map(sign).collect()
    }

    /// The next height: these messages, signed; in its last commit, what these validators attached.
    pub(crate) fn apply(&mut self, messages: &[Message], attached: Vec<(Address, Bytes)>) -> Vec<LayerEvent> {
        let transactions = self.signed(messages);
        self.apply_bytes(transactions, attached)
    }

    pub(crate) fn apply_bytes(&mut self, transactions: Vec<Bytes>, attached: Vec<(Address, Bytes)>) -> Vec<LayerEvent> {
        let voters = self.layer.validators().unwrap();
        self.time += 1;
        let block = block(self.layer.height() + 1, self.time, transactions, attached);
        let block = Block::from_bytes(&block.to_bytes()).unwrap();
        self.layer.apply(&block, &voters).unwrap()
    }

    pub(crate) fn empty(&mut self, heights: usize) {
        for _ in 0..heights {
            assert_eq!(self.apply(&[], vec![]), []);
        }
    }

    /// Admits a message, or says why not; answers with the hash of its transaction.
    pub(crate) fn admit(&mut self, message: &Message) -> Result<B256, Rejection> {
        match &self.apply(std::slice::from_ref(message), vec![])[..] {
            [LayerEvent::Admitted(admitted)] => Ok(admitted.transaction.hash()),
            [LayerEvent::Refused(refused)] => Err(refused.rejection.clone()),
            other => panic!("{other:?}"),
        }
    }

    /// The code that a message is refused with.
    pub(crate) fn refused(&mut self, message: impl Into<Message>) -> Result<B256, u32> {
        self.admit(&message.into()).map_err(|rejection| rejection.code())
    }

    /// Admits a message and lets everybody say this of it, two heights later.
    pub(crate) fn vote(&mut self, message: &Message, results: [VoteResult; 4]) -> Vec<LayerEvent> {
        let hash = self.admit(message).unwrap();
        self.empty(1);
        let votes = NAMES.iter().zip(results).map(|(name, result)| (*name, vec![vote(hash, result)]));
        self.apply(&[], attached(votes))
    }

    /// Lets everybody agree to a message, and says what came of it.
    pub(crate) fn pass(&mut self, message: impl Into<Message>) -> Result<Vec<Event>, Refusal> {
        settled(&self.vote(&message.into(), [VoteResult::Yes; 4])).outcome.clone()
    }

    /// The checkpoint of these blocks that the layer would admit now.
    pub(crate) fn checkpoint(&self, start: u64, end: u64) -> MsgCheckpoint {
        let checkpoint = Checkpoint {
            proposer: self.layer.proposer().unwrap().unwrap(),
            range: BlockRange::new(start, end).unwrap(),
            root: B256::repeat_byte(7),
            account_root: topup::fee_accounts(self.layer.stores()).unwrap().root().unwrap(),
            chain_id: 15_001,
            epoch: self.layer.epoch().unwrap(),
        };
        MsgCheckpoint::of(&checkpoint, RootChainId::Tron)
    }

    /// TRON's acknowledgement of what is buffered.
    pub(crate) fn ack(&self, number: u64) -> MsgCheckpointAck {
        let buffered = checkpoint::Buffer::Checkpoint.get(self.layer.stores(), RootChainId::Tron.into());
        let buffered = buffered.unwrap().expect("a checkpoint is buffered");
        MsgCheckpointAck {
            from: key("dave").address(),
            number: CheckpointNumber::new(number),
            proposer: buffered.proposer,
            start_block: buffered.start,
            end_block: buffered.end,
            root_hash: buffered.root,
            tx_hash: B256::repeat_byte(0x77),
            log_index: 0,
            root_chain_type: "tron".into(),
        }
    }

    /// TRON's checkpoint of these blocks, from proposal to acknowledgement.
    pub(crate) fn checkpointed(&mut self, start: u64, end: u64, number: u64) {
        self.pass(self.checkpoint(start, end)).unwrap();
        self.pass(self.ack(number)).unwrap();
    }
}

/// Who has to sign a message.
fn signer_of(message: &Message) -> SecretKey {
    let keys = ["alice", "bob", "carol", "dave", "erin", "frank"].map(key);
    let found = keys.into_iter().find(|key| key.address() == message.signer());
    found.unwrap_or_else(|| key("alice"))
}

pub(crate) fn block(height: u64, time: u64, transactions: Vec<Bytes>, attached: Vec<(Address, Bytes)>) -> Block {
    let commits = attached.into_iter().map(|(validator, extension)| Commit {
        validator,
        signature: NO_SIGNATURE,
        extension,
        extension_signature: NO_SIGNATURE,
    });
    let last_commit = LastCommit { round: Round::new(0), commits: commits.collect() };
    Block { height, time, proposer: key("carol").address(), last_commit: Some(last_commit), transactions }
}

pub(crate) fn vote(transaction: B256, result: VoteResult) -> SideResult {
    SideResult::new(transaction, result, None)
}

pub(crate) fn attached(votes: impl IntoIterator<Item = (&'static str, Vec<SideResult>)>) -> Vec<(Address, Bytes)> {
    votes.into_iter().map(|(name, votes)| (key(name).address(), votes_to_bytes(&votes))).collect()
}

/// Everybody says yes to these transactions.
pub(crate) fn all_yes(transactions: &[B256]) -> Vec<(Address, Bytes)> {
    let votes: Vec<_> = transactions.iter().map(|hash| vote(*hash, VoteResult::Yes)).collect();
    attached(NAMES.map(|name| (name, votes.clone())))
}

/// The one transaction that a height settled.
pub(crate) fn settled(events: &[LayerEvent]) -> &Settled {
    let mut settled = events.iter().filter_map(|event| match event {
        LayerEvent::Settled(settled) => Some(&**settled),
        _ => None,
    });
    let (Some(one), None) = (settled.next(), settled.next()) else { panic!("{events:?}") };
    one
}

/// The hashes of the transactions that a height put to the vote.
pub(crate) fn taken(events: &[LayerEvent]) -> Vec<B256> {
    let taken = events.iter().filter_map(|event| match event {
        LayerEvent::Admitted(admitted) if admitted.vote == Vote::Open => Some(admitted.transaction.hash()),
        _ => None,
    });
    taken.collect()
}

pub(crate) fn record(root_chain: RootChainId, id: u64) -> MsgEventRecord {
    MsgEventRecord {
        from: key("alice").address(),
        tx_hash: B256::repeat_byte(0x77),
        log_index: 5,
        block_number: 100 + id,
        contract_address: Address::repeat_byte(0x20),
        data: Bytes::from_static(b"a message"),
        id: StateId::new(id),
        bor_chain_id: "15001".into(),
        root_chain_type: root_chain.name().into(),
    }
}

pub(crate) fn synced(root_chain: RootChainId, id: u64) -> Message {
    record(root_chain, id).into()
}

/// The 65 bytes of somebody's key.
pub(crate) fn pub_key(name: &str) -> FixedBytes<65> {
    key(name).public_key().to_bytes().into()
}

/// Somebody joins with so many BTT.
pub(crate) fn join(id: u64, name: &str, btt: u64) -> MsgValidatorJoin {
    MsgValidatorJoin {
        from: key("bob").address(),
        id: ValidatorId::new(id),
        activation_epoch: Epoch::new(1),
        amount: bttc_core::amount::Amount::from_btt(btt).into(),
        pub_key: pub_key(name),
        tx_hash: B256::repeat_byte(0x77),
        log_index: 1,
        block_number: 9,
        nonce: Nonce::new(1),
    }
}

pub(crate) fn next_span(layer: &Layer) -> MsgProposeSpan {
    let last = bor::last_span(layer.stores()).unwrap().expect("there is span 0");
    let (head, seed) = (last.start, B256::repeat_byte(3));
    duties::next_span(layer.stores(), key("carol").address(), head, seed).expect("the head is in the last span")
}

pub(crate) fn no_ack() -> MsgCheckpointNoAck {
    MsgCheckpointNoAck { from: key("dave").address() }
}

/// One of each kind that is voted on; a fresh layer admits them all.
pub(crate) fn one_of_each(layer: &Layer) -> Vec<Message> {
    let checkpoint = Run { layer: layer.clone(), time: 0 }.checkpoint(0, 63);
    let ack = MsgCheckpointAck {
        from: key("dave").address(),
        number: CheckpointNumber::new(1),
        proposer: checkpoint.proposer,
        start_block: 0,
        end_block: 63,
        root_hash: checkpoint.root_hash,
        root_chain_type: "tron".into(),
        ..MsgCheckpointAck::default()
    };
    vec![
        synced(RootChainId::Bsc, 4),
        join(5, "erin", 10).into(),
        next_span(layer).into(),
        checkpoint.into(),
        ack.into(),
    ]
}
