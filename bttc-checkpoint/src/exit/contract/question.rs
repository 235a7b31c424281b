//! What can be asked of the bridge contract.

use super::{RootChainManager, TokenType};
use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::{SolCall as _, SolValue as _};
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        function childToRootToken(address childToken) returns (address);
        function tokenToType(address rootToken) returns (bytes32);
        function processedExits(bytes32 exitHash) returns (bool);
    }
}

/// A question to the bridge contract that changes nothing; the answer is one word.
///
/// Source: `withdrawal-proofs §4.1; pos-portal:contracts/root/RootChainManager/RootChainManagerStorage.sol:8-22`.
///
/// ```
/// use bttc_checkpoint::exit::contract::{Question, RootChainManager, TokenType};
/// use bttc_core::root_chain::RootChainId;
/// use alloy_primitives::Address;
///
/// let [root_token, child_token] = [1, 2].map(Address::repeat_byte);
/// let mut bridge = RootChainManager::new(RootChainId::Tron, Address::ZERO);
/// bridge.map_token(root_token, child_token, TokenType::ERC20)?;
/// let question = Question::decode(&Question::RootToken { child_token }.to_calldata()).ok_or("no question")?;
/// assert_eq!(Question::read_address(&bridge.answer(&question)), Some(root_token));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Question {
    /// `childToRootToken(address)`: what a side-chain token stands for here, zero for nothing.
    RootToken {
        /// The token on the side chain.
        child_token: Address,
    },
    /// `tokenToType(address)`: the type of a mapped token, zero for none.
    TokenType {
        /// The token on this root chain.
        root_token: Address,
    },
    /// `processedExits(bytes32)`: whether an exit was made.
    IsProcessed {
        /// What makes it unique.
        exit_hash: B256,
    },
}

impl Question {
    /// Selector and arguments.
    #[must_use]
    pub fn to_calldata(&self) -> Bytes {
        match *self {
            Self::RootToken { child_token } => abi::childToRootTokenCall { childToken: child_token }.abi_encode(),
            Self::TokenType { root_token } => abi::tokenToTypeCall { rootToken: root_token }.abi_encode(),
            Self::IsProcessed { exit_hash } => abi::processedExitsCall { exitHash: exit_hash }.abi_encode(),
        }
        .into()
    }

    /// Reads calldata; `None` for another function or arguments of another shape.
    #[must_use]
    pub fn decode(calldata: &[u8]) -> Option<Self> {
        let (selector, arguments) = calldata.split_first_chunk::<4>()?;
        match *selector {
            abi::childToRootTokenCall::SELECTOR => {
                let call = abi::childToRootTokenCall::abi_decode_raw(arguments).ok()?;
                Some(Self::RootToken { child_token: call.childToken })
            }
            abi::tokenToTypeCall::SELECTOR => {
                let call = abi::tokenToTypeCall::abi_decode_raw(arguments).ok()?;
                Some(Self::TokenType { root_token: call.rootToken })
            }
            abi::processedExitsCall::SELECTOR => {
                let call = abi::processedExitsCall::abi_decode_raw(arguments).ok()?;
                Some(Self::IsProcessed { exit_hash: call.exitHash })
            }
            _ => None,
        }
    }

    /// The address that an answer is; `None` for bytes that are none.
    #[must_use]
    pub fn read_address(answer: &[u8]) -> Option<Address> {
        Address::abi_decode_validate(answer).ok()
    }

    /// The token type that an answer is; `None` for bytes that are none.
    #[must_use]
    pub fn read_token_type(answer: &[u8]) -> Option<TokenType> {
        B256::abi_decode_validate(answer).ok().map(TokenType::new)
    }

    /// The yes or no that an answer is; `None` for bytes that are neither.
    #[must_use]
    pub fn read_bool(answer: &[u8]) -> Option<bool> {
        bool::abi_decode_validate(answer).ok()
    }
}

impl RootChainManager {
    /// The contract's answer.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Bytes {
        match *question {
            Question::RootToken { child_token } => self.root_token(child_token).unwrap_or_default().abi_encode(),
            Question::TokenType { root_token } => self.token_type(root_token).unwrap_or_default().key().abi_encode(),
            Question::IsProcessed { exit_hash } => self.is_processed(exit_hash).abi_encode(),
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_have_the_selector_of_the_specification() {
        // withdrawal-proofs §7.6
        let question = Question::IsProcessed { exit_hash: B256::repeat_byte(7) };
        let calldata = question.to_calldata();
        assert_eq!(calldata[..4], [0x60, 0x7f, 0x2d, 0x42]);
        assert_eq!(Question::decode(&calldata), Some(question));
        assert_eq!(Question::decode(&calldata[..35]), None);
    }

    #[test]
    fn an_answer_of_another_shape_is_none() {
        assert_eq!(Question::read_bool(&[2; 32]), None);
        assert_eq!(Question::read_address(&[0xff; 32]), None);
        assert_eq!(Question::read_token_type(&[]), None);
    }
}
