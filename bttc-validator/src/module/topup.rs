//! Fee accounts: fees paid on TRON become coins, and coins claims on TRON.
//!
//! ```text
//! TopUpFee(user, fee) ──▶ user + fee − 10¹⁵, sender + 10¹⁵          81 ‖ sequence ──▶ seen
//! withdraw(amount)    ──▶ user − amount, fee account + amount       82 ‖ user     ──▶ fee account
//! ```
//!
//! With b the block and l the place of the log on TRON, its sequence is 100 000·b + l.
//!
//! Source: `validation-layer §5.7; delivery:topup/`.

use super::{Codespace, Context, Depth, Event, Facts, Halt, Outcome, Phases, Question, Refusal, bank};
use crate::{
    message::{Coins, MsgTopup, MsgWithdrawFee, SignedAmount},
    param::{self, ChainParams},
    record::DividendAccount,
    store::{CorruptEntry, StoreName, Stores, prefixed},
};
use alloy_primitives::Address;
use bttc_checkpoint::{
    fees::{FeeAccounts, fee_of},
    vote::VoteResult,
};
use bttc_core::{
    amount::Amount,
    root_chain::{RootChainId, RootEvent},
};
use bttc_staking::registry::Sequence;
use num_bigint::BigInt;

const SEQUENCE: u8 = 0x81;
const FEE_ACCOUNT: u8 = 0x82;
const SEEN: &[u8] = &[0x01];

/// What the sender of a top-up gets of it, base units.
///
/// Source: `validation-layer §5.7; delivery:auth/ante.go:23-27`.
// Q-446: the transaction that it is to make up for costs ten thousand times as much on the main network.
pub const COMPENSATION: u64 = 1_000_000_000_000_000;

/// There is nothing to withdraw.
const NO_BALANCE: Refusal = Refusal::common(104).of(Codespace::Topup);

/// A user's fee account, if there is one.
///
/// # Errors
/// [`CorruptEntry`].
pub fn fee_account(stores: &Stores, user: Address) -> Result<Option<DividendAccount>, CorruptEntry> {
    stores.load(StoreName::Topup, &prefixed(FEE_ACCOUNT, user))
}

/// Writes a fee account.
pub fn set_fee_account(stores: &mut Stores, account: &DividendAccount) {
    stores.save(StoreName::Topup, prefixed(FEE_ACCOUNT, account.user), account);
}

/// All fee accounts, whose root every checkpoint carries.
///
/// # Errors
/// [`Refusal::INTERNAL`] for an account that does not read.
pub fn fee_accounts(stores: &Stores) -> Result<FeeAccounts, Refusal> {
    let mut accounts = FeeAccounts::new();
    for account in all(stores) {
        let account = account?;
        let fee = fee_of(&account.fee).map_err(|_| Refusal::INTERNAL)?;
        accounts.credit(account.user, fee).map_err(|_| Refusal::INTERNAL)?;
    }
    Ok(accounts)
}

/// All fee accounts as they are kept, by user.
pub fn all(stores: &Stores) -> impl Iterator<Item = Result<DividendAccount, CorruptEntry>> + '_ {
    stores.load_all(StoreName::Topup, &[FEE_ACCOUNT])
}

/// Remembers that a top-up of this sequence was settled.
pub fn mark_seen(stores: &mut Stores, sequence: &[u8]) {
    stores.set(StoreName::Topup, prefixed(SEQUENCE, sequence), SEEN.to_vec());
}

/// Sequences of top-ups that were settled, in the order of their texts.
pub fn sequences(stores: &Stores) -> impl Iterator<Item = &[u8]> {
    stores.with_prefix(StoreName::Topup, &[SEQUENCE]).filter_map(|(key, _)| key.get(1..))
}

/// Whether a top-up was settled.
#[must_use]
pub fn is_seen(stores: &Stores, sequence: Sequence) -> bool {
    stores.has(StoreName::Topup, &prefixed(SEQUENCE, sequence.to_string()))
}

impl MsgTopup {
    fn sequence(&self) -> Sequence {
        Sequence::new(self.block_number, self.log_index)
    }

    /// What both its events end with.
    fn ending(&self, event: Event) -> Event {
        event
            .with("sender", format_args!("{:#x}", self.from_address))
            .with("recipient", format_args!("{:#x}", self.user))
            .with("topup-amount", self.fee)
    }
}

