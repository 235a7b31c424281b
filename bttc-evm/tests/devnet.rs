//! A network of one's own, walked from genesis through a change of producers and a deposit.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolValue;
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::{StateId, ValidatorId},
    schedule::FixedProducers,
    signature::SecretKey,
    span::Span,
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    chain::Chain,
    genesis::{DevnetAllocation, child_manager, devnet_genesis},
    receipt::Status,
    state_sync::{Record, RecordTime},
    system::Facts,
};
use std::collections::BTreeMap;

const START: u64 = 1_700_000_000;
const ROOT_TOKEN: Address = Address::repeat_byte(0x77);

fn key(name: &str) -> SecretKey {
    SecretKey::from_bytes(&keccak256(name)).unwrap()
}

fn validator(id: u64, name: &str, power: i64) -> Validator {
    Validator::new(ValidatorId::new(id), key(name).address(), VotingPower::new(power))
}

/// A deposit of BTT as the child manager reads it.
fn deposit(id: u64, user: Address, amount: U256, time: u64, chain_id: u64) -> Record {
    let inner = (user, ROOT_TOKEN, 1_u64, amount.abi_encode()).abi_encode_params();
    let data = (keccak256("DEPOSIT"), inner).abi_encode_params();
    Record {
        id: StateId::new(id),
        receiver: child_manager(),
        data: data.into(),
        tx_hash: B256::repeat_byte(9),
        log_index: 0,
        chain_id: chain_id.to_string(),
        time: RecordTime { seconds: time, nanoseconds: 5 },
    }
}

#[test]
fn producers_change_with_the_span_and_deposits_arrive() {
    let spec = ChainSpec::devnet();
    let (alice, bob) = (validator(1, "alice", 40), validator(2, "bob", 30));
    let genesis = devnet_genesis(
        &spec,
        &DevnetAllocation {
            time: START,
            validators: vec![alice],
            balances: BTreeMap::from([(alice.signer, U256::from(1_000))]),
            root_chain: 1,
            root_token: ROOT_TOKEN,
        },
    )
    .unwrap();
    let mut chain = Chain::open(spec.clone(), &genesis).unwrap();
    let user = Address::repeat_byte(0xee);
    let amount = U256::from(10).pow(U256::from(19));
    let mut spans = Vec::new();

    for number in 1..=130 {
        // One producer a span, so it is always its turn.
        let (producer, name) = if number < 64 { (alice, "alice") } else { (bob, "bob") };
        let schedule = FixedProducers::new([producer], producer.signer, spec.timing);
        let needs = chain.needs().unwrap();
        let span = needs.span.map(|id| {
            let (start, end) = spec.spans.range(id).unwrap();
            spans.push((number, id.get()));
            Span { id, start, end, validators: vec![alice, bob], producers: vec![bob], chain_id: spec.chain_id }
        });
        let records: Vec<_> = needs
            .records
            .map(|wanted| deposit(wanted.from.get(), user, amount, wanted.before.saturating_sub(1), spec.chain_id))
            .filter(|record| number >= 32 && record.id.get() <= 2)
            .into_iter()
            .collect();
        let mut facts = Facts::new(START + number, &schedule).with_records(&records);
        if let Some(span) = &span {
            facts = facts.with_span(span);
        }
        let block = chain.build([], producer.signer, &facts).unwrap().seal(&key(name)).unwrap();
        let imported = chain.import(block, &facts).unwrap();
        assert_eq!((imported.header().height(), imported.header().time), (number, START + number));
        assert_eq!(imported.delivered().len(), records.len());
        assert_eq!(imported.synthetic().is_some(), !records.is_empty());
        if number == 16 {
            assert!(imported.committed().is_some_and(|(_, status)| status == Status::Succeeded));
        }
    }

    // The last sprint of span 0 asks again and is refused by the contract; span 1 is current from block 64 on.
    assert_eq!(spans, [(16, 1), (48, 1), (112, 2)]);
    assert_eq!(chain.block(48).unwrap().committed().unwrap().1, Status::Failed);
    assert_eq!(chain.producers(63).unwrap()[0].signer, alice.signer);
    assert_eq!(chain.producers(64).unwrap()[0].signer, bob.signer);
    assert_eq!(chain.current_span().unwrap().id, 2);
    assert_eq!(chain.last_state_id().unwrap(), StateId::new(2));
    assert_eq!(chain.state().balance(user), amount * U256::from(2));
    assert_eq!(chain.head().total_difficulty(), U256::from(131));
}
