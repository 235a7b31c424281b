//! The parts, wired: TRON, Ethereum for its block hashes, the engine, the validators, the users.

use crate::{
    account::Account,
    cast::{Cast, NAMES},
    options::Options,
    report::{self, Names},
    summary::{Broken, Figures},
    users::{self, Users},
    wallets::Wallets,
    withdrawal,
};
use alloy::{
    primitives::{Address, B256},
    sol_types::SolCall,
};
use bttc_checkpoint::exit::ExitProof;
use bttc_core::{
    amount::Amount,
    chain::{ChainSpec, CheckpointRules},
    root_chain::{LogFilter, RootCall, RootChain, RootChainId, RootEvent},
    schedule::Timing,
    signature::SecretKey,
    span::SpanRules,
    validator::Validator,
};
use bttc_evm::{
    genesis::{DevnetAllocation, devnet_genesis},
    pool::{Pool, PoolError, PoolLimits},
    rpc::{self, LogLimits},
    transaction::Transaction,
};
use bttc_staking::stake::StakeParams;
use bttc_validator::{
    duties::Honest,
    engine::{Engine, Simulated},
    layer::{AnyMessage, Layer, LayerEvent},
    node::{Archive, Config, Node, RootChainAt},
    root_chain::{Contracts, ModelRootChain, RootContracts, abi},
};
use futures::executor::block_on;
use std::{
    collections::BTreeMap,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// BTT a share of the stake is worth.
const SHARE: u64 = 10_000_000_000_000;

/// Time of block 0 when no clock is asked.
const FAST_TIME: u64 = 1_700_000_000;

/// The whole.
#[derive(Debug)]
pub struct Network {
    fast: bool,
    names: Names,
    liars: Vec<Address>,
    tron: Arc<ModelRootChain>,
    ethereum: Arc<ModelRootChain>,
    engine: Simulated,
    nodes: BTreeMap<Address, Node>,
    /// The largest stake: whose copies are shown.
    reference: Address,
    users: Users,
    /// What others sent, and what they can ask about; only where somebody is let in.
    open: Option<Open>,
    journey: Journey,
    burns: Vec<B256>,
    figures: Figures,
}

/// What a network that serves keeps beside its nodes.
#[derive(Debug)]
struct Open {
    pool: Pool,
    archive: Archive,
}

/// Blocks whose states are kept for who asks.
const KEPT_STATES: u64 = 128;

/// How many blocks one may ask about, and how many logs one gets.
const LOG_LIMITS: LogLimits = LogLimits { blocks: Some(10_000), logs: Some(10_000) };

/// Who produces the next block, and when.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    fast: bool,
    producer: Address,
    time: u64,
}

impl Due {
    /// Lets the clock reach the time, unless there is none; false when asked to stop.
    pub fn wait(&self, stop: &AtomicBool) -> bool {
        while !self.fast && clock() < self.time && !stop.load(Ordering::Relaxed) {
            pause();
        }
        !stop.load(Ordering::Relaxed)
    }
}

/// How far the traveller's money has come.
#[derive(Debug)]
enum Journey {
    Home,
    Deposited,
    Arrived,
    Burned { transaction: B256, block: u64 },
    Exited(Box<ExitProof>),
    Done,
}

impl Network {
    /// Stakes on TRON, and what follows from it: validators, genesis, engine.
    ///
    /// # Errors
    /// Whatever a part refuses: with options that were checked that is a fault of a part.
    pub fn start(options: &Options, account: &Account) -> Result<Self, Box<dyn Error>> {
        Self::cast(options, &Cast::liars(options), account)
    }

