//! What can be asked for on the command line.

use clap::Parser;
use std::{net::SocketAddr, path::PathBuf};

/// A whole BTTC in one process: TRON as contract models, validators, side chain, checkpoints, withdrawals.
#[derive(Clone, Debug, Parser)]
#[command(version, about)]
pub struct Options {
    /// Validators, 1 to 26; stakes are unequal: n shares for the first, n − 1 for the second … 1 for the last
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=26))]
    pub validators: u8,

    /// End after this many side-chain blocks; without it the chain runs until Ctrl-C
    #[arg(long)]
    pub blocks: Option<u64>,

    /// Drop every wait; same seed and options then give the same output to the byte
    #[arg(long)]
    pub fast: bool,

    /// What keys and traffic are derived from
    #[arg(long, default_value_t = 7)]
    pub seed: u64,

    /// Seconds between blocks
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub period: u64,

    /// Blocks in a sprint
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(2..=1_024))]
    pub sprint: u64,

    /// Blocks in a span, a multiple of the sprint and at least two of them
    #[arg(long, default_value_t = 64)]
    pub span: u64,

    /// Blocks in a checkpoint
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(2..=1_024))]
    pub checkpoint: u64,

    /// The N smallest stakes lie about roots
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub byzantine: u8,

    /// Serve JSON-RPC at this address, HTTP and WebSocket on one port, and fund ten accounts of the mnemonic
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:8545",
          conflicts_with = "fast")]
    pub rpc: Option<SocketAddr>,

    /// Web pages of this origin may ask, * for all; may be given more than once
    #[arg(long, value_name = "ORIGIN", requires = "rpc")]
    pub origin: Vec<String>,

    /// What the funded accounts are derived from
    #[arg(long, default_value = "test test test test test test test test test test test junk", requires = "rpc")]
    pub mnemonic: String,

    /// One JSON object a line instead of the account for people
    #[arg(long)]
    pub json: bool,

    /// Write headers and checkpoints to DIR/headers.json at the end, for verify-checkpoint
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,
}

/// An option that does not go together with another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// A span is made of whole sprints, two at least: the next one is fetched in the last of them.
    #[error("--span {span} is no multiple of --sprint {sprint}, or less than two sprints")]
    Span {
        /// Blocks in a span.
        span: u64,
        /// Blocks in a sprint.
        sprint: u64,
    },
    /// More liars than validators.
    #[error("--byzantine {byzantine} is more than --validators {validators}")]
    Byzantine {
        /// Liars asked for.
        byzantine: u8,
        /// Validators asked for.
        validators: u8,
    },
}

impl Default for Options {
    /// What a command line without arguments asks for.
    fn default() -> Self {
        Self::parse_from(["devnet"])
    }
}

impl Options {
    /// Checks what one option says about another.
    ///
    /// # Errors
    /// [`OptionError`].
    pub fn check(&self) -> Result<(), OptionError> {
        let Self { span, sprint, byzantine, validators, .. } = *self;
        if !span.is_multiple_of(sprint) || span < sprint.saturating_mul(2) {
            return Err(OptionError::Span { span, sprint });
        }
        if byzantine > validators {
            return Err(OptionError::Byzantine { byzantine, validators });
        }
        Ok(())
    }
}
