//! `snapshot`: who may produce, from a genesis list or a stored snapshot, header by header.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
    read::producer,
};
use alloy_primitives::Address;
use bttc_core::{
    chain::ChainSpec,
    schedule::{ProducerSchedule, Timing},
};
use bttc_evm::header::{ExtraData, ExtraError, Header, SignerError};
use bttc_staking::snapshot::{ApplyError, Snapshot, SprintHeader, StoredSnapshot};

/// The kind `snapshot`.
#[derive(Debug)]
pub(crate) struct Snapshots;

/// What the reference says of a seal that gives no key; one class.
const UNRECOVERED: [&str; 2] = ["invalid signature recovery id", "recovery failed"];

impl Kind for Snapshots {
    fn name(&self) -> &'static str {
        "snapshot"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let timing = Timing { sprint: input.field("sprint")?.u64()?, ..ChainSpec::mainnet().timing };
        let mut snapshot = match start(&input, timing)? {
            Ok(snapshot) => snapshot,
            Err(reason) => return aborted(&expect, &reason),
        };
        expect.check("start", state(&snapshot))?;

        let (mut headers, mut sets, mut stopped) = (Vec::new(), Vec::new(), None);
        for (place, item) in input.field("headers")?.items()?.into_iter().enumerate() {
            let header = Header::from_rlp(&item.bytes()?).map_err(|error| item.failed(error))?;
            match advance(&snapshot, &header) {
                Ok((next, signer)) => {
                    let number = next.number();
                    let place = [("number", number.into()), ("hash", next.hash().into())];
                    headers.push(Got::object(place.into_iter().chain(turn(&snapshot, signer))));
                    snapshot = next;
                    if timing.is_sprint_end(number) {
                        sets.push(state(&snapshot));
                    }
                }
                Err(stop) => {
                    stopped = Some((place, stop));
                    break;
                }
            }
        }
        expect.check("headers", Got::List(headers))?;
        expect.check("sets", Got::List(sets))?;
        match stopped {
            None => {
                expect.absent("error", "no error")?;
                expect.absent("failedAt", "no error")?;
                expect.absent("abort", "no error")?;
            }
            Some((place, Stop::Aborts(reason))) => {
                aborted(&expect, &reason)?;
                expect.check("failedAt", place)?;
                expect.absent("error", reason)?;
            }
            Some((place, stop)) => {
                expect.check("failedAt", place)?;
                expect.absent("abort", "no panic")?;
                refused(&stop, &expect)?;
            }
        }
        last(&snapshot, &expect)?;
        let answers = input.or_default("query", |query| {
            query.list(|who| {
                let signer = who.address()?;
                let answer = turn(&snapshot, signer).into_iter().filter(|(name, _)| *name != "difficulty");
                Ok(Got::object(answer.chain([("difficulty", snapshot.difficulty(signer).into())])))
            })
        })?;
        expect.check("query", Got::List(answers))
    }
}

/// The snapshot to begin with, or why the reference stops before it has one.
fn start(input: &Field<'_>, timing: Timing) -> Result<Result<Snapshot, String>, Failure> {
    Ok(match input.optional("stored")? {
        Some(text) => {
            let stored: StoredSnapshot = serde_json::from_str(text.text()?).map_err(|error| text.failed(error))?;
            Snapshot::from_stored(stored, timing).map_err(|error| error.to_string())
        }
        None => {
            let (hash, initial) = (input.field("genesis")?.b256()?, input.field("initial")?);
            let initial = initial.list(|item| producer(&item))?;
            Snapshot::genesis(hash, initial, timing).map_err(|error| error.to_string())
        }
    })
}

/// The reference stops with a panic, whose text only informs.
fn aborted(expect: &Expect<'_>, reason: &str) -> Result<(), Failure> {
    match expect.field("abort")? {
        Some(text) => text.read().text().map(|_| ()),
        None => Err(expect.differs(reason)),
    }
}

/// Why a header does not follow.
enum Stop {
    Refused(String),
    Unrecovered,
    Aborts(String),
}

