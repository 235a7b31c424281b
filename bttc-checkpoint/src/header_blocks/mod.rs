//! The contract that records checkpoints on a root chain (`RootChain`), as a value.
//!
//! ```text
//! next id N = 10000, 20000, …        record(N) = ( root, start, end, time, proposer )
//!
//! submit( data, signatures )
//!   chain id = ours                              "Invalid bor chain id"
//!   start    = 0 if N ≤ 10000 else end(N−10000)+1 "INCORRECT_HEADER_DATA"
//!   reward   = stake manager( end−start+1, [epoch,] H(01 ‖ data), account root, proposer, signatures )
//!   reward   ≠ 0                                 "Invalid checkpoint"
//!   record(N) written, N := N + 10000
//! ```
//!
//! Whether the signatures suffice is the stake manager's to say, so submitting is two steps: [`HeaderBlocks::open`]
//! checks what this contract checks and hands out what the stake manager wants to know; [`HeaderBlocks::accept`] takes
//! its answer.
//!
//! Source: `root-contracts §8; contracts:root/RootChain.sol`.
//!
//! ```
//! use bttc_checkpoint::{header_blocks::HeaderBlocks, vote::{CheckpointWords, DataLayout, SignData}};
//! use bttc_core::amount::Amount;
//! use alloy_primitives::{Address, B256, U256};
//!
//! let mut contract = HeaderBlocks::new(DataLayout::Tron, 199, Address::ZERO);
//! let data = CheckpointWords {
//!     proposer: Address::ZERO, start: U256::ZERO, end: U256::from(255), root: B256::repeat_byte(1),
//!     account_root: B256::ZERO, chain_id: U256::from(199), epoch: Some(U256::from(1)),
//! }.sign_data();
//!
//! let pending = contract.open(&data, vec![])?;
//! assert_eq!(pending.block_interval(), U256::from(256));
//! contract.accept(pending, Amount::from_btt(1), 1_700_000_000)?; // the reward is the stake manager's answer
//! assert_eq!(contract.last_child_block()?, U256::from(255));
//! # Ok::<(), bttc_checkpoint::header_blocks::SubmitError>(())
//! ```

mod chain_info;
mod error;
mod pending;
mod record;

pub use chain_info::ChainInfo;
pub use error::{DepositError, NotOwner, RegisterError, ResetError, SubmitError};
pub use pending::PendingCheckpoint;
pub use record::{HeaderBlock, PointerReset, Question, Recorded};

use crate::vote::{CheckpointWords, DataLayout, VoteResult};
use alloc::{collections::BTreeMap, vec::Vec};
use alloy_primitives::{Address, B256, Bytes, U256};
use bttc_core::{amount::Amount, hash::keccak256, id::HeaderBlockId, signature::SignatureWords};
use serde::{Deserialize, Serialize};

/// The contract's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderBlocks {
    layout: DataLayout,
    chain_id: u64,
    owner: Address,
    deposit_manager: Address,
    /// Hash of the validation layer's name. Nothing reads it.
    layer_id: B256,
    next: U256,
    records: BTreeMap<HeaderBlockId, HeaderBlock>,
    /// Place of the next deposit behind the newest record.
    next_deposit: U256,
    chains: BTreeMap<U256, ChainInfo>,
}

const STEP: U256 = U256::from_limbs([HeaderBlockId::STEP, 0, 0, 0]);

impl HeaderBlocks {
    /// The contract without checkpoints, of a network that has no deposit manager.
    #[must_use]
    pub const fn new(layout: DataLayout, chain_id: u64, owner: Address) -> Self {
        Self {
            layout,
            chain_id,
            owner,
            deposit_manager: Address::ZERO,
            layer_id: B256::ZERO,
            next: STEP,
            records: BTreeMap::new(),
            next_deposit: U256::ONE,
            chains: BTreeMap::new(),
        }
    }

    /// The same with this deposit manager.
    #[must_use]
    pub const fn with_deposit_manager(mut self, manager: Address) -> Self {
        self.deposit_manager = manager;
        self
    }

    /// The same for a validation layer of this name, as in `delivery-199`.
    #[must_use]
    pub fn with_layer(mut self, name: &str) -> Self {
        self.layer_id = keccak256(name);
        self
    }

    /// Hash of the validation layer's name (`heimdallId`).
    #[must_use]
    pub const fn layer_id(&self) -> B256 {
        self.layer_id
    }

    /// Root chains that were made known (`chainMap`), by number.
    pub fn chains(&self) -> impl Iterator<Item = (U256, &ChainInfo)> {
        self.chains.iter().map(|(number, chain)| (*number, chain))
    }

