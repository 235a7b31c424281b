//! What a bridge contract tells the side chain.
//!
//! ```text
//! data = abi( bytes32 kind, bytes s )
//! s    = abi( user, root token, uint64 root chain, bytes deposit data )        kind H("DEPOSIT")
//!      | abi( root token, child token, uint64 root chain, bytes32 type )       kind H("MAP_TOKEN")
//! ```
//!
//! Source: `withdrawal-proofs §6.1; pos-portal:contracts/root/RootChainManager/RootChainManager.sol:276-280, 361-365`.

use super::TokenType;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, b256};
use alloy_sol_types::SolValue as _;
use serde::{Deserialize, Serialize};

const DEPOSIT: B256 = b256!("87a7811f4bfedea3d341ad165680ae306b01aaeacc205d227629cf157dd9f821");
const MAP_TOKEN: B256 = b256!("2cef46a936bdc5b7e6e8c71aa04560c41cf7d88bb26901a7e7f4936ff02accad");

/// A message for the side chain's `ChildChainManager`: the data argument of `StateSender.syncState`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StateMessage {
    /// Somebody deposited.
    Deposit {
        /// Who gets it on the side chain.
        user: Address,
        /// The token on the root chain.
        root_token: Address,
        /// Number of the root chain.
        root_chain: u64,
        /// What was deposited, by the predicate's rule: an amount in one word.
        data: Bytes,
    },
    /// A token was mapped.
    MapToken {
        /// The token on the root chain.
        root_token: Address,
        /// Its counterpart.
        child_token: Address,
        /// Number of the root chain.
        root_chain: u64,
        /// Its type.
        token_type: TokenType,
    },
}

/// Data that is no such message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Not `bytes32, bytes`, or another content than the kind wants.
    #[error("{bytes} bytes do not decode as a message")]
    Shape {
        /// Bytes there are.
        bytes: usize,
    },
    /// The side chain refuses it: "ChildChainManager: INVALID_SYNC_TYPE".
    #[error("ChildChainManager: INVALID_SYNC_TYPE")]
    Kind {
        /// The kind.
        got: B256,
    },
}

impl StateMessage {
    /// The data.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        let (kind, content): (B256, Vec<u8>) = match self {
            Self::Deposit { user, root_token, root_chain, data } => {
                (DEPOSIT, (*user, *root_token, *root_chain, data.clone()).abi_encode_params())
            }
            Self::MapToken { root_token, child_token, root_chain, token_type } => {
                (MAP_TOKEN, (*root_token, *child_token, *root_chain, token_type.key()).abi_encode_params())
            }
        };
        (kind, Bytes::from(content)).abi_encode_params().into()
    }

    /// Reads the data.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn decode(data: &[u8]) -> Result<Self, MessageError> {
        let shape = MessageError::Shape { bytes: data.len() };
        let (kind, content) = <(B256, Bytes)>::abi_decode_params(data).map_err(|_| shape)?;
        match kind {
            DEPOSIT => {
                let read = <(Address, Address, u64, Bytes)>::abi_decode_params(&content);
                let (user, root_token, root_chain, data) = read.map_err(|_| shape)?;
                Ok(Self::Deposit { user, root_token, root_chain, data })
            }
            MAP_TOKEN => {
                let read = <(Address, Address, u64, B256)>::abi_decode_params(&content);
                let (root_token, child_token, root_chain, key) = read.map_err(|_| shape)?;
                Ok(Self::MapToken { root_token, child_token, root_chain, token_type: TokenType::new(key) })
            }
            got => Err(MessageError::Kind { got }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::U256;
    use bttc_core::hash::keccak256;

    #[test]
    fn a_deposit_has_the_nine_words_of_the_specification() {
        // withdrawal-proofs §6.1
        let (user, token) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let message = StateMessage::Deposit {
            user,
            root_token: token,
            root_chain: 2,
            data: U256::from(7).to_be_bytes::<32>().into(),
        };
        let data = message.to_bytes();
        let words: Vec<U256> = data.chunks(32).map(U256::from_be_slice).collect();
        let expected = [
            DEPOSIT.into(),
            U256::from(0x40),
            U256::from(0xc0),
            user.into_word().into(),
            token.into_word().into(),
            U256::from(2),
            U256::from(0x80),
            U256::from(0x20),
            U256::from(7),
        ];
        assert_eq!(words, expected);
        assert_eq!(StateMessage::decode(&data), Ok(message));
    }

    #[test]
    fn kinds_are_the_hashes_of_their_names() {
        assert_eq!([DEPOSIT, MAP_TOKEN], [keccak256(b"DEPOSIT"), keccak256(b"MAP_TOKEN")]);
        let other = (B256::ZERO, Bytes::new()).abi_encode_params();
        assert_eq!(StateMessage::decode(&other), Err(MessageError::Kind { got: B256::ZERO }));
    }
}
