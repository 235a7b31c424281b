//! Whether a header may follow its parent: one function a rule, in the reference's order.
//!
//! ```text
//! not_in_the_future  extra_data  no_mix_digest  no_uncles          the header by itself
//! known_parent  timestamp  known_producers                         the header and its parent
//! next_producers  same_producers                                   the lists at the ends of a sprint
//! signer  turn  not_too_soon  difficulty                           the seal
//! ```
//!
//! A header numbered 0 is accepted after the first row. Gas limit, coinbase, nonce and base fee are never looked at.
//!
//! Source: `block-layer §2.7, §2.9; bttc:consensus/bor/bor.go:292-620`.
//!
//! ```
//! use bttc_core::{chain::ChainSpec, schedule::FixedProducers};
//! use bttc_evm::{header::Header, seal::{SealContext, SealError, verify}};
//! use alloy_primitives::Address;
//!
//! let spec = ChainSpec::mainnet();
//! let nobody = FixedProducers::new([], Address::ZERO, spec.timing);
//! let context = SealContext { timing: &spec.timing, now: 1_000, parent: None, schedule: Some(&nobody), contract: None };
//!
//! let late = Header { time: 1_004, ..Header::default() };
//! assert_eq!(verify(&late, &context), Err(SealError::FutureBlock { time: 1_004, latest: 1_003 }));
//! ```

use crate::{
    executor::QueryError,
    header::{EMPTY_UNCLES_HASH, ExtraData, ExtraError, Header, SealedHeader, SignerError, low_word, record_bytes},
};
use alloy_primitives::{Address, B256, hex};
use bttc_core::{
    schedule::{ProducerSchedule, ScheduleError, Timing, Turn},
    signature::{RecoverError, Signature},
    validator::Validator,
};

/// Seconds by which a block may be ahead of the clock.
///
/// Source: `block-layer §2.7 step 2; bttc:consensus/bor/bor.go:49,328`.
pub const ALLOWED_FUTURE: u64 = 3;

/// What a header is judged by.
#[derive(Clone, Debug)]
pub struct SealContext<'a> {
    /// Sprint and block times.
    pub timing: &'a Timing,
    /// The clock, Unix seconds.
    pub now: u64,
    /// The block that the header names as its parent, if it is known.
    pub parent: Option<&'a SealedHeader>,
    /// Who may produce, as of the parent; `None` when that cannot be found out.
    pub schedule: Option<&'a dyn ProducerSchedule>,
    /// At the end of a sprint: the answer of the validator-set contract on the *parent's* state for the block after
    /// this one, in any order. `None` leaves the rule out, as a client without state must.
    ///
    /// The reference asks its head state; the parent's gives the same answer on a valid chain and depends on no clock
    /// (`block-layer §2.7.3`).
    pub contract: Option<&'a Result<Vec<Validator>, QueryError>>,
}

/// The first rule that a header breaks. `Display` is the text of the reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// ErrFutureBlock: more than three seconds ahead of the clock.
    #[error("block in the future")]
    FutureBlock {
        /// Time of the block.
        time: u64,
        /// Latest time that is accepted now.
        latest: u64,
    },
    /// Malformed extra-data.
    #[error(transparent)]
    Extra(#[from] ExtraError),
    /// errInvalidMixDigest.
    #[error("non-zero mix digest")]
    MixDigest {
        /// The digest.
        got: B256,
    },
    /// errInvalidUncleHash.
    #[error("non empty uncle hash")]
    UnclesHash {
        /// The hash.
        got: B256,
    },
    /// ErrUnknownAncestor: the parent, or who may follow it, is not known.
    #[error("unknown ancestor")]
    UnknownAncestor {
        /// The parent named.
        parent: B256,
    },
    /// ErrInvalidTimestamp: less than a period after the parent.
    #[error("invalid timestamp")]
    Timestamp {
        /// Time of the block.
        time: u64,
        /// Earliest time for anybody.
        earliest: u64,
    },
    /// errInvalidSpanValidators: the list is not the contract's.
    #[error("invalid validator list on sprint end block")]
    SpanValidators {
        /// Records of the header, re-serialised.
        declared: Vec<u8>,
        /// Records of the contract's answer.
        computed: Vec<u8>,
    },
    /// The contract did not answer.
    #[error(transparent)]
    Contract(#[from] QueryError),
    /// MismatchingValidatorsError: the parent announced others than those who may produce.
    #[error(
        "Mismatching validators at block {block}\nValidatorBytes from snapshot: 0x{}\nValidatorBytes in Header: 0x{}\n",
        hex::encode(computed),
        hex::encode(declared)
    )]
    MismatchingValidators {
        /// Block that announced them.
        block: u64,
        /// Its records.
        declared: Vec<u8>,
        /// Records of those who may produce.
        computed: Vec<u8>,
    },
    /// Nobody's seal.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// UnauthorizedSignerError, UnauthorizedProposerError: the signer has no turn.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// BlockTooSoonError: before the signer's turn.
    #[error("Block {block} was created too soon. Signer turn-ness number is {succession}\n")]
    TooSoon {
        /// Number of the block.
        block: u64,
        /// Distance of the signer from the producer in turn.
        succession: u64,
    },
    /// WrongDifficultyError.
    #[error(
        "Wrong difficulty at block {block}, expected: {expected}, actual {actual}. Signer was {}\n",
        hex::encode(signer)
    )]
    WrongDifficulty {
        /// Number of the block.
        block: u64,
        /// Difficulty of the signer's turn.
        expected: u64,
        /// Low 64 bits of the header's.
        actual: u64,
        /// Who signed.
        signer: Address,
    },
}

