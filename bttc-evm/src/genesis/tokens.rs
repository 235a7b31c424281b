//! Root chains' tokens on a network of one's own: one of each kind, empty, to be deposited to and burned.
//!
//! ```text
//! 0x…1003  ERC-20     "Test Token"    withdraw, withdrawTo
//! 0x…1004  ERC-721    "Test Pieces"   those, and in batches, and with metadata
//! 0x…1005  ERC-1155                   withdrawSingle, withdrawBatch
//! ```
//!
//! Each is mapped to the root token of the same address. The slots are those of `contracts/README.md`.
//!
//! Source: `withdrawal-proofs §2.1-2.2, §6.3`.

use super::devnet::{account, number, runtime};
use crate::genesis::GenesisAccount;
use alloy_primitives::{Address, U256, address};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A token of a root chain on the devnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChildToken {
    /// Amounts.
    Erc20,
    /// Ids.
    Erc721,
    /// Amounts of ids.
    Erc1155,
}

impl ChildToken {
    /// One of each kind.
    pub const ALL: [Self; 3] = [Self::Erc20, Self::Erc721, Self::Erc1155];

    /// Where it lies, and where its root token does.
    ///
    /// ```
    /// use bttc_evm::genesis::ChildToken;
    ///
    /// let erc721 = ChildToken::Erc721.address();
    /// assert!(ChildToken::ALL.iter().all(|token| (token.address() == erc721) == (*token == ChildToken::Erc721)));
    /// ```
    #[must_use]
    pub const fn address(self) -> Address {
        match self {
            Self::Erc20 => address!("0x0000000000000000000000000000000000001003"),
            Self::Erc721 => address!("0x0000000000000000000000000000000000001004"),
            Self::Erc1155 => address!("0x0000000000000000000000000000000000001005"),
        }
    }

    const fn artifact(self) -> &'static str {
        match self {
            Self::Erc20 => include_str!("../../contracts/artifacts/ChildERC20.json"),
            Self::Erc721 => include_str!("../../contracts/artifacts/ChildERC721.json"),
            Self::Erc1155 => include_str!("../../contracts/artifacts/ChildERC1155.json"),
        }
    }

    /// The contract before its first deposit, which this account makes.
    pub(super) fn account(self, depositor: Address) -> Result<GenesisAccount, serde_json::Error> {
        let slots = match self {
            Self::Erc20 => vec![text("Test Token"), text("TEST"), U256::from(18)],
            Self::Erc721 => vec![text("Test Pieces"), text("PIECE")],
            Self::Erc1155 => vec![],
        };
        let storage = (0..).map(U256::from).zip([vec![number(depositor)], slots].concat());
        Ok(account(U256::ZERO, runtime(self.artifact())?, storage.collect::<BTreeMap<_, _>>()))
    }
}

/// A short text in its slot: its bytes from the left, twice its length in the last one.
fn text(text: &str) -> U256 {
    let mut word = [0; 32];
    word.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
    U256::from_be_bytes(word) | U256::from(text.len().saturating_mul(2))
}
