//! Accounts for whoever connects: funded at genesis, their keys told to everybody.

use crate::account::{Account, Place};
use alloy::{
    primitives::{Address, U256},
    signers::local::{LocalSignerError, MnemonicBuilder, PrivateKeySigner, coins_bip39::English},
};
use bttc_core::amount::Amount;
use serde_json::json;

/// How many.
const COUNT: u32 = 10;

/// What each starts with, in BTT.
const FUNDS: u64 = 10_000;

/// Wallets of a mnemonic, on Ethereum's path: `m/44'/60'/0'/0/n`.
#[derive(Debug)]
pub(crate) struct Wallets {
    mnemonic: String,
    signers: Vec<PrivateKeySigner>,
}

impl Wallets {
    /// The first ten of a mnemonic.
    pub(crate) fn new(mnemonic: &str) -> Result<Self, LocalSignerError> {
        let signer = |place| MnemonicBuilder::<English>::default().phrase(mnemonic).index(place)?.build();
        let signers = (0..COUNT).map(signer).collect::<Result<_, _>>()?;
        Ok(Self { mnemonic: mnemonic.to_owned(), signers })
    }

    /// What they start with on the side chain.
    pub(crate) fn balances(&self) -> impl Iterator<Item = (Address, U256)> + '_ {
        self.signers.iter().map(|signer| (signer.address(), Amount::from_btt(FUNDS).to_word()))
    }

    /// Tells addresses, keys and mnemonic.
    pub(crate) fn tell(&self, account: &Account) {
        account.plain(&format!("accounts with {FUNDS} BTT each, their keys known to everybody; use them nowhere else"));
        for (place, signer) in self.signers.iter().enumerate() {
            account.plain(&format!("  {place} {} {}", signer.address(), signer.to_bytes()));
        }
        account.plain(&format!("mnemonic  {}", self.mnemonic));
        account.plain(&format!("path      m/44'/60'/0'/0/0 … {}", COUNT - 1));
        let all = self.signers.iter().map(|signer| json!({ "address": signer.address(), "key": signer.to_bytes() }));
        let data = json!({ "mnemonic": self.mnemonic, "accounts": all.collect::<Vec<_>>() });
        account.machine(Place::Devnet, "accounts", data);
    }
}
