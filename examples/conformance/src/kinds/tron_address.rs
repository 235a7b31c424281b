//! `tron-address`: the three forms of an address, and what is none.

use super::Kind;
use crate::{case::Case, failure::Failure};
use bttc_core::{
    signature::{PublicKey, SecretKey},
    tron::{TronAddress, TronAddressError},
};

/// The kind `tron-address`.
#[derive(Debug)]
pub(crate) struct TronAddresses;

impl Kind for TronAddresses {
    fn name(&self) -> &'static str {
        "tron-address"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let [(name, field)] = &input.entries()?[..] else {
            return Err(input.refused("exactly one field"));
        };
        let mut key: Option<PublicKey> = None;
        let address = match *name {
            "base58" => field.text()?.parse::<TronAddress>(),
            "hex21" => TronAddress::from_bytes(&field.bytes()?),
            "evm" => Ok(TronAddress::new(field.address()?)),
            "privateKey" => {
                let secret = SecretKey::from_bytes(&field.b256()?).map_err(|error| field.failed(error))?;
                key = Some(secret.public_key());
                Ok(TronAddress::new(secret.address()))
            }
            "publicKey" => {
                let public = PublicKey::from_bytes(&field.bytes()?).map_err(|error| field.failed(error))?;
                key = Some(public);
                Ok(TronAddress::new(public.address()))
            }
            _ => return Err(input.refused("a known form of an address")),
        };
        match address {
            Ok(address) => {
                expect.absent("error", address)?;
                expect.check("evm", address.body())?;
                expect.check("hex21", address.to_bytes())?;
                expect.check("base58", address.to_string())?;
                match key {
                    Some(key) => expect.check("publicKey", key.to_bytes()),
                    None => Ok(()),
                }
            }
            Err(error) => {
                let code = match error {
                    TronAddressError::Character { .. } => "character",
                    TronAddressError::Length { .. } => "length",
                    TronAddressError::Checksum { .. } => "checksum",
                    TronAddressError::Prefix { .. } => "prefix",
                };
                for form in ["evm", "hex21", "base58", "publicKey"] {
                    expect.absent(form, error)?;
                }
                expect.check("error", code)
            }
        }
    }
}
