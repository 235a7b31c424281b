//! Whether a header may follow its parent: one function a rule, in the reference's order, alone or in a batch.
//!
//! ```text
//! not_in_the_future  extra_data  no_mix_digest  no_uncles          the header by itself
//! known_parent  timestamp  (known producers)                       the header and its parent
//! next_producers  same_producers                                   the lists at the ends of a sprint
//! signer  turn  not_too_soon  difficulty                           the seal
//! ```
//!
//! A header numbered 0 is accepted after the first row. Gas limit, coinbase, nonce and base fee are never looked at.
//!
//! ```text
//! headers ──recover, shared among threads──▶ hash, signer ──verify_batch, in order──▶ a verdict each
//! ```
//!
//! Source: `block-layer §2.7, §2.9; bttc:consensus/bor/bor.go:292-620`.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, schedule::FixedProducers};
//! use bttc_evm::{header::Header, seal::{SealContext, SealError, verify}};
//! use alloy_primitives::Address;
//!
//! let spec = ChainSpec::mainnet();
//! let nobody = FixedProducers::new([], Address::ZERO, spec.timing);
//! let context = SealContext { timing: &spec.timing, now: 1_000, parent: None, schedule: &nobody, contract: None };
//!
//! let late = Header { time: 1_004, ..Header::default() };
//! assert_eq!(verify(&late, &context), Err(SealError::FutureBlock { time: 1_004, latest: 1_003 }));
//! ```

mod batch;
mod error;
mod rules;
mod signers;

pub use batch::{BatchContext, verify_batch};
pub use error::SealError;
pub use rules::{ALLOWED_FUTURE, Parent, SealContext, verify, verify_recovered};
pub use signers::SignerCache;
