//! How the contract reads a list of signatures.
//!
//! ```text
//! last = 0
//! for each signature:  a = recovered address
//!     a = last         →  skip
//!     a < last         →  stop reading
//!     a is a validator →  count its head and power, last = a; the signers between count as absent
//!     else             →  skip
//! ```

use crate::stake::{StakeManager, StakeStatus};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
    quorum::Weight,
    signature::{RecoverReverted, SignatureWords},
};
use serde::{Deserialize, Serialize};

use super::CheckSignaturesError;

/// What became of one signature. `I` is what names a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading<I = ValidatorId> {
    /// Its validator counts.
    Counted(I),
    /// The same signer as the last one counted (or address zero before the first): passed over.
    Repeated,
    /// Nobody who is a validator now: passed over.
    Stranger,
    /// A barred validator: passed over, and kept from this reward.
    Locked(I),
    /// Below the last one counted: here reading stopped.
    Descending,
}

/// One signature as read. `I` is what names a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureRead<I = ValidatorId> {
    /// Address recovered; zero for a high s or an unknown v.
    pub signer: Address,
    /// What became of it.
    pub reading: Reading<I>,
}

/// How a list of signatures was read.
///
/// Source: `root-contracts §5.3; contracts:staking/stakeManager/StakeManager.sol:1199-1277`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureWalk {
    /// What was read, in the order of the list.
    pub read: Vec<SignatureRead>,
    /// Signatures behind the place where reading stopped.
    pub unread: usize,
    /// Heads that counted.
    pub heads: u64,
    /// Heads that are enough.
    pub needed: u64,
    /// Stake and delegation of those that counted.
    pub power: Amount,
    /// Signers on the list that did not sign, in list order.
    pub unsigned: Vec<ValidatorId>,
    /// Those that signed though they have announced their exit.
    pub leaving: Vec<ValidatorId>,
}

impl SignatureWalk {
    /// Whether enough have signed.
    #[must_use]
    pub const fn is_met(&self) -> bool {
        self.heads >= self.needed
    }
}

impl StakeManager {
    /// Reads a list of signatures over a digest as the contract does, changing nothing. Fewer than enough is not an
    /// error here; ask [`SignatureWalk::is_met`].
    ///
    /// # Errors
    /// [`CheckSignaturesError::TooShort`], [`CheckSignaturesError::Recover`], [`CheckSignaturesError::Arithmetic`],
    /// [`CheckSignaturesError::Scratch`].
    pub fn walk_signatures(
        &self,
        digest: &B256,
        signatures: &[SignatureWords],
    ) -> Result<SignatureWalk, CheckSignaturesError> {
        // Q-18: two thirds of the heads plus one, whatever they have at stake.
        let needed = Weight::new(U256::from(self.figures.live.heads)).two_thirds_plus_one();
        let needed = u64::try_from(needed.get()).unwrap_or(u64::MAX);
        if u64::try_from(signatures.len()).is_ok_and(|got| got < needed) {
            return Err(CheckSignaturesError::TooShort { got: signatures.len(), needed });
        }
        let walk: Walk<ValidatorId> = walk::<_, CheckSignaturesError>(
            digest,
            signatures,
            self.signers(),
            |signer| self.standing(signer),
            |signer| self.id_of(signer),
        )?;

        let room = u64::try_from(self.signers().len()).unwrap_or(u64::MAX).saturating_add(self.figures.live.heads);
        for list in [&walk.unsigned, &walk.leaving] {
            if u64::try_from(list.len()).is_ok_and(|got| got > room) {
                return Err(CheckSignaturesError::Scratch { got: list.len(), room });
            }
        }
        Ok(SignatureWalk {
            read: walk.read,
            unread: walk.unread,
            heads: walk.heads,
            needed,
            power: walk.power,
            unsigned: walk.unsigned,
            leaving: walk.leaving,
        })
    }

