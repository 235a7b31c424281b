//! Traces of contracts: transactions one by one, and after each what can be read of the contracts.
//!
//! ```text
//! step ──▶ Contracts::call ──▶ ok · revert, ret, events
//!                │
//!                └──▶ State ──▶ changed, digest, state
//! ```

mod arguments;
mod roles;
mod root;
mod state;
mod step;

pub(crate) use arguments::Arguments;
pub(crate) use roles::Roles;
pub(crate) use root::{put_headers, root_view, set_next_header};
pub(crate) use state::State;
pub(crate) use step::{Step, id, id_word};

use crate::{
    case::{Case, Expect},
    failure::Failure,
    field::Field,
    got::Got,
};

/// Contracts of one deployment.
pub(crate) trait Contracts {
    /// What can be read.
    fn state(&self) -> State;

    /// Runs a step's transaction, or asks its question.
    ///
    /// # Errors
    /// A [`Failure`] for a step that nobody knows.
    fn call(&mut self, step: &Step<'_>) -> Result<Outcome, Failure>;

    /// What a view answers; `None` for one that nobody knows. `name` and `arguments` are parts of its path.
    fn view(&self, name: &str, arguments: &[&str]) -> Option<Answer>;
}

/// What a transaction ends in: what it did, or the reason it reverts with.
pub(crate) type Outcome = Result<Done, &'static str>;

/// What a question ends in: values, or the reason it reverts with.
pub(crate) type Answer = Result<Vec<Got>, &'static str>;

/// What a transaction that went through leaves behind.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Its logs in order; `None` of a question.
    pub(crate) events: Option<Vec<Got>>,
    /// What it returns; nothing, if empty.
    pub(crate) ret: Vec<Got>,
}

impl Done {
    /// A transaction with these logs that returns nothing.
    pub(crate) fn logged(events: impl IntoIterator<Item = Got>) -> Self {
        Self { events: Some(events.into_iter().collect()), ret: Vec::new() }
    }

    /// The same, returning these.
    pub(crate) fn returning(self, ret: impl IntoIterator<Item = Got>) -> Self {
        Self { ret: ret.into_iter().collect(), ..self }
    }
}

/// Runs the steps of a case and compares all that is recorded of them.
pub(crate) fn run(case: &Case<'_>, contracts: &mut dyn Contracts) -> Result<(), Failure> {
    let (input, expect) = (case.input()?, case.expect()?);
    let mut state = contracts.state();
    if let Some(initial) = expect.field("initial")? {
        initial.is(state.to_got())?;
    }
    let steps = input.field("steps")?.items()?;
    for (field, expect) in steps.iter().zip(expect.items_of("steps", steps.len())?) {
        let outcome = contracts.call(&Step::read(field)?)?;
        let next = contracts.state();
        match outcome {
            Ok(done) => succeeded(done, &expect)?,
            Err(reason) => reverted(reason, next == state, field, &expect)?,
        }
        changed(&next.changes_since(&state), &expect)?;
        state = next;
        if let Some(digest) = expect.field("digest")? {
            digest.is(state.digest())?;
        }
        if let Some(recorded) = expect.field("state")? {
            recorded.is(state.to_got())?;
        }
        views(contracts, &expect)?;
    }
    Ok(())
}

fn succeeded(done: Done, expect: &Expect<'_>) -> Result<(), Failure> {
    expect.check("ok", true)?;
    expect.absent("revert", "no revert")?;
    if done.ret.is_empty() {
        expect.absent("ret", "nothing")?;
    }
    expect.check("ret", Got::List(done.ret))?;
    match done.events {
        Some(events) => expect.check("events", Got::List(events)),
        None => expect.absent("events", "a question, which writes no log"),
    }
}

fn reverted(reason: &str, unchanged: bool, step: &Field<'_>, expect: &Expect<'_>) -> Result<(), Failure> {
    expect.check("ok", false)?;
    expect.check("revert", reason)?;
    for name in ["ret", "events"] {
        expect.absent(name, reason)?;
    }
    if unchanged { Ok(()) } else { Err(step.failed("a revert changed the state")) }
}

/// Compares what changed; what is absent is that nothing did.
pub(crate) fn changed(changes: &[(&str, Got)], expect: &Expect<'_>) -> Result<(), Failure> {
    let got = Got::map(changes.iter().map(|(path, value)| ((*path).to_owned(), value.clone())));
    match expect.field("changed")? {
        Some(recorded) => recorded.is(got),
        None if changes.is_empty() => Ok(()),
        None => Err(Failure::new(format_args!("{}.changed", expect.location()), got, "nothing")),
    }
}

fn views(contracts: &dyn Contracts, expect: &Expect<'_>) -> Result<(), Failure> {
    let Some(views) = expect.field("views")? else {
        return Ok(());
    };
    for (path, recorded) in views.entries()? {
        let mut parts = path.split('.');
        let (name, arguments) = (parts.next().unwrap_or_default(), parts.collect::<Vec<_>>());
        let answer = contracts.view(name, &arguments).ok_or_else(|| recorded.differs("no such view"))?;
        recorded.is(match answer {
            Ok(mut values) if values.len() == 1 => values.pop().unwrap_or(Got::Nothing),
            Ok(values) => Got::List(values),
            Err(reason) => Got::map([("revert".to_owned(), reason.into())]),
        })?;
    }
    Ok(())
}
