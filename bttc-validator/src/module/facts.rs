//! The answers there are so far.
//!
//! A module reads them as if the outside world were at hand. Where an answer is missing, it stops with the question,
//! and is begun anew once that is answered.

use super::{Answer, Question, Refusal};
use alloy_primitives::{Address, B256};
use bttc_checkpoint::header_blocks::HeaderBlock;
use bttc_core::{
    id::{HeaderBlockId, ValidatorId},
    root_chain::{RootChainId, RootEvent},
};
use std::collections::BTreeMap;

/// Questions and their answers; `None` for a call that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<Question, Option<Answer>>);

/// Why a module does not come to a verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// It has a question.
    #[error("{0:?} is not answered yet")]
    Ask(Question),
    /// It cannot tell: the vote is a skip with this code.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// An answer to another question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("got {got:?}, which does not answer {question:?}")]
pub struct AnswerError {
    /// What was asked.
    pub question: Question,
    /// What was answered.
    pub got: Box<Answer>,
}

impl From<crate::store::CorruptEntry> for Halt {
    fn from(entry: crate::store::CorruptEntry) -> Self {
        Self::Refused(entry.into())
    }
}

impl Facts {
    /// Takes an answer; `None` says that the call failed.
    ///
    /// # Errors
    /// [`AnswerError`] for an answer of another kind than the question's.
    pub fn insert(&mut self, question: Question, answer: Option<Answer>) -> Result<(), AnswerError> {
        match answer {
            Some(got) if !question.fits(&got) => Err(AnswerError { question, got: Box::new(got) }),
            answer => {
                self.0.insert(question, answer);
                Ok(())
            }
        }
    }

    /// The side chain's last block.
    ///
    /// # Errors
    /// [`Halt::Ask`], as of every function here.
    pub fn head(&self) -> Result<Option<u64>, Halt> {
        self.number(Question::Head)
    }

    /// The side chain's root over these blocks, if they are no more than so many.
    ///
    /// # Errors
    /// [`Halt::Ask`].
    pub fn range_root(&self, start: u64, end: u64, max_length: u64) -> Result<Option<B256>, Halt> {
        self.hash(Question::RangeRoot { start, end, max_length })
    }

    /// The hash of a root chain's block.
    ///
    /// # Errors
    /// [`Halt::Ask`].
    pub fn block_hash(&self, root_chain: RootChainId, block: u64) -> Result<Option<B256>, Halt> {
        self.hash(Question::BlockHash { root_chain, block })
    }

    /// The account root that a root chain's staking info keeps.
    ///
    /// # Errors
    /// [`Halt::Ask`].
    pub fn account_root(&self, root_chain: RootChainId, contract: Address) -> Result<Option<B256>, Halt> {
        self.hash(Question::AccountRoot { root_chain, contract })
    }

    /// The checkpoint that a root contract keeps.
    ///
    /// # Errors
    /// [`Halt::Ask`].
    pub fn header(
        &self,
        root_chain: RootChainId,
        contract: Address,
        id: HeaderBlockId,
    ) -> Result<Option<&HeaderBlock>, Halt> {
        let answer = self.answer(Question::Header { root_chain, contract, id })?;
        Ok(if let Some(Answer::Header(header)) = answer { Some(header) } else { None })
    }

    /// The last checkpoint of a root chain that TRON's stake manager was told of.
    ///
    /// # Errors
    /// [`Halt::Ask`].
    pub fn synced(&self, contract: Address, root_chain: u8) -> Result<Option<u64>, Halt> {
        self.number(Question::Synced { contract, root_chain })
    }

    /// A validator's nonce in a root chain's contract.
    ///
    /// # Errors
    /// [`Halt::Ask`].
    pub fn validator_nonce(
        &self,
        root_chain: RootChainId,
        contract: Address,
        validator: ValidatorId,
    ) -> Result<Option<u64>, Halt> {
        self.number(Question::ValidatorNonce { root_chain, contract, validator })
    }

    /// A log and the block it stands in. It has to be asked for by [`Question::Log`].
    ///
    /// # Errors
    /// [`Halt::Ask`]. [`Halt::Refused`] with [`Refusal::WAIT`] where there is no transaction, with
    /// [`Refusal::DECODE`] where it has no such log: what every module answers.
    pub fn log(&self, question: Question) -> Result<(u64, &RootEvent), Halt> {
        match self.answer(question)? {
            Some(Answer::Log { block, event: Some(event) }) => Ok((*block, event)),
            Some(_) => Err(Refusal::DECODE.into()),
            None => Err(Refusal::WAIT.into()),
        }
    }

    /// The block of a transaction, whatever its logs are. It has to be asked for by [`Question::Log`].
    ///
    /// # Errors
    /// [`Halt::Ask`].
    pub fn block_of(&self, question: Question) -> Result<Option<u64>, Halt> {
        Ok(if let Some(Answer::Log { block, .. }) = self.answer(question)? { Some(*block) } else { None })
    }

    fn number(&self, question: Question) -> Result<Option<u64>, Halt> {
        Ok(if let Some(Answer::Number(number)) = self.answer(question)? { Some(*number) } else { None })
    }

    fn hash(&self, question: Question) -> Result<Option<B256>, Halt> {
        Ok(if let Some(Answer::Hash(hash)) = self.answer(question)? { Some(*hash) } else { None })
    }

    fn answer(&self, question: Question) -> Result<Option<&Answer>, Halt> {
        self.0.get(&question).map(Option::as_ref).ok_or(Halt::Ask(question))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_another_kind_is_refused() {
        let mut facts = Facts::default();
        let got = Answer::Hash(B256::ZERO);
        let error = facts.insert(Question::Head, Some(got.clone())).unwrap_err();
        assert_eq!(error, AnswerError { question: Question::Head, got: Box::new(got) });
        assert_eq!(facts.head(), Err(Halt::Ask(Question::Head)));
    }

    #[test]
    fn a_failed_call_is_an_answer() {
        let mut facts = Facts::default();
        facts.insert(Question::Head, None).unwrap();
        assert_eq!(facts.head(), Ok(None));
    }
}