    /// Id of the next record.
    #[must_use]
    pub const fn next_id(&self) -> HeaderBlockId {
        HeaderBlockId::new(self.next)
    }

    /// Id of the newest record, 0 before the first.
    ///
    /// # Errors
    /// [`SubmitError::Pointer`] after a reset to 0.
    pub fn current_id(&self) -> Result<HeaderBlockId, SubmitError> {
        self.next.checked_sub(STEP).map(HeaderBlockId::new).ok_or(SubmitError::Pointer { next: self.next })
    }

    /// The last checkpointed block, 0 before the first.
    ///
    /// # Errors
    /// [`SubmitError::Pointer`] after a reset to 0.
    pub fn last_child_block(&self) -> Result<U256, SubmitError> {
        self.current_id().map(|id| self.record(id).end)
    }

    /// The record under this id, zeros if there is none.
    #[must_use]
    pub fn record(&self, id: HeaderBlockId) -> HeaderBlock {
        self.records.get(&id).copied().unwrap_or_default()
    }

    /// All records by id.
    pub fn records(&self) -> impl Iterator<Item = (HeaderBlockId, &HeaderBlock)> {
        self.records.iter().map(|(id, record)| (*id, record))
    }

    /// The newest record that holds this block.
    #[must_use]
    pub fn find(&self, block: u64) -> Option<(HeaderBlockId, &HeaderBlock)> {
        self.records().filter(|(_, record)| record.contains(block)).last()
    }

    /// First block of the next checkpoint.
    // Q-47: the end's successor is unchecked, so that after 2²⁵⁶ − 1 comes 0.
    // Q-49: after a reset forward there is no record before the pointer; its end counts as 0, the next start is 1.
    #[must_use]
    pub fn next_start(&self) -> U256 {
        match self.next.checked_sub(STEP) {
            Some(previous) if !previous.is_zero() => {
                let end = self.record(HeaderBlockId::new(previous)).end;
                end.wrapping_add(U256::from(1))
            }
            _ => U256::ZERO,
        }
    }

    /// Answers a question as the contract does, ABI-encoded.
    ///
    /// # Errors
    /// [`SubmitError::Pointer`].
    pub fn answer(&self, question: &Question) -> Result<Bytes, SubmitError> {
        let word = |word: U256| Bytes::from(word.to_be_bytes::<32>());
        match question {
            Question::HeaderBlock(id) => Ok(self.record(*id).to_answer()),
            Question::CurrentHeaderBlock => self.current_id().map(|id| word(id.get())),
            Question::LastChildBlock => self.last_child_block().map(word),
        }
    }

    /// Checks a submission, up to the question that the stake manager answers.
    ///
    /// Source: `root-contracts §8.2; contracts:root/RootChain.sol:27-53`.
    ///
    /// # Errors
    /// [`SubmitError`], the first check that fails.
    pub fn open(&self, data: &[u8], signatures: Vec<SignatureWords>) -> Result<PendingCheckpoint, SubmitError> {
        let words = CheckpointWords::decode(data, self.layout)?;
        if words.chain_id != U256::from(self.chain_id) {
            return Err(SubmitError::ChainId { got: words.chain_id, expected: self.chain_id });
        }
        let (start, end) = (words.start, words.end);
        self.check_start(start)?;
        let block_interval = end
            .checked_sub(start)
            .and_then(|more| more.checked_add(U256::from(1)))
            .ok_or(SubmitError::Interval { start, end })?;
        Ok(PendingCheckpoint {
            id: self.next_id(),
            layout: self.layout,
            words,
            block_interval,
            vote_hash: VoteResult::Yes.digest(data),
            signatures,
        })
    }

    fn check_start(&self, got: U256) -> Result<(), SubmitError> {
        let expected = self.next_start();
        if got == expected { Ok(()) } else { Err(SubmitError::Start { got, expected }) }
    }

    /// Records a checkpoint that the stake manager pays this reward for, at this time (Unix seconds).
    ///
    /// # Errors
    /// [`SubmitError`]; [`SubmitError::Start`] also when another checkpoint was recorded since it was opened.
    pub fn accept(&mut self, pending: PendingCheckpoint, reward: Amount, now: u64) -> Result<Recorded, SubmitError> {
        let words = pending.words;
        self.check_start(words.start)?;
        if reward.is_zero() {
            return Err(SubmitError::NoReward);
        }
        let id = self.next_id();
        let next = self.next.checked_add(STEP);
        let next = next.ok_or(SubmitError::Pointer { next: self.next })?;
        let record = HeaderBlock {
            root: words.root,
            start: words.start,
            end: words.end,
            created_at: U256::from(now),
            proposer: words.proposer,
        };
        self.records.insert(id, record);
        self.next = next;
        self.next_deposit = U256::ONE;
        Ok(Recorded { id, reward, record })
    }

