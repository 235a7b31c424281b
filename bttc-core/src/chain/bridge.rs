//! Where the contracts of the bridge are.

use crate::root_chain::RootChainId;
use alloy_primitives::{Address, address};
use serde::{Deserialize, Serialize};

/// The contracts on one root chain that a withdrawal meets.
///
/// Source: `root-contracts §13; withdrawal-proofs §10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BridgeContracts {
    /// Records checkpoints (`RootChain`).
    pub root_chain: Address,
    /// Pays for burns (`RootChainManager`).
    pub root_chain_manager: Address,
}

impl BridgeContracts {
    /// Those of a public network, by the side chain's id; `None` for a network of your own.
    ///
    /// ```
    /// use bttc_core::{chain::BridgeContracts, root_chain::RootChainId, tron::TronAddress};
    ///
    /// let bridge = BridgeContracts::of(199, RootChainId::Tron).unwrap();
    /// assert_eq!(TronAddress::new(bridge.root_chain).to_string(), "TMvs6n9qy1R13CPd1AfxhW41GBG21NSXNj");
    /// assert_eq!(BridgeContracts::of(15_001, RootChainId::Tron), None);
    /// ```
    #[must_use]
    pub const fn of(chain_id: u64, root_chain: RootChainId) -> Option<Self> {
        let (root_chain, root_chain_manager) = match (chain_id, root_chain) {
            (199, RootChainId::Tron) => (
                address!("0x8330108cfdd47544b398c15a3c252ad1d5a5566c"),
                address!("0x28c8b09c317c2a9e202dc47b1719443097553533"),
            ),
            (199, RootChainId::Ethereum) => (
                address!("0x98dfb360cbc65045a8415fa2514f549cd3000f02"),
                address!("0xd06029b23e9d4cd24bad01d436837fa02b8f0dd9"),
            ),
            (199, RootChainId::Bsc) => (
                address!("0x9b5f27f6ea9bbd753ce3793a07cba3c74644330d"),
                address!("0x6101749044d0302bfe45c926ef202589c7b27531"),
            ),
            (1_029, RootChainId::Tron) => (
                address!("0x7f36436e82ed2dee196a05e3d606d2551296a33a"),
                address!("0xd1e3bf32fb1bd308673c93b11d0be266b3d993f0"),
            ),
            (1_029, RootChainId::Ethereum) => (
                address!("0x42cdf3395bbd91ad1879b51f606c6ac51a34a9ce"),
                address!("0x20e12886c737272700664c032707d4f3cb15284c"),
            ),
            (1_029, RootChainId::Bsc) => (
                address!("0xe2319ebf0f7812dfc0d653b5225f21a93ba19197"),
                address!("0xb4bae202f91d1f3543be12d9641d42062f7cc511"),
            ),
            _ => return None,
        };
        Some(Self { root_chain, root_chain_manager })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tron::TronAddress;

    #[test]
    fn trons_addresses_are_those_of_the_specification_in_text() {
        // withdrawal-proofs §10, root-contracts §13
        let texts = [
            (199, "TMvs6n9qy1R13CPd1AfxhW41GBG21NSXNj", "TDgrSuii9e7HLfY1DhEBxkcFa3vrLgS3Gx"),
            (1_029, "TMZqpi58aSmgqaXHL28DPks8KnLgJgqkGz", "TV714HHcDKhrCrvufcdBz68frRvtbLgXa5"),
        ];
        for (chain_id, root_chain, manager) in texts {
            let bridge = BridgeContracts::of(chain_id, RootChainId::Tron).unwrap();
            let text = |address| TronAddress::new(address).to_string();
            assert_eq!(
                (text(bridge.root_chain).as_str(), text(bridge.root_chain_manager).as_str()),
                (root_chain, manager)
            );
        }
    }
}
