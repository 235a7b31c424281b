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
//! use bttc_validator::{message::Coins, module::{auth, bank, supply}, store::Stores};
//! use alloy_primitives::Address;
//! use bttc_core::amount::Amount;
//!
//! let (mut stores, proposer) = (Stores::default(), Address::repeat_byte(1));
//! let collector = supply::module_account(&mut stores, supply::FEE_COLLECTOR)?;
//! bank::add_coins(&mut stores, collector.address, &Coins::btt(Amount::from_btt(3).into()))?;
//! auth::pay_out(&mut stores, proposer)?;
//! assert_eq!(bank::balance(&stores, proposer)?, Amount::from_btt(3));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use super::{Event, Refusal, bank, supply};
use crate::{
    message::{Fault, Msg},
    store::Stores,
    tx::{AnteContext, StdTx, TxParams, ante},
};
use alloy_primitives::Address;
use bttc_core::amino::Text;

/// Lets a transaction up to its message: the sender has paid then, and its sequence has moved on.
///
/// # Errors
/// [`Fault`]; then nothing changed.
pub fn admit<M: Msg>(stores: &mut Stores, tx: &StdTx<M>, chain_id: &Text, height: u64) -> Result<(), Fault> {
    let internal = |_: Refusal| Fault::sdk(1, "recovered: an entry does not read");
    let params = TxParams::load(stores).map_err(internal)?;
    let context = AnteContext { chain_id: chain_id.clone(), height, params: &params };
    // An account that does not read counts as none.
    let admitted = ante(tx, &context, |address| bank::account(stores, address).ok().flatten())?;
    let (account, fee) = (admitted.account, admitted.fee);
    stores.attempt(|stores| {
        bank::set_account(stores, &account);
        if fee.0.is_empty() {
            return Ok(());
        }
        let collector = supply::module_account(stores, supply::FEE_COLLECTOR);
        collector.and_then(|collector| bank::add_coins(stores, collector.address, &fee)).map_err(internal)
    })
}

/// The end of a block: its proposer gets the fees.
///
/// # Errors
/// Those of [`bank::send_all`].
pub fn pay_out(stores: &mut Stores, proposer: Address) -> Result<Vec<Event>, Refusal> {
    stores.attempt(|stores| bank::send_all(stores, supply::module_address(supply::FEE_COLLECTOR), proposer))
}
