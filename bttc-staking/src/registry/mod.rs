//! The validators as the validation layer sees them, fed by root events in nonce order.
//!
//! ```text
//!  Staked ───────▶ join ───────────┐                        ┌──▶ set, turned by each change and each TRON ack
//!  SignerChange ─▶ signer_update ──┼──▶ records ──end_block─┤
//!  UnstakeInit ──▶ exit ───────────┘       │                └──▶ (key, power) for consensus
//!                                          └──eligible──▶ selection ──▶ spans
//! ```
//!
//! Records are the authority; the set holds copies that are refreshed only when a member enters, leaves or changes
//! power. Whether a validator is current is judged by the number of acknowledged TRON checkpoints, which callers pass
//! in.
//!
//! An event passes twice, as in the layer's side-transactions: [`Registry::admit`] when it is proposed,
//! [`Registry::settle`] when more than two thirds have attested it. [`Registry::apply`] does both.
//!
//! Source: `validation-layer §2.4, §4.2-4.3, §5.1-5.5; delivery:staking/, delivery:bor/, delivery:app/app.go:596-638`.
//!
//! ```
//! use alloy_primitives::B256;
//! use bttc_core::{amount::Amount, chain::ChainSpec, hash::keccak256, signature::SecretKey};
//! use bttc_core::{id::{Epoch, Nonce, ValidatorId}, root_chain::{RootEvent, Staked}};
//! use bttc_staking::{registry::{Registry, Sequence}, selection::WeightedDraw};
//!
//! let mut registry = Registry::genesis(&ChainSpec::devnet(), [], 0)?;
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?.public_key();
//! let staked = RootEvent::Staked(Staked {
//!     signer: key.address(),
//!     validator: ValidatorId::new(1),
//!     nonce: Nonce::new(1),
//!     activation_epoch: Epoch::new(1),
//!     amount: Amount::from_btt(40),
//!     total: Amount::from_btt(40),
//!     signer_key: key.coordinates().to_vec().into(),
//! });
//! registry.apply(&staked, Sequence::new(7, 0), 0)?;
//! assert!(registry.set().members().is_empty()); // until the block ends
//! let updates = registry.end_block(0)?;
//! assert_eq!((updates.len(), updates[0].power.get()), (1, 40));
//!
//! let span = registry.next_span(B256::ZERO, 0, &WeightedDraw)?; // fewer validators than slots: all, with their power
//! assert_eq!((span.id.get(), span.start, span.producers.len()), (1, 64, 1));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod event;
mod record;
mod span;
mod sync;
mod update;

pub use event::{Applied, MIN_STAKE, Sequence, StakingEventError, whole_tokens};
pub use record::ValidatorRecord;
pub use span::{SpanError, SpanProposal, SpanRecord, is_eligible, select_producers};
pub use sync::{SYNC_BUFFER_TIME, SyncError, SyncQueues, SyncRecord};
pub use update::{SetUpdate, update_set};

use crate::{
    proposer::RotationError,
    validator_set::{ChangeError, ValidatorSet},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use alloy_primitives::Address;
use bttc_core::{
    chain::{ChainSpec, PowerRule},
    id::{SpanId, ValidatorId},
    quorum::PowerQuorum,
    span::SpanRules,
    validator::Validator,
};
use serde::{Deserialize, Serialize};

/// The validators, their set, and the spans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    power: PowerRule,
    rules: SpanRules,
    chain_id: u64,
    weighted_draw_from: u64,
    records: BTreeMap<Address, ValidatorRecord>,
    signer_of: BTreeMap<ValidatorId, Address>,
    sequences: BTreeSet<Sequence>,
    set: ValidatorSet<ValidatorRecord>,
    spans: BTreeMap<SpanId, SpanRecord>,
    last_span: Option<SpanId>,
    seed_block: u64,
}

impl Registry {
    /// Nobody, no set and no span.
    #[must_use]
    pub fn new(spec: &ChainSpec) -> Self {
        Self {
            power: spec.power,
            rules: spec.spans,
            chain_id: spec.chain_id,
            weighted_draw_from: spec.weighted_draw_from,
            records: BTreeMap::new(),
            signer_of: BTreeMap::new(),
            sequences: BTreeSet::new(),
            set: ValidatorSet::default(),
            spans: BTreeMap::new(),
            last_span: None,
            seed_block: 0,
        }
    }

