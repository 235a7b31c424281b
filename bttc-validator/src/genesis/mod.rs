//! Genesis: the state that a chain begins with, read from the reference's file and written as one.
//!
//! ```text
//!  file ── chain id, time ─────────────────────────────────────────────▶ Genesis
//!       └─ app_state ── each module's state ── params, checks ──┐           ▲
//!                                                               ▼           │
//!        fee collector, sidechannel, auth, bank, gov, chainmanager, supply, staking, slashing, checkpoint, bor, clerk,
//!        topup: in this order each module begins with its state ────────▶ stores
//! ```
//!
//! The reference's export leaves out much: keys of accounts, checkpoints of Ethereum and BSC, queues, the seed block,
//! features. [`Export::Whole`] adds what is left out under a key that the reference passes over, and the state's hash:
//! what is read again is then the same state. A module without a state is refused as in the reference; it looks at them in
//! random order, this at `sidechannel`, `auth`, `bank`, `supply`, `chainmanager`, `staking`, `checkpoint`, `bor`,
//! `clerk`, `topup`, `slashing`, `gov`.
//!
//! Source: `validation-layer §9; delivery:app/app.go:399-413, 518-566, app/export.go, peppermint:types/genesis.go`.
//!
//! ```
//! use bttc_validator::{genesis::{self, Export, Genesis}, module::{gov, supply}, param, store::{StateTree, Stores}};
//!
//! let mut stores = Stores::default();
//! param::set_defaults(&mut stores);
//! gov::set_next_id(&mut stores, 1);
//! supply::set_total(&mut stores, Default::default());
//! let time = "2021-12-08T10:07:21.471374Z".parse()?;
//! let before = Genesis { stores, ..Genesis::new("devnet".into(), time) };
//!
//! let file = genesis::export(&before, Export::Whole)?.to_string();
//! let after = genesis::read(&file)?;
//! assert_eq!(StateTree::over(&after.stores).root(), StateTree::over(&before.stores).root());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod auth;
mod chain;
mod checkpoint;
mod document;
mod error;
mod gov;
mod json;
mod rest;
mod sidechannel;
mod slashing;
mod staking;

pub use document::{BlockParams, ConsensusParams, EvidenceParams, ValidatorParams};
pub use error::GenesisError;

use crate::{
    module::supply,
    record::AccountKey,
    store::{StateTree, Stores},
};
use bttc_core::amino::{Json, Text, Time};
use bttc_staking::registry::ValidatorRecord;
use error::Wrong;

/// What a chain begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The validation layer's chain id.
    pub chain_id: Text,
    /// When it begins.
    pub time: Time,
    /// What consensus holds its blocks to.
    pub consensus: ConsensusParams,
    /// Whom consensus begins with, in order.
    pub validators: Vec<ConsensusValidator>,
    /// The state.
    pub stores: Stores,
}

/// A validator as consensus knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsensusValidator {
    /// Its key.
    pub key: AccountKey,
    /// Its power.
    pub power: i64,
}

impl From<&ValidatorRecord> for ConsensusValidator {
    fn from(record: &ValidatorRecord) -> Self {
        Self { key: AccountKey(record.pub_key), power: record.power.get() }
    }
}

impl Genesis {
    /// A chain of this id and time with an empty state.
    #[must_use]
    pub fn new(chain_id: Text, time: Time) -> Self {
        let consensus = ConsensusParams::standard();
        Self { chain_id, time, consensus, validators: Vec::new(), stores: Stores::default() }
    }
}

/// How much of a state is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// What the reference writes.
    AsReference,
    /// All of it: what is left out otherwise, and the application hash.
    Whole,
}

/// Reads a genesis file.
///
/// # Errors
/// [`GenesisError`], the first there is.
pub fn read(text: &str) -> Result<Genesis, GenesisError> {
    let json: Json = serde_json::from_str(text)?;
    let document = document::read(&json)?;
    let is_whole = document.app_state.get(rest::KEY).is_some();
    let begun = read_modules(document.app_state);
    let (mut stores, mut validators) = match begun {
        // A state that cannot be read as the reference does is told by its hash to be the one that was exported.
        Err(_) if is_whole && document.app_hash.is_some() => (Stores::default(), Vec::new()),
        begun => begun?,
    };
    if is_whole {
        rest::apply(document.app_state, &mut stores).map_err(|wrong| wrong.of(rest::KEY))?;
        let got = StateTree::over(&stores).root();
        let expected = document.app_hash.unwrap_or_default();
        if got != expected {
            return Err(GenesisError::AppHash { got, expected });
        }
        let set = crate::module::staking::validator_set(&stores).map_err(|entry| Wrong::from(entry).of("staking"))?;
        validators = set.members().iter().map(ConsensusValidator::from).collect();
    }
    let named = document.validators.iter().map(|named| ConsensusValidator { key: named.key, power: named.power });
    let named: Vec<_> = named.collect();
    if !named.is_empty() && !is_same(&named, &validators) {
        let text = format!("got {} validators, expected the {} of the state", named.len(), validators.len());
        return Err(GenesisError::Document { text });
    }
    let document::Document { chain_id, time, consensus, .. } = document;
    Ok(Genesis { chain_id, time, consensus, validators, stores })
}

