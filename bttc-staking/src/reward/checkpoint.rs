//! Taking a signed checkpoint: read the signatures, pay, begin the next epoch.

use super::{SignatureWalk, accounting::PRECISION, length_reward};
use crate::stake::{LiveSet, LiveSetChange, StakeAccount, StakeEvent, StakeManager};
use alloc::{collections::BTreeMap, vec::Vec};
use alloy_primitives::{Address, B256, I256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    hash::Keccak256,
    id::{CheckpointNumber, Epoch, ValidatorId},
    root_chain::{CheckpointSyncAck, RootChainId},
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

/// A checkpoint that another root chain took, told here so that its signers are paid.
///
/// Source: `root-contracts §5.6; contracts:staking/stakeManager/StakeManager.sol:606-623`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointSync {
    /// Who proposed it.
    pub proposer: Address,
    /// First block.
    pub start: u64,
    /// Last block.
    pub end: u64,
    /// Its number there.
    pub checkpoint: CheckpointNumber,
    /// Number of that root chain.
    pub root_chain: u64,
}

impl CheckpointSync {
    /// The 160 bytes that validators sign behind a `01`: five words.
    #[must_use]
    pub fn to_data(&self) -> Vec<u8> {
        let numbers = [self.start, self.end, self.checkpoint.get(), self.root_chain];
        let mut data = self.proposer.into_word().to_vec();
        for number in numbers {
            data.extend_from_slice(B256::from(U256::from(number)).as_slice());
        }
        data
    }
}

/// Why a report is refused. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointSyncError {
    /// Not the next checkpoint of that root chain.
    #[error("INCORRECT_HEADER_DATA")]
    IncorrectHeaderData {
        /// Number reported.
        got: CheckpointNumber,
        /// The last one reported.
        last: CheckpointNumber,
    },
    /// The signatures or the payment are refused.
    #[error(transparent)]
    Signatures(#[from] CheckSignaturesError),
}

impl CheckpointSyncError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::IncorrectHeaderData { .. } => "INCORRECT_HEADER_DATA",
            Self::Signatures(error) => error.reason(),
        }
    }
}

/// All that a payment will change, computed before anything is.
struct Payment {
    accounts: BTreeMap<ValidatorId, StakeAccount>,
    intervals: U256,
    index: U256,
    outcome: CheckpointReward,
}

impl StakeManager {
    /// Takes a checkpoint's signatures, pays for it and begins the next epoch. Only the root chain's checkpoint
    /// contract may call it, which the caller of this function stands for. It writes no log.
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
        let tron = u64::from(RootChainId::Tron.number());
        let payment = self.payment(tron, blocks, &vote_hash, proposer, signatures)?;
        let (next, live) = self.next_epoch()?;
        self.live = live;
        self.queued.remove(&self.epoch);
        self.epoch = next;
        self.account_root = state_root;
        Ok(self.pay(payment))
    }

    /// Takes the report of a checkpoint that another root chain took, and pays for it. The log.
    ///
    /// # Errors
    /// [`CheckpointSyncError`].
    // no epoch begins, and a root chain without a reward pays nothing but is kept all the same.
    pub fn submit_checkpoint_sync(
        &mut self,
        sync: &CheckpointSync,
        signatures: &[SignatureWords],
    ) -> Result<(CheckpointReward, StakeEvent), CheckpointSyncError> {
        let last = self.synced(sync.root_chain);
        if last.next() != Some(sync.checkpoint) {
            return Err(CheckpointSyncError::IncorrectHeaderData { got: sync.checkpoint, last });
        }
        let mut hasher = Keccak256::new();
        hasher.update([1]);
        hasher.update(sync.to_data());
        let length = Amount::from_units(sync.end)
            .checked_sub(Amount::from_units(sync.start))
            .and_then(|length| length.checked_add(Amount::from_units(1)))
            .map_err(CheckSignaturesError::from)?;
        let payment = self.payment(sync.root_chain, length.to_word(), &hasher.finalize(), sync.proposer, signatures)?;
        self.synced.insert(sync.root_chain, sync.checkpoint);
        let ack = StakeEvent::CheckpointSyncAck(CheckpointSyncAck {
            proposer: sync.proposer,
            root_chain: sync.root_chain,
            checkpoint: sync.checkpoint,
            start: sync.start,
            end: sync.end,
        });
        Ok((self.pay(payment), ack))
    }

    fn payment(
        &self,
        root_chain: u64,
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
        let (total, intervals) = length_reward(shape, full, blocks, self.previous_intervals)?;
        let reward = total.checked_mul(walk.power)?.checked_div(self.live.amount)?;
        let bonus =
            reward.checked_mul(Amount::from_units(shape.proposer_bonus))?.checked_div(Amount::from_units(100))?;

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

        let current = self.reward_per_stake;
        let index = reward
            .checked_sub(bonus)?
            .checked_mul(PRECISION)?
            .checked_div(walk.power)?
            .checked_add(Amount::from_word(current))?
            .to_word();
        for (ids, up_to) in [(&walk.unsigned, current), (&walk.leaving, index)] {
            for id in ids {
                let mut settled = account(&accounts, *id);
                settled.commit(up_to, index)?;
                accounts.insert(*id, settled);
            }
        }
        Ok(Payment { accounts, intervals, index, outcome: CheckpointReward { reward, bonus, proposer, walk } })
    }

    fn pay(&mut self, payment: Payment) -> CheckpointReward {
        self.accounts.extend(payment.accounts);
        self.previous_intervals = payment.intervals;
        self.reward_per_stake = payment.index;
        self.total_rewards = self.total_rewards.wrapping_add(payment.outcome.reward);
        payment.outcome
    }

    /// The next epoch, and the live set after the changes that are queued for it.
    pub(crate) fn next_epoch(&self) -> Result<(Epoch, LiveSet), AmountError> {
        let last = U256::from(self.epoch.get());
        let next = self.epoch.next().ok_or(AmountError::Add(last, U256::ONE))?;
        Ok((next, self.live.changed(self.queued(next))?))
    }
}

