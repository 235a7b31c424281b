//! A root chain as BTTC sees it: where the stake lies, where checkpoints go, where deposits come from.
//!
//! ```text
//! logs ──RootEvent::decode──▶ what the protocol reacts to          RootCall ──submit──▶ what the protocol does there
//! ```
//!
//! [`RootEvent`] is the one decoder of root-chain logs; [`RootChain`] the seam at which a chain is reached, whether it
//! is held as contract models in this process or answers over a network: Ethereum and BNB Smart Chain with the feature
//! `ethereum`, TRON with the feature `tron`.
//!
//! ```
//! use bttc_core::root_chain::RootChainId;
//!
//! assert_eq!("bsc".parse::<RootChainId>()?, RootChainId::Bsc);
//! assert_eq!(RootChainId::Tron.number(), 1); // the stake chain
//! # Ok::<(), bttc_core::root_chain::UnknownRootChain>(())
//! ```

mod event;
#[cfg(any(feature = "ethereum", feature = "tron"))]
mod json_rpc;
mod name;
mod source;

#[cfg(feature = "ethereum")]
pub mod ethereum;
#[cfg(feature = "tron")]
pub mod tron;

pub use event::{
    CheckpointSyncAck, EventError, NewChain, NewHeaderBlock, RootEvent, SignerChange, StakeAck, StakeUpdate, Staked,
    StateSynced, TopUpFee, UnstakeInit,
};
pub use name::{RootChainId, UnknownRootChain};
pub use source::{BlockRef, LogFilter, RootCall, RootChain, RootChainError, RootLog, RootReceipt};
