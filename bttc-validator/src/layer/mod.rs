//! The validation layer: the state machine that every validator runs in step.
//!
//! ```text
//!   height    H                        H + 1                        H + 2
//!             admit ─▶ Question ─▶ Answer ─▶ attest: a vote   ─▶    settle
//!             (may it be?)    (is it so outside?)                   (two thirds said yes: change the state)
//!
//!   block H   settle H − 2 ─▶ each transaction: sender, fee, signature ─▶ message ─▶ fees, set ─▶ application hash
//! ```
//!
//! * **admit**: a transaction pays its fee; its message is checked against the state and, if it may be, noted for voting.
//! * **attest**: every validator compares what the message claims with what it finds outside, and attaches its result
//!   to its precommit of the next height.
//! * **settle**: at the start of the height after, the results in the last commit are added up; above two thirds of the
//!   power the message takes effect, in the order in which votes first name the transactions.
//!
//! What a message does is its [`Phases`](crate::module::Phases), over [`Stores`](crate::store::Stores); the layer is the
//! order in which they are asked. A message that fails in any phase leaves nothing behind but the sender's fee and
//! sequence. A program brings messages of its own as an [`OwnKind`].
//!
//! Source: `validation-layer §1.9-1.11, §3.8; delivery:app/side_tx_processor.go:17-143, app/app.go:571-638,
//! peppermint:state/execution.go:606-680`.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, hash::keccak256, id::{Epoch, Nonce, ValidatorId}, signature::SecretKey};
//! use bttc_core::{amount::Amount, root_chain::{RootChainId, Staked}};
//! use bttc_validator::{layer::{Block, Layer, LayerEvent}, message::{Coins, Message, MsgSend}, module::bank};
//! use bttc_validator::{root_chain::Contracts, tx::StdTx};
//! use alloy_primitives::Address;
//!
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let alice = key.address();
//! let staked = Staked {
//!     signer: alice,
//!     validator: ValidatorId::new(1),
//!     nonce: Nonce::new(1),
//!     activation_epoch: Epoch::new(1),
//!     amount: Amount::from_btt(40),
//!     total: Amount::from_btt(40),
//!     signer_key: key.public_key().coordinates().to_vec().into(),
//! };
//! let mut layer = Layer::genesis(ChainSpec::devnet(), [staked], [(RootChainId::Tron, Contracts::MODEL)])?;
//!
//! let bob = Address::repeat_byte(0xb0);
//! let send: Message =
//!     MsgSend { from_address: alice, to_address: bob, amount: Coins::btt(Amount::from_btt(3).into()) }.into();
//! let doc = layer.sign_doc(alice)?.expect("a validator has an account");
//! let transactions = vec![StdTx::signed(send, "".into(), &doc, &key).to_bytes().into()];
//! let block = Block { height: 1, time: 1_700_000_000, proposer: alice, last_commit: None, transactions };
//! let events = layer.apply(&block, &[])?;
//! assert!(matches!(&events[..], [LayerEvent::Admitted(_)]));
//! assert_eq!(bank::balance(layer.stores(), bob)?, Amount::from_btt(3));
//!
//! let saved = serde_json::to_string(&layer.save())?;
//! assert_eq!(Layer::restore(serde_json::from_str(&saved)?)?.app_hash(), layer.app_hash());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod block;
mod event;
mod genesis;
mod message;
mod snapshot;
mod state;
mod step;
mod tally;
mod transaction;

pub use block::{Block, BlockError, LastCommit, votes_from_bytes, votes_to_bytes};
pub use event::{Admitted, LayerEvent, Refused, Rejection, Settled, Vote};
pub use genesis::GenesisError;
pub use message::{AnyMessage, Kind, OwnKind, OwnMessage};
pub use snapshot::{Snapshot, SnapshotError};
pub use state::{Layer, WrongBlock};
pub use tally::Tally;
pub use transaction::Received;
