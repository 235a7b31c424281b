//! Genesis files: what is read is exported whole and read as the same state.
//!
//! Input: a file; or an object of modules' states, which take the place of those of a small file.
#![no_main]

use bttc_core::amino::Json;
use bttc_validator::{
    genesis::{self, Export},
    store::StateTree,
};
use libfuzzer_sys::fuzz_target;

const FILE: &str = include_str!("../../bttc-validator/tests/fixtures/genesis.json");

fn overlaid(states: Json) -> Option<String> {
    let mut file: Json = serde_json::from_str(FILE).ok()?;
    let Json::Object(entries) = &mut file else { return None };
    let (_, app_state) = entries.iter_mut().find(|(name, _)| name == "app_state")?;
    let (Json::Object(modules), Json::Object(states)) = (app_state, states) else { return None };
    // Of several of one name the last counts.
    modules.extend(states);
    Some(file.to_string())
}

fn holds(text: &str) {
    let Ok(read) = genesis::read(text) else { return };
    let _ = genesis::export(&read, Export::AsReference);
    if let Ok(file) = genesis::export(&read, Export::Whole) {
        let again = genesis::read(&file.to_string()).expect("a whole export is read");
        assert_eq!(StateTree::over(&again.stores).root(), StateTree::over(&read.stores).root());
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    holds(text);
    if let Some(text) = serde_json::from_str(text).ok().and_then(overlaid) {
        holds(&text);
    }
});
