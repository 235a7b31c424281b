//! A validator as the crates speak of it to one another.
//!
//! The contract keeps a `StakeAccount`, the validation layer a `ValidatorRecord`; what crosses between crates is this
//! triple.
//!
//! ```
//! use bttc_core::{id::ValidatorId, validator::{Validator, VotingPower}};
//! use alloy_primitives::Address;
//!
//! let alice = Validator::new(ValidatorId::new(1), Address::repeat_byte(0xa1), VotingPower::new(40));
//! assert_eq!(alice.to_string(), "1 0xa1a1…a1a1 power 40");
//! ```

use crate::id::ValidatorId;
use alloy_primitives::Address;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A validator's voice in the validation layer, or the draws a producer won. Signed 64 bits as the reference keeps it;
/// negative only where it was read so from a header.
///
/// Source: `validation-layer §1.4; delivery:types/validator.go:15-27`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VotingPower(i64);

impl VotingPower {
    /// None.
    pub const ZERO: Self = Self(0);

    /// So much power.
    #[must_use]
    pub const fn new(power: i64) -> Self {
        Self(power)
    }

    /// As a number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for VotingPower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Who, by which key, how much: the validator that crosses between crates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Validator {
    /// Its id on the stake chain; 0 where a block header or contract answer does not carry it.
    pub id: ValidatorId,
    /// Address of the key it signs with.
    pub signer: Address,
    /// Its power.
    pub power: VotingPower,
}

impl Validator {
    /// The validator of these three.
    #[must_use]
    pub const fn new(id: ValidatorId, signer: Address, power: VotingPower) -> Self {
        Self { id, signer, power }
    }
}

impl fmt::Display for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} power {}", self.id, Short(&self.signer), self.power)
    }
}

/// Prints an address by its ends.
struct Short<'a>(&'a Address);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, .., y, z] = self.0.into_array();
        write!(f, "0x{a:02x}{b:02x}…{y:02x}{z:02x}")
    }
}
