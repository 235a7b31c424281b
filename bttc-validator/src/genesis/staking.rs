//! Validators and their set.

use super::{
    ConsensusValidator,
    error::Wrong,
    json::{get, json, object, params, read_params, sequences},
};
use crate::{
    module::{Refusal, staking},
    param::STAKING,
    store::Stores,
};
use bttc_core::amino::{Json, Text};
use bttc_staking::{registry::ValidatorRecord, validator_set::ValidatorSet};

pub(super) struct Staking {
    validators: Vec<ValidatorRecord>,
    set: Vec<ValidatorRecord>,
    sequences: Vec<Text>,
}

/// Source: `delivery:staking/types/genesis.go:60-75`.
pub(super) fn read(state: &Json, stores: &mut Stores) -> Result<Staking, Wrong> {
    read_params(state, STAKING, stores)?;
    let validators: Vec<ValidatorRecord> = get(state, "validators")?;
    if validators.iter().any(|validator| validator.pub_key.is_zero()) {
        return Err(Wrong::text("Invalid validator"));
    }
    let set: ValidatorSet<ValidatorRecord> = get(state, "current_val_set")?;
    Ok(Staking { validators, set: set.members().to_vec(), sequences: sequences(state, "staking_sequences")? })
}

impl Staking {
    /// Whom consensus begins with.
    ///
    /// Source: `validation-layer §2.4; delivery:app/app.go:540-562`.
    // who is current is asked of Ethereum's count of checkpoints, not TRON's.
    pub(super) fn consensus(&self, ethereum_count: u64) -> Vec<ConsensusValidator> {
        let current = self.validators.iter().filter(|validator| validator.is_current(ethereum_count));
        current.map(ConsensusValidator::from).collect()
    }

    /// Source: `validation-layer §2.4; delivery:staking/genesis.go:11-46`.
    // of a file with a set only its members become validators; who has left, or not yet come, is lost, and all
    // begin anew.
    pub(super) fn init(self, stores: &mut Stores) -> Result<(), Wrong> {
        let from_set = !self.set.is_empty();
        let members = if from_set { self.set } else { self.validators };
        if !members.is_empty() {
            let mut set = ValidatorSet::new(members).map_err(|_| Refusal::INTERNAL)?;
            set.members().iter().for_each(|member| staking::save_record(stores, member));
            if !from_set {
                set.increment(1).map_err(|_| Refusal::INTERNAL)?;
            }
            staking::save_set(stores, &set);
        }
        self.sequences.iter().for_each(|sequence| staking::mark_seen(stores, sequence.as_bytes()));
        Ok(())
    }
}

pub(super) fn export(stores: &Stores) -> Result<Json, Wrong> {
    let validators = staking::records(stores).collect::<Result<Vec<_>, _>>()?;
    let sequences: Vec<Text> = staking::sequences(stores).map(Text::from).collect();
    Ok(object([
        ("params", params(STAKING, stores)?),
        ("validators", json(&validators)),
        ("current_val_set", json(&staking::validator_set(stores)?)),
        ("staking_sequences", json(&sequences)),
    ]))
}