/// Whether two lists hold the same in some order.
fn is_same(a: &[ConsensusValidator], b: &[ConsensusValidator]) -> bool {
    let sorted = |list: &[ConsensusValidator]| {
        let mut list: Vec<_> = list.iter().map(|validator| (validator.key.0, validator.power)).collect();
        list.sort_unstable();
        list
    };
    sorted(a) == sorted(b)
}

type Begun = (Stores, Vec<ConsensusValidator>);

fn read_modules(app_state: &Json) -> Result<Begun, GenesisError> {
    let mut stores = Stores::default();
    let to = &mut stores;
    let sidechannel = state(app_state, "sidechannel").unwrap_or(&Json::Null);
    let sidechannel = checked("sidechannel", sidechannel, sidechannel::read)?;
    let auth = of(app_state, "auth", |state| auth::read(state, to))?;
    of(app_state, "bank", |state| auth::read_bank(state, to))?;
    let supply = of(app_state, "supply", auth::read_supply)?;
    let chainmanager = of(app_state, "chainmanager", |state| chain::read_chainmanager(state, to))?;
    let staking = of(app_state, "staking", |state| staking::read(state, to))?;
    let checkpoint = of(app_state, "checkpoint", |state| checkpoint::read(state, to))?;
    let bor = of(app_state, "bor", |state| chain::read_bor(state, to))?;
    let clerk = of(app_state, "clerk", chain::read_clerk)?;
    let topup = of(app_state, "topup", chain::read_topup)?;
    let slashing = of(app_state, "slashing", |state| slashing::read(state, to))?;
    let gov = of(app_state, "gov", |state| gov::read(state, to))?;

    supply::module_account(to, supply::FEE_COLLECTOR).map_err(|refusal| Wrong::from(refusal).of("auth"))?;
    let validators = staking.consensus(checkpoint.ethereum_count());
    sidechannel.init(to);
    auth.init(to).map_err(|wrong| wrong.of("auth"))?;
    gov.init(to).map_err(|wrong| wrong.of("gov"))?;
    chainmanager.init(to);
    supply.init(to).map_err(|wrong| wrong.of("supply"))?;
    staking.init(to).map_err(|wrong| wrong.of("staking"))?;
    slashing.init(to).map_err(|wrong| wrong.of("slashing"))?;
    checkpoint.init(to).map_err(|wrong| wrong.of("checkpoint"))?;
    bor.init(to);
    clerk.init(to);
    topup.init(to);
    Ok((stores, validators))
}

/// A module's state; `None` where it is missing. `null` is a state of zeros.
fn state<'a>(app_state: &'a Json, module: &str) -> Option<&'a Json> {
    app_state.get(module)
}

fn of<T>(
    app_state: &Json,
    module: &'static str,
    read: impl FnOnce(&Json) -> Result<T, Wrong>,
) -> Result<T, GenesisError> {
    checked(module, state(app_state, module).ok_or(GenesisError::Missing { module })?, read)
}

fn checked<T>(
    module: &'static str,
    state: &Json,
    read: impl FnOnce(&Json) -> Result<T, Wrong>,
) -> Result<T, GenesisError> {
    json::expect_object(state).and_then(|()| read(state)).map_err(|wrong| wrong.of(module))
}

/// Writes a state as a genesis file: modules in the order of their names.
///
/// Source: `delivery:app/export.go:13-26`.
///
/// # Errors
/// [`GenesisError::State`] where a parameter is missing, or an entry does not read.
pub fn export(genesis: &Genesis, export: Export) -> Result<Json, GenesisError> {
    let Genesis { chain_id, time, consensus, stores, .. } = genesis;
    let modules: [(&'static str, Writer); 12] = [
        ("auth", auth::export),
        ("bank", auth::export_bank),
        ("bor", chain::export_bor),
        ("chainmanager", chain::export_chainmanager),
        ("checkpoint", checkpoint::export),
        ("clerk", chain::export_clerk),
        ("gov", gov::export),
        ("sidechannel", sidechannel::export),
        ("slashing", slashing::export),
        ("staking", staking::export),
        ("supply", auth::export_supply),
        ("topup", chain::export_topup),
    ];
    let mut entries = Vec::new();
    for (module, write) in modules {
        entries.push((module.into(), write(stores).map_err(|wrong| wrong.of(module))?));
        if module == "clerk" {
            // A module without a state of its own.
            entries.push(("featuremanager".into(), Json::Null));
        }
    }
    let mut app_state = Json::Object(entries);
    let mut app_hash = None;
    if export == Export::Whole {
        let begun = read_modules(&app_state).map(|(stores, _)| stores).unwrap_or_default();
        if let Json::Object(entries) = &mut app_state {
            entries.push((rest::KEY.into(), rest::between(&begun, stores)));
        }
        app_hash = Some(StateTree::over(stores).root());
    }
    Ok(document::write(*time, chain_id, consensus, app_hash, app_state))
}

type Writer = fn(&Stores) -> Result<Json, Wrong>;
