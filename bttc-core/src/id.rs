//! Numbers that could be swapped are types of their own.
//!
//! No id converts from a bare integer by itself: `ValidatorId::new(7)` says what the 7 is. `next` is checked; nothing
//! else is computed with ids.
//!
//! ```
//! use bttc_core::id::{CheckpointNumber, HeaderBlockId};
//!
//! let second = CheckpointNumber::new(1).next().unwrap();
//! assert_eq!(HeaderBlockId::of(second).to_string(), "20000");
//! ```

use alloy_primitives::U256;
use core::fmt;
use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// The id with this number.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// Its number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// The following id; `None` past the last one.
            #[must_use]
            pub const fn next(self) -> Option<Self> {
                match self.0.checked_add(1) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// Number of a validator's staking token on TRON; starts at 1, never reused.
    ///
    /// Source: `root-contracts §3.3; contracts:staking/stakeManager/StakeManager.sol:72-111`.
    ValidatorId
}
id! {
    /// Number of a span; span 0 is the genesis span.
    ///
    /// Source: `validation-layer §4.1; delivery:bor/types/params.go:11-22`.
    SpanId
}
id! {
    /// Number of a state-sync record. The validation layer counts all root chains in one sequence from 1, a root
    /// chain's `StateSender` counts its own.
    ///
    /// Source: `validation-layer §6.1; delivery:clerk/keeper.go:112-140`.
    StateId
}
id! {
    /// Position of a checkpoint on one root chain: 1, 2, 3 …
    CheckpointNumber
}
id! {
    /// Acknowledged TRON checkpoints plus one; activation and unbonding count in it.
    ///
    /// Source: `validation-layer §1 "Conventions"; root-contracts §3.3`.
    Epoch
}
id! {
    /// Per-validator count that orders its root events.
    ///
    /// Source: `root-contracts §6; contracts:staking/StakingInfo.sol`.
    Nonce
}

/// The key of a checkpoint in the contract: its number × 10 000. Any 256-bit value may be asked for.
///
/// Source: `root-contracts §0.3; contracts:root/RootChainStorage.sol:42`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HeaderBlockId(U256);

impl HeaderBlockId {
    /// Distance between two neighbouring ids (`MAX_DEPOSITS` of the contract).
    pub const STEP: u64 = 10_000;

    /// The id with this value, whether or not it is a multiple of the step.
    #[must_use]
    pub const fn new(value: U256) -> Self {
        Self(value)
    }

    /// The id under which a contract keeps this checkpoint.
    #[must_use]
    pub fn of(number: CheckpointNumber) -> Self {
        // 2⁶⁴ · 10⁴ fits in 256 bits.
        Self(U256::from(number.get()).wrapping_mul(U256::from(Self::STEP)))
    }

    /// Its value.
    #[must_use]
    pub const fn get(self) -> U256 {
        self.0
    }

    /// The checkpoint's number, rounded down as the bridge rounds it; `None` beyond 64 bits.
    #[must_use]
    pub fn number(self) -> Option<CheckpointNumber> {
        u64::try_from(self.0 / U256::from(Self::STEP)).ok().map(CheckpointNumber::new)
    }
}

impl fmt::Display for HeaderBlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for HeaderBlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_block_id_is_ten_thousand_times_the_checkpoint_number() {
        let last = CheckpointNumber::new(u64::MAX);
        assert_eq!(HeaderBlockId::of(last).number(), Some(last));
        assert_eq!(HeaderBlockId::new(U256::MAX).number(), None);
        assert_eq!(last.next(), None);
    }
}
