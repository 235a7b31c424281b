//! A whole BTTC in one process: stake on TRON, validators, producers, blocks, checkpoints, deposits, withdrawals.
//!
//! Every step goes through the crates' public API; this program only wires, waits and tells.

use alloy::primitives::B256;
use clap::Parser;
use devnet::{Account, EXPORT_FILE, Form, Network, Options, Place, Serving, Shared, export};
use serde_json::json;
use std::{
    error::Error,
    fs::File,
    io::Read,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

fn main() -> ExitCode {
    let options = Options::parse();
    let form = if options.json { Form::Json } else { Form::Text };
    let account = Account::new(form, options.checkpoint);
    let ended = run(&options, &account);
    account.end();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options, account: &Account) -> Result<(), Box<dyn Error>> {
    options.check()?;
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))?;

    let network = Shared::new(Network::start(options, account)?);
    let start = |address| Serving::start(address, &options.origin, network.clone(), secret()?);
    let serving = options.rpc.map(start).transpose()?;
    if let Some(serving) = &serving {
        let text = format!("JSON-RPC at http://{0} and ws://{0}", serving.address());
        account.tell(Place::Devnet, "rpc", text, "", json!({ "address": serving.address() }));
    }
    let mut told = false;
    while !stop.load(Ordering::Relaxed) && options.blocks.is_none_or(|last| network.read().height() < last) {
        let due = network.read().due()?;
        // Nobody is kept from asking meanwhile.
        if !due.wait(&stop) {
            break;
        }
        network.write().produce(due, account, &stop)?;
        if let Some(serving) = &serving {
            serving.notify();
        }
        if network.read().is_loop_shown() && !told {
            told = true;
            let how = if options.blocks.is_none() { "the chain runs on until Ctrl-C" } else { "" };
            account.say(Place::Devnet, "loop", "stake, blocks, deposit, checkpoint, withdrawal: all shown", how);
        }
    }
    account.end();
    let network = network.read();
    network.summarize(account)?;
    if let Some(folder) = &options.export {
        export(folder, &network)?;
        account.say(Place::Devnet, "export", format!("{}", folder.join(EXPORT_FILE).display()), "");
    }
    Ok(())
}

/// Bytes that nobody else knows.
fn secret() -> Result<B256, Box<dyn Error>> {
    let mut secret = B256::ZERO;
    File::open("/dev/urandom")?.read_exact(secret.as_mut_slice())?;
    Ok(secret)
}
