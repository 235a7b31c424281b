//! The validation layer: the state machine that every validator runs in step.
//!
//! ```text
//!   height    H                        H + 1                        H + 2
//!             admit ─▶ Question ─▶ Answer ─▶ attest: a vote   ─▶    settle
//!             (may it be?)    (is it so outside?)                   (two thirds said yes: change the state)
//! ```
//!
//! * **admit**: a message is checked against the state and, if it may be, noted for voting.
//! * **attest**: every validator compares what the message claims with what it finds outside, and attaches its vote
//!   to its precommit of the next height.
//! * **settle**: at the start of the height after, the votes in the last commit are added up; above two thirds of the
//!   power the message takes effect, in the order in which votes first name the messages.
//!
//! A message that fails in any phase leaves nothing behind; only a checkpoint that was admitted has pushed an expired one
//! out of the buffer, whatever becomes of it. The layer touches nothing outside: it names what it needs to know
//! ([`Question`]) and takes the answer as a value.
//!
//! Source: `validation-layer §3.8; delivery:app/side_tx_processor.go:17-143, peppermint:state/execution.go:606-680`.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, hash::keccak256, id::{Epoch, Nonce, ValidatorId}, signature::SecretKey};
//! use bttc_core::{amount::Amount, root_chain::{RootEvent, Staked}};
//! use bttc_validator::layer::{Block, Layer};
//!
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let staked = Staked {
//!     signer: key.address(),
//!     validator: ValidatorId::new(1),
//!     nonce: Nonce::new(1),
//!     activation_epoch: Epoch::new(1),
//!     amount: Amount::from_btt(40),
//!     total: Amount::from_btt(40),
//!     signer_key: key.public_key().coordinates().to_vec().into(),
//! };
//! let mut layer = Layer::genesis(ChainSpec::devnet(), [staked])?;
//! layer.apply(&Block { height: 1, time: 1_700_000_000, last_commit: None, messages: vec![] }, &[])?;
//! assert_eq!((layer.height(), layer.proposer()), (1, Some(key.address())));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod block;
mod fact;
mod message;
mod records;
mod refusal;
mod state;
mod tally;

pub use block::{Block, BlockError, LastCommit, Vote, votes_from_bytes, votes_to_bytes};
pub use fact::{Answer, Header, Question};
pub use message::{
    Attested, CheckpointAck, CheckpointNoAck, EventRecord, LogPlace, Message, MessageId, ProposeCheckpoint,
    ProposeSpan, StakingEvent,
};
pub use records::{RecordError, Records};
pub use refusal::Refusal;
pub use state::{Effect, GenesisError, Layer, LayerEvent, Settled, WrongHeight};
pub use tally::Tally;