impl From<ApplyError> for Stop {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Rotation(error) => Self::Aborts(error.to_string()),
            error => Self::Refused(error.to_string()),
        }
    }
}

fn refused(stop: &Stop, expect: &Expect<'_>) -> Result<(), Failure> {
    let (Stop::Refused(text) | Stop::Aborts(text)) = stop else {
        return match expect.field("error")? {
            Some(error) if UNRECOVERED.contains(&error.read().text()?) => Ok(()),
            Some(error) => Err(error.differs(UNRECOVERED.join(" or "))),
            None => Ok(()),
        };
    };
    expect.check("error", text.as_str())
}

/// The snapshot after a header, and who signed it.
fn advance(snapshot: &Snapshot, header: &Header) -> Result<(Snapshot, Address), Stop> {
    let number = header.height();
    let follows = snapshot.number().checked_add(1) == Some(number);
    let signer = match header.signer() {
        Ok(signer) => signer,
        // What is out of order is refused before anybody looks who signed it.
        Err(_) if !follows => Address::ZERO,
        Err(SignerError::Recover(_)) => return Err(Stop::Unrecovered),
        Err(error) => return Err(Stop::Refused(error.to_string())),
    };
    let extra = ExtraData::read(&header.extra, number, snapshot.timing());
    let mut next = snapshot.clone();
    let applied = next.apply(&SprintHeader {
        number,
        hash: header.hash(),
        signer,
        producers: extra.ok().map(|extra| extra.validators()),
    });
    // The lengths are looked at only at the end of a sprint, after the signer and before the list.
    let short = match extra {
        Err(error @ (ExtraError::MissingVanity | ExtraError::MissingSignature)) => {
            Some(error).filter(|_| snapshot.timing().is_sprint_end(number))
        }
        _ => None,
    };
    match (applied, short) {
        (Ok(()) | Err(ApplyError::Rotation(_)), Some(error)) => Err(Stop::Refused(error.to_string())),
        (Err(error), _) => Err(error.into()),
        (Ok(()), None) => Ok((next, signer)),
    }
}

fn turn(snapshot: &Snapshot, signer: Address) -> Vec<(&'static str, Got)> {
    let mut fields = vec![("signer", signer.into())];
    match snapshot.turn(snapshot.number().wrapping_add(1), signer) {
        Ok(turn) => fields.extend([("succession", turn.succession.into()), ("difficulty", turn.difficulty.into())]),
        Err(error) => fields.push(("error", error.to_string().into())),
    }
    fields
}

fn state(snapshot: &Snapshot) -> Got {
    let members = snapshot.set().members();
    let validators = members.iter().map(|member| {
        Got::object([
            ("signer", member.signer.into()),
            ("power", member.power.get().into()),
            ("priority", member.priority.into()),
        ])
    });
    let proposer = snapshot.set().proposer().ok().flatten();
    Got::object([
        ("number", snapshot.number().into()),
        ("hash", snapshot.hash().into()),
        ("validators", Got::list(validators)),
        ("proposer", proposer.map(|proposer| proposer.signer).into()),
        ("turn", Got::list(members.iter().map(|member| Got::object(turn(snapshot, member.signer))))),
    ])
}

fn last(snapshot: &Snapshot, expect: &Expect<'_>) -> Result<(), Failure> {
    let Some(expect) = expect.field("final")? else {
        return Ok(());
    };
    expect.check("number", snapshot.number())?;
    expect.check("hash", snapshot.hash())?;
    let recents = snapshot.recents().iter().map(|(number, signer)| (number.to_string(), (*signer).into()));
    expect.check("recents", Got::map(recents))?;
    if let Some(recorded) = expect.field("stored")? {
        let stored = snapshot.to_stored();
        let text = serde_json::to_string(&stored).map_err(|error| recorded.differs(error))?;
        recorded.is(text)?;
        // What was written is read back as what it was, if it is read at all: the reference refuses some of its own.
        let back = Snapshot::from_stored(stored.clone(), *snapshot.timing());
        if back.is_ok_and(|back| back.to_stored() != stored) {
            return Err(recorded.differs("read back as another snapshot"));
        }
    }
    Ok(())
}
