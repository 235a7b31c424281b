//! The end of a block: the set follows the records.

use super::kept;
use crate::{
    module::{Refusal, checkpoint},
    store::Stores,
};
use bttc_core::root_chain::RootChainId;
use bttc_staking::registry::{SetUpdate, ValidatorRecord, update_set};

/// Brings the set up to date with the validators that are current at TRON's count of checkpoints, and turns it once if
/// anything changed. Answers with what consensus has to know, in order. A change that the set refuses is none, and
/// `None` is the answer: then the other modules' block ends do not run either.
///
/// Source: `validation-layer §2.4; delivery:app/app.go:596-638`.
///
/// # Errors
/// [`Refusal::INTERNAL`] for an entry that does not read.
pub fn end_block(stores: &mut Stores) -> Result<Option<Vec<SetUpdate>>, Refusal> {
    let records: Vec<ValidatorRecord> = kept::records(stores).collect::<Result<_, _>>()?;
    let ack_count = checkpoint::count(stores, RootChainId::Tron.into())?;
    let mut set = kept::validator_set(stores)?;
    let Ok(updates) = update_set(&mut set, &records, ack_count) else { return Ok(None) };
    if !updates.is_empty() {
        kept::save_set(stores, &set);
    }
    Ok(Some(updates))
}
