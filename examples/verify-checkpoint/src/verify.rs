//! Headers against their seals, neighbours and records; roots against their leaves.

use crate::source::{CheckpointRecord, Evidence, HeaderRecord};
use alloc::collections::{BTreeMap, BTreeSet};
use alloy_primitives::{Address, B256, U256};
use bttc_checkpoint::checkpoint::{BlockRange, CheckpointBuilder, RangeError, UnexpectedBlock};
use bttc_core::{
    leaf::Leaf,
    schedule::{FixedProducers, ProducerSchedule, ScheduleError},
    validator::Validator,
};
use bttc_evm::header::{ExtraData, ExtraError, SealedHeader, SignerError};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// First and last number of the headers.
    pub(crate) headers: Option<(u64, u64)>,
    pub(crate) signers: BTreeSet<Address>,
    pub(crate) sealed: usize,
    pub(crate) hashes: usize,
    pub(crate) parents: usize,
    pub(crate) turns: usize,
    pub(crate) checkpoints: Vec<Rebuilt>,
    pub(crate) mismatches: Vec<Mismatch>,
}

/// A checkpoint whose root came out as recorded.
#[derive(Debug)]
pub(crate) struct Rebuilt {
    pub(crate) range: BlockRange,
    pub(crate) root: B256,
    /// Blocks of it whose header was verified.
    pub(crate) headers: usize,
}

/// What does not agree.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Mismatch {
    #[error("header {number}: {what} is {got}, recorded {expected}")]
    Recorded { number: u64, what: &'static str, got: String, expected: String },
    #[error("header {number}: {error}")]
    Extra { number: u64, error: ExtraError },
    #[error("header {number}: {error}")]
    Signer { number: u64, error: SignerError },
    #[error("header {number}: its parent is {expected}, no header {} has this hash", number.wrapping_sub(1))]
    Parent { number: u64, expected: B256 },
    #[error("header {number}: {error}")]
    Schedule { number: u64, error: ScheduleError },
    #[error("header {number}: difficulty is {got}, the turn of {signer} has {expected}")]
    Difficulty { number: u64, signer: Address, got: U256, expected: u64 },
    #[error("header {number}: dated {got}, before the turn of {signer} at {expected}")]
    TooSoon { number: u64, signer: Address, got: u64, expected: u64 },
    #[error("sprint from {start}: with none of its {producers} producers in turn do the difficulties come out")]
    NoProposer { start: u64, producers: usize },
    #[error("checkpoint {start}–{end}: {error}")]
    Range { start: u64, end: u64, error: RangeError },
    #[error("checkpoint {start}–{end}: {error}")]
    Block { start: u64, end: u64, error: UnexpectedBlock },
    #[error("checkpoint {start}–{end}: got {got} headers with number {number}, expected one")]
    Headers { start: u64, end: u64, number: u64, got: usize },
    #[error("checkpoint {start}–{end}: block {number} differs from the header of this number")]
    Leaf { start: u64, end: u64, number: u64 },
    #[error("checkpoint {start}–{end}: root is {got:?}, recorded {expected}")]
    Root { start: u64, end: u64, got: Option<B256>, expected: B256 },
}

/// Verified headers by number.
type Sealed<'e> = BTreeMap<u64, Vec<(SealedHeader, &'e HeaderRecord)>>;

/// Looks at everything.
pub(crate) fn verify(evidence: &Evidence) -> Findings {
    let mut findings = Findings::default();
    let mut sealed = Sealed::new();
    for record in &evidence.headers {
        match seal(record, &mut findings) {
            Ok(header) => {
                findings.sealed += 1;
                findings.signers.extend((header.height() > 0).then_some(header.author()));
                sealed.entry(header.height()).or_default().push((header, record));
            }
            Err(mismatch) => findings.mismatches.push(mismatch),
        }
    }
    let numbers = evidence.headers.iter().map(|record| record.header.height());
    findings.headers = numbers.clone().min().zip(numbers.max());
    for (header, record) in sealed.values().flatten() {
        let outcome = link(header, &sealed, &mut findings).and_then(|()| turn(header, record, &sealed, &mut findings));
        findings.mismatches.extend(outcome.err());
    }
    for (start, producers, record) in sprints(&sealed) {
        let outcome = in_turn(start, &producers, record, &sealed, &mut findings);
        findings.mismatches.extend(outcome.err());
    }
    for record in &evidence.checkpoints {
        match rebuild(record, &sealed) {
            Ok(rebuilt) => findings.checkpoints.push(rebuilt),
            Err(mismatch) => findings.mismatches.push(mismatch),
        }
    }
    findings
}

/// The header by itself: its extra-data, its seal, what was recorded of it.
fn seal(record: &HeaderRecord, findings: &mut Findings) -> Result<SealedHeader, Mismatch> {
    let (header, number) = (&record.header, record.header.height());
    let hash = header.hash();
    recorded(number, "hash", Some(hash), record.hash)?;
    findings.hashes += usize::from(record.hash.is_some());
    recorded(number, "seal hash", header.seal_hash(), record.seal_hash)?;
    if number == 0 {
        return Ok(SealedHeader::genesis(header.clone()));
    }
    ExtraData::read(&header.extra, number, &record.timing).map_err(|error| Mismatch::Extra { number, error })?;
    let sealed = SealedHeader::recover(header.clone()).map_err(|error| Mismatch::Signer { number, error })?;
    recorded(number, "signer", Some(sealed.author()), record.signer)?;
    Ok(sealed)
}

