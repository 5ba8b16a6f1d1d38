//! What `init`, `enroll` and `register` have in common: fingerprints that were read aloud, files that are carried, and
//! the failures of the node's side.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use node::enroll::{EnrollError, Fingerprint};

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};

/// Longest file: the register of 300 offices has a few MB.
const FILE_BYTES: u64 = 256 << 20;

/// The digits that were given with the flag; else they are asked on the terminal, after what the file says.
pub(crate) fn read_aloud(
    context: &Context,
    given: Option<Fingerprint>,
    summaries: &[String],
) -> Result<Fingerprint, Failed> {
    if let Some(given) = given {
        return Ok(given);
    }
    let input = io::stdin();
    if !input.is_terminal() {
        return Err(Failed::input(
            problem("no_fingerprint").field("--fingerprint"),
        ));
    }
    for summary in summaries {
        let line = crate::render::clean::line(summary);
        context.output.remark(&format!("  {line}"));
    }
    let mut error = io::stderr().lock();
    write!(error, "{} ", context.language.text("ask.fingerprint"))?;
    error.flush()?;
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    line.trim().parse().map_err(|error| {
        Failed::input(
            problem("malformed")
                .field("fingerprint")
                .arg("what", format!("{error}")),
        )
    })
}

/// The bytes of a file that somebody brought.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Failed> {
    let cannot = |error: io::Error| Failed::file("cannot_read", file, &error);
    let size = fs::metadata(file).map_err(cannot)?.len();
    if size > FILE_BYTES {
        return Err(Failed::input(
            problem("file_too_long")
                .field("file")
                .arg("file", file.display())
                .arg("bytes", size)
                .arg("limit", FILE_BYTES),
        ));
    }
    fs::read(file).map_err(cannot)
}

/// Writes a new file, whole or not at all; what is there already stays.
pub(crate) fn save(file: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let failed = |error: io::Error| Failed::file("cannot_write", file, &error);
    let mut out = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(failed)?;
    let written = out.write_all(bytes).and_then(|()| out.sync_all());
    written.map_err(|error| {
        drop(out);
        if let Err(left) = fs::remove_file(file) {
            tracing::debug!("unfinished file: {left}");
        }
        failed(error)
    })
}

/// The failure of the node's side, with the sentence of its code.
pub(crate) fn failed(error: &EnrollError) -> Failed {
    let mut told = problem(error.code());
    for (name, value) in error.args() {
        told = told.arg(name, value);
    }
    let field = match error {
        EnrollError::Fingerprint { .. } => Some("fingerprint"),
        EnrollError::WrongFile { .. } | EnrollError::Damaged { .. } => Some("file"),
        EnrollError::NoCentre => Some("founder"),
        EnrollError::NoOffice | EnrollError::ForeignOffice { .. } => Some("office"),
        _ => None,
    };
    if let Some(field) = field {
        told = told.field(field);
    }
    Failed::one(class(error), told)
}

const fn class(error: &EnrollError) -> Class {
    use EnrollError as E;
    match error {
        E::Fingerprint { .. } | E::Damaged { .. } | E::NotIn { .. } => Class::Unproved,
        E::WrongFile { .. }
        | E::HasKeys
        | E::HasRegistrar { .. }
        | E::OtherNetwork { .. }
        | E::NoCentre
        | E::NoOffice
        | E::ForeignOffice { .. }
        | E::ForeignAct { .. }
        | E::OtherActs => Class::Input,
        E::NoKeys | E::NoNetwork | E::NoRequest => Class::NotFound,
        E::NotRegistrar { .. }
        | E::Hosted { .. }
        | E::NodeKnown { .. }
        | E::NothingToSign
        | E::Act { .. }
        | E::Incomplete { .. } => Class::NotAllowed,
        E::Write(store::WriteError::Full) => Class::Later,
        E::DamagedSecret { .. } | E::Key(_) | E::Store(_) | E::Write(_) => Class::Broken,
    }
}
