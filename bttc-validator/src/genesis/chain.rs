//! What the modules around checkpoints and spans begin with: root chains, spans, records, fee accounts.

use super::{
    error::Wrong,
    json::{get, json, object, params, read_params, sequences},
};
use crate::{
    module::{bor, chainmanager, clerk, topup},
    param::{BOR, CHAINMANAGER, SPRINT_DURATION},
    record::{ChainInfo, DividendAccount, EventRecord},
    store::Stores,
};
use bttc_core::amino::{Json, Text};
use bttc_staking::registry::SpanRecord;

/// Root chains that became known after genesis.
pub(super) struct Chainmanager(Vec<ChainInfo>);

pub(super) fn read_chainmanager(state: &Json, stores: &mut Stores) -> Result<Chainmanager, Wrong> {
    read_params(state, CHAINMANAGER, stores)?;
    Ok(Chainmanager(get(state, "chain_infos")?))
}

impl Chainmanager {
    /// Of several of one root chain the first counts.
    ///
    /// Source: `delivery:chainmanager/genesis.go:10-15`.
    pub(super) fn init(self, stores: &mut Stores) {
        for info in &self.0 {
            chainmanager::add_chain(stores, info);
        }
    }
}

// what governance set of root chains and features is not exported.
pub(super) fn export_chainmanager(stores: &Stores) -> Result<Json, Wrong> {
    let infos = chainmanager::chain_infos(stores).collect::<Result<Vec<_>, _>>()?;
    Ok(object([("params", params(CHAINMANAGER, stores)?), ("chain_infos", json(&infos))]))
}

/// Spans.
pub(super) struct Bor(Vec<SpanRecord>);

/// Source: `delivery:bor/types/params.go:78-92`.
pub(super) fn read_bor(state: &Json, stores: &mut Stores) -> Result<Bor, Wrong> {
    read_params(state, BOR, stores)?;
    if SPRINT_DURATION.get(stores)? == 0 {
        return Err(Wrong::text("invalid sprint duration: 0"));
    }
    Ok(Bor(get(state, "spans")?))
}

impl Bor {
    /// Source: `delivery:bor/genesis.go:11-28`.
    pub(super) fn init(mut self, stores: &mut Stores) {
        self.0.sort_by_key(|span| span.id);
        self.0.iter().for_each(|span| bor::save_span(stores, span));
    }
}

pub(super) fn export_bor(stores: &Stores) -> Result<Json, Wrong> {
    let mut spans = bor::spans(stores).collect::<Result<Vec<_>, _>>()?;
    spans.sort_by_key(|span| span.id);
    Ok(object([("params", params(BOR, stores)?), ("spans", json(&spans))]))
}

/// State records.
pub(super) struct Clerk {
    records: Vec<EventRecord>,
    sequences: Vec<Text>,
}

pub(super) fn read_clerk(state: &Json) -> Result<Clerk, Wrong> {
    Ok(Clerk { records: get(state, "event_records")?, sequences: sequences(state, "record_sequences")? })
}

impl Clerk {
    /// Source: `delivery:clerk/genesis.go:10-25`.
    // records are numbered anew in the order of the file, which an export has in the order of the texts of their
    // numbers, and their old numbers are taken for those of their root chains. One whose key is there already is left
    // where it fails.
    pub(super) fn init(self, stores: &mut Stores) {
        for record in self.records {
            // The reference goes on with the next one.
            let _ = clerk::insert(stores, record);
        }
        self.sequences.iter().for_each(|sequence| clerk::mark_seen(stores, sequence.as_bytes()));
    }
}

pub(super) fn export_clerk(stores: &Stores) -> Result<Json, Wrong> {
    let records = clerk::all(stores).collect::<Result<Vec<_>, _>>()?;
    let sequences: Vec<Text> = clerk::sequences(stores).map(Text::from).collect();
    Ok(object([("event_records", json(&records)), ("record_sequences", json(&sequences))]))
}

/// Fee accounts.
pub(super) struct Topup {
    sequences: Vec<Text>,
    accounts: Vec<DividendAccount>,
}

pub(super) fn read_topup(state: &Json) -> Result<Topup, Wrong> {
    Ok(Topup { sequences: sequences(state, "tx_sequences")?, accounts: get(state, "dividend_accounts")? })
}

impl Topup {
    /// Source: `delivery:topup/genesis.go:9-22`.
    pub(super) fn init(self, stores: &mut Stores) {
        self.sequences.iter().for_each(|sequence| topup::mark_seen(stores, sequence.as_bytes()));
        self.accounts.iter().for_each(|account| topup::set_fee_account(stores, account));
    }
}

pub(super) fn export_topup(stores: &Stores) -> Result<Json, Wrong> {
    let sequences: Vec<Text> = topup::sequences(stores).map(Text::from).collect();
    let accounts = topup::all(stores).collect::<Result<Vec<_>, _>>()?;
    Ok(object([("tx_sequences", json(&sequences)), ("dividend_accounts", json(&accounts))]))
}