impl From<RecoverError> for SealError {
    fn from(error: RecoverError) -> Self {
        Self::Signer(error.into())
    }
}

/// Judges a header. What comes back remembers the author and the hash.
///
/// # Errors
/// [`SealError`], the first rule broken.
pub fn verify(header: &Header, context: &SealContext<'_>) -> Result<SealedHeader, SealError> {
    let timing = context.timing;
    not_in_the_future(header, context.now)?;
    let extra = extra_data(header, timing)?;
    no_mix_digest(header)?;
    no_uncles(header)?;
    // Q-73: a header whose number has 64 low zero bits is accepted here, whatever parent, time or seal it has.
    if header.height() == 0 {
        return Ok(SealedHeader::genesis(header.clone()));
    }
    let parent = known_parent(header, context.parent)?;
    timestamp(header, parent, timing)?;
    let schedule = known_producers(header, context.schedule)?;
    next_producers(header, &extra, timing, context.contract)?;
    same_producers(header, parent, timing, schedule)?;
    let signer = signer(header, &extra)?;
    let turn = turn(header, schedule, signer)?;
    not_too_soon(header, parent, &turn)?;
    difficulty(header, &turn, signer)?;
    Ok(SealedHeader::of(header.clone(), signer))
}

/// Step 2.
fn not_in_the_future(header: &Header, now: u64) -> Result<(), SealError> {
    let latest = now.saturating_add(ALLOWED_FUTURE);
    if header.time <= latest { Ok(()) } else { Err(SealError::FutureBlock { time: header.time, latest }) }
}

/// Steps 3 to 5.
fn extra_data<'h>(header: &'h Header, timing: &Timing) -> Result<ExtraData<'h>, ExtraError> {
    ExtraData::read(&header.extra, header.height(), timing)
}

/// Step 6.
fn no_mix_digest(header: &Header) -> Result<(), SealError> {
    let got = header.mix_digest;
    if got.is_zero() { Ok(()) } else { Err(SealError::MixDigest { got }) }
}

/// Step 7.
fn no_uncles(header: &Header) -> Result<(), SealError> {
    let got = header.uncles_hash;
    if got == EMPTY_UNCLES_HASH { Ok(()) } else { Err(SealError::UnclesHash { got }) }
}

/// Step 11.
fn known_parent<'p>(header: &Header, parent: Option<&'p SealedHeader>) -> Result<&'p SealedHeader, SealError> {
    let parent = parent
        .filter(|parent| parent.hash() == header.parent_hash && parent.height() == header.height().wrapping_sub(1));
    parent.ok_or(SealError::UnknownAncestor { parent: header.parent_hash })
}

/// Step 12.
// Q-74: the sum wraps at 64 bits.
fn timestamp(header: &Header, parent: &Header, timing: &Timing) -> Result<(), SealError> {
    let earliest = parent.time.wrapping_add(timing.period);
    if header.time >= earliest { Ok(()) } else { Err(SealError::Timestamp { time: header.time, earliest }) }
}

/// Step 12b.
fn known_producers<'s>(
    header: &Header,
    schedule: Option<&'s dyn ProducerSchedule>,
) -> Result<&'s dyn ProducerSchedule, SealError> {
    schedule.ok_or(SealError::UnknownAncestor { parent: header.parent_hash })
}

/// Step 13.
// Q-75: both sides are compared as |low 64 bits, read as signed|.
fn next_producers(
    header: &Header,
    extra: &ExtraData<'_>,
    timing: &Timing,
    contract: Option<&Result<Vec<Validator>, QueryError>>,
) -> Result<(), SealError> {
    let Some(answer) = contract.filter(|_| timing.is_sprint_end(header.height())) else {
        return Ok(());
    };
    let mut producers = answer.clone()?;
    producers.sort_by_key(|producer| producer.signer);
    let (declared, computed) = (record_bytes(&extra.validators()), record_bytes(&producers));
    if declared == computed { Ok(()) } else { Err(SealError::SpanValidators { declared, computed }) }
}

/// Step 14.
fn same_producers(
    header: &Header,
    parent: &Header,
    timing: &Timing,
    schedule: &dyn ProducerSchedule,
) -> Result<(), SealError> {
    if !timing.is_sprint_start(header.height()) {
        return Ok(());
    }
    let computed = record_bytes(&schedule.producers());
    let declared = ExtraData::read(&parent.extra, parent.height(), timing).map_or(&[][..], |extra| extra.records);
    if declared == computed {
        Ok(())
    } else {
        Err(SealError::MismatchingValidators {
            block: header.height().wrapping_sub(1),
            declared: declared.to_vec(),
            computed,
        })
    }
}

