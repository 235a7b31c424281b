//! Arguments of a question by their place: values of a case, or parts of a path.

use super::Roles;
use crate::field::Field;
use alloy_primitives::{Address, U256};

/// Arguments by their place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arguments<'a> {
    /// As a step writes them.
    Fields(&'a [Field<'a>]),
    /// As a path has them.
    Texts(&'a [&'a str]),
}

impl Arguments<'_> {
    /// The number in a place.
    pub(crate) fn word(&self, place: usize) -> Option<U256> {
        match self {
            Self::Fields(fields) => fields.get(place)?.u256().ok(),
            Self::Texts(texts) => {
                let text = texts.get(place)?;
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                U256::from_str_radix(text, 10).ok().filter(|_| digits && !text.is_empty())
            }
        }
    }

    /// The address in a place.
    pub(crate) fn address(&self, place: usize) -> Option<Address> {
        match self {
            Self::Fields(fields) => Roles::read(fields.get(place)?).ok(),
            Self::Texts(texts) => match texts.get(place)? {
                role if role.starts_with('@') => Some(Roles::address(role)),
                text => text.parse().ok(),
            },
        }
    }
}
