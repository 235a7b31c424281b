//! What several test programs need: keys, contracts on a root chain, a network in this process.

#![allow(dead_code, reason = "each test program uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set up has failed")]

pub(crate) mod run;

use alloc::{collections::BTreeMap, sync::Arc};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall as _;
use bttc_core::{
    amount::Amount,
    chain::{ChainSpec, CheckpointRules},
    hash::keccak256,
    id::{Epoch, Nonce, ValidatorId},
    root_chain::{LogFilter, RootCall, RootChain as _, RootChainId, RootEvent, RootReceipt, Staked},
    schedule::{ProducerSchedule as _, Timing},
    signature::SecretKey,
    span::SpanRules,
};
use bttc_evm::{
    block::SealedBlock,
    genesis::{DevnetAllocation, devnet_genesis},
    transaction::Transaction,
};
use bttc_staking::stake::StakeParams;
use bttc_validator::{
    duties::Policy,
    engine::{Decision, Engine as _, Simulated},
    layer::{Layer, LayerEvent, Received, Settled},
    message::Message,
    node::{Config, Node, RootChainAt, Submitted},
    root_chain::{Contracts, ModelRootChain, RootContracts, abi},
};
use futures::executor::block_on;

/// Time of block 0 of every chain.
pub(crate) const START: u64 = 1_700_000_000;

/// What a share of the stake is worth, in BTT: the least that may be staked.
pub(crate) const SHARE: u64 = 1_000_000_000_000;

/// A key that follows from a name.
pub(crate) fn key(name: &str) -> SecretKey {
    SecretKey::from_bytes(&keccak256(name)).unwrap()
}

/// Where somebody's money is.
pub(crate) fn wallet(name: &str) -> Address {
    key(&format!("{name}'s wallet")).address()
}

/// The event of somebody's stake.
pub(crate) fn staked(id: u64, name: &str, btt: u64) -> Staked {
    Staked {
        signer: key(name).address(),
        validator: ValidatorId::new(id),
        nonce: Nonce::new(1),
        activation_epoch: Epoch::new(1),
        amount: Amount::from_btt(btt),
        total: Amount::from_btt(btt),
        signer_key: key(name).public_key().coordinates().to_vec().into(),
    }
}

/// Everything small: a sprint of 4 blocks, spans of 16, checkpoints of 8.
pub(crate) fn small() -> ChainSpec {
    let devnet = ChainSpec::devnet();
    ChainSpec {
        timing: Timing { period: 1, producer_delay: 1, sprint: 4, backup_multiplier: 1 },
        spans: SpanRules { first: 16, length: 16, ..devnet.spans },
        checkpoints: CheckpointRules { average_length: 8, max_length: 64, buffer_time: 16 },
        ..devnet
    }
}

/// A root chain on which these have so many BTT in their wallets.
pub(crate) fn root_chain(id: RootChainId, chain_id: u64, holders: &[(Address, u64)]) -> ModelRootChain {
    let holders = holders.iter().map(|(holder, btt)| (*holder, Amount::from_btt(*btt).to_word()));
    let params = StakeParams { validator_threshold: U256::from(100), ..StakeParams::default() };
    let contracts = RootContracts::deploy(id, chain_id, params, holders).unwrap();
    ModelRootChain::new(id, 7, START, contracts)
}

/// A transaction that goes through.
pub(crate) fn transact(chain: &ModelRootChain, sender: Address, to: Address, data: Vec<u8>) -> RootReceipt {
    let receipt = chain.transact(sender, &RootCall { to, data: data.into() });
    assert_eq!(receipt.revert, None);
    receipt
}

pub(crate) fn approve(chain: &ModelRootChain, owner: Address, spender: Address, amount: Amount) -> RootReceipt {
    let call = abi::approveCall { spender, amount: amount.to_word() };
    transact(chain, owner, chain.contracts().token, call.abi_encode())
}

