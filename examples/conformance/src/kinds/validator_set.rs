//! `validator-set`: the validation layer's set, made, changed and turned.

use super::Kind;
use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
    read::{encodings, record, record_fields},
};
use bttc_core::{hash::Keccak256, validator::VotingPower};
use bttc_staking::{
    proposer::{self, MAX_TOTAL_POWER, RotationError},
    registry::ValidatorRecord,
    validator_set::{ChangeError, ValidatorSet},
};

/// Most steps of members that one operation may take.
const MAX_STEPS: u64 = 1 << 24;

/// The kind `validator-set`.
#[derive(Debug)]
pub(crate) struct ValidatorSets;

pub(super) type Set = ValidatorSet<ValidatorRecord>;

impl Kind for ValidatorSets {
    fn name(&self) -> &'static str {
        "validator-set"
    }

    fn run(&self, case: &Case<'_>) -> Result<(), Failure> {
        let (input, expect) = (case.input()?, case.expect()?);
        let mode = input.field("mode")?;
        match mode.text()? {
            "trace" => trace(&input, &expect),
            "clip" => clip(&input, &expect),
            "current" => current(&input, &expect),
            _ => Err(mode.refused("trace, clip or current")),
        }
    }
}

fn records(field: &Field<'_>) -> Result<Vec<ValidatorRecord>, Failure> {
    field.list(|item| record(&item))
}

fn trace(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let made = match input.optional("state")? {
        Some(state) => {
            let proposer = state.optional("proposer")?.filter(|proposer| !proposer.is_null());
            let proposer = proposer.map(|proposer| record(&proposer)).transpose()?;
            Ok(Set::from_parts(records(&state.field("validators")?)?, proposer))
        }
        None => Set::new(input.or_default("new", records)?).map_err(class_of_change),
    };
    let init = expect.field("init")?;
    let mut set = match made {
        Ok(set) => stored(&set),
        Err(class) => {
            expect.absent("steps", "no set to continue with")?;
            return init.map_or(Ok(()), |init| init.only("error", class));
        }
    };
    if let Some(init) = init {
        state(&set, &init)?;
    }
    let steps = input.or_default("steps", Field::items)?;
    for (step, expect) in steps.iter().zip(expect.items_of("steps", steps.len())?) {
        let before = set.clone();
        match act(&mut set, step, &expect)? {
            Ok(shown) => {
                set = stored(&set);
                expect.absent("error", "no error")?;
                state(&shown.map_or_else(|| set.clone(), |shown| stored(&shown)), &expect)?;
            }
            Err(class) => {
                expect.only("error", class)?;
                if set != before {
                    return Err(step.failed("a refusal changed the set"));
                }
            }
        }
    }
    Ok(())
}

/// So many turns, unless they would take too long.
pub(super) fn turns(times: u64, set: &Set, at: &Field<'_>) -> Result<u64, Failure> {
    let steps = u64::try_from(set.members().len()).ok().and_then(|members| members.checked_mul(times));
    if steps.is_none_or(|steps| steps > MAX_STEPS) {
        return Err(at.refused(format_args!("at most {MAX_STEPS} steps of members")));
    }
    Ok(times)
}

/// As it is after it was written and read back: the proposer stands by itself, and the total is added up anew.
fn stored(set: &Set) -> Set {
    Set::from_parts(set.members().to_vec(), set.elected().cloned())
}

/// Changes the set, or answers with the copy whose state is recorded, or with the class of the refusal.
fn act(set: &mut Set, step: &Field<'_>, expect: &Expect<'_>) -> Result<Result<Option<Set>, &'static str>, Failure> {
    let op = step.field("op")?;
    // Below zero is as little as zero.
    let times = || turns(u64::try_from(step.field("times")?.i64()?).unwrap_or(0), set, &step.field("times")?);
    let turned = |result: Result<(), RotationError>| result.map(|()| None).map_err(class_of_rotation);
    Ok(match op.text()? {
        "increment" => turned(set.increment(times()?).map(|_| ())),
        "copyIncrement" => set.incremented(times()?).map(Some).map_err(class_of_rotation),
        "update" => set.apply(&step.or_default("changes", records)?).map(|()| None).map_err(class_of_change),
        "rescale" => turned(set.rescale(step.field("diffMax")?.i64()?)),
        "centre" => turned(set.centre()),
        "getProposer" => {
            let found = set.proposer().map(Option::<&_>::cloned).map_err(class_of_rotation);
            if let Ok(found) = &found {
                expect.check("getProposer", found.as_ref().map(triple))?;
                // One that had to be looked for is kept.
                let kept = set.elected().or(found.as_ref()).cloned();
                *set = Set::from_parts(set.members().to_vec(), kept);
            }
            found.map(|_| None)
        }
        "measure" => {
            expect.check("average", proposer::average(set.members()))?;
            expect.check("difference", proposer::difference(set.members()))?;
            Ok(None)
        }
        _ => return Err(op.refused("an operation of the set")),
    })
}

