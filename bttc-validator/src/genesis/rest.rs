//! What the modules' states leave out.
//!
//! ```text
//! "unexported": [{"store": name, "key": hex, "value": hex or null}, …]
//! ```
//!
//! It stands beside the modules' states, where the reference passes over what it does not know. Each entry is set, or
//! removed, after the modules have begun with theirs.

use super::{
    error::Wrong,
    json::{get, list, object, wrong},
};
use crate::store::{StoreName, Stores};
use alloy_primitives::hex;
use bttc_core::amino::{Json, Text};
use std::collections::BTreeMap;

/// Key of the list.
pub(super) const KEY: &str = "unexported";

/// Sets and removes what the list says.
pub(super) fn apply(app_state: &Json, stores: &mut Stores) -> Result<(), Wrong> {
    for entry in list(app_state, KEY)? {
        let name: Text = get(entry, "store")?;
        let found = StoreName::ALL.into_iter().find(|store| store.name().as_bytes() == name.as_bytes());
        let store = found.ok_or_else(|| wrong("store", "the name of a store", entry))?;
        let key = bytes(entry, "key")?.ok_or_else(|| wrong("key", "hex", entry))?;
        match bytes(entry, "value")? {
            Some(value) => stores.set(store, key, value),
            None => stores.remove(store, &key),
        }
    }
    Ok(())
}

fn bytes(entry: &Json, key: &str) -> Result<Option<Vec<u8>>, Wrong> {
    match entry.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => {
            let text: Text = get(entry, key)?;
            hex::decode(text.as_bytes()).map(Some).map_err(|_| wrong(key, "hex", json))
        }
    }
}

/// What has to be set and removed for one state to become another.
pub(super) fn between(from: &Stores, to: &Stores) -> Json {
    let mut entries = Vec::new();
    for store in StoreName::ALL {
        let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) = (from.entries(store).collect(), to.entries(store).collect());
        let gone = old.keys().filter(|key| !new.contains_key(*key)).map(|key| (key, Json::Null));
        let set = new.iter().filter(|(key, value)| old.get(*key) != Some(value));
        let set = set.map(|(key, value)| (key, Json::Text(hex::encode(value).as_str().into())));
        let entry = |(key, value): (&&[u8], Json)| {
            let key = Json::Text(hex::encode(key).as_str().into());
            object([("store", Json::Text(store.name().into())), ("key", key), ("value", value)])
        };
        entries.extend(gone.chain(set).map(entry));
    }
    Json::List(entries)
}
