//! Taking a signed checkpoint: read the signatures, pay, begin the next epoch.

use super::{SignatureWalk, accounting::PRECISION, length_reward};
use crate::stake::{LiveSet, LiveSetChange, StakeAccount, StakeManager};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, ValidatorId},
    root_chain::RootChainId,
    signature::{RecoverReverted, SignatureWords},
};
use serde::{Deserialize, Serialize};

/// Why a checkpoint is not taken. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckSignaturesError {
    /// The list is shorter than the heads needed, junk included.
    #[error("2/3+1 non-majority!")]
    TooShort {
        /// Signatures there are.
        got: usize,
        /// Heads that are enough.
        needed: u64,
    },
    /// Too few heads have signed.
    #[error("2/3+1 non-majority!")]
    NonMajority {
        /// Heads that counted.
        got: u64,
        /// Heads that are enough.
        needed: u64,
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
    /// A sum, difference, product or quotient that the contract checks; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl CheckSignaturesError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::TooShort { .. } | Self::NonMajority { .. } => "2/3+1 non-majority!",
            Self::Recover(_) | Self::Scratch { .. } | Self::Arithmetic(_) => "",
        }
    }
}

/// What a checkpoint paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointReward {
    /// All of it.
    pub reward: Amount,
    /// The proposer's part of it.
    pub bonus: Amount,
    /// The account the bonus went to; 0 for a proposer nobody knows.
    pub proposer: ValidatorId,
    /// How the signatures were read.
    pub walk: SignatureWalk,
}

/// How a checkpoint's reward is shared out.
pub(crate) struct Shares {
    pub(crate) reward: Amount,
    pub(crate) bonus: Amount,
    /// The reward index from now on.
    pub(crate) index: U256,
}

/// Shares out a reward: `signed` of the power `all` have signed, `index` is the reward index until now.
pub(crate) fn shares(
    total: Amount,
    signed: Amount,
    all: Amount,
    bonus_percent: Amount,
    index: U256,
) -> Result<Shares, AmountError> {
    let reward = total.checked_mul(signed)?.checked_div(all)?;
    let bonus = reward.checked_mul(bonus_percent)?.checked_div(Amount::from_units(100))?;
    let rise = reward.checked_sub(bonus)?.checked_mul(PRECISION)?.checked_div(signed)?;
    Ok(Shares { reward, bonus, index: Amount::from_word(index).checked_add(rise)?.to_word() })
}

/// All that a payment will change, computed before anything is.
#[derive(Debug)]
pub(super) struct Payment {
    accounts: BTreeMap<ValidatorId, StakeAccount>,
    intervals: U256,
    index: U256,
    outcome: CheckpointReward,
}

/// A checkpoint whose signatures are enough and whose reward is known. Nothing has changed yet; while this is held
/// nothing else can, and when it is dropped nothing will.
///
/// The contract that records checkpoints looks at the reward before it records one, and if it refuses, the payment has
/// not been either.
#[derive(Debug)]
pub struct AssessedCheckpoint<'a> {
    contract: &'a mut StakeManager,
    payment: Payment,
    next: (Epoch, LiveSet),
    account_root: B256,
}

impl AssessedCheckpoint<'_> {
    /// What it pays.
    #[must_use]
    pub const fn outcome(&self) -> &CheckpointReward {
        &self.payment.outcome
    }

    /// Pays, and begins the next epoch.
    pub fn commit(self) -> CheckpointReward {
        let Self { contract, payment, next: (epoch, live), account_root } = self;
        contract.figures.live = live;
        contract.queued.put(contract.figures.epoch, LiveSetChange::default());
        contract.figures.epoch = epoch;
        contract.figures.account_root = account_root;
        contract.settle_payment(payment)
    }
}

