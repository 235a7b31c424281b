//! The messages: what a transaction may carry, and what each has to be by itself.
//!
//! ```text
//!              ┌─ route, kind, signer
//!   Message ───┼─ basic: is it valid by itself?                        codespace/code, or ok
//!              ├─ sign_json: how it stands in what its sender signs    JSON
//!              └─ side_sign_bytes: what the validators sign of it      item ‖ item ‖ …, each of 32 bytes
//! ```
//!
//! | module | messages |
//! |---|---|
//! | `checkpoint` | [`MsgCheckpoint`], [`MsgCheckpointAck`], [`MsgCheckpointNoAck`], [`MsgCheckpointSync`], [`MsgCheckpointSyncAck`] |
//! | `bor` | [`MsgProposeSpan`] |
//! | `clerk` | [`MsgEventRecord`] |
//! | `staking` | [`MsgValidatorJoin`], [`MsgStakeUpdate`], [`MsgSignerUpdate`], [`MsgValidatorExit`], [`MsgStakingSync`], [`MsgStakingSyncAck`] |
//! | `topup` | [`MsgTopup`], [`MsgWithdrawFee`] |
//! | `chainmanager` | [`MsgNewChain`] |
//! | `slashing` | [`MsgTick`], [`MsgTickAck`], [`MsgUnjail`] |
//! | `gov` | [`MsgSubmitProposal`], [`MsgDeposit`], [`MsgVote`] |
//! | `featuremanager` | [`MsgSubmitFeatureProposal`] |
//! | `bank` | [`MsgSend`] |
//!
//! Each is described once, by its fields in order; binary and JSON follow from that ([`bttc_core::amino`]). A message of
//! a user's own is a struct with [`Msg`] and [`amino_fields!`](bttc_core::amino_fields), and stands with these in an
//! enum of his.
//!
//! Source: `validation-layer §1.7, §1.8, §1.10`.
//!
//! ```
//! use bttc_validator::message::{Message, Msg as _};
//!
//! let json = r#"{"type":"checkpoint/MsgCheckpointNoACK","value":{"from":"0x1111111111111111111111111111111111111111"}}"#;
//! let message: Message = json.parse()?;
//! assert_eq!((message.route(), message.kind(), message.basic()), ("checkpoint", "checkpoint-no-ack", Ok(())));
//! assert_eq!(message.to_json().to_string(), json);
//! # Ok::<(), bttc_validator::message::ParseError>(())
//! ```

#[macro_use]
mod of_module;

mod amount;
mod bank;
mod bor;
mod chainmanager;
mod checkpoint;
mod clerk;
mod coin;
mod featuremanager;
mod gov;
mod kind;
mod proposal;
mod slashing;
mod staking;
mod sync;
mod topup;

pub use amount::SignedAmount;
pub use bank::MsgSend;
pub use bor::{MsgProposeSpan, SpanSeed};
pub use chainmanager::MsgNewChain;
pub use checkpoint::{MsgCheckpoint, MsgCheckpointAck, MsgCheckpointNoAck};
pub use clerk::MsgEventRecord;
pub use coin::{Coin, Coins, FEE_TOKEN};
pub use featuremanager::MsgSubmitFeatureProposal;
pub use gov::{MsgDeposit, MsgSubmitProposal, MsgVote, VoteOption};
pub use kind::{Message, ParseError};
pub use proposal::{Content, FeatureChange, FeatureChangeProposal, ParameterChange, ParameterChangeProposal};
pub use slashing::{MsgTick, MsgTickAck, MsgUnjail};
pub use staking::{MsgSignerUpdate, MsgStakeUpdate, MsgValidatorExit, MsgValidatorJoin};
pub use sync::{MsgCheckpointSync, MsgCheckpointSyncAck, MsgStakingSync, MsgStakingSyncAck};
pub use topup::{MsgTopup, MsgWithdrawFee};

pub use crate::refusal::{Fault, Invalid};

use alloy_primitives::Address;
use bttc_core::amino::{Json, Text};
use bttc_core::root_chain::RootChainId;

/// A message by itself, without any state.
pub trait Msg: core::fmt::Debug {
    /// Name of the module that it goes to.
    fn route(&self) -> &'static str;

    /// Its name within the module.
    fn kind(&self) -> &'static str;

    /// Who has to sign the transaction and pays for it.
    fn signer(&self) -> Address;

    /// Whether it is valid by itself.
    ///
    /// # Errors
    /// [`Invalid`]: the first thing that is wrong.
    fn basic(&self) -> Result<(), Invalid>;

    /// How it stands in what its sender signs; the order of keys is of no matter.
    ///
    /// Source: `validation-layer §1.9; delivery:auth/types/stdsignmsg.go:25-50`.
    fn sign_json(&self) -> Json;

    /// What validators sign when they vote yes or no on it: `None` if it is not voted on, no bytes if the votes are not
    /// signed.
    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        None
    }
}

/// The root chain of this name; `None` for a name that is none of them.
///
/// Source: `validation-layer §1.3; delivery:types/chaintype.go:3-27`.
#[must_use]
pub fn root_chain_of(name: &Text) -> Option<RootChainId> {
    RootChainId::ALL.into_iter().find(|chain| chain.name().as_bytes() == name.as_bytes())
}

/// That an address is there; `text` says which one is not.
fn present(address: Address, text: &str) -> Result<(), Invalid> {
    if address.is_zero() { Err(Fault::invalid_msg(format!("{text} {address:#x}")).into()) } else { Ok(()) }
}

/// That an address is there; else the framework's fault with this text.
fn present_or(address: Address, text: impl Into<String>) -> Result<(), Invalid> {
    if address.is_zero() { Err(Fault::invalid_address(text).into()) } else { Ok(()) }
}
