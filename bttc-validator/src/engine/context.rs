//! The words of the consensus core in ours: none of its types is seen outside the engine.
//!
//! | the core's | here |
//! |---|---|
//! | address, public key | the Keccak address; a signature is checked by recovering its signer |
//! | value, value id | the Keccak-256 of a value's proposer and bytes, which travel beside it in a [`Part`] |
//! | extension | the application's bytes |

use super::decision;
use super::validator_set::{Seat, ValidatorSet};
use alloy_primitives::{B256, Bytes, bytes};
use arc_malachitebft_core_types as mt;
use arc_malachitebft_core_types::{NilOrVal, Round, SignedExtension, VoteType};
use bttc_core::signature::{SecretKey, Signature, SignatureLength};
use core::fmt;

/// The core's choice of types.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Address(pub(super) alloy_primitives::Address);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl mt::Address for Address {}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Height(pub(super) u64);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl mt::Height for Height {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(decision::Height::FIRST.get());

    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

impl From<decision::Height> for Height {
    fn from(height: decision::Height) -> Self {
        Self(height.get())
    }
}

impl From<Height> for decision::Height {
    fn from(height: Height) -> Self {
        Self::new(height.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Value(pub(super) B256);

impl mt::Value for Value {
    type Id = B256;

    fn id(&self) -> B256 {
        self.0
    }
}

impl mt::Validator<Context> for Seat {
    fn address(&self) -> &Address {
        &self.address
    }

    fn public_key(&self) -> &alloy_primitives::Address {
        &self.validator.signer
    }

    fn voting_power(&self) -> u64 {
        u64::try_from(self.validator.power.get()).unwrap_or_default()
    }
}

impl mt::ValidatorSet<Context> for ValidatorSet {
    fn count(&self) -> usize {
        self.seats().len()
    }

    fn total_voting_power(&self) -> u64 {
        self.total()
    }

    fn get_by_address(&self, address: &Address) -> Option<&Seat> {
        self.seat(address.0)
    }

    fn get_by_index(&self, index: usize) -> Option<&Seat> {
        self.seats().get(index)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) height: Height,
    pub(super) round: Round,
    pub(super) value: Value,
    pub(super) pol_round: Round,
    pub(super) proposer: Address,
}

impl mt::Proposal<Context> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Value {
        &self.value
    }

    fn take_value(self) -> Value {
        self.value
    }

    fn pol_round(&self) -> Round {
        self.pol_round
    }

    fn validator_address(&self) -> &Address {
        &self.proposer
    }
}

/// What is behind a value id, as a proposer sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) height: Height,
    pub(super) round: Round,
    /// Who proposes it in this round.
    pub(super) sender: Address,
    /// Who built it, in this round or an earlier one.
    pub(super) proposer: Address,
    pub(super) value: Bytes,
}

impl mt::ProposalPart<Context> for Part {
    fn is_first(&self) -> bool {
        true
    }

    fn is_last(&self) -> bool {
        true
    }
}

#[derive(Clone, Debug)]
pub(super) struct Vote {
    pub(super) step: VoteType,
    pub(super) height: Height,
    pub(super) round: Round,
    pub(super) value: NilOrVal<B256>,
    pub(super) validator: Address,
    extension: Option<SignedExtension<Context>>,
}

/// The core wants votes to be equal whatever their extensions.
impl PartialEq for Vote {
    fn eq(&self, other: &Self) -> bool {
        (self.step, self.height, self.round, self.value, self.validator)
            == (other.step, other.height, other.round, other.value, other.validator)
    }
}

impl Eq for Vote {}

impl mt::Vote<Context> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<B256> {
        &self.value
    }

    fn take_value(self) -> NilOrVal<B256> {
        self.value
    }

    fn vote_type(&self) -> VoteType {
        self.step
    }

    fn validator_address(&self) -> &Address {
        &self.validator
    }

    fn extension(&self) -> Option<&SignedExtension<Context>> {
        self.extension.as_ref()
    }

    fn take_extension(&mut self) -> Option<SignedExtension<Context>> {
        self.extension.take()
    }

    fn extend(self, extension: SignedExtension<Context>) -> Self {
        Self { extension: Some(extension), ..self }
    }
}

/// secp256k1 over Keccak digests, keys named by their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recovery;

/// Bytes that are no 20-byte address.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("an address has 20 bytes, got {0}")]
pub(super) struct AddressLength(usize);

/// Bytes that name no key or hold no signature.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum DecodeError {
    #[error(transparent)]
    Address(#[from] AddressLength),
    #[error(transparent)]
    Signature(#[from] SignatureLength),
}

impl mt::SigningScheme for Recovery {
    type DecodingError = DecodeError;
    type Signature = Signature;
    type PublicKey = alloy_primitives::Address;
    type PrivateKey = SecretKey;

    fn decode_signature(bytes: &[u8]) -> Result<Signature, DecodeError> {
        Ok(Signature::try_from(bytes)?)
    }

    fn encode_signature(signature: &Signature) -> Vec<u8> {
        signature.to_bytes().to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<alloy_primitives::Address, DecodeError> {
        Ok(alloy_primitives::Address::try_from(bytes).map_err(|_| AddressLength(bytes.len()))?)
    }

    fn encode_public_key(key: &alloy_primitives::Address) -> Vec<u8> {
        key.to_vec()
    }
}

impl mt::Context for Context {
    type Address = Address;
    type Height = Height;
    type ProposalPart = Part;
    type Proposal = Proposal;
    type Validator = Seat;
    type ValidatorSet = ValidatorSet;
    type Timeouts = mt::LinearTimeouts;
    type Value = Value;
    type Vote = Vote;
    type Extension = bytes::Bytes;
    type SigningScheme = Recovery;

    fn select_proposer<'a>(&self, set: &'a ValidatorSet, _: Height, round: Round) -> &'a Seat {
        set.proposer(round.as_u32().unwrap_or(0))
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        value: Value,
        pol_round: Round,
        proposer: Address,
    ) -> Proposal {
        Proposal { height, round, value, pol_round, proposer }
    }

    fn new_prevote(&self, height: Height, round: Round, value: NilOrVal<B256>, validator: Address) -> Vote {
        Vote { step: VoteType::Prevote, height, round, value, validator, extension: None }
    }

    fn new_precommit(&self, height: Height, round: Round, value: NilOrVal<B256>, validator: Address) -> Vote {
        Vote { step: VoteType::Precommit, height, round, value, validator, extension: None }
    }
}
