//! Who may produce, as of a block, as another crate is told it.
//!
//! ```text
//! block hash ──SnapshotSource──▶ { number, hash, members with priorities, proposer, who signed the last sprint }
//! ```
//!
//! Staking keeps the snapshot and turns it from header to header; whoever answers `bor_getSnapshot` and its kin asks
//! this trait. The serde form is the reference's JSON.
//!
//! Source: `block-layer §3.3.1, §3.4.2, §7.1.2; bttc:consensus/bor/api.go:28-120`.
//!
//! ```
//! use bttc_core::{snapshot::Producer, validator::VotingPower};
//! use alloy_primitives::Address;
//!
//! let member = Producer { priority: -3, ..Producer::new(Address::ZERO, VotingPower::new(40)) };
//! let json = serde_json::to_string(&member)?;
//! assert!(json.contains(r#""power":40,"accum":-3"#));
//! # Ok::<(), serde_json::Error>(())
//! ```

use crate::{
    id::ValidatorId,
    validator::{Validator, VotingPower},
};
use alloc::{collections::BTreeMap, vec::Vec};
use alloy_primitives::{Address, B256};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A member of a snapshot's set: a producer and its priority.
///
/// Source: `block-layer §3.1; bttc:consensus/bor/validator.go:16-21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producer {
    /// 0 on the chain: headers do not carry it.
    #[serde(rename = "ID")]
    pub id: ValidatorId,
    /// Address of the key it seals with.
    pub signer: Address,
    /// Its power.
    pub power: VotingPower,
    /// Its priority.
    #[serde(rename = "accum")]
    pub priority: i64,
}

impl Producer {
    /// The producer that a header or the genesis names.
    #[must_use]
    pub const fn new(signer: Address, power: VotingPower) -> Self {
        Self { id: ValidatorId::new(0), signer, power, priority: 0 }
    }

    /// The triple that crosses between crates.
    #[must_use]
    pub const fn to_validator(&self) -> Validator {
        Validator::new(self.id, self.signer, self.power)
    }
}

impl From<Validator> for Producer {
    fn from(validator: Validator) -> Self {
        Self { id: validator.id, ..Self::new(validator.signer, validator.power) }
    }
}

/// The producers of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producers {
    /// In ascending signer order.
    pub validators: Vec<Producer>,
    /// The one in turn; `None` for an empty list.
    pub proposer: Option<Producer>,
}

/// What a snapshot says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotView {
    /// Height of its block.
    pub number: u64,
    /// Hash of its block.
    pub hash: B256,
    /// Who may produce the next block.
    #[serde(rename = "validatorSet")]
    pub members: Producers,
    /// Who signed the blocks of the last sprint, by height.
    pub recents: BTreeMap<u64, Address>,
}

/// Knows the snapshot of every block of a chain.
pub trait SnapshotSource: fmt::Debug {
    /// The snapshot as of the block with this hash; `None` when the block is unknown.
    fn snapshot(&self, block: B256) -> Option<SnapshotView>;
}

const _: fn(&dyn SnapshotSource) = |_| {};
