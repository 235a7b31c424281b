//! Interface values: one of several registered types.

use super::{AminoError, Field, Json, JsonError, JsonForm, Reader, Shape, Writer, json, prefix};
use serde::{Deserialize, Serialize};

/// An enum whose variants hold one registered type each. [`amino_interface!`](crate::amino_interface) writes this.
pub trait Interface: Sized {
    /// Names of the types it may hold.
    const NAMES: &'static [&'static str];

    /// Name of the type it holds.
    fn name(&self) -> &'static str;

    /// Writes what it holds, without prefix.
    fn write(&self, to: &mut Writer);

    /// Reads the type of this name; `None` if it is not one of [`Interface::NAMES`].
    ///
    /// # Errors
    /// [`AminoError`].
    fn read(name: &str, from: &mut Reader<'_>) -> Result<Option<Self>, AminoError>;

    /// What it holds as JSON, without name.
    fn to_json(&self, form: JsonForm) -> Json;

    /// The type of this name from JSON; `None` if it is not one of [`Interface::NAMES`].
    ///
    /// # Errors
    /// [`JsonError`].
    fn from_json(name: &str, json: &Json, form: JsonForm) -> Result<Option<Self>, JsonError>;
}

/// A field that holds one of several registered types, or none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnyOf<I>(
    /// What it holds.
    pub Option<I>,
);

impl<I> Default for AnyOf<I> {
    fn default() -> Self {
        Self(None)
    }
}

impl<I: Interface> Field for AnyOf<I> {
    const SHAPE: Shape = Shape::Nested;

    fn write(&self, to: &mut Writer) {
        if let Some(value) = &self.0 {
            to.raw(&prefix(value.name()));
            value.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, AminoError> {
        let name = from.any_prefix(I::NAMES)?;
        let value = I::read(name, from)?;
        from.end()?;
        Ok(Self(value))
    }

    fn to_json(&self, form: JsonForm) -> Json {
        match (&self.0, form) {
            (None, _) => Json::Null,
            (Some(value), JsonForm::Amino) => json::wrapped(value.name(), value.to_json(form)),
            (Some(value), JsonForm::Plain) => value.to_json(form),
        }
    }

    /// In [`JsonForm::Plain`] the name is lost, so nothing can be read back.
    fn from_json(json: &Json, form: JsonForm) -> Result<Self, JsonError> {
        if form == JsonForm::Plain {
            return Err(JsonError::unexpected("null", json));
        }
        let (name, json) = json::unwrapped(json)?;
        match I::from_json(name, json, form)? {
            Some(value) => Ok(Self(Some(value))),
            None => Err(JsonError::Name { got: name.into() }),
        }
    }
}

/// Makes an enum an [`Interface`](crate::amino::Interface): each variant holds one registered type.
///
/// ```
/// use alloy_primitives::Address;
/// use bttc_core::{amino::{self, AnyOf}, amino_fields, amino_interface};
///
/// #[derive(Default)]
/// struct NoAck {
///     from: Address,
/// }
/// amino_fields!(NoAck as "checkpoint/MsgCheckpointNoACK" { from: "from" });
///
/// enum Message {
///     NoAck(NoAck),
/// }
/// amino_interface!(Message { NoAck(NoAck) });
///
/// let message = AnyOf(Some(Message::NoAck(NoAck::default())));
/// assert_eq!(amino::to_bytes(&message)[..6], [0x17, 0xca, 0xc1, 0xff, 0x0a, 0x14]);
/// ```
#[macro_export]
macro_rules! amino_interface {
    ($type:ty { $($variant:ident($held:ty)),+ $(,)? }) => {
        impl $crate::amino::Interface for $type {
            const NAMES: &'static [&'static str] = &[$($crate::amino::registered_name::<$held>()),+];

            fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => const { $crate::amino::registered_name::<$held>() },)+
                }
            }

            fn write(&self, to: &mut $crate::amino::Writer) {
                match self {
                    $(Self::$variant(held) => to.bare(held),)+
                }
            }

            fn read(
                name: &str,
                from: &mut $crate::amino::Reader<'_>,
            ) -> ::core::result::Result<::core::option::Option<Self>, $crate::amino::AminoError> {
                $(
                    if name == const { $crate::amino::registered_name::<$held>() } {
                        return from.bare().map(|held| ::core::option::Option::Some(Self::$variant(held)));
                    }
                )+
                ::core::result::Result::Ok(::core::option::Option::None)
            }

            fn to_json(&self, form: $crate::amino::JsonForm) -> $crate::amino::Json {
                match self {
                    $(Self::$variant(held) => $crate::amino::Field::to_json(held, form),)+
                }
            }

            fn from_json(
                name: &str,
                json: &$crate::amino::Json,
                form: $crate::amino::JsonForm,
            ) -> ::core::result::Result<::core::option::Option<Self>, $crate::amino::JsonError> {
                $(
                    if name == const { $crate::amino::registered_name::<$held>() } {
                        let held = <$held as $crate::amino::Field>::read_json(json, form)?;
                        return ::core::result::Result::Ok(::core::option::Option::Some(Self::$variant(held)));
                    }
                )+
                ::core::result::Result::Ok(::core::option::Option::None)
            }
        }
    };
}

/// The name a type is registered by.
///
/// # Panics
/// For a type that is not registered. [`amino_interface!`](crate::amino_interface) asks in constants only, so there it
/// does not compile.
#[must_use]
pub const fn registered_name<F: Field>() -> &'static str {
    F::NAME.expect("only registered types stand in an interface; asked for in constants")
}
