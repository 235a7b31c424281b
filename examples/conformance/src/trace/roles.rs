//! Contracts of a deployment by their role, as in `@manager` or `@share:3`.

use crate::{failure::Failure, field::Field, got::Got};
use alloc::collections::BTreeMap;
use alloy_primitives::Address;
use bttc_core::{hash::keccak256, id::ValidatorId};

/// The contracts that have a role. Their addresses play no part in any result, so they are made of the role.
#[derive(Clone, Debug)]
pub(crate) struct Roles(BTreeMap<Address, String>);

impl Roles {
    /// Contracts with these roles, each with its sign in front.
    pub(crate) fn new(roles: impl IntoIterator<Item = &'static str>) -> Self {
        Self(roles.into_iter().map(|role| (Self::address(role), role.to_owned())).collect())
    }

    /// Where a contract stands.
    pub(crate) fn address(role: &str) -> Address {
        Address::from_word(keccak256(role))
    }

    /// Where a validator's share contract stands.
    pub(crate) fn share(validator: ValidatorId) -> Address {
        Self::address(&format!("@share:{validator}"))
    }

    /// A share contract came into being.
    pub(crate) fn add_share(&mut self, validator: ValidatorId) {
        self.0.insert(Self::share(validator), format!("@share:{validator}"));
    }

    /// Reads an address: 20 bytes, or a role.
    pub(crate) fn read(field: &Field<'_>) -> Result<Address, Failure> {
        match field.value().as_str().filter(|text| text.starts_with('@')) {
            Some(role) => Ok(Self::address(role)),
            None => field.address(),
        }
    }

    /// The role, where there is one.
    pub(crate) fn role(&self, address: Address) -> Option<&str> {
        self.0.get(&address).map(String::as_str)
    }

    /// An address as it is recorded.
    pub(crate) fn show(&self, address: Address) -> Got {
        self.role(address).map_or_else(|| address.into(), Got::from)
    }

    /// An address as part of a path.
    pub(crate) fn key(&self, address: Address) -> String {
        self.role(address).map_or_else(|| format!("{address:#x}"), ToOwned::to_owned)
    }
}
