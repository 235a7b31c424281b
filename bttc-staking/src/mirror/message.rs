//! Signed messages about TRON's validators.

use super::{Mirror, MirrorEvent, Seat, SeatError};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    hash::Keccak256,
    signature::{RecoverReverted, SignatureWords},
};
use serde::{Deserialize, Serialize};

/// Which function of the contract takes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MessageKind {
    /// `validatorJoin`.
    Join,
    /// `validatorExit`.
    Exit,
    /// `signerUpdate`.
    SignerUpdate,
    /// `stakeUpdate`.
    StakeUpdate,
}

impl MessageKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Join, Self::Exit, Self::SignerUpdate, Self::StakeUpdate];

    /// Least bytes of data.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Join => 192,
            Self::Exit | Self::SignerUpdate | Self::StakeUpdate => 96,
        }
    }
}

/// A message as the contract reads it.
///
/// Source: `root-contracts §9.3; contracts@unstake:staking/stakeManager/StakeManager.sol:810-901`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorMessage {
    /// The validator.
    pub validator: U256,
    /// Nonce of the event on TRON.
    pub nonce: U256,
    /// What happened.
    pub change: MirrorChange,
}

/// What happened to a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MirrorChange {
    /// It staked.
    Join(Seat),
    /// It announced its exit.
    Exit {
        /// First epoch in which it is no longer current.
        deactivation_epoch: U256,
    },
    /// It changed its key.
    SignerUpdate {
        /// Address of the new key.
        signer: Address,
    },
    /// Its stake changed.
    StakeUpdate {
        /// Stake from now on.
        amount: Amount,
    },
}

/// The data ends before its last word; no reason on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected at least {expected} bytes of {kind:?} data, got {got}")]
pub struct ShortMessage {
    /// Which function read it.
    pub kind: MessageKind,
    /// Bytes there are.
    pub got: usize,
    /// Bytes its words take.
    pub expected: usize,
}

impl MirrorMessage {
    /// Reads data as a function does.
    ///
    /// # Errors
    /// [`ShortMessage`].
    // Q-148: the upper 12 bytes of a signer's word and all bytes behind the last word are ignored, yet signed.
    // Q-143: an exit, a signer update and a stake update have the same three words, and what is signed names no kind:
    // the bytes of one are taken by the other two functions.
    pub fn decode(kind: MessageKind, data: &[u8]) -> Result<Self, ShortMessage> {
        let short = ShortMessage { kind, got: data.len(), expected: kind.bytes() };
        let mut words = data.get(..kind.bytes()).ok_or(short)?.chunks_exact(32).map(U256::from_be_slice);
        let mut word = || words.next().ok_or(short);
        let address = |word: U256| Address::from_word(word.into());
        let (validator, nonce) = (word()?, word()?);
        let change = match kind {
            MessageKind::Join => {
                let amount = Amount::from_word(word()?);
                let activation_epoch = word()?;
                let delegated = Amount::from_word(word()?);
                MirrorChange::Join(Seat { signer: address(word()?), amount, activation_epoch, delegated })
            }
            MessageKind::Exit => MirrorChange::Exit { deactivation_epoch: word()? },
            MessageKind::SignerUpdate => MirrorChange::SignerUpdate { signer: address(word()?) },
            MessageKind::StakeUpdate => MirrorChange::StakeUpdate { amount: Amount::from_word(word()?) },
        };
        Ok(Self { validator, nonce, change })
    }

    /// The function that takes it.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self.change {
            MirrorChange::Join(_) => MessageKind::Join,
            MirrorChange::Exit { .. } => MessageKind::Exit,
            MirrorChange::SignerUpdate { .. } => MessageKind::SignerUpdate,
            MirrorChange::StakeUpdate { .. } => MessageKind::StakeUpdate,
        }
    }

    /// Its words, which validators sign behind a `01`.
    #[must_use]
    pub fn to_data(&self) -> Vec<u8> {
        let address = |signer: Address| U256::from_be_slice(signer.as_slice());
        let mut words = Vec::from([self.validator, self.nonce]);
        match self.change {
            MirrorChange::Join(seat) => words.extend([
                seat.amount.to_word(),
                seat.activation_epoch,
                seat.delegated.to_word(),
                address(seat.signer),
            ]),
            MirrorChange::Exit { deactivation_epoch } => words.push(deactivation_epoch),
            MirrorChange::SignerUpdate { signer } => words.push(address(signer)),
            MirrorChange::StakeUpdate { amount } => words.push(amount.to_word()),
        }
        words.iter().flat_map(U256::to_be_bytes::<32>).collect()
    }
}

