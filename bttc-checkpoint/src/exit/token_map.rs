//! Which tokens of the side chain are paid for, on which root chain, and by whom.

use super::contract::{Predicate, RootChainManager};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, U256};
use bttc_core::root_chain::RootChainId;
use serde::{Deserialize, Serialize};

/// What stands for a side-chain token on one root chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MappedToken {
    /// The token there.
    pub root_token: Address,
    /// Who pays.
    pub predicate: Predicate,
    /// How much that predicate holds, in the smallest unit; `None` where it is not known or not an amount.
    pub held: Option<U256>,
}

/// The mapped tokens of all root chains. A token that is in none is paid for by nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenMap(BTreeMap<RootChainId, BTreeMap<Address, MappedToken>>);

impl TokenMap {
    /// Without tokens.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a token of the side chain, or replaces what stands for it on that root chain.
    pub fn insert(&mut self, root_chain: RootChainId, child_token: Address, mapped: MappedToken) {
        self.0.entry(root_chain).or_default().insert(child_token, mapped);
    }

    /// Adds what a bridge contract maps and has a predicate for.
    pub fn extend_from(&mut self, root_chain: RootChainId, bridge: &RootChainManager) {
        for (child_token, root_token) in bridge.mapped_tokens() {
            if let Some(predicate) = bridge.predicate_of(root_token) {
                self.insert(root_chain, child_token, MappedToken { root_token, predicate, held: None });
            }
        }
    }

    /// What stands for a token of the side chain: one root chain, or none.
    // a token mapped on two root chains is paid for twice, for each keeps its own list of exits.
    pub fn of(&self, child_token: Address) -> impl Iterator<Item = (RootChainId, &MappedToken)> {
        self.0.iter().filter_map(move |(root_chain, tokens)| Some((*root_chain, tokens.get(&child_token)?)))
    }
}
