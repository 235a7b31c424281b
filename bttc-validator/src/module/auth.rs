//! What stands in front of every message, on the stores: the sender's account, and where its fee goes.
//!
//! ```text
//! transaction ──ante──▶ sender − fee, sequence + 1        collector + fee        kept, even if the message is refused
//! end of block                                            collector ──▶ the block's proposer
//! ```
//!
//! Source: `validation-layer §1.9; delivery:auth/ante.go:66-330, app/app.go:571-594`.
//!
//! ```
//! use bttc_validator::{message::Coins, module::{auth, bank}, store::Stores};
//! use alloy_primitives::Address;
//! use bttc_core::amount::Amount;
//!
//! let (mut stores, proposer) = (Stores::default(), Address::repeat_byte(1));
//! bank::add_coins(&mut stores, auth::FEE_COLLECTOR, &Coins::btt(Amount::from_btt(3).into()))?;
//! auth::pay_out(&mut stores, proposer)?;
//! assert_eq!(bank::balance(&stores, proposer)?, Amount::from_btt(3));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use super::{Event, Refusal, bank};
use crate::{
    message::{Fault, Msg},
    store::Stores,
    tx::{AnteContext, StdTx, TxParams, ante},
};
use alloy_primitives::{Address, address};
use bttc_core::amino::Text;

/// The account that fees wait in: the first 20 bytes of the SHA-256 of `fee_collector`.
///
/// Source: `cosmos-sdk fork x/supply/internal/types/account.go, peppermint:crypto/hash.go`.
pub const FEE_COLLECTOR: Address = address!("0xf1829676db577682e944fc3493d451b67ff3e29f");

/// Lets a transaction up to its message: the sender has paid then, and its sequence has moved on.
///
/// # Errors
/// [`Fault`]; then nothing changed.
pub fn admit<M: Msg>(stores: &mut Stores, tx: &StdTx<M>, chain_id: &Text, height: u64) -> Result<(), Fault> {
    let internal = |_| Fault::sdk(1, "recovered: an entry does not read");
    let params = TxParams::load(stores).map_err(internal)?;
    let context = AnteContext { chain_id: chain_id.clone(), height, params: &params };
    // An account that does not read counts as none.
    let admitted = ante(tx, &context, |address| bank::account(stores, address).ok().flatten())?;
    let (account, fee) = (admitted.account, admitted.fee);
    stores.attempt(|stores| {
        bank::set_account(stores, &account);
        if fee.0.is_empty() { Ok(()) } else { bank::add_coins(stores, FEE_COLLECTOR, &fee).map_err(internal) }
    })
}

/// The end of a block: its proposer gets the fees.
///
/// # Errors
/// Those of [`bank::send_all`].
pub fn pay_out(stores: &mut Stores, proposer: Address) -> Result<Vec<Event>, Refusal> {
    stores.attempt(|stores| bank::send_all(stores, FEE_COLLECTOR, proposer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::hash::sha256;

    #[test]
    fn the_fee_collector_is_named_by_the_hash_of_its_name() {
        assert_eq!(FEE_COLLECTOR.as_slice(), &sha256(b"fee_collector")[..20]);
    }
}
