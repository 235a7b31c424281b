//! Laws of the modules under any stream of messages.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use alloy_primitives::{Address, B256, FixedBytes, U256, keccak256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::Time,
    id::{CheckpointNumber, Epoch, Nonce, SpanId, ValidatorId},
    root_chain::RootChainId,
    validator::VotingPower,
};
use bttc_staking::registry::{SpanRecord, ValidatorRecord};
use bttc_validator::{
    message::{
        Coins, Message, MsgCheckpoint, MsgCheckpointAck, MsgCheckpointNoAck, MsgCheckpointSync, MsgCheckpointSyncAck,
        MsgProposeSpan, MsgSignerUpdate, MsgStakingSync, MsgStakingSyncAck, MsgValidatorExit, MsgValidatorJoin,
        SignedAmount, SpanSeed,
    },
    module::{self, Context, bank, bor, checkpoint, staking, topup},
    param,
    record::DividendAccount,
    store::{StoreName, Stores},
};
use proptest::prelude::*;

fn key(number: u8) -> FixedBytes<65> {
    FixedBytes::repeat_byte(number)
}

fn signer(number: u8) -> Address {
    Address::from_word(keccak256(&key(number)[1..]))
}

/// Three validators with a balance and a fee account each, and span 0.
fn genesis() -> Stores {
    let mut stores = Stores::default();
    param::set_defaults(&mut stores);
    for number in 1..=3 {
        let record = ValidatorRecord {
            id: ValidatorId::new(number.into()),
            nonce: Nonce::new(1),
            power: VotingPower::new(1),
            pub_key: key(number),
            signer: signer(number),
            ..ValidatorRecord::default()
        };
        staking::save_record(&mut stores, &record);
        let coins = Coins::btt(SignedAmount::parse(b"1000").unwrap());
        bank::set_coins(&mut stores, record.signer, coins).unwrap();
        topup::set_fee_account(&mut stores, &DividendAccount { user: record.signer, fee: "0".into() });
    }
    staking::end_block(&mut stores).unwrap();
    bor::save_span(&mut stores, &SpanRecord { end: 255, ..SpanRecord::default() });
    stores
}

#[derive(Clone, Debug)]
enum Step {
    Admit(Message),
    Settle(Message, VoteResult),
    EndBlock,
}

fn root() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["tron", "eth", "bsc", "polygon"])
}

