//! Why a command failed, folded into classes: whatever went wrong below becomes a list of problems, each with
//! a code that has its sentence in every language.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use node::api::{Failure, Problem};
use serde::Serialize;

use crate::exit::Class;

/// A failed command.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) class: Class,
    pub(crate) problems: Vec<Problem>,
    pub(crate) kept: Kept,
    pub(crate) told: Told,
}

/// Who knows of the failure already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Everybody: the answer that was printed says it, or nobody is left to read.
    All,
    /// The answer in JSON says it; people want a sentence.
    Json,
    Nobody,
}

/// What of the work is not lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kept {
    /// The draft, in this file.
    Draft(PathBuf),
    /// Everything is as it was before the command.
    Nothing,
    /// What the node says by a code of its own, such as `earlier_items`.
    Other(String),
}

impl Failed {
    pub(crate) const fn new(class: Class, problems: Vec<Problem>) -> Self {
        Self {
            class,
            problems,
            kept: Kept::Nothing,
            told: Told::Nobody,
        }
    }

    pub(crate) fn one(class: Class, problem: Problem) -> Self {
        Self::new(class, vec![problem])
    }

    pub(crate) fn input(problem: Problem) -> Self {
        Self::one(Class::Input, problem)
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(code: &str, file: &Path, error: &io::Error) -> Self {
        let class = match error.kind() {
            io::ErrorKind::NotFound if code == "cannot_read" => Class::NotFound,
            io::ErrorKind::StorageFull => Class::Later,
            io::ErrorKind::AlreadyExists => Class::Input,
            _ if code == "cannot_read" => Class::Input,
            _ => Class::Later,
        };
        let code = match error.kind() {
            io::ErrorKind::StorageFull => "disk_full",
            io::ErrorKind::AlreadyExists => "file_exists",
            _ => code,
        };
        Self::one(
            class,
            problem(code).arg("file", file.display()).arg("what", error),
        )
    }

    #[must_use]
    pub(crate) const fn told(mut self, told: Told) -> Self {
        self.told = told;
        self
    }

    #[must_use]
    pub(crate) fn keeping(mut self, kept: Kept) -> Self {
        self.kept = kept;
        self
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self {
            class: failure.class.into(),
            problems: failure.problems,
            kept: if failure.kept == "nothing" {
                Kept::Nothing
            } else {
                Kept::Other(failure.kept)
            },
            told: Told::Nobody,
        }
    }
}

/// Printing failed. A pipe that was closed (`guzar inbox | head`) is no failure worth a word.
impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        let told = if error.kind() == io::ErrorKind::BrokenPipe {
            Told::All
        } else {
            Told::Nobody
        };
        Self {
            told,
            ..Self::one(Class::Broken, problem("cannot_print").arg("what", error))
        }
    }
}

/// A problem with this code. Fill it with [`ProblemExt`].
pub(crate) fn problem(code: &str) -> Problem {
    Problem {
        field: None,
        code: code.to_owned(),
        args: BTreeMap::new(),
    }
}

/// Fills a problem.
pub(crate) trait ProblemExt {
    #[must_use]
    fn arg(self, name: &str, value: impl ToString) -> Self;
    #[must_use]
    fn field(self, field: impl Into<String>) -> Self;
}

impl ProblemExt for Problem {
    fn arg(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}