/// What has to be in a wallet before so many shares can be staked, in BTT.
pub(crate) fn stake_costs(shares: u64) -> u64 {
    shares * SHARE + 100_000
}

/// Somebody stakes, through calldata as anybody would.
pub(crate) fn stake(chain: &ModelRootChain, name: &str, shares: u64) -> RootReceipt {
    let at = chain.contracts();
    approve(chain, wallet(name), at.stake_manager, Amount::from_btt(stake_costs(shares)));
    let call = abi::stakeForCall {
        user: wallet(name),
        amount: Amount::from_btt(shares * SHARE).to_word(),
        heimdallFee: Amount::from_btt(100_000).to_word(),
        acceptDelegation: true,
        signerPubkey: key(name).public_key().coordinates().to_vec().into(),
    };
    transact(chain, wallet(name), at.stake_manager, call.abi_encode())
}

/// The protocol's events among the logs of all closed blocks.
pub(crate) fn events(chain: &ModelRootChain) -> Vec<RootEvent> {
    let filter = LogFilter { to: u64::MAX, ..LogFilter::default() };
    let logs = block_on(chain.logs(&filter)).unwrap();
    logs.iter().filter_map(|log| RootEvent::decode(&log.data).unwrap()).collect()
}

/// TRON, Ethereum, the engine and the validators, in one process and one thread.
pub(crate) struct Network {
    pub(crate) tron: Arc<ModelRootChain>,
    pub(crate) ethereum: Arc<ModelRootChain>,
    pub(crate) engine: Simulated,
    pub(crate) nodes: BTreeMap<Address, Node>,
    pub(crate) keys: BTreeMap<Address, SecretKey>,
}

/// What a step of the network came to.
pub(crate) struct Step {
    pub(crate) sent: Vec<Received>,
    pub(crate) decision: Decision,
    /// What the layer of each validator told, which is the same.
    pub(crate) events: Vec<LayerEvent>,
    pub(crate) submitted: Vec<Submitted>,
    pub(crate) block: SealedBlock,
}

impl Step {
    /// The messages that were sent.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.sent.iter().filter_map(Received::network)
    }

    pub(crate) fn settled(&self) -> impl Iterator<Item = &Settled> {
        self.events.iter().filter_map(|event| match event {
            LayerEvent::Settled(settled) => Some(&**settled),
            _ => None,
        })
    }
}

