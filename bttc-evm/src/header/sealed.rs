//! A header whose author and hash are known.

use super::{Header, recovered::sprint_header};
use alloy_primitives::{Address, B256};
use bttc_core::schedule::{SignerError, SprintHeader, Timing};
use core::ops::Deref;

/// A header, its hash, and who sealed it. It is made where the seal was recovered or signed, so nobody recovers it twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedHeader {
    header: Header,
    hash: B256,
    author: Address,
}

impl SealedHeader {
    /// Recovers the author from the seal. Whether it was its turn is another question: [`seal::verify`](crate::seal::verify).
    ///
    /// # Errors
    /// [`SignerError`] when there is no author.
    pub fn recover(header: Header) -> Result<Self, SignerError> {
        let author = header.signer()?;
        Ok(Self::of(header, author))
    }

    /// A header of number 0: nobody sealed it, its author is the zero address.
    ///
    /// Source: `block-layer §2.3.4; bttc:core/evm.go:45-47`.
    #[must_use]
    pub fn genesis(header: Header) -> Self {
        Self::of(header, Address::ZERO)
    }

    pub(crate) fn of(header: Header, author: Address) -> Self {
        let hash = header.hash();
        Self::known(header, hash, author)
    }

    pub(crate) const fn known(header: Header, hash: B256, author: Address) -> Self {
        Self { header, hash, author }
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Hash of the block.
    #[must_use]
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// Who sealed it and receives its fees.
    #[must_use]
    pub const fn author(&self) -> Address {
        self.author
    }

    /// What the producers after it are found out from.
    #[must_use]
    pub fn to_sprint_header(&self, timing: &Timing) -> SprintHeader {
        sprint_header(&self.header, self.hash, Ok(self.author), timing)
    }

    /// The bare header.
    #[must_use]
    pub fn into_header(self) -> Header {
        self.header
    }
}

impl Deref for SealedHeader {
    type Target = Header;

    fn deref(&self) -> &Header {
        &self.header
    }
}
