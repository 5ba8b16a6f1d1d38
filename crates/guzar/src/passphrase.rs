//! Passphrases: from a file, or typed on the terminal without being shown. Never from the command line or the
//! environment, where other processes read them.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use node::api::Secret;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};

/// Whose passphrase it is: the key of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Backup,
    RootKey,
}

impl Purpose {
    const fn key(self) -> &'static str {
        match self {
            Self::Backup => "ask.backup_passphrase",
            Self::RootKey => "ask.root_passphrase",
        }
    }
}

/// A passphrase that exists: asked once.
pub(crate) fn ask(
    context: &Context,
    purpose: Purpose,
    file: Option<&Path>,
) -> Result<Secret, Failed> {
    match file {
        Some(file) => from_file(file),
        None => typed(context.language.text(purpose.key())),
    }
}

/// A new passphrase: on a terminal it is asked twice.
pub(crate) fn choose(
    context: &Context,
    purpose: Purpose,
    file: Option<&Path>,
) -> Result<Secret, Failed> {
    let first = ask(context, purpose, file)?;
    if file.is_none() {
        let second = typed(context.language.text("ask.again"))?;
        if first.0 != second.0 {
            return Err(Failed::input(problem("passphrases_differ")));
        }
    }
    if first.0.chars().count() < LENGTH_MIN {
        return Err(Failed::input(
            problem("short_passphrase").field("passphrase"),
        ));
    }
    Ok(first)
}

/// The first line of the file.
fn from_file(file: &Path) -> Result<Secret, Failed> {
    let text =
        fs::read_to_string(file).map_err(|error| Failed::file("cannot_read", file, &error))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Failed::input(
            problem("empty_passphrase_file").arg("file", file.display()),
        ));
    }
    Ok(Secret(line.to_owned()))
}

fn typed(question: &str) -> Result<Secret, Failed> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Err(Failed::input(problem("no_terminal")));
    }
    let mut error = io::stderr().lock();
    write!(error, "{question} ")?;
    error.flush()?;
    let before = tcgetattr(&input).map_err(terminal)?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&input, OptionalActions::Flush, &quiet).map_err(terminal)?;
    let mut line = String::new();
    let read = input.lock().read_line(&mut line);
    // Whatever came of reading, the terminal shows what is typed again.
    tcsetattr(&input, OptionalActions::Flush, &before).map_err(terminal)?;
    writeln!(error)?;
    read.map_err(|error| Failed::one(Class::Broken, problem("cannot_print").arg("what", error)))?;
    Ok(Secret(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn terminal(error: rustix::io::Errno) -> Failed {
    Failed::one(Class::Broken, problem("cannot_print").arg("what", error))
}

/// Also the node's rule for backups.
const LENGTH_MIN: usize = 12;
