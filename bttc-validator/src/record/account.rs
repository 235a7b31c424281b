//! Accounts.

use crate::message::Coins;
use alloy_primitives::{Address, FixedBytes};
use bttc_core::{
    amino::{AminoError, AnyOf, Base64, Field, Interface, Json, JsonError, JsonForm, Reader, Writer},
    amino_fields,
};
use serde::{Deserialize, Serialize};

/// Who sends transactions.
///
/// Source: `validation-layer §1.6; delivery:auth/types/account.go:41-49`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its address.
    pub address: Address,
    /// What it has.
    pub coins: Coins,
    /// Its key, from its first transaction on.
    pub public_key: AnyOf<AccountKey>,
    /// Its number, in the order in which accounts came to be.
    pub number: u64,
    /// Transactions it sent.
    pub sequence: u64,
}

amino_fields!(Account as "auth/Account" {
    address: "address",
    coins: "coins",
    public_key: "public_key",
    number: "account_number",
    sequence: "sequence",
});

/// The key of an account, 65 bytes.
///
/// Source: `validation-layer §1.1, §1.8; peppermint:crypto/secp256k1/secp256k1.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountKey(
    /// Its bytes.
    pub FixedBytes<65>,
);

impl Interface for AccountKey {
    const NAMES: &'static [&'static str] = &["tendermint/PubKeySecp256k1"];

    fn name(&self) -> &'static str {
        "tendermint/PubKeySecp256k1"
    }

    fn write(&self, to: &mut Writer) {
        to.delimited(|to| to.raw(self.0.as_slice()));
    }

    fn read(_: &str, from: &mut Reader<'_>) -> Result<Option<Self>, AminoError> {
        let length = from.uvarint()?;
        let mut content = Reader::new(from.take(length)?);
        Field::read(&mut content).map(|key| Some(Self(key)))
    }

    /// In standard JSON a list of numbers: the reference's type brings no form of its own.
    fn to_json(&self, form: JsonForm) -> Json {
        match form {
            JsonForm::Amino => Json::Text(Base64(self.0.into()).to_text().as_str().into()),
            JsonForm::Plain => Json::List(self.0.iter().map(|&byte| Json::Number(byte.into())).collect()),
        }
    }

    fn from_json(_: &str, json: &Json, form: JsonForm) -> Result<Option<Self>, JsonError> {
        let Base64(bytes): Base64 = Field::from_json(json, form)?;
        let key = FixedBytes::try_from(bytes.as_ref());
        key.map(|key| Some(Self(key))).map_err(|_| JsonError::unexpected("65 bytes in base64", json))
    }
}
