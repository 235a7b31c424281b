//! A struct as its fields: the one description that every form is made of.

use super::Field;

/// A struct of the validation layer. [`amino_fields!`](crate::amino_fields) writes this for a struct of named fields.
///
/// `Default` has to be the value whose fields are all zero: it stands for a struct of no bytes.
pub trait Amino: Default {
    /// The name it is registered by, if it is.
    const NAME: Option<&'static str> = None;

    /// Hands out its fields in order.
    fn encode<S: FieldSink>(&self, to: &mut S);

    /// Takes its fields in the same order.
    ///
    /// # Errors
    /// Those of the source.
    fn decode<S: FieldSource>(from: &mut S) -> Result<Self, S::Error>;
}

/// Takes a struct's fields in order. Bytes and JSON are two of them.
pub trait FieldSink {
    /// Takes the next field; `name` is its JSON key.
    fn field<F: Field>(&mut self, name: &'static str, value: &F) -> &mut Self;
}

/// Gives a struct's fields in order. Bytes and JSON are two of them.
pub trait FieldSource {
    /// Why a field cannot be had.
    type Error;

    /// Gives the next field; `name` is its JSON key.
    ///
    /// # Errors
    /// Those of the source.
    fn field<F: Field>(&mut self, name: &'static str) -> Result<F, Self::Error>;
}

/// Describes a struct of named fields: each with its JSON key, in the order of the reference's declaration, and the
/// registered name if there is one.
///
/// ```
/// use bttc_core::{amino, amino_fields};
///
/// #[derive(Default)]
/// struct Slashed {
///     id: u64,
///     amount: u64,
///     jailed: bool,
/// }
/// amino_fields!(Slashed { id: "ID", amount: "SlashedAmount", jailed: "IsJailed" });
///
/// assert_eq!(amino::to_bytes(&Slashed { id: 300, amount: 0, jailed: true }), [0x08, 0xac, 0x02, 0x18, 0x01]);
/// ```
#[macro_export]
macro_rules! amino_fields {
    ($type:ty $(as $name:literal)? { $($field:ident: $key:literal),* $(,)? }) => {
        impl $crate::amino::Amino for $type {
            $(const NAME: ::core::option::Option<&'static str> = ::core::option::Option::Some($name);)?

            fn encode<S: $crate::amino::FieldSink>(&self, to: &mut S) {
                to$(.field($key, &self.$field))*;
            }

            fn decode<S: $crate::amino::FieldSource>(from: &mut S) -> ::core::result::Result<Self, S::Error> {
                // A struct expression evaluates its fields in the order in which they are written.
                ::core::result::Result::Ok(Self { $($field: from.field($key)?),* })
            }
        }
    };
}
