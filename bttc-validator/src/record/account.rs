//! Accounts.

use crate::message::Coins;
use alloy_primitives::{Address, FixedBytes};
use bttc_core::{
    amino::{
        Amino, AminoError, AnyOf, Base64, Field, FieldSink, FieldSource, Interface, Json, JsonError, JsonForm, Reader,
        Text, Writer,
    },
    amino_fields, amino_interface,
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
    /// The module whose it is; `None` for one that somebody has the key of. It is no field of the account's, see
    /// [`StoredAccount`].
    #[serde(default)]
    pub module: Option<ModuleRole>,
}

impl Amino for Account {
    const NAME: Option<&'static str> = Some("auth/Account");

    fn encode<S: FieldSink>(&self, to: &mut S) {
        to.field("address", &self.address)
            .field("coins", &self.coins)
            .field("public_key", &self.public_key)
            .field("account_number", &self.number)
            .field("sequence", &self.sequence);
    }

    fn decode<S: FieldSource>(from: &mut S) -> Result<Self, S::Error> {
        Ok(Self {
            address: from.field("address")?,
            coins: from.field("coins")?,
            public_key: from.field("public_key")?,
            number: from.field("account_number")?,
            sequence: from.field("sequence")?,
            module: None,
        })
    }
}

/// What a module may do with its account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleRole {
    /// The module's name.
    pub name: Text,
    /// What it may do; nothing on the networks.
    pub permissions: Vec<Text>,
}

/// The account of a module: an account, and whose it is.
///
/// Source: `validation-layer §1.6; delivery:supply/types/account.go:24-32`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleAccount {
    base: Account,
    name: Text,
    permissions: Vec<Text>,
}

amino_fields!(ModuleAccount as "supply/ModuleAccount" {
    base: "BaseAccount",
    name: "name",
    permissions: "permissions",
});

/// An account as it stands in the store, behind the name of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoredAccount {
    /// Of somebody who has its key.
    Base(Account),
    /// Of a module.
    Module(ModuleAccount),
}

amino_interface!(StoredAccount { Base(Account), Module(ModuleAccount) });

impl From<Account> for StoredAccount {
    fn from(account: Account) -> Self {
        match account.module {
            None => Self::Base(account),
            Some(ModuleRole { name, permissions }) => {
                let base = Account { module: None, ..account };
                Self::Module(ModuleAccount { base, name, permissions })
            }
        }
    }
}

impl From<StoredAccount> for Account {
    fn from(stored: StoredAccount) -> Self {
        match stored {
            StoredAccount::Base(account) => account,
            StoredAccount::Module(ModuleAccount { base, name, permissions }) => {
                Self { module: Some(ModuleRole { name, permissions }), ..base }
            }
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::hex;
    use bttc_core::amino::{from_bytes, to_bytes};

    /// Bytes of go-amino v0.16.0 for an account of a module that holds an account, as the reference's does.
    #[test]
    fn a_modules_account_is_written_as_in_the_reference() {
        let account = Account {
            address: Address::repeat_byte(0x11),
            coins: Coins::btt(crate::message::SignedAmount::parse(b"7").unwrap()),
            number: 8,
            module: Some(ModuleRole { name: "gov".into(), permissions: vec!["burner".into(), "".into()] }),
            ..Account::default()
        };
        let stored = AnyOf(Some(StoredAccount::from(account.clone())));
        let expected = hex!(
            "aa65fe520a220a14111111111111111111111111111111111111111112080a0362747412013720081203676f76"
            "1a066275726e65721a00"
        );
        assert_eq!(to_bytes(&stored), expected);
        let AnyOf(read) = from_bytes::<AnyOf<StoredAccount>>(&expected).unwrap();
        assert_eq!(read.map(Account::from), Some(account.clone()));
        // One without a module is written as it always was.
        let base = Account { module: None, ..account };
        assert_eq!(to_bytes(&AnyOf(Some(StoredAccount::from(base.clone())))), to_bytes(&base));
    }
}