impl Phases for MsgTopup {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if !param::SEND_ENABLED.get(stores)? {
            return Err(Refusal::SEND_DISABLED.of(Codespace::Topup));
        }
        if is_seen(stores, self.sequence()) {
            return Err(Refusal::OLD_TX.of(Codespace::Topup));
        }
        Ok(vec![self.ending(Event::admitted("topup", StoreName::Topup))])
    }

    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let contracts = param::CHAIN_PARAMS.get(stores)?;
        let (block, event) = facts.log(Question::Log {
            root_chain: RootChainId::Tron,
            depth: Depth::Any,
            contract: ChainParams::tron_address(&contracts.tron_staking_info),
            tx_hash: self.tx_hash,
            log_index: self.log_index,
        })?;
        let RootEvent::TopUpFee(event) = event else { return Err(Refusal::DECODE.into()) };
        if block != self.block_number || event.user != self.user {
            return Err(Refusal::INVALID_MSG.into());
        }
        if !self.fee.is_present() {
            return Err(Refusal::INTERNAL.into());
        }
        if self.fee.to_amount() == Some(event.fee) { Ok(VoteResult::Yes) } else { Err(Refusal::INVALID_MSG.into()) }
    }

    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        if verdict != VoteResult::Yes {
            return Err(Refusal::NOT_APPROVED.of(Codespace::Topup));
        }
        if is_seen(stores, self.sequence()) {
            return Err(Refusal::OLD_TX.of(Codespace::Topup));
        }
        bank::add_coins(stores, self.user, &Coins::btt(self.fee))?;
        let compensation = Coins::btt(Amount::from_units(COMPENSATION).into());
        let mut events = bank::send_coins(stores, self.user, self.from_address, &compensation)?.to_vec();
        mark_seen(stores, self.sequence().to_string().as_bytes());
        let event = Event::settled("topup", StoreName::Topup, context);
        events.push(self.ending(event));
        Ok(events)
    }
}

impl Phases for MsgWithdrawFee {
    fn admit(&self, stores: &mut Stores, _: &Context<'_>) -> Outcome {
        if !self.amount.is_present() {
            return Err(Refusal::INTERNAL);
        }
        let amount =
            if self.amount.number().is_zero() { bank::balance(stores, self.from_address)?.into() } else { self.amount };
        if amount.number().is_zero() {
            return Err(NO_BALANCE);
        }
        bank::subtract_coins(stores, self.from_address, &Coins::btt(amount))?;
        credit(stores, self.from_address, amount)?;
        Ok(vec![
            Event::admitted("fee-withdraw", StoreName::Topup)
                .with("user", format_args!("{:#x}", self.from_address))
                .with("fee-withdraw-amount", amount),
        ])
    }
}

/// Adds to a user's fee account, opening it if need be. Nothing is ever taken from one.
// Its text is a number of any size, with a sign or without.
fn credit(stores: &mut Stores, user: Address, amount: SignedAmount) -> Result<(), Refusal> {
    let old = fee_account(stores, user)?.map_or(Ok(BigInt::ZERO), |account| number_of(&account.fee))?;
    let sum = old + BigInt::from_signed_bytes_be(&amount.number().to_be_bytes::<32>());
    set_fee_account(stores, &DividendAccount { user, fee: sum.to_string() });
    Ok(())
}

/// The library reads more than the reference does, `_` between digits for one.
fn number_of(text: &str) -> Result<BigInt, Refusal> {
    fee_of(text).map_err(|_| Refusal::INTERNAL)?;
    text.parse().map_err(|_| Refusal::INTERNAL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::settle;

    #[test]
    fn q446_the_compensation_is_a_ten_thousandth_of_a_fee() {
        // validation-layer §9.1: 10¹⁹ on the main network.
        assert_eq!(COMPENSATION * 10_000, 10_000_000_000_000_000_000);
        let (sender, user) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let fee = SignedAmount::from(Amount::from_btt(10));
        let topup = MsgTopup { from_address: sender, user, fee, ..MsgTopup::default() };
        let (mut stores, context) = (Stores::default(), Context { height: 3, time: Default::default(), tx: b"" });
        settle(&topup, &mut stores, &context, VoteResult::Yes).unwrap();
        assert_eq!(bank::balance(&stores, sender), Ok(Amount::from_units(COMPENSATION)));
    }

    #[test]
    fn a_fee_account_is_a_number_of_any_size() {
        let user = Address::repeat_byte(2);
        let added = |fee: &str, amount: u64| {
            let mut stores = Stores::default();
            set_fee_account(&mut stores, &DividendAccount { user, fee: fee.into() });
            credit(&mut stores, user, Amount::from_units(amount).into())?;
            Ok(fee_account(&stores, user).unwrap().unwrap().fee)
        };
        let nines = "9".repeat(80);
        assert_eq!(added(&nines, 1), Ok(format!("1{}", "0".repeat(80))));
        assert_eq!(added(&nines, 0), Ok(nines));
        assert_eq!(added("-7", 2), Ok("-5".into()));
        assert_eq!(added("+07", 2), Ok("9".into()));
        for wrong in ["", "+", "-", "1_0", "0x1", " 1"] {
            assert_eq!(added(wrong, 1), Err(Refusal::INTERNAL), "{wrong:?}");
        }
    }
}
