//! The file around the modules' states.

use super::{
    error::{GenesisError, Wrong},
    json::{get, json, list, object, wrong},
};
use crate::record::AccountKey;
use alloy_primitives::{Address, B256, hex};
use bttc_core::{
    amino::{AnyOf, Json, Text, Time},
    amino_fields,
};

/// Bytes of the longest chain id.
const MAX_CHAIN_ID: usize = 50;
/// Bytes of the largest block.
const MAX_BLOCK: i64 = 104_857_600;

/// What consensus holds its blocks to.
///
/// Source: `validation-layer §9.1; peppermint:types/params.go:22-90`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsensusParams {
    /// Of blocks.
    pub block: BlockParams,
    /// Of proofs that somebody signed twice.
    pub evidence: EvidenceParams,
    /// Of validators.
    pub validator: ValidatorParams,
}

amino_fields!(ConsensusParams { block: "block", evidence: "evidence", validator: "validator" });

/// How large blocks are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockParams {
    /// Bytes at most.
    pub max_bytes: i64,
    /// Gas at most, −1 for any.
    pub max_gas: i64,
    /// Milliseconds between blocks at least.
    pub time_iota_ms: i64,
}

amino_fields!(BlockParams { max_bytes: "max_bytes", max_gas: "max_gas", time_iota_ms: "time_iota_ms" });

/// How old proofs are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvidenceParams {
    /// Blocks at most.
    pub max_age: i64,
}

amino_fields!(EvidenceParams { max_age: "max_age" });

/// What keys validators have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidatorParams {
    /// Names of the kinds.
    pub key_types: Vec<Text>,
}

amino_fields!(ValidatorParams { key_types: "pub_key_types" });

impl ConsensusParams {
    /// Those of a file that has none.
    ///
    /// Source: `peppermint:types/params.go:64-95`.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            block: BlockParams { max_bytes: 22_020_096, max_gas: -1, time_iota_ms: 1_000 },
            evidence: EvidenceParams { max_age: 100_000 },
            validator: ValidatorParams { key_types: vec!["secp256k1".into()] },
        }
    }

    /// Source: `peppermint:types/params.go:107-148`.
    fn check(&self) -> Result<(), String> {
        let Self { block, evidence, validator } = self;
        if block.max_bytes <= 0 {
            return Err(format!("Block.MaxBytes must be greater than 0. Got {}", block.max_bytes));
        }
        if block.max_bytes > MAX_BLOCK {
            return Err(format!("Block.MaxBytes is too big. {} > {MAX_BLOCK}", block.max_bytes));
        }
        if block.max_gas < -1 {
            return Err(format!("Block.MaxGas must be greater or equal to -1. Got {}", block.max_gas));
        }
        if block.time_iota_ms <= 0 {
            return Err(format!("Block.TimeIotaMs must be greater than 0. Got {}", block.time_iota_ms));
        }
        if evidence.max_age <= 0 {
            return Err(format!("EvidenceParams.MaxAge must be greater than 0. Got {}", evidence.max_age));
        }
        if validator.key_types.is_empty() {
            return Err("len(Validator.PubKeyTypes) must be greater than 0".to_owned());
        }
        let known = |name: &Text| [b"ed25519".as_slice(), b"secp256k1"].contains(&name.as_bytes());
        match validator.key_types.iter().enumerate().find(|(_, name)| !known(name)) {
            Some((place, name)) => {
                Err(format!("params.Validator.PubKeyTypes[{place}], {name}, is an unknown pubkey type"))
            }
            None => Ok(()),
        }
    }
}

/// A validator that the file itself names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NamedValidator {
    pub(super) key: AccountKey,
    pub(super) power: i64,
}

/// A genesis file, its modules' states yet unread.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) time: Time,
    pub(super) chain_id: Text,
    pub(super) consensus: ConsensusParams,
    pub(super) validators: Vec<NamedValidator>,
    pub(super) app_hash: Option<B256>,
    pub(super) app_state: &'a Json,
}