fn message() -> impl Strategy<Value = Message> {
    let numbers = (1_u8..7, 0_u64..6, 0_u64..5, 0_u64..4, root());
    (numbers, 0_usize..11).prop_map(|((who, a, b, c, root), kind)| {
        let (id, nonce) = (ValidatorId::new(who.into()), Nonce::new(b));
        let (from, root) = (signer(who), root.into());
        let (tx_hash, number) = (B256::repeat_byte(who), CheckpointNumber::new(b));
        let blocks = (a * 10, a * 10 + 9);
        match kind {
            0 => MsgCheckpoint {
                proposer: from,
                start_block: blocks.0,
                end_block: blocks.1,
                root_hash: tx_hash,
                epoch: Epoch::new(c),
                root_chain_type: root,
                ..Default::default()
            }
            .into(),
            1 => MsgCheckpointAck {
                from,
                number,
                proposer: from,
                start_block: blocks.0,
                end_block: blocks.1 - c,
                root_hash: tx_hash,
                root_chain_type: root,
                ..Default::default()
            }
            .into(),
            2 => MsgCheckpointNoAck { from }.into(),
            3 => MsgCheckpointSync { proposer: from, root_chain_type: root, ..Default::default() }.into(),
            4 => MsgCheckpointSyncAck { proposer: from, root_chain_type: root, ..Default::default() }.into(),
            5 => MsgProposeSpan {
                span_id: SpanId::new(a),
                proposer: from,
                start_block: 256 + 6_400 * a.saturating_sub(1),
                end_block: 255 + 6_400 * a,
                seed: SpanSeed(tx_hash),
                ..Default::default()
            }
            .into(),
            6 => MsgValidatorJoin {
                from,
                id,
                activation_epoch: Epoch::new(c),
                amount: SignedAmount::parse(b"1000000000000000000").unwrap(),
                pub_key: key(who),
                block_number: a,
                log_index: b,
                nonce,
                tx_hash,
            }
            .into(),
            7 => {
                MsgSignerUpdate { from, id, pub_key: key(who + 1), block_number: a, nonce, ..Default::default() }.into()
            }
            8 => MsgValidatorExit {
                from,
                id,
                deactivation_epoch: Epoch::new(c),
                block_number: a,
                nonce,
                ..Default::default()
            }
            .into(),
            9 => MsgStakingSync { from, id, nonce, root }.into(),
            _ => MsgStakingSyncAck { from, id, nonce, root }.into(),
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let verdict = prop_oneof![8 => Just(VoteResult::Yes), 1 => Just(VoteResult::No), 1 => Just(VoteResult::Skip)];
    prop_oneof![
        3 => message().prop_map(Step::Admit),
        6 => (message(), verdict).prop_map(|(message, verdict)| Step::Settle(message, verdict)),
        1 => Just(Step::EndBlock),
    ]
}

fn run(stores: &mut Stores, step: &Step, height: u64) -> bool {
    let time = Time::new(1_700_000_000 + 300 * i64::try_from(height).unwrap(), 0).unwrap();
    let context = Context { height, time, tx: &height.to_be_bytes() };
    match step {
        Step::Admit(message) => module::admit(module::phases(message), stores, &context).is_ok(),
        Step::Settle(message, verdict) => {
            module::settle(module::phases(message), stores, &context, *verdict).is_ok()
        }
        Step::EndBlock => staking::end_block(stores).unwrap().is_some(),
    }
}

fn supply(stores: &Stores) -> U256 {
    let accounts = bank::accounts(stores).map(|account| account.unwrap().address);
    accounts.map(|address| bank::balance(stores, address).unwrap().to_word()).sum()
}

fn counts(stores: &Stores) -> [u64; 3] {
    RootChainId::ALL.map(|root_chain| checkpoint::count(stores, root_chain.into()).unwrap())
}

proptest! {
    #[test]
    fn no_stream_of_messages_breaks_the_laws(steps in prop::collection::vec(step(), 1..80)) {
        let mut stores = genesis();
        let before = supply(&stores);
        for (height, step) in (1..).zip(&steps) {
            let (old, old_counts, seeds) = (stores.clone(), counts(&stores), bor::seed_block(&stores).unwrap());
            if !run(&mut stores, step, height) {
                prop_assert_eq!(&stores, &old, "a refusal left something behind");
            }
            // Nothing comes to be and nothing is lost.
            prop_assert_eq!(supply(&stores), before);
            // One at a time, without gaps.
            let counted: u64 = counts(&stores).iter().sum::<u64>() - old_counts.iter().sum::<u64>();
            prop_assert!(counted <= 1);
            prop_assert!(bor::seed_block(&stores).unwrap() - seeds <= 1);
            // Every id has a signer that is kept, every member power 1.
            for record in staking::records(&stores) {
                let record = record.unwrap();
                let current = staking::record_of(&stores, record.id).unwrap();
                prop_assert!(current.is_some());
            }
            let set = staking::validator_set(&stores).unwrap();
            prop_assert!(set.members().iter().all(|member| member.power.get() == 1));
            prop_assert!(set.members().is_sorted_by(|a, b| a.signer < b.signer));
        }
        // The same from the middle, out of a copy that was saved.
        let mut again = genesis();
        for (height, step) in (1..).zip(&steps) {
            run(&mut again, step, height);
            again = serde_json::from_str(&serde_json::to_string(&SavedStores::from(&again)).unwrap())
                .map(|saved: SavedStores| saved.restore())
                .unwrap();
        }
        prop_assert_eq!(again.digest(), stores.digest());
    }
}

/// All entries, in an order of their own: JSON has no keys of bytes.
#[derive(serde::Serialize, serde::Deserialize)]
struct SavedStores(Vec<(StoreName, Vec<u8>, Vec<u8>)>);

impl From<&Stores> for SavedStores {
    fn from(stores: &Stores) -> Self {
        let entries = |name| stores.entries(name).map(move |(key, value)| (name, key.to_vec(), value.to_vec()));
        Self(stores.names().flat_map(entries).collect())
    }
}

impl SavedStores {
    fn restore(self) -> Stores {
        let mut stores = Stores::default();
        for (name, key, value) in self.0.into_iter().rev() {
            stores.set(name, key, value);
        }
        stores
    }
}
