//! A message through admission and settlement, in a state of 10⁴ entries and 100 validators with a fee account each.
//!
//! Each run is taken back, so that the next one finds the state as this one did. Limit: the entries that change, written
//! and put back; of a checkpoint the root over the fee accounts too. Peer: a phase works on a copy of the whole state, so
//! that it leaves nothing behind should it fail.

use alloy_primitives::{Address, B256, FixedBytes};
use benches::{Comparison, criterion};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    amino::Time,
    hash::keccak256,
    id::{Epoch, Nonce, StateId, ValidatorId},
    validator::VotingPower,
};
use bttc_staking::{registry::ValidatorRecord, validator_set::ValidatorSet};
use bttc_validator::{
    message::{Message, MsgCheckpoint, MsgEventRecord, MsgValidatorJoin, SignedAmount},
    module::{self, Context, Event, Phases, Refusal, staking, topup},
    param::{self, ChainParams},
    record::DividendAccount,
    store::{StoreName, Stores},
};

const VALIDATORS: u64 = 100;
const RECORDS: u64 = 2_400;
const CONTEXT: Context<'static> = Context { height: 7, time: Time::UNSET, tx: b"transaction" };

/// Entries and what stands there afterwards.
type Entries = Vec<(StoreName, Vec<u8>, Option<Vec<u8>>)>;

fn main() {
    let mut criterion = criterion();
    let mut stores = state();
    let entries: usize = stores.names().map(|store| stores.entries(store).count()).sum();
    for (name, message) in messages(&stores) {
        let phases = module::phases(&message);
        let mut after = stores.clone();
        after.take_touched();
        both(phases, &mut after).expect("the message is good");
        assert_eq!(copied(phases, &stores), after);
        let keys: Vec<_> = after.take_touched().into_iter().collect();
        let (new, old) = (standing(&after, &keys), standing(&stores, &keys));
        let before = stores.clone();

        let input = format!("message={name} entries={entries}");
        Comparison::new(&mut criterion, "module::admit_settle", input, 1)
            .by("limit", || {
                if name == "checkpoint" {
                    assert!(topup::fee_accounts(&stores).is_ok_and(|accounts| accounts.root().is_ok()));
                }
                write(&mut stores, &new);
                write(&mut stores, &old);
            })
            .by("attempt", || {
                let taken_back = stores.attempt(|stores| both(phases, stores).map_or(Ok(()), |_| Err(())));
                assert!(taken_back.is_err());
            })
            .by("clone", || copied(phases, &stores));
        assert_eq!(stores, before);
    }
    criterion.final_summary();
}

/// Both phases, each all or nothing.
fn both(message: &dyn Phases, stores: &mut Stores) -> Result<Vec<Event>, Refusal> {
    module::admit(message, stores, &CONTEXT)?;
    module::settle(message, stores, &CONTEXT, VoteResult::Yes)
}

/// Both phases, each on a copy.
fn copied(message: &dyn Phases, stores: &Stores) -> Stores {
    let mut admitted = stores.clone();
    message.admit(&mut admitted, &CONTEXT).expect("the message is good");
    let mut settled = admitted.clone();
    message.settle(&mut settled, &CONTEXT, VoteResult::Yes).expect("the message is good");
    settled
}

fn standing(stores: &Stores, keys: &[(StoreName, Vec<u8>)]) -> Entries {
    keys.iter().map(|(store, key)| (*store, key.clone(), stores.get(*store, key).map(<[u8]>::to_vec))).collect()
}

fn write(stores: &mut Stores, entries: &Entries) {
    for (store, key, value) in entries {
        match value {
            Some(value) => stores.set(*store, key.clone(), value.clone()),
            None => stores.remove(*store, key),
        }
    }
}

fn state() -> Stores {
    let mut stores = Stores::default();
    param::set_defaults(&mut stores);
    let contracts = ChainParams { chain_id: "199".into(), ..ChainParams::default() };
    param::CHAIN_PARAMS.set(&mut stores, &contracts);
    let validators: Vec<ValidatorRecord> = (1..=VALIDATORS).map(validator).collect();
    for record in &validators {
        staking::save_record(&mut stores, record);
        topup::set_fee_account(&mut stores, &DividendAccount { user: record.signer, fee: "1000".to_owned() });
    }
    staking::save_set(&mut stores, &ValidatorSet::new(validators).expect("powers are 1"));
    for id in 1..=RECORDS {
        both(&event(id), &mut stores).expect("ids go up");
    }
    stores
}

fn validator(id: u64) -> ValidatorRecord {
    ValidatorRecord {
        id: ValidatorId::new(id),
        power: VotingPower::new(1),
        pub_key: FixedBytes::repeat_byte(4),
        signer: Address::from_word(keccak256(id.to_be_bytes())),
        ..ValidatorRecord::default()
    }
}

fn event(id: u64) -> MsgEventRecord {
    MsgEventRecord {
        from: Address::repeat_byte(1),
        tx_hash: keccak256(id.to_be_bytes()),
        block_number: id,
        contract_address: Address::repeat_byte(3),
        data: [7; 128].into(),
        id: StateId::new(id),
        bor_chain_id: "199".into(),
        root_chain_type: "tron".into(),
        ..MsgEventRecord::default()
    }
}

fn messages(stores: &Stores) -> [(&'static str, Message); 3] {
    let set = staking::validator_set(stores).expect("it was written");
    let accounts = topup::fee_accounts(stores).expect("they were written");
    let checkpoint = MsgCheckpoint {
        proposer: set.elected().expect("the set was turned").signer,
        end_block: 255,
        root_hash: B256::repeat_byte(7),
        account_root_hash: accounts.root().expect("there are accounts"),
        bor_chain_id: "199".into(),
        epoch: Epoch::new(1),
        root_chain_type: "tron".into(),
        ..MsgCheckpoint::default()
    };
    let join = MsgValidatorJoin {
        from: Address::repeat_byte(1),
        id: ValidatorId::new(VALIDATORS + 1),
        amount: SignedAmount::parse(b"1000000000000000000").expect("it is a number"),
        pub_key: FixedBytes::repeat_byte(5),
        tx_hash: B256::repeat_byte(8),
        block_number: 9,
        nonce: Nonce::new(1),
        ..MsgValidatorJoin::default()
    };
    [("checkpoint", checkpoint.into()), ("validator-join", join.into()), ("event-record", event(RECORDS + 1).into())]
}