impl StakeManager {
    /// Takes a checkpoint's signatures, pays for it and begins the next epoch. Only the contract at
    /// [`Deployment::root_chain`](crate::stake::Deployment::root_chain) may call it, which the caller of this function
    /// stands for. It writes no log.
    ///
    /// `vote_hash` is Keccak-256 of `01` and the checkpoint's data, `blocks` its length.
    ///
    /// Source: `root-contracts §5.1, §5.3-5.5; contracts:staking/stakeManager/StakeManager.sol:592, 1109-1119`.
    ///
    /// # Errors
    /// [`CheckSignaturesError`].
    pub fn check_signatures(
        &mut self,
        blocks: U256,
        vote_hash: B256,
        state_root: B256,
        proposer: Address,
        signatures: &[SignatureWords],
    ) -> Result<CheckpointReward, CheckSignaturesError> {
        self.assess_checkpoint(blocks, vote_hash, state_root, proposer, signatures).map(AssessedCheckpoint::commit)
    }

    /// The same in two steps: what comes back tells the reward, and pays when it is told to.
    ///
    /// # Errors
    /// [`CheckSignaturesError`].
    pub fn assess_checkpoint(
        &mut self,
        blocks: U256,
        vote_hash: B256,
        state_root: B256,
        proposer: Address,
        signatures: &[SignatureWords],
    ) -> Result<AssessedCheckpoint<'_>, CheckSignaturesError> {
        let tron = U256::from(RootChainId::Tron.number());
        let payment = self.payment(tron, blocks, &vote_hash, proposer, signatures)?;
        let next = self.next_epoch()?;
        Ok(AssessedCheckpoint { contract: self, payment, next, account_root: state_root })
    }

    pub(super) fn payment(
        &self,
        root_chain: U256,
        blocks: U256,
        vote_hash: &B256,
        proposer: Address,
        signatures: &[SignatureWords],
    ) -> Result<Payment, CheckSignaturesError> {
        let walk = self.walk_signatures(vote_hash, signatures)?;
        if !walk.is_met() {
            return Err(CheckSignaturesError::NonMajority { got: walk.heads, needed: walk.needed });
        }
        let shape = &self.params.shape;
        let full = self.params.rewards.get(&root_chain).copied().unwrap_or_default();
        let (total, intervals) = length_reward(shape, full, blocks, self.figures.previous_intervals)?;
        let current = self.figures.reward_per_stake;
        let bonus_percent = Amount::from_units(shape.proposer_bonus);
        let Shares { reward, bonus, index } =
            shares(total, walk.power, self.figures.live.amount, bonus_percent, current)?;

        let mut accounts: BTreeMap<ValidatorId, StakeAccount> = BTreeMap::new();
        let account = |accounts: &BTreeMap<_, StakeAccount>, id| {
            let changed: Option<&StakeAccount> = accounts.get(&id);
            changed.or_else(|| self.account(id)).copied().unwrap_or_default()
        };
        // an unknown proposer's bonus is lost in account 0, and the proposer need not have signed.
        let proposer = self.validator_by_signer(proposer).unwrap_or_default();
        let mut credited = account(&accounts, proposer);
        credited.reward = credited.reward.checked_add(bonus)?;
        accounts.insert(proposer, credited);

        for (ids, up_to) in [(&walk.unsigned, current), (&walk.leaving, index)] {
            for id in ids {
                let mut settled = account(&accounts, *id);
                settled.commit(up_to, index)?;
                accounts.insert(*id, settled);
            }
        }
        Ok(Payment { accounts, intervals, index, outcome: CheckpointReward { reward, bonus, proposer, walk } })
    }

    pub(super) fn settle_payment(&mut self, payment: Payment) -> CheckpointReward {
        for (id, account) in payment.accounts {
            self.accounts.put(id, account);
        }
        let figures = &mut self.figures;
        figures.previous_intervals = payment.intervals;
        figures.reward_per_stake = payment.index;
        figures.total_rewards = figures.total_rewards.wrapping_add(payment.outcome.reward);
        payment.outcome
    }

    /// The next epoch, and the live set after the changes that are queued for it.
    pub(crate) fn next_epoch(&self) -> Result<(Epoch, LiveSet), AmountError> {
        let epoch = self.figures.epoch;
        let next = epoch.next().ok_or(AmountError::Add(U256::from(epoch.get()), U256::ONE))?;
        Ok((next, self.figures.live.changed(self.queued(next))?))
    }
}