/// Step 16.
fn signer(header: &Header, extra: &ExtraData<'_>) -> Result<Address, SealError> {
    let hash = header.seal_hash().ok_or(SignerError::MissingSignature)?;
    let seal: &Signature = &extra.seal;
    Ok(seal.recover_seal(&hash)?.address())
}

/// Steps 17 and 18: the signer is looked for before the proposer.
fn turn(header: &Header, schedule: &dyn ProducerSchedule, signer: Address) -> Result<Turn, SealError> {
    let block = header.height().wrapping_sub(1);
    schedule.turn(header.height(), signer).map_err(|error| {
        if schedule.producers().iter().any(|producer| producer.signer == signer) {
            error.into()
        } else {
            ScheduleError::UnauthorizedSigner { block, signer }.into()
        }
    })
}

/// Step 19.
fn not_too_soon(header: &Header, parent: &Header, turn: &Turn) -> Result<(), SealError> {
    if header.time >= parent.time.wrapping_add(turn.delay) {
        Ok(())
    } else {
        Err(SealError::TooSoon { block: header.height(), succession: turn.succession })
    }
}

/// Step 20.
// Q-76: only the low 64 bits of the difficulty are compared, while all of it enters the total difficulty.
fn difficulty(header: &Header, turn: &Turn, signer: Address) -> Result<(), SealError> {
    let actual = low_word(&header.difficulty);
    if actual == turn.difficulty {
        Ok(())
    } else {
        Err(SealError::WrongDifficulty { block: header.height(), expected: turn.difficulty, actual, signer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::U256;
    use bttc_core::{
        chain::ChainSpec, hash::keccak256, id::ValidatorId, schedule::FixedProducers, signature::SecretKey,
        validator::VotingPower,
    };

    struct Case {
        key: SecretKey,
        timing: Timing,
        parent: SealedHeader,
        header: Header,
    }

    fn case(number: u64) -> Case {
        let parent =
            Header { number: U256::from(number - 1), time: 100, extra: vec![0; 97].into(), ..Header::default() };
        let parent = SealedHeader::of(parent, Address::ZERO);
        let header = Header {
            parent_hash: parent.hash(),
            number: U256::from(number),
            time: 102,
            difficulty: U256::from(1),
            ..Header::default()
        };
        Case {
            key: SecretKey::from_bytes(&keccak256(b"producer")).unwrap(),
            timing: ChainSpec::mainnet().timing,
            parent,
            header,
        }
    }

    impl Case {
        fn verify(mut self, records: &[u8], contract: Option<u64>) -> Result<SealedHeader, SealError> {
            let only = |power| Validator::new(ValidatorId::new(0), self.key.address(), VotingPower::new(power));
            let schedule = FixedProducers::new([only(1)], self.key.address(), self.timing);
            self.header.extra = [&[0; 32], records, &[0; 65]].concat().into();
            let seal = self.key.sign(&self.header.seal_hash().unwrap());
            self.header.extra = [&[0; 32], records, &seal.to_bytes()].concat().into();
            let answer = Ok(vec![only(contract.unwrap_or_default().cast_signed())]);
            let context = SealContext {
                timing: &self.timing,
                now: 200,
                parent: Some(&self.parent),
                schedule: Some(&schedule),
                contract: contract.map(|_| &answer),
            };
            verify(&self.header, &context)
        }
    }

    #[test]
    fn q73_a_header_numbered_zero_is_accepted_whoever_sealed_it() {
        let mut case = case(5);
        case.header.number = U256::from(1) << 64;
        case.header.difficulty = U256::from(99);
        assert_eq!(case.verify(&[], None).map(|sealed| sealed.author()), Ok(Address::ZERO));
    }

    #[test]
    fn q74_the_earliest_time_wraps() {
        let mut case = case(5);
        let parent = Header { time: u64::MAX, ..case.parent.header().clone() };
        case.parent = SealedHeader::of(parent, Address::ZERO);
        case.header.parent_hash = case.parent.hash();
        case.header.time = 1;
        assert!(case.verify(&[], None).is_ok());
    }

    #[test]
    fn q75_powers_compare_by_the_magnitude_of_their_signed_low_words() {
        let case = case(63);
        let records = [case.key.address().as_slice(), &[1; 12], &5_u64.to_be_bytes()].concat();
        assert!(case.verify(&records, Some((-5_i64).cast_unsigned())).is_ok());
    }

    #[test]
    fn q76_the_high_bits_of_the_difficulty_are_free() {
        let mut case = case(5);
        case.header.difficulty += U256::from(1) << 64;
        assert!(case.verify(&[], None).is_ok());
    }

    #[test]
    fn an_honest_block_is_accepted_and_names_its_author() {
        let case = case(5);
        let author = case.key.address();
        assert_eq!(case.verify(&[], None).map(|sealed| sealed.author()), Ok(author));
    }
}
