//! Standard output and standard error. Texts for people are plain: no colours, 80 columns.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

/// Where a command prints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// Prints a text as it is; a missing line end is added.
    #[expect(clippy::unused_self, reason = "who prints has to hold an output")]
    pub(crate) fn text(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.is_empty() && !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// Prints one JSON object on one line.
    #[expect(clippy::unused_self, reason = "who prints has to hold an output")]
    pub(crate) fn json<T: Serialize>(self, value: &T) -> io::Result<()> {
        let mut line = serde_json::to_vec(value).map_err(io::Error::other)?;
        line.push(b'\n');
        let mut out = io::stdout().lock();
        out.write_all(&line)?;
        out.flush()
    }

    /// A remark for people that is no part of the answer. Nobody reading it is no failure.
    pub(crate) fn remark(self, text: &str) {
        if !self.json {
            drop(writeln!(io::stderr().lock(), "{text}"));
        }
    }

    /// Says whether a progress bar has somebody to watch it.
    pub(crate) fn is_watched(self) -> bool {
        !self.json && io::stderr().is_terminal()
    }
}
