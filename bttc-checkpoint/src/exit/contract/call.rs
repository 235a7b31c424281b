//! Calls of the bridge contract.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall as _;
use bttc_core::root_chain::RootCall;
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        function exit(bytes inputData);
        function depositFor(address user, address rootToken, bytes depositData);
        function depositEtherFor(address user);
    }
}

/// A call of the bridge contract that changes it.
///
/// Source: `withdrawal-proofs §4.3-4.4`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BridgeCall {
    /// `exit(bytes)`.
    Exit {
        /// The payload.
        payload: Bytes,
    },
    /// `depositFor(address,address,bytes)`.
    DepositFor {
        /// Who gets it on the side chain.
        user: Address,
        /// The token on the root chain.
        root_token: Address,
        /// What, by the predicate's rule.
        data: Bytes,
    },
    /// `depositEtherFor(address)`, with the value of the transaction.
    DepositEtherFor {
        /// Who gets it on the side chain.
        user: Address,
    },
}

impl BridgeCall {
    /// Selector and arguments.
    #[must_use]
    pub fn to_calldata(&self) -> Bytes {
        match self {
            Self::Exit { payload } => abi::exitCall { inputData: payload.clone() }.abi_encode(),
            Self::DepositFor { user, root_token, data } => {
                abi::depositForCall { user: *user, rootToken: *root_token, depositData: data.clone() }.abi_encode()
            }
            Self::DepositEtherFor { user } => abi::depositEtherForCall { user: *user }.abi_encode(),
        }
        .into()
    }

    /// Reads calldata; `None` for another function or arguments of another shape.
    #[must_use]
    pub fn decode(calldata: &[u8]) -> Option<Self> {
        let (selector, arguments) = calldata.split_first_chunk::<4>()?;
        match *selector {
            abi::exitCall::SELECTOR => {
                let call = abi::exitCall::abi_decode_raw(arguments).ok()?;
                Some(Self::Exit { payload: call.inputData })
            }
            abi::depositForCall::SELECTOR => {
                let call = abi::depositForCall::abi_decode_raw(arguments).ok()?;
                Some(Self::DepositFor { user: call.user, root_token: call.rootToken, data: call.depositData })
            }
            abi::depositEtherForCall::SELECTOR => {
                let call = abi::depositEtherForCall::abi_decode_raw(arguments).ok()?;
                Some(Self::DepositEtherFor { user: call.user })
            }
            _ => None,
        }
    }

    /// The call of this bridge contract.
    #[must_use]
    pub fn to_call(&self, bridge: Address) -> RootCall {
        RootCall { to: bridge, data: self.to_calldata() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;

    #[test]
    fn calls_have_the_selectors_of_the_specification_and_are_read_back() {
        let user = Address::repeat_byte(1);
        let data = Bytes::from_static(b"data");
        for (call, selector) in [
            (BridgeCall::Exit { payload: data.clone() }, "3805550f"),
            (BridgeCall::DepositFor { user, root_token: user, data }, "e3dec8fb"),
            (BridgeCall::DepositEtherFor { user }, "4faa8a26"),
        ] {
            let calldata = call.to_calldata();
            assert_eq!(hex::encode(&calldata[..4]), selector);
            assert_eq!(BridgeCall::decode(&calldata), Some(call));
        }
    }
}
