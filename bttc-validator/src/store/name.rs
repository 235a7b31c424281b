//! Which store.

use core::fmt;
use serde::{Deserialize, Serialize};

/// A module's store. Their order is that in which they are digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreName {
    /// Checkpoints, their buffers and counts.
    Checkpoint,
    /// Validators, their set, seen staking events, what the mirrors have yet to be told.
    Staking,
    /// Spans.
    Bor,
    /// State records.
    Clerk,
    /// Fee accounts and seen top-ups.
    Topup,
    /// Root chains added after genesis.
    Chainmanager,
    /// Accounts.
    Acc,
    /// Parameters and feature flags.
    Params,
    /// Supply of the fee token.
    Supply,
    /// Proposals, deposits, votes.
    Gov,
    /// Signing infos and slashes.
    Slashing,
    /// Messages that wait for votes.
    Sidechannel,
    /// What messages of a user's own keep.
    Custom,
}

impl StoreName {
    /// All of them, in order.
    pub const ALL: [Self; 13] = [
        Self::Checkpoint,
        Self::Staking,
        Self::Bor,
        Self::Clerk,
        Self::Topup,
        Self::Chainmanager,
        Self::Acc,
        Self::Params,
        Self::Supply,
        Self::Gov,
        Self::Slashing,
        Self::Sidechannel,
        Self::Custom,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Checkpoint => "checkpoint",
            Self::Staking => "staking",
            Self::Bor => "bor",
            Self::Clerk => "clerk",
            Self::Topup => "topup",
            Self::Chainmanager => "chainmanager",
            Self::Acc => "acc",
            Self::Params => "params",
            Self::Supply => "supply",
            Self::Gov => "gov",
            Self::Slashing => "slashing",
            Self::Sidechannel => "sidechannel",
            Self::Custom => "custom",
        }
    }
}

impl fmt::Display for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
