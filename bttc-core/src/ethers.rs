//! Both ways between this family's vocabulary and `ethers-core`'s, for code that still speaks it.
//!
//! ```
//! use bttc_core::ethers::{FromEthers, IntoEthers};
//! use alloy_primitives::{address, Address};
//!
//! let ours = address!("0x0000000000000000000000000000000000001010");
//! let theirs = ours.into_ethers();
//! assert_eq!(format!("{theirs:?}"), "0x0000000000000000000000000000000000001010");
//! assert_eq!(Address::from_ethers(theirs), ours);
//! ```

use crate::signature::Signature;
use alloy_primitives::{Address, B256, Bytes, LogData, U256};
use ethers_core::types as theirs;

/// Says itself in `ethers-core`'s types. Nothing is lost.
pub trait IntoEthers {
    /// The same thing there.
    type Theirs;

    /// Converts.
    fn into_ethers(self) -> Self::Theirs;
}

/// Comes from `ethers-core`'s types. Nothing is lost.
pub trait FromEthers: IntoEthers {
    /// Converts.
    fn from_ethers(theirs: Self::Theirs) -> Self;
}

impl IntoEthers for Address {
    type Theirs = theirs::H160;

    fn into_ethers(self) -> Self::Theirs {
        theirs::H160(self.into_array())
    }
}

impl FromEthers for Address {
    fn from_ethers(theirs: Self::Theirs) -> Self {
        Self::from(theirs.0)
    }
}

impl IntoEthers for B256 {
    type Theirs = theirs::H256;

    fn into_ethers(self) -> Self::Theirs {
        theirs::H256(self.0)
    }
}

impl FromEthers for B256 {
    fn from_ethers(theirs: Self::Theirs) -> Self {
        Self::from(theirs.0)
    }
}

impl IntoEthers for U256 {
    type Theirs = theirs::U256;

    fn into_ethers(self) -> Self::Theirs {
        theirs::U256(self.into_limbs())
    }
}

impl FromEthers for U256 {
    fn from_ethers(theirs: Self::Theirs) -> Self {
        Self::from_limbs(theirs.0)
    }
}

impl IntoEthers for Bytes {
    type Theirs = theirs::Bytes;

    fn into_ethers(self) -> Self::Theirs {
        theirs::Bytes(self.0)
    }
}

impl FromEthers for Bytes {
    fn from_ethers(theirs: Self::Theirs) -> Self {
        Self(theirs.0)
    }
}

impl IntoEthers for Signature {
    type Theirs = theirs::Signature;

    fn into_ethers(self) -> Self::Theirs {
        let word = |bytes: B256| U256::from_be_bytes(bytes.0).into_ethers();
        theirs::Signature { r: word(self.r), s: word(self.s), v: u64::from(self.v) }
    }
}

/// An `ethers-core` log without its place: what [`crate::root_chain::RootEvent::decode`] reads.
#[must_use]
pub fn log_data(log: theirs::Log) -> LogData {
    let topics = log.topics.into_iter().map(B256::from_ethers).collect();
    LogData::new_unchecked(topics, Bytes::from_ethers(log.data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hash::keccak256, signature::SecretKey};

    #[test]
    fn the_other_library_recovers_our_signature() {
        let key = SecretKey::from_bytes(&keccak256(b"key")).unwrap();
        let digest = keccak256(b"digest");
        let recovered = key.sign(&digest).into_ethers().recover(digest.into_ethers()).unwrap();
        assert_eq!(Address::from_ethers(recovered), key.address());
    }

    #[test]
    fn words_and_bytes_survive_the_way_there_and_back() {
        let word = U256::MAX - U256::from(7);
        assert_eq!(U256::from_ethers(word.into_ethers()), word);
        assert_eq!(word.into_ethers().to_string(), word.to_string());
        let bytes = Bytes::from_static(&[1, 2, 3]);
        assert_eq!(Bytes::from_ethers(bytes.clone().into_ethers()), bytes);
    }
}
