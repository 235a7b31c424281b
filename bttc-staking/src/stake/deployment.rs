//! Where the contracts stand.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

/// Addresses of the contracts that work together, and of those that may turn their knobs. No rule depends on them
/// beyond who is who.
///
/// Source: `root-contracts §1, §2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// The staking contract's proxy.
    pub manager: Address,
    /// Who may turn its knobs.
    pub governance: Address,
    /// Who owns its proxy and the staking information contract.
    pub owner: Address,
    /// The token it is paid in.
    pub token: Address,
    /// The staking tokens.
    pub nft: Address,
    /// The staking information contract, which counts nonces and writes most logs.
    pub info: Address,
    /// The events hub, which writes the newer ones.
    pub hub: Address,
    /// Who may hand in a checkpoint's signatures.
    pub root_chain: Address,
    /// Makes share contracts.
    pub share_factory: Address,
    /// Code of the auctions.
    pub extension: Address,
    /// May move the contract's tokens besides share contracts; nobody, if zero.
    pub slashing_manager: Address,
}

impl Deployment {
    /// Contracts of one's own: governance owns all, and what is not named stands where the staking contract's very
    /// last creations would go, out of the way of its share contracts.
    #[must_use]
    pub fn new(manager: Address, governance: Address) -> Self {
        let place = |from_the_end: u64| manager.create(u64::MAX - from_the_end);
        Self {
            manager,
            governance,
            owner: governance,
            token: place(1),
            nft: place(2),
            info: place(3),
            hub: place(4),
            root_chain: place(5),
            share_factory: place(6),
            extension: place(7),
            slashing_manager: Address::ZERO,
        }
    }
}
