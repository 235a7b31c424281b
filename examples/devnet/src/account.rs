//! The account: what happened, one line an event, for people or for machines.
//!
//! ```text
//! layer  event        what in words                                                        what follows
//! ```

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::Value;
use std::io::{self, IsTerminal, Write};

/// Where something happened.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// On the root chain.
    Tron,
    /// In the validation layer.
    Layer,
    /// On the side chain.
    Chain,
    /// In the program itself.
    Devnet,
}

impl Place {
    const fn name(self) -> &'static str {
        match self {
            Self::Tron => "TRON",
            Self::Layer => "layer",
            Self::Chain => "chain",
            Self::Devnet => "devnet",
        }
    }
}

/// One line of the account.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    /// Where it happened.
    pub(crate) place: Place,
    /// What kind of event it is, with its number where it has one.
    pub(crate) event: String,
    /// What happened, in words and numbers with units.
    pub(crate) text: String,
    /// What follows from it; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
    /// The same for machines, in base units and full hashes; not shown to people.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) data: Value,
}

/// Where lines go.
#[derive(Debug)]
pub struct Account {
    form: Form,
    progress: Option<ProgressBar>,
}

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Columns.
    Text,
    /// JSON objects.
    Json,
    /// Not at all.
    Silent,
}

impl Account {
    /// Lines to standard output; a progress line below them when `progress` blocks are awaited on a terminal.
    pub fn new(form: Form, length: u64) -> Self {
        let on_terminal = form == Form::Text && io::stdout().is_terminal();
        let progress = on_terminal.then(|| {
            let style = ProgressStyle::with_template("       next checkpoint {bar:32} {pos}/{len} blocks {msg}");
            ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { form, progress }
    }

    /// Says something.
    pub fn say(&self, place: Place, event: impl Into<String>, text: impl Into<String>, note: impl Into<String>) {
        self.tell(place, event, text, note, Value::Null);
    }

    /// Says something, with what machines want to know of it.
    pub fn tell(
        &self,
        place: Place,
        event: impl Into<String>,
        text: impl Into<String>,
        note: impl Into<String>,
        data: Value,
    ) {
        let line = Line { place, event: event.into(), text: text.into(), note: note.into(), data };
        let text = match self.form {
            Form::Silent => return,
            Form::Json => serde_json::to_string(&line).unwrap_or_default(),
            Form::Text => format!("{:<6} {:<13} {:<76} {}", place.name(), line.event, line.text, line.note),
        };
        self.print(text.trim_end());
    }

    /// A line of its own form: the heading and the table at the end. Not for machines.
    pub fn plain(&self, text: &str) {
        if self.form == Form::Text {
            self.print(text);
        }
    }

    /// The same for machines alone.
    pub fn machine(&self, place: Place, event: &str, data: Value) {
        if self.form == Form::Json {
            self.tell(place, event, "", "", data);
        }
    }

    /// How far the next checkpoint is.
    pub fn progress(&self, done: u64, block: u64) {
        if let Some(bar) = &self.progress {
            bar.set_position(done);
            bar.set_message(format!("· block {block}"));
        }
    }

    /// Takes the progress line away.
    pub fn end(&self) {
        if let Some(bar) = &self.progress {
            bar.finish_and_clear();
        }
    }

    fn print(&self, text: &str) {
        match &self.progress {
            Some(bar) => bar.println(text),
            // A reader that went away (a closed pipe) is no reason to fail.
            None => drop(writeln!(io::stdout(), "{text}")),
        }
    }
}
