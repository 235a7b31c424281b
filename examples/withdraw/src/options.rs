//! What can be asked for on the command line.

use alloy_primitives::{Address, B256};
use bttc_checkpoint::{
    checkpoint::BlockRange,
    exit::{LogChoice, topic},
    prover::Burn,
};
use bttc_core::{chain::BridgeContracts, root_chain::RootChainId};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

/// Withdraws from BTTC: proves burns to TRON, Ethereum or BSC, and says how far they are.
///
/// Without URLs everything runs on a devnet in this process, on a burn of its own.
///
/// Exit status: 0 done; 1 it cannot be; 2 the command line is wrong; 3 not yet; 4 a node does not answer, try again; 5 a
/// node has answered what cannot be so.
#[derive(Debug, Parser)]
#[command(version, verbatim_doc_comment)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) source: SourceOptions,
    /// Print one JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Whom to ask.
#[derive(Args, Debug)]
pub(crate) struct SourceOptions {
    /// A node of the side chain; several are asked in turn
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) side_rpc: Vec<String>,
    /// A node of a root chain, of that of --root unless another is named
    #[arg(long, global = true, value_name = "[ROOT=]URL")]
    pub(crate) root_rpc: Vec<String>,
    /// The root chain to withdraw to
    #[arg(long, global = true, default_value = "tron", value_name = "tron|ethereum|bsc")]
    pub(crate) root: RootChainId,
    /// A header to send to the root chain's node with every request, an API key for one
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub(crate) root_header: Vec<String>,
    /// Where RootChain and RootChainManager stand, on networks other than the public ones
    #[arg(long, global = true, value_name = "ADDRESS,ADDRESS", value_parser = contracts)]
    pub(crate) contracts: Option<BridgeContracts>,
    /// Keep the leaves of checkpoints in this folder
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Prove burns, from their transactions
    Prove {
        /// Hashes of the burns' transactions
        #[arg(value_name = "TRANSACTION")]
        transactions: Vec<B256>,
        #[command(flatten)]
        log: LogOptions,
        /// Write a bundle that is verified offline; as JSON where the name ends so. With burns of several checkpoints
        /// each has a file of its own, with the header's id in its name
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// What to print
        #[arg(long, value_enum, default_value_t = Form::Payload)]
        form: Form,
    },
    /// Check a bundle, without a network; with --root-rpc its checkpoint is looked up there as well
    Verify {
        /// The bundle
        file: PathBuf,
    },
    /// List every log that can be withdrawn, and say why others cannot
    Scan {
        /// Hashes of transactions
        #[arg(value_name = "TRANSACTION", conflicts_with = "blocks")]
        transactions: Vec<B256>,
        /// All of these blocks
        #[arg(long, value_name = "FIRST-LAST", value_parser = range)]
        blocks: Option<BlockRange>,
        /// List logs that are no withdrawal's as well
        #[arg(long)]
        all: bool,
    },
    /// Say how far a burn is
    Status {
        /// Hash of the burn's transaction
        transaction: Option<B256>,
        #[command(flatten)]
        log: LogOptions,
    },
    /// Say how far a burn is whenever that changes
    Wait {
        /// Hash of the burn's transaction
        transaction: Option<B256>,
        #[command(flatten)]
        log: LogOptions,
        /// Seconds between looks
        #[arg(long, default_value_t = 15)]
        every: u64,
        /// What to wait for
        #[arg(long, value_enum, default_value_t = Until::Provable)]
        until: Until,
    },
    /// Answer the routes of the proof-generation API
    Serve {
        /// Where to listen
        #[arg(long, default_value = "127.0.0.1:5000", value_name = "ADDRESS")]
        listen: SocketAddr,
    },
}

/// Which log of the receipt; the only withdrawal unless told.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct LogOptions {
    /// The log at this position in the receipt
    #[arg(long, conflicts_with_all = ["event", "nth"])]
    log: Option<u64>,
    /// The log with this first topic, WithdrawTo's unless told
    #[arg(long)]
    event: Option<B256>,
    /// Which of those, from 0
    #[arg(long)]
    nth: Option<u64>,
}

impl LogOptions {
    /// The burn of this transaction that they choose.
    pub(crate) fn burn(self, transaction: B256) -> Burn {
        let choice = match self {
            Self { log: Some(position), .. } => LogChoice::At(position),
            Self { event: None, nth: None, .. } => return transaction.into(),
            Self { event, nth, .. } => {
                let topic0 = event.unwrap_or(topic::WITHDRAW_TO);
                LogChoice::Nth { topic0, nth: nth.unwrap_or(0), emitter: None }
            }
        };
        Burn::log(transaction, choice)
    }
}

/// What is printed of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// The argument of `exit(bytes)`
    Payload,
    /// The whole call's data
    Calldata,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Until {
    /// A checkpoint holds the burn
    Provable,
    /// It was paid
    Exited,
}

fn contracts(text: &str) -> Result<BridgeContracts, String> {
    let (root_chain, root_chain_manager) = text.split_once(',').ok_or("expected two addresses and a comma")?;
    let address = |text: &str| text.trim().parse::<Address>().map_err(|error| format!("{text:?}: {error}"));
    Ok(BridgeContracts { root_chain: address(root_chain)?, root_chain_manager: address(root_chain_manager)? })
}

fn range(text: &str) -> Result<BlockRange, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u64>().map_err(|error| format!("{text:?}: {error}"));
    BlockRange::new(number(first)?, number(last)?).map_err(|error| error.to_string())
}