impl LiveSet {
    fn changed(self, change: LiveSetChange) -> Result<Self, AmountError> {
        let by = Amount::from_word(change.amount.unsigned_abs());
        let amount =
            if change.amount < I256::ZERO { self.amount.checked_sub(by)? } else { self.amount.checked_add(by)? };
        let heads = self.heads.checked_add_signed(change.heads).ok_or_else(|| {
            let (heads, by) = (U256::from(self.heads), U256::from(change.heads.unsigned_abs()));
            AmountError::Sub(heads, by)
        })?;
        Ok(Self { amount, heads })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        stake::{StakeFor, StakeParams},
        token::Token,
    };
    use bttc_core::{
        hash::keccak256,
        signature::{SecretKey, Signer},
    };

    const MANAGER: Address = Address::repeat_byte(0x11);
    const GOVERNANCE: Address = Address::repeat_byte(0x22);

    /// A contract with these stakes (in units of `unit`), the keys in ascending address order. Id i + 1 is stake i.
    fn staked(stakes: &[u64], unit: Amount, params: StakeParams) -> (StakeManager, Vec<SecretKey>) {
        let mut keys: Vec<SecretKey> =
            (0..stakes.len()).map(|i| SecretKey::from_bytes(&keccak256([i as u8])).unwrap()).collect();
        keys.sort_by_key(SecretKey::address);
        let params = StakeParams {
            min_deposit: Amount::from_units(1),
            min_fee: Amount::ZERO,
            validator_threshold: 100,
            ..params
        };
        let mut contract = StakeManager::new(MANAGER, GOVERNANCE, Token::default(), params);
        for (stake, key) in stakes.iter().zip(&keys) {
            let amount = Amount::from_units(*stake).checked_mul(unit).unwrap();
            let user = key.address();
            contract.token.mint(user, amount).unwrap();
            contract.token.approve(user, MANAGER, amount).unwrap();
            let stake = StakeFor {
                user,
                amount,
                fee: Amount::ZERO,
                signer_key: key.public_key().coordinates().to_vec().into(),
                share_contract: None,
            };
            contract.stake_for(user, &stake).unwrap();
        }
        (contract, keys)
    }

