//! A user's genesis file is the network's or is refused by name.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use alloy_primitives::{Address, Bytes, U256, address, b256, uint};
use bttc_core::chain::ChainSpec;
use bttc_evm::{
    chain::Chain,
    genesis::{Genesis, GenesisAccount, GenesisError},
};
use serde_json::Value;
use std::{collections::BTreeMap, env, fs::File, path::PathBuf};

/// What each initial validator of the main network starts with.
const VALIDATOR: U256 = uint!(300_000_000_000_000_000_000_000_000_U256);

/// Source: `block-layer §1.2.4`.
const VALIDATORS: [Address; 7] = [
    address!("0xdcc05b56f58af80dba0f6751c223f231dcab3e1a"),
    address!("0xd782c11d7f8be621bd726f9241acc0278ae2a4a2"),
    address!("0x4c95a52686a9b3ff9cf787b94b8549a988334c57"),
    address!("0xf5094a6c2f33d9b218d3dc386323695c51f0df79"),
    address!("0xfd0a288bad34306fd0295ca48d5f9ccb21da5304"),
    address!("0x201eb831f3ac536a0b4dd7e14c61b14c314bc537"),
    address!("0x6e275592bd4af7192e9016b7c80d0db0a3ba190a"),
];

/// The main network's genesis: a recorded chain carries the code of its contracts, but for the validators named in it, and
/// of the replacement, the specification the rest.
fn mainnet() -> Option<Genesis> {
    let Some(data) = env::var_os("BTTC_CHAIN_DATA") else {
        println!("did not run, BTTC_CHAIN_DATA is not set");
        return None;
    };
    let path = PathBuf::from(data).join("chain-replay/system-contracts.json.gz");
    let file: Value = serde_json::from_reader(flate2::read::GzDecoder::new(File::open(path).unwrap())).unwrap();
    let recorded = file.pointer("/cases/0/input/genesis").or_else(|| file.pointer("/cases/0/genesis")).unwrap();
    let mut genesis = Genesis::from_json(&recorded.to_string()).unwrap();
    let spec = ChainSpec::mainnet();
    let contracts = [spec.contracts.validator_set, spec.contracts.state_receiver, spec.contracts.native_token];
    genesis.alloc.retain(|account, _| contracts.contains(account));
    let set = genesis.alloc.get_mut(&spec.contracts.validator_set).unwrap();
    set.code = with_validators(&set.code);
    let validator = GenesisAccount { balance: VALIDATOR, ..GenesisAccount::default() };
    genesis.alloc.extend(VALIDATORS.map(|signer| (signer, validator.clone())));
    let bor = &mut genesis.config.bor;
    let replaced = bor.block_alloc.pop_first().unwrap().1;
    bor.block_alloc = BTreeMap::from([(841_500, replaced)]);
    bor.override_state_sync_records.clear();
    (bor.period, bor.producer_delay, bor.sprint, bor.backup_multiplier) = (2, 6, 64, 2);
    Some(Genesis {
        timestamp: 0x5ce2_8211,
        gas_limit: 10_000_000,
        difficulty: U256::from(1),
        extra_data: Default::default(),
        ..genesis
    })
}

/// The code of the validator set with the network's own: each is pushed, and stored in its place of an array.
fn with_validators(code: &[u8]) -> Bytes {
    let mut code = code.to_vec();
    for (place, signer) in (0_u8..).zip(VALIDATORS) {
        let stores = [0x81, 0x60, place, 0x81, 0x51]; // DUP2 PUSH1 place DUP2 MLOAD
        let at = (21..code.len()).find(|&at| code[at - 21] == 0x73 && code[at..].starts_with(&stores)).unwrap();
        code[at - 20..at].copy_from_slice(signer.as_slice());
    }
    code.into()
}

fn refusal(genesis: &Genesis, spec: ChainSpec) -> GenesisError {
    Chain::open(spec, genesis).unwrap_err()
}

#[test]
fn the_main_networks_file_opens_and_any_other_names_what_differs() {
    let Some(genesis) = mainnet() else { return };
    let spec = ChainSpec::mainnet();
    let known = spec.genesis.unwrap();
    let chain = Chain::open(spec.clone(), &genesis).unwrap();
    assert_eq!(chain.head().header().hash(), known.hash);
    assert_eq!(known.hash, b256!("0x021eb3b7c4161d91f6f92632ebe6e28aa440dd23e3016c086d0fad4b119fcdc1"));

    let mut richer = genesis.clone();
    richer.alloc.get_mut(&VALIDATORS[0]).unwrap().balance += U256::from(1);
    let GenesisError::StateRoot { declared, computed } = refusal(&richer, spec.clone()) else { panic!() };
    assert!(declared == known.state_root && computed == richer.state().root());

    let later = Genesis { timestamp: genesis.timestamp + 1, ..genesis.clone() };
    let GenesisError::Hash { declared, computed } = refusal(&later, spec.clone()) else { panic!() };
    assert!(declared == known.hash && computed == later.header(known.state_root).hash());

    let error = refusal(&genesis, ChainSpec::donau());
    assert_eq!(error.to_string(), "the genesis says chainId = 199, the spec 1029");

    let mut limited = genesis.clone();
    limited.config.bor.override_state_sync_records = BTreeMap::from([(64, 1)]);
    let error = refusal(&limited, spec.clone());
    assert_eq!(error.to_string(), "the genesis says overrideStateSyncRecords = {64: 1}, the spec {}");

    let mut forked = genesis.clone();
    let code = forked.config.bor.block_alloc[&841_500].clone();
    forked.config.bor.block_alloc.insert(841_564, code);
    let GenesisError::Config { field: "blockAlloc", got, .. } = refusal(&forked, spec.clone()) else { panic!() };
    assert_eq!(got, "{841500, 841564}");

    let mut unreplaced = genesis;
    unreplaced.config.bor.block_alloc.clear();
    let error = refusal(&unreplaced, spec);
    assert!(matches!(error, GenesisError::ReplacementMissing { block: 841_500, .. }));
}