    /// The same with validators of these characters, who know these messages.
    ///
    /// # Errors
    /// Whatever a part refuses.
    pub fn cast(options: &Options, cast: &Cast, account: &Account) -> Result<Self, Box<dyn Error>> {
        let spec = spec(options);
        let time = if options.fast { FAST_TIME } else { clock() };
        let users = Users::new(options.seed)?;
        let wallets = options.rpc.map(|_| Wallets::new(&options.mnemonic)).transpose()?;
        report::heading(options, &spec, account);
        if let Some(wallets) = &wallets {
            wallets.tell(account);
        }
        let balances = || users.balances().chain(wallets.iter().flat_map(Wallets::balances));

        let stakers = stakers(options)?;
        let circulating = balances().fold(Default::default(), |sum: alloy::primitives::U256, (_, b)| sum + b);
        let fee = StakeParams::default().min_fee;
        let holders = stakers.iter().map(|s| Ok((s.owner, s.stake()?.checked_add(fee)?.to_word())));
        let mut holders = holders.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        // What circulates on the side chain lies in the predicate; the traveller has his own.
        holders.push((Contracts::MODEL.erc20_predicate, circulating));
        holders.push((users.traveller.address(), Amount::from_btt(users::DEPOSIT).to_word()));
        let params = StakeParams { validator_threshold: stakers.len().try_into()?, ..StakeParams::default() };
        let tron = RootContracts::deploy(RootChainId::Tron, spec.chain_id, params, holders)?;
        let tron = Arc::new(ModelRootChain::new(RootChainId::Tron, options.seed, time, tron));
        let ethereum = RootContracts::deploy(RootChainId::Ethereum, spec.chain_id, StakeParams::default(), [])?;
        let ethereum = Arc::new(ModelRootChain::new(RootChainId::Ethereum, options.seed, time, ethereum));
        for staker in &stakers {
            staker.stake_on(&tron)?;
        }
        let first_block = tron.mine(time).number;

        // The validators are whoever TRON's log says has staked.
        let filter = LogFilter {
            to: first_block,
            addresses: vec![tron.contracts().staking_info],
            topics: RootEvent::topics(),
            ..LogFilter::default()
        };
        let mut staked = Vec::new();
        for log in block_on(tron.logs(&filter))? {
            if let Some(RootEvent::Staked(event)) = RootEvent::decode(&log.data)? {
                staked.push(event);
            }
        }
        let contracts = [(RootChainId::Tron, tron.contracts()), (RootChainId::Ethereum, ethereum.contracts())];
        let layer = Layer::genesis(spec.clone(), staked, contracts)?;
        let layer = cast.kinds.iter().fold(layer, |layer, kind| layer.with_kind(Arc::clone(kind)));
        let validators = layer.validators()?;
        let genesis = devnet_genesis(
            &spec,
            &DevnetAllocation {
                time,
                validators: validators.clone(),
                balances: balances().collect(),
                root_chain: RootChainId::Tron.number().into(),
                root_token: tron.contracts().token,
            },
        )?;

        let names: Names = stakers.iter().map(|staker| (staker.key.address(), staker.name.to_owned())).collect();
        let mut nodes = BTreeMap::new();
        for staker in &stakers {
            let policy = cast.policies.get(staker.name).map_or_else(|| Arc::new(Honest) as Arc<_>, Arc::clone);
            let at = |chain: &Arc<ModelRootChain>| {
                RootChainAt::new(Arc::<ModelRootChain>::clone(chain), chain.contracts(), first_block + 1)
            };
            let node = Node::new(Config {
                signer: Arc::new(staker.key.clone()),
                policy,
                layer: layer.clone(),
                genesis: genesis.clone(),
                root_chains: vec![at(&tron), at(&ethereum)],
            })?;
            nodes.insert(staker.key.address(), node);
        }
        report::stake(&names, &validators, &layer, account)?;
        let keys: Vec<SecretKey> = stakers.iter().map(|staker| staker.key.clone()).collect();
        let reference = keys.first().map(SecretKey::address).ok_or("nobody staked")?;
        let mut open = options.rpc.map(|_| Open {
            pool: Pool::new(spec.chain_id, PoolLimits::default()),
            archive: Archive::new(KEPT_STATES),
        });
        let mut figures = Figures::new(&validators, nodes.get(&reference).ok_or("the first node is there")?, &tron)?;
        if let (Some(open), Some(node)) = (&mut open, nodes.get(&reference)) {
            open.archive.follow(node);
            figures.let_others_in();
        }
        Ok(Self {
            fast: options.fast,
            liars: stakers.iter().filter(|s| cast.policies.contains_key(s.name)).map(|s| s.key.address()).collect(),
            engine: Simulated::new(spec.chain_id, &validators, keys)?,
            figures,
            names,
            tron,
            ethereum,
            nodes,
            reference,
            users,
            open,
            journey: Journey::Home,
            burns: Vec::new(),
        })
    }

