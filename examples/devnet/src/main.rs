//! A whole BTTC in one process: stake on TRON, validators, producers, blocks, checkpoints, deposits, withdrawals.
//!
//! Every step goes through the crates' public API; this program only wires, waits and tells.

use clap::Parser;
use devnet::{Account, EXPORT_FILE, Form, Network, Options, Place, export};
use std::{
    error::Error,
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

    let mut network = Network::start(options, account)?;
    let mut told = false;
    while !stop.load(Ordering::Relaxed) && options.blocks.is_none_or(|last| network.height() < last) {
        network.step(account, &stop)?;
        if network.is_loop_shown() && !told {
            told = true;
            let how = if options.blocks.is_none() { "the chain runs on until Ctrl-C" } else { "" };
            account.say(Place::Devnet, "loop", "stake, blocks, deposit, checkpoint, withdrawal: all shown", how);
        }
    }
    account.end();
    network.summarize(account)?;
    if let Some(folder) = &options.export {
        export(folder, &network)?;
        account.say(Place::Devnet, "export", format!("{}", folder.join(EXPORT_FILE).display()), "");
    }
    Ok(())
}
