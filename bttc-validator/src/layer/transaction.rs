//! A transaction as the layer received it.

use super::{AnyMessage, OwnKind};
use crate::{
    message::{Fault, Message},
    tx::{self, StdTx},
};
use alloy_primitives::{B256, Bytes};
use bttc_core::amino::AnyOf;
use std::sync::Arc;

/// A transaction with its bytes, which its hash is over, and its message.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its bytes.
    pub bytes: Bytes,
    /// What they say.
    pub tx: StdTx<AnyMessage>,
}

impl Received {
    /// Reads a transaction: of the network's messages, or else of these kinds, asked in order.
    ///
    /// # Errors
    /// `sdk`/2 for what is none, with the text of the reference.
    pub fn read(bytes: &[u8], kinds: &[Arc<dyn OwnKind>]) -> Result<Self, Fault> {
        let tx = match StdTx::<Message>::from_bytes(bytes) {
            Ok(StdTx { message, signature, memo }) => {
                StdTx { message: AnyOf(message.0.map(AnyMessage::Network)), signature, memo }
            }
            Err(fault) => kinds.iter().find_map(|kind| kind.read(bytes).ok()).ok_or(fault)?,
        };
        Ok(Self { bytes: Bytes::copy_from_slice(bytes), tx })
    }

    /// Its hash, which votes name it by.
    #[must_use]
    pub fn hash(&self) -> B256 {
        tx::hash(&self.bytes)
    }

    /// Its message; the wire form has room for none.
    #[must_use]
    pub const fn message(&self) -> Option<&AnyMessage> {
        self.tx.message.0.as_ref()
    }

    /// The network's message that it carries.
    #[must_use]
    pub fn network(&self) -> Option<&Message> {
        self.message().and_then(AnyMessage::network)
    }
}

/// The same bytes are the same transaction.
impl PartialEq for Received {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Received {}