    /// Height of the side chain.
    pub fn height(&self) -> u64 {
        self.reference().chain().head().header().height()
    }

    /// The node whose copies are shown.
    pub fn reference(&self) -> &Node {
        &self.nodes[&self.reference]
    }

    /// The address that a validator of this name signs with.
    #[must_use]
    pub fn signer(&self, name: &str) -> Option<Address> {
        self.names.iter().find(|(_, own)| *own == name).map(|(signer, _)| *signer)
    }

    /// Lets a validator of this name send a message of the program's.
    pub fn bring(&mut self, name: &str, message: impl Into<AnyMessage>) {
        if let Some(node) = self.signer(name).and_then(|signer| self.nodes.get_mut(&signer)) {
            node.bring(message);
        }
    }

    /// Ethereum.
    pub fn ethereum(&self) -> Arc<ModelRootChain> {
        Arc::clone(&self.ethereum)
    }

    /// TRON.
    pub fn tron(&self) -> Arc<ModelRootChain> {
        Arc::clone(&self.tron)
    }

    /// Transactions that burned, the oldest first.
    pub fn burns(&self) -> Vec<B256> {
        self.burns.clone()
    }

    /// Who may produce block 1.
    pub fn first_producers(&self) -> Vec<Validator> {
        self.figures.validators().to_vec()
    }

    /// Whether stake, blocks, deposit, checkpoint and withdrawal have all been shown.
    pub fn is_loop_shown(&self) -> bool {
        matches!(self.journey, Journey::Done)
    }

    /// One block of the side chain, and a height of the layer before it; more where the block waits for a span.
    ///
    /// # Errors
    /// Whatever a part refuses, and [`Broken`] where an account does not come out even.
    pub fn step(&mut self, account: &Account, stop: &AtomicBool) -> Result<(), Box<dyn Error>> {
        let due = self.due()?;
        if due.wait(stop) { self.produce(due, account, stop) } else { Ok(()) }
    }

    /// The same, once its time has come.
    ///
    /// # Errors
    /// Whatever a part refuses, and [`Broken`] where an account does not come out even.
    pub fn produce(&mut self, due: Due, account: &Account, stop: &AtomicBool) -> Result<(), Box<dyn Error>> {
        let Due { producer, time: now, .. } = due;
        self.tron.mine(now);
        self.ethereum.mine(now);
        self.depart(account)?;
        self.run_layer(now, account)?;
        while self.nodes[&producer].awaited_span()?.is_some() {
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            self.run_layer(now, account)?;
        }

        let mut transactions = self.users.payments(self.height(), self.reference())?;
        transactions.extend(self.burn_if_due()?);
        let sent = self.open.iter().flat_map(|open| open.pool.best());
        transactions.extend(sent.map(|pooled| pooled.transaction.clone()));
        let block = self.nodes[&producer].build(transactions, now)?;
        for node in self.nodes.values_mut() {
            node.import(block.clone(), now)?;
        }
        self.figures.check(&self.nodes, &self.tron)?;
        if let Some(open) = &mut self.open {
            let node = &self.nodes[&self.reference];
            open.archive.follow(node);
            open.pool.follow(node.chain().state());
        }
        self.figures.count_block(producer);
        report::block(&self.names, self.reference(), account)?;
        self.travel(account)
    }

