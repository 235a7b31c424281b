//! Transactions: one message, one signature, a memo.
//!
//! ```text
//! wire      length ‖ f0625dee ‖ 1: message ‖ 2: signature ‖ 3: memo           hash = SHA-256(wire, as received)
//! sign doc  {"account_number":"n","chain_id":"c","memo":"m","msg":…,"sequence":"s"}      keys in order, no spaces
//! signature = sign( H(sign doc) ), 65 bytes; the signer is who it recovers to
//! ```
//!
//! There is no fee in it: every transaction costs the same ([`TxParams::fees`]).
//!
//! Source: `validation-layer §1.9; delivery:auth/types/stdtx.go:16-226, auth/types/stdsignmsg.go:25-50`.
//!
//! ```
//! use bttc_core::{hash::keccak256, signature::SecretKey};
//! use bttc_validator::{message::{Message, MsgCheckpointNoAck}, tx::{SignDoc, StdTx}};
//!
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let message: Message = MsgCheckpointNoAck { from: key.address() }.into();
//! let doc = SignDoc { chain_id: "delivery-199".into(), account_number: 7, sequence: 0 };
//! let tx = StdTx::signed(message, "".into(), &doc, &key);
//!
//! let wire = tx.to_bytes();
//! let received = StdTx::<Message>::from_bytes(&wire)?;
//! assert_eq!(received.sender(&doc)?.address(), key.address());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod ante;
mod sign;
mod signature;
mod std_tx;

pub use ante::{Admitted, AnteContext, TxParams, ante};
pub use sign::{SignDoc, sorted};
pub use signature::TxSignature;
pub use std_tx::{StdTx, hash};
