//! A signature as contracts take it.

use super::{RecoverError, Signature, recovery::recover};
use alloy_primitives::{Address, B256, U256, uint};
use serde::{Deserialize, Serialize};

/// Largest s the staking contract accepts: half the order, rounded down.
const HALF_ORDER: U256 = uint!(0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0_U256);

/// A signature as contracts take it: three words r, s, v.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SignatureWords {
    /// x-coordinate of the nonce point, modulo the order.
    pub r: U256,
    /// The proof.
    pub s: U256,
    /// 27 or 28; the contract looks at the lowest byte only.
    pub v: U256,
}

/// The recovery precompile found no key, so the contract's call reverts with no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call reverts without a reason: {0}")]
pub struct RecoverReverted(pub RecoverError);

/// Why the staking contract takes a signature for one of address zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum SignatureFlaw {
    /// s is above half the order of the group.
    #[error("a high s")]
    HighS,
    /// v is neither 27 nor 28, nor 0 or 1.
    #[error("an unknown v")]
    UnknownV,
}

impl SignatureWords {
    /// What is wrong with it at first sight; s is looked at first.
    ///
    /// Source: `root-contracts §5.2; contracts:common/lib/ECVerify.sol:5-40`.
    #[must_use]
    pub fn flaw(&self) -> Option<SignatureFlaw> {
        if self.s > HALF_ORDER {
            Some(SignatureFlaw::HighS)
        } else if matches!(self.low_v(), 27 | 28) {
            None
        } else {
            Some(SignatureFlaw::UnknownV)
        }
    }

    // only the lowest byte of the v word is read, so v = 256 + 27 works.
    fn low_v(&self) -> u8 {
        let low = self.v.byte(0);
        if low < 27 { low + 27 } else { low }
    }

    /// The address that the staking contract recovers.
    ///
    /// Address zero stands for a [flaw](Self::flaw): the contract goes on with it.
    ///
    /// Source: `root-contracts §5.2; contracts:common/lib/ECVerify.sol:5-40`.
    ///
    /// # Errors
    /// [`RecoverReverted`] when the whole call reverts.
    pub fn recover(&self, digest: &B256) -> Result<Address, RecoverReverted> {
        if self.flaw().is_some() {
            return Ok(Address::ZERO);
        }
        recover(digest, &self.r.into(), &self.s.into(), self.low_v() - 27)
            .map(|key| key.address())
            .map_err(RecoverReverted)
    }
}

impl From<Signature> for SignatureWords {
    /// r, s and v + 27 in 256 bits, as the validation layer hands them over.
    ///
    /// Source: `validation-layer §3.9; delivery:helper/util.go:183-244`.
    fn from(signature: Signature) -> Self {
        Self { r: signature.r.into(), s: signature.s.into(), v: U256::from(signature.v).wrapping_add(U256::from(27)) }
    }
}