    /// Closing table, and whether everything came out right.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn summarize(&self, account: &Account) -> Result<(), Broken> {
        self.figures.summarize(&self.names, &self.liars, self.reference(), &self.tron, account)
    }

    /// Who produces the next block, and when.
    ///
    /// # Errors
    /// Nobody may.
    pub fn due(&self) -> Result<Due, Box<dyn Error>> {
        let turns = self.nodes.values().filter_map(|node| Some((node.turn().ok()?, node.address())));
        let (turn, producer) = turns.min_by_key(|(turn, _)| turn.succession).ok_or("nobody may produce")?;
        let parent = self.reference().chain().head().header().time;
        Ok(Due { fast: self.fast, producer, time: turn.earliest(parent).ok_or("the end of time")? })
    }

    /// Takes a transaction of somebody else's; refused as full where nobody is let in.
    pub(crate) fn submit(&mut self, transaction: Transaction) -> Result<(), PoolError> {
        let chain = self.nodes[&self.reference].chain();
        let open = self.open.as_mut().ok_or(PoolError::Full)?;
        open.pool.add(transaction, chain.state(), chain.head().header().gas_limit).map(drop)
    }

    /// What requests are answered from; nothing where nobody is let in.
    pub(crate) fn view(&self) -> Option<rpc::Node<'_>> {
        let open = self.open.as_ref()?;
        Some(open.archive.view(self.reference(), &open.pool, LOG_LIMITS))
    }

    /// One height: watch, send, attest, decide, submit.
    fn run_layer(&mut self, now: u64, account: &Account) -> Result<(), Box<dyn Error>> {
        let mut transactions = Vec::new();
        for node in self.nodes.values_mut() {
            block_on(node.watch())?;
            block_on(node.attest());
            transactions.extend(node.duties(now));
        }
        for node in self.nodes.values_mut() {
            transactions.iter().for_each(|transaction| node.hear(&transaction.bytes));
        }
        self.engine.advance(&mut self.nodes)?;
        let mut submitted = Vec::new();
        let mut events = Vec::new();
        for (address, node) in &mut self.nodes {
            submitted.extend(block_on(node.submit()));
            let own = node.take_events();
            if *address == self.reference {
                events = own;
            }
        }
        for event in &events {
            if let LayerEvent::Settled(settled) = event {
                self.figures.count_settled(settled);
            }
            report::layer_event(&self.names, event, &self.nodes[&self.reference], account)?;
        }
        for checkpoint in &submitted {
            self.figures.count_submitted(checkpoint, &self.nodes[&self.reference])?;
            report::submitted(&self.names, checkpoint, &self.tron, account);
        }
        Ok(())
    }

    /// The traveller deposits on TRON.
    fn depart(&mut self, account: &Account) -> Result<(), Box<dyn Error>> {
        if matches!(self.journey, Journey::Home) && self.height() >= 2 {
            for call in self.users.deposit(&self.tron.contracts()) {
                let receipt = self.tron.transact(self.users.traveller.address(), &call);
                if let Some(reason) = receipt.revert {
                    return Err(Broken::Deposit { reason }.into());
                }
            }
            self.figures.deposited(Amount::from_btt(users::DEPOSIT));
            report::deposited(self.users.traveller.address(), users::DEPOSIT, account);
            self.journey = Journey::Deposited;
        }
        Ok(())
    }

    /// The traveller burns on the side chain.
    fn burn_if_due(&mut self) -> Result<Option<bttc_evm::transaction::Transaction>, Box<dyn Error>> {
        if !matches!(self.journey, Journey::Arrived) {
            return Ok(None);
        }
        let transaction = self.users.burn(self.reference())?;
        self.burns.push(transaction.hash());
        self.journey = Journey::Burned { transaction: transaction.hash(), block: self.height() + 1 };
        self.figures.burned(Amount::from_btt(users::BURN));
        Ok(Some(transaction))
    }

    /// What the newest block and the newest checkpoint mean for the traveller.
    fn travel(&mut self, account: &Account) -> Result<(), Box<dyn Error>> {
        let reference = &self.nodes[&self.reference];
        let next = match &self.journey {
            Journey::Deposited => {
                let arrived = reference
                    .chain()
                    .head()
                    .delivered()
                    .iter()
                    .find(|record| record.receiver == self.tron.contracts().child_chain_manager);
                let Some(record) = arrived else { return Ok(()) };
                self.figures.delivered(Amount::from_btt(users::DEPOSIT));
                report::arrived(reference, record.id, users::DEPOSIT, self.users.traveller.address(), account);
                Journey::Arrived
            }
            Journey::Burned { transaction, block } => {
                if *block == reference.chain().head().header().height() {
                    report::burned(reference, users::BURN, *block, account)?;
                }
                let started = (!self.fast).then(stopwatch);
                let proven = withdrawal::proof(reference, &self.tron, *transaction, *block)?;
                let Some((proof, exit)) = proven else { return Ok(()) };
                let checked_in = started.map(|started| started.elapsed().as_micros());
                let call = proof.to_call(self.tron.contracts().root_chain_manager);
                let receipt = self.tron.transact(self.users.traveller.address(), &call);
                if let Some(reason) = receipt.revert {
                    return Err(Broken::Exit { reason }.into());
                }
                self.figures.exited(Amount::from_btt(users::BURN));
                report::exited(&proof, &exit, users::BURN, checked_in, account);
                Journey::Exited(Box::new(proof))
            }
            Journey::Exited(proof) => {
                let call = proof.to_call(self.tron.contracts().root_chain_manager);
                let again = self.tron.transact(self.users.traveller.address(), &call);
                let reason = again.revert.ok_or(Broken::PaidTwice)?;
                report::exit_refused(&reason, account);
                Journey::Done
            }
            Journey::Home | Journey::Arrived | Journey::Done => return Ok(()),
        };
        self.journey = next;
        Ok(())
    }
}

