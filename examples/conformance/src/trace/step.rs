//! A transaction as a case writes it.

use super::Roles;
use crate::{failure::Failure, field::Field};
use alloy_primitives::{Address, Bytes, U256};
use bttc_core::{amount::Amount, id::ValidatorId, signature::SignatureWords};
use bttc_staking::stake::StakeManager;

/// One step: the operation, who calls, when, and the arguments by name.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    /// Name of the operation.
    pub(crate) op: &'a str,
    /// Sender of the transaction.
    pub(crate) caller: Address,
    /// Time of its block, Unix seconds.
    pub(crate) time: u64,
    /// Its arguments.
    pub(crate) args: Field<'a>,
}

impl<'a> Step<'a> {
    pub(crate) fn read(field: &Field<'a>) -> Result<Self, Failure> {
        Ok(Self {
            op: field.field("op")?.text()?,
            caller: Roles::read(&field.field("caller")?)?,
            time: field.field("time")?.u64()?,
            args: field.field("args")?,
        })
    }

    /// The failure that nobody knows such a step.
    pub(crate) fn unknown(&self) -> Failure {
        self.args.failed(format_args!("no operation {:?}", self.op))
    }

    pub(crate) fn arg(&self, name: &str) -> Result<Field<'a>, Failure> {
        self.args.field(name)
    }

    pub(crate) fn address(&self, name: &str) -> Result<Address, Failure> {
        Roles::read(&self.arg(name)?)
    }

    pub(crate) fn word(&self, name: &str) -> Result<U256, Failure> {
        self.arg(name)?.u256()
    }

    pub(crate) fn amount(&self, name: &str) -> Result<Amount, Failure> {
        self.word(name).map(Amount::from_word)
    }

    /// A number that fits in 64 bits, or the largest that does: where larger ones differ, all of them are refused.
    pub(crate) fn most(&self, name: &str) -> Result<u64, Failure> {
        self.word(name).map(|word| u64::try_from(word).unwrap_or(u64::MAX))
    }

    pub(crate) fn bytes(&self, name: &str) -> Result<Bytes, Failure> {
        self.arg(name)?.bytes()
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, Failure> {
        self.arg(name)?.flag()
    }

    pub(crate) fn id(&self, name: &str) -> Result<ValidatorId, Failure> {
        self.word(name).map(id)
    }

    /// Signatures: the words r, s, v of each, one behind the other.
    pub(crate) fn signatures(&self) -> Result<Vec<SignatureWords>, Failure> {
        self.arg("sigs")?.list(|item| {
            let word = |words: &[u8]| U256::from_be_slice(words);
            let words = item.fixed::<96>()?;
            let (r, rest) = words.split_at(32);
            let (s, v) = rest.split_at(32);
            Ok(SignatureWords { r: word(r), s: word(s), v: word(v) })
        })
    }
}

/// A validator's id. Those that the crates do not count up to are one that is never given out.
pub(crate) fn id(word: U256) -> ValidatorId {
    if word == U256::MAX {
        return StakeManager::RETIRED;
    }
    let number = u64::try_from(word).unwrap_or(u64::MAX);
    ValidatorId::new(number.min(u64::MAX - 1))
}

/// A validator's id as the contracts write it.
pub(crate) fn id_word(id: ValidatorId) -> U256 {
    if id == StakeManager::RETIRED { U256::MAX } else { U256::from(id.get()) }
}
