//! The staking contract on TRON as a value: who staked what, who signs for it, what it has earned.
//!
//! ```text
//!  owner ──stake_for(amount, fee, key)──▶ account ──Staked──▶ validation layer
//!                                           │  ▲
//!                     check_signatures ─────┘  └── reward index (see `reward`), delegation (see `delegation`)
//!                          │
//!                          └──▶ epoch E + 1, and the changes of the live set queued for it
//!
//!  owner ──unstake──▶ off the list of signers, votes until E + 1 ──WITHDRAWAL_DELAY epochs──▶ unstake_claim
//! ```
//!
//! One transition is one transaction: it checks and changes in the contract's order, answers with the logs in order,
//! and on an error leaves everything as it was. The contracts around it are part of the value: the token, the staking
//! tokens, the nonces of the staking information contract, and the share contracts, which call back.
//!
//! Amounts are base units, epochs count acknowledged TRON checkpoints from 1. Ids start at 1; the contract's
//! "no validator", 2²⁵⁶ − 1, is [`StakeManager::RETIRED`].
//!
//! Source: `root-contracts §3-4; contracts:staking/stakeManager/StakeManager.sol,
//! contracts:staking/stakeManager/StakeManagerStorage.sol`.
//!
//! ```
//! use alloy_primitives::{Address, U256};
//! use bttc_core::{amount::Amount, root_chain::RootChainId};
//! use bttc_staking::{stake::{StakeManager, StakeParams}, token::Token};
//!
//! let contract = StakeManager::new(
//!     Address::repeat_byte(1),
//!     Address::repeat_byte(2),
//!     Token::default(),
//!     StakeParams::default(), // those of the public networks
//! );
//! let reward = contract.params().rewards[&U256::from(RootChainId::Tron.number())];
//! assert_eq!(reward, Amount::from_btt(29_761_460));
//! assert_eq!(contract.epoch().get(), 1);
//! ```

mod abi;
mod account;
mod auction;
mod commission;
mod deployment;
mod event;
mod exit;
mod fee;
mod governance;
mod hook;
mod info;
mod live;
mod nft;
mod owner;
mod params;
mod read;
mod restake;
mod signer_key;
mod signers;
mod staking;
mod transaction;
mod view;

pub use account::{StakeAccount, StakeStatus};
pub use auction::{AcceptDelegation, Auction, Bid, ConfirmAuctionError, Dethrone, DethroneError, StartAuctionError};
pub use commission::CommissionError;
pub use deployment::Deployment;
pub use event::{CheckpointSyncAck, Delegated, ShareChange, StakeEvent};
pub use exit::{ForceUnstakeError, RemoveError, UnstakeClaimError, UnstakeError};
pub use fee::{ClaimFeeError, FeeTooSmall, TopUpError};
pub use governance::{Delegation, GovernanceError};
pub use hook::{DelegationSwitchError, HookError, NotAPool};
pub use info::{LogError, LogWriter};
pub use live::{LiveSet, LiveSetChange};
pub use nft::{NftError, NftEvent, Operator, StakingNft};
pub use owner::{DrainError, OwnerError, Reinitialize};
pub use params::{RewardShape, RewardShapeError, StakeParams};
pub use restake::{NotOwner, RestakeError, StakeRewards, WithdrawError};
pub use signer_key::{SignerKeyError, UpdateSignerError};
pub use signers::{NoSigners, SignerList};
pub use staking::{PlaceError, StakeFor, StakeForError};
pub use view::StakerDetails;

pub(crate) use transaction::Money;

use crate::{delegation::ValidatorShare, table::Table, token::Token};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::Amount,
    id::{CheckpointNumber, Epoch, Nonce, ValidatorId},
};
use serde::{Deserialize, Serialize};

/// The contract's state, and that of the contracts around it.
///
/// Source: `root-contracts §3.2; contracts:staking/stakeManager/StakeManagerStorage.sol:55-97`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeManager {
    pub(crate) deployment: Deployment,
    /// Where it looks for the token.
    pub(crate) staking_token: Address,
    pub(crate) token: Token,
    pub(crate) nft: StakingNft,
    pub(crate) params: StakeParams,
    pub(crate) figures: Figures,
    pub(crate) accounts: Table<ValidatorId, StakeAccount>,
    pub(crate) nonces: Table<ValidatorId, Nonce>,
    pub(crate) auctions: Table<ValidatorId, Auction>,
    pub(crate) signers: SignerList,
    pub(crate) signer_to_validator: Table<Address, ValidatorId>,
    pub(crate) latest_signer_update: Table<ValidatorId, Epoch>,
    pub(crate) queued: Table<Epoch, LiveSetChange>,
    pub(crate) synced: Table<U256, CheckpointNumber>,
    pub(crate) fees_claimed: Table<Address, Amount>,
    /// Share contracts by the validator they were made for.
    pub(crate) pools: BTreeMap<ValidatorId, ValidatorShare>,
    /// The same by where they stand.
    pub(crate) pool_at: Table<Address, ValidatorId>,
    /// What a transaction has touched that cannot tell by itself; nothing between transactions.
    #[serde(skip)]
    touched: transaction::Touched,
}

/// What the contract keeps in single words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) locked: bool,
    pub(crate) next_id: ValidatorId,
    pub(crate) live: LiveSet,
    pub(crate) epoch: Epoch,
    pub(crate) replacement_cool_down: U256,
    pub(crate) reward_per_stake: U256,
    pub(crate) previous_intervals: U256,
    pub(crate) account_root: B256,
    pub(crate) total_staked: Amount,
    pub(crate) total_rewards: Amount,
    pub(crate) total_rewards_claimed: Amount,
    pub(crate) total_fees: Amount,
}

impl StakeManager {
    /// What a replaced signer key stands for instead of a validator: 2²⁵⁶ − 1 in the contract.
    pub const RETIRED: ValidatorId = ValidatorId::new(u64::MAX);

    /// The contract as deployed at `address`, holding its token. The contracts around it stand where
    /// [`Deployment::new`] puts them.
    #[must_use]
    pub fn new(address: Address, governance: Address, token: Token, params: StakeParams) -> Self {
        Self::deploy(Deployment::new(address, governance), token, params)
    }

    /// The contract as deployed among others, holding its token.
    #[must_use]
    pub fn deploy(deployment: Deployment, token: Token, params: StakeParams) -> Self {
        Self {
            deployment,
            staking_token: deployment.token,
            token,
            nft: StakingNft::default(),
            params,
            figures: Figures {
                locked: false,
                next_id: ValidatorId::new(1),
                live: LiveSet::default(),
                epoch: Epoch::new(1),
                replacement_cool_down: U256::ZERO,
                reward_per_stake: U256::ZERO,
                previous_intervals: U256::ZERO,
                account_root: B256::ZERO,
                total_staked: Amount::ZERO,
                total_rewards: Amount::ZERO,
                total_rewards_claimed: Amount::ZERO,
                total_fees: Amount::ZERO,
            },
            accounts: Table::default(),
            nonces: Table::default(),
            auctions: Table::default(),
            signers: SignerList::default(),
            signer_to_validator: Table::default(),
            latest_signer_update: Table::default(),
            queued: Table::default(),
            synced: Table::default(),
            fees_claimed: Table::default(),
            pools: BTreeMap::new(),
            pool_at: Table::default(),
            touched: transaction::Touched::default(),
        }
    }
}
