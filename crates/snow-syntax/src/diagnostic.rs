//! Diagnostics, which say what is wrong with a program: values, not text on a terminal.
//! `snowc` renders them.

use crate::span::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    Error,
    Warning,
}

/// A place with a few words of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Index of the file, as in `Diagnostic`.
    pub file: usize,
    pub span: Span,
    pub text: String,
}

/// What is said about one place in the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    pub severity: Severity,
    /// `P0001` for syntax, `E00nn` for errors of meaning, `W00nn` for warnings.
    pub code: &'static str,
    /// What is wrong, in one line, without a full stop.
    pub message: String,
    /// Index of the file in the list of files that the caller passed in.
    pub file: usize,
    pub primary: Label,
    pub secondary: Vec<Label>,
    /// Why this is so, and what to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn error(code: &'static str, file: usize, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            file,
            primary: Label { file, span, text: String::new() },
            secondary: Vec::new(),
            help: None,
        }
    }

    pub fn warning(code: &'static str, file: usize, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, file, span, message) }
    }

    /// The words beside the underlined source.
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = text.into();
        self
    }

    pub fn also(self, span: Span, text: impl Into<String>) -> Diagnostic {
        let file = self.file;
        self.also_in(file, span, text)
    }

    /// The same in another file.
    pub fn also_in(mut self, file: usize, span: Span, text: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { file, span, text: text.into() });
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }
}