    fn words<'a>(keys: impl IntoIterator<Item = &'a SecretKey>, digest: &B256) -> Vec<SignatureWords> {
        keys.into_iter().map(|key| key.sign_digest(digest).unwrap().into()).collect()
    }

    fn base(text: &str) -> Amount {
        Amount::from_word(text.parse().unwrap())
    }

    fn e30() -> Amount {
        base("1000000000000000000000000000000")
    }

    const DIGEST: B256 = B256::repeat_byte(0xd1);

    fn check(
        contract: &mut StakeManager,
        blocks: u64,
        proposer: Address,
        signatures: &[SignatureWords],
    ) -> Result<CheckpointReward, CheckSignaturesError> {
        contract.check_signatures(U256::from(blocks), DIGEST, B256::ZERO, proposer, signatures)
    }

    /// root-contracts §12.2 A. Our keys are not the reference's, so the five signers hold its stakes in our order:
    /// stakes 1, 2, 3, 4, 5 sign, 6 and 100 do not; the proposer has stake 1.
    #[test]
    fn reference_result_a_five_of_seven_heads_with_an_eighth_of_the_stake() {
        let (mut contract, keys) = staked(&[1, 2, 3, 4, 5, 6, 100], e30(), StakeParams::default());
        let outcome = check(&mut contract, 1_024, keys[0].address(), &words(&keys[..5], &DIGEST)).unwrap();
        assert_eq!(outcome.reward, base("3689437190082644628099173"));
        assert_eq!(contract.reward_per_stake(), base("2213662314049586776").to_word());
        assert_eq!(contract.epoch(), Epoch::new(2));
        let rewards = [
            "590309950413223140409917",
            "442732462809917355200000",
            "664098694214876032800000",
            "885464925619834710400000",
            "1106831157024793388000000",
            "0",
            "0",
        ];
        for (id, expected) in (1..).zip(rewards) {
            assert_eq!(contract.validator_reward(ValidatorId::new(id)), Ok(base(expected)), "id {id}");
        }
    }

    /// root-contracts §12.2 B.
    #[test]
    fn reference_result_b_delegators_and_commission() {
        let mut params = StakeParams::default();
        params.shape.interval = 1;
        params.rewards.insert(1, Amount::from_btt(10_000));
        let stakes = [100, 101, 102, 103, 104, 105, 106, 107, 108];
        let (mut contract, keys) = staked(&stakes, Amount::from_btt(1), params);
        for (id, delegated) in [(1, 33), (9, 7)] {
            let account = contract.accounts.get_mut(&ValidatorId::new(id)).unwrap();
            account.delegated_amount = Amount::from_btt(delegated);
            contract.live.amount = contract.live.amount.checked_add(Amount::from_btt(delegated)).unwrap();
        }
        contract.accounts.get_mut(&ValidatorId::new(1)).unwrap().commission_rate = 13;
        check(&mut contract, 1, keys[3].address(), &words(&keys, &DIGEST)).unwrap();
        let first = ValidatorId::new(1);
        assert_eq!(contract.reward_per_stake(), base("92213114754098360655737704").to_word());
        assert_eq!(contract.validator_reward(first), Ok(base("961690573770491803278")));
        assert_eq!(contract.delegators_reward(first), Ok(base("264743852459016393443")));
    }

    /// root-contracts §12.2 C.
    #[test]
    fn q21_reference_result_c_an_unknown_proposers_bonus_is_lost() {
        let (mut contract, keys) = staked(&[5, 5, 5, 5], e30(), StakeParams::default());
        let outcome = check(&mut contract, 10, Address::repeat_byte(9), &words(&keys, &DIGEST)).unwrap();
        assert_eq!(outcome.proposer, ValidatorId::new(0));
        let lost = contract.account(ValidatorId::new(0)).unwrap();
        assert_eq!(lost.reward, base("29063925781250000000000"));
        assert!(!contract.is_validator(ValidatorId::new(0)));
    }

    #[test]
    fn q18_a_whale_alone_is_one_head() {
        let (mut contract, keys) = staked(&[99, 1, 1, 1], e30(), StakeParams::default());
        let before = contract.clone();
        let whale = words(core::iter::repeat_n(&keys[0], 4), &DIGEST);
        assert_eq!(
            check(&mut contract, 1, keys[0].address(), &whale),
            Err(CheckSignaturesError::NonMajority { got: 1, needed: 3 })
        );
        assert_eq!(
            check(&mut contract, 1, keys[0].address(), &whale[..2]),
            Err(CheckSignaturesError::TooShort { got: 2, needed: 3 })
        );
        assert_eq!(contract, before);
        assert!(check(&mut contract, 1, keys[0].address(), &words(&keys[1..], &DIGEST)).is_ok());
    }

    #[test]
    fn q19_a_bad_signature_is_passed_over_in_front_and_cuts_the_list_off_behind() {
        use super::super::Reading::{Counted, Descending, Repeated};
        let (contract, keys) = staked(&[1, 1, 1, 1], e30(), StakeParams::default());
        let good = words(&keys, &DIGEST);
        let bad = SignatureWords { v: U256::from(29), ..good[0] };
        let walk = |list: &[SignatureWords]| contract.walk_signatures(&DIGEST, list).unwrap();
        let readings = |walk: &SignatureWalk| walk.read.iter().map(|r| r.reading).collect::<Vec<_>>();
        let [first, second] = [1, 2].map(|id| Counted(ValidatorId::new(id)));

        let front = walk(&[bad, good[0], good[1], good[3]]);
        assert_eq!(readings(&front)[..3], [Repeated, first, second]);
        assert_eq!((front.heads, front.unsigned), (3, Vec::from([ValidatorId::new(3)])));

        let behind = walk(&[good[0], bad, good[1], good[2]]);
        assert_eq!(readings(&behind), [first, Descending]);
        assert_eq!((behind.heads, behind.unread, behind.unsigned.len()), (1, 2, 3));
    }

    #[test]
    fn q20_a_report_from_another_root_chain_begins_no_epoch() {
        let (mut contract, keys) = staked(&[1, 1, 1, 1], e30(), StakeParams::default());
        let sync = CheckpointSync {
            proposer: keys[0].address(),
            start: 0,
            end: 1_023,
            checkpoint: CheckpointNumber::new(1),
            root_chain: 77,
        };
        let mut data = Vec::from([1]);
        data.extend(sync.to_data());
        let signatures = words(&keys, &keccak256(data));
        let (outcome, event) = contract.submit_checkpoint_sync(&sync, &signatures).unwrap();
        assert_eq!((outcome.reward, contract.epoch()), (Amount::ZERO, Epoch::new(1)));
        assert!(event.to_root_event().is_some());
        assert_eq!(contract.synced(77), CheckpointNumber::new(1));
        let again = contract.submit_checkpoint_sync(&sync, &signatures).unwrap_err();
        assert_eq!(again.reason(), "INCORRECT_HEADER_DATA");
    }
}
