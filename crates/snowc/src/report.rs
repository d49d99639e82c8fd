//! Diagnostics and failures as text on the terminal, and the exit codes that go with them.

use crate::project::SourceFile;
use ariadne::{CharSet, Config, IndexType, Label, Report, ReportKind};
use snow_runtime::streams;
use snow_syntax::diagnostic::{Diagnostic, Severity};
use std::collections::HashMap;
use std::io::{ErrorKind, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

/// Why a command could not do its work.
pub enum Failure {
    /// The diagnostics are printed already.
    Reported,
    /// Nobody reads what it prints any more.
    ReaderGone,
    Plain(String),
}

impl Failure {
    pub fn plain(message: impl Into<String>) -> Failure {
        Failure::Plain(message.into())
    }

    pub fn file(path: &Path, error: std::io::Error) -> Failure {
        Failure::Plain(format!("{}: {error}", path.display()))
    }

    /// Says what is not said yet, and gives the exit code.
    pub fn print(&self) -> ExitCode {
        match self {
            Failure::Reported => ExitCode::FAILURE,
            Failure::ReaderGone => exit_code(streams::READER_GONE),
            Failure::Plain(message) => {
                say(&format!("error: {message}\n"));
                ExitCode::FAILURE
            }
        }
    }
}

/// A process's exit code has eight bits.
pub fn exit_code(code: i32) -> ExitCode {
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// Writes to standard output.
pub fn output(text: &str) -> Result<(), Failure> {
    streams::write(streams::OUTPUT, text.as_bytes()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::plain(format!("standard output cannot be written: {error}")),
    })
}

/// Writes to standard error. What cannot be written there is dropped: the exit code tells the outcome, too.
pub fn say(text: &str) {
    let _ = streams::write(streams::ERRORS, text.as_bytes());
}

/// Prints the diagnostics to stderr, in the order of files and places.
pub fn print(diagnostics: &[Diagnostic], files: &[SourceFile]) {
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    say(&render(diagnostics, files, color));
}

pub fn render(diagnostics: &[Diagnostic], files: &[SourceFile], color: bool) -> String {
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by_key(|diagnostic| (diagnostic.file, diagnostic.primary.span.start));
    let mut text = Vec::new();
    // Of each file the lines are found once.
    let mut sources = Sources { files, cache: HashMap::new() };
    for diagnostic in ordered {
        // Writing to memory does not fail.
        let _ = report(diagnostic, files, color).write(&mut sources, &mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}

type Place = (usize, std::ops::Range<usize>);

fn report<'a>(diagnostic: &'a Diagnostic, files: &[SourceFile], color: bool) -> Report<'a, Place> {
    let kind = match diagnostic.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
    };
    let place = |label: &snow_syntax::diagnostic::Label| {
        let length = files.get(label.file).map_or(0, |file| file.text.len());
        let start = (label.span.start as usize).min(length);
        (label.file, start..(label.span.end as usize).clamp(start, length))
    };
    let config =
        Config::default().with_color(color).with_index_type(IndexType::Byte).with_char_set(CharSet::Unicode);
    let mut builder = Report::build(kind, place(&diagnostic.primary))
        .with_code(diagnostic.code)
        .with_config(config)
        .with_message(&diagnostic.message)
        .with_label(Label::new(place(&diagnostic.primary)).with_message(&diagnostic.primary.text));
    for label in &diagnostic.secondary {
        builder = builder.with_label(Label::new(place(label)).with_message(&label.text));
    }
    if let Some(help) = &diagnostic.help {
        builder = builder.with_help(help);
    }
    builder.finish()
}

struct Sources<'a> {
    files: &'a [SourceFile],
    cache: HashMap<usize, ariadne::Source<String>>,
}

impl ariadne::Cache<usize> for &mut Sources<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &usize) -> Result<&ariadne::Source<String>, impl std::fmt::Debug> {
        let text = self.files.get(*id).map_or(String::new(), |file| file.text.clone());
        Ok::<_, String>(self.cache.entry(*id).or_insert_with(|| ariadne::Source::from(text)))
    }

    fn display<'b>(&self, id: &'b usize) -> Option<impl std::fmt::Display + 'b> {
        Some(self.files.get(*id).map_or("?".to_string(), |file| file.path.clone()))
    }
}
