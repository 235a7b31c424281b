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
    schedule::{ApplyError, ProducerSchedule, SignerError, SprintHeader, Timing},
};
use bttc_evm::header::{Header, RecoveredHeader};
use bttc_staking::snapshot::{Snapshot, StoredSnapshot};

/// The kind `snapshot`.
#[derive(Debug)]
pub(crate) struct Snapshots;

/// What the reference says of a seal that gives no key; one class.
pub(super) const UNRECOVERED: [&str; 2] = ["invalid signature recovery id", "recovery failed"];

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
            let header = RecoveredHeader::recover(header);
            match advance(&snapshot, &header.to_sprint_header(&timing)) {
                Ok(next) => {
                    let number = next.number();
                    let place = [("number", number.into()), ("hash", next.hash().into())];
                    let turn = header.signer().map(|signer| turn(&snapshot, signer)).unwrap_or_default();
                    headers.push(Got::object(place.into_iter().chain(turn)));
                    snapshot = next;
                    if timing.is_sprint_end(number) {
                        sets.push(state(&snapshot));
                    }
                }
                Err(error) => {
                    stopped = Some((place, error));
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
            Some((place, ApplyError::Rotation { reason })) => {
                aborted(&expect, &reason)?;
                expect.check("failedAt", place)?;
                expect.absent("error", reason)?;
            }
            Some((place, error)) => {
                expect.check("failedAt", place)?;
                expect.absent("abort", "no panic")?;
                refused(&error, &expect)?;
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

/// The text of the reference, or the class of texts.
fn refused(error: &ApplyError, expect: &Expect<'_>) -> Result<(), Failure> {
    if !matches!(error, ApplyError::Signer(SignerError::Recover(_))) {
        return expect.check("error", error.to_string());
    }
    match expect.field("error")? {
        Some(recorded) if UNRECOVERED.contains(&recorded.read().text()?) => Ok(()),
        Some(recorded) => Err(recorded.differs(UNRECOVERED.join(" or "))),
        None => Ok(()),
    }
}

/// The snapshot after a header.
fn advance(snapshot: &Snapshot, header: &SprintHeader) -> Result<Snapshot, ApplyError> {
    let mut next = snapshot.clone();
    next.apply(header)?;
    Ok(next)
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
