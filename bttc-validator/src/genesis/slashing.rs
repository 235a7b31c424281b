//! How well validators sign, and what they are to lose.

use super::{
    error::Wrong,
    json::{entries, get, json, object, params, read_params},
};
use crate::{
    module::{
        Refusal,
        slashing::{self, Slashes},
    },
    param::{Decimal, SLASHING, slashing as param},
    record::{SigningInfo, SlashingInfo},
    store::Stores,
};
use bttc_core::{
    amino::{Json, JsonForm, from_json},
    amino_fields,
    id::ValidatorId,
};

#[derive(Clone, Copy, Debug, Default)]
struct MissedBlock {
    place: i64,
    is_missed: bool,
}

amino_fields!(MissedBlock { place: "index", is_missed: "missed" });

pub(super) struct Slashing {
    infos: Vec<SigningInfo>,
    missed: Vec<(ValidatorId, Vec<MissedBlock>)>,
    buffer: Vec<SlashingInfo>,
    tick: Vec<SlashingInfo>,
    tick_count: u64,
}

/// Source: `delivery:slashing/types/genesis.go:76-107`.
pub(super) fn read(state: &Json, stores: &mut Stores) -> Result<Slashing, Wrong> {
    const MINUTE: i64 = 60_000_000_000;
    read_params(state, SLASHING, stores)?;
    let less = "should be less than or equal to one and greater than zero, is";
    expect_share(param::SLASH_FRACTION_DOWNTIME.get(stores)?, &format!("slashing fraction downtime {less}"))?;
    expect_share(param::SLASH_FRACTION_DOUBLE_SIGN.get(stores)?, &format!("slashing fraction double sign {less}"))?;
    expect_share(param::MIN_SIGNED_PER_WINDOW.get(stores)?, &format!("min signed per window {less}"))?;
    let jail = param::DOWNTIME_JAIL_DURATION.get(stores)?;
    if jail < MINUTE {
        // The reference writes the duration in its units: 59.9s.
        return Err(Wrong::text(format!("downtime unblond duration must be at least 1 minute, is {jail}ns")));
    }
    let window = param::SIGNED_BLOCKS_WINDOW.get(stores)?;
    if window < 10 {
        return Err(Wrong::text(format!("signed blocks window must be at least 10, is {window}")));
    }
    let wrong = |key: &'static str| move |error| Wrong::Value { key: key.into(), error };
    let read = |(_, json)| from_json(json, JsonForm::Amino);
    let infos = entries(state, "signing_infos")?.into_iter().map(read).collect::<Result<_, _>>();
    let missed = entries(state, "missed_blocks")?.into_iter().map(|(id, json)| {
        // What is no number counts as 0.
        let id = ValidatorId::new(id.parse().unwrap_or_default());
        Ok((id, from_json(json, JsonForm::Amino)?))
    });
    Ok(Slashing {
        infos: infos.map_err(wrong("signing_infos"))?,
        missed: missed.collect::<Result<_, _>>().map_err(wrong("missed_blocks"))?,
        buffer: get(state, "buffer_val_slash_info")?,
        tick: get(state, "tick_val_slash_info")?,
        tick_count: get(state, "tick_count")?,
    })
}

fn expect_share(share: Decimal, text: &str) -> Result<(), Wrong> {
    // The reference breaks off where the number is missing.
    share.units().ok_or(Refusal::INTERNAL)?;
    if share.is_share() { Ok(()) } else { Err(Wrong::text(format!("{text} {share}"))) }
}

impl Slashing {
    /// Source: `delivery:slashing/genesis.go:12-50`.
    pub(super) fn init(self, stores: &mut Stores) -> Result<(), Wrong> {
        self.infos.iter().for_each(|info| slashing::save_signing_info(stores, info));
        for (id, blocks) in self.missed {
            for block in blocks {
                // a block that was not missed cannot be written.
                if !block.is_missed {
                    return Err(Refusal::INTERNAL.into());
                }
                slashing::save_missed_block(stores, id, block.place);
            }
        }
        self.buffer.iter().for_each(|info| Slashes::Buffer.set(stores, info));
        self.tick.iter().for_each(|info| Slashes::Tick.set(stores, info));
        slashing::set_tick_count(stores, self.tick_count);
        Ok(())
    }
}

/// Source: `delivery:slashing/genesis.go:52-86`.
// what is to be slashed in all, and which logs were settled, is not exported.
pub(super) fn export(stores: &Stores) -> Result<Json, Wrong> {
    let window = param::SIGNED_BLOCKS_WINDOW.get(stores)?;
    let (mut infos, mut missed) = (Vec::new(), Vec::new());
    for info in slashing::signing_infos(stores) {
        let info = info?;
        let blocks = slashing::missed_blocks(stores, info.id, window)?.into_iter();
        let blocks = blocks.map(|(place, is_missed)| json(&MissedBlock { place, is_missed })).collect();
        let id = info.id.to_string();
        missed.push((id.clone().into(), Json::List(blocks)));
        infos.push((id.into(), json(&info)));
    }
    Ok(object([
        ("params", params(SLASHING, stores)?),
        ("signing_infos", Json::Object(infos)),
        ("missed_blocks", Json::Object(missed)),
        ("buffer_val_slash_info", json(&Slashes::Buffer.all(stores)?)),
        ("tick_val_slash_info", json(&Slashes::Tick.all(stores)?)),
        ("tick_count", json(&slashing::tick_count(stores))),
    ]))
}