    /// What an address is in the current epoch.
    fn standing(&self, signer: Address) -> Standing<ValidatorId> {
        let id = self.id_of(signer);
        let account = self.account(id).copied().unwrap_or_default();
        let power = [account.delegated_amount, account.amount];
        match account.status {
            StakeStatus::Locked => Standing::Locked(id),
            _ if !account.is_validator_at(self.figures.epoch) => Standing::Stranger,
            _ if account.is_leaving() => Standing::Leaving(id, power),
            _ => Standing::Staying(id, power),
        }
    }

    fn id_of(&self, signer: Address) -> ValidatorId {
        self.validator_by_signer(signer).unwrap_or_default()
    }
}

/// What an address is to the reader of signatures. Delegation and stake go with those that count.
pub(crate) enum Standing<I> {
    /// A validator that has not announced its exit.
    Staying(I, [Amount; 2]),
    /// One that has.
    Leaving(I, [Amount; 2]),
    /// A barred one.
    Locked(I),
    /// None now.
    Stranger,
}

/// What reading a list of signatures came to; see [`SignatureWalk`].
pub(crate) struct Walk<I> {
    pub(crate) read: Vec<SignatureRead<I>>,
    pub(crate) unread: usize,
    pub(crate) heads: u64,
    pub(crate) power: Amount,
    pub(crate) unsigned: Vec<I>,
    pub(crate) leaving: Vec<I>,
}

/// Reads a list of signatures. `signers` are those that have not announced their exit, `id_of` names one of them.
pub(crate) fn walk<I: Copy, E: From<RecoverReverted> + From<AmountError>>(
    digest: &B256,
    signatures: &[SignatureWords],
    signers: &[Address],
    standing: impl Fn(Address) -> Standing<I>,
    id_of: impl Fn(Address) -> I,
) -> Result<Walk<I>, E> {
    let mut walk = Walk {
        read: Vec::with_capacity(signatures.len()),
        unread: signatures.len(),
        heads: 0,
        power: Amount::ZERO,
        unsigned: Vec::new(),
        leaving: Vec::new(),
    };
    let mut last = Address::ZERO;
    let mut cursor = Cursor { rest: signers };
    for words in signatures {
        let signer = words.recover(digest)?;
        walk.unread = walk.unread.saturating_sub(1);
        // Q-19: what recovers to address zero is passed over in front and cuts the list off behind.
        if signer < last {
            walk.read.push(SignatureRead { signer, reading: Reading::Descending });
            break;
        }
        let standing = if signer == last { None } else { Some(standing(signer)) };
        if let Some(Standing::Staying(_, power) | Standing::Leaving(_, power)) = &standing {
            last = signer;
            let [delegated, stake] = *power;
            walk.power = walk.power.checked_add(delegated)?.checked_add(stake)?;
            walk.heads = walk.heads.saturating_add(1);
        }
        let reading = match standing {
            None => Reading::Repeated,
            Some(Standing::Stranger) => Reading::Stranger,
            Some(Standing::Staying(id, _)) => {
                cursor.pass(signer, |absent| walk.unsigned.push(id_of(absent)));
                Reading::Counted(id)
            }
            Some(Standing::Leaving(id, _)) => {
                walk.leaving.push(id);
                Reading::Counted(id)
            }
            Some(Standing::Locked(id)) => {
                walk.unsigned.push(id);
                cursor.skip();
                Reading::Locked(id)
            }
        };
        walk.read.push(SignatureRead { signer, reading });
    }
    cursor.pass(Address::ZERO, |absent| walk.unsigned.push(id_of(absent)));
    Ok(walk)
}

/// The place up to which the ascending list of signers has been matched.
struct Cursor<'a> {
    rest: &'a [Address],
}

impl Cursor<'_> {
    /// Goes behind a signer; everybody in front of it is absent. One that is not on the list is behind all.
    fn pass(&mut self, signer: Address, mut absent: impl FnMut(Address)) {
        while let Some((first, rest)) = self.rest.split_first() {
            self.rest = rest;
            if *first == signer {
                return;
            }
            absent(*first);
        }
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }
}
