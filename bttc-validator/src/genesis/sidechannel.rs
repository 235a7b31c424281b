//! Transactions whose votes are still out.
//!
//! Source: `validation-layer §3.8, §9.3; delivery:sidechannel/genesis.go:12-56`.

use super::{
    error::Wrong,
    json::{expect_object, get, json, list, object},
};
use crate::{module::sidechannel, store::Stores};
use bttc_core::amino::{Base64, Json, JsonForm, from_json};

pub(super) struct Sidechannel(Vec<(i64, Vec<Base64>)>);

/// Source: `delivery:sidechannel/types/genesis.go:30-44`.
pub(super) fn read(state: &Json) -> Result<Sidechannel, Wrong> {
    let mut commits = Vec::new();
    for commit in list(state, "past_commits")? {
        expect_object(commit)?;
        let height: i64 = get(commit, "height")?;
        let txs = list(commit, "txs")?.iter().map(|tx| from_json(tx, JsonForm::Amino)).collect::<Result<Vec<_>, _>>();
        let txs = txs.map_err(|error| Wrong::Value { key: "txs".into(), error })?;
        if height <= 2 {
            return Err(Wrong::text("Past commit height must be greater 2"));
        }
        if txs.is_empty() {
            return Err(Wrong::text("Txs must be present"));
        }
        commits.push((height, txs));
    }
    Ok(Sidechannel(commits))
}

impl Sidechannel {
    /// Source: `delivery:sidechannel/genesis.go:12-23`.
    pub(super) fn init(self, stores: &mut Stores) {
        for (height, txs) in self.0 {
            for Base64(tx) in txs {
                sidechannel::put(stores, height.cast_unsigned(), &tx);
            }
        }
    }
}

/// Source: `delivery:sidechannel/genesis.go:26-56`.
pub(super) fn export(stores: &Stores) -> Result<Json, Wrong> {
    let mut commits: Vec<(i64, Vec<Json>)> = Vec::new();
    for (height, tx) in sidechannel::all(stores) {
        let height = height.cast_signed();
        let tx = json(&Base64(tx));
        match commits.last_mut() {
            Some((last, txs)) if *last == height => txs.push(tx),
            _ => commits.push((height, vec![tx])),
        }
    }
    let commit = |(height, txs)| object([("height", json(&height)), ("txs", Json::List(txs))]);
    Ok(object([("past_commits", Json::List(commits.into_iter().map(commit).collect()))]))
}
