//! Both chains, wherever they are.

use crate::{failure::Failure, options::SourceOptions};
use alloy_primitives::B256;
use bttc_checkpoint::{
    prover::{CheckpointCache, FileCache, MemoryCache, Prover},
    side_chain::{Fetched, RpcSideChain, SideChain},
};
use bttc_core::{
    chain::BridgeContracts,
    endpoint::{Endpoint, Patience},
    root_chain::{RootChain, RootChainId, ethereum::EthereumRpc, tron::TronRpc},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _},
    sync::Arc,
};

/// Checkpoints whose leaves are kept in memory when no folder is named.
const KEPT: usize = 16;

/// What proofs are made from.
#[derive(Debug)]
pub(crate) struct Source {
    side_chain: Box<dyn SideChain>,
    root_chains: BTreeMap<RootChainId, RootSource>,
    contracts: Option<BridgeContracts>,
    cache: Box<dyn CheckpointCache>,
    burns: Vec<B256>,
}

/// A root chain, and what it is called in provenance.
#[derive(Debug)]
pub(crate) struct RootSource {
    chain: Arc<dyn RootChain>,
    name: String,
}

impl RootSource {
    /// The chain.
    pub(crate) fn chain(&self) -> &dyn RootChain {
        &*self.chain
    }
}

impl Source {
    /// Connects, or walks a devnet.
    pub(crate) async fn open(options: &SourceOptions) -> Result<Self, Failure> {
        let cache: Box<dyn CheckpointCache> = match &options.cache {
            Some(folder) => Box::new(FileCache::open(folder).map_err(Failure::io(folder))?),
            None => Box::new(MemoryCache::new(KEPT)),
        };
        if options.side_rpc.is_empty() != options.root_rpc.is_empty() {
            return Err(Failure::Usage("--side-rpc and --root-rpc go together".into()));
        }
        if options.side_rpc.is_empty() {
            return Self::devnet(cache);
        }
        let endpoint = |url: &String| Endpoint::new(url, Patience::default());
        let endpoints = options.side_rpc.iter().map(endpoint).collect::<Result<Vec<_>, _>>()?;
        let bar = bar();
        let side_chain = RpcSideChain::connect(endpoints).await?.with_progress(move |Fetched { blocks, of }| {
            bar.set_length(of);
            bar.set_position(blocks);
            if blocks >= of {
                bar.finish_and_clear();
            }
        });
        Ok(Self {
            side_chain: Box::new(side_chain),
            root_chains: root_chains(options)?,
            contracts: options.contracts,
            cache,
            burns: Vec::new(),
        })
    }

    /// A devnet that has walked its loop.
    fn devnet(cache: Box<dyn CheckpointCache>) -> Result<Self, Failure> {
        let walked = devnet::walk(&devnet::Options::default()).map_err(Failure::Devnet)?;
        let tron = RootSource { chain: walked.tron, name: "the devnet's TRON".into() };
        Ok(Self {
            side_chain: Box::new(walked.side_chain),
            root_chains: [(RootChainId::Tron, tron)].into(),
            contracts: Some(walked.contracts),
            cache,
            burns: walked.burns,
        })
    }

    /// A prover to this root chain.
    pub(crate) fn prover(&self, root_chain: RootChainId) -> Result<Prover<'_>, Failure> {
        let root = self.root_chains.get(&root_chain).ok_or(Failure::NoRootChain { root_chain })?;
        let prover = Prover::new(&*self.side_chain, &*root.chain).with_cache(&*self.cache);
        Ok(match self.contracts {
            Some(contracts) => prover.with_contracts(contracts),
            None => prover,
        })
    }

    /// The side chain.
    pub(crate) fn side_chain(&self) -> &dyn SideChain {
        &*self.side_chain
    }

    /// What a root chain is called in provenance.
    pub(crate) fn root_name(&self, root_chain: RootChainId) -> &str {
        self.root_chains.get(&root_chain).map_or("", |root| &root.name)
    }

    /// The transactions asked for; on the devnet its own burns if there are none.
    pub(crate) fn transactions(&self, asked: &[B256]) -> Result<Vec<B256>, Failure> {
        let transactions = if asked.is_empty() { self.burns.clone() } else { asked.to_vec() };
        match transactions.is_empty() {
            true => Err(Failure::Usage("name a transaction".into())),
            false => Ok(transactions),
        }
    }
}

/// The root chains that are named.
pub(crate) fn root_chains(options: &SourceOptions) -> Result<BTreeMap<RootChainId, RootSource>, Failure> {
    let mut chains = BTreeMap::new();
    for named in &options.root_rpc {
        let named_root = named.split_once('=').and_then(|(root, url)| Some((root.parse().ok()?, url)));
        let (root_chain, url) = named_root.unwrap_or((options.root, named.as_str()));
        let mut endpoint = Endpoint::new(url, Patience::default())?;
        for header in &options.root_header {
            let (name, value) = header.split_once('=').ok_or_else(|| {
                Failure::Usage(format!("--root-header: expected NAME=VALUE, got {:?}", header.split(':').next()))
            })?;
            endpoint = endpoint.with_header(name, value)?;
        }
        let name = endpoint.name().to_owned();
        let chain: Arc<dyn RootChain> = match root_chain {
            RootChainId::Tron => Arc::new(TronRpc::new(endpoint)),
            RootChainId::Ethereum | RootChainId::Bsc => Arc::new(EthereumRpc::new(root_chain, endpoint)),
        };
        if chains.insert(root_chain, RootSource { chain, name }).is_some() {
            return Err(Failure::Usage(format!("--root-rpc: two nodes of {root_chain}")));
        }
    }
    Ok(chains)
}

/// Headers as they come, on a terminal.
fn bar() -> ProgressBar {
    let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    let style = ProgressStyle::with_template("headers {bar:32} {pos}/{len}  {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