fn recorded<T: PartialEq + ToString>(
    number: u64,
    what: &'static str,
    got: Option<T>,
    expected: Option<T>,
) -> Result<(), Mismatch> {
    match (got, expected) {
        (got, Some(expected)) if got.as_ref() != Some(&expected) => Err(Mismatch::Recorded {
            number,
            what,
            got: got.map_or_else(|| "none".to_owned(), |got| got.to_string()),
            expected: expected.to_string(),
        }),
        _ => Ok(()),
    }
}

/// The header and its parent, where that is at hand.
fn link(header: &SealedHeader, sealed: &Sealed<'_>, findings: &mut Findings) -> Result<(), Mismatch> {
    let number = header.height();
    let before = number.checked_sub(1).and_then(|before| sealed.get(&before));
    let Some(before) = before else { return Ok(()) };
    if !before.iter().any(|(parent, _)| parent.hash() == header.parent_hash) {
        return Err(Mismatch::Parent { number, expected: header.parent_hash });
    }
    findings.parents += 1;
    Ok(())
}

/// The header and those who might seal it, where they are recorded with it.
fn turn(
    header: &SealedHeader,
    record: &HeaderRecord,
    sealed: &Sealed<'_>,
    findings: &mut Findings,
) -> Result<(), Mismatch> {
    let Some((schedule, parent_time)) = &record.schedule else {
        return Ok(());
    };
    let (number, signer) = (header.height(), header.author());
    let turn = schedule.turn(number, signer);
    let turn = turn.map_err(|error| Mismatch::Schedule { number, error })?;
    if header.difficulty != U256::from(turn.difficulty) {
        return Err(Mismatch::Difficulty { number, signer, got: header.difficulty, expected: turn.difficulty });
    }
    let before = sealed.get(&number.wrapping_sub(1)).into_iter().flatten();
    let parent = before.map(|(parent, _)| parent).find(|parent| parent.hash() == header.parent_hash);
    let parent_time = parent.map(|parent| parent.time).or(*parent_time);
    let earliest = parent_time.and_then(|time| turn.earliest(time));
    if let Some(expected) = earliest.filter(|earliest| header.time < *earliest) {
        return Err(Mismatch::TooSoon { number, signer, got: header.time, expected });
    }
    findings.turns += 1;
    Ok(())
}

/// Sprints whose producers the block before announced: first block, producers, a record of the chain's timing.
fn sprints<'e>(sealed: &Sealed<'e>) -> Vec<(u64, Vec<Validator>, &'e HeaderRecord)> {
    let headers = sealed.values().filter_map(|headers| headers.first());
    let ends = headers.filter(|(header, record)| record.timing.is_sprint_end(header.height()));
    ends.filter_map(|(header, record)| {
        let extra = ExtraData::read(&header.extra, header.height(), &record.timing).ok()?;
        Some((header.height().checked_add(1)?, extra.validators(), *record))
    })
    .filter(|(_, producers, _)| !producers.is_empty())
    .collect()
}

/// In one sprint one producer is in turn: the one with whom all signers have the difficulty of their header.
fn in_turn(
    start: u64,
    producers: &[Validator],
    record: &HeaderRecord,
    sealed: &Sealed<'_>,
    findings: &mut Findings,
) -> Result<(), Mismatch> {
    let end = start.saturating_add(record.timing.sprint);
    let headers: Vec<_> = sealed
        .range(start..end)
        .flat_map(|(_, headers)| headers)
        .filter(|(_, record)| record.schedule.is_none())
        .map(|(header, _)| header)
        .collect();
    let explains = |proposer: &&Validator| {
        let schedule = FixedProducers::new(producers.iter().copied(), proposer.signer, record.timing);
        headers.iter().all(|header| {
            let turn = schedule.turn(header.height(), header.author());
            turn.is_ok_and(|turn| header.difficulty == U256::from(turn.difficulty))
        })
    };
    if producers.iter().find(explains).is_none() {
        return Err(Mismatch::NoProposer { start, producers: producers.len() });
    }
    findings.turns += headers.len();
    Ok(())
}

/// The root over the blocks of a checkpoint, from its own record or from the headers.
fn rebuild(record: &CheckpointRecord, sealed: &Sealed<'_>) -> Result<Rebuilt, Mismatch> {
    let (start, end) = (record.start, record.end);
    let range = BlockRange::new(start, end).map_err(|error| Mismatch::Range { start, end, error })?;
    let mut builder = CheckpointBuilder::new(start);
    let mut append = |leaf: &Leaf| builder.append(leaf).map_err(|error| Mismatch::Block { start, end, error });
    let mut headers = 0;
    match &record.blocks {
        Some(blocks) => {
            for block in blocks {
                let number = block.number;
                if let Some(known) = sealed.get(&number) {
                    if known.iter().all(|(header, _)| header.leaf() != *block) {
                        return Err(Mismatch::Leaf { start, end, number });
                    }
                    headers += 1;
                }
                append(block)?;
            }
        }
        None => {
            for number in start..=end {
                let known = sealed.get(&number).map_or(&[][..], Vec::as_slice);
                let [(header, _)] = known else {
                    let got = known.len();
                    return Err(Mismatch::Headers { start, end, number, got });
                };
                append(&header.leaf())?;
                headers += 1;
            }
        }
    }
    let root = builder.root().filter(|_| builder.range() == Some(range));
    match root {
        Some(root) if root == record.root => Ok(Rebuilt { range, root, headers }),
        got => Err(Mismatch::Root { start, end, got, expected: record.root }),
    }
}
