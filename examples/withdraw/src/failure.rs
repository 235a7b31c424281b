//! Why there is no result, and what a script makes of it.

use bttc_checkpoint::{
    exit::{BundleError, VerifyError},
    prover::ProveError,
    side_chain::SideChainError,
};
use bttc_core::{
    endpoint::AddressError,
    root_chain::{RootChainError, RootChainId},
};
use std::{error::Error, io, path::PathBuf, process::ExitCode};

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line asks for what does not go together.
    #[error("{0}")]
    Usage(String),
    /// A URL or a header that is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// No node of that root chain was named.
    #[error("no node of {root_chain} was named: --root-rpc {root_chain}=URL")]
    NoRootChain {
        /// The root chain.
        root_chain: RootChainId,
    },
    /// The devnet did not come so far.
    #[error("the devnet: {0}")]
    Devnet(Box<dyn Error>),
    /// A burn has no proof.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// A proof does not hold.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// A bundle that is none, or does not hold.
    #[error("{}: {error}", file.display())]
    Bundle {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        error: Box<BundleError>,
    },
    /// The root chain has another record than the bundle.
    #[error("{root_chain} has another checkpoint under header {header} than the bundle")]
    OtherRecord {
        /// The root chain.
        root_chain: RootChainId,
        /// The header's id.
        header: bttc_core::id::HeaderBlockId,
    },
    /// Not yet.
    #[error("{0}")]
    NotYet(&'static str),
    /// A file, or a socket.
    #[error("{}: {error}", what.display())]
    Io {
        /// Its name.
        what: PathBuf,
        /// What is wrong with it.
        error: io::Error,
    },
}

impl From<SideChainError> for Failure {
    fn from(error: SideChainError) -> Self {
        Self::Prove(error.into())
    }
}

impl Failure {
    /// A function that turns an error of this file into a failure.
    pub(crate) fn io(what: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |error| Self::Io { what, error }
    }

    /// What a script makes of it; see the command's own help.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) | Self::Address(_) | Self::NoRootChain { .. } => 2,
            Self::NotYet(_) => 3,
            Self::Prove(error) => match error {
                ProveError::UnknownTransaction { .. } | ProveError::NotCheckpointed { .. } => 3,
                ProveError::SideChain(SideChainError::Contradiction(_))
                | ProveError::CheckpointRoot { .. }
                | ProveError::OtherBlock { .. }
                | ProveError::NoAnswer { .. } => 5,
                ProveError::NoContracts { .. } => 2,
                ProveError::RootChain(RootChainError::Reverted { .. } | RootChainError::Permanent { .. }) => 4,
                ProveError::SideChain(SideChainError::Permanent { .. }) => 4,
                error if error.is_transient() => 4,
                _ => 1,
            },
            Self::Devnet(_) | Self::Verify(_) | Self::Bundle { .. } | Self::OtherRecord { .. } | Self::Io { .. } => 1,
        })
    }
}
