//! The rules, and the order in which they are asked.

use super::SealError;
use crate::{
    executor::QueryError,
    header::{EMPTY_UNCLES_HASH, ExtraData, ExtraError, Header, RecoveredHeader, SealedHeader, low_word, record_bytes},
};
use alloy_primitives::{Address, B256};
use bttc_core::{
    schedule::{ProducerSchedule, ScheduleError, SignerError, Timing, Turn},
    validator::Validator,
};

/// Seconds by which a block may be ahead of the clock.
///
/// Source: `block-layer §2.7 step 2; bttc:consensus/bor/bor.go:49,328`.
pub const ALLOWED_FUTURE: u64 = 3;

/// A header that another names as its parent. Nothing needs to be right about it but its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent<'a> {
    /// The header.
    pub header: &'a Header,
    /// Its hash.
    pub hash: B256,
}

impl<'a> From<&'a SealedHeader> for Parent<'a> {
    fn from(header: &'a SealedHeader) -> Self {
        Self { header: header.header(), hash: header.hash() }
    }
}

impl<'a> From<&'a RecoveredHeader> for Parent<'a> {
    fn from(header: &'a RecoveredHeader) -> Self {
        Self { header: header.header(), hash: header.hash() }
    }
}

/// What a header is judged by.
#[derive(Clone, Debug)]
pub struct SealContext<'a> {
    /// Sprint and block times.
    pub timing: &'a Timing,
    /// The clock, Unix seconds.
    pub now: u64,
    /// The block that the header names as its parent, if it is known.
    pub parent: Option<Parent<'a>>,
    /// Who may produce, as of the parent.
    pub schedule: &'a dyn ProducerSchedule,
    /// At the end of a sprint: the answer of the validator-set contract on the *parent's* state for the block after
    /// this one, in any order. `None` leaves the rule out, as a client without state must.
    ///
    /// The reference asks its head state; the parent's gives the same answer on a valid chain and depends on no clock
    /// (`block-layer §2.7.3`).
    pub contract: Option<&'a Result<Vec<Validator>, QueryError>>,
}

/// Judges a header. What comes back remembers the author and the hash.
///
/// # Errors
/// [`SealError`], the first rule broken.
pub fn verify(header: &Header, context: &SealContext<'_>) -> Result<SealedHeader, SealError> {
    let SealContext { timing, now, parent, schedule, contract } = *context;
    let author = judge(header, timing, now, parent, || Ok(schedule), |_| contract.cloned(), || header.signer())?;
    Ok(SealedHeader::of(header.clone(), author))
}

/// Judges a header whose seal was looked at before.
///
/// # Errors
/// [`SealError`], the first rule broken.
pub fn verify_recovered(header: RecoveredHeader, context: &SealContext<'_>) -> Result<SealedHeader, SealError> {
    let SealContext { timing, now, parent, schedule, contract } = *context;
    let signer = || header.signer();
    let author = judge(&header, timing, now, parent, || Ok(schedule), |_| contract.cloned(), signer)?;
    let hash = header.hash();
    Ok(SealedHeader::known(header.into_header(), hash, author))
}

/// The rules in their order. What some of them need is asked for when its turn comes. The author comes back, the zero
/// address for a header numbered 0.
pub(super) fn judge<'s>(
    header: &Header,
    timing: &Timing,
    now: u64,
    parent: Option<Parent<'_>>,
    schedule: impl FnOnce() -> Result<&'s dyn ProducerSchedule, SealError>,
    contract: impl FnOnce(u64) -> Option<Result<Vec<Validator>, QueryError>>,
    signer: impl FnOnce() -> Result<Address, SignerError>,
) -> Result<Address, SealError> {
    not_in_the_future(header, now)?;
    let extra = extra_data(header, timing)?;
    no_mix_digest(header)?;
    no_uncles(header)?;
    // a header whose number has 64 low zero bits is accepted here, whatever parent, time or seal it has.
    if header.height() == 0 {
        return Ok(Address::ZERO);
    }
    let parent = known_parent(header, parent)?;
    timestamp(header, parent, timing)?;
    let schedule = schedule()?;
    next_producers(header, &extra, timing, contract)?;
    same_producers(header, parent, timing, schedule)?;
    let signer = signer()?;
    let turn = turn(header, schedule, signer)?;
    not_too_soon(header, parent, &turn)?;
    difficulty(header, &turn, signer)?;
    Ok(signer)
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
fn known_parent<'p>(header: &Header, parent: Option<Parent<'p>>) -> Result<&'p Header, SealError> {
    let height = header.height().wrapping_sub(1);
    let parent = parent.filter(|parent| parent.hash == header.parent_hash && parent.header.height() == height);
    parent.map(|parent| parent.header).ok_or(SealError::UnknownAncestor { parent: header.parent_hash })
}

/// Step 12.
// the sum wraps at 64 bits.
fn timestamp(header: &Header, parent: &Header, timing: &Timing) -> Result<(), SealError> {
    let earliest = parent.time.wrapping_add(timing.period);
    if header.time >= earliest { Ok(()) } else { Err(SealError::Timestamp { time: header.time, earliest }) }
}

/// Step 13.
// both sides are compared as |low 64 bits, read as signed|.
fn next_producers(
    header: &Header,
    extra: &ExtraData<'_>,
    timing: &Timing,
    contract: impl FnOnce(u64) -> Option<Result<Vec<Validator>, QueryError>>,
) -> Result<(), SealError> {
    if !timing.is_sprint_end(header.height()) {
        return Ok(());
    }
    let Some(answer) = contract(header.height().wrapping_add(1)) else {
        return Ok(());
    };
    let mut producers = answer?;
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
// only the low 64 bits of the difficulty are compared, while all of it enters the total difficulty.
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
                parent: Some(Parent::from(&self.parent)),
                schedule: &schedule,
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
