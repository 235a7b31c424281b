//! `conformance DIR [DIR…]`: runs the golden vectors below the folders against the crates.
//!
//! A line a kind, the first failures below it, and the sum alone on the last line. Exit status 0 when nothing failed and
//! nothing was unknown, 1 otherwise, 2 for a wrong command line.

use clap::Parser;
use conformance::{FailureRecord, KINDS, Report, Runner, Watch};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Runs golden vectors (*.json, *.json.gz of the form "bttc-vectors/1") against the BTTC crates.
#[derive(Parser, Debug)]
#[command(version)]
struct Arguments {
    /// Folders to search, or files.
    #[arg(required = true, value_name = "DIR")]
    paths: Vec<PathBuf>,

    /// Run this kind only; may be given several times.
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,

    /// Run only the cases whose name holds this text; with a leading "=", the case of exactly this name.
    #[arg(long, value_name = "NAME")]
    case: Option<String>,

    /// Print one JSON object a failure and a kind; the closing line goes to standard error.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runner = Runner::new(KINDS.iter().copied()).only(arguments.kinds).case(arguments.case);
    let form = if arguments.json { Form::Json } else { Form::Lines };
    let mut screen = Screen::new(form);
    let report = runner.run(&arguments.paths, &mut screen);
    let printed = screen.close(&report);
    let total = report.total();
    if total.passed + total.failed + total.unknown == 0 {
        let _ = writeln!(io::stderr(), "conformance: no case was run");
    }
    // A run that was narrowed down to nothing is a slip of the pen, not a success.
    let ran = !runner.is_selective() || total.passed > 0;
    match printed {
        Ok(()) if report.is_clean() && ran => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

#[derive(Clone, Copy)]
enum Form {
    Lines,
    Json,
}

/// The progress bar, and in JSON form the failures as they come.
struct Screen {
    bar: ProgressBar,
    form: Form,
    written: io::Result<()>,
}

impl Screen {
    fn new(form: Form) -> Self {
        let target =
            if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files  {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, form, written: Ok(()) }
    }

    fn close(mut self, report: &Report) -> io::Result<()> {
        self.bar.finish_and_clear();
        core::mem::replace(&mut self.written, Ok(()))?;
        let mut out = io::stdout().lock();
        for (kind, tally) in &report.kinds {
            if let Form::Json = self.form {
                let line = serde_json::json!({ "kind": kind, "passed": tally.passed, "failed": tally.failed,
                    "unknown": tally.unknown });
                writeln!(out, "{line}")?;
                continue;
            }
            writeln!(out, "{kind}: {tally}")?;
            let mut rest = tally.failed;
            for record in &tally.failures {
                writeln!(out, "  {record}")?;
                rest = rest.saturating_sub(1);
            }
            if rest > 0 {
                writeln!(out, "  and {rest} more")?;
            }
        }
        match self.form {
            Form::Lines => writeln!(out, "{report}")?,
            Form::Json => writeln!(io::stderr(), "{report}")?,
        }
        out.flush()
    }
}

impl Watch for Screen {
    fn found(&mut self, files: usize) {
        self.bar.set_length(u64::try_from(files).unwrap_or(u64::MAX));
    }

    fn file(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        self.bar.set_message(name.to_string_lossy().escape_debug().to_string());
        self.bar.inc(1);
    }

    fn failure(&mut self, record: &FailureRecord) {
        if let (Form::Json, Ok(())) = (self.form, &self.written) {
            let mut out = io::stdout().lock();
            self.written =
                serde_json::to_writer(&mut out, record).map_err(io::Error::from).and_then(|()| writeln!(out));
        }
    }
}
