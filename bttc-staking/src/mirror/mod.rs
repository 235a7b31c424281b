//! The validator set as Ethereum and BSC keep it: the staking contract without stake, told by signed messages what
//! happened on TRON.
//!
//! ```text
//!  TRON: Staked, UnstakeInit, SignerChange ──▶ validation layer ──data ‖ signatures──▶ deliver ──▶ StakeAck
//!                                                                                        │
//!  governance: set_validator, force_remove ──────────────────────────────────────▶ live set, ascending signers
//!                                                                                        │
//!  checkpoint, with its epoch ──▶ check_signatures: two thirds of the stake plus one ◀───┘
//! ```
//!
//! A message is words of 32 bytes, whoever submits it; what is signed is Keccak-256 of `01` and all its bytes:
//!
//! | kind | words | effect |
//! |---|---|---|
//! | join | id, nonce, amount, activation epoch, delegated, signer | the record is written anew, the signer comes in |
//! | exit | id, nonce, deactivation epoch | the signer and all stake leave at once |
//! | signer update | id, nonce, signer | the old key is retired, the new one comes in |
//! | stake update | id, nonce, amount | the stake is replaced |
//!
//! The nonce follows the last one of that id, which is looked at before any signature; each message taken is
//! acknowledged with [`MirrorEvent::StakeAck`], and that is how the validation layer knows. Enough have signed when
//! their stake and delegation reach ⌊2·total / 3⌋ + 1. Since the validation layer joins everybody with 10¹⁸, that is
//! two thirds of the heads plus one, as on TRON.
//!
//! A checkpoint is paid as in [`reward`](crate::reward), from one rate for every chain. Rewards are counted but nothing
//! pays them out: the functions that users had on TRON are there and do nothing ([`UserFunction`]).
//!
//! Ids, nonces and epochs are whole 256-bit words here, because nothing on these chains keeps them smaller.
//! Numbers of the deployment that nothing reads (least stake, dynasty, auction period and the like) are not kept.
//!
//! Source: `root-contracts §9; contracts@unstake:staking/stakeManager/StakeManager.sol`.
//!
//! ```
//! use alloy_primitives::{Address, B256, U256};
//! use bttc_core::{amount::Amount, hash::keccak256, signature::{SecretKey, SignatureWords}};
//! use bttc_staking::mirror::{MessageKind, Mirror, MirrorChange, MirrorEvent, MirrorMessage, MirrorParams, Seat};
//!
//! let governance = Address::repeat_byte(1);
//! let mut mirror = Mirror::new(governance, governance, MirrorParams::default());
//! let mut keys = [b"alice", b"bobby", b"carol"].map(|name| SecretKey::from_bytes(&keccak256(name)).unwrap());
//! keys.sort_by_key(SecretKey::address); // signatures count in ascending order of their signers
//! let seat = |signer| Seat { signer, amount: Amount::from_btt(1), activation_epoch: U256::from(1), delegated: Amount::ZERO };
//! for (id, key) in (1..).map(U256::from).zip(&keys) {
//!     mirror.set_validator(governance, id, &seat(key.address()))?;
//! }
//!
//! let join = MirrorMessage {
//!     validator: U256::from(4),
//!     nonce: U256::from(1),
//!     change: MirrorChange::Join(seat(Address::repeat_byte(4))),
//! };
//! let data = join.to_data();
//! let digest = Mirror::vote_hash(&data);
//! let signatures = keys.each_ref().map(|key| SignatureWords::from(key.sign(&digest)));
//! let ack = mirror.deliver(MessageKind::Join, &data, &signatures)?; // two thirds of three and one: all three
//! assert_eq!(ack, MirrorEvent::StakeAck { validator: join.validator, nonce: join.nonce });
//! assert_eq!(mirror.live().heads, 4);
//!
//! let vote = B256::repeat_byte(0xc0); // stands for the hash of a checkpoint's data, 1 024 blocks signed in epoch 7
//! let signatures = keys.each_ref().map(|key| SignatureWords::from(key.sign(&vote)));
//! let paid = mirror.check_signatures(U256::from(1_024), U256::from(7), vote, B256::ZERO, keys[0].address(), &signatures)?;
//! assert_eq!(paid.reward.to_string(), "3,028.2 BTT"); // 20 188 · 1 024 / 5 120 · 3 / 4
//! assert_eq!((mirror.epoch(), paid.walk.unsigned), (U256::from(8), vec![join.validator]));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod account;
mod checkpoint;
mod event;
mod governance;
mod message;
mod params;
mod seat;
#[cfg(test)]
mod tests;
mod user;

pub use account::MirrorAccount;
pub use checkpoint::{MirrorReward, MirrorSignaturesError, MirrorWalk};
pub use event::{MirrorEvent, MirrorEventShape};
pub use governance::MirrorGovernanceError;
pub use message::{Consensus, MessageError, MessageKind, MirrorChange, MirrorMessage, ShortMessage};
pub use params::MirrorParams;
pub use seat::{Seat, SeatError};
pub use user::{UserFunction, UserFunctionError};

use crate::stake::{LiveSet, SignerList};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256, U256};
use bttc_core::amount::{Amount, AmountError};
use serde::{Deserialize, Serialize};

/// The contract's state, the staking information contract's nonces included.
///
/// Source: `root-contracts §3.2, §9; contracts@unstake:staking/stakeManager/StakeManagerStorage.sol`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    owner: Address,
    governance: Address,
    params: MirrorParams,
    locked: bool,
    accounts: BTreeMap<U256, MirrorAccount>,
    nonces: BTreeMap<U256, U256>,
    signers: SignerList,
    signer_to_validator: BTreeMap<Address, U256>,
    live: LiveSet,
    epoch: U256,
    reward_per_stake: U256,
    previous_intervals: U256,
    account_root: B256,
    total_staked: Amount,
}

