//! A validator's share contract: what others stake on it.
//!
//! ```text
//!  delegator ──buy──▶ shares ──sell──▶ claim of the withdraw pool ──WITHDRAWAL_DELAY epochs──▶ tokens
//!                       │ ▲                                  (one slot that restarts, or numbered ones: `…_new`)
//!               claim ──┘ └── restake                         migrate: shares here become shares there, at once
//! ```
//!
//! With p the precision, 100 for validators 1 … 7 and 10²⁹ for all others, D what is delegated, all divisions rounded
//! down:
//!
//! ```text
//! rate          = D · p / all shares                     p while there are none
//! shares        = tokens · p / rate                      tokens = rate · shares / p
//! withdraw rate = withdraw pool · p / withdraw shares     p while there are none, and for validators 1 … 7
//!
//! reward per share += credited to the delegators · 10²⁵ / all shares
//! owed(user)        = (reward per share − user's) · user's shares / 10²⁵
//! ```
//!
//! Nothing slashes on TRON, so rate = p and a share is a token. All tokens lie in the staking contract; a share
//! contract only counts. Every transition is one of [`StakeManager`](crate::stake::StakeManager), because share contracts
//! call it and are called by it; the validator's id says which share contract is meant.
//!
//! Amounts are base units (10⁻¹⁸ BTT), shares 10⁻¹⁸ as well.
//!
//! Source: `root-contracts §7; contracts:staking/validatorShare/ValidatorShare.sol`.
//!
//! ```
//! use alloy_primitives::Address;
//! use bttc_core::{amount::Amount, hash::keccak256, id::ValidatorId, signature::SecretKey};
//! use bttc_staking::{stake::{StakeFor, StakeManager, StakeParams}, token::Token};
//!
//! let [manager, governance, alice, bob] = [1, 2, 3, 4].map(Address::repeat_byte);
//! let mut token = Token::default();
//! for user in [alice, bob] {
//!     token.mint(user, Amount::from_btt(2_000))?;
//!     token.approve(user, manager, Amount::from_btt(2_000))?; // the staking contract takes the tokens
//! }
//! let params = StakeParams { min_deposit: Amount::ZERO, min_fee: Amount::ZERO, ..Default::default() };
//! let mut contract = StakeManager::new(manager, governance, token, params);
//! let key = SecretKey::from_bytes(&keccak256(b"alice's signer"))?.public_key();
//! contract.stake_for(alice, &StakeFor {
//!     user: alice,
//!     amount: Amount::from_btt(1_000),
//!     fee: Amount::ZERO,
//!     signer_key: key.coordinates().to_vec().into(),
//!     share_contract: Some(Address::repeat_byte(5)),
//! })?;
//!
//! let id = ValidatorId::new(1);
//! contract.buy_voucher(bob, id, Amount::from_btt(500), Amount::ZERO)?;
//! contract.sell_voucher_new(bob, id, Amount::from_btt(200), Amount::from_btt(200))?;
//! let pool = contract.pool(id).ok_or("no share contract")?;
//! assert_eq!(pool.active_amount(), Amount::from_btt(300));
//! assert_eq!(pool.delegator(bob).ok_or("no delegator")?.shares, Amount::from_btt(300));
//! assert_eq!(contract.live().amount, Amount::from_btt(1_300));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod buy;
mod claim;
mod delegator;
mod event;
mod migrate;
mod owner;
mod pool;
mod rate;
mod sell;
mod transfer;
mod unbond;

pub use buy::{BuyError, RestakeSharesError};
pub use claim::{NoPool, WithdrawSharesError};
pub use delegator::{Delegator, Unbond};
pub use event::ShareEvent;
pub use migrate::MigrateError;
pub use owner::{PoolDrainError, PoolOwnerError};
pub use pool::ValidatorShare;
pub use sell::SellError;
pub use transfer::{Allowance, ApproveSharesError, TransferSharesError};
pub use unbond::UnbondError;

pub(crate) use pool::PoolFigures;

#[cfg(test)]
pub(crate) mod tests;
