//! Accounts of modules, and how much there is of each token.
//!
//! ```text
//! address of a module = first 20 bytes of SHA-256(name)
//! store `supply`:  00 ──▶ total, behind its length
//! ```
//!
//! Two modules have an account: `fee_collector` takes the fees of a block and hands them to its proposer, `gov` holds
//! what is deposited for proposals. The total is what genesis found; nothing that the layer does changes it.
//!
//! Source: `validation-layer §1.9, §5.9; delivery:supply/keeper.go:19-165, supply/types/account.go:35-50`.
//!
//! ```
//! use bttc_validator::module::supply;
//!
//! let collector = supply::module_address(supply::FEE_COLLECTOR);
//! assert_eq!(format!("{collector:#x}"), "0xf1829676db577682e944fc3493d451b67ff3e29f");
//! ```

use super::{Refusal, bank};
use crate::{
    message::Coins,
    record::{Account, ModuleRole},
    store::{CorruptEntry, StoreName, Stores},
};
use alloy_primitives::Address;
use bttc_core::{
    amino::{from_prefixed_bytes, to_prefixed_bytes},
    amino_fields,
    hash::sha256,
};

/// The module that takes fees.
pub const FEE_COLLECTOR: &str = "fee_collector";
/// The module that takes deposits.
pub const GOVERNANCE: &str = "gov";

const TOTAL: u8 = 0x00;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Supply {
    pub(crate) total: Coins,
}

amino_fields!(Supply { total: "total" });

/// The address of a module's account.
#[must_use]
pub fn module_address(name: &str) -> Address {
    let [address @ .., _, _, _, _, _, _, _, _, _, _, _, _] = sha256(name.as_bytes()).0;
    Address::new(address)
}

/// A module's account; it is made if there is none.
///
/// # Errors
/// [`Refusal::INTERNAL`] where somebody sent coins to the address before: the account is then no module's.
pub fn module_account(stores: &mut Stores, name: &str) -> Result<Account, Refusal> {
    let address = module_address(name);
    match bank::account(stores, address)? {
        Some(account) if account.module.is_some() => Ok(account),
        Some(_) => Err(Refusal::INTERNAL),
        None => {
            let role = ModuleRole { name: name.into(), permissions: Vec::new() };
            let account = Account { module: Some(role), ..bank::new_account(stores, address)? };
            bank::set_account(stores, &account);
            Ok(account)
        }
    }
}

/// How much there is of each token; `None` before genesis set it.
///
/// # Errors
/// [`CorruptEntry`].
pub fn total(stores: &Stores) -> Result<Option<Coins>, CorruptEntry> {
    let Some(value) = stores.get(StoreName::Supply, &[TOTAL]) else { return Ok(None) };
    let supply = from_prefixed_bytes::<Supply>(value);
    supply.map(|supply| Some(supply.total)).map_err(|_| CorruptEntry {
        store: StoreName::Supply,
        key: vec![TOTAL],
        got: value.to_vec(),
        expected: "a supply",
    })
}

/// Sets how much there is of each token.
pub fn set_total(stores: &mut Stores, total: Coins) {
    stores.set(StoreName::Supply, vec![TOTAL], to_prefixed_bytes(&Supply { total }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::SignedAmount;

    #[test]
    fn a_modules_account_is_made_once_and_keeps_its_module() {
        let mut stores = Stores::default();
        let account = module_account(&mut stores, GOVERNANCE).unwrap();
        assert_eq!(format!("{:#x}", account.address), "0x7b5fe22b5446f7c62ea27b8bd71cef94e03f3df2");
        let btt = Coins::btt(SignedAmount::parse(b"7").unwrap());
        bank::add_coins(&mut stores, account.address, &btt).unwrap();
        assert_eq!(module_account(&mut stores, GOVERNANCE), Ok(Account { coins: btt.clone(), ..account }));
        assert_eq!(module_account(&mut stores, FEE_COLLECTOR).map(|account| account.number), Ok(1));
        // Coins that came first make it somebody's.
        let mut early = Stores::default();
        bank::add_coins(&mut early, module_address(GOVERNANCE), &btt).unwrap();
        assert_eq!(module_account(&mut early, GOVERNANCE), Err(Refusal::INTERNAL));
    }

    /// Bytes of go-amino v0.16.0.
    #[test]
    fn the_total_is_written_as_in_the_reference() {
        let mut stores = Stores::default();
        assert_eq!(total(&stores), Ok(None));
        for (coins, bytes) in [
            (Coins::btt(SignedAmount::parse(b"7").unwrap()), b"\x0a\x0a\x08\x0a\x03btt\x12\x017".as_slice()),
            (Coins::default(), &[0]),
        ] {
            set_total(&mut stores, coins.clone());
            assert_eq!(stores.get(StoreName::Supply, &[0]), Some(bytes));
            assert_eq!(total(&stores), Ok(Some(coins)));
        }
    }
}