    /// The registry that a chain starts with: these records, the set of those that are current, and span 0, whose
    /// producers are the first members of the set, at most one a slot.
    ///
    /// Source: `validation-layer §2.4 "Genesis", §4.1; delivery:staking/genesis.go:10-46,
    /// delivery:bor/types/genesis.go:41-58`.
    ///
    /// # Errors
    /// [`ChangeError`] for records that make no set.
    pub fn genesis(
        spec: &ChainSpec,
        validators: impl IntoIterator<Item = ValidatorRecord>,
        ack_count: u64,
    ) -> Result<Self, ChangeError> {
        let mut registry = Self::new(spec);
        for record in validators {
            registry.store(record);
        }
        let current = registry.records.values().filter(|record| record.is_current(ack_count));
        registry.set = ValidatorSet::new(current.cloned())?;
        registry.found_first_span();
        Ok(registry)
    }

    /// The same with these spans in place of its own, as a genesis file lists them; that of the highest number is the
    /// last one.
    ///
    /// Source: `validation-layer §9.2; delivery:bor/genesis.go:11-27`.
    #[must_use]
    pub fn with_spans(mut self, spans: impl IntoIterator<Item = SpanRecord>) -> Self {
        self.spans = spans.into_iter().map(|span| (span.id, span)).collect();
        self.last_span = self.spans.keys().next_back().copied();
        self
    }

    /// A validator's record, by its signer. A replaced signer keeps one, without power.
    #[must_use]
    pub fn record(&self, signer: Address) -> Option<&ValidatorRecord> {
        self.records.get(&signer)
    }

    /// A validator's record, by its id.
    #[must_use]
    pub fn record_of(&self, id: ValidatorId) -> Option<&ValidatorRecord> {
        self.signer_of.get(&id).and_then(|signer| self.records.get(signer))
    }

    /// All records, in signer order.
    pub fn records(&self) -> impl Iterator<Item = &ValidatorRecord> {
        self.records.values()
    }

    /// Whether an event has been settled.
    #[must_use]
    pub fn is_settled(&self, sequence: Sequence) -> bool {
        self.sequences.contains(&sequence)
    }

    /// The set. Its copies can be older than the records.
    #[must_use]
    pub const fn set(&self) -> &ValidatorSet<ValidatorRecord> {
        &self.set
    }

    /// The set's members as other crates speak of them, in signer order.
    #[must_use]
    pub fn validators(&self) -> Vec<Validator> {
        self.set.members().iter().map(ValidatorRecord::to_validator).collect()
    }

    /// Whose turn it is to propose a checkpoint.
    #[must_use]
    pub fn proposer(&self) -> Option<Validator> {
        let proposer = self.set.proposer().ok().flatten();
        proposer.map(ValidatorRecord::to_validator)
    }

    /// More than two thirds of the set's power.
    #[must_use]
    pub fn quorum(&self) -> PowerQuorum {
        PowerQuorum::over(&self.validators())
    }

    /// Those that may be selected for a span, in signer order.
    pub fn eligible(&self, ack_count: u64) -> impl Iterator<Item = &ValidatorRecord> {
        self.records.values().filter(move |record| is_eligible(record, ack_count))
    }

    /// Turns the set once: for an acknowledged TRON checkpoint, and for a no-ack.
    ///
    /// Source: `validation-layer §2.4; delivery:checkpoint/side_handler.go:458-461, handler.go:269-270`.
    ///
    /// # Errors
    /// [`RotationError::Empty`] while there is no set.
    pub fn rotate(&mut self) -> Result<(), RotationError> {
        self.set.increment(1).map(|_| ())
    }

    /// Brings the set up to date with the records, turns it once if anything changed, and tells consensus.
    ///
    /// # Errors
    /// [`ChangeError`]: the set stays as it was.
    pub fn end_block(&mut self, ack_count: u64) -> Result<Vec<SetUpdate>, ChangeError> {
        update_set(&mut self.set, self.records.values(), ack_count)
    }

