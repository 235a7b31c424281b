//! What a validator answers when it is asked whether a message tells the truth.
//!
//! Yes, or that it cannot tell, with a [`Doubt`]: what is not as it should be is never answered with no.
//!
//! Source: `validation-layer §3.4, §3.5, §3.7; delivery:checkpoint/side_handler.go:41-255`.

use super::{Ack, Destination, SyncClaim};
use crate::{checkpoint::BlockRange, header_blocks::HeaderBlock};
use alloc::boxed::Box;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{id::CheckpointNumber, root_chain::RootChainId};
use serde::{Deserialize, Serialize};

/// Whether the layer knows where a root chain's contracts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contracts {
    /// It does. TRON's and Ethereum's it always knows.
    Known,
    /// It does not: nobody made BSC known.
    Unknown,
}

/// Why a validator cannot tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The side chain is not so far (code 1501).
    #[error("the side chain's head is {head}, expected at least {expected}")]
    Head {
        /// Its head.
        head: u64,
        /// The block that has to be there.
        expected: u64,
    },
    /// Its own root is another one, or it has none (code 1501).
    #[error("got root {got}, expected {expected:?}")]
    Root {
        /// In the checkpoint.
        got: B256,
        /// Its own.
        expected: Option<B256>,
    },
    /// The root chain recorded something else, or nothing that it could read (code 1502).
    #[error("the root chain recorded {recorded:?}")]
    Header {
        /// What it read.
        recorded: Option<Box<HeaderBlock>>,
    },
    /// TRON has not got so far, or could not be asked (code 1502).
    #[error("TRON knows of checkpoint {synced:?}, expected {expected}")]
    Synced {
        /// The last one that it knows of.
        synced: Option<CheckpointNumber>,
        /// The one acknowledged.
        expected: CheckpointNumber,
    },
    /// The root chain's contracts are not known (code 6506).
    #[error("no contracts are known of {0}")]
    NoContracts(RootChainId),
    /// Nobody answers for that root chain: the check breaks off (code 1, codespace `sdk`).
    #[error("nobody can be asked about {0}")]
    NoClient(Destination),
}

impl Doubt {
    /// The reference's result code.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::NoClient(_) => 1,
            Self::Head { .. } | Self::Root { .. } => 1501,
            Self::Header { .. } | Self::Synced { .. } => 1502,
            Self::NoContracts(_) => 6506,
        }
    }
}

/// Is this the root over these blocks? `head` is the side chain's last block, behind which a checkpoint's end counts
/// after so many confirmations; `root` is its answer, `None` also to a range longer than a validator signs.
///
/// # Errors
/// [`Doubt::Head`], [`Doubt::Root`].
pub fn attest_checkpoint(
    range: &BlockRange,
    got: B256,
    confirmations: u64,
    head: u64,
    root: Option<B256>,
) -> Result<(), Doubt> {
    let expected = range.end().wrapping_add(confirmations);
    if head < expected {
        Err(Doubt::Head { head, expected })
    } else if root != Some(got) {
        Err(Doubt::Root { got, expected: root })
    } else {
        Ok(())
    }
}

/// Did the root chain record this? `header` is its record under the number, as far as it could be read.
///
/// # Errors
/// [`Doubt::NoClient`], [`Doubt::NoContracts`], [`Doubt::Header`].
pub fn attest_ack(
    destination: impl Into<Destination>,
    contracts: Contracts,
    ack: &Ack,
    header: Option<&HeaderBlock>,
) -> Result<(), Doubt> {
    let destination = destination.into();
    let root_chain = destination.root_chain().ok_or(Doubt::NoClient(destination))?;
    check_contracts(root_chain, contracts)?;
    compare(header, ack.proposer, ack.start, ack.end, |header| header.root == ack.root)
}

/// Did the root chain take this? `header` is its record under the number, as far as it could be read.
///
/// # Errors
/// [`Doubt::NoClient`], [`Doubt::NoContracts`], [`Doubt::Header`].
pub fn attest_sync(
    destination: impl Into<Destination>,
    contracts: Contracts,
    claim: &SyncClaim,
    header: Option<&HeaderBlock>,
) -> Result<(), Doubt> {
    let destination = destination.into();
    // TRON is not told of itself: nobody would answer.
    let root_chain = destination.root_chain().filter(|root_chain| *root_chain != RootChainId::Tron);
    check_contracts(root_chain.ok_or(Doubt::NoClient(destination))?, contracts)?;
    compare(header, claim.proposer, claim.start, claim.end, |_| true)
}

/// Does TRON know of this checkpoint of another root chain? `synced` is the last one it knows of.
///
/// # Errors
/// [`Doubt::Synced`].
pub fn attest_sync_ack(claim: &SyncClaim, synced: Option<CheckpointNumber>) -> Result<(), Doubt> {
    let expected = claim.number;
    if synced.is_some_and(|synced| synced >= expected) { Ok(()) } else { Err(Doubt::Synced { synced, expected }) }
}

fn check_contracts(root_chain: RootChainId, contracts: Contracts) -> Result<(), Doubt> {
    match (root_chain, contracts) {
        (RootChainId::Bsc, Contracts::Unknown) => Err(Doubt::NoContracts(root_chain)),
        _ => Ok(()),
    }
}

fn compare(
    header: Option<&HeaderBlock>,
    proposer: Address,
    start: u64,
    end: u64,
    root_fits: impl FnOnce(&HeaderBlock) -> bool,
) -> Result<(), Doubt> {
    // of the contract's numbers only the lowest 64 bits are read.
    let low = |number: U256| number.wrapping_to::<u64>();
    let fits = header.is_some_and(|header| {
        let blocks = (low(header.start), low(header.end)) == (start, end);
        blocks && header.proposer == proposer && root_fits(header)
    });
    if fits { Ok(()) } else { Err(Doubt::Header { recorded: header.copied().map(Box::new) }) }
}