impl Network {
    /// Names, shares of the stake, characters; these have so many BTT on the side chain, and as many lie in TRON's
    /// bridge.
    pub(crate) fn new(
        spec: &ChainSpec,
        members: &[(&'static str, u64, Arc<dyn Policy>)],
        balances: &[(Address, u64)],
    ) -> Self {
        let mut holders: Vec<_> =
            members.iter().map(|(name, shares, _)| (wallet(name), stake_costs(*shares))).collect();
        holders.push((Contracts::MODEL.erc20_predicate, balances.iter().map(|(_, btt)| btt).sum()));
        holders.extend(balances.iter().copied()); // the same wallets hold the same on TRON
        let tron = Arc::new(root_chain(RootChainId::Tron, spec.chain_id, &holders));
        let ethereum = Arc::new(root_chain(RootChainId::Ethereum, spec.chain_id, &holders));
        for (name, shares, _) in members {
            stake(&tron, name, *shares);
        }
        let first = tron.mine(START).number;
        let stakes = events(&tron).into_iter().filter_map(|event| match event {
            RootEvent::Staked(staked) => Some(staked),
            _ => None,
        });
        let contracts = [(RootChainId::Tron, tron.contracts()), (RootChainId::Ethereum, ethereum.contracts())];
        let layer = Layer::genesis(spec.clone(), stakes, contracts).unwrap();
        let validators = layer.validators().unwrap();
        assert_eq!(validators.len(), members.len());
        let genesis = devnet_genesis(
            spec,
            &DevnetAllocation {
                time: START,
                validators: validators.clone(),
                balances: balances.iter().map(|(holder, btt)| (*holder, Amount::from_btt(*btt).to_word())).collect(),
                root_chain: 1,
                root_token: tron.contracts().token,
            },
        )
        .unwrap();
        let nodes = members.iter().map(|(name, _, policy)| {
            let chains = [&tron, &ethereum]
                .map(|chain| RootChainAt::new(Arc::<ModelRootChain>::clone(chain), chain.contracts(), first + 1));
            let config = Config {
                signer: Arc::new(key(name)),
                policy: Arc::clone(policy),
                layer: layer.clone(),
                genesis: genesis.clone(),
                root_chains: chains.into(),
            };
            (key(name).address(), Node::new(config).unwrap())
        });
        let nodes = nodes.collect();
        let keys: BTreeMap<_, _> = members.iter().map(|(name, ..)| (key(name).address(), key(name))).collect();
        let engine = Simulated::new(spec.chain_id, &validators, keys.values().cloned()).unwrap();
        Self { tron, ethereum, engine, nodes, keys }
    }

    /// Any of the validators that are there.
    pub(crate) fn any(&self) -> &Node {
        self.nodes.values().next().unwrap()
    }

    /// Number of the newest block.
    pub(crate) fn height(&self) -> u64 {
        self.any().chain().head().header().height()
    }

    /// A height of the layer, then a block of the side chain, by whoever is there and first in turn.
    pub(crate) fn step(&mut self, transactions: Vec<Transaction>) -> Step {
        let parent = self.any().chain().head().header();
        let number = parent.height() + 1;
        let turn_of = |node: &Node| node.snapshot().turn(number, node.address()).unwrap();
        let producer = self.nodes.values().min_by_key(|node| turn_of(node).succession).unwrap();
        let (now, producer) = (turn_of(producer).earliest(parent.time).unwrap(), producer.address());
        self.tron.mine(now);
        self.ethereum.mine(now);
        let (sent, decision, mut events, mut submitted) = self.layer_height(now);
        while self.any().awaited_span().unwrap().is_some() {
            assert!(self.any().layer().height() < number + 100, "no span comes");
            let (_, _, more, handed_over) = self.layer_height(now);
            events.extend(more);
            submitted.extend(handed_over);
        }
        let block = self.nodes[&producer].build(transactions, now).unwrap();
        for node in self.nodes.values_mut() {
            node.import(block.clone(), now).unwrap();
        }
        self.check_equal();
        Step { sent, decision, events, submitted, block }
    }

    /// One height of the layer at this time.
    pub(crate) fn layer_height(&mut self, now: u64) -> (Vec<Received>, Decision, Vec<LayerEvent>, Vec<Submitted>) {
        let mut sent = Vec::new();
        for node in self.nodes.values_mut() {
            block_on(node.watch()).unwrap();
            block_on(node.attest());
            sent.extend(node.duties(now));
        }
        for node in self.nodes.values_mut() {
            sent.iter().for_each(|transaction| node.hear(&transaction.bytes));
        }
        let decision = self.engine.advance(&mut self.nodes).unwrap();
        let submitted = self.nodes.values_mut().flat_map(|node| block_on(node.submit())).collect();
        let mut told = self.nodes.values_mut().map(Node::take_events);
        let events = told.next().unwrap();
        assert!(told.all(|other| other == events), "copies of one layer tell the same");
        (sent, decision, events, submitted)
    }

    /// What must be the same everywhere.
    fn check_equal(&self) {
        let view =
            |node: &Node| (node.layer().app_hash(), node.chain().head().header().hash(), node.chain().state().root());
        let expected = view(self.any());
        assert!(self.nodes.values().all(|node| view(node) == expected));
    }

    /// Base units that somebody holds on TRON.
    pub(crate) fn tokens(&self, holder: Address) -> U256 {
        self.tron.inspect(|contracts| contracts.stake().token().balance(holder).to_word())
    }
}