    fn store(&mut self, record: ValidatorRecord) {
        self.signer_of.insert(record.id, record.signer);
        self.records.insert(record.signer, record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use bttc_core::{
        amount::Amount,
        hash::keccak256,
        id::{Epoch, Nonce},
        root_chain::{RootEvent, SignerChange, Staked, UnstakeInit},
        signature::{PublicKey, SecretKey},
        validator::VotingPower,
    };

    fn key(name: &str) -> PublicKey {
        SecretKey::from_bytes(&keccak256(name)).unwrap().public_key()
    }

    fn record(id: u64, name: &str) -> ValidatorRecord {
        let key = key(name);
        ValidatorRecord {
            id: ValidatorId::new(id),
            start_epoch: Epoch::new(0),
            end_epoch: Epoch::new(0),
            nonce: Nonce::new(1),
            power: VotingPower::new(1),
            pub_key: key.to_bytes().into(),
            signer: key.address(),
            last_updated: String::new(),
            jailed: false,
            priority: 0,
        }
    }

    fn three() -> Registry {
        let records = [record(1, "a"), record(2, "b"), record(3, "c")];
        Registry::genesis(&ChainSpec::mainnet(), records, 0).unwrap()
    }

    fn staked(id: u64, name: &str) -> RootEvent {
        RootEvent::Staked(Staked {
            signer: key(name).address(),
            validator: ValidatorId::new(id),
            nonce: Nonce::new(1),
            activation_epoch: Epoch::new(1),
            amount: Amount::from_btt(5),
            total: Amount::from_btt(5),
            signer_key: key(name).coordinates().to_vec().into(),
        })
    }

    fn change(id: u64, nonce: u64, from: &str, to: &str) -> RootEvent {
        RootEvent::SignerChange(SignerChange {
            validator: ValidatorId::new(id),
            nonce: Nonce::new(nonce),
            old_signer: key(from).address(),
            new_signer: key(to).address(),
            signer_key: key(to).coordinates().to_vec().into(),
        })
    }

    fn exit(id: u64, nonce: u64, epoch: u64) -> RootEvent {
        RootEvent::UnstakeInit(UnstakeInit {
            owner: Address::ZERO,
            validator: ValidatorId::new(id),
            nonce: Nonce::new(nonce),
            deactivation_epoch: Epoch::new(epoch),
            amount: Amount::from_btt(5),
        })
    }

    #[test]
    fn every_validator_has_power_one_on_a_public_network() {
        let mut registry = three();
        registry.apply(&staked(4, "d"), Sequence::new(9, 1), 0).unwrap();
        let record = registry.record_of(ValidatorId::new(4)).unwrap();
        assert_eq!((record.power.get(), record.last_updated.as_str()), (1, "900001"));
        let again = registry.apply(&staked(5, "e"), Sequence::new(9, 1), 0).unwrap_err();
        assert_eq!(again.code(), 1_401);
    }

    #[test]
    fn q31_the_copies_in_the_set_can_be_stale() {
        let mut registry = three();
        registry.apply(&exit(2, 2, 9), Sequence::new(1, 0), 0).unwrap();
        assert_eq!(registry.end_block(0), Ok(Vec::new()));
        let signer = key("b").address();
        let nonces = (registry.record(signer), registry.set().get(signer));
        assert_eq!((nonces.0.unwrap().nonce.get(), nonces.1.unwrap().nonce.get()), (2, 1));
        // Stays in the set until epoch 9, leaves the eligible at once.
        assert_eq!((registry.set().members().len(), registry.eligible(0).count()), (3, 2));
        assert_eq!(registry.end_block(7), Ok(Vec::new()));
        assert_eq!(registry.end_block(8).unwrap().len(), 1);
        assert_eq!(registry.set().members().len(), 2);
    }

    #[test]
    fn q32_a_change_that_would_empty_the_set_changes_nothing() {
        let mut registry = three();
        for id in 1..=3 {
            registry.apply(&exit(id, 2, 1), Sequence::new(id, 0), 0).unwrap();
        }
        let before = registry.clone();
        assert_eq!(registry.end_block(0), Err(ChangeError::EmptyResult));
        assert_eq!(registry, before);
    }

    #[test]
    fn q33_two_joins_of_one_id_in_the_same_window_overwrite() {
        let mut registry = three();
        for name in ["d", "e"] {
            assert_eq!(registry.admit(&staked(4, name), Sequence::new(name.len().try_into().unwrap(), 7)), Ok(()));
        }
        registry.settle(&staked(4, "d"), Sequence::new(5, 0), 0).unwrap();
        registry.settle(&staked(4, "e"), Sequence::new(6, 0), 0).unwrap();
        assert_eq!(registry.record_of(ValidatorId::new(4)).map(|r| r.signer), Some(key("e").address()));
        assert!(registry.record(key("d").address()).is_some());
    }

    #[test]
    fn q34_a_new_signer_may_take_anothers_record() {
        let mut registry = three();
        registry.apply(&change(1, 2, "a", "b"), Sequence::new(1, 0), 4).unwrap();
        let taken = registry.record(key("b").address()).unwrap();
        assert_eq!((taken.id.get(), taken.nonce.get()), (1, 2));
        let old = registry.record(key("a").address()).unwrap();
        assert_eq!((old.power.get(), old.end_epoch.get()), (0, 4));
    }

    #[test]
    fn nonces_count_up_by_one() {
        let mut registry = three();
        let before = registry.clone();
        for (nonce, event) in [(1, exit(1, 1, 3)), (3, change(1, 3, "a", "x"))] {
            let error = registry.apply(&event, Sequence::new(1, 0), 0).unwrap_err();
            assert_eq!(error, StakingEventError::Nonce { got: Nonce::new(nonce), expected: Nonce::new(2) });
            assert_eq!(error.code(), 2_514);
        }
        assert_eq!(registry, before);
    }
}
