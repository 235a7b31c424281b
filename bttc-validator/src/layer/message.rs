//! Any message: one of the network's, or one of a user's own.

use crate::{
    message::{Fault, Invalid, Message, Msg},
    module::{self, Phases},
    tx::{StdTx, TxSignature},
};
use alloy_primitives::Address;
use bttc_core::amino::{Amino, AminoError, AnyOf, Field, Interface, Json, JsonError, JsonForm, Reader, Text, Writer};
use core::{fmt, marker::PhantomData};
use std::sync::Arc;

/// A message that the layer carries.
#[derive(Clone, Debug)]
pub enum AnyMessage {
    /// One of the network's.
    Network(Message),
    /// One of a user's own.
    Own(Arc<dyn OwnMessage>),
}

/// A message of a user's own: what every message is asked, its phases, and the bytes of its transaction. Whatever has
/// fields for [`amino_fields!`](bttc_core::amino_fields), [`Msg`] and [`Phases`] is one.
pub trait OwnMessage: Msg + Phases + Send + Sync {
    /// Bytes of the transaction that carries it.
    fn to_tx_bytes(&self, signature: TxSignature, memo: Text) -> Vec<u8>;
}

impl<M: Amino + Msg + Phases + Clone + Send + Sync> OwnMessage for M {
    fn to_tx_bytes(&self, signature: TxSignature, memo: Text) -> Vec<u8> {
        StdTx { message: AnyOf(Some(Sole(self.clone()))), signature, memo }.to_bytes()
    }
}

/// Reads transactions whose message is of a user's own. The layer asks it for what is none of the network's; [`Kind`]
/// implements it for one message, a program for as many as it likes.
pub trait OwnKind: fmt::Debug + Send + Sync {
    /// The transaction of exactly these bytes.
    ///
    /// # Errors
    /// [`Fault`] for bytes that are none of this kind.
    fn read(&self, bytes: &[u8]) -> Result<StdTx<AnyMessage>, Fault>;
}

/// The kind of one message of a user's own.
#[derive(Clone, Copy)]
pub struct Kind<M>(PhantomData<fn() -> M>);

impl<M> Kind<M> {
    /// It.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M> Default for Kind<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Amino> fmt::Debug for Kind<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(<M as Amino>::NAME.unwrap_or_default())
    }
}

impl<M: Amino + OwnMessage + 'static> OwnKind for Kind<M> {
    fn read(&self, bytes: &[u8]) -> Result<StdTx<AnyMessage>, Fault> {
        let StdTx { message, signature, memo } = StdTx::<Sole<M>>::from_bytes(bytes)?;
        let message = AnyOf(message.0.map(|Sole(message)| AnyMessage::Own(Arc::new(message))));
        Ok(StdTx { message, signature, memo })
    }
}

impl<K: OwnKind + ?Sized> OwnKind for Arc<K> {
    fn read(&self, bytes: &[u8]) -> Result<StdTx<AnyMessage>, Fault> {
        (**self).read(bytes)
    }
}

const _: fn(&dyn OwnKind) = |_| {};

/// The interface that holds one type.
struct Sole<M>(M);

impl<M: Amino> Sole<M> {
    /// A type without a name is never found.
    const NAME: &'static str = match <M as Amino>::NAME {
        Some(name) => name,
        None => "",
    };
}

impl<M: Amino> Interface for Sole<M> {
    const NAMES: &'static [&'static str] = &[Self::NAME];

    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn write(&self, to: &mut Writer) {
        to.bare(&self.0);
    }

    fn read(name: &str, from: &mut Reader<'_>) -> Result<Option<Self>, AminoError> {
        if name == Self::NAME { from.bare().map(|message| Some(Self(message))) } else { Ok(None) }
    }

    fn to_json(&self, form: JsonForm) -> Json {
        self.0.to_json(form)
    }

    fn from_json(name: &str, json: &Json, form: JsonForm) -> Result<Option<Self>, JsonError> {
        if name == Self::NAME { M::from_json(json, form).map(|message| Some(Self(message))) } else { Ok(None) }
    }
}

impl AnyMessage {
    /// One of a user's own.
    pub fn own(message: impl OwnMessage + 'static) -> Self {
        Self::Own(Arc::new(message))
    }

    /// One of the network's messages.
    #[must_use]
    pub const fn network(&self) -> Option<&Message> {
        match self {
            Self::Network(message) => Some(message),
            Self::Own(_) => None,
        }
    }

    /// What it does; `None` for one whose module the layer does not have.
    #[must_use]
    pub fn phases(&self) -> Option<&dyn Phases> {
        match self {
            Self::Network(message) => Some(module::phases(message)),
            Self::Own(message) => Some(&**message),
        }
    }

    /// Bytes of the transaction that carries it.
    #[must_use]
    pub fn to_tx_bytes(&self, signature: TxSignature, memo: Text) -> Vec<u8> {
        match self {
            Self::Network(message) => StdTx { message: AnyOf(Some(message.clone())), signature, memo }.to_bytes(),
            Self::Own(message) => message.to_tx_bytes(signature, memo),
        }
    }

    fn as_msg(&self) -> &dyn Msg {
        match self {
            Self::Network(message) => message,
            Self::Own(message) => &**message,
        }
    }
}

/// Messages are equal whose transactions are.
impl PartialEq for AnyMessage {
    fn eq(&self, other: &Self) -> bool {
        let bytes = |message: &Self| message.to_tx_bytes(TxSignature::default(), Text::default());
        match (self, other) {
            (Self::Network(one), Self::Network(other)) => one == other,
            (one, other) => bytes(one) == bytes(other),
        }
    }
}

impl Eq for AnyMessage {}

impl<M: Into<Message>> From<M> for AnyMessage {
    fn from(message: M) -> Self {
        Self::Network(message.into())
    }
}

impl Msg for AnyMessage {
    fn route(&self) -> &'static str {
        self.as_msg().route()
    }

    fn kind(&self) -> &'static str {
        self.as_msg().kind()
    }

    fn signer(&self) -> Address {
        self.as_msg().signer()
    }

    fn basic(&self) -> Result<(), Invalid> {
        self.as_msg().basic()
    }

    fn sign_json(&self) -> Json {
        self.as_msg().sign_json()
    }

    fn side_sign_bytes(&self) -> Option<Vec<u8>> {
        self.as_msg().side_sign_bytes()
    }
}