impl Mirror {
    /// What a replaced signer key stands for instead of a validator.
    pub const RETIRED: U256 = U256::MAX;

    /// The contract as deployed: nobody in it, epoch 1.
    ///
    /// `owner` is the proxy's, who may also set nonces; `governance` turns the knobs.
    #[must_use]
    pub fn new(owner: Address, governance: Address, params: MirrorParams) -> Self {
        Self {
            owner,
            governance,
            params,
            locked: false,
            accounts: BTreeMap::new(),
            nonces: BTreeMap::new(),
            signers: SignerList::default(),
            signer_to_validator: BTreeMap::new(),
            live: LiveSet::default(),
            epoch: U256::from(1),
            reward_per_stake: U256::ZERO,
            previous_intervals: U256::ZERO,
            account_root: B256::ZERO,
            total_staked: Amount::ZERO,
        }
    }

    /// Owner of the proxy and of the staking information contract.
    #[must_use]
    pub const fn owner(&self) -> Address {
        self.owner
    }

    /// Who may turn its knobs.
    #[must_use]
    pub const fn governance(&self) -> Address {
        self.governance
    }

    /// The numbers it works by.
    #[must_use]
    pub const fn params(&self) -> &MirrorParams {
        &self.params
    }

    /// Whether it is locked. Messages and checkpoints are taken all the same.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// The current epoch: one more than the last checkpoint's.
    #[must_use]
    pub const fn epoch(&self) -> U256 {
        self.epoch
    }

    /// A validator's record. Ids 0 and [`Mirror::RETIRED`] are there once a bonus went to them.
    #[must_use]
    pub fn account(&self, id: U256) -> Option<&MirrorAccount> {
        self.accounts.get(&id)
    }

    /// All records, in id order.
    pub fn accounts(&self) -> impl Iterator<Item = (U256, &MirrorAccount)> {
        self.accounts.iter().map(|(id, account)| (*id, account))
    }

    /// The validator a signer key was ever used for; [`Mirror::RETIRED`] once it was replaced.
    #[must_use]
    pub fn validator_by_signer(&self, signer: Address) -> Option<U256> {
        self.signer_to_validator.get(&signer).copied()
    }

    /// All keys ever used, in ascending order, and whose they are.
    pub fn known_signers(&self) -> impl Iterator<Item = (Address, U256)> {
        self.signer_to_validator.iter().map(|(signer, id)| (*signer, *id))
    }

    /// The nonce of the last message about a validator; 0 before the first.
    #[must_use]
    pub fn nonce(&self, id: U256) -> U256 {
        self.nonces.get(&id).copied().unwrap_or_default()
    }

    /// All nonces, in id order.
    pub fn nonces(&self) -> impl Iterator<Item = (U256, U256)> {
        self.nonces.iter().map(|(id, nonce)| (*id, *nonce))
    }

    /// The list of signers. Ascending as long as nobody put another in its place.
    #[must_use]
    pub fn signers(&self) -> &[Address] {
        self.signers.as_slice()
    }

    /// Stake with delegation, and heads.
    #[must_use]
    pub const fn live(&self) -> LiveSet {
        self.live
    }

    /// Reward per base unit of stake since the beginning, × 10²⁵.
    #[must_use]
    pub const fn reward_per_stake(&self) -> U256 {
        self.reward_per_stake
    }

    /// Full lengths of the last checkpoint that had any.
    #[must_use]
    pub const fn previous_intervals(&self) -> U256 {
        self.previous_intervals
    }

    /// Root over the fee accounts, from the last checkpoint.
    #[must_use]
    pub const fn account_root(&self) -> B256 {
        self.account_root
    }

    /// All self-stake, as the contract has counted it. It drifts from the sum of the records.
    #[must_use]
    pub const fn total_staked(&self) -> Amount {
        self.total_staked
    }

    /// Whether somebody is a validator in the current epoch.
    #[must_use]
    pub fn is_validator(&self, id: U256) -> bool {
        self.account(id).is_some_and(|account| account.is_validator_at(self.epoch))
    }

    /// What a validator would have earned: credited and, until it exits, not yet credited.
    ///
    /// Source: `root-contracts §9.2`.
    ///
    /// # Errors
    /// [`AmountError`] where the contract reverts: for an unknown id, which has not even the one unit to subtract.
    pub fn validator_reward(&self, id: U256) -> Result<Amount, AmountError> {
        let account = self.account(id).copied().unwrap_or_default();
        let open = if account.is_leaving() { Amount::ZERO } else { account.uncredited(self.reward_per_stake)?.0 };
        account.reward.checked_add(open)?.checked_sub(MirrorAccount::BIAS)
    }

    /// What a validator's delegators would have earned together.
    ///
    /// # Errors
    /// As [`Mirror::validator_reward`].
    // Q-149: what is not yet credited is shown to delegators after the exit too, unlike the validator's own.
    pub fn delegators_reward(&self, id: U256) -> Result<Amount, AmountError> {
        let account = self.account(id).copied().unwrap_or_default();
        let (_, open) = account.uncredited(self.reward_per_stake)?;
        account.delegators_reward.checked_add(open)?.checked_sub(MirrorAccount::BIAS)
    }

    /// The id behind a key. It is 0 for one that was never used.
    // Q-147: so a validator with id 0 is everybody whose key is unknown, one with id 2²⁵⁶ − 1 everybody whose key was
    // replaced.
    fn id_of(&self, signer: Address) -> U256 {
        self.validator_by_signer(signer).unwrap_or_default()
    }
}