    /// Sets the next id (`setNextHeaderBlock`) and deletes the records from there to the pointer.
    ///
    /// Source: `root-contracts §8.3; contracts:root/RootChain.sol:109`.
    ///
    /// # Errors
    /// [`ResetError`].
    // Q-48: 0 is allowed. Then there is no current id, the next record has id 0, and the one after it, at 10000, must
    // start at block 0 again.
    pub fn set_next(&mut self, caller: Address, value: U256) -> Result<PointerReset, ResetError> {
        self.check_owner(caller)?;
        if !(value % STEP).is_zero() {
            return Err(ResetError::Value { got: value });
        }
        let pointer = self.next;
        self.records.retain(|id, _| id.get() < value || id.get() >= pointer);
        self.next = value;
        self.next_deposit = U256::ONE;
        Ok(PointerReset { owner: caller, next: self.next_id() })
    }

    /// Gives ids to so many deposits (`updateDepositId`): they follow that of the newest record. The first one.
    ///
    /// Source: `root-contracts §8.3; contracts:root/RootChain.sol`.
    ///
    /// # Errors
    /// [`DepositError`].
    pub fn take_deposit_ids(&mut self, caller: Address, count: U256) -> Result<U256, DepositError> {
        if caller != self.deposit_manager {
            return Err(DepositError::Manager { got: caller, expected: self.deposit_manager });
        }
        let newest = self.next.checked_sub(STEP).ok_or(DepositError::Pointer { next: self.next })?;
        let overflow = DepositError::Overflow { got: count };
        let first = newest.checked_add(self.next_deposit).ok_or(overflow)?;
        let next = self.next_deposit.checked_add(count).ok_or(overflow)?;
        if next > STEP {
            return Err(DepositError::TooMany { got: next });
        }
        self.next_deposit = next;
        Ok(first)
    }

    /// Makes a root chain known (`setChainInfo`), on TRON.
    ///
    /// Source: `root-contracts §8.3; contracts:root/RootChain.sol:124`.
    ///
    /// # Errors
    /// [`RegisterError`].
    // Q-160: taken is an id whose record says another number than 0, so number 0 can be written again for ever.
    pub fn register_chain(&mut self, caller: Address, chain: ChainInfo) -> Result<(), RegisterError> {
        if self.layout == DataLayout::Mirror {
            return Err(RegisterError::NoFunction);
        }
        self.check_owner(caller)?;
        if self.chains.get(&chain.root_chain).is_some_and(|known| !known.root_chain.is_zero()) {
            return Err(RegisterError::Taken { got: chain.root_chain });
        }
        self.chains.insert(chain.root_chain, chain);
        Ok(())
    }

    /// Sets the validation layer's name (`setHeimdallId`). It leaves no log.
    ///
    /// # Errors
    /// [`NotOwner`].
    pub fn set_layer(&mut self, caller: Address, name: &str) -> Result<(), NotOwner> {
        self.check_owner(caller)?;
        self.layer_id = keccak256(name);
        Ok(())
    }

