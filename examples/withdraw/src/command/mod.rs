//! One file a command.

mod prove;
mod scan;
mod status;
mod verify;

pub(crate) use prove::{Wanted, prove};
pub(crate) use scan::scan;
pub(crate) use status::{status, wait};
pub(crate) use verify::verify;

use alloy_primitives::Address;
use bttc_checkpoint::exit::Withdrawal;
use bttc_core::{amount::Amount, chain::SystemContracts};
use std::time::{SystemTime, UNIX_EPOCH};

/// What a burn gives back, in words. How many decimals another token than BTT has, and whether it counts or numbers, only
/// the token itself knows.
fn in_words(token: Address, withdrawal: &Withdrawal) -> String {
    let what = match withdrawal {
        Withdrawal::One(amount) if token == SystemContracts::STANDARD.native_token => {
            return Amount::from_word(*amount).to_string();
        }
        Withdrawal::One(amount) => format!("{amount}, an amount or an id,"),
        Withdrawal::Batch(ids) => format!("{} ids", ids.len()),
        Withdrawal::WithMetadata { id, .. } => format!("id {id} with its metadata"),
        Withdrawal::Counted { ids, amounts } | Withdrawal::ChainExit { ids, amounts, .. } => {
            let pairs: Vec<String> = ids.iter().zip(amounts).map(|(id, amount)| format!("{amount} of {id}")).collect();
            pairs.join(", ")
        }
    };
    format!("{what} of {token}")
}

/// Unix seconds.
#[expect(clippy::disallowed_methods, reason = "the program's one clock")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