/// Source: `peppermint:types/genesis.go:37-118`.
pub(super) fn read(json: &Json) -> Result<Document<'_>, GenesisError> {
    let (document, given) = parse(json).map_err(|wrong| wrong.of(""))?;
    let refused = |text: &str| Err(GenesisError::Document { text: text.to_owned() });
    if document.chain_id.as_bytes().is_empty() {
        return refused("Genesis doc must include non-empty chain_id");
    }
    if document.chain_id.as_bytes().len() > MAX_CHAIN_ID {
        return refused(&format!("chain_id in genesis doc is too long (max: {MAX_CHAIN_ID})"));
    }
    document.consensus.check().map_err(|text| GenesisError::Document { text })?;
    if document.validators.iter().any(|validator| validator.power == 0) {
        return refused("The genesis file cannot contain validators with no voting power");
    }
    let derived = document.validators.iter().map(|validator| Address::from_raw_public_key(tail(validator)));
    if given.iter().zip(derived).any(|(given, derived)| given.is_some_and(|given| given != derived)) {
        return refused("Incorrect address for validator in the genesis file");
    }
    if document.time == Time::UNSET {
        return refused("got no genesis_time, expected one: there is no clock here");
    }
    if *document.app_state == Json::Null {
        return refused("got no app_state, expected the modules' states");
    }
    Ok(document)
}

/// A key without its first byte, which says that it is not compressed.
fn tail(validator: &NamedValidator) -> &[u8] {
    let [_, coordinates @ ..] = &validator.key.0.0;
    coordinates
}

type Parsed<'a> = (Document<'a>, Vec<Option<Address>>);

fn parse(json: &Json) -> Result<Parsed<'_>, Wrong> {
    super::json::expect_object(json)?;
    let time = match json.get("genesis_time") {
        None | Some(Json::Null) => Time::UNSET,
        Some(_) => get(json, "genesis_time")?,
    };
    let (mut validators, mut addresses) = (Vec::new(), Vec::new());
    for validator in list(json, "validators")? {
        let AnyOf(key) = get::<AnyOf<AccountKey>>(validator, "pub_key")?;
        let key = key.ok_or_else(|| wrong("pub_key", "a public key", &Json::Null))?;
        validators.push(NamedValidator { key, power: get(validator, "power")? });
        let bytes = hex_bytes(validator, "address")?;
        addresses.push(match bytes.as_slice() {
            [] => None,
            bytes => Some(Address::try_from(bytes).map_err(|_| wrong("address", "20 bytes", &Json::Null))?),
        });
    }
    let bytes = hex_bytes(json, "app_hash")?;
    let app_hash = match bytes.as_slice() {
        [] => None,
        bytes => Some(B256::try_from(bytes).map_err(|_| wrong("app_hash", "32 bytes", &Json::Null))?),
    };
    let consensus: Option<ConsensusParams> = get(json, "consensus_params")?;
    let document = Document {
        time,
        chain_id: get(json, "chain_id")?,
        consensus: consensus.unwrap_or_else(ConsensusParams::standard),
        validators,
        app_hash,
        app_state: json.get("app_state").unwrap_or(&Json::Null),
    };
    Ok((document, addresses))
}

/// Bytes as hex without `0x`.
fn hex_bytes(object: &Json, key: &str) -> Result<Vec<u8>, Wrong> {
    let text: Text = get(object, key)?;
    hex::decode(text.as_bytes()).map_err(|_| wrong(key, "hex", &Json::Text(text)))
}

/// The file around the modules' states; a state's hash if it has to be just that one.
pub(super) fn write(
    time: Time,
    chain_id: &Text,
    consensus: &ConsensusParams,
    app_hash: Option<B256>,
    app_state: Json,
) -> Json {
    let app_hash = app_hash.map(hex::encode_upper).unwrap_or_default();
    object([
        ("genesis_time", json(&time)),
        ("chain_id", json(chain_id)),
        ("consensus_params", json(consensus)),
        ("app_hash", Json::Text(app_hash.as_str().into())),
        ("app_state", app_state),
    ])
}
