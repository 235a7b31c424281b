//! `withdraw`: from a burn on BTTC to its payout on TRON, Ethereum or BSC.
//!
//! ```text
//! withdraw prove  --side-rpc URL --root-rpc URL 0x…     the payload, checked against the root chain's own record
//! withdraw verify bundle.json                            the same check again, without a network
//! withdraw scan | status | wait | serve
//! ```

mod command;
mod failure;
mod options;
mod serve;
mod source;

use clap::Parser;
use command::{Wanted, prove, scan, status, verify, wait};
use failure::Failure;
use options::{Command, Options};
use source::Source;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}

async fn run(options: Options) -> Result<(), Failure> {
    let Options { source: from, json, command } = options;
    // The one command that needs neither chain.
    if let Command::Verify { file } = &command {
        return verify(file, &from, json).await;
    }
    let (source, root) = (Source::open(&from).await?, from.root);
    match command {
        Command::Prove { transactions, log, out, form } => {
            let wanted = Wanted { root, transactions: &transactions, log, out: out.as_deref(), form, json };
            prove(&source, &wanted).await
        }
        Command::Verify { .. } => Ok(()),
        Command::Scan { transactions, blocks, all } => scan(&source, root, &transactions, blocks, all, json).await,
        Command::Status { transaction, log } => status(&source, root, transaction, log, json).await,
        Command::Wait { transaction, log, every, until } => {
            wait(&source, root, transaction, log, every, until, json).await
        }
        Command::Serve { listen } => serve::serve(source, root, listen).await,
    }
}