/// Somebody with a stake.
struct Staker {
    name: &'static str,
    owner: Address,
    key: SecretKey,
    shares: u64,
}

impl Staker {
    fn stake(&self) -> Result<Amount, Box<dyn Error>> {
        Ok(Amount::from_btt(SHARE.checked_mul(self.shares).ok_or("too many shares")?))
    }

    fn stake_on(&self, tron: &ModelRootChain) -> Result<(), Box<dyn Error>> {
        let (at, fee) = (tron.contracts(), StakeParams::default().min_fee);
        let amount = self.stake()?;
        let allow = abi::approveCall { spender: at.stake_manager, amount: amount.checked_add(fee)?.to_word() };
        let stake = abi::stakeForCall {
            user: self.owner,
            amount: amount.to_word(),
            heimdallFee: fee.to_word(),
            acceptDelegation: true,
            signerPubkey: self.key.public_key().coordinates().to_vec().into(),
        };
        for (to, data) in [(at.token, allow.abi_encode()), (at.stake_manager, stake.abi_encode())] {
            let receipt = tron.transact(self.owner, &RootCall { to, data: data.into() });
            if let Some(reason) = receipt.revert {
                return Err(Broken::Stake { name: self.name, reason }.into());
            }
        }
        Ok(())
    }
}

fn stakers(options: &Options) -> Result<Vec<Staker>, Box<dyn Error>> {
    let count = options.validators;
    let names = NAMES.into_iter().take(count.into()).zip((1..=u64::from(count)).rev());
    let staker = |(name, shares)| {
        let owner = SecretKey::from_bytes(&users::key(options.seed, &format!("{name}, owner")))?.address();
        let key = SecretKey::from_bytes(&users::key(options.seed, name))?;
        Ok(Staker { name, owner, key, shares })
    };
    names.map(staker).collect()
}

fn spec(options: &Options) -> ChainSpec {
    let devnet = ChainSpec::devnet();
    ChainSpec {
        timing: Timing {
            period: options.period,
            producer_delay: options.period,
            sprint: options.sprint,
            backup_multiplier: options.period,
        },
        spans: SpanRules { first: options.span, length: options.span, ..devnet.spans },
        checkpoints: CheckpointRules {
            average_length: options.checkpoint,
            max_length: devnet.checkpoints.max_length,
            // Long enough for a checkpoint to come back from TRON, short enough to see the turn pass on.
            buffer_time: options.checkpoint.saturating_mul(options.period).saturating_mul(3) / 2,
        },
        ..devnet
    }
}

#[expect(clippy::disallowed_methods, reason = "the program's one clock")]
pub(crate) fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[expect(clippy::disallowed_methods, reason = "the program's one wait")]
fn pause() {
    thread::sleep(Duration::from_millis(20));
}

#[expect(clippy::disallowed_methods, reason = "to tell how long a proof took")]
fn stopwatch() -> Instant {
    Instant::now()
}
