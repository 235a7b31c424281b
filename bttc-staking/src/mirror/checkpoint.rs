//! Taking a signed checkpoint: its epoch first, then its signatures, then the pay.

use super::{Mirror, MirrorAccount, MirrorParams};
use crate::reward::{Shares, SignatureRead, Standing, length_reward, shares, walk};
use alloc::{collections::BTreeMap, vec::Vec};
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    signature::{RecoverReverted, SignatureWords},
};
use serde::{Deserialize, Serialize};

/// Why a checkpoint is not taken. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MirrorSignaturesError {
    /// Too little stake has signed.
    #[error("2/3+1 non-majority!")]
    NonMajority {
        /// Stake and delegation that counted.
        got: Amount,
        /// Stake and delegation that are enough.
        needed: Amount,
    },
    /// A signature that no key has reverts the call; no reason on chain.
    #[error(transparent)]
    Recover(#[from] RecoverReverted),
    /// More absent or leaving validators than the contract has room for; no reason on chain.
    #[error("{got} validators to settle, room for {room}")]
    Scratch {
        /// How many.
        got: usize,
        /// Room for them.
        room: u64,
    },
    /// No epoch follows the one that was signed; no reason on chain.
    #[error("no epoch follows {epoch}")]
    LastEpoch {
        /// The checkpoint's.
        epoch: U256,
    },
    /// A sum, difference, product or quotient that the contract checks; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl MirrorSignaturesError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NonMajority { .. } => "2/3+1 non-majority!",
            Self::Recover(_) | Self::Scratch { .. } | Self::LastEpoch { .. } | Self::Arithmetic(_) => "",
        }
    }
}

/// How a checkpoint's signatures were read. The order of reading is that of
/// [`SignatureWalk`](crate::reward::SignatureWalk), but stake counts instead of heads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorWalk {
    /// What was read, in the order of the list.
    pub read: Vec<SignatureRead<U256>>,
    /// Signatures behind the place where reading stopped.
    pub unread: usize,
    /// Stake and delegation of those that counted.
    pub power: Amount,
    /// Stake and delegation that are enough.
    pub needed: Amount,
    /// Signers on the list that did not sign, in list order.
    pub unsigned: Vec<U256>,
    /// Those that signed though they have left.
    pub leaving: Vec<U256>,
}

impl MirrorWalk {
    /// Whether enough have signed.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.power >= self.needed
    }
}

/// What a checkpoint was paid. Nothing can be withdrawn of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorReward {
    /// All of it. The checkpoint contract refuses a checkpoint that is paid nothing.
    pub reward: Amount,
    /// The proposer's part of it.
    pub bonus: Amount,
    /// The record the bonus went to; 0 for a proposer nobody knows.
    pub proposer: U256,
    /// How the signatures were read.
    pub walk: MirrorWalk,
}

impl Mirror {
    /// Takes a checkpoint's signatures and pays for it; the next epoch is the one after the checkpoint's. Only the
    /// root chain's checkpoint contract may call it, which the caller of this function stands for. It writes no log.
    ///
    /// `vote_hash` is that of the checkpoint's data, `blocks` its length, `epoch` its seventh word.
    ///
    /// Source: `root-contracts §9.2; contracts@unstake:staking/stakeManager/StakeManager.sol:599-675`.
    ///
    /// # Errors
    /// [`MirrorSignaturesError`].
    // the signed epoch becomes the current one before anything is looked at, so it decides who is a validator; it
    // may be any other than 2²⁵⁶ − 1, earlier ones too.
    pub fn check_signatures(
        &mut self,
        blocks: U256,
        epoch: U256,
        vote_hash: B256,
        state_root: B256,
        proposer: Address,
        signatures: &[SignatureWords],
    ) -> Result<MirrorReward, MirrorSignaturesError> {
        let walk = self.walk_signatures(epoch, &vote_hash, signatures)?;
        if !walk.is_met() {
            return Err(MirrorSignaturesError::NonMajority { got: walk.power, needed: walk.needed });
        }
        let MirrorParams { reward, shape } = &self.params;
        let (total, intervals) = length_reward(shape, *reward, blocks, self.previous_intervals)?;
        let current = self.reward_per_stake;
        let bonus_percent = Amount::from_units(shape.proposer_bonus);
        let Shares { reward, bonus, index } = shares(total, walk.power, self.live.amount, bonus_percent, current)?;

        let mut changed: BTreeMap<U256, MirrorAccount> = BTreeMap::new();
        let account = |changed: &BTreeMap<U256, MirrorAccount>, id| {
            changed.get(&id).or_else(|| self.account(id)).copied().unwrap_or_default()
        };
        let proposer = self.id_of(proposer);
        let mut credited = account(&changed, proposer);
        credited.reward = credited.reward.checked_add(bonus)?;
        changed.insert(proposer, credited);
        for (ids, up_to) in [(&walk.unsigned, current), (&walk.leaving, index)] {
            for id in ids {
                let mut settled = account(&changed, *id);
                settled.commit(up_to, index)?;
                changed.insert(*id, settled);
            }
        }
        let next = epoch.checked_add(U256::from(1)).ok_or(MirrorSignaturesError::LastEpoch { epoch })?;

        self.accounts.extend(changed);
        self.previous_intervals = intervals;
        self.reward_per_stake = index;
        self.account_root = state_root;
        self.epoch = next;
        Ok(MirrorReward { reward, bonus, proposer, walk })
    }

    /// Reads a checkpoint's signatures as the contract does, with the validators of an epoch, changing nothing. Fewer
    /// than enough is not an error here; ask [`MirrorWalk::is_met`].
    ///
    /// # Errors
    /// [`MirrorSignaturesError::Recover`], [`MirrorSignaturesError::Scratch`], [`MirrorSignaturesError::Arithmetic`].
    pub fn walk_signatures(
        &self,
        epoch: U256,
        digest: &B256,
        signatures: &[SignatureWords],
    ) -> Result<MirrorWalk, MirrorSignaturesError> {
        let standing = |signer| {
            let id = self.id_of(signer);
            let account = self.account(id).copied().unwrap_or_default();
            let power = [account.delegated_amount, account.amount];
            if !account.is_validator_at(epoch) {
                Standing::Stranger // nothing here bars a validator
            } else if account.is_leaving() {
                Standing::Leaving(id, power)
            } else {
                Standing::Staying(id, power)
            }
        };
        let walk = walk::<_, MirrorSignaturesError>(digest, signatures, self.signers(), standing, |s| self.id_of(s))?;
        let room = u64::try_from(self.signers().len()).unwrap_or(u64::MAX).saturating_add(self.live.heads);
        for list in [&walk.unsigned, &walk.leaving] {
            if u64::try_from(list.len()).is_ok_and(|got| got > room) {
                return Err(MirrorSignaturesError::Scratch { got: list.len(), room });
            }
        }
        Ok(MirrorWalk {
            read: walk.read,
            unread: walk.unread,
            power: walk.power,
            needed: self.stake_needed()?,
            unsigned: walk.unsigned,
            leaving: walk.leaving,
        })
    }
}
