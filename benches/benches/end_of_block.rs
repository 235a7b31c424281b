//! The end of a block in which no validator, or one of them, came or left.
//!
//! Limit: all validators and the set read, and the set written if it changed. Peer: the whole set anew out of what is
//! read, put in order by sorting.

use alloy_primitives::{Address, FixedBytes};
use benches::{Comparison, criterion};
use bttc_core::{
    hash::keccak256,
    id::{Epoch, ValidatorId},
    validator::VotingPower,
};
use bttc_staking::{proposer::WINDOW, registry::ValidatorRecord, validator_set::ValidatorSet};
use bttc_validator::{module::staking, store::Stores};

fn main() {
    let mut criterion = criterion();
    for count in [100, 10_000] {
        let mut ours = state(count);
        let (mut limit, mut sorted) = (ours.clone(), ours.clone());
        let mut changing = Changing { record: validator(count / 2), is_out: false };
        for _ in 0..4 {
            changing.change(&mut ours);
            changing.change_back();
            changing.change(&mut sorted);
            let updates = staking::end_block(&mut ours).expect("all reads").expect("the set takes it");
            assert_eq!(updates.len(), 1);
            anew(&mut sorted);
            assert_eq!(ours, sorted);
        }

        let input = format!("validators={count} changed=0");
        Comparison::new(&mut criterion, "staking::end_block", input, 1)
            .by("limit", || read(&limit).0.len())
            .by("end_block", || staking::end_block(&mut ours))
            .by("sort", || anew(&mut sorted));
        let input = format!("validators={count} changed=1");
        let [mut first, mut second, mut third] = [changing.clone(), changing.clone(), changing];
        Comparison::new(&mut criterion, "staking::end_block", input, 1)
            .by("limit", || {
                first.change(&mut limit);
                let (_, set) = read(&limit);
                staking::save_set(&mut limit, &set);
            })
            .by("end_block", || {
                second.change(&mut ours);
                staking::end_block(&mut ours)
            })
            .by("sort", || {
                third.change(&mut sorted);
                anew(&mut sorted);
            });
    }
    criterion.final_summary();
}

/// A validator that leaves, and comes back.
#[derive(Clone)]
struct Changing {
    record: ValidatorRecord,
    is_out: bool,
}

impl Changing {
    fn change(&mut self, stores: &mut Stores) {
        self.is_out = !self.is_out;
        // The first epoch has begun.
        let end_epoch = Epoch::new(u64::from(self.is_out));
        staking::save_record(stores, &ValidatorRecord { end_epoch, ..self.record.clone() });
    }

    fn change_back(&mut self) {
        self.is_out = !self.is_out;
    }
}

fn state(count: u64) -> Stores {
    let mut stores = Stores::default();
    let validators: Vec<ValidatorRecord> = (1..=count).map(validator).collect();
    validators.iter().for_each(|record| staking::save_record(&mut stores, record));
    staking::save_set(&mut stores, &ValidatorSet::new(validators).expect("powers are 1"));
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

fn read(stores: &Stores) -> (Vec<ValidatorRecord>, ValidatorSet<ValidatorRecord>) {
    let records = staking::records(stores).collect::<Result<_, _>>().expect("all reads");
    (records, staking::validator_set(stores).expect("it reads"))
}

/// Those who are current, newcomers behind everybody, sorted, rescaled, centred, turned once.
fn anew(stores: &mut Stores) {
    let (records, set) = read(stores);
    let current = records.iter().filter(|record| record.is_current(0));
    let mut members: Vec<ValidatorRecord> = set.members().to_vec();
    members.extend(current.clone().filter(|record| set.get(record.signer).is_none()).cloned());
    let with_newcomers: i64 = members.iter().map(|member| member.power.get()).sum();
    let behind = -(with_newcomers + (with_newcomers >> 3));
    for member in members.iter_mut().skip(set.members().len()) {
        member.priority = behind;
    }
    let currents: Vec<Address> = current.map(|record| record.signer).collect();
    members.retain(|member| currents.binary_search(&member.signer).is_ok());
    members.sort_by_key(|member| member.signer);
    let signers = |members: &[ValidatorRecord]| members.iter().map(|member| member.signer).collect::<Vec<_>>();
    if signers(&members) == signers(set.members()) {
        return;
    }
    let mut set = ValidatorSet::from_parts(members, set.elected().cloned());
    let total = set.total_power().expect("powers are 1");
    set.rescale(WINDOW * total).expect("there are members");
    set.centre().expect("there are members");
    set.increment(1).expect("there are members");
    staking::save_set(stores, &set);
}
