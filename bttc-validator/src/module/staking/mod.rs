//! Validators: who joins, changes its signer, leaves, and what the mirrors have to be told of it.
//!
//! ```text
//!   TRON's event ─▶ admit: known, next, not settled yet ─▶ attest: the log says so ─▶ settle ─┬─▶ record
//!   Staked         MsgValidatorJoin                                                          ├─▶ queue of each mirror
//!   SignerChange   MsgSignerUpdate                                                           └─▶ end_block: the set
//!   UnstakeInit    MsgValidatorExit
//!
//!   queue ─▶ MsgStakingSync: the head is being carried there ─▶ MsgStakingSyncAck: it has arrived
//! ```
//!
//! Epochs and "current" mean TRON's count of checkpoints. Every validator has power 1, unless the network says
//! that power is stake ([`Rules`](crate::param::Rules)).
//!
//! Source: `validation-layer §2.4, §5.1-5.6; delivery:staking/handler.go, staking/side_handler.go`.
//!
//! ```
//! use bttc_core::{id::ValidatorId, validator::VotingPower};
//! use bttc_staking::registry::ValidatorRecord;
//! use bttc_validator::{module::staking, store::Stores};
//!
//! let mut stores = Stores::default();
//! let (id, power) = (ValidatorId::new(7), VotingPower::new(1));
//! let record = ValidatorRecord { id, power, ..ValidatorRecord::default() };
//! staking::save_record(&mut stores, &record);
//! assert_eq!(staking::record_of(&stores, record.id)?, Some(record));
//! assert_eq!(staking::validator_set(&stores)?.members().len(), 0); // until the block ends
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod end_block;
mod event;
mod exit;
mod join;
mod kept;
mod power;
mod signer_update;
mod stake_update;
mod sync;

pub use end_block::end_block;
pub use kept::{
    eligible, enqueue, is_settled, mark_seen, mark_settled, queue, record, record_of, records, rotate, save_queue,
    save_record, save_set, sequences, signer_of, validator_set,
};
