//! A header whose seal was looked at.

use super::{ExtraData, ExtraError, Header};
use alloy_primitives::{Address, B256};
use bttc_core::schedule::{SignerError, SprintHeader, Timing};
use core::ops::Deref;

/// A header, its hash, and who sealed it or why nobody did. It need not be right in any way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveredHeader {
    header: Header,
    hash: B256,
    signer: Result<Address, SignerError>,
}

impl RecoveredHeader {
    /// Looks at the seal.
    #[must_use]
    pub fn recover(header: Header) -> Self {
        let (hash, signer) = (header.hash(), header.signer());
        Self::of(header, hash, signer)
    }

    pub(crate) const fn of(header: Header, hash: B256, signer: Result<Address, SignerError>) -> Self {
        Self { header, hash, signer }
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The bare header.
    #[must_use]
    pub fn into_header(self) -> Header {
        self.header
    }

    /// Hash of the block.
    #[must_use]
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// The address recovered from the seal.
    ///
    /// # Errors
    /// [`SignerError`] when there is none.
    pub const fn signer(&self) -> Result<Address, SignerError> {
        self.signer
    }

    /// What the producers after it are found out from.
    #[must_use]
    pub fn to_sprint_header(&self, timing: &Timing) -> SprintHeader {
        sprint_header(&self.header, self.hash, self.signer, timing)
    }
}

impl Deref for RecoveredHeader {
    type Target = Header;

    fn deref(&self) -> &Header {
        &self.header
    }
}

/// Source: `block-layer §3.3.3; bttc:consensus/bor/snapshot.go:107-169`.
pub(super) fn sprint_header(
    header: &Header,
    hash: B256,
    signer: Result<Address, SignerError>,
    timing: &Timing,
) -> SprintHeader {
    let number = header.height();
    let producers = match ExtraData::read(&header.extra, number, timing) {
        Ok(extra) => Some(extra.validators()),
        Err(ExtraError::MissingVanity | ExtraError::MissingSignature) => None,
        Err(ExtraError::ExtraValidators | ExtraError::InvalidSpanValidators) => Some(Vec::new()),
    };
    SprintHeader { number, hash, signer, producers }
}
