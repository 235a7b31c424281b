//! Accounts and their coins.
//!
//! ```text
//! store `acc`:  01 ‖ address ──▶ Account          "globalAccountNumber" ──▶ the next account's number
//! ```
//!
//! An account comes to be with the first coins it gets, were they none. Those of modules are made by name, see
//! [`supply`](super::supply).
//!
//! Source: `validation-layer §1.9, §5.7; delivery:bank/keeper.go, delivery:auth/keeper.go`.

use super::{Context, Event, Outcome, Phases, Refusal};
use crate::{
    message::{Coin, Coins, FEE_TOKEN, MsgSend, SignedAmount},
    param,
    record::{Account, StoredAccount},
    store::{CorruptEntry, StoreName, Stores, prefixed},
};
use alloy_primitives::{Address, I256};
use bttc_core::{
    amino::{self, AnyOf, Text},
    amount::Amount,
};
use std::collections::BTreeMap;

const ACCOUNT: u8 = 0x01;
const NEXT_NUMBER: &[u8] = b"globalAccountNumber";

/// An account; `None` if there is none.
///
/// # Errors
/// [`CorruptEntry`].
pub fn account(stores: &Stores, address: Address) -> Result<Option<Account>, CorruptEntry> {
    let stored = stores.load::<AnyOf<StoredAccount>>(StoreName::Acc, &prefixed(ACCOUNT, address))?;
    Ok(stored.and_then(|AnyOf(stored)| stored).map(Account::from))
}

/// All accounts, by address.
pub fn accounts(stores: &Stores) -> impl Iterator<Item = Result<Account, CorruptEntry>> + '_ {
    let all = stores.load_all::<AnyOf<StoredAccount>>(StoreName::Acc, &[ACCOUNT]);
    // Nothing reads as no account at all.
    all.map(|stored| stored.map(|AnyOf(stored)| stored.map(Account::from).unwrap_or_default()))
}

/// Writes an account.
pub fn set_account(stores: &mut Stores, account: &Account) {
    let stored = AnyOf(Some(StoredAccount::from(account.clone())));
    stores.save(StoreName::Acc, prefixed(ACCOUNT, account.address), &stored);
}

/// A new account with the next number; it is not written.
///
/// # Errors
/// [`Refusal::INTERNAL`] where the next number does not read.
pub fn new_account(stores: &mut Stores, address: Address) -> Result<Account, Refusal> {
    let number = match stores.get(StoreName::Acc, NEXT_NUMBER) {
        Some(bytes) => amino::from_prefixed_bytes(bytes).map_err(|_| Refusal::INTERNAL)?,
        None => 0_u64,
    };
    let next = amino::to_prefixed_bytes(&number.wrapping_add(1));
    stores.set(StoreName::Acc, NEXT_NUMBER.to_vec(), next);
    Ok(Account { address, number, ..Account::default() })
}

/// What an account has; nothing if there is none.
///
/// # Errors
/// [`CorruptEntry`].
pub fn coins(stores: &Stores, address: Address) -> Result<Coins, CorruptEntry> {
    Ok(account(stores, address)?.unwrap_or_default().coins)
}

/// What an account has of the fee token.
///
/// # Errors
/// [`CorruptEntry`].
pub fn balance(stores: &Stores, address: Address) -> Result<Amount, CorruptEntry> {
    let amount = coins(stores, address)?.amount_of(FEE_TOKEN);
    Ok(amount.and_then(SignedAmount::to_amount).unwrap_or_default())
}

/// Gives an account these coins in place of what it has.
///
/// # Errors
/// [`Refusal::INVALID_COINS`] for coins that are neither proper nor all zero.
pub fn set_coins(stores: &mut Stores, address: Address, coins: Coins) -> Result<(), Refusal> {
    let zero = || coins.0.iter().all(|coin| coin.amount.number().is_zero());
    if !are_proper(&coins)? && !zero() {
        return Err(Refusal::INVALID_COINS);
    }
    let account = match account(stores, address)? {
        Some(account) => account,
        None => new_account(stores, address)?,
    };
    set_account(stores, &Account { coins, ..account });
    Ok(())
}

/// Adds coins to an account.
///
/// # Errors
/// [`Refusal::INVALID_COINS`], [`Refusal::INTERNAL`] beyond 255 bits.
pub fn add_coins(stores: &mut Stores, address: Address, added: &Coins) -> Result<(), Refusal> {
    if !are_proper(added)? {
        return Err(Refusal::INVALID_COINS);
    }
    let sum = self::added(&coins(stores, address)?, added)?;
    set_coins(stores, address, sum)
}

