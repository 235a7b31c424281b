//! Leaves of checkpoints, kept so that a second proof needs no header.
//!
//! A checkpoint's root says all about its leaves, so a cache is asked by range and root and believed in nothing: what it
//! gives is hashed again, and what was damaged is fetched again.

#[cfg(feature = "std")]
mod kept;

#[cfg(feature = "std")]
pub use kept::{FileCache, MemoryCache};

use crate::exit::CheckpointRef;
use alloc::vec::Vec;
use bttc_core::leaf::Leaf;
use core::fmt;

/// Where leaves are kept. Provers ask it; memory, a folder and [`NoCache`] implement it.
pub trait CheckpointCache: fmt::Debug + Send + Sync {
    /// What was stored for this range and root, if it is still there.
    fn load(&self, checkpoint: &CheckpointRef) -> Option<Vec<Leaf>>;

    /// Keeps the leaves of a checkpoint, or does not: that costs another fetch and nothing else.
    fn store(&self, checkpoint: &CheckpointRef, leaves: &[Leaf]);
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoCache;

impl CheckpointCache for NoCache {
    fn load(&self, _: &CheckpointRef) -> Option<Vec<Leaf>> {
        None
    }

    fn store(&self, _: &CheckpointRef, _: &[Leaf]) {}
}