/// Why a message is not taken. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Too few bytes; no reason on chain.
    #[error(transparent)]
    Short(#[from] ShortMessage),
    /// Not the next message about this validator.
    #[error("Invalid staking nonce")]
    InvalidNonce {
        /// Nonce of the message.
        got: U256,
        /// The one after the last.
        expected: U256,
    },
    /// Nonces of this validator are used up; no reason on chain.
    #[error("no nonce follows that of validator {validator}")]
    LastNonce {
        /// The validator.
        validator: U256,
    },
    /// Too little stake has signed.
    #[error("2/3+1 Power required")]
    PowerRequired {
        /// Stake and delegation that counted.
        got: Amount,
        /// Stake and delegation that are enough.
        needed: Amount,
    },
    /// A signature that no key has reverts the call; no reason on chain.
    #[error(transparent)]
    Recover(#[from] RecoverReverted),
    /// The set cannot change so; no reason on chain.
    #[error(transparent)]
    Seat(#[from] SeatError),
}

impl MessageError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::InvalidNonce { .. } => "Invalid staking nonce",
            Self::PowerRequired { .. } => "2/3+1 Power required",
            Self::Short(_) | Self::LastNonce { .. } | Self::Recover(_) | Self::Seat(_) => "",
        }
    }
}

impl From<AmountError> for MessageError {
    fn from(error: AmountError) -> Self {
        Self::Seat(error.into())
    }
}

/// How a message's signatures were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consensus {
    /// Stake and delegation that counted.
    pub power: Amount,
    /// Stake and delegation that are enough.
    pub needed: Amount,
    /// Signatures that were recovered.
    pub read: usize,
}

impl Consensus {
    /// Whether enough have signed.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.power >= self.needed
    }
}

impl Mirror {
    /// What validators sign for some data: Keccak-256 of `01` and the data.
    #[must_use]
    pub fn vote_hash(data: &[u8]) -> B256 {
        let mut hasher = Keccak256::new();
        hasher.update([1]);
        hasher.update(data);
        hasher.finalize()
    }

    /// Takes a signed message, whoever brings it. The log.
    ///
    /// Source: `root-contracts §9.3; contracts@unstake:staking/stakeManager/StakeManager.sol:810-901`.
    ///
    /// # Errors
    /// [`MessageError`], in the order length, nonce, signatures, set.
    // Q-142: an exit in epoch 0 takes the key and the stake out but leaves the record a validator.
    pub fn deliver(
        &mut self,
        kind: MessageKind,
        data: &[u8],
        signatures: &[SignatureWords],
    ) -> Result<MirrorEvent, MessageError> {
        let MirrorMessage { validator, nonce, change } = MirrorMessage::decode(kind, data)?;
        let expected = self.nonce(validator).checked_add(U256::from(1));
        let expected = expected.ok_or(MessageError::LastNonce { validator })?;
        if nonce != expected {
            return Err(MessageError::InvalidNonce { got: nonce, expected });
        }
        let consensus = self.consensus(&Self::vote_hash(data), signatures)?;
        if !consensus.is_met() {
            return Err(MessageError::PowerRequired { got: consensus.power, needed: consensus.needed });
        }
        match change {
            MirrorChange::Join(seat) => self.seat(validator, &seat)?,
            MirrorChange::Exit { deactivation_epoch } => {
                self.unseat(validator, |account| account.deactivation_epoch = deactivation_epoch)?;
            }
            MirrorChange::SignerUpdate { signer } => self.reseat(validator, signer)?,
            MirrorChange::StakeUpdate { amount } => self.restake(validator, amount)?,
        }
        self.nonces.insert(validator, nonce);
        Ok(MirrorEvent::StakeAck { validator, nonce })
    }

    /// Reads a message's signatures as the contract does, changing nothing:
    ///
    /// ```text
    /// last = 0
    /// for each signature:  a = recovered address
    ///     a < last                       →  stop reading
    ///     a > last and a is a validator  →  count its stake and delegation, last = a
    ///     enough                         →  stop reading
    /// ```
    ///
    /// Source: `root-contracts §9.5; contracts@unstake:staking/stakeManager/StakeManager.sol:1379-1411`.
    ///
    /// # Errors
    /// [`MessageError::Recover`], [`MessageError::Seat`].
    // Q-144: reading stops as soon as it is enough; a signature behind that would revert the call but is never looked at.
    pub fn consensus(&self, digest: &B256, signatures: &[SignatureWords]) -> Result<Consensus, MessageError> {
        let mut consensus = Consensus { power: Amount::ZERO, needed: self.stake_needed()?, read: 0 };
        let mut last = Address::ZERO;
        for words in signatures {
            let signer = words.recover(digest)?;
            consensus.read = consensus.read.saturating_add(1);
            if signer < last {
                break;
            }
            let account = self.account(self.id_of(signer)).copied().unwrap_or_default();
            if signer > last && account.is_validator_at(self.epoch) {
                last = signer;
                let power = account.amount.checked_add(account.delegated_amount)?;
                consensus.power = consensus.power.checked_add(power)?;
            }
            if consensus.is_met() {
                break;
            }
        }
        Ok(consensus)
    }

    /// The least stake and delegation above two thirds: ⌊2·total / 3⌋ + 1.
    pub(super) fn stake_needed(&self) -> Result<Amount, AmountError> {
        let twice = self.live.amount.checked_mul(Amount::from_units(2))?;
        twice.checked_div(Amount::from_units(3))?.checked_add(Amount::from_units(1))
    }
}