/// Takes coins from an account.
///
/// # Errors
/// [`Refusal::INVALID_COINS`], [`Refusal::INSUFFICIENT_COINS`].
pub fn subtract_coins(stores: &mut Stores, address: Address, taken: &Coins) -> Result<(), Refusal> {
    if !are_proper(taken)? {
        return Err(Refusal::INVALID_COINS);
    }
    let left = sum(&coins(stores, address)?, taken, I256::checked_sub)?;
    if left.0.iter().any(|coin| coin.amount.number().is_negative()) {
        return Err(Refusal::INSUFFICIENT_COINS);
    }
    set_coins(stores, address, left)
}

/// Moves coins from an account to another; the events tell of it.
///
/// # Errors
/// [`Refusal::INVALID_COINS`], [`Refusal::INSUFFICIENT_COINS`]; [`Refusal::INTERNAL`] beyond 255 bits.
pub fn send_coins(stores: &mut Stores, from: Address, to: Address, sent: &Coins) -> Result<[Event; 2], Refusal> {
    subtract_coins(stores, from, sent)?;
    add_coins(stores, to, sent)?;
    Ok([
        Event::new("transfer").with("recipient", format_args!("{to:#x}")).with("amount", sent),
        Event::new("message").with("sender", format_args!("{from:#x}")),
    ])
}

/// Moves all that an account has of the fee token to another; nothing happens if that is nothing.
///
/// # Errors
/// Those of [`send_coins`].
pub fn send_all(stores: &mut Stores, from: Address, to: Address) -> Result<Vec<Event>, Refusal> {
    let balance = balance(stores, from)?;
    if balance.is_zero() {
        return Ok(Vec::new());
    }
    send_coins(stores, from, to, &Coins::btt(balance.into())).map(Vec::from)
}

fn are_proper(coins: &Coins) -> Result<bool, Refusal> {
    coins.are_proper().map_err(|_| Refusal::INTERNAL)
}

/// The sum of two amounts of coins.
///
/// # Errors
/// [`Refusal::INTERNAL`] beyond 255 bits.
pub(crate) fn added(a: &Coins, b: &Coins) -> Result<Coins, Refusal> {
    sum(a, b, I256::checked_add)
}

/// Coins combined token by token, by name, without those of which nothing is left.
fn sum(a: &Coins, b: &Coins, combine: fn(I256, I256) -> Option<I256>) -> Result<Coins, Refusal> {
    let mut tokens: BTreeMap<&Text, (I256, I256)> = BTreeMap::new();
    for coin in &a.0 {
        tokens.entry(&coin.denom).or_default().0 = coin.amount.number();
    }
    for coin in &b.0 {
        tokens.entry(&coin.denom).or_default().1 = coin.amount.number();
    }
    let mut coins = Vec::new();
    for (denom, (a, b)) in tokens {
        let amount = combine(a, b).and_then(SignedAmount::new).ok_or(Refusal::INTERNAL)?;
        if !amount.number().is_zero() {
            coins.push(Coin { denom: denom.clone(), amount });
        }
    }
    Ok(Coins(coins))
}

impl Phases for MsgSend {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if !param::SEND_ENABLED.get(stores)? {
            return Err(Refusal::SEND_DISABLED);
        }
        let [transfer, message] = send_coins(stores, self.from_address, self.to_address, &self.amount)?;
        Ok(vec![transfer, message, Event::new("message").with("module", "bank")])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn btt(units: i64) -> Coins {
        Coins::btt(SignedAmount::new(I256::try_from(units).unwrap()).unwrap())
    }

    #[test]
    fn coins_move_and_no_account_is_overdrawn() {
        let mut stores = Stores::default();
        let (alice, bob) = (Address::repeat_byte(1), Address::repeat_byte(2));
        add_coins(&mut stores, alice, &btt(5)).unwrap();
        let events = send_coins(&mut stores, alice, bob, &btt(3)).unwrap();
        assert_eq!(events[0].attribute("amount"), Some("3btt"));
        assert_eq!(
            (balance(&stores, alice), balance(&stores, bob)),
            (Ok(Amount::from_units(2)), Ok(Amount::from_units(3)))
        );
        assert_eq!(account(&stores, bob).unwrap().map(|account| account.number), Some(1));
        let error = stores.attempt(|stores| send_coins(stores, alice, bob, &btt(3)));
        assert_eq!(error, Err(Refusal::INSUFFICIENT_COINS));
        assert_eq!(subtract_coins(&mut stores, alice, &btt(0)), Err(Refusal::INVALID_COINS));
        subtract_coins(&mut stores, alice, &btt(2)).unwrap();
        assert_eq!(coins(&stores, alice), Ok(Coins::default()));
    }
}