    fn check_owner(&self, caller: Address) -> Result<(), NotOwner> {
        if caller == self.owner { Ok(()) } else { Err(NotOwner { got: caller, expected: self.owner }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vote::SignData as _;
    use alloy_primitives::{B256, hex};

    const OWNER: Address = Address::repeat_byte(9);

    fn data(start: u64, end: U256) -> Vec<u8> {
        CheckpointWords {
            proposer: Address::repeat_byte(1),
            start: U256::from(start),
            end,
            root: B256::repeat_byte(2),
            account_root: B256::repeat_byte(3),
            chain_id: U256::from(199),
            epoch: Some(U256::from(1)),
        }
        .sign_data()
    }

    fn submit(contract: &mut HeaderBlocks, start: u64, end: U256) -> Result<Recorded, SubmitError> {
        let pending = contract.open(&data(start, end), Vec::new())?;
        contract.accept(pending, Amount::from_units(1), 7)
    }

    fn contract() -> HeaderBlocks {
        HeaderBlocks::new(DataLayout::Mirror, 199, OWNER)
    }

    #[test]
    fn ids_step_by_ten_thousand_and_ranges_are_contiguous() {
        let mut contract = contract();
        assert_eq!(contract.last_child_block(), Ok(U256::ZERO));
        let first = submit(&mut contract, 0, U256::from(255)).unwrap();
        let second = submit(&mut contract, 256, U256::from(511)).unwrap();
        assert_eq!([first.id.to_string(), second.id.to_string()], ["10000", "20000"]);
        assert_eq!(contract.find(256).map(|(id, _)| id), Some(second.id));
        assert_eq!(contract.find(512), None);
        assert_eq!(
            submit(&mut contract, 513, U256::from(600)).map_err(|e| alloc::format!("{e}")),
            Err("INCORRECT_HEADER_DATA".into())
        );
    }

    #[test]
    fn a_checkpoint_opened_before_another_was_accepted_is_stale() {
        let mut contract = contract();
        let late = contract.open(&data(0, U256::from(9)), Vec::new()).unwrap();
        submit(&mut contract, 0, U256::from(9)).unwrap();
        let before = contract.clone();
        assert!(contract.accept(late, Amount::from_units(1), 7).is_err());
        assert_eq!(contract, before);
    }

    #[test]
    fn q47_the_start_after_the_largest_end_is_zero() {
        let mut contract = contract();
        submit(&mut contract, 0, U256::from(9)).unwrap();
        submit(&mut contract, 10, U256::MAX).unwrap();
        assert_eq!(contract.next_start(), U256::ZERO);
    }

    #[test]
    fn q48_a_reset_to_zero_breaks_the_getters_and_starts_twice_at_block_zero() {
        let mut contract = contract();
        contract.set_next(OWNER, U256::ZERO).unwrap();
        assert_eq!(contract.last_child_block().map_err(|e| e.reason()), Err(""));
        assert_eq!(submit(&mut contract, 0, U256::from(9)).unwrap().id.get(), U256::ZERO);
        assert_eq!(contract.next_start(), U256::ZERO);
    }

    #[test]
    fn q49_a_reset_forward_leaves_a_gap_and_starts_at_block_one() {
        let mut contract = contract();
        contract.set_next(OWNER, U256::from(50_000)).unwrap();
        assert_eq!(contract.next_start(), U256::from(1));
        assert!(contract.set_next(Address::ZERO, U256::ZERO).is_err());
        assert_eq!(contract.set_next(OWNER, U256::from(1)), Err(ResetError::Value { got: U256::from(1) }));
    }

    #[test]
    fn deposits_follow_the_newest_record_and_start_again_with_the_next() {
        let manager = Address::repeat_byte(5);
        let mut contract = contract().with_deposit_manager(manager);
        assert_eq!(contract.take_deposit_ids(manager, U256::from(9_999)), Ok(U256::from(1)));
        let full = contract.take_deposit_ids(manager, U256::from(1)).map_err(|error| error.reason());
        assert_eq!(full, Err("TOO_MANY_DEPOSITS"));
        submit(&mut contract, 0, U256::from(9)).unwrap();
        assert_eq!(contract.take_deposit_ids(manager, U256::from(1)), Ok(U256::from(10_001)));
        let stranger = contract.take_deposit_ids(OWNER, U256::from(1)).map_err(|error| error.reason());
        assert_eq!(stranger, Err("UNAUTHORIZED_DEPOSIT_MANAGER_ONLY"));
    }

    #[test]
    fn q160_root_chain_0_can_be_registered_again_for_ever() {
        let mut contract = HeaderBlocks::new(DataLayout::Tron, 199, OWNER);
        let bsc = ChainInfo { root_chain: U256::from(3), ..ChainInfo::default() };
        assert_eq!(contract.register_chain(OWNER, bsc), Ok(()));
        assert_eq!(contract.register_chain(OWNER, bsc), Err(RegisterError::Taken { got: U256::from(3) }));
        let none = ChainInfo { activation_height: U256::from(7), ..ChainInfo::default() };
        assert_eq!([contract.register_chain(OWNER, none), contract.register_chain(OWNER, none)], [Ok(()), Ok(())]);
        assert_eq!(contract.chains().count(), 2);
    }

    #[test]
    fn questions_have_the_selectors_of_the_specification_and_are_answered() {
        // root-contracts §8.4
        let mut contract = contract();
        let recorded = submit(&mut contract, 0, U256::from(255)).unwrap();
        for (question, selector) in [
            (Question::HeaderBlock(recorded.id), "41539d4a"),
            (Question::CurrentHeaderBlock, "ec7e4855"),
            (Question::LastChildBlock, "b87e1b66"),
        ] {
            let calldata = question.to_calldata();
            assert_eq!(hex::encode(&calldata[..4]), selector);
            assert_eq!(Question::decode(&calldata), Some(question));
        }
        let answer = contract.answer(&Question::HeaderBlock(recorded.id)).unwrap();
        assert_eq!(HeaderBlock::from_answer(&answer), Some(recorded.record));
    }
}
