//! The modules: what each message does to the stores, in three phases.
//!
//! ```text
//! block H     message ──admit──▶ stores, events
//!               │
//! block H     attest ──Question──▶ the outside world      until every question it has is answered,
//!               │    ◀──Answer───                         by a value or by nothing: the call failed
//!               ▼
//! block H+1   votes ──tally──▶ verdict
//!               │
//! block H+2   settle(verdict) ──▶ stores, events
//! ```
//!
//! A message brings its three phases with it, as [`Phases`]. Each is a function of the stores; the outside world is
//! asked by values. A phase that refuses leaves the stores as they were.
//!
//! Source: `validation-layer §3.8, §6.1; delivery:app/side_tx_processor.go:17-143, sidechannel/module.go:140-161`.
//!
//! ```
//! use bttc_checkpoint::vote::VoteResult;
//! use bttc_validator::{
//!     module::{self, Answer, Context, Event, Facts, Halt, Outcome, Phases, Question},
//!     store::{StoreName, Stores},
//! };
//!
//! /// Notes the side chain's head, if more than two thirds say that it is as high as claimed.
//! #[derive(Debug)]
//! struct Note(u64);
//!
//! impl Phases for Note {
//!     fn admit(&self, _: &mut Stores, _: &Context<'_>) -> Outcome {
//!         Ok(vec![Event::new("note").with("head", self.0)])
//!     }
//!     fn attest(&self, _: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
//!         Ok(if facts.head()? >= Some(self.0) { VoteResult::Yes } else { VoteResult::Skip })
//!     }
//!     fn settle(&self, stores: &mut Stores, _: &Context<'_>, _: VoteResult) -> Outcome {
//!         stores.set_number(StoreName::Custom, b"head".to_vec(), self.0);
//!         Ok(Vec::new())
//!     }
//! }
//!
//! let (mut stores, mut facts) = (Stores::default(), Facts::default());
//! assert_eq!(Note(7).attest(&stores, &facts), Err(Halt::Ask(Question::Head)));
//! facts.insert(Question::Head, Some(Answer::Number(9)))?;
//! assert_eq!(Note(7).attest(&stores, &facts), Ok(VoteResult::Yes));
//!
//! let context = Context { height: 3, time: Default::default(), tx: b"transaction" };
//! module::settle(&Note(7), &mut stores, &context, VoteResult::Yes)?;
//! assert_eq!(stores.number(StoreName::Custom, b"head")?, Some(7));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

pub mod auth;
pub mod bank;
pub mod bor;
pub mod chainmanager;
pub mod checkpoint;
pub mod clerk;
mod context;
mod dispatch;
mod event;
mod facts;
pub mod featuremanager;
pub mod gov;
mod phases;
mod question;
pub(crate) mod sidechannel;
pub mod slashing;
pub mod staking;
pub mod supply;
pub mod topup;

pub use crate::refusal::{Codespace, Refusal};
pub use context::Context;
pub use dispatch::phases;
pub use event::Event;
pub use facts::{AnswerError, Facts, Halt};
pub use phases::{Outcome, Phases, admit, attest, settle};
pub use question::{Answer, Depth, Question};
