//! Calls by which signed messages reach the root chains.
//!
//! ```text
//! calldata = selector(4) ‖ abi( bytes data, uint256[3][] signatures )
//! ```
//!
//! | function | selector | contract |
//! |---|---|---|
//! | `submitCheckpoint` | `4e43e495` | RootChain, all three root chains |
//! | `submitCheckpointSync` | `d2ada573` | StakeManager on TRON |
//! | `validatorJoin` `validatorExit` `signerUpdate` `stakeUpdate` | `d1fb3d90` `aa6cdb94` `b3f958b9` `a3175557` | StakeManager mirrors on Ethereum and BSC |
//!
//! Source: `root-contracts §8.2, §8.4, §9.3; validation-layer §3.9`.
//!
//! ```
//! use bttc_checkpoint::submission::{Function, Submission};
//!
//! let call = Submission { function: Function::Checkpoint, data: vec![7; 224].into(), signatures: vec![] };
//! let calldata = call.to_calldata();
//! assert_eq!(calldata[..4], [0x4e, 0x43, 0xe4, 0x95]);
//! assert_eq!(Submission::decode(&calldata)?, call);
//! # Ok::<(), bttc_checkpoint::submission::SubmissionError>(())
//! ```

use crate::{
    checkpoint::Checkpoint,
    signatures::Signed,
    vote::{CheckpointSync, SignerUpdate, StakeUpdate, ValidatorExit, ValidatorJoin},
};
use alloc::vec::Vec;
use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall as _;
use bttc_core::{root_chain::RootCall, signature::SignatureWords};
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        function submitCheckpoint(bytes data, uint256[3][] sigs);
        function submitCheckpointSync(bytes data, uint256[3][] sigs);
        function validatorJoin(bytes data, uint256[3][] sigs);
        function validatorExit(bytes data, uint256[3][] sigs);
        function signerUpdate(bytes data, uint256[3][] sigs);
        function stakeUpdate(bytes data, uint256[3][] sigs);
    }
}

/// Functions that take signed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Function {
    /// `submitCheckpoint`.
    Checkpoint,
    /// `submitCheckpointSync`.
    CheckpointSync,
    /// `validatorJoin`.
    ValidatorJoin,
    /// `validatorExit`.
    ValidatorExit,
    /// `signerUpdate`.
    SignerUpdate,
    /// `stakeUpdate`.
    StakeUpdate,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Checkpoint,
        Self::CheckpointSync,
        Self::ValidatorJoin,
        Self::ValidatorExit,
        Self::SignerUpdate,
        Self::StakeUpdate,
    ];

    /// First four bytes of its calldata.
    #[must_use]
    pub const fn selector(self) -> [u8; 4] {
        match self {
            Self::Checkpoint => abi::submitCheckpointCall::SELECTOR,
            Self::CheckpointSync => abi::submitCheckpointSyncCall::SELECTOR,
            Self::ValidatorJoin => abi::validatorJoinCall::SELECTOR,
            Self::ValidatorExit => abi::validatorExitCall::SELECTOR,
            Self::SignerUpdate => abi::signerUpdateCall::SELECTOR,
            Self::StakeUpdate => abi::stakeUpdateCall::SELECTOR,
        }
    }
}

/// Signed data on its way to a contract.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Submission {
    /// The function it calls.
    pub function: Function,
    /// The signed bytes, without the result byte.
    pub data: Bytes,
    /// The signatures in the order given.
    pub signatures: Vec<SignatureWords>,
}

/// Calldata that is no submission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionError {
    /// The function is none of those.
    #[error("got selector {got:02x?}, expected a function that takes signed data")]
    Selector {
        /// Up to four first bytes.
        got: Bytes,
    },
    /// The arguments are not `bytes, uint256[3][]`.
    #[error("{function:?}: {bytes} bytes of arguments do not decode as bytes, uint256[3][]")]
    Arguments {
        /// The function.
        function: Function,
        /// Bytes behind the selector.
        bytes: usize,
    },
}

impl Submission {
    /// Selector and arguments.
    #[must_use]
    pub fn to_calldata(&self) -> Bytes {
        let sigs = self.signatures.iter().map(|words| [words.r, words.s, words.v]).collect();
        let arguments = abi::submitCheckpointCall { data: self.data.clone(), sigs };
        // All six functions take the same arguments.
        let mut calldata = arguments.abi_encode();
        calldata[..4].copy_from_slice(&self.function.selector());
        calldata.into()
    }

    /// Reads calldata.
    ///
    /// # Errors
    /// [`SubmissionError`].
    pub fn decode(calldata: &[u8]) -> Result<Self, SubmissionError> {
        let (selector, arguments) = calldata.split_at_checked(4).unwrap_or((calldata, &[]));
        let function = Function::ALL
            .into_iter()
            .find(|function| function.selector() == selector)
            .ok_or_else(|| SubmissionError::Selector { got: Bytes::copy_from_slice(selector) })?;
        let call = abi::submitCheckpointCall::abi_decode_raw(arguments)
            .map_err(|_| SubmissionError::Arguments { function, bytes: arguments.len() })?;
        Ok(Self {
            function,
            data: call.data,
            signatures: call.sigs.into_iter().map(|[r, s, v]| SignatureWords { r, s, v }).collect(),
        })
    }

    /// The call of this contract.
    #[must_use]
    pub fn to_call(&self, contract: Address) -> RootCall {
        RootCall { to: contract, data: self.to_calldata() }
    }
}

/// A message with a function that takes it. [`Signed::to_submission`] asks; the messages of [`vote`](crate::vote)
/// implement it.
pub trait Submittable {
    /// The function.
    const FUNCTION: Function;
}

impl Submittable for Checkpoint {
    const FUNCTION: Function = Function::Checkpoint;
}
impl Submittable for CheckpointSync {
    const FUNCTION: Function = Function::CheckpointSync;
}
impl Submittable for ValidatorJoin {
    const FUNCTION: Function = Function::ValidatorJoin;
}
impl Submittable for ValidatorExit {
    const FUNCTION: Function = Function::ValidatorExit;
}
impl Submittable for SignerUpdate {
    const FUNCTION: Function = Function::SignerUpdate;
}
impl Submittable for StakeUpdate {
    const FUNCTION: Function = Function::StakeUpdate;
}

impl<T: Submittable> Signed<T> {
    /// The signed message with its signatures, for its contract.
    #[must_use]
    pub fn to_submission(&self) -> Submission {
        Submission { function: T::FUNCTION, data: self.data().clone(), signatures: self.to_words() }
    }

    /// The call of this contract.
    #[must_use]
    pub fn to_call(&self, contract: Address) -> RootCall {
        self.to_submission().to_call(contract)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;

    #[test]
    fn the_selectors_are_those_of_the_specification() {
        // root-contracts §8.4
        let expected = ["4e43e495", "d2ada573", "d1fb3d90", "aa6cdb94", "b3f958b9", "a3175557"];
        assert_eq!(Function::ALL.map(|function| hex::encode(function.selector())), expected);
    }

    #[test]
    fn other_calldata_says_what_is_wrong() {
        let selector = Submission::decode(&hex!("01020304")).unwrap_err();
        assert_eq!(selector, SubmissionError::Selector { got: hex!("01020304").into() });
        let arguments = Submission::decode(&hex!("4e43e495ff")).unwrap_err();
        let function = Function::Checkpoint;
        assert_eq!(arguments, SubmissionError::Arguments { function, bytes: 1 });
    }
}