fn class_of_rotation(error: RotationError) -> &'static str {
    match error {
        RotationError::Empty => "panic-empty-set",
        RotationError::NoTurns => "panic-times",
        RotationError::TotalTooHigh { .. } => "panic-total",
        RotationError::Identical { .. } => "panic-identical",
        RotationError::Distance { .. } => "panic-divide-by-zero",
    }
}

fn class_of_change(error: ChangeError) -> &'static str {
    match error {
        ChangeError::Duplicate { .. } => "duplicate",
        ChangeError::NegativePower { .. } => "negative-power",
        ChangeError::PowerTooHigh { .. } => "power-too-high",
        ChangeError::RemovalNotAllowed { .. } => "removal-not-allowed",
        ChangeError::RemovalUnknown { .. } => "removal-unknown",
        ChangeError::TotalTooHigh { .. } => "total-too-high",
        ChangeError::EmptyResult => "empty-result",
        ChangeError::Rotation(error) => class_of_rotation(error),
    }
}

fn state(set: &Set, expect: &Expect<'_>) -> Result<(), Failure> {
    let members = set.members();
    expect.check("size", members.len())?;
    expect.check("priorities", Got::list(members.iter().map(|member| member.priority)))?;
    expect.check("members", Got::list(members.iter().map(pair)))?;
    if let Some(recorded) = expect.field("records")? {
        let read = records(recorded.read())?;
        if read != members {
            recorded.is(Got::list(members.iter().map(record_fields)))?;
            return Err(recorded.differs("fields that are absent but not zero"));
        }
    }
    match set.total_power() {
        Ok(total) => expect.check("total", total)?,
        Err(error) => expect.absent("total", error)?,
    }
    expect.check("proposer", set.elected().map(triple))?;
    expect.check("digest", digest(set))?;
    match set.hash() {
        Some(hash) => expect.check("hash", hash)?,
        None => expect.absent("hash", "no members")?,
    }
    encodings(set, expect)
}

fn pair(member: &ValidatorRecord) -> Got {
    Got::List(vec![member.signer.into(), member.power.get().into()])
}

fn triple(member: &ValidatorRecord) -> Got {
    Got::List(vec![member.signer.into(), member.power.get().into(), member.priority.into()])
}

fn digest(set: &Set) -> Got {
    let mut hasher = Keccak256::new();
    for member in set.members().iter().chain(set.elected()) {
        hasher.update(member.signer);
        hasher.update(member.power.get().to_be_bytes());
        hasher.update(member.priority.to_be_bytes());
    }
    hasher.finalize().get(..8).unwrap_or_default().into()
}

fn clip(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let pairs = input.field("pairs")?.list(|pair| match &pair.items()?[..] {
        [a, b] => Ok((a.i64()?, b.i64()?)),
        _ => Err(pair.refused("two integers")),
    })?;
    expect.check("add", Got::list(pairs.iter().map(|(a, b)| clip_add(*a, *b))))?;
    expect.check("sub", Got::list(pairs.iter().map(|(a, b)| clip_sub(*a, *b))))
}

/// The sum as a set's total power adds it up, where a set can be asked.
fn clip_add(a: i64, b: i64) -> i64 {
    let (low, high) = (a.min(b), a.max(b));
    if low > MAX_TOTAL_POWER {
        return low.saturating_add(high);
    }
    let member = |power| ValidatorRecord { power: VotingPower::new(power), ..ValidatorRecord::default() };
    match proposer::total_power(&[member(low), member(high)]) {
        Ok(sum) | Err(RotationError::TotalTooHigh { got: sum, .. }) => sum,
        Err(_) => 0,
    }
}

/// The difference as centring takes it from a priority, where there is a second priority that makes `b` the average.
fn clip_sub(a: i64, b: i64) -> i64 {
    let Some(other) = b.checked_mul(2).and_then(|sum| sum.checked_sub(a)) else {
        return a.saturating_sub(b);
    };
    let members = [a, other].map(|priority| ValidatorRecord { priority, ..ValidatorRecord::default() });
    let mut set = Set::from_parts(members.to_vec(), None);
    match (set.centre(), set.members()) {
        (Ok(()), [first, _]) => first.priority,
        _ => 0,
    }
}

fn current(input: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    let record = record(&input.field("validator")?)?;
    let counts = input.or_default("ackCounts", |counts| counts.list(|count| count.u64()))?;
    expect.check("current", Got::list(counts.into_iter().map(|count| record.is_current(count))))?;
    expect.check("basicValid", record.has_key())?;
    expect.check("hashBytes", record.to_hash_bytes())?;
    encodings(&record, expect)
}
