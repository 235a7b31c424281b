//! Traces of the validation layer: messages in their phases and ends of blocks, and after each what stands in the
//! stores.
//!
//! ```text
//! genesis ──▶ Stores ──▶ initial, initialDigest
//! step    ──▶ module ──▶ code, codespace, stage, events, updates, result
//!    external ─answers─▲  └──▶ Stores ──▶ changed, digest, store
//! ```

mod genesis;
mod outside;
mod readable;
mod step;

use crate::{case::Case, failure::Failure, got::Got, trace};
use bttc_validator::store::{DIGESTED, Stores};

/// Runs the steps of a case and compares all that is recorded of them.
pub(crate) fn run(case: &Case<'_>) -> Result<(), Failure> {
    let (input, expect) = (case.input()?, case.expect()?);
    let mut stores = genesis::stores(&input.field("genesis")?)?;
    let mut state = readable::state(&stores)?;
    expect.check("initial", state.to_got())?;
    expect.check("initialDigest", stores.digest())?;
    let steps = input.field("steps")?.items()?;
    let last = steps.len().checked_sub(1);
    for (place, (field, expect)) in steps.iter().zip(expect.items_of("steps", steps.len())?).enumerate() {
        step::run(field, &mut stores, &expect)?;
        let next = readable::state(&stores)?;
        trace::changed(&next.changes_since(&state), &expect)?;
        state = next;
        expect.check("digest", stores.digest())?;
        if last == Some(place) {
            expect.check("store", raw(&stores))?;
        }
    }
    Ok(())
}

fn raw(stores: &Stores) -> Got {
    let names = DIGESTED.into_iter().filter(|name| stores.entries(*name).next().is_some());
    Got::map(names.map(|name| {
        let entries = stores.entries(name).map(|(key, value)| Got::list([bytes(key), bytes(value)]));
        (name.to_string(), Got::list(entries))
    }))
}

fn bytes(bytes: &[u8]) -> Got {
    Got::Bytes(bytes.to_vec().into())
}
